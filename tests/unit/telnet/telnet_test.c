/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole sessions, each cut in many ways.
 */
#include "text/play.h"

extern const struct dissector telnet_dissector;
const struct dissector *const dissector_registry[] = {&telnet_dissector, NULL};

static void keystrokes_become_lines(void **state)
{
    static const struct step steps[] = {
        {'S', "\xff\xfb\x01\xff\xfb\x03\r\nHello\r\n\r\nlogin: ", 0},
        {'C', "a", 0},
        {'S', "a", 0},
        {'C', "x", 0},
        {'S', "x", 0},
        {'C', "\x7f", 0},
        {'S', "\b \b", 0},
        {'C', "l\r\0", 3},
        {'S', "l\r\nPassword: ", 0},
        {'C', "s3", 0},
        {'C', "cret\r\0", 6},
        {'S', "\r\n\x1b[1;31mal\x1b[0m$ ", 0},
        {'C', "l", 0},
        {'S', "l", 0},
        {'C', "s\r\0", 3},
        {'S', "s\r\nfile\r\nal$ ", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=server\n"
                "telnet.options:\n  command=WILL\n  option=ECHO\n"
                "telnet.options:\n  command=WILL\n  option=SUPPRESS-GO-AHEAD\n"
                "telnet\ntelnet.side=server\ntelnet.text=Hello\n"
                "telnet\ntelnet.side=server\ntelnet.text=login: \ntelnet.prompt=1\n"
                "telnet\ntelnet.side=client\ntelnet.text=al\ntelnet.echoed=1\nuser.name=al\n"
                "telnet\ntelnet.side=server\ntelnet.text=Password: \ntelnet.prompt=1\n"
                "telnet\ntelnet.side=client\ntelnet.text=******\nuser.password=s3cret\n<telnet.password>\n"
                "telnet\ntelnet.side=server\ntelnet.text=al$ \ntelnet.prompt=1\n"
                "telnet\ntelnet.side=client\ntelnet.text=ls\ntelnet.echoed=1\n"
                "telnet\ntelnet.side=server\ntelnet.text=file\n"
                "telnet\ntelnet.side=server\ntelnet.text=al$ \n");
}

static void what_is_not_echoed_is_a_secret(void **state)
{
    static const struct step steps[] = {
        {'S', "\xff\xfb\x01$ ", 0}, {'C', "su\r\n", 0}, {'S', "su\r\nNoitulos: ", 0}, /* whatever language this is */
        {'C', "xyzzy\r\n", 0},      {'S', "\r\n# ", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=server\ntelnet.options:\n  command=WILL\n  option=ECHO\n"
                "telnet\ntelnet.side=server\ntelnet.text=$ \ntelnet.prompt=1\n"
                "telnet\ntelnet.side=client\ntelnet.text=su\ntelnet.echoed=1\n"
                "telnet\ntelnet.side=server\ntelnet.text=Noitulos: \ntelnet.prompt=1\n"
                "telnet\ntelnet.side=client\ntelnet.text=*****\n"
                "telnet\ntelnet.side=server\ntelnet.text=# \n");
}

static void what_is_typed_ahead_is_a_secret(void **state)
{
    static const struct step steps[] = {
        {'C', "admin\r\npassw0rd\r\n", 0},
        {'S', "login: admin\r\nPassword: \r\nWelcome\r\n> ", 0},
        {'C', "show\n", 0},
        {'S', "nothing\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=client\ntelnet.text=*****\n"
                "telnet\ntelnet.side=client\ntelnet.text=********\n"
                "telnet\ntelnet.side=server\ntelnet.text=login: admin\n"
                "telnet\ntelnet.side=server\ntelnet.text=Password: \n"
                "telnet\ntelnet.side=server\ntelnet.text=Welcome\n"
                "telnet\ntelnet.side=server\ntelnet.text=> \ntelnet.prompt=1\n"
                "telnet\ntelnet.side=client\ntelnet.text=show\n"
                "telnet\ntelnet.side=server\ntelnet.text=nothing\n");
}

static void with_only_one_side_all_is_a_secret(void **state)
{
    static const struct step steps[] = {{'C', "admin\r\npassw0rd\r\n", 0}, {0, NULL, 0}};
    (void)state;
    play_expect(23, true, steps,
                "telnet\ntelnet.side=client\ntelnet.text=*****\n"
                "telnet\ntelnet.side=client\ntelnet.text=********\n");
}

static void options_are_put_into_words(void **state)
{
    static const struct step steps[] = {
        {'C', "\xff\xfa\x1f\0P\0\x18\xff\xf0", 9},
        {'C', "\xff\xfa\x1f\xff\xff\xff\xff\0\1\xff\xf0", 11},
        {'C', "\xff\xfa\x18\0vt100\xff\xf0", 11},
        {'C',
         "\xff\xfa\x20\0"
         "9600,9600\xff\xf0",
         15},
        {'C', "\xff\xfa\x27\0\0USER\1al\3LANG\1C\3PASSWD\1x\2\1y\xff\xf0", 33},
        {'C', "\xff\xfa\x22\1\3\xff\xf0", 7},
        {'C', "\xff\xfa\x2a\2UTF-8\xff\xf0", 11},
        {'C', "\xff\xfa\x25\2\2\2ticket\xff\xf0", 14},
        {'C', "\xff\xf4\xff\xfd\xc7\xff\xf1", 7},
        {'S', "\xff\xfa\x18\1\xff\xf0", 6},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=client\n"
                "telnet.options:\n  command=SB\n  option=WINDOW-SIZE\n  value=80 columns, 24 rows\n"
                "telnet.options:\n  command=SB\n  option=WINDOW-SIZE\n  value=65535 columns, 1 rows\n"
                "telnet.options:\n  command=SB\n  option=TERMINAL-TYPE\n  value=vt100\n"
                "telnet.options:\n  command=SB\n  option=TERMINAL-SPEED\n  value=9600,9600\n"
                "telnet.options:\n  command=SB\n  option=NEW-ENVIRON\n  value=USER=al, LANG=C, PASSWD=***\n"
                "user.name=al\n"
                "telnet.options:\n  command=SB\n  option=LINEMODE\n  value=edit, trap signals\n"
                "telnet.options:\n  command=SB\n  option=CHARSET\n  value=accepted UTF-8\n"
                "telnet.options:\n  command=SB\n  option=AUTHENTICATION\n  value=REPLY KERBEROS-V5\n"
                "telnet.options:\n  command=IP\n"
                "telnet.options:\n  command=DO\n  option=OPTION-199\n"
                "telnet\ntelnet.side=server\n"
                "telnet.options:\n  command=SB\n  option=TERMINAL-TYPE\n  value=send yours\n");
}

static void an_option_that_is_never_closed_ends_with_the_next_command(void **state)
{
    static const struct step steps[] = {
        {'C',
         "\xff\xfa\x18\0vt100\xff\xfb\x1f"
         "text\r\n",
         17},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=client\n"
                "telnet.options:\n  command=SB\n  option=TERMINAL-TYPE\n  value=vt100\n"
                "telnet.options:\n  command=WILL\n  option=WINDOW-SIZE\n"
                "telnet\ntelnet.side=client\ntelnet.text=****\n");
}

static void escaped_bytes_are_text(void **state)
{
    static const struct step steps[] = {{'S',
                                         "a\xff\xff"
                                         "b\r\n\xff\xf9"
                                         "c\r\n",
                                         0},
                                        {0, NULL, 0}};
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=server\ntelnet.text=a\xff"
                "b\n"
                "telnet\ntelnet.side=server\ntelnet.text=c\n");
}

static void encrypted_bytes_are_not_read(void **state)
{
    static const struct step steps[] = {
        {'S', "\xff\xfa\x26\3\0\xff\xf0\x93\x12\r\n\xff\xfb\x01", 14},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\ntelnet.side=server\n"
                "telnet.options:\n  command=SB\n  option=ENCRYPT\n  value=START NULL\n");
}

static void a_gap_ends_the_lines(void **state)
{
    static const struct step steps[] = {
        {'S', "> ", 0},   {'C', "sho", 0}, {'c', NULL, 10},         {'C', "w\r\n", 0},
        {'S', "half", 0}, {'s', NULL, 5},  {'S', " a line\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet\n"
                "telnet.side=server\n"
                "telnet.text=> \n"
                "telnet.prompt=1\n"
                "telnet incomplete\n"
                "telnet.side=client\n"
                "telnet.text=sho\n"
                "telnet incomplete\n"
                "telnet.side=client\n"
                "telnet.text=*\n"
                "telnet incomplete\n"
                "telnet.side=server\n"
                "telnet.text=half\n"
                "telnet incomplete\n"
                "telnet.side=server\n"
                "telnet.text= a line\n");
}

/* The end of a line is known when the server answers: the line is still the one with a hole. */
static void a_typed_line_behind_a_gap(void **state)
{
    static const struct step steps[] = {
        {'S', "> ", 0}, {'c', NULL, 1}, {'C', "\370ls\r\n", 0}, {'S', "ls\r\nall\r\n> ", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet incomplete\n"
                "telnet.side=server\n"
                "telnet.text=> \n"
                "telnet incomplete\n"
                "telnet.side=client\n"
                "telnet.text=***\n"
                "telnet\n"
                "telnet.side=server\n"
                "telnet.text=ls\n"
                "telnet\n"
                "telnet.side=server\n"
                "telnet.text=all\n"
                "telnet\n"
                "telnet.side=server\n"
                "telnet.text=> \n");
}

/* Half of what ends a value is no byte of it. */
static void an_option_breaks_off(void **state)
{
    static const struct step steps[] = {
        {'S', "\xff\xfa\x2a\x01;UTF-8\xff", 0},
        {'s', NULL, 5},
        {'S', "hi\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(23, false, steps,
                "telnet incomplete\n"
                "telnet.side=server\n"
                "telnet.options:\n"
                "  command=SB\n"
                "  option=CHARSET\n"
                "  value=offers UTF-8\n"
                "telnet incomplete\n"
                "telnet.side=server\n"
                "telnet.text=hi\n");
}

static void a_long_line_goes_on_in_the_next_record(void **state)
{
    static char text[1500];
    const struct step steps[] = {{'S', text, sizeof text}, {0, NULL, 0}};
    char *expected = malloc(4096);
    struct play *play = calloc(1, sizeof *play);
    (void)state;
    assert_true(expected && play);
    memset(text, 'x', sizeof text);
    snprintf(expected, 4096,
             "telnet\ntelnet.side=server\ntelnet.text=%.1024s\n"
             "telnet\ntelnet.side=server\ntelnet.text=%.476s\n",
             text, text);
    assert_string_equal(play_steps(play, 23, false, steps, 7), expected);
    free(expected);
    free(play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keystrokes_become_lines),
        cmocka_unit_test(what_is_not_echoed_is_a_secret),
        cmocka_unit_test(what_is_typed_ahead_is_a_secret),
        cmocka_unit_test(with_only_one_side_all_is_a_secret),
        cmocka_unit_test(options_are_put_into_words),
        cmocka_unit_test(an_option_that_is_never_closed_ends_with_the_next_command),
        cmocka_unit_test(escaped_bytes_are_text),
        cmocka_unit_test(encrypted_bytes_are_not_read),
        cmocka_unit_test(a_gap_ends_the_lines),
        cmocka_unit_test(a_typed_line_behind_a_gap),
        cmocka_unit_test(an_option_breaks_off),
        cmocka_unit_test(a_long_line_goes_on_in_the_next_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
