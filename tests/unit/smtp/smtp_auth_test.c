/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Logins, and what is hidden.
 */
#include "smtp_play.h"

static void auth_plain(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "auth plain AGFubmEAc2VjcmV0\r\n", 0},
        {'S', "235 2.7.0 ok\r\n", 0}, {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 2.1.0 Ok\r\n", 0}, {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=AUTH | argument=plain **************** | auth.mechanism=PLAIN | "
                       "auth.responses=**************** | user.name=anna | user.password=****** <password_clear> | "
                       "reply.code=235 | reply.enhanced=2.7.0 | reply.text=ok\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.enhanced=2.1.0 | reply.text=Ok\n");
}

static void auth_login(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},     {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},           {'C', "AUTH LOGIN\r\n", 0},
        {'S', "334 VXNlcm5hbWU6\r\n", 0}, {'C', "YW5uYQ==\r\n", 0},
        {'S', "334 UGFzc3dvcmQ6\r\n", 0}, {'C', "c2VjcmV0\r\n", 0},
        {'S', "535 5.7.8 wrong\r\n", 0},  {'C', "hunter2\r\n", 0},
        {'S', "500 what\r\n", 0},         {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},          {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp failure | command=AUTH | argument=LOGIN | auth.mechanism=LOGIN | auth.challenges=Username: | "
                "auth.responses=******** | user.name=anna | auth.challenges=Password: | auth.responses=******** | "
                "user.password=****** <password_clear> | reply.code=535 | reply.enhanced=5.7.8 | reply.text=wrong\n"
                "smtp failure | command=******* <hidden_line> | reply.code=500 | reply.text=what\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void auth_login_pipelined(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "AUTH LOGIN\r\nYW5uYQ==\r\nc2VjcmV0\r\nMAIL FROM:<a@x>\r\n", 0},
        {'S', "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 ok\r\n250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp success | command=AUTH | argument=LOGIN | auth.mechanism=LOGIN | auth.responses=******** "
                       "| user.name=anna | auth.responses=******** | user.password=****** <password_clear> | "
                       "auth.challenges=Username: | auth.challenges=Password: | reply.code=235 | reply.text=ok\n"
                       "smtp success | command=MAIL | argument=FROM:<a@x> | address=a@x | reply.code=250 "
                       "<sender_accepted> | reply.text=ok\n");
}

static void auth_cancelled(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},
        {'C', "AUTH CRAM-MD5\r\n", 0},
        {'S', "334 PDEuMkB4Pg==\r\n", 0},
        {'C', "*\r\n", 0},
        {'S', "501 5.7.0 cancelled\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp failure | command=AUTH | argument=CRAM-MD5 | auth.mechanism=CRAM-MD5 | auth.challenges=<1.2@x> | "
                "auth.responses=* <auth_cancelled> | reply.code=501 | reply.enhanced=5.7.0 | reply.text=cancelled\n"
                "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void auth_misspelled(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0},
        {'S', "250 mx\r\n", 0},       {'C', "AUHT PLAIN AGFubmEAc2VjcmV0\r\n", 0},
        {'S', "500 what\r\n", 0},     {'C', "AUTH AGFubmEAc2VjcmV0\r\n", 0},
        {'S', "504 what\r\n", 0},     {'C', "NOOP\r\n", 0},
        {'S', "250 ok\r\n", 0},       {'C', "AGFubmEAc2VjcmV0\r\n", 0},
        {'S', "500 what\r\n", 0},     {'C', "PASSS secret\r\n", 0},
        {'S', "500 what\r\n", 0},     {'C', "  AUTH   LOGIN YW5uYQ==\r\n", 0},
        {'S', "503 no\r\n", 0},       {'C', "XYZZY now\r\n", 0},
        {'S', "500 what\r\n", 0},     {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "smtp failure | command=AUHT <unknown_command> | argument=PLAIN **************** | reply.code=500 | "
                "reply.text=what\n"
                "smtp failure | command=AUTH | argument=**************** | reply.code=504 | reply.text=what\n"
                "smtp success | command=NOOP | reply.code=250 <still_there> | reply.text=ok\n"
                "smtp failure | command=**************** <hidden_line> | reply.code=500 | reply.text=what\n"
                "smtp failure | command=PASSS <unknown_command> | argument=****** | reply.code=500 | reply.text=what\n"
                "smtp failure | command=AUTH | argument=LOGIN ******** | auth.mechanism=LOGIN | "
                "auth.responses=******** | user.name=anna | reply.code=503 | reply.text=no\n"
                "smtp failure | command=********* <hidden_line> | reply.code=500 | reply.text=what\n");
}

static void auth_server_only(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'S', "250-mx\r\n250-SIZE 5\r\n250 PIPELINING\r\n334 UGFzc3dvcmQ6\r\n235 ok\r\n250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | reply.code=250 | reply.text=mx\\nSIZE 5\\nPIPELINING | extensions{ name=SIZE "
                       "value=5 <size_limit> } | extensions{ name=PIPELINING }\n"
                       "smtp success | auth.challenges=Password: | reply.code=235 | reply.text=ok\n"
                       "smtp success | reply.code=250 | reply.text=ok\n");
}

static void starttls(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},     {'C', "EHLO me\r\n", 0},      {'S', "250 mx\r\n", 0},
        {'C', "STARTTLS\r\nRSET\r\n", 0}, {'S', "220 2.0.0 go\r\n", 0}, {0, NULL, 0},
    };
    (void)context;
    play_expect(steps,
                "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx | "
                "reply.domain=mx\n"
                "anomaly | overhear.anomaly.name=smtp.starttls_injection | overhear.anomaly.detail=1 commands were "
                "sent in clear behind STARTTLS, before the encryption began\n"
                "smtp success | command=STARTTLS | reply.code=220 <tls_begins> | reply.enhanced=2.0.0 | reply.text=go\n"
                "smtp unknown | command=RSET\n");
}

static void starttls_refused(void **context)
{
    static const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', "EHLO me\r\n", 0}, {'S', "250 mx\r\n", 0},  {'C', "STARTTLS\r\n", 0},
        {'S', "454 4.7.0 no\r\n", 0}, {'C', "QUIT\r\n", 0},    {'S', "221 bye\r\n", 0}, {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp success | reply.code=220 <greeting> | reply.text=mx ESMTP | reply.domain=mx\n"
                       "smtp success | command=EHLO | argument=me | reply.code=250 <extensions_follow> | reply.text=mx "
                       "| reply.domain=mx\n"
                       "smtp failure | command=STARTTLS | reply.code=454 | reply.enhanced=4.7.0 | reply.text=no\n"
                       "smtp success | command=QUIT | reply.code=221 | reply.text=bye\n");
}

static void starttls_client_only(void **context)
{
    static const struct step steps[] = {
        {'C', "EHLO me\r\n", 0},
        {'C', "STARTTLS\r\n", 0},
        {'C', "\026\003\001", 0},
        {0, NULL, 0},
    };
    (void)context;
    play_expect(steps, "smtp unknown | command=EHLO | argument=me\n"
                       "smtp unknown | command=STARTTLS\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auth_plain),     cmocka_unit_test(auth_login),       cmocka_unit_test(auth_login_pipelined),
        cmocka_unit_test(auth_cancelled), cmocka_unit_test(auth_misspelled),  cmocka_unit_test(auth_server_only),
        cmocka_unit_test(starttls),       cmocka_unit_test(starttls_refused), cmocka_unit_test(starttls_client_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
