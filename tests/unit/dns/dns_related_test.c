/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What belongs to an answer: single answers to www.example, and what is said of their records. The question ends at
 * byte 29, and an address of www.example (OWN) takes 16 bytes.
 */
#include "dns_play.h"

#include "dns/dns_related.h"

#define QUESTION "'www.example' 0001 0001 "
#define OWN "c00c 0001 0001 00000e10 0004 c0000207 "
#define ADDRESS(name) "'" name "' 0001 0001 00000e10 0004 c0000208 "
#define ADDRESS_6(name) "'" name "' 001c 0001 00000e10 0010 20010db8000000000000000000000001 "
#define RECORD(name, type, length, data) "'" name "' " type " 0001 00000e10 " length " " data " "
#define TO_A_TEST "'a.test' " /* 8 bytes */

static void write_anomaly(void *context, const struct record *record)
{
    struct play *play = context;
    if (record->dataset == &dns_dataset)
        return;
    const struct bytes name = record_find_text(record, 0), detail = record_find_text(record, 1);
    play_text(play, name.at, name.len);
    play_string(play, ": ");
    play_text(play, detail.at, detail.len);
    play_string(play, "\n");
}

/* A message of the server, of which `missing` bytes were not captured, and what is told. */
static void said_of(enum side side, uint16_t port, const char *words, size_t missing, const char *expected)
{
    struct play play;
    uint8_t message[PLAY_MESSAGE];
    play_begin(&play, TRANSPORT_UDP, port);
    play.shared.sink.write = write_anomaly;
    const struct bytes built = play_build(words, message);
    play_piece(&play, side, built, built.len + missing);
    play_end(&play, expected);
}

static void said(const char *words, const char *expected)
{
    said_of(SIDE_SERVER, 53, words, 0, expected);
}

/* Numbers of records in the sections, then the records. */
static void answered(const char *counts, const char *records, const char *expected)
{
    char words[8192];
    assert_true((size_t)snprintf(words, sizeof words, "1111 8180 0001 %s " QUESTION "%s", counts, records) <
                sizeof words);
    said(words, expected);
}

#define TOLD(count, at)                                                                                                \
    "dns.unrelated_record: " count " records have nothing to do with the question, the first of them at byte " at "\n"

static void answers(void **state)
{
    (void)state;
    answered("0001 0000 0000", OWN, "");
    answered("0001 0000 0000", ADDRESS("wWw.eXample"), "");
    answered("0001 0000 0000", ADDRESS("www.test"), TOLD("1", "29"));
    answered("0002 0000 0000", OWN ADDRESS("bank.test"), TOLD("1", "45"));
    answered("0003 0000 0000", ADDRESS("bank.test") OWN ADDRESS("test"), TOLD("2", "29"));
    answered("0002 0000 0000", OWN ADDRESS_6("bank.test"), TOLD("1", "45"));
    answered("0002 0000 0000", OWN RECORD("bank.test", "0010", "0002", "0161"), TOLD("1", "45"));
    /* neither what is above nor what is below */
    answered("0002 0000 0000", OWN ADDRESS("example"), TOLD("1", "45"));
    answered("0002 0000 0000", OWN ADDRESS("a.www.example"), TOLD("1", "45"));
    answered("0002 0000 0000", OWN ADDRESS("xample"), TOLD("1", "45"));
}

static void aliases(void **state)
{
    (void)state;
    answered("0002 0000 0000", RECORD("www.example", "0005", "0008", TO_A_TEST) ADDRESS("A.tesT"), "");
    answered("0003 0000 0000", OWN RECORD("www.example", "0005", "0008", TO_A_TEST) ADDRESS("b.test"), TOLD("1", "76"));
    /* the record before the one that leads to it */
    answered("0002 0000 0000", ADDRESS("a.test") RECORD("www.example", "0005", "0008", TO_A_TEST), "");
    answered("0003 0000 0000", ADDRESS("b.test") RECORD("c.test", "0005", "0008", "'b.test'") OWN, TOLD("2", "29"));
    /* one that leads to itself */
    answered("0002 0000 0000", RECORD("www.example", "0005", "000d", "'www.example'") ADDRESS("a.test"),
             TOLD("1", "65"));
    /* a zone's alias may be of what is above, and nobody else's */
    answered("0003 0000 0000",
             RECORD("example", "0027", "0006", "'test'") RECORD("www.example", "0005", "000a", "'www.test'")
                 ADDRESS("www.test"),
             "");
    answered("0002 0000 0000", OWN RECORD("other", "0027", "0006", "'test'"), TOLD("1", "45"));
    answered("0002 0000 0000", RECORD("", "0027", "0006", "'test'") OWN, "");
}

