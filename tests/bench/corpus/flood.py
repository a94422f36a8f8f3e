#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A flood of short conversations, made up, since no server would stand it: flood.py FILE [FLOWS]

70 % a lone SYN, 15 % a SYN that is refused, 5 % a UDP datagram without an answer, 10 % one small HTTP transaction from
handshake to FIN, its frames spread among those of others. The same FLOWS give the same file; checksums are right.
"""

import random
import struct
import sys

CLIENT, SERVER = bytes.fromhex("020000000002"), bytes.fromhex("020000000001")
TCP, UDP = 6, 17
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETHERNET_SHORTEST = 60
AT_ONCE = 2000  # HTTP transactions that are under way

FRAME_HEADER = struct.Struct("<IIII")
IP_HEADER = struct.Struct(">BBHHHBBHII")
TCP_HEADER = struct.Struct(">HHIIBBHHH")
UDP_HEADER = struct.Struct(">HHHH")
ADDRESSES = struct.Struct(">IIBBH")


def checksum(data):
    """RFC 1071. A big-endian number is congruent to the sum of its 16-bit words modulo 65535."""
    if len(data) % 2:
        data += b"\0"
    return 65535 - (int.from_bytes(data, "big") % 65535 or (65535 if any(data) else 0))


class Flood:
    def __init__(self, file, seed):
        self.random = random.Random(seed)
        self.file = file
        self.now = 1_700_000_000_000_000  # microseconds
        self.frames = 0

    def below(self, limit):
        return int(self.random.random() * limit)

    def emit(self, protocol, source, target, payload, from_server):
        """One frame, whose transport header and payload are given."""
        header = IP_HEADER.pack(0x45, 0, 20 + len(payload), self.below(65536), 0x4000, 64 if from_server else 40 + self.below(24),
                                protocol, 0, source, target)
        header = header[:10] + checksum(header).to_bytes(2, "big") + header[12:]
        frame = ((CLIENT + SERVER if from_server else SERVER + CLIENT) + b"\x08\x00" + header + payload).ljust(ETHERNET_SHORTEST, b"\0")
        self.file.write(FRAME_HEADER.pack(self.now // 1_000_000, self.now % 1_000_000, len(frame), len(frame)) + frame)
        self.frames += 1
        self.now += 2 + self.below(5)

    def tcp(self, source, target, flags, sequence, acknowledged, payload=b"", from_server=False):
        """A segment between two ends (address, port), with the options that Linux sends."""
        milliseconds = self.now // 1000 & 0xFFFFFFFF
        if flags & SYN:
            options = struct.pack(">8sII4s", b"\2\4\5\xb4\4\2\x08\x0a", milliseconds, 0, b"\1\3\3\7")
        else:
            options = struct.pack(">4sII", b"\1\1\x08\x0a", milliseconds, 1)
        length = 20 + len(options)
        head = (source[1], target[1], sequence & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF, length // 4 << 4, flags, 64240)
        pseudo = ADDRESSES.pack(source[0], target[0], 0, TCP, length + len(payload))
        total = checksum(pseudo + TCP_HEADER.pack(*head, 0, 0) + options + payload)
        self.emit(TCP, source[0], target[0], TCP_HEADER.pack(*head, total, 0) + options + payload, from_server)

    def udp(self, source, target, payload):
        length = UDP_HEADER.size + len(payload)
        pseudo = ADDRESSES.pack(source[0], target[0], 0, UDP, length)
        total = checksum(pseudo + UDP_HEADER.pack(source[1], target[1], length, 0) + payload) or 65535
        self.emit(UDP, source[0], target[0], UDP_HEADER.pack(source[1], target[1], length, total) + payload, False)

    def transaction(self, client, server):
        """One HTTP transaction; each step of this generator is a frame."""
        asked, answered = self.below(1 << 32), self.below(1 << 32)
        request = (f"GET /p/{self.below(1000000)} HTTP/1.1\r\nHost: flood{self.below(50)}.corp.test\r\n"
                   f"User-Agent: f/{self.below(9)}\r\nAccept: */*\r\nConnection: close\r\n\r\n").encode()
        size = self.below(600)
        response = (f"HTTP/1.1 200 OK\r\nServer: f\r\nContent-Type: text/plain\r\nContent-Length: {size}\r\n"
                    "Connection: close\r\n\r\n").encode() + b"x" * size
        self.tcp(client, server, SYN, asked, 0)
        yield
        self.tcp(server, client, SYN | ACK, answered, asked + 1, from_server=True)
        yield
        self.tcp(client, server, ACK, asked + 1, answered + 1)
        yield
        self.tcp(client, server, PSH | ACK, asked + 1, answered + 1, request)
        yield
        asked += 1 + len(request)
        self.tcp(server, client, PSH | ACK, answered + 1, asked, response, True)
        yield
        answered += 1 + len(response)
        self.tcp(server, client, FIN | ACK, answered, asked, from_server=True)
        yield
        self.tcp(client, server, FIN | ACK, asked, answered + 1)
        yield
        self.tcp(server, client, ACK, answered + 1, asked + 1, from_server=True)

    def probe(self, client, address, kind):
        """A conversation of one or two frames. `kind` is below 0.9."""
        port, sequence = 1 + self.below(10000), self.below(1 << 32)
        if kind < 0.7:
            self.tcp(client, (address, 80), SYN, sequence, 0)
        elif kind < 0.85:
            self.tcp(client, (address, port), SYN, sequence, 0)
            self.tcp((address, port), client, RST | ACK, 0, sequence + 1, from_server=True)
        else:
            self.udp(client, (address, port), self.below(1 << 32).to_bytes(8, "big"))

    def run(self, flows):
        under_way = [iter(()) for _ in range(AT_ONCE)]
        for _ in range(flows):
            # 198.18.0.0/15 is for measuring (RFC 2544), 192.0.2.0/24 for examples.
            client = 0xC6120000 | self.below(1 << 17), 1024 + self.below(64000)
            address = 0xC0000200 | 10 + self.below(40)
            kind = self.random.random()
            if kind < 0.9:
                self.probe(client, address, kind)
            else:
                place = self.below(AT_ONCE)
                for _ in under_way[place]:  # what was there comes to its end
                    pass
                under_way[place] = self.transaction(client, (address, 80))
                next(under_way[place])
            next(under_way[self.below(AT_ONCE)], None)
        for transaction in under_way:
            for _ in transaction:
                pass


def write(path, flows, seed=42):
    """Returns how many frames it has."""
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        made = Flood(file, seed)
        made.run(flows)
    return made.frames


if __name__ == "__main__":
    print(write(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000), "frames")
