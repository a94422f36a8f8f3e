# SPDX-License-Identifier: BSD-3-Clause
"""What must be heard of mail.sh: Postfix, Dovecot, swaks, curl and Python's clients."""

from hearing import get, lines_of, talk

ORDERS, NOISE = "Segelanweisung für Käpt’n.pdf", "Rauschen №7.bin"
SUBJECT = "Die Karten für die Überfahrt"

TALK = f"""
1 smtp 220 success
1 smtp EHLO lighthouse.example 250 success
1 smtp AUTH LOGIN 235 success user=bob
1 smtp MAIL FROM:<anna@lighthouse.example> 250 success
1 smtp RCPT TO:<alice@harbour.example> 250 success
1 smtp DATA 354 success
1 file {ORDERS} application/pdf upload smtp
1 file {NOISE} application/octet-stream upload smtp
1 mail {SUBJECT} {ORDERS} {NOISE}
1 smtp . 250 success
1 smtp QUIT 221 success
2 smtp 220 success
2 smtp EHLO lighthouse.example 250 success
2 smtp STARTTLS 220 success
3 pop3 +OK success
3 pop3 USER alice +OK success
3 pop3 PASS [hidden] +OK success user=alice
3 pop3 LIST +OK success
3 file {ORDERS} application/pdf download pop3
3 file {NOISE} application/octet-stream download pop3
3 pop3 RETR 1 +OK success
3 mail {SUBJECT} {ORDERS} {NOISE}
3 pop3 QUIT +OK success
4 pop3 +OK success
4 pop3 CAPA +OK success
4 pop3 AUTH CRAM-MD5 +OK success
4 file {ORDERS} application/pdf download pop3
4 file {NOISE} application/octet-stream download pop3
4 pop3 RETR 1 +OK success
4 mail {SUBJECT} {ORDERS} {NOISE}
4 pop3 QUIT +OK success
5 imap OK CAPABILITY success
5 imap CAPABILITY OK success
5 imap LOGIN alice [hidden] NO AUTHENTICATIONFAILED failure user=alice
5 imap LOGIN alice [hidden] OK success user=alice
5 imap LIST "" * OK success
5 imap EXAMINE INBOX OK READ-ONLY success
5 file {ORDERS} application/pdf download imap
5 file {NOISE} application/octet-stream download imap
5 mail {SUBJECT} {ORDERS} {NOISE}
5 imap FETCH 1 (UID BODY.PEEK[]) OK success
5 imap CLOSE OK success
5 imap LOGOUT OK success
"""

SUMMARY = {
    "records": ["smtp 11", "mail 4", "pop3 11", "imap 9", "tls 1", "file 8", "flow 5"],
    "files": ["transferred 8"],
    "logins in clear": ["imap 2 at 10.9.0.25 port 143", "smtp 1 at 10.9.0.25 port 25", "pop3 1 at 10.9.0.25 port 110"],
}

# As they are, and as SASL carries them: AUTH LOGIN's second line.
SECRETS = ["kelp-and-lantern", "kelp-without-lantern", "c2FsdC1tYXJzaC1oZXJvbg=="]


def look(heard, cases):
    records = heard.records
    cases.equal(talk(records, ("smtp", "pop3", "imap")), lines_of(TALK), "mail: what was said")
    heard.files_match(cases, [ORDERS, NOISE] * 4)
    heard.hides(cases, SECRETS)
    heard.sums_up(cases, SUMMARY)

    letters = [record["email"] for record in records if record["event"]["dataset"] == "mail"]
    for letter in letters:
        shown = [get(letter, name) for name in ("from.address", "to.address", "message_id", "content_type")]
        cases.equal(shown, [["anna@lighthouse.example"], ["alice@harbour.example"], "charts-1@lighthouse.example", "multipart/mixed"],
                    "mail: the header")
        cases.equal([(part["type"], part["size"]) for part in letter["parts"]],
                    [("text/plain", 26), ("application/pdf", 595), ("application/octet-stream", 60000)], "mail: the parts")
    envelope = {"from": "anna@lighthouse.example", "to": ["alice@harbour.example"]}
    cases.equal([letter.get("envelope") for letter in letters], [envelope, None, None, None], "mail: the envelope")

    listed = [get(record, "pop3.response.text") for record in records if get(record, "pop3.command") == "LIST"]
    cases.equal([text.splitlines()[0] for text in listed], ["2 messages:"], "mail: POP3's list")
    boxes = [[box["name"] for box in get(record, "imap.mailboxes")] for record in records if get(record, "imap.command") == "LIST"]
    cases.equal(list(map(sorted, boxes)), [["Drafts", "INBOX", "Sent", "Trash"]], "mail: IMAP's list")
    behind = [[get(record, name) for name in ("overhear.conversation", "tls.version", "tls.client.server_name", "tls.established")]
              for record in records if record["event"]["dataset"] == "tls"]
    cases.equal(behind, [[2, "1.3", "mail.harbour.example", True]], "mail: behind STARTTLS")
    cases.check(b"For nobody else" not in heard.output, "mail: what is encrypted stays so")
