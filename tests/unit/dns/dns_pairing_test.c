/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Queries and answers find each other, through the frame floor.
 */
#include "dns_play.h"

#include "overhear/limits.h"

#include <assert.h>

#define QUERY " 0100 0001 0000 0000 0000 "
#define ANSWER " 8580 0001 0001 0000 0000 "
#define ADDRESS " c00c 0001 0001 00000e10 0004 c0000207 "

static void test_pair(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'www.Example' 0001 0001");
    play_answer(&play, "1111" ANSWER "'www.Example' 0001 0001" ADDRESS);
    play_end(&play,
             "QR success answer QUERY AA RD RA NOERROR | www.Example A |an www.Example A 3600 192.0.2.7 ip= 192.0.2.7 "
             "<dns.ttl> <dns.authoritative>\n");
}

/* An alias whose target has nothing of the type: a zone's SOA says so. */
static void test_alias_to_nothing(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'www.example' 0001 0001");
    play_answer(&play,
                "1111 8580 0001 0001 0001 0000 'www.example' 0001 0001 c00c 0005 0001 00000e10 0006 03776562 c010"
                " 'example' 0006 0001 0000012c 0016 0000 00000001 00000002 00000003 00000004 00000005");
    play_end(&play,
             "QR success answer QUERY AA RD RA NOERROR | www.example A |an www.example CNAME 3600 web.example "
             "|ns example SOA 300 . . 1 2 3 4 5 <dns.ttl> <dns.authoritative> <dns.alias> <dns.alias_no_data>\n");
}

/* Letters of the name may differ, and IDs, types and classes may not. */
static void test_which(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'wWw.example' 0001 0001");
    play_answer(&play, "1112 8180 0001 0000 0000 0000 'www.example' 0001 0001");
    play_answer(&play, "1111 8180 0001 0000 0000 0000 'www.example' 001c 0001");
    play_answer(&play, "1111 8180 0001 0000 0000 0000 'www.example' 0001 0003");
    play_answer(&play, "1111 8180 0001 0000 0000 0000 'www.other' 0001 0001");
    play_answer(&play, "1111 8183 0001 0000 0000 0000 'WWW.example' 0001 0001");
    play_end(&play, "-R success answer QUERY RD RA NOERROR | www.example A <dns.unasked>\n"
                    "anomaly dns.other_question\n"
                    "-R success answer QUERY RD RA NOERROR | www.example AAAA <dns.unasked>\n"
                    "anomaly dns.other_question\n"
                    "-R success answer QUERY RD RA NOERROR | www.example A <dns.unasked>\n"
                    "anomaly dns.other_question\n"
                    "-R success answer QUERY RD RA NOERROR | www.other A <dns.unasked>\n"
                    "QR failure answer QUERY RD RA NXDOMAIN | wWw.example A <dns.letters_differ>\n");
}

static void test_retransmitted(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    for (int i = 0; i < 3; i++) {
        play_ask(&play, "1111" QUERY "'a.example' 0001 0001");
        play_time(&play, SECOND_NS);
    }
    play_answer(&play, "1111 8403 0001 0000 0000 0000 'a.example' 0001 0001");
    play_answer(&play, "1111 8403 0001 0000 0000 0000 'a.example' 0001 0001");
    play_end(&play, "QR failure answer QUERY AA NXDOMAIN | a.example A again= 2 <dns.repeated> <dns.slow> "
                    "<dns.authoritative>\n"
                    "-R failure answer QUERY AA NXDOMAIN | a.example A <dns.again> <dns.authoritative>\n");
}

/* A query that nobody answers keeps its own flags and EDNS. */
static void test_unanswered(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play,
             "1111 0120 0001 0000 0000 0001 'a.example' 0001 0001  00 0029 04d0 00008000 0008 000b 0000 000c 0000");
    play_time(&play, 3 * (int64_t)SECOND_NS);
    play_end(&play, "Q- unknown query QUERY RD AD | a.example A size= 1232 |opt TCP-KEEPALIVE |opt PADDING 0 bytes "
                    "<dns.do> <dns.unanswered>\n");
}

