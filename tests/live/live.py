#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Listening to real servers gives what reading a capture of the same frames gives.

The scripts of pcaps/record/ build their network namespaces, servers and clients as for a recording; overhear listens
beside tcpdump, is ended by SIGINT, and must have printed everything: byte for byte what it prints when it reads the
frames that it saved itself, and the same frames that tcpdump saw. Needs root and the packages that the scripts name.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

from suite import TOP

SCRIPTS = ("tour", "ipv6", "http-pipelined", "dns-unanswered")
PATIENCE = 120


class Cases:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, what, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL live: {what}: {detail}")


def run(command, **options):
    """Ends the script by its pid where it hangs; its own trap then removes what it made."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate()
    return process.returncode, out, err


def read(program, path):
    return run([program, "--json", "--summary=none", str(path)])[1]


def frames(path):
    """The bytes of each frame of a little-endian pcap file, without the times."""
    data, found, at = path.read_bytes(), [], 24
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8:at + 12], "little")
        found.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return found


def listen_to(name, program, folder, cases):
    saved, recorded, log = folder / "saved.pcap", folder / "recorded.pcap", folder / "log"
    listener = f"{program} --json -w {saved}"
    status, _, err = run([str(TOP / "pcaps" / "record" / f"{name}.sh"), str(recorded)],
                         env={**os.environ, "LISTENER": listener, "LISTENER_LOG": str(log)})
    cases.check(status == 0, f"{name}: the script ends well", err.decode(errors="replace")[-500:])
    if status != 0:
        return
    heard = Path(f"{log}.out").read_bytes()
    cases.check(heard.count(b"\n") > 3, f"{name}: something was heard", heard[:200])
    cases.check(heard == read(program, saved), f"{name}: live and from the file alike", "they differ")
    cases.check(frames(saved) == frames(recorded), f"{name}: the frames that tcpdump saw",
                (len(frames(saved)), len(frames(recorded))))
    summary = log.read_text()
    cases.check("conversations" in summary, f"{name}: summed up after SIGINT", summary)


def main():
    program = str(Path(sys.argv[1]).resolve())
    cases = Cases()
    for name in SCRIPTS:
        with tempfile.TemporaryDirectory() as folder:
            listen_to(name, program, Path(folder), cases)
    print(f"live: {cases.passed} passed, {cases.failed} failed")
    return 1 if cases.failed else 0


if __name__ == "__main__":
    sys.exit(main())
