/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hellos that two readers take for two things: single hellos with extensions written out byte by byte, and what is said
 * of them.
 */
#include "tls_play.h"

#include "frame/session_state.h"

static struct flight flights[8];

static struct flight *begin(unsigned i, char who)
{
    if (i == 0)
        memset(flights, 0, sizeof flights);
    flights[i].who = who;
    return &flights[i];
}

/* Extensions as they stand on the wire, each with type and length. A session identifier has 32 bytes at most. */
static void put_hello_with(struct flight *flight, unsigned session_length, const void *extensions, size_t length)
{
    size_t record = open_record(flight, 22);
    size_t message = open_message(flight, 1);
    put(flight, 0x0303, 2);
    put_zeros(flight, 32);
    put(flight, session_length, 1);
    put_zeros(flight, session_length);
    put_bytes(flight, "\0\2\x13\x01\1\0", 6);
    put(flight, (unsigned)length, 2);
    put_bytes(flight, extensions, length);
    close_length(flight, message, 3);
    close_length(flight, record, 2);
}

/* Only the anomalies of what was written; everything else has its own tests. */
static void expect_anomalies_in(const char *line, const char *expected)
{
    char anomalies[4096];
    size_t length = 0;
    while (*line) {
        const size_t line_length = strcspn(line, "\n") + 1;
        if (*line == '!') {
            assert_true(length + line_length < sizeof anomalies);
            memcpy(anomalies + length, line + 1, line_length - 1);
            length += line_length - 1;
        }
        line += line_length;
    }
    anomalies[length] = '\0';
    assert_string_equal(anomalies, expected);
}

static void expect_anomalies(const char *expected)
{
    static struct play play;
    expect_anomalies_in(play_flights(&play, flights, 1 << 20, false), expected);
}

static void expect_of(const void *extensions, size_t length, const char *expected)
{
    put_hello_with(begin(0, 'C'), 0, extensions, length);
    expect_anomalies(expected);
}
#define EXPECT(extensions, expected) expect_of(extensions, sizeof extensions - 1, expected)

#define ODD(byte) "tls.odd_server_name: byte " byte " stands in the name of the server that is asked for\n"
#define ADDRESS(length)                                                                                                \
    "tls.address_as_name: the server is asked for by an address of " length " bytes, which is no name\n"
#define SEVERAL(count) "tls.several_server_names: " count " names of servers are asked for in one hello\n"
#define OTHER "tls.other_server_name: the client's next hello asks for another server\n"
#define DOUBLED(type) "tls.doubled_extension: extension " type " stands in a hello more than once\n"
#define CONFLICT(type) "tls.length_conflict: extension " type ": a list inside says another length than there is\n"

static void expect_name(const char *name, const char *expected)
{
    put_client_hello(begin(0, 'C'), name, 0);
    expect_anomalies(expected);
}

static void names(void **state)
{
    static const char *const usual[] = {"a", "az.AZ.09", "xn--tda_1.a-b.example", "-a", "1a.2", "1.2.c", "a.1", ""};
    static const struct {
        const char *name, *byte;
    } odd[] = {
        {"a/b", "47"}, {"a@b", "64"},  {"a[b", "91"},      {"a`b", "96"},   {"a{b", "123"},
        {"a b", "32"}, {"a\1b", "1"},  {"a\x80", "128"},   {"\xff", "255"}, {"a.", "46"},
        {".a", "46"},  {"a..b", "46"}, {"a.b.c/d.", "47"}, {"a,b", "44"},   {"*.a", "42"},
    };
    char expected[128];
    (void)state;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        expect_name(usual[i], "");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        snprintf(expected, sizeof expected, ODD("%s"), odd[i].byte);
        expect_name(odd[i].name, expected);
    }
    EXPECT("\0\0\0\x08\0\6\0\0\3a\0b", ODD("0"));
}

static void addresses(void **state)
{
    (void)state;
    expect_name("192.0.2.1", ADDRESS("9"));
    expect_name("7", ADDRESS("1"));
    expect_name("1.", ADDRESS("2"));
    expect_name("2001:db8::1", ADDRESS("11"));
    expect_name("::", ADDRESS("2"));
    expect_name("a.example:443", ADDRESS("13"));
    expect_name("1.2.3.4/", ODD("47"));
}