/* Errors often come back without the question. */
static void test_no_question(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'a.example' 0001 0001");
    play_ask(&play, "1112" QUERY "'b.example' 0001 0001");
    play_answer(&play, "1112 8001 0000 0000 0000 0000");
    play_answer(&play, "1113 8005 0000 0000 0000 0000");
    play_end(&play, "QR failure answer QUERY FORMERR | b.example A\n"
                    "-R failure answer QUERY REFUSED | <dns.unasked>\n"
                    "Q- unknown query QUERY RD | a.example A <dns.unanswered>\n");
}

static void test_extended_code(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'a.example' 0001 0001");
    play_answer(&play, "1111 8000 0001 0000 0000 0001 'a.example' 0001 0001  00 0029 0200 01000000 0000");
    play_end(&play, "QR failure answer QUERY BADVERS | a.example A size= 512\n");
}

/* Over TCP answers may overtake each other, and cuts make no difference. */
static void test_pipelined(void **state)
{
    static const size_t cuts[] = {SIZE_MAX, 1, 2, 3, 7, 13, 31};
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct play play;
        play_begin(&play, TRANSPORT_TCP, 53);
        play.cut = cuts[i];
        play_ask(&play, "1111" QUERY "'a.example' 0001 0001");
        play_ask(&play, "1112" QUERY "'b.example' 0001 0001");
        play_answer(&play, "1112 8403 0001 0000 0000 0000 'b.example' 0001 0001");
        play_answer(&play, "1111 8403 0001 0000 0000 0000 'a.example' 0001 0001");
        play_end(&play, "QR failure answer QUERY AA NXDOMAIN | b.example A <dns.authoritative>\n"
                        "QR failure answer QUERY AA NXDOMAIN | a.example A <dns.authoritative>\n");
    }
}

#define HOST " 'h.z' 0001 0001 00000001 0004 c0000201 "

static void test_transfer(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_TCP, 53);
    play_ask(&play, "1111 0000 0001 0000 0000 0000 'z' 00fc 0001");
    play_answer(&play,
                "1111 8400 0001 0001 0000 0000 'z' 00fc 0001 'z' 0006 0001 00000001 001a 'a' 'b' 00000001 00000002 "
                "00000003 00000004 00000005");
    play_answer(&play, "1111 8400 0000 0001 0000 0000" HOST);
    assert_string_equal(play.written, "");
    play_answer(&play, "1111 8400 0000 0001 0000 0000 'z' 0006 0001 00000001 001a 'a' 'b' 00000001 00000002 00000003 "
                       "00000004 00000005");
    play_end(&play, "QR success answer QUERY AA NOERROR | z AXFR |an z SOA 1 a b 1 2 3 4 5 |an h.z A 1 192.0.2.1 "
                    "|an z SOA 1 a b 1 2 3 4 5 ip= 192.0.2.1 <dns.ttl> <dns.transfer>\n");
}

