#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whatever occurs is explained: each value in a recorded capture whose field has a catalog stands in that catalog.

Which field has which catalog is read from `overhear schema`, the catalogs from the notes*.json that are built in. What is
left out on purpose stands in LEFT_OUT, with its reason.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite
from suite import TOP, get

MARK = "explained by the catalog "

# (catalog, value) or (catalog, None) for all: why nobody explains it.
LEFT_OUT = {
    ("imap.capability", "RIGHTS=texk"): "the letters are the server's; an observation explains the word",
    ("imap.command", "1"): "the tag was forgotten, and so this is taken for the command",
    ("imap.command", "FETHC"): "misspelled",
    ("imap.item", "BINARY.SIZE[2]"): "parts have any number; an observation explains them",
    ("imap.item", "BODY.PEEK[1]"): "parts have any number; an observation explains them",
    ("imap.item", "BODY.PEEK[2]"): "parts have any number; an observation explains them",
    ("imap.item", "BODY.PEEK[2.MIME]"): "parts have any number; an observation explains them",
    ("imap.item", "BODY[3]"): "parts have any number; an observation explains them",
    ("pop3.command", "LSIT"): "misspelled",
    ("smtp.auth.mechanism", "X-HARBOUR"): "made up for the recording; no server has it",
    ("smtp.command", "RCTP"): "misspelled",
    ("smtp.parameters.value", None): "sizes, addresses and identifiers stand there as well as words",
    ("host", None): "names and addresses: the catalog is for the few that everybody shares",
    ("dns.answers.type", "TYPE65280"): "a type for private use",
    ("dns.question.type", "TYPE65280"): "a type for private use",
    ("dns.op_code", "OPCODE9"): "nobody has given it a meaning",
    ("ftp.command", "RTER"): "a slip of the finger",
    ("http.request.method", "BREW"): "not a method of HTTP",
    ("http.request.method", "GOGET"): "not a method of HTTP",
    ("http.request.method", "GTE"): "a slip of the finger",
    ("http.request.headers", "x"): "made up",
    ("http.request.headers", "x-long"): "made up",
    ("http.response.headers", "x-bytes"): "made up",
    ("http.response.headers", "x-empty"): "made up",
    ("http.response.headers", "x-folded"): "made up",
    ("http.response.headers", "x-sum"): "made up",
    ("http.response.headers", "x-twice"): "made up",
    **{("tls.protocol", f"protocol-{n:03}"): "made up, to have many" for n in range(1, 151)},
}


def catalogs():
    """catalog -> lower-case values that it explains"""
    found = {}
    for path in [*TOP.glob("dissectors/*/notes*.json"), *TOP.glob("src/record/notes*.json")]:
        for name, sentences in json.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(name, set()).update(key.lower() for key in sentences)
    return found


def explained_fields(schema, name=""):
    """(full name, catalog) of the fields that have one, lists without brackets."""
    if schema.get("$comment", "").startswith(MARK):
        yield name, schema["$comment"].removeprefix(MARK)
    inner = schema.get("items", schema)
    for key, child in inner.get("properties", {}).items():
        yield from explained_fields(child, f"{name}.{key}" if name else key)


def values_at(record, parts):
    """All values under a name, through lists."""
    if isinstance(record, list):
        for entry in record:
            yield from values_at(entry, parts)
    elif not parts:
        if isinstance(record, dict): # a map: the catalog explains its keys
            yield from record
        else:
            yield str(record).lower() if isinstance(record, bool) else str(record)
    elif isinstance(record, dict) and parts[0] in record:
        yield from values_at(record[parts[0]], parts[1:])


def is_left_out(catalog, value):
    return (catalog, value) in LEFT_OUT or (catalog, None) in LEFT_OUT


def main():
    tests = suite.Suite("notes", __doc__)
    known = catalogs()
    schema = json.loads(tests.run("schema").stdout)
    fields = {dataset: list(explained_fields(definition)) for dataset, definition in schema["$defs"].items()}
    tests.check(sum(map(len, fields.values())) > 30, "fields have catalogs")
    for dataset, rows in fields.items():
        for name, catalog in rows:
            tests.check(catalog in known, f"{dataset}: the catalog {catalog} of {name} is there")
    missing = {}
    outputs = tests.each(lambda capture: tests.run("--json", "--no-notes", capture).stdout, suite.captures())
    seen = set()
    for capture, output in zip(suite.captures(), outputs):
        for record in suite.parse_lines(output):
            for name, catalog in fields[get(record, "event.dataset")]:
                for value in values_at(record, name.split(".")):
                    seen.add((name, catalog, value))
                    if value.lower() not in known.get(catalog, ()) and value != "[hidden]":
                        missing.setdefault((name, catalog, value), suite.capture_name(capture))
    for row in sorted(seen):
        tests.check(row not in missing or is_left_out(*row[1:]), f"{row[0]}: {row[2]} is explained",
                    f"catalog {row[1]}; it occurs in {missing.get(row)}")
    for catalog, value in LEFT_OUT:
        tests.check(any(row[1:] == (catalog, value) or (value is None and row[1] == catalog) for row in seen),
                    f"{catalog}: {value} is left out, and occurs")
    tests.finish()


if __name__ == "__main__":
    main()
