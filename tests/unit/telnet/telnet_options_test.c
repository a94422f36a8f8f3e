/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What options say, whole and broken, and those behind which nothing can be read.
 */
#include "text/play.h"

extern const struct dissector telnet_dissector;
const struct dissector *const dissector_registry[] = {&telnet_dissector, NULL};

#define SB "\xff\xfa"
#define SE "\xff\xf0"
#define WHOLE(text) text, sizeof(text) - 1

static const struct step environments_steps[] = {
    {'C', WHOLE(SB "\x27\1" SE)}, /* NEW-ENVIRON SEND: all */
    {'C', WHOLE(SB "\x27\1\0"
                   "USER\3X" SE)},
    {'C', WHOLE(SB "\x24\0\0"
                   "A\1b\2\1c" SE)}, /* OLD-ENVIRON, a byte protected */
    {'C', WHOLE(SB "\x27\0\0"
                   "PASSWORD\1one\0USER\1me\3PASSWD\1two" SE)},
    {'C', WHOLE(SB "\x27" SE)},
    {'C', WHOLE(SB "\x23\0host:0" SE)}, /* X-DISPLAY */
    {'C', WHOLE(SB "\x1f\0" SE)},       /* a window without height */
    {0, NULL, 0},
};

static const char environments_records[] = "telnet\n"
                                           "telnet.side=client\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=NEW-ENVIRON\n"
                                           "  value=send yours\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=NEW-ENVIRON\n"
                                           "  value=send USER, X\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=ENVIRON\n"
                                           "  value=A=b\001c\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=NEW-ENVIRON\n"
                                           "  value=PASSWORD=************************\n"
                                           "user.name=me\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=NEW-ENVIRON\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=X-DISPLAY-LOCATION\n"
                                           "  value=host:0\n"
                                           "telnet.options:\n"
                                           "  command=SB\n"
                                           "  option=WINDOW-SIZE\n";

static void environments(void **state)
{
    (void)state;
    play_expect(23, false, environments_steps, environments_records);
}

static const struct step modes_steps[] = {
    {'C', WHOLE(SB "\x22\1\0" SE)},
    {'C', WHOLE(SB "\x22\1\x1f" SE)},
    {'C', WHOLE(SB "\x22\2\x22" SE)},
    {'C', WHOLE(SB "\x22\3\1\2\3" SE)},
    {'C', WHOLE(SB "\x2a\1;UTF-8;L1" SE)},
    {'C', WHOLE(SB "\x2a\2UTF-8" SE)},
    {'C', WHOLE(SB "\x2a\3" SE)},
    {'C', WHOLE(SB "\x2a\7" SE)},
    {'C', WHOLE(SB "\x25\1\2\0" SE)},
    {'C', WHOLE(SB "\x25\4\xff\xff" SE)},
    {'C', WHOLE(SB "\x25\2\x08" SE)},
    {'C', WHOLE(SB "\x26\1\5" SE)},
    {'C', WHOLE(SB "\x26\x63" SE)},
    {'C', WHOLE("\xff\xf6\xff\xf1\xff\xf9\xff\xf4")}, /* are you there, nothing, go ahead, interrupt */
    {0, NULL, 0},
};

static const char modes_records[] = "telnet\n"
                                    "telnet.side=client\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=LINEMODE\n"
                                    "  value=plain\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=LINEMODE\n"
                                    "  value=edit, trap signals, acknowledged, soft tab, literal echo\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=LINEMODE\n"
                                    "  value=forward mask\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=LINEMODE\n"
                                    "  value=special characters\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=CHARSET\n"
                                    "  value=offers UTF-8;L1\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=CHARSET\n"
                                    "  value=accepted UTF-8\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=CHARSET\n"
                                    "  value=rejected\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=CHARSET\n"
                                    "  value=?\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=AUTHENTICATION\n"
                                    "  value=SEND KERBEROS-V5\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=AUTHENTICATION\n"
                                    "  value=? other\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=AUTHENTICATION\n"
                                    "  value=REPLY other\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=ENCRYPT\n"
                                    "  value=SUPPORT other\n"
                                    "telnet.options:\n"
                                    "  command=SB\n"
                                    "  option=ENCRYPT\n"
                                    "  value=?\n"
                                    "telnet.options:\n"
                                    "  command=AYT\n"
                                    "telnet.options:\n"
                                    "  command=IP\n";

static void modes(void **state)
{
    (void)state;
    play_expect(23, false, modes_steps, modes_records);
}

static const struct step sealed_by_tls_steps[] = {
    {'S', WHOLE("\xff\xfd\x2e$ ")},
    {'C', WHOLE("\xff\xfb\x2els\r\n")},
    {'S', WHOLE("ls\r\n" SB "\x2e\1" SE)},
    {'C', WHOLE(SB "\x2e\1" SE)},
    {0, NULL, 0},
};

