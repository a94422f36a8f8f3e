# SPDX-License-Identifier: BSD-3-Clause
"""Captures of a hundred frames in every format that is read, and what must come of each when it breaks off somewhere."""

import gzip
import zlib

import pcapfile
from packets import CLIENT, Builder, dns_message, dns_name, dns_record, udp
from pcapngfile import MICROSECONDS, NANOSECONDS, Writer

NAMESERVER = "10.9.0.53"
FRAMES = 100


def talk():
    """A hundred frames of lengths that differ: questions, answers, two connections with HTTP."""
    builder = Builder()
    for number in range(30):
        question = [(dns_name(f"h{'x' * (number % 7)}{number}.example"), 1, 1)]
        builder.add(udp(CLIENT, 40000 + number, NAMESERVER, 53, dns_message(number, 0x0100, question)))
        if number % 3:
            answer = dns_record(b"\xc0\x0c", 1, 60, bytes([192, 0, 2, number]))
            builder.add(udp(NAMESERVER, 53, CLIENT, 40000 + number, dns_message(number, 0x8180, question, [answer])))
    for port, count in ((41000, 6), (41001, 4)):
        connection = builder.connect(port=port)
        for number in range(count):
            connection.send(0, f"GET /{number} HTTP/1.1\r\nHost: h.example\r\n\r\n".encode())
            connection.send(1, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (number * 40) + b"z" * (number * 40))
        connection.close()
    assert len(builder.capture.frames) >= FRAMES, len(builder.capture.frames)
    builder.capture.frames = builder.capture.frames[:FRAMES]
    return builder.capture


def pcap(order="<", nanoseconds=False):
    """(the file, ends): `ends` are (where a part ends, how many frames are whole then)."""
    capture = talk()
    capture.nanoseconds = nanoseconds
    ends = [(24, 0)]
    for number, frame in enumerate(capture.frames, 1):
        ends.append((ends[-1][0] + 16 + len(frame.data), number))
    return pcapfile.encode(capture, order), ends


def pcapng(order="<"):
    """Three interfaces (microseconds, nanoseconds, powers of two), options, names, statistics, all kinds of packet blocks, and a
    second section in the other byte order."""
    writer = Writer(order)
    frames = talk().frames
    blocks = [(writer.section((1, b"a comment"), (4, b"a test")), 0), (writer.interface(1, 262144, (2, b"eth0")), 0),
              (writer.interface(1, 0, (2, b"eth1"), resolution=NANOSECONDS), 0), (writer.interface(1, 96, resolution=0x94, offset=-60), 0)]
    for number, frame in enumerate(frames, 1):
        if number == FRAMES * 3 // 4:
            writer = Writer(">" if order == "<" else "<")
            blocks += [(writer.section(), 0), (writer.interface(resolution=MICROSECONDS), 0), (writer.interface(resolution=NANOSECONDS), 0),
                       (writer.interface(resolution=0x94, offset=-60), 0)]
        units = (frame.time_ns // 1000, frame.time_ns, (frame.time_ns + 60 * 10**9) * 2**20 // 10**9)[number % 3]
        if number % 11 == 0:
            block = writer.simple(frame.data)
        elif number % 13 == 0:
            block = writer.obsolete(0, frame.time_ns // 1000, frame.data)
        else:
            block = writer.enhanced(number % 3, units, frame.data, *([(1, b"of this frame"), (2, writer.pack("I", 1))] if number % 4 == 0 else []))
        blocks.append((block, 1))
        if number % 20 == 0:
            blocks += [(writer.names((bytes([10, 9, 0, 2]), b"client.example")), 0), (writer.statistics(0, frame.time_ns // 1000, number), 0),
                       (writer.custom(b"whatever"), 0)]
    content, ends, count = b"", [], 0
    for block, frame in blocks:
        content, count = content + block, count + frame
        ends.append((len(content), count))
    return content, ends


def frames_before(ends, length):
    """(how many frames are whole in so many bytes, whether it can be told that something is missing)."""
    count, at_end = 0, False
    for end, number in ends:
        if end > length:
            break
        count, at_end = number, end == length
    return count, not at_end


def plan(content, ends, lengths):
    return [(length, *frames_before(ends, length)) for length in lengths]


def gzip_plan(packed, ends, lengths):
    """What zlib makes of so many compressed bytes is read; the end of a stream that is not there can always be told."""
    rows = []
    for length in lengths:
        inflater = zlib.decompressobj(31)
        there = inflater.decompress(packed[:length])
        rows.append((length, frames_before(ends, len(there))[0], not inflater.eof))
    return rows


def captures():
    """name → (the file as bytes, lengths → plan)."""
    made = {}
    for name, (content, ends) in {
            "pcap": pcap(), "pcap-big-endian": pcap(">"), "pcap-ns": pcap(nanoseconds=True), "pcapng": pcapng(),
            "pcapng-big-endian": pcapng(">")}.items():
        made[name] = (content, lambda lengths, content=content, ends=ends: plan(content, ends, lengths))
    for name, (content, ends) in {"pcap.gz": pcap(), "pcapng.gz": pcapng()}.items():
        packed = gzip.compress(content, 6, mtime=0)
        made[name] = (packed, lambda lengths, packed=packed, ends=ends: gzip_plan(packed, ends, lengths))
    return made
