#!/usr/bin/env python3
"""Makes files to send: always the same bytes for the same words.

    blobs.py random SIZE SEED       what no compression makes smaller
    blobs.py png WIDTH SEED         a picture
    blobs.py pdf TITLE              a document of one page
    blobs.py zip NAME=TEXT...       an archive
    blobs.py wav SECONDS            a fog horn
"""
import io
import math
import random
import struct
import sys
import zipfile
import zlib


def noise(size, seed):
    return random.Random(seed).randbytes(int(size))


def png(width, seed):
    width = int(width)
    dice = random.Random(seed)
    rows = b"".join(b"\0" + bytes((x * 3 ^ y * 2) + dice.randrange(16) & 255 for x in range(width) for _ in range(3))
                    for y in range(width))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, width, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def pdf(title):
    text = f"BT /F1 24 Tf 72 720 Td ({title}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


def archive(*members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for member in members:
            name, _, text = member.partition("=")
            entry = zipfile.ZipInfo(name, (2026, 11, 1, 8, 0, 0))
            entry.external_attr = 0o644 << 16
            out.writestr(entry, text * 20)
    return held.getvalue()


def wav(seconds):
    rate = 4000
    sound = bytes(int(128 + 100 * math.sin(at * 2 * math.pi * 110 / rate)) for at in range(int(float(seconds) * rate)))
    return b"RIFF" + struct.pack("<I", 36 + len(sound)) + b"WAVEfmt " + struct.pack(
        "<IHHIIHH", 16, 1, 1, rate, rate, 1, 8) + b"data" + struct.pack("<I", len(sound)) + sound


MAKERS = {"random": noise, "png": png, "pdf": pdf, "zip": archive, "wav": wav}

if __name__ == "__main__":
    sys.stdout.buffer.write(MAKERS[sys.argv[1]](*sys.argv[2:]))
