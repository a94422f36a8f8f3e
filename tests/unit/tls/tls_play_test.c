/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole handshakes: which record they give, and when.
 */
#include "tls_play.h"

#include "certificates.h"

static struct flight flights[8];

static struct flight *begin(unsigned i, char who)
{
    if (i == 0)
        memset(flights, 0, sizeof flights);
    flights[i].who = who;
    return &flights[i];
}

static void lose(unsigned i, char who, size_t length)
{
    begin(i, who)->length = length;
}

/* ServerHello, Certificate, ServerHelloDone in one record. */
static void put_server_flight(struct flight *flight, unsigned cipher, const uint8_t *der, size_t length)
{
    size_t record = open_record(flight, 22);
    put_server_hello(flight, cipher, 0);
    put_certificate(flight, der, length);
    put_empty_message(flight, 14);
    close_length(flight, record, 2);
}

static void put_key_and_finished(struct flight *flight)
{
    size_t record = open_record(flight, 22);
    put_empty_message(flight, 16);
    close_length(flight, record, 2);
    put_change_cipher(flight);
    put_opaque(flight, 22, 40);
}

#define HELLO(name)                                                                                                    \
    "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"                                                            \
    "tls.client.supported_ciphers=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"                                             \
    "tls.client.compression_methods=null\n" name
#define NAME_12                                                                                                        \
    "tls.client.extensions=server_name\n"                                                                              \
    "tls.client.server_name=mail.example.test\n"                                                                       \
    "tls.client.versions=1.2\n"                                                                                        \
    "tls.client.ja3=349640b9e304f8ea23a8e0f71dde2248\n"                                                                \
    "tls.client.ja4=t12d020100_c1929292aa6b_000000000000\n"
#define NAME_13                                                                                                        \
    "tls.client.extensions=server_name\n"                                                                              \
    "tls.client.server_name=mail.example.test\n"                                                                       \
    "tls.client.extensions=supported_versions\n"                                                                       \
    "tls.client.versions=1.3\n"                                                                                        \
    "tls.client.versions=1.2\n"                                                                                        \
    "tls.client.ja3=3207ef9f2e951242b53b44f07d8439d0\n"                                                                \
    "tls.client.ja4=t13d020200_c1929292aa6b_b9a491fefe05\n"
#define CHOICE_12                                                                                                      \
    "tls.version_protocol=tls\n"                                                                                       \
    "tls.version=1.2\n"                                                                                                \
    "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"                                                               \
    "tls.server.ja3s=174e7e4992a63f6d419626d97363adb8\n"
#define CHOICE_13                                                                                                      \
    "tls.server.extensions=supported_versions\n"                                                                       \
    "tls.server.extensions=key_share\n"                                                                                \
    "tls.curve=x25519\n"                                                                                               \
    "tls.version_protocol=tls\n"                                                                                       \
    "tls.version=1.3\n"                                                                                                \
    "tls.cipher=TLS_AES_128_GCM_SHA256\n"                                                                              \
    "tls.server.ja3s=f4febc55ea12b31ae17cfb7e614afda8\n"
#define AUTHORITY                                                                                                      \
    "tls.server.x509.alternative_names=mail.example.test\n"                                                            \
    "tls.server.x509.alternative_names=*.example.test\n"                                                               \
    "tls.server.x509.alternative_names=192.0.2.7\n"                                                                    \
    "tls.server.x509.alternative_names=2001:db8::7\n"                                                                  \
    "tls.server.subject=C=DE,O=Prüfstelle\\, Haus 1,CN=mail.example.test\n"                                           \
    "tls.server.issuer=C=DE,O=Prüfstelle\\, Haus 1,CN=mail.example.test\n"                                            \
    "tls.server.not_before=1795329705000000000\n"                                                                      \
    "tls.server.not_after=1797921705000000000\n"                                                                       \
    "tls.server.hash.sha256=b9fffa2533cfd054e38e6047da66d14a07615fd489db11b1b477f734d4c99e9f\n"                        \
    "tls.server.x509.serial_number=AB12\n"                                                                             \
    "tls.server.x509.public_key_algorithm=EC\n"                                                                        \
    "tls.server.x509.public_key_size=256\n"                                                                            \
    "tls.server.x509.public_key_curve=P-256\n"                                                                         \
    "tls.server.x509.signature_algorithm=ecdsa-with-SHA256\n"                                                          \
    "tls.server.self_signed=1\n"                                                                                       \
    "tls.server.chain_length=1\n"