static void zones(void **state)
{
    static const char soa[] = "0000 00000001 00000002 00000003 00000004 00000005";
    char words[512];
    (void)state;
    answered("0001 0001 0000", OWN RECORD("example", "0002", "0008", TO_A_TEST), "");
    answered("0001 0001 0000", OWN RECORD("www.example", "0002", "0008", TO_A_TEST), "");
    answered("0001 0001 0000", OWN RECORD("", "0002", "0008", TO_A_TEST), "");
    answered("0001 0001 0000", OWN RECORD("test", "0002", "0008", TO_A_TEST), TOLD("1", "45"));
    answered("0001 0001 0000", OWN RECORD("xample", "0002", "0008", TO_A_TEST), TOLD("1", "45"));
    answered("0001 0001 0000", OWN RECORD("a.www.example", "0002", "0008", TO_A_TEST), TOLD("1", "45"));
    snprintf(words, sizeof words, "'example' 0006 0001 00000e10 0016 %s", soa);
    answered("0000 0001 0000", words, "");
    snprintf(words, sizeof words, "'test' 0006 0001 00000e10 0016 %s", soa);
    answered("0000 0001 0000", words, TOLD("1", "29"));
    /* proofs are their neighbours' */
    answered("0001 0001 0000", OWN RECORD("z.test", "002f", "0004", "00 00 01 40"), "");
    answered("0001 0001 0000", OWN ADDRESS("z.test"), "");
    /* those of an alias' target, and of the alias */
    answered("0001 0001 0000",
             RECORD("www.example", "0005", "0008", TO_A_TEST) RECORD("test", "0002", "0008", TO_A_TEST), "");
    answered("0001 0001 0000",
             RECORD("www.example", "0005", "0008", TO_A_TEST) RECORD("example", "0002", "0008", TO_A_TEST), "");
    /* a zone above is no name that was asked for */
    answered("0002 0000 0000", OWN RECORD("example", "0002", "0008", TO_A_TEST), TOLD("1", "45"));
}

static void additions(void **state)
{
    static const char to_a[] = "'example' 0002 0001 00000e10 0008 'a.test'";
    char words[512];
    (void)state;
    answered("0001 0000 0001", OWN ADDRESS("WWW.example"), "");
    answered("0001 0000 0001", OWN ADDRESS("a.test"), TOLD("1", "45"));
    answered("0001 0000 0001", OWN ADDRESS_6("a.test"), TOLD("1", "45"));
    /* what is no address is nobody's */
    answered("0001 0000 0001", OWN RECORD("a.test", "0010", "0002", "0161"), "");
    answered("0001 0000 0001", OWN "00 0029 0200 00000000 0000", "");
    snprintf(words, sizeof words, "%s %s", to_a, ADDRESS("A.test"));
    answered("0000 0001 0001", words, "");
    snprintf(words, sizeof words, "%s %s", to_a, ADDRESS("test"));
    answered("0000 0001 0001", words, TOLD("1", "56"));
    /* which a name server of another zone does not lead to */
    answered("0000 0001 0001", RECORD("test", "0002", "0008", TO_A_TEST) ADDRESS("a.test"), TOLD("2", "29"));
    /* nor one that stands among them, unless it is that of a name */
    answered("0000 0000 0002", RECORD("example", "0002", "0008", TO_A_TEST) ADDRESS("a.test"), TOLD("1", "56"));
    answered("0000 0000 0002", RECORD("www.example", "0002", "0008", TO_A_TEST) ADDRESS("a.test"), "");
    /* services may be at the name itself */
    answered("0001 0000 0001", RECORD("www.example", "0041", "0003", "0001 00") ADDRESS("www.example"), "");
    answered("0001 0000 0001", RECORD("www.example", "0041", "0003", "0001 00") ADDRESS(""), TOLD("1", "55"));
}

