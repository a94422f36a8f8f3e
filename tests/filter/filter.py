#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""-Y against every capture, three ways.

cases.txt: expressions with the records that they leave, each as its conversation, dataset and frames; the lines printed are
whole lines of the whole output, in the same order.
values: for each field that a capture's JSON has, comparisons with the values found there; the lines printed must be those
that a second, slower reading of the JSON (below) picks out of the whole output, byte for byte.
wrong.txt: expressions that are none, with all that is said about them; the exit status is 2, and nothing is printed.
"""

import ipaddress
import json
import random
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite

HERE = Path(__file__).resolve().parent
MAX_TEXT = 4096
SINGLE, COMBINED = 30, 6  # expressions of one test and of several, a capture


def read_blocks(path):
    """[(words behind the marker, [lines])]: a block begins with `# `."""
    blocks = []
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        if line.startswith("# "):
            blocks.append((line[2:], []))
        elif blocks:
            blocks[-1][1].append(line)
    return blocks


def name_record(record):
    """`3 http 14-15`: conversation, dataset, frames."""
    frames = suite.get(record, "overhear.frames", {})
    ends = [frames.get(one, "") for one in (("request", "response") if {"request", "response"} & set(frames) else
                                            ("first", "last"))]
    return f"{suite.get(record, 'overhear.conversation', 0)} {suite.get(record, 'event.dataset')} {ends[0]}-{ends[1]}"


def print_case(tests, words):
    """`CAPTURE [OPTIONS] -Y EXPRESSION`: the lines printed, and all that are printed without -Y."""
    head, expression = words.split(" -Y ", 1)
    capture, *options = head.split()
    result = tests.run("--json", *options, "-Y", expression, suite.PCAPS / capture)
    return result.stdout, tests.run("--json", *options, suite.PCAPS / capture).stdout


def check_case(tests, block):
    words, expected = block
    printed, whole = print_case(tests, words)
    tests.equal([name_record(record) for record in suite.parse_lines(printed)], expected, words)
    rest = iter(whole.splitlines(keepends=True))
    tests.check(all(line in rest for line in printed.splitlines(keepends=True)), f"{words}: lines of the whole output")


def check_wrong(tests, block):
    expression, expected = block
    result = tests.run("-Y", json.loads(expression), suite.PCAPS / "tour.pcap")
    tests.equal((result.returncode, result.stdout, result.stderr.decode().split("\n")[:-1]), (2, b"", expected), expression)


def types(tests):
    """Type of each field by its full name."""
    rows = re.findall(r"^  (\S+) +(text|integer|boolean|address|time|duration|object|map)\b",
                      tests.run("fields").stdout.decode(), re.M)
    return {name.replace("[]", ""): kind for name, kind in rows}


def values_of(record, kinds, prefix=""):
    """{full name: [values]} of one record; entries of maps under their own names too."""
    found = {}
    for key, value in record.items():
        name = prefix + key
        if name == "notes":
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                inner = values_of(one, kinds, name + ".")
                if kinds.get(name) == "object":
                    found.setdefault(name, []).append(one)
                if kinds.get(name) == "map":
                    inner[name] = [text for texts in one.values() for text in texts]
                for other, more in inner.items():
                    found.setdefault(other, []).extend(more)
            else:
                found.setdefault(name, []).append(one)
    return found


def quote(text):
    r"""As a literal in double quotes. What the JSON shows as \xNN is one byte, and so it is here."""
    text = re.sub(r"\\(?!x[0-9a-f]{2})", r"\\\\", text)
    return '"' + text.replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


class Test:
    """One test: the expression, and what it says of a record's values."""

    def __init__(self, expression, name, fits, negated=False):
        self.expression, self.name, self.fits, self.negated = expression, name, fits, negated

    def holds(self, found):
        values = found.get(self.name, [])
        any_fits = any(map(self.fits, values))
        return bool(values) and not any_fits if self.negated else any_fits


