# SPDX-License-Identifier: BSD-3-Clause
"""Packets that contradict each other: what is read, which anomaly tells of it, and that docs/evasion.md says so.

The tables of relations are read out of that page: its rows are what is tried. Each case is a request whose path shows which
of two readings was taken; the records are compared to the letter, for all three hosts.
"""

import struct

from packets import (ACK, CLIENT, FIN, IPV6_FRAGMENT, PSH, RST, SERVER, SYN, TCP, UDP, URG, Builder, checksum, ip, pseudo, tcp)
from suite import TOP, get, parse_lines

STACKS = ("linux", "bsd", "windows")
PAGE = TOP / "docs/evasion.md"
SCALE = b"\1\3\3\7"


def request(path):
    return b"GET /" + path.ljust(5, b"-") + b" HTTP/1.1\r\nHost: www.example.org\r\n\r\n"


RIGHT, FALSE = request(b"right"), request(b"false")
RESPONSE = b"HTTP/1.1 204 No Content\r\n\r\n"


# What docs/evasion.md says of two and three intervals.

def rows(title):
    """The cells of the table behind that heading."""
    text = PAGE.read_text(encoding="utf-8").split(f"\n### {title}\n")[1].split("\n#")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def intervals(cell):
    """`A 2-4, B 0-6` as [(2, 4), (0, 6)]."""
    return [tuple(int(place) for place in part.split()[1].split("-")) for part in cell.split(", ")]


def is_covered(place, parts):
    return any(start <= place < end for start, end in parts)


def told(records):
    return sorted(f"{get(record, 'overhear.anomaly.name')}: {get(record, 'overhear.anomaly.detail')}" for record in records
                  if get(record, "event.dataset") == "anomaly")


def listen_to(cases, name, builder, stack):
    """The bytes of the client of conversation 1, and the anomalies of the whole capture."""
    path = cases.write(name, builder)
    raw = cases.run("--stack", stack, "--follow", "1", "--raw", "client", path)
    result = cases.run("--stack", stack, "--json", "--no-notes", path)
    cases.equal(result.returncode, 0, f"{name} {stack}: exit status")
    return raw.stdout, told(parse_lines(result.stdout))


def segments_of(parts, unit=3):
    """Behind a hole of one place, which is filled in the end; so are those between them."""
    builder = Builder()
    connection = builder.connect(server_port=9999)
    start, end = connection.next[0], max(stop for _, stop in parts)
    for letter, (first, last) in zip(b"ABC", parts):
        connection.raw(0, start + unit * (1 + first), PSH | ACK, bytes([letter]) * (unit * (last - first)))
    for place in [-1] + [place for place in range(end) if not is_covered(place, parts)]:
        connection.raw(0, start + unit * (1 + place), PSH | ACK, b"." * unit)
    return builder


def conflict(parts):
    return any(max(a[0], b[0]) < min(a[1], b[1]) for i, a in enumerate(parts) for b in parts[:i])


def relations_of_segments(cases):
    for title in ("Two segments", "Three segments"):
        for cells in rows(title):
            parts = intervals(cells[1])
            for stack, expected in zip(STACKS, cells[2:5]):
                name = f"segments {cells[0]}"
                found, anomalies = listen_to(cases, name.replace(" ", "-"), segments_of(parts), stack)
                cases.equal(found[3::3].decode(), expected, f"{name} {stack}: what is read")
                cases.equal(bool(anomalies), conflict(parts), f"{name} {stack}: told where they disagree, and only there")
                cases.check(all(line.startswith("tcp.overlap_") for line in anomalies), f"{name} {stack}: as what", anomalies)


