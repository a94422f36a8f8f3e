# SPDX-License-Identifier: BSD-3-Clause
"""IMAP: literals that lie, lists without end, commands in flight, compressed bombs."""

import base64
import zlib

from flood import CLIENT, SERVER, imap

DONE = ((CLIENT, b"z LOGOUT\r\n"), (SERVER, b"* BYE\r\nz OK bye\r\n"))


def commands(found):
    return found.values("imap", "imap.command")


def endless(cases):
    for name, make in (
        ("imap-endless-command", lambda n: imap((CLIENT, b"a SEARCH " + b"x" * n), (SERVER, b"* BYE enough\r\n"))),
        ("imap-endless-response", lambda n: imap((CLIENT, b"a NOOP\r\n"), (SERVER, b"* " + b"x" * n))),
        ("imap-endless-tag", lambda n: imap((CLIENT, b"x" * n), (SERVER, b"y" * n))),
        ("imap-endless-quote", lambda n: imap((CLIENT, b'a LOGIN "' + b'\\"' * (n // 2)), (SERVER, b'* LIST () "' + b"\\" * n))),
    ):
        cases.scales(name, make, 1_000_000)


def in_flight(cases):
    """Commands by the thousand before the first answer, answered in the other order."""
    count = 2000
    for name, order in (("imap-in-flight", 1), ("imap-in-flight-reversed", -1)):
        found = cases.scales(name, lambda n, order=order: imap(
            (CLIENT, b"".join(b"a%d NOOP\r\n" % i for i in range(n))),
            (SERVER, b"".join(b"a%d OK\r\n" % i for i in range(n)[::order]))), count)
        cases.check(commands(found).count("NOOP") >= count, f"{name}: a record each", found.datasets)
    found = cases.scales("imap-same-tag", lambda n: imap((CLIENT, b"a NOOP\r\n" * n), (SERVER, b"a OK\r\n" * n)), count)
    cases.check(commands(found).count("NOOP") >= count, "imap-same-tag: a record each", found.datasets)
    cases.scales("imap-untagged", lambda n: imap((CLIENT, b"a NOOP\r\n"), (SERVER, b"* 1 EXISTS\r\n* 1 EXPUNGE\r\n" * n), (SERVER, b"a OK\r\n"),
                                                 *DONE), 10_000)


def literals(cases):
    for size in (b"4294967295", b"18446744073709551616", b"99999999999999999999999999", b"-1", b"", b"1x", b"4294967295+", b"0"):
        name = f"imap-literal-{size.decode()}"
        found = cases.look(name, imap((CLIENT, b"a APPEND INBOX {" + size + b"}\r\n"), (SERVER, b"a NO too large\r\n"), *DONE))
        cases.check("APPEND" in commands(found), f"{name}: the command is told", found.datasets)
        found = cases.look(f"{name}-fetch", imap((CLIENT, b"a FETCH 1 BODY[]\r\n"),
                                                 (SERVER, b"* 1 FETCH (BODY[] {" + size + b"}\r\nhi)\r\na OK\r\n"), *DONE))
        cases.check("FETCH" in commands(found), f"{name}-fetch: the command is told", found.datasets)
    for name, make, count in (
        ("imap-many-literals", lambda n: imap((CLIENT, b"a SEARCH" + b" {1+}\r\nx" * n + b"\r\n"), (SERVER, b"a OK\r\n"), *DONE), 20_000),
        ("imap-empty-literals", lambda n: imap((CLIENT, b"a SEARCH" + b" {0+}\r\n" * n + b"\r\n"), (SERVER, b"a OK\r\n"), *DONE), 20_000),
        ("imap-answer-literals", lambda n: imap((CLIENT, b"a LIST \"\" *\r\n"), (SERVER, b"* LIST () \"/\" {1}\r\nx\r\n" * n + b"a OK\r\n"), *DONE), 10_000),
        ("imap-fetch-literals", lambda n: imap((CLIENT, b"a FETCH 1 BODY[]\r\n"),
                                               (SERVER, b"* 1 FETCH (" + b"BODY[1] {1}\r\nx " * n + b")\r\na OK\r\n"), *DONE), 10_000),
        ("imap-many-mails", lambda n: imap((CLIENT, b"a FETCH 1:* BODY[]\r\n"), (SERVER, b"".join(
            b"* %d FETCH (BODY[] {16}\r\nSubject: a\r\n\r\nhi)\r\n" % i for i in range(n)) + b"a OK\r\n"), *DONE), 1_000),
    ):
        found = cases.scales(name, make, count)
        cases.check("LOGOUT" in commands(found), f"{name}: the LOGOUT behind it is read", found.datasets)


def deep_lists(cases):
    for name, make in (
        ("imap-parentheses", lambda n: imap((CLIENT, b"a SEARCH " + b"(" * n + b"\r\n"), (SERVER, b"a BAD\r\n"), *DONE)),
        ("imap-fetch-parentheses", lambda n: imap((CLIENT, b"a FETCH 1 BODYSTRUCTURE\r\n"),
                                                  (SERVER, b"* 1 FETCH (BODYSTRUCTURE " + b"(" * n + b"\r\na OK\r\n"), *DONE)),
        ("imap-envelope-parentheses", lambda n: imap((CLIENT, b"a FETCH 1 ENVELOPE\r\n"),
                                                     (SERVER, b"* 1 FETCH (ENVELOPE (NIL " + b"((" * n + b"\r\na OK\r\n"), *DONE)),
        ("imap-unended-parentheses", lambda n: imap((CLIENT, b"a FETCH 1 FLAGS\r\n"),
                                                    (SERVER, b"* 1 FETCH (FLAGS (" + b"\\Seen " * n + b"\r\na OK\r\n"), *DONE)),
        ("imap-capabilities", lambda n: imap((CLIENT, b"a CAPABILITY\r\n"), (SERVER, b"* CAPABILITY" + b" X" * n + b"\r\na OK\r\n"), *DONE)),
        ("imap-modified-utf7", lambda n: imap((CLIENT, b"a SELECT " + b"&AOk-" * n + b"\r\n"), (SERVER, b"a OK\r\n"), *DONE)),
        ("imap-modified-utf7-open", lambda n: imap((CLIENT, b"a SELECT \"" + b"&" * n + b"\"\r\n"), (SERVER, b"a OK\r\n"), *DONE)),
    ):
        found = cases.scales(name, make, 40_000)
        cases.check("LOGOUT" in commands(found), f"{name}: the LOGOUT behind it is read", found.datasets)


def raw_deflate(data, level=9):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


START = ((CLIENT, b"a COMPRESS DEFLATE\r\n"), (SERVER, b"a OK begin\r\n"))


def compressed(cases):
    """What inflates without end costs what it takes to read it, and is stopped."""
    bombs = (("imap-bomb-zeros", lambda n: b"\0" * n), ("imap-bomb-line", lambda n: b"b SEARCH " + b"x" * n),
             ("imap-bomb-commands", lambda n: b"b NOOP\r\n" * (n // 8)))
    for name, content in bombs:
        for side in (CLIENT, SERVER):
            cases.scales(f"{name}-{side}", lambda n, side=side, content=content: imap(*START, (side, raw_deflate(content(n)))),
                         400_000 if "commands" in name else 8_000_000)
    for name, data in (("garbage", b"this is no deflate stream " * 1000), ("ones", b"\xff" * 100_000),
                       ("empty-blocks", b"\0\0\0\xff\xff" * 100_000), ("far-back", raw_deflate(b"b NOOP\r\n") + b"\x4b\x04\x81\xff" * 1000),
                       ("garbage-behind", raw_deflate(b"b NOOP\r\n") + b"\x07garbage" * 1000)):
        found = cases.look(f"imap-compress-{name}", imap(*START, (CLIENT, data), (SERVER, raw_deflate(b"b OK\r\n"))))
        cases.check("COMPRESS" in commands(found), f"imap-compress-{name}: the command is told", found.datasets)
    bomb = raw_deflate(b"\0" * (256 << 20))
    found = cases.look("imap-compress-bomb", imap(*START, (CLIENT, bomb), (SERVER, raw_deflate(b"b OK\r\n"))))
    cases.check(found.summary["memory"]["peak"] < 16 << 20, "imap-compress-bomb: memory", found.summary["memory"])


def hidden_secrets(cases):
    secret = b"Xk9rosebud"
    plain = base64.b64encode(b"\0anna\0" + secret)
    size = b"%d" % len(secret)
    for name, script in (
        ("login", ((CLIENT, b"a LOGIN anna " + secret + b"\r\n"), (SERVER, b"a OK\r\n"))),
        ("login-quoted", ((CLIENT, b'a LOGIN "anna" "' + secret + b'"\r\n'), (SERVER, b"a OK\r\n"))),
        ("login-odd", ((CLIENT, b"a  lOgIn   anna   " + secret + b" more\r\n"), (SERVER, b"a BAD\r\n"))),
        ("login-tab", ((CLIENT, b"a\tLOGIN\tanna\t" + secret + b"\r\n"), (SERVER, b"a BAD\r\n"))),
        ("login-open-quote", ((CLIENT, b'a LOGIN "anna "' + secret + b"\r\n"), (SERVER, b"a BAD\r\n"))),
        ("login-misspelt", ((CLIENT, b"a LOGINN anna " + secret + b"\r\n"), (SERVER, b"a BAD\r\n"))),
        ("login-no-tag", ((CLIENT, b"LOGIN anna " + secret + b"\r\n"), (SERVER, b"* BAD\r\n"))),
        ("login-literal", ((CLIENT, b"a LOGIN anna {" + size + b"}\r\n"), (SERVER, b"+ go on\r\n"), (CLIENT, secret + b"\r\n"), (SERVER, b"a OK\r\n"))),
        ("login-literals", ((CLIENT, b"a LOGIN {4}\r\n"), (SERVER, b"+ go on\r\n"), (CLIENT, b"anna {" + size + b"}\r\n"), (SERVER, b"+ go on\r\n"),
                            (CLIENT, secret + b"\r\n"), (SERVER, b"a OK\r\n"))),
        ("login-literal-plus", ((CLIENT, b"a LOGIN {4+}\r\nanna {" + size + b"+}\r\n" + secret + b"\r\n"), (SERVER, b"a OK\r\n"))),
        ("login-literal-short", ((CLIENT, b"a LOGIN anna {3+}\r\n" + secret + b"\r\n"), (SERVER, b"a BAD\r\n"))),
        ("login-literal-refused", ((CLIENT, b"a LOGIN anna {" + size + b"}\r\n"), (SERVER, b"a NO\r\n"), (CLIENT, secret + b"\r\n"))),
        ("plain", ((CLIENT, b"a AUTHENTICATE PLAIN\r\n"), (SERVER, b"+ \r\n"), (CLIENT, plain + b"\r\n"), (SERVER, b"a OK\r\n"))),
        ("plain-initial", ((CLIENT, b"a authenticate plain " + plain + b"\r\n"), (SERVER, b"a OK\r\n"))),
        ("plain-misspelt", ((CLIENT, b"a AUTHENTICAT PLAIN " + plain + b"\r\n"), (SERVER, b"a BAD\r\n"))),
    ):
        cases.hides(f"imap-{name}", imap(*script), secret)


TESTS = (endless, in_flight, literals, deep_lists, compressed, hidden_secrets)
