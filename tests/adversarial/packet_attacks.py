# SPDX-License-Identifier: BSD-3-Clause
"""Frames that nest, fragments that do not fit, headers that lie, clocks that go back."""

import struct

from packets import (CLIENT, ETHERTYPE_IPV4, ETHERTYPE_VLAN, UDP, Builder, dns_message, dns_name, dns_record, ethernet, in_ethernet,
                     ip, udp)

NAMESERVER = "10.9.0.53"
QUERY = dns_message(7, 0x0100, [(dns_name("www.example.org"), 1, 1)])
DATAGRAM = udp(CLIENT, 40000, NAMESERVER, 53, QUERY)


def tagged(depth):
    payload = DATAGRAM
    frame = ethernet(ETHERTYPE_VLAN if depth else ETHERTYPE_IPV4, b"")
    for i in range(depth):
        frame += struct.pack("!HH", i + 1, ETHERTYPE_VLAN if i + 1 < depth else ETHERTYPE_IPV4)
    return frame + payload


def nested(depth):
    packet = DATAGRAM
    for i in range(depth):
        packet = ip("192.0.2.1", "192.0.2.2", 4, packet)
    return in_ethernet(packet)


def too_deep(cases):
    for name, frame, decoded in (("vlan-8", tagged(8), True), ("vlan-40", tagged(40), False), ("vlan-300", tagged(300), False),
                                 ("tunnel-8", nested(8), True), ("tunnel-9", nested(9), False),
                                 ("tunnel-60", nested(60), False)):
        builder = Builder()
        builder.add_frame(frame)
        found = cases.look(name, builder)
        cases.equal(found.values("dns", "dns.question.name"), ["www.example.org"] if decoded else [], f"{name}: what is inside")
        cases.equal(found.anomalies, {} if decoded else {"decode.too_deep": 1}, f"{name}: anomalies")


def fragment(identification, offset, more, payload, source=CLIENT):
    return ip(source, NAMESERVER, UDP, payload, identification=identification, fragment=(0x2000 if more else 0) | offset // 8)


def fragment_flood(cases):
    """First pieces of datagrams that never become whole."""
    builder, count = Builder(), 20_000
    for i in range(count):
        builder.add(fragment(i & 0xFFFF, 0, True, b"z" * 1400, f"198.18.{i >> 8 & 255}.{i & 255}"), step_ns=1000)
    found = cases.look("fragment-flood", builder)
    cases.equal(found.datasets, {}, "fragment-flood: nothing came of it")
    cases.equal(found.stops, {"fragment, waiting": count}, "fragment-flood: all wait")
    cases.check(found.summary["memory"]["peak"] < 20 << 20, "fragment-flood: memory", found.summary["memory"])


def too_many_pieces(cases):
    """A datagram in 8-byte pieces, more of them than are kept."""
    data = DATAGRAM[20:] + b"\0" * 4000
    builder = Builder()
    for at in range(0, len(data), 8):
        builder.add(fragment(7, at, at + 8 < len(data), data[at:at + 8]))
    found = cases.look("fragment-pieces", builder)
    cases.equal(found.anomalies.get("ip.fragments_limit"), len(data) // 8 // 129, "fragment-pieces: the limit is told each time")
    cases.equal(found.of("dns"), [], "fragment-pieces: given up")


def fragment_overlap(cases):
    """Two pieces that disagree about the same bytes, before the last one comes."""
    body = DATAGRAM[20:]
    builder = Builder()
    builder.add(fragment(7, 0, True, body[:24]))
    builder.add(fragment(7, 16, True, b"\xee" * 8))
    builder.add(fragment(7, 24, False, body[24:]))
    found = cases.look("fragment-overlap", builder)
    cases.equal(found.anomalies, {"ip.fragment_overlap": 1}, "fragment-overlap: one anomaly")


def fragment_beyond_the_end(cases):
    """The ping of death: a piece that reaches beyond 65535."""
    builder = Builder()
    builder.add(fragment(7, 0, True, DATAGRAM[20:44]))
    builder.add(fragment(7, 65528, False, b"x" * 64))
    found = cases.look("fragment-too-long", builder)
    cases.equal(found.anomalies, {"ip.fragment_too_long": 1}, "fragment-too-long: one anomaly")


def lying_lengths(cases):
    """Lengths in headers that do not fit the frame; each combination once, no crash, everything accounted for."""
    builder = Builder()
    frame = bytearray(in_ethernet(DATAGRAM))
    for at in (14, 16, 17, 38, 39, 20, 21, 23):  # version and length, total length, UDP length, flags and offset, protocol
        for value in range(0, 256, 5):
            changed = bytearray(frame)
            changed[at] = value
            builder.add_frame(bytes(changed))
    found = cases.look("lying-lengths", builder)
    cases.check(found.stops.get("decoded", 0) > 0, "lying-lengths: some are good enough", found.stops)


def cut_frames(cases):
    """A snap length of each possible size: used as far as it goes, marked incomplete, never called malformed."""
    frame = in_ethernet(DATAGRAM)
    builder = Builder()
    for length in range(len(frame) + 1):
        builder.add_frame(frame[:length])
        builder.capture.frames[-1].wire_length = len(frame)
    found = cases.look("cut-frames", builder)
    cases.equal(found.stops.get("malformed", 0), 0, "cut-frames: the sender is not blamed")
    cases.equal({name for name in found.anomalies if name.endswith((".bad_length", ".malformed"))}, set(),
                "cut-frames: no anomaly that blames the sender")


def clock_goes_back(cases):
    """The answer is five seconds older than its query."""
    builder = Builder()
    builder.add(DATAGRAM, step_ns=-5 * 10**9)
    answer = dns_message(7, 0x8180, [(dns_name("www.example.org"), 1, 1)], [dns_record(b"\xc0\x0c", 1, 60, b"\1\2\3\4")])
    builder.add(udp(NAMESERVER, 53, CLIENT, 40000, answer), step_ns=3600 * 10**9)
    builder.add(udp(CLIENT, 40001, NAMESERVER, 53, QUERY), step_ns=-3601 * 10**9)
    builder.add(udp(NAMESERVER, 53, CLIENT, 40001, answer))
    found = cases.look("clock", builder)
    cases.equal(found.datasets, {"dns": 2, "flow": 2}, "clock: both transactions")
    durations = [record["event"].get("duration", 0) for record in found.records]
    cases.check(all(duration >= 0 for duration in durations), "clock: no time is negative", durations)


def extreme_clocks(cases):
    """The first and the last second that a pcap file can name."""
    for name, start in (("clock-1970", 0), ("clock-2106", (2**32 - 2) * 10**9)):
        builder = Builder(start)
        builder.add(DATAGRAM)
        found = cases.look(name, builder)
        year = {"clock-1970": "1970-01-01T00:00:00.000000Z", "clock-2106": "2106-02-07T06:28:14.000000Z"}[name]
        cases.equal(found.values("dns", "@timestamp"), [year], f"{name}: the time")


TESTS = (too_deep, fragment_flood, too_many_pieces, fragment_overlap, fragment_beyond_the_end, lying_lengths, cut_frames, clock_goes_back,
         extreme_clocks)
