#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How runs end when something goes wrong: killed in the middle, a disk that fills up, a reader that is slow or leaves, signals.

What was written before must be whole: every line of the results but the last, every frame of a saved capture, every file. The disks
are small tmpfs, the interface is a loopback of our own: both in namespaces that go away with this process, so root is
needed; without it this says so and looks at what can be looked at.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "lib"), str(Path(__file__).resolve().parent)]

import moments
import suite
from suite import BadLine, PCAPS, get, parse_line, parse_lines

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
PATIENCE = 30
HTTP = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def whole_frames(data):
    """How many frames a pcap file holds, and the bytes that are left over."""
    at, count = 24, 0
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8:at + 12], "little")
        if at + 16 + length > len(data):
            break
        at, count = at + 16 + length, count + 1
    return count, len(data) - at


def wait_for(condition, patience=PATIENCE):
    """Polls; the last answer."""
    deadline = time.monotonic() + patience
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return answer


def end(process, signal_number=None):
    """The exit status; the process is gone afterwards whatever happens."""
    if signal_number:
        process.send_signal(signal_number)
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "hung"


# --- killed -----------------------------------------------------------------------------------------------------------

def whole_lines(tests, data, what):
    """Every line but the last is a record; returns how many."""
    lines = data.split(b"\n")
    try:
        found = [parse_line(line) for line in lines[:-1]]
    except BadLine as error:
        tests.check(False, what, error)
        return 0
    tests.check(len(found) > 100, what, f"{len(found)} lines")
    return len(found)


def feed(pipe, pieces):
    try:
        for piece in pieces:
            pipe.write(piece)
        pipe.close()
    except (BrokenPipeError, ValueError):
        pass


def endless(capture):
    """A capture that goes on and on: the same talk again and again, at later times and other ports of no server."""
    data = (PCAPS / capture).read_bytes()
    yield data[:24]
    frames, at = [], 24
    while at < len(data):
        length = int.from_bytes(data[at + 8:at + 12], "little")
        frames.append((int.from_bytes(data[at:at + 4], "little"), data[at + 4:at + 16 + length]))
        at += 16 + length
    for turn in range(3000):
        yield b"".join((seconds + 200 * turn).to_bytes(4, "little") + rest for seconds, rest in frames)


