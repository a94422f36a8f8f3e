# SPDX-License-Identifier: BSD-3-Clause
"""Interfaces by the thousand, link types that nobody knows, and clocks that go as they like: each frame with its own time."""

import struct

import pcapfile
import suite
from packets import CLIENT, Builder, dns_message, dns_name, in_ethernet, udp
from pcapngfile import Writer
from suite import get

SECOND = 10**9
INTERFACES = 1000
USER0 = 147
# What is before the IP header, by link type: Ethernet, raw IP, Linux cooked, cooked v2, BSD loopback, PPP, C-HDLC.
LINKS = {
    1: b"", 101: None, 113: struct.pack("!HHH8sH", 0, 1, 6, bytes(8), 0x0800), 276: struct.pack("!HHIHBB8s", 0x0800, 0, 1, 1, 0, 6, bytes(8)),
    108: struct.pack("!I", 2), 9: b"\xff\x03\x00\x21", 104: b"\x0f\x00\x08\x00",
}
# if_tsresol, and how many nanoseconds a unit of it is: of tenths and of halves.
RESOLUTIONS = {0: 10**9, 3: 10**6, 6: 10**3, 9: 1, 0x80 | 10: 10**9 / 2**10, 0x80 | 20: 10**9 / 2**20}
AT_LEAST = 10**18  # 2001: whole seconds, so that every resolution can tell them


def question(number):
    return udp(CLIENT, 20000 + number % 40000, "10.9.0.53", 53, dns_message(number & 0xFFFF, 0x0100, [(dns_name(f"h{number}.example"), 1, 1)]))


def on_link(link, packet):
    return in_ethernet(packet) if link == 1 else packet if LINKS[link] is None else LINKS[link] + packet