/* Which kinds of record lead on, and where the name stands in them. */
static void kinds_that_lead_on(void **state)
{
    static const struct {
        const char *type, *before;
        unsigned length; /* of what stands before the name */
    } kinds[] = {
        {"0002", "", 0},
        {"0003", "", 0},
        {"0004", "", 0},
        {"0005", "", 0},
        {"0006", "", 0},
        {"0007", "", 0},
        {"0008", "", 0},
        {"0009", "", 0},
        {"000c", "", 0},
        {"0027", "", 0},
        {"000f", "000a", 2},
        {"0012", "0001", 2},
        {"0015", "0001", 2},
        {"0024", "0001", 2},
        {"006b", "0001", 2},
        {"0040", "0001", 2},
        {"0041", "0001", 2},
        {"0021", "0001 0002 0050", 6},
        {"0023", "0001 0002 0161 026262 00", 10},
    };
    char words[512];
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const bool is_soa = strcmp(kinds[i].type, "0006") == 0;
        for (int is_other = 0; is_other < 2; is_other++) {
            snprintf(words, sizeof words, "c00c %s 0001 00000e10 %04x %s 'a.test' %s %s", kinds[i].type,
                     kinds[i].length + 8 + (is_soa ? 21 : 0), kinds[i].before,
                     is_soa ? "00 00000001 00000002 00000003 00000004 00000005" : "",
                     is_other ? ADDRESS("b.test") : ADDRESS("a.test"));
            char expected[128];
            snprintf(expected, sizeof expected, TOLD("1", "%u"), 29 + 12 + kinds[i].length + 8 + (is_soa ? 21 : 0));
            answered("0001 0000 0001", words, is_other ? expected : "");
        }
    }
    /* a text is none, whatever is in it */
    answered("0001 0000 0001", RECORD("www.example", "0010", "0008", TO_A_TEST) ADDRESS("a.test"), TOLD("1", "60"));
}

/* A name is followed from record to record, so its addresses may stand anywhere. */
static void through_several(void **state)
{
    (void)state;
    answered("0001 0000 0003",
             RECORD("www.example", "000c", "0008", TO_A_TEST)
                 RECORD("a.test", "0021", "000e", "0000 0000 0000 'b.test'") ADDRESS("b.test") ADDRESS("c.test"),
             TOLD("1", "114"));
    answered("0001 0000 0003",
             ADDRESS_6("b.test") RECORD("a.test", "0021", "000e", "0000 0000 0000 'b.test'")
                 RECORD("www.example", "000c", "0008", TO_A_TEST) ADDRESS("b.test"),
             "");
}

static void what_is_not_judged(void **state)
{
    (void)state;
    said_of(SIDE_CLIENT, 53, "1111 0100 0001 0000 0000 0001 " QUESTION ADDRESS("bank.test"), 0, "");
    said_of(SIDE_SERVER, 5353, "0000 8400 0001 0001 0000 0000 " QUESTION ADDRESS("bank.test"), 0, "");
    said_of(SIDE_SERVER, 53, "1111 8180 0001 0002 0000 0000 " QUESTION ADDRESS("bank.test"), 40, "");
    /* without a question, by another operation, of a whole zone */
    said("1111 8180 0000 0001 0000 0000 " ADDRESS("bank.test"), "");
    said("1111 a400 0001 0001 0000 0000 " QUESTION ADDRESS("bank.test"), "");
    said("1111 8180 0001 0001 0000 0000 'www.example' 00fc 0001" ADDRESS("bank.test"), "");
    said("1111 8180 0001 0001 0000 0000 'www.example' 00fb 0001" ADDRESS("bank.test"), "");
    said("1111 8180 0001 0001 0000 0000 'www.example' 00ff 0001" ADDRESS("bank.test"), TOLD("1", "29"));
    /* of which the end is missing, or broken */
    answered("0002 0000 0000", ADDRESS("bank.test") "c0",
             "dns.malformed: the message breaks off or contradicts itself at byte 54 of 55\n");
    answered("0003 0000 0000", OWN ADDRESS("bank.test"),
             "dns.count_mismatch: the header claims 4 entries, 3 are there\n" TOLD("1", "45"));
}

/* A target that is no name leads nowhere. */
static void broken_targets(void **state)
{
    (void)state;
    answered("0001 0000 0001", RECORD("www.example", "0002", "0002", "0561") ADDRESS("a"),
             "dns.malformed: the message breaks off or contradicts itself at byte 52 of 71\n" TOLD("1", "54"));
}

static void root(void **state)
{
    (void)state;
    said("1111 8180 0001 0001 0000 0001 '' 0002 0001" RECORD("", "0002", "0008", TO_A_TEST) ADDRESS("a.test"), "");
    said("1111 8180 0001 0001 0000 0001 '' 0002 0001" RECORD("", "0002", "0008", TO_A_TEST) ADDRESS("b.test"),
         TOLD("1", "36"));
    said("1111 8180 0001 0000 0001 0000 '' 0002 0001" RECORD("test", "0002", "0008", TO_A_TEST), TOLD("1", "17"));
}

