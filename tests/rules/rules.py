#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The rules of the house that a script can hold. docs/architecture.md says why they are there."""

import json
import re
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "lib")]

import stack
import suite
from suite import TOP

FUNCTION_LINES, COMPLEXITY, FILE_LINES = 80, 15, 700

# From the upper floor to the lower: what each room of src/ may include besides include/overhear/ and src/util.
# A floor knows the one below it, and nobody knows a floor above.
ROOMS = {
    "util": set(),
    "text": set(),
    "capture": set(),
    "decode": set(),
    "record": set(),
    "stream": set(),
    "file": set(),
    "frame": {"record", "file"},
    "flow": {"frame", "stream"},
    "output": {"record"},
    "filter": {"record"},
    "engine": {"decode", "flow", "frame", "file"},
    "cli": {"capture", "output", "record", "filter", "engine"},
}

# What a dissector may not call: it does not allocate, print, exit or read the clock, and copies only through records.
BANNED = ("malloc calloc realloc free memcpy memmove printf fprintf sprintf snprintf vsnprintf puts putchar strcpy strcat strncpy gets "
          "alloca gettimeofday clock_gettime time localtime gmtime exit abort getenv fopen open write system popen").split()
BANNED_EVERYWHERE = "gets strcpy strcat sprintf vsprintf alloca strtok system popen setjmp longjmp atoi atol".split()

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def blank(match):
    """Comments and literals become spaces; lines stay."""
    text = match.group(0)
    return re.sub(r"[^\n]", " ", text) if text[0] == "/" else text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]


def files(*patterns):
    return sorted(path for pattern in patterns for path in TOP.glob(pattern) if path.is_file())


def code_of(path):
    return COMMENT.sub(blank, path.read_text(encoding="utf-8"))


def places(path, pattern, text):
    return [f"{path.relative_to(TOP)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(0).strip()}"
            for match in re.finditer(pattern, text)]


OURS = files("include/overhear/*.h", "src/*/*.[ch]", "dissectors/*.c", "dissectors/*/*.[ch]")
CARRIED = {"mail"}  # what other dissectors carry, through a header of its own in include/overhear
DISSECTORS = sorted({path.parent for path in files("dissectors/*/*.c")})


def packet_memory():
    """Only bytes.h indexes packet memory or computes with a pointer into it."""
    wrong = []
    for path in OURS:
        if path.name == "bytes.h" or path == TOP / "src/frame/pending.c":  # whose bytes are in a buffer of its own
            continue
        text = code_of(path)
        # x.at[i], x->at[i], x.at + n, *x.at, &x.at[..]; of struct bytes and struct reader.
        for pattern in (r"\b(?:bytes|data|payload|pending|wire|piece|rest|packet|reader|message\.bytes|message->bytes)\s*"
                        r"(?:\.|->)\s*at\s*(?:\[|\+(?!\+)|-(?![->]))", r"\breader_\w+\([^()]*\)\s*\.\s*at\b\s*\["):
            wrong += places(path, pattern, text)
        if path.is_relative_to(TOP / "dissectors"):
            wrong += places(path, r"(?:\.|->)\s*at\s*(?:\[|\+(?!\+)|-(?![->])|\+\+|--)", text)
    return wrong


def includes():
    """Dissectors include only include/overhear and their own folder; rooms of src/ only what lies below them."""
    wrong = []
    for path in OURS:
        relative = path.relative_to(TOP)
        for kind, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if kind == "<":
                continue
            if name.startswith("overhear/"):
                good = (TOP / "include" / name).exists()
            else:
                target = (path.parent / name).resolve()
                if not target.exists():
                    target = (TOP / "src" / name).resolve()
                room = target.parent.name
                good = target.exists() and (target.parent == path.parent or (
                    relative.parts[0] == "src" and target.is_relative_to(TOP / "src")
                    and (room == "util" or room in ROOMS.get(relative.parts[1], set()))))
            if not good:
                wrong.append(f"{relative}: {name}")
    return wrong


