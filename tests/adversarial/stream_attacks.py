# SPDX-License-Identifier: BSD-3-Clause
"""TCP as nobody's kernel would send it, but as anybody's socket can."""

from packets import ACK, FIN, PSH, RST, SYN, Builder, tcp

REQUEST = b"GET /first HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def syn_flood(cases):
    """A million would do the same: memory stays under its cap, and every conversation is told."""
    builder, count = Builder(), 260_000
    for i in range(count):
        source = f"198.18.{i >> 8 & 255}.{i & 255}"
        builder.add(tcp(source, 1024 + i % 60000, "10.9.0.80", 80, i * 7919, 0, SYN), step_ns=10_000)
    found = cases.look("syn-flood", builder, "--memory", "16M")
    cases.equal(found.datasets, {"flow": count}, "syn-flood: nothing but flow records")
    cases.equal(set(found.values("flow", "overhear.flow.state")), {"half_open"}, "syn-flood: all half open")
    cases.equal(found.summary["memory"]["limit"], 16 << 20, "syn-flood: the limit is the one asked for")
    cases.check(found.summary["ended"].get("evicted", 0) > 0, "syn-flood: some had to go", found.summary["ended"])


def reverse_bytes(cases):
    """One byte a segment, the last one first."""
    count = 3000
    request = b"GET /first HTTP/1.1\r\nHost: www.example.org\r\nX-Long: ".ljust(count - 4, b"x") + b"\r\n\r\n"
    builder = Builder()
    connection = builder.connect()
    start = connection.next[0]
    for at in reversed(range(count)):
        connection.raw(0, start + at, PSH | ACK, request[at:at + 1])
    connection.next[0] += count
    connection.send(1, RESPONSE)
    connection.close()
    found = cases.look("tcp-reverse-bytes", builder)
    cases.equal(found.datasets, {"http": 1, "file": 1, "flow": 1}, "tcp-reverse-bytes: one transaction, no anomaly")
    cases.equal(found.values("http", "http.request.bytes"), [count], "tcp-reverse-bytes: all of it")
    cases.equal(found.summary["stream"], {"seen": count + len(RESPONSE), "delivered": count + len(RESPONSE), "gap": 0,
                                          "duplicate": 0, "over_limit": 0}, "tcp-reverse-bytes: the bytes")


def too_many_pieces(cases):
    """More pieces behind one hole than are kept."""
    count = 6000
    builder = Builder()
    connection = builder.connect()
    start = connection.next[0]
    for at in range(1, count):
        connection.raw(0, start + 2 * at, ACK, b"x")
    found = cases.look("tcp-too-many-pieces", builder)
    cases.check(found.anomalies.get("tcp.pending_limit", 0) >= 1, "tcp-too-many-pieces: the limit is told", found.anomalies)
    stream = found.summary["stream"]
    cases.equal(stream["seen"], count - 1, "tcp-too-many-pieces: bytes seen")
    cases.equal(stream["delivered"] + stream["over_limit"] + stream["duplicate"], count - 1, "tcp-too-many-pieces: the sum")


def too_many_bytes(cases):
    """More bytes behind one hole than are kept: they come out after a gap, the conversation goes on."""
    builder = Builder()
    connection = builder.connect()
    connection.next[0] += 100  # the hole
    for _ in range(1000):
        connection.segment(0, ACK, b"x" * 1400)
    found = cases.look("tcp-too-many-bytes", builder)
    cases.check(found.anomalies.get("tcp.pending_limit", 0) >= 1, "tcp-too-many-bytes: the limit is told", found.anomalies)
    cases.equal(found.values("flow", "overhear.flow.gap_bytes"), [100], "tcp-too-many-bytes: the gap is the hole")
    cases.check(found.summary["memory"]["peak"] < 8 << 20, "tcp-too-many-bytes: memory", found.summary["memory"])


def overlap_conflict(cases):
    """The second half of the request waits, and is sent again, differently, with the first: Linux reads what begins first."""
    builder = Builder()
    connection = builder.connect()
    start = connection.next[0]
    connection.raw(0, start + 5, PSH | ACK, REQUEST[5:])
    connection.raw(0, start, PSH | ACK, REQUEST[:5] + REQUEST[5:].replace(b"first", b"other"))
    connection.next[0] += len(REQUEST)
    connection.send(1, RESPONSE)
    connection.close()
    found = cases.look("tcp-overlap", builder)
    cases.equal(found.values("http", "url.path"), ["/other"], "tcp-overlap: the later bytes are used")
    cases.equal(found.anomalies, {"tcp.overlap_replaced": 1}, "tcp-overlap: one anomaly")


