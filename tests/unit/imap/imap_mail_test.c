/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages that FETCH brings and APPEND sends, each session cut in many ways.
 */
#include "imap/imap.h"
#include "text/play.h"

const struct dissector *const dissector_registry[] = {&imap_dissector, NULL};

static void fetched_forms(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1:6 RFC822\r\n", 0},
        {'S',
         "* 1 FETCH (RFC822 \"Subject: q\\\"q\\\\\" UID 7)\r\n* 2 FETCH (BODY[] NIL)\r\n* 3 FETCH (BINARY[] "
         "~{24}\r\nSubject: tides\r\n\r\nhigh\r\n UID 3)\r\n* 4 FETCH (BODY[]<0> {10}\r\nSubject: t)\r\n* 5 FETCH "
         "(BODY[]<10> {4}\r\nides)\r\n* 6 FETCH (RFC822.HEADER {12}\r\nSubject: h\r\n)\r\na OK\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success\n"
                "email.subject=q\"q\\\n"
                "email.bytes=13\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "mail success\n"
                "email.bytes=10\n"
                "mail success\n"
                "email.subject=h\n"
                "email.bytes=12\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1:6 RFC822\n"
                "imap.items=RFC822\n"
                "imap.response.untagged=1 FETCH (RFC822 \"Subject: q\\\"q\\\\\" UID 7)\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "imap.fetched.messages=6\n"
                "imap.fetched.bytes=63\n"
                "imap.response.untagged=2 FETCH (BODY[] NIL)\n"
                "imap.response.untagged=3 FETCH (BINARY[] ~{24 bytes} UID 3)\n"
                "imap.response.untagged=4 FETCH (BODY[]<0> {10 bytes})\n"
                "imap.response.untagged=5 FETCH (BODY[]<10> {4 bytes})\n"
                "imap.response.untagged=6 FETCH (RFC822.HEADER {12 bytes})\n"
                "imap.response.status=OK\n");
}

/* Parts become no mails. Header fields do, in whichever way their names are written. */
static void parts(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1 (BODY[1])\r\n", 0},
        {'S',
         "* 1 FETCH (BODY[1] {5}\r\nhello BODY[TEXT] {2}\r\nhi BODY[HEADER.FIELDS (\"FROM\" {2}\r\nTO)] {5}\r\nTo:\r\n "
         "ENVELOPE (\"d\" {3}\r\na\"b ((NIL NIL \"a\" \"b\"))) BODY[] \"\")\r\na OK\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success\n"
                "email.bytes=5\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1 (BODY[1])\n"
                "imap.items=BODY[1]\n"
                "<imap.item_part>\n"
                "imap.response.untagged=1 FETCH (BODY[1] {5 bytes} BODY[TEXT] {2 bytes} BODY[HEADER.FIELDS (\"FROM\" "
                "{2 bytes})] {5 bytes} ENVELOPE (\"d\" \"a\\\"b\" ((NIL NIL \"a\" \"b\"))) BODY[] \"\")\n"
                "<imap.fetch>\n"
                "<imap.fetch_part>\n"
                "imap.fetched.messages=1\n"
                "imap.fetched.bytes=12\n"
                "imap.response.status=OK\n");
}

/* What clients ask for to list a mailbox. A long list of names does not hide which item it is; an answer without any of
 * the fields, ranges that do not begin at the beginning, and fields of a message inside make no mail. */
static void header_fields(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1:5 (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])\r\n", 0},
        {'S',
         "* 1 FETCH (BODY[HEADER.FIELDS (DATE FROM SENDER REPLY-TO SUBJECT TO CC \"X]\" MESSAGE-ID)] {18}\r\n"
         "Subject: tides\r\n\r\n UID 1)\r\n"
         "* 2 FETCH (UID 2 body[header.fields.not (DATE)]<0> \"Subject: s\")\r\n"
         "* 3 FETCH (BODY[HEADER.FIELDS (X-NONE)] {2}\r\n\r\n)\r\n"
         "* 4 FETCH (BODY[HEADER.FIELDS (SUBJECT)]<7> {3}\r\n: x)\r\n"
         "* 5 FETCH (BODY[2.HEADER.FIELDS (SUBJECT)] {12}\r\nSubject: i\r\n)\r\na OK\r\n",
         0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=18\n"
                "mail success\n"
                "email.bytes=10\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1:5 (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])\n"
                "imap.items=BODY.PEEK[HEADER.FIELDS]\n"
                "imap.response.untagged=1 FETCH (BODY[HEADER.FIELDS (DATE FROM SENDER REPLY-TO SUBJECT TO CC \"X]\" "
                "MESSAGE-ID)] {18 bytes} UID 1)\n"
                "<imap.fetch>\n"
                "<imap.fetch_part>\n"
                "imap.fetched.messages=5\n"
                "imap.fetched.bytes=45\n"
                "imap.response.untagged=2 FETCH (UID 2 body[header.fields.not (DATE)]<0> \"Subject: s\")\n"
                "imap.response.untagged=3 FETCH (BODY[HEADER.FIELDS (X-NONE)] {2 bytes})\n"
                "imap.response.untagged=4 FETCH (BODY[HEADER.FIELDS (SUBJECT)]<7> {3 bytes})\n"
                "imap.response.untagged=5 FETCH (BODY[2.HEADER.FIELDS (SUBJECT)] {12 bytes})\n"
                "imap.response.status=OK\n");
}