static void several_names(void **state)
{
    (void)state;
    EXPECT("\0\0\0\x0a\0\x08\0\0\1a\0\0\1b", SEVERAL("2"));
    EXPECT("\0\0\0\x0e\0\x0c\0\0\1a\0\0\1a\0\0\1b", SEVERAL("3"));
    /* the second is of another kind, and so is the first */
    EXPECT("\0\0\0\x0a\0\x08\0\0\1a\1\0\1/", "");
    EXPECT("\0\0\0\x0a\0\x08\1\0\1/\0\0\1a", "");
    EXPECT("\0\0\0\x0a\0\x08\1\0\1a\0\0\1/", ODD("47"));
    /* nor is one that breaks off another */
    EXPECT("\0\0\0\x0a\0\x08\0\0\1a\0\0\2b", CONFLICT("0"));
    /* it is the first of which something is said */
    EXPECT("\0\0\0\x0a\0\x08\0\0\1/\0\0\1.", SEVERAL("2") ODD("47"));
}

/* Each list once with the length that it has, and with others. */
static void lengths(void **state)
{
    (void)state;
    EXPECT("\0\0\0\0", "");
    EXPECT("\0\0\0\6\0\4\0\0\1a", "");
    EXPECT("\0\0\0\6\0\3\0\0\1a", CONFLICT("0"));
    EXPECT("\0\0\0\6\0\5\0\0\1a", CONFLICT("0"));
    EXPECT("\0\0\0\6\0\4\0\0\2a", CONFLICT("0"));
    EXPECT("\0\0\0\7\0\5\0\0\1a\0", CONFLICT("0"));
    EXPECT("\0\0\0\1\0", CONFLICT("0"));

    EXPECT("\0\x0a\0\4\0\2\0\x1d", "");
    EXPECT("\0\x0a\0\4\0\4\0\x1d", CONFLICT("10"));
    EXPECT("\0\x0a\0\5\0\3\0\x1d\0", CONFLICT("10"));
    EXPECT("\0\x0a\0\1\0", CONFLICT("10"));
    EXPECT("\0\x0a\0\0", CONFLICT("10"));
    EXPECT("\0\x0d\0\4\0\2\4\3", "");
    EXPECT("\0\x0d\0\4\0\0\4\3", CONFLICT("13"));

    EXPECT("\0\x10\0\5\0\3\2h2", "");
    EXPECT("\0\x10\0\5\0\2\2h2", CONFLICT("16"));
    EXPECT("\0\x10\0\5\0\3\3h2", CONFLICT("16"));
    EXPECT("\0\x10\0\6\0\4\2h2\1", CONFLICT("16"));
    EXPECT("\0\x10\0\0", CONFLICT("16"));

    EXPECT("\0\x2b\0\3\2\3\4", "");
    EXPECT("\0\x2b\0\3\3\3\4", CONFLICT("43"));
    EXPECT("\0\x2b\0\4\3\3\4\3", CONFLICT("43"));
    EXPECT("\0\x2b\0\0", CONFLICT("43"));
    EXPECT("\0\x2b\0\1\0", "");
    /* others have no list that is known, and one is enough */
    EXPECT("\0\x0b\0\2\5\0", "");
    EXPECT("\0\x0a\0\0\0\x0d\0\0", CONFLICT("10"));
}

static void doubled(void **state)
{
    (void)state;
    EXPECT("\0\x17\0\0\0\x16\0\0", "");
    EXPECT("\0\x17\0\0\0\x17\0\0", DOUBLED("23"));
    EXPECT("\0\x17\0\0\0\x16\0\0\0\x17\0\0\0\x16\0\0\0\x17\0\0", DOUBLED("23") DOUBLED("22"));
    EXPECT("\0\x3f\0\0\0\x3f\0\0", DOUBLED("63"));
    /* beyond those that are kept in mind */
    EXPECT("\0\x40\0\0\0\x40\0\0\x0a\x0a\0\0\x0a\x0a\0\0", "");
    EXPECT("\0\0\0\6\0\4\0\0\1a\0\0\0\6\0\4\0\0\1/", DOUBLED("0") ODD("47"));
}

/* A server that asks for another hello: its random says so (RFC 8446 section 4.1.3). */
static void put_retry(struct flight *flight)
{
    static const uint8_t random[32] = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    };
    size_t record = open_record(flight, 22);
    put_server_hello(flight, 0x1301, 0);
    memcpy(flight->bytes + record + 2 + 4 + 2, random, sizeof random);
    close_length(flight, record, 2);
}