def rooms_are_known():
    return [f"src/{path.name} is in no row of ROOMS" for path in sorted((TOP / "src").iterdir())
            if path.is_dir() and path.name not in ROOMS]


def banned_functions():
    wrong = []
    for path in OURS:
        names = BANNED_EVERYWHERE + (BANNED if path.is_relative_to(TOP / "dissectors") else [])
        wrong += places(path, rf"(?<![\w.>])(?:{'|'.join(names)})\s*\(", code_of(path))
    return wrong


def dissector_folders():
    """Every dissector has its notes, its tests, and its line in the registry, from which its fuzz target comes."""
    wrong = []
    registry = (TOP / "dissectors/registry.c").read_text()
    for folder in DISSECTORS:
        name = folder.name
        for needed, found in {
            "notes.json": (folder / "notes.json").exists(),
            f"tests/unit/{name}/": bool(files(f"tests/unit/{name}/*_test.c")),
            "a line in registry.c": name in registry or name in CARRIED,
        }.items():
            if not found:
                wrong.append(f"dissectors/{name}: no {needed}")
    return wrong


def registry_rows():
    """Every row of the registry has a dictionary, a golden capture, notes and a page; target and seed are looked at by the
    suite `fuzz`, which runs them."""
    wrong = []
    registry = (TOP / "dissectors/registry.c").read_text(encoding="utf-8")
    golden = "".join(path.read_text(encoding="utf-8") for path in files("tests/golden/*.json"))
    for name in re.findall(r"^extern const struct dissector (\w+)_dissector;", registry, re.MULTILINE):
        defined = [path for path in files("dissectors/*/*.c")
                   if re.search(rf"^const struct dissector {name}_dissector = ", path.read_text(encoding="utf-8"), re.MULTILINE)]
        folder = defined[0].parent if defined else TOP / "dissectors" / name
        protocol = name.replace("_", "-")
        for needed, found in {
            f"tests/fuzz/dictionaries/{name}.dict": (TOP / f"tests/fuzz/dictionaries/{name}.dict").exists(),
            "capture in tests/golden": f'"protocol":"{protocol}"' in golden,
            "notes.json": (folder / "notes.json").exists(),
            f"page docs/{folder.name}.md that names it": (page := TOP / f"docs/{folder.name}.md").exists()
            and folder.name in page.read_text(encoding="utf-8").lower(),
        }.items():
            if not found:
                wrong.append(f"{name}: no {needed}")
    return wrong


def notes():
    """Catalogs are objects of sentences; no value is explained twice; no sentence ends with a period."""
    wrong, seen = [], {}
    for path in files("dissectors/*/notes*.json", "src/record/notes*.json"):
        name = path.relative_to(TOP)
        try:
            catalogs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=suite.no_duplicates)
        except (ValueError, suite.BadLine) as error:
            wrong.append(f"{name}: {error}")
            continue
        for catalog, rows in catalogs.items():
            for key, sentence in rows.items():
                if not isinstance(sentence, str) or not sentence.strip() or re.search(r"[\x00-\x1f\x7f-\x9f]", sentence):
                    wrong.append(f"{name}: {catalog}: {key}: no sentence")
                elif sentence.endswith("."):
                    wrong.append(f"{name}: {catalog}: {key}: ends with a period")
                if (catalog, key) in seen:
                    wrong.append(f"{name}: {catalog}: {key}: also in {seen[catalog, key]}")
                seen[catalog, key] = name
    return wrong


