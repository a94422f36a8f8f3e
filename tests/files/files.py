#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Files come out as they went in: for every line of pcaps/files.sha256 --extract saves a file with that SHA-256.

The lines were written when the captures were recorded, from the originals. Beside that: what --extract does with names, with
a limit, and with a folder that is none or full.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite
from suite import get


# Rows whose file has another name on the way: in ftp-fxp one server sends what the other one stores under its own name.
OTHER_NAMES = {("ftp-fxp", "buoys.txt"): "from-south.txt", ("http-files", "../evil name.pdf"): "evil name.pdf"}


def originals():
    """capture -> [(name, size, sha256)]"""
    rows = defaultdict(list)
    for line in (suite.PCAPS / "files.sha256").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            capture, name, size, digest = line.split("\t")
            rows[capture].append((OTHER_NAMES.get((capture, name), name), int(size), digest))
    return rows


def extract(tests, capture, *arguments):
    """(records of files, {name: content} of what was saved, the finished process)"""
    folder = tempfile.mkdtemp(prefix="overhear-files-")
    try:
        result = tests.run("--json", "--hash", *suite.STAYS, "--extract", folder, *arguments, suite.PCAPS / f"{capture}.pcap")
        records = [record for record in suite.parse_lines(result.stdout) if get(record, "event.dataset") == "file"]
        saved = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        modes = {path.stat().st_mode & 0o7777 for path in Path(folder).iterdir()}
        return folder, records, saved, modes, result
    finally:
        shutil.rmtree(folder)


def check_capture(tests, job):
    capture, rows = job
    folder, records, saved, modes, result = extract(tests, capture)
    tests.equal(result.returncode, 0, f"{capture}: exit status")
    tests.check(modes <= {0o600}, f"{capture}: only the owner may read what was saved", f"{modes}")
    tests.equal(len(saved), len(records), f"{capture}: as many files saved as recorded")
    for record in records:
        path = Path(get(record, "file.path", "-"))
        content = saved.get(path.name)
        tests.check(str(path.parent) == folder and content is not None, f"{capture}: {path.name} was saved")
        digest = get(record, "file.hash.sha256")
        if content is None or digest is None:
            continue
        tests.equal(hashlib.sha256(content).hexdigest(), digest, f"{capture}: hash of {path.name}")
        tests.equal(len(content), get(record, "file.size"), f"{capture}: size of {path.name}")
    found = {(get(record, "file.name"), get(record, "file.size"), get(record, "file.hash.sha256")) for record in records}
    for row in rows:
        near = [candidate for candidate in found if row[0] == candidate[0] or row[2] == candidate[2]]
        tests.check(row in found, f"{capture}: {row[0]} as it was sent", f"expected {row}\nfound    {near or sorted(map(str, found))}")


def check_limit(tests):
    _, records, saved, _, result = extract(tests, "ftp-by-hand", "--extract-limit", "1000")
    tests.equal(result.returncode, 0, "--extract-limit: exit status")
    tests.check(saved and max(map(len, saved.values())) == 1000, "--extract-limit: nothing beyond 1000 bytes",
                f"{ {name: len(content) for name, content in saved.items()} }")
    cut = [name for name, content in saved.items() if len(content) == 1000]
    tests.check(cut and all(name.endswith(".partial") for name in cut), "--extract-limit: what is cut is marked", f"{cut}")
    whole = {row for row in originals()["ftp-by-hand"]}
    found = {(get(record, "file.name"), get(record, "file.size"), get(record, "file.hash.sha256")) for record in records}
    tests.check(whole <= found, "--extract-limit: size and hash are those of the whole", f"{whole - found}")


def check_names(tests):
    """The same name twice: a number is added, nothing is written over."""
    folder = tempfile.mkdtemp(prefix="overhear-files-")
    try:
        for _ in range(2):
            tests.run("--json", *suite.STAYS, "--extract", folder, suite.PCAPS / "ftp-by-hand.pcap")
        names = sorted(path.name for path in Path(folder).iterdir())
        content = defaultdict(list)
        for name in names:
            content[hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()].append(name)
        tests.check(names and all(len(twins) % 2 == 0 for twins in content.values()), "a second run writes over nothing", f"{names}")
    finally:
        shutil.rmtree(folder)


def check_bad_folders(tests):
    capture = suite.PCAPS / "ftp-by-hand.pcap"
    result = tests.run("--json", "--extract", "/dev/null", capture)
    tests.equal((result.returncode, result.stdout), (1, b""), "--extract /dev/null: refused before anything is read")
    tests.check(b"--extract /dev/null: expected a folder" in result.stderr, "--extract /dev/null: says why", result.stderr)
    missing = Path(tempfile.gettempdir()) / f"overhear-files-{os.getpid()}" / "deeper"
    result = tests.run("--json", "--extract", missing, capture)
    tests.equal(result.returncode, 1, "--extract into a folder that cannot be made")
    tests.check(b"the folder cannot be made: No such file or directory" in result.stderr, "--extract: says why", result.stderr)


def check_full_disk(tests):
    """A file system of 16 KiB; needs root, as the live suite does."""
    folder = tempfile.mkdtemp(prefix="overhear-files-")
    command = ["unshare", "--mount", "sh", "-c",
               'mount -t tmpfs -o size=16k none "$1" && shift && exec "$@"', "sh", folder]
    try:
        plain = tests.run("--json", suite.PCAPS / "smtp-swaks.pcap")
        import subprocess
        result = subprocess.run([*command, tests.program, "--json", *suite.STAYS, "--extract", folder, suite.PCAPS / "smtp-swaks.pcap"],
                                capture_output=True, timeout=suite.HANG, check=False)
        if b"unshare" in result.stderr or b"mount:" in result.stderr:
            print(f"files: no full disk to be had here: {result.stderr.decode()[:100]}")
            return
        tests.equal(result.returncode, 1, "a full disk: exit status")
        tests.check(b"No space left on device" in result.stderr, "a full disk: says so", result.stderr)
        tests.equal(result.stdout.count(b"\n"), plain.stdout.count(b"\n"), "a full disk: all records are there")
    finally:
        shutil.rmtree(folder)


def main():
    tests = suite.Suite("files", __doc__)
    rows = originals()
    tests.check(len(rows) >= 5, "pcaps/files.sha256 has lines")
    tests.each(lambda job: check_capture(tests, job), sorted(rows.items()))
    check_limit(tests)
    check_names(tests)
    check_bad_folders(tests)
    check_full_disk(tests)
    tests.finish()


if __name__ == "__main__":
    main()