static const char sealed_by_tls_records[] = "telnet\n"
                                            "telnet.side=server\n"
                                            "telnet.options:\n"
                                            "  command=DO\n"
                                            "  option=START-TLS\n"
                                            "telnet\n"
                                            "telnet.side=client\n"
                                            "telnet.options:\n"
                                            "  command=WILL\n"
                                            "  option=START-TLS\n"
                                            "telnet\n"
                                            "telnet.side=server\n"
                                            "telnet.text=$ \n"
                                            "telnet.prompt=1\n"
                                            "telnet\n"
                                            "telnet.side=client\n"
                                            "telnet.text=ls\n"
                                            "telnet\n"
                                            "telnet.side=server\n"
                                            "telnet.options:\n"
                                            "  command=SB\n"
                                            "  option=START-TLS\n"
                                            "telnet\n"
                                            "telnet.side=client\n"
                                            "telnet.options:\n"
                                            "  command=SB\n"
                                            "  option=START-TLS\n";

static void sealed_by_tls(void **state)
{
    (void)state;
    play_expect(23, false, sealed_by_tls_steps, sealed_by_tls_records);
}

static const struct step compressed_steps[] = {
    {'S', WHOLE("\xff\xfb\x56Hello\r\n")},
    {'C', WHOLE("\xff\xfd\x56")},
    {'S', WHOLE(SB "\x56" SE "\x78\x9c\x4b\x04\r\n")},
    {'C', WHOLE("look\r\n")},
    {0, NULL, 0},
};

static const char compressed_records[] = "telnet\n"
                                         "telnet.side=server\n"
                                         "telnet.options:\n"
                                         "  command=WILL\n"
                                         "  option=COMPRESS2\n"
                                         "telnet\n"
                                         "telnet.side=server\n"
                                         "telnet.text=Hello\n"
                                         "telnet\n"
                                         "telnet.side=client\n"
                                         "telnet.options:\n"
                                         "  command=DO\n"
                                         "  option=COMPRESS2\n"
                                         "telnet\n"
                                         "telnet.side=server\n"
                                         "telnet.options:\n"
                                         "  command=SB\n"
                                         "  option=COMPRESS2\n"
                                         "telnet\n"
                                         "telnet.side=client\n"
                                         "telnet.text=****\n";

static void compressed(void **state)
{
    (void)state;
    play_expect(23, false, compressed_steps, compressed_records);
}

static const struct step escapes_steps[] = {
    {'S', WHOLE("\x1b]0;title\x07one\x1b]0;title\x1b\\two\x1b[2;3Hthree\x1b[\nfour\x1b(Bfive\r\n")},
    {'C', WHOLE("\x1b[A\x1b[\r\n")},
    {'S', WHOLE("\x1b]never closed\r\nsix\r\n")},
    {0, NULL, 0},
};

static const char escapes_records[] = "telnet\n"
                                      "telnet.side=server\n"
                                      "telnet.text=onetwothree\n"
                                      "telnet\n"
                                      "telnet.side=server\n"
                                      "telnet.text=fourfive\n"
                                      "telnet\n"
                                      "telnet.side=client\n"
                                      "telnet.text=\n"
                                      "telnet\n"
                                      "telnet.side=server\n"
                                      "telnet.text=six\n";

static void escapes(void **state)
{
    (void)state;
    play_expect(23, false, escapes_steps, escapes_records);
}

/* Of a value that broke off before it said anything, nothing is said. */
static void broken_off(void **state)
{
    static const char *const values[] = {"\x22", "\x22\1", "\x22\2", "\x2a", "\x25", "\x26"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[8];
        const size_t length = (size_t)snprintf(text, sizeof text, SB "%s", values[i]);
        const struct step steps[] = {{'C', text, length}, {'c', NULL, 9}, {0, NULL, 0}};
        play_expect(23, false, steps,
                    values[i][0] == '\x22'   ? "telnet incomplete\ntelnet.side=client\ntelnet.options:\n  command=SB\n"
                                               "  option=LINEMODE\n"
                    : values[i][0] == '\x2a' ? "telnet incomplete\ntelnet.side=client\ntelnet.options:\n  command=SB\n"
                                               "  option=CHARSET\n"
                    : values[i][0] == '\x25' ? "telnet incomplete\ntelnet.side=client\ntelnet.options:\n  command=SB\n"
                                               "  option=AUTHENTICATION\n"
                                             : "telnet incomplete\ntelnet.side=client\ntelnet.options:\n  command=SB\n"
                                               "  option=ENCRYPT\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environments), cmocka_unit_test(modes),   cmocka_unit_test(sealed_by_tls),
        cmocka_unit_test(compressed),   cmocka_unit_test(escapes), cmocka_unit_test(broken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