def sizes():
    wrong = [f"{path.relative_to(TOP)}: {count} lines" for path in OURS
             if (count := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES]
    sources = [str(path) for path in OURS + files("tests/unit/**/*.c", "tests/fuzz/*.c") if path.suffix == ".c"]
    result = subprocess.run(["pmccabe", *sources], capture_output=True, text=True, check=False)
    for line in result.stdout.splitlines():
        columns = line.split("\t")
        if len(columns) < 6:
            continue
        complexity, lines, where = int(columns[0]), int(columns[4]), columns[5].removeprefix(str(TOP) + "/")
        if lines > FUNCTION_LINES or (complexity > COMPLEXITY and not where.startswith("tests/")):
            wrong.append(f"{where}: {lines} lines, complexity {complexity}")
    return wrong + result.stderr.splitlines()


def mutable_state():
    """No variable outlives a call: nothing stands in the writable sections of the library."""
    library = TOP / "build/release/liboverhear.a"
    if not library.exists():
        return ["build/release/liboverhear.a is not there"]
    table = subprocess.run(["objdump", "--syms", str(library)], capture_output=True, text=True, check=False).stdout
    # Rows: value, flags (O: an object), section, size, name. Constants with relocations are in .data.rel.ro.
    row = re.compile(r"^[0-9a-f]+ .{6}O (\.data|\.bss|\.tdata|\.tbss|\*COM\*)[\w.]*\t[0-9a-f]+ +(\S.*)$", re.M)
    return [f"{match.group(2)} in {match.group(1)}" for match in row.finditer(table)
            if ".rel.ro" not in match.group(0)]


def layout():
    sources = [str(path) for path in OURS + files("tests/**/*.[ch]")]
    result = subprocess.run(["clang-format", "--dry-run", "--Werror", *sources], capture_output=True, text=True, check=False,
                            cwd=TOP)
    return [line for line in result.stderr.splitlines() if "error:" in line or "warning:" in line]


def text_files():
    """UTF-8, no control characters, no space at a line's end, a newline at the end; no path of anybody's machine."""
    result = subprocess.run(["git", "-C", str(TOP), "ls-files", "-z"], capture_output=True, check=False)
    wrong = []
    for name in result.stdout.decode().split("\0"):
        path = TOP / name
        if not name or not path.is_file() or name.startswith(("pcaps/", "tests/golden/", "tests/fuzz/corpus/")) and not \
                name.endswith((".sh", ".py", ".md")):
            continue
        content = path.read_bytes()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            wrong.append(f"{name}: {error}")
            continue
        if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text):
            wrong.append(f"{name}: control characters")
        if not name.endswith(".md") and not name.startswith("pcaps/record/"):  # which quote what they send
            wrong += [f"{name}: space at the end of line {number}" for number, line in enumerate(text.split("\n"), 1)
                      if line != line.rstrip(" \t")]
        if text and not text.endswith("\n"):
            wrong.append(f"{name}: no newline at the end")
        if re.search(r"(?<![\w}$\"'])/(?:root|home/\w+|work)/", text) and not name.startswith("tests/rules/"):
            wrong.append(f"{name}: a path of somebody's machine")
    return wrong


def python_compiles():
    wrong = []
    for path in files("tests/**/*.py", "docs/**/*.py", "pcaps/record/**/*.py"):
        try:
            compile(path.read_text(encoding="utf-8"), str(path), "exec")
        except SyntaxError as error:
            wrong.append(str(error))
    return wrong


def licences():
    return [f"{path.relative_to(TOP)}: no SPDX line" for path in OURS + files("tests/**/*.[ch]", "tests/**/*.py")
            if "SPDX-License-Identifier: BSD-3-Clause" not in path.read_text(encoding="utf-8")[:400]]


def pages_are_current():
    """What docs/make.py writes is what it would write now."""
    command = [sys.executable, str(TOP / "docs/make.py"), "--check", "--program", PROGRAM[0]]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return (result.stdout + result.stderr).splitlines() if result.returncode else []


SIZES = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}


