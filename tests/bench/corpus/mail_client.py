#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Readers and writers of mail for tests/bench/build: mail-client.py LETTERS smtp|pop3|imap COUNT SECONDS SEED

COUNT letters, or sessions, but no more than fit in so many SECONDS. LETTERS is a folder of content.py.
"""

import contextlib
import email.policy
import imaplib
import poplib
import random
import smtplib
import sys
import time
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

FOLDER, COUNT, END = Path(sys.argv[1]), int(sys.argv[3]), time.monotonic() + float(sys.argv[4])
RANDOM = random.Random(int(sys.argv[5]))
SERVER, SERVER_6, PASSWORD = "192.0.2.25", "2001:db8:5::25", "secret"
ATTACHMENTS = [(path.name, path.read_bytes()) for path in sorted(FOLDER.iterdir())]
WORDS = (FOLDER / "words.txt").read_text().split()
TEXT = (FOLDER / "text.txt").read_text()
imaplib._MAXLINE = poplib._MAXLINE = 10_000_000


def chance(probability):
    return RANDOM.random() < probability


def user():
    return f"u{RANDOM.randint(1, 20):02}"


def turns():
    """Numbers from 0, as long as there is something to do and time for it."""
    for number in range(COUNT):
        if time.monotonic() > END:
            return
        yield number


def make_letter(number):
    """Sender, recipients, and the letter itself with up to three attachments."""
    letter = EmailMessage(policy=email.policy.SMTP)
    sender, recipients = user(), [user() for _ in range(RANDOM.choice([1, 1, 1, 2, 5]))]
    letter["From"] = f'"{RANDOM.choice(WORDS).title()} {RANDOM.choice(WORDS).title()}" <{sender}@corp.test>'
    letter["To"] = ", ".join(f"{name}@corp.test" for name in recipients)
    letter["Subject"] = " ".join(RANDOM.sample(WORDS, RANDOM.randint(1, 12))) + (" – größer als 5 €" if number % 7 == 0 else "")
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain="corp.test")
    if number % 3 == 0:
        letter["References"] = " ".join(make_msgid(domain="corp.test") for _ in range(6))
    begin = RANDOM.randrange(300_000)
    body = TEXT[begin:begin + int(min(20000, RANDOM.lognormvariate(7, 1)))]
    letter.set_content(body + ("\n.\n..dot\n" if number % 5 == 0 else ""), cte="quoted-printable" if number % 4 == 0 else "7bit")
    if number % 2:
        letter.add_alternative(f"<html><body><p>{body}</p></body></html>", subtype="html")
    for _ in range(RANDOM.choice([0, 0, 1, 1, 1, 2, 3])):
        name, data = RANDOM.choice(ATTACHMENTS)
        letter.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return sender, recipients, letter.as_bytes()


def log_in_to_send(link):
    if chance(0.25):
        link.user, link.password = user(), PASSWORD
        mechanism = RANDOM.choice(["PLAIN", "LOGIN"])
        link.auth(mechanism, link.auth_plain if mechanism == "PLAIN" else link.auth_login, initial_response_ok=chance(0.6))
    elif chance(0.03):
        with contextlib.suppress(smtplib.SMTPException):
            link.login(user(), "wrong")


def smtp():
    for number in turns():
        six = chance(0.15)
        host = RANDOM.randint(10, 60)
        source = (f"2001:db8:c::{host:x}" if six else f"198.51.100.{host}", 0)
        with contextlib.suppress(smtplib.SMTPException, OSError), \
                smtplib.SMTP(SERVER_6 if six else SERVER, 25, f"client{host}.corp.test", 30, source) as link:
            if chance(0.05):
                link.helo()
            else:
                link.ehlo()
                log_in_to_send(link)
            for letter in range(RANDOM.choice([1, 1, 2])):
                sender, recipients, text = make_letter(number + letter)
                addresses = [f"{name}@corp.test" for name in recipients] + ["nobody@elsewhere.test"] * chance(0.03)
                with contextlib.suppress(smtplib.SMTPException):
                    link.sendmail(f"{sender}@corp.test", addresses, text)
                if chance(0.1):
                    link.rset()
                    link.noop()


def pop3():
    for number in turns():
        with contextlib.suppress(poplib.error_proto, OSError):
            link = poplib.POP3(SERVER, 110, timeout=30)
            if number % 3 == 0:
                link.capa()
            link.user(user())
            link.pass_(PASSWORD if number % 20 != 7 else "wrong")
            count, _ = link.stat()
            link.list()
            if number % 2:
                link.uidl()
            for letter in RANDOM.sample(range(1, count + 1), min(count, RANDOM.randint(3, 20))):
                if chance(0.2):
                    link.top(letter, 10)
                link.retr(letter)
                if chance(0.05):
                    link.dele(letter)
            link.quit()


FETCHED = ["(RFC822)", "(BODY[])", "(BODY.PEEK[]<0.20000>)", "(BODY[1])", "(UID BODY[TEXT])"]


def read_mailbox(link):
    """What a reader does with INBOX."""
    _, data = link.select("INBOX", readonly=chance(0.3))
    count = int(data[0])
    if count == 0:
        return
    link.fetch(f"1:{min(count, 50)}", "(UID FLAGS RFC822.SIZE ENVELOPE)")
    if chance(0.3):
        link.fetch(f"1:{min(count, 20)}", "(BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE)])")
    link.search(None, RANDOM.choice(["UNSEEN", "ALL", f'SUBJECT "{RANDOM.choice(WORDS)}"', "SINCE 01-Jan-2020"]))
    for letter in RANDOM.sample(range(1, count + 1), min(count, RANDOM.randint(3, 15))):
        link.fetch(str(letter), RANDOM.choice(FETCHED))
        if chance(0.1):
            link.store(str(letter), "+FLAGS", r"(\Seen \Flagged)")


def imap():
    for number in turns():
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            link = imaplib.IMAP4(SERVER, 143, timeout=30)
            name = user()
            if number % 20 == 7:
                with contextlib.suppress(imaplib.IMAP4.error):
                    link.login(name, "wrong")
            if number % 4 == 0:
                link.authenticate("PLAIN", lambda _: f"\0{name}\0{PASSWORD}".encode())
            else:
                link.login(name, PASSWORD)
            link.capability()
            link.list()
            if number % 5 == 0:
                link.create(f"Archive{RANDOM.randint(1, 9)}")
                link.status("INBOX", "(MESSAGES UNSEEN UIDNEXT)")
            read_mailbox(link)
            if chance(0.3):
                link.append("INBOX", r"(\Seen)", None, make_letter(number)[2])
            link.logout()


{"smtp": smtp, "pop3": pop3, "imap": imap}[sys.argv[2]]()