def equal_overlap(cases):
    builder = Builder()
    connection = builder.connect()
    start = connection.next[0]
    connection.raw(0, start + 5, PSH | ACK, REQUEST[5:])
    connection.raw(0, start, PSH | ACK, REQUEST)
    connection.next[0] += len(REQUEST)
    connection.send(1, RESPONSE)
    connection.close()
    found = cases.look("tcp-overlap-equal", builder)
    cases.equal(found.datasets, {"http": 1, "file": 1, "flow": 1}, "tcp-overlap-equal: nothing to tell")
    cases.equal(found.summary["stream"]["duplicate"], len(REQUEST) - 5, "tcp-overlap-equal: duplicate bytes")


def sequence_wrap(cases):
    builder = Builder()
    connection = builder.connect()
    for frame in range(3):
        builder.capture.frames.pop()
    connection.next = [0xFFFFFFFF - 20, 0xFFFFFFFF - 3]
    connection.segment(0, SYN)
    connection.segment(1, SYN | ACK)
    connection.segment(0, ACK)
    connection.send(0, REQUEST, 7)
    connection.send(1, RESPONSE, 1)
    connection.close()
    found = cases.look("tcp-wrap", builder)
    cases.equal(found.datasets, {"http": 1, "file": 1, "flow": 1}, "tcp-wrap: one transaction")
    cases.equal(found.values("flow", "overhear.flow.gap_bytes"), [0], "tcp-wrap: no gap")
    cases.equal(found.values("http", "http.response.body.bytes"), [2], "tcp-wrap: the body")


def reset_then_data(cases):
    """Who has broken off and goes on talking is told; what the other side said meanwhile only crossed the reset."""
    for name, side, anomalies in (("tcp-after-own-reset", 1, {"tcp.data_after_reset": 1}), ("tcp-across-reset", 0, {})):
        builder = Builder()
        connection = builder.connect()
        connection.send(0, REQUEST)
        connection.raw(1, connection.next[1], RST | ACK)
        connection.raw(side, connection.next[side], PSH | ACK, b"late")
        found = cases.look(name, builder)
        cases.equal(found.values("flow", "overhear.flow.state"), ["reset"], f"{name}: the state")
        cases.equal(found.anomalies, anomalies, f"{name}: anomalies")
        cases.equal(found.values("http", "event.outcome"), ["unknown"], f"{name}: nobody answered")
        cases.equal(found.summary["stream"]["seen"], len(REQUEST) + 4, f"{name}: all bytes are counted")


def fin_then_data(cases):
    builder = Builder()
    connection = builder.connect()
    connection.send(0, REQUEST)
    connection.segment(0, FIN | ACK)
    connection.raw(0, connection.next[0], PSH | ACK, b"late")
    connection.send(1, RESPONSE)
    connection.segment(1, FIN | ACK)
    found = cases.look("tcp-after-fin", builder)
    cases.equal(found.anomalies, {"tcp.data_after_fin": 1}, "tcp-after-fin: one anomaly")
    cases.equal(found.values("http", "http.response.status_code"), [200], "tcp-after-fin: the answer is read")


def many_busy_connections(cases):
    """Holes with data behind them in more connections than the memory holds."""
    builder = Builder()
    for i in range(3000):
        connection = builder.connect(port=10000 + i)
        connection.next[0] += 1
        for _ in range(10):
            connection.segment(0, ACK, b"y" * 1400)
    found = cases.look("tcp-memory", builder, "--memory", "8M")
    cases.equal(found.summary["memory"]["limit"], 8 << 20, "tcp-memory: the limit is the one asked for")
    cases.check(found.summary["ended"].get("evicted", 0) > 0, "tcp-memory: some had to go", found.summary["ended"])
    cases.equal(found.summary["conversations"], 3000, "tcp-memory: conversations")


TESTS = (syn_flood, reverse_bytes, too_many_pieces, too_many_bytes, overlap_conflict, equal_overlap, sequence_wrap, reset_then_data,
         fin_then_data, many_busy_connections)
