#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a dissector that has been taken over can still do: attacker.c tries, and this knows what must come of it. Then who
the process is, and that nobody notices the sandbox who has no evil intent.

Everything of root's is tried only where this runs as root."""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

from suite import HANG, PCAPS, TOP, Suite, captures, parse_lines, scratch

HERE = Path(__file__).resolve().parent
USER = 12345  # nobody in particular
NOBODY = 65534
PATIENCE = 20
LIBRARIES = "libpcap json-c zlib libisal libcrypto libpcre2-8".split()
CAPTURE = PCAPS / "whois.pcap"  # 16 lookups; 172 frames

ROOT = os.geteuid() == 0
tests = Suite("sandbox", __doc__)

# What came of each attempt: in a sandbox without folders, with --extract, with files that -w makes; and without sandbox.
# Several words: any of them, because it depends on the user or on the kernel.
ATTEMPTS = """
read_passwd            EPERM  EPERM   EPERM   done
read_by_thread         EPERM  EPERM   EPERM   done
read_memory_by_path    EPERM  EPERM   EPERM   done|EACCES
hold_passwd            EPERM  EPERM   EPERM   done
list_root              EPERM  EPERM   EPERM   done
look_at_passwd         EPERM  done    done    done
write_here             EPERM  EACCES  EACCES  done
write_above            EPERM  EACCES  EACCES  done
write_inside           EPERM  done    done    done
read_inside            EPERM  EPERM   EPERM   done
hide_inside            EPERM  EPERM   EPERM   done|EOPNOTSUPP
link_inside            EPERM  done    EPERM   done
link_from_outside      EPERM  EXDEV   EPERM   done
remove_inside          EPERM  done    EPERM   done
make_folder_inside     EPERM  EPERM   EPERM   done
make_fifo_inside       EPERM  EPERM   EPERM   done
make_symlink_inside    EPERM  EPERM   EPERM   done
write_output           EPERM  EACCES  EACCES  done
change_mode            EPERM  EPERM   EPERM   done
cut_output             EPERM  EPERM   EPERM   done
rename_output          EPERM  EPERM   EPERM   done
remove_output          EPERM  EACCES  EPERM   done
socket_inet            EPERM  EPERM   EPERM   done
socket_unix            EPERM  EPERM   EPERM   done
socket_packet          EPERM  EPERM   EPERM   EPERM
send_anywhere          EPERM  EPERM   EPERM   ENOTSOCK
run_program            EPERM  EPERM   EPERM   ENOENT
run_descriptor         EPERM  EPERM   EPERM   EBADF
start_process          EPERM  EPERM   EPERM   done
start_thread           EPERM  EPERM   EPERM   done
trace                  EPERM  EPERM   EPERM   ESRCH
read_memory            EPERM  EPERM   EPERM   done
kill_first             EPERM  EPERM   EPERM   EPERM
kill_ourselves         EPERM  EPERM   EPERM   done
kill_thread_of_parent  EPERM  EPERM   EPERM   EPERM|done
map_code               EPERM  EPERM   EPERM   done
make_code              EPERM  EPERM   EPERM   done
become_root            EPERM  EPERM   EPERM   EPERM
leave_namespaces       EPERM  EPERM   EPERM   done
rename_process         EPERM  EPERM   EPERM   done
memory_file            EPERM  EPERM   EPERM   done
ask_ring               EPERM  EPERM   EPERM   EFAULT|ENOSYS|EPERM
load_program           EPERM  EPERM   EPERM   EINVAL|EPERM
type_for_user          EPERM  EPERM   EPERM   ENOTTY
change_folder          EPERM  EPERM   EPERM   done
use_memory             done   done    done    done
use_clock              done   done    done    done
use_digest             done   done    done    done
use_chance             done   done    done    done
"""
TABLE = [line.split() for line in ATTEMPTS.strip().splitlines()]
CLOSED, EXTRACT, ROTATE, OPEN = range(1, 5)

TEXT = "+AOk- ﾄ\\xe3 +AOk- \\xc4\\xe3 +AOk- 你 +AOk- 斕 +AOk- дЦ é \\xc4\\xe3 +AOk- 콱 "


