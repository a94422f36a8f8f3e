# SPDX-License-Identifier: BSD-3-Clause
"""Nothing is lost, and nothing acts: bytes that are put into the fields of each protocol are read back from the records.

`decode` is the contract's rule for text, and nothing of the program: bytes that are no UTF-8, and control characters other than
newline and tab, are \\xNN, and so is a backslash that would read as such; all else stands for itself.
"""

import os
import re
import struct
import subprocess

import suite
from packets import CLIENT, Builder, dns_message, dns_record, udp
from suite import get

ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})")
PRESENTATION = re.compile(rb"\\([0-9]{3})|\\(.)", re.S)
# What could be taken for something else: controls, DEL, C1, beginnings and ends of UTF-8, of our escapes, of JSON's.
ODD = b"\0\t\n\x07\x08\r\x1b\x7f\x80\x85\x9b\x9c\xa0\xaf\xc0\xc2\xd8\xe2\xed\xef\xf0\xf4\xf8\xff\\\"x4Fu "
WHOLE = (
    b"\x1b[2J\x1b]0;title\x07", b"\x1b]8;;http://x\x1b\\", b"\x9b31m", b"\xc2\x9b31m", b"\xe2\x80\xae\xd8\x9c\xe2\x81\xa6\xe2\x80\x8e\xe2\x80\x8f", b"a\0b",
    b"\xff\xfe\xc3\x28", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf", b"\x08\x7f", b"\\x1b[0m", b"\\\\x1b",
    b"\\x5cx1b", b"\\u202e", b"\\\\", b"\\x", b"\\x1", b"\\x1g", b"\\xFF\xff", b"\xe2\x80\xa8\xe2\x80\xa9", b"\xef\xbf\xbe", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80",
    b"\xf0\x9f\x98", b"\xe2\x80", b"\xc2\x85\xc2\xa0", b'"}\\n{"', b"\xef\xbf\xbd",
)


def decode(text):
    """A string of a record, as the bytes that were sent."""
    return ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text.encode())


def decode_presentation(text):
    """The same of DNS: within it \\DDD is a byte by its decimal number, and a backslash takes the meaning of what follows away."""
    return PRESENTATION.sub(lambda found: bytes([int(found[1])]) if found[1] else found[2], decode(text))


def payloads(without=b""):
    """Every byte, pairs of odd ones, and attacks; each between two letters, because many protocols take blanks away at the ends."""
    all_of_them = [bytes([byte]) for byte in range(256)] + [bytes([one, two]) for one in ODD for two in ODD] + list(WHOLE)
    return [b"a" + payload + b"z" for payload in all_of_them if not set(payload) & set(without)]


def compare(cases, what, found, expected, undo=decode):
    values = [undo(value) if isinstance(value, str) else value for value in found]
    wrong = [f"{sent!r} came back as {value!r} from {text!r}" for sent, value, text in zip(expected, values, found) if sent != value]
    cases.check(len(found) == len(expected) and not wrong, f"{what}: {len(expected)} texts come back", "\n".join([f"{len(found)} of them", *wrong[:10]]))


def look(cases, name, builder):
    """The records; and nothing acts in either output, whatever its width and colours."""
    found = cases.look(name, builder)
    path = cases.write(f"{name}-views", builder)
    for view in (("-q",), ("-v", "--width", "40"), ("-v", "--width", "200", "--no-notes"), ("--color=always",), ("-v", "--color=always", "--show-secrets"),
                 ("--summary",), ("--summary=json", "-q"), ("--follow", "1"), ("--follow", "1", "--color=always", "-v")):
        result = cases.run(*view, path)
        cases.check(result.returncode == 0, f"{name} {view}: exit status", result.stderr)
        output = re.sub(rb"\x1b\[[0-9;]*m", b"", result.stdout) if "--color=always" in view else result.stdout
        output = output.replace(b"\t", b" ") if "--follow" in view else output  # where a tab stays a tab
        cases.equal((suite.forbidden_characters(output), suite.forbidden_characters(result.stderr)), ([], []), f"{name} {view}: nothing acts")
    path.unlink()
    return found


def lines(builder, server_port, rows, greeting=b""):
    """A connection of lines: (what the client says, what the server says) in turns."""
    connection = builder.connect(port=30000 + server_port, server_port=server_port)
    if greeting:
        connection.send(1, greeting)
    for asked, answered in rows:
        connection.send(0, asked)
        connection.send(1, answered)
    connection.close()


def values(found, dataset, field):
    return [get(record, field) for record in found.of(dataset)]


