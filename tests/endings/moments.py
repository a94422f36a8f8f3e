# SPDX-License-Identifier: BSD-3-Clause
"""Ends and signals at any moment, from the start of the process on, drawn by a fixed seed; what holds does not depend on the moment.

A sample of them in the suite, 200 of each kind with --full.
"""

import random
import re
import signal
import socket
import subprocess
import threading
import time

import pcapfile
from suite import BadLine, PCAPS, STAYS, get, parse_line, parse_lines

PATIENCE = 30
FULL, SAMPLE = 200, 30
HANGUPS = 100
LONGEST = 0.12      # of a run over copies of a capture, about: moments are drawn from the time before
ROUNDS_A_FILE = 10  # runs that add to one file
ASKED = 6000
COPIES = 40


def copies(folder):
    """A capture that takes some tenths of a second: the same talk again and again, at later times."""
    capture = pcapfile.read(PCAPS / "tour.pcap")
    frames = [pcapfile.Frame(frame.time_ns + turn * 200 * 10**9, frame.data, frame.wire_length) for turn in range(COPIES * 20)
              for frame in capture.frames]
    path = folder / "copies.pcap"
    pcapfile.write(path, pcapfile.Capture(capture.link, capture.nanoseconds, frames))
    return path


def command(tests, *arguments):
    return [tests.program, *STAYS, *map(str, arguments)]


def output_of(tests, capture):
    output = subprocess.run(command(tests, "--json", "--summary=none", capture), capture_output=True, check=False).stdout
    tests.check(len(parse_lines(output)) > 1000, "moments: an output of some length", len(output))
    return output


def times_of(tests):
    return FULL if tests.options.full else SAMPLE


def bad_line(data, known):
    """The first line that is no record; lines that `known` begins with as well are. What is behind the last end of a line is left out."""
    same, most = 0, min(len(data), len(known)) + 1
    while most - same > 1:
        middle = (same + most) // 2
        same, most = (middle, most) if data[:middle] == known[:middle] else (same, middle)
    for line in data[data.rfind(b"\n", 0, same) + 1:].split(b"\n")[:-1]:
        try:
            parse_line(line)
        except BadLine as error:
            return str(error)
    return ""


def killed_at_any_moment(tests, folder, capture):
    """kill -9: all lines are whole but at most the last one, and the run after it does not run into that."""
    rng = random.Random(1)
    results, saved, wrong, torn = folder / "moments.json", folder / "moments.pcap", [], 0
    undisturbed = output_of(tests, capture)
    for number in range(times_of(tests)):
        if number % ROUNDS_A_FILE == 0:
            results.write_bytes(b"")
        before = results.stat().st_size
        unfinished = before > 0 and not results.read_bytes().endswith(b"\n")
        threads = ("--threads", 1 + number % 2)
        process = subprocess.Popen(command(tests, "--json", "-q", *threads, "--append", "-o", results, "-w", saved, capture), stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, LONGEST))
        process.kill()
        process.wait()
        new = results.read_bytes()[before:]
        if unfinished and new and not new.startswith(b"\n"):
            wrong.append(f"{number}: glued to an unfinished line: {new[:80]!r}")
        new = new[1 if unfinished else 0:]
        torn += new != b"" and not new.endswith(b"\n")
        problem = bad_line(new, undisturbed)
        if problem:
            wrong.append(f"{number}: {problem}")
    tests.check(not wrong, f"kill -9 at {times_of(tests)} moments", "\n".join(wrong))
    print(f"kill -9: {times_of(tests)} times, {torn} unfinished last lines")


def handles(process, number):
    """Whether the process has a handler for this signal, or ignores it; the kernel knows."""
    masks = {}
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            for line in status:
                name, _, value = line.partition(":")
                masks[name] = value.strip()
    except OSError:
        return True
    return any(int(masks.get(mask, "0"), 16) >> (number - 1) & 1 for mask in ("SigCgt", "SigIgn"))


