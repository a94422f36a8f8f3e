/* SPDX-License-Identifier: BSD-3-Clause */
#include "mail_header_play.h"

#define WHO_AND_WHEN "From: a@b\nDate: Sun, 22 Nov 2026 13:00:00 GMT\n"
#define WHO_AND_WHEN_WRITTEN                                                                                           \
    "email.from.address=a@b\nemail.origination_timestamp=1795352400000000000\n"                                        \
    "email.date=Sun, 22 Nov 2026 13:00:00 GMT\n"

/* What a field gives beside From and Date. */
static void expect(const char *fields, const char *expected)
{
    static char header[32768], whole[32768];
    snprintf(header, sizeof header, WHO_AND_WHEN "%s", fields);
    snprintf(whole, sizeof whole, WHO_AND_WHEN_WRITTEN "%s", expected);
    play_header(header, whole);
}

static void subjects(void **state)
{
    (void)state;
    expect("Subject: Hello\n", "email.subject=Hello\n");
    expect("SUBJECT:  folded\r\n over lines \n", "email.subject=folded over lines\n");
    expect("Subject:\n", "email.subject=\n");
    expect("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n", "email.subject=Grüße\n<mail.encoded_words charset=utf-8>\n");
    expect("Subject: \xc3\xbc\n", "email.subject=ü\n<mail.eight_bit>\n");
}

static void identifiers(void **state)
{
    (void)state;
    expect("Message-ID: <1@x>\nIn-Reply-To: <2@x>\nReferences: <3@x>\r\n <4\r\n @x>\t<5@x>\n",
           "email.message_id=1@x\nemail.in_reply_to=2@x\nemail.references=3@x\nemail.references=4@x\n"
           "email.references=5@x\n");
    expect("Message-Id: naked@x \n", "email.message_id=naked@x\n");
    expect("Message-ID: <open@x\n", "email.message_id=open@x\n");
    expect("Message-ID: <>\nIn-Reply-To: \n", "");
}

static void small_fields(void **state)
{
    (void)state;
    expect("MIME-Version: 1.0 (some program)\n", "email.mime_version=1.0\n");
    expect("Content-Type: Text/HTML; charset=utf-8\n", "email.content_type=text/html\n");
    expect("X-Mailer: Program 1.0\nUser-Agent: other\n", "email.x_mailer=Program 1.0\n");
    expect("X-Originating-IP: [192.0.2.1]\n", "email.x_originating_ip=192.0.2.1\n");
    expect("X-Originating-IP: 2001:db8::1\n", "email.x_originating_ip=2001:db8::1\n");
    expect("X-Originating-IP: [\n", "");
    expect("X-Priority: 1 (Highest)\nImportance: low\n", "email.priority=high\n");
    expect("X-Priority: 3\n", "email.priority=normal\n");
    expect("Priority: non-urgent\n", "email.priority=low\n");
    expect("X-Priority: 9\n", "");
    expect("Auto-Submitted: Auto-Replied; owner-email=\"x\"\n", "email.auto_submitted=auto-replied\n");
    expect("Precedence: Bulk\n", "email.precedence=bulk\n");
    expect("Delivered-To: bob@x\nX-Original-To: <team@x>\n", "email.delivered_to=bob@x\nemail.delivered_to=team@x\n");
    expect("Disposition-Notification-To: A <a@b>\n",
           "email.receipt_to.address=a@b\nemail.receipt_to.name=A\n<mail.receipt>\n");
    expect("Resent-From: c@d\nResent-To: e@f\n", "email.resent.from.address=c@d\nemail.resent.to.address=e@f\n");
    expect("X-Unknown: what\nFroms: x\n", "");
}

