#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Bytes that nobody has written decide nothing: the released program under valgrind's memcheck, which follows each bit.

Arguments: captures or folders of them (default: a sample of pcaps/, or with --full all of it, and each output).
"""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite

SAMPLE = ("dns-types", "http-odd", "smtp-by-hand", "imap-compress", "ftp-nat", "tls-versions", "fragments", "telnet", "snap")
MODES = (("--json",), ("-v", "--color=always"), ("--json", "--threads", "2"), ("--summary", "-q"))
FOUND = 99
MEMCHECK = ("valgrind", "--quiet", f"--error-exitcode={FOUND}", "--track-origins=no", "--leak-check=full", "--errors-for-leak-kinds=definite",
            "--child-silent-after-fork=yes", "--undef-value-errors=yes")


def look(program, path, mode):
    """What memcheck says; the sandbox would not let it say so. Two threads, which share nothing but queues, are looked at as one is."""
    result = subprocess.run([*MEMCHECK, program, *suite.STAYS, "--no-sandbox", *mode, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=600,
                            check=False)
    said = b"\n".join(line for line in result.stderr.splitlines() if re.match(rb"==\d+==", line))
    return result.returncode in (0, 1) and not said, said.decode(errors="replace")


def main():
    def configure(parser):
        parser.add_argument("captures", nargs="*")
        parser.add_argument("--full", action="store_true")

    tests = suite.Suite("memcheck", __doc__, configure)
    paths = []
    for place in tests.options.captures:
        paths += [path for path in Path(place).rglob("*") if path.is_file() and path.suffix in (".pcap", ".pcapng", ".cap", ".gz")] if Path(
            place).is_dir() else [Path(place)]
    if not paths:
        paths = [path for path in suite.captures() if tests.options.full or suite.capture_name(path) in SAMPLE]
    if tests.options.full:
        jobs = [(path, mode) for path in paths for mode in MODES]
    else:
        jobs = [(path, MODES[number % 2]) for number, path in enumerate(paths)]
    for (path, mode), (good, said) in zip(jobs, tests.each(lambda job: look(tests.program, *job), jobs)):
        tests.check(good, f"{path.name} {' '.join(mode)}", said)
    tests.finish()


if __name__ == "__main__":
    main()
