# SPDX-License-Identifier: BSD-3-Clause
"""Capture files as they would be with a shorter snap length: classic pcap and pcapng, block for block."""

import struct

import pcapfile
from pcapfile import DATA_AT, ENHANCED_PACKET, INTERFACE, PACKET, PCAPNG, SECTION, SIMPLE_PACKET

CAPTURED_AT = 12  # in the body of a block with a packet; the older kind has the same places
ORDERS = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}


def cut_pcap(content, order, length):
    parts, at = [content[:24]], 24
    while at + 16 <= len(content):
        seconds, fraction, captured, wire = struct.unpack_from(order + "IIII", content, at)
        if at + 16 + captured > len(content):
            break
        kept = min(captured, length)
        parts.append(struct.pack(order + "IIII", seconds, fraction, kept, wire))
        parts.append(content[at + 16:at + 16 + kept])
        at += 16 + captured
    return b"".join(parts) + content[at:]  # of what is broken, the same is broken


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def cut_packet(order, body, length):
    """The options behind the packet go with what is cut."""
    kept = min(struct.unpack_from(order + "I", body, CAPTURED_AT)[0], length)
    return (body[:CAPTURED_AT] + struct.pack(order + "I", kept) + body[CAPTURED_AT + 4:DATA_AT]
            + body[DATA_AT:DATA_AT + kept])


def enhanced(order, body, limit):
    """A simple packet knows only its length on the wire: the same as one that knows both, without a time as before."""
    wire = struct.unpack_from(order + "I", body)[0]
    captured = min(wire, limit or wire, len(body) - 4)
    return struct.pack(order + "IIIII", 0, 0, 0, captured, wire) + body[4:4 + captured]


def cut_pcapng(content, length):
    parts, at, limits = [], 0, []
    for order, kind, body, end in pcapfile.blocks(content):
        if kind == SECTION:
            limits = []
        if kind == INTERFACE and len(body) >= 8:
            limits.append(struct.unpack_from(order + "I", body, 4)[0])
        if kind == SIMPLE_PACKET and len(body) >= 4:
            kind, body = ENHANCED_PACKET, enhanced(order, body, limits[0] if limits else 0)
        if kind in (ENHANCED_PACKET, PACKET) and len(body) >= DATA_AT:
            parts.append(block(order, kind, cut_packet(order, body, length)))
        else:
            parts.append(content[at:end])
        at = end
    return b"".join(parts) + content[at:]


def frames_of_pcap(content, order):
    link, at = struct.unpack_from(order + "I", content, 20)[0] & 0xFFFF, 24
    while at + 16 <= len(content):
        captured = struct.unpack_from(order + "I", content, at + 8)[0]
        yield link, content[at + 16:at + 16 + captured]
        at += 16 + captured


def frames_of_pcapng(content):
    links = []
    for order, kind, body, _ in pcapfile.blocks(content):
        if kind == SECTION:
            links = []
        elif kind == INTERFACE:
            links.append(struct.unpack_from(order + "H", body)[0])
        elif kind == SIMPLE_PACKET:
            yield links[0] if links else None, body[4:]
        elif kind in (ENHANCED_PACKET, PACKET):
            interface = struct.unpack_from(order + ("I" if kind == ENHANCED_PACKET else "H"), body)[0]
            yield links[interface] if interface < len(links) else None, body[DATA_AT:]


def frames_of(content):
    """(link type, bytes) of each frame, in their order."""
    if content[:4] in ORDERS and len(content) >= 24:
        return frames_of_pcap(content, ORDERS[content[:4]])
    return frames_of_pcapng(content) if content[:4] == PCAPNG else iter(())


def cut(content, length):
    """The same capture with at most `length` bytes of each frame; unchanged where it is none."""
    if content[:4] in ORDERS:
        return cut_pcap(content, ORDERS[content[:4]], length)
    return cut_pcapng(content, length) if content[:4] == PCAPNG else content
