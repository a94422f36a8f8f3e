#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What overhear reads is what this machine's kernel reads, however the packets contradict each other.

python3 tests/live/stack.py PROGRAM, as root: it moves into a network namespace of its own, plays the other end of a cable
(wire.py), and compares what the kernel's sockets give with what overhear --stack linux --follow makes of the same packets. All
relations that two and three segments, or fragments, can have (docs/evasion.md), and whatever else a receiver drops.
"""

import errno
import itertools
import json
import os
import platform
import re
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

import pcapfile
from hearing import Cases
from packets import ACK, FIN, IPV6_FRAGMENT, PSH, RST, SYN, UDP, checksum, ip, pseudo, tcp
from wire import HOST, HOST6, PEER, PEER6, PORT, SACK, Talk, Wire, everything_from, listen, segments, stamp, with_stamp

INSIDE = "--inside"
PLACES = 5  # three intervals have six ends, so all their relations occur between six places
UNIT = 4    # bytes a place: segments so small are joined by the kernel whatever the driver gave it
INTERVALS = [(start, end) for start in range(PLACES) for end in range(start + 1, PLACES + 1)]
DATAGRAM_PORT = 7777


def plans():
    """All pairs and triplets of intervals."""
    return itertools.chain(itertools.product(INTERVALS, repeat=2), itertools.product(INTERVALS, repeat=3))


def uncovered(intervals, end):
    covered = {place for start, stop in intervals for place in range(start, stop)}
    return [place for place in range(end) if place not in covered]


def heard(program, wire):
    """What overhear makes of all that has passed: the bytes of every side by the names of its ends, the records."""
    with tempfile.TemporaryDirectory(prefix="overhear-stack-") as name:
        capture, sides = Path(name, "capture.pcap"), Path(name, "sides")
        pcapfile.write(capture, wire.capture)
        user = ["-Z", "root"]
        subprocess.run([program, *user, "--stack", "linux", "--follow", "all", sides, capture], check=False, capture_output=True,
                       timeout=60)
        result = subprocess.run([program, *user, "--stack", "linux", "--json", "--no-notes", capture], check=True,
                                capture_output=True, timeout=60)
        records = [json.loads(line) for line in result.stdout.splitlines()]
        return {path.name.split("-", 1)[-1]: path.read_bytes() for path in sides.iterdir()}, records


def side_name(source, source_port, destination, port):
    return f"{source}.{source_port}-to-{destination}.{port}".replace(":", "_")


def overlaps_of_segments(program, cases, wire):
    """With a hole before them, so that they wait; and without, so that the first goes straight to the reader."""
    listener = listen()
    talks = []
    talk, base = None, 0
    for hole in (1, 0):
        for plan in plans():
            if talk is None or base > 20000:
                talk, base = Talk(wire, listener, 20000 + len(talks)), 0
                talks.append((talk, []))
            end = max(stop for _, stop in plan)
            for letter, (start, stop) in zip(b"ABC", plan):
                talk.segment(base + UNIT * (start + hole), bytes([letter]) * (UNIT * (stop - start)))
            for place in ([0] if hole else []) + [place + hole for place in uncovered(plan, end)]:
                talk.segment(base + UNIT * place, b"." * UNIT)
            talks[-1][1].append((hole, plan, base, talk.read()[0]))
            base += UNIT * (end + hole)
    sides, _ = heard(program, wire)
    wrong, count = [], 0
    for talk, told in talks:
        said = sides[side_name(PEER, talk.port, HOST, PORT)]
        for hole, plan, base, read in told:
            count += 1
            if said[base:base + len(read)] != read:
                wrong.append(f"{'behind a hole' if hole else 'in order'} {plan}: kernel {read[::UNIT]}, "
                             f"overhear {said[base:base + len(read):UNIT]}")
    cases.equal(count, 2 * (len(INTERVALS)**2 + len(INTERVALS)**3), "segments: all pairs and triplets were tried")
    cases.check(not wrong, f"segments: {len(wrong)} of {count} are read differently", "\n".join(wrong[:20]))


def neutral(letter):
    """Eight bytes that leave a checksum as it is, whichever of them it is that arrives."""
    word = bytes([letter, letter])
    return (word + bytes(255 - byte for byte in word)) * 2


def fragment(version, identification, place, more, data):
    if version == 4:
        return ip(PEER, HOST, UDP, data, identification=identification & 0xFFFF, fragment=(0x2000 if more else 0) | place)
    header = struct.pack("!BBHI", UDP, 0, place << 3 | more, identification)
    return ip(PEER6, HOST6, IPV6_FRAGMENT, header + data)


def datagram_socket(version):
    receiver = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    receiver.bind((HOST if version == 4 else HOST6, DATAGRAM_PORT))
    receiver.setblocking(False)
    # What never becomes whole is kept for half a minute; the rest had better find room beside it.
    Path("/proc/sys/net", *({4: ("ipv4", "ipfrag_high_thresh"), 6: ("ipv6", "ip6frag_high_thresh")}[version])).write_text("200000000")
    return receiver


def overlaps_of_fragments(program, cases, wire, version):
    """Behind the datagram's header, which comes last; the furthest piece is its end, or another that comes after them."""
    receiver = datagram_socket(version)
    source, destination = (PEER, HOST) if version == 4 else (PEER6, HOST6)
    read, identification = {}, 0
    for ends in (False, True):
        for plan in plans():
            identification += 1
            port = 1024 + identification
            end = max(stop for _, stop in plan)
            length = 8 * (1 + end + (0 if ends else 1))
            header = struct.pack("!HHHH", port, DATAGRAM_PORT, length, 0)
            value = checksum(pseudo(source, destination, UDP, length) + header) or 0xFFFF
            for letter, (start, stop) in zip(b"ABC", plan):
                wire.send(fragment(version, identification, 1 + start, not (ends and stop == end), neutral(letter) * (stop - start)))
            for place in uncovered(plan, end):
                wire.send(fragment(version, identification, 1 + place, True, neutral(ord("."))))
            if not ends:
                wire.send(fragment(version, identification, 1 + end, False, neutral(ord("$"))))
            wire.send(fragment(version, identification, 0, True, header[:6] + struct.pack("!H", value)))
            read[port] = (plan, everything_from(receiver)[0])
    receiver.close()
    sides, _ = heard(program, wire)
    wrong = []
    for port, (plan, datagram) in read.items():
        said = sides.get(side_name(source, port, destination, DATAGRAM_PORT), b"")
        if said != datagram:
            wrong.append(f"{plan}: kernel {datagram[::8]}, overhear {said[::8]}")
    received = sum(bool(datagram) for _, datagram in read.values())
    cases.check(100 < received < len(read), f"IPv{version} fragments: some become whole, some do not", received)
    cases.check(not wrong, f"IPv{version} fragments: {len(wrong)} of {len(read)} are read differently", "\n".join(wrong[:20]))