def limit_row_is_right(name, value, cells, anomalies, counters):
    """What a row of docs/limits.md must hold; its complaints."""
    shown, _, at_the_cap, told, tests = cells
    number, _, unit = shown.partition(" ")
    factor = 1 if name.endswith("_MIB") or not unit else SIZES.get(unit, 0)
    if not number.isdigit() or int(number) * factor not in (value, value << 10):  # those in KiB are said in MiB
        yield f"{shown} in docs/limits.md, {value} in limits.h"
    if not at_the_cap and not told.startswith("none: "):
        yield "nothing is said of what happens at the cap"
    for anomaly in re.findall(r"`([a-z]+\.[a-z_]+)`", told if not told.startswith("none: ") else ""):
        if anomaly not in anomalies:
            yield f"there is no anomaly {anomaly}"
    words = [word.strip() for word in told.split(",")]
    if not told.startswith(("none: ", "`", "the same", "a message")) and not any(word in counters for word in words):
        yield f"neither an anomaly, nor a counter of the summary, nor a reason why there is none: {told!r}"
    places = [path for place in re.findall(r"[\w]+(?:/\w+)?", tests) for pattern in (f"tests/{place}.py", f"tests/{place}/*.[chp]*",
              f"tests/adversarial/{place}.py") for path in files(pattern)]
    if name != "LIMIT_RECORD_FIELDS" and not any(name in path.read_text(encoding="utf-8") for path in places):
        yield f"no test in {tests!r} names it"


def limits_documented():
    """Each row of limits.h has its row in docs/limits.md, with the value, what is counted or told, and a test that knows its name."""
    path = TOP / "docs/limits.md"
    documented = dict(re.findall(r"^\| `(LIMIT_\w+)` \| (.*) \|$", path.read_text() if path.exists() else "", re.M))
    rows = {name: eval(value) for name, value in re.findall(r"^\s*(LIMIT_\w+) = ([\d* ]+)[,;]", (TOP / "include/overhear/limits.h").read_text(), re.M)}
    anomalies = set(re.findall(r'X\(\w+, "([^"]+)"', re.sub(r"\\\s*\n\s*", "", (TOP / "include/overhear/anomaly.h").read_text())))
    summary = subprocess.run([PROGRAM[0], *suite.STAYS, "--summary=json", "-o", "/dev/null", "--json", str(suite.PCAPS / "tour.pcap")],
                             capture_output=True, check=False).stderr
    said = json.loads(summary.splitlines()[-1])
    counters = set(said) | set(suite.flat(said)) | {"dropped.kernel", "error"}
    wrong = [f"{name}: in limits.h, not in docs/limits.md" for name in sorted(set(rows) - set(documented))]
    wrong += [f"{name}: in docs/limits.md, not in limits.h" for name in sorted(set(documented) - set(rows))]
    for name in sorted(set(rows) & set(documented)):
        cells = [cell.strip() for cell in documented[name].split(" | ")]
        complaints = limit_row_is_right(name, rows[name], cells, anomalies, counters) if len(cells) == 5 else ["expected six cells"]
        wrong += [f"{name}: {complaint}" for complaint in complaints]
    return wrong


def stack_frames():
    """No function takes more than 4 KiB of stack (tests/rules/stack.py)."""
    return stack.frames()


def no_recursion():
    """No function calls itself, by whatever way, and all that call each other take 64 KiB together at most."""
    return stack.recursion()


def suites_documented():
    """Each suite of ./bootstrap test has its row in docs/testing.md, and no row is about nothing."""
    suites = set(re.search(r"^suites=\((.*?)\)", (TOP / "bootstrap").read_text(), re.M | re.S)[1].split())
    documented = set(re.findall(r"^\| (\w+) \| .* \| `tests/", (TOP / "docs/testing.md").read_text(), re.M))
    return [f"{name}: in bootstrap or docs/testing.md, not in both" for name in sorted(suites ^ documented)]


def links():
    """Files that the documents point to are there."""
    wrong = []
    for path in files("*.md", "docs/*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                wrong.append(f"{path.relative_to(TOP)}: {target}")
    return wrong


PROGRAM = [""]  # that lists the fields; set by main

RULES = (packet_memory, includes, rooms_are_known, banned_functions, dissector_folders, registry_rows, notes, sizes, mutable_state, layout,
         text_files, python_compiles, licences, pages_are_current, limits_documented, stack_frames, no_recursion,
         suites_documented, links)


def main():
    tests = suite.Suite("rules", __doc__)
    PROGRAM[0] = tests.program
    for rule in RULES:
        wrong = rule()
        tests.check(not wrong, f"{rule.__name__}: {len(wrong)}", "\n".join(wrong))
    tests.finish()


if __name__ == "__main__":
    main()
