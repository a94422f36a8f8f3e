# SPDX-License-Identifier: BSD-3-Clause
"""FTP: announcements by the thousand, announcements of what is somebody else's, listings and names as nobody should send them."""

from flood import CLIENT, SERVER, ftp, session
from packets import Builder
from suite import STAYS, get

QUIT = ((CLIENT, b"QUIT\r\n"), (SERVER, b"221 bye\r\n"))


def commands(found):
    return found.values("ftp", "ftp.command")


def endless(cases):
    for name, make, count in (
        ("ftp-endless-command", lambda n: ftp((CLIENT, b"CWD " + b"a" * n), (SERVER, b"500 enough\r\n")), 1_000_000),
        ("ftp-endless-reply", lambda n: ftp((CLIENT, b"PWD\r\n"), (SERVER, b"257 \"" + b"\"" * n)), 1_000_000),
        ("ftp-endless-lines", lambda n: ftp((CLIENT, b"STAT\r\n"), (SERVER, b"211-status\r\n" + b" more\r\n" * n)), 100_000),
        ("ftp-telnet", lambda n: ftp((CLIENT, b"\xff\xf4\xff\xf2" * n + b"ABOR\r\n"), (SERVER, b"226 ok\r\n")), 100_000),
    ):
        cases.scales(name, make, count)


def pipelined(cases):
    count = 2000
    for name, command, reply in (("ftp-pipelined", b"NOOP", b"200 ok"), ("ftp-pasv", b"PASV", b"227 (10,9,0,80,200,1)"),
                                 ("ftp-port", b"PORT 10,9,0,2,200,1", b"200 ok"), ("ftp-epsv", b"EPSV", b"229 (|||51201|)"),
                                 ("ftp-rnfr", b"RNFR a", b"350 ok"), ("ftp-retr", b"RETR a", b"150 ok")):
        found = cases.scales(name, lambda n: ftp((CLIENT, (command + b"\r\n") * n), (SERVER, (reply + b"\r\n") * n), *QUIT), count)
        cases.equal(commands(found).count(command[:4].decode()), count, f"{name}: a record each")


def many_announcements(cases):
    """More than are remembered, each another: the youngest still come."""
    def make(n):
        turns = []
        for i in range(n):
            turns += [(CLIENT, b"PORT 10,9,0,2,%d,%d\r\n" % (16 + i % 200, i % 256)), (SERVER, b"200 ok\r\n")]
        builder = ftp(*turns, (CLIENT, b"PASV\r\n"), (SERVER, b"227 (10,9,0,80,234,96)\r\n"), (CLIENT, b"RETR last.txt\r\n"),
                      (SERVER, b"150 here\r\n"))
        session(60000, [(SERVER, b"content")], builder=builder, port=40001)
        return builder
    found = cases.scales("ftp-announcements", make, 3_000)
    cases.equal(len(found.of("file")), 1, "ftp-announcements: the last one is met")
    found = cases.look("ftp-announcements-little-memory", make(3_000), "--memory", "2M")
    cases.equal(len(found.of("file")), 1, "ftp-announcements-little-memory: the last one is met")
    cases.equal(found.summary["memory"]["refused"], 0, "ftp-announcements-little-memory: something is left for others")


