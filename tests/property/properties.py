#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""However the packets travelled, the records are the same.

Runs the program on each capture and on each of its variants (recut.py) and compares the records as multisets.
What may differ between a capture and its variant, and is left out on both sides:

  everywhere         overhear.frames, overhear.conversation, `frame N` in notes: the frames have other numbers
                     a record's place among the others
  where times may    @timestamp, event.duration, event.start, event.end, and in notes the clauses that name a time (an
  change (TIMED)     answer that came late is told only when it did)
  flow               bytes and packets of frames, retransmissions, out_of_order, keep_alives, zero_windows, rtt: they
                     count the very thing that was changed. gap_bytes where one side sent nothing: whether its last byte was
                     a FIN cannot be told from acknowledgments alone. Conversations, their state, their reason, their gaps stay
  anomaly            *.bad_checksum: the variants have right ones; tcp.overlap_conflict's detail, which counts by segment

Nothing else. What a capture holds that cannot be written in another way without saying something else is repaired
beforehand, or left as it is, and counted (touchable.py); --verbose lists where.
"""

import collections
import json
import re
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import pcapfile
import recut
import suite
from suite import get
from touchable import Touchable, repaired

TIMED = {"shuffled", "shuffled-both", "cut-shuffled", "duplicated"}  # variants in which frames change places
ALWAYS = {"overhear.frames", "overhear.conversation"}
TIMES = {"@timestamp", "event.duration", "event.start", "event.end"}
COUNTERS = {f"{side}.{what}" for side in ("source", "destination", "network") for what in ("bytes", "packets")} | {
    f"overhear.flow.{what}" for what in
    ("rtt", "retransmissions", "out_of_order", "keep_alives", "zero_windows")}
FRAME_IN_NOTE = re.compile(r"\bframe \d+")
TIME_IN_NOTE = re.compile(
    r"\d{4}-\d\d-\d\d[T ]?[\d:.]*Z?|\d+(\.\d+)? ?(ns|µs|ms|s|min|h|d|(second|minute|hour|day|week|month|year)s?)\b")


def without(record, names, prefix=""):
    """The record without some of its fields, by full name (objects that become empty go too)."""
    result = {}
    for key, value in record.items():
        name = prefix + key
        if any(name == gone or name.startswith(gone + ".") for gone in names):
            continue
        if isinstance(value, dict) and name != "notes":
            value = without(value, names, name + ".")
            if not value:
                continue
        result[key] = value
    return result


def normal(record, timed):
    """A record as text with everything taken out that may differ; None where all of it may."""
    dataset = get(record, "event.dataset")
    gone = set(ALWAYS)
    if timed:
        gone |= TIMES
    if dataset == "flow":
        gone |= COUNTERS
        if 0 in (get(record, "source.packets"), get(record, "destination.packets")):
            gone.add("overhear.flow.gap_bytes")
    if dataset == "anomaly":
        name = get(record, "overhear.anomaly.name", "")
        if name.endswith(".bad_checksum"):
            return None
        if name == "tcp.overlap_conflict":
            gone.add("overhear.anomaly.detail")
    record = without(record, gone)
    if "notes" in record:
        notes = {key: FRAME_IN_NOTE.sub("frame <number>", note) for key, note in record["notes"].items() if key not in gone}
        if timed:
            notes = {key: "; ".join(clause for clause in note.split("; ") if not TIME_IN_NOTE.search(clause))
                     for key, note in notes.items()}
        record["notes"] = notes
    # The conversation's key first, so that differences print in a readable order.
    return json.dumps([get(record, "network.community_id", ""), dataset, record], sort_keys=True, ensure_ascii=False)


def records(tests, path, timed):
    result = tests.run("--json", path)
    if result.returncode != 0 or suite.sanitizer_report(result.stderr):
        raise suite.BadLine(f"exit status {result.returncode}: {result.stderr.decode(errors='replace')[-2000:]}")
    texts = (normal(record, timed) for record in suite.parse_lines(result.stdout))
    return collections.Counter(text for text in texts if text is not None)


def fields_that_differ(one, other):
    one, other = ({**suite.flat(record), **{f"notes {name}": note for name, note in record.get("notes", {}).items()}, "notes": ""}
                  for record in (one, other))
    return "; ".join(f"{name}: {one.get(name)!r} became {other.get(name)!r}" for name in sorted(set(one) | set(other))
                     if one.get(name) != other.get(name))


def difference(expected, found):
    """What went and what came; two of one conversation and dataset are taken for the same record, changed."""
    gone = [json.loads(text) for text in sorted((expected - found).elements())]
    new = [json.loads(text) for text in sorted((found - expected).elements())]
    lines = []
    for conversation, dataset, record in gone:
        other = next((entry for entry in new if entry[:2] == [conversation, dataset]), None)
        if other:
            new.remove(other)
            lines.append(f"~ {conversation} {dataset}: {fields_that_differ(record, other[2])}"[:1500])
        else:
            lines.append(f"- {json.dumps(record)}"[:1500])
    lines += [f"+ {json.dumps(record)}"[:1500] for _, _, record in new]
    return "\n".join(lines[:12])


def jobs_for(tests):
    """(variant, seed): those that know no seed come once."""
    for seed in range(tests.options.seeds):
        for variant in tests.options.variant or recut.VARIANTS:
            if seed == 0 or variant not in recut.WITHOUT_SEED:
                yield variant, seed


def compare(tests, folder, path):
    """What was found, [(variant, seed, what is wrong)], and what was not done as it is, {reason: how often}."""
    try:
        original = pcapfile.read(path)
    except (pcapfile.NotPcap, struct.error):
        return [], {"files that are no capture with one link type and times": 1}
    capture = repaired(original)
    changes = list(zip(original.frames, capture.frames))
    aside = {"connections left, as they contradict themselves": len(Touchable(capture).left),
             "checksums repaired": sum(before.data != after.data for before, after in changes),
             "captures with clocks repaired": int(any(before.time_ns != after.time_ns for before, after in changes))}
    plain = Path(folder) / f"{zlib.crc32(str(path).encode())}.pcap"
    changed_path = plain
    found, expected = [], {}
    try:
        for variant, seed in jobs_for(tests):
            changed = recut.variants(seed * recut.SEED_STEP)[variant](capture)
            if changed.frames == capture.frames:
                continue
            if not expected:
                pcapfile.write(plain, capture)
                expected = {timed: records(tests, plain, timed) for timed in (False, True)}
            changed_path = Path(folder) / f"{suite.capture_name(path)}-{variant}-{seed}.pcap"
            pcapfile.write(changed_path, changed)
            others = records(tests, changed_path, variant in TIMED)
            same = others == expected[variant in TIMED]
            found.append((variant, seed, "" if same else difference(expected[variant in TIMED], others) or "they differ"))
            if not tests.options.keep:
                changed_path.unlink()
    except suite.BadLine as error:
        found.append((changed_path.name, 0, str(error)))
    plain.unlink(missing_ok=True)
    return found, aside


def options(parser):
    parser.add_argument("--keep", metavar="DIR", help="leave the variants there")
    parser.add_argument("--variant", action="append", choices=list(recut.VARIANTS), help="only these")
    parser.add_argument("--seeds", type=int, default=1, help="how many other ways of each variant that is one of chance")
    parser.add_argument("--verbose", action="store_true", help="what was left or repaired, by capture")
    parser.add_argument("captures", nargs="*", help="captures, and folders of them; default: all of pcaps/")


def main():
    tests = suite.Suite("property", __doc__, options)
    with suite.scratch() as folder:
        folder = tests.options.keep or folder
        paths = suite.captures_in(tests.options.captures)
        total = collections.Counter()
        for path, (found, aside) in zip(paths, tests.each(lambda path: compare(tests, folder, path), paths)):
            for variant, seed, wrong in found:
                tests.check(not wrong, f"{path.name} {variant} seed {seed}", wrong)
            total.update(aside)
            if tests.options.verbose:
                print("".join(f"{path.name}: {number} {reason}\n" for reason, number in aside.items() if number), end="")
    print("; ".join(f"{number} {reason}" for reason, number in total.items() if number))
    tests.finish()


if __name__ == "__main__":
    main()
