# SPDX-License-Identifier: BSD-3-Clause
"""Records of a capture of which a part is missing, held against those of the whole capture.

Less may be said, nothing else. Without `overhear.incomplete` a record is one of the whole capture, word for word: only what
comes from other messages (ELSEWHERE) may be absent. With it, each of its values is one that the whole capture has in the
same field of the same conversation, or a piece of such a text; or it stands in the capture, all of its bytes side by side,
which holds where the whole of a message was not believed; or less of what is counted (COUNTS); or one of the fields below, which
say something because something else is missing. No text is made of bytes from both sides of a hole.
"""

import base64
import collections
import json
import re

import suite
from suite import get

# field: why it may say what the whole capture does not
BECAUSE_OF_WHAT_IS_MISSING = {
    "event.outcome": "unknown, where the answer is missing",
    "event.duration": "to the last frame of which something was seen",
    "@timestamp": "of the first one",
    "event.start": "the same of a conversation",
    "event.end": "the same",
    "overhear.conversation": "a number in the order of conversations: others may be missing",
    "overhear.frames": "the first frame of either message of which something was seen",
    "overhear.incomplete": "says so",
    "overhear.truncated": "says so",
    "overhear.missing_bytes": "says so",
    "overhear.flow.gap_bytes": "says so",
    "overhear.flow.state": "how a connection began or ended is not always seen",
    "overhear.flow.reason": "the same",
    "email.attachments[].incomplete": "says so",
    "source.domain": "the name last told in an answer that was seen; left out where the record names the host itself",
    "destination.domain": "the same",
    "dns.type": "a query, where its answer is missing",
    "dns.header_flags[]": "of the query, where its answer is missing",
    "dns.opt": "the same",
    "dns.additionals[]": "the same",
    "dns.authorities[]": "the same",
    "dns.response_code": "the four bits of the header; the others are in a record at the end",
    "dns.update": "of a message that is not known to be an answer",
    "email.sender": "left out where it repeats From, which may be missing",
    "imap.unparsed": "a line of which the beginning is missing; hidden",
    "pop3.unrecognised": "the same",
    "tls.alerts[]": "the last ones belong to a handshake that is not known to be over",
    "file.mime_type": "by the bytes that were seen",
    "tls.established": "told by what came, where an alert is missing",
    "telnet.text": "as edited so far by keys that move the cursor back",
    "telnet.prompt": "the line was not ended",
    "overhear.direction": "of a file whose command is missing: by who sent it",
    "overhear.parent_conversation": "as overhear.conversation",
    "overhear.parent": "what is taken for a file because its command is missing may have been a listing",
}

COUNTS = re.compile(r"(bytes|packets|_count|\.chunks|\.size|messages|retransmissions|transactions|records|found|"
                    r"out_of_order|keep_alives|zero_windows|rtt|delay|hops)$")

# What a record may lack although it is complete: told by other messages, or left out beside them.
ELSEWHERE = ("user.name", "ftp.path", "imap.selected", "email.envelope", "source.domain", "destination.domain", "file.name",
             "file.extension", "overhear.source_path", "overhear.parent_conversation", "overhear.conversation", "overhear.offset", "dns.retransmissions",
             "tls.client.server_name")

# What is another thing of a message than of a question and its answer.
OF_ONE_MESSAGE = ("@timestamp", "event.duration", "event.outcome", "overhear.frames", "dns.type", "dns.header_flags",
                  "dns.additionals", "dns.authorities", "dns.opt", "http.version")

# A line that may be a secret is hidden whole.
OF_A_COMMAND = ("ftp.command", "ftp.argument", "pop3.command", "pop3.argument", "smtp.command", "smtp.argument")

# Of a transfer whose command is missing nobody knows the name, and it lasts as long as its connection.
OF_NAMELESS = ("event.duration",)

# What a question binds together stands in several messages, each of which is a record where the question is missing.
IN_SEVERAL_MESSAGES = ("dns.answers", "dns.resolved_ip", "imap.response.continuation", "imap.response.untagged", "tls.alerts")

# Anomalies that a hole can cause: they speak of what was seen.
OF_HOLES = {"message.nonsense", "message.bad_deflate", "tcp.pending_limit"}

