/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole sessions, each cut in many ways: commands, what answers them, and which response belongs to which.
 */
#include "imap/imap.h"
#include "text/play.h"

const struct dissector *const dissector_registry[] = {&imap_dissector, NULL};

static void by_hand(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n", 0},
        {'C', "a1 login alice sesame\r\n", 0},
        {'S', "a1 OK Logged in\r\n", 0},
        {'C', "a2 SELECT INBOX\r\n", 0},
        {'S',
         "* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n* 3 EXISTS\r\n* 1 RECENT\r\n* OK "
         "[UIDVALIDITY 17] ok\r\na2 OK [READ-WRITE] Selected\r\n",
         0},
        {'C', "a3 FETCH 3 body[]\r\n", 0},
        {'S', "* 3 FETCH (FLAGS (\\Seen) BODY[] {24}\r\nSubject: tides\r\n\r\nhigh\r\n)\r\na3 OK done\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK [CAPABILITY IMAP4rev1 IDLE] hello\n"
                "<imap.greeting>\n"
                "<imap.code.capability>\n"
                "imap.response.status=OK\n"
                "imap.response.code=CAPABILITY\n"
                "imap.response.code_data=IMAP4rev1 IDLE\n"
                "imap.response.text=hello\n"
                "imap.capabilities=IMAP4rev1\n"
                "imap.capabilities=IDLE\n"
                "imap success\n"
                "imap.tag=a1\n"
                "imap.command=LOGIN\n"
                "imap.argument=alice ******\n"
                "user.name=alice\n"
                "user.password=sesame\n"
                "<imap.password_in_clear>\n"
                "imap.response.status=OK\n"
                "imap.response.text=Logged in\n"
                "imap success\n"
                "imap.tag=a2\n"
                "imap.command=SELECT\n"
                "imap.argument=INBOX\n"
                "imap.mailbox=INBOX\n"
                "imap.response.untagged=FLAGS (\\Seen \\Deleted)\n"
                "<imap.flags>\n"
                "imap.mailbox_flags=\\Seen\n"
                "imap.mailbox_flags=\\Deleted\n"
                "imap.response.untagged=OK [PERMANENTFLAGS (\\Seen \\*)] ok\n"
                "<imap.code.permanentflags>\n"
                "imap.response.untagged=3 EXISTS\n"
                "<imap.exists>\n"
                "imap.exists=3\n"
                "imap.response.untagged=1 RECENT\n"
                "<imap.recent>\n"
                "imap.recent=1\n"
                "imap.response.untagged=OK [UIDVALIDITY 17] ok\n"
                "<imap.code.uidvalidity>\n"
                "imap.uid_validity=17\n"
                "imap.response.status=OK\n"
                "imap.response.code=READ-WRITE\n"
                "imap.response.text=Selected\n"
                "mail success\n"
                "email.subject=tides\n"
                "email.bytes=24\n"
                "imap success\n"
                "imap.tag=a3\n"
                "imap.command=FETCH\n"
                "imap.argument=3 body[]\n"
                "imap.selected=INBOX\n"
                "imap.items=BODY[]\n"
                "imap.response.untagged=3 FETCH (FLAGS (\\Seen) BODY[] {24 bytes})\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "<imap.flag.seen>\n"
                "imap.fetched.messages=1\n"
                "imap.fetched.bytes=24\n"
                "imap.response.status=OK\n"
                "imap.response.text=done\n");
}

static void goodbye(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a4 LOGOUT\r\n", 0},
        {'S', "* BYE see you\r\na4 OK bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a4\n"
                "imap.command=LOGOUT\n"
                "imap.response.untagged=BYE see you\n"
                "<imap.bye>\n"
                "imap.response.status=OK\n"
                "imap.response.text=bye\n");
}