def fragments_of(parts, version):
    """Of a datagram whose header comes last; what is behind them is its end."""
    builder, end = Builder(), max(stop for _, stop in parts)
    source, destination = (CLIENT, SERVER) if version == 4 else ("2001:db8::2", "2001:db8::80")

    def add(place, more, data):
        if version == 4:
            builder.add(ip(source, destination, UDP, data, identification=7, fragment=(0x2000 if more else 0) | place))
        else:
            builder.add(ip(source, destination, IPV6_FRAGMENT, struct.pack("!BBHI", UDP, 0, place << 3 | more, 7) + data))

    def neutral(letter):
        word = bytes([letter, letter])
        return (word + bytes(255 - byte for byte in word)) * 2

    for letter, (first, last) in zip(b"ABC", parts):
        add(1 + first, True, neutral(letter) * (last - first))
    for place in range(end):
        if not is_covered(place, parts):
            add(1 + place, True, neutral(ord(".")))
    add(1 + end, False, neutral(ord("$")))
    length = 8 * (2 + end)
    header = struct.pack("!HHHH", 40000, 9999, length, 0)
    value = checksum(pseudo(source, destination, UDP, length) + header) or 0xFFFF
    add(0, True, header[:6] + struct.pack("!H", value))
    return builder


def relations_of_fragments(cases):
    for title in ("Two fragments", "Three fragments"):
        for cells in rows(title):
            parts = intervals(cells[1])
            expectations = [(4, stack, cell) for stack, cell in zip(STACKS, cells[2:5])]
            expectations += [(6, stack, cell) for stack, cell in zip(STACKS, cells[5:8])]
            for version, stack, expected in expectations:
                name = f"IPv{version} fragments {cells[0]}"
                found, anomalies = listen_to(cases, name.replace(" ", "-"), fragments_of(parts, version), stack)
                cases.equal(found[::8].decode() or "nothing", expected if expected == "nothing" else expected + "$",
                            f"{name} {stack}: what is read")
                cases.equal(bool(anomalies), conflict(parts), f"{name} {stack}: told where they disagree, and only there")
                cases.check(all(line.startswith("ip.fragment_") for line in anomalies), f"{name} {stack}: as what", anomalies)


# Whatever else a receiver drops or believes. Each case returns a capture; the rows below say what is read, and told.

class Scene:
    """A connection to a web server, with a handshake that can be changed, and options on every segment."""

    def __init__(self, *, syn=SCALE, answer=SCALE, handshake=True):
        self.builder = Builder()
        self.next = [1000, 5000]
        self.options, self.ttl, self.window = (b"", b""), 64, 64240
        if handshake:
            self.say(0, SYN, options=syn)
            self.say(1, SYN | ACK, options=answer)
            self.say(0, ACK)
            self.say(1, ACK)

    def put(self, side, place, flags, payload=b"", *, options=None, ttl=64, damaged=False, urgent=0, acknowledges=None):
        """At a place of this side's numbers."""
        ends = ((CLIENT, 40000), (SERVER, 80))
        source, destination = (ends[0], ends[1]) if side == 0 else (ends[1], ends[0])
        options = self.options[side] if options is None else options
        if acknowledges is None:
            acknowledges = self.next[1 - side] if flags & ACK else 0
        packet = tcp(*source, *destination, place, acknowledges, flags | (URG if urgent else 0), payload, options)
        body = bytearray(packet[20:])
        body[14:16], body[18:20], body[16:18] = struct.pack("!H", self.window), struct.pack("!H", urgent), b"\0\0"
        value = checksum(pseudo(source[0], destination[0], TCP, len(body)) + bytes(body))
        body[16:18] = struct.pack("!H", value ^ (0x5A5A if damaged else 0))
        self.builder.add(ip(source[0], destination[0], TCP, bytes(body), ttl=ttl))

    def say(self, side, flags=PSH | ACK, payload=b"", **named):
        self.put(side, self.next[side], flags, payload, **named)
        self.next[side] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def answer(self):
        """The right request, its answer, and goodbye."""
        self.say(0, PSH | ACK, RIGHT)
        self.rest()

    def rest(self):
        self.say(1, ACK)
        self.say(1, PSH | ACK, RESPONSE)
        self.say(0, FIN | ACK)
        self.say(1, FIN | ACK)
        self.say(0, ACK)


def wrong_checksum(scene):
    scene.put(0, scene.next[0], PSH | ACK, FALSE, damaged=True)
    scene.answer()


