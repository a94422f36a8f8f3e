/* SPDX-License-Identifier: BSD-3-Clause
 *
 * To which command a reply belongs where that is in doubt, and what settings change.
 */
#include "ftp/ftp_play.h"

/* A reply is lost, of NOOP or of the other; the next one can only be the other's, or may be either's. */
static void after_a_loss(void **state)
{
    static const struct {
        const char *command, *reply;
        bool is_its_own;
    } rows[] = {
        {"RETR", "125 begins", true},
        {"STOR", "150 begins", true},
        {"LIST", "426 broken", true},
        {"SIZE", "213 12", true},
        {"MDTM", "213 20240101000000", true},
        {"STAT", "213 all is well", true},
        {"ABOR", "225 nothing to end", true},
        {"ABOR", "226 ended", true},
        {"NLST", "226 done", true},
        {"PASV", "227 (10,0,0,2,1,1)", true},
        {"EPSV", "229 (|||257|)", true},
        {"USER", "331 password", true},
        {"USER", "230 in", true},
        {"PASS", "332 account", true},
        {"ACCT", "230 in", true},
        {"REIN", "331 user", true},
        {"AUTH", "234 go on", true},
        {"AUTH", "334 go on", true},
        {"ADAT", "234 done", true},
        {"ADAT", "334 more", true},
        {"ENC", "230 in", true},
        {"PWD", "257 \"/a\"", true},
        {"MKD", "257 \"/a\"", true},
        {"SIZE", "200 fine", false},
        {"PASV", "500 what", false},
        {"QUIT", "221 bye", false},
        {"CWD", "257 \"/a\"", false},
        {"CWD", "227 (10,0,0,2,1,1)", false},
    };
    struct play *play = calloc(1, sizeof *play);
    (void)state;
    assert_non_null(play);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char commands[64], reply[64], expected[100];
        snprintf(commands, sizeof commands, "TYPE I\r\n%s x\r\n", rows[i].command);
        snprintf(reply, sizeof reply, "%s\r\n", rows[i].reply);
        const struct step steps[] = {
            {'S', "220 ready FTP\r\n", 0}, {'s', NULL, 20}, {'C', commands, 0}, {'S', reply, 0}, {0, NULL, 0},
        };
        const char *written = play_steps(play, steps, 7);
        const char *type = strstr(written, "ftp.command=TYPE\n"),
                   *own = type ? strstr(type, "ftp.command=") + 12 : NULL;
        snprintf(expected, sizeof expected, "ftp.command=%s\n", rows[i].command);
        assert_non_null(type);
        own = strstr(type, expected);
        assert_non_null(own);
        /* the code stands behind the command that it answers */
        snprintf(expected, sizeof expected, "code=%.3s\n", rows[i].reply);
        const char *code = strstr(type, expected);
        assert_non_null(code);
        if ((code > own) != rows[i].is_its_own)
            print_error("%s %s:\n%s\n", rows[i].command, rows[i].reply, written);
        assert_int_equal(code > own, rows[i].is_its_own);
    }
    free(play);
}

