# SPDX-License-Identifier: BSD-3-Clause
"""TLS: records and handshakes that claim, repeat or nest more than anybody means."""

import struct

from flood import CLIENT, SERVER, session
from packets import Builder

ALERT, HANDSHAKE, APPLICATION = 21, 22, 23


def record(kind, data, version=0x0303):
    return struct.pack("!BHH", kind, version, len(data)) + data


def handshake(kind, body, claimed=None):
    return bytes([kind]) + struct.pack("!I", len(body) if claimed is None else claimed)[1:] + body


def records(data, size=16384):
    return b"".join(record(HANDSHAKE, data[at:at + size]) for at in range(0, len(data), size))


def vector(data, width=2):
    return len(data).to_bytes(width, "big") + data


def extension(kind, data):
    return struct.pack("!H", kind) + vector(data)


def name(host):
    return extension(0, vector(b"\0" + vector(host)))


def client_hello(extensions=name(b"www.example.org"), suites=b"\x13\x01\xc0\x2f"):
    return handshake(1, b"\3\3" + bytes(32) + b"\0" + vector(suites) + b"\1\0" + vector(extensions))


def server_hello(extensions=b""):
    return handshake(2, b"\3\3" + bytes(32) + b"\0" + b"\xc0\x2f" + b"\0" + vector(extensions))


def certificates(each):
    return handshake(11, vector(b"".join(vector(one, 3) for one in each), 3))


def tls(*script):
    return session(443, script)


HELLOS = ((CLIENT, records(client_hello())), (SERVER, records(server_hello())))


def told(cases, what, found):
    cases.check(len(found.of("tls")) >= 1, f"{what}: there is a record of TLS", found.datasets)


def fragments(cases):
    big = b"\0" * 16
    for what, make, count in (
        ("tls-one-byte-records", lambda n: tls((CLIENT, records(client_hello(extension(21, bytes(n))), 1)), *HELLOS[1:]), 8_000),
        ("tls-empty-records", lambda n: tls(*HELLOS, (CLIENT, record(HANDSHAKE, b"") * n), (SERVER, record(APPLICATION, b"") * n)), 50_000),
        ("tls-tiny-application", lambda n: tls(*HELLOS, (CLIENT, record(APPLICATION, b"x") * n)), 50_000),
        ("tls-alerts", lambda n: tls(*HELLOS, (SERVER, record(ALERT, b"\1\x5a") * n)), 20_000),
        ("tls-cipher-changes", lambda n: tls(*HELLOS, (SERVER, record(20, b"\1") * n)), 20_000),
        ("tls-heartbeats", lambda n: tls(*HELLOS, (CLIENT, record(24, b"\1\xff\xff" + big) * n)), 20_000),
        ("tls-hello-requests", lambda n: tls(*HELLOS, (SERVER, records(handshake(0, b"") * n))), 20_000),
        ("tls-many-hellos", lambda n: tls((CLIENT, records(client_hello() * n)), (SERVER, records(server_hello() * n))), 2_000),
        ("tls-many-hello-records", lambda n: tls((CLIENT, records(client_hello()) * n), (SERVER, records(server_hello()) * n)), 2_000),
        ("tls-unknown-handshakes", lambda n: tls(*HELLOS, (SERVER, records(handshake(99, b"x") * n))), 20_000),
        ("tls-claims-16m", lambda n: tls((CLIENT, records(handshake(1, b"\3\3" + bytes(n), 0xFFFFFF))), *HELLOS[1:]), 2_000_000),
        ("tls-claims-16m-server", lambda n: tls(HELLOS[0], (SERVER, records(handshake(11, bytes(n), 0xFFFFFF)))), 2_000_000),
        ("tls-nonsense", lambda n: tls(*HELLOS, (CLIENT, b"\x16\xff" * n)), 500_000),
    ):
        found = cases.scales(what, make, count)
        if what != "tls-claims-16m":  # no client means that: it is not taken for TLS
            told(cases, what, found)


def hellos(cases):
    for what, make, count in (
        ("tls-extensions", lambda n: client_hello(b"".join(extension(1000 + i, b"") for i in range(n))), 1_000),
        ("tls-same-extensions", lambda n: client_hello(name(b"a.example") * n), 800),
        ("tls-suites", lambda n: client_hello(suites=b"\x13\x01" * n), 8_000),
        ("tls-names", lambda n: client_hello(extension(0, vector((b"\0" + vector(b"a")) * n))), 4_000),
        ("tls-protocols", lambda n: client_hello(extension(16, vector(b"\2h2" * n))), 4_000),
        ("tls-groups", lambda n: client_hello(extension(10, vector(b"\0\x1d" * n)) + extension(13, vector(b"\4\3" * (n // 2)))), 4_000),
        ("tls-key-shares", lambda n: client_hello(extension(51, vector(b"\0\x1d\0\0" * n))), 4_000),
    ):
        found = cases.scales(what, lambda n, make=make: tls((CLIENT, records(make(n))), *HELLOS[1:]), count)
        told(cases, what, found)
    for number, host in enumerate((b"\x1b[2Jevil", b"a\0b", b"\xe2\x80\xaeb", b"\xff\xfe", b"x" * 20_000, b"", b"a\r\nb")):
        found = cases.look(f"tls-name-{number}", tls((CLIENT, records(client_hello(name(host) + extension(16, vector(vector(host[:255], 1)))))), *HELLOS[1:]))
        told(cases, f"tls-name-{number}", found)
    for cut in range(0, 60, 3):  # lengths inside that go beyond what there is
        hello = bytearray(client_hello())
        for at in (42, 44, 50, 52, 55):
            hello[at] = (hello[at] + cut * 37) & 255
        cases.look(f"tls-bent-hello-{cut}", tls((CLIENT, records(bytes(hello))), *HELLOS[1:]))


def nested_der(depth):
    data = b""
    for _ in range(depth):
        size = len(data)
        data = b"\x30" + (bytes([size]) if size < 128 else b"\x83" + size.to_bytes(3, "big")) + data
    return data


def many_certificates(cases):
    for what, make, count in (
        ("tls-empty-certificates", lambda n: certificates([b""] * n), 1_000),
        ("tls-garbage-certificates", lambda n: certificates([b"\x30\x82\xff\xff" + bytes(range(200))] * n), 1_000),
        ("tls-nested-certificate", lambda n: certificates([nested_der(n)]), 4_000),
        ("tls-indefinite-certificate", lambda n: certificates([b"\x30\x80" * n]), 4_000),
        ("tls-long-certificate", lambda n: certificates([b"\x30\x83\x0f\xff\xff" + bytes(n)]), 60_000),
    ):
        found = cases.scales(what, lambda n, make=make: tls(*HELLOS, (SERVER, records(make(n)))), count)
        told(cases, what, found)


TESTS = (fragments, hellos, many_certificates)
