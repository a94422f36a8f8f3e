# SPDX-License-Identifier: BSD-3-Clause
"""Runs a script of pcaps/record/ or of this folder, with overhear beside its tcpdump, and looks at what must hold every time."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

from suite import BadLine, get, parse_lines

HERE = Path(__file__).resolve().parent
PATIENCE = 60

# The same packets, taken down twice: each listener looks at the clock for itself.
CLOCK = ("event.duration", "event.start", "event.end", "overhear.flow.rtt", "@timestamp")


class Cases:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, good, what, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL live: {what}: {detail}")
        return good

    def equal(self, found, expected, what):
        """Two lists of lines, or two values; where lists differ, only the difference is shown."""
        detail = f"expected {expected!r}, found {found!r}"
        if isinstance(expected, list):
            detail = "\n" + "\n".join([f"  - {line}" for line in expected if line not in found] +
                                      [f"  + {line}" for line in found if line not in expected][:60] or ["  another order"])
        return self.check(found == expected, what, detail)


def start_script(script, output, listener, log, folder):
    environment = {**os.environ, "LISTENER": listener, "LISTENER_LOG": str(log), "TMPDIR": str(folder)}
    return subprocess.Popen([str(script), str(output)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def end_of(process, patience=PATIENCE):
    """Waits; ends the process by its pid where it hangs. A script's own trap then removes what it made."""
    try:
        out, err = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    return process.returncode, out, err


def remains(pid, folder):
    """What a script left behind: its namespaces, and processes that have to do with its folder."""
    found = [name for name in os.listdir("/run/netns") if name.startswith(f"oh{pid}-")] if Path("/run/netns").exists() else []
    for process in filter(str.isdecimal, os.listdir("/proc")):
        if int(process) == os.getpid():
            continue
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
            places = [os.readlink(f"/proc/{process}/{name}") for name in ("cwd", "root")]
        except OSError:
            continue  # it has ended
        if any(str(folder) in text for text in (words, *places)):
            found.append(f"{process} {words}")
    return found


def frames(path):
    """The bytes of each frame of a little-endian pcap file, without the times."""
    data, found, at = path.read_bytes(), [], 24
    while at + 16 <= len(data):
        length = int.from_bytes(data[at + 8:at + 12], "little")
        found.append(data[at + 16:at + 16 + length])
        at += 16 + length
    return found


def without_clock(records):
    for record in records:
        for name in CLOCK:
            *folders, last = name.split(".")
            holder = get(record, ".".join(folders), {}) if folders else record
            holder.pop(last, None)
    return records


def as_waited(output):
    """Who listens knows how long nobody answered; who reads a file knows only until its last frame."""
    return re.sub(rb"no answer was seen in the [^\"]* that followed", b"no answer was seen", output)


def told(records, same_order):
    """The records as lines, without what two listeners cannot agree upon."""
    for record in [] if same_order else records:
        for name in ("frames", "conversation", "parent_conversation"):
            record.get("overhear", {}).pop(name, None)
        get(record, "overhear.flow", {}).pop("out_of_order", None)  # that is counted by their order
    lines = list(map(str, without_clock(records)))
    return lines if same_order else sorted(lines)


def summary_of(text):
    """The closing summary: its labels, and under each the entries."""
    found, label = {}, None
    for line in text.splitlines():
        if line.startswith("overhear:"):
            continue
        label = line[:16].strip() or label
        found.setdefault(label, []).extend(entry for entry in line[16:].split("; ") if entry)
    return {label: [entry.rstrip(";") for entry in entries] for label, entries in found.items()}


