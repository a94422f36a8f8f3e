#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs every fuzz target over its inputs: tests/fuzz/corpus/NAME/ (kept inputs, every one that ever broke something) and
seeds, made from pcaps/; some of them also mutated, the same way in every run. All invariants are looked at. Argument: a
build's tests folder; then targets, else all.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from seeds import make_seeds

HERE = Path(__file__).resolve().parent
MUTATED = int(os.environ.get("FUZZ_MUTATED", "2000"))  # inputs in all, of each target
SLOW = {"engine": 600, "display_filter": 1000}
REGISTRY = HERE.parents[1] / "dissectors/registry.c"


def expected():
    """One target for each row of the registry, and one for each fuzz_NAME.c."""
    rows = re.findall(r"^extern const struct dissector (\w+)_dissector;", REGISTRY.read_text(encoding="utf-8"), re.MULTILINE)
    return set(rows) | {path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c")}


def inputs(name, seeds):
    return [path for folder in (HERE / "corpus" / name, seeds / name) for path in sorted(folder.glob("*")) if path.is_file()]


def replay(program, seeds):
    name = program.name.removeprefix("replay_")
    files = inputs(name, seeds)
    mutations = SLOW.get(name, MUTATED) // max(len(files), 1)
    command = [program, "--mutate", str(mutations), *files]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=1000,
                            env={"UBSAN_OPTIONS": "print_stacktrace=1", **os.environ})
    return name, result, len(files)


def main():
    folder = Path(sys.argv[1])
    programs = [path for path in sorted(folder.glob("replay_*")) if not sys.argv[2:] or path.name[7:] in sys.argv[2:]]
    passed = failed = 0
    for name in sorted(expected() - {path.name.removeprefix("replay_") for path in folder.glob("replay_*")}):
        print(f"FAIL {name}: the target was not built")
        failed += 1
    with tempfile.TemporaryDirectory() as seeds, ThreadPoolExecutor(2) as pool:
        make_seeds(folder / "fuzz_seeds", Path(seeds))
        for name, result, count in pool.map(lambda program: replay(program, Path(seeds)), programs):
            good = result.returncode == 0 and count > 0
            passed += good
            failed += not good
            if not good:
                print(f"FAIL {name}: exit status {result.returncode}, {count} inputs")
                print(result.stdout.decode(errors="replace")[-8000:])
    print(f"fuzz: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