def third_parties(cases):
    """Announcing the web server's port hides nothing of what is said there."""
    for name, port, script, dataset in (
        ("http", 80, [(CLIENT, b"GET /seen HTTP/1.1\r\nHost: www.example.org\r\n\r\n"), (SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")], "http"),
        ("smtp", 25, [(SERVER, b"220 mail.example.org ESMTP\r\n"), (CLIENT, b"EHLO a.example.org\r\n"), (SERVER, b"250 hello\r\n")], "smtp"),
    ):
        for address in (b"10,9,0,80", b"10,9,0,99"):
            server = address.decode().replace(",", ".")
            for announcement in ((CLIENT, b"PASV\r\n"), (SERVER, b"227 (%s,0,%d)\r\n" % (address, port))), (
                    (CLIENT, b"PORT %s,0,%d\r\n" % (address, port)), (SERVER, b"200 ok\r\n")):
                builder = ftp(*announcement)
                connection = builder.connect(port=41000, server=server, server_port=port)
                for side, data in script:
                    connection.send(side, data)
                connection.close()
                found = cases.look(f"ftp-hides-{name}-{server}", builder)
                cases.check(len(found.of(dataset)) >= 1, f"ftp-hides-{name}-{server}-{announcement[0][1][:4]}: it is still read", found.datasets)


def transfer(order, data, names=()):
    builder = Builder()
    connection = builder.connect(port=40000, server_port=21)
    for side, text in ((SERVER, b"220 (vsFTPd 3.0.3)\r\n"), (CLIENT, b"USER anonymous\r\n"), (SERVER, b"230 in\r\n")):
        connection.send(side, text)
    for i, command in enumerate(names or (order,)):
        connection.send(CLIENT, b"PASV\r\n")
        connection.send(SERVER, b"227 (10,9,0,80,%d,%d)\r\n" % (150 + i // 256, i % 256))
        connection.send(CLIENT, command + b"\r\n")
        connection.send(SERVER, b"150 here\r\n")
        session(150 * 256 + i, [(SERVER, data)], builder=builder, port=45000 + i % 10000)
        connection.send(SERVER, b"226 done\r\n")
    connection.close()
    return builder


def listings(cases):
    line = b"-rw-r--r--   1 ftp ftp     1024 Nov 22 10:00 file%d.txt\r\n"
    for name, order, content, count in (
        ("ftp-listing", b"LIST", lambda n: b"".join(line % i for i in range(n)), 20_000),
        ("ftp-machine-listing", b"MLSD", lambda n: b"type=file;size=1;modify=20261122100000; a\r\n" * n, 50_000),
        ("ftp-names", b"NLST", lambda n: b"a\r\n" * n, 200_000),
        ("ftp-listing-line", b"LIST", lambda n: b"d" * n, 1_000_000),
        ("ftp-listing-spaces", b"LIST", lambda n: b"-rw-r--r-- " + b" " * n, 1_000_000),
        ("ftp-facts", b"MLSD", lambda n: b"a=b;" * n + b" x\r\n", 200_000),
        ("ftp-listing-ends", b"LIST", lambda n: b"\r\n" * n, 200_000),
    ):
        found = cases.scales(name, lambda n, order=order, content=content: transfer(order, content(n)), count)
        cases.check("QUIT" not in commands(found) and order.decode() in commands(found), f"{name}: the command is told", found.datasets)


def names(cases):
    """Names that would like to be elsewhere, and many files of one name."""
    target = cases.folder / "saved"
    target.mkdir()
    hostile = [b"../../up", b"/etc/passwd", b"a\0b", b"a\r\0b", b"a\x1b[2Jb", b"x" * 10_000, b"..", b".", b"", b"-rf", b"\xff\xfe", b"a/", b"~/.ssh"]
    hostile += [b"same"] * 300
    found = cases.look("ftp-hostile-names", transfer(b"", b"content", [b"RETR " + name for name in hostile]), *STAYS, "--extract", target)
    saved = list(target.iterdir())
    cases.check(not any((cases.folder / name).exists() for name in ("up", "passwd")), "ftp-hostile-names: nothing is written elsewhere")
    cases.check(all(path.is_file() and not path.is_symlink() for path in saved), "ftp-hostile-names: files, and nothing else")
    cases.check(all(character.isprintable() for path in saved for character in path.name), "ftp-hostile-names: names can be printed",
                [path.name for path in saved][:20])
    cases.equal(len(saved), 2 * len(hostile), "ftp-hostile-names: each file is saved, by both runs")
    cases.equal(len(found.of("file")), len(hostile), "ftp-hostile-names: each file has a record")


def hidden_secrets(cases):
    secret = b"Xk9rosebud"
    for name, script in (
        ("pass", ((CLIENT, b"PASS " + secret + b"\r\n"), (SERVER, b"230 in\r\n"))),
        ("pass-odd", ((CLIENT, b" \tpAsS\t " + secret + b" more\r\n"), (SERVER, b"230 in\r\n"))),
        ("pass-misspelt", ((CLIENT, b"PASSS " + secret + b"\r\n"), (SERVER, b"500 what\r\n"))),
        ("pass-telnet", ((CLIENT, b"\xff\xf4\xff\xf2PASS " + secret + b"\r\n"), (SERVER, b"230 in\r\n"))),
        ("pass-telnet-inside", ((CLIENT, b"PA\xff\xf2SS " + secret + b"\r\n"), (SERVER, b"230 in\r\n"))),
        ("pass-lf", ((CLIENT, b"USER anna\nPASS " + secret + b"\n"), (SERVER, b"331 x\r\n230 in\r\n"))),
        ("acct", ((CLIENT, b"ACCT " + secret + b"\r\n"), (SERVER, b"230 in\r\n"))),
        ("prompted", ((CLIENT, b"USER anna\r\n"), (SERVER, b"331 password\r\n"), (CLIENT, secret + b"\r\n"), (SERVER, b"500 what\r\n"))),
    ):
        cases.hides(f"ftp-{name}", session(21, [(SERVER, b"220 (vsFTPd 3.0.3)\r\n"), (CLIENT, b"USER anna\r\n"), (SERVER, b"331 password\r\n"), *script]), secret)


TESTS = (endless, pipelined, many_announcements, third_parties, listings, names, hidden_secrets)