static const struct step settings_steps[] = {
    {'S', "220 ready FTP\r\n", 0},
    {'C', "MODE B\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "TYPE L 8\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "STRU R\r\n", 0},
    {'S', "504 no\r\n", 0},
    {'C', "REST 100\r\n", 0},
    {'S', "350 from there\r\n", 0},
    {'C', "REST 200\r\n", 0},
    {'S', "501 no\r\n", 0},
    {'C', "PASV\r\n", 0},
    {'S', "227 go (10,0,0,2,19,136)\r\n", 0},
    {'P', NULL, 5000},
    {'C', "RETR f\r\n", 0},
    {'S', "150 (see below) here (12 bytes)\r\n", 0},
    {'d', "\x80\0\5hello\x40\0\1!", 12},
    {'F', NULL, 0},
    {'S', "226 done\r\n", 0},
    {'C', "PBSZ 0\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "PROT P\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "MODE S\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "PASV\r\n", 0},
    {'S', "227 go (10,0,0,2,19,137)\r\n", 0},
    {'P', NULL, 5001},
    {'C', "LIST\r\n", 0},
    {'S', "150 here\r\n", 0},
    {'D', "\x16\x03\x01", 3},
    {'F', NULL, 0},
    {'S', "226 done\r\n", 0},
    {0, NULL, 0},
};

static const char settings_records[] = "ftp success\n"
                                       "ftp.reply.code=220\n"
                                       "ftp.reply.text=ready FTP\n"
                                       "ftp success\n"
                                       "ftp.command=MODE\n"
                                       "ftp.argument=B\n"
                                       "<ftp.mode_block>\n"
                                       "ftp.reply.code=200\n"
                                       "ftp.reply.text=ok\n"
                                       "ftp success\n"
                                       "ftp.command=TYPE\n"
                                       "ftp.argument=L 8\n"
                                       "<ftp.type_local>\n"
                                       "ftp.reply.code=200\n"
                                       "ftp.reply.text=ok\n"
                                       "ftp failure\n"
                                       "ftp.command=STRU\n"
                                       "ftp.argument=R\n"
                                       "<ftp.structure_record>\n"
                                       "ftp.reply.code=504\n"
                                       "ftp.reply.text=no\n"
                                       "ftp success\n"
                                       "ftp.command=REST\n"
                                       "ftp.argument=100\n"
                                       "ftp.reply.code=350\n"
                                       "ftp.reply.text=from there\n"
                                       "<ftp.restart_accepted>\n"
                                       "ftp failure\n"
                                       "ftp.command=REST\n"
                                       "ftp.argument=200\n"
                                       "ftp.reply.code=501\n"
                                       "ftp.reply.text=no\n"
                                       "ftp success\n"
                                       "ftp.command=PASV\n"
                                       "ftp.reply.code=227\n"
                                       "ftp.reply.text=go (10,0,0,2,19,136)\n"
                                       "ftp.data.mode=passive\n"
                                       "ftp.data.ip=10.0.0.2\n"
                                       "ftp.data.port=5000\n"
                                       "<ftp.passive>\n"
                                       "file incomplete\n"
                                       "file.name=f\n"
                                       "overhear.direction=download\n"
                                       "overhear.parent=ftp\n"
                                       "overhear.parent_conversation=1\n"
                                       "file.size=0\n"
                                       "overhear.missing_bytes=12\n"
                                       "ftp success\n"
                                       "ftp.command=RETR\n"
                                       "ftp.argument=f\n"
                                       "<ftp.not_decoded>\n"
                                       "ftp.path=f\n"
                                       "ftp.preliminary:\n"
                                       "  code=150\n"
                                       "  text=(see below) here (12 bytes)\n"
                                       "ftp.reply.code=226\n"
                                       "ftp.reply.text=done\n"
                                       "ftp success\n"
                                       "ftp.command=PBSZ\n"
                                       "ftp.argument=0\n"
                                       "ftp.reply.code=200\n"
                                       "ftp.reply.text=ok\n"
                                       "ftp success\n"
                                       "ftp.command=PROT\n"
                                       "ftp.argument=P\n"
                                       "<ftp.prot_private>\n"
                                       "ftp.reply.code=200\n"
                                       "ftp.reply.text=ok\n"
                                       "ftp success\n"
                                       "ftp.command=MODE\n"
                                       "ftp.argument=S\n"
                                       "<ftp.mode_stream>\n"
                                       "ftp.reply.code=200\n"
                                       "ftp.reply.text=ok\n"
                                       "ftp success\n"
                                       "ftp.command=PASV\n"
                                       "ftp.reply.code=227\n"
                                       "ftp.reply.text=go (10,0,0,2,19,137)\n"
                                       "ftp.data.mode=passive\n"
                                       "ftp.data.ip=10.0.0.2\n"
                                       "ftp.data.port=5001\n"
                                       "<ftp.passive>\n"
                                       "ftp success\n"
                                       "ftp.command=LIST\n"
                                       "<ftp.private_transfer>\n"
                                       "ftp.preliminary:\n"
                                       "  code=150\n"
                                       "  text=here\n"
                                       "ftp.reply.code=226\n"
                                       "ftp.reply.text=done\n";

static void settings(void **state)
{
    (void)state;
    play_expect(PLAY_NOTES, settings_steps, settings_records);
}

static const struct step unique_names_steps[] = {
    {'S', "220 ready FTP\r\n", 0},
    {'C', "CWD /in\r\n", 0},
    {'S', "250 Okay, \"/in/box\" is current directory\r\n", 0},
    {'C', "PASV\r\n", 0},
    {'S', "227 go (10,0,0,2,19,136)\r\n", 0},
    {'P', NULL, 5000},
    {'C', "STOU\r\n", 0},
    {'S', "150 FILE: ftp.1234 (now\r\n", 0},
    {'D', "hello", 0},
    {'F', NULL, 0},
    {'S', "226 done\r\n", 0},
    {'C', "STOU\r\n", 0},
    {'S', "150 FILE: \r\n", 0},
    {'S', "226 done\r\n", 0},
    {'C', "MKD new\r\n", 0},
    {'S', "257 \"/in/box/new\" made\r\n", 0},
    {'C', "PWD\r\n", 0},
    {'S', "257 somewhere\r\n", 0},
    {'C', "MKD sub\r\n", 0},
    {'S', "257 \"sub\" made\r\n", 0},
    {0, NULL, 0},
};

static const char unique_names_records[] = "ftp success\n"
                                           "ftp.reply.code=220\n"
                                           "ftp.reply.text=ready FTP\n"
                                           "ftp success\n"
                                           "ftp.command=CWD\n"
                                           "ftp.argument=/in\n"
                                           "ftp.reply.code=250\n"
                                           "ftp.reply.text=Okay, \"/in/box\" is current directory\n"
                                           "ftp.path=/in\n"
                                           "ftp success\n"
                                           "ftp.command=PASV\n"
                                           "ftp.reply.code=227\n"
                                           "ftp.reply.text=go (10,0,0,2,19,136)\n"
                                           "ftp.data.mode=passive\n"
                                           "ftp.data.ip=10.0.0.2\n"
                                           "ftp.data.port=5000\n"
                                           "<ftp.passive>\n"
                                           "file\n"
                                           "overhear.source_path=/in/box/ftp.1234\n"
                                           "file.name=ftp.1234\n"
                                           "file.extension=1234\n"
                                           "overhear.direction=upload\n"
                                           "overhear.parent=ftp\n"
                                           "overhear.parent_conversation=1\n"
                                           "file.size=5\n"
                                           "file.mime_type=text/plain\n"
                                           "ftp success\n"
                                           "ftp.command=STOU\n"
                                           "<ftp.ascii_transfer>\n"
                                           "ftp.path=/in/box/ftp.1234\n"
                                           "ftp.preliminary:\n"
                                           "  code=150\n"
                                           "  text=FILE: ftp.1234 (now\n"
                                           "ftp.reply.code=226\n"
                                           "ftp.reply.text=done\n"
                                           "ftp success\n"
                                           "ftp.command=STOU\n"
                                           "<ftp.ascii_transfer>\n"
                                           "ftp.preliminary:\n"
                                           "  code=150\n"
                                           "  text=FILE: \n"
                                           "ftp.reply.code=226\n"
                                           "ftp.reply.text=done\n"
                                           "ftp success\n"
                                           "ftp.command=MKD\n"
                                           "ftp.argument=new\n"
                                           "ftp.reply.code=257\n"
                                           "ftp.reply.text=\"/in/box/new\" made\n"
                                           "ftp.path=/in/box/new\n"
                                           "<ftp.full_path>\n"
                                           "ftp success\n"
                                           "ftp.command=PWD\n"
                                           "ftp.reply.code=257\n"
                                           "ftp.reply.text=somewhere\n"
                                           "ftp success\n"
                                           "ftp.command=MKD\n"
                                           "ftp.argument=sub\n"
                                           "ftp.reply.code=257\n"
                                           "ftp.reply.text=\"sub\" made\n"
                                           "ftp.path=/in/box/sub\n"
                                           "<ftp.full_path>\n";

static void unique_names(void **state)
{
    (void)state;
    play_expect(PLAY_NOTES, unique_names_steps, unique_names_records);
}

static const struct step aborted_steps[] = {
    {'S', "220 ready FTP\r\n", 0},
    {'C',
     "\xff\xf4\xff\xf2"
     "ABOR\r\n",
     0},
    {'S', "226 nothing\r\n", 0},
    {'C', "\xff\xfa\x18\1\xff\xf0NOOP\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "\xff\xfb\1NOOP\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "\xff\0\1\r\n", 5},
    {'S', "500 what\r\n", 0},
    {'C', "\r\n", 0},
    {'C', "NOOP\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "\r\n", 0},
    {'S', "500 what\r\n", 0},
    {'C', "RETR a\r\nRETR b\r\nABOR\r\n", 0},
    {'S', "225 ended\r\n", 0},
    {'S', "no code\r\n", 0},
    {'S', "\r\n", 0},
    {'C', "AUTH GSSAPI\r\n", 0},
    {'S', "334 go on\r\n", 0},
    {'C', "ADAT c2VjcmV0\r\n", 0},
    {'S', "235 ADAT=eA==\r\n", 0},
    {'C', "AUTH SSL\r\n", 0},
    {'S', "334 now\r\n", 0},
    {0, NULL, 0},
};

static const char aborted_records[] =
    "ftp success\n"
    "ftp.reply.code=220\n"
    "ftp.reply.text=ready FTP\n"
    "ftp success\n"
    "ftp.command=ABOR\n"
    "<ftp.telnet>\n"
    "ftp.reply.code=226\n"
    "ftp.reply.text=nothing\n"
    "<ftp.aborted>\n"
    "ftp success\n"
    "ftp.command=NOOP\n"
    "<ftp.telnet>\n"
    "ftp.reply.code=200\n"
    "ftp.reply.text=ok\n"
    "ftp success\n"
    "ftp.command=NOOP\n"
    "<ftp.telnet>\n"
    "ftp.reply.code=200\n"
    "ftp.reply.text=ok\n"
    "anomaly\n"
    "overhear.anomaly.name=message.nonsense\n"
    "overhear.anomaly.detail=from stream byte 31 on, what is sent makes no sense in this protocol\n"
    "ftp failure\n"
    "ftp.reply.code=500\n"
    "ftp.reply.text=what\n"
    "ftp success\n"
    "ftp.command=NOOP\n"
    "ftp.reply.code=200\n"
    "ftp.reply.text=ok\n"
    "ftp failure\n"
    "ftp.reply.code=500\n"
    "ftp.reply.text=what\n"
    "ftp unknown\n"
    "ftp.command=RETR\n"
    "ftp.argument=a\n"
    "ftp.path=a\n"
    "ftp unknown\n"
    "ftp.command=RETR\n"
    "ftp.argument=b\n"
    "ftp.path=b\n"
    "ftp success\n"
    "ftp.command=ABOR\n"
    "ftp.reply.code=225\n"
    "ftp.reply.text=ended\n"
    "anomaly\n"
    "overhear.anomaly.name=ftp.bad_reply\n"
    "overhear.anomaly.detail=a reply of 7 bytes without a valid code\n"
    "ftp unknown\n"
    "ftp.reply.text=no code\n"
    "ftp success\n"
    "ftp.command=AUTH\n"
    "ftp.argument=GSSAPI\n"
    "<ftp.auth_gssapi>\n"
    "ftp.reply.code=334\n"
    "ftp.reply.text=go on\n"
    "ftp success\n"
    "ftp.command=ADAT\n"
    "ftp.argument=********\n"
    "ftp.reply.code=235\n"
    "ftp.reply.text=ADAT=eA==\n"
    "ftp success\n"
    "ftp.command=AUTH\n"
    "ftp.argument=SSL\n"
    "<ftp.auth_ssl>\n"
    "ftp.reply.code=334\n"
    "ftp.reply.text=now\n";

static void aborted(void **state)
{
    (void)state;
    play_expect(PLAY_NOTES, aborted_steps, aborted_records);
}

static const struct step sites_steps[] = {
    {'S', "220 ready FTP\r\n", 0},
    {'C', "SITE CHMOD 600 f\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "SITE PSWD old new\r\n", 0},
    {'S', "200 ok\r\n", 0},
    {'C', "SITE\r\n", 0},
    {'S', "501 what\r\n", 0},
    {'C', "MDTM 20240101000000 f g\r\n", 0},
    {'S', "213 20240101000000.5\r\n", 0},
    {'C', "MDTM f\r\n", 0},
    {'S', "213 20241301000000\r\n", 0},
    {'C', "MDTM f\r\n", 0},
    {'S', "213 20240101000000x\r\n", 0},
    {'C', "LIST -l -a /pub\r\n", 0},
    {'S', "425 no\r\n", 0},
    {'C', "USER ftp\r\n", 0},
    {'S', "331 mail address\r\n", 0},
    {'C', "PASSa@b\r\n", 0},
    {'S', "530 no\r\n", 0},
    {'C', "USER\r\n", 0},
    {'S', "530 who\r\n", 0},
    {'C', "FEAT\r\n", 0},
    {'S', "500 no\r\n", 0},
    {0, NULL, 0},
};

static const char sites_records[] = "ftp success\n"
                                    "ftp.reply.code=220\n"
                                    "ftp.reply.text=ready FTP\n"
                                    "ftp success\n"
                                    "ftp.command=SITE\n"
                                    "ftp.argument=CHMOD 600 f\n"
                                    "<ftp.site_chmod>\n"
                                    "ftp.reply.code=200\n"
                                    "ftp.reply.text=ok\n"
                                    "ftp success\n"
                                    "ftp.command=SITE\n"
                                    "ftp.argument=PSWD *******\n"
                                    "<ftp.site_hidden>\n"
                                    "ftp.reply.code=200\n"
                                    "ftp.reply.text=ok\n"
                                    "ftp failure\n"
                                    "ftp.command=SITE\n"
                                    "ftp.reply.code=501\n"
                                    "ftp.reply.text=what\n"
                                    "ftp success\n"
                                    "ftp.command=MDTM\n"
                                    "ftp.argument=20240101000000 f g\n"
                                    "ftp.reply.code=213\n"
                                    "ftp.reply.text=20240101000000.5\n"
                                    "ftp.path=f g\n"
                                    "<ftp.modified>\n"
                                    "ftp success\n"
                                    "ftp.command=MDTM\n"
                                    "ftp.argument=f\n"
                                    "ftp.reply.code=213\n"
                                    "ftp.reply.text=20241301000000\n"
                                    "ftp.path=f\n"
                                    "ftp success\n"
                                    "ftp.command=MDTM\n"
                                    "ftp.argument=f\n"
                                    "ftp.reply.code=213\n"
                                    "ftp.reply.text=20240101000000x\n"
                                    "ftp.path=f\n"
                                    "ftp failure\n"
                                    "ftp.command=LIST\n"
                                    "ftp.argument=-l -a /pub\n"
                                    "ftp.reply.code=425\n"
                                    "ftp.reply.text=no\n"
                                    "ftp.path=/pub\n"
                                    "<ftp.full_path>\n"
                                    "ftp success\n"
                                    "ftp.command=USER\n"
                                    "ftp.argument=ftp\n"
                                    "user.name=ftp\n"
                                    "<ftp.anonymous>\n"
                                    "ftp.reply.code=331\n"
                                    "ftp.reply.text=mail address\n"
                                    "ftp failure\n"
                                    "ftp.command=PASS***\n"
                                    "user.password=***\n"
                                    "user.name=ftp\n"
                                    "ftp.reply.code=530\n"
                                    "ftp.reply.text=no\n"
                                    "ftp failure\n"
                                    "ftp.command=USER\n"
                                    "ftp.reply.code=530\n"
                                    "ftp.reply.text=who\n"
                                    "<ftp.login_refused>\n"
                                    "ftp failure\n"
                                    "ftp.command=FEAT\n"
                                    "ftp.reply.code=500\n"
                                    "ftp.reply.text=no\n";

static void sites(void **state)
{
    (void)state;
    play_expect(PLAY_NOTES, sites_steps, sites_records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_loss), cmocka_unit_test(settings), cmocka_unit_test(unique_names),
        cmocka_unit_test(aborted),      cmocka_unit_test(sites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
