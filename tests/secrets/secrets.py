#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""No password leaves unasked: every output of every capture is searched for each line of pcaps/SECRETS.

With --show-secrets each of them is found. Lines of SECRETS are the passwords themselves and the forms in which they crossed
the wire (base64). What proves a password without being one (the answers to challenges, tickets) is listed by capture in
pcaps/digests, and is as secret.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite

OUTPUTS = {
    "json": ("--json",),
    "json without notes": ("--json", "--no-notes"),
    "transcript": ("--width", "1000"),
    "transcript -v": ("-v", "--width", "1000"),
    "transcript of 40 columns": ("-v", "--width", "40", "--no-notes"),
    "transcript in colour": ("--width", "1000", "--color=always"),
    "transcript -q": ("-q",),
    "summary": ("--json", "--only", "flow", "--summary", "json"),
}


def texts_of(value):
    """All texts of a JSON value, keys too."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield key
            yield from texts_of(child)
    elif isinstance(value, list):
        for child in value:
            yield from texts_of(child)
    else:
        yield str(value)


def occurrences(output, secrets, is_json):
    """Which secrets stand in an output, also where a line end or a margin cuts them."""
    text = output.decode("utf-8", "replace")
    squeezed = "".join(character for character in text if not character.isspace())
    found = {secret for secret in secrets if secret in text or "".join(secret.split()) in squeezed}
    if is_json:
        said = "\n".join(part for line in text.splitlines() if line.startswith("{") for part in texts_of(json.loads(line)))
        found |= {secret for secret in secrets if secret in said}
    return found


def search(tests, secrets, job):
    capture, name, arguments = job
    result = tests.run(*arguments, capture)
    return occurrences(result.stdout, secrets, "--json" in arguments) | occurrences(result.stderr, secrets, False)


def main():
    tests = suite.Suite("secrets", __doc__)
    secrets = [line for line in (suite.PCAPS / "SECRETS").read_text(encoding="utf-8").splitlines() if line]
    tests.check(len(secrets) > 10 and len(set(secrets)) == len(secrets), "pcaps/SECRETS has lines, each once")
    digests = [line.split("\t") for line in (suite.PCAPS / "digests").read_text(encoding="utf-8").splitlines() if line]
    tests.check(len(digests) > 10, "pcaps/digests has lines")
    work = [(capture, name, arguments) for capture in suite.captures() for name, arguments in OUTPUTS.items()]
    proofs = {name: [text for capture, text in digests if capture == name] for name, _ in digests}

    def look(job):
        return search(tests, secrets + proofs.get(suite.capture_name(job[0]), []), job)

    for (capture, name, _), found in zip(work, tests.each(look, work)):
        tests.check(not found, f"{suite.capture_name(capture)}: {name}", f"secrets in it: {sorted(found)}")
    asked = [(capture, "shown", ("--json", "--show-secrets")) for capture in suite.captures()]
    shown = set().union(*tests.each(lambda job: search(tests, secrets, job), asked))
    for secret in secrets:
        tests.check(secret in shown, f"--show-secrets shows {secret}")
    tests.finish()


if __name__ == "__main__":
    main()