/* An incremental one: new SOA, old SOA, what goes, new SOA, what comes, new SOA. */
static void test_incremental_transfer(void **state)
{
    struct play play;
    (void)state;
#define SERIAL(n) " 'z' 0006 0001 00000001 001a 'a' 'b' 0000000" n " 00000002 00000003 00000004 00000005 "
    play_begin(&play, TRANSPORT_TCP, 53);
    play_ask(&play, "1111 0000 0001 0000 0001 0000 'z' 00fb 0001" SERIAL("1"));
    play_answer(&play, "1111 8400 0001 0001 0000 0000 'z' 00fb 0001" SERIAL("2"));
    play_answer(&play, "1111 8400 0001 0003 0000 0000 'z' 00fb 0001" SERIAL("1") HOST SERIAL("2"));
    assert_string_equal(play.written, "");
    play_answer(&play, "1111 8400 0001 0001 0000 0000 'z' 00fb 0001" SERIAL("2"));
    play_ask(&play, "1112 0000 0001 0000 0001 0000 'z' 00fb 0001" SERIAL("2"));
    play_answer(&play, "1112 8400 0001 0001 0000 0000 'z' 00fb 0001" SERIAL("2"));
    play_ask(&play, "1113 0000 0001 0000 0000 0000 'z' 00fc 0001");
    play_answer(&play, "1113 8405 0001 0000 0000 0000 'z' 00fc 0001");
    play_ask(&play, "1114 0000 0001 0000 0000 0000 'z' 00fc 0001");
    play_answer(&play, "1114 8400 0001 0001 0000 0000 'z' 00fc 0001" SERIAL("2"));
    play_end(&play,
             "QR success answer QUERY AA NOERROR | z IXFR |an z SOA 1 a b 2 2 3 4 5 |an z SOA 1 a b 1 2 3 4 5 |an h.z "
             "A 1 192.0.2.1 |an z SOA 1 a b 2 2 3 4 5 |an z SOA 1 a b 2 2 3 4 5 ip= 192.0.2.1 <dns.ttl> "
             "<dns.transfer>\n"
             "QR success answer QUERY AA NOERROR | z IXFR |an z SOA 1 a b 2 2 3 4 5 <dns.ttl> <dns.transfer_nothing>\n"
             "QR failure answer QUERY AA REFUSED | z AXFR\n"
             "QR unknown incomplete answer QUERY AA NOERROR | z AXFR |an z SOA 1 a b 2 2 3 4 5 <dns.ttl>\n");
#undef SERIAL
}

/* The sections of an update are what it is about, whatever the answer says. */
static void test_update(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111 2800 0001 0001 0002 0000 'z' 0006 0001  'h.z' 0001 00ff 00000000 0000  "
                    "'h.z' 00ff 00ff 00000000 0000  'h.z' 0001 00fe 00000000 0004 c0000201");
    play_answer(&play, "1111 a800 0001 0000 0000 0000 'z' 0006 0001");
    play_end(&play,
             "QR success answer UPDATE NOERROR | z SOA |if h.z A ANY 0 |do h.z ANY ANY 0 |do h.z A NONE 0 192.0.2.1 "
             "<dns.update_type_exists> <dns.update_remove_name> <dns.update_remove_record> <dns.update>\n");
}

static void test_notify(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111 2400 0001 0000 0000 0000 'z' 0006 0001");
    play_answer(&play, "1111 a400 0001 0000 0000 0000 'z' 0006 0001");
    play_end(&play, "QR success answer NOTIFY AA NOERROR | z SOA <dns.notify>\n");
}

static void test_multicast(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 5353);
    play.conversation.source.port = 5353;
    play.conversation.destination.ip = (struct address){4, {224, 0, 0, 251}};
    play_ask(&play, "0000 0000 0002 0001 0000 0000 '_ipp._tcp.local' 000c 8001 'a.local' 0001 0001 "
                    "c00c 000c 0001 00000e10 0004 01 70 c00c");
    play_ask(&play, "0000 8400 0000 0001 0000 0000 'a.local' 0001 8001 00000078 0004 c0a80001");
    play_end(&play, "Q- unknown query QUERY | _ipp._tcp.local PTR +  a.local A |an _ipp._tcp.local PTR 3600 "
                    "p._ipp._tcp.local <dns.known_answers> <dns.to_everybody>\n"
                    "-R success answer QUERY AA NOERROR | |an a.local A 120 192.168.0.1 1 ip= 192.168.0.1 <dns.ttl> "
                    "<dns.announcement>\n");
}

static void test_link_local(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 5355);
    play.conversation.destination.ip = (struct address){4, {224, 0, 0, 252}};
    play_ask(&play, "1111 0500 0001 0000 0000 0000 'printer' 0001 0001");
    play_ask(&play, "1111 0500 0001 0000 0000 0000 'printer' 0001 0001");
    play_end(&play, "Q- unknown query QUERY C T | printer A again= 1 <dns.repeated> <dns.to_everybody>\n");
}