def overlaps_of_ipv4_fragments(program, cases, wire):
    overlaps_of_fragments(program, cases, wire, 4)


def overlaps_of_ipv6_fragments(program, cases, wire):
    overlaps_of_fragments(program, cases, wire, 6)


# What a receiver drops, believes or forgets. Each takes a Talk that has just begun, and says everything that is to be said.

def reset_within_the_window(talk):
    talk.segment(0, b"abc")
    talk.segment(10, b"", RST)
    talk.segment(3, b"def")


def reset_below(talk):
    talk.segment(0, b"abc")
    talk.segment(1, b"", RST)
    talk.segment(3, b"def")


def reset_far_away(talk):
    talk.segment(0, b"abc")
    talk.segment(100_000_000, b"", RST)
    talk.segment(3, b"def")


def reset_exactly(talk):
    talk.segment(0, b"abc")
    talk.segment(3, b"", RST)


def reset_with_acknowledgment(talk):
    talk.segment(0, b"abc")
    talk.segment(3, b"", RST | ACK)


def reset_behind_what_waits(talk):
    talk.segment(3, b"def")
    talk.segment(6, b"", RST)


def reset_damaged(talk):
    talk.segment(0, b"abc")
    packet = bytearray(tcp(PEER, talk.port, HOST, PORT, talk.isn + 4, 0, RST))
    packet[36] ^= 0x55
    talk.wire.send(bytes(packet))
    talk.segment(3, b"def")


