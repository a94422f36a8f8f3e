#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""curl and dig in loops: what overhear says that it received and lost is what the interface counted.

`load.py PROGRAM [SECONDS]` prints the figures at full speed and at about half of it; in the live suite a few seconds must do. At
half speed nothing may be lost. That records are whole and every request has its answer is asked as well.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from hearing import HERE, Cases, end_of, start_script
from suite import get, parse_lines

FEW_SECONDS = 3
PAUSE = "0.05"  # between rounds of a hundred requests: less than half of what the machine could do


def load(program, folder, seconds, pause, options=""):
    """What the interface counted, the summary as JSON, and the records but flow."""
    log, counted = folder / "log", folder / "counted"
    os.environ.update(LOAD_SECONDS=str(seconds), LOAD_PAUSE=pause)
    listener = f"{program} --json --no-notes --summary=json --stats 1 {options}"
    process = start_script(HERE / "load.sh", counted, listener, log, folder)
    status, _, err = end_of(process, seconds + 60)
    if status != 0:
        raise RuntimeError(err.decode(errors="replace")[-2000:])
    frames = int(counted.read_text().split()[0])
    summary = json.loads(log.read_text().splitlines()[-1])
    return frames, summary, parse_lines(Path(f"{log}.out").read_bytes())


def look(cases, what, frames, summary, records, may_lose):
    dropped = summary["dropped"]["kernel"] + summary["dropped"]["interface"]
    cases.equal(summary["frames"] + dropped, frames, f"load, {what}: frames received and dropped are those on the wire")
    if not may_lose:
        cases.equal(dropped, 0, f"load, {what}: nothing was lost")
    stats = [record for record in records if record["event"]["dataset"] == "stats"]
    cases.check(len(stats) > 2, f"load, {what}: stats records", len(stats))
    last = get(stats[-1], "overhear.stats.total")
    cases.equal((last["received"], last["dropped_by_kernel"]), (summary["frames"], summary["dropped"]["kernel"]),
                f"load, {what}: the last stats record is the sum")
    for name in ("received", "records", "bytes", "dropped_by_kernel"):
        cases.equal(sum(get(record, f"overhear.stats.since.{name}") for record in stats), last[name],
                    f"load, {what}: the stats records add up, {name}")
    if dropped == 0:
        for dataset in ("dns", "http"):
            outcomes = [record["event"].get("outcome") for record in records if record["event"]["dataset"] == dataset]
            cases.check(outcomes and set(outcomes) == {"success"}, f"load, {what}: every request of {dataset} has its answer",
                        (len(outcomes), set(outcomes)))
    return f"{what}: {frames} frames, {dropped} dropped, {summary['records']['http']} http, {summary['records']['dns']} dns"


def under_load(program, cases, seconds=FEW_SECONDS):
    for what, pause, options in (("full speed", "", ""), ("half speed", PAUSE, ""), ("half speed, 2 threads", PAUSE, "--threads 2")):
        with tempfile.TemporaryDirectory(prefix="overhear-load-") as name:
            Path(name).chmod(0o711)
            try:
                found = load(program, Path(name), seconds, pause, options)
            except (RuntimeError, ValueError, KeyError) as error:
                cases.check(False, f"load, {what}", repr(error))
                continue
            yield look(cases, what, *found, may_lose=not pause)


def main():
    cases = Cases()
    for line in under_load(str(Path(sys.argv[1]).resolve()), cases, int(sys.argv[2]) if len(sys.argv) > 2 else FEW_SECONDS):
        print(line)
    print(f"load: {cases.passed} passed, {cases.failed} failed")
    return 1 if cases.failed else 0


if __name__ == "__main__":
    sys.exit(main())
