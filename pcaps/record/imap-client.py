#!/usr/bin/env python3
"""An IMAP client that says what it is told to, waits for each answer, and can compress.

    imap-client.py ADDRESS [PORT] < lines

A line is one command without its tag; `{}` in it becomes a literal of the file named at the line's end after ` < `, as in
`APPEND Sent {} < FILE`, with several files for several `{}`, and `{+}` a literal that waits for nobody. Other lines:
    & LINE          says it together with what follows, without waiting for the answer
    - LINE          says it as it is, without a tag (DONE)
    ~ TEXT          waits until the server says that
    = SECONDS       waits
    deflate         COMPRESS DEFLATE, and everything after it compressed
    close           goes away
"""
import re
import socket
import sys
import time
import zlib


class Client:
    def __init__(self, address, port=143):
        self.link = socket.create_connection((address, int(port)), 10)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pack = self.unpack = None
        self.heard = b""
        self.held = b""
        self.number = 0

    def send(self, data):
        if self.pack:
            data = self.pack.compress(data) + self.pack.flush(zlib.Z_SYNC_FLUSH)
        self.link.sendall(data)

    def more(self):
        data = self.link.recv(65536)
        if not data:
            sys.exit(0)
        if self.unpack:
            data = self.unpack.decompress(data)
        sys.stdout.buffer.write(data)
        self.heard += data

    def until(self, pattern):
        while not (found := re.search(pattern, self.heard, re.M)):
            self.more()
        self.heard = self.heard[found.end():]

    def command(self, line, wait=True):
        self.number += 1
        tag = f"A{self.number:03}".encode()
        text, _, names = line.partition(" < ")
        files = iter(names.split())
        for piece in re.split(r"(\{\+?\})", f"{tag.decode()} {text}\r\n"):
            if piece not in ("{}", "{+}"):
                self.held += piece.encode()
                continue
            with open(next(files), "rb") as file:
                data = file.read()
            self.held += b"{%d%s}\r\n" % (len(data), b"+" if piece == "{+}" else b"")
            if piece == "{}":
                self.flush()
                self.until(rb"^\+[^\n]*\n")
            self.held += data
        if wait:
            self.flush()
            self.until(rb"^%s [^\n]*\n" % tag)

    def flush(self):
        self.send(self.held)
        self.held = b""

    def deflate(self):
        self.command("COMPRESS DEFLATE")
        self.pack = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.unpack = zlib.decompressobj(-15)
        rest, self.heard = self.heard, b""
        if rest:
            self.heard = self.unpack.decompress(rest)


def main():
    client = Client(*sys.argv[1:])
    client.until(rb"\n")
    for line in sys.stdin.read().splitlines():
        kind, _, rest = line.partition(" ")
        if client.held and kind in ("-", "~", "=", "close"):
            client.flush()
        if kind == "&":
            client.command(rest, wait=False)
        elif kind == "-":
            client.send(rest.encode() + b"\r\n")
        elif kind == "~":
            client.until(re.escape(rest.encode()))
        elif kind == "=":
            time.sleep(float(rest))
        elif line == "deflate":
            client.deflate()
        elif line == "close":
            client.link.close()
            return
        else:
            client.command(line)


if __name__ == "__main__":
    main()
