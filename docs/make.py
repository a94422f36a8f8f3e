#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes what follows from the code: docs/anomalies.md, docs/fields.md, and the examples in README.md.

--check writes nothing and says what is out of date. --program names the overhear that lists the fields.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
EXAMPLE = re.compile(r"(<!-- example: (\d+) (.*?) -->\n```\n).*?(```\n)", re.S)
ROW = re.compile(r'X\(\w+,[\s\\]*"([\w.]+)",[\s\\]*"([^"]*)"\)')

ANOMALIES = """# Anomalies

Things that should not be, but are normal on a wire that strangers can reach. Each is an `anomaly` record with
`overhear.anomaly.name` and `overhear.anomaly.detail`, is counted in the closing summary, and changes nothing in what else
is reported. Of one conversation the first 64 are written, the rest is only counted.

This page is written by `docs/make.py` from `include/overhear/anomaly.h` and the notes.

| name | detail | what it means |
|---|---|---|
"""

FIELDS = """# Fields

Every field of every record, as `overhear fields` lists them. Names and types are stable: fields are added, never renamed.
`[]` marks an array, `(secret)` what is hidden unless `--show-secrets` asks for it.

This page is written by `docs/make.py` from the field tables.

```
"""


def sentences():
    """The catalog "anomaly" of all notes."""
    found = {}
    for path in sorted([*TOP.glob("src/record/notes*.json"), *TOP.glob("dissectors/*/notes*.json")]):
        found |= json.loads(path.read_text(encoding="utf-8")).get("anomaly", {})
    return found


def anomalies(missing):
    notes = sentences()
    page = ANOMALIES
    for name, detail in ROW.findall((TOP / "include/overhear/anomaly.h").read_text(encoding="utf-8")):
        if name not in notes:
            missing.append(f"{name} is explained in no notes.json")
        page += f"| `{name}` | {detail} | {notes.get(name, '')} |\n"
    return page


def fields(program):
    result = subprocess.run([program, "fields"], capture_output=True, text=True, check=True)
    return FIELDS + result.stdout + "```\n"


def readme(program):
    """The README with its examples as the program prints them now: so many lines of the output of these arguments."""
    def example(match):
        command = [program, "--color=never", *match.group(3).split()]
        lines = subprocess.run(command, capture_output=True, text=True, check=True, cwd=TOP).stdout.splitlines()
        shown = "".join(line.rstrip() + "\n" for line in lines[:int(match.group(2))])
        return match.group(1) + shown + match.group(4)
    return EXAMPLE.sub(example, (TOP / "README.md").read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--program", default=str(TOP / "build/release/overhear"))
    options = parser.parse_args()
    wrong = []
    program = str(Path(options.program).resolve())
    for name, page in (("docs/anomalies.md", anomalies(wrong)), ("docs/fields.md", fields(program)), ("README.md", readme(program))):
        path = TOP / name
        if options.check:
            if not path.exists() or path.read_text(encoding="utf-8") != page:
                wrong.append(f"{name} is out of date: python3 docs/make.py writes it")
        else:
            path.write_text(page, encoding="utf-8")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
