#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the unit tests of a build folder and counts their cases."""

import re
import subprocess
import sys
from pathlib import Path

PASSED = re.compile(rb"^\[  PASSED  \] (\d+) test", re.M)
FAILED = re.compile(rb"^\[  FAILED  \] (\d+) test", re.M)


def main():
    folder = Path(sys.argv[1])
    passed = failed = 0
    for program in sorted(folder.glob("*_test")):
        result = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=600)
        good = sum(int(count) for count in PASSED.findall(result.stdout))
        bad = sum(int(count) for count in FAILED.findall(result.stdout))
        if result.returncode != 0 or bad or not good:
            print(f"FAIL {program.name}: exit status {result.returncode}")
            print(result.stdout.decode(errors="replace")[-8000:])
            bad = bad or 1
        passed += good
        failed += bad
    print(f"unit: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
