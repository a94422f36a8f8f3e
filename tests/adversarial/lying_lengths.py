# SPDX-License-Identifier: BSD-3-Clause
"""Every length of every capture format, and every number that says where something is, with a lie in it.

What is before the lie is told, nothing crashes, and either all is read or a message says where it broke off.
"""

import gzip
import struct
import zlib

import pcapfile
import suite
from packets import CLIENT, Builder, dns_message, dns_name, udp
from pcapngfile import Writer
from suite import get

FRAMES = 4


def frames():
    builder = Builder()
    for i in range(FRAMES):
        builder.add(udp(CLIENT, 40000 + i, "10.9.0.53", 53, dns_message(7, 0x0100, [(dns_name(f"h{i}.example"), 1, 1)])))
    return builder.capture.frames


def lies(true, size):
    """0, 1, -1, too large, odd, and one too few and too many."""
    most = (1 << 8 * size) - 1
    return sorted({0, 1, 7, true - 1 & most, true + 1 & most, true + 4 & most, 0x7FFFFFFF & most, most - 3, most} - {true})


def look(cases, what, content, before, harmless=False):
    """`before`: frames whose records must be there; `harmless`: nobody needs the field, so all of them."""
    path = cases.folder / f"{what.replace(' ', '-')}.cap"
    path.write_bytes(content)
    result = cases.run("--json", "--only", "dns", "--summary=none", path)
    message = result.stderr.decode(errors="replace")
    names = [get(record, "dns.question.name") for record in suite.parse_lines(result.stdout)]
    expected = [f"h{i}.example" for i in range(FRAMES if harmless else before)]
    good = not suite.sanitizer_report(result.stderr) and names[:len(expected)] == expected and result.returncode in (0, 1)
    if harmless:
        good = good and result.returncode == 0
    if result.returncode == 1:  # and damage may have made frames of a link type that does not exist
        said = [line for line in message.splitlines() if "link type is unknown" not in line]
        good = good and len(said) == 1 and str(path) in message and ("byte" in message or not names)
    else:
        good = good and message == ""
    path.unlink()
    return "" if good else f"{what}: status {result.returncode}, {names}, {message}"


def look_at_fields(cases, subject, content, fields, order="<"):
    """Fields: (name, offset, size, frames before it, harmless)."""
    jobs = []
    for name, at, size, before, harmless in fields:
        true = int.from_bytes(content[at:at + size], "little" if order == "<" else "big")
        for value in lies(true, size):
            damaged = content[:at] + value.to_bytes(size, "little" if order == "<" else "big") + content[at + size:]
            jobs.append((f"{subject} {name} {value:#x}", damaged, before, harmless))
    wrong = [line for line in cases.tests.each(lambda job: look(cases, *job), jobs) if line]
    cases.check(not wrong, f"{subject}: {len(jobs)} lies", "\n".join(wrong))


def pcap_lies(cases):
    capture = pcapfile.Capture()
    capture.frames = frames()
    second = 24 + 16 + len(capture.frames[0].data)
    for order in "<>":
        look_at_fields(cases, f"pcap {order}".strip("<"), pcapfile.encode(capture, order), [
            ("major version", 4, 2, 0, False), ("zone", 8, 4, 0, True), ("snap length", 16, 4, 0, True), ("captured length", second + 8, 4, 1, False),
            ("wire length", second + 12, 4, 1, True), ("fraction", second + 4, 4, 1, True)], order)