def signalled_at_any_moment(tests, folder, capture):
    """Files. Those that stop: what was read is told whole, with a message. Others change nothing."""
    rng = random.Random(2)
    undisturbed = output_of(tests, capture)
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    harmless = (signal.SIGPIPE, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG, signal.SIGSTOP)
    results, wrong = folder / "signalled.json", []
    for number in range(times_of(tests)):
        chosen = rng.choice(stops + harmless)
        process = subprocess.Popen(command(tests, "--json", "--summary=none", "--threads", 1 + number % 2, "-o", results, capture),
                                   stderr=subprocess.PIPE)
        time.sleep(rng.uniform(0, LONGEST))
        handled = handles(process, chosen)
        process.send_signal(chosen)
        if chosen == signal.SIGSTOP:
            time.sleep(0.02)
            process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=PATIENCE)[1]
        data, status = results.read_bytes() if results.exists() else b"", process.returncode
        what = f"{number}: {chosen.name}, status {status}"
        if status == -chosen and not handled and chosen not in harmless[1:]:
            continue  # it had not begun
        if status == 0 and data != undisturbed:
            wrong.append(f"{what}: the output is another")
        elif status == 1 and (chosen not in stops or b"stopped by a signal" not in said and b"a signal came" not in said):
            wrong.append(f"{what}: {said}")
        elif status not in (0, 1):
            wrong.append(f"{what}: {said}")
        problem = bad_line(data, undisturbed) or ("" if data.endswith(b"\n") or not data else "the last line is not whole")
        if problem:
            wrong.append(f"{what}: {problem}")
    tests.check(not wrong, f"signals at {times_of(tests)} moments", "\n".join(wrong))


def endless(path):
    """Blocks of a capture that never ends."""
    data = path.read_bytes()
    yield data[:24]
    while True:
        yield data[24:]