/* As many as fit, and one more: then nothing is said. `own` addresses, a foreign one at the end. */
static void records_limit(void **state)
{
    char words[8192];
    (void)state;
    for (unsigned count = DNS_RELATED_RECORDS; count <= DNS_RELATED_RECORDS + 1; count++) {
        char counts[32], expected[128];
        words[0] = '\0';
        for (unsigned i = 1; i < count; i++)
            strcat(words, OWN);
        strcat(words, ADDRESS("b"));
        snprintf(counts, sizeof counts, "%04x 0000 0000", count);
        snprintf(expected, sizeof expected, TOLD("1", "%u"), 29 + 16 * (count - 1));
        answered(counts, words, count == DNS_RELATED_RECORDS ? expected : "");
    }
}

/* Name servers with names of `labels` labels, the last of which is common to all, and a foreign address. The zones are
 * www.example, example and the root; the last label; and the others of each name. */
static void name_servers(unsigned count, unsigned labels, bool is_told)
{
    char words[8192], counts[32], expected[128];
    size_t length = 0;
    for (unsigned i = 0; i < count; i++) {
        length += (size_t)snprintf(words + length, sizeof words - length, "c00c 0002 0001 00000e10 %04x '", 3 * labels);
        for (unsigned label = 1; label < labels; label++)
            length += (size_t)snprintf(words + length, sizeof words - length, "%02u.", i);
        length += (size_t)snprintf(words + length, sizeof words - length, "z'");
    }
    snprintf(words + length, sizeof words - length, "%s", ADDRESS("b"));
    snprintf(counts, sizeof counts, "%04x 0000 0001", count);
    snprintf(expected, sizeof expected, TOLD("1", "%u"), 29 + count * (12 + 3 * labels));
    answered(counts, words, is_told ? expected : "");
}

static void zones_limit(void **state)
{
    (void)state;
    name_servers((DNS_RELATED_ZONES - 4) / 4, 5, true);
    name_servers((DNS_RELATED_ZONES - 4) / 4 + 1, 5, false);
}

/* Records as many as fit that all lead to names of their own are one name too many. The last one's owner is the first's
 * target: at first sight it belongs to nothing. */
static void names_limit(void **state)
{
    char words[8192];
    size_t length = 0;
    (void)state;
    name_servers(DNS_RELATED_NAMES - 1, 2, true);
    for (unsigned i = 0; i < DNS_RELATED_RECORDS; i++)
        length += (size_t)snprintf(words + length, sizeof words - length, "%s 0002 0001 00000e10 0004 '%02u'",
                                   i + 1 < DNS_RELATED_RECORDS ? "c00c" : "'00'", i);
    answered("0040 0000 0000", words, "");
}

/* Aliases in the reverse of their order: one is found in each round. */
static void rounds_limit(void **state)
{
    (void)state;
    for (unsigned links = DNS_RELATED_ROUNDS - 1; links <= DNS_RELATED_ROUNDS; links++) {
        char words[8192], counts[32], expected[128];
        size_t length = (size_t)snprintf(words, sizeof words, "%s", ADDRESS("b"));
        for (unsigned i = links; i-- > 1;)
            length += (size_t)snprintf(words + length, sizeof words - length, "'%02u' 0005 0001 00000e10 0004 '%02u' ",
                                       i, i + 1);
        snprintf(words + length, sizeof words - length, "c00c 0005 0001 00000e10 0004 '01'");
        snprintf(counts, sizeof counts, "%04x 0000 0000", links + 1);
        snprintf(expected, sizeof expected, "%s", links < DNS_RELATED_ROUNDS ? TOLD("1", "29") : "");
        answered(counts, words, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(aliases),
        cmocka_unit_test(zones),
        cmocka_unit_test(additions),
        cmocka_unit_test(kinds_that_lead_on),
        cmocka_unit_test(through_several),
        cmocka_unit_test(what_is_not_judged),
        cmocka_unit_test(broken_targets),
        cmocka_unit_test(root),
        cmocka_unit_test(records_limit),
        cmocka_unit_test(zones_limit),
        cmocka_unit_test(names_limit),
        cmocka_unit_test(rounds_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
