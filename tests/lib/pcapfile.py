# SPDX-License-Identifier: BSD-3-Clause
"""Reading pcap and pcapng files, and writing classic ones: all that the tests need, and nothing of the program under test."""

import gzip
import struct
from dataclasses import dataclass, field, replace

ETHERNET, RAW, LINUX_SLL, LINUX_SLL2 = 1, 101, 113, 276

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


LATEST_NS = (1 << 32) * 10**9 - 1  # a classic file knows no time after


class NotPcap(Exception):
    pass


@dataclass
class Frame:
    time_ns: int
    data: bytes
    wire_length: int = -1  # -1: as long as data

    @property
    def length(self):
        return len(self.data) if self.wire_length < 0 else self.wire_length

    @property
    def is_cut(self):
        return self.length > len(self.data)

    def with_data(self, data):
        return replace(self, data=data, wire_length=-1)


@dataclass
class Capture:
    link: int = ETHERNET
    nanoseconds: bool = False
    frames: list = field(default_factory=list)


# The blocks of a pcapng file.
SECTION, INTERFACE, PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6
PCAPNG = b"\x0a\x0d\x0d\x0a"
LITTLE_ENDIAN = 0x1A2B3C4D
DATA_AT = 20  # in the body of a block with a packet
RESOLUTION = 9  # option of an interface


def content_of(path):
    """The bytes of a file, gzip'd or not."""
    with open(path, "rb") as file:
        content = file.read()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError):
        return content  # what is no whole gzip file is no capture either


def blocks(content):
    """(byte order, kind, bytes of the body, where the block ends) of each whole block of a pcapng file."""
    at, order = 0, "<"
    while at + 12 <= len(content):
        if content[at:at + 4] == PCAPNG:
            order = "<" if struct.unpack_from("<I", content, at + 8)[0] == LITTLE_ENDIAN else ">"
        kind, total = struct.unpack_from(order + "II", content, at)
        if total < 12 or total % 4 or at + total > len(content):
            return
        yield order, kind, content[at + 8:at + total - 4], at + total
        at += total


def units_a_second(order, interface):
    at = 8
    while at + 4 <= len(interface):
        kind, length = struct.unpack_from(order + "HH", interface, at)
        if kind == RESOLUTION and length == 1:
            exponent = interface[at + 4]
            return 2 ** (exponent & 0x7F) if exponent & 0x80 else 10 ** exponent
        if kind == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return 10**6


def read_pcapng(path, content):
    """Only where all frames are of one link type: a classic file knows no other."""
    capture, links, units, used = Capture(nanoseconds=True), [], [], set()
    for order, kind, body, _ in blocks(content):
        if kind == SECTION:
            links, units = [], []
        elif kind == INTERFACE:
            links.append(struct.unpack_from(order + "H", body)[0])
            units.append(units_a_second(order, body))
        elif kind in (ENHANCED_PACKET, PACKET):
            interface, = struct.unpack_from(order + ("I" if kind == ENHANCED_PACKET else "H"), body)
            high, low, length, wire_length = struct.unpack_from(order + "IIII", body, 4)
            if interface >= len(links):
                raise NotPcap(path)
            used.add(links[interface])
            time_ns = (high << 32 | low) * 10**9 // units[interface]
            capture.frames.append(Frame(time_ns, body[DATA_AT:DATA_AT + length], wire_length))
        elif kind == SIMPLE_PACKET:
            raise NotPcap(path)  # has no time
    if len(used) != 1:
        raise NotPcap(path)
    capture.link = used.pop()
    return capture


def read(path):
    content = content_of(path)
    if content[:4] == PCAPNG:
        return read_pcapng(path, content)
    for order in "<>":
        magic = struct.unpack(order + "I", content[:4].ljust(4, b"\0"))[0]
        if magic in (MICROSECONDS, NANOSECONDS):
            break
    else:
        raise NotPcap(path)
    unit = 1 if magic == NANOSECONDS else 1000
    capture = Capture(struct.unpack(order + "I", content[20:24])[0] & 0xFFFF, unit == 1)
    at = 24
    while at + 16 <= len(content):
        seconds, fraction, length, wire_length = struct.unpack(order + "IIII", content[at:at + 16])
        at += 16
        capture.frames.append(Frame(seconds * 10**9 + fraction * unit, content[at:at + length], wire_length))
        at += length
    return capture


def encode(capture, order="<", magic=None):
    """The file as bytes; `magic` only where a test wants a wrong one."""
    if magic is None:
        magic = NANOSECONDS if capture.nanoseconds else MICROSECONDS
    unit = 1 if capture.nanoseconds else 1000
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, capture.link)]
    for frame in capture.frames:
        seconds, rest = divmod(max(0, min(frame.time_ns, LATEST_NS)), 10**9)
        parts.append(struct.pack(order + "IIII", seconds, rest // unit, len(frame.data), frame.length))
        parts.append(frame.data)
    return b"".join(parts)


def write(path, capture, order="<"):
    with open(path, "wb") as file:
        file.write(encode(capture, order))
