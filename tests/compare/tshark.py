#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Does overhear report what tshark reports?

For every capture of a folder, the DNS messages (name, type, response code, the two hosts, addresses in the answer) and
the HTTP messages (method and target, or status code; the two hosts) that `tshark -n` finds are looked for in overhear's
JSON: as multisets, so that a message seen twice must be reported twice. A record of overhear that joins a query with its
answer counts for both; retransmitted queries count by dns.retransmissions.

What one record says once and tshark message by message is matched more freely, after all that matches exactly:
  an answer without a question    needs the code, the hosts and the addresses of one of ours
  a zone transfer                 may have many answers; each needs the code, the hosts, and addresses that are all in ours
  an UPDATE                       has what was asked for and what was answered in one record: addresses are all in ours

The protocols of lines, TLS and mail are compared by commands, reply codes, server names and Message-ID: text_protocols.py.

Left out on tshark's side: what ICMP errors quote, DNS inside HTTP, HTTP/2, QUIC or TLS, and HTTP that is not over TCP.

Misses that are explained stand in explained.txt and are reported apart; they stay misses in the percentage that is printed.
Exit status 1 where of a folder and protocol less than --least percent are found or explained.
"""

import collections
import json
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import suite
import text_protocols
from dns_numbers import RESPONSE_CODES, TYPES
from suite import get

DNS_LAYERS = ("dns", "mdns", "llmnr")
ENCLOSING = {"icmp", "icmpv6", "http", "http2", "http3", "quic", "tls", "dtls"}
ESCAPE = re.compile(rb"\\(\d{3}|.)", re.S)
EXPLAINED = Path(__file__).with_name("explained.txt")


class Pairs(list):
    """A JSON object as tshark prints it: keys come in order and more than once."""


def walk(pairs, wanted, found):
    """All values of the wanted keys, wherever they stand in an object, in its order."""
    stack = [("", pairs)]
    while stack:
        key, value = stack.pop()
        if key in wanted:
            found[key].append(value)
        if isinstance(value, Pairs):
            stack += reversed(value)
        elif isinstance(value, list):
            stack += [("", item) for item in reversed(value)]
    return found


def objects(value):
    """The layers under one key: one object, or several."""
    if isinstance(value, Pairs):
        return [value]
    return [item for item in value if isinstance(item, Pairs)] if isinstance(value, list) else []


def hosts(one, other):
    """Who speaks to whom is told by the frame for tshark and by the conversation for overhear: order says nothing."""
    return tuple(sorted([str(one), str(other)]))


def plain(text):
    """A name so that both programs' ways of printing odd bytes agree: runs of them become one question mark."""
    return re.sub(r"[^\x21-\x7e]+", "?", text)


def tshark_name(text):
    return "." if text == "<Root>" else plain(text)


def our_name(text):
    """A name with its presentation escapes undone."""
    def byte(match):
        digits = match.group(1)
        return bytes([int(digits) & 255]) if len(digits) == 3 else digits
    raw = ESCAPE.sub(byte, text.encode())
    return plain(raw.decode("utf-8", "replace"))


def one(found, key):
    return found[key][0] if found[key] else None


DNS_FIELDS = {"dns.flags.response", "dns.qry.name", "dns.qry.type", "dns.flags.rcode", "dns.a", "dns.aaaa"}


def tshark_dns(pairs, source, destination):
    found = walk(pairs, DNS_FIELDS, collections.defaultdict(list))
    name = tshark_name(one(found, "dns.qry.name")) if found["dns.qry.name"] else None
    kind = int(one(found, "dns.qry.type")) if found["dns.qry.type"] else None
    if one(found, "dns.flags.response") in ("1", "True", True):
        code = one(found, "dns.flags.rcode")
        addresses = tuple(sorted(set(found["dns.a"] + found["dns.aaaa"])))
        return "dns", ("answer", name, kind, int(code) if code is not None else None, addresses, hosts(source, destination))
    if found["dns.flags.response"]:
        return "dns", ("query", name, kind, hosts(source, destination))
    return None


HTTP_FIELDS = {"http.request.method", "http.request.uri", "http.response.code"}