static void append(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a APPEND Sent (\\Seen) {24}\r\n", 0},
        {'S', "+ go\r\n", 0},
        {'C', "Subject: tides\r\n\r\nhigh\r\n\r\n", 0},
        {'S', "a OK [APPENDUID 1 2] done\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=APPEND\n"
                "imap.response.continuation=go\n"
                "<imap.go_on>\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=Sent (\\Seen) {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.flags=\\Seen\n"
                "imap.response.status=OK\n"
                "imap.response.code=APPENDUID\n"
                "imap.response.code_data=1 2\n"
                "imap.response.text=done\n");
}

static void append_refused(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a APPEND Sent {24}\r\n", 0},
        {'S', "a NO [TRYCREATE] no\r\n", 0},
        {'C', "b APPEND {4}\r\n", 0},
        {'S', "+ go\r\n", 0},
        {'C', "Sent {24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\n", 0},
        {'S', "b NO [OVERQUOTA] full\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap failure\n"
                "imap.tag=a\n"
                "imap.command=APPEND\n"
                "imap.argument=Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=NO\n"
                "imap.response.code=TRYCREATE\n"
                "imap.response.text=no\n"
                "mail failure\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap failure\n"
                "imap.tag=b\n"
                "imap.command=APPEND\n"
                "imap.response.continuation=go\n"
                "<imap.go_on>\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument={4}\n"
                "Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=NO\n"
                "imap.response.code=OVERQUOTA\n"
                "imap.response.text=full\n");
}

static void several(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C',
         "a APPEND Sent {24+}\r\nSubject: tides\r\n\r\nhigh\r\n (\\Seen) ~{24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\nb "
         "NOOP\r\n",
         0},
        {'S', "a OK\r\nb OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=2\n"
                "imap.appended.bytes=48\n"
                "imap.argument=Sent {24 bytes} (\\Seen) ~{24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n");
}

/* Of more than four uploads in flight the oldest do not wait for the verdict. */
static void many(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C',
         "a APPEND Sent {24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\nb APPEND Sent {24+}\r\nSubject: "
         "tides\r\n\r\nhigh\r\n\r\nc APPEND Sent {24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\nd APPEND Sent "
         "{24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\ne APPEND Sent {24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\n",
         0},
        {'S', "a OK\r\nb OK\r\nc OK\r\nd OK\r\ne OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail unknown\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=OK\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=OK\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=c\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=OK\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=d\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=OK\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=e\n"
                "imap.command=APPEND\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=Sent {24 bytes}\n"
                "imap.mailbox=Sent\n"
                "imap.response.status=OK\n");
}

static void catenate(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C',
         "a APPEND Sent CATENATE (TEXT {16+}\r\nSubject: tides\r\n URL \"/INBOX/;UID=3\" TEXT {6+}\r\n\r\nhigh) "
         "(\\Seen) {24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\n",
         0},
        {'S', "a OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(
        143, false, steps,
        "imap success\n"
        "imap.response.untagged=PREAUTH hi\n"
        "<imap.greeting_preauth>\n"
        "imap.response.status=PREAUTH\n"
        "imap.response.text=hi\n"
        "mail success\n"
        "email.subject=tides\n"
        "email.bytes=22\n"
        "mail success\n"
        "email.subject=tides\n"
        "email.bytes=24\n"
        "imap success\n"
        "imap.tag=a\n"
        "imap.command=APPEND\n"
        "imap.appended.messages=2\n"
        "imap.appended.bytes=46\n"
        "imap.argument=Sent CATENATE (TEXT {16 bytes} URL \"/INBOX/;UID=3\" TEXT {6 bytes}) (\\Seen) {24 bytes}\n"
        "imap.mailbox=Sent\n"
        "imap.response.status=OK\n");
}

static void replace(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a UID REPLACE 4 Drafts {24+}\r\nSubject: tides\r\n\r\nhigh\r\n\r\n", 0},
        {'S', "* 5 EXISTS\r\na OK [APPENDUID 1 9]\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=UID REPLACE\n"
                "imap.appended.messages=1\n"
                "imap.appended.bytes=24\n"
                "imap.argument=4 Drafts {24 bytes}\n"
                "imap.mailbox=Drafts\n"
                "imap.response.untagged=5 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=5\n"
                "imap.response.status=OK\n"
                "imap.response.code=APPENDUID\n"
                "imap.response.code_data=1 9\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetched_forms), cmocka_unit_test(parts),          cmocka_unit_test(header_fields),
        cmocka_unit_test(append),        cmocka_unit_test(append_refused), cmocka_unit_test(several),
        cmocka_unit_test(many),          cmocka_unit_test(catenate),       cmocka_unit_test(replace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
