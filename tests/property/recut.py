#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Other ways in which the same conversations could have travelled.

Writes variants of a capture: TCP segments cut smaller, reordered, sent twice; IP packets in fragments. Whoever puts
conversations together again must find the same in all of them. Seeds are fixed: two runs write the same bytes.
"""

import argparse
import random
import struct
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import pcapfile
from packets import FIN, IPV6_DESTINATION, IPV6_FRAGMENT, IPV6_HOP_BY_HOP, IPV6_ROUTING, PSH, RST, SYN, URG, parse
from touchable import Touchable, repaired

FINE_PIECES = 4_000  # into which each side of a connection is cut; then they are of 200 bytes. Of one message no more
# are remembered: when it ended would be forgotten (LIMIT_MARKS)
FINE_BYTES_WITH_HOLES = 3_000  # where segments are missing for a while: not more pieces than wait for a hole
COARSE = 200
WINDOW = 6       # frames within which segments change places
APART_NS = 10**9  # no further apart: on their way packets change places and are doubled within less
MOST_PIECES = 100  # of one datagram


def sides_with_holes(segments):
    """Sides of which a segment comes before an earlier one, or without it."""
    following, holes = {}, set()
    for segment in segments:
        if segment is None:
            continue
        end = segment.sequence + len(segment.payload) + bool(segment.flags & SYN) + bool(segment.flags & FIN)
        if segment.flags & SYN:
            following.pop(segment.side, None)
        ahead = (segment.sequence - following.get(segment.side, segment.sequence)) & 0xFFFFFFFF
        if 0 < ahead < 1 << 31:
            holes.add(segment.side)
        if ahead < 1 << 31:
            following[segment.side] = end & 0xFFFFFFFF
    return holes


def cut(capture, size):
    """Every segment in pieces of `size` bytes. What crosses a reset stays whole: how long it counts goes by frames."""
    touchable = Touchable(capture)
    frames, first, reset, holes = [], {}, set(), sides_with_holes(touchable.segments)
    for number, (frame, segment) in enumerate(zip(capture.frames, touchable.segments)):
        if segment is not None and segment.flags & SYN:
            first[segment.side] = segment.sequence
            reset.discard(segment.connection)
        if segment is not None and segment.flags & RST:
            reset.add(segment.connection)
        if (segment is None or len(segment.payload) <= size or segment.flags & (SYN | RST | URG)
                or segment.connection in reset or number in touchable.waiting):
            frames.append(frame)
            continue
        start = first.setdefault(segment.side, segment.sequence)
        at = 0
        while at < len(segment.payload):
            offset = (segment.sequence + at - start) & 0xFFFFFFFF
            fine = FINE_BYTES_WITH_HOLES if segment.side in holes else FINE_PIECES * size
            step = size if offset < fine else max(size, COARSE)
            piece = segment.payload[at:at + step]
            last = at + step >= len(segment.payload)
            flags = segment.flags if last else segment.flags & ~(FIN | PSH)
            frames.append(frame.with_data(segment.encode(segment.sequence + at, flags, piece)))
            at += step
    return replace(capture, frames=frames)


def cut_anywhere(capture, seed):
    """Every segment in pieces of any size, mostly small ones, cut in other places with every seed."""
    rng = random.Random(seed)
    touchable = Touchable(capture)
    frames, reset, holes = [], set(), sides_with_holes(touchable.segments)
    for number, (frame, segment) in enumerate(zip(capture.frames, touchable.segments)):
        if segment is not None and segment.flags & SYN:
            reset.discard(segment.connection)
        if segment is not None and segment.flags & RST:
            reset.add(segment.connection)
        if (segment is None or segment.flags & (SYN | RST | URG) or segment.connection in reset
                or number in touchable.waiting):
            frames.append(frame)
            continue
        frames += [frame.with_data(data) for data in pieces_of(segment, rng, COARSE if segment.side in holes else 1)]
    return replace(capture, frames=frames)


def pieces_of(segment, rng, least):
    """The segment as several; the last one has the flags that end something."""
    payload, at, pieces = segment.payload, 0, []
    while True:
        size = max(least, rng.choice((1, 2, 3, 5, 17, 100, 500, 1460)))
        last = at + size >= len(payload)
        flags = segment.flags if last else segment.flags & ~(FIN | PSH)
        pieces.append(segment.encode(segment.sequence + at, flags, payload[at:at + size]))
        at += size
        if last:
            return pieces


def in_slots(capture, order):
    """The frames in another order; the times stay where they were, so that the clock never goes back."""
    frames = [replace(frame, time_ns=slot.time_ns) for frame, slot in zip(order, capture.frames)]
    return replace(capture, frames=frames)


def established(capture):
    """For each frame: its segment where the connection stands and the segment may move, and its connection."""
    seen, highest, result = {}, {}, []
    for segment in Touchable(capture).segments:
        if segment is None:
            result.append((None, None))
            continue
        connection = segment.connection
        if segment.flags & (SYN | RST):
            seen[connection] = 0
            highest.pop(segment.side, None)
            result.append((None, connection))
            continue
        seen[connection] = seen.get(connection, 0) + 1
        # The first segment after the SYNs ends the handshake, and stays where it is. What is sent again has a later
        # timestamp: of what it overtook, receivers would take the rest for old.
        end = segment.sequence + len(segment.payload) & 0xFFFFFFFF
        ahead = end - highest.setdefault(segment.side, end - len(segment.payload)) & 0xFFFFFFFF
        again = len(segment.payload) > 0 and not 0 < ahead < 1 << 31
        if not again:
            highest[segment.side] = end
        result.append((segment if seen[connection] > 1 and not again else None, connection))
    return result


def hosts(connection):
    _, one, other = connection
    return one[0], other[0]


def shuffle(capture, seed, same_side):
    """Segments of established connections change places within WINDOW frames, never across a SYN or RST of theirs, and
    each one once: what is exchanged again and again comes as late as nothing does on its way.

    same_side: those of one side only, so that nobody answers what was not asked yet.
    """
    rng = random.Random(seed)
    segments = established(capture)
    order, moved = list(capture.frames), set()
    for at in range(len(order) - 1):
        segment, connection = segments[at]
        if segment is None or at in moved:
            continue
        reach = []
        for other in range(at + 1, min(at + WINDOW, len(order))):
            candidate, candidate_connection = segments[other]
            if candidate_connection != connection:
                if candidate is None and candidate_connection and hosts(candidate_connection) == hosts(connection):
                    break  # another connection begins, of which this one may have spoken
                continue
            if candidate is None or (same_side and candidate.side != segment.side):
                break
            if capture.frames[other].time_ns - capture.frames[at].time_ns > APART_NS:
                break
            if other not in moved:
                reach.append(other)
        if reach and rng.random() < 0.6:
            other = rng.choice(reach)
            order[at], order[other] = order[other], order[at]
            segments[at], segments[other] = segments[other], segments[at]
            moved |= {at, other}
    return in_slots(capture, order)


def duplicate(capture, seed):
    """Segments of established connections come twice: three in ten at once, one in ten a few frames later."""
    rng = random.Random(seed)
    segments = established(capture)
    frames, later = [], []  # later: (frames still to pass, frame, connection)
    for at, frame in enumerate(capture.frames):
        segment, connection = segments[at]
        late = [entry for entry in later if frame.time_ns - entry[1].time_ns > APART_NS]
        frames += [replace(copy, time_ns=frames[-1].time_ns) for _, copy, _ in late]
        later = [entry for entry in later if entry not in late]
        if segment is None:  # a SYN or RST: what is still to come of the old connection comes before it
            frames += [replace(copy, time_ns=frame.time_ns) for _, copy, owner in later if owner == connection]
            later = [entry for entry in later if entry[2] != connection]
        frames.append(frame)
        later = [(left - 1, copy, owner) for left, copy, owner in later]
        frames += [replace(copy, time_ns=frame.time_ns) for left, copy, _ in later if left <= 0]
        later = [entry for entry in later if entry[0] > 0]
        if segment is not None and rng.random() < 0.3:
            frames.append(frame)
        if segment is not None and rng.random() < 0.1:
            later.append((rng.randint(1, 5), frame, connection))
    end = capture.frames[-1].time_ns if capture.frames else 0
    frames += [replace(copy, time_ns=end) for _, copy, _ in later]
    return replace(capture, frames=frames)


def ipv6_unfragmentable(packet):
    """Of an IPv6 header chain: where the fragment header goes, and where its number is announced.

    It goes behind hop-by-hop options and routing headers, which every router reads (RFC 8200 section 4.5).
    """
    header = packet.ip_header
    end, number_at, kind = 40, 6, header[6]
    fit = (end, number_at)
    while kind in (IPV6_HOP_BY_HOP, IPV6_ROUTING, IPV6_DESTINATION) and end < len(header):
        routers_read_it = kind in (IPV6_HOP_BY_HOP, IPV6_ROUTING)
        number_at, kind, end = end, header[end], end + (header[end + 1] + 1) * 8
        if routers_read_it:
            fit = (end, number_at)
    return fit


def fragments_of(packet, identification, rng):
    """The packet as a list of fragments, each a whole frame; in order."""
    if packet.version == 6:
        end, number_at = ipv6_unfragmentable(packet)
        head = bytearray(packet.ip_header[:end])
        body = packet.ip_header[end:] + packet.body
        following, head[number_at] = head[number_at], IPV6_FRAGMENT
    else:
        head, body = bytearray(packet.ip_header), packet.body
        head[4:6] = struct.pack("!H", identification & 0xFFFF)
    least = (len(body) // MOST_PIECES + 7) // 8 * 8 or 8
    pieces, at = [], 0
    while at < len(body):
        size = max(least, rng.randrange(8, 208, 8))
        piece, more = body[at:at + size], at + size < len(body)
        if packet.version == 6:
            fragment = struct.pack("!BBHI", following, 0, at | more, identification)
            pieces.append(replace(packet, ip_header=bytes(head), body=fragment + piece).encode())
        else:
            head[6:8] = struct.pack("!H", (0x2000 if more else 0) | at // 8)
            pieces.append(replace(packet, ip_header=bytes(head), body=piece).encode())
        at += size
    return pieces


def fragment(capture, seed, mixed):
    """Every IP packet in fragments; mixed: those of one packet in any order, some twice."""
    rng = random.Random(seed)
    frames = []
    for number, frame in enumerate(capture.frames):
        packet = None if frame.is_cut else parse(capture.link, frame.data)
        if packet is None or packet.is_fragment or len(packet.body) <= 8:
            frames.append(frame)
            continue
        pieces = fragments_of(packet, 0x4000 + number, rng)
        if mixed:
            rng.shuffle(pieces)
            if len(pieces) > 2:
                pieces.insert(1, pieces[0])
        frames += [frame.with_data(piece) for piece in pieces]
    return replace(capture, frames=frames)


def variants(seed):
    """By name: how a capture could have travelled otherwise."""
    return {
        "cut-1": lambda capture: cut(capture, 1),
        "cut-7": lambda capture: cut(capture, 7),
        "cut-200": lambda capture: cut(capture, 200),
        "cut-anywhere": lambda capture: cut_anywhere(capture, seed + 7),
        "shuffled": lambda capture: shuffle(capture, seed + 1, same_side=True),
        "shuffled-both": lambda capture: shuffle(capture, seed + 2, same_side=False),
        "cut-shuffled": lambda capture: shuffle(cut(capture, 200), seed + 3, same_side=True),
        "duplicated": lambda capture: duplicate(capture, seed + 4),
        "fragments": lambda capture: fragment(capture, seed + 5, mixed=False),
        "fragments-mixed": lambda capture: fragment(capture, seed + 6, mixed=True),
    }


VARIANTS = variants(0)
WITHOUT_SEED = {"cut-1", "cut-7", "cut-200"}  # the same with every one
SEED_STEP = 100


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture")
    parser.add_argument("folder", help="where NAME-VARIANT.pcap files go")
    parser.add_argument("variant", nargs="*", help=f"out of: {', '.join(VARIANTS)} (default: all)")
    options = parser.parse_args()
    capture = repaired(pcapfile.read(options.capture))
    for variant in options.variant or VARIANTS:
        path = Path(options.folder) / f"{Path(options.capture).stem}-{variant}.pcap"
        pcapfile.write(path, VARIANTS[variant](capture))
        print(path)


if __name__ == "__main__":
    main()
