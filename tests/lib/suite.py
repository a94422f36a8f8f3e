# SPDX-License-Identifier: BSD-3-Clause
"""What the test programs share: where things are, how to run the program, how to count.

A suite prints its failures, and as its last line `NAME: N passed, N failed`, which ./bootstrap test adds up.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PCAPS = TOP / "pcaps"
HANG = 300  # seconds; only against a test that would never end

# What may not stand in any output: C0 but newline and tab, DEL, C1, and the bidirectional controls.
BIDIRECTIONAL = {chr(c) for c in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def captures(folder=PCAPS):
    """All captures of a folder, in one order everywhere."""
    return sorted(path for path in Path(folder).iterdir()
                  if path.is_file() and path.name.endswith((".pcap", ".pcapng", ".cap", ".pcap.gz", ".pcapng.gz")))


def captures_in(paths):
    """The captures among these paths and in these folders, however deep; none: those of pcaps/."""
    if not paths:
        return captures()
    found = []
    for path in map(Path, paths):
        found += sorted(inner for inner in path.rglob("*") if inner.is_file() and inner.suffix not in (".md", ".txt")
                        ) if path.is_dir() else [path]
    return found


def capture_name(path):
    return Path(path).name.split(".pcap")[0].removesuffix(".cap")


# Root becomes nobody, who cannot write in the folders that a test of root's has made.
STAYS = ("-Z", "root") if os.geteuid() == 0 else ()


class Suite:
    def __init__(self, name, description, configure=None):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--program", default=os.environ.get("OVERHEAR", str(TOP / "build/release/overhear")),
                            help="the overhear to test")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
        if configure:
            configure(parser)
        self.options = parser.parse_args()
        self.name = name
        self.program = str(Path(self.options.program).resolve())
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    def check(self, good, what, detail=""):
        """One test. `detail` is shown where it failed."""
        with self.lock:
            if good:
                self.passed += 1
            else:
                self.failed += 1
                print(f"FAIL {self.name}: {what}")
                for line in str(detail).splitlines()[:40]:
                    print(f"     {line}")
                sys.stdout.flush()
        return good

    def equal(self, found, expected, what):
        return self.check(found == expected, what, f"expected {expected!r}\nfound    {found!r}")

    def run(self, *arguments, stdin=None, timeout=HANG, environment=None):
        """Run the program; returns the completed process with bytes. Never a terminal, never colour by chance."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("OVERHEAR", "COLUMNS"))}
        variables |= {"LC_ALL": "C.UTF-8", "TERM": "dumb", **(environment or {})}
        return subprocess.run([self.program, *map(str, arguments)], input=stdin, stdin=None if stdin else subprocess.DEVNULL,
                              capture_output=True, timeout=timeout, env=variables, check=False)

    def each(self, function, items):
        """Call the function for every item, several at once; the results in order."""
        with ThreadPoolExecutor(max(1, self.options.jobs)) as pool:
            return list(pool.map(function, items))

    def finish(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


class BadLine(Exception):
    pass


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise BadLine(f"a key twice: {sorted(key for key in keys if keys.count(key) > 1)}")
    return dict(pairs)


def refuse_constant(word):
    raise BadLine(f"{word} is no JSON")


def parse_line(line):
    """One line of --json, strictly."""
    try:
        text = line.decode("utf-8", "strict")
        return json.loads(text, object_pairs_hook=no_duplicates, parse_constant=refuse_constant)
    except ValueError as error:
        raise BadLine(f"{error}: {line[:200]!r}") from None


def parse_lines(output):
    if output and not output.endswith(b"\n"):
        raise BadLine(f"the last line does not end: {output[-200:]!r}")
    return [parse_line(line) for line in output.split(b"\n")[:-1]]


def forbidden_characters(output, *, escapes=False):
    """The characters of an output that a terminal could obey. `escapes`: our own colours are allowed."""
    text = output.decode("utf-8", "surrogateescape")
    bad = set()
    for character in set(text):
        code = ord(character)
        if (code < 0x20 and character not in "\n") or 0x7F <= code < 0xA0 or character in BIDIRECTIONAL:
            if not (escapes and character == "\x1b"):
                bad.add(character)
        elif 0xDC80 <= code <= 0xDCFF or unicodedata.category(character) == "Cs":
            bad.add(character)
    return sorted(map(repr, bad))


def get(record, dotted, default=None):
    """The value of a field by its full name, whether objects are nested or not."""
    value = record
    for part in dotted.split("."):
        if not isinstance(value, dict):
            return default
        if part not in value:
            return record.get(dotted, default) if isinstance(record, dict) else default
        value = value[part]
    return value


def flat(record, prefix=""):
    """All fields of a record by full name; maps and lists of objects stay as they are at `notes` and lists."""
    result = {}
    for key, value in record.items():
        name = prefix + key
        if isinstance(value, dict) and name != "notes":
            result |= flat(value, name + ".")
        else:
            result[name] = value
    return result


def scratch():
    """A folder that goes away."""
    return tempfile.TemporaryDirectory(prefix="overhear-test-")


def sanitizer_report(stderr):
    """Whether a sanitizer spoke."""
    return any(word in stderr for word in (b"AddressSanitizer", b"LeakSanitizer", b"runtime error:", b"UndefinedBehavior"))
