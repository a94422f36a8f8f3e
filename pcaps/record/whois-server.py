#!/usr/bin/env python3
"""A WHOIS server: one line is asked, everything that is known is answered.

    whois-server.py ADDRESS FOLDER

The answer to `harbour.example` is FOLDER/harbour.example (the last word of the question counts, in lower case, / as _); to what
is not there, FOLDER/none. A file that is called NAME.slow is said in pieces; NAME.silent makes the server go away.
"""
import pathlib
import socket
import sys
import time


def answer(link, folder):
    asked = b""
    while b"\n" not in asked and len(asked) < 1000:
        piece = link.recv(1000)
        if not piece:
            return
        asked += piece
    words = asked.decode("latin-1").strip().lower().replace("/", "_").split()
    name = words[-1] if words else "none"
    if (folder / f"{name}.silent").exists():
        return
    if (folder / f"{name}.slow").exists():
        text = (folder / f"{name}.slow").read_bytes()
        for at in range(0, len(text), 100):
            link.sendall(text[at:at + 100])
            time.sleep(0.02)
        return
    path = folder / name
    link.sendall((path if path.exists() else folder / "none").read_bytes())


def main():
    address, folder = sys.argv[1:]
    door = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((address, 43))
    door.listen(8)
    while True:
        link, _ = door.accept()
        link.settimeout(5)
        with link:
            try:
                answer(link, pathlib.Path(folder))
            except OSError as error:
                print(error, flush=True)


if __name__ == "__main__":
    main()
