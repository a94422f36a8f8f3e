# SPDX-License-Identifier: BSD-3-Clause
"""Telnet and WHOIS: negotiations that never end, lines that never end."""

from flood import CLIENT, SERVER, session

IAC, SB, SE, NOP = b"\xff", b"\xfa", b"\xf0", b"\xf1"
GREETING = ((SERVER, b"\xff\xfd\x18\xff\xfb\1\xff\xfb\3"), (CLIENT, b"\xff\xfb\x18\xff\xfd\1\xff\xfd\3"), (SERVER, b"login: "))


def telnet(*script):
    return session(23, [*GREETING, *script])


def floods(cases):
    for name, data, count in (
        ("telnet-open-subnegotiation", lambda n: IAC + SB + b"\x18" + b"x" * n, 500_000),
        ("telnet-many-open", lambda n: (IAC + SB + b"\x18\0x") * n, 30_000),
        ("telnet-empty-subnegotiations", lambda n: (IAC + SB + IAC + SE) * n, 30_000),
        ("telnet-environment", lambda n: IAC + SB + b"\x27\0" + b"\0A\1B" * n + IAC + SE, 100_000),
        ("telnet-environment-flood", lambda n: (IAC + SB + b"\x27\0\0A\1B" + IAC + SE) * n, 20_000),
        ("telnet-start-tls", lambda n: (IAC + SB + b"\x2e\1" + IAC + SE) * n, 20_000),
        ("telnet-nop", lambda n: (IAC + NOP) * n, 200_000),
        ("telnet-doubled", lambda n: IAC * n, 300_000),
        ("telnet-options", lambda n: b"".join(b"\xff%c%c" % (251 + i % 4, i // 4 % 256) for i in range(n)), 20_000),
        ("telnet-loop", lambda n: b"\xff\xfd\1\xff\xfe\1" * n, 20_000),
        ("telnet-window", lambda n: b"\xff\xfa\x1f\0\x50\0\x18\xff\xf0" * n, 20_000),
        ("telnet-line", lambda n: b"x" * n, 500_000),
        ("telnet-lines", lambda n: b"x\r\n" * n, 5_000),
        ("telnet-empty-lines", lambda n: b"\r\0" * n, 20_000),
        ("telnet-backspaces", lambda n: b"a" * n + b"\x7f\b" * n, 200_000),
        ("telnet-escapes", lambda n: b"\x1b[" * n, 200_000),
        ("telnet-long-escape", lambda n: b"\x1b]0;" + b"x" * n, 500_000),
        ("telnet-prompts", lambda n: b"login: \r\nPassword: \r\n" * n, 5_000),
    ):
        for side in (CLIENT, SERVER):
            found = cases.scales(f"{name}-{side}", lambda n, side=side, data=data: telnet((side, data(n))), count)
            cases.check(len(found.of("telnet")) >= 1, f"{name}-{side}: there is a record", found.datasets)


def loops(cases):
    """Both sides answer each other for ever."""
    found = cases.scales("telnet-dialogue", lambda n: telnet(*((CLIENT, b"\xff\xfb\1"), (SERVER, b"\xff\xfe\1")) * n), 4_000)
    cases.check(len(found.of("telnet")) >= 1, "telnet-dialogue: there is a record", found.datasets)


def pieces(cases):
    """Options that are never closed, in tiny segments: each is looked at once."""
    for side in (CLIENT, SERVER):
        found = cases.scales(f"telnet-open-pieces-{side}", lambda n, side=side: telnet(*((side, IAC + SB + IAC),) * n), 4_000)
        cases.check(len(found.of("telnet")) >= 1, f"telnet-open-pieces-{side}: there is a record", found.datasets)


def whois(cases):
    for name, make, count in (
        ("whois-query", lambda n: session(43, [(CLIENT, b"x" * n), (SERVER, b"no\r\n")]), 500_000),
        ("whois-answer", lambda n: session(43, [(CLIENT, b"example.org\r\n"), (SERVER, b"x" * n)]), 500_000),
        ("whois-fields", lambda n: session(43, [(CLIENT, b"example.org\r\n"), (SERVER, b"Name Server: a.example\r\n" * n)]), 50_000),
        ("whois-names", lambda n: session(43, [(CLIENT, b"example.org\r\n"), (SERVER, b"".join(b"x%d: y\r\n" % i for i in range(n)))]), 50_000),
        ("whois-colons", lambda n: session(43, [(CLIENT, b"example.org\r\n"), (SERVER, b":" * n)]), 1_000_000),
        ("whois-queries", lambda n: session(43, [(CLIENT, b"a\r\n" * n), (SERVER, b"no\r\n" * n)]), 50_000),
    ):
        found = cases.scales(name, make, count)
        cases.check(len(found.of("whois")) >= 1 or name == "whois-query", f"{name}: there is a record", found.datasets)


def hidden_secrets(cases):
    secret = b"Xk9rosebud"
    for name, script in (
        ("telnet-password", ((CLIENT, b"anna\r\n"), (SERVER, b"anna\r\nPassword: "), (CLIENT, secret + b"\r\0"), (SERVER, b"\r\nLast login: x\r\n$ "))),
        ("telnet-password-corrected", ((CLIENT, b"anna\r\n"), (SERVER, b"\r\nPassword: "), (CLIENT, b"x" + b"\x7f" + secret + b"\r\n"), (SERVER, b"\r\nincorrect\r\n"))),
        ("telnet-passphrase", ((CLIENT, b"anna\r\n"), (SERVER, b"\r\nEnter passphrase for key: "), (CLIENT, secret + b"\n"), (SERVER, b"\r\n$ "))),
        ("telnet-no-end", ((CLIENT, b"anna\r\n"), (SERVER, b"\r\nPASSWORD:"), (CLIENT, secret))),
        ("telnet-with-option", ((CLIENT, b"anna\r\n"), (SERVER, b"\r\nPass\xff\xf1word: "), (CLIENT, secret[:4] + b"\xff\xf1" + secret[4:] + b"\r\n"))),
        ("telnet-coloured-prompt", ((CLIENT, b"anna\r\n"), (SERVER, b"\r\n\x1b[1mPassword:\x1b[0m "), (CLIENT, secret + b"\r\n"))),
    ):
        cases.hides(name, telnet(*script), secret)


TESTS = (floods, loops, pieces, whois, hidden_secrets)
