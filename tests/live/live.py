#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Listening to real servers gives what reading a capture of the same frames gives.

Scripts build network namespaces, servers and clients: those of pcaps/record/ as for a recording, those of this folder for
the test. overhear listens beside tcpdump, is ended by SIGINT, and must have printed everything: byte for byte what it prints
when it reads the frames that it saved itself; and the same frames that tcpdump saw, with the same records. For mail, files and
TLS this says what must have been heard, to the letter. Needs root and the packages that the scripts name.
"""

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import files
import load
import mail
import tls
from hearing import HERE, Cases, Heard, end_of, remains, start_script, summary_of
from suite import TOP

# Scripts, and what else must hold of what was heard.
TALKS = (
    (TOP / "pcaps/record/tour.sh", None),
    (TOP / "pcaps/record/ipv6.sh", None),
    (TOP / "pcaps/record/http-pipelined.sh", None),
    (TOP / "pcaps/record/dns-unanswered.sh", None),
    (HERE / "mail.sh", mail.look),
    (HERE / "files.sh", files.look),
    (HERE / "tls.sh", tls.look),
)


def folder_for_servers():
    """Their unprivileged halves must get to what they own in it."""
    folder = tempfile.TemporaryDirectory(prefix="overhear-live-")
    Path(folder.name).chmod(0o711)
    return folder


def listen_to(script, look, program, cases):
    with folder_for_servers() as folder:
        heard = Heard(script.stem, program, Path(folder))
        if heard.listen(script, cases) and look:
            look(heard, cases)


def interrupted(program, cases):
    """A script that is ended in the middle takes its servers, the listener and the namespaces with it."""
    with folder_for_servers() as name:
        folder = Path(name)
        log = folder / "log"
        process = start_script(HERE / "mail.sh", folder / "recorded.pcap", f"{program} --json", log, folder)
        deadline = time.monotonic() + 20
        while not (log.exists() and "listening" in log.read_text()) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        before = remains(process.pid, folder)
        cases.check(any("dovecot" in line for line in before), "interrupted: the servers were there", before)
        process.send_signal(signal.SIGTERM)
        status = end_of(process, 30)[0]
        cases.equal(status, 143, "interrupted: the script says so")
        cases.equal(remains(process.pid, folder), [], "interrupted: nothing is left behind")
        cases.check("read" in summary_of(log.read_text()), "interrupted: summed up after SIGTERM", log.read_text())


def interfaces_come_and_go(program, cases):
    """A program of its own, because it moves into a network namespace of its own."""
    result = subprocess.run([sys.executable, HERE / "interfaces.py", program], capture_output=True, text=True, timeout=120, check=False)
    last = re.fullmatch(r"live interfaces: (\d+) passed, (\d+) failed", (result.stdout.splitlines() or [""])[-1])
    if cases.check(last and result.returncode == 0, "interfaces", result.stdout + result.stderr):
        cases.passed += int(last[1])


def contradicted(program, cases):
    """What the kernel here makes of packets that contradict each other is what overhear makes of them."""
    result = subprocess.run([sys.executable, HERE / "stack.py", program], capture_output=True, text=True, timeout=120, check=False)
    last = re.fullmatch(r"live stack: (?:(\d+) passed, (\d+) failed|(skipped): .*)", (result.stdout.splitlines() or [""])[-1])
    if cases.check(last and result.returncode == 0, "stack", result.stdout + result.stderr):
        cases.passed += int(last[1] or 0)
    if last and last[3]:
        print(last[0])


def main():
    program = str(Path(sys.argv[1]).resolve())
    cases = Cases()
    for script, look in TALKS:
        listen_to(script, look, program, cases)
    interrupted(program, cases)
    interfaces_come_and_go(program, cases)
    contradicted(program, cases)
    for line in load.under_load(program, cases):
        print(line)
    print(f"live: {cases.passed} passed, {cases.failed} failed")
    return 1 if cases.failed else 0


if __name__ == "__main__":
    sys.exit(main())
