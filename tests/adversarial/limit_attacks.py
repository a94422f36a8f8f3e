# SPDX-License-Identifier: BSD-3-Clause
"""Rows of limits.h, each reached from outside: just below it nothing happens, just above it what docs/limits.md says."""

import gzip
import re
import struct
import zlib

import suite
from case import get
from packets import ACK, PSH, RST, SYN, Builder, tcp, udp

CLIENT, SERVER = "10.9.0.2", "10.9.0.80"
SECOND = 10**9


def read_limits():
    """{name: value} of limits.h."""
    text = (suite.TOP / "include/overhear/limits.h").read_text(encoding="utf-8")
    return {name: eval(value) for name, value in re.findall(r"^\s*(LIMIT_\w+) = ([\d* ]+),", text, re.M)}


LIMITS = read_limits()


def reasons(found):
    return [get(flow, "overhear.flow.reason") for flow in found.of("flow")]


def silence(cases):
    """A conversation that is silent for as long as its limit is another one afterwards; a second less, and it is the same."""
    def udp_one(builder):
        builder.add(udp(CLIENT, 5000, SERVER, 9, b"x"), step_ns=0)

    def syn(builder):
        builder.add(tcp(CLIENT, 5000, SERVER, 9, 1, 0, SYN), step_ns=0)

    def data(builder):
        if not builder.capture.frames:
            builder.connect(5000, 9)
        builder.add(tcp(CLIENT, 5000, SERVER, 9, 1001, 5001, ACK), step_ns=0)

    for name, send in (("LIMIT_UDP_SECONDS", udp_one), ("LIMIT_TCP_HALF_OPEN_SECONDS", syn), ("LIMIT_TCP_SECONDS", data)):
        for more, conversations in ((-1, 1), (1, 2)):
            builder = Builder()
            send(builder)
            builder.now += (LIMITS[name] + more) * SECOND
            send(builder)
            found = cases.look(f"limits-{name}{more:+}", builder)
            cases.equal(len(found.of("flow")), conversations, f"{name} {more:+}: conversations")
            if more > 0:
                cases.equal(reasons(found)[0], "timeout", f"{name}: it ended by its silence")
                cases.equal(found.summary["ended"]["timeout"], 1, f"{name}: the counter")


def linger(cases):
    """Late segments still belong to a connection that was reset, for so long."""
    for more, conversations in ((-1, 1), (1, 2)):
        builder = Builder()
        connection = builder.connect()
        connection.segment(0, RST | ACK)
        builder.now += (LIMITS["LIMIT_TCP_LINGER_SECONDS"] + more) * SECOND
        connection.segment(1, ACK)
        found = cases.look(f"limits-linger{more:+}", builder)
        cases.equal(len(found.of("flow")), conversations, f"LIMIT_TCP_LINGER_SECONDS {more:+}: conversations")
        cases.equal(reasons(found)[0], "rst", "LIMIT_TCP_LINGER_SECONDS: how it ended")


def clock_jumps(cases):
    """One packet from far in the future moves no clock, two do; so do LIMIT_CLOCK_BACK_FRAMES from the past, and no fewer."""
    def around(jump_seconds, frames):
        builder = Builder()
        builder.add(udp(CLIENT, 5000, SERVER, 9, b"x"))
        was = builder.now
        builder.now += int(jump_seconds * SECOND)
        for _ in range(frames):
            builder.add(udp(CLIENT, 6000, SERVER, 9, b"y"), step_ns=1000)
        if jump_seconds > 0:
            builder.now = was
        builder.add(udp(CLIENT, 5000, SERVER, 9, b"x"))
        return [flow for flow in cases.look(f"limits-clock-{jump_seconds}-{frames}", builder).of("flow")
                if get(flow, "source.port") == 5000]

    far = LIMITS["LIMIT_CLOCK_JUMP_SECONDS"]
    cases.equal(len(around(far + 10, 1)), 1, "LIMIT_CLOCK_JUMP_SECONDS: one packet from beyond it is not believed")
    cases.equal(len(around(far + 10, 2)), 2, "LIMIT_CLOCK_JUMP_SECONDS: two are")
    cases.equal(len(around(far - 10, 1)), 2, "LIMIT_CLOCK_JUMP_SECONDS: below it, one is enough")

    def silence_after(back_seconds, frames):
        """Conversations of port 5000, silent for more than LIMIT_UDP_SECONDS by the clock that was set back only."""
        builder = Builder()
        start = builder.now
        builder.add(udp(CLIENT, 6000, SERVER, 9, b"y"))
        builder.now = start - int(back_seconds * SECOND)
        for _ in range(frames):
            builder.add(udp(CLIENT, 5000, SERVER, 9, b"x"), step_ns=0)
        builder.now += (LIMITS["LIMIT_UDP_SECONDS"] + 1) * SECOND
        builder.add(udp(CLIENT, 5000, SERVER, 9, b"x"))
        return len([flow for flow in cases.look(f"limits-back-{back_seconds}-{frames}", builder).of("flow")
                    if get(flow, "source.port") == 5000])

    back, frames = 1000 + LIMITS["LIMIT_CLOCK_BACK_SECONDS"], LIMITS["LIMIT_CLOCK_BACK_FRAMES"]
    cases.equal(silence_after(back, frames), 2, "LIMIT_CLOCK_BACK_FRAMES: so many set the clock back")
    cases.equal(silence_after(back, frames - 2), 1, "LIMIT_CLOCK_BACK_FRAMES: fewer do not")
    cases.equal(silence_after(LIMITS["LIMIT_CLOCK_BACK_SECONDS"] - 1, frames), 1, "LIMIT_CLOCK_BACK_SECONDS: those that are only late do not")


