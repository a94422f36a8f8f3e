#!/usr/bin/env python3
"""Mail clients for what no other program does.

    mail-client.py lmtp ADDRESS RECIPIENT FILE...       hands letters over
    mail-client.py pop3|imap|smtp ADDRESS[:PORT] MECHANISM USER PASSWORD [later]    logs in (pop3 also: apop), and out
"""
import poplib
import re
import smtplib
import socket
import sys
import time

import sasl


def lmtp(address, recipient, *names):
    with smtplib.LMTP(address, 24, "lighthouse.example") as link:
        for name in names:
            with open(name, "rb") as file:
                text = file.read()
            sender = re.search(rb"^From: .*?([\w.-]+@[\w.-]+)", text, re.M)
            link.sendmail(sender.group(1).decode() if sender else "", [recipient], text)
            time.sleep(0.02)  # so that they keep their order


class Lines:
    def __init__(self, address, port):
        self.link = socket.create_connection((address, port), 10)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.link.makefile("rb")

    def say(self, line):
        self.link.sendall(line.encode() + b"\r\n")

    def hear(self):
        line = self.file.readline().decode("utf-8", "replace").rstrip("\r\n")
        print(line)
        return line


def pop3(address, port, mechanism, user, password, initial):
    if mechanism == "apop":
        link = poplib.POP3(address, port)
        try:
            link.apop(user, password)
        except poplib.error_proto as error:
            print(error)
        link.quit()
        return
    link = Lines(address, port)
    link.hear()

    def ask(text):
        link.say(text if asked else f"AUTH {text}")
        asked.append(text)
        line = link.hear()
        return line[2:] if line.startswith("+ ") else "" if line == "+" else None

    asked = []
    sasl.converse(mechanism, user, password, ask, initial)
    link.say("QUIT")
    link.hear()


def imap(address, port, mechanism, user, password, initial):
    link = Lines(address, port)
    link.hear()

    def ask(text):
        link.say(text if asked else f"a1 AUTHENTICATE {text}")
        asked.append(text)
        line = link.hear()
        while line.startswith("* "):
            line = link.hear()
        return line[2:] if line.startswith("+ ") else None

    asked = []
    sasl.converse(mechanism, user, password, ask, initial)
    link.say("a2 LOGOUT")
    while link.hear():
        pass


def smtp(address, port, mechanism, user, password, initial):
    link = Lines(address, port)

    def reply():
        line = link.hear()
        while line[3:4] == "-":
            line = link.hear()
        return line

    def ask(text):
        link.say(text if asked else f"AUTH {text}")
        asked.append(text)
        line = reply()
        return line[4:] if line.startswith("334") else None

    reply()
    link.say("EHLO lighthouse.example")
    reply()
    asked = []
    sasl.converse(mechanism, user, password, ask, initial)
    link.say("QUIT")
    reply()


def main():
    verb, address, *rest = sys.argv[1:]
    if verb == "lmtp":
        lmtp(address, *rest)
        return
    kinds = {"pop3": (pop3, 110), "imap": (imap, 143), "smtp": (smtp, 25)}
    function, port = kinds[verb]
    address, _, other = address.partition(":")
    mechanism, user, password, *later = rest
    function(address, int(other or port), mechanism, user, password, not later)


if __name__ == "__main__":
    main()