def checksum_left_to_the_card(scene):
    """All of one side are, in a capture taken on the sender: its field holds the sum of the pseudo-header."""
    scene.say(0, PSH | ACK, RIGHT)
    frame = bytearray(scene.builder.capture.frames[-1].data)
    length = len(frame) - 34
    frame[50:52] = struct.pack("!H", ~checksum(pseudo(CLIENT, SERVER, TCP, length)) & 0xFFFF)
    scene.builder.capture.frames[-1].data = bytes(frame)
    scene.rest()


def low_ttl(scene):
    scene.put(0, scene.next[0], PSH | ACK, FALSE, ttl=2)
    scene.answer()


def no_acknowledgment(scene):
    scene.put(0, scene.next[0], PSH, FALSE)
    scene.answer()


def acknowledgment_of_what_was_not_sent(scene):
    scene.put(0, scene.next[0], PSH | ACK, FALSE, acknowledges=scene.next[1] + 100)
    scene.answer()


def beyond_the_window(scene):
    scene.window = 1
    scene.say(1, ACK)  # 128 bytes, by the scale
    place = scene.next[0]
    scene.put(0, place + 100, PSH | ACK, FALSE)
    scene.window = 64240
    scene.say(0, PSH | ACK, b"\r\n" * 50)
    scene.say(1, ACK)
    scene.answer()


def stamp(value):
    return b"\1\1\x08\x0a" + struct.pack("!II", value, 0)


def old_timestamp(scene):
    scene.options = (stamp(2000), stamp(1000))
    scene.say(0, ACK)
    scene.put(0, scene.next[0], PSH | ACK, FALSE, options=stamp(1500))
    scene.answer()


def timestamp_missing(scene):
    scene.options = (stamp(2000), stamp(1000))
    scene.say(0, ACK)
    scene.put(0, scene.next[0], PSH | ACK, FALSE, options=b"")
    scene.answer()


def again_with_other_content(scene):
    place = scene.next[0]
    scene.say(0, PSH | ACK, RIGHT)
    scene.put(0, place, PSH | ACK, FALSE)
    scene.rest()


def again_cut_differently(scene):
    place = scene.next[0]
    scene.say(0, PSH | ACK, RIGHT)
    scene.put(0, place + 3, PSH | ACK, FALSE[3:20])
    scene.rest()


def again_after_acknowledgment(scene):
    place = scene.next[0]
    scene.say(0, PSH | ACK, RIGHT)
    scene.say(1, ACK)
    scene.put(0, place, PSH | ACK, FALSE)
    scene.rest()


def again_alike(scene):
    place = scene.next[0]
    scene.say(0, PSH | ACK, RIGHT)
    scene.put(0, place, PSH | ACK, RIGHT)
    scene.put(0, place + 7, PSH | ACK, RIGHT[7:])
    scene.rest()


def reset_in_the_window(scene):
    scene.put(0, scene.next[0] + 10, RST)
    scene.say(1, ACK)  # the receiver asks back
    scene.answer()


def reset_outside(scene):
    scene.put(0, scene.next[0] - 10, RST)
    scene.answer()


def reset_exactly(scene):
    scene.say(0, PSH | ACK, RIGHT)
    scene.say(1, ACK)
    scene.say(0, RST)


def reset_with_wrong_checksum(scene):
    scene.put(0, scene.next[0], RST, damaged=True)
    scene.answer()


def data_after_reset(scene):
    scene.say(0, PSH | ACK, RIGHT)
    scene.put(0, scene.next[0], RST)
    scene.put(0, scene.next[0], PSH | ACK, FALSE)


def data_after_end(scene):
    scene.say(0, PSH | ACK, RIGHT)
    scene.say(0, FIN | ACK)
    scene.put(0, scene.next[0], PSH | ACK, FALSE)
    scene.say(1, PSH | ACK, RESPONSE)
    scene.say(1, FIN | ACK)


def end_before_its_data(scene):
    place = scene.next[0]
    scene.put(0, place + 10, PSH | FIN | ACK, RIGHT[10:])
    scene.put(0, place, PSH | ACK, RIGHT[:10])
    scene.next[0] = place + len(RIGHT) + 1
    scene.say(1, PSH | ACK, RESPONSE)
    scene.say(1, FIN | ACK)


