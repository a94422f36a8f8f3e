# SPDX-License-Identifier: BSD-3-Clause
"""HTTP that means two things, or too much."""

import gzip
import zlib

from packets import Builder

GET = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def exchange(request, response, size=1400):
    builder = Builder()
    connection = builder.connect()
    connection.send(0, request, size)
    connection.send(1, response, size)
    connection.close()
    return builder


def endless_line(cases):
    """Three megabytes of header and no newline: nothing is kept for long, and the server's side is still read."""
    found = cases.look("http-endless-line", exchange(b"GET /" + b"a" * 3_000_000, OK))
    cases.check(found.anomalies.get("message.too_long", 0) >= 1, "http-endless-line: it is told", found.anomalies)
    cases.check(found.summary["memory"]["peak"] < 16 << 20, "http-endless-line: memory", found.summary["memory"])
    cases.equal(found.values("http", "http.response.status_code").count(200), 1, "http-endless-line: the answer is read")


def too_many_headers(cases):
    lines = b"".join(b"X-Header-%d: value\r\n" % i for i in range(3000))
    found = cases.look("http-headers", exchange(b"GET / HTTP/1.1\r\nHost: www.example.org\r\n" + lines + b"\r\n", OK))
    cases.check(found.anomalies.get("http.too_many_headers", 0) + found.anomalies.get("message.too_long", 0) >= 1,
                "http-headers: it is told", found.anomalies)
    cases.equal(found.values("http", "http.response.status_code").count(200), 1, "http-headers: the answer is read")


def bomb(coding, body):
    return (b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(body))) + body


def inflate_bomb(cases):
    zeros = b"\0" * (64 << 20)
    for name, coding, body in (("http-bomb-gzip", b"gzip", gzip.compress(zeros, 9)),
                               ("http-bomb-deflate", b"deflate", zlib.compress(zeros, 9))):
        found = cases.look(name, exchange(GET, bomb(coding, body)))
        cases.equal(found.anomalies, {"http.inflate_bomb": 1}, f"{name}: one anomaly")
        cases.equal(found.values("http", "http.response.body.bytes"), [len(body)], f"{name}: the body on the wire")
        cases.check(found.summary["memory"]["peak"] < 16 << 20, f"{name}: memory", found.summary["memory"])


def bad_gzip(cases):
    body = bytearray(gzip.compress(b"hello " * 1000))
    body[20:40] = b"\xff" * 20
    found = cases.look("http-bad-gzip", exchange(GET, bomb(b"gzip", bytes(body))))
    cases.equal(found.anomalies, {"http.bad_encoding": 1}, "http-bad-gzip: one anomaly")


def smuggling(cases):
    """Two lengths that disagree: told, whichever is believed."""
    for name, headers, body in (
        ("http-cl-te", b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\nX"),
        ("http-cl-cl", b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!"),
        ("http-cl-list", b"Content-Length: 5, 6\r\n", b"hello!"),
    ):
        request = b"POST / HTTP/1.1\r\nHost: www.example.org\r\n" + headers + b"\r\n" + body
        found = cases.look(name, exchange(request, OK))
        cases.equal(found.anomalies.get("http.ambiguous_length"), 1, f"{name}: one anomaly")
        cases.equal(found.values("http", "http.request.method")[:1], ["POST"], f"{name}: the request is read")
    request = b"POST / HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"
    found = cases.look("http-cl-equal", exchange(request, OK))
    cases.equal(found.values("http", "http.request.body.bytes"), [5], "http-cl-equal: the same length twice is one length")


def absurd_lengths(cases):
    for name, length in (("http-huge-length", b"18446744073709551615"), ("http-overflow-length", b"18446744073709551617"),
                         ("http-negative-length", b"-1"), ("http-hex-length", b"0x10")):
        response = b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\nhi"
        found = cases.look(name, exchange(GET, response))
        cases.equal(found.values("http", "http.response.status_code")[:1], [200], f"{name}: the head is read")
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for name, size in (("http-huge-chunk", b"ffffffffffffffff"), ("http-overflow-chunk", b"1" + b"0" * 16),
                       ("http-no-chunk", b"xyz"), ("http-long-chunk-line", b"2;" + b"e" * 200_000)):
        found = cases.look(name, exchange(GET, chunked + size + b"\r\nhi\r\n0\r\n\r\n"))
        cases.equal(found.values("http", "http.response.status_code")[:1], [200], f"{name}: the head is read")


def pipelined_flood(cases):
    """More requests under way than are kept; every one has its record."""
    builder, count = Builder(), 1000
    connection = builder.connect()
    connection.send(0, GET * count)
    connection.send(1, OK * count)
    connection.close()
    found = cases.look("http-pipelined-flood", builder)
    methods = [method for method in found.values("http", "http.request.method") if method]
    codes = [code for code in found.values("http", "http.response.status_code") if code]
    cases.equal((len(methods), len(codes)), (count, count), "http-pipelined-flood: requests and responses")


TESTS = (endless_line, too_many_headers, inflate_bomb, bad_gzip, smuggling, absurd_lengths, pipelined_flood)