HIDDEN = "[hidden]"

# Who asked may be told by data alone, and the protocol behind STARTTLS by what is enciphered.
CONVERSATION = ("event.dataset", "source", "destination", "network")
ROLES = {"source.ip": "destination.ip", "source.port": "destination.port", "destination.ip": "source.ip",
         "destination.port": "source.port"}
# A line of the server's alone is a record of its own, and is taken apart; else it stands among those of its command.
STANDS_IN = {"imap.response.code": "imap.response.untagged[]", "imap.response.code_data": "imap.response.untagged[]",
             "imap.response.text": "imap.response.untagged[]", "imap.response.status": "imap.response.untagged[]"}
ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")


def leaves(value, name):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name + "[]")
    else:
        yield name, value


def key_of(record):
    return (get(record, "event.dataset"), get(record, "network.community_id", ""))


def begins_with(name, names):
    return any(name == begin or name.startswith((begin + ".", begin + "[")) for begin in names)


def without_notes(record):
    return {name: value for name, value in record.items() if name != "notes"}


def is_less(name, value, other, one_message):
    """What is not the same, and claims no other thing."""
    if value == HIDDEN:
        return True  # in doubt more is hidden
    if name == "overhear.truncated":
        return True  # says so
    if name == "event.outcome":
        return value == "unknown"  # says itself that the answer was not seen
    if name == "ftp.path" and name in other:  # from where the client is, as far as that is known
        return is_end_of_path(value, other[name]) or is_end_of_path(other[name], value)
    if name in IN_SEVERAL_MESSAGES and one_message and isinstance(other.get(name), list):
        return any(other[name][at:at + len(value)] == value for at in range(len(other[name])))
    if name == "imap.response.continuation" and one_message:  # of an exchange that is not known as one, it is not decoded
        return all(any(is_encoded(line, words) for words in other.get("imap.auth.challenges", ())) for line in value)
    if name in STANDS_IN and one_message and isinstance(value, str):
        return any(is_piece(value, line) for line in other.get(STANDS_IN[name].removesuffix("[]"), ()))
    return False


def is_encoded(line, words):
    try:
        return base64.b64decode(line, validate=True) == words.encode()
    except ValueError:
        return line == words


def is_piece(value, other):
    """`?` stands for each lost byte of a literal."""
    return value in other or ("?" in value and re.search(re.escape(value).replace(r"\?", "."), other, re.DOTALL) is not None)


def is_end_of_path(end, path):
    return not end.startswith("/") and path.endswith("/" + end)


