/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every EDNS option, as it is in its RFC, too short, too long, and otherwise wrong.
 */
#include "dns_play.h"

struct option_case {
    const char *code, *value, *text;
    bool malformed;
};

static const struct option_case cases[] = {
    {"0001", "0001 0001 0000 0102030405060708 00000e10",
     "LLQ version 1, opcode 1, error 0, identifier 72623859790382856, lifetime 3600", false},
    {"0001", "0001 0001 0000 0102030405060708 00000e", "LLQ 000100010000010203040506070800000e", true},
    {"0001", "0001 0001 0000 0102030405060708 00000e10 00", "LLQ 000100010000010203040506070800000e1000", true},
    {"0002", "00000e10", "UL 3600", false},
    {"0002", "000e10", "UL 000e10", true},
    {"0003", "", "NSID", false},
    {"0003", "6e7331", "NSID \"ns1\"", false},
    {"0003", "6e7300", "NSID 6e7300", false},
    {"0003", "6e737f", "NSID 6e737f", false},
    {"0005", "08 0a 0d", "DAU 8 10 13", false},
    {"0006", "02", "DHU 2", false},
    {"0007", "01", "N3U 1", false},
    {"0007", "", "N3U", false},
    {"0008", "0001 18 00 c00002", "CLIENT-SUBNET 192.0.2.0/24/0", false},
    {"0008", "0002 38 00 20010db8000001", "CLIENT-SUBNET 2001:db8:0:100::/56/0", false},
    {"0008", "0000 00 00", "CLIENT-SUBNET 0/0/0", false},
    {"0008", "0003 18 00 c00002", "CLIENT-SUBNET 00031800c00002", true},
    {"0008", "0001 21 00 c00002", "CLIENT-SUBNET 00012100c00002", true},
    {"0008", "0002 81 00 c00002", "CLIENT-SUBNET 00028100c00002", true},
    {"0008", "0001 20 00 c000020100", "CLIENT-SUBNET 00012000c000020100", true},
    {"0008", "0001 18", "CLIENT-SUBNET 000118", true},
    {"0009", "", "EXPIRE", false},
    {"0009", "00093a80", "EXPIRE 604800", false},
    {"000a", "0102030405060708", "COOKIE 0102030405060708", false},
    {"000b", "", "TCP-KEEPALIVE", false},
    {"000b", "0078", "TCP-KEEPALIVE 12.0 secs", false},
    {"000b", "00", "TCP-KEEPALIVE 00", true},
    {"000b", "007800", "TCP-KEEPALIVE 007800", true},
    {"000c", "000000", "PADDING 3 bytes", false},
    {"000d", "07 6578616d706c65 00", "CHAIN example", false},
    {"000d", "07 6578616d", "CHAIN 076578616d", true},
    {"000e", "4f66 4a5c", "KEY-TAG 20326 19036", false},
    {"000e", "4f66 4a", "KEY-TAG 4f664a", true},
    {"000f", "0006", "EDE 6 (DNSSEC Bogus)", false},
    {"000f", "0006 657870697265640a", "EDE 6 (DNSSEC Bogus): expired\n", false},
    {"000f", "fff0", "EDE 65520", false},
    {"000f", "fff0 6f776e", "EDE 65520: own", false},
    {"000f", "06", "EDE 06", true},
    {"0012", "07 6578616d706c65 00", "REPORT-CHANNEL example", false},
    {"fde9", "01ff", "OPT65001 01ff", false},
};

static void test_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct play play;
        uint8_t value[64];
        char words[512], expected[512];
        size_t length = play_build(cases[i].value, value).len;
        snprintf(words, sizeof words,
                 "1111 0100 0001 0000 0000 0001 'a.example' 0001 0001 00 0029 04d0 00000000 %04zx %s %04zx %s",
                 length + 4, cases[i].code, length, cases[i].value);
        snprintf(expected, sizeof expected,
                 "%sQ- unknown query QUERY RD | a.example A size= 1232 |opt %s <dns.no_answer>\n",
                 cases[i].malformed ? "anomaly dns.malformed\n" : "", cases[i].text);
        play_begin(&play, TRANSPORT_UDP, 53);
        play_ask(&play, words);
        play_end(&play, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
