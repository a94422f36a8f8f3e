#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Bounds that hold: what hostile captures cost, in memory, in work and in stack.

Quick, as in ./bootstrap test: every generator (tests/adversarial/gen) with some hundred KiB, instructions counted, and
with some MiB, under a small cap on memory and 128 KiB of stack. With --full in millions, under three caps, and with processor time:
half an hour. Both write a table; names of generators, to look at these only.
"""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

import cost
import honest
import suite

GEN = suite.TOP / "build/adversarial/gen"  # which tests/adversarial/gen compiles
MIB = 1 << 20
SLACK = 32 * MIB       # peak RSS beyond --memory
GROWTH = 5             # what four times as much may cost
FLAT = 1.1             # RSS of ten times as much
STACK = 128 << 10
SMALL = 32 << 10       # bytes of a capture whose instructions are counted; and four times as much
DEAR = 50              # times what a byte of the usual traffic costs
USUAL_INSTRUCTIONS = 11.0   # a byte of tests/bench's mix.pcap, JSON with notes (6,896,231,657 for 628,720,001)
USUAL_NANOSECONDS = 2.13    # the same, on the machine of docs/performance.md
LEAST_SECONDS = 0.25   # of user time: less says nothing
FORMS = {"JSON": ("--json",), "transcript": ("--text", "--color=never")}

# Whose conversations never end while they run: their memory grows up to the cap, and must be flat from there.
FLOODS = ("syn_flood", "udp_flood", "half_close", "idle_established", "hash_sets", "no_newline_everywhere", "holes_everywhere",
          "tls_large_hellos", "bad_clock", "conn_churn")

# Of which one alone is more than valgrind has time for.
TOO_LARGE = ("no_newline_megabyte",)

# What costs more a byte than DEAR allows, how much more, and why that is all of it.
DEARER = {
    "dns_long_names": (3, "two bytes may stand for a name, up to LIMIT_NAMES_RATIO times the message"),
    "gzip_bombs": (4, "a body may become LIMIT_INFLATE_FREE_BYTES before its ratio counts, at a third of a nanosecond a byte"),
}


def generators():
    """{name: (large count, what it is)}"""
    listed = subprocess.run([GEN, "--list"], capture_output=True, text=True, check=True).stdout
    return {row.split()[0]: (int(row.split()[2]), row.split(None, 3)[3]) for row in listed.splitlines()}


class Bounds:
    def __init__(self, tests, folder):
        self.tests, self.folder = tests, Path(folder)
        self.rows = {}

    def command(self, form, *arguments):
        return [self.tests.program, *suite.STAYS, "--summary=json", *FORMS[form], *arguments, "-r"]

    def write(self, name, count):
        path = self.folder / f"{name}-{count}.pcap"
        with open(path, "wb") as file:
            subprocess.run([GEN, name, str(count)], stdout=file, check=True)
        return path

    def count_for(self, name, size):
        """How many there must be for a capture of at least so many bytes."""
        def reaches(count):
            writer = subprocess.Popen([GEN, name, str(count)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            with writer:
                length = 0
                while length < size and (block := writer.stdout.read(1 << 16)):
                    length += len(block)
                writer.kill()
            return length >= size

        high = 1
        while not reaches(high):
            high *= 2
        low = high // 2
        while high - low > max(1, high // 16):
            middle = (low + high) // 2
            low, high = (low, middle) if reaches(middle) else (middle, high)
        return high

    def instructions(self, path, form):
        arguments = ("--threads", "1", "--no-sandbox", "--summary=none")
        return cost.instructions([self.tests.program, *suite.STAYS, *FORMS[form], *arguments, "-r", path])

    def run(self, name, count, form, *arguments, mixed=()):
        """One run on a pipe, with a small stack."""
        resource.setrlimit(resource.RLIMIT_STACK, (STACK, resource.getrlimit(resource.RLIMIT_STACK)[1]))
        spent = cost.spend(self.command(form, *arguments) + ["-"], source=[GEN, *mixed, name, count])
        what = f"{name} {count:,}, {form}, {' '.join(arguments)}"
        self.tests.check(spent["status"] == 0, f"{what}: exit status", f"{spent['status']}\n{spent['stderr'].decode(errors='replace')[-2000:]}")
        lines = [line for line in spent["stderr"].splitlines() if line.startswith(b"{")]
        return spent | {"summary": json.loads(lines[-1]) if lines else {}}


def check_memory(bounds, name, count, form, mebibytes, threads):
    spent = bounds.run(name, count, form, "--memory", f"{mebibytes}M", "--threads", str(threads))
    bounds.tests.check(spent["peak"] <= mebibytes * MIB + SLACK, f"{name} {count:,}, {form}, {mebibytes} MiB, {threads} threads: peak RSS",
                       f"{spent['peak'] / MIB:.1f} MiB")
    return spent


def check_work(bounds, name):
    """Instructions of two captures, the larger of four times the size of the smaller."""
    few = bounds.count_for(name, SMALL)
    small, large = bounds.write(name, few), bounds.write(name, 4 * few)
    sizes = small.stat().st_size, large.stat().st_size
    found = {}
    for form in bounds.start:
        start = bounds.start[form]
        one, four = (bounds.instructions(path, form) - start for path in (small, large))
        found[form] = {"growth": four / one, "per_byte": four / sizes[1]}
        # What costs less than the usual traffic is not hostile where it costs as much when there is more of it.
        floor = USUAL_INSTRUCTIONS * sizes[0]
        bounds.tests.check(four <= GROWTH * max(one, floor), f"{name}, {form}: {4 * few:,} cost at most {GROWTH} times what {few:,} cost",
                           f"{one:,} and {four:,} instructions")
        most = DEAR * USUAL_INSTRUCTIONS * DEARER.get(name, (1,))[0]
        bounds.tests.check(four / sizes[1] <= most, f"{name}, {form}: instructions a byte", f"{four / sizes[1]:.0f}, at most {most:.0f}")
    small.unlink()
    large.unlink()
    bounds.rows.setdefault(name, {})["work"] = found


def check_flat(bounds, name, count, mebibytes):
    """Ten times as much takes no more memory, where both are more than fits."""
    one, ten = (check_memory(bounds, name, many, "JSON", mebibytes, 1)["peak"] for many in (count, 10 * count))
    bounds.tests.check(ten <= FLAT * one, f"{name}, {mebibytes} MiB: {10 * count:,} take no more than {count:,}",
                       f"{one / MIB:.1f} and {ten / MIB:.1f} MiB")
    bounds.rows.setdefault(name, {})[f"flat {mebibytes}"] = (one, ten)


def conversations_of(output):
    """Records by conversation, without what depends on how many frames and conversations there were before."""
    found = {}
    for record in suite.parse_lines(output):
        key = tuple(suite.get(record, name) for name in ("network.community_id", "network.transport", "@timestamp", "event.dataset"))
        number = record["overhear"].pop("conversation", None)
        record["overhear"].pop("frames", None)
        record["overhear"].pop("parent_conversation", None)
        found.setdefault(number, []).append((str(key), json.dumps(record, sort_keys=True)))
    return sorted(sorted(records) for records in found.values())


def check_honest(bounds, count, mebibytes, threads):
    """Of conversations that mean no harm, amid so many SYNs, 99 % are told to the letter as they are without them."""
    path = bounds.folder / "honest.pcap"
    frames = honest.write(path)
    outputs = []
    for how in ("--alone", "--with"):
        output = bounds.folder / f"honest{how}.json"
        arguments = ("--memory", f"{mebibytes}M", "--threads", str(threads), "-o", str(output), "-Y", "not source.ip == 198.18.0.0/15")
        spent = bounds.run("syn_flood", count, "JSON", *arguments, mixed=(how, path, count // frames + 1))  # + 1: the last frame is an honest one
        outputs.append(conversations_of(output.read_bytes()))
        output.unlink()
    whole = sum(1 for records in outputs[0] if records in outputs[1])
    bounds.tests.check(len(outputs[0]) >= 100, "there are a hundred honest conversations", len(outputs[0]))
    bounds.tests.check(whole >= 0.99 * len(outputs[0]), f"{whole} of {len(outputs[0])} honest conversations are told completely amid "
                       f"{count:,} SYNs, {mebibytes} MiB, {threads} threads", [pair for pair in zip(*outputs) if pair[0] != pair[1]][:2])
    bounds.tests.check(spent["peak"] <= mebibytes * MIB + SLACK, f"honest, {mebibytes} MiB: peak RSS", f"{spent['peak'] / MIB:.1f} MiB")
    bounds.rows[f"honest {count} {mebibytes} {threads}"] = {"honest": (whole, len(outputs[0]), spent["peak"], spent["user"])}


def quick(bounds, names):
    tests = bounds.tests
    bounds.start = {"JSON": bounds.instructions(bounds.write("syn_flood", 0), "JSON")}
    tests.each(lambda name: check_work(bounds, name), [name for name in names if name not in TOO_LARGE])
    tests.each(lambda job: check_memory(bounds, job[0], names[job[0]][0] // 4, job[1], 16, 1 + (job[1] == "JSON")),
               [(name, form) for name in names for form in FORMS])
    tests.each(lambda name: check_flat(bounds, name, names[name][0] // 5, 4), [name for name in FLOODS if name in names])
    if not tests.options.names:
        check_bomb(bounds)
        check_honest(bounds, 300_000, 16, 1)
        check_honest(bounds, 300_000, 16, 2)


def size_of(name, count):
    with subprocess.Popen([GEN, name, str(count)], stdout=subprocess.PIPE) as writer:
        return sum(iter(lambda: len(writer.stdout.read(1 << 20)), 0))


def check_time(bounds, name, count, form):
    """User time of four times as much, one thread; and that of a byte."""
    for _ in range(3):  # a busy machine may make one run slow
        one, four = (check_memory(bounds, name, many, form, 64, 1) for many in (count, 4 * count))
        bounds.rows.setdefault(name, {}).setdefault("memory", {})[f"64 {form} 1"] = four["peak"]
        one, four = one["user"], four["user"]
        if four <= GROWTH * max(one, LEAST_SECONDS):
            break
    nanoseconds = four * 1e9 / size_of(name, 4 * count)
    bounds.tests.check(four <= GROWTH * max(one, LEAST_SECONDS), f"{name}, {form}: {4 * count:,} take at most {GROWTH} times what {count:,} take",
                       f"{one:.3f} and {four:.3f} s")
    most = DEAR * USUAL_NANOSECONDS * DEARER.get(name, (1,))[0]
    bounds.tests.check(nanoseconds <= most, f"{name}, {form}: nanoseconds a byte", f"{nanoseconds:.1f}, at most {most:.1f}")
    bounds.rows.setdefault(name, {}).setdefault("time", {})[form] = {"one": one, "four": four, "per_byte": nanoseconds}


def check_bomb(bounds):
    """10 MB that would become 10 GB."""
    spent = bounds.run("gzip_bomb", 10240, "JSON", "--threads", "1")
    bounds.tests.check(spent["user"] <= 0.2, "a bomb of 10 GB: 0.2 s", spent["user"])
    peak = spent["summary"]["memory"]["peak"]
    bounds.tests.check(peak <= 2 * MIB, "a bomb of 10 GB: 2 MiB", peak)
    bounds.rows["bomb"] = {"bomb": (spent["user"], peak)}


def full(bounds, names):
    def one(name):
        count = names[name][0]
        for form in FORMS:
            check_time(bounds, name, count, form)
        for mebibytes, form, threads in ((256, "JSON", 2), (512, "transcript", 2)):
            spent = check_memory(bounds, name, 4 * count, form, mebibytes, threads)
            bounds.rows[name]["memory"][f"{mebibytes} {form} {threads}"] = spent["peak"]
        print(json.dumps({"name": name, **bounds.rows[name]}), flush=True)

    bounds.tests.each(one, names)
    for name in FLOODS:
        if name in names:
            check_flat(bounds, name, names[name][0] * 4, 64)
    if not bounds.tests.options.names:
        check_bomb(bounds)
        check_memory(bounds, "no_newline_megabyte", 10_000, "JSON", 512, 1)
        check_flat(bounds, "syn_flood", 10_000_000, 512)
        for mebibytes, threads in ((64, 1), (256, 2), (512, 1), (512, 2)):
            check_honest(bounds, 10_000_000, mebibytes, threads)


def write_table(bounds, names, path):
    with open(path, "w", encoding="utf-8") as file:
        for name, row in bounds.rows.items():
            file.write(json.dumps({"name": name, "what": names.get(name, ("", ""))[1], **row}) + "\n")


def main():
    def configure(parser):
        parser.add_argument("names", nargs="*")
        parser.add_argument("--full", action="store_true")

    tests = suite.Suite("bounds", __doc__, configure)
    subprocess.run([HERE / "gen", "--list"], stdout=subprocess.DEVNULL, check=True)  # compiled once, before many ask for it
    cost.tool("spend")
    names = {name: row for name, row in generators().items() if not tests.options.names or name in tests.options.names}
    with suite.scratch() as folder:
        os.chmod(folder, 0o755)
        bounds = Bounds(tests, folder)
        (full if tests.options.full else quick)(bounds, names)
        write_table(bounds, names, suite.TOP / "build/bounds.jsonl")
    tests.finish()


if __name__ == "__main__":
    main()