/* Untagged responses go to the oldest command that can have caused them, answers come in any order. */
static void in_flight(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1 FLAGS\r\nb UID FETCH 9 FLAGS\r\nc SEARCH ALL\r\nd STATUS Sent (MESSAGES)\r\n", 0},
        {'S',
         "* SEARCH 1 2\r\n* 1 FETCH (FLAGS ())\r\n* STATUS Sent (MESSAGES 4)\r\n* 3 FETCH (UID 9 FLAGS (\\Seen))\r\nd "
         "OK\r\na OK\r\nb OK\r\n* 5 EXISTS\r\nc OK\r\n* 6 EXISTS\r\n",
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
                "imap success\n"
                "imap.tag=d\n"
                "imap.command=STATUS\n"
                "imap.argument=Sent (MESSAGES)\n"
                "imap.mailbox=Sent\n"
                "imap.response.untagged=STATUS Sent (MESSAGES 4)\n"
                "<imap.status>\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1 FLAGS\n"
                "imap.items=FLAGS\n"
                "imap.response.untagged=1 FETCH (FLAGS ())\n"
                "<imap.fetch>\n"
                "imap.fetched.messages=1\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=UID FETCH\n"
                "imap.argument=9 FLAGS\n"
                "imap.items=FLAGS\n"
                "imap.response.untagged=3 FETCH (UID 9 FLAGS (\\Seen))\n"
                "<imap.fetch>\n"
                "<imap.flag.seen>\n"
                "imap.fetched.messages=1\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=c\n"
                "imap.command=SEARCH\n"
                "imap.argument=ALL\n"
                "imap.response.untagged=SEARCH 1 2\n"
                "<imap.found>\n"
                "imap.found=2\n"
                "imap.response.untagged=5 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=5\n"
                "imap.response.status=OK\n"
                "imap unknown\n"
                "imap.response.untagged=6 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=6\n");
}

static void search_correlator(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a SEARCH RETURN (COUNT) ALL\r\nb UID SEARCH RETURN (COUNT) UNSEEN\r\n", 0},
        {'S', "* ESEARCH (TAG \"b\") UID COUNT 2\r\nb OK\r\n* ESEARCH (TAG \"a\") COUNT 7\r\na OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=UID SEARCH\n"
                "imap.argument=RETURN (COUNT) UNSEEN\n"
                "imap.response.untagged=ESEARCH (TAG \"b\") UID COUNT 2\n"
                "<imap.found>\n"
                "imap.found=2\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=SEARCH\n"
                "imap.argument=RETURN (COUNT) ALL\n"
                "imap.response.untagged=ESEARCH (TAG \"a\") COUNT 7\n"
                "<imap.found>\n"
                "imap.found=7\n"
                "imap.response.status=OK\n");
}

/* It lasts longer than other commands may. */
static void idle(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'T', NULL, 1},
        {'C', "a IDLE\r\n", 0},
        {'S', "+ idling\r\n", 0},
        {'T', NULL, 500},
        {'S', "* 4 EXISTS\r\n", 0},
        {'T', NULL, 1500},
        {'C', "done\r\n", 0},
        {'S', "a OK Idle completed\r\n", 0},
        {'C', "b NOOP\r\n", 0},
        {'S', "b OK\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=IDLE\n"
                "imap.response.continuation=idling\n"
                "<imap.idling>\n"
                "imap.response.untagged=4 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=4\n"
                "imap.idle_end=DONE\n"
                "<imap.idled>\n"
                "imap.response.status=OK\n"
                "imap.response.text=Idle completed\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n");
}

static void alone(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C', "a NOOP\r\n", 0},
        {'S', "a OK\r\n* 3 EXISTS\r\n* BYE Autologout\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=NOOP\n"
                "imap.response.status=OK\n"
                "imap unknown\n"
                "imap.response.untagged=3 EXISTS\n"
                "<imap.exists_now>\n"
                "imap.exists=3\n"
                "imap failure\n"
                "imap.response.untagged=BYE Autologout\n"
                "<imap.bye_unasked>\n"
                "imap.response.status=BYE\n"
                "imap.response.text=Autologout\n");
}

