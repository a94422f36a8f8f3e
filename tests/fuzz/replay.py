#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs every fuzz target over its inputs: tests/fuzz/corpus/NAME/ (kept inputs, every crash that was ever found) and,
for the targets that eat captures, pcaps/; each also mutated, the same way in every run. To a target that eats other things and
has no kept inputs a capture is but bytes: short ones will do. Argument: a build's tests folder.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
MUTATIONS = 300
EATS_CAPTURES = {"capture", "engine", "pcap", "pcapng"}


def inputs(name):
    files = sorted(path for path in (HERE / "corpus" / name).glob("*") if path.is_file())
    if name in EATS_CAPTURES or not files:
        most = 200_000 if name in EATS_CAPTURES else 30_000
        files += sorted(path for path in (HERE.parents[1] / "pcaps").glob("*.pcap*") if path.stat().st_size < most)
    return files


def replay(program):
    name = program.name.removeprefix("replay_")
    command = [program, "--mutate", str(MUTATIONS), *inputs(name)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=1000)
    return name, result


def main():
    programs = sorted(Path(sys.argv[1]).glob("replay_*"))
    targets = {path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c")}
    passed = failed = 0
    for name in sorted(targets - {program.name.removeprefix("replay_") for program in programs}):
        print(f"FAIL {name}: the target was not built")
        failed += 1
    with ThreadPoolExecutor(2) as pool:
        for name, result in pool.map(replay, programs):
            good = result.returncode == 0
            passed += good
            failed += not good
            if not good:
                print(f"FAIL {name}: exit status {result.returncode}")
                print(result.stdout.decode(errors="replace")[-8000:])
    print(f"fuzz: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
