#!/usr/bin/env python3
"""One side of a conversation that says exactly what it is told to, when it is told to.

    talk.py tcp|udp ADDRESS PORT [SOURCE-PORT]  < steps     connects
    talk.py serve ADDRESS PORT                  < steps     listens; the step `accept` takes the next connection

One step a line:
    send TEXT           bytes, with the escapes \\r \\n \\t \\\\ \\xNN
    fill COUNT TEXT     the text again and again, that many bytes of it
    question ID NAME TYPE-NUMBER    a DNS query (with its length before it on TCP)
    pause SECONDS
    until TEXT          reads until this has come
    read BYTES          reads that many
    rest                reads until the other side has ended
    shut                ends our side
    close               goes away
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


class Side:
    def __init__(self, kind, address, port, source=None):
        self.held = b""
        self.link = self.door = None
        self.stream = kind != "udp"
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        end = socket.socket(family, socket.SOCK_STREAM if self.stream else socket.SOCK_DGRAM)
        if kind == "serve" or source:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == "serve":
            end.bind((address, int(port)))
            end.listen(8)
            self.door = end
            return
        if source:
            end.bind(("::" if ":" in address else "0.0.0.0", int(source)))
        end.settimeout(10)
        end.connect((address, int(port)))
        self.take(end)

    def take(self, link):
        self.link = link
        self.held = b""
        link.settimeout(10)
        if self.stream:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def accept(self, _):
        self.take(self.door.accept()[0])

    def send(self, rest):
        self.link.sendall(unescape(rest))

    def fill(self, rest):
        count, _, text = rest.partition(" ")
        pattern = unescape(text)
        self.link.sendall((pattern * (int(count) // len(pattern) + 1))[: int(count)])

    def question(self, rest):
        message = question(*rest.split())
        self.link.sendall((struct.pack(">H", len(message)) if self.stream else b"") + message)

    def pause(self, rest):
        time.sleep(float(rest))

    def more(self):
        data = self.link.recv(65536)
        sys.stdout.buffer.write(data)
        self.held += data
        return bool(data)

    def until(self, rest):
        mark = unescape(rest)
        while mark not in self.held and self.more():
            pass
        self.held = self.held.partition(mark)[2]

    def read(self, rest):
        while len(self.held) < int(rest) and self.more():
            pass
        self.held = self.held[int(rest):]

    def rest(self, _):
        while self.more():
            pass

    def shut(self, _):
        self.link.shutdown(socket.SHUT_WR)

    def close(self, _):
        self.link.close()

    def reset(self, _):
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.link.close()


STEPS = {"accept", "send", "fill", "question", "pause", "until", "read", "rest", "shut", "close", "reset"}


def main():
    side = Side(*sys.argv[1:])
    for line in sys.stdin:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb in STEPS:
            try:
                getattr(side, verb)(rest)
            except TimeoutError:
                sys.exit(f"in vain: {line}")
        elif verb:
            sys.exit(f"talk.py: what is '{verb}'?")


if __name__ == "__main__":
    main()