static void refused(void **state)
{
    static const struct step steps[] = {
        {'S', "* BYE too busy\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap failure\n"
                "imap.response.untagged=BYE too busy\n"
                "<imap.greeting_bye>\n"
                "imap.response.status=BYE\n"
                "imap.response.text=too busy\n");
}

static void id_and_list(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a ID (\"name\" \"x y\" \"os\" NIL)\r\n", 0},
        {'S', "* ID (\"name\" \"srv\")\r\na OK\r\n", 0},
        {'C', "b LIST \"\" \"*\"\r\n", 0},
        {'S', "* LIST (\\HasNoChildren \\Drafts) \"/\" Entw&APw-rfe\r\n* LIST (\\Noselect) NIL {3}\r\na\"b\r\nb OK\r\n",
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
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=ID\n"
                "imap.argument=(\"name\" \"x y\" \"os\" NIL)\n"
                "imap.id:\n"
                "  side=client\n"
                "  name=name\n"
                "  value=x y\n"
                "imap.response.untagged=ID (\"name\" \"srv\")\n"
                "<imap.id>\n"
                "imap.id:\n"
                "  side=server\n"
                "  name=name\n"
                "  value=srv\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=b\n"
                "imap.command=LIST\n"
                "imap.argument=\"\" \"*\"\n"
                "<imap.list_all>\n"
                "imap.response.untagged=LIST (\\HasNoChildren \\Drafts) \"/\" Entw&APw-rfe\n"
                "<imap.list>\n"
                "<imap.attribute.hasnochildren>\n"
                "<imap.attribute.drafts>\n"
                "<imap.mailbox_name>\n"
                "<imap.mailbox_coding>\n"
                "imap.mailboxes:\n"
                "  name=Entw\303\274rfe\n"
                "  delimiter=/\n"
                "  attributes=\\HasNoChildren \\Drafts\n"
                "imap.response.untagged=LIST (\\Noselect) NIL \"a\\\"b\"\n"
                "<imap.attribute.noselect>\n"
                "imap.mailboxes:\n"
                "  name=a\"b\n"
                "  attributes=\\Noselect\n"
                "imap.response.status=OK\n");
}

static void names_in_utf8(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "c ENABLE UTF8=ACCEPT\r\n", 0},
        {'S', "* ENABLED UTF8=ACCEPT\r\nc OK\r\n", 0},
        {'C', "d SELECT \"Entw\303\274rfe & Co\"\r\n", 0},
        {'S', "d OK [READ-ONLY]\r\n", 0},
        {'C', "e STORE 2 +FLAGS (\\Deleted)\r\n", 0},
        {'S', "* 2 FETCH (FLAGS (\\Deleted))\r\ne OK\r\n", 0},
        {'C', "f RENAME a b\r\n", 0},
        {'S', "f NO [ALREADYEXISTS] b\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=PREAUTH hi\n"
                "<imap.greeting_preauth>\n"
                "imap.response.status=PREAUTH\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=c\n"
                "imap.command=ENABLE\n"
                "imap.argument=UTF8=ACCEPT\n"
                "imap.response.untagged=ENABLED UTF8=ACCEPT\n"
                "<imap.enabled>\n"
                "imap.capabilities=UTF8=ACCEPT\n"
                "imap.response.status=OK\n"
                "imap success\n"
                "imap.tag=d\n"
                "imap.command=SELECT\n"
                "imap.argument=\"Entw\303\274rfe & Co\"\n"
                "imap.mailbox=Entw\303\274rfe & Co\n"
                "imap.response.status=OK\n"
                "imap.response.code=READ-ONLY\n"
                "imap success\n"
                "imap.tag=e\n"
                "imap.command=STORE\n"
                "imap.argument=2 +FLAGS (\\Deleted)\n"
                "imap.selected=Entw\303\274rfe & Co\n"
                "<imap.store_add>\n"
                "imap.flags=\\Deleted\n"
                "imap.response.untagged=2 FETCH (FLAGS (\\Deleted))\n"
                "<imap.fetch_flags>\n"
                "<imap.flag.deleted>\n"
                "imap.fetched.messages=1\n"
                "imap.response.status=OK\n"
                "imap failure\n"
                "imap.tag=f\n"
                "imap.command=RENAME\n"
                "imap.argument=a b\n"
                "imap.mailbox=a\n"
                "imap.new_mailbox=b\n"
                "imap.response.status=NO\n"
                "imap.response.code=ALREADYEXISTS\n"
                "imap.response.text=b\n");
}