def syn_in_between(talk):
    talk.segment(0, b"abc")
    talk.segment(3, b"", SYN)
    talk.segment(3, b"def")


def nothing_acknowledged(talk):
    talk.segment(0, b"FALSE", PSH)
    talk.segment(0, b"right")


def acknowledgment_of_the_future(talk):
    talk.acknowledges += 50000
    talk.segment(0, b"FALSE")
    talk.acknowledges -= 50000
    talk.segment(0, b"right")


def damaged(talk):
    packet = bytearray(tcp(PEER, talk.port, HOST, PORT, talk.isn + 1, talk.acknowledges, ACK | PSH, b"FALSE"))
    packet[36] ^= 0x55
    talk.wire.send(bytes(packet))
    talk.segment(0, b"right")


def end_before_its_data(talk):
    talk.segment(3, b"def", ACK | FIN)
    talk.segment(0, b"abc")


def end_under_longer_data(talk):
    talk.segment(3, b"", ACK | FIN)
    talk.segment(3, b"def")
    talk.segment(0, b"abc")


def end_under_one_byte(talk):
    talk.segment(3, b"", ACK | FIN)
    talk.segment(3, b"d")
    talk.segment(0, b"abc")


def end_with_data_under_other_data(talk):
    talk.segment(3, b"def", ACK | FIN)
    talk.segment(4, b"EFGH")
    talk.segment(0, b"abc")


def end_within_data(talk):
    talk.segment(3, b"def")
    talk.segment(3, b"", ACK | FIN)
    talk.segment(0, b"abc")


def data_after_the_end(talk):
    talk.segment(0, b"abc")
    talk.segment(3, b"", ACK | FIN)
    talk.segment(4, b"def")


def urgent_in_line(talk):
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    talk.urgent(0, b"abXcd", 3)
    talk.urgent(5, b"eYf", 2)


def again_with_other_content(talk):
    talk.segment(0, b"first")
    talk.segment(0, b"other")
    talk.segment(0, b"otherwise")


def again_cut_differently(talk):
    talk.segment(0, b"ab")
    talk.segment(2, b"cd")
    talk.segment(1, b"XYZ")


def old_timestamp(talk):
    talk.segment(0, b"abc", options=stamp(1010))
    talk.segment(3, b"FALSE", options=stamp(1005))
    talk.segment(3, b"right", options=stamp(1011))


def timestamp_of_one_tick_before(talk):
    talk.segment(0, b"abc", options=stamp(1010))
    talk.segment(3, b"takes", options=stamp(1009))
    talk.segment(3, b"OTHER", options=stamp(1011))


def timestamp_missing(talk):
    talk.segment(0, b"abc", options=stamp(1010))
    talk.segment(3, b"takes")
    talk.segment(3, b"OTHER", options=stamp(1011))


def timestamp_ahead_of_a_hole(talk):
    talk.segment(3, b"def", options=stamp(2000))
    talk.segment(0, b"abc", options=stamp(1010))
    talk.segment(6, b"ghi", options=stamp(1011))


def beyond_the_window(talk):
    """Beyond by a byte, then behind the hole once there is room."""
    answer = segments(talk.segment(0, b"a"))[-1]
    window = (int.from_bytes(answer.header[14:16], "big") << talk.shift) + 1
    talk.segment(window - 4, b"FALSE")
    for place in range(1, window - 4, 1000):
        talk.segment(place, b"." * min(1000, window - 4 - place))
        talk.read_more()
    talk.segment(window - 4, b"right")


