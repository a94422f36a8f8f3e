#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every capture of folders with every output, each in a process of its own, best with the program of the asan build.

No sanitizer may speak, no signal end it, no status be other than 0 or 1, no run take over 10 seconds of processor time, and no
output hold anything that a terminal could obey. With --cut the same after TCP was cut into segments of one byte.
Arguments: captures and folders of captures (default: pcaps/).
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "lib"), str(HERE.parent / "property")]

import suite

SECONDS = 10       # of processor time; a run that takes ten times as much is ended
LIMIT_BYTES = 64 << 20  # of what one run may write into a file
STATUSES = (0, 1)  # 1: the capture is damaged

# {} is a folder of the run's own.
OUTPUTS = {
    "json": "--json --threads 1",
    "secrets": "--json --show-secrets --hash --max-text 100000",
    "all of it": "-v --show-secrets --width 100 --color=always",
    "transcript": "--color=never",
    "brief": "-q --width 80 --color=never --no-names",
    "summary": "--summary=json",
    "files": "--json --no-notes --extract {}/files --hash",
    "talks": "--follow all {}/talks",
    "saved": "--json -w {}/saved.pcap --only dns,http -Y overhear.conversation>0",
    "threads": "--json --threads 3 --no-notes",
    "small": "--json --memory 16M --checksums",
}
WITH_COLOUR = {"all of it"}


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (10 * SECONDS, 10 * SECONDS))


def look(tests, path, name):
    """One run; what is wrong with it."""
    with tempfile.TemporaryDirectory(prefix="overhear-sweep-") as folder, open(Path(folder, "out"), "w+b") as out, \
            open(Path(folder, "errors"), "w+b") as errors:
        words = [word.replace("{}", folder) for word in OUTPUTS[name].split()]
        program = subprocess.Popen([tests.program, *suite.STAYS, "--no-sandbox", *words, "-r", path], stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=errors, preexec_fn=limits,
                                   env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"})
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        seconds = usage.ru_utime + usage.ru_stime
        out.seek(0)
        errors.seek(0)
        said, printed = errors.read(), out.read(LIMIT_BYTES)
    wrong = []
    if suite.sanitizer_report(said):
        wrong.append("a sanitizer speaks:\n" + said.decode(errors="replace")[-3000:])
    if program.returncode not in STATUSES:
        wrong.append(f"exit status {program.returncode}:\n" + said.decode(errors="replace")[-1000:])
    if seconds > SECONDS:
        wrong.append(f"{seconds:.1f} s of processor time")
    if b"\n" in printed and (bad := suite.forbidden_characters(printed[:printed.rindex(b"\n")], escapes=name in WITH_COLOUR)):
        wrong.append(f"control characters: {bad}")
    return wrong, seconds


def cut(path, folder):
    """The capture in segments of one byte; None where it cannot be cut."""
    subprocess.run([sys.executable, HERE.parent / "property/recut.py", path, folder, "cut-1"], capture_output=True, check=False,
                   timeout=suite.HANG)
    return next(Path(folder).glob("*-cut-1.pcap"), None)


def sweep(tests, path):
    with tempfile.TemporaryDirectory(prefix="overhear-sweep-") as folder:
        target = cut(path, folder) if tests.options.cut else path
        slowest = 0.0
        for name in OUTPUTS if target else ():
            wrong, seconds = look(tests, target, name)
            slowest = max(slowest, seconds)
            tests.check(not wrong, f"{path}: {name}", "\n".join(wrong))
    return slowest, path


def captures(places):
    for place in map(Path, places):
        yield from [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file() and
                                                          path.name.endswith((".pcap", ".pcapng", ".cap", ".gz", ".dmp", ".ntar")))


def main():
    def configure(parser):
        parser.add_argument("--cut", action="store_true", help="in segments of one byte")
        parser.add_argument("places", nargs="*", default=[suite.PCAPS])

    tests = suite.Suite("sweep", __doc__, configure)
    work = list(captures(tests.options.places))
    slowest = max(tests.each(lambda path: sweep(tests, path), work), default=(0.0, None))
    print(f"sweep: {len(work)} captures, {len(OUTPUTS)} outputs; the longest run took {slowest[0]:.1f} s: {slowest[1]}")
    tests.finish()


main()