static void lists(void **state)
{
    (void)state;
    expect("List-Id: A list, of course <list.example.org>\n", "email.list.id=list.example.org\n");
    expect("List-Id: list.example.org\n", "email.list.id=list.example.org\n");
    expect("List-Post: <mailto:list@x> (Postings)\n", "email.list.post=mailto:list@x\n");
    expect("List-Post: NO (closed)\n", "email.list.post=NO (closed)\n");
    expect("List-Unsubscribe: <mailto:leave@x>,\r\n <https://x/leave?a=1,2>\n",
           "email.list.unsubscribe=mailto:leave@x\nemail.list.unsubscribe=https://x/leave?a=1,2\n"
           "<mail.unsubscribe>\n");
}

static void return_paths(void **state)
{
    (void)state;
    expect("Return-Path: <a@b>\n", "email.return_path=a@b\n");
    expect("Return-Path: <>\n", "email.return_path=\n<mail.null_sender>\n");
    expect("Return-Path:\n", "");
}

static void signatures(void **state)
{
    (void)state;
    expect("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;\r\n d=example.org; s=key1; t=1795352000;\r\n"
           " x=1795352300; h=From:To:\r\n Subject; l=100; bh=x=; b=abc\r\n def==\n",
           "email.dkim:\n  domain=example.org\n  selector=key1\n  algorithm=rsa-sha256\n  headers=3\n"
           "  <mail.dkim_length size=100>\n  signed=1795352000000000000\n  expires=1795352300000000000\n"
           "  <mail.dkim_expired time=100000000000>\n");
    expect("DKIM-Signature: d=a; d=b; x=1795352401\n", "email.dkim:\n  domain=a\n  expires=1795352401000000000\n");
    expect("DKIM-Signature: d = ex\r\n ample.org ; x=99999999999999999999\n", "email.dkim:\n  domain=example.org\n");
    expect("DKIM-Signature: nonsense\n", "");
    expect("ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x.org; s=k; b=x\n",
           "email.arc:\n  instance=1\n  cv=none\n  domain=x.org\n  selector=k\n  algorithm=rsa-sha256\n");
    expect("ARC-Seal:\n", "");
}

static void results(void **state)
{
    (void)state;
    expect("Authentication-Results: mx.x.org;\r\n spf=pass (x; y) smtp.mailfrom=bob@s.org;\r\n"
           " dkim=fail reason=\"bad; worse\" header.i=@d.org header.d = d.org header.b=\"a\";\r\n"
           " dmarc=pass (p=none) header.from=f.org; iprev=pass policy.iprev=192.0.2.1; x-odd = Maybe\n",
           "email.authentication:\n  method=spf\n  result=pass\n  <mail.spf_pass>\n  domain=s.org\n  server=mx.x.org\n"
           "email.authentication:\n  method=dkim\n  result=fail\n  <mail.dkim_fail>\n  domain=d.org\n"
           "  server=mx.x.org\n"
           "email.authentication:\n  method=dmarc\n  result=pass\n  <mail.dmarc_pass>\n  domain=f.org\n"
           "  server=mx.x.org\n"
           "email.authentication:\n  method=iprev\n  result=pass\n  server=mx.x.org\n"
           "email.authentication:\n  method=x-odd\n  result=maybe\n  server=mx.x.org\n");
    expect("Authentication-Results: mx.x.org 1; none\n", "");
    expect("Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=x.org; dkim/1=none\n",
           "email.authentication:\n  method=spf\n  result=pass\n  <mail.spf_pass>\n  domain=x.org\n"
           "email.authentication:\n  method=dkim\n  result=none\n  <mail.dkim_none>\n");
    expect("ARC-Authentication-Results: i=2; mx.x.org; arc=pass\n",
           "email.authentication:\n  method=arc\n  result=pass\n  <mail.arc_pass>\n  server=mx.x.org\n  instance=2\n");
    expect("Received-SPF: SoftFail (x.org: ip=1) client-ip=192.0.2.1; envelope-from=\"a@s.org\"; helo=h;"
           " receiver=mx.x.org;\n",
           "email.authentication:\n  method=spf\n  result=softfail\n  <mail.spf_softfail>\n  domain=s.org\n"
           "  server=mx.x.org\n");
    expect("Received-SPF: none (x)\n", "email.authentication:\n  method=spf\n  result=none\n  <mail.spf_none>\n");
    expect("Authentication-Results:\nReceived-SPF:\nARC-Authentication-Results:\n", "");
}