def killed(tests, folder):
    results, saved = folder / "killed.json", folder / "killed.pcap"
    for round_number, appends in enumerate(([], ["--append"])):
        process = subprocess.Popen([tests.program, "--json", *appends, "-o", results, "-w", saved, "-Z", "root", "-"],
                                   stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        feeder = threading.Thread(target=feed, args=(process.stdin, endless("tour.pcap")), daemon=True)
        before = results.stat().st_size if appends else 0
        feeder.start()
        wait_for(lambda: saved.exists() and saved.stat().st_size > 100000 and results.stat().st_size > before + 500000)
        tests.equal(end(process, signal.SIGKILL), -signal.SIGKILL, f"kill -9, round {round_number}")
        feeder.join()
        data = results.read_bytes()
        if not appends:
            whole_lines(tests, data, "kill -9: every line but the last is whole")
            first = data
        else:
            tests.check(data.startswith(first), "kill -9: --append leaves what was there")
            rest = data[len(first):]
            tests.check(first.endswith(b"\n") or rest.startswith(b"\n"), "kill -9: --append ends the broken line first")
            whole_lines(tests, rest.removeprefix(b"\n"), "kill -9: lines after --append are whole")
        frames, _ = whole_frames(saved.read_bytes())
        tests.check(frames > 1000, "kill -9: the saved frames are there", frames)


# --- a full disk ------------------------------------------------------------------------------------------------------

def full_disk(tests, folder):
    disk = folder / "disk"
    disk.mkdir()
    for what, options in (("-o", ["--json", "-o", disk / "out"]), ("-o transcript", ["-v", "-o", disk / "out"]),
                          ("-w", ["-q", "-w", disk / "out"]), ("--extract", ["-q", "--extract", disk / "files"]),
                          ("--follow all", ["--follow", "all", disk / "files"])):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k,mode=0777", "tmpfs", disk], check=True)
        look_at_full_disk(tests, what, options, disk, PCAPS / "http-files.pcap")
        subprocess.run(["umount", disk], check=True)


def look_at_full_disk(tests, what, options, disk, capture):
    result = tests.run("-Z", "root", *options, capture)
    tests.equal(result.returncode, 1, f"full disk, {what}: exit status")
    tests.check(b"No space left" in result.stderr, f"full disk, {what}: the message", result.stderr.decode())
    tests.check(str(disk).encode() in result.stderr, f"full disk, {what}: it names the place", result.stderr.decode())
    if what.startswith("-o"):
        whole = tests.run(*[option for option in options[:-2]], capture).stdout
        data = (disk / "out").read_bytes()
        tests.check(data and whole.startswith(data) and len(data) < len(whole), f"full disk, {what}: what was written is good",
                    f"{len(data)} of {len(whole)} bytes")
    elif what == "-w":
        data, whole = (disk / "out").read_bytes(), capture.read_bytes()
        frames, left_over = whole_frames(data)
        tests.check(frames > 0 and data[24:] == whole[24:len(data)], f"full disk, {what}: the frames are good", frames)
        tests.equal(left_over, 0, f"full disk, {what}: no frame is cut")
    else:
        tests.check(any((disk / "files").iterdir()), f"full disk, {what}: something was saved")


def planted(tests, folder):
    """Root does not write where somebody else's link points to; one's own links are followed."""
    precious, link = folder / "precious", folder / "link"
    for option in ("-o", "-w"):
        precious.write_text("root's")
        link.unlink(missing_ok=True)
        link.symlink_to(precious)
        os.lchown(link, 65534, 65534)
        result = tests.run("--json", option, link, PCAPS / "tour.pcap")
        tests.equal((result.returncode, precious.read_text()), (1, "root's"), f"{option}: another user's link")
        tests.check(b"symbolic link of somebody else" in result.stderr, f"{option}: says why", result.stderr)
        os.lchown(link, 0, 0)
        result = tests.run("--json", option, link, PCAPS / "tour.pcap")
        tests.equal(result.returncode, 0, f"{option}: root's own link")
        tests.check(precious.stat().st_size > 1000, f"{option}: root's own link is followed")


def root_in_name_only(tests):
    """In some containers root may become nobody else: it says so, and goes on without capabilities."""
    for what, words in (("no capability", ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]), ("a user namespace", ["unshare", "-U", "-r"])):
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
            print(f"skipped endings: root with {what}: {words[0]} is not allowed to make it here")  # as in a chroot
            continue
        for options in ([], ["-Z", "root"]):
            result = subprocess.run([*words, tests.program, "--json", *options, PCAPS / "tour.pcap"], capture_output=True,
                                    timeout=PATIENCE, check=False)
            tests.equal((result.returncode, len(parse_lines(result.stdout))), (0, 17), f"root with {what} {options}")
            tests.equal(b"staying root" in result.stderr, not options, f"root with {what} {options}: it is said")


# --- live -------------------------------------------------------------------------------------------------------------

