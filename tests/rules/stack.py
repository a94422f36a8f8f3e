# SPDX-License-Identifier: BSD-3-Clause
"""The stack: no function takes more than 4 KiB of it, none calls itself, by whatever way, and together they take 64 KiB at most.

How large a frame is, the release build says (-fstack-usage). Who calls whom, gcc says of each file when it does not optimise
(-fcallgraph-info), so that nothing is hidden by being inlined. Calls through pointers go, as far as this can tell, to every function whose
address is taken where a structure with such a member is filled in, or where the function is called that has it as a
parameter: too many rather than too few. Libraries are not looked at; pcre2 is told its depth (LIMIT_MATCH_KIB), json-c parses
only what the user gives, zlib, ISA-L and libcrypto do not recurse.
"""

import json
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

from suite import TOP

FRAME_MAX = 4096
STACK_MAX = 64 << 10  # of all frames together: half of what threads get, the rest is for libraries
RELEASE, GRAPHS = TOP / "build/release", TOP / "build/stack"
INDIRECT = "__indirect_call"

# Called through a pointer by one only: the inflater of a stream is given to run_inflated (side.c), a side has one at most
# (emit_inflate_stream), and what is read inside of it has sinks of its own.
ONLY_BY = {"take_inflated": "run_inflated"}

