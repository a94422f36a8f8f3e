# SPDX-License-Identifier: BSD-3-Clause
"""SMTP, POP3 and the mails they carry, with too much of everything."""

import base64

from case import GROWTH
from flood import CLIENT, ENVELOPE, SERVER, SMTP_QUIT, mail, pop3, smtp
from suite import STAYS, get

HEAD = b"From: Anna <anna@example.org>\r\nTo: ben@example.net\r\nSubject: attack\r\n"
TYPE = b"MIME-Version: 1.0\r\nContent-Type: "
OPENED = 1  # the EHLO of flood.smtp


def one_mail(cases, name, content, count, *arguments, subject="attack"):
    """However much is in it, it is one mail, and the session behind it is still read."""
    found = cases.scales(name, lambda n: mail(content(n)), count, *arguments)
    cases.equal(len(found.of("mail")), 1, f"{name}: one mail")
    if subject:
        cases.equal(found.values("mail", "email.subject"), [subject], f"{name}: its subject")
    cases.check("QUIT" in found.values("smtp", "smtp.command"), f"{name}: the QUIT behind it is read", found.datasets)
    return found


def endless_lines(cases):
    """No line end from the client, or none from the server."""
    for name, make in (
        ("smtp-endless-command", lambda n: smtp((CLIENT, b"MAIL " + b"a" * n), (SERVER, b"421 enough\r\n"))),
        ("smtp-endless-reply", lambda n: smtp((CLIENT, b"NOOP\r\n"), (SERVER, b"250 " + b"a" * n))),
        ("smtp-endless-nul", lambda n: smtp((CLIENT, b"\0" * n), (SERVER, b"421 enough\r\n"))),
        ("smtp-endless-cr", lambda n: smtp((CLIENT, b"\r" * n), (SERVER, b"421 enough\r\n"))),
        ("pop3-endless-command", lambda n: pop3((CLIENT, b"RETR " + b"1" * n), (SERVER, b"-ERR enough\r\n"))),
        ("pop3-endless-reply", lambda n: pop3((CLIENT, b"STAT\r\n"), (SERVER, b"+OK " + b"1" * n))),
    ):
        cases.scales(name, make, 1_000_000)
    for name, content in (("mail-endless-line", lambda n: HEAD + b"\r\n" + b"a" * n),
                          ("mail-endless-dots", lambda n: HEAD + b"\r\n" + b"." * n),
                          ("mail-dot-lines", lambda n: HEAD + b"\r\n" + b"\r\n.." * (n // 4)),
                          ("mail-bare-ends", lambda n: HEAD + b"\r\n" + b"\n\r.\r\n\n.\n" * (n // 8))):
        one_mail(cases, name, content, 400_000, subject=None)


def pipelined(cases):
    """Commands by the thousand before the first reply: each has its record."""
    count = 2000
    for name, make, protocol in (
        ("smtp-pipelined", lambda n: smtp((CLIENT, b"NOOP\r\n" * n), (SERVER, b"250 ok\r\n" * n)), "smtp"),
        ("pop3-pipelined", lambda n: pop3((CLIENT, b"NOOP\r\n" * n), (SERVER, b"+OK\r\n" * n)), "pop3"),
    ):
        found = cases.scales(name, make, count)
        cases.equal(found.values(protocol, f"{protocol}.command").count("NOOP"), count, f"{name}: a record each")
    recipients = (b"RCPT TO:<ben%d@example.net>\r\n" % i for i in range(10**9))
    found = cases.scales("smtp-recipients", lambda n: smtp(
        (CLIENT, b"MAIL FROM:<anna@example.org>\r\n"), (SERVER, b"250 ok\r\n"),
        (CLIENT, b"".join(next(recipients) for _ in range(n))), (SERVER, b"250 ok\r\n" * n),
        *ENVELOPE[-2:], (CLIENT, HEAD + b"\r\nhello\r\n.\r\n"), (SERVER, b"250 queued\r\n"), *SMTP_QUIT), count)
    cases.equal(found.values("smtp", "smtp.command").count("RCPT"), count, "smtp-recipients: a record each")
    cases.equal(found.values("mail", "email.subject"), ["attack"], "smtp-recipients: one mail")
    one = (*ENVELOPE, (CLIENT, HEAD + b"\r\nhi\r\n.\r\n"), (SERVER, b"250 queued\r\n"))
    found = cases.scales("smtp-many-mails", lambda n: smtp(*one * n, *SMTP_QUIT), 200)
    cases.equal(len(found.of("mail")), 200, "smtp-many-mails: a record each")
    unasked = b"".join(data for side, data in one if side == CLIENT)
    found = cases.scales("smtp-unasked-mails", lambda n: smtp(
        (CLIENT, unasked * n), (SERVER, b"250 ok\r\n250 ok\r\n354 go on\r\n250 queued\r\n" * n), *SMTP_QUIT), 500)
    cases.check("QUIT" in found.values("smtp", "smtp.command"), "smtp-unasked-mails: the QUIT behind it is read", found.datasets)


def long_headers(cases):
    for name, content, count in (
        ("mail-many-fields", lambda n: b"".join(b"X-%d: value\r\n" % i for i in range(n)), 20_000),
        ("mail-same-field", lambda n: b"Subject: again\r\n" * n, 20_000),
        ("mail-long-field", lambda n: b"X-Long: " + b"a" * n + b"\r\n", 500_000),
        ("mail-folded-field", lambda n: b"X-Folded: a\r\n" + b" b\r\n" * n, 100_000),
        ("mail-received", lambda n: b"".join(
            b"Received: from a%d.example.org (a [192.0.2.1]) by b.example.org with ESMTPS id %d; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
            % (i, i) for i in range(n)), 4_000),
        ("mail-addresses", lambda n: b"Cc: " + b",\r\n ".join(b"N%d <n%d@example.net>" % (i, i) for i in range(n)) + b"\r\n", 10_000),
        ("mail-groups", lambda n: b"Cc: " + b"g:" * n + b"\r\n", 100_000),
        ("mail-comments", lambda n: b"Cc: " + b"(" * n + b"\r\nDate: " + b"(" * n + b"\r\n", 100_000),
        ("mail-quotes", lambda n: b'Cc: "' + b'\\"' * n + b"\r\n", 100_000),
        ("mail-angles", lambda n: b"Cc: " + b"<" * n + b"\r\nReply-To: " + b"<@a:" * n + b"\r\n", 50_000),
        ("mail-words", lambda n: b"Comments: " + b"=?utf-8?q?=41?=\r\n " * n + b"\r\n", 20_000),
        ("mail-half-words", lambda n: b"Comments: " + b"=?utf-8?q?" * n + b"\r\nFrom: " + b"=?" * n + b"\r\n", 50_000),
        ("mail-parameters", lambda n: b"Content-Disposition: attachment" + b"".join(
            b";\r\n filename*%d=a" % i for i in range(n)) + b"\r\n", 10_000),
        ("mail-signatures", lambda n: b"DKIM-Signature: " + b"a=b; " * n + b"\r\n" + b"DKIM-Signature: v=1; d=a\r\n" * (n // 10), 20_000),
        ("mail-results", lambda n: b"Authentication-Results: a.example; " + b"spf=pass (" * n + b"\r\n"
         + b"ARC-Seal: i=1; d=a\r\n" * (n // 10), 20_000),
    ):
        one_mail(cases, name, lambda n, content=content: HEAD + content(n) + b"\r\nbody", count)


def nested(count):
    inner = b"Content-Type: text/plain\r\n\r\nthe innermost\r\n"
    parts = [HEAD + TYPE + b"multipart/mixed; boundary=b0\r\n\r\n"]
    parts += [b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (i, i + 1) for i in range(count)]
    return b"".join(parts) + b"--b%d\r\n" % count + inner


def many_parts(cases):
    multipart = HEAD + TYPE + b'multipart/mixed; boundary="b"\r\n\r\n'
    body = HEAD + TYPE + b"text/plain\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    for name, content, count in (
        ("mail-nested", nested, 5_000),
        ("mail-nested-messages", lambda n: HEAD + TYPE + b"message/rfc822\r\n\r\n" * 1 + b"Content-Type: message/rfc822\r\n\r\n" * n, 5_000),
        ("mail-tiny-parts", lambda n: multipart + b"--b\r\n\r\nx\r\n" * n + b"--b--", 20_000),
        ("mail-attachments", lambda n: multipart + b"--b\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n" * n, 4_000),
        ("mail-dashes", lambda n: multipart + b"--\r\n--" * n, 100_000),
        ("mail-dash-line", lambda n: multipart + b"-" * n, 500_000),
        ("mail-near-boundaries", lambda n: multipart + b"--bb\r\n" * n, 100_000),
        ("mail-long-boundary", lambda n: HEAD + TYPE + b"multipart/mixed; boundary=" + b"a" * n + b"\r\n\r\n--" + b"a" * n + b"\r\n\r\nx", 200_000),
        ("mail-base64-line", lambda n: body % b"base64" + b"QUJD" * n, 300_000),
        ("mail-base64-padding", lambda n: body % b"base64" + b"=" * n, 500_000),
        ("mail-qp-equals", lambda n: body % b"quoted-printable" + b"=" * n, 500_000),
        ("mail-qp-soft", lambda n: body % b"quoted-printable" + b"=\r\n" * n, 300_000),
        ("mail-qp-spaces", lambda n: body % b"quoted-printable" + b" " * n, 500_000),
        ("mail-uuencode", lambda n: body % b"x-uuencode" + b"begin 644 a\r\n" + b"M" * n, 500_000),
    ):
        one_mail(cases, name, content, count)


def same_names(cases):
    """Files of one name, and of names that would like to be elsewhere."""
    part = b"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"%s\"\r\n\r\n%d\r\n"
    multipart = HEAD + TYPE + b'multipart/mixed; boundary="b"\r\n\r\n'
    target = cases.folder / "saved"
    target.mkdir()
    names = (b"../../up", b"/etc/passwd", b"a\0b", b"a\x1b[2Jb", b"x" * 10_000, b"..", b".", b"", b"CON", b"a\xe2\x80\xaeb", b"\xff\xfe",
             b"-rf", b"\\..\\up")
    content = multipart + b"".join(part % (name, i) for i, name in enumerate(names)) + b"".join(part % (b"same", i) for i in range(200))
    found = cases.look("mail-same-names", mail(content), *STAYS, "--extract", target)
    saved = list(target.iterdir())
    cases.check(not any((cases.folder / name).exists() for name in ("up", "passwd")), "mail-same-names: nothing is written elsewhere")
    cases.check(all(path.is_file() and not path.is_symlink() for path in saved), "mail-same-names: files, and nothing else")
    cases.check(all(character.isprintable() for path in saved for character in path.name), "mail-same-names: names can be printed",
                [path.name for path in saved][:20])
    cases.check(len(saved) == 2 * len(found.of("file")) > 0, "mail-same-names: each file has a name of its own", (len(saved), found.datasets))
    written = {path.read_bytes() for path in saved}
    cases.check(b"198" in written, "mail-same-names: the last but one of the same name is there", len(saved))


def thousands_of_one_name(cases):
    """Finding a free name costs no more for the last of them than for the first."""
    part = b"--b\r\nContent-Disposition: attachment; filename=same.txt\r\n\r\n%d\r\n"
    content = HEAD + TYPE + b'multipart/mixed; boundary="b"\r\n\r\n' + b"".join(part % i for i in range(200))
    one = (*ENVELOPE, (CLIENT, content + b"\r\n.\r\n"), (SERVER, b"250 queued\r\n"))
    for attempt in range(4):  # creating files may be slow by itself, once
        cost = []
        for count in (3, 12):
            target = cases.folder / f"saved-{attempt}-{count}"
            target.mkdir()
            path = cases.write(f"mail-one-name-{count}", smtp(*one * count))
            cost.append(cases.seconds(path, *STAYS, "--extract", target))
            cases.equal(len(list(target.iterdir())), 200 * count, f"mail-one-name-{count}: all are saved")
        if cost[1] <= GROWTH * cost[0]:
            break
    cases.check(cost[1] <= GROWTH * cost[0], "mail-one-name: four times as much costs about four times as much", cost)


def hidden_secrets(cases):
    """A password stays hidden in every spelling that a program sends, and in some that none does."""
    secret = b"Xk9rosebud"
    plain = base64.b64encode(b"\0anna\0" + secret)
    for name, builder in (
        ("smtp-plain", smtp((CLIENT, b"AUTH PLAIN " + plain + b"\r\n"), (SERVER, b"235 ok\r\n"))),
        ("smtp-plain-odd", smtp((CLIENT, b"  aUtH\t pLaIn \t" + plain + b"\r\n"), (SERVER, b"235 ok\r\n"))),
        ("smtp-plain-misspelt", smtp((CLIENT, b"AUHT PLAIN " + plain + b"\r\n"), (SERVER, b"500 what\r\n"))),
        ("smtp-plain-equals", smtp((CLIENT, b"AUTH=PLAIN " + plain + b"\r\n"), (SERVER, b"235 ok\r\n"))),
        ("smtp-login", smtp((CLIENT, b"AUTH LOGIN\r\n"), (SERVER, b"334 VXNlcm5hbWU6\r\n"), (CLIENT, base64.b64encode(b"anna") + b"\r\n"),
                            (SERVER, b"334 UGFzc3dvcmQ6\r\n"), (CLIENT, base64.b64encode(secret) + b"\r\n"), (SERVER, b"235 ok\r\n"))),
        ("smtp-login-pipelined", smtp((CLIENT, b"AUTH LOGIN\r\n" + base64.b64encode(b"anna") + b"\r\n" + base64.b64encode(secret) + b"\r\n"),
                                      (SERVER, b"334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 ok\r\n"))),
        ("smtp-login-unasked", smtp((CLIENT, b"AUTH LOGIN\r\n"), (SERVER, b"334 \r\n"), (CLIENT, b"anna\r\n"), (SERVER, b"334 \r\n"),
                                    (CLIENT, secret + b"\r\n"), (SERVER, b"535 no\r\n"))),
        ("pop3-pass", pop3((CLIENT, b"  paSS  " + secret + b"\r\n"), (SERVER, b"+OK\r\n"))),
        ("pop3-pass-misspelt", pop3((CLIENT, b"PASSS " + secret + b"\r\n"), (SERVER, b"-ERR\r\n"))),
        ("pop3-pass-spaces", pop3((CLIENT, b"PASS a " + secret + b" b\r\n"), (SERVER, b"+OK\r\n"))),
        ("pop3-pass-tab", pop3((CLIENT, b"PASS\t" + secret + b"\r\n"), (SERVER, b"+OK\r\n"))),
        ("pop3-plain", pop3((CLIENT, b"AUTH PLAIN " + plain + b"\r\n"), (SERVER, b"+OK\r\n"))),
        ("pop3-plain-step", pop3((CLIENT, b"AUTH PLAIN\r\n"), (SERVER, b"+ \r\n"), (CLIENT, plain + b"\r\n"), (SERVER, b"+OK\r\n"))),
    ):
        cases.hides(name, builder, secret)


TESTS = (endless_lines, pipelined, long_headers, many_parts, same_names, thousands_of_one_name, hidden_secrets)
