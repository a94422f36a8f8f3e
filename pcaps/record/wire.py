#!/usr/bin/env python3
"""A piece of cable that does something to what passes: tags, tunnels, or trouble.

    wire.py NEAR FAR MODE

Joins two interfaces. What comes in at NEAR is packed and goes out at FAR; what comes in at FAR is unpacked and goes out
at NEAR. With such a wire at either end, two hosts talk through a tunnel and know nothing of it. (The kernel has devices
for most of this; this needs none of them, and does the same in every recording.)

Modes: vlan, qinq, mpls, pppoe, snap, gre, gre-key, gretap, ipip, 4in6, 6in4, 6in6, vxlan, geneve, gtp, teredo,
erspan1, erspan2, erspan3, ah, vlan-gre-vxlan; plain; trouble (frames are lost, repeated, overtaken); fragments (those of one
packet arrive in NEAR last one first, the second one twice), fragment-lost (without the second one).
"""
import select
import socket
import struct
import sys
import time

SOL_PACKET, PACKET_AUXDATA, VLAN_VALID, TPID_VALID = 263, 8, 1 << 4, 1 << 6
ENDS = {4: (bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])),
        6: (socket.inet_pton(socket.AF_INET6, "2001:db8::1"), socket.inet_pton(socket.AF_INET6, "2001:db8::2"))}
counter = 0


def internet_sum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2])) + (data[-1] << 8 if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ends_of(frame, version):
    """The tunnel's ends, this one first: the host with the lower address byte is the left one."""
    left, right = ENDS[version]
    return (left, right) if frame[11] < frame[5] else (right, left)


def ip4(frame, protocol, payload):
    global counter
    counter += 1
    source, target = ends_of(frame, 4)
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), counter, 0, 64, protocol, 0) + source + target
    return head[:10] + struct.pack(">H", internet_sum(head)) + head[12:] + payload


def ip6(frame, protocol, payload):
    source, target = ends_of(frame, 6)
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + source + target + payload


def udp(frame, port, payload, source_port=49152):
    source, target = ends_of(frame, 4)
    head = struct.pack(">4H", source_port, port, 8 + len(payload), 0)
    total = internet_sum(source + target + struct.pack(">2H", 17, 8 + len(payload)) + head + payload) or 0xFFFF
    return head[:6] + struct.pack(">H", total) + payload


def ether(frame, kind, payload):
    return frame[:12] + struct.pack(">H", kind) + payload


def over_ip4(frame, protocol, head, inner):
    return ether(frame, 0x0800, ip4(frame, protocol, head + inner))


def over_udp(frame, port, head, inner):
    return ether(frame, 0x0800, ip4(frame, 17, udp(frame, port, head + inner)))


def pack_snap(frame):
    body = b"\xaa\xaa\x03\0\0\0" + frame[12:]
    return frame[:12] + struct.pack(">H", len(body)) + body


def erspan(version, head):
    """ERSPAN I has no header of its own, II has 8 bytes, III has 12; I has no sequence number either."""
    kind = 0x22EB if version == 3 else 0x88BE
    gre = struct.pack(">2H", 0 if version == 1 else 0x1000, kind)

    def pack(frame):
        sequence = b"" if version == 1 else struct.pack(">I", counter)
        return over_ip4(frame, 47, gre + sequence + head, frame)

    return pack, 14 + 20 + len(gre) + (0 if version == 1 else 4) + len(head)


def pack_ah(frame):
    head = struct.pack(">BBHII", 4, 4, 0, 0x100, counter + 1) + bytes(12)
    return over_ip4(frame, 51, head, frame[14:])


def pack_nested(frame):
    inner = over_udp(frame, 4789, b"\x08\0\0\0\0\0\x2a\0", frame)
    return ether(frame, 0x8100, struct.pack(">2H", 10, 0x0800) + ip4(frame, 47, b"\0\0\x08\0" + inner[14:]))


# How each mode packs a frame; where in the packed frame the inner one begins; and whether that is a frame (None)
# or a packet, whose EtherType follows from its first byte.
def modes():
    table = {
        "vlan": (lambda f: f[:12] + b"\x81\0\0\x0a" + f[12:], 16, "tags"),
        "qinq": (lambda f: f[:12] + b"\x88\xa8\0\x14\x81\0\x60\x0a" + f[12:], 20, "tags"),
        "mpls": (lambda f: ether(f, 0x8847, struct.pack(">2I", 100 << 12 | 64, 200 << 12 | 1 << 8 | 64) + f[14:]), 22, "packet"),
        "pppoe": (lambda f: ether(f, 0x8864, struct.pack(">BBHHH", 0x11, 0, 7, len(f) - 12,
                  0x21 if f[12:14] == b"\x08\0" else 0x57) + f[14:]), 22, "packet"),
        "snap": (pack_snap, 20, "tags"),
        "gre": (lambda f: over_ip4(f, 47, b"\0\0" + f[12:14], f[14:]), 38, "packet"),
        "gre-key": (lambda f: over_ip4(f, 47, b"\x30\0" + f[12:14] + b"\0\0\0\x2a" + struct.pack(">I", counter), f[14:]), 46, "packet"),
        "gretap": (lambda f: over_ip4(f, 47, b"\0\0\x65\x58", f), 38, "frame"),
        "ipip": (lambda f: over_ip4(f, 4, b"", f[14:]), 34, "packet"),
        "6in4": (lambda f: over_ip4(f, 41, b"", f[14:]), 34, "packet"),
        "4in6": (lambda f: ether(f, 0x86DD, ip6(f, 4, f[14:])), 54, "packet"),
        "6in6": (lambda f: ether(f, 0x86DD, ip6(f, 41, f[14:])), 54, "packet"),
        "vxlan": (lambda f: over_udp(f, 4789, b"\x08\0\0\0\0\0\x2a\0", f), 50, "frame"),
        "geneve": (lambda f: over_udp(f, 6081, b"\x02\0\x65\x58\0\0\x2a\0\x01\x02\x03\x01\xca\xfe\xca\xfe", f), 58, "frame"),
        "gtp": (lambda f: over_udp(f, 2152, struct.pack(">BBHI", 0x30, 0xFF, len(f) - 14, 42), f[14:]), 50, "packet"),
        "teredo": (lambda f: over_udp(f, 3544, b"", f[14:]), 42, "packet"),
        "ah": (pack_ah, 58, "packet"),
        "vlan-gre-vxlan": (pack_nested, 14 + 4 + 20 + 4 + 20 + 8 + 8, "frame"),
    }
    for version, head in ((1, b""), (2, b"\x10\x0a\0\x2a\0\0\0\x01"), (3, b"\x20\x0a\0\x2a\0\0\x01\0\0\0\0\0")):
        table[f"erspan{version}"] = (*erspan(version, head), "frame")
    return table