def link_attacker(folder):
    """The attacker with the very object files that the program was made of."""
    build = Path(tests.program).parent
    commands = json.loads((build / "compile_commands.json").read_text())
    objects = [build / re.search(r" -o (\S+)", entry["command"])[1] for entry in commands if "/src/cli/" in entry["file"]]
    libraries = subprocess.run(["pkg-config", "--libs", *LIBRARIES], capture_output=True, text=True, check=True).stdout.split()
    program = folder / "attacker"
    subprocess.run(["cc", "-std=c17", "-D_GNU_SOURCE", "-O1", f"-I{TOP}/include", HERE / "attacker.c", *objects,
                    build / "liboverhear.a", *libraries, "-lpthread", "-o", program], check=True)
    return program


def bring_along(top):
    """The program and the capture, to where every user can reach them."""
    global CAPTURE
    tests.program = shutil.copy(tests.program, top / "overhear")
    CAPTURE = Path(shutil.copy(CAPTURE, top / CAPTURE.name))
    CAPTURE.chmod(0o644)
    Path(tests.program).chmod(0o755)


def run(program, *arguments, user=None, folder=None, environment=None, **keywords):
    variables = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
    as_user = {"user": user, "group": user, "extra_groups": []} if user is not None and ROOT else {}
    return subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG,
                          env=variables, cwd=folder, check=False, **as_user, **keywords)


class Place:
    """A folder that anybody may write in, with another in it, and a file that is not the attacker's business."""

    def __init__(self, top, name, owner):
        self.folder = top / name
        self.inside = self.folder / "inside"
        self.output = self.folder / "output"
        self.inside.mkdir(parents=True)
        self.output.write_text("kept")
        for path in (self.folder, self.inside, self.output):
            path.chmod(0o777)
            if ROOT:
                os.chown(path, owner, owner)
        self.environment = {"ATTACK_FOLDER": str(self.inside), "ATTACK_OUTPUT": str(self.output)}


def attack(program, place, *arguments, user=None, environment=None):
    """The attacker's record; None: there is none."""
    result = run(program, "--json", "--only", "attack", CAPTURE, *arguments, user=user, folder=place.folder,
                 environment={**place.environment, **(environment or {})})
    records = parse_lines(result.stdout)
    return (records[0]["attack"] if len(records) == 1 else None), result


def attacks(program, top):
    users = {"user": (USER if ROOT else None, [], USER)}
    if ROOT:
        users |= {"root": (None, [], NOBODY), "-Z root": (None, ["-Z", "root"], 0),
                  "-Z daemon": (None, ["-Z", "daemon"], 1)}
    for who, (user, becoming, owner) in users.items():
        for name, column, arguments in (
                ("files", CLOSED, []), ("--extract", EXTRACT, ["--extract", "inside"]),
                ("-w -C", ROTATE, ["-w", "inside/saved.pcap", "-C", "1"]), ("--no-sandbox", OPEN, ["--no-sandbox"])):
            where = f"{who}, {name}"
            place = Place(top, re.sub(r"\W+", "-", where), owner)
            record, result = attack(program, place, *becoming, *arguments, user=user)
            if not tests.check(record, f"{where}: a record", result.stderr.decode()):
                continue
            found = dict(text.split(" ", 1) for text in record["results"])
            for row in TABLE:
                expected = row[column].split("|")
                if who == "-Z root" and column == OPEN and row[0] in ("become_root", "kill_thread_of_parent", "kill_first"):
                    expected.append("done")  # it is root, and so are they
                tests.check(found.get(row[0]) in expected, f"{where}: {row[0]}", f"expected {expected}, found {found.get(row[0])}")
            tests.equal(sorted(found), sorted(row[0] for row in TABLE), f"{where}: all that was tried")
            tests.equal(record.get("text"), TEXT, f"{where}: character sets")
            if column != OPEN:
                tests.equal(place.output.read_text(), "kept", f"{where}: the file that is not its own")
                tests.equal(sorted(path.name for path in place.folder.iterdir()), ["inside", "output"],
                            f"{where}: nothing was made elsewhere")


