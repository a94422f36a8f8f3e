#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Instructions, counted: what a frame and a record cost, against the figures kept in counts.json.

Seconds differ from run to run; instructions do not. valgrind counts those of small captures that are repeated until
the work outweighs the noise, and takes away what starting costs, which is a row of its own. More than 3 % above the
figure that is kept fails; more than 3 % below says that it should be renewed. --renew measures and writes the figures.
"""

import json
import os
import shutil
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "lib"), str(HERE / "corpus")]

import cost
import flood
import suite

STORED = HERE / "counts.json"
TOLERANCE = 0.03
NOISE = 0.003  # between two runs of the same; hash keys are random, addresses and the environment may differ
FLOWS = 4000

FORMS = {"json": ("--json", "--no-notes"), "notes": ("--json",), "transcript": ("--text", "--width", "120")}

# Capture, how often it is repeated, and the forms. Repeated so often that a row takes some seconds at most.
WORK = [
    ("dns-types", 40, ("json", "notes", "transcript")),
    ("http-vhosts", 30, ("json", "notes", "transcript")),
    ("smtp-swaks", 10, ("json",)),
    ("pop3-by-hand", 30, ("json",)),
    ("imap-session", 20, ("json",)),
    ("ftp-session", 10, ("json",)),
    ("tls-versions", 4, ("json",)),
    ("flood", 1, ("json",)),
    ("nothing", 1, ("json", "notes", "transcript")),
]

PCAP_HEADER = struct.Struct("<IHHiIII")
FRAME_HEADER = struct.Struct("<IIII")
BETWEEN = 7200  # seconds from copy to copy: longer than any conversation is waited for, so each copy's are new


def repeat(capture, times):
    """The capture several times in a row, two hours apart. Nothing else changes, so that what FTP says stays true."""
    data = capture.read_bytes()
    frames, at = [], PCAP_HEADER.size
    while at < len(data):
        seconds, fraction, length, original = FRAME_HEADER.unpack_from(data, at)
        at += FRAME_HEADER.size + length
        frames.append((seconds, fraction, original, data[at - length:at]))
    copies = [data[:PCAP_HEADER.size]]
    for copy in range(times):
        for seconds, fraction, original, frame in frames:
            copies += (FRAME_HEADER.pack(seconds + copy * BETWEEN, fraction, len(frame), original), frame)
    return b"".join(copies)


def write_captures(folder):
    for name, times, _ in WORK:
        path = folder / f"{name}.pcap"
        if name == "flood":
            flood.write(path, FLOWS)
        elif name == "nothing":
            path.write_bytes(PCAP_HEADER.pack(0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        else:
            path.write_bytes(repeat(suite.PCAPS / path.name, times))


def count_instructions(program, capture, form, **how):
    """Those of one run in user space. What it writes goes nowhere."""
    return cost.instructions([program, *suite.STAYS, "--no-sandbox", "--summary=none", "--color=never", *FORMS[form], "-r", capture], **how)


def count_work(tests, capture):
    """How many frames a capture has, and how many records are made of it."""
    result = tests.run(*suite.STAYS, "--json", "--summary=json", "-o", "/dev/null", "-r", capture)
    summary = json.loads(result.stderr)
    return summary["frames"], sum(summary["records"].values())


def measure(tests, folder):
    """Rows by name: instructions a frame and a record, beyond what starting costs."""
    jobs = [(name, form) for name, _, forms in WORK for form in forms]
    counts = dict(zip(jobs, tests.each(lambda job: count_instructions(tests.program, folder / f"{job[0]}.pcap", job[1]), jobs)))
    rows = {}
    for (name, form), instructions in counts.items():
        if name == "nothing":
            rows[f"start, {form}"] = {"instructions": instructions}
            continue
        frames, records = count_work(tests, folder / f"{name}.pcap")
        instructions -= counts["nothing", form]
        rows[f"{name}, {form}"] = {"frames": frames, "records": records, "per_frame": round(instructions / frames),
                                   "per_record": round(instructions / records)}
    return rows


def compare(tests, name, stored, found):
    """One row against what is kept of it."""
    renew = "if that is meant: tests/bench/counts.py --renew, and commit counts.json with the change that made it so"
    if not tests.check(stored is not None, name, f"no figure is kept; found {found}; {renew}"):
        return
    worse, better = [], []
    for figure in ("instructions", "per_frame", "per_record"):
        if figure not in found:
            continue
        change = found[figure] / stored[figure] - 1
        text = f"{name}: {figure.replace('per_', 'instructions a ')} {stored[figure]:,} kept, {found[figure]:,} found ({change:+.1%})"
        if change > TOLERANCE:
            worse.append(text)
        elif change < -TOLERANCE:
            better.append(text)
    for text in better if not worse else ():
        print(f"renew: {text}: tests/bench/counts.py --renew keeps it so")
    tests.check(not worse, f"{name} costs more than {TOLERANCE:.0%} above what is kept", "\n".join([*worse, renew]))


def check_noise(tests, folder):
    """The same run with another environment, and with addresses that are random."""
    capture = folder / "http-vhosts.pcap"
    calm = count_instructions(tests.program, capture, "json")
    other = count_instructions(tests.program, capture, "json", before=(), NOTHING="x" * 3000)
    tests.check(abs(other / calm - 1) <= NOISE, "two runs of the same count the same", f"{calm:,} and {other:,} instructions")


def main():
    tests = suite.Suite("counts", __doc__, lambda parser: parser.add_argument("--renew", action="store_true"))
    if not shutil.which("valgrind"):
        tests.check(False, "valgrind counts instructions", "apt-get install valgrind")
        tests.finish()
    with suite.scratch() as folder:
        folder = Path(folder)
        os.chmod(folder, 0o755)
        write_captures(folder)
        rows = measure(tests, folder)
        check_noise(tests, folder)
    if tests.options.renew:
        STORED.write_text(json.dumps(rows, indent=1) + "\n")
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    for name, found in rows.items():
        print(f"{name:24}", " ".join(f"{value:>10,} {key.replace('_', ' ')}" for key, value in found.items()))
        compare(tests, name, stored.get(name), found)
    tests.equal(sorted(set(stored) - set(rows)), [], "figures that are kept of nothing")
    tests.finish()


if __name__ == "__main__":
    main()