def reader_leaves_at_any_moment(tests, capture):
    """The capture goes on for ever: whose reader has gone ends by itself, quietly, with status 0."""
    rng = random.Random(3)
    wrong, longest = [], 0.0
    for number in range(times_of(tests) // 5):
        mode = rng.choice((("--json",), ("-v",), ("--json", "--threads", "2"), ("--json", "-l"), ("-q", "-o", "/dev/null", "-w", "-")))
        process = subprocess.Popen(command(tests, *mode, "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        feeder = threading.Thread(target=feed, args=(process.stdin, endless(capture)), daemon=True)
        feeder.start()
        process.stdout.read(rng.choice((1, 1000, 100000)))
        begun = time.monotonic()
        process.stdout.close()
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        longest = max(longest, time.monotonic() - begun)
        feeder.join()
        said = process.stderr.read()
        process.stderr.close()
        if status != 0 or said:
            wrong.append(f"{number}: {mode}: status {status}, {said}")
    tests.check(not wrong, "readers that leave", "\n".join(wrong))
    print(f"readers that leave: the longest took {1000 * longest:.0f} ms to be noticed")


def feed(pipe, pieces):
    try:
        for piece in pieces:
            pipe.write(piece)
    except (BrokenPipeError, ValueError):
        pass
    try:
        pipe.close()
    except BrokenPipeError:
        pass


# --- live -------------------------------------------------------------------------------------------------------------

def name_of(number):
    return f"h{number:06d}.test"


def question(number):
    name = name_of(number).split(".")
    wire = b"".join(bytes([len(label)]) + label.encode() for label in name) + b"\0"
    return number.to_bytes(4, "big")[2:] + b"\1\0\0\1\0\0\0\0\0\0" + wire + b"\0\1\0\1"


def talk(count, pause):
    """So many questions, each answered at once; `pause` is called now and then."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        server.bind(("127.0.0.1", 53))
        client.bind(("127.0.0.1", 0))
        for number in range(count):
            client.sendto(question(number), ("127.0.0.1", 53))
            message, address = server.recvfrom(512)
            server.sendto(message[:2] + b"\x81\x83" + message[4:], address)
            client.recv(512)
            pause(number)


def hung_up_under_load(tests, folder, listen, end):
    """A hundred SIGHUPs and as many other signals while thousands of questions are answered: each is told once, and whole."""
    for number, mode in enumerate((("--json",), ("--json", "--threads", "2"), ("--json", "-l"))):
        rng = random.Random(4 + number)
        results = folder / f"load-{number}.json"
        process = listen(tests, *mode, "-B", "65536", "-o", results, "--summary=json")
        moments = set(rng.sample(range(ASKED), HANGUPS))
        others = dict.fromkeys(rng.sample(range(ASKED), HANGUPS))
        files = []

        def pause(at, process=process, results=results, moments=moments, others=others, files=files, rng=rng):
            if at in moments:
                if results.exists():  # else it has not been opened anew since the last time
                    files.append(results.with_suffix(f".{at}"))
                    results.rename(files[-1])
                process.send_signal(signal.SIGHUP)
            if at in others:
                process.send_signal(rng.choice((signal.SIGUSR1, signal.SIGPIPE, signal.SIGWINCH, signal.SIGSTOP)))
                process.send_signal(signal.SIGCONT)

        talk(ASKED, pause)
        time.sleep(0.3)
        status = end(process, signal.SIGTERM)
        process.reader.join(5)
        what = f"{HANGUPS} SIGHUPs, {' '.join(mode)}"
        summary = parse_line([line for line in process.said if line.startswith(b"{")][-1].rstrip(b"\n"))
        try:
            records = [record for path in [*files, results] if path.exists() for record in parse_lines(path.read_bytes())]
        except BadLine as error:
            tests.check(False, f"{what}: whole lines", error)
            continue
        names = [get(record, "dns.question.name") for record in records if get(record, "event.dataset") == "dns"]
        dropped = summary["dropped"]["kernel"]
        tests.equal((status, dropped), (0, 0), f"{what}: status, frames dropped")
        tests.equal(len(records), sum(summary["records"].values()), f"{what}: as many lines as records")
        tests.check(sorted(names) == [name_of(number) for number in range(ASKED)], f"{what}: each once",
                    f"{len(names)} of {ASKED}, {len(set(names))} different")
        tests.check(len(files) > 1, f"{what}: files", len(files))
        print(f"{what}: {len(files) + 1} files, {len(records)} records")


def signalled_while_it_starts(tests, folder):
    """SIGHUP of logrotate and SIGUSR1 come while a listener starts: it listens all the same. Those that end it end it cleanly."""
    rng = random.Random(9)
    wrong = []
    for number in range(times_of(tests)):
        chosen = rng.choice((signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM, signal.SIGINT))
        process = subprocess.Popen(command(tests, "-i", "lo", "--json", "-o", folder / "starting.json"), stderr=subprocess.PIPE)
        time.sleep(rng.uniform(0, 0.03))
        handled = handles(process, chosen)
        process.send_signal(chosen)
        if handled and chosen in (signal.SIGHUP, signal.SIGUSR1):
            time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
        try:
            said = process.communicate(timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[1]
        if process.returncode != 0 and (handled or process.returncode != -chosen):
            wrong.append(f"{number}: {chosen.name}: status {process.returncode}: {said}")
    tests.check(not wrong, f"signals while it starts, {times_of(tests)} times", "\n".join(wrong))


def reader_leaves_silence(tests, listen):
    """Live, and nothing to say: a reader that has gone is noticed all the same."""
    process = listen(tests, "--json", "not", "ip", "and", "not", "ip6")
    process.stdout.close()
    try:
        status = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    process.reader.join(5)
    tests.equal((status, [line for line in process.said if not re.search(b"listening", line)]), (0, []), "a reader that leaves in silence")
