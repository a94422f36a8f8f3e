#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""With a shorter snap length less is said, and nothing else.

Cuts each frame of each capture to 0, 1, 14, 20 … bytes, as a sniffer does that was told to keep only so much, and holds what the
program says of it against what it says of the whole capture (less.py has the rules). The exit status stays the same.
Without --all three lengths of each capture are tried, others for each.
"""

import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import less
import pcapfile
import snapped
import suite
from packets import parse

LENGTHS = (0, 1, 14, 20, 34, 54, 60, 68, 96, 128, 256)
SAMPLE = 3
TELLING = (54, 60, 68, 96, 128, 256)  # of the others nothing is left but flows


def run(tests, path):
    result = tests.run("--json", path)
    if suite.sanitizer_report(result.stderr) or result.returncode not in (0, 1):
        raise suite.BadLine(f"exit status {result.returncode}: {result.stderr.decode(errors='replace')[-3000:]}")
    return result.returncode, suite.parse_lines(result.stdout)


def fragments_in(content):
    """The numbers of the frames that hold a piece of an IP packet."""
    packets = enumerate((parse(link, data) for link, data in snapped.frames_of(content)), 1)
    return {number for number, packet in packets if packet is not None and packet.is_fragment}


def lengths_for(tests, path):
    if tests.options.all or tests.options.length:
        return tests.options.length or LENGTHS
    first = zlib.crc32(path.name.encode())
    few = [length for length in LENGTHS if length not in TELLING]
    return [few[first % len(few)]] + [TELLING[(first + at * 2) % len(TELLING)] for at in range(SAMPLE - 1)]


def compare(tests, folder, path):
    """(length, what is wrong) for each length."""
    content = pcapfile.content_of(path)
    found = []
    try:
        status, records = run(tests, path)
        whole = less.Whole(records, content)
        fragments = fragments_in(content)
        for length in lengths_for(tests, path):
            lesser = Path(folder) / f"{zlib.crc32(str(path).encode())}-{length}.pcap"
            lesser.write_bytes(snapped.cut(content, length))
            own_status, records = run(tests, lesser)
            lesser.unlink()
            wrong = [trouble for record in records for trouble in less.troubles(whole, record, fragments.__contains__)]
            if own_status != status:
                wrong.insert(0, f"exit status {status} became {own_status}")
            found.append((length, wrong))
    except (suite.BadLine, OSError) as error:
        found.append(("", [str(error)]))
    return found


def options(parser):
    parser.add_argument("--all", action="store_true", help="all lengths")
    parser.add_argument("--length", type=int, action="append", help="only this length")
    parser.add_argument("paths", nargs="*", help="captures, and folders of them; default: pcaps/")


def main():
    tests = suite.Suite("snap", __doc__, options)
    paths = suite.captures_in(tests.options.paths)
    with suite.scratch() as folder:
        for path, found in zip(paths, tests.each(lambda path: compare(tests, folder, path), paths)):
            for length, wrong in found:
                tests.check(not wrong, f"{path.name} {length}", "\n".join(line[:1000] for line in wrong[:8]))
    tests.finish()


if __name__ == "__main__":
    main()