class Heard:
    """What overhear said while it listened: `output`, `records`, `summary`; what tcpdump wrote meanwhile: `recorded`."""

    def __init__(self, name, program, folder):
        self.name, self.program = name, program
        self.saved, self.recorded, self.log = folder / "saved.pcap", folder / "recorded.pcap", folder / "log"
        self.folder = folder

    def read(self, path, *options):
        return subprocess.run([self.program, *options, str(path)], capture_output=True, timeout=PATIENCE, check=False).stdout

    def read_json(self, path, *options):
        return self.read(path, "--json", "--hash", "--summary=none", *options)

    def listen(self, script, cases):
        """Whether there is something to look at."""
        listener = f"{self.program} --json --hash -w {self.saved}"
        process = start_script(script, self.recorded, listener, self.log, self.folder)
        status, _, err = end_of(process)
        cases.equal(remains(process.pid, self.folder), [], f"{self.name}: nothing is left behind")
        if not cases.check(status == 0, f"{self.name}: the script ends well", err.decode(errors="replace")[-1500:]):
            return False
        self.output = Path(f"{self.log}.out").read_bytes()
        self.summary = summary_of(self.log.read_text())
        try:
            self.records = parse_lines(self.output)
        except BadLine as error:
            return cases.check(False, f"{self.name}: the output is JSON", error)
        self.look(cases)
        return True

    def look(self, cases):
        cases.check(len(self.records) > 3, f"{self.name}: something was heard", self.output[:200])
        cases.check(as_waited(self.output) == as_waited(self.read_json(self.saved)), f"{self.name}: live and from its own file alike",
                    "they differ")
        count = len(frames(self.recorded))
        ours, theirs = frames(self.saved), frames(self.recorded)
        cases.check(sorted(ours) == sorted(theirs), f"{self.name}: the frames that tcpdump saw", (len(ours), count))
        # Two sockets may see two frames of the same microsecond in another order; then what is counted by frames is left out.
        same_order = ours == theirs
        cases.equal(told(parse_lines(as_waited(self.output)), same_order),
                    told(parse_lines(as_waited(self.read_json(self.recorded))), same_order), f"{self.name}: live and from tcpdump's file alike")
        cases.equal(self.summary.get("read", [""])[0].split(" frames")[0], str(count), f"{self.name}: summed up after SIGINT")
        cases.equal(self.summary.get("dropped"), ["nothing", f"received {count}"], f"{self.name}: the kernel dropped nothing")

    def files_match(self, cases, expected):
        """Every file that crossed, as often as it crossed, has the name and the SHA-256 of the original."""
        originals = {}
        for line in (self.folder / "files.sha256").read_text().splitlines():
            _, name, size, digest = line.split("\t")
            originals[name] = (name, int(size), digest)
        found = [(get(record, "file.name"), get(record, "file.size"), get(record, "file.hash.sha256"))
                 for record in self.records if record["event"]["dataset"] == "file"]
        cases.equal(found, [originals.get(name, name) for name in expected], f"{self.name}: the files, with SHA-256")

    def hides(self, cases, secrets):
        """The passwords stand in no output, unless they are asked for."""
        digests = self.folder / "digests"
        derived = [line.split("\t")[1] for line in digests.read_text().splitlines()] if digests.exists() else []
        outputs = {"live": self.output, "the summary": self.log.read_bytes(), "the transcript": self.read(self.saved, "--text", "-v"),
                   "the summary in JSON": self.read(self.saved, "-q", "--summary=json")}
        for what, output in outputs.items():
            shown = [secret for secret in secrets + derived if secret.encode() in output]
            cases.equal(shown, [], f"{self.name}: secrets in {what}")
        asked = self.read_json(self.saved, "--show-secrets")
        cases.equal([secret for secret in secrets if secret.encode() not in asked], [], f"{self.name}: secrets that were asked for")

    def sums_up(self, cases, expected):
        for label, entries in expected.items():
            cases.equal(self.summary.get(label, []), entries, f"{self.name}: summary, {label}")


def talk(records, datasets, change=()):
    """What was said as one line a record, by conversation: `2 ftp PASS [hidden] 530 failure user=alice`.

    change: pairs of a pattern and what stands in its place, for what cannot be the same twice.
    """
    lines = []
    for record in records:
        dataset, conversation = record["event"]["dataset"], get(record, "overhear.conversation")
        if dataset in datasets:
            fields = record[dataset]
            words = [get(fields, name) for name in ("command", "argument", "reply.code", "response.status", "response.code")]
            words += [record["event"]["outcome"]]
            words += [f"user={get(record, 'user.name')}"] if get(record, "user.password") else []
        elif dataset == "file":
            words = [get(record, name) for name in ("file.name", "file.mime_type", "overhear.direction", "network.protocol")]
        elif dataset == "mail":
            words = [get(record, "email.subject"), *(get(part, "file.name") for part in get(record, "email.attachments", []))]
        else:
            continue
        line = " ".join(str(word) for word in (conversation, dataset, *words) if word is not None)
        for pattern, instead in change:
            line = re.sub(pattern, instead, line)
        lines.append(line)
    return sorted(lines, key=lambda line: int(line.split()[0]))


def lines_of(text):
    return [line.strip() for line in text.strip().splitlines()]