def time_zones(program, top):
    place = Place(top, "zones", USER)
    with_zone, _ = attack(program, place, user=USER, environment={"TZ": "<+0530>-5:30"})
    tests.equal(with_zone and with_zone["local_time"], "2001-09-09 07:16:40", "TZ holds in the sandbox")
    without = {name: value for name, value in os.environ.items() if name != "TZ"}
    result = subprocess.run([program, "--json", "--only", "attack", CAPTURE], capture_output=True, env=without, check=False)
    here = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(1000000000))
    tests.equal(parse_lines(result.stdout)[0]["attack"]["local_time"], here, "/etc/localtime holds in the sandbox")


def failing_assertion(program, top):
    place = Place(top, "abort", USER)
    _, result = attack(program, place, user=USER, environment={"ATTACK_ABORT": "1"})
    tests.equal(result.returncode, -signal.SIGABRT, "a failing assertion ends it")
    tests.check(b"Assertion" in result.stderr, "a failing assertion is said", result.stderr.decode())


class Held:
    """A run that waits for the rest of its capture."""

    def __init__(self, program, top, *arguments, **keywords):
        self.fifo = top / f"fifo-{os.urandom(4).hex()}"
        os.mkfifo(self.fifo)
        self.fifo.chmod(0o666)
        self.process = subprocess.Popen([program, "--json", *arguments, self.fifo], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=top, **keywords)
        self.writer = self._open()
        self.content = CAPTURE.read_bytes()
        if self.writer is not None:
            os.write(self.writer, self.content[:1000])

    def _open(self):
        """Does not wait for a reader that never comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                writer = os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(writer, True)
                return writer
            except OSError:
                time.sleep(0.01)
        return None

    def status(self, until):
        """/proc/PID/status, once the line `until` is there."""
        end = time.monotonic() + PATIENCE
        while True:
            text = Path(f"/proc/{self.process.pid}/status").read_text()
            if until in text.replace("\t", " ") or time.monotonic() > end or self.process.poll() is not None:
                return {line.split(":")[0]: line.split(":")[1].split() for line in text.splitlines()}
            time.sleep(0.01)

    def finish(self):
        """Exit status, records and messages."""
        if self.writer is not None:
            os.write(self.writer, self.content[1000:])
            os.close(self.writer)
        output, messages = self.process.communicate(timeout=HANG)
        self.fifo.unlink()
        return self.process.returncode, output.count(b'"whois"'), messages.decode()


NO_CAPABILITIES = {name: ["0" * 16] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}


def who_it_is(where, held, uid, gid, groups, bounded, until="Seccomp: 2"):
    if not tests.check(held.writer is not None, f"{where}: it runs", held.process.poll()):
        held.finish()
        return
    status = held.status(until)
    tests.equal(status.get("Uid"), [str(uid)] * 4, f"{where}: user")
    tests.equal(status.get("Gid"), [str(gid)] * 4, f"{where}: group")
    tests.equal(status.get("Groups"), [str(group) for group in groups], f"{where}: further groups")
    expected = {**NO_CAPABILITIES, **({"CapBnd": ["0" * 16]} if bounded else {})}
    tests.equal({name: status.get(name) for name in expected}, expected, f"{where}: capabilities")
    tests.equal(status.get("NoNewPrivs"), ["1"], f"{where}: no new rights")
    tests.equal(status.get("Seccomp"), ["2" if "Seccomp" in until else "0"], f"{where}: system calls are filtered")
    returncode, records, messages = held.finish()
    tests.check(returncode == 0 and records >= 16, f"{where}: goes on to the end", f"{returncode}, {records} records\n{messages}")


def as_user(user=USER, groups=()):
    return {"user": user, "group": user, "extra_groups": list(groups)} if ROOT else {}


def identities(top):
    program = tests.program
    own = (USER, USER, []) if ROOT else (os.getuid(), os.getgid(), sorted(os.getgroups()))
    who_it_is("user", Held(program, top, **as_user()), *own, False)
    without = "NoNewPrivs: 1"
    who_it_is("user, --no-sandbox", Held(program, top, "--no-sandbox", **as_user()), *own, False, until=without)
    if not ROOT:
        return
    import grp
    import pwd
    nobody = pwd.getpwnam("nobody")
    daemon = pwd.getpwnam("daemon")
    their = {entry.pw_name: sorted({entry.pw_gid} | {group.gr_gid for group in grp.getgrall() if entry.pw_name in group.gr_mem})
             for entry in (nobody, daemon, pwd.getpwnam("root"))}
    who_it_is("root", Held(program, top, extra_groups=[0, 4, 7]), nobody.pw_uid, nobody.pw_gid, their["nobody"], True)
    who_it_is("root, --no-sandbox", Held(program, top, "--no-sandbox"), nobody.pw_uid, nobody.pw_gid, their["nobody"], True,
              until=without)
    who_it_is("-Z daemon", Held(program, top, "-Z", "daemon"), daemon.pw_uid, daemon.pw_gid, their["daemon"], True)
    who_it_is("-Z root", Held(program, top, "-Z", "root", extra_groups=[4, 7]), 0, 0, their["root"], True)
    who_it_is("user with groups", Held(program, top, **as_user(groups=[4, 7])), USER, USER, [4, 7], False)
    rights_of_files(top)


def rights_of_files(top):
    """Copies with set-user-ID, set-group-ID and capabilities. Some file systems have none of them."""
    copy = top / "copy"
    for name, prepare in {
        "set-user-ID": lambda: copy.chmod(0o4755),
        "set-group-ID": lambda: copy.chmod(0o2755),
        "set-user-ID of another": lambda: (os.chown(copy, 1, 0), copy.chmod(0o4755)),
        "file capabilities": lambda: subprocess.run(["setcap", "cap_net_raw,cap_dac_override+ep", copy], check=False),
    }.items():
        shutil.copy(tests.program, copy)
        copy.chmod(0o755)
        prepare()
        who_it_is(name, Held(copy, top, **as_user()), USER, USER, [], False)
        roots = top / "roots"
        shutil.rmtree(roots, ignore_errors=True)
        roots.mkdir(mode=0o755)
        if name == "file capabilities":
            continue  # which may be used for -o: that is what they were given for
        result = run(copy, "--json", CAPTURE, "-o", roots / "made", user=USER)
        tests.check(result.returncode == 1 and not list(roots.iterdir()), f"{name}: makes no file with the owner's rights",
                    result.stderr.decode())
        result = run(copy, "--json", CAPTURE, "-Z", "root", user=USER)
        tests.check(result.returncode == 2 and b"-Z root: only root can become another user" in result.stderr,
                    f"{name}: nobody can choose whom to become", result.stderr.decode())
        copy.unlink()


def messages(top):
    result = run(tests.program, CAPTURE, "-Z", "no-such-user")
    tests.equal((result.returncode, result.stderr), (2, b"overhear: -Z no-such-user: there is no such user\n"), "-Z: an unknown user")
    result = run(tests.program, CAPTURE, "-Z", "daemon", user=USER)
    tests.equal((result.returncode, result.stderr), (2, b"overhear: -Z daemon: only root can become another user\n"),
                "-Z: only for root")
    if not ROOT:
        return
    folder = top / "of-root"
    folder.mkdir(mode=0o755)
    result = run(tests.program, CAPTURE, "--extract", folder)
    expected = (f"overhear: --extract {folder}: expected a folder that nobody can make files in: Permission denied; "
                "it is root's: -Z root, or take another folder\n")
    tests.equal((result.returncode, result.stderr.decode()), (1, expected), "--extract: a folder of root's")
    result = run(tests.program, "-q", PCAPS / "http-files.pcap", "--extract", folder, "-Z", "root")
    tests.check(result.returncode == 0 and list(folder.iterdir()), "--extract: -Z root", result.stderr.decode())
    made = top / "made-for-it"
    result = run(tests.program, "-q", PCAPS / "http-files.pcap", "--extract", made)
    owners = {path.stat().st_uid for path in (made, *made.iterdir())}
    tests.check(result.returncode == 0 and owners == {NOBODY} and stat.S_IMODE(made.stat().st_mode) == 0o700,
                "--extract: a folder that was made belongs to who writes in it", result.stderr.decode())


def missing_parts(top):
    """Kernels that have less, by strace's hand."""
    if not shutil.which("strace"):
        return
    folder = top / "less"
    folder.mkdir()
    folder.chmod(0o777)

    def without(call, *arguments):
        return run("strace", "-f", "-o", "/dev/null", "-e", f"inject={call}", tests.program, "-q", "--json", *arguments)

    plain = run(tests.program, "-q", "--json", CAPTURE).stdout
    result = without("landlock_create_ruleset:error=ENOSYS", CAPTURE)
    tests.equal((result.returncode, result.stdout == plain, result.stderr), (0, True, b""), "no Landlock, and none needed")
    result = without("landlock_create_ruleset:error=EOPNOTSUPP", CAPTURE, "--extract", folder)
    tests.equal((result.returncode, result.stdout == plain), (0, True), "no Landlock: goes on")
    result = without("landlock_restrict_self:error=E2BIG", CAPTURE)
    tests.equal((result.returncode, result.stdout, result.stderr),
                (1, b"", b"overhear: sandbox: Landlock refuses: Argument list too long\n"), "Landlock fails: does not go on")


