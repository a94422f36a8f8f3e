#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The same bytes for every --threads N: records, transcript, summary, extracted files, exit status and messages.

For every capture of pcaps/ and, where they are there, of ../shared/captures; alone, and many after each other in one run, so
that there is enough for all threads to do. With --program of a build with ThreadSanitizer it says what that finds.
"""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite

FORMATS = (("--json",), ("--json", "--no-notes"), ())
COUNTS = (2, 3, 8)
TOGETHER = 60  # captures of the shared folder that are read in one run
SHARED = suite.TOP.parent / "shared" / "captures"


def outcome(tests, threads, *words):
    """What there is to compare: results, messages, status, and what the summary counts, but for time and memory."""
    result = tests.run("--threads", threads, "--summary=json", *suite.STAYS, *words)
    messages, _, summary = result.stderr.decode().rstrip("\n").rpartition("\n")
    try:
        counts = json.loads(summary)
        counts.pop("seconds", None)
        counts.get("memory", {}).pop("peak", None)  # of several engines it is the sum of their peaks
    except ValueError:
        messages, counts = result.stderr.decode(), {}
    return {"results": result.stdout, "messages": messages, "status": result.returncode, "summary": counts}


def difference(one, several):
    """The first of them that is not the same, in words; None: all are."""
    for part, expected in one.items():
        found = several[part]
        if found == expected:
            continue
        if part == "summary":
            keys = [key for key in expected | found if expected.get(key) != found.get(key)]
            return "\n".join(f"summary: {key}: {expected.get(key)!r} and {found.get(key)!r}" for key in keys)
        if part == "results":
            lines = zip(expected.split(b"\n"), found.split(b"\n"))
            row = next(((a, b) for a, b in lines if a != b), (b"(one ends)", b""))
            return f"results:\n{row[0][:400]!r}\n{row[1][:400]!r}"
        return f"{part}: {expected!r} and {found!r}"
    return None


def compare(tests, what, words, counts=COUNTS):
    one = outcome(tests, 1, *words)
    for count in counts:
        found = difference(one, outcome(tests, count, *words))
        tests.check(found is None, f"{what}: --threads {count}", found)


def alone(tests, captures, counts):
    jobs = [(path, form) for path in captures for form in FORMATS]
    tests.each(lambda job: compare(tests, f"{job[0].name} {' '.join(job[1])}", (*job[1], job[0]), counts), jobs)


def together(tests, captures):
    groups = [captures[i:i + TOGETHER] for i in range(0, len(captures), TOGETHER)]
    jobs = [(i, group, form) for i, group in enumerate(groups) for form in (*FORMATS, ("-v",), ("-q",))]
    tests.each(lambda job: compare(tests, f"group {job[0]} {' '.join(job[2])}", (*job[2], *job[1])), jobs)


def extracted(tests, captures):
    """Names and content of files, and their hashes in the records."""
    def files(threads, words):
        with suite.scratch() as folder:
            result = tests.run("--threads", threads, "--json", "--hash", "--extract", folder, "-q", *suite.STAYS, *words)
            return result.stdout.replace(folder.encode(), b"FOLDER"), {path.name: path.read_bytes() for path in Path(folder).iterdir()}

    one = files(1, captures)
    tests.check(len(one[1]) > 20, "there are files to extract", len(one[1]))
    for count in COUNTS:
        several = files(count, captures)
        tests.equal(sorted(several[1]), sorted(one[1]), f"--extract --threads {count}: names")
        tests.check(several == one, f"--extract --threads {count}: content and records")


def options(tests, captures):
    """What stands between the records and the output."""
    for words in (("--only", "dns,http"), ("-Y", "dns.question.name ~ \"example\""), ("--conversation", "3"), ("-n",),
                  ("--memory", "2M"), ("-c", "500"), ("--max-text", "10"), ("--show-secrets",)):
        compare(tests, " ".join(words), ("--json", *words, *captures))
        compare(tests, f"{' '.join(words)}, transcript", (*words, *captures), counts=(3,))


def saved(tests, captures):
    """-w with --only: the frames of conversations that were found."""
    def frames(threads):
        with suite.scratch() as folder:
            path = Path(folder) / "saved.pcap"
            tests.run("--threads", threads, "--only", "http", "-w", path, "-q", *suite.STAYS, *captures)
            return path.read_bytes()

    one = frames(1)
    tests.check(len(one) > 1000, "frames are saved", len(one))
    tests.check(frames(3) == one, "-w --only http --threads 3")


def one_thread_only(tests, capture):
    """What N threads cannot serve is done by one, and said."""
    for words, reason in ((("--follow", "1"), "follows"), (("--summary",), "counts"), (("-l",), "writes")):
        one = tests.run("--threads", 1, *suite.STAYS, "--summary=none", *words, capture)
        several = tests.run("--threads", 4, *suite.STAYS, "--summary=none", *words, capture)
        quiet = tests.run("--threads", 4, *suite.STAYS, "-q", *words, capture)
        if words != ("--summary",):
            tests.equal(several.stdout, one.stdout, f"{' '.join(words)}: the same results")
        tests.check(reason in several.stderr.decode() and several.returncode == 0, f"{' '.join(words)}: said",
                    several.stderr)
        tests.equal(quiet.stderr, b"", f"{' '.join(words)}: not with -q")


def endings(tests, captures):
    """A file that is broken in the middle, one that is missing, a reader that goes."""
    many = captures * 3
    with suite.scratch() as folder:
        broken = Path(folder) / "broken.pcap"
        broken.write_bytes((suite.PCAPS / "tour.pcap").read_bytes()[:-30])
        broken.chmod(0o644)
        compare(tests, "a broken file", ("--json", captures[0], broken, Path(folder) / "missing.pcap", captures[1]))
    for form in FORMATS:
        process = subprocess.Popen([tests.program, "--threads", "3", "-q", *suite.STAYS, *form, *map(str, many)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(1000)
        process.stdout.close()
        message = process.stderr.read()
        tests.check(process.wait(timeout=suite.HANG) in (0, 1) and message == b"", f"{' '.join(form)}: a reader that goes",
                    message)
        process.stderr.close()
    full = subprocess.run(f"exec '{tests.program}' --threads 3 -q {' '.join(suite.STAYS)} --json {' '.join(map(str, many))} >/dev/full",
                          shell=True, capture_output=True, timeout=suite.HANG, check=False)
    tests.check(full.returncode == 1 and re.search(rb"No space left", full.stderr) is not None, "a disk that is full",
                full.stderr)


def compressed(tests, captures):
    """Files that are inflated by a thread, whole and damaged, among others that are not; -c ends in the middle of one."""
    with suite.scratch() as folder:
        files = []
        for i, path in enumerate(captures):
            content = path.read_bytes()
            packed = gzip.compress(content, 1) if not path.name.endswith(".gz") else content
            if i % 7 == 3:
                packed = packed[:len(packed) * 2 // 3]  # cut short
            elif i % 7 == 4:
                packed = packed[:-12] + bytes(12)  # damaged
            elif i % 7 == 5:
                packed += gzip.compress(b"")  # another member
            elif i % 7 == 6:
                packed = content
            files.append(Path(folder) / f"{i}-{path.name}.gz")
            files[-1].write_bytes(packed)
            files[-1].chmod(0o644)
        empty = Path(folder) / "nothing.gz"
        empty.write_bytes(gzip.compress(b""))
        text = Path(folder) / "text.gz"
        text.write_bytes(gzip.compress(b"no capture\n" * 1000))
        big = Path(folder) / "big.gz"
        big.write_bytes(gzip.compress(max(captures, key=lambda path: path.stat().st_size).read_bytes()))
        for path in (empty, text, big):
            path.chmod(0o644)
        compare(tests, "compressed files", ("--json", *files[:20], empty, text, big, Path(folder) / "missing.gz", *files[20:]))
        for count in (1, 100, 2000):
            compare(tests, f"-c {count} of compressed files", ("--json", "-c", count, big, *files))
        compare(tests, "a filter of compressed files", ("--json", "-f", "tcp port 80", big, *files), counts=(2,))


def configure(parser):
    parser.add_argument("--quick", action="store_true", help="only pcaps/")


def main():
    tests = suite.Suite("threads", __doc__, configure)
    captures = suite.captures()
    shared = sorted(path for path in SHARED.rglob("*.pcap*") if path.is_file()) if SHARED.is_dir() else []
    alone(tests, captures, COUNTS)
    together(tests, captures)
    extracted(tests, captures)
    options(tests, captures)
    saved(tests, captures)
    one_thread_only(tests, suite.PCAPS / "tour.pcap")
    endings(tests, captures)
    compressed(tests, captures)
    if not tests.options.quick:
        alone(tests, shared, (3,))
        together(tests, shared)
    tests.finish()


main()