def http(cases):
    texts = payloads(b"\r\n \t\0#?")
    builder = Builder()
    lines(builder, 80, [(b"GET /" + text + b" HTTP/1.1\r\nHost: h\r\nUser-Agent: " + text + b"\r\nX-Odd: " + text + b"\r\n\r\n",
                         b"HTTP/1.1 200 " + text + b"\r\nServer: " + text + b"\r\nContent-Length: 0\r\n\r\n") for text in texts])
    found = look(cases, "http", builder)
    compare(cases, "http: the target", values(found, "http", "url.original"), [b"/" + text for text in texts])
    for field in ("user_agent.original", "http.response.status_phrase"):
        compare(cases, f"http: {field}", values(found, "http", field), texts)
    for side, name in (("request", "x-odd"), ("response", "server")):
        headers = [(headers or {}).get(name, [None])[0] for headers in values(found, "http", f"http.{side}.headers")]
        compare(cases, f"http: a header of the {side}", headers, texts)


def ftp(cases):
    texts = payloads(b"\r\n\xff\0")  # IAC and NUL are Telnet's
    builder = Builder()
    lines(builder, 21, [(b"CWD " + text + b"\r\n", b"250 " + text + b"\r\n") for text in texts], b"220 hello\r\n")
    found = look(cases, "ftp", builder)
    compare(cases, "ftp: an argument", values(found, "ftp", "ftp.argument")[1:], texts)
    compare(cases, "ftp: a reply", values(found, "ftp", "ftp.reply.text")[1:], texts)


def smtp(cases):
    texts = payloads(b"\r\n")
    builder = Builder()
    lines(builder, 25, [(b"EHLO h\r\n", b"250 h\r\n"), *((b"VRFY " + text + b"\r\n", b"252 " + text + b"\r\n") for text in texts)], b"220 hello\r\n")
    found = look(cases, "smtp", builder)
    compare(cases, "smtp: an argument", values(found, "smtp", "smtp.argument")[2:], texts)
    compare(cases, "smtp: a reply", values(found, "smtp", "smtp.reply.text")[2:], texts)


def pop3(cases):
    texts = payloads(b"\r\n")
    builder = Builder()
    lines(builder, 110, [(b"NOOP " + text + b"\r\n", b"+OK " + text + b"\r\n") for text in texts], b"+OK hello\r\n")
    found = look(cases, "pop3", builder)
    compare(cases, "pop3: an argument", values(found, "pop3", "pop3.argument")[1:], texts)
    compare(cases, "pop3: a response", values(found, "pop3", "pop3.response.text")[1:], texts)


def imap(cases):
    texts = [text for text in payloads(b"\r\n\0") if not text.endswith(b"}z")]
    builder = Builder()
    lines(builder, 143, [(b"t%d EXAMINE " % number + text + b"\r\n", b"t%d OK " % number + text + b"\r\n") for number, text in enumerate(texts)],
          b"* OK hello\r\n")
    found = look(cases, "imap", builder)
    compare(cases, "imap: an argument", values(found, "imap", "imap.argument")[1:], texts)
    compare(cases, "imap: a response", values(found, "imap", "imap.response.text")[1:], texts)


def one_a_connection(cases):
    """WHOIS and Finger: a question and an answer for each connection; the answer has lines."""
    for name, port in (("whois", 43), ("finger", 79)):
        # A lookup with so many controls is taken for none.
        texts = [text for text in payloads(b"\r\n") if name != "whois" or text.count(b"\x1b") < 2]
        builder = Builder()
        for number, text in enumerate(texts):
            connection = builder.connect(port=10000 + number, server_port=port)
            connection.send(0, text + b"\r\n")
            connection.send(1, b"answer " + text + b"\nend\n")
            connection.close()
        found = look(cases, name, builder)
        compare(cases, f"{name}: a query", values(found, name, f"{name}.query"), texts)


def telnet(cases):
    """What moves the cursor is taken out of its lines; what stays acts no more."""
    builder = Builder()
    lines(builder, 23, [(text.replace(b"\xff", b"\xff\xff") + b"\r\n", b"echo " + text.replace(b"\xff", b"\xff\xff") + b"\r\n")
                        for text in payloads(b"\r\n")], b"login: ")
    look(cases, "telnet", builder)


def mail(cases):
    """In the fields of a header and in the names of attachments; what a mail says is decoded, so that only whole texts come back."""
    texts = payloads(b"\r\n\0()<>\"\\ \t")
    builder = Builder()
    rows = [(b"EHLO h\r\n", b"250 h\r\n")]
    for text in texts:
        rows += [(b"MAIL FROM:<a@b>\r\n", b"250 ok\r\n"), (b"RCPT TO:<c@d>\r\n", b"250 ok\r\n"), (b"DATA\r\n", b"354 go\r\n"),
                 (b"Subject: " + text + b"\r\nMessage-ID: <" + text + b"@h>\r\nX-Mailer: " + text + b"\r\nFrom: " + text + b" <a@b>\r\n"
                  + b'Content-Type: application/octet-stream; name="' + text + b'"\r\nContent-Disposition: attachment; filename="' + text
                  + b'"\r\n\r\n' + text + b"\r\n.\r\n", b"250 ok\r\n")]
    lines(builder, 25, rows, b"220 hello\r\n")
    found = look(cases, "mail", builder)
    compare(cases, "mail: X-Mailer", values(found, "mail", "email.x_mailer"), texts)
    compare(cases, "mail: Message-ID", values(found, "mail", "email.message_id"), [text + b"@h" for text in texts])


