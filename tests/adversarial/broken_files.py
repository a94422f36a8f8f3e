# SPDX-License-Identifier: BSD-3-Clause
"""Files that are no captures, or not all of one."""

import gzip
import struct

import pcapfile
import suite
from packets import CLIENT, Builder, dns_message, dns_name, udp
from suite import get


def small(first=0):
    builder = Builder()
    for i in range(first, first + 3):
        builder.add(udp(CLIENT, 40000 + i, "10.9.0.53", 53, dns_message(7, 0x0100, [(dns_name(f"h{i}.example"), 1, 1)])))
    return builder


def one_line(cases, result, what, path):
    """Exit status 1, nothing on standard output, one line that names the file."""
    cases.equal((result.returncode, result.stdout), (1, b""), f"{what}: status and output")
    lines = result.stderr.decode(errors="replace").splitlines()
    cases.check(len(lines) == 1 and str(path) in lines[0], f"{what}: one line with the file's name", result.stderr)


def cut_at_every_byte(cases):
    """Everything before is printed, then a message with frame and byte; where the cut falls between frames, all is well."""
    capture = small().capture
    whole = pcapfile.encode(capture)
    ends, at = [24], 24
    for frame in capture.frames:
        at += 16 + len(frame.data)
        ends.append(at)
    expected = []
    for count in range(len(ends)):
        path = cases.folder / "prefix.pcap"
        pcapfile.write(path, pcapfile.Capture(capture.link, capture.nanoseconds, capture.frames[:count]))
        expected.append(cases.run("--json", path).stdout)
    path = cases.folder / "cut.pcap"
    wrong = []
    for length in range(24, len(whole)):
        path.write_bytes(whole[:length])
        result = cases.run("--json", "--summary=none", path)
        frames = sum(end <= length for end in ends) - 1
        broken = length not in ends
        message = result.stderr.decode(errors="replace")
        if result.stdout != expected[frames] or result.returncode != broken:
            wrong.append(f"{length} bytes: exit status {result.returncode}, {message}")
        elif broken and not (str(path) in message and str(frames + 1) in message and "byte" in message):
            wrong.append(f"{length} bytes: {message}")
    cases.check(not wrong, "cut at every byte", "\n".join(wrong))
    for length in range(24):
        path.write_bytes(whole[:length])
        one_line(cases, cases.run("--json", path), f"cut in the file header at {length}", path)


def cut_gzip(cases):
    """A compressed capture that breaks off: what could be inflated is used."""
    packed = gzip.compress(pcapfile.encode(small().capture), 0)
    path = cases.folder / "cut.pcap.gz"
    path.write_bytes(packed)
    cases.equal(cases.run("--json", path).returncode, 0, "gzip'd: exit status")
    path.write_bytes(packed[:len(packed) - 60])
    result = cases.run("--json", path)
    cases.equal(result.returncode, 1, "gzip'd and cut: exit status")
    cases.check(b"h0.example" in result.stdout, "gzip'd and cut: the first record is there", result.stdout)


def no_captures(cases):
    for name, content in (("text.txt", b"This is no capture.\n" * 10), ("empty.pcap", b""), ("zeros.pcap", bytes(4096)),
                          ("elf", b"\x7fELF" + bytes(100)), ("text.gz", gzip.compress(b"This is no capture.\n"))):
        path = cases.folder / name
        path.write_bytes(content)
        one_line(cases, cases.run("--json", "-r", path), name, path)
    one_line(cases, cases.run("--json", "-r", cases.folder), "a folder", cases.folder)
    missing = cases.folder / "missing.pcap"
    one_line(cases, cases.run("--json", "-r", missing), "a missing file", missing)


def damaged_in_the_middle(cases):
    """A frame that claims four gigabytes."""
    capture = small().capture
    whole = bytearray(pcapfile.encode(capture))
    second = 24 + 16 + len(capture.frames[0].data)
    whole[second + 8:second + 16] = b"\xff" * 8
    path = cases.folder / "damaged.pcap"
    path.write_bytes(whole)
    result = cases.run("--json", path)
    cases.equal(result.returncode, 1, "damaged: exit status")
    cases.check(b"h0.example" in result.stdout and b"h1.example" not in result.stdout, "damaged: the record before it", result.stdout)
    cases.check(b"frame 2" in result.stderr, "damaged: the message names the frame", result.stderr)


def orders_and_precisions(cases):
    """Both byte orders, microseconds and nanoseconds: the same records."""
    builder = small()
    outputs = set()
    for order in "<>":
        for nanoseconds in (False, True):
            builder.capture.nanoseconds = nanoseconds
            path = cases.folder / "order.pcap"
            pcapfile.write(path, builder.capture, order)
            output = cases.run("--json", path).stdout
            outputs.add(output.replace(b"000Z", b"Z") if nanoseconds else output)
    cases.equal(len(outputs), 1, "byte orders and precisions give the same records")


def standard_input(cases):
    path = cases.folder / "input.pcap"
    pcapfile.write(path, small().capture)
    expected = cases.run("--json", path).stdout
    for what, content in (("plain", path.read_bytes()), ("gzip'd", gzip.compress(path.read_bytes()))):
        result = cases.run("--json", "-", stdin=content)
        cases.equal((result.returncode, result.stdout), (0, expected), f"standard input, {what}")


def several_files(cases):
    """Two files in a row are one capture: frames are numbered through."""
    paths = [cases.folder / "one.pcap", cases.folder / "two.pcap"]
    for path, first in zip(paths, (0, 3)):
        pcapfile.write(path, small(first).capture)
    result = cases.run("--json", "--only", "dns", *paths)
    frames = [get(record, "overhear.frames.request") for record in suite.parse_lines(result.stdout)]
    cases.equal(frames, [1, 2, 3, 4, 5, 6], "several files: the frames of the records")


def pcapng_blocks_that_lie(cases):
    """Block lengths of nothing, of too much, and unequal at both ends."""
    header = struct.pack("<IIIHHq", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1) + struct.pack("<I", 28)
    interface = struct.pack("<IIHHI", 1, 20, 1, 0, 0) + struct.pack("<I", 20)
    for what, block in (("zero", struct.pack("<II", 6, 0)), ("seven", struct.pack("<II", 6, 7) + b"xxx"),
                        ("huge", struct.pack("<II", 6, 0xFFFFFFF0) + bytes(64)),
                        ("unequal", struct.pack("<II", 6, 32) + bytes(20) + struct.pack("<I", 36)),
                        ("no-interface", struct.pack("<IIIIIII", 6, 32, 9, 0, 0, 0, 0) + struct.pack("<I", 32))):
        path = cases.folder / f"{what}.pcapng"
        path.write_bytes(header + interface + block)
        result = cases.run("--json", "-r", path)
        cases.equal((result.returncode, result.stdout), (1, b""), f"pcapng {what}: status and output")
        cases.check(str(path).encode() in result.stderr and b"byte" in result.stderr, f"pcapng {what}: the message", result.stderr)


TESTS = (cut_at_every_byte, cut_gzip, no_captures, damaged_in_the_middle, orders_and_precisions, standard_input, several_files,
         pcapng_blocks_that_lie)
