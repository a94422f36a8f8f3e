# SPDX-License-Identifier: BSD-3-Clause
"""The system fails: preload.c, loaded into the released program, has requests for memory, writes, reads and closes fail.

Each run must end by itself with the right status and a message, leave nothing but whole lines, frames and files, and say
how much is missing, to the last record.
"""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pcapfile
import suite
from suite import PCAPS, get

HERE = Path(__file__).resolve().parent
PATIENCE = 30
NOBODY = 65534

# What is run for each capture; what stands in brackets is a file or folder of each run's own.
MEMORY_MODES = (("--json", "-q"), ("-v",), ("--json", "--threads", "2"), ("-q", "--summary"), ("--json", "-o", "[out]"),
                ("-q", "-w", "[saved]"), ("-q", "--hash", "--extract", "[files]"), ("--follow", "1"), ("--follow", "all", "[streams]"))
MEMORY_CAPTURES = ("tour", "http-files", "mail-attachments", "dns-types", "ftp-session", "imap-compress", "tls-versions", "telnet", "fragments",
                   "http-odd", "smtp-by-hand", "pop3-by-hand", "imap-by-hand", "trouble", "tunnels", "vlan", "whois", "sasl", "snap", "reuse")
MOST_PLACES = 2000  # of a capture whose certificates take libcrypto ten thousands of requests each n-th
EXPECTED_WORDS = (b"out of memory", b"Cannot allocate memory", b"threads cannot be made", b"is not whole", b"cannot be opened")


