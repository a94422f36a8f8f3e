# SPDX-License-Identifier: BSD-3-Clause
"""The messages of SMTP, POP3, IMAP, FTP, Telnet, TLS and of mail, as tshark's fields and as overhear's records have them.

A message is (protocol, kind, what, the two ports). tshark repeats a reply for each of its lines, or for each frame that it
comes in, so a reply of ours counts once for each of its lines. It takes the lines of a SASL exchange for commands; ours are
in <protocol>.auth.responses. It prints the first four letters of an SMTP command, so no more are compared. Not everything that tshark
calls a command is counted: it takes each segment of a line without end for one, encrypted and compressed bytes, and in IMAP each
line of a literal. So a command is at most 32 letters, digits, hyphens and periods, in IMAP a word of the protocol; a reply of IMAP
is OK, NO, BAD, BYE or PREAUTH. TLS inside QUIC and other datagrams is left out.
"""

import collections
import re
import subprocess

import suite
from suite import get

SEPARATOR, AGGREGATOR = "\x1f", "\x1e"

FIELDS = ("tcp.srcport", "tcp.dstport", "smtp.req.command", "smtp.response.code", "pop.request.command", "pop.response.indicator",
          "imap.request_tag", "imap.request.command", "imap.response_tag", "imap.response.status", "ftp.request.command",
          "ftp.response.code", "telnet.cmd", "tls.handshake.extensions_server_name", "imf.message_id", "frame.number")

TELNET_COMMANDS = {"239": "EOR", "240": "SE", "242": "DM", "243": "BRK", "244": "IP", "245": "AO", "246": "AYT", "247": "EC", "248": "EL",
                   "250": "SB", "251": "WILL", "252": "WONT", "253": "DO", "254": "DONT"}


def first_word(text):
    words = text.split()
    return words[0].upper() if words else ""


COMMAND = re.compile(r"[A-Z0-9.-]{1,32}$")
IMAP_COMMANDS = set("""APPEND AUTHENTICATE CAPABILITY CHECK CLOSE COMPRESS COPY CREATE DELETE DELETEACL DONE ENABLE EXAMINE EXPUNGE FETCH
    GETACL GETMETADATA GETQUOTA GETQUOTAROOT ID IDLE LIST LISTRIGHTS LOGIN LOGOUT LSUB MOVE MYRIGHTS NAMESPACE NOOP RENAME SEARCH SELECT
    SETACL SETMETADATA SETQUOTA SORT STARTTLS STATUS STORE SUBSCRIBE THREAD UNSELECT UNSUBSCRIBE XLIST""".split())
IMAP_STATUSES = {"OK", "NO", "BAD", "BYE", "PREAUTH"}


def plain(text):
    return "".join(c if " " < c < "\x7f" else "?" for c in text)


def tshark_rows(path):
    command = ["tshark", "-n", "-r", str(path), "-Y", "smtp or pop or imap or ftp or telnet or tls or imf", "-T", "fields",
               "-E", f"separator={SEPARATOR}", "-E", "occurrence=a", "-E", f"aggregator={AGGREGATOR}"]
    for field in FIELDS:
        command += ["-e", field]
    process = subprocess.run(command, capture_output=True, check=False, timeout=suite.HANG)
    for line in process.stdout.decode("utf-8", "replace").split("\n"):
        values = line.split(SEPARATOR)
        if len(values) == len(FIELDS):
            yield {field: [part for part in value.split(AGGREGATOR) if part] for field, value in zip(FIELDS, values)}


def tshark_frame(row):
    """(protocol, kind, what) of one frame."""
    for command in row["smtp.req.command"]:
        yield "smtp", "command", plain(first_word(command))[:4]
    for code in row["smtp.response.code"]:
        yield "smtp", "reply", int(code)
    for command in row["pop.request.command"]:
        yield "pop3", "command", plain(first_word(command))
    for indicator in row["pop.response.indicator"]:
        yield "pop3", "reply", indicator.upper()
    for tag, command in zip(row["imap.request_tag"], row["imap.request.command"]):
        if first_word(command) in IMAP_COMMANDS:
            yield "imap", "command", f"{plain(tag)} {first_word(command)}"
    for tag, status in zip(row["imap.response_tag"], row["imap.response.status"]):
        if tag not in (")", "+") and status.upper() in IMAP_STATUSES: # the end of a FETCH, and a continuation, are no tags
            yield "imap", "reply", f"{plain(tag)} {status.upper()}"
    for command in row["ftp.request.command"]:
        yield "ftp", "command", plain(first_word(command))
    for code in row["ftp.response.code"]:
        yield "ftp", "reply", int(code)
    for command in row["telnet.cmd"]:
        name = TELNET_COMMANDS.get(str(int(command, 0)))
        if name and name not in ("SE", "EOR"):
            yield "telnet", "command", name
    for name in row["tls.handshake.extensions_server_name"]:
        yield "tls", "server", plain(name.lower())
    for identifier in row["imf.message_id"]:
        yield "mail", "message", plain(identifier.strip().strip("<>"))


