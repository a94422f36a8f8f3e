# SPDX-License-Identifier: BSD-3-Clause
"""Sessions that are given as a list of who says what, for attacks that differ only in how much of something they send."""

from packets import Builder

CLIENT, SERVER = 0, 1
LARGEST = 60_000  # bytes in one segment: few frames, as segmentation offload leaves them


def session(server_port, script, size=LARGEST, builder=None, port=40000):
    """`script`: (side, bytes) in order."""
    builder = builder or Builder()
    connection = builder.connect(port=port, server_port=server_port)
    for side, data in script:
        connection.send(side, data, size)
    connection.close()
    return builder


def smtp(*script, size=LARGEST):
    """After a greeting that is certain."""
    return session(25, [(SERVER, b"220 mail.example.org ESMTP ready\r\n"), (CLIENT, b"EHLO client.example.org\r\n"),
                        (SERVER, b"250-mail.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n"), *script], size)


ENVELOPE = ((CLIENT, b"MAIL FROM:<anna@example.org>\r\n"), (SERVER, b"250 ok\r\n"),
            (CLIENT, b"RCPT TO:<ben@example.net>\r\n"), (SERVER, b"250 ok\r\n"),
            (CLIENT, b"DATA\r\n"), (SERVER, b"354 go on\r\n"))
SMTP_QUIT = ((CLIENT, b"QUIT\r\n"), (SERVER, b"221 bye\r\n"))


def mail(content, size=LARGEST):
    """One mail in an SMTP session."""
    return smtp(*ENVELOPE, (CLIENT, content + b"\r\n.\r\n"), (SERVER, b"250 queued\r\n"), *SMTP_QUIT, size=size)


def pop3(*script):
    return session(110, [(SERVER, b"+OK POP3 ready <1.2@example.org>\r\n"), (CLIENT, b"USER anna\r\n"), (SERVER, b"+OK\r\n"),
                         (CLIENT, b"PASS sesame\r\n"), (SERVER, b"+OK\r\n"), *script])


def imap(*script):
    return session(143, [(SERVER, b"* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE LITERAL+] ready\r\n"), *script])


def ftp(*script, builder=None, port=40000):
    return session(21, [(SERVER, b"220 (vsFTPd 3.0.3)\r\n"), (CLIENT, b"USER anonymous\r\n"), (SERVER, b"331 password\r\n"),
                        (CLIENT, b"PASS guest@\r\n"), (SERVER, b"230 logged in\r\n"), *script], builder=builder, port=port)