def unpack(frame, begin, kind):
    if kind == "frame":
        return frame[begin:]
    if kind == "tags":
        return frame[:12] + frame[begin:]
    return ether(frame, 0x86DD if frame[begin] >> 4 == 6 else 0x0800, frame[begin:])


class Trouble:
    """Loses, repeats and delays frames by counting, so that every recording has the same trouble."""

    def __init__(self):
        self.counts = {}
        self.late = []

    def to_near(self, frame):
        return self.pass_on("down", frame, 13, 17, 11)

    def to_far(self, frame):
        return self.pass_on("up", frame, 19, 31, 23)

    def pass_on(self, way, frame, lost, twice, held):
        kind = way + ("udp" if frame[23] == 17 else "tcp")
        if frame[23] == 17:
            lost, twice, held = (4, 5, 7) if way == "up" else (6, 3, 7)
        number = self.counts[kind] = self.counts.get(kind, 0) + 1
        if number % lost == lost // 2:
            return []
        if way == "down" and number % held == held // 2:
            self.late.append([time.monotonic() + 0.02, 3, frame])
            return []
        out = [frame] * (2 if number % twice == twice // 2 else 1)
        return out + (self.overtaken() if way == "down" else [])

    def overtaken(self):
        """Frames that three others have overtaken."""
        for entry in self.late:
            entry[1] -= 1
        return self.take(lambda entry: entry[1] <= 0)

    def due(self):
        return self.take(lambda entry: entry[0] <= time.monotonic())

    def take(self, ready):
        out = [entry[2] for entry in self.late if ready(entry)]
        self.late = [entry for entry in self.late if not ready(entry)]
        return out


class Fragments:
    """Hands on the fragments of a packet last one first, the second one twice or not at all."""

    def __init__(self, copies):
        self.copies = copies
        self.held = []

    def to_far(self, frame):
        return [frame]

    def to_near(self, frame):
        if frame[12:14] == b"\x08\0":
            field = struct.unpack(">H", frame[20:22])[0]
            piece, last = bool(field & 0x3FFF), not field & 0x2000
        else:
            piece = frame[12:14] == b"\x86\xdd" and frame[20] == 44
            last = piece and not frame[57] & 1
        if not piece:
            return [frame]
        self.held.append(frame)
        if not last:
            return []
        out, self.held = self.held[::-1], []
        return out[:1] + out[1:2] * self.copies + out[2:]

    def due(self):
        return []


class Plain:
    def to_far(self, frame):
        return [frame]

    def to_near(self, frame):
        return [frame]

    def due(self):
        return []


class Tunnel:
    def __init__(self, mode):
        self.pack, self.begin, self.kind = modes()[mode]

    def to_far(self, frame):
        return [self.pack(frame)]

    def to_near(self, frame):
        return [unpack(frame, self.begin, self.kind)]

    def due(self):
        return []


def attach(interface):
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    link.bind((interface, 3))
    link.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return link


def receive(link):
    """The next frame that came in, with the tag that the kernel took off put back; None for one that we sent."""
    frame, extra, _, address = link.recvmsg(65536, 256)
    if address[2] == socket.PACKET_OUTGOING:
        return None
    for level, kind, data in extra:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, _, _, _, _, tag, protocol = struct.unpack("IIIHHHH", data)
            if status & VLAN_VALID:
                frame = frame[:12] + struct.pack(">2H", protocol if status & TPID_VALID else 0x8100, tag) + frame[12:]
    return frame


def main():
    near, far = attach(sys.argv[1]), attach(sys.argv[2])
    mode = sys.argv[3]
    special = {"plain": Plain, "trouble": Trouble, "fragments": lambda: Fragments(2), "fragment-lost": lambda: Fragments(0)}
    wire = special[mode]() if mode in special else Tunnel(mode)
    print("joined", flush=True)
    while True:
        for link in select.select([near, far], [], [], 0.005)[0]:
            frame = receive(link)
            if frame is None:
                continue
            out, target = (wire.to_far(frame), far) if link is near else (wire.to_near(frame), near)
            for piece in out:
                target.send(piece)
        for piece in wire.due():
            near.send(piece)


if __name__ == "__main__":
    main()