static void mistakes(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},
        {'C',
         "a1 FETCH 1 (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM)] BODY[1.2.MIME]<0.10> ENVELOPE) (CHANGEDSINCE 3)\r\n",
         0},
        {'S', "a1 BAD no\r\nzz OK what\r\nnonsense here\r\nmore nonsense\r\n* 2 EXISTS\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(
        143, false, steps,
        "imap success\n"
        "imap.response.untagged=OK hi\n"
        "<imap.greeting>\n"
        "imap.response.status=OK\n"
        "imap.response.text=hi\n"
        "imap failure\n"
        "imap.tag=a1\n"
        "imap.command=FETCH\n"
        "imap.argument=1 (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM)] BODY[1.2.MIME]<0.10> ENVELOPE) (CHANGEDSINCE 3)\n"
        "imap.items=FLAGS\n"
        "imap.items=BODY.PEEK[HEADER.FIELDS]\n"
        "imap.items=BODY[1.2.MIME]\n"
        "<imap.item_part>\n"
        "imap.items=ENVELOPE\n"
        "imap.response.status=BAD\n"
        "imap.response.text=no\n"
        "anomaly\n"
        "overhear.anomaly.name=imap.unknown_tag\n"
        "overhear.anomaly.detail=a response to no command that was seen\n"
        "imap success\n"
        "imap.tag=zz\n"
        "imap.response.status=OK\n"
        "imap.response.text=what\n"
        "anomaly\n"
        "overhear.anomaly.name=imap.bad_line\n"
        "overhear.anomaly.detail=the server sends a line that is no response\n"
        "imap unknown\n"
        "imap.response.untagged=2 EXISTS\n"
        "<imap.exists_now>\n"
        "imap.exists=2\n");
}

static void starttls(void **state)
{
    static const struct step steps[] = {
        {'S', "* OK hi\r\n", 0},  {'C', "a STARTTLS\r\n", 0},
        {'S', "a OK go\r\n", 0},  {'C', "\026\003\001\000\005hello", 10},
        {'S', "\026\003\001", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(143, false, steps,
                "imap success\n"
                "imap.response.untagged=OK hi\n"
                "<imap.greeting>\n"
                "imap.response.status=OK\n"
                "imap.response.text=hi\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=STARTTLS\n"
                "imap.response.status=OK\n"
                "imap.response.text=go\n");
}

static void deep(void **state)
{
    static const struct step steps[] = {
        {'S', "* PREAUTH hi\r\n", 0},
        {'C', "a FETCH 1 BODYSTRUCTURE\r\n", 0},
        {'S',
         "* 1 FETCH (BODYSTRUCTURE "
         "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((()))))))))))))))))))))))))))))"
         "))))))))))))))))))))))))))))))))))))))))))))))))))) BODY[] {3}\r\nx:y)\r\na OK\r\n",
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
                "anomaly\n"
                "overhear.anomaly.name=imap.too_deep\n"
                "overhear.anomaly.detail=lists are nested more than 64 deep\n"
                "mail success\n"
                "email.bytes=3\n"
                "imap success\n"
                "imap.tag=a\n"
                "imap.command=FETCH\n"
                "imap.argument=1 BODYSTRUCTURE\n"
                "imap.items=BODYSTRUCTURE\n"
                "imap.response.untagged=1 FETCH (BODYSTRUCTURE "
                "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((())))))))))))))))))))))"
                ")))))))))))))))))))))))))))))))))))))))))))))))))))))))))) BODY[] {3 bytes})\n"
                "<imap.fetch>\n"
                "<imap.fetch_message>\n"
                "imap.fetched.messages=1\n"
                "imap.fetched.bytes=3\n"
                "imap.response.status=OK\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),           cmocka_unit_test(goodbye),     cmocka_unit_test(in_flight),
        cmocka_unit_test(search_correlator), cmocka_unit_test(idle),        cmocka_unit_test(alone),
        cmocka_unit_test(refused),           cmocka_unit_test(id_and_list), cmocka_unit_test(names_in_utf8),
        cmocka_unit_test(mistakes),          cmocka_unit_test(starttls),    cmocka_unit_test(deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
