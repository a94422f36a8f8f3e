#!/usr/bin/env python3
"""Says one DNS message to everybody on the link (mDNS, LLMNR), or to one of them.

    multicast.py ADDRESS PORT SOURCE-PORT [wait=SECONDS] [id=N] [flags=N] RECORD...

A record is one argument (~ is a space):
    "? NAME TYPE"                                   a question; TYPE/QU asks for an answer to us alone
    "an NAME TYPE TTL DATA...", also ns and ar      a record; TYPE/FLUSH says that it replaces what was known
With wait=, the socket stays open that long, as that of a program that expects an answer would.
"""
import socket
import struct
import sys
import time

TYPES = {"A": 1, "PTR": 12, "TXT": 16, "AAAA": 28, "SRV": 33, "NSEC": 47, "ANY": 255}


class Message:
    def __init__(self):
        self.body = b""
        self.names = {}

    def name(self, text):
        """A name, compressed against those already written (offsets count from after the header)."""
        out = b""
        labels = text.rstrip(".").split(".")
        while labels:
            tail = ".".join(labels)
            if tail in self.names:
                return out + struct.pack(">H", 0xC000 | self.names[tail])
            self.names[tail] = 12 + len(self.body) + len(out)
            label = labels.pop(0).replace("~", " ").encode()
            out += bytes([len(label)]) + label
        return out + b"\0"

    def question(self, name, rr_type):
        kind, _, mark = rr_type.partition("/")
        self.body += self.name(name)
        self.body += struct.pack(">2H", TYPES[kind], 0x8001 if mark == "QU" else 1)

    def record(self, name, rr_type, ttl, *data):
        kind, _, mark = rr_type.partition("/")
        self.body += self.name(name)
        self.body += struct.pack(">2HI", TYPES[kind], 0x8001 if mark == "FLUSH" else 1, int(ttl))
        place = len(self.body)
        self.body += b"\0\0"
        rest = self.data(kind, data)  # may itself write what comes before a name
        self.body += rest
        length = len(self.body) - place - 2
        self.body = self.body[:place] + struct.pack(">H", length) + self.body[place + 2:]

    def data(self, kind, data):
        if kind == "A":
            return socket.inet_aton(data[0])
        if kind == "AAAA":
            return socket.inet_pton(socket.AF_INET6, data[0])
        if kind == "PTR":
            return self.name(data[0])
        if kind == "TXT":
            return b"".join(bytes([len(text)]) + text.replace("~", " ").encode() for text in data) or b"\0"
        if kind == "SRV":
            self.body += struct.pack(">3H", *map(int, data[:3]))
            return self.name(data[3])
        bits = bytearray(32)
        for other in data[1:]:
            bits[TYPES[other] // 8] |= 0x80 >> TYPES[other] % 8
        used = bytes(bits).rstrip(b"\0")
        self.body += self.name(data[0])
        return bytes([0, len(used)]) + used


def socket_for(address, source_port):
    six = ":" in address
    link = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    link.bind(("::" if six else "0.0.0.0", source_port))
    ttl = 255 if source_port == 5353 else 1
    if six:
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
        link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
    else:
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255 if source_port == 5353 else 64)
    return link


def main():
    address, port, source_port, *rest = sys.argv[1:]
    settings = {"wait": "0", "id": "0", "flags": "0"}
    message = Message()
    counts = {"?": 0, "an": 0, "ns": 0, "ar": 0}
    for argument in rest:
        section, _, text = argument.partition(" ")
        if not text:
            settings.update([argument.split("=")])
            continue
        counts[section] += 1
        (message.question if section == "?" else message.record)(*text.split())
    link = socket_for(address, int(source_port))
    head = struct.pack(">6H", int(settings["id"], 0), int(settings["flags"], 0), *counts.values())
    link.sendto(head + message.body, (address, int(port)))
    time.sleep(float(settings["wait"]))


if __name__ == "__main__":
    main()