def end_overruled(scene):
    place = scene.next[0]
    scene.put(0, place + 10, FIN | ACK)
    scene.put(0, place + 10, PSH | ACK, RIGHT[10:])
    scene.put(0, place, PSH | ACK, RIGHT[:10])
    scene.next[0] = place + len(RIGHT)
    scene.rest()


def urgent(scene):
    scene.say(0, PSH | ACK, RIGHT, urgent=6)
    scene.rest()


def acknowledgment_of_unseen_data(scene):
    """The capture has lost a request; the next one is read, and the gap told."""
    scene.next[0] += 100
    scene.say(1, ACK)
    for _ in range(40):
        scene.say(1, ACK)
    scene.answer()


def syn_with_data(scene):
    scene.put(0, 1000, SYN, FALSE, options=SCALE)
    scene.next[0] = 1001
    scene.say(1, SYN | ACK, options=SCALE)
    scene.answer()


def fast_open(scene):
    scene.put(0, 1000, SYN, RIGHT, options=SCALE)
    scene.next[0] = 1001 + len(RIGHT)
    scene.say(1, SYN | ACK, options=SCALE)
    scene.say(0, ACK)
    scene.rest()


def answer_with_data(scene):
    """The client forgets it, and it comes again."""
    scene.say(0, SYN, options=SCALE)
    scene.put(1, 5000, SYN | ACK, b"HTTP/1.1 500 False\r\n\r\n", options=SCALE)
    scene.next[1] = 5001
    scene.say(0, ACK)
    scene.answer()


def opened_at_the_same_time(scene):
    scene.say(0, SYN, options=SCALE)
    scene.put(1, 5000, SYN, options=SCALE)
    scene.next[1] = 5001
    scene.put(0, 1000, SYN | ACK, options=SCALE)
    scene.put(1, 5000, SYN | ACK, options=SCALE)
    scene.answer()


def split_handshake(scene):
    scene.say(0, SYN, options=SCALE)
    scene.put(1, 4999, ACK)
    scene.put(1, 5000, SYN, options=SCALE)
    scene.next[1] = 5001
    scene.put(0, 1000, SYN | ACK, options=SCALE)
    scene.say(1, ACK)
    scene.answer()


def ports_used_again(scene):
    scene.answer()
    scene.next = [900_000_000, 800_000_000]
    scene.say(0, SYN, options=SCALE)
    scene.say(1, SYN | ACK, options=SCALE)
    scene.answer()


BARE, STAMPED = {"handshake": False}, {"syn": SCALE + stamp(1999), "answer": SCALE + stamp(999)}
GET, GET_FALSE = "GET /right → 204", "GET /false → 204"
ALL = STACKS
REPLACED = "tcp.overlap_replaced: 5 bytes were sent twice with different content at stream byte 5; the later ones are used"
CONFLICT = "tcp.overlap_conflict: {} bytes were sent twice with different content at stream byte {}; the first are used"
BEYOND = "tcp.beyond_window: {} bytes at stream byte {}, for some of which the receiver has no room"
LENGTH = len(RIGHT)