def pcapng_lies(cases):
    for order in "<>":
        writer = Writer(order)
        data = [frame.data for frame in frames()]
        content, offsets = b"", {}
        for name, block in (("section", writer.section((1, b"text"))), ("interface", writer.interface(1, 0, (2, b"eth0"))),
                            ("first", writer.enhanced(0, 10**15, data[0])), ("names", writer.names((bytes(4), b"here"))),
                            ("statistics", writer.statistics(0, 10**15, 1)), ("second", writer.enhanced(0, 10**15, data[1], (1, b"text"))),
                            ("simple", writer.simple(data[2])), ("obsolete", writer.obsolete(0, 10**15, data[3]))):
            offsets[name] = len(content)
            content += block
        offsets["end"] = len(content)
        second = offsets["second"]
        options = second + 28 + (len(data[1]) + 3 & ~3)
        look_at_fields(cases, f"pcapng {order}".strip("<"), content, [
            ("section's length", 4, 4, 0, False), ("byte order", 8, 4, 0, False), ("version", 12, 2, 0, False), ("length of section", 16, 8, 0, True),
            ("option of section", 26, 2, 0, True), ("section's length again", offsets["interface"] - 4, 4, 0, False),
            ("interface's length", offsets["interface"] + 4, 4, 0, False), ("snap length", offsets["interface"] + 12, 4, 2, False),
            ("option of interface", offsets["interface"] + 18, 2, 0, True), ("names' length", offsets["names"] + 4, 4, 1, False),
            ("row of names", offsets["names"] + 10, 2, 1, True), ("statistics' length", offsets["statistics"] + 4, 4, 1, False),
            ("option of statistics", offsets["statistics"] + 22, 2, 1, True), ("frame's length", second + 4, 4, 1, False),
            ("interface's number", second + 8, 4, 1, False), ("captured length", second + 20, 4, 1, False), ("wire length", second + 24, 4, 1, True),
            ("option of frame", options + 2, 2, 1, True), ("frame's length again", offsets["simple"] - 4, 4, 1, False),
            ("simple frame's length", offsets["simple"] + 4, 4, 2, False), ("simple wire length", offsets["simple"] + 8, 4, 2, False),
            ("obsolete interface", offsets["obsolete"] + 8, 2, 3, False), ("obsolete captured length", offsets["obsolete"] + 20, 4, 3, False),
            ("last length again", offsets["end"] - 4, 4, 3, False)], order)


def gzip_lies(cases):
    """The header's lengths, the check sum and the size at the end, stored blocks that lie, and members in a row."""
    capture = pcapfile.Capture()
    capture.frames = frames()
    plain = pcapfile.encode(capture)
    packed = gzip.compress(plain, 0, mtime=0)
    extra = packed[:3] + b"\4" + packed[4:10] + struct.pack("<H", 4) + b"xxxx" + packed[10:]
    name = packed[:3] + b"\x08" + packed[4:10] + b"name\0" + packed[10:]
    half = len(plain) // 2
    for what, content, before, harmless in (
            ("extra field", extra, 0, True), ("extra field too long", extra[:10] + b"\xff\xff" + extra[12:], 0, False), ("name", name, 0, True),
            ("reserved flags", packed[:3] + b"\xe0" + packed[4:], 0, False), ("check sum", packed[:-8] + bytes(4) + packed[-4:], 0, False),
            ("size", packed[:-4] + b"\xff" * 4, 0, False), ("stored length", packed[:11] + b"\0\0\xff\xff" + packed[15:], 0, False),
            ("stored length's complement", packed[:13] + b"\0\0" + packed[15:], 0, False),
            ("two members", gzip.compress(plain[:half]) + gzip.compress(plain[half:]), 0, True), ("padding", packed + bytes(512), 0, True),
            ("more behind it", packed + b"more", FRAMES, False), ("cut in the check sum", packed[:-6], FRAMES, False),
            ("twice", gzip.compress(packed), 0, False)):
        problem = look(cases, f"gzip {what}", content, before, harmless)
        cases.check(not problem, f"gzip: {what}", problem)
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = body.compress(plain) + body.flush()
    for bit in range(0, 8 * min(len(raw), 40), 3):  # in the tables of the codes, mostly
        damaged = bytearray(raw)
        damaged[bit // 8] ^= 1 << bit % 8
        problem = look(cases, f"gzip bit {bit}", packed[:10] + bytes(damaged) + packed[-8:], 0)
        cases.check(not problem, f"gzip: bit {bit}", problem)


TESTS = (pcap_lies, pcapng_lies, gzip_lies)
