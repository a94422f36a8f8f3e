# SPDX-License-Identifier: BSD-3-Clause
"""The command line: what is wrong is named, and output that cannot be written is an error, not a silence."""

import subprocess

from packets import CLIENT, Builder, dns_message, dns_name, udp


def many(count):
    builder = Builder()
    for i in range(count):
        builder.add(udp(CLIENT, 1024 + i % 60000, "10.9.0.53", 53, dns_message(i & 0xFFFF, 0x0100, [(dns_name(f"h{i}.example"), 1, 1)])),
                    step_ns=1000)
    return builder


def wrong_words(cases):
    """Exit status 2, nothing on standard output, and the message has the word."""
    path = cases.write("words", many(1))
    for word, arguments in (
        ("--nonsense", ("--nonsense", path)),
        ("-x", ("-x", path)),
        ("12Q", ("--memory", "12Q", path)),
        ("sometimes", ("--color=sometimes", path)),
        ("nosuch", ("--only", "dns,nosuch", path)),
        ("nosuch", ("-d", "nosuch:25", path)),
        ("http:99999", ("-d", "http:99999", path)),
        ("http", ("-d", "http", path)),
        ("abc", ("-c", "abc", path)),
        ("xml", ("-T", "xml", path)),
        ("wide", ("--width", "wide", path)),
        ("--max-text", ("--max-text", "few", path)),
        ("prot", (path, "tcp", "prot", "25")),
        ("-r", ("-r",)),
    ):
        result = cases.run(*arguments)
        what = " ".join(str(argument) for argument in arguments if argument != path)
        cases.equal((result.returncode, result.stdout), (2, b""), f"{what}: status and output")
        cases.check(word.encode() in result.stderr, f"{what}: the message names {word}", result.stderr)


def helpful_words(cases):
    for arguments in (("-h",), ("--help",), ("-V",), ("--version",), ("fields",), ("schema",), ("protocols",)):
        result = cases.run(*arguments)
        cases.equal((result.returncode, result.stderr), (0, b""), f"{arguments[0]}: status and messages")
        cases.check(len(result.stdout) > 5, f"{arguments[0]}: says something")


def full_disk(cases):
    path = cases.write("full", many(3000))
    for arguments in (("--json",), ("--text",), ("--json", "-o", "/dev/full")):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([cases.tests.program, *arguments, path], stdout=full, stderr=subprocess.PIPE, check=False, timeout=300)
        cases.equal(result.returncode, 1, f"/dev/full {arguments}: exit status")
        cases.check(b"No space left" in result.stderr, f"/dev/full {arguments}: the message", result.stderr)
    result = cases.run("-w", "/dev/full", path)
    cases.equal(result.returncode, 1, "-w /dev/full: exit status")
    result = cases.run("--json", "-o", cases.folder / "no/such/folder/out.json", path)
    cases.check(result.returncode in (1, 2) and b"out.json" in result.stderr, "-o into no folder", result.stderr)


def closed_pipe(cases):
    """A reader that goes away ends the program quietly."""
    path = cases.write("pipe", many(20_000))
    for form in ("--json", "--text"):
        process = subprocess.Popen([cases.tests.program, form, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        message = process.stderr.read()
        status = process.wait(timeout=300)
        cases.check(status in (0, -13, 141), f"closed pipe {form}: exit status", status)
        cases.equal(message, b"", f"closed pipe {form}: quiet")


def stops_after(cases):
    path = cases.write("count", many(10))
    cases.equal(cases.run("--json", "--only", "dns", "-c", "3", path).stdout.count(b"\n"), 3, "-c 3: three records")
    cases.equal(cases.run("--json", "--only", "dns", path, "udp", "src", "port", "1024").stdout.count(b"\n"), 1, "a filter: one record")
    copy = cases.folder / "copy.pcap"
    result = cases.run("--json", "-w", copy, path)
    cases.equal(cases.run("--json", copy).stdout, result.stdout, "-w: the copy gives the same records")
    written = cases.folder / "records.json"
    cases.run("--json", "-o", written, path)
    cases.equal(written.read_bytes(), result.stdout, "-o: the same bytes")


def quiet_and_colours(cases):
    path = cases.write("colour", many(3))
    for what, arguments, variables, colour in (
        ("no terminal", (), {}, False), ("always", ("--color=always",), {}, True), ("never", ("--color=never",), {}, False),
        ("NO_COLOR", (), {"NO_COLOR": "1"}, False), ("always and NO_COLOR", ("--color=always",), {"NO_COLOR": "1"}, True),
    ):
        result = cases.run(*arguments, path, environment=variables)
        cases.equal((result.returncode, b"\x1b[" in result.stdout), (0, colour), f"colour: {what}")


TESTS = (wrong_words, helpful_words, full_disk, closed_pipe, stops_after, quiet_and_colours)
