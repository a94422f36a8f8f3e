#!/usr/bin/env python3
"""talk.py for FTP: beside its steps those for a data connection.

    passive             connects to where the last 227 or 229 says
    port | eprt         listens, and tells the other side where with PORT or EPRT; `take` accepts
    take
    get [BYTES]         reads the data connection to its end, or that many bytes, and prints how many came
    put FILE [BYTES]    sends a file, or its first bytes
    done                ends the data connection
    drop                ends it with a RST
    urgent TEXT         sends TEXT, its last byte as TCP urgent data (what Telnet calls a Synch)
"""
import re
import socket
import struct
import sys

import talk


class FtpSide(talk.Side):
    heard = b""
    data = ear = None

    def more(self):
        before = len(self.held)
        alive = super().more()
        self.heard = (self.heard + self.held[before:])[-4000:]
        return alive

    def connect(self, address, port):
        self.data = socket.create_connection((address, port), 10)

    def passive(self, _):
        four = re.findall(rb"227 [^\r\n]*?(\d+,\d+,\d+,\d+),(\d+),(\d+)", self.heard)
        six = re.findall(rb"229 [^\r\n]*\(\|\|\|(\d+)\|\)", self.heard)
        self.heard = b""
        if six:
            self.connect(self.link.getpeername()[0], int(six[-1]))
        else:
            address, high, low = four[-1]
            self.connect(address.decode().replace(",", "."), int(high) * 256 + int(low))

    def listen(self):
        address = self.link.getsockname()[0]
        self.ear = socket.socket(self.link.family, socket.SOCK_STREAM)
        self.ear.settimeout(10)
        self.ear.bind((address, 0))
        self.ear.listen(1)
        return address, self.ear.getsockname()[1]

    def port(self, _):
        address, port = self.listen()
        where = ",".join(address.split(".") + [str(port // 256), str(port % 256)])
        self.link.sendall(f"PORT {where}\r\n".encode())

    def eprt(self, _):
        address, port = self.listen()
        kind = 2 if ":" in address else 1
        self.link.sendall(f"EPRT |{kind}|{address}|{port}|\r\n".encode())

    def take_data(self, _):
        self.data = self.ear.accept()[0]
        self.ear.close()

    def get(self, rest):
        wanted = int(rest) if rest else None
        count = 0
        while wanted is None or count < wanted:
            piece = self.data.recv(65536 if wanted is None else min(65536, wanted - count))
            if not piece:
                break
            count += len(piece)
        print(f"[{count} bytes of data]")

    def put(self, rest):
        name, _, count = rest.partition(" ")
        with open(name, "rb") as file:
            self.data.sendall(file.read(int(count)) if count else file.read())

    def done(self, _):
        self.data.close()

    def drop(self, _):
        self.data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.data.close()

    def urgent(self, rest):
        self.link.send(talk.unescape(rest), socket.MSG_OOB)


STEPS = talk.STEPS | {"passive", "port", "eprt", "take", "get", "put", "done", "drop", "urgent"}


def main():
    side = FtpSide(*sys.argv[1:])
    for line in sys.stdin:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb in STEPS:
            try:
                getattr(side, {"take": "take_data"}.get(verb, verb))(rest)
            except TimeoutError:
                sys.exit(f"in vain: {line}")
        elif verb:
            sys.exit(f"ftp-talk.py: what is '{verb}'?")


if __name__ == "__main__":
    main()