def refusals(top):
    """Our own code asks for nothing that it does not get: strace sees what follows the filter."""
    if not shutil.which("strace"):
        return
    files, mail, name = (PCAPS / f"{name}.pcap" for name in ("http-files", "mail-attachments", "whois"))
    trace = top / "trace"
    for arguments in (
            ["--json", "--hash", files], ["-v", "--color=always", mail], [files, mail, "port http or port whois"], ["-"],
            ["--json", "--extract", "out", files], ["-w", "saved.pcap", "-C", "1", files], ["-o", "results", mail],
            ["--follow", "1", files], ["--follow", "all", "out", files], ["--summary", "--json", files],
            ["-Y", "whois.query matches \"a\"", name], ["-w", "-", "-q", "-o", "results", name]):
        folder = top / "refusals"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        folder.chmod(0o777)
        with CAPTURE.open("rb") as content:
            result = subprocess.run(["strace", "-f", "-o", trace, tests.program, *map(str, arguments)], stdin=content, cwd=folder,
                                    capture_output=True, timeout=HANG, check=False)
        calls = trace.read_text(errors="replace").splitlines()
        last = max((index for index, call in enumerate(calls) if " seccomp(" in call), default=None)
        what = " ".join(str(argument).removeprefix(f"{PCAPS}/") for argument in arguments)
        if tests.check(last is not None and result.returncode == 0, f"{what}: in the sandbox", result.stderr.decode()):
            tests.equal([call for call in calls[last:] if " EPERM " in call or " EACCES " in call], [], f"{what}: nothing is refused")