TALKS = (
    (reset_within_the_window, {}), (reset_below, {}), (reset_far_away, {}), (reset_exactly, {}), (reset_with_acknowledgment, {}),
    (reset_behind_what_waits, {"options": SACK}), (reset_damaged, {}), (syn_in_between, {}), (nothing_acknowledged, {}),
    (acknowledgment_of_the_future, {}), (damaged, {}), (end_before_its_data, {}), (end_under_longer_data, {}), (end_under_one_byte, {}),
    (end_with_data_under_other_data, {}), (end_within_data, {}), (data_after_the_end, {}), (urgent_in_line, {}),
    (again_with_other_content, {}), (again_cut_differently, {}),
    (old_timestamp, {"options": with_stamp(1000)}), (timestamp_of_one_tick_before, {"options": with_stamp(1000)}),
    (timestamp_missing, {"options": with_stamp(1000)}), (timestamp_ahead_of_a_hole, {"options": with_stamp(1000)}),
    (beyond_the_window, {}),
)


def kernel_is_before(major, minor):
    return tuple(int(part) for part in re.match(r"(\d+)\.(\d+)", platform.release()).groups()) < (major, minor)


def what_receivers_drop(program, cases, wire):
    listener = listen()
    read, port = {}, 30000
    for say, options in TALKS:
        if say is beyond_the_window and kernel_is_before(6, 17):
            continue  # took what begins within the window and ends beyond it
        port += 1
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192 if say is beyond_the_window else 131072)
        talk = Talk(wire, listener, port, **options)
        talk.shift = 0  # of so small a buffer
        parts = []
        talk.read_more = lambda talk=talk, parts=parts: parts.append(talk.read())
        say(talk)
        parts.append(talk.read())
        read[port] = (say.__name__, b"".join(part for part, _ in parts), parts[-1][1])
    sides, records = heard(program, wire)
    states = {record["source"]["port"]: record["overhear"]["flow"]["state"] for record in records
              if record["event"]["dataset"] == "flow"}
    for port, (name, expected, end) in read.items():
        said = sides[side_name(PEER, port, HOST, PORT)]
        if end == errno.ECONNRESET:  # what waited is forgotten then; here it is still told, behind a gap
            said = said[:len(expected)]
        cases.equal(said, expected, f"{name}: what is read")
        cases.equal(states[port] == "reset", end == errno.ECONNRESET, f"{name}: whether it was reset")


def urgent_taken_out(program, cases, wire):
    """Programs that do not ask for it in line get it apart; overhear leaves it where it is, and says where that was."""
    listener = listen()
    talk = Talk(wire, listener, 40000)
    talk.urgent(0, b"abXcd", 3)
    apart = talk.socket.recv(1, socket.MSG_OOB)
    read = talk.read()[0]
    sides, records = heard(program, wire)
    said = sides[side_name(PEER, 40000, HOST, PORT)]
    told = [record["overhear"]["anomaly"] for record in records if record["event"]["dataset"] == "anomaly"]
    cases.equal(told, [{"name": "tcp.urgent", "detail": "urgent data up to stream byte 3"}], "urgent: told")
    cases.equal((read, apart), (said[:2] + said[3:], said[2:3]), "urgent: the byte before that place is what was taken out")


def syn_with_data(program, cases, wire):
    """Without a cookie of Fast Open the kernel forgets it; also data that opens the connection, out of order."""
    listener = listen()
    first = Talk(wire, listener, 41000, syn_data=b"FALSE")
    cases.equal(first.acknowledged, 0, "data on a SYN: not acknowledged")
    first.segment(0, b"right")
    second = Talk(wire, listener, 41001, finish=False)
    second.segment(3, b"def")
    second.segment(0, b"abc")
    second.accept(listener)
    sides, _ = heard(program, wire)
    for talk in (first, second):
        cases.equal(sides[side_name(PEER, talk.port, HOST, PORT)], talk.read()[0], "data on a SYN, and behind it: what is read")