def newcomers(cases):
    """Unanswered conversations that are too many go first: with little memory, all that were answered stay."""
    builder = Builder()
    answered = 500
    for i in range(answered):
        builder.connect(port=10000 + i)
    for i in range(120_000):
        builder.add(tcp(f"198.18.{i >> 8 & 255}.{i & 255}", 1024 + i % 60000, "10.9.0.80", 80, i, 0, SYN), step_ns=1000)
    memory = 4 << 20
    found = cases.look("limits-newcomers", builder, "--memory", "4M")
    evicted = [flow for flow in found.of("flow") if get(flow, "overhear.flow.reason") == "evicted"]
    cases.check(len(evicted) > 1000, "LIMIT_MEMORY_RESERVE: some had to go", found.summary["ended"])
    cases.equal({get(flow, "overhear.flow.state") for flow in evicted}, {"half_open"}, "LIMIT_NEWCOMERS: of those without an answer")
    cases.check(found.summary["memory"]["peak"] <= memory - memory // (2 * LIMITS["LIMIT_MEMORY_RESERVE"]),
                "LIMIT_MEMORY_RESERVE: a part stays free", found.summary["memory"])


def unrecognised(cases):
    """What was not recognised within so many bytes is counted by its port; what begins later is not read."""
    for length, records in ((0, 1), (LIMITS["LIMIT_PROBE_BYTES"], 0)):
        builder = Builder()
        connection = builder.connect(server_port=9999)
        connection.send(0, b"\x01" * length)
        connection.send(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.close()
        found = cases.look(f"limits-probe-{length}", builder)
        cases.equal(len(found.of("http")), records, f"LIMIT_PROBE_BYTES {length}: records")
        cases.equal(bool(found.summary["unknown_ports"]), records == 0, f"LIMIT_PROBE_BYTES {length}: the counter")


def long_text(cases):
    """A text longer than that is cut, and its field named."""
    for length in (LIMITS["LIMIT_TEXT_BYTES"], LIMITS["LIMIT_TEXT_BYTES"] + 1):
        builder = Builder()
        connection = builder.connect()
        connection.send(0, b"GET /" + b"x" * (length - 1) + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        found = cases.look(f"limits-text-{length}", builder)
        cases.equal([len(path) for path in found.values("http", "url.path")], [LIMITS["LIMIT_TEXT_BYTES"]], f"LIMIT_TEXT_BYTES {length}")
        cut = (get(found.of("http")[0], "overhear.truncated") or [])
        cases.equal("url.path" in cut, length > LIMITS["LIMIT_TEXT_BYTES"], f"LIMIT_TEXT_BYTES {length}: the field is named")


def inflate(cases):
    """A body is inflated up to its ratio, once what is free is passed, and in any case up to a size."""
    def look(name, body):
        builder = Builder()
        connection = builder.connect()
        connection.send(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.send(1, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body, 60000)
        connection.close()
        found = cases.look(name, builder)
        anomalies = [get(anomaly, "overhear.anomaly.detail") for anomaly in found.of("anomaly")]
        return found.values("http", "http.response.body.decoded_bytes")[0], anomalies

    free, ratio, most = (LIMITS[f"LIMIT_INFLATE_{name}"] for name in ("FREE_BYTES", "RATIO", "BYTES"))
    body = gzip.compress(bytes(free), 9)
    cases.equal(look("limits-inflate-free", body), (free, []), "LIMIT_INFLATE_FREE_BYTES: up to there nothing is counted")
    body = gzip.compress(bytes(4 * free), 9)
    bomb = [f"{len(body)} bytes of body inflate to more than {free}"]
    cases.equal(look("limits-inflate-ratio", body), (None, bomb), "LIMIT_INFLATE_RATIO: no more than that")
    packed, length = pack(2 * free)
    cases.check(length / len(packed) < ratio, "LIMIT_INFLATE_BYTES: the ratio is not what stops it", length / len(packed))
    cases.equal(look("limits-inflate-fine", packed), (length, []), "LIMIT_INFLATE_RATIO: below it, more may come")
    packed, _ = pack(most + 1)
    bomb = [f"{len(packed)} bytes of body inflate to more than {free}"]
    cases.equal(look("limits-inflate-bytes", packed), (None, bomb), "LIMIT_INFLATE_BYTES: no more than that")


def pack(least):
    """(gzip of at least so many bytes of which one in 176 is not zero, how many they are)"""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces, made, number = [], 0, 0
    while made < least:
        unit = b"".join(struct.pack("<I", (number * 64 + i) * 2654435761 & 0xFFFFFFFF) + bytes(700) for i in range(1489))
        pieces.append(packer.compress(unit))
        made += len(unit)
        number += 1
    return b"".join(pieces) + packer.flush(), made


def large_block(cases):
    """A block of a pcapng file that claims to be larger is damage: message and exit status."""
    header = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    for length, what in ((LIMITS["LIMIT_BLOCK_BYTES"] + 4, "larger"), (LIMITS["LIMIT_BLOCK_BYTES"], "as large")):
        path = cases.folder / "block.pcapng"
        path.write_bytes(header + struct.pack("<II", 0xBAD, length) + b"\0" * 64)
        result = cases.run("--json", path)
        cases.equal(result.returncode, 1, f"LIMIT_BLOCK_BYTES, {what}: exit status")
        cases.equal(f"this one claims {length}".encode() in result.stderr, what == "larger", f"LIMIT_BLOCK_BYTES, {what}: {result.stderr.decode()}")
        path.unlink()


def memory_limit(cases):
    builder = Builder()
    builder.connect()
    found = cases.look("limits-memory", builder)
    cases.equal(found.summary["memory"]["limit"], LIMITS["LIMIT_MEMORY_MIB"] << 20, "LIMIT_MEMORY_MIB: what is said of it")


def extract_limit(cases):
    """What --extract saves of one file when nobody says otherwise; that it is cut there, unit/file says."""
    usage = cases.run("--help").stdout.decode()
    line = next(line for line in usage.splitlines() if "--extract-limit" in line)
    cases.check(f"({LIMITS['LIMIT_EXTRACT_BYTES'] >> 20}M)" in line, "LIMIT_EXTRACT_BYTES: what the usage says", line)


def hard_patterns(cases):
    """A match that takes too many steps is counted, and said at the end."""
    builder = Builder()
    connection = builder.connect()
    connection.send(0, b"GET /" + b"a" * 4000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    path = cases.write("limits-match", builder)
    for pattern, name in (("^/(a|aa)+[bc]", "LIMIT_MATCH_STEPS"), ("(a|b)*[cd]", "LIMIT_MATCH_WORK"),
                          ("^/(?:a|x" + "()" * 60 + ")*[cd]", "LIMIT_MATCH_KIB")):  # few steps, and much to remember in each
        result = cases.run("--json", "-Y", f"url.path matches \"{pattern}\"", path)
        cases.equal((result.returncode, result.stdout), (1, b""), f"{name}: it does not match, and the status says that something is missing")
        cases.check(b"texts were too long or too hard for the pattern" in result.stderr, f"{name}: and that is said", result.stderr.decode())
    path.unlink()


TESTS = (silence, linger, clock_jumps, newcomers, unrecognised, long_text, inflate, large_block, memory_limit, extract_limit,
         hard_patterns)
