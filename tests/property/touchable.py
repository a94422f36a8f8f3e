# SPDX-License-Identifier: BSD-3-Clause
"""What of a capture may be written in another way without saying something else.

A capture out of the wild is not always one of conversations that only travelled: clocks that were set, checksums that
were never filled in, the same place said twice with other bytes. What comes of these depends on which frame came when,
for the receivers as for us, and other suites hold what that is (adversarial, docs/evasion.md). So what can be repaired
is repaired before anything is compared, in the capture and in its variants alike; and connections that contradict
themselves stay as they are, frame by frame, amid others that change.
"""

import collections
from dataclasses import replace

from packets import ACK, FIN, RST, SYN, parse, parse_tcp

SECOND_NS = 10**9
CLOCK_BACK_NS = 10 * SECOND_NS  # further back the clock was set, and it takes a second frame to believe it
CLOCK_AHEAD_NS = 86400 * SECOND_NS  # so much at once, too
FAR = 1 << 30  # no window is larger: of another connection
BLOCK = 4096


def repaired_clock(frames):
    """Steps that only a second frame makes credible are taken out: a frame in two pieces would be two."""
    shift, before, result = 0, None, []
    for frame in frames:
        now = frame.time_ns + shift
        if before is not None and not -CLOCK_BACK_NS <= now - before <= CLOCK_AHEAD_NS:
            shift += before - now
            now = before
        latest = now if before is None else max(before, now)
        result.append(frame if now == frame.time_ns else replace(frame, time_ns=now))
        before = latest
    return result


def with_right_checksum(link, frame):
    """Checksums of TCP: pieces have right ones, and a sender of some right ones is not believed the wrong ones."""
    if frame.is_cut:
        return frame
    segment = parse_tcp(parse(link, frame.data))
    if segment is None:
        return frame
    data = segment.encode(segment.sequence, segment.flags, segment.payload)
    trailer = frame.data[len(data):]
    return frame if data + trailer == frame.data else replace(frame, data=data + trailer)


def repaired(capture):
    frames = [with_right_checksum(capture.link, frame) for frame in repaired_clock(capture.frames)]
    return replace(capture, frames=frames)


class Side:
    """The bytes that a side said, at their places."""

    def __init__(self, opening=None):
        self.blocks = collections.defaultdict(lambda: (bytearray(BLOCK), bytearray(BLOCK)))
        self.following = None
        self.opening = opening  # the number of its SYN
        self.end = None         # of its FIN

    def contradicts(self, segment):
        """Whether the segment says something else where something was said before."""
        first, payload = segment.sequence + bool(segment.flags & SYN), segment.payload
        if self.following is not None:
            ahead = (first - self.following + (1 << 31) & 0xFFFFFFFF) - (1 << 31)
            if ahead == -1 and len(payload) == 1:
                return False  # a keep-alive, whose byte means nothing
            if not -FAR <= ahead <= FAR:
                return True
        differs, at = False, 0
        while at < len(payload):
            place = (first + at) & 0xFFFFFFFF
            held, known = self.blocks[place // BLOCK]
            start = place % BLOCK
            piece = payload[at:at + BLOCK - start]
            end = start + len(piece)
            if any(known[start:end]):
                differs = differs or any(was and old != new for was, old, new in
                                         zip(known[start:end], held[start:end], piece))
            held[start:end] = piece
            known[start:end] = b"\1" * len(piece)
            at += len(piece)
        return differs


def contradictory(segments):
    """Connections in which the same place has two contents, or that begin or end at two places."""
    sides, left = {}, set()
    for segment in segments:
        if segment is None or segment.connection in left:
            continue
        syn = bool(segment.flags & SYN)
        side = sides.get(segment.side)
        if side and syn and segment.flags & ACK and side.opening not in (None, segment.sequence):
            left.add(segment.connection)  # answers one SYN twice
        if side is None or syn and side.opening != segment.sequence:
            side = sides[segment.side] = Side(segment.sequence if syn else None)
        if syn and not segment.flags & ACK and segment.answered in sides:
            sides[segment.answered].opening = None  # asked anew
        if segment.flags & RST:
            continue  # what a reset carries is nobody's
        fin = segment.sequence + len(segment.payload) & 0xFFFFFFFF if segment.flags & FIN else side.end
        if side.contradicts(segment) or side.end not in (None, fin):
            left.add(segment.connection)
        side.end = fin
        end = (segment.sequence + len(segment.payload) + syn) & 0xFFFFFFFF
        if side.following is None or (end - side.following & 0xFFFFFFFF) < FAR:
            side.following = end
    return left


class Holes:
    """Of one side: places that others have shown to be missing, and since which frame."""

    def __init__(self, began):
        self.began = began  # first frame of the connection where the beginning is not known
        self.highest = None
        self.open = []
        self.only_claimed = False  # what is before `highest` was acknowledged and never seen

    def reach(self, place, number, claim=True):
        """Something tells of all before `place`. True where it is an acknowledgment of one byte more than another was,
        of what was never seen: it may be that of a FIN."""
        ahead = place - self.highest & 0xFFFFFFFF if self.highest is not None else 0
        if not 0 < ahead < FAR:
            return False
        doubtful = self.only_claimed and claim and ahead == 1
        self.open.append((self.highest, ahead, number))
        self.highest, self.only_claimed = place, claim
        return doubtful

    def take(self, segment, number):
        """The frame since which this segment was waited for; None where it was not."""
        first, since = segment.sequence, []
        length = len(segment.payload) + bool(segment.flags & (SYN | FIN))
        if segment.flags & SYN:
            self.open, self.began, self.highest = [], None, None
        if self.highest is None:
            self.highest, since = first, [] if self.began is None else [self.began]
        else:
            since = [opened for start, missing, opened in self.open
                     if (first - start & 0xFFFFFFFF) < missing or (start - first & 0xFFFFFFFF) < length]
        self.reach(first, number, claim=False)
        if (first + length - self.highest & 0xFFFFFFFF) < FAR:
            self.highest = first + length & 0xFFFFFFFF
            self.only_claimed = self.only_claimed and length == 0
        return min(since) if since else None


def waited_for(segments):
    """The numbers of frames that come while something of their connection is missing that is still to come.

    How long it is waited for goes by frames: more of them, and it comes too late. All of those of a connection in which
    it goes by this patience whether the last byte acknowledged was a FIN.
    """
    sides, numbers, result, doubtful = {}, collections.defaultdict(list), set(), set()
    for number, segment in enumerate(segments):
        if segment is None:
            continue
        own = sides.setdefault(segment.side, Holes(numbers[segment.connection][0] if numbers[segment.connection] else None))
        numbers[segment.connection].append(number)
        since = own.take(segment, number)
        if since is not None:
            result.update(other for other in numbers[segment.connection] if other >= since)
        if segment.flags & ACK and segment.answered in sides:
            if sides[segment.answered].reach(segment.acknowledgment, number):
                doubtful.add(segment.connection)
    return result.union(*(numbers[connection] for connection in doubtful))


class Touchable:
    """The segments of a capture, None where a frame has none that may be touched; and which connections stay whole."""

    def __init__(self, capture):
        segments = [None if frame.is_cut else parse_tcp(parse(capture.link, frame.data)) for frame in capture.frames]
        self.left = contradictory(segments)
        self.segments = [None if segment and segment.connection in self.left else segment for segment in segments]
        self.waiting = waited_for(self.segments)