class Answer:
    """The kernel has connected to us; we answer as we like."""

    def __init__(self, wire, port):
        self.wire, self.port = wire, port
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex((PEER, port))
        self.syn = segments(wire.answers())[-1]

    def say(self, flags, place=-1, data=b""):
        acknowledges = self.syn.sequence + 1 if flags & ACK else 0
        return self.wire.send(tcp(PEER, self.port, HOST, self.syn.source_port, 7001 + place, acknowledges, flags, data))


def answered_with_data(answer):
    answer.say(SYN | ACK, data=b"FALSE")
    answer.say(ACK | PSH, 0, b"right")


def opened_at_the_same_time(answer):
    answer.say(SYN)
    answer.say(SYN | ACK)
    answer.say(ACK | PSH, 0, b"hello")


def handshake_split_in_two(answer):
    answer.say(ACK)
    answer.say(SYN)
    answer.say(ACK, 0)
    answer.say(ACK | PSH, 0, b"hello")


def handshake_split_far_apart(answer):
    answer.say(ACK, 1 << 30)
    answer.say(SYN)
    answer.say(ACK, 0)
    answer.say(ACK | PSH, 0, b"hello")


def handshake_with_a_bare_syn(answer):
    answer.say(SYN)
    answer.say(ACK, 0)
    answer.say(ACK | PSH, 0, b"hello")


def answers(program, cases, wire):
    given = []
    for number, say in enumerate((answered_with_data, opened_at_the_same_time, handshake_split_in_two, handshake_split_far_apart,
                                  handshake_with_a_bare_syn)):
        answer = Answer(wire, 5001 + number)
        say(answer)
        given.append((say.__name__, answer, everything_from(answer.socket)[0]))
    sides, records = heard(program, wire)
    clients = {record["destination"]["port"]: record["source"]["ip"] for record in records if record["event"]["dataset"] == "flow"}
    for name, answer, read in given:
        cases.equal(sides[side_name(PEER, answer.port, HOST, answer.syn.source_port)], read, f"{name}: what is read")
        cases.equal(clients.get(answer.port), HOST, f"{name}: who is the client")


def used_again(program, cases, wire):
    """The same ports a second time: two conversations."""
    listener = listen()
    for isn, text in ((1000, b"first"), (5_000_000, b"second")):
        talk = Talk(wire, listener, 42000, isn=isn)
        talk.segment(0, text)
        cases.equal(talk.read()[0], text, "used again: what is read")
        talk.segment(len(text), b"", RST)
        talk.socket.close()
        wire.answers()
    sides, records = heard(program, wire)
    cases.equal(sorted(record["source"]["bytes"] for record in records if record["event"]["dataset"] == "flow"),
                [4 * 40 + 8 + len(text) for text in (b"first", b"second")], "used again: two conversations")


PARTS = (overlaps_of_segments, overlaps_of_ipv4_fragments, overlaps_of_ipv6_fragments, what_receivers_drop, urgent_taken_out,
         syn_with_data, answers, used_again)


def in_a_namespace_of_its_own(program):
    cases = Cases()
    for part in PARTS:
        with Wire() as wire:
            part(program, cases, wire)
    print(f"live stack: {cases.passed} passed, {cases.failed} failed")
    return 1 if cases.failed else 0


def main():
    program = str(Path(sys.argv[1]).resolve())
    if INSIDE in sys.argv:
        return in_a_namespace_of_its_own(program)
    if (os.geteuid() != 0 or not os.path.exists("/dev/net/tun") or
            subprocess.run(["unshare", "--net", "true"], stderr=subprocess.DEVNULL).returncode != 0):
        print("live stack: skipped: no cable can be laid to this kernel here; that needs root and /dev/net/tun")
        return 0
    return subprocess.run(["unshare", "--net", sys.executable, __file__, program, INSIDE]).returncode


if __name__ == "__main__":
    sys.exit(main())