/* What the capture cut off is nobody's fault. */
static void test_cut_by_capture(void **state)
{
    struct play play;
    uint8_t message[PLAY_MESSAGE];
    struct bytes built = play_build("1111" ANSWER "'a.example' 0001 0001" ADDRESS, message);
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'a.example' 0001 0001");
    play_piece(&play, SIDE_SERVER, bytes_first(built, built.len - 3), built.len);
    play_piece(&play, SIDE_SERVER, bytes_first(built, 5), built.len);
    play_end(&play, "QR success incomplete answer QUERY AA RD RA NOERROR | a.example A <dns.authoritative>\n"
                    "-R success incomplete answer QUERY AA RD RA NOERROR | <dns.unasked> <dns.authoritative>\n");
}

static void test_malformed(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_answer(&play, "1111" ANSWER "'a' 0001 0001 c00c 0001 0001 00000e10 0004 c00002");
    play_answer(&play, "1111" ANSWER "'b' 0001 0001 c00c 0001 0001 00000e10 0003 c00002");
    play_answer(&play, "1111" ANSWER "c00c 0001 0001");
    play_answer(&play, "1111 8580 0001 0003 0000 0000 'd' 0001 0001" ADDRESS);
    play_answer(&play, "1111" ANSWER "'e' 0001 0001" ADDRESS "00");
    play_answer(&play, "1111 9840 0001 0000 0000 0000 'f' 0001 0001");
    play_end(&play, "anomaly dns.malformed\n"
                    "-R success answer QUERY AA RD RA NOERROR | a A <dns.unasked> <dns.authoritative>\n"
                    "anomaly dns.malformed\n"
                    "-R success answer QUERY AA RD RA NOERROR | b A |an b A 3600 \\# 3 C00002 <dns.ttl> <dns.unasked> "
                    "<dns.authoritative>\n"
                    "anomaly dns.compression_loop\n"
                    "-R success answer QUERY AA RD RA NOERROR | <dns.unasked> <dns.authoritative>\n"
                    "anomaly dns.count_mismatch\n"
                    "-R success answer QUERY AA RD RA NOERROR | d A |an d A 3600 192.0.2.7 ip= 192.0.2.7 <dns.ttl> "
                    "<dns.unasked> <dns.authoritative>\n"
                    "anomaly dns.trailing_bytes\n"
                    "-R success answer QUERY AA RD RA NOERROR | e A |an e A 3600 192.0.2.7 ip= 192.0.2.7 <dns.ttl> "
                    "<dns.unasked> <dns.authoritative>\n"
                    "anomaly dns.bad_opcode\n"
                    "anomaly dns.z_bit\n"
                    "-R success answer OPCODE3 NOERROR | f A <dns.unasked>\n");
}

/* Six records of which each says the longest name twice, in four bytes: what would be longer than 16 times the message
 * and 4 KiB is left out. */
static void test_names_limit(void **state)
{
    /* 1003 characters each name; the fifth record is the first that is too much */
    enum {
        RECORDS = 6,
        TOLD = 5,
        LENGTH = 12 + 259 + RECORDS * 14,
        MOST = LIMIT_NAMES_FREE_BYTES + LIMIT_NAMES_RATIO * LENGTH
    };
    static const unsigned labels[] = {63, 63, 63, 61};
    static_assert(4 * 2 * 1003 <= MOST && 5 * 2 * 1003 > MOST, "what is told");
    char name[1024] = "", words[2048] = "1111 8580 0001 0006 0000 0000 ", expected[16384];
    struct play play;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        snprintf(words + strlen(words), sizeof words - strlen(words), "%02x", labels[i]);
        for (unsigned k = 0; k < labels[i]; k++) {
            strcat(words, "01");
            strcat(name, "\\001");
        }
        strcat(name, i < 3 ? "." : "");
    }
    strcat(words, "00 0001 0001");
    for (unsigned i = 0; i < RECORDS; i++)
        strcat(words, " c00c 0002 0001 00000e10 0002 c00c");
    snprintf(expected, sizeof expected, "anomaly dns.names_limit\n-R success answer QUERY AA RD RA NOERROR | %s A",
             name);
    for (unsigned i = 0; i < TOLD; i++)
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), " |an %s NS 3600 %s", name, name);
    play_begin(&play, TRANSPORT_UDP, 53);
    play_answer(&play, words);
    strcat(expected, " <dns.ttl> <dns.unasked> <dns.authoritative>\n");
    play_end(&play, expected);
}

