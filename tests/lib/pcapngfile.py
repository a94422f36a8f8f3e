# SPDX-License-Identifier: BSD-3-Clause
"""Writing pcapng files block by block, so that a test can have any of them, and any of them wrong."""

import struct

SECTION, INTERFACE, PACKET, SIMPLE, NAMES, STATISTICS, ENHANCED, CUSTOM = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 0xBAD
MICROSECONDS, NANOSECONDS = 6, 9  # of if_tsresol


def padded(data):
    return data + bytes(-len(data) % 4)


class Writer:
    """Blocks of one section in one byte order."""

    def __init__(self, order="<"):
        self.order = order

    def pack(self, layout, *values):
        return struct.pack(self.order + layout, *values)

    def option(self, code, value):
        return self.pack("HH", code, len(value)) + padded(value)

    def options(self, *options):
        """(code, value) pairs and the end of options."""
        return b"".join(self.option(code, value) for code, value in options) + self.pack("HH", 0, 0) if options else b""

    def block(self, kind, body, *, length=None, again=None):
        """`length`, `again`: what the block claims before and behind its body, where a test wants a lie."""
        body = padded(body)
        length = 12 + len(body) if length is None else length
        return self.pack("II", kind, length) + body + self.pack("I", length if again is None else again)

    def section(self, *options, length=-1, **lies):
        return self.block(SECTION, self.pack("IHHq", 0x1A2B3C4D, 1, 0, length) + self.options(*options), **lies)

    def interface(self, link=1, snap_length=0, *options, resolution=None, offset=None, **lies):
        chosen = list(options)
        if resolution is not None:
            chosen.append((9, bytes([resolution])))
        if offset is not None:
            chosen.append((14, self.pack("q", offset)))
        return self.block(INTERFACE, self.pack("HHI", link, 0, snap_length) + self.options(*chosen), **lies)

    def enhanced(self, interface, units, data, *options, captured=None, wire=None, **lies):
        captured = len(data) if captured is None else captured
        body = self.pack("IIIII", interface, units >> 32 & 0xFFFFFFFF, units & 0xFFFFFFFF, captured, len(data) if wire is None else wire)
        return self.block(ENHANCED, body + padded(data) + self.options(*options), **lies)

    def obsolete(self, interface, units, data):
        return self.block(PACKET, self.pack("HHIIII", interface, 0, units >> 32, units & 0xFFFFFFFF, len(data), len(data)) + padded(data))

    def simple(self, data, *, wire=None, **lies):
        return self.block(SIMPLE, self.pack("I", len(data) if wire is None else wire) + data, **lies)

    def names(self, *pairs):
        """Name resolution: (IPv4 address as bytes, name)."""
        rows = b"".join(self.pack("HH", 1, len(address) + len(name) + 1) + padded(address + name + b"\0") for address, name in pairs)
        return self.block(NAMES, rows + self.pack("HH", 0, 0))

    def statistics(self, interface, units, received):
        return self.block(STATISTICS, self.pack("III", interface, units >> 32, units & 0xFFFFFFFF) + self.options((4, self.pack("Q", received))))

    def custom(self, data):
        return self.block(CUSTOM, self.pack("I", 32473) + data)