class Site:
    """A web server of one page on the loopback, in a thread; requests to it."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 80))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            connection.recv(4096)
            connection.sendall(HTTP)
            connection.close()

    @staticmethod
    def ask(path):
        with socket.create_connection(("127.0.0.1", 80), timeout=5) as connection:
            connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            while connection.recv(4096):
                pass


def listen(tests, *options, stdout=subprocess.PIPE):
    process = subprocess.Popen([tests.program, "-i", "lo", "-Z", "root", *map(str, options)], stdout=stdout,
                               stderr=subprocess.PIPE)
    said = []
    reader = threading.Thread(target=lambda: said.extend(iter(process.stderr.readline, b"")), daemon=True)
    reader.start()
    if not wait_for(lambda: any(b"listening" in line for line in said)):
        tests.check(False, f"{options}: it listens", b"".join(said))
    process.said, process.reader = said, reader
    time.sleep(0.1)
    return process


def paths_in(data):
    return [get(record, "url.path") for record in parse_lines(data) if record["event"]["dataset"] == "http"]


def rotated(tests, folder):
    results, old = folder / "live.json", folder / "live.json.1"
    process = listen(tests, "--json", "-o", results)
    Site.ask("first")
    tests.check(wait_for(lambda: b"/first" in results.read_bytes()), "SIGHUP: results come without being asked for")
    results.rename(old)
    process.send_signal(signal.SIGHUP)
    tests.check(wait_for(results.exists), "SIGHUP: the file is there again")
    Site.ask("second")
    tests.check(wait_for(lambda: b"/second" in results.read_bytes()), "SIGHUP: results go to the new file")
    process.send_signal(signal.SIGUSR1)
    tests.check(wait_for(lambda: any(b"frames received; dropped by the kernel 0, interfaces 0" in line for line in process.said)),
                "SIGUSR1: it reports", process.said)
    tests.equal(end(process, signal.SIGTERM), 0, "SIGTERM: exit status")
    process.reader.join(5)
    tests.equal((paths_in(old.read_bytes()), paths_in(results.read_bytes())), (["/first"], ["/second"]),
                "SIGHUP: each result once, and whole")
    tests.check(any(line.startswith(b"read ") for line in process.said), "SIGTERM: the summary", process.said)


def come_round(tests):
    """The first file of a ring is made by root, and written over by whom root became."""
    capture = PCAPS / "ftp-session.pcap"
    with suite.scratch() as name:
        folder = Path(name)
        folder.chmod(0o777)
        result = tests.run("-q", "--only", "flow", "-o", "/dev/null", "-w", folder / "ring", "-C", "50K", "-W", "3", capture)
        tests.equal((result.returncode, result.stderr), (0, b""), "a ring of three files: it comes round")
        tests.equal([(path.name, whole_frames(path.read_bytes())[1]) for path in sorted(folder.iterdir())],
                    [("ring0", 0), ("ring1", 0), ("ring2", 0)], "a ring of three files: whole frames in each")


def hung_up(tests, folder):
    """Bytes that are followed go to one file: SIGHUP ends that, and loses nothing. After nohup it does nothing."""
    followed = folder / "followed"
    process = listen(tests, "--follow", "1", "-o", followed)
    with socket.create_connection(("127.0.0.1", 80), timeout=5) as connection:
        connection.sendall(b"GET /followed HTTP/1.1\r\n")
        tests.check(wait_for(lambda: b"/followed" in followed.read_bytes()), "SIGHUP and --follow: bytes come")
        tests.equal(end(process, signal.SIGHUP), 0, "SIGHUP and --follow: it ends")
    tests.equal(followed.read_bytes().count(b"GET /followed"), 1, "SIGHUP and --follow: once")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    process = listen(tests, "--json")
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    Site.ask("after-nohup")
    process.send_signal(signal.SIGINT)
    tests.equal(paths_in(process.communicate(timeout=PATIENCE)[0]), ["/after-nohup"], "nohup: it goes on")


def time_is_up(tests):
    process = listen(tests, "--json", "-a", "duration:1")
    Site.ask("in-time")
    out = process.communicate(timeout=PATIENCE)[0]
    tests.equal((process.returncode, paths_in(out)), (0, ["/in-time"]), "-a duration:1 ends by itself")
    process = listen(tests, "--json", "-c", "4")
    Site.ask("four")
    tests.equal((end(process), any(b"4 frames" in line for line in process.said)), (0, True), "-c 4 ends by itself")


def memory_of(process):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def ask_much(count):
    """So many questions to nobody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        for number in range(count):
            flood.sendto(b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\5" + b"%05d" % number + b"\4test\0\0\1\0\1", ("127.0.0.1", 53))
    time.sleep(0.3)


def slow_reader(tests):
    """Nobody reads for a while: memory stays, and what is lost is counted."""
    process = listen(tests, "--json", "-B", "256", "--summary=json")
    ask_much(60000)
    tests.check(memory_of(process) < 150000, "a reader that does not read: memory stays bounded", memory_of(process))
    process.send_signal(signal.SIGINT)
    records = parse_lines(process.stdout.read())
    tests.equal(end(process), 0, "a reader that begins to read at last: exit status")
    process.reader.join(5)
    summary = parse_line(process.said[-1].rstrip(b"\n"))
    received, lost = summary["received"], summary["dropped"]["kernel"]
    tests.check(lost > 0 and received + lost >= 60000, "a reader that does not read: lost frames are counted",
                f"{received} received, {lost} dropped")
    tests.equal(len(records), sum(summary["records"].values()), "a reader that begins to read at last: every record")


def reader_that_goes(tests):
    process = listen(tests, "--json", "-B", "256")
    ask_much(20000)
    process.stdout.read(1)
    process.stdout.close()
    Site.ask("nobody-hears")
    status = end(process, signal.SIGINT)
    process.reader.join(5)
    tests.equal(status, 0, "a reader that goes away: exit status")
    tests.equal([line for line in process.said if b"listening" not in line], [], "a reader that goes away: quietly")


def second_signal(tests):
    process = listen(tests, "--json", "-B", "256")
    ask_much(20000)
    process.send_signal(signal.SIGINT) # it cannot end: nobody reads what it has to say
    time.sleep(0.3)
    tests.equal(process.poll(), None, "the first Ctrl-C waits for the reader")
    tests.equal(end(process, signal.SIGINT), -signal.SIGINT, "the second Ctrl-C leaves at once")
    process.stdout.close()


def on_a_terminal(tests):
    """A line of the transcript stands there before anything else happens."""
    master, slave = os.openpty()
    process = listen(tests, "--color=never", stdout=slave)
    os.close(slave)
    with socket.create_connection(("127.0.0.1", 80), timeout=5) as connection:
        connection.sendall(b"GET /now HTTP/1.1\r\nHost: here\r\n\r\n")
        connection.recv(4096)
        begun, shown = time.monotonic(), b""
        while b"200" not in shown and time.monotonic() < begun + PATIENCE:
            shown += os.read(master, 65536)
        print(f"the transcript had the answer after {1000 * (time.monotonic() - begun):.0f} ms")
    tests.check(b"/now" in shown and b"200" in shown, "a terminal sees each line as it comes", shown.decode(errors="replace"))
    tests.equal(end(process, signal.SIGINT), 0, "a terminal: Ctrl-C")
    os.close(master)


def main():
    tests = suite.Suite("endings", __doc__, lambda parser: parser.add_argument("--full", action="store_true", help="200 moments of each kind"))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs us in the background has it ignored, children too
    with suite.scratch() as name:
        folder = Path(name)
        killed(tests, folder)
        come_round(tests)
        capture = moments.copies(folder)
        moments.killed_at_any_moment(tests, folder, capture)
        moments.signalled_at_any_moment(tests, folder, capture)
        moments.reader_leaves_at_any_moment(tests, capture)
        if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
            print("endings: no namespaces of our own (they need root): full disks and signals are left out")
            tests.finish()
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        Site()
        full_disk(tests, folder)
        planted(tests, folder)
        root_in_name_only(tests)
        rotated(tests, folder)
        hung_up(tests, folder)
        time_is_up(tests)
        slow_reader(tests)
        reader_that_goes(tests)
        second_signal(tests)
        on_a_terminal(tests)
        moments.hung_up_under_load(tests, folder, listen, end)
        moments.signalled_while_it_starts(tests, folder)
        moments.reader_leaves_silence(tests, listen)
    tests.finish()


if __name__ == "__main__":
    main()