def tshark_http(pairs, source, destination):
    found = walk(pairs, HTTP_FIELDS, collections.defaultdict(list))
    if found["http.request.method"]:
        return "http", ("request", one(found, "http.request.method"), plain(one(found, "http.request.uri") or ""),
                        hosts(source, destination))
    if found["http.response.code"]:
        return "http", ("response", int(one(found, "http.response.code")), hosts(source, destination))
    return None


def tshark_messages(path):
    """(protocol, message) of every message, as a Counter; and the frames of each."""
    command = ["tshark", "-n", "-r", str(path), "-T", "json", "-J", "frame ip ipv6 tcp udp icmp icmpv6 http http2 tls quic "
               + " ".join(DNS_LAYERS), "-Y", "dns or mdns or llmnr or http"]
    process = subprocess.run(command, capture_output=True, check=False, timeout=suite.HANG)
    text = process.stdout.decode("utf-8", "replace").strip() or "[]"
    if not text.endswith("]"):  # tshark stops writing where the file is cut short
        text += "]"
    messages, frames = collections.Counter(), collections.defaultdict(list)
    for packet in json.loads(text, object_pairs_hook=Pairs, strict=False):
        layers = dict(packet)["_source"]
        layers = dict(layers)["layers"]
        number, source, destination, seen = "?", None, None, set()
        for layer, value in layers:
            for item in objects(value):
                fields = dict(item)
                if layer == "frame":
                    number = fields.get("frame.number", "?")
                elif layer in ("ip", "ipv6"):
                    source, destination = fields.get(layer + ".src"), fields.get(layer + ".dst")
                    seen -= {"tcp", "udp"}
                message = None
                if layer in DNS_LAYERS and not seen & ENCLOSING:
                    message = tshark_dns(item, source, destination)
                elif layer == "http" and not seen & (ENCLOSING - {"http"}) and "tcp" in seen:
                    message = tshark_http(item, source, destination)
                if message:
                    messages[message] += 1
                    frames[message].append(number)
            seen.add(layer)
    return messages, frames


def number_of(word, table, prefix):
    if word is None:
        return None
    if word in table:
        return table[word]
    return int(word.removeprefix(prefix)) if word.startswith(prefix) and word[len(prefix):].isdigit() else word


def our_dns(record):
    ends = hosts(get(record, "source.ip"), get(record, "destination.ip"))
    name, kind = get(record, "dns.question.name"), number_of(get(record, "dns.question.type"), TYPES, "TYPE")
    name = our_name(name) if name is not None else None
    frames = get(record, "overhear.frames", {})
    messages = []
    if "request" in frames:
        messages += [("query", name, kind, ends)] * (1 + get(record, "dns.retransmissions", 0))
    if "response" in frames:
        code = number_of(get(record, "dns.response_code"), RESPONSE_CODES, "RCODE")
        entries = [entry for section in ("answers", "authorities", "additionals")
                   for entry in get(record, f"dns.{section}", []) if entry.get("type") in ("A", "AAAA")]
        addresses = {entry["data"] for entry in entries if re.fullmatch(r"[0-9a-f.:]+", entry.get("data", ""))}
        code = code & 15 if isinstance(code, int) else code
        messages.append(("answer", name, kind, code, tuple(sorted(addresses)), ends))
    return [("dns", message) for message in messages]


def our_target(text):
    """What is not valid UTF-8 or a control character stands as \\xNN."""
    return plain(re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match.group(1), 16)), text))


def our_http(record):
    ends = hosts(get(record, "source.ip"), get(record, "destination.ip"))
    messages = []
    if get(record, "http.request.method") is not None:
        messages.append(("request", get(record, "http.request.method"), our_target(get(record, "url.original", "")), ends))
    for code in get(record, "http.response.interim", []):
        messages.append(("response", code, ends))
    if get(record, "http.response.status_code") is not None:
        messages.append(("response", get(record, "http.response.status_code"), ends))
    return [("http", message) for message in messages]


def our_messages(tests, path):
    """All messages, and those of transfers and updates once more."""
    result = tests.run("--json", "--show-secrets", "--max-text", "65536", path)
    messages, wide = collections.Counter(), []
    for line in result.stdout.splitlines():
        record = json.loads(line)
        dataset = get(record, "event.dataset")
        if dataset == "dns":
            found = our_dns(record)
            messages.update(found)
            if get(record, "dns.op_code") == "UPDATE" or get(record, "dns.question.type") in ("AXFR", "IXFR"):
                wide += [message for _, message in found if message[0] == "answer"]
        elif dataset == "http":
            messages.update(our_http(record))
        else:
            messages.update(text_protocols.our_messages(record))
    return messages, wide


