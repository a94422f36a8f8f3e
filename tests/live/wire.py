# SPDX-License-Identifier: BSD-3-Clause
"""A cable (a TUN device) whose one end is this machine's own kernel and whose other end is this program: packets are written
by hand, and what the kernel makes of them can be read from its sockets. All that passes is kept as a capture."""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import packets
import pcapfile
from packets import ACK, ICMPV6, PSH, SYN, tcp

HOST, PEER = "10.9.0.80", "10.9.0.2"  # the kernel, and whom we play
HOST6, PEER6 = "fd09::80", "fd09::2"
PORT = 9999
WINDOW_SCALE = b"\2\4\x05\xb4\1\3\3\7"  # with a segment size, as everybody has it
SACK = b"\2\4\x05\xb4\4\2\1\1"
MILLISECOND = 10**6


def stamp(value):
    return b"\1\1\x08\x0a" + struct.pack("!II", value, 0)


def with_stamp(value):
    return b"\2\4\x05\xb4" + stamp(value)


class Wire:
    def __init__(self, name="wire"):
        tunsetiff, tun_without_header = 0x400454CA, 0x1001
        self.device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.device, tunsetiff, struct.pack("16sH14x", name.encode(), tun_without_header))
        for words in ("link set lo up", f"addr add {HOST}/24 dev {name}", f"-6 addr add {HOST6}/64 dev {name} nodad",
                      f"link set {name} up"):
            subprocess.run(["ip", *words.split()], check=True)
        self.capture = pcapfile.Capture(link=pcapfile.RAW)
        self.now = 1_700_000_000 * 10**9

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.device)

    def keep(self, packet):
        self.capture.frames.append(pcapfile.Frame(self.now, packet))
        self.now += MILLISECOND

    def send(self, packet):
        """The kernel has dealt with it when this returns; returns what it answers."""
        self.keep(packet)
        os.write(self.device, packet)
        return self.answers()

    def answers(self):
        found = []
        while True:
            try:
                packet = os.read(self.device, 1 << 17)
            except BlockingIOError:
                return found
            if not (packet[0] >> 4 == 6 and packet[6] in (0, ICMPV6)):  # neighbours and listeners are no matter here
                self.keep(packet)
                found.append(packet)


def segments(answers):
    return [segment for segment in (packets.parse_tcp(packets.parse(pcapfile.RAW, packet)) for packet in answers) if segment]


def everything_from(connection):
    """What can be read without waiting, and `ends` where that is an end or an error."""
    found = b""
    while True:
        try:
            more = connection.recv(1 << 16)
        except BlockingIOError:
            return found, None
        except OSError as error:
            return found, error.errno
        if not more:
            return found, "end"
        found += more


class Talk:
    """A TCP connection to the kernel; places are counted from our first byte."""

    def __init__(self, wire, listener, port, *, options=WINDOW_SCALE, syn_data=b"", finish=True, isn=1000):
        self.wire, self.port = wire, port
        self.isn, self.acknowledges, self.socket = isn, 0, None
        answer = segments(self.segment(-1, syn_data, SYN, options))
        self.acknowledged = answer[-1].acknowledgment - self.isn - 1
        self.acknowledges = answer[-1].sequence + 1
        if finish:
            self.segment(0, b"", ACK, stamp(1000) if options == with_stamp(1000) else b"")
            self.accept(listener)

    def accept(self, listener):
        self.socket = listener.accept()[0]
        self.socket.setblocking(False)

    def segment(self, place, data=b"", flags=ACK | PSH, options=b""):
        acknowledges = self.acknowledges if flags & ACK else 0
        return self.wire.send(tcp(PEER, self.port, HOST, PORT, self.isn + 1 + place, acknowledges, flags, data, options))

    def changed(self, place, data, change):
        """A segment, changed by hand before its checksum is computed."""
        packet = bytearray(tcp(PEER, self.port, HOST, PORT, self.isn + 1 + place, self.acknowledges, ACK | PSH, data))
        change(packet)
        packet[36:38] = b"\0\0"
        body = bytes(packet[20:])
        packet[36:38] = struct.pack("!H", packets.checksum(packets.pseudo(PEER, HOST, packets.TCP, len(body)) + body))
        return self.wire.send(bytes(packet))

    def urgent(self, place, data, pointer):
        def change(packet):
            packet[33] |= packets.URG
            packet[38:40] = struct.pack("!H", pointer)
        return self.changed(place, data, change)

    def read(self):
        return everything_from(self.socket)


def listen(port=PORT):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(100)
    return listener