#define ENCRYPTED "<tls.cipher_aead>\n<tls.cipher_forward_secrecy>\n"

static void test_tls12(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    put_server_flight(begin(1, 'S'), 0xc02f, certificate_authority, sizeof certificate_authority);
    put_key_and_finished(begin(2, 'C'));
    put_change_cipher(begin(3, 'S'));
    put_opaque(&flights[3], 22, 40);
    put_opaque(begin(4, 'C'), 23, 300);
    put_opaque(begin(5, 'S'), 23, 900);
    put_opaque(begin(6, 'C'), 21, 26);
    play_expect(flights, "tls success\n" HELLO(NAME_12) CHOICE_12 AUTHORITY
                "tls.established=1\ntls.resumed=0\n" ENCRYPTED "<tls.onlooker_certificate>\n"
                "<tls.certificate_self_signed>\n");
}

/* An old and weak certificate, for another name. */
static void test_certificate_faults(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    put_server_flight(begin(1, 'S'), 0x000a, certificate_weak, sizeof certificate_weak);
    put_alert(begin(2, 'C'), 2, 42);
    play_expect(
        flights,
        "tls failure\n" HELLO(
            NAME_12) "tls.version_protocol=tls\ntls.version=1.2\ntls.cipher=TLS_RSA_WITH_3DES_EDE_CBC_SHA\n"
                     "tls.server.ja3s=ccf031939aa8979b73a604c356f7fd68\n"
                     "tls.server.subject=CN=old.example.test\n"
                     "tls.server.issuer=C=DE,O=Prüfstelle\\, Haus 1,CN=mail.example.test\n"
                     "tls.server.not_before=1795329705000000000\n"
                     "tls.server.not_after=1796193705000000000\n"
                     "tls.server.hash.sha256=24a382d5f9e23164d2ff70fd632e9f50bcc5fc840f21cfed427581176cdb54d2\n"
                     "tls.server.x509.serial_number=07\n"
                     "tls.server.x509.public_key_algorithm=RSA\n"
                     "tls.server.x509.public_key_size=1024\n"
                     "tls.server.x509.signature_algorithm=ecdsa-with-SHA1\n"
                     "tls.server.self_signed=0\ntls.server.chain_length=1\n"
                     "tls.established=0\ntls.resumed=0\n"
                     "tls.alerts.side=client\ntls.alerts.level=fatal\ntls.alerts.description=bad_certificate\n"
                     "<tls.cipher_3des>\n<tls.cipher_no_forward_secrecy>\n<tls.certificate_expires_soon>\n"
                     "<tls.certificate_other_name>\n<tls.certificate_weak_key>\n<tls.certificate_weak_signature>\n");
}

static void test_resumed(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_SESSION);
    struct flight *server = begin(1, 'S');
    size_t record = open_record(server, 22);
    put_server_hello(server, 0xc02f, WITH_SESSION);
    close_length(server, record, 2);
    put_change_cipher(server);
    put_opaque(server, 22, 40);
    put_change_cipher(begin(2, 'C'));
    put_opaque(&flights[2], 22, 40);
    play_expect(flights, "tls success\n" HELLO(NAME_12) CHOICE_12 "tls.established=1\ntls.resumed=1\n" ENCRYPTED
                                                                  "<tls.onlooker_name>\n<tls.resumed>\n");
}

static void put_server_13(struct flight *server, unsigned with)
{
    size_t record = open_record(server, 22);
    put_server_hello(server, 0x1301, with);
    close_length(server, record, 2);
    put_change_cipher(server);
    put_opaque(server, 23, 700);
}

static const char established_13[] = "tls success\n" HELLO(NAME_13) CHOICE_13
    "tls.established=1\ntls.resumed=0\n" ENCRYPTED "<tls.key_share>\n<tls.onlooker_name>\n";

