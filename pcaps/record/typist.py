#!/usr/bin/env python3
"""Sits at a terminal of its own and types into a program, key by key, as standard input says:

    typist.py COLUMNS ROWS PROGRAM [ARGUMENT...] < steps

    until TEXT          reads until this has appeared
    type TEXT           types it, with the escapes \\r \\xNN, a tenth of a second a key
    paste TEXT          the same, all at once
    pause SECONDS
    size COLUMNS ROWS   makes the window larger or smaller
    rest                reads until the program ends
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

from talk import unescape


class Terminal:
    def __init__(self, columns, rows, program):
        self.heard = b""
        self.pid, self.link = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            time.sleep(0.1)  # until the window has its size
            os.execvp(program[0], program)
        self.size(columns, rows)

    def size(self, columns, rows):
        fcntl.ioctl(self.link, termios.TIOCSWINSZ, struct.pack("4H", int(rows), int(columns), 0, 0))

    def more(self, patience):
        if not select.select([self.link], [], [], patience)[0]:
            return None
        try:
            data = os.read(self.link, 65536)
        except OSError:
            return b""
        sys.stdout.buffer.write(data)
        self.heard += data
        return data

    def until(self, text):
        mark = unescape(text)
        while mark not in self.heard:
            if not self.more(10):
                sys.exit(f"typist.py: in vain: {text}")
        self.heard = self.heard.partition(mark)[2]

    def wait(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.more(left) == b"":
                return

    def type(self, text, gap=0.1):
        for key in unescape(text):
            os.write(self.link, bytes([key]))
            self.wait(gap)

    def rest(self):
        while self.more(10):
            pass


def main():
    terminal = Terminal(sys.argv[1], sys.argv[2], sys.argv[3:])
    for line in sys.stdin.read().splitlines():
        verb, _, rest = line.partition(" ")
        if verb == "until":
            terminal.until(rest)
        elif verb == "type":
            terminal.type(rest)
        elif verb == "paste":
            os.write(terminal.link, unescape(rest))
        elif verb == "pause":
            terminal.wait(float(rest))
        elif verb == "size":
            terminal.size(*rest.split())
        elif verb == "rest":
            terminal.rest()
    os.close(terminal.link)
    os.waitpid(terminal.pid, 0)


if __name__ == "__main__":
    main()
