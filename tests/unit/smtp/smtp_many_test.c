/* SPDX-License-Identifier: BSD-3-Clause
 *
 * More of everything than there is room for.
 */
#include "smtp_play.h"

/* More commands in one go than the core keeps open: the replies still find theirs. */
static void many_pipelined_recipients(void **context)
{
    enum { COUNT = 400, LINE = 18, REPLY = 8 };
    static char commands[COUNT * LINE + 1], replies[COUNT * REPLY + 1];
    struct play *play = malloc(sizeof *play);
    (void)context;
    assert_non_null(play);
    for (size_t i = 0; i < COUNT; i++) {
        (void)snprintf(commands + i * LINE, LINE + 1, "RCPT TO:<u%03zu@y>\r\n", i);
        (void)snprintf(replies + i * REPLY, REPLY + 1, "%s ok\r\n", i == COUNT - 1 ? "550" : "250");
    }
    const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0},
        {'C', "MAIL FROM:<a@x>\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', commands, 0},
        {'S', replies, 0},
        {'C', "DATA\r\n", 0},
        {'S', "354 go\r\n", 0},
        {'C', "\r\n.\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    const char *written = play_steps(play, 25, steps, 1 << 20);
    assert_non_null(strstr(written, "smtp unknown | command=RCPT | argument=TO:<u000@y> |"));
    assert_non_null(strstr(written, "smtp success | command=RCPT | argument=TO:<u398@y> |"));
    assert_non_null(strstr(written, "smtp failure | command=RCPT | argument=TO:<u399@y> |"));
    assert_non_null(strstr(written, "| email.envelope.to=u000@y | email.envelope.to=u001@y |"));
    assert_non_null(strstr(written, "| email.envelope.to=u398@y\nsmtp success | command=. |"));
    free(play);
}

/* Without a server nothing is ever answered: messages are written as later ones come. */
static void many_messages_of_a_client_alone(void **context)
{
    struct step steps[34] = {{'C', "EHLO me\r\n", 0}};
    struct play *play = malloc(sizeof *play);
    size_t mails = 0;
    (void)context;
    assert_non_null(play);
    for (size_t i = 1; i < 33; i++)
        steps[i] = (struct step){'C',
                                 i % 2 ? "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n" : "Subject: s\r\n\r\n.\r\n", 0};
    const char *written = play_steps(play, 25, steps, 1 << 20);
    while ((written = strstr(written, "mail unknown | email.subject=s | email.bytes=14 | email.envelope.from=a@x | "
                                      "email.envelope.to=b@y\nsmtp unknown | command=. "))) {
        mails++;
        written++;
    }
    assert_int_equal(mails, 16);
    free(play);
}

/* A line without end is passed over, and what follows it is understood. */
static void endless_line(void **context)
{
    enum { LENGTH = 200000 };
    static char line[LENGTH + 1];
    struct play *play = malloc(sizeof *play);
    (void)context;
    assert_non_null(play);
    memset(line, 'x', LENGTH);
    const struct step steps[] = {
        {'S', "220 mx ESMTP\r\n", 0}, {'C', line, 0},          {'C', "\r\nQUIT\r\n", 0},
        {'S', "500 long\r\n", 0},     {'S', "221 bye\r\n", 0}, {0, NULL, 0},
    };
    static const size_t cuts[] = {1 << 20, 1, 7, 200};
    for (size_t i = 0; i < 4; i++) {
        const char *written = play_steps(play, 25, steps, cuts[i]);
        assert_non_null(strstr(written, "message.too_long"));
        assert_non_null(strstr(written, "| command=QUIT |"));
    }
    free(play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_pipelined_recipients),
        cmocka_unit_test(many_messages_of_a_client_alone),
        cmocka_unit_test(endless_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
