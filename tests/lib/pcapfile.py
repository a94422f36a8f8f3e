# SPDX-License-Identifier: BSD-3-Clause
"""Reading and writing classic pcap files: all that the tests need, and nothing of the program under test."""

import gzip
import struct
from dataclasses import dataclass, field, replace

ETHERNET, RAW, LINUX_SLL, LINUX_SLL2 = 1, 101, 113, 276

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


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


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
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
        seconds, rest = divmod(frame.time_ns, 10**9)
        parts.append(struct.pack(order + "IIII", seconds, rest // unit, len(frame.data), frame.length))
        parts.append(frame.data)
    return b"".join(parts)


def write(path, capture, order="<"):
    with open(path, "wb") as file:
        file.write(encode(capture, order))
