# SPDX-License-Identifier: BSD-3-Clause
"""The tables of tests/bench/run, in Markdown."""

import os
import platform
import re
from pathlib import Path

from figures import CORPORA, FIGURES, FIRST_LINE, NOTES, PATIENCE, PEAK, SHARES, SPEED_UP, TARGETS, TOP, TRANSCRIPT

DOCUMENT = TOP / "docs/performance.md"


def seconds(value):
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def mebibytes(value):
    return f"{value / (1 << 20):.0f}"


def rows(head, lines):
    """A Markdown table; all columns but the first are right-aligned."""
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] + ["--:"] * (len(head) - 1), *lines])


def kinds(counts):
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items())


def title_of(name):
    plain = name.removesuffix(" beside")
    return (FIGURES | SPEED_UP)[plain].title + (" (beside)" if plain != name else "")


def corpus_table(results, corpus):
    """All rows of one corpus, each beside overhear's JSON without notes."""
    base, cut = results.get((corpus, "json")), results.get((corpus, "cut"))
    lines, notes = [], []
    names = [name for plain in FIGURES for name in (plain, f"{plain} beside") if (corpus, name) in results]
    for name in names:
        row = results[corpus, name]
        measure = cut if FIGURES[name.removesuffix(" beside")].cut else base
        against = ratio(row["cpu"] / measure["cpu"]) if measure and measure["cpu"] else ""
        if row["late"]:
            lines.append([title_of(name), f"> {row['late']}", f"> {seconds(row['wall'])}", mebibytes(row["peak"]), f"> {against}"])
        else:
            lines.append([title_of(name), seconds(row["cpu"]), seconds(row["wall"]), mebibytes(row["peak"]), against])
        if row.get("events"):
            notes.append(f"Suricata's events: {kinds(row['events'])}.")
    capture = results.get((corpus, "capture"))
    if capture:
        size = f"{capture['frames']:,} frames, {capture['bytes'] / 1e6:,.0f} MB"
        notes.insert(0, f"{size}. Records of overhear: {kinds(capture['records'])}.")
    head = ["", "user+sys, s", "wall, s", "peak RSS, MiB", "× overhear"]
    return f"### {corpus}\n\n" + "\n".join(notes) + "\n\n" + rows(head, lines)


def verdict(found, target, *, unit=""):
    return [f"≤ {target:.3g}{unit}", f"{found:.3g}{unit}", "pass" if found <= target else "**miss**"]


def target_table(results):
    """What was to be reached, and what is."""
    lines = []
    for corpus, (name, share) in TARGETS.items():
        base, other = results.get((corpus, "json")), results.get((corpus, name))
        if base and other:
            factor = f"{share:.2g} × libpcap's loop" if share > 1 else f"1/{1 / share:.0f} of Suricata"
            found = base["cpu"] / other["cpu"]
            lines.append([f"{corpus}: JSON without notes, user+sys", f"≤ {factor}", f"{found:.2f} ×" if share > 1 else f"1/{1 / found:.1f}",
                          "pass" if found <= share else "**miss**"])
    for corpus in CORPORA:
        base = results.get((corpus, "json"))
        for name, share in (("notes", NOTES), ("transcript", TRANSCRIPT)):
            if base and (corpus, name) in results:
                found = results[corpus, name]["cpu"] / base["cpu"]
                lines.append([f"{corpus}: {name} beside JSON without notes", *verdict(found, share, unit=" ×")])
        if base:
            lines.append([f"{corpus}: peak RSS", *verdict(base["peak"] / (1 << 20), PEAK[corpus] / (1 << 20), unit=" MiB")])
    if ("", "first-line") in results:
        found = results["", "first-line"]["wall"]
        lines.append(["from start to first line (`pcaps/tour.pcap`)", *verdict(found * 1000, FIRST_LINE * 1000, unit=" ms")])
    return rows(["", "target", "found", ""], lines) if lines else ""


def threads_table(results):
    """Wall time of several threads beside that of one."""
    lines = []
    for corpus in CORPORA:
        base = results.get((corpus, "memory-1"))
        for name in SPEED_UP:
            row = results.get((corpus, name))
            if row and base:
                lines.append([corpus, title_of(name), seconds(row["cpu"]), seconds(row["wall"]), mebibytes(row["peak"]),
                              ratio(base["wall"] / row["wall"])])
    return rows(["", "", "user+sys, s", "wall, s", "peak RSS, MiB", "× faster (wall)"], lines) if lines else ""


def shares_table(results):
    """What the kinds of threads do, and how much faster it can get until the one that reads is the bound."""
    lines = []
    for corpus in CORPORA:
        base, row = results.get((corpus, "memory-1")), results.get((corpus, "shares"))
        if base and row and row["read"]:
            whole = sum(row[kind] for kind in SHARES)
            lines.append([corpus, *(f"{seconds(row[kind])} ({row[kind] / whole:.0%})" for kind in SHARES),
                          ratio(base["wall"] / row["read"])])
    head = ["2 threads", "reads, deals, orders, s", "analyse, s", "render and write, s", "× faster at most"]
    return rows(head, lines) if lines else ""


def machine():
    """What it was measured on."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    return f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors, Linux {platform.release().split('-')[0]}"


def figures_part(results, corpora):
    tables = [corpus_table(results, corpus) for corpus in corpora if any((corpus, name) in results for name in FIGURES)]
    targets = target_table({key: row for key, row in results.items() if key[0] in ("", *corpora)})
    return "\n\n".join(part for part in [targets, *tables] if part)


def whole(results, corpora):
    chosen = {key: row for key, row in results.items() if key[0] in corpora}
    return "\n\n".join(part for part in (figures_part(results, corpora), threads_table(chosen), shares_table(chosen)) if part)


def write_document(results):
    """Puts the tables between their markers in docs/performance.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    days = sorted(row["measured"][:10] for row in results.values() if "measured" in row)
    runs = sorted({row["runs"] for row in results.values() if "runs" in row and not row["late"] and row["wall"] < PATIENCE})
    when = (f"Measured on {machine()}; {days[0]}{f' to {days[-1]}' if days[0] != days[-1] else ''}; "
            f"runs: {' to '.join(str(count) for count in {runs[0]: 0, runs[-1]: 0})}.") if days and runs else ""
    parts = {"figures": f"{when}\n\n{figures_part(results, CORPORA)}", "threads": "\n\n".join(filter(None, (threads_table(results), shares_table(results)))) or "Not measured yet."}
    for name, part in parts.items():
        pattern = re.compile(rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->)", re.S)
        if not pattern.search(text):
            raise SystemExit(f"run: {DOCUMENT} has no markers for {name}")
        text = pattern.sub(lambda match: f"{match.group(1)}\n{part.strip()}\n\n{match.group(2)}", text)
    DOCUMENT.write_text(text, encoding="utf-8")