static void test_tls13(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13);
    put_server_13(begin(1, 'S'), 0);
    put_change_cipher(begin(2, 'C'));
    put_opaque(&flights[2], 23, 53);
    put_opaque(&flights[2], 23, 100);
    put_opaque(begin(3, 'S'), 23, 500);
    play_expect(flights, established_13);
}

/* The same, although the server's packets were captured first. (The hello has to come first to be recognised as the
 * client's.) */
static void test_tls13_other_order(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13);
    put_change_cipher(begin(1, 'C'));
    put_opaque(&flights[1], 23, 53);
    put_opaque(&flights[1], 23, 100);
    put_server_13(begin(2, 'S'), 0);
    play_expect(flights, established_13);
}

/* Where Finished should be, there is a record as short as an alert. */
static void test_tls13_refused(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13);
    put_server_13(begin(1, 'S'), 0);
    put_change_cipher(begin(2, 'C'));
    put_opaque(&flights[2], 23, 19);
    play_expect(flights, "tls failure\n" HELLO(NAME_13) CHOICE_13
                "tls.established=0\ntls.resumed=0\ntls.alerts.side=client\ntls.alerts.encrypted=1\n" ENCRYPTED
                "<tls.key_share>\n");
}

static void test_early_data(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13 | WITH_EARLY_DATA);
    put_change_cipher(&flights[0]);
    put_opaque(&flights[0], 23, 400);
    put_server_13(begin(1, 'S'), WITH_KEY);
    put_opaque(begin(2, 'C'), 23, 21);
    put_opaque(&flights[2], 23, 53);
    struct play *play = malloc(sizeof *play);
    assert_non_null(play);
    const char *text = play_flights(play, flights, 1, false);
    assert_non_null(strstr(text, "tls success\n"));
    assert_non_null(strstr(text, "tls.established=1\ntls.resumed=1\ntls.client.early_data_bytes=400\n"));
    free(play);
}

/* A HelloRetryRequest, ChangeCipherSpec for show, and a second hello: one handshake. */
static void test_retry(void **state)
{
    (void)state;
    static const uint8_t random[32] = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    };
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13);
    struct flight *server = begin(1, 'S');
    size_t record = open_record(server, 22);
    put_server_hello(server, 0x1301, 0);
    memcpy(server->bytes + record + 2 + 4 + 2, random, sizeof random);
    close_length(server, record, 2);
    put_change_cipher(server);
    put_change_cipher(begin(2, 'C'));
    put_client_hello(&flights[2], "mail.example.test", WITH_13);
    put_server_13(begin(3, 'S'), 0);
    put_opaque(begin(4, 'C'), 23, 53);
    play_expect(flights, "tls success\n" HELLO(NAME_13) "tls.hello_retry_request=1\n" CHOICE_13
                                                        "tls.established=1\ntls.resumed=0\n" ENCRYPTED
                                                        "<tls.key_share>\n<tls.onlooker_name>\n");
}

/* A hello in records of one byte each. */
static void test_tiny_records(void **state)
{
    (void)state;
    static struct flight whole;
    memset(&whole, 0, sizeof whole);
    put_client_hello(&whole, "mail.example.test", 0);
    struct flight *flight = begin(0, 'C');
    for (size_t i = 5; i < whole.length; i++) {
        size_t record = open_record(flight, 22);
        put(flight, whole.bytes[i], 1);
        close_length(flight, record, 2);
    }
    play_expect(flights, "tls unknown\n" HELLO(NAME_12));
}

static void test_plain_answer(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    put_bytes(begin(1, 'S'), "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", 39);
    play_expect(flights,
                "!tls.plain_answer: the answer to a TLS hello is plain text\n"
                "tls failure\n" HELLO(NAME_12) "tls.server.plain_answer=HTTP/1.1 400 Bad Request\ntls.established=0\n");
}

static void test_alert_answer(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), NULL, 0);
    put_alert(begin(1, 'S'), 2, 40);
    play_expect(flights,
                "tls failure\n" HELLO(
                    "tls.client.versions=1.2\ntls.client.ja3=6ac28f635e78b6e59638f7a1e035f458\ntls.client.ja4="
                    "t12i020000_c1929292aa6b_000000000000\n") "tls.established=0\n"
                                                              "tls.alerts.side=server\ntls.alerts.level=fatal\ntls."
                                                              "alerts.description=handshake_failure\n");
}

