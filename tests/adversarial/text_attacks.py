# SPDX-License-Identifier: BSD-3-Clause
"""Text from the wire that would like to act on the terminal of whoever reads it."""

from packets import CLIENT, Builder, dns_message, dns_record, udp
from suite import get

NAMESERVER = "10.9.0.53"
ATTACKS = (
    b"\x1b[2J\x1b]0;title\x07", b"\x9b31m", b"\xc2\x9b31m", b"\xe2\x80\xae\xd8\x9c\xe2\x81\xa6", b"a\0b", b"\xff\xfe\xc3\x28",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\r\x08\x7f", b"\\x1b[0m", b"\xe2\x80\xa8\xe2\x80\xa9", b"\xef\xbf\xbe",
)


def http_text(cases):
    """In the target, in header names and values, in the reason phrase, in credentials."""
    builder = Builder()
    for number, attack in enumerate(ATTACKS):
        safe = attack.replace(b"\r", b"").replace(b"\n", b"")
        connection = builder.connect(port=20000 + number)
        connection.send(0, b"GET /" + safe + b" HTTP/1.1\r\nHost: " + safe + b"\r\nX-" + safe + b": " + safe
                        + b"\r\nUser-Agent: " + safe + b"\r\nCookie: a=" + safe + b"\r\n\r\n")
        connection.send(1, b"HTTP/1.1 200 " + safe + b"\r\nServer: " + safe + b"\r\nContent-Type: " + safe
                        + b"\r\nContent-Length: 0\r\n\r\n")
        connection.close()
    found = cases.look("http-escapes", builder)
    servers = [value for record in found.of("http") for value in get(record, "http.response.headers", {}).get("server", [])]
    cases.equal(servers[:3], [r"\x1b[2J\x1b]0;title\x07", r"\x9b31m", r"\xc2\x9b31m"], "http-escapes: nothing is lost")
    cases.check(r"\x5cx1b[0m" in servers, "http-escapes: a backslash that would read as an escape is escaped", servers)
    for view in (("-v",), ("-q",), ("--color=always",), ("-v", "--width", "40")):
        path = cases.write("http-escapes-view", builder)
        result = cases.run(*view, path)
        allowed = "--color=always" in view
        output = result.stdout.replace(b"\x1b[", b"<esc>[") if allowed else result.stdout
        cases.check(b"\x1b" not in output and b"\x9b31m" not in output.replace(b"\xc2\x9b", b"\x9b"), f"http-escapes {view}", output[:500])


def dns_text(cases):
    """In names and in TXT strings."""
    builder = Builder()
    for number, attack in enumerate(ATTACKS):
        name = bytes([len(attack)]) + attack + b"\7example\0"
        question = [(name, 16, 1)]
        port = 20000 + number
        builder.add(udp(CLIENT, port, NAMESERVER, 53, dns_message(7, 0x0100, question)))
        builder.add(udp(NAMESERVER, 53, CLIENT, port, dns_message(7, 0x8180, question, [
            dns_record(b"\xc0\x0c", 16, 60, bytes([len(attack)]) + attack)])))
    found = cases.look("dns-escapes", builder)
    cases.equal(found.datasets, {"dns": len(ATTACKS), "flow": len(ATTACKS)}, "dns-escapes: the records")
    names = found.values("dns", "dns.question.name")
    cases.equal(names[0], r"\027[2J\027]0\;title\007.example", "dns-escapes: a name in presentation form")
    cases.equal(names[4], r"a\000b.example", "dns-escapes: NUL in a name")


TESTS = (http_text, dns_text)