/* What the asker calls an address some seconds after the last message. */
static struct bytes called(struct play *play, const char *octets, uint8_t family, unsigned seconds)
{
    struct address address = {.family = family};
    (void)play_build(octets, address.octets);
    return names_find(play->shared.names, &play->conversation.source.ip, &address,
                      play->shared.moment.time_ns + (int64_t)seconds * SECOND_NS);
}

/* The client learns the address under the name that it asked for, and no other; it holds as long as the shortest of the
 * chain, and five minutes. */
static void test_names_learned(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'www.A' 0001 0001");
    play_answer(&play, "1111 8180 0001 0004 0000 0000 'www.a' 0001 0001  c00c 0005 0001 0000001e 0003 'b'  "
                       "'B' 0005 0001 0000003c 0003 'c'  'c' 0001 0001 0000003c 0004 c0000207  "
                       "'other' 0001 0001 0000003c 0004 c0000208");
    assert_true(bytes_is(called(&play, "c0000207", 4, 0), "www.a"));
    assert_true(bytes_is(called(&play, "c0000207", 4, 330), "www.a"));
    assert_null(called(&play, "c0000207", 4, 331).at);
    assert_null(called(&play, "c0000208", 4, 0).at);
    play_end(&play, "anomaly dns.unrelated_record\n"
                    "QR success answer QUERY RD RA NOERROR | www.A A |an www.a CNAME 30 b |an B CNAME 60 c |an c A 60 "
                    "192.0.2.7 |an other A 60 192.0.2.8 ip= 192.0.2.7 192.0.2.8 <dns.ttl> <dns.letters_differ> "
                    "<dns.from_cache> <dns.chain>\n");
}

/* Of an address of which the owner says the name; of both families. What is not the reverse of an address names none.
 */
static void test_reverse_names_learned(void **state)
{
    static const char *const no_address[] = {
        "'256.2.0.192.in-addr.arpa'", "'2.0.192.in-addr.arpa'", "'1.7.2.0.192.in-addr.arpa'",
        "'0x7.2.0.192.in-addr.arpa'", "'1.ip6.arpa'",           "'arpa'"};
    struct play play;
    char words[160];
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'7.2.0.192.in-addr.arpa' 000c 0001");
    play_answer(&play, "1111 8180 0001 0002 0000 0000 '7.2.0.192.in-addr.arpa' 000c 0001  c00c 0005 0001 0000003c 0009 "
                       "'7.net.x'  '7.net.x' 000c 0001 0000003c 0006 'host'");
    assert_true(bytes_is(called(&play, "c0000207", 4, 0), "host"));
    play_ask(&play,
             "1112" QUERY "'8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.IP6.ARPA' 000c 0001");
    play_answer(&play,
                "1112 8180 0001 0001 0000 0000 "
                "'8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa' 000c 0001  c00c 000c "
                "0001 0000003c 0006 'six1'");
    assert_true(bytes_is(called(&play, "20010db8000000000000000000000008", 6, 0), "six1"));
    size_t before = play.budget.used;
    for (size_t i = 0; i < sizeof no_address / sizeof *no_address; i++) {
        snprintf(words, sizeof words, "1113" QUERY "%s 000c 0001", no_address[i]);
        play_ask(&play, words);
        snprintf(words, sizeof words, "1113 8180 0001 0001 0000 0000 %s 000c 0001  c00c 000c 0001 0000003c 0005 'bad'",
                 no_address[i]);
        play_answer(&play, words);
        assert_int_equal(play.budget.used, before);
    }
    play.length = 0;
    play.written[0] = '\0';
    play_end(&play, "");
}

