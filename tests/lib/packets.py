# SPDX-License-Identifier: BSD-3-Clause
"""Taking frames apart as far as TCP and UDP, and putting them together again with right lengths and checksums."""

import ipaddress
import struct
from dataclasses import dataclass, replace

import pcapfile

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
IPV6_HOP_BY_HOP, IPV6_ROUTING, IPV6_FRAGMENT, IPV6_DESTINATION = 0, 43, 44, 60
ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_VLAN, ETHERTYPE_QINQ = 0x0800, 0x86DD, 0x8100, 0x88A8


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text):
    return ipaddress.ip_address(text).packed


def link_header_length(link, data):
    """(bytes before the IP header, IP version), or None where it is no IP that we take apart."""
    if link == pcapfile.RAW:
        return (0, data[0] >> 4) if data else None
    if link == pcapfile.ETHERNET:
        at = 12
    elif link == pcapfile.LINUX_SLL:
        at = 14
    elif link == pcapfile.LINUX_SLL2:
        at = 0
    else:
        return None
    kind = int.from_bytes(data[at:at + 2], "big")
    end = 20 if link == pcapfile.LINUX_SLL2 else at + 2
    while kind in (ETHERTYPE_VLAN, ETHERTYPE_QINQ):
        kind = int.from_bytes(data[end + 2:end + 4], "big")
        end += 4
    version = {ETHERTYPE_IPV4: 4, ETHERTYPE_IPV6: 6}.get(kind)
    return (end, version) if version and len(data) > end and data[end] >> 4 == version else None


@dataclass
class Packet:
    """An IP packet: what is before it, its header (with options or extension headers), and what it carries."""
    link_header: bytes
    ip_header: bytes
    protocol: int
    body: bytes
    is_fragment: bool = False
    tags: bytes = b""  # of VLANs: what tells apart conversations with the same addresses

    @property
    def version(self):
        return self.ip_header[0] >> 4

    @property
    def addresses(self):
        return (self.ip_header[12:16], self.ip_header[16:20]) if self.version == 4 else (
            self.ip_header[8:24], self.ip_header[24:40])

    def encode(self):
        header = bytearray(self.ip_header)
        if self.version == 4:
            header[2:4] = struct.pack("!H", len(header) + len(self.body))
            header[10:12] = b"\0\0"
            header[10:12] = struct.pack("!H", checksum(bytes(header)))
        else:
            header[4:6] = struct.pack("!H", len(header) - 40 + len(self.body))
        return self.link_header + bytes(header) + self.body

    def pseudo_header(self, length):
        source, destination = self.addresses
        if self.version == 4:
            return source + destination + struct.pack("!BBH", 0, self.protocol, length)
        return source + destination + struct.pack("!IHBB", length, 0, 0, self.protocol)

    def with_transport(self, header, payload, checksum_at):
        """The same packet around another TCP or UDP header and payload, the checksum computed; one that a network card was to
        fill in is left to it, and a wrong one stays wrong."""
        before = int.from_bytes(self.body[checksum_at:checksum_at + 2], "big")
        wrong = checksum(self.pseudo_header(len(self.body)) + self.body)
        body = bytearray(header + payload)
        body[checksum_at:checksum_at + 2] = b"\0\0"
        value = checksum(self.pseudo_header(len(body)) + bytes(body))
        if wrong and before == ~checksum(self.pseudo_header(len(self.body))) & 0xFFFF:
            value = ~checksum(self.pseudo_header(len(body))) & 0xFFFF
        elif wrong:
            value ^= wrong
        body[checksum_at:checksum_at + 2] = struct.pack("!H", value or 0xFFFF if self.protocol == UDP else value)
        return replace(self, body=bytes(body))


def parse_ipv6_extensions(data, at):
    """(end of the extension headers, protocol, whether a fragment header is among them)."""
    protocol, end, is_fragment = data[at + 6], at + 40, False
    while protocol in (IPV6_HOP_BY_HOP, IPV6_ROUTING, IPV6_DESTINATION, IPV6_FRAGMENT) and end + 8 <= len(data):
        is_fragment = is_fragment or protocol == IPV6_FRAGMENT
        length = 8 if protocol == IPV6_FRAGMENT else (data[end + 1] + 1) * 8
        protocol, end = data[end], end + length
    return end, protocol, is_fragment


def parse(link, data):
    """The IP packet of a frame, or None."""
    found = link_header_length(link, data)
    if not found:
        return None
    at, version = found
    if version == 4:
        if len(data) < at + 20 or data[at] & 15 < 5:
            return None
        header_end = at + (data[at] & 15) * 4
        end = at + int.from_bytes(data[at + 2:at + 4], "big")
        is_fragment = (int.from_bytes(data[at + 6:at + 8], "big") & 0x3FFF) != 0
        protocol = data[at + 9]
    else:
        if len(data) < at + 40:
            return None
        end = at + 40 + int.from_bytes(data[at + 4:at + 6], "big")
        header_end, protocol, is_fragment = parse_ipv6_extensions(data, at)
    if header_end > end or end > len(data):
        return None
    tags = data[12:at] if link == pcapfile.ETHERNET else b""
    return Packet(data[:at], data[at:header_end], protocol, data[header_end:end], is_fragment, tags)