def client_hello(name):
    server_name = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    protocol = bytes([len(name)]) + name
    alpn = struct.pack("!HHH", 16, len(protocol) + 2, len(protocol)) + protocol
    extensions = server_name + alpn
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\x13\x01" + b"\1\0" + struct.pack("!H", len(extensions)) + extensions
    return b"\x16\3\1" + struct.pack("!H", len(body) + 4) + b"\1" + len(body).to_bytes(3, "big") + body


def messages(cases):
    """File names may come from strangers, too: on the command line, in messages, in what is extracted."""
    whole = Builder()
    whole.add(udp(CLIENT, 1, "10.9.0.53", 53, b"x"))
    content = cases.write("whole", whole).read_bytes()
    for number, text in enumerate(WHOLE[::3]):
        name = text.replace(b"\0", b"").replace(b"/", b"")
        path = bytes(cases.folder) + b"/%d-" % number + name
        with open(path, "wb") as file:
            file.write(content[:-1])
        for arguments in ([path], [b"-r", path, b"--json"], [b"-r", path + b".missing"], [b"--notes", path, path], [b"-Y", name, path], [b"-f", name, path],
                          [b"-w", path + b"/x", path], [b"-d", name, path], [b"--only", name, path], [b"-i", name], [b"explain", name], [b"fields", name],
                          [b"-" + name], [b"--" + name], [b"-Z", name, path]):
            result = subprocess.run([cases.tests.program, *arguments], capture_output=True, stdin=subprocess.DEVNULL, check=False)
            bad = suite.forbidden_characters(result.stderr + result.stdout)
            cases.check(not bad and result.returncode in (1, 2), f"messages: {arguments}: status {result.returncode}", f"{bad} {result.stderr!r}")


def extracted(cases):
    """The names of extracted files."""
    builder = Builder()
    texts = payloads(b"\r\n\0\"")
    for number, text in enumerate(texts):
        connection = builder.connect(port=10000 + number)
        connection.send(0, b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        connection.send(1, b'HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="' + text + b'"\r\nContent-Length: 2\r\n\r\nok')
        connection.close()
    folder = cases.folder / "extracted"
    result = cases.run(*suite.STAYS, "-q", "--extract", folder, cases.write("extracted-names", builder))
    names = [os.fsencode(path.name) for path in folder.iterdir()]
    cases.equal((result.returncode, len(names)), (0, len(texts)), "extracted: a file each")
    bad = [name for name in names if suite.forbidden_characters(name) or set(name) & set(b'/\\:*?"<>|\n') or name[:1] in (b".", b"-")]
    cases.check(not bad, "extracted: harmless names", bad[:20])


def tls(cases):
    texts = payloads()
    builder = Builder()
    for number, text in enumerate(texts):
        connection = builder.connect(port=10000 + number, server_port=443)
        connection.send(0, client_hello(text))
        connection.close()
    found = look(cases, "tls", builder)
    compare(cases, "tls: the name of the server", values(found, "tls", "tls.client.server_name"), texts)


def dns(cases):
    texts = payloads()
    builder = Builder()
    for number, text in enumerate(texts):
        question = [(bytes([len(text)]) + text + b"\7example\0", 16, 1)]
        port = 10000 + number
        builder.add(udp(CLIENT, port, "10.9.0.53", 53, dns_message(7, 0x0100, question)))
        builder.add(udp("10.9.0.53", 53, CLIENT, port, dns_message(7, 0x8180, question, [
            dns_record(b"\xc0\x0c", 16, 60, bytes([len(text)]) + text), dns_record(b"\xc0\x0c", 5, 60, bytes([len(text)]) + text + b"\0")])))
    found = look(cases, "dns", builder)
    compare(cases, "dns: a name", values(found, "dns", "dns.question.name"), [text + b".example" for text in texts], undo_name)
    answers = values(found, "dns", "dns.answers")
    compare(cases, "dns: a text", [answer[0]["data"] for answer in answers], [b'"' + text + b'"' for text in texts], decode_presentation)
    compare(cases, "dns: a name in an answer", [answer[1]["data"] for answer in answers], texts, decode_presentation)


def undo_name(text):
    return decode_presentation(text)


TESTS = (http, ftp, smtp, pop3, imap, one_a_connection, telnet, mail, tls, dns, messages, extracted)
