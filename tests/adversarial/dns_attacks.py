# SPDX-License-Identifier: BSD-3-Clause
"""DNS messages that no server would send."""

import struct

from packets import CLIENT, Builder, dns_message, dns_name, dns_record, udp

NAMESERVER = "10.9.0.53"
QUERY, ANSWER = 0x0100, 0x8180
NAME = dns_name("www.example.org")
A = (NAME, 1, 1)


def asked(answer, query=None):
    """A query and the bytes that answer it."""
    builder = Builder()
    builder.add(udp(CLIENT, 40000, NAMESERVER, 53, query or dns_message(7, QUERY, [A])))
    builder.add(udp(NAMESERVER, 53, CLIENT, 40000, answer))
    return builder


def compression_loops(cases):
    # The name of the answer begins at byte 33, behind the header (12) and the question (17 + 4).
    at = 12 + len(NAME) + 4
    for what, name in {
        "itself": struct.pack("!H", 0xC000 | at),
        "forward": struct.pack("!H", 0xC000 | at + 12),
        "label-then-itself": b"\x01a" + struct.pack("!H", 0xC000 | at),
    }.items():
        found = cases.look(f"dns-loop-{what}", asked(dns_message(7, ANSWER, [A], [dns_record(name, 1, 60, b"\1\2\3\4")])))
        cases.equal(found.anomalies.get("dns.compression_loop"), 1, f"dns-loop-{what}: one anomaly")
        cases.equal(found.values("dns", "dns.question.name"), ["www.example.org"], f"dns-loop-{what}: the question is kept")


def long_chain_of_pointers(cases):
    """Pointers that each go back by two bytes: legal, and quadratic for whoever walks them carelessly."""
    count = 4000
    question = (NAME, 1, 1)
    start = 12 + len(NAME) + 4 + 12  # of the record's data: name of one byte is not needed, the pointer is two
    data = struct.pack("!H", 0xC00C)
    for i in range(1, count):
        data += struct.pack("!H", 0xC000 | (start + 2 * (i - 1)) & 0x3FFF)
    answers = [dns_record(struct.pack("!H", 0xC00C), 65280, 60, data)]
    found = cases.look("dns-pointer-chain", asked(dns_message(7, ANSWER, [question], answers)))
    cases.equal(found.values("dns", "dns.response_code"), ["NOERROR"], "dns-pointer-chain: the answer is read")


def counts_that_lie(cases):
    message = bytearray(dns_message(7, ANSWER, [A]))
    message[6:12] = b"\xff" * 6  # 65535 answers, authorities, additionals
    found = cases.look("dns-counts", asked(bytes(message)))
    cases.equal(found.anomalies.get("dns.count_mismatch"), 1, "dns-counts: one anomaly")
    cases.equal(found.values("dns", "dns.question.name"), ["www.example.org"], "dns-counts: the question is kept")


def cut_anywhere(cases):
    """An answer that breaks off at each of its bytes: one record for the query, whatever becomes of the answer."""
    whole = dns_message(7, ANSWER, [A], [dns_record(struct.pack("!H", 0xC00C), 1, 60, b"\1\2\3\4"),
                                         dns_record(struct.pack("!H", 0xC00C), 16, 60, b"\5hello")])
    builder = Builder()
    for length in range(len(whole) + 1):
        port = 20000 + length
        builder.add(udp(CLIENT, port, NAMESERVER, 53, dns_message(7, QUERY, [A])))
        builder.add(udp(NAMESERVER, 53, CLIENT, port, whole[:length]))
    found = cases.look("dns-cut", builder)
    cases.equal(len(found.of("flow")), len(whole) + 1, "dns-cut: conversations")
    cases.check(len(found.of("dns")) >= len(whole) + 1, "dns-cut: a record each", found.datasets)
    cases.equal([record["dns"]["resolved_ip"] for record in found.of("dns") if "resolved_ip" in record["dns"]][-1], ["1.2.3.4"],
                "dns-cut: the whole one is read")


def same_identifier(cases):
    """Many open queries with one identifier, answered youngest first."""
    builder, count = Builder(), 200
    names = [dns_name(f"host{i}.example.org") for i in range(count)]
    for name in names:
        builder.add(udp(CLIENT, 40000, NAMESERVER, 53, dns_message(7, QUERY, [(name, 1, 1)])))
    for name in reversed(names):
        builder.add(udp(NAMESERVER, 53, CLIENT, 40000, dns_message(7, ANSWER, [(name, 1, 1)], [
            dns_record(struct.pack("!H", 0xC00C), 1, 60, b"\1\2\3\4")])))
    found = cases.look("dns-same-identifier", builder)
    cases.equal(found.datasets.get("dns"), count, "dns-same-identifier: each query finds its answer")
    cases.equal(set(found.values("dns", "dns.type")), {"answer"}, "dns-same-identifier: none is left over")


def unanswered_flood(cases):
    """More open queries in one conversation than are kept: the oldest are given up, none is lost."""
    builder, count = Builder(), 2000
    for i in range(count):
        builder.add(udp(CLIENT, 40000, NAMESERVER, 53, dns_message(i, QUERY, [(dns_name(f"h{i}.example.org"), 1, 1)])),
                    step_ns=1000)
    found = cases.look("dns-unanswered-flood", builder)
    cases.equal(found.datasets.get("dns"), count, "dns-unanswered-flood: a record for each query")
    cases.equal(set(found.values("dns", "event.outcome")), {"unknown"}, "dns-unanswered-flood: nobody answered")
    cases.equal(found.anomalies.get("message.transactions_limit"), count - 256, "dns-unanswered-flood: the limit is told")


TESTS = (compression_loops, long_chain_of_pointers, counts_that_lie, cut_anywhere, same_identifier, unanswered_flood)