# Case, its handshake, hosts, what is read, and what is told.
EXPECTED = [
    (wrong_checksum, {}, ALL, [GET], [f"tcp.corrupt: {LENGTH} bytes at stream byte 0 with a wrong checksum, though this side's "
                                      "checksums are right otherwise", REPLACED]),
    (checksum_left_to_the_card, {}, ALL, [GET], []),
    (low_ttl, {}, ALL, [GET_FALSE], ["tcp.low_ttl: a segment with a TTL of 2, where others of this side have 64",
                                     CONFLICT.format(5, 5)]),
    (no_acknowledgment, {}, ALL, [GET], [f"tcp.no_acknowledgment: {LENGTH} bytes at stream byte 0 in a segment that acknowledges "
                                         "nothing", REPLACED]),
    (acknowledgment_of_what_was_not_sent, {}, ALL, [GET], [REPLACED]),
    (beyond_the_window, {}, ("linux",), [GET], [
        BEYOND.format(LENGTH, 100),
        REPLACED.replace("byte 5;", "byte 105;")]),
    (beyond_the_window, {}, ("bsd", "windows"), [GET_FALSE], [CONFLICT.format(5, 105)]),
    (old_timestamp, STAMPED, ALL, [GET], [f"tcp.old_timestamp: {LENGTH} bytes at stream byte 0 in a segment whose timestamp is older "
                                          "than the last one, or missing", REPLACED]),
    (timestamp_missing, STAMPED, ("bsd",), [GET], [f"tcp.old_timestamp: {LENGTH} bytes at stream byte 0 in a segment whose timestamp "
                                                   "is older than the last one, or missing", REPLACED]),
    (timestamp_missing, STAMPED, ("linux", "windows"), [GET_FALSE], [CONFLICT.format(5, 5)]),
    (again_with_other_content, {}, ALL, [GET], [CONFLICT.format(5, 5)]),
    (again_cut_differently, {}, ALL, [GET], [CONFLICT.format(5, 5)]),
    (again_after_acknowledgment, {}, ALL, [GET], [CONFLICT.format(LENGTH, 0)]),
    (again_alike, {}, ALL, [GET], []),
    (reset_in_the_window, {}, ALL, [GET], ["tcp.reset_ignored: a reset at stream byte 10 that did not end the connection; the "
                                           "receiver was at byte 0"]),
    (reset_outside, {}, ALL, [GET], []),
    (reset_exactly, {}, ALL, ["GET /right → nothing"], []),
    (reset_with_wrong_checksum, {}, ALL, [GET], []),
    (data_after_reset, {}, ALL, ["GET /right → nothing"], [f"tcp.data_after_reset: {LENGTH} bytes after the connection was reset"]),
    (data_after_end, {}, ALL, [GET], [f"tcp.data_after_fin: {LENGTH} bytes after this side had ended"]),
    (end_before_its_data, {}, ALL, [GET], []),
    (end_overruled, {}, ("linux",), [GET], [f"tcp.end_overruled: the end came at stream byte 10, and {LENGTH - 10} bytes beyond it "
                                            "are used"]),
    # Its request broke off after ten bytes: nobody knows whether the path went on.
    (end_overruled, {}, ("bsd", "windows"), ["GET None → 204"], [f"tcp.data_after_fin: {LENGTH - 10} bytes after this side had ended"]),
    (urgent, {}, ALL, [GET], ["tcp.urgent: urgent data up to stream byte 6"]),
    (acknowledgment_of_unseen_data, {}, ALL, [GET], []),
    (syn_with_data, BARE, ALL, [GET], [f"tcp.syn_data: {LENGTH} bytes travel on the SYN", REPLACED]),
    (fast_open, BARE, ALL, [GET], [f"tcp.syn_data: {LENGTH} bytes travel on the SYN"]),
    (answer_with_data, BARE, ALL, [GET], ["tcp.syn_data: 22 bytes travel on the SYN",
                                          "tcp.overlap_replaced: 11 bytes were sent twice with different content at stream byte 9; "
                                          "the later ones are used"]),
    (opened_at_the_same_time, BARE, ALL, [GET], []),
    (split_handshake, BARE, ALL, [GET], []),
    (ports_used_again, {}, ALL, [GET, GET], []),
]


def exchange(record):
    status = get(record, "http.response.status_code", "nothing")
    return f"{get(record, 'http.request.method')} {get(record, 'url.path')} → {status}"


def what_receivers_drop(cases):
    page = PAGE.read_text(encoding="utf-8")
    for case, handshake, stacks, exchanges, anomalies in EXPECTED:
        for stack in stacks:
            scene = Scene(**handshake)
            case(scene)
            name = f"evasion {case.__name__} {stack}"
            found = cases.look(name.replace(" ", "-"), scene.builder, "--stack", stack)
            cases.equal([exchange(record) for record in found.of("http") if get(record, "http.request.method")], exchanges,
                        f"{name}: what is read")
            cases.equal(told(found.records), sorted(anomalies), f"{name}: what is told")
            cases.equal(found.values("flow", "source.ip"), [CLIENT] * len(found.of("flow")), f"{name}: who is the client")
        cases.check(f"`{case.__name__}`" in page, f"evasion {case.__name__}: docs/evasion.md has it")


TESTS = (relations_of_segments, relations_of_fragments, what_receivers_drop)