class Program:
    """A program with preload.c in it, or linked with wrap.c; not as root, for whom it would ask glibc about users, which breaks there
    when memory is out (in nss_database.c)."""

    def __init__(self, program, folder, preloads=True):
        self.program, self.folder = str(program), Path(folder)
        self.environment = {}
        if preloads:
            library = self.folder / "preload.so"
            subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, HERE / "preload.c"], check=True)
            self.environment["LD_PRELOAD"] = str(library)
        self.folder.chmod(0o777)

    def run(self, arguments, stdout=subprocess.PIPE, **faults):
        """(status, standard output, standard error, requests for memory, writes, reads, closes)."""
        reader, writer = os.pipe()
        environment = {**self.environment, "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "FAULT_REPORT": str(writer),
                       **{f"FAULT_{name.upper()}": str(value) for name, value in faults.items()}}
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            result = subprocess.run([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                                    env=environment, pass_fds=[writer], timeout=PATIENCE, check=False, **user)
            found = [result.returncode, result.stdout or b"", result.stderr]
        except subprocess.TimeoutExpired:
            found = ["hung", b"", b""]
        os.close(writer)
        with os.fdopen(reader) as report:
            counts = report.read().split()
        return (*found, *map(int, counts)) if len(counts) == 4 else (*found, 0, 0, 0, 0)

    def places(self, name, arguments):
        """The arguments with files of this run's own in place of the brackets, and where these are."""
        places = {}
        for argument in arguments:
            if argument.startswith("["):
                places[argument] = self.folder / f"{name}-{argument.strip('[]')}"
        return [str(places.get(argument, argument)) for argument in arguments], places


def remove(places):
    for path in places.values():
        if path.is_dir():
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
        path.unlink(missing_ok=True)


def broken_lines(data, is_json):
    """What is not whole among lines that should be."""
    if data and not data.endswith(b"\n"):
        return f"the last line does not end: {data[-100:]!r}"
    if is_json:
        try:
            suite.parse_lines(data)
        except suite.BadLine as error:
            return str(error)
    return ""


def lasting(output):
    """Without how long it took."""
    return re.sub(rb"(?m)^took .*\n", b"", output)


def whole_pcap(path):
    data = path.read_bytes()
    try:
        frames = pcapfile.read(path).frames
    except pcapfile.NotPcap:
        return not data
    return len(data) == 24 + sum(16 + len(frame.data) for frame in frames)


def look_at_memory(program, capture, mode, number, suffix, undisturbed):
    """What is wrong with the run in which the number-th request fails; empty: nothing."""
    arguments, places = program.places(f"{capture.stem}-{number}{'all' if suffix else ''}-{abs(hash(mode))}", mode)
    status, out, error, *_ = program.run([*arguments, capture], memory=f"{number}{suffix}")
    results = places["[out]"].read_bytes() if "[out]" in places and places["[out]"].exists() else out
    wrong = ""
    if status not in (0, 1, 2):
        wrong = f"status {status}"
    elif status == 0 and (lasting(out) != lasting(undisturbed[1]) or b"memory" in error):
        wrong = "status 0, and the output is another"
    elif status != 0 and not any(words in error for words in EXPECTED_WORDS):
        wrong = f"status {status}, and no message"
    elif "--follow" not in mode:
        wrong = broken_lines(results, "--json" in mode)
    if not wrong and "[saved]" in places and places["[saved]"].exists() and not whole_pcap(places["[saved]"]):
        wrong = "-w: a frame is cut"
    remove(places)
    return f"{capture.name} {' '.join(mode)}: request {number}{suffix}: {wrong}\n{short(error)}" if wrong else ""


def memory(faults, program, what="system", full_modes=None):
    """The n-th request of the program or of a library fails, once, and then with all after it."""
    runs = 0
    modes = MEMORY_MODES if faults.options.full else MEMORY_MODES[:1]
    captures = [PCAPS / f"{name}.pcap" for name in MEMORY_CAPTURES]
    for capture in captures if faults.options.full else captures[:2]:
        for mode in modes if full_modes is None or not faults.options.full else full_modes:
            arguments, places = program.places("undisturbed", mode)
            undisturbed = program.run([*arguments, capture])
            remove(places)
            numbers = range(1, undisturbed[3] + 1, max(1, undisturbed[3] // MOST_PLACES) if faults.options.full else 7)
            jobs = [(number, suffix) for number in numbers for suffix in ("", "+")]
            wrong = [problem for _, problem in faults.each(
                lambda job, capture=capture, mode=mode, undisturbed=undisturbed: look_at_memory(program, capture, mode, *job, undisturbed), jobs)
                if problem]
            runs += len(jobs)
            faults.count(not wrong and undisturbed[3] > 50, f"{what}: memory, {capture.name} {' '.join(mode)}", "\n".join(wrong[:10]))
    print(f"{what}: memory: {runs} runs")


# --- writing ----------------------------------------------------------------------------------------------------------

LOST = re.compile(rb"writing .* failed: .*: (\d+) records are written, (\d+) are lost")
SAVED = re.compile(rb"-w .*: (\d+) frames are saved, (\d+) could not be")
FOLLOWED = re.compile(rb"writing .* failed: .*: (\d+) bytes are written, (\d+) are lost")
NOT_SAVED = re.compile(rb"--extract: (\d+) of (\d+) files could not be saved whole")
NOT_FOLLOWED = re.compile(rb"--follow all: (\d+) bytes could not be written")


def short(error):
    """Without the summary."""
    return b"\n".join(line for line in error.splitlines() if not line.startswith(b"{")).decode(errors="replace")


def summary_of(error):
    objects = [line for line in error.splitlines() if line.startswith(b"{")]
    return suite.parse_line(objects[-1]) if objects else {}


def check_records(faults, program, capture, options, number, reason, whole):
    """Records: those in the file and those lost are all that the summary counts; the file holds nothing else."""
    what = f"system: -o {' '.join(options)} {capture.name}: write {number} fails with {reason.name}"
    arguments, places = program.places("results", [*options, "-o", "[out]", "--summary=json"])
    status, _, error, *_ = program.run([*arguments, capture], write=f"{number}:{int(reason)}:0")
    data, found, summary = places["[out]"].read_bytes(), LOST.search(error), summary_of(error)
    remove(places)
    good = status == 1 and found and whole.startswith(data) and not broken_lines(data, "--json" in options)
    made = sum(summary.get("records", {}).values())
    if good:
        written, lost = int(found[1]), int(found[2])
        good = written + lost == made and lost > 0 and (data.count(b"\n") == written if "--json" in options else True)
    faults.count(good, what, f"status {status}, {made} records, {len(data)} of {len(whole)} bytes\n{short(error)}")


class Reason(int):
    name = ""


def errno_of(name):
    reason = Reason(getattr(errno, name))
    reason.name = name
    return reason


def check_saved(faults, program, capture, number, reason):
    """-w: frames that are in the file and those that are not are all that were read."""
    what = f"system: -w {capture.name}: write {number} fails with {reason.name}"
    arguments, places = program.places("saved", ["-q", "-w", "[saved]", "-o", "/dev/null"])
    status, _, error, *_ = program.run([*arguments, capture], write=f"{number}:{int(reason)}:0")
    found, frames = SAVED.search(error), len(pcapfile.read(capture).frames)
    good = status == 1 and found and whole_pcap(places["[saved]"]) and int(found[1]) + int(found[2]) == frames and int(found[2]) > 0
    data = places["[saved]"].read_bytes()
    good = good and (len(pcapfile.read(places["[saved]"]).frames) if data else 0) == int(found[1])
    remove(places)
    faults.count(bool(good), what, f"status {status}, {frames} frames\n{short(error)}")


def check_rotated(faults, program, capture, reason):
    """-w with -C: the files before the one that fails are whole, none comes after it, and the sum is right."""
    frames = len(pcapfile.read(capture).frames)
    with suite.scratch() as folder:
        Path(folder).chmod(0o777)
        ring = Path(folder) / "ring"
        status, _, error, *_ = program.run(["-q", "-o", "/dev/null", "-w", ring, "-C", "50K", capture], write=f"3:{int(reason)}:0")
        found, paths = SAVED.search(error), sorted(Path(folder).iterdir())
        there = sum(len(pcapfile.read(path).frames) for path in paths if path.stat().st_size)
        good = status == 1 and found and all(map(whole_pcap, paths)) and int(found[1]) == there and int(found[1]) + int(found[2]) == frames
        good = good and len(paths) == 3 and there > 0
    faults.count(bool(good), f"system: -w -C: write 3 fails with {reason.name}", f"status {status}, {there} of {frames}, {len(paths)} files\n{error.decode()}")


def full_devices(faults, program):
    """What has no place for its output says so."""
    capture = PCAPS / "tour.pcap"
    for arguments in (["--summary", capture], ["--summary", "--json", capture], ["--json", capture], ["-v", capture], ["-l", capture],
                      ["--follow", "1", capture], ["-q", "-w", "-", "-o", "/dev/null", capture], ["--help"], ["fields"], ["schema"], ["protocols"],
                      ["manual"], ["explain", "NXDOMAIN"], ["completion", "bash"], ["--version"]):
        with open("/dev/full", "wb") as full:
            status, _, error, *_ = program.run(arguments, stdout=full)
        faults.count(status == 1 and error != b"", f"system: {arguments[0]} to a full device", f"status {status}: {error.decode()}")


def check_followed(faults, program, capture, number, reason):
    """--follow: bytes of one conversation; and of all, each in a file of its own."""
    whole = program.run(["--follow", "1", capture])[1]
    arguments, places = program.places("followed", ["--follow", "1", "-o", "[out]"])
    status, _, error, *_ = program.run([*arguments, capture], write=f"{number}:{int(reason)}:0")
    data, found = places["[out]"].read_bytes(), FOLLOWED.search(error)
    remove(places)
    good = status == 1 and found and whole.startswith(data) and (int(found[1]), int(found[2])) == (len(data), len(whole) - len(data))
    faults.count(bool(good), f"system: --follow 1: write {number} fails with {reason.name}", f"status {status}\n{short(error)}")
    arguments, places = program.places("streams", ["--follow", "all", "[streams]"])
    program.run([*arguments, capture])
    size = sum(path.stat().st_size for path in places["[streams]"].iterdir() if path.name != "index.tsv")
    remove(places)
    status, _, error, *_ = program.run([*arguments, capture], write=f"{number + 1}:{int(reason)}:0")  # the first is the head of the index
    there = sum(path.stat().st_size for path in places["[streams]"].iterdir() if path.name != "index.tsv")
    found = NOT_FOLLOWED.search(error)
    remove(places)
    good = status == 1 and found and int(found[1]) == size - there
    faults.count(bool(good), f"system: --follow all: write {number} fails with {reason.name}", f"status {status}, {there} of {size}\n{short(error)}")


def check_extracted(faults, program, capture, number, reason):
    """--extract: a file that is not whole says so by its name, and how many those are is said."""
    arguments, places = program.places("files", ["-q", "-o", "/dev/null", "--extract", "[files]", "--summary=json"])
    status, _, error, *_ = program.run([*arguments, capture], write=f"{number}:{int(reason)}:0")
    names, found, summary = [path.name for path in places["[files]"].iterdir()], NOT_SAVED.search(error), summary_of(error)
    remove(places)
    partial = sum(name.endswith(".partial") for name in names)
    good = status == 1 and found and int(found[1]) == partial == get(summary, "files.not_saved") and int(found[2]) == get(summary, "files.transferred")
    faults.count(bool(good), f"system: --extract: write {number} fails with {reason.name}", f"status {status}, {partial} of {len(names)}\n{short(error)}")


def writing(faults, program):
    """ENOSPC, EIO, quota: never status 0, and the number that is lost is right; EINTR and short writes change nothing."""
    capture, long = PCAPS / "http-files.pcap", PCAPS / "ftp-session.pcap"
    failures = [errno_of(name) for name in ("ENOSPC", "EIO", "EDQUOT", "EFBIG")]
    for options in (("--json",), ("-v",), ("--json", "--threads", "2"), ("-v", "--threads", "2")):
        whole = program.run([*options, "--summary=none", long])
        for number in range(1, whole[4] + 1):
            for reason in failures if number == 1 else failures[:1]:
                check_records(faults, program, long, options, number, reason, whole[1])
        for reason, plan in (("EINTR three times", f"1:{errno.EINTR}:3"), ("EAGAIN once", f"1:{errno.EAGAIN}:1"), ("short writes", "1:0:0")):
            found = program.run([*options, "--summary=none", long], write=plan)
            faults.count(found[:3] == (0, whole[1], b""), f"system: {' '.join(options)}: {reason}", found[2].decode())
    for reason in failures if faults.options.full else failures[:2]:
        for number in (1, 2):
            check_saved(faults, program, long, 1, reason)
            check_rotated(faults, program, long, reason)
            check_followed(faults, program, capture, number, reason)
            check_extracted(faults, program, capture, number, reason)


def reading(faults, program):
    """A disk that cannot be read any more: what was read is told; status 1. Interrupted and short reads change nothing."""
    capture = PCAPS / "ftp-session.pcap"
    whole = program.run(["--json", "--summary=none", capture])
    for error, words in ((errno.EIO, b"reading failed: Input/output error"), (errno.ESTALE, b"reading failed: Stale file handle")):
        for number in range(1, whole[5] + 1):
            status, out, said, *_ = program.run(["--json", "--summary=none", capture], read=f"{number}:{error}:0")
            if status == 0:  # not one of the capture's
                faults.count(out == whole[1], f"system: read {number} fails", said.decode())
            else:
                faults.count(status == 1 and words in said and not broken_lines(out, True), f"system: read {number} fails", said.decode())
    short = program.run(["--json", "--summary=none", capture], read="1:0:0")
    faults.count(short[:3] == whole[:3], "system: short reads", short[2].decode())


def closing(faults, program):
    """An error that only close(2) tells, as over a network."""
    capture = PCAPS / "tour.pcap"
    for options in (("--json", "-o", "[out]"), ("-q", "-w", "[saved]", "-o", "/dev/null")):
        arguments, places = program.places("closed", options)
        closes = program.run([*arguments, "--summary=none", capture])[6]
        remove(places)
        statuses = []
        for number in range(1, closes + 1):
            status, _, said, *_ = program.run([*arguments, "--summary=none", capture], close=f"{number}:{errno.EIO}:1")
            statuses.append((status, b"Input/output error" in said))
            remove(places)
        good = (1, True) in statuses and all(found in ((0, False), (1, True)) for found in statuses)
        faults.count(good, f"system: close fails, {' '.join(options)}", str(statuses))


def no_standard_descriptors(faults, program):
    """Closed standard descriptors: nothing of ours is opened in their place."""
    capture = PCAPS / "tour.pcap"
    saved = program.folder / "closed.pcap"
    for closed, status in (("0<&-", 0), ("1>&-", 1), ("2>&-", 0), ("0<&- 1>&- 2>&-", 1)):
        result = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", program.program, "-Z", "root", "--json", "-w", saved, capture] if os.geteuid() == 0
                                else ["sh", "-c", f'exec "$@" {closed}', "sh", program.program, "--json", "-w", saved, capture],
                                capture_output=True, timeout=PATIENCE, check=False)
        good = result.returncode == status and pcapfile.read(saved).frames == pcapfile.read(capture).frames and whole_pcap(saved)
        faults.count(good, f"system: {closed}", result.stderr.decode())


def run(faults):
    program_path = faults.options.program
    if not program_path.exists():
        sys.exit(f"{program_path}: expected the released program")
    with suite.scratch() as folder:
        program = Program(program_path, folder)
        for subject in (writing, full_devices, reading, closing):
            subject(faults, program)
        no_standard_descriptors(faults, program)
        memory(faults, program)
        # Sanitizers look at what a failure leaves behind: a leak is status 23.
        memory(faults, Program(faults.options.tests / "overhear_without_memory", folder, preloads=False), "leaks", MEMORY_MODES[:3])
