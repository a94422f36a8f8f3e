# SPDX-License-Identifier: BSD-3-Clause
"""Bytes that two readers take for two different things: each is told by its name, and its honest counterpart by none."""

import re
import struct
from pathlib import Path

from packets import Builder, CLIENT, SERVER, dns_message, dns_name, dns_record, udp

PAGE = Path(__file__).resolve().parents[2] / "docs/evasion.md"

GET = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def post(headers, body=b""):
    return b"POST / HTTP/1.1\r\nHost: a.example\r\n" + headers + b"\r\n" + body


def answer(head, body=b""):
    return b"HTTP/1.1 " + head + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked\r\n"

# name: (request, response, anomalies)
HTTP = {
    "cl-te": (post(b"Content-Length: 6\r\n" + CHUNKED, b"0\r\n\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-te": (post(CHUNKED + b"Transfer-Encoding: cow\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-odd": (post(b"Transfer-Encoding: xchunked\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-identity": (post(b"Transfer-Encoding: identity\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-space": (post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"), OK, {"http.bad_header": 1}),
    "te-1.0": (b"POST / HTTP/1.0\r\n" + CHUNKED + b"\r\n0\r\n\r\n", OK, {"http.ambiguous_length": 1}),
    "cl-plus": (post(b"Content-Length: +5\r\n"), OK, {"http.ambiguous_length": 1}),
    "cl-hex": (post(b"Content-Length: 0x5\r\n"), OK, {"http.ambiguous_length": 1}),
    "cl-list": (post(b"Content-Length: 5, 6\r\n", b"hello"), OK, {"http.ambiguous_length": 1}),
    "folded": (post(b"X: a\r\n b\r\n"), OK, {"http.folded_header": 1}),
    "bare-lf": (b"GET / HTTP/1.1\nHost: a.example\n\n", OK, {"http.bare_lf": 1}),
    "bare-cr": (post(b"X: a\rTransfer-Encoding: chunked\r\n"), OK, {"message.hidden_line": 1}),
    "nul": (post(b"X: a\0b\r\n"), OK, {"message.hidden_line": 1}),
    "hosts": (post(b"Host: b.example\r\n"), OK, {"http.host_conflict": 1}),
    "absolute": (b"GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", OK, {"http.host_conflict": 1}),
    "chunk-0x": (GET, answer(b"200 OK\r\n" + CHUNKED, b"0x2\r\nhi\r\n0\r\n\r\n"), {"http.bad_chunk": 1}),
    "chunk-minus": (GET, answer(b"200 OK\r\n" + CHUNKED, b"-2\r\nhi\r\n0\r\n\r\n"), {"http.bad_chunk": 1}),
    "chunk-overflow": (GET, answer(b"200 OK\r\n" + CHUNKED, b"1" + b"0" * 16 + b"2\r\nhi\r\n0\r\n\r\n"), {"http.bad_chunk": 1}),
    "trailer-host": (post(CHUNKED, b"0\r\nHost: b.example\r\n\r\n"), OK, {"http.forbidden_trailer": 1}),
    "trailer-cookie": (GET, answer(b"200 OK\r\n" + CHUNKED, b"0\r\nSet-Cookie: a=b\r\n\r\n"), {"http.forbidden_trailer": 1}),
    "body-204": (GET, answer(b"204 No Content\r\nContent-Length: 5\r\n"), {"http.forbidden_body": 1}),
    "body-connect": (b"CONNECT b.example:443 HTTP/1.1\r\nHost: b.example\r\n\r\n", answer(b"200 OK\r\nContent-Length: 9\r\n"),
                     {"http.forbidden_body": 1}),
    "te-quoted": (post(b'Transfer-Encoding: "chunked"\r\n'), OK, {"http.ambiguous_length": 1}),
    "te-vertical-tab": (post(b"Transfer-Encoding: \x0bchunked\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-tab": (post(b"Transfer-Encoding:\tchunked\r\n", b"0\r\n\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-after-chunked": (post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-chunked-twice": (post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-empty": (post(b"Transfer-Encoding:\r\n"), OK, {"http.ambiguous_length": 1}),
    "te-in-fold": (post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"), OK, {"http.folded_header": 1}),
    "te-name-folded": (post(b"Transfer-Encoding\r\n : chunked\r\n"), OK, {"http.bad_header": 1, "http.folded_header": 1}),
    "te-underscore": (post(b"Transfer_Encoding: chunked\r\n"), OK, {"http.lookalike_header": 1}),
    "te-space-inside": (post(b"Transfer Encoding: chunked\r\n"), OK, {"http.lookalike_header": 1}),
    "te-nul": (post(b"Transfer-Encoding\0: chunked\r\n"), OK,
               {"http.lookalike_header": 1, "http.odd_header_name": 1, "message.hidden_line": 1}),
    "te-beyond-ascii": (post(b"\xffTransfer-Encoding: chunked\r\n"), OK, {"http.lookalike_header": 1, "http.odd_header_name": 1}),
    "te-control": (post(b"X\x01Y: chunked\r\n"), OK, {"http.odd_header_name": 1}),
    "te-first-line": (b"POST / HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a.example\r\n\r\n", OK, {"http.bad_header": 1}),
    "cl-underscore": (post(b"Content_Length: 6\r\n"), OK, {"http.lookalike_header": 1}),
    "cl-minus": (post(b"Content-Length: -1\r\n"), OK, {"http.ambiguous_length": 1}),
    "cl-empty": (post(b"Content-Length:\r\n"), OK, {"http.ambiguous_length": 1}),
    "cl-words": (post(b"Content-Length: 5 6\r\n"), OK, {"http.ambiguous_length": 1}),
    "cl-overflow": (post(b"Content-Length: 18446744073709551621\r\n"), OK, {"http.ambiguous_length": 1}),
    "cl-two": (post(b"Content-Length: 2\r\nContent-Length: 3\r\n", b"hi"), OK, {"http.ambiguous_length": 1}),
    "cl-0": (post(b"Content-Length: 32\r\n", b"GET /admin HTTP/1.1\r\nHost: b\r\n\r\n"), OK, {"http.request_in_body": 1}),
    "te-cl": (post(CHUNKED, b"17\r\nGPOST /admin HTTP/1.1\r\n\r\n0\r\n\r\n"), OK,
              {"http.request_in_body": 1}),
    "te-0": (post(CHUNKED, b"18\r\nGPOST /admin HTTP/1.1\r\nX\r\n0\r\n\r\n"), OK, {"http.request_in_body": 1}),
    "dropped-length": (post(b"Connection: close, Content-Length\r\nContent-Length: 2\r\n", b"hi"), OK, {"http.dropped_header": 1}),
    "dropped-address": (post(b"Connection: X-Forwarded-For\r\n"), OK, {"http.dropped_header": 1}),
    "expect-more": (post(b"Expect: y 100-continue\r\nContent-Length: 2\r\n", b"hi"), OK, {"http.odd_expectation": 1}),
    "host-two-in-one": (b"GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n", OK, {"http.odd_host": 1}),
    "host-user": (b"GET / HTTP/1.1\r\nHost: a.example@b.example\r\n\r\n", OK, {"http.odd_host": 1}),
    "host-path": (b"GET / HTTP/1.1\r\nHost: a.example/b.example\r\n\r\n", OK, {"http.odd_host": 1}),
    "h2c-short": (GET[:-2] + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", OK, {"http.odd_upgrade": 1}),
    "h2c-body": (post(b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 2\r\n",
                      b"hi"), OK, {"http.odd_upgrade": 1}),
    "target-line": (b"GET /a%0d%0aSet-Cookie:%20x=y HTTP/1.1\r\nHost: a.example\r\n\r\n", OK, {"http.header_injection": 1}),
    "target-escaped-colon": (b"GET /a?b=%0D%0ALocation%3A//b HTTP/1.1\r\nHost: a.example\r\n\r\n", OK, {"http.header_injection": 1}),
    "chunk-plus": (GET, answer(b"200 OK\r\n" + CHUNKED, b"+2\r\nhi\r\n0\r\n\r\n"), {"http.bad_chunk": 1}),
    "chunk-word": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2 2\r\nhi\r\n0\r\n\r\n"), {"http.bad_chunk": 1}),
    "chunk-space-before": (GET, answer(b"200 OK\r\n" + CHUNKED, b" 2\r\nhi\r\n0\r\n\r\n"), {"http.odd_chunk": 1}),
    "chunk-zeros": (GET, answer(b"200 OK\r\n" + CHUNKED, b"0" * 17 + b"2\r\nhi\r\n0\r\n\r\n"), {"http.odd_chunk": 1}),
    "chunk-extension-cr": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2;a\rb\r\nhi\r\n0\r\n\r\n"), {"http.odd_chunk": 1}),
    "chunk-extension-lf": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2;a\nhi\r\n0\r\n\r\n"), {"http.bare_lf": 1}),
    "chunk-extension-nul": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2;\0\r\nhi\r\n0\r\n\r\n"), {"http.odd_chunk": 1}),
    "chunk-spill": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2\r\nhiXX0\r\n\r\n"), {"http.bad_chunk": 1}),
    "chunk-end-lf": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2\r\nhi\n0\r\n\r\n"), {"http.bare_lf": 1}),
    "empty-line-cr": (b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\r\n\r\n", OK, {"http.bad_header": 1, "message.hidden_line": 1}),
    "split": (GET, OK + OK, {"http.unasked_response": 1}),
    "honest-chunks": (post(CHUNKED, b"5;name=value\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n"), OK, {}),
    "honest-chunk-spaces": (GET, answer(b"200 OK\r\n" + CHUNKED, b"2   \r\nhi\r\n0\r\n\r\n"), {}),
    "honest-names": (post(b"X-Content-Length: 5\r\nContent-Language: de\r\n"
                          b"X-Note: gr\xc3\xbcn\r\nX_Y: z\r\n"), OK, {}),
    "honest-body": (post(b"Content-Length: 23\r\n", b"GET / HTTP, said nobody"), OK, {}),
    "honest-message": (post(b"Content-Type: message/http\r\nContent-Length: 18\r\n", b"GET / HTTP/1.1\r\n\r\n"), OK, {}),
    "honest-connection": (post(b"Connection: keep-alive, TE\r\nTE: trailers\r\n"), OK, {}),
    "honest-expect": (post(b"Expect: 100-Continue\r\nContent-Length: 2\r\n", b"hi"), OK, {}),
    "honest-host": (b"GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n", OK, {}),
    "honest-h2c": (GET[:-2] + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n", OK, {}),
    "honest-target": (b"GET /?text=one%0D%0A%0D%0Atwo HTTP/1.1\r\nHost: a.example\r\n\r\n", OK, {}),
    "honest-lengths": (post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"), OK, {}),
    "honest-204": (GET, answer(b"204 No Content\r\nContent-Length: 0\r\n"), {}),
    "honest-304": (GET, answer(b"304 Not Modified\r\nContent-Length: 500\r\n"), {}),
    "honest-absolute": (b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", OK, {}),
}


def talk(port, turns):
    """Turns: (side, bytes), the server is 1."""
    builder = Builder()
    connection = builder.connect(server_port=port)
    for side, text in turns:
        connection.send(side, text)
    connection.close()
    return builder


def http(cases):
    for name, (request, response, expected) in HTTP.items():
        found = cases.look(f"http-{name}", talk(80, [(0, request), (1, response)]))
        cases.equal(found.anomalies, expected, f"http-{name}: what is told")


def letter(text):
    """A mail by SMTP; the text as it goes on the wire, without its end."""
    return [(1, b"220 mx ESMTP\r\n"), (0, b"EHLO me\r\n"), (1, b"250 mx\r\n"), (0, b"MAIL FROM:<a@x.example>\r\n"), (1, b"250 ok\r\n"),
            (0, b"RCPT TO:<b@y.example>\r\n"), (1, b"250 ok\r\n"), (0, b"DATA\r\n"), (1, b"354 go\r\n"), (0, text + b"\r\n.\r\n"),
            (1, b"250 queued\r\n"), (0, b"QUIT\r\n"), (1, b"221 bye\r\n")]


HEADER = b"From: a@x.example\r\nSubject: s\r\n"
BEHIND = b"MAIL FROM:<admin@y.example>\r\n"

SMTP = {
    "lf-dot-lf": (letter(HEADER + b"\r\ntext\n.\n" + BEHIND), {"smtp.ambiguous_end": 1, "smtp.bare_lf": 1}),
    "lf-dot-crlf": (letter(HEADER + b"\r\ntext\n.\r\n" + BEHIND), {"smtp.ambiguous_end": 1, "smtp.bare_lf": 1}),
    "crlf-dot-lf": (letter(HEADER + b"\r\ntext\r\n.\n" + BEHIND), {"smtp.ambiguous_end": 1, "smtp.bare_lf": 1}),
    "cr-dot-cr": (letter(HEADER + b"\r\ntext\r.\r" + BEHIND), {"smtp.ambiguous_end": 1}),
    "command-cr": ([(1, b"220 mx ESMTP\r\n"), (0, b"EHLO me\r\n"), (1, b"250 mx\r\n"), (0, b"MAIL FROM:<a@x>\rRCPT TO:<b@y>\r\n"),
                    (1, b"250 ok\r\n")], {"message.hidden_line": 1}),
    "starttls": ([(1, b"220 mx ESMTP\r\n"), (0, b"EHLO me\r\n"), (1, b"250 STARTTLS\r\n"), (0, b"STARTTLS\r\nMAIL FROM:<a@x>\r\n"),
                  (1, b"220 go\r\n")], {"smtp.starttls_injection": 1}),
    "honest": (letter(HEADER + b"\r\ntext\r\n..\r\n.. more"), {}),
}


def smtp(cases):
    for name, (turns, expected) in SMTP.items():
        found = cases.look(f"smtp-{name}", talk(25, turns))
        cases.equal(found.anomalies, expected, f"smtp-{name}: what is told")


MULTIPART = b'From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'


def attachment(headers, body=b"hello"):
    return MULTIPART + b"--b\r\n" + headers + b"\r\n" + body + b"\r\n--b--"


def named(name, own_type=b"application/octet-stream"):
    return attachment(b"Content-Type: " + own_type + b"\r\nContent-Disposition: attachment; filename=" + name + b"\r\n")


MIME = {
    "two-types": (attachment(b"Content-Type: text/plain\r\nContent-Type: application/zip\r\n"), {"mail.ambiguous_part": 1}),
    "two-encodings": (attachment(b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n", b"aGVsbG8="),
                      {"mail.ambiguous_part": 1}),
    "two-from": (b"From: a@x.example\r\nFrom: b@y.example\r\n\r\ntext", {"mail.duplicate_header": 1}),
    "two-names": (attachment(b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.exe\r\n"),
                  {"mail.two_names": 1}),
    "two-extensions": (named(b"invoice.pdf.exe"), {"mail.deceptive_name": 1}),
    "bidi": (named("\"invoice\u202efdp.exe\"".encode()), {"mail.deceptive_name": 1}),
    "zero-width": (named("\"in\u200bvoice.pdf\"".encode()), {"mail.deceptive_name": 1}),
    "odd-delimiter": (MULTIPART + b"--b x\r\n\r\ntext\r\n--b\r\n\r\nmore\r\n--b--", {"mail.odd_delimiter": 1}),
    "no-boundary": (b"From: a@x.example\r\nContent-Type: multipart/mixed\r\n\r\n--b\r\n\r\ntext", {"mail.no_boundary": 1}),
    "base64-junk": (attachment(b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n", b"aGVs=bG8h!!"),
                    {"mail.bad_encoding": 1}),
    "no-header-end": (b"From: a@x.example\r\nthis is none\r\n\r\ntext", {"mail.bad_header": 1}),
    "word-in-address": (b"From: <=?utf-8?q?a?=@x.example>\r\n\r\ntext", {"mail.encoded_address": 1}),
    "word-in-domain": (b"From: a@x.example\r\nTo: Bob <b@=?utf-8?q?y?=.example>\r\n\r\ntext", {"mail.encoded_address": 1}),
    "mailsploit": (b"From: =?utf-8?b?YUB4LmV4YW1wbGU=?==?utf-8?q?=00?= <c@z.example>\r\n\r\ntext",
                   {"mail.deceptive_sender": 1, "mail.hidden_line": 1}),
    "word-is-address": (b"From: =?utf-8?q?Boss_=3Ca=40x.example=3E?= <c@z.example>\r\n\r\ntext", {"mail.deceptive_sender": 1}),
    "name-is-address": (b'From: "a@x.example" <c@z.example>\r\n\r\ntext', {"mail.deceptive_sender": 1}),
    "word-with-line": (b"From: a@x.example\r\nSubject: =?utf-8?q?s=0D=0ABcc:_d=40x.example?=\r\n\r\ntext", {"mail.hidden_line": 1}),
    "two-authors": (b"From: a@x.example, b@y.example\r\n\r\ntext", {"mail.several_authors": 1}),
    "two-subjects": (HEADER + b"Subject: t\r\n\r\ntext", {"mail.duplicate_header": 1}),
    "two-dates": (HEADER + b"Date: Fri, 2 Jan 2026 03:04:05 +0000\r\nDate: Sat, 3 Jan 2026 03:04:05 +0000\r\n\r\ntext",
                  {"mail.duplicate_header": 1}),
    "space-before-colon": (b"From : a@x.example\r\n\r\ntext", {"mail.space_before_colon": 1}),
    "two-boundaries": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b; boundary=c\r\n\r\n--b\r\n\r\ntext\r\n--b--",
                       {"mail.doubled_parameter": 1}),
    "boundary-both-ways": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=c; boundary*=us-ascii''b\r\n\r\n--b\r\n\r\n"
                           b"text\r\n--b--", {"mail.doubled_parameter": 1}),
    "two-charsets": (attachment(b"Content-Type: text/html; charset=utf-8; charset=utf-7\r\n"), {"mail.doubled_parameter": 1}),
    "two-filenames": (attachment(b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf; filename=a.exe\r\n"),
                      {"mail.doubled_parameter": 1}),
    "boundary-in-pieces": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary*0=b; boundary*1=c\r\n\r\n--bc\r\n\r\ntext\r\n"
                           b"--bc--", {"mail.odd_boundary": 1}),
    "boundary-with-space": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b c\r\n\r\n--b c\r\n\r\ntext\r\n--b c--",
                            {"mail.odd_boundary": 1}),
    "boundary-space-at-end": (b'From: a@x.example\r\nContent-Type: multipart/mixed; boundary="b "\r\n\r\n--b \r\n\r\ntext\r\n--b --',
                              {"mail.odd_boundary": 1, "mail.odd_delimiter": 1, "mail.unclosed_multipart": 1}),
    "encoding-comment": (attachment(b"Content-Transfer-Encoding: base64 (so)\r\n", b"aGVsbG8="), {"mail.odd_encoding": 1}),
    "comment-in-type": (attachment(b"Content-Type: text/(x)html\r\n"), {"mail.comment": 1}),
    "comment-in-disposition": (attachment(b"Content-Disposition: inline (so)\r\n"), {"mail.comment": 1}),
    "comment-behind-boundary": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b(c)\r\n\r\n--b\r\n\r\ntext\r\n--b--",
                                {"mail.comment": 1}),
    "comment-before-equals": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary (=c) = b\r\n\r\n--b\r\n\r\ntext\r\n--b--",
                              {"mail.comment": 1}),
    "comment-is-boundary": (b"From: a@x.example\r\nContent-Type: multipart/mixed; (;boundary=c;) boundary=b\r\n\r\n"
                            b"--b\r\n\r\ntext\r\n--b--", {"mail.comment": 1}),
    "comment-behind-name": (named(b"a.exe (.pdf)"), {"mail.comment": 1}),
    "packed-multipart": (attachment(b"Content-Type: multipart/mixed; boundary=c\r\nContent-Transfer-Encoding: base64\r\n",
                                    b"--c\r\n\r\ntext\r\n--c--"), {"mail.encoded_container": 1}),
    "packed-mail": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                    b"--b\r\n\r\ntext\r\n--b--", {"mail.encoded_container": 1}),
    "packed-message": (attachment(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n", b"U3ViamVjdDogcw0KDQp0"),
                       {"mail.encoded_container": 1}),
    "encoding-quoted": (attachment(b'Content-Transfer-Encoding: "base64"\r\n', b"aGVsbG8="), {"mail.odd_encoding": 1}),
    "encoding-two-words": (attachment(b"Content-Transfer-Encoding: 7bit base64\r\n", b"aGVsbG8="), {"mail.odd_encoding": 1}),
    "honest-sender": (b'From: "a@x.example" <a@x.example>\r\nTo: =?utf-8?q?J=C3=BCrgen?= <j@y.example>\r\n'
                      b"Subject: =?utf-8?q?gr=C3=BCn?=\r\n\r\ntext", {}),
    "honest-list": (b"From: \"'a@x.example' via List\" <list@z.example>\r\n\r\ntext", {}),
    "honest-authors": (b"From: a@x.example, b@y.example\r\nSender: a@x.example\r\n\r\ntext", {}),
    "honest-parameters": (b'From: a@x.example\r\nContent-Type: multipart/mixed; charset=utf-8;\r\n boundary="=_b (1):/?"\r\n\r\n'
                          b"--=_b (1):/?\r\n\r\ntext\r\n--=_b (1):/?--", {}),
    "honest-unquoted": (b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=----=_Part_1.2\r\n\r\n"
                        b"------=_Part_1.2\r\n\r\ntext\r\n------=_Part_1.2--", {}),
    "honest-both-names": (attachment(b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a_.pdf\";\r\n"
                                     b" filename*=UTF-8''a%C3%BC.pdf\r\n"), {}),
    "honest-names": (attachment(b"Content-Type: application/pdf; name=\"a b.pdf\"\r\n"
                                b"Content-Disposition: attachment; filename*=UTF-8''a%20b.pdf\r\n"), {}),
    "honest-extensions": (named(b"backup.tar.gz"), {}),
    "honest-comments": (b'From: a@x.example\r\nContent-Type: multipart/mixed; boundary="b(c)" (so)\r\n\r\n--b(c)\r\n'
                        b"Content-Type: text/plain; charset=us-ascii (Plain text)\r\n\r\ntext\r\n--b(c)\r\n"
                        b"Content-Disposition: attachment; filename=report (1).pdf\r\n\r\ntext\r\n--b(c)--", {}),
    "honest-container": (attachment(b"Content-Type: multipart/mixed; boundary=c\r\nContent-Transfer-Encoding: 8bit\r\n",
                                    b"--c\r\nContent-Type: message/global\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ntext\r\n--c--"),
                         {}),
    "honest-part": (attachment(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n"), {}),
}


def mime(cases):
    for name, (text, expected) in MIME.items():
        found = cases.look(f"mime-{name}", talk(25, letter(text)))
        cases.equal(found.anomalies, expected, f"mime-{name}: what is told")


NAME = dns_name("www.example")
QUESTION = [(NAME, 1, 1)]
ADDRESS = dns_record(NAME, 1, 60, bytes((192, 0, 2, 1)))


def looked_up(question, reply):
    builder = Builder()
    builder.add(udp(CLIENT, 40000, SERVER, 53, question))
    builder.add(udp(SERVER, 53, CLIENT, 40000, reply))
    return builder




def of(name, kind, content):
    return dns_record(dns_name(name), kind, 60, content)


def at(name, place=1):
    return of(name, 1, bytes((192, 0, 2, place)))


def answered(answers=(), authority=(), additional=(), flags=0x8180, question="www.example"):
    return dns_message(7, flags, [(dns_name(question), 1, 1)], answers, authority, additional)


A, NS, CNAME, SOA, PTR, MX, SRV, DNAME, RRSIG, NSEC3 = 1, 2, 5, 6, 12, 15, 33, 39, 46, 50
START = dns_name("ns.example") + dns_name("root.example") + struct.pack("!5I", 1, 2, 3, 4, 5)
ASKED = dns_message(7, 0x0100, QUESTION)
ANSWERED = dns_message(7, 0x8180, QUESTION, [ADDRESS])

DNS = {
    "two-questions": (dns_message(7, 0x0100, QUESTION + [(dns_name("b.example"), 1, 1)]), ANSWERED, {"dns.several_questions": 1}),
    "dot": (dns_message(7, 0x0100, [(b"\x0bwww.example\0", 1, 1)]), dns_message(7, 0x8183, [(b"\x0bwww.example\0", 1, 1)]),
            {"dns.odd_name": 1}),
    "nul": (dns_message(7, 0x0100, [(b"\x04www\0\x07example\0", 1, 1)]), dns_message(7, 0x8183, [(b"\x04www\0\x07example\0", 1, 1)]),
            {"dns.odd_name": 1}),
    "other-question": (ASKED, dns_message(7, 0x8180, [(dns_name("b.example"), 1, 1)], [at("b.example")]), {"dns.other_question": 1}),
    "trailing": (ASKED, ANSWERED + b"more", {"dns.trailing_bytes": 1}),
    "loop": (ASKED, dns_message(7, 0x8180, QUESTION, [b"\xc0\x1d" + ADDRESS[len(NAME):]]), {"dns.compression_loop": 1}),
    "foreign-answer": (ASKED, answered([ADDRESS, at("bank.example")]), {"dns.unrelated_record": 1}),
    "foreign-alias": (ASKED, answered([of("bank.example", CNAME, dns_name("evil.example")), ADDRESS]), {"dns.unrelated_record": 1}),
    "foreign-alias-behind": (ASKED, answered([ADDRESS, of("www.example", CNAME, dns_name("a.example")), at("b.example")]),
                             {"dns.unrelated_record": 1}),
    "foreign-zone": (ASKED, answered([ADDRESS], [of("bank.test", NS, dns_name("ns.example"))]), {"dns.unrelated_record": 1}),
    "zone-below": (ASKED, answered([ADDRESS], [of("a.www.example", NS, dns_name("ns.example"))]), {"dns.unrelated_record": 1}),
    "zone-beside": (ASKED, answered([ADDRESS], [of("ample", NS, dns_name("ns.example"))]), {"dns.unrelated_record": 1}),
    "foreign-soa": (ASKED, answered([], [of("bank.test", SOA, START)], flags=0x8183), {"dns.unrelated_record": 1}),
    "foreign-additional": (ASKED, answered([ADDRESS], [of("example", NS, dns_name("ns.example"))], [at("ns.example"), at("bank.test")]),
                           {"dns.unrelated_record": 1}),
    "honest": (ASKED, ANSWERED, {}),
    "honest-chain": (ASKED, answered([of("www.example", CNAME, dns_name("a.test")), of("www.example", RRSIG, bytes(18) + b"\0sig"),
                                      of("a.test", CNAME, dns_name("b.test")), at("b.test")],
                                     [of("test", NS, dns_name("ns.test"))], [at("ns.test")]), {}),
    "honest-order": (ASKED, answered([at("b.test"), of("a.test", CNAME, dns_name("b.test")), of("www.example", CNAME, dns_name("a.test"))]),
                     {}),
    "honest-dname": (ASKED, answered([of("example", DNAME, dns_name("test")), of("www.example", CNAME, dns_name("www.test")),
                                      at("www.test")]), {}),
    "honest-delegation": (ASKED, answered([], [of("example", NS, dns_name("ns1.host.test")), of("example", NS, dns_name("ns2.example"))],
                                          [at("ns1.host.test"), at("ns2.example")], flags=0x8100), {}),
    "honest-root": (ASKED, answered([], [of("", NS, dns_name("a.root.test"))], [at("a.root.test")], flags=0x8100), {}),
    "honest-negative": (ASKED, answered([of("www.example", CNAME, dns_name("gone.test"))], [
        of("test", SOA, START), of("abc123.test", NSEC3, bytes.fromhex("0100000000") + b"\x04abcd"),
        of("abc123.test", RRSIG, bytes(18) + b"\0sig")], flags=0x8183), {}),
    "honest-services": (ASKED, answered([of("www.example", PTR, dns_name("it._http.example"))], [], [
        of("it._http.example", SRV, bytes(6) + dns_name("host.test")), at("host.test"), at("mail.test"),
        of("www.example", MX, bytes(2) + dns_name("mail.test"))]), {}),
    "honest-case": (ASKED, dns_message(7, 0x8180, [(dns_name("wWw.eXample"), 1, 1)], [ADDRESS]), {}),
    "honest-other-number": (ASKED, dns_message(8, 0x8180, QUESTION, [ADDRESS]), {}),
}


def dns(cases):
    for name, (question, reply, expected) in DNS.items():
        found = cases.look(f"dns-{name}", looked_up(question, reply))
        cases.equal(found.anomalies, expected, f"dns-{name}: what is told")


FTP_LOGIN = [(1, b"220 ready\r\n"), (0, b"USER a\r\n"), (1, b"331 password\r\n"), (0, b"PASS b\r\n"), (1, b"230 in\r\n")]
IMAP_LOGIN = [(1, b"* OK IMAP4rev1 ready\r\n")]

LINES = {
    "ftp-cr": (21, FTP_LOGIN + [(0, b"CWD a\rDELE b\r\n"), (1, b"250 ok\r\n")], {"message.hidden_line": 1}),
    "ftp-nul": (21, FTP_LOGIN + [(0, b"RETR a.txt\0.exe\r\n"), (1, b"550 no\r\n")], {"message.hidden_line": 1}),
    "ftp-bounce": (21, FTP_LOGIN + [(0, b"PORT 10,9,0,9,0,25\r\n"), (1, b"200 ok\r\n")], {"ftp.third_party": 1}),
    "ftp-auth": (21, [(1, b"220 ready\r\n"), (0, b"AUTH TLS\r\nDELE a\r\n"), (1, b"234 go\r\n")], {"ftp.commands_after_auth": 1}),
    "ftp-honest": (21, FTP_LOGIN + [(0, b"CWD a\r\n"), (1, b"250 ok\r\n")], {}),
    "imap-cr": (143, IMAP_LOGIN + [(0, b"a1 SELECT INBOX\ra2 DELETE Trash\r\n"), (1, b"a1 OK done\r\n")], {"message.hidden_line": 1}),
    "imap-starttls": (143, IMAP_LOGIN + [(0, b"a1 STARTTLS\r\na2 NOOP\r\n"), (1, b"a1 OK go\r\n")],
                      {"imap.commands_after_starttls": 1}),
    "imap-honest": (143, IMAP_LOGIN + [(0, b"a1 SELECT INBOX\r\n"), (1, b"a1 OK done\r\n")], {}),
    "pop3-cr": (110, [(1, b"+OK ready\r\n"), (0, b"USER a\rDELE 1\r\n"), (1, b"+OK\r\n")], {"message.hidden_line": 1}),
    "pop3-stls": (110, [(1, b"+OK ready\r\n"), (0, b"STLS\r\nCAPA\r\n"), (1, b"+OK go\r\n")], {"pop3.commands_after_stls": 1}),
    "pop3-honest": (110, [(1, b"+OK ready\r\n"), (0, b"USER a\r\n"), (1, b"+OK\r\n")], {}),
}


def extension(kind, body):
    return struct.pack("!HH", kind, len(body)) + body


def server_names(*names, length=None):
    body = b"".join(b"\0" + struct.pack("!H", len(name)) + name for name in names)
    return extension(0, struct.pack("!H", len(body) if length is None else length) + body)


def client_hello(*extensions):
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\4\x13\1\xc0\x2f" + b"\1\0"
    return handshake(1, body + struct.pack("!H", len(b"".join(extensions))) + b"".join(extensions))


def handshake(kind, body):
    message = bytes((kind,)) + struct.pack("!I", len(body))[1:] + body
    return b"\x16\3\3" + struct.pack("!H", len(message)) + message


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
SERVER_HELLO = handshake(2, b"\3\3" + bytes(range(32)) + b"\0\xc0\x2f\0")
HELLO_RETRY = handshake(2, b"\3\3" + RETRY + b"\0\x13\1\0" + b"\0\6" + extension(43, b"\3\4"))
OF_A = server_names(b"a.example")
HELLO = client_hello(OF_A)
ENCRYPTED = b"\x14\3\3\0\1\1" + b"\x16\3\3\0\x28" + bytes(range(200, 240))  # ChangeCipherSpec and Finished
AGREED = {  # how each protocol comes to TLS
    "smtp": (25, [(1, b"220 mx ESMTP\r\n"), (0, b"EHLO me\r\n"), (1, b"250 STARTTLS\r\n"), (0, b"STARTTLS\r\n")], b"220 go\r\n"),
    "pop3": (110, [(1, b"+OK ready\r\n"), (0, b"STLS\r\n")], b"+OK go\r\n"),
    "imap": (143, [(1, b"* OK IMAP4rev1 ready\r\n"), (0, b"a1 STARTTLS\r\n")], b"a1 OK go\r\n"),
    "ftp": (21, [(1, b"220 ready\r\n"), (0, b"AUTH TLS\r\n")], b"234 go\r\n"),
}
INJECTED = {"smtp": b"250 AUTH PLAIN\r\n", "pop3": b"+OK more\r\n", "imap": b"* CAPABILITY IMAP4rev1\r\n", "ftp": b"230 in\r\n"}
COMMANDS = {"smtp": b"RSET\r\n", "pop3": b"CAPA\r\n", "imap": b"a2 NOOP\r\n", "ftp": b"NOOP\r\n"}

HELLO_B = client_hello(server_names(b"b.example"))


def tunnel(target, hello):
    return [(0, b"CONNECT " + target + b" HTTP/1.1\r\nHost: " + target + b"\r\n\r\n"), (1, b"HTTP/1.1 200 OK\r\n\r\n"), (0, hello),
            (1, SERVER_HELLO)]


TLS = {
    "name-nul": ([(0, client_hello(server_names(b"a.example\0.b.example")))], {"tls.odd_server_name": 1}),
    "name-slash": ([(0, client_hello(server_names(b"a/b.example")))], {"tls.odd_server_name": 1}),
    "name-period-at-end": ([(0, client_hello(server_names(b"a.example.")))], {"tls.odd_server_name": 1}),
    "name-beyond-ascii": ([(0, client_hello(server_names("\u00fc.example".encode())))], {"tls.odd_server_name": 1}),
    "address": ([(0, client_hello(server_names(b"192.0.2.1")))], {"tls.address_as_name": 1}),
    "address-6": ([(0, client_hello(server_names(b"2001:db8::1")))], {"tls.address_as_name": 1}),
    "two-names": ([(0, client_hello(server_names(b"a.example", b"b.example")))], {"tls.several_server_names": 1}),
    "two-extensions": ([(0, client_hello(OF_A, server_names(b"b.example")))], {"tls.doubled_extension": 1}),
    "short-list": ([(0, client_hello(server_names(b"a.example", length=6)))], {"tls.length_conflict": 1}),
    "long-list": ([(0, client_hello(server_names(b"a.example", length=60)))], {"tls.length_conflict": 1}),
    "short-versions": ([(0, client_hello(OF_A, extension(43, b"\2\3\4\3\3")))], {"tls.length_conflict": 1}),
    "short-protocols": ([(0, client_hello(OF_A, extension(16, b"\0\3\2h2\x08http/1.1")))], {"tls.length_conflict": 1}),
    "long-session": ([(0, handshake(1, b"\3\3" + bytes(32) + b"\x21" + bytes(33) + b"\0\2\x13\1\1\0"))], {"tls.malformed": 1}),
    "long-extensions": ([(0, handshake(1, b"\3\3" + bytes(32) + b"\0\0\2\x13\1\1\0\0\x20" + OF_A))], {"tls.malformed": 1}),
    "other-name": ([(0, HELLO), (1, HELLO_RETRY), (0, client_hello(server_names(b"b.example")))], {"tls.other_server_name": 1}),
    "tunnel-other-host": (tunnel(b"a.example:443", HELLO_B), {"tls.other_host": 1}),
    "tunnel-other-host-below": (tunnel(b"example:443", HELLO), {"tls.other_host": 1}),
    "again-in-clear": ([(0, HELLO), (1, SERVER_HELLO + ENCRYPTED), (0, ENCRYPTED + HELLO)], {"tls.clear_renegotiation": 1}),
    "honest": ([(0, client_hello(OF_A, extension(10, b"\0\2\0\x1d"), extension(13, b"\0\2\4\3"), extension(16, b"\0\3\2h2"),
                                 extension(43, b"\2\3\4"), extension(0x2a2a, b""), extension(0x1a1a, b"\0")))], {}),
    "honest-tunnel": (tunnel(b"a.example:443", HELLO), {}),
    "honest-tunnel-letters": (tunnel(b"A.Example.:8443", HELLO), {}),
    "honest-tunnel-address": (tunnel(b"192.0.2.1:443", HELLO), {}),
    "honest-tunnel-address-6": (tunnel(b"[2001:db8::1]:443", HELLO), {}),
    "honest-tunnel-without-name": (tunnel(b"a.example:443", client_hello(extension(10, b"\0\2\0\x1d"))), {}),
    "honest-tunnel-beyond-ascii": (tunnel("\u00fc.example:443".encode(), HELLO), {}),
    "honest-tunnel-encrypted": (tunnel(b"a.example:443", client_hello(server_names(b"front.example"), extension(0xfe0d, bytes(40)))), {}),
    "honest-other-letters": ([(0, HELLO), (1, HELLO_RETRY), (0, client_hello(server_names(b"A.Example")))], {}),
    "honest-name": ([(0, client_hello(server_names(b"xn--tda_1.a-b.example")))], {}),
}


def tls(cases):
    for name, (turns, expected) in TLS.items():
        found = cases.look(f"tls-{name}", talk(443, turns))
        cases.equal(found.anomalies, expected, f"tls-{name}: what is told")


# The first thing behind the agreement: what a side adds in the same segment, or before its hello.
def agreed(protocol, answer=b"", command=b""):
    port, turns, go = AGREED[protocol]
    return port, turns + [(1, go + answer), (0, command + HELLO), (1, SERVER_HELLO)]


INJECTIONS = {f"{protocol}-{kind}": (protocol, INJECTED[protocol] if kind == "answer-injected" else b"",
                                     COMMANDS[protocol] if kind == "command-injected" else b"")
              for protocol in AGREED for kind in ("answer-injected", "command-injected", "honest-agreement")}


def injections(cases):
    """The injected text is told, whoever then takes the rest; an honest agreement is not."""
    for name, (protocol, answer, command) in INJECTIONS.items():
        found = cases.look(name, talk(*agreed(protocol, answer, command)))
        told = [anomaly for anomaly in INJECTION_RECORDS if anomaly in found.anomalies]
        cases.equal(len(told), 0 if "honest" in name else 1, f"{name}: what is told, of {found.anomalies}")
        if "honest" in name:
            cases.equal((found.anomalies, found.values("tls", "tls.client.server_name")), ({}, ["a.example"]), f"{name}: TLS is read")


INJECTION_RECORDS = ("message.not_as_agreed", "tls.plain_before")


def lines(cases):
    for name, (port, turns, expected) in LINES.items():
        found = cases.look(name, talk(port, turns))
        cases.equal(found.anomalies, expected, f"{name}: what is told")


def table():
    """Every test that stands above, by its name, with what must be told."""
    groups = {"http": HTTP, "smtp": SMTP, "mime": MIME, "dns": DNS, "tls": TLS}
    named = {f"{group}-{name}": row[-1] for group, rows in groups.items() for name, row in rows.items()}
    injected = {name: dict.fromkeys(INJECTION_RECORDS, 1) for name in INJECTIONS if "honest" not in name}
    return named | injected | {name: row[-1] for name, row in LINES.items()}


def page(cases):
    """docs/evasion.md has every test in a row with a record that it must tell of, and no other."""
    section = PAGE.read_text(encoding="utf-8").split("## What protocols leave open")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    expected, seen = table(), []
    for row in rows:
        tests, records = (re.findall(r"`([\w.-]+)`", cell) for cell in (row[0].rpartition(": ")[2], row[-1]))
        for test in tests:
            cases.check(set(records) & set(expected.get(test, {})), f"docs/evasion.md: what is told of {test}", records)
        seen += tests
    told = sorted(name for name, anomalies in expected.items() if anomalies)
    cases.equal(sorted(seen), told, "docs/evasion.md: a row for every test")


TESTS = (http, smtp, mime, dns, tls, injections, lines, page)