/* A message that claims 16 MB: passed over, and what follows it is read. */
static void test_too_long(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), NULL, 0);
    struct flight *server = begin(1, 'S');
    size_t record = open_record(server, 22);
    put_server_hello(server, 0xc02f, 0);
    put(server, 11, 1);
    put(server, 140000, 3);
    close_length(server, record, 2);
    struct flight *rest = begin(2, 'S');
    for (unsigned left = 140000; left > 0;) {
        /* One record is built and its length patched: the content does not matter. */
        unsigned n = left < 2000 ? left : 2000;
        left -= n;
        if (rest->length + n + 5 > sizeof rest->bytes)
            break;
        put_opaque(rest, 22, n);
    }
    struct play *play = malloc(sizeof *play);
    assert_non_null(play);
    const char *text = play_flights(play, flights, 7, false);
    assert_non_null(strstr(text, "!tls.handshake_too_long: a handshake message of"));
    assert_null(strstr(text, "tls.malformed"));
    assert_non_null(strstr(text, "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"));
    free(play);
}

/* A part of the server's flight is lost: what came before it is told, and the end of the handshake is found again. */
static void test_gap(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    struct flight *server = begin(1, 'S');
    size_t record = open_record(server, 22);
    put_server_hello(server, 0xc02f, 0);
    put_empty_message(server, 14);
    close_length(server, record, 2);
    lose(2, 's', 700);
    put_key_and_finished(begin(3, 'C'));
    put_bytes(begin(4, 'S'), "the rest of something", 21);
    put_change_cipher(&flights[4]);
    put_opaque(&flights[4], 22, 40);
    play_expect(flights, "tls success incomplete\n" HELLO(NAME_12) CHOICE_12
                "tls.established=1\ntls.resumed=0\n" ENCRYPTED "<tls.onlooker_name>\n");
}

/* The text of a plain answer ends at the hole. */
static void test_plain_answer_gap(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    put_bytes(begin(1, 'S'), "HTTP/1.1 400 B", 14);
    lose(2, 's', 5);
    put_bytes(begin(3, 'S'), "uest\r\nServer: x\r\n", 17);
    play_expect(flights, "!tls.plain_answer: the answer to a TLS hello is plain text\n"
                         "tls failure incomplete\n"
                         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
                         "tls.client.supported_ciphers=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
                         "tls.client.compression_methods=null\n"
                         "tls.client.extensions=server_name\n"
                         "tls.client.server_name=mail.example.test\n"
                         "tls.client.versions=1.2\n"
                         "tls.client.ja3=349640b9e304f8ea23a8e0f71dde2248\n"
                         "tls.client.ja4=t12d020100_c1929292aa6b_000000000000\n"
                         "tls.server.plain_answer=HTTP/1.1 400 B\n"
                         "tls.established=0\n");
}

/* A capture that begins in the middle of a long connection says nothing about it. */
static void test_midstream(void **state)
{
    (void)state;
    put_bytes(begin(0, 'C'), "\x93\x7f\xa2\x11\x05", 5);
    put_opaque(&flights[0], 23, 300);
    put_opaque(&flights[0], 23, 50);
    put_opaque(begin(1, 'S'), 23, 900);
    put_opaque(&flights[1], 23, 900);
    put_opaque(begin(2, 'C'), 21, 26);
    play_expect_from(flights, true, "");
}

/* The server alone was captured. */
static void test_server_only(void **state)
{
    (void)state;
    put_server_flight(begin(0, 'S'), 0xc02f, certificate_authority, sizeof certificate_authority);
    put_change_cipher(begin(1, 'S'));
    put_opaque(&flights[1], 22, 40);
    play_expect(flights, "tls success\n" CHOICE_12 AUTHORITY "tls.established=1\ntls.resumed=0\n" ENCRYPTED
                         "<tls.onlooker_certificate>\n<tls.certificate_self_signed>\n");
}