def timestamp(time_ns, digits=6):
    seconds, rest = divmod(time_ns, SECOND)
    days, of_day = divmod(seconds, 86400)
    era, day = divmod(days + 719468, 146097)  # eras of 400 years that begin in March; datetime ends in 9999, and knows no ns
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    date = (era * 400 + year + (month >= 10), month + 3 if month < 10 else month - 9, day - (153 * month + 2) // 5 + 1)
    fraction = f"{rest:09d}"[:digits]
    return "%04d-%02d-%02dT%02d:%02d:%02d.%sZ" % (*date, of_day // 3600, of_day // 60 % 60, of_day % 60, fraction)


def many_interfaces(cases):
    """Each with a link type, a resolution, an offset and a snap length of its own, frames in another order than they."""
    writer = Writer()
    links, resolutions = list(LINKS), list(RESOLUTIONS)
    blocks, expected = [writer.section()], {}
    for number in range(INTERFACES):
        blocks.append(writer.interface(links[number % len(links)], 60 + number, resolution=resolutions[number % len(resolutions)],
                                       offset=number - 500))
    for turn in range(INTERFACES):
        number = turn * 377 % INTERFACES
        resolution = resolutions[number % len(resolutions)]
        seconds = AT_LEAST // SECOND + turn
        units = int((seconds - (number - 500)) * SECOND / RESOLUTIONS[resolution])
        frame = on_link(links[number % len(links)], question(number))
        blocks.append(writer.enhanced(number, units, frame))
        exponent, binary = resolution & 0x7F, resolution & 0x80
        expected[f"h{number}.example"] = timestamp(seconds * SECOND, 6 if exponent <= (20 if binary else 6) else 9)
    path = cases.folder / "many.pcapng"
    path.write_bytes(b"".join(blocks))
    result = cases.run("--json", "--only", "dns", "--summary=none", path)
    found = {get(record, "dns.question.name"): record["@timestamp"] for record in suite.parse_lines(result.stdout)}
    cases.equal((result.returncode, result.stderr), (0, b""), "a thousand interfaces: status and messages")
    cases.equal(found, expected, "a thousand interfaces: each frame is of its own")


def simple_packets(cases):
    """A Simple Packet Block is of the first interface, as long as its snap length lets it be."""
    writer = Writer()
    frame = in_ethernet(question(1))
    path = cases.folder / "simple.pcapng"
    for snap_length, missing in ((0, 0), (len(frame), 0), (len(frame) - 8, 8)):
        path.write_bytes(writer.section() + writer.interface(1, snap_length) + writer.interface(101, 20) +
                         writer.simple(frame[:len(frame) - missing], wire=len(frame)))
        result = cases.run("--json", "--summary=none", path)
        flows = [record for record in suite.parse_lines(result.stdout) if get(record, "event.dataset") == "flow"]
        cases.equal((result.returncode, [get(flow, "network.bytes") for flow in flows]), (0, [len(frame)]),
                    f"a simple packet, {missing} bytes of which are missing")


def unknown_links(cases):
    """What is on them is counted and said; the others are read."""
    writer = Writer()
    blocks = [writer.section(), writer.interface(USER0), writer.interface(1), writer.interface(65535)]
    for number in range(9):
        blocks.append(writer.enhanced(number % 3, 10**15 + number, in_ethernet(question(number))))
    path = cases.folder / "unknown.pcapng"
    path.write_bytes(b"".join(blocks))
    words = b"overhear: 6 frames were not looked at: their link type is unknown (frame 1: 147)\n"
    for threads in (1, 2):
        result = cases.run("--json", "--only", "dns", "--summary=none", "--threads", threads, path)
        names = [get(record, "dns.question.name") for record in suite.parse_lines(result.stdout)]
        cases.equal((result.returncode, result.stderr, names), (1, words, ["h1.example", "h4.example", "h7.example"]),
                    f"unknown link types among others, {threads} threads")
    path = cases.folder / "unknown.pcap"
    pcapfile.write(path, pcapfile.Capture(USER0, False, [pcapfile.Frame(SECOND, in_ethernet(question(1)))]))
    result = cases.run("-q", path)
    cases.equal((result.returncode, result.stdout, result.stderr),
                (1, b"", b"overhear: 1 frames were not looked at: their link type is unknown (frame 1: 147)\n"), "an unknown link type alone")


def clock(cases, name, times, nanoseconds=False):
    """A question at each of these times: every record has its own, and its conversation is told."""
    capture = pcapfile.Capture(1, nanoseconds, [pcapfile.Frame(time_ns, in_ethernet(question(number))) for number, time_ns in enumerate(times)])
    path = cases.folder / f"{name}.pcap"
    pcapfile.write(path, capture)
    check_clock(cases, name, path, times, 9 if nanoseconds else 6)


def check_clock(cases, name, path, times, digits):
    result = cases.run("--json", "--summary=none", path)
    records = suite.parse_lines(result.stdout)
    found = {get(record, "dns.question.name"): record["@timestamp"] for record in records if get(record, "event.dataset") == "dns"}
    flows = [record for record in records if get(record, "event.dataset") == "flow"]
    cases.equal((result.returncode, result.stderr, len(flows)), (0, b"", len(times)), f"clock, {name}: status, messages, conversations")
    cases.equal(found, {f"h{number}.example": timestamp(time_ns, digits) for number, time_ns in enumerate(times)}, f"clock, {name}: the times")
    cases.check(all(get(record, "event.duration", 0) >= 0 for record in records), f"clock, {name}: no duration is negative")
    transcript = cases.run("--color=never", path)
    cases.equal((transcript.returncode, suite.sanitizer_report(transcript.stderr)), (0, False), f"clock, {name}: the transcript")


def clocks(cases):
    year, now = 365 * 86400 * SECOND, 1_700_000_000 * SECOND
    most = ((1 << 32) - 1) * SECOND
    few = range(300)
    clock(cases, "backwards", [now - number * SECOND for number in few])
    clock(cases, "backwards by years", [now - number * year // 10 for number in few])
    clock(cases, "zero", [0 for _ in few])
    clock(cases, "from zero", [number * SECOND for number in few])
    clock(cases, "2106", [most - number * SECOND + 999999000 for number in few])
    clock(cases, "2106 in nanoseconds", [most - number * SECOND + 999999999 for number in few], True)
    clock(cases, "all equal", [now + 123456000 for _ in few])
    clock(cases, "nanoseconds", [now + number for number in few], True)
    clock(cases, "to and fro", [now + (number % 2) * year for number in few])
    clock(cases, "leaps", [now + (number % 7) * 40 * year // 7 - (number % 3) * 20 * year for number in few])
    clock(cases, "one leap to the end", [now + number * SECOND if number != 100 else most for number in few])
    clock(cases, "one leap to the beginning", [now + number * SECOND if number != 100 else 0 for number in few])


def clocks_of_pcapng(cases):
    """Beyond 2^32 seconds, up to what nanoseconds in 64 bits hold (2262), and beyond that; before 1970."""
    last = (1 << 63) - 1
    writer = Writer()
    for name, resolution, unit, offset, chosen in (
            ("beyond 2106", 6, 1000, 0, [(1 << 32) * SECOND + number * 1_234_567_000 for number in range(100)]),
            ("2262", 9, 1, 0, [last - 100 + number for number in range(100)]),
            ("seconds with an offset", 0, SECOND, 1 << 32, [(1 << 32) * SECOND + number * SECOND for number in range(100)])):
        blocks = [writer.section(), writer.interface(1, resolution=resolution, offset=offset)]
        blocks += [writer.enhanced(0, (time_ns - offset * SECOND) // unit, in_ethernet(question(number))) for number, time_ns in enumerate(chosen)]
        path = cases.folder / f"{name.replace(' ', '-')}.pcapng"
        path.write_bytes(b"".join(blocks))
        check_clock(cases, name, path, chosen, 9 if resolution == 9 else 6)
    for name, offset, units, found in (("beyond 2262", 0, (1 << 64) - 1, timestamp(last)), ("beyond all", (1 << 63) - 1, 1, timestamp(last)),
                                       ("before 1970", -(1 << 63), 1, timestamp(0))):
        path = cases.folder / "beyond.pcapng"
        path.write_bytes(writer.section() + writer.interface(1, offset=offset) + writer.enhanced(0, units, in_ethernet(question(0))))
        result = cases.run("--json", "--only", "dns", "--summary=none", path)
        cases.equal((result.returncode, [record["@timestamp"] for record in suite.parse_lines(result.stdout)]), (0, [found]), f"clock, {name}")


def leaping(count):
    """Conversations that wait, while the clock leaps for every frame: by hours, by years, back again."""
    builder = Builder()
    for number in range(count):
        builder.now += (3600 * SECOND, -3599 * SECOND, 86500 * SECOND, -86000 * SECOND, 0)[number % 5]
        builder.add(question(number), step_ns=0)
    return builder


def standing(count):
    builder = Builder()
    for number in range(count):
        builder.add(question(number), step_ns=0)
    return builder


def no_timer_storms(cases):
    """Four times as many frames with such a clock are four times as much work."""
    cases.scales("leaping-clock", leaping, 5000)
    cases.scales("standing-clock", standing, 5000)


TESTS = (many_interfaces, simple_packets, unknown_links, clocks, clocks_of_pcapng, no_timer_storms)
