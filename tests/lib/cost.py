# SPDX-License-Identifier: BSD-3-Clause
"""What a run costs: instructions, which are the same each time, and processor time and peak memory."""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import suite

TOOLS = suite.TOP / "build/bench-tools"

# Functions that libraries choose by the processor: the plainest, which every machine has.
PLAIN = {
    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX_Fast_Unaligned_Load,-AVX2,-AVX512F,-AVX512VL,-BMI1,-BMI2,-ERMS,-FSRM,"
                      "-LZCNT,-MOVBE,-SSSE3,-SSE4_1,-SSE4_2:glibc.cpu.x86_non_temporal_threshold=0xc0000",
    "OPENSSL_ia32cap": "0:0",
}


def instructions(command, *, before=("setarch", "--addr-no-randomize"), **more):
    """Those of one run in user space. What it writes goes nowhere."""
    # cachegrind that looks at no cache counts what callgrind counts, in half the time.
    command = [*before, "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *map(str, command)]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            env=PLAIN | more, timeout=suite.HANG, check=False)
    found = re.search(rb"I +refs: +([\d,]+)", result.stderr)
    if result.returncode != 0 or not found:
        raise RuntimeError(f"{' '.join(command)}: {result.returncode}\n{result.stderr.decode(errors='replace')}")
    return int(found.group(1).replace(b",", b""))


def tool(name):
    """One of the small programs in C beside tests/bench/run; compiled where that is needed."""
    source, target = suite.TOP / "tests/bench" / f"{name}.c", TOOLS / name
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        TOOLS.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-std=c17", "-D_DEFAULT_SOURCE", "-O2", "-o", part, source, "-lpcap"], check=True)
        part.rename(target)
    return target


def spend(command, *, source=None, seconds=600, output=subprocess.DEVNULL):
    """{user, system, wall: seconds; peak: bytes; status}. `source`: a command whose output it reads."""
    with tempfile.NamedTemporaryFile(prefix="overhear-cost-") as result:
        writer = subprocess.Popen([*map(str, source)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) if source else None
        ran = subprocess.run([tool("spend"), result.name, str(seconds), *map(str, command)],
                             stdin=writer.stdout if writer else subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, check=True)
        if writer:
            writer.stdout.close()
            writer.wait()
        return json.loads(Path(result.name).read_text()) | {"stderr": ran.stderr}
