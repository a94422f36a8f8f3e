#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whole outputs, byte for byte: every capture of pcaps/ as JSON and as a transcript, against the files kept here.

--renew writes them anew (tests/golden/renew does just that); then look at what git says has changed.
"""

import difflib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import suite
from views import views


def difference(expected, found):
    lines = difflib.unified_diff(expected.decode("utf-8", "replace").splitlines(), found.decode("utf-8", "replace").splitlines(),
                                 "golden", "now", lineterm="", n=1)
    return "\n".join(line[:2000] for line in lines)


def look(tests, job):
    """One view: the output, and what is wrong with the run."""
    capture, arguments = job
    result = tests.run(*arguments, capture)
    return result.stdout, "" if result.returncode == 0 else f"exit status {result.returncode}: {result.stderr.decode()}"


def main():
    tests = suite.Suite("golden", __doc__, lambda parser: parser.add_argument("--renew", action="store_true"))
    work = [(golden, capture, arguments) for capture in suite.captures()
            for golden, arguments in views(suite.capture_name(capture))]
    outputs = tests.each(lambda job: look(tests, job[1:]), work)
    for (golden, _, _), (output, wrong) in zip(work, outputs):
        path = HERE / golden
        if tests.options.renew and not wrong:
            path.write_bytes(output)
        expected = path.read_bytes() if path.exists() else None
        tests.check(not wrong and output == expected, golden,
                    wrong or ("there is no such file; tests/golden/renew writes it" if expected is None else difference(expected, output)))
    names = {golden for golden, _, _ in work}
    for path in sorted([*HERE.glob("*.json"), *HERE.glob("*.txt")]):
        if path.name not in names and tests.options.renew:
            path.unlink()
        tests.check(path.name in names or tests.options.renew, f"{path.name} belongs to a capture")
    tests.finish()


if __name__ == "__main__":
    main()