/* NULL: without a name. A third hello, too, unless it is NULL. */
static void expect_hellos(const char *first, const char *second, const char *third, const char *expected)
{
    put_client_hello(begin(0, 'C'), first, WITH_13);
    put_retry(begin(1, 'S'));
    put_client_hello(begin(2, 'C'), second, WITH_13);
    if (third)
        put_client_hello(begin(3, 'C'), third, WITH_13);
    expect_anomalies(expected);
}

static void other_names(void **state)
{
    (void)state;
    expect_hellos("a.example", "a.example", NULL, "");
    expect_hellos("a.example", "A.Example", NULL, "");
    expect_hellos("a.example", "b.example", NULL, OTHER);
    expect_hellos("a.example", "aa.example", NULL, OTHER);
    /* a name that is not there contradicts none */
    expect_hellos("a.example", NULL, NULL, "");
    expect_hellos("a.example", "", NULL, "");
    expect_hellos(NULL, "b.example", NULL, "");
    expect_hellos("a.example", "a.example", "b.example", OTHER);
    expect_hellos("a.example", "b.example", "c.example", OTHER);
}

/* Wherever it stands among the extensions. */
static void other_name_behind_others(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "a", WITH_13);
    put_retry(begin(1, 'S'));
    put_hello_with(begin(2, 'C'), 32, "\0\x17\0\0\0\0\0\6\0\4\0\0\1b", 14);
    expect_anomalies(OTHER);
}

/* Of a hello that cannot be read nothing more is said. */
static void broken_hellos(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "a.example", WITH_13);
    put_retry(begin(1, 'S'));
    put_hello_with(begin(2, 'C'), 33, "\0\0\0\6\0\4\0\0\1b", 10);
    expect_anomalies("");
    EXPECT("\0\0\0\6\0\4\0\0\1/\0",
           "tls.malformed: a handshake message of type 1, 54 bytes long, contradicts itself\n");
}

/* Through a tunnel for a host whose number no name has; 0: nobody knows for which. */
static void expect_in_tunnel(uint64_t host, const char *expected)
{
    static struct play play;
    const struct bytes hello = bytes_of(flights[0].bytes, flights[0].length);
    play_begin(&play, false);
    play_piece(&play, SIDE_CLIENT, bytes_first(hello, 1));
    play.session.state->meant_for = host;
    play_piece(&play, SIDE_CLIENT, bytes_skip(hello, 1));
    session_end(&play.session, END_FIN);
    session_shared_done(&play.shared);
    names_free(play.shared.names);
    port_map_free(play.shared.ports);
    play.written[play.length] = 0;
    expect_anomalies_in(play.written, expected);
}

#define OTHER_HOST "tls.other_host: the hello asks for another host than the tunnel through which it came\n"

static void tunnels(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "a.example", WITH_13);
    expect_in_tunnel(2, OTHER_HOST);
    expect_in_tunnel(0, "");
    put_client_hello(begin(0, 'C'), NULL, WITH_13);
    expect_in_tunnel(2, "");
    put_client_hello(begin(0, 'C'), "192.0.2.1", WITH_13);
    expect_in_tunnel(2, ADDRESS("9"));
    /* the name that counts is encrypted */
    put_hello_with(begin(0, 'C'), 0, "\0\0\0\6\0\4\0\0\1a\xfe\x0d\0\4\0\0\0\0", 18);
    expect_in_tunnel(2, "");
    put_hello_with(begin(0, 'C'), 33, "\0\0\0\6\0\4\0\0\1a", 10);
    expect_in_tunnel(2, "tls.malformed: a handshake message of type 1, 86 bytes long, contradicts itself\n");
}

static void name_hashes(void **state)
{
    (void)state;
    assert_true(tls_name_hash(bytes_text("")) == UINT64_C(0xcbf29ce484222325));
    assert_true(tls_name_hash(bytes_text("A")) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(tls_name_hash(bytes_text("Ab")) == tls_name_hash(bytes_text("aB")));
    assert_true(tls_name_hash(bytes_text("ab")) != tls_name_hash(bytes_text("ba")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(addresses),
        cmocka_unit_test(several_names),
        cmocka_unit_test(lengths),
        cmocka_unit_test(doubled),
        cmocka_unit_test(other_names),
        cmocka_unit_test(other_name_behind_others),
        cmocka_unit_test(broken_hellos),
        cmocka_unit_test(tunnels),
        cmocka_unit_test(name_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