/* A forged answer: nobody asked for this one, and what was asked had its answer. */
static void test_nothing_learned_unasked(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'a' 0001 0001");
    play_answer(&play, "2222 8180 0001 0001 0000 0000 'a' 0001 0001  c00c 0001 0001 0000003c 0004 c0000209");
    play_answer(&play, "1111 8180 0001 0001 0000 0000 'a' 0001 0001  c00c 0001 0001 0000003c 0004 c0000207");
    play_answer(&play, "1111 8180 0001 0001 0000 0000 'a' 0001 0001  c00c 0001 0001 0000003c 0004 c0000208");
    assert_true(bytes_is(called(&play, "c0000207", 4, 0), "a"));
    assert_null(called(&play, "c0000208", 4, 0).at);
    assert_null(called(&play, "c0000209", 4, 0).at);
    play.length = 0;
    play.written[0] = '\0';
    play_end(&play, "");

    /* Where only answers are seen they are all there is. */
    play_begin(&play, TRANSPORT_UDP, 53);
    play_answer(&play, "2222 8180 0001 0001 0000 0000 'a' 0001 0001  c00c 0001 0001 0000003c 0004 c0000209");
    assert_true(bytes_is(called(&play, "c0000209", 4, 0), "a"));
    play.length = 0;
    play.written[0] = '\0';
    play_end(&play, "");
}

static void test_referral(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    play_ask(&play, "1111" QUERY "'www.de' 0001 0001");
    play_answer(&play, "1111 8000 0001 0000 0002 0000 'www.de' 0001 0001  'de' 0002 0001 0000003c 0003 'a'  "
                       "'de' 0002 0001 0000003c 0003 'b'");
    play_ask(&play, "1112" QUERY "'www.de' 0001 0001");
    play_answer(&play,
                "1112 8403 0001 0000 0001 0000 'www.de' 0001 0001  'de' 0006 0001 0000003c 001a 'a' 'b' 00000001 "
                "00000002 00000003 00000004 00000005");
    play_end(&play, "QR success answer QUERY NOERROR | www.de A |ns de NS 60 a |ns de NS 60 b ask= a b <dns.referral>\n"
                    "QR failure answer QUERY AA NXDOMAIN | www.de A |ns de SOA 60 a b 1 2 3 4 5 <dns.authoritative> "
                    "<dns.negative_ttl>\n");
}

/* Nothing is open: as the flow floor folds a conversation, and unfolds it when somebody speaks. */
static void rest(struct play *play, bool rests)
{
    play->conversation.last = play->shared.moment;
    if (!rests)
        return;
    assert_true(session_rest(&play->session));
    assert_true(session_wake(&play->session));
}

static void pair(struct play *play, unsigned number, bool rests)
{
    char words[200];
    snprintf(words, sizeof words, "%04x" QUERY "'n%u.example' 0001 0001", number, number);
    play_ask(play, words);
    snprintf(words, sizeof words, "%04x" ANSWER "'n%u.example' 0001 0001" ADDRESS, number, number);
    play_answer(play, words);
    rest(play, rests);
}

/* What a conversation knows of answered questions it still knows when it has rested. */
static void test_rests(void **state)
{
    static char written[32768];
    (void)state;
    for (int rests = 0; rests < 2; rests++) {
        struct play play;
        play_begin(&play, TRANSPORT_UDP, 53);
        for (unsigned number = 1; number <= 6; number++) {
            pair(&play, number, rests);
            play_time(&play, number * (int64_t)SECOND_NS);
        }
        for (unsigned number = 1; number <= 6; number++) {
            char words[200];
            snprintf(words, sizeof words, "%04x" ANSWER "'n%u.example' 0001 0001" ADDRESS, number, number);
            play_answer(&play, words);
            rest(&play, rests);
        }
        play_answer(&play, "0009" QUERY "'c.example' 0001 0001"); /* the server asks */
        play_ask(&play, "0009" ANSWER "'c.example' 0001 0001" ADDRESS);
        rest(&play, rests);
        play_time(&play, 400 * (int64_t)SECOND_NS);
        play_ask(&play, "0009" ANSWER "'c.example' 0001 0001" ADDRESS);
        if (!rests)
            strcpy(written, play.written);
        play_end(&play, written);
    }
    unsigned again = 0;
    for (const char *at = written; (at = strstr(at, "<dns.again>")) != NULL; at++)
        again++;
    assert_int_equal(again, 6);
    assert_non_null(strstr(written, "<dns.unasked> <dns.authoritative>\n"));
}