class Whole:
    """What the whole capture says."""

    def __init__(self, records, content, ignored=()):
        """`content`: the bytes of the capture; `ignored`: fields of complete records that need not be the same."""
        self.ignored = ("overhear.conversation", "source.domain", "destination.domain", *ignored)
        self.content = content.lower()
        self.anomalies = {get(record, "overhear.anomaly.name") for record in records}
        self.values = collections.defaultdict(set)   # by dataset, conversation and field
        self.records = collections.defaultdict(list)  # by dataset and conversation, flat
        self.hosts = {get(record, "network.community_id") for record in records}
        self.ftp = [suite.flat(without_notes(record)) for record in records if get(record, "event.dataset") == "ftp"]
        for record in records:
            key = key_of(record)
            self.records[key].append(suite.flat(without_notes(record)))
            for name, value in leaves(without_notes(record), ""):
                self.values[(*key, name)].add(value)

    def has_value(self, key, name, value):
        known = {*self.values.get((*key, name), ()), *self.values.get((*key, STANDS_IN.get(name)), ())}
        if value in known or value == HIDDEN or value in self.values.get((*key, ROLES.get(name)), ()):
            return True
        if isinstance(value, str):
            return any(is_piece(value, other) for other in known if isinstance(other, str)) or self.stands_there(value)
        return COUNTS.search(name) is not None or (isinstance(value, int) and str(value).encode() in self.content)

    def stands_there(self, text):
        wire = ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text.encode())
        return wire.lower() in self.content or wire.lower().replace(b"\n", b"\r\n") in self.content

    def has_record(self, record):
        fields = suite.flat(without_notes(record))
        if self.is_between_servers(record):
            return True
        key = key_of(record)
        return any(self.is_part(fields, other, is_one_message(record)) for other in self.records[key])

    def is_part(self, fields, other, one_message):
        ignored = self.ignored + (OF_ONE_MESSAGE if one_message else ()) + (OF_NAMELESS if "file.name" not in fields else ())
        if fields.get("event.dataset") == "file" and "file.name" not in fields:  # its doubt was whose it is
            other = {name: value for name, value in other.items() if name != "overhear.incomplete"}
        same = all(other.get(name) == value or begins_with(name, ignored) or is_less(name, value, other, one_message)
                   for name, value in fields.items())
        hidden = any(value == HIDDEN for value in fields.values())
        return same and (one_message or all(name in fields or begins_with(name, ELSEWHERE) or (hidden and name in OF_A_COMMAND)
                                            for name in other))

    def is_between_servers(self, record):
        """What goes from server to server (FXP) was ordered on two connections, under two names: either may be told, as a
        download from the one or an upload to the other, where the command is seen that says so."""
        verbs = ("RETR",) if get(record, "overhear.direction") == "download" else ("STOR", "STOU", "APPE")
        path = get(record, "overhear.source_path")
        ends = {get(record, "source.ip"), get(record, "destination.ip")}
        if get(record, "network.protocol") != "ftp-data" or not path:
            return False
        return any(other.get("ftp.command") in verbs and other.get("ftp.path") == path and other["destination.ip"] in ends
                   and other["source.ip"] not in ends for other in self.ftp)

    def nearest(self, record):
        """The differences to the most similar record, for people."""
        fields = suite.flat(without_notes(record))
        best = None
        for other in self.records[key_of(record)]:
            found = [f"{name}: {other.get(name)!r} became {fields.get(name)!r}" for name in sorted({*fields, *other})
                     if fields.get(name) != other.get(name) and not begins_with(name, self.ignored)]
            if best is None or len(found) < len(best):
                best = found
        return "; ".join(best or ["no record of this conversation"])


def is_one_message(record):
    """A question without an answer, or an answer without a question: the record shows which of them it has."""
    frames = get(record, "overhear.frames") or {}
    return ("request" in frames) != ("response" in frames) and get(record, "event.dataset") not in ("mail", "file")


def troubles(whole, record, is_fragment=lambda frame: False):
    """What this record of the lesser capture says that the whole capture does not. `is_fragment`: whether a frame holds a
    fragment, which alone says what is not looked at when it waits in vain for the others."""
    dataset = get(record, "event.dataset")
    if any(is_fragment(frame) for frame in (get(record, "overhear.frames") or {}).values()):
        return
    if dataset == "anomaly":
        name = get(record, "overhear.anomaly.name")
        if name not in OF_HOLES and name not in whole.anomalies:
            yield f"{name}, which the whole capture does not tell: {json.dumps(without_notes(record))}"
        return
    if get(record, "network.community_id") not in whole.hosts:
        if dataset != "flow":
            yield f"{dataset} of a conversation that there is not: {json.dumps(without_notes(record))}"
        return  # the header of a tunnel is there, but not that of the packet in it
    alone = get(record, "network.transport") == "udp" and not get(record, "overhear.frames.request")
    # A line, or options in a row, end where the other side says something: where that is missing, they go on.
    alone = alone or dataset == "telnet"
    if not get(record, "overhear.incomplete") and dataset != "flow" and not alone:
        if not whole.has_record(record):
            yield (f"{dataset} without overhear.incomplete that the whole capture has not: {whole.nearest(record)}; "
                   f"frames {json.dumps(get(record, 'overhear.frames'))}")
        return
    for name, value in leaves(without_notes(record), ""):
        if begins_with(name, CONVERSATION) and (dataset != "flow" or name == "network.protocol"):
            continue  # the conversation is one of the whole capture: see above
        if not begins_with(name, BECAUSE_OF_WHAT_IS_MISSING) and not whole.has_value(key_of(record), name, value):
            yield f"{name}: {value!r}, which the whole capture has nowhere; {json.dumps(without_notes(record))}"
