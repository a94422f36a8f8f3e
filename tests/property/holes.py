#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""With a hole in what was captured less is said, and nothing else.

Takes bytes out of the sides of TCP connections, as if their segments had not been captured, while the acknowledgments still say that
they arrived, and holds what the program says against what it says of the whole capture (less.py has the rules): what is before
the hole stays to the letter, what comes behind it is either found again or not told, and what the hole touches says so. No
record has a value made of bytes from both sides of it.

Each run has one hole in every side of every connection of the capture. By default --places holes of chance for each capture;
--every N puts holes of each size at every N-th byte, which for --every 1 is each byte of the longest side.
"""

import random
import struct
import sys
import zlib
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import less
import pcapfile
import suite
from packets import FIN, RST, SYN, parse, parse_tcp

SIZES = (1, 2, 17, 300, 5000)
TO_THE_END = 1 << 30
MOST = 20_000  # bytes of a side: --every goes no farther


def tcp_of(capture, frame):
    """The segment of a frame; None where it has none, or not all of it."""
    return None if frame.is_cut else parse_tcp(parse(capture.link, frame.data))


def sides_of(capture):
    """Of each side: (first sequence number, bytes)."""
    sides = {}
    for frame in capture.frames:
        segment = tcp_of(capture, frame)
        if segment is None:
            continue
        start = segment.sequence + bool(segment.flags & SYN)
        first, length = sides.get(segment.side, (start & 0xFFFFFFFF, 0))
        end = (start + len(segment.payload) - first) & 0xFFFFFFFF
        sides[segment.side] = first, max(length, end if end < 1 << 31 else 0)
    return sides


def streams_of(capture, sides):
    """What each side said, and each frame."""
    streams = {side: bytearray(length) for side, (_, length) in sides.items()}
    for frame in capture.frames:
        yield frame.data
        segment = tcp_of(capture, frame)
        at = segment and (segment.sequence + bool(segment.flags & SYN) - sides[segment.side][0]) & 0xFFFFFFFF
        if segment and segment.payload and at + len(segment.payload) <= len(streams[segment.side]):
            streams[segment.side][at:at + len(segment.payload)] = segment.payload
    yield from streams.values()


def without(segment, first, hole):
    """The segment with the bytes of the hole taken out, as one or two. What is left of it acknowledges the same, and the end of
    a side stays where it was. None: the hole is elsewhere, or in a SYN, which would be another one without its bytes."""
    payload, sequence = segment.payload, segment.sequence
    at = (sequence - first) & 0xFFFFFFFF
    begin, end = hole
    if not payload or segment.flags & SYN or at >= 1 << 31 or at >= end or at + len(payload) <= begin:
        return None
    before, after = payload[:max(0, begin - at)], payload[max(0, end - at):]
    behind = segment.sequence + len(payload) - len(after)
    pieces = [segment.encode(sequence, segment.flags & ~(FIN | RST), before)] if before else []
    if after or segment.flags & (FIN | RST):
        pieces.append(segment.encode(behind, segment.flags, after))
    return pieces or [segment.encode(sequence, segment.flags, b"")]


def with_holes(capture, sides, hole_of):
    frames = []
    for frame in capture.frames:
        segment = tcp_of(capture, frame)
        pieces = without(segment, sides[segment.side][0], hole_of[segment.side]) if segment and segment.side in hole_of else None
        frames += [frame] if pieces is None else [frame.with_data(data) for data in pieces]
    return replace(capture, frames=frames)


def plans(tests, path, sides):
    """(name, hole of each side) for each run."""
    if tests.options.every:
        longest = min(MOST, max((length for _, length in sides.values()), default=0))
        for begin in range(0, longest, tests.options.every):
            for size in (*SIZES, TO_THE_END):
                yield f"{size} at {begin}", {side: (begin, begin + size) for side, (_, length) in sides.items() if begin < length}
        return
    rng = random.Random(zlib.crc32(path.name.encode()) + tests.options.seed)
    for number in range(tests.options.places):
        holes = {}
        for side, (_, length) in sorted(sides.items()):
            if length and rng.random() < 0.8:
                begin = rng.randrange(length)
                holes[side] = begin, begin + rng.choice((*SIZES, TO_THE_END))
        yield f"holes {number}", holes


def run(tests, path):
    result = tests.run("--json", path)
    if suite.sanitizer_report(result.stderr) or result.returncode not in (0, 1):  # 1: of some frames the link type is unknown
        raise suite.BadLine(f"exit status {result.returncode}: {result.stderr.decode(errors='replace')[-3000:]}")
    return suite.parse_lines(result.stdout)


def compare(tests, folder, path):
    try:
        capture = pcapfile.read(path)
    except (pcapfile.NotPcap, struct.error):
        return []
    sides = sides_of(capture)
    changed = Path(folder) / f"{zlib.crc32(str(path).encode())}.pcap"
    found = []
    try:
        pcapfile.write(changed, capture)
        whole = less.Whole(run(tests, changed), b"".join(streams_of(capture, sides)), ("overhear.frames",))
        for name, holes in plans(tests, path, sides):
            pcapfile.write(changed, with_holes(capture, sides, holes))
            wrong = [trouble for record in run(tests, changed) for trouble in less.troubles(whole, record)]
            found.append((name, wrong))
            if wrong and tests.options.keep:
                changed.rename(Path(tests.options.keep) / f"{suite.capture_name(path)}-{name.replace(' ', '-')}.pcap")
    except suite.BadLine as error:
        found.append(("", [str(error)]))
    changed.unlink(missing_ok=True)
    return found


def options(parser):
    parser.add_argument("--places", type=int, default=3, help="how many runs with holes of chance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, metavar="N", help="a hole of each size at every N-th byte instead")
    parser.add_argument("--keep", metavar="DIR", help="leave what went wrong there")
    parser.add_argument("paths", nargs="*", help="captures, and folders of them; default: pcaps/")


def main():
    tests = suite.Suite("holes", __doc__, options)
    paths = suite.captures_in(tests.options.paths)
    with suite.scratch() as folder:
        for path, found in zip(paths, tests.each(lambda path: compare(tests, folder, path), paths)):
            for name, wrong in found:
                tests.check(not wrong, f"{path.name} {name}", "\n".join(line[:1000] for line in wrong[:8]))
    tests.finish()


if __name__ == "__main__":
    main()
