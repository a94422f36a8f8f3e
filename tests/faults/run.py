#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Lets memory run out at many places of every capture of pcaps/ (faults.c). Argument: the program `faults`, best with ASan.

About RUNS places of each capture are tried: all where there are fewer requests, else every n-th, with n prime so that
the places differ from capture to capture. FAULTS_RUNS in the environment may say another number.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite

RUNS = int(os.environ.get("FAULTS_RUNS", "300"))
MOST_FRAMES_BYTES = 2_000_000
PRIMES = (1, 2, 3, 5, 7, 11, 17, 29, 53, 97, 193, 389, 769, 1543, 3079, 6151, 12289, 24593, 49157, 98317)


def requests(program, path):
    result = subprocess.run([program, path, "1", "0"], capture_output=True, check=False, timeout=600)
    return int(result.stdout.split()[0]) if result.returncode == 0 else 0


def look(program, path):
    count = requests(program, path)
    step = next((prime for prime in PRIMES if prime * RUNS >= count), PRIMES[-1])
    result = subprocess.run([program, path, "1", str(max(count, 1)), str(step)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            check=False, timeout=1100)
    return count, result


def main():
    program = sys.argv[1]
    paths = [path for path in suite.captures() if path.stat().st_size < MOST_FRAMES_BYTES]
    passed = failed = 0
    with ThreadPoolExecutor(2) as pool:
        for path, (count, result) in zip(paths, pool.map(lambda path: look(program, path), paths)):
            good = result.returncode == 0 and count > 0
            passed += good
            failed += not good
            if not good:
                print(f"FAIL faults: {path.name}: exit status {result.returncode}, {count} requests")
                print(result.stdout.decode(errors="replace")[-6000:])
    print(f"faults: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