/* Over FTP's active data connection, the TCP server says the ClientHello. */
static void test_reversed(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'S'), "mail.example.test", WITH_13);
    put_server_13(begin(1, 'C'), 0);
    put_opaque(begin(2, 'S'), 23, 53);
    play_expect(flights, established_13);
}

static void test_heartbleed(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(&flights[0], 24);
    put(&flights[0], 0x014000, 3);
    close_length(&flights[0], record, 2);
    play_expect(flights, "!tls.heartbleed: a heartbeat asks for 16384 bytes back and brings only 0\n"
                         "tls unknown\n" HELLO(NAME_12));
}

static void test_sslv2(void **state)
{
    (void)state;
    put_bytes(begin(0, 'C'), "\x80\x1f\1\0\2\0\6\0\0\0\x10\1\0\x80\7\0\xc0", 17);
    put_zeros(&flights[0], 16);
    put_bytes(begin(1, 'S'), "\x80\x1e\4\0\1\0\2\0\0\0\3\0\x10\1\0\x80", 16);
    put_zeros(&flights[1], 16);
    put_bytes(begin(2, 'C'), "\x80\4\2zzz\x80\4zzzz", 12);
    put_bytes(begin(3, 'S'), "\x80\4zzzz", 6);
    play_expect(flights, "tls success\ntls.client.versions=2.0\n<tls.sslv2_hello>\n"
                         "tls.client.supported_ciphers=SSL_CK_RC4_128_WITH_MD5\n"
                         "tls.client.supported_ciphers=SSL_CK_DES_192_EDE3_CBC_WITH_MD5\n"
                         "tls.version_protocol=ssl\ntls.version=2.0\ntls.established=1\ntls.resumed=0\n"
                         "<tls.onlooker_no_name>\n");
}

/* FTP's CCC takes TLS off again: what follows belongs to somebody else. */
static void test_taken_off(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13);
    put_server_13(begin(1, 'S'), 0);
    put_opaque(begin(2, 'C'), 23, 53);
    put_opaque(&flights[2], 23, 19);
    put_opaque(begin(3, 'S'), 23, 19);
    put_bytes(begin(4, 'C'), "PASV\r\n", 6);
    put_bytes(begin(5, 'S'), "227 Entering\r\n", 14);
    play_expect(flights, established_13);
}

/* A hello that the capture has only the first half of. */
static void test_cut_short(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", WITH_13);
    flights[0].length -= 9;
    play_expect(flights, "tls unknown incomplete\n" HELLO(
                             "tls.client.extensions=server_name\ntls.client.server_name=mail.example.test\n"));
}

/* What comes behind its hello shows that the client had said one. */
static void test_hello_lost(void **state)
{
    (void)state;
    struct flight *server = begin(0, 'S');
    size_t record = open_record(server, 22);
    put_server_hello(server, 0xc02f, 0);
    put_empty_message(server, 14);
    close_length(server, record, 2);
    put_key_and_finished(begin(1, 'C'));
    put_change_cipher(begin(2, 'S'));
    put_opaque(&flights[2], 22, 40);
    begin(3, 0);
    play_expect(flights, "tls success incomplete\n"
                         "tls.version_protocol=tls\n"
                         "tls.version=1.2\n"
                         "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
                         "tls.server.ja3s=174e7e4992a63f6d419626d97363adb8\n"
                         "tls.established=1\n"
                         "tls.resumed=0\n"
                         "<tls.cipher_aead>\n"
                         "<tls.cipher_forward_secrecy>\n"
                         "<tls.onlooker_no_name>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls12),
        cmocka_unit_test(test_certificate_faults),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_tls13),
        cmocka_unit_test(test_tls13_other_order),
        cmocka_unit_test(test_tls13_refused),
        cmocka_unit_test(test_early_data),
        cmocka_unit_test(test_retry),
        cmocka_unit_test(test_tiny_records),
        cmocka_unit_test(test_plain_answer),
        cmocka_unit_test(test_alert_answer),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_plain_answer_gap),
        cmocka_unit_test(test_midstream),
        cmocka_unit_test(test_server_only),
        cmocka_unit_test(test_reversed),
        cmocka_unit_test(test_heartbleed),
        cmocka_unit_test(test_sslv2),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_taken_off),
        cmocka_unit_test(test_hello_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
