#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Hostile captures, broken files and wrong command lines, with what must come of each, exactly.

Nothing here looks at the clock; a generous timeout only ends what would never end.
Arguments: names of tests (default: all).
"""

import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

import ambiguity_attacks
import broken_files
import command_line
import dns_attacks
import evasion
import ftp_attacks
import http_attacks
import imap_attacks
import interfaces_and_clocks
import limit_attacks
import lying_lengths
import mail_attacks
import name_attacks
import packet_attacks
import round_trip
import stream_attacks
import suite
import telnet_attacks
import text_attacks
import tls_attacks
from case import Cases

SUBJECTS = (ambiguity_attacks, broken_files, command_line, dns_attacks, evasion, ftp_attacks, http_attacks, imap_attacks,
            interfaces_and_clocks, limit_attacks, lying_lengths, mail_attacks, name_attacks, packet_attacks, round_trip, stream_attacks,
            telnet_attacks, text_attacks, tls_attacks)


def main():
    tests = suite.Suite("adversarial", __doc__, lambda parser: parser.add_argument("names", nargs="*"))
    work = [(subject.__name__, test) for subject in SUBJECTS for test in subject.TESTS
            if not tests.options.names or test.__name__ in tests.options.names or subject.__name__ in tests.options.names]

    def one(job):
        subject, test = job
        with suite.scratch() as folder:
            try:
                test(Cases(tests, folder))
            except Exception:  # a test that breaks has failed; the others go on
                tests.check(False, f"{subject}.{test.__name__}", traceback.format_exc())

    tests.each(one, work)
    tests.finish()


if __name__ == "__main__":
    main()