def text_tests(name, value):
    literal = quote(value)
    yield Test(f"{name} == {literal}", name, lambda one: one == value)
    yield Test(f"{name} != {literal}", name, lambda one: one == value, True)
    yield Test(f'{name} in {{"no such", {literal}}}', name, lambda one: one == value)
    words = re.findall(r"[a-zA-Z0-9]{3,}", value)
    if words and "\\" not in value:
        word = words[len(words) // 2]
        yield Test(f"{name} contains {quote(word)}", name, lambda one: word in one)
        yield Test(f"{name} matches {quote('(?i)' + word.upper())}", name, lambda one: word.lower() in one.lower())
        yield Test(f"{name} matches {quote('^' + word)}", name, lambda one: one.startswith(word))


def number_tests(name, value, unit):
    text = f"{value}{unit}"
    yield Test(f"{name} == {text}", name, lambda one: one == value)
    yield Test(f"{name} != {text}", name, lambda one: one == value, True)
    yield Test(f"{name} < {text}", name, lambda one: one < value)
    yield Test(f"{name} <= {text}", name, lambda one: one <= value)
    yield Test(f"{name} > {text}", name, lambda one: one > value)
    yield Test(f"{name} >= {text}", name, lambda one: one >= value)
    low, high = sorted((value // 2, value))
    yield Test(f"{name} in {{{low}{unit}..{high}{unit}}}", name, lambda one: low <= one <= high)


def address_tests(name, value):
    address = ipaddress.ip_address(value)
    network = ipaddress.ip_network(f"{value}/{address.max_prefixlen - 6}", strict=False)
    yield Test(f"{name} == {value}", name, lambda one: one == value)
    yield Test(f"{name} != {value}", name, lambda one: one == value, True)
    yield Test(f"{name} in {{{network}}}", name, lambda one: ipaddress.ip_address(one) in network)


def time_tests(name, value):
    day = value[:10]
    yield Test(f"{name} == {value}", name, lambda one: one == value)
    yield Test(f"{name} == {day}", name, lambda one: one[:10] == day)
    yield Test(f"{name} > {value}", name, lambda one: one > value)  # one form, so that texts stand in the order of times
    yield Test(f"{name} < {day}", name, lambda one: one[:10] < day)


def tests_of(name, kind, value):
    """Comparisons of one field with one value that it has."""
    if kind == "object":
        return
    if kind == "boolean":
        yield Test(name, name, lambda one: one is True)
        yield Test(f"{name} == false", name, lambda one: one is False)
    elif value == "[hidden]" and kind != "text":
        return
    elif kind in ("integer", "duration"):
        yield from number_tests(name, value, "ns" if kind == "duration" else "")
    elif kind == "address":
        yield from address_tests(name, value)
    elif kind == "time":
        yield from time_tests(name, value)
    elif len(value) < MAX_TEXT:
        yield from text_tests(name, value)


def kind_of(name, kinds):
    """The type of a field, entries of maps included; and how it is written in an expression."""
    if name in kinds:
        return kinds[name], name
    for head, kind in kinds.items():
        if kind == "map" and name.startswith(head + "."):
            return "text", f"{head}[{quote(name[len(head) + 1:])}]"
    return None, name


def choose(values, chance):
    """A value of each capture, the same in every run."""
    return chance.choice(sorted(set(map(json.dumps, values))))


def run(tests, capture, expression):
    result = tests.run("--json", "-Y", expression, capture)
    return result.stdout if result.returncode == 0 else result.stderr + b"?"


def check_values(tests, capture, kinds):
    chance = random.Random(capture.name)
    output = tests.run("--json", capture).stdout
    lines = output.splitlines(keepends=True)
    found = [values_of(record, kinds) for record in suite.parse_lines(output)]
    asked = []
    for name in sorted({name for one in found for name in one}):
        kind, written = kind_of(name, kinds)
        tests.check(kind is not None, f"{capture.name}: {name} is a field")
        asked.append(Test(f"{written} exists", name, lambda _: True))
        values = [value for one in found for value in one.get(name, []) if not isinstance(value, dict)]
        if kind and values:
            value = json.loads(choose(values, chance))
            more = [Test(test.expression.replace(name, written, 1), name, test.fits, test.negated)
                    for test in tests_of(name, kind, value)]
            asked += chance.sample(more, min(2, len(more)))
    for test in chance.sample(asked, min(SINGLE, len(asked))):
        expected = b"".join(line for line, one in zip(lines, found) if test.holds(one))
        printed = run(tests, capture, test.expression)
        if printed != expected and any(operator in test.expression for operator in ('== "', 'in {"', '!= "')):
            # Names and mnemonics are compared without letter case: what differs must differ in nothing else.
            folded = Test("", test.name, lambda one, text=test: any(map(text.fits, same_letters(one, found, text.name))), test.negated)
            expected = b"".join(line for line, one in zip(lines, found) if folded.holds(one))
        tests.check(printed == expected, f"{capture.name}: {test.expression}", difference(printed, expected))
    combine(tests, capture, lines, found, asked, chance)


def same_letters(value, found, name):
    """All values of this field that differ from this one only in letter case."""
    return [other for one in found for other in one.get(name, []) if other.lower() == value.lower()]


def difference(printed, expected):
    if printed.endswith(b"?"):
        return printed.decode("utf-8", "replace")
    return f"{len(printed.splitlines())} lines, expected {len(expected.splitlines())}"


def combine(tests, capture, lines, found, asked, chance):
    """Several tests, joined at random; Python reads the same words its own way."""
    exact = [test for test in asked if '"' not in test.expression]
    for _ in range(COMBINED if len(exact) >= 4 else 0):
        chosen = [chance.choice(exact) for _ in range(4)]
        shape = chance.choice(["{0} and {1} or {2}", "{0} or {1} and {2}", "not {0} and ({1} or not {2})",
                               "not ({0} or {1}) and not ({2} and {3})", "({0} or {1}) and ({2} or {3})",
                               "not not {0} and not {1} or {2} and {3}", "{0} or not ({1} and ({2} or {3}))"])
        expression = shape.format(*(test.expression for test in chosen))
        expected = b"".join(line for line, one in zip(lines, found)
                            if eval(shape.format(*(str(test.holds(one)) for test in chosen))))  # of our own words only
        printed = run(tests, capture, expression)
        tests.check(printed == expected, f"{capture.name}: {expression}", difference(printed, expected))


def renew(tests):
    """Writes what is printed now into cases.txt and wrong.txt: read it before it is believed."""
    for name in ("cases.txt", "wrong.txt"):
        text = []
        for words, _ in read_blocks(HERE / name):
            if name == "cases.txt":
                records = suite.parse_lines(print_case(tests, words)[0])
                text.append("\n".join([f"# {words}", *map(name_record, records)]) + "\n")
            else:
                text.append(f"# {words}\n{tests.run('-Y', json.loads(words), suite.PCAPS / 'tour.pcap').stderr.decode()}")
        (HERE / name).write_text("".join(text), encoding="utf-8")


def main():
    tests = suite.Suite("filter", __doc__, lambda parser: parser.add_argument("--renew", action="store_true"))
    if tests.options.renew:
        renew(tests)
        return
    kinds = types(tests)
    tests.each(lambda block: check_case(tests, block), read_blocks(HERE / "cases.txt"))
    tests.each(lambda block: check_wrong(tests, block), read_blocks(HERE / "wrong.txt"))
    tests.each(lambda capture: check_values(tests, capture, kinds), suite.captures())
    tests.finish()


if __name__ == "__main__":
    main()