static void repeated_fields(void **state)
{
    (void)state;
    play_header("From: a@b\nFrom: evil@c\nSubject: one\nSubject: two\nSubject: three\n"
                "Date: Sun, 22 Nov 2026 13:00:00 GMT\nX-Mailer: a\nX-Mailer: b\n",
                "anomaly\nemail.from.address=a@b\nemail.from.address=evil@c\nemail.subject=one\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 GMT\n"
                "email.x_mailer=a\n<mail.repeated name=From>\n<mail.repeated name=Subject>\n");
}

static void what_is_missing(void **state)
{
    (void)state;
    play_header("Subject: x\n", "email.subject=x\n<mail.no_from_no_date>\n");
    play_header("From: a@b\n", "email.from.address=a@b\n<mail.no_date>\n");
    play_header("Date: Sun, 22 Nov 2026 13:00:00 GMT\n",
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 GMT\n"
                "<mail.no_from>\n");
    play_header("", "");
}

static void dates(void **state)
{
    (void)state;
    play_header("From: a@b\nDate: Sun, 22 Nov 2026 13:06:00 GMT\n",
                "email.from.address=a@b\nemail.origination_timestamp=1795352760000000000\n"
                "email.date=Sun, 22 Nov 2026 13:06:00 GMT\n<mail.from_the_future time=360000000000>\n");
    play_header("From: a@b\nDate: Sat, 14 Nov 2026 13:00:00 GMT\n",
                "email.from.address=a@b\nemail.origination_timestamp=1794661200000000000\n"
                "email.date=Sat, 14 Nov 2026 13:00:00 GMT\n<mail.old time=691200000000000>\n");
    play_header("From: a@b\nDate: tomorrow\n", "email.from.address=a@b\nemail.date=tomorrow\n<mail.bad_date>\n");
}

static void answers_elsewhere(void **state)
{
    (void)state;
    expect("Reply-To: A <a@other.org>\n",
           "email.reply_to.address=a@other.org\nemail.reply_to.name=A\n<mail.reply_elsewhere domain=other.org>\n");
    expect("Reply-To: c@B\n", "email.reply_to.address=c@B\n");
    play_header("From: \"boss@corp.org\" <x@y>\nDate: Sun, 22 Nov 2026 13:00:00 GMT\n",
                "email.from.address=x@y\nemail.from.name=boss@corp.org\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 GMT\n"
                "<mail.name_is_address>\n");
    play_header("From: \"X@y\" <x@y>\nDate: Sun, 22 Nov 2026 13:00:00 GMT\n",
                "email.from.address=x@y\n"
                "email.origination_timestamp=1795352400000000000\nemail.date=Sun, 22 Nov 2026 13:00:00 GMT\n");
}

static void read_with_envelope(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    uint64_t block[MAIL_HEADERS_BYTES / sizeof(uint64_t)] = {0};
    struct mail_headers *headers = (struct mail_headers *)(void *)block;
    struct transaction *transaction = transaction_open(emitter, 0, message);
    assert_non_null(transaction);
    struct record *record = &transaction->record;
    record_text(record, MAIL_ENVELOPE_FROM, message->bytes);
    mail_header_record(emitter, headers, record, bytes_text("From"), bytes_text(" a@b"));
    mail_header_record(emitter, headers, record, bytes_text("Sender"), bytes_text(" s@t"));
    mail_header_record(emitter, headers, record, bytes_text("Date"), bytes_text(" Sun, 22 Nov 2026 13:00:00 GMT"));
    mail_headers_finish(emitter, headers, record);
    mail_explain_envelope(record);
    transaction_close(emitter, transaction);
}