@dataclass
class Segment:
    """A TCP segment and the packet around it."""
    packet: Packet
    source_port: int
    destination_port: int
    sequence: int
    acknowledgment: int
    flags: int
    header: bytes
    payload: bytes

    @property
    def side(self):
        source, destination = self.packet.addresses
        return self.packet.tags, source, self.source_port, destination, self.destination_port

    @property
    def answered(self):
        """The side that it speaks to."""
        source, destination = self.packet.addresses
        return self.packet.tags, destination, self.destination_port, source, self.source_port

    @property
    def connection(self):
        source, destination = self.packet.addresses
        ends = sorted([(source, self.source_port), (destination, self.destination_port)])
        return (self.packet.tags, *ends)

    def encode(self, sequence, flags, payload):
        header = bytearray(self.header)
        header[4:8] = struct.pack("!I", sequence & 0xFFFFFFFF)
        header[13] = flags
        return self.packet.with_transport(bytes(header), payload, 16).encode()


def parse_tcp(packet):
    if packet is None or packet.protocol != TCP or packet.is_fragment or len(packet.body) < 20:
        return None
    source, destination, sequence, acknowledgment, offset, flags = struct.unpack("!HHIIBB", packet.body[:14])
    header_length = (offset >> 4) * 4
    if header_length < 20 or header_length > len(packet.body):
        return None
    return Segment(packet, source, destination, sequence, acknowledgment, flags, packet.body[:header_length],
                   packet.body[header_length:])


# Building from nothing.

CLIENT, SERVER = "10.9.0.2", "10.9.0.80"


def ethernet(kind, payload):
    return b"\x02\0\0\0\0\x80\x02\0\0\0\0\x02" + struct.pack("!H", kind) + payload


def ip(source, destination, protocol, payload, *, identification=0, fragment=0, ttl=64):
    """IPv4 or IPv6, by the addresses. `fragment`: the flags and offset field of IPv4."""
    source, destination = address(source), address(destination)
    if len(source) == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, ttl, protocol, 0)
        header += source + destination
        return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload
    return struct.pack("!IHBB", 0x60000000, len(payload), protocol, ttl) + source + destination + payload


def in_ethernet(packet):
    return ethernet(ETHERTYPE_IPV4 if packet[0] >> 4 == 4 else ETHERTYPE_IPV6, packet)


def pseudo(source, destination, protocol, length):
    source, destination = address(source), address(destination)
    if len(source) == 4:
        return source + destination + struct.pack("!BBH", 0, protocol, length)
    return source + destination + struct.pack("!IHBB", length, 0, 0, protocol)


def udp(source, source_port, destination, destination_port, payload):
    header = struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0)
    value = checksum(pseudo(source, destination, UDP, len(header) + len(payload)) + header + payload) or 0xFFFF
    return ip(source, destination, UDP, header[:6] + struct.pack("!H", value) + payload)


def tcp(source, source_port, destination, destination_port, sequence, acknowledgment, flags, payload=b"", options=b""):
    header = struct.pack("!HHIIBBHHH", source_port, destination_port, sequence & 0xFFFFFFFF,
                         acknowledgment & 0xFFFFFFFF, (20 + len(options)) // 4 << 4, flags, 64240, 0, 0) + options
    value = checksum(pseudo(source, destination, TCP, len(header) + len(payload)) + header + payload)
    return ip(source, destination, TCP, header[:16] + struct.pack("!H", value) + header[18:] + payload)


def dns_name(name):
    return b"".join(bytes([len(label)]) + label for label in name.encode().split(b".") if label) + b"\0"


def dns_message(identification, flags, questions, answers=(), authorities=(), additionals=()):
    """Questions: (name bytes, type, class); records: bytes as they go on the wire."""
    message = struct.pack("!HHHHHH", identification, flags, len(questions), len(answers), len(authorities),
                          len(additionals))
    for name, kind, family in questions:
        message += name + struct.pack("!HH", kind, family)
    return message + b"".join(answers) + b"".join(authorities) + b"".join(additionals)


def dns_record(name, kind, ttl, data, family=1):
    return name + struct.pack("!HHIH", kind, family, ttl, len(data)) + data


class Builder:
    """A capture in the making: a millisecond a frame, Ethernet."""

    def __init__(self, start_ns=1_700_000_000 * 10**9):
        self.capture = pcapfile.Capture()
        self.now = start_ns

    def add(self, packet, *, step_ns=10**6, wire_length=-1):
        self.capture.frames.append(pcapfile.Frame(self.now, in_ethernet(packet), wire_length))
        self.now += step_ns

    def add_frame(self, data, *, step_ns=10**6):
        self.capture.frames.append(pcapfile.Frame(self.now, data))
        self.now += step_ns

    def connect(self, port=40000, server_port=80, client=CLIENT, server=SERVER):
        return Connection(self, client, port, server, server_port)


class Connection:
    """A TCP connection that knows its own numbers. Opens with the three-way handshake."""

    def __init__(self, builder, client, port, server, server_port, *, handshake=True):
        self.builder = builder
        self.ends = ((client, port), (server, server_port))
        self.next = [1000, 5000]
        if handshake:
            self.segment(0, SYN)
            self.segment(1, SYN | ACK)
            self.segment(0, ACK)

    def raw(self, side, sequence, flags, payload=b""):
        """One segment with a given sequence number; the connection's own numbers stay."""
        source, destination = self.ends[side], self.ends[1 - side]
        acknowledgment = self.next[1 - side] if flags & ACK else 0
        self.builder.add(tcp(*source, *destination, sequence, acknowledgment, flags, payload))

    def segment(self, side, flags, payload=b""):
        self.raw(side, self.next[side], flags, payload)
        self.next[side] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def send(self, side, payload, size=1400):
        """In segments, each acknowledged."""
        for at in range(0, len(payload), size):
            self.segment(side, PSH | ACK, payload[at:at + size])
            self.segment(1 - side, ACK)

    def close(self):
        self.segment(0, FIN | ACK)
        self.segment(1, FIN | ACK)
        self.segment(0, ACK)