/* Longer ago than the numbers tell: such a conversation stays as it is. */
static void test_rests_not_for_ages(void **state)
{
    struct play play;
    (void)state;
    play_begin(&play, TRANSPORT_UDP, 53);
    pair(&play, 1, true);
    play_time(&play, 1200 * (int64_t)SECOND_NS);
    play.conversation.last = play.shared.moment;
    assert_false(session_rest(&play.session));
    play_time(&play, -2400 * (int64_t)SECOND_NS); /* or, by the capture's clock, still to come */
    play.conversation.last = play.shared.moment;
    assert_false(session_rest(&play.session));
    session_end(&play.session, END_CAPTURE);
    play_end(&play,
             "QR success answer QUERY AA RD RA NOERROR | n1.example A |an n1.example A 3600 192.0.2.7 ip= 192.0.2.7 "
             "<dns.ttl> <dns.authoritative>\n");
}

/* After a gap the next message is found again. */
static void test_gap(void **state)
{
    struct play play;
    uint8_t tail[] = {0, 0, 1, 0, 1, 2, 3};
    (void)state;
    play_begin(&play, TRANSPORT_TCP, 53);
    play_ask(&play, "1111" QUERY "'a.example' 0001 0001");
    session_gap(&play.session, SIDE_CLIENT, 100);
    play_piece(&play, SIDE_CLIENT, bytes_of(tail, sizeof tail), sizeof tail);
    play_ask(&play, "1112" QUERY "'b.example' 0001 0001");
    play_end(&play, "Q- unknown query QUERY RD | a.example A <dns.unanswered>\n"
                    "Q- unknown query QUERY RD | b.example A <dns.no_answer>\n");
}

/* RRSIG of an A record by key 7 of example: what is told depends on the capture's clock. */
#define SIGNATURE(expiration, inception)                                                                               \
    "1111 8400 0001 0001 0000 0000 'a.example' 0001 0001 c00c 002e 0001 00000e10 001c 0001 0d 02 00000e10 " expiration \
    " " inception " 0007 'example' ab"

static void test_signature(void **state)
{
    static const struct {
        const char *answer, *told;
    } cases[] = {
        {SIGNATURE("6553f200", "65530000"),
         "-R success answer QUERY AA NOERROR | a.example A |an a.example RRSIG 3600 A 13 2 3600 20231114221736 "
         "20231114050504 "
         "7 example qw== <dns.ttl> <dns.signature_left> <dns.unasked> <dns.authoritative>\n"},
        {SIGNATURE("6553f000", "65530000"),
         "-R success answer QUERY AA NOERROR | a.example A |an a.example RRSIG 3600 A 13 2 3600 20231114220904 "
         "20231114050504 "
         "7 example qw== <dns.ttl> <dns.signature_expired> <dns.unasked> <dns.authoritative>\n"},
        {SIGNATURE("65600000", "6553f180"),
         "-R success answer QUERY AA NOERROR | a.example A |an a.example RRSIG 3600 A 13 2 3600 20231124014432 "
         "20231114221528 "
         "7 example qw== <dns.ttl> <dns.signature_early> <dns.unasked> <dns.authoritative>\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct play play;
        play_begin(&play, TRANSPORT_UDP, 53);
        play_answer(&play, cases[i].answer);
        play_end(&play, cases[i].told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rests),
        cmocka_unit_test(test_rests_not_for_ages),
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_alias_to_nothing),
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_which),
        cmocka_unit_test(test_retransmitted),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_no_question),
        cmocka_unit_test(test_extended_code),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_transfer),
        cmocka_unit_test(test_incremental_transfer),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_notify),
        cmocka_unit_test(test_multicast),
        cmocka_unit_test(test_link_local),
        cmocka_unit_test(test_cut_by_capture),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_names_limit),
        cmocka_unit_test(test_names_learned),
        cmocka_unit_test(test_reverse_names_learned),
        cmocka_unit_test(test_nothing_learned_unasked),
        cmocka_unit_test(test_referral),
        cmocka_unit_test(test_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
