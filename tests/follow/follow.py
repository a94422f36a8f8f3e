#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""--follow gives what was said: for every capture of pcaps/, each side of each conversation in a file equals what --raw
writes, what a few lines of Python put together from the segments, and what can be read back from the text.

Beside that: numbers that never come up, lost bytes, folders that are not empty, disks that are full, readers that go.
"""

import ipaddress
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import packets
import pcapfile
import suite
from suite import get

MOST = 6  # conversations of a capture that are also followed one by one
OURS = re.compile(rb"conversation \d+: .*|client and server are the other way round, also above:")
LINE = re.compile("(▸|◂)( |…|:|!)(.*)".encode(), re.S)
ROW = re.compile(rb"([0-9a-f]{6,}) ((?: {1,2}[0-9a-f]{2}){1,16}) *  \|([ -~]{1,16})\|")
COLOR = re.compile(rb"\x1b\[[0-9;]*m")


def endpoint(text):
    """(address, port) of ADDRESS:PORT."""
    address, _, port = text.rpartition(":")
    return ipaddress.ip_address(address.strip("[]")), int(port)


def follow_all(tests, capture, folder):
    """({file: content}, [row of the index], the finished process)"""
    Path(folder).chmod(0o777)  # as root it becomes somebody else
    result = tests.run("--follow", "all", folder, capture)
    files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    lines = files.pop("index.tsv", b"").decode().splitlines()
    titles = lines[0].split("\t") if lines else []
    return files, [dict(zip(titles, line.split("\t"), strict=True)) for line in lines[1:]], result


def reassemble(capture):
    """{(source, destination): bytes} of the TCP sides that were seen from their SYN on, in one connection, whole."""
    sides = defaultdict(list)
    try:
        frames = pcapfile.read(capture)
    except pcapfile.NotPcap:
        return {}
    for frame in frames.frames:
        if frame.is_cut:
            return {}
        segment = packets.parse_tcp(packets.parse(frames.link, frame.data))
        if segment is None:
            continue
        source, destination = map(ipaddress.ip_address, segment.packet.addresses)
        key = (segment.packet.tags, (source, segment.source_port), (destination, segment.destination_port))
        sides[key].append(segment)
    whole = {}
    for (tags, source, destination), segments in sides.items():
        starts = {segment.sequence for segment in segments if segment.flags & 2}
        if len(tags) > 2 or len(starts) != 1 or any(segment.flags & 4 for segment in segments):
            continue
        first = (starts.pop() + 1) & 0xFFFFFFFF
        content = {}
        for segment in segments:
            at = (segment.sequence + (segment.flags >> 1 & 1) - first) & 0xFFFFFFFF
            for i, byte in enumerate(segment.payload if at < 1 << 31 else b""):
                content.setdefault(at + i, byte)
        if all(i in content for i in range(len(content))):
            whole[source, destination] = bytes(content[i] for i in range(len(content)))
    return whole


def unescape(text):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), text)


def read_back(output):
    """What both sides said according to the text, without the ends of lines; and lines that nobody can place."""
    said, odd = {"▸".encode(): b"", "◂".encode(): b""}, []
    for line in output.split(b"\n")[:-1]:
        match = LINE.fullmatch(line)
        if not match:
            if not OURS.fullmatch(line):
                odd.append(line)
            continue
        side, kind, rest = match.groups()
        if kind == b":":
            row = ROW.fullmatch(rest)
            content = bytes.fromhex(row[2].decode()) if row else b""
            if not row or row[3] != bytes(byte if 32 <= byte < 127 else 46 for byte in content) or len(line) > 80:
                odd.append(line)
            said[side] += content
        elif kind != b"!":
            said[side] += unescape(rest)
    return tuple(re.sub(rb"[\r\n]", b"", words) for words in said.values()), odd


def check_index(tests, name, capture, files, rows):
    """Against the flow records: the same conversations, ends and losses."""
    flows = {str(get(record, "overhear.conversation")): record
             for record in suite.parse_lines(tests.run("--json", "--only", "flow", capture).stdout)}
    tests.equal(len({row["conversation"] for row in rows}), len(rows), f"{name}: each conversation once")
    named = set()
    for row in rows:
        what = f"{name}: conversation {row['conversation']}"
        flow = flows.get(row["conversation"])
        if not tests.check(flow is not None, f"{what} is one"):
            continue
        for side, end in (("client", "source"), ("server", "destination")):
            expected = (ipaddress.ip_address(get(flow, f"{end}.ip")), get(flow, f"{end}.port"))
            tests.equal(endpoint(row[side]), expected, f"{what}: {side}")
            content = files.get(row[f"{side}_file"])
            tests.equal(len(content or b""), int(row[f"{side}_bytes"]), f"{what}: size of what the {side} said")
            if row[f"{side}_file"]:
                named.add(row[f"{side}_file"])
        tests.equal(row["protocol"], get(flow, "network.protocol", ""), f"{what}: protocol")
        tests.equal(row["reason"], get(flow, "overhear.flow.reason"), f"{what}: reason")
        lost = int(row["client_lost"]) + int(row["server_lost"])
        tests.equal(lost, get(flow, "overhear.flow.gap_bytes", 0), f"{what}: lost bytes")
    tests.equal(named, set(files), f"{name}: the index names all files")


def check_one(tests, name, capture, row, files):
    what = f"{name}: conversation {row['conversation']}"
    sides = [files.get(row["client_file"], b""), files.get(row["server_file"], b"")]
    for side, content in zip(("client", "server"), sides):
        raw = tests.run("--follow", row["conversation"], "--raw", side, capture)
        lost = int(row[f"{side}_lost"])
        tests.check(raw.stdout == content, f"{what}: --raw {side} equals the file")
        tests.equal(raw.returncode, 1 if lost else 0, f"{what}: --raw {side}: exit status with {lost} bytes lost")
        tests.equal(f" {lost} bytes that the {side} sent" in raw.stderr.decode(), lost > 0, f"{what}: --raw {side} says so")
    text = tests.run("--follow", row["conversation"], "--color=never", capture)
    said, odd = read_back(text.stdout)
    tests.equal(text.returncode, 0, f"{what}: exit status of the text")
    tests.check(not odd, f"{what}: every line can be placed", b"\n".join(odd).decode("utf-8", "replace"))
    tests.check(said == tuple(re.sub(rb"[\r\n]", b"", content) for content in sides), f"{what}: the text is what was said",
                f"{said}\n{sides}")
    tests.check(not suite.forbidden_characters(text.stdout.replace(b"\t", b"")), f"{what}: nothing obeys")
    colored = tests.run("--follow", row["conversation"], "--color=always", capture).stdout
    tests.check(COLOR.sub(b"", colored) == text.stdout, f"{what}: colours add nothing but colour")


def check_capture(tests, capture):
    name = suite.capture_name(capture)
    with suite.scratch() as folder:
        files, rows, result = follow_all(tests, capture, folder)
        modes = {path.stat().st_mode & 0o7777 for path in Path(folder).iterdir()}
    tests.check(result.returncode == 0 and not suite.sanitizer_report(result.stderr), f"{name}: exit status",
                result.stderr.decode("utf-8", "replace"))
    tests.equal(result.stdout, b"", f"{name}: nothing on the output")
    tests.check(modes <= {0o600}, f"{name}: only the owner may read them", f"{modes}")
    check_index(tests, name, capture, files, rows)
    whole = reassemble(capture)
    compared = 0
    for row in rows:
        ends = endpoint(row["client"]), endpoint(row["server"])
        once = sum({row["client"], row["server"]} == {other["client"], other["server"]} for other in rows) == 1
        for side, key in (("client", ends), ("server", ends[::-1])):
            if row["transport"] == "tcp" and once and key in whole:
                compared += 1
                tests.check(files.get(row[f"{side}_file"], b"") == whole[key],
                            f"{name}: conversation {row['conversation']}: the {side}'s segments put together")
    tests.each(lambda row: check_one(tests, name, capture, row, files), rows[:MOST])
    return compared


def check_mistakes(tests):
    tour = suite.PCAPS / "tour.pcap"
    never = tests.run("--follow", "123456", tour)
    tests.equal((never.returncode, never.stdout), (1, b""), "a number that never comes up")
    tests.check(re.search(rb"--follow 123456: the last conversation has the number \d+", never.stderr), "and it says so",
                never.stderr)
    tests.equal(tests.run("--follow", "2", tour).stderr, b"", "no summary after the bytes")
    tests.check(b"conversations   4" in tests.run("--follow", "2", "--summary=text", tour).stderr, "unless it is asked for")
    with suite.scratch() as folder:
        Path(folder).chmod(0o777)
        tests.equal(tests.run("--follow", "all", folder, tour).returncode, 0, "a folder of its own")
        before = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        again = tests.run("--follow", "all", folder, tour)
        tests.check(again.returncode == 2 and b"an earlier run has left" in again.stderr, "an earlier run's folder", again.stderr)
        tests.equal({path.name: path.read_bytes() for path in Path(folder).iterdir()}, before, "is left as it was")
        wrong = tests.run("--follow", "all", tour, tour)
        tests.check(wrong.returncode in (1, 2) and str(tour).encode() in wrong.stderr, "a folder that is none", wrong.stderr)
    full = tests.run("--follow", "1", "-o", "/dev/full", tour)
    tests.check(full.returncode == 1 and b"No space left" in full.stderr, "a full disk", full.stderr)
    gone = subprocess.run(["bash", "-c", f"{tests.program} -q --follow 1 {tour} | head -1 >/dev/null; echo ${{PIPESTATUS[0]}}"],
                          capture_output=True, timeout=60, check=False)
    tests.check(gone.stdout in (b"0\n", b"141\n") and gone.stderr == b"", "a reader that goes", f"{gone}")
    stream = tests.run("--follow", "1", "--line-buffered", "-r", "-", stdin=tour.read_bytes())
    tests.equal(stream.stdout, tests.run("--follow", "1", tour).stdout, "from a pipe, line by line")


def main():
    tests = suite.Suite("follow", __doc__)
    compared = sum(check_capture(tests, capture) for capture in suite.captures())
    tests.check(compared > 300, "enough sides were put together here", f"only {compared}")
    check_mistakes(tests)
    tests.finish()


if __name__ == "__main__":
    main()
