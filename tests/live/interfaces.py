#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Interfaces that come and go under `overhear -i`: several at once, down and up, deleted and made anew, filtered and counted.

python3 tests/live/interfaces.py PROGRAM, as root, anywhere: it moves into a network namespace of its own, with two cables in it
(near-far, one-two). Frames are made and sent here, each a question to a name server with a name of its own, so that each can be
asked for afterwards.
"""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from hearing import Cases

INSIDE = "--inside"
PATIENCE = 15


def ip(words, check=True):
    return subprocess.run(["ip", *words.split()], check=check, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def cable(name, other, up=True):
    ip(f"link add {name} type veth peer name {other}")
    if up:
        ip(f"link set {name} up")
        ip(f"link set {other} up")


def ip_checksum(header):
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def dns_frame(number, answer=False, client=None, port=53):
    """A question for the address of number.example, or its answer."""
    identifier = number & 0xffff
    name = b"".join(bytes([len(label)]) + label for label in (b"n%06d" % number, b"example")) + b"\0"
    message = struct.pack("!6H", identifier, 0x8180 if answer else 0x0100, 1, 1 if answer else 0, 0, 0) + name + struct.pack("!2H", 1, 1)
    if answer:
        message += struct.pack("!3HIH4B", 0xc00c, 1, 1, 60, 4, 192, 0, 2, 1)
    source, destination = bytes([10, 0, 0, client or 1 + number % 200]), bytes([10, 0, 1, 53])
    ports = 1024 + number % 60000, port
    if answer:
        source, destination, ports = destination, source, ports[::-1]
    udp = struct.pack("!4H", *ports, 8 + len(message), 0) + message
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + source + destination
    header = header[:10] + struct.pack("!H", ip_checksum(header)) + header[12:]
    return bytes([2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 8, 0]) + header + udp


class Sender:
    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((interface, 0))

    def send(self, *arguments, **named):
        self.socket.send(dns_frame(*arguments, **named))

    def send_all(self, numbers, pause=0.0):
        for number in numbers:
            self.send(number)
            if pause:
                time.sleep(pause)


class Listener:
    """overhear -i …: `said` is what it told the user, `records` what it printed, `counts` its summary; the last two after stop()."""

    def __init__(self, program, *arguments, prefix=()):
        self.folder = tempfile.TemporaryDirectory(prefix="overhear-interfaces-")
        self.log, self.output = Path(self.folder.name, "log"), Path(self.folder.name, "output")
        with open(self.log, "wb") as log, open(self.output, "wb") as output:
            self.process = subprocess.Popen([*prefix, program, "--json", "--summary=json", *arguments], stdout=output, stderr=log)
        self.await_words("listening on")

    def await_words(self, words, times=1):
        deadline = time.monotonic() + PATIENCE
        while self.log.read_text().count(words) < times:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"waited in vain for '{words}': {self.log.read_text()}")
            time.sleep(0.01)

    def end(self, by_signal=True):
        if by_signal:
            self.process.send_signal(signal.SIGINT)
        try:
            self.status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.status = self.process.wait()
        lines = self.output.read_text().splitlines()
        self.records = [json.loads(line) for line in lines]
        told = self.log.read_text().splitlines()
        self.said = [line.removeprefix("overhear: ") for line in told if line.startswith("overhear: ")]
        summary = [line for line in told if line.startswith("{")]
        self.counts = json.loads(summary[-1]) if summary else {}
        self.folder.cleanup()
        return self

    @property
    def received(self):
        return {row["name"]: row["received"] for row in self.counts["interfaces"]}

    @property
    def names(self):
        """The numbers of the questions that were heard, sorted."""
        names = [record["dns"]["question"]["name"] for record in self.records if record["event"]["dataset"] == "dns"]
        return sorted(int(re.match(r"n(\d+)\.example", name).group(1)) for name in names)


def all_well(cases, heard, what, numbers):
    cases.equal(heard.status, 0, f"{what}: exit status")
    cases.equal(heard.names, sorted(numbers), f"{what}: every question once")
    cases.equal(heard.counts["dropped"], {"kernel": 0, "interface": 0, "overhear": 0}, f"{what}: nothing dropped")


def several(program, cases):
    """Two interfaces that talk in turn; what each received is what was sent to it. -s and -B are taken."""
    listener = Listener(program, "-i", "near", "-i", "one", "-B", "4096")
    far, two = Sender("far"), Sender("two")
    for number in range(3000):
        (two if number % 3 == 0 else far).send(number)
    heard = listener.end()
    all_well(cases, heard, "several", range(3000))
    cases.equal(heard.received, {"near": 2000, "one": 1000}, "several: received")
    cases.equal(heard.counts["frames"], 3000, "several: frames")


def two_ways(program, cases):
    """Questions on one interface, their answers on the other a moment later: they are put in order, and so belong together."""
    listener = Listener(program, "-i", "one", "-i", "near")
    far, two = Sender("far"), Sender("two")
    for number in range(600):
        far.send(number)
        time.sleep(0.0005)
        two.send(number, answer=True)
        time.sleep(0.001)
    heard = listener.end()
    all_well(cases, heard, "two ways", range(600))
    late = [record for record in heard.records if record["event"]["dataset"] == "dns" and not record["dns"].get("answers")]
    cases.equal(late, [], "two ways: every question has its answer")


def everywhere(program, cases):
    """any: a cable is heard at both its ends, the loopback interface once."""
    listener = Listener(program, "-i", "any", "udp", "port", "53")
    Sender("far").send_all(range(100))
    Sender("lo").send_all(range(100, 200))
    heard = listener.end()
    cases.equal(heard.received, {"any": 300}, "any: received")
    cases.equal(heard.counts["frames"], 300, "any: frames")
    cases.equal(sorted(set(heard.names)), list(range(200)), "any: every question")
    listener = Listener(program, "-i", "lo", "udp", "port", "53")
    Sender("lo").send_all(range(100))
    heard = listener.end()
    all_well(cases, heard, "loopback", range(100))
    cases.equal(heard.received, {"lo": 100}, "loopback: received once")


def down_and_up(program, cases):
    listener = Listener(program, "-i", "near", "-i", "one")
    far, two = Sender("far"), Sender("two")
    far.send_all(range(100))
    ip("link set near down")
    listener.await_words("near went down: waiting for it")
    two.send_all(range(100, 200))
    ip("link set near up")
    listener.await_words("near is up again")
    far.send_all(range(200, 300))
    heard = listener.end()
    all_well(cases, heard, "down and up", range(300))
    cases.equal(heard.received, {"near": 200, "one": 100}, "down and up: received")


def down_at_the_start(program, cases):
    cable("late", "later", up=False)
    ip("link set later up")
    listener = Listener(program, "-i", "late")
    listener.await_words("late is down: waiting for it")
    ip("link set late up")
    listener.await_words("late is up")
    Sender("later").send_all(range(50))
    all_well(cases, listener.end(), "down at the start", range(50))
    ip("link delete late")


def anew(program, cases, *arguments):
    """Deleted and made anew, twice, under the eyes of a process that has become nobody and sits in its sandbox."""
    what = " ".join(("made anew", *arguments))
    listener = Listener(program, "-i", "near", "-i", "one", *arguments, "udp", "port", "53")
    owner = os.stat(f"/proc/{listener.process.pid}").st_uid
    cases.check(owner != 0, f"{what}: not root any more", owner)
    two = Sender("two")
    for round in range(2):
        Sender("far").send_all(range(round * 1000, round * 1000 + 400))
        if round == 0:
            time.sleep(0.3)  # the second time the kernel still holds frames when the interface disappears
        ip("link delete near")
        listener.await_words("near has disappeared: waiting for it", round + 1)
        two.send_all(range(round * 1000 + 400, round * 1000 + 500))
        cable("near", "far")
        listener.await_words("near is back", round + 1)
        Sender("far").send_all(range(round * 1000 + 500, round * 1000 + 900))
        promiscuous = "promiscuity 0" not in ip("-d link show near").stdout
        cases.check(promiscuous, f"{what}: promiscuous again")
    heard = listener.end()
    all_well(cases, heard, what, [*range(900), *range(1000, 1900)])
    cases.equal(heard.received, {"near": 1600, "one": 200}, f"{what}: received")
    news = ["near has disappeared: waiting for it", "near is back"] * 2
    cases.equal([line for line in heard.said if line.startswith("near ")], news, f"{what}: what was said")


def filtered(program, cases):
    """What does not match is not received at all, not even what came before everything was ready."""
    far = Sender("far")
    far.send_all(range(10), pause=0)
    listener = Listener(program, "-i", "near", "udp port 53 and src host 10.0.0.7")
    for number in range(1000):
        far.send(number, client=7 if number % 4 == 0 else 8)
    heard = listener.end()
    all_well(cases, heard, "filter", range(0, 1000, 4))
    cases.equal(heard.received, {"near": 250}, "filter: received")
    cases.equal(heard.counts["frames"], 250, "filter: frames")


def counted(program, cases):
    """-c: exactly so many."""
    listener = Listener(program, "-i", "near", "-c", "100")
    Sender("far").send_all(range(300))
    heard = listener.end(by_signal=False)
    all_well(cases, heard, "-c", range(100))
    cases.equal(heard.counts["frames"], 100, "-c: frames")


def shared(program, cases):
    """Threads: each question is heard once, and meets its answer."""
    listener = Listener(program, "-i", "near", "--threads", "3")
    far, near = Sender("far"), Sender("near")
    for number in range(2000):
        far.send(number)
        near.send(number, answer=True)
    heard = listener.end()
    all_well(cases, heard, "threads", range(2000))
    cases.equal(heard.received, {"near": 4000}, "threads: received")
    late = [record for record in heard.records if record["event"]["dataset"] == "dns" and not record["dns"].get("answers")]
    cases.equal(late, [], "threads: every question has its answer")


def quoted_by(router, frame):
    """What that router sends to the sender of a frame that it cannot hand on: port unreachable, with the packet in it."""
    ip = bytearray(frame[14:34])
    quoted = frame[14:14 + 28]
    ip[2:4] = (20 + 8 + len(quoted)).to_bytes(2, "big")
    ip[9], ip[10:12], ip[12:16], ip[16:20] = 1, b"\0\0", router, frame[26:30]
    ip[10:12] = ip_checksum(bytes(ip)).to_bytes(2, "big")
    return frame[:14] + bytes(ip) + b"\3\3\0\0\0\0\0\0" + quoted


def blamed(program, cases):
    """Threads: the error of a router about a question meets it, though it comes from somebody else."""
    listener = Listener(program, "-i", "near", "--threads", "3")
    far, near = Sender("far"), Sender("near")
    for number in range(1, 101):
        question = dns_frame(number, client=number)
        far.socket.send(question)
        near.socket.send(quoted_by(bytes((10, 9, number, 1)), question))
    heard = listener.end()
    found = [record["overhear"].get("icmp_error") for record in heard.records if record["event"]["dataset"] == "dns"]
    cases.equal(found, ["port unreachable"] * 100, "threads: a router's errors")


def as_nobody(*capabilities):
    everything = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    ambient = [f"--ambient-caps={everything}"] if capabilities else []
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", f"--inh-caps={everything}", *ambient,
            f"--bounding-set={everything}"]


def rights(program, cases):
    """One capability is enough; without it the message says what to type, and -D works all the same."""
    with tempfile.TemporaryDirectory(prefix="overhear-rights-") as folder:
        Path(folder).chmod(0o755)
        own = shutil.copy(program, folder)  # where nobody may read
        listener = Listener(own, "-i", "near", prefix=as_nobody("net_raw"))
        promiscuous = "promiscuity 1" in ip("-d link show near").stdout
        cases.check(promiscuous, "cap_net_raw alone: promiscuous")
        Sender("far").send_all(range(100))
        all_well(cases, listener.end(), "cap_net_raw alone", range(100))
        refused = subprocess.run([*as_nobody(), own, "-i", "near"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 timeout=PATIENCE)
        cases.equal(refused.returncode, 1, "without the right: exit status")
        cases.check("sudo overhear" in refused.stderr and f"sudo setcap cap_net_raw+ep {own}" in refused.stderr,
                    "without the right: what helps", refused.stderr)
        listed = subprocess.run([*as_nobody(), own, "-D"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
        cases.equal(listed.returncode, 0, "-D without rights: exit status")
        cases.check("near" in listed.stdout and "127.0.0.1/8" in listed.stdout, "-D without rights", listed.stdout)


def missing(program, cases):
    found = subprocess.run([program, "-i", "neer"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    cases.equal(found.returncode, 1, "no such interface: exit status")
    cases.equal(found.stderr, "overhear: neer: there is no such interface; did you mean near? -D lists them\n", "no such interface")


def main():
    program = str(Path(sys.argv[1]).resolve())
    if INSIDE not in sys.argv:
        words = ["unshare", "--net", sys.executable, __file__, program, INSIDE]
        if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "true"], stderr=subprocess.DEVNULL).returncode != 0:
            print("live interfaces: skipped: no network namespace can be made here; that needs root")
            return 0
        return subprocess.run(words).returncode
    for what in ("all", "default"):
        path = Path(f"/proc/sys/net/ipv6/conf/{what}/disable_ipv6")  # nothing is sent but what we send
        if path.exists():
            path.write_text("1")
    ip("link set lo up")
    cable("near", "far")
    cable("one", "two")
    cases = Cases()
    for case in (several, two_ways, everywhere, down_and_up, down_at_the_start, anew, filtered, counted, shared, blamed, rights, missing):
        try:
            case(program, cases)
        except (RuntimeError, OSError, KeyError, subprocess.SubprocessError) as problem:
            cases.check(False, case.__name__, repr(problem))
    try:
        anew(program, cases, "--threads", "2")
    except (RuntimeError, OSError, KeyError) as problem:
        cases.check(False, "anew with threads", repr(problem))
    print(f"live interfaces: {cases.passed} passed, {cases.failed} failed")
    return 1 if cases.failed else 0


if __name__ == "__main__":
    sys.exit(main())
