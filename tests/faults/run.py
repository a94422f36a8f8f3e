#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What goes wrong outside: memory that runs out, captures that break off or are damaged. Programs in C do it in one process each,
thousands of times (faults.c, cuts.c, flips.c).

Argument: the folder of a build's tests, best with ASan. A sample of everything in two minutes; with --full all of it:
every cut, ten seeds for every capture of pcaps/ and of the folders given, every request for memory.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "lib"), str(Path(__file__).resolve().parent)]

import damaged
import suite
import system

RUNS = int(os.environ.get("FAULTS_RUNS", "300"))  # places of a capture at which memory runs out, about: all where there are fewer, else every n-th, n prime
MOST_FRAMES_BYTES = 2_000_000
PRIMES = (1, 2, 3, 5, 7, 11, 17, 29, 53, 97, 193, 389, 769, 1543, 3079, 6151, 12289, 24593, 49157, 98317)
CUTS_STEP = 11  # of a sample: about 1,500 cuts a format
SEEDS = 10
MOST_SAMPLED_BYTES = 100_000
A_TIME = 40  # captures that one process damages


class Faults:
    def __init__(self, options):
        self.options = options
        self.passed = self.failed = 0

    def count(self, good, what, detail):
        self.passed += good
        self.failed += not good
        if not good:
            print(f"FAIL faults: {what}")
            print(detail[-6000:])
        sys.stdout.flush()

    def program(self, name, *arguments, timeout=20000):
        result = subprocess.run([self.options.tests / name, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                                timeout=timeout)
        return result.returncode, result.stdout.decode(errors="replace")

    def each(self, function, items):
        with ThreadPoolExecutor(self.options.jobs) as pool:
            return zip(items, pool.map(function, items))


def memory(faults):
    """faults.c: the n-th request to the budget fails."""
    def look(path):
        status, said = faults.program("faults", path, 1, 0)
        count = int(said.split()[0]) if status == 0 else 0
        step = 1 if faults.options.full else next((prime for prime in PRIMES if prime * RUNS >= count), PRIMES[-1])
        return count, *faults.program("faults", path, 1, max(count, 1), step)

    requests = 0
    for path, (count, status, said) in faults.each(look, [path for path in suite.captures() if path.stat().st_size < MOST_FRAMES_BYTES]):
        requests += count
        faults.count(status == 0 and count > 0, f"memory: {path.name}: exit status {status}, {count} requests", said)
    print(f"memory: {requests} requests" + (", each failed" if faults.options.full else ""))


def cuts(faults):
    """cuts.c: captures of a hundred frames in every format, cut at every byte."""
    with suite.scratch() as folder:
        def look(item):
            name, (content, make_plan) = item
            capture, plan = Path(folder) / name, Path(folder) / f"{name}.plan"
            lengths = range(0, len(content) + 1) if faults.options.full else sorted({*range(0, len(content), CUTS_STEP), len(content)})
            capture.write_bytes(content)
            plan.write_text("".join(f"{length} {frames} {int(broken)}\n" for length, frames, broken in make_plan(lengths)))
            return faults.program("cuts", capture, plan)

        for (name, _), (status, said) in faults.each(look, list(damaged.captures().items())):
            print(f"cuts: {name}: {said.splitlines()[-1] if said else ''}")
            faults.count(status == 0, f"cuts: {name}: exit status {status}", said)


def flips(faults):
    """flips.c: two bytes in a hundred become others."""
    places = [suite.PCAPS, *faults.options.captures]
    paths = sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()
                   and (place.is_file() or path.name.endswith((".pcap", ".pcapng", ".cap", ".gz"))))
    if not faults.options.full:
        paths = [path for path in paths if path.stat().st_size < MOST_SAMPLED_BYTES]
    seeds = SEEDS if faults.options.full else 1
    groups = [paths[at:at + A_TIME] for at in range(0, len(paths), A_TIME)]
    runs, longest = 0, 0.0
    for group, (status, said) in faults.each(lambda group: faults.program("flips", 1, seeds, *group), groups):
        words = said.splitlines()[-1].split() if said else []
        good = status == 0 and len(words) == 6
        faults.count(good, f"flips: {group[0].name} and further: exit status {status}", said)
        if good:
            runs, longest = runs + int(words[0]), max(longest, float(words[4]))
    print(f"flips: {len(paths)} captures, {seeds} seeds, {runs} runs, the longest {longest} s")


SUBJECTS = {"memory": memory, "cuts": cuts, "flips": flips, "system": system.run}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tests", type=Path)
    parser.add_argument("captures", type=Path, nargs="*", help="further captures for flips, or folders of them")
    parser.add_argument("--program", type=Path, default=suite.TOP / "build/release/overhear", help="for what needs the released program")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", choices=SUBJECTS, action="append")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    faults = Faults(parser.parse_args())
    for name in faults.options.only or SUBJECTS:
        SUBJECTS[name](faults)
    print(f"faults: {faults.passed} passed, {faults.failed} failed")
    sys.exit(1 if faults.failed else 0)


if __name__ == "__main__":
    main()
