#!/usr/bin/env python3
"""Writes a letter with attachments, line ends LF. Each SPEC is one part:

    letter.py SUBJECT MESSAGE-ID [to=ADDRESS] [date=DATE] SPEC...

    text:TEXT                       text/plain in UTF-8, 8bit
    qp:TEXT                         text/plain in ISO-8859-1, quoted-printable
    html:TEXT                       multipart/alternative of the text and the same in HTML, with the picture of `inline`
    inline:TYPE:NAME:FILE           what the HTML shows, in a multipart/related around both
    plain:TYPE:NAME:FILE            attached; the name as it is
    2231:TYPE:NAME:FILE             attached; the name as RFC 2231 has it
    2231parts:TYPE:NAME:FILE        in several pieces
    2047:TYPE:NAME:FILE             in an encoded word, as RFC 2047 forbids and everybody does
    qpfile:TYPE:NAME:FILE           attached as quoted-printable
    8bit:TYPE:NAME:FILE             attached as it is
    forward:FILE                    a message within the message
    attached-letter:NAME:FILE       the same, as an attachment with a name
"""
import base64
import quopri
import sys
import urllib.parse


def content(name):
    with open(name, "rb") as file:
        return file.read()


def joined(kind, boundary, parts, preamble=b""):
    lines = preamble + b"".join(b"--%s\n%s\n" % (boundary.encode(), part) for part in parts)
    return f'Content-Type: {kind}; boundary="{boundary}"\n\n'.encode() + lines + b"--%s--\n" % boundary.encode()


def base64_lines(data):
    text = base64.b64encode(data)
    return b"".join(text[at:at + 76] + b"\n" for at in range(0, len(text), 76))


def percent(text):
    return urllib.parse.quote(text, safe="")


def name_parameter(how, key, name):
    if how == "2231":
        return f"{key}*=utf-8''{percent(name)}"
    if how == "2231parts":
        letters = [percent(letter) for letter in name]
        pieces = ["".join(letters[at:at + 12]) for at in range(0, len(letters), 12)]
        return ";\n ".join(f"{key}*{number}*={'' if number else 'utf-8' + chr(39) * 2}{piece}"
                           for number, piece in enumerate(pieces))
    if how == "2047":
        return f'{key}="=?UTF-8?B?{base64.b64encode(name.encode()).decode()}?="'
    return f'{key}="{name}"'


def attached(how, kind, name, path, disposition="attachment", more=""):
    data = content(path)
    coding = {"qpfile": "quoted-printable", "8bit": "8bit"}.get(how, "base64")
    body = {"base64": base64_lines, "quoted-printable": quopri.encodestring, "8bit": bytes}[coding](data)
    parameter = name_parameter(how, "filename", name)
    named = f";\n {name_parameter(how, 'name', name)}" if how in ("2047", "plain") else ""
    head = (f"Content-Type: {kind}{named}\nContent-Disposition: {disposition};\n {parameter}\n"
            f"Content-Transfer-Encoding: {coding}\n{more}\n")
    return head.encode() + body


def text_part(text, charset="utf-8", coding="8bit", kind="plain"):
    body = text.replace("~", "\n").encode(charset) + b"\n"
    if coding == "quoted-printable":
        body = quopri.encodestring(body)
    return f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {coding}\n\n".encode() + body


def parts_of(specs):
    parts = []
    for spec in specs:
        how, _, rest = spec.partition(":")
        if how == "text":
            parts.append(text_part(rest))
        elif how == "qp":
            parts.append(text_part(rest, "iso-8859-1", "quoted-printable"))
        elif how == "html":
            lines = "".join(f"<p>{line}</p>" for line in rest.split("~"))
            parts.append(joined("multipart/alternative", "=_alternative", [
                text_part(rest, coding="quoted-printable"),
                text_part(f'<html><body>{lines}<img src="cid:picture@lighthouse.example"></body></html>', kind="html")]))
        elif how == "inline":
            picture = attached("plain", *rest.split(":"), "inline", "Content-ID: <picture@lighthouse.example>\n")
            parts.append(joined("multipart/related", "=_related", [parts.pop(), picture]))
        elif how == "forward":
            parts.append(b"Content-Type: message/rfc822\nContent-Disposition: inline\n\n" + content(rest))
        elif how == "attached-letter":
            name, _, path = rest.partition(":")
            parts.append(f'Content-Type: message/rfc822\nContent-Disposition: attachment; filename="{name}"\n\n'.encode()
                         + content(path))
        else:
            parts.append(attached(how, *rest.split(":")))
    return parts


def main():
    subject, number, *specs = sys.argv[1:]
    settings = {"to": "alice@harbour.example", "date": "Sun, 22 Nov 2026 08:30:00 +0100"}
    while specs and specs[0].partition("=")[0] in settings:
        settings.update([specs.pop(0).split("=", 1)])
    if not subject.isascii():
        subject = f"=?UTF-8?B?{base64.b64encode(subject.encode()).decode()}?="
    out = (f"Date: {settings['date']}\nFrom: Anna <anna@lighthouse.example>\nTo: {settings['to']}\nSubject: {subject}\n"
           f"Message-ID: {number}\nMIME-Version: 1.0\n").encode()
    parts = parts_of(specs)
    sys.stdout.buffer.write(out + (parts[0] if len(parts) == 1 else joined(
        "multipart/mixed", "=_mixed", parts, b"This is a message in several parts.\n")))


if __name__ == "__main__":
    main()
