# SPDX-License-Identifier: BSD-3-Clause
"""What is measured: the commands of overhear, of other programs and of the limits, and the targets for each corpus."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
CORPORA = ("http-bulk", "http-small", "dns", "mail", "ftp", "tls", "flood", "mix")
PATIENCE = 30  # seconds; what takes longer is run once only
CUT = 100_000  # frames: what tshark gets of each capture

# Root becomes nobody, who need not have access to the folder of the captures.
STAYS = ("-Z", "root") if os.geteuid() == 0 else ()


@dataclass(frozen=True)
class Figure:
    """One row. In the command {file} is the capture, {scratch} a folder in memory, {program} overhear, {limits} limits.c."""

    name: str
    title: str
    command: tuple
    needs: str = ""  # a program that must be installed
    corpora: tuple = CORPORA
    cut: bool = False  # sees only the first CUT frames, and is compared with what overhear needs for these
    events: str = ""  # a file of the scratch folder whose "event_type"s are counted
    peer: bool = False


def overhear(name, title, *arguments, output="/dev/null", **more):
    return Figure(name, title, ("{program}", *STAYS, "--summary=none", "--color=never", "-o", output, *arguments, "-r", "{file}"), **more)


def limit(name, title):
    return Figure(f"limit-{name}", title, ("{limits}", name, "{file}"))


MEMORY = "{scratch}/output"
JSON = ("--json", "--no-notes")

FIGURES = {figure.name: figure for figure in (
    overhear("json", "overhear, JSON without notes", "--threads", "1", *JSON),
    overhear("notes", "overhear, JSON with notes", "--threads", "1", "--json"),
    overhear("transcript", "overhear, transcript", "--threads", "1", "--text", "--width", "120"),
    overhear("threads-2", "overhear, JSON without notes, 2 threads", "--threads", "2", *JSON),
    overhear("notes-2", "overhear, JSON with notes, 2 threads", "--threads", "2", "--json"),
    overhear("transcript-2", "overhear, transcript, 2 threads", "--threads", "2", "--text", "--width", "120"),
    overhear("cut", f"overhear, JSON without notes, first {CUT:,} frames", "--threads", "1", "-c", str(CUT), *JSON, cut=True),
    Figure("suricata", "Suricata, EVE, no rules, one thread (output to memory)",
           ("suricata", "-c", str(HERE / "suricata.yaml"), "-r", "{file}", "-k", "none", "-l", "{scratch}", "-S", "/dev/null",
            "--runmode", "single"), "suricata", events="eve.json", peer=True),
    Figure("tshark", f"tshark -T ek, first {CUT:,} frames", ("tshark", "-n", "-T", "ek", "-c", str(CUT), "-r", "{file}"), "tshark",
           cut=True, peer=True),
    Figure("httpry", "httpry", ("httpry", "-q", "-r", "{file}", "-o", "/dev/null"), "httpry",
           ("http-bulk", "http-small", "flood", "mix"), peer=True),
    Figure("dnscap", "dnscap -g", ("dnscap", "-r", "{file}", "-g"), "dnscap", ("dns", "mix"), peer=True),
    Figure("tcpdump", "tcpdump -nn", ("tcpdump", "-nn", "-r", "{file}"), "tcpdump", peer=True),
    limit("libpcap", "limit: a loop of libpcap's pcap_next_ex"),
    limit("read", "limit: a loop of read(2)"),
    limit("flow", "limit: the same, decoding and one look-up a frame"),
)}

# Output to a file in memory, since what a thread gains must not be what nobody writes. Measured with --threads.
SPEED_UP = {figure.name: figure for figure in (
    overhear(f"memory-{count}", f"{count} thread{'s' if count > 1 else ''}", "--threads", str(count), *JSON, output=MEMORY)
    for count in (1, 2, 4))}

# Of which of them it is measured what each kind of thread does; and the kinds: reads and orders, analyses, writes.
SHARED = "memory-2"
SHARES = ("read", "engine", "write")

# How much of another row's user+sys overhear may need; and what it may need of its own, everywhere.
TARGETS = {
    "http-bulk": ("limit-libpcap", 1.2), "http-small": ("suricata", 1 / 11), "dns": ("suricata", 1 / 18), "mail": ("suricata", 1 / 3),
    "ftp": ("suricata", 1 / 3), "tls": ("suricata", 1 / 3), "flood": ("suricata", 1 / 15), "mix": ("suricata", 1 / 10),
}
NOTES, TRANSCRIPT = 1.6, 2.0
PEAK = {corpus: 64 << 20 for corpus in CORPORA} | {"flood": 512 << 20}  # bytes; a flood may fill --memory
FIRST_LINE = 0.010  # seconds


def installed(figure):
    return not figure.needs or shutil.which(figure.needs, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is not None