def tshark_messages(path):
    """As tshark.py wants them: a Counter of (protocol, message), and the frames of each."""
    messages, frames = collections.Counter(), collections.defaultdict(list)
    for row in tshark_rows(path):
        ports = tuple(sorted([row["tcp.srcport"][-1:], row["tcp.dstport"][-1:]]))
        ports = tuple(int(port[0]) if port else 0 for port in ports)
        for protocol, kind, what in tshark_frame(row):
            if not row["tcp.srcport"] or (kind == "command" and protocol != "imap" and not COMMAND.match(what)):
                continue
            message = (protocol, (kind, what, tuple(map(str, sorted(ports)))))
            if protocol == "mail":
                message = (protocol, (kind, what, ()))
            messages[message] += 1
            frames[message] += row["frame.number"]
    return messages, frames


def lines_of(text):
    return max(1, (text or "").count("\n") + 1)


def of_reply(record, protocol, code_field, text_field):
    code = get(record, code_field)
    if code is not None:
        yield from [(protocol, "reply", code)] * lines_of(get(record, text_field))


def of_auth(record, protocol):
    for response in get(record, f"{protocol}.auth.responses", []):
        yield protocol, "command", plain(first_word(response))[:4 if protocol == "smtp" else None]
    challenges = len(get(record, f"{protocol}.auth.challenges", []))
    responses = len(get(record, f"{protocol}.auth.responses", []))
    yield from [(protocol, "reply", 334 if protocol == "smtp" else "+")] * max(challenges, responses)


def of_smtp(record):
    if get(record, "smtp.command") is not None:
        yield "smtp", "command", plain(first_word(get(record, "smtp.command")))[:4]
    yield from of_reply(record, "smtp", "smtp.reply.code", "smtp.reply.text")
    for recipient in get(record, "smtp.recipients", []):
        yield "smtp", "reply", recipient.get("code")
    yield from of_auth(record, "smtp")


def of_pop3(record):
    if get(record, "pop3.command") is not None:
        yield "pop3", "command", plain(first_word(get(record, "pop3.command")))
    if get(record, "pop3.response.status") is not None:
        yield "pop3", "reply", get(record, "pop3.response.status")
    yield from of_auth(record, "pop3")


def of_imap(record):
    tag = plain(get(record, "imap.tag", ""))
    if tag and get(record, "imap.command") is not None:
        command = get(record, "imap.command").removeprefix("UID ")
        yield "imap", "command", f"{tag} {plain(first_word(command))}"
    if tag and get(record, "imap.response.status") is not None:
        yield "imap", "reply", f"{tag} {get(record, 'imap.response.status')}"


def of_ftp(record):
    if get(record, "ftp.command") is not None and get(record, "network.protocol") == "ftp":
        yield "ftp", "command", plain(first_word(get(record, "ftp.command")))
    yield from of_reply(record, "ftp", "ftp.reply.code", "ftp.reply.text")
    for reply in get(record, "ftp.preliminary", []):
        yield from [("ftp", "reply", reply.get("code"))] * lines_of(reply.get("text"))


def of_telnet(record):
    for option in get(record, "telnet.options", []):
        yield "telnet", "command", option["command"]


def of_tls(record):
    if get(record, "tls.client.server_name") is not None:
        hellos = 2 if get(record, "tls.hello_retry_request") else 1 # asked for another one, the client names the server again
        yield from [("tls", "server", plain(get(record, "tls.client.server_name").lower()))] * hellos


OURS = {"smtp": of_smtp, "pop3": of_pop3, "imap": of_imap, "ftp": of_ftp, "telnet": of_telnet, "tls": of_tls}


def our_messages(record):
    """(protocol, message) of one record."""
    dataset = get(record, "event.dataset")
    if dataset == "mail" and get(record, "email.message_id") is not None:
        identifiers = [get(record, "email.message_id"), *get(record, "email.nested_message_id", [])]
        return [("mail", ("message", plain(identifier.strip().strip("<>")), ())) for identifier in identifiers]
    ports = tuple(map(str, sorted([get(record, "source.port", 0), get(record, "destination.port", 0)])))
    return [(protocol, (kind, what, ports)) for protocol, kind, what in OURS.get(dataset, lambda _: ())(record)]
