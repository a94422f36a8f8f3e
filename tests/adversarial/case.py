# SPDX-License-Identifier: BSD-3-Clause
"""What the attacks share: a capture goes to the program, its records and its summary come back."""

import base64
import collections
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pcapfile
import suite
from suite import get


@dataclass
class Result:
    status: int
    stdout: bytes
    stderr: bytes
    records: list
    summary: dict

    def of(self, dataset):
        return [record for record in self.records if get(record, "event.dataset") == dataset]

    def values(self, dataset, field):
        return [get(record, field) for record in self.of(dataset)]

    @property
    def anomalies(self):
        return {name: count for name, count in self.summary["anomalies"].items() if count}

    @property
    def stops(self):
        return {name: count for name, count in self.summary["stops"].items() if count}

    @property
    def datasets(self):
        return dict(collections.Counter(get(record, "event.dataset") for record in self.records))


LEAST_SECONDS = 0.05  # of processor time: less says nothing
MEMORY = 16 << 20     # what a conversation or two may take at most
GROWTH = 5            # how much more four times as much may cost


class Cases:
    def __init__(self, tests, folder):
        self.tests = tests
        self.folder = Path(folder)
        self.equal = tests.equal
        self.check = tests.check

    def write(self, name, builder):
        path = self.folder / f"{name}.pcap"
        pcapfile.write(path, builder.capture)
        return path

    def run(self, *arguments, **options):
        return self.tests.run(*arguments, **options)

    def look(self, name, builder, *arguments):
        """Run on a capture that must be read to its end, with records that keep the contract and sums that add up."""
        path = self.write(name, builder)
        result = self.run("--json", "--summary=json", *arguments, path)
        transcript = self.run("--color=never", *arguments, path)
        self.equal((result.returncode, transcript.returncode), (0, 0), f"{name}: exit statuses")
        self.check(not suite.sanitizer_report(result.stderr + transcript.stderr), f"{name}: sanitizers are silent",
                   (result.stderr + transcript.stderr).decode(errors="replace")[-3000:])
        for form, output in (("JSON", result.stdout), ("transcript", transcript.stdout)):
            self.equal(suite.forbidden_characters(output), [], f"{name}: no control characters in the {form}")
        path.unlink()
        records = suite.parse_lines(result.stdout)
        summaries = [line for line in result.stderr.splitlines() if line.startswith(b"{")]
        summary = suite.parse_line(summaries[-1]) if summaries else {}
        found = Result(result.returncode, result.stdout, result.stderr, records, summary)
        if self.check(bool(summary), f"{name}: there is a summary", result.stderr.decode(errors="replace")[-1000:]):
            self.equal(sum(summary["stops"].values()), len(builder.capture.frames), f"{name}: each frame is accounted for")
            self.equal(len(found.of("flow")), summary["conversations"], f"{name}: a flow record for each conversation")
            self.check(summary["memory"]["peak"] <= summary["memory"]["limit"], f"{name}: the memory cap", summary["memory"])
        return found

    def seconds(self, path, *arguments):
        """Processor time of a run whose output nobody reads."""
        program = subprocess.Popen([self.tests.program, "--json", *map(str, arguments), path], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        usage = os.wait4(program.pid, 0)[2]
        program.returncode = 0  # it has been waited for
        return max(usage.ru_utime + usage.ru_stime, LEAST_SECONDS)

    def scales(self, name, make, count, *arguments):
        """What look() holds of `count`; and four times as much costs about four times as much, and no more memory."""
        few = make(count)
        found = self.look(name, few, *arguments)
        small, large = self.write(f"{name}-small", few), self.write(f"{name}-large", make(4 * count))
        for _ in range(4):  # a busy machine may make one run slow
            cost = self.seconds(small, *arguments), self.seconds(large, *arguments)
            if cost[1] <= GROWTH * cost[0]:
                break
        self.check(cost[1] <= GROWTH * cost[0], f"{name}: four times as much costs about four times as much", cost)
        small.unlink()
        large.unlink()
        if found.summary:
            self.check(found.summary["memory"]["peak"] < MEMORY, f"{name}: memory", found.summary["memory"])
        return found

    def hides(self, name, builder, secret):
        """The secret is in no output, in clear or in base64."""
        path = self.write(name, builder)
        spellings = {secret, *(base64.b64encode(before + secret)[2 + len(before):-4] for before in (b"", b"a", b"ab"))}
        for form in (("--json",), ("-v", "--color=never"), ("-q", "--color=never"), ("--color=never",)):
            result = self.run(*form, path)
            self.equal(result.returncode, 0, f"{name} {form[0]}: exit status")
            output = result.stdout + result.stderr
            self.check(not any(spelling in output for spelling in spellings), f"{name} {form[0]}: the secret is hidden",
                       [line for line in output.splitlines() if any(spelling in line for spelling in spellings)])
        path.unlink()
