#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The release program is hardened: what readelf and objdump see of it, and of the objects in the library.

Argument: --build FOLDER, a release build made by gcc.
"""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite

PAGE = 4096
SWITCHES = ("-fstack-protector-strong", "-fstack-clash-protection", "-ftrivial-auto-var-init=zero", "-fcf-protection=full")
# Each has a form that looks at the room; where gcc cannot tell the room it calls the plain one, which then is here, too.
FORTIFIED = ("memcpy", "snprintf", "vsnprintf", "fread")
# Those that cannot be told how much room there is.
BOUNDLESS = {"gets", "strcpy", "strcat", "sprintf", "vsprintf", "stpcpy", "scanf", "sscanf", "alloca", "system", "popen"}


def tool(*command):
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=suite.HANG,
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def segments(tests, program):
    """Where nothing can be written and run, and what is fixed before main() begins cannot be written."""
    kind = re.search(r"Type:\s+(\w+)", tool("readelf", "-hW", program))
    headers = tool("readelf", "-lW", program)
    dynamic = tool("readelf", "-dW", program)
    tests.equal(kind and kind[1], "DYN", "a position-independent program: type")
    tests.check(re.search(r"FLAGS_1\).*\bPIE\b", dynamic), "a position-independent program: flag", dynamic)
    tests.check("TEXTREL" not in dynamic, "no code is written when it is loaded", dynamic)
    tests.check(" GNU_RELRO " in headers, "read-only relocations", headers)
    tests.check(re.search(r"\(FLAGS\).*BIND_NOW", dynamic) and re.search(r"FLAGS_1\).*\bNOW\b", dynamic),
                "all symbols are bound at the start", dynamic)
    stack = re.search(r"GNU_STACK\s+(?:0x\w+\s+){5}(\w+)", headers)
    tests.equal(stack and stack[1], "RW", "the stack does not hold code")
    loads = re.findall(r"^\s+LOAD\s+(?:0x\w+\s+){5}([RWE ]+?)\s+0x", headers, re.MULTILINE)
    tests.equal(sorted(loads), ["R", "R", "R E", "RW"], "code, constants and variables are in pages of their own")
    tests.check("RPATH" not in dynamic and "RUNPATH" not in dynamic, "libraries come from the system's folders only", dynamic)


def symbols(tests, program):
    imported = {line.split()[7].split("@")[0] for line in tool("readelf", "--dyn-syms", "-W", program).splitlines()
                if " UND " in line and len(line.split()) > 7}
    tests.check("__stack_chk_fail" in imported, "a stack protector", sorted(imported))
    for name in FORTIFIED:
        tests.check(f"__{name}_chk" in imported, f"_FORTIFY_SOURCE: {name} looks at the room", sorted(imported))
    tests.equal(sorted(imported & BOUNDLESS), [], "no function that cannot know the room")


def switches(tests, program):
    """One line for each way in which a file was compiled; none may be without one of the switches."""
    lines = [line.split("]", 1)[1].strip() for line in tool("readelf", "-p", ".GCC.command.line", program).splitlines()
             if re.match(r"\s*\[\s*\w+\]", line)]
    ours = [line for line in lines if line.startswith("GNU C17 ")]
    tests.check(ours, "the program tells how it was compiled", lines)
    for switch in SWITCHES:
        tests.equal([line for line in ours if switch not in line.split()], [], f"every file was compiled with {switch}")


def control_flow(tests, program, library):
    """Every object of ours marks where calls may land (IBT) and keeps to a shadow stack (SHSTK). The program as a whole
    can be said to do the second only: Debian's own start-up code marks no landing."""
    notes = tool("readelf", "-nW", program)
    tests.check(re.search(r"x86 feature:.*\bSHSTK\b", notes), "the program goes with a shadow stack", notes)
    members = re.split(r"^File: ", tool("readelf", "-nW", library), flags=re.MULTILINE)[1:]
    tests.check(len(members) > 100, "the library has its objects", len(members))
    tests.equal([member.splitlines()[0] for member in members if not re.search(r"x86 feature: IBT, SHSTK", member)], [],
                "objects without -fcf-protection=full")


def stack_steps(tests, program):
    """The stack grows by a page at most before it is touched: no frame leaps over the guard page (stack clash)."""
    code = tool("objdump", "-d", "--no-show-raw-insn", program)
    leaps = [line.strip() for line in code.splitlines()
             if (step := re.search(r"\bsub\s+\$0x(\w+),%rsp", line)) and PAGE < int(step[1], 16) < 1 << 63]
    tests.equal(leaps, [], "steps of the stack that are longer than a page")
    tests.check(code.count("endbr64") > 500, "places where indirect calls may land are marked", code.count("endbr64"))


def main():
    tests = suite.Suite("hardening", __doc__,
                        lambda parser: parser.add_argument("--build", default=str(suite.TOP / "build/release"), type=Path))
    program, library = tests.options.build / "overhear", tests.options.build / "liboverhear.a"
    segments(tests, program)
    symbols(tests, program)
    switches(tests, program)
    if "X86-64" in tool("readelf", "-hW", program):
        control_flow(tests, program, library)
        stack_steps(tests, program)
    tests.finish()


main()