EDGE = re.compile(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"(?: label: "([^"]*)")?')
NODE = re.compile(r'node: \{ title: "([^"]*)" label: "([^"\\]*)\\n([^"\\:]*):\d+:\d+(?:\\n[^"]*)?"( shape : ellipse)?')
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
STRUCTURE = re.compile(r"\bstruct (\w+) \{(.*?)\n\s*\}[^;{}]*;", re.S)

# Structures that are filled in by place, and the place of the function.
POSITIONAL = {"record_sink": 1, "byte_sink": 1}


def frames():
    """Functions with more than FRAME_MAX of stack, or as much as they like."""
    wrong, count = [], 0
    for path in RELEASE.glob("CMakeFiles/*/**/*.su"):
        for line in path.read_text().splitlines():
            where, size, kind = line.split("\t")
            count += 1
            if int(size) > FRAME_MAX or kind == "dynamic":
                wrong.append(f"{where.removeprefix(str(TOP) + '/')}: {size} bytes of stack, {kind}")
    return wrong if count > 1000 else [f"build/release tells the frames of {count} functions only"]


def compile_graphs():
    """One .ci beside nothing else for each source; only of what changed since."""
    rows = [row for row in json.loads((RELEASE / "compile_commands.json").read_text())
            if Path(row["file"]).is_relative_to(TOP / "src") or Path(row["file"]).is_relative_to(TOP / "dissectors")]
    headers = max(path.stat().st_mtime for room in ("src", "dissectors", "include") for path in (TOP / room).rglob("*.h"))
    GRAPHS.mkdir(parents=True, exist_ok=True)
    graphs = []

    def one(row):
        source = Path(row["file"])
        target = GRAPHS / str(source.relative_to(TOP)).replace("/", "_")
        graph = target.with_suffix(".ci")
        if not graph.exists() or graph.stat().st_mtime < max(headers, source.stat().st_mtime):
            words = [word for word in shlex.split(row["command"]) if not word.endswith("ccache")]
            words[words.index("-o") + 1] = str(target.with_suffix(".o"))
            subprocess.run([*words, "-O0", "-U_FORTIFY_SOURCE", "-fcallgraph-info"], cwd=row["directory"], check=True, capture_output=True)
            target.with_suffix(".o").unlink()
        return graph

    with ThreadPoolExecutor(cpu_count()) as pool:
        graphs = list(pool.map(one, rows))
    for old in set(GRAPHS.glob("*.ci")) - set(graphs):
        old.unlink()
    return graphs


def braces(text, at):
    """What stands between a brace and the one that closes it."""
    depth = 0
    for end in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[at:end]
    return text[at:]


class Sources:
    """Which functions have their address taken, where. Functions are titles of gcc's, which of static ones hold the file."""

    def __init__(self, titles):
        self.titles = titles
        self.texts = {path: COMMENT.sub(" ", path.read_text(encoding="utf-8"))
                      for room in ("src", "dissectors", "include") for path in (TOP / room).rglob("*.[ch]")}
        self.seen = {path: self.includes(path) for path in self.texts}
        self.members, self.filled, self.named = {}, {}, {}
        inside, self.called = {}, {}
        for path, text in self.texts.items():
            for name, body in STRUCTURE.findall(text):
                for member in re.findall(r"\(\*(?:const )?(\w+)\)\s*\(", body):
                    self.members.setdefault(member, set()).add((name, path))
                for part, member in re.findall(r"\bstruct (\w+) (?:\*(?:const )?)?(\w+)(?:\[\w*\])?[,;]", body):
                    inside.setdefault(part, set()).add(name)
                    self.called.setdefault(member, set()).add(part)
        self.holders = {name: self.holders_of(name, inside) for rows in self.members.values() for name, _ in rows}
        for path, text in self.texts.items():  # .x = {...}; struct NAME x = {...}, (struct NAME){...}
            for match in re.finditer(r"\.(\w+)\s*=\s*\{", text):
                for name in self.called.get(match[1], ()):
                    self.fill(name, path, braces(text, match.end() - 1))
            for match in re.finditer(r"\bstruct (\w+)\b(?:[^;(){}=]*=\s*|(?:\[\])?\)\s*)\{", text):
                inner = braces(text, match.end() - 1)
                self.fill(match[1], path, inner)
                for member, name in re.findall(r"\.(\w+)\s*=\s*&?(\w+)\b(?!\s*\()", inner):
                    self.named.setdefault((match[1], member), set()).update(self.resolve(path, name))

    def fill(self, name, path, inner):
        if name in POSITIONAL:
            inner = (inner.split(",") + [""] * POSITIONAL[name])[POSITIONAL[name]]
        self.filled.setdefault(name, set()).update(self.taken(path, inner))

    def includes(self, path):
        """The file and all that it includes, however far."""
        seen, new = set(), {path}
        while new:
            at = new.pop()
            seen.add(at)
            for name in re.findall(r'#\s*include\s*"([^"]+)"', at.read_text(encoding="utf-8")):
                new |= {found for base in (at.parent, TOP / "src", TOP / "include") if (found := (base / name).resolve()).exists()} - seen
        return seen

    def holders_of(self, name, inside):
        found, new = set(), {name}
        while new:
            found |= new
            new = set().union(*(inside.get(one, set()) for one in new)) - found
        return found

    def resolve(self, path, name):
        """What a name means in a file, if it is a function."""
        return {title for title in (f"{path}:{name}", name) if title in self.titles}

    def taken(self, path, text):
        """Functions that are named and not called."""
        return set().union(*(self.resolve(path, name) for name in set(re.findall(r"(?<![.>\w])([a-z_]\w*)\b(?!\s*\()", text))))

    def types_of(self, receiver, caller):
        """The structures that a variable or member of this name is, in a file."""
        declared = set(re.findall(rf"\bstruct (\w+) (?:const )?\*?(?:const )?{receiver}\b", self.texts[caller]))
        return declared or self.called.get(receiver, set())

    def of_member(self, receiver, member, caller):
        """Functions that may stand in a member of this name, of a structure that the caller can know: named for it in a list, or
        assigned to it; or else in a list for such a structure by their place, or for one that holds one."""
        structures = {name for name, path in self.members.get(member, ()) if path in self.seen[caller]}
        structures = structures & self.types_of(receiver, caller) or structures
        holders = set().union(*(self.holders[name] for name in structures))
        found = set().union(*(self.named.get((name, member), set()) for name in holders))
        for path, text in self.texts.items():
            for name in re.findall(rf"(?:\.|->){member} = &?(\w+);", text):
                found |= self.resolve(path, name)
        for name in structures:
            if not found or name in POSITIONAL:
                found |= self.filled.get(name, set())
        return found or set().union(*(self.filled.get(name, set()) for name in holders))

    def given(self, functions, path):
        """Functions that are given to one of these, which stand in a file."""
        found = set()
        for other, text in self.texts.items():
            for name in functions:
                if other == path or f"{path}:{name}" not in self.titles:
                    for match in re.finditer(rf"\b{name}\(", text):
                        found |= self.taken(other, text[match.start():match.start() + 300].split(";")[0])
        return found - set(functions) - {f"{path}:{name}" for name in functions}

    def of_table(self, name, path):
        """Functions in a list of the file that is called so: NAME[] = {...}"""
        return set().union(*(self.taken(path, braces(self.texts[path], match.end() - 1))
                             for match in re.finditer(rf"\b{name}\[\w*\](?:\)\([^{{;]*\))?\s*=\s*\{{", self.texts[path])))


def short(title):
    return title.split(":")[-1]


def read_graph():
    """{function: those that it calls}, and calls of which nothing is known; a function is its title, which of a static one holds its
    file."""
    graphs = [path.read_text() for path in compile_graphs()]
    edges, titles, homes, indirect, lost = {}, set(), {}, set(), []
    for text in graphs:
        for title, _, home, ellipse in NODE.findall(text):
            if not ellipse:
                titles.add(title)
                homes.setdefault(Path(home), set()).add(short(title))
        for source, target, label in EDGE.findall(text):
            if target == INDIRECT:
                indirect.add((source, label))
            else:
                edges.setdefault(source, set()).add(target)
    sources = Sources(titles)
    for source, label in sorted(indirect):
        where, line, column = label.rsplit(":", 2)
        path = Path(where)
        caller = Path(source.rsplit(":", 1)[0]) if ":" in source else path
        lines = path.read_text(encoding="utf-8").split("\n")
        code = lines[int(line) - 1][int(column) - 1:]
        member = re.match(r"(?:[\w\->.\[\]]*(?:->|\.))?(\w+)(?:\[\w+\])?(?:->|\.)(\w+)\(", code) or re.search(r"(\w+)\.(\w+)\(", code)
        found = sources.of_table(re.match(r"\w*", code)[0], path)
        if not found and member:
            found = sources.of_member(member[1], member[2], caller)
        if not found:
            found = sources.given([short(source)], path) or sources.given(homes[path], path) or sources.taken(path, lines[int(line) - 1])
        if not found:
            lost.append(f"{short(source)}: nobody knows what it calls: {code}")
        if "--verbose" in sys.argv:
            print(f"{short(source)}: {code}: {' '.join(sorted(map(short, found)))}")
        edges.setdefault(source, set()).update(title for title in found if short(title) not in ONLY_BY)
    for title in titles:
        if short(title) in ONLY_BY:
            for caller in titles:
                if short(caller) == ONLY_BY[short(title)]:
                    edges.setdefault(caller, set()).add(title)
    return edges, lost


def cycles(edges):
    """Strongly connected components of more than one function, or of one that calls itself (Tarjan, without recursion)."""
    index, low, stack, on, found = {}, {}, [], set(), []
    for root in sorted(edges):
        if root in index:
            continue
        work = [(root, iter(sorted(edges.get(root, ()))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        while work:
            at, rest = work[-1]
            for target in rest:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on.add(target)
                    work.append((target, iter(sorted(edges.get(target, ())))))
                    break
                if target in on:
                    low[at] = min(low[at], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == index[at]:
                    part = []
                    while not part or part[-1] != at:
                        part.append(stack.pop())
                        on.discard(part[-1])
                    if len(part) > 1 or at in edges.get(at, ()):
                        found.append(sorted(part))
    return found


def deepest(edges):
    """(bytes, path) of the most stack that calls can take together: frames of the release build, where what is inlined has none of
    its own; the graph has no cycles."""
    sizes, best = {}, {}
    for path in RELEASE.glob("CMakeFiles/*/**/*.su"):
        for line in path.read_text().splitlines():
            where, size, _ = line.split("\t")
            name = where.split(":")[-1].split(".")[0]
            sizes[name] = max(sizes.get(name, 0), int(size))
    work = sorted(edges)
    while work:
        at = work[-1]
        new = [target for target in edges.get(at, ()) if target not in best]
        if new and at not in best:
            work += new
            continue
        work.pop()
        below = max((best[target] for target in edges.get(at, ())), default=(0, ()))
        best[at] = (below[0] + sizes.get(short(at), 0) + 8, (short(at), *below[1]))
    return max(best.values())


def recursion():
    edges, lost = read_graph()
    if sum(map(len, edges.values())) < 5000:
        return ["gcc tells of too few calls"]
    wrong = lost + [f"{len(part)} call each other: {', '.join(map(short, part[:12]))}" for part in cycles(edges)]
    if not wrong:
        depth, path = deepest(edges)
        print(f"at most {depth:,} bytes of stack, besides libraries: {' '.join(path)}")
        if depth > STACK_MAX:
            wrong.append(f"{depth} bytes of stack: {' '.join(path)}")
    return wrong


if __name__ == "__main__":
    complaints = frames() + recursion()
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)
