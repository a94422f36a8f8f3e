# SPDX-License-Identifier: BSD-3-Clause
"""Seeds for the fuzz targets, each in the form of its target: FOLDER/TARGET/."""

import json
import os
import shutil
import subprocess
import zlib
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def make_seeds(program, folder):
    """Of captures, by the program; of what lies about in other forms, here."""
    shutil.rmtree(folder, ignore_errors=True)
    captures = sorted((TOP / "pcaps").glob("*.pcap"))
    subprocess.run([program, folder, *captures], check=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    notes = folder / "catalogs"
    notes.mkdir(exist_ok=True)
    for path in sorted(TOP.glob("dissectors/*/notes*.json")):
        for name, entries in json.loads(path.read_text(encoding="utf-8")).items():
            some = dict(list(entries.items())[:6])
            (notes / f"{path.parent.name}-{name}").write_text(json.dumps({name: some}, ensure_ascii=False), encoding="utf-8")
    inflate = folder / "inflate"
    inflate.mkdir(exist_ok=True)
    text = (TOP / "LICENSE").read_bytes()
    for form, bits in enumerate((31, 15, -15)):
        for level in (0, 1, 9):
            for length in (0, 10, 300, len(text)):
                deflate = zlib.compressobj(level, zlib.DEFLATED, bits)
                data = deflate.compress(text[:length]) + deflate.flush()
                (inflate / f"{form}-{level}-{length}").write_bytes(bytes([form, 0]) + data)
