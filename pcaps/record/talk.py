#!/usr/bin/env python3
"""A client that says exactly what it is told to, when it is told to.

    talk.py tcp|udp ADDRESS PORT [SOURCE-PORT]  < steps

One step a line:
    send TEXT           bytes, with the escapes \\r \\n \\t \\\\ \\xNN
    question ID NAME TYPE-NUMBER    a DNS query (with its length before it on TCP)
    pause SECONDS
    until TEXT          reads until this has come
    read BYTES          reads that many
    rest                reads until the other side has ended
    shut                ends our side
    reset               goes away with a RST
"""
import codecs
import socket
import struct
import sys
import time


def unescape(text):
    return codecs.decode(text.encode("latin-1"), "unicode_escape").encode("latin-1")


def question(number, name, rr_type):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return struct.pack(">6H", int(number), 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", int(rr_type), 1)


def receive(link, held):
    data = link.recv(65536)
    sys.stdout.buffer.write(data)
    return held + data, bool(data)


def main():
    kind, address, port, *source = sys.argv[1:]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    link = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    link.settimeout(10)
    if source:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        link.bind(("::" if ":" in address else "0.0.0.0", int(source[0])))
    link.connect((address, int(port)))
    if kind == "tcp":
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    held = b""
    for line in sys.stdin:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "send":
            link.sendall(unescape(rest))
        elif verb == "question":
            message = question(*rest.split())
            link.sendall((struct.pack(">H", len(message)) if kind == "tcp" else b"") + message)
        elif verb == "pause":
            time.sleep(float(rest))
        elif verb in ("until", "read"):
            more = True
            mark = unescape(rest)
            while more and (mark not in held if verb == "until" else len(held) < int(rest)):
                held, more = receive(link, held)
            held = held.partition(mark)[2] if verb == "until" else held[int(rest):]
        elif verb == "rest":
            more = True
            while more:
                held, more = receive(link, held)
        elif verb == "shut":
            link.shutdown(socket.SHUT_WR)
        elif verb == "reset":
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.close()
            return
        elif verb:
            sys.exit(f"talk.py: what is '{verb}'?")
    link.close()


if __name__ == "__main__":
    main()