def same_bytes(path):
    for arguments in (["--json", "--hash"], ["--text", "-v"]):
        found = [run(tests.program, path, *arguments, *more) for more in ([], ["--no-sandbox", "-q"], ["-q"])]
        tests.check(found[0].stdout == found[1].stdout or "-v" in arguments, f"{path.name}: {' '.join(arguments)}")
        tests.equal([found[2].returncode, found[2].stdout == found[1].stdout], [found[1].returncode, True],
                    f"{path.name}: {' '.join(arguments)} -q")
    with scratch() as top:
        trees = []
        for name, more in (("with", []), ("without", ["--no-sandbox"])):
            folder = Path(top) / name
            folder.mkdir()
            folder.chmod(0o777)
            Path(top).chmod(0o755)
            result = run(tests.program, path, "--json", "--hash", "--extract", ".", *more, folder=folder)
            trees.append([result.stdout, *sorted((file.name, file.read_bytes()) for file in folder.iterdir())])
        tests.check(trees[0] == trees[1], f"{path.name}: --extract", [len(tree) for tree in trees])


def filters():
    """Names are looked up before."""
    number = run(tests.program, "--json", CAPTURE, "tcp", "dst", "port", "43")
    name = run(tests.program, "--json", CAPTURE, "tcp", "dst", "port", "whois")
    tests.check(name.returncode == 0 and name.stdout == number.stdout and name.stdout, "a filter with a name", name.stderr.decode())
    unknown = run(tests.program, "--json", CAPTURE, "port", "no-such-port")
    tests.check(unknown.returncode == 2 and b"unknown port 'no-such-port'" in unknown.stderr, "a filter with a name that is none",
                unknown.stderr.decode())


def main():
    with scratch() as folder:
        top = Path(folder)
        top.chmod(0o777)
        program = link_attacker(top)
        bring_along(top)
        attacks(program, top / "attacks")
        time_zones(program, top)
        failing_assertion(program, top)
        identities(top)
        messages(top)
        missing_parts(top)
        refusals(top)
        filters()
        tests.each(same_bytes, captures())
    tests.finish()


main()