def fits(theirs, ours, wide):
    """Whether an answer of tshark's may be one of ours by the freer rules."""
    _, name, kind, code, addresses, ends = theirs
    _, our_question, our_kind, our_code, our_addresses, our_ends = ours
    if (code, ends) != (our_code, our_ends) or (name is not None and (name, kind) != (our_question, our_kind)):
        return False
    return set(addresses) <= set(our_addresses) if wide else addresses == our_addresses


def missing(theirs, ours, wide):
    """What tshark reports and we do not."""
    misses, left = theirs - ours, ours - theirs
    for protocol, message in [entry for entry in misses.elements() if entry[1][0] == "answer"]:
        exact = next((entry for entry in left if entry[0] == protocol and entry[1][0] == "answer" and message[1] is None
                      and fits(message, entry[1], False)), None)
        if exact:
            left -= collections.Counter([exact])
        if exact or any(fits(message, other, True) for other in wide):
            misses -= collections.Counter([(protocol, message)])
    return misses


def explained():
    """Rows of explained.txt: capture, what, reason; separated by tabs."""
    rows = []
    for line in EXPLAINED.read_text().splitlines() if EXPLAINED.exists() else []:
        if line and not line.startswith("#"):
            capture, what, reason = line.split("\t")
            rows.append((capture, what, reason))
    return rows


def say(protocol, message):
    return " ".join([protocol, *(str(part) if not isinstance(part, tuple) else ",".join(part) or "-" for part in message)])


def options(parser):
    parser.add_argument("folders", nargs="*", help="folders with captures (default: pcaps/), or captures")
    parser.add_argument("--least", type=float, default=98.0, help="percent")
    parser.add_argument("--list", action="store_true", help="print every miss")


def compare(tests, path):
    theirs, frames = tshark_messages(path)
    more, more_frames = text_protocols.tshark_messages(path)
    theirs.update(more)
    frames.update(more_frames)
    if not theirs:
        return theirs, theirs, frames
    return theirs, missing(theirs, *our_messages(tests, path)), frames


def folder(tests, place, reasons):
    """One folder: counts, and a check for each protocol in it."""
    place = Path(place)
    paths = [place] if place.is_file() else suite.captures(place)
    total, missed, known = collections.Counter(), collections.Counter(), collections.Counter()
    for path, (theirs, misses, frames) in zip(paths, tests.each(lambda path: compare(tests, path), paths)):
        for (protocol, _), count in theirs.items():
            total[protocol] += count
        if misses:
            parts = collections.Counter()
            for (protocol, _), count in misses.items():
                parts[protocol] += count
            print(f"  {path.name}: " + ", ".join(f"{count} {protocol}" for protocol, count in sorted(parts.items())) + " missed")
        for (protocol, message), count in misses.items():
            missed[protocol] += count
            text = say(protocol, message)
            reason = next((why for capture, what, why in reasons if capture == path.name and (what == "*" or what in text)), None)
            if reason:
                known[protocol] += count
            if tests.options.list:
                print(f"    {count}x {text} [frames {','.join(frames[protocol, message][:6])}]{' EXPLAINED: ' + reason if reason else ''}")
    for protocol in sorted(total):
        share = 100 * (1 - missed[protocol] / total[protocol])
        text = f"{place.name} {protocol}: {total[protocol] - missed[protocol]} of {total[protocol]} = {share:.2f} %"
        print(f"  {text}; {missed[protocol]} missed, of which {known[protocol]} explained")
        unexplained = 100 * (missed[protocol] - known[protocol]) / total[protocol]
        tests.check(unexplained <= 100 - tests.options.least, text, f"{missed[protocol] - known[protocol]} without a reason")
    if not total:
        print(f"  {place.name}: tshark finds no messages")


def main():
    tests = suite.Suite("compare", __doc__, options)
    reasons = explained()
    for place in tests.options.folders or [suite.PCAPS]:
        folder(tests, place, reasons)
    tests.finish()


if __name__ == "__main__":
    main()