static void envelopes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a@b", NULL},
        {"A@B", NULL},
        {"s@t", NULL},
        {"other@b", "<mail.envelope_differs>"},
        {"other@c", "<mail.envelope_elsewhere>"},
        {"", "<mail.null_sender>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *written = play_run(read_with_envelope, bytes_text(cases[i][0]));
        const char *note = strchr(written, '<');
        if (!cases[i][1]) {
            assert_null(note);
            continue;
        }
        assert_non_null(note);
        assert_memory_equal(note, cases[i][1], strlen(cases[i][1]));
    }
}

static void read_after_the_end(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    uint64_t block[MAIL_HEADERS_BYTES / sizeof(uint64_t)] = {0};
    struct mail_headers *headers = (struct mail_headers *)(void *)block;
    struct transaction *transaction = transaction_open(emitter, 0, message);
    assert_non_null(transaction);
    mail_header_record(emitter, headers, &transaction->record, bytes_text("Subject"), bytes_text("x"));
    transaction->record.incomplete = true;
    mail_headers_finish(emitter, headers, &transaction->record);
    mail_header_record(emitter, headers, &transaction->record, bytes_text("From"), message->bytes);
    mail_headers_finish(emitter, headers, &transaction->record);
    transaction_close(emitter, transaction);
}

/* And what was cut off may have held what is missing. */
static void after_the_end_nothing_is_taken(void **state)
{
    (void)state;
    assert_int_equal(mail_headers_size, sizeof(struct mail_headers));
    assert_string_equal(play_run(read_after_the_end, bytes_text("a@b")), "email.subject=x\n");
}

/* Beside the size, which is always shown. */
static void read_attachment(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    static char types[2][64];
    size_t space = bytes_find(message->bytes, ' ', 0);
    struct transaction *transaction = transaction_open(emitter, 0, message);
    assert_non_null(transaction);
    types[0][bytes_copy(types[0], 63, bytes_first(message->bytes, space))] = '\0';
    types[1][bytes_copy(types[1], 63, bytes_skip(message->bytes, space + 1))] = '\0';
    record_group_begin(&transaction->record, MAIL_ATTACHMENTS);
    record_integer(&transaction->record, MAIL_ATTACHMENT_SIZE, 1);
    mail_explain_attachment(&transaction->record, types[0], types[1][0] ? types[1] : NULL);
    record_group_end(&transaction->record);
    transaction_close(emitter, transaction);
}

static void disguises(void **state)
{
    (void)state;
    static const struct {
        const char *types, *note;
    } cases[] = {
        {"image/png image/png", ""},
        {"image/jpg image/jpeg", ""},
        {"image/png ", ""},
        {"image/png application/octet-stream", ""},
        {"image/png application/zip", "mail.other_type type=application/zip"},
        {"application/pdf text/html", "mail.other_type type=text/html"},
        {"application/pdf application/pdf", ""},
        {"application/x-zip application/zip", ""},
        {" application/zip", ""},
        {" application/x-elf", "mail.program type=application/x-elf"},
        {"application/pdf application/x-elf", "mail.program type=application/x-elf"},
        {"text/plain text/x-shellscript", "mail.program type=text/x-shellscript"},
        {"audio/mpeg video/mp4", "mail.other_type type=video/mp4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[256];
        snprintf(expected, sizeof expected, "email.attachments:\n  file.size=1\n%s%s%s", *cases[i].note ? "  <" : "",
                 cases[i].note, *cases[i].note ? ">\n" : "");
        assert_string_equal(play_run(read_attachment, bytes_text(cases[i].types)), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects),
        cmocka_unit_test(identifiers),
        cmocka_unit_test(small_fields),
        cmocka_unit_test(lists),
        cmocka_unit_test(return_paths),
        cmocka_unit_test(signatures),
        cmocka_unit_test(results),
        cmocka_unit_test(repeated_fields),
        cmocka_unit_test(what_is_missing),
        cmocka_unit_test(dates),
        cmocka_unit_test(answers_elsewhere),
        cmocka_unit_test(envelopes),
        cmocka_unit_test(after_the_end_nothing_is_taken),
        cmocka_unit_test(disguises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
