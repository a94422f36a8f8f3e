/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages, extensions and cipher suites that are rare, and what is said of them.
 */
#include "tls_play.h"

static struct flight flights[4];

static struct flight *begin(unsigned i, char who)
{
    if (i == 0)
        memset(flights, 0, sizeof flights);
    flights[i].who = who;
    return &flights[i];
}

static void put_message(struct flight *flight, unsigned type, const void *body, size_t length)
{
    size_t message = open_message(flight, type);
    put_bytes(flight, body, length);
    close_length(flight, message, 3);
}

/* A ClientHello, and a ServerHello with this cipher suite; its record stays open for more. */
static size_t begin_server(unsigned cipher)
{
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(begin(1, 'S'), 22);
    put_server_hello(&flights[1], cipher, 0);
    return record;
}

/* All that is said; without the client's part where that is the same in many tests. */
static const char *said(size_t cut, bool of_client)
{
    static char text[sizeof((struct play *)0)->written];
    struct play *play = malloc(sizeof *play);
    size_t length = 0;
    assert_non_null(play);
    const char *line = play_flights(play, flights, cut, false);
    for (size_t n; (n = strcspn(line, "\n")) > 0; line += n + 1)
        if (of_client || strncmp(line, "tls.client.", 11) != 0)
            length += (size_t)snprintf(text + length, sizeof text - length, "%.*s\n", (int)n, line);
    free(play);
    return text;
}

static void answers(const char *expected)
{
    static const size_t cuts[] = {1 << 20, 1, 7};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(said(cuts[i], false), expected);
}

static void asks(const char *expected)
{
    static const size_t cuts[] = {1 << 20, 1, 7};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(said(cuts[i], true), expected);
}

static void ephemeral(void **state)
{
    (void)state;
    size_t record = begin_server(0x0033);
    size_t message = open_message(&flights[1], 12);
    put(&flights[1], 129, 2);
    put_bytes(&flights[1], "\0\x40", 2);
    put_zeros(&flights[1], 127);
    put_bytes(&flights[1], "\0\1\2\0\1y\4\1\0\0", 10);
    close_length(&flights[1], message, 3);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_DHE_RSA_WITH_AES_128_CBC_SHA\n"
            "tls.server.ja3s=d5c9284656137d77a10acc694c71088d\n"
            "tls.server.dh_bits=1023\n"
            "tls.server.signature_algorithm=rsa_pkcs1_sha256\n"
            "tls.established=0\n"
            "<tls.cipher_cbc>\n"
            "<tls.cipher_forward_secrecy>\n"
            "<tls.dh_weak>\n");
}

static void key_and_psk(void **state)
{
    (void)state;
    size_t record = begin_server(0xc035);
    put_message(&flights[1], 12, "\0\2hi\3\0\x1d\1x", 9);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA\n"
            "tls.server.ja3s=889a427e42aa70375f2e5050d7b54013\n"
            "tls.curve=x25519\n"
            "tls.established=0\n"
            "<tls.cipher_cbc>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void curve_of_its_own(void **state)
{
    (void)state;
    size_t record = begin_server(0xc02f);
    put_message(&flights[1], 12, "\1\1\2\3", 4); /* a curve of its own */
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=174e7e4992a63f6d419626d97363adb8\n"
            "tls.established=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void short_point(void **state)
{
    (void)state;
    size_t record = begin_server(0xc02f);
    put_message(&flights[1], 12, "\3\0\x1d\5x", 5);
    close_length(&flights[1], record, 2);
    answers("!tls.malformed: a handshake message of type 12, 5 bytes long, contradicts itself\n"
            "tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=174e7e4992a63f6d419626d97363adb8\n"
            "tls.curve=x25519\n"
            "tls.established=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void short_prime(void **state)
{
    (void)state;
    size_t record = begin_server(0x0033);
    put_message(&flights[1], 12, "\0\5\0", 3);
    close_length(&flights[1], record, 2);
    answers("!tls.malformed: a handshake message of type 12, 3 bytes long, contradicts itself\n"
            "tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_DHE_RSA_WITH_AES_128_CBC_SHA\n"
            "tls.server.ja3s=d5c9284656137d77a10acc694c71088d\n"
            "tls.established=0\n"
            "<tls.cipher_cbc>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void no_key_of_rsa(void **state)
{
    (void)state;
    size_t record = begin_server(0x002f);
    put_message(&flights[1], 12, "\0\5\0", 3); /* of which RSA has none */
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_RSA_WITH_AES_128_CBC_SHA\n"
            "tls.server.ja3s=5397c414a9ebeaff1bf18b70ca22eaa0\n"
            "tls.established=0\n"
            "<tls.cipher_cbc>\n"
            "<tls.cipher_no_forward_secrecy>\n");
}

static const struct {
    unsigned cipher;
    const char *expected;
} suites[] = {
    {0x0002, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_RSA_WITH_NULL_SHA\n"
             "tls.server.ja3s=2332e97d5dcc4ad9dcb9c978d0ec52b8\n"
             "tls.established=0\n"
             "<tls.cipher_null>\n"
             "<tls.cipher_no_forward_secrecy>\n"},
    {0x0003, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_RSA_EXPORT_WITH_RC4_40_MD5\n"
             "tls.server.ja3s=e4f9db54a7b9957e26027c8bef477448\n"
             "tls.established=0\n"
             "<tls.cipher_export>\n"
             "<tls.cipher_no_forward_secrecy>\n"},
    {0x0005, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_RSA_WITH_RC4_128_SHA\n"
             "tls.server.ja3s=c57dee438006cc7dd64ebebe06409907\n"
             "tls.established=0\n"
             "<tls.cipher_rc4>\n"
             "<tls.cipher_no_forward_secrecy>\n"},
    {0x0009, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_RSA_WITH_DES_CBC_SHA\n"
             "tls.server.ja3s=adf934039db1aa1a4d2999093c0ad769\n"
             "tls.established=0\n"
             "<tls.cipher_des>\n"
             "<tls.cipher_no_forward_secrecy>\n"},
    {0x000a, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_RSA_WITH_3DES_EDE_CBC_SHA\n"
             "tls.server.ja3s=ccf031939aa8979b73a604c356f7fd68\n"
             "tls.established=0\n"
             "<tls.cipher_3des>\n"
             "<tls.cipher_no_forward_secrecy>\n"},
    {0x0007, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_RSA_WITH_IDEA_CBC_SHA\n"
             "tls.server.ja3s=8452f8a8759de3b03f1b07dfc1447ed7\n"
             "tls.established=0\n"
             "<tls.cipher_old>\n"
             "<tls.cipher_no_forward_secrecy>\n"},
    {0x0034, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_DH_anon_WITH_AES_128_CBC_SHA\n"
             "tls.server.ja3s=0e3fde1d701571070cac56751c440856\n"
             "tls.established=0\n"
             "<tls.cipher_cbc>\n"
             "<tls.cipher_anonymous>\n"
             "<tls.cipher_forward_secrecy>\n"},
    {0x008c, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_PSK_WITH_AES_128_CBC_SHA\n"
             "tls.server.ja3s=c97c414775344ac3fcaac2dad62d641b\n"
             "tls.established=0\n"
             "<tls.cipher_cbc>\n"
             "<tls.cipher_psk>\n"},
    {0xc0ff, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_ECJPAKE_WITH_AES_128_CCM_8\n"
             "tls.server.ja3s=41de89d665862d5109460d87fb7f8ec1\n"
             "tls.established=0\n"
             "<tls.cipher_aead>\n"
             "<tls.cipher_forward_secrecy>\n"},
    {0xc01d, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=TLS_SRP_SHA_WITH_AES_128_CBC_SHA\n"
             "tls.server.ja3s=ef2f62f7bf9f11bfaa32c90c0baeb4ae\n"
             "tls.established=0\n"
             "<tls.cipher_cbc>\n"
             "<tls.cipher_forward_secrecy>\n"},
    {0xcfff, "tls failure\n"
             "tls.version_protocol=tls\n"
             "tls.version=1.2\n"
             "tls.cipher=0xcfff\n"
             "tls.server.ja3s=22a88f258ef8900ef6568a51551909d1\n"
             "tls.established=0\n"},
};

static void ciphers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        size_t record = begin_server(suites[i].cipher);
        close_length(&flights[1], record, 2);
        answers(suites[i].expected);
    }
}

/* Its key message is none of ECDHE. */
static void key_of_a_password(void **state)
{
    (void)state;
    size_t record = begin_server(0xc0b0);
    put_message(&flights[1], 12, "\2sa\3\0\x1d\1x\1y", 10);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECCPWD_WITH_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=d27ab9384a5cdabfced09772dc955825\n"
            "tls.established=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void rare_messages(void **state)
{
    (void)state;
    size_t record = begin_server(0xc02f);
    put_message(&flights[1], 22, "\1\0\0\1x", 5);
    put_message(&flights[1], 23, "", 0);
    put_message(&flights[1], 21, "", 0);
    put_message(&flights[1], 67, "", 0);
    put_message(&flights[1], 20, "0123456789ab", 12);
    put_message(&flights[1], 0, "", 0);
    put_message(&flights[1], 4, "\0\0\x0e\x10\0\1t", 7);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=174e7e4992a63f6d419626d97363adb8\n"
            "tls.server.ocsp_stapled=1\n"
            "tls.server.session_ticket=1\n"
            "tls.server.session_ticket_lifetime=3600\n"
            "tls.established=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void unknown_message(void **state)
{
    (void)state;
    size_t record = begin_server(0xc02f);
    put_message(&flights[1], 4, "\0\0\0\0\0\0", 6);
    put_message(&flights[1], 99, "", 0);
    close_length(&flights[1], record, 2);
    answers("!tls.malformed: a handshake message of type 99, 0 bytes long, contradicts itself\n"
            "tls failure\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=174e7e4992a63f6d419626d97363adb8\n"
            "tls.server.session_ticket=1\n"
            "tls.established=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void retry_of_drafts(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(begin(1, 'S'), 22);
    put_message(&flights[1], 6, "\x7f\x12\0\6\0\x33\0\2\0\x17", 10); /* as drafts of TLS 1.3 asked again */
    close_length(&flights[1], record, 2);
    put_client_hello(begin(2, 'C'), "mail.example.test", 0);
    answers("tls failure\n"
            "tls.hello_retry_request=1\n"
            "tls.established=0\n");
}

static void short_hello(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(begin(1, 'S'), 22);
    put_message(&flights[1], 2, "\3\3\0\0", 4);
    close_length(&flights[1], record, 2);
    answers("!tls.malformed: a handshake message of type 2, 4 bytes long, contradicts itself\n"
            "tls failure\n"
            "tls.established=0\n");
}

static void draft_18(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(begin(1, 'S'), 22);
    size_t message = open_message(&flights[1], 2);
    put(&flights[1], 0x7f12, 2); /* draft 18: no session, no compression */
    put_zeros(&flights[1], 32);
    put_bytes(&flights[1], "\x13\1\0\x08\0\x28\0\4\0\x17\0\0", 12);
    close_length(&flights[1], message, 3);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.server.extensions=key_share (draft)\n"
            "tls.curve=secp256r1\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.3\n"
            "<tls.draft>\n"
            "tls.cipher=TLS_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=b8a8031b301aef7618403061e9f33065\n"
            "tls.established=0\n"
            "tls.resumed=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n"
            "<tls.key_share>\n");
}

static void draft_28(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(begin(1, 'S'), 22);
    size_t message = open_message(&flights[1], 2);
    put(&flights[1], 0x0303, 2);
    put_zeros(&flights[1], 32);
    put_bytes(&flights[1], "\0\x13\1\0\0\6\0\x2b\0\2\x7f\x1c", 12);
    close_length(&flights[1], message, 3);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.server.extensions=supported_versions\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.3\n"
            "<tls.draft>\n"
            "tls.cipher=TLS_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=cce84e7a8b742462e40afb585a3e3ccc\n"
            "tls.established=0\n"
            "tls.resumed=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void put_hello_with(const void *extensions, size_t length)
{
    struct flight *flight = begin(0, 'C');
    size_t record = open_record(flight, 22), message = open_message(flight, 1);
    put(flight, 0x0303, 2);
    put_zeros(flight, 32);
    put_bytes(flight, "\0\0\4\x0a\x0a\x13\x01\1\0", 9);
    put(flight, (unsigned)length, 2);
    put_bytes(flight, extensions, length);
    close_length(flight, message, 3);
    close_length(flight, record, 2);
}

static void second_name(void **state)
{
    (void)state;
    put_hello_with("\0\0\0\x10\0\x0e\1\0\1x\0\0\x04name\0\0\1y", 20);
    asks("!tls.length_conflict: extension 0: a list inside says another length than there is\n"
         "tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=server_name\n"
         "tls.client.server_name=name\n"
         "tls.client.versions=1.2\n"
         "tls.client.ja3=1e7c622032b0cb79401b0f7be3793a1a\n"
         "tls.client.ja4=t12d010100_0f2cb44170f4_000000000000\n");
}

static void short_name(void **state)
{
    (void)state;
    put_hello_with("\0\0\0\7\0\x05\0\0\x09na", 11);
    asks("!tls.length_conflict: extension 0: a list inside says another length than there is\n"
         "tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=server_name\n"
         "tls.client.versions=1.2\n"
         "tls.client.ja3=1e7c622032b0cb79401b0f7be3793a1a\n"
         "tls.client.ja4=t12d010100_0f2cb44170f4_000000000000\n");
}

static void grease_protocol(void **state)
{
    (void)state;
    put_hello_with("\0\x10\0\x0a\0\x08\2\x0a\x0a\2h2\1!", 14);
    asks("tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=application_layer_protocol_negotiation\n"
         "tls.client.alpn=GREASE\n"
         "tls.client.alpn=h2\n"
         "tls.client.alpn=!\n"
         "tls.client.versions=1.2\n"
         "tls.client.ja3=79bec9f8e9d974a2ec7ceb481134f481\n"
         "tls.client.ja4=t12i01010a_0f2cb44170f4_000000000000\n");
}

static void encrypted_hello(void **state)
{
    (void)state;
    put_hello_with("\0\x28\0\6\0\4\x0a\x0a\0\0\x0a\x0a\0\0\xfe\x0d\0\1\0", 19);
    asks("tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=key_share (draft)\n"
         "tls.client.key_shares=GREASE\n"
         "tls.client.extensions=GREASE\n"
         "tls.client.extensions=encrypted_client_hello\n"
         "tls.client.ech=1\n"
         "tls.client.versions=1.2\n"
         "tls.client.ja3=0d383340146908cc326503d42486f957\n"
         "tls.client.ja4=t12i010200_0f2cb44170f4_e08487dc7f85\n");
}

static void encrypted_name(void **state)
{
    (void)state;
    put_hello_with("\xff\xce\0\0\0\x0d\0\4\0\2\x0a\x0a\0\x2b\0\3\2\x1a\x1a", 19);
    asks("tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=encrypted_server_name (draft)\n"
         "tls.client.extensions=signature_algorithms\n"
         "tls.client.signature_algorithms=GREASE\n"
         "tls.client.extensions=supported_versions\n"
         "tls.client.versions=GREASE\n"
         "tls.client.ech=1\n"
         "tls.client.ja3=0248c2b867a53ad0c3c0a78d6ee48978\n"
         "tls.client.ja4=t12i010300_0f2cb44170f4_29c45c05b56c\n");
}

static void rest_of_extension(void **state)
{
    (void)state;
    put_hello_with("\0\x2b\0\5\4\3\2\3\1\0", 10);
    asks("!tls.malformed: a handshake message of type 1, 55 bytes long, contradicts itself\n"
         "tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=supported_versions\n"
         "tls.client.versions=1.1\n"
         "tls.client.versions=1.0\n");
}

static void odd_protocol(void **state)
{
    (void)state;
    put_hello_with("\0\x10\0\7\0\x05\4x!{a", 11);
    asks("tls unknown\n"
         "tls.client.supported_ciphers=GREASE\n"
         "tls.client.supported_ciphers=TLS_AES_128_GCM_SHA256\n"
         "tls.client.compression_methods=null\n"
         "tls.client.extensions=application_layer_protocol_negotiation\n"
         "tls.client.alpn=x!{a\n"
         "tls.client.versions=1.2\n"
         "tls.client.ja3=79bec9f8e9d974a2ec7ceb481134f481\n"
         "tls.client.ja4=t12i0101xa_0f2cb44170f4_000000000000\n");
}

static void extensions_of_server(void **state)
{
    (void)state;
    put_client_hello(begin(0, 'C'), "mail.example.test", 0);
    size_t record = open_record(begin(1, 'S'), 22), message = open_message(&flights[1], 2);
    put(&flights[1], 0x0303, 2);
    put_zeros(&flights[1], 32);
    put_bytes(&flights[1], "\0\xc0\x2f\0\0\x20", 6);
    put_bytes(&flights[1], "\0\x12\0\x0a\0\x08\0\2ab\0\2cd", 14);
    put_bytes(&flights[1], "\0\x10\0\2\0\0\0\x28\0\4\0\x1d\0\0\0\x17\0\0", 18);
    close_length(&flights[1], message, 3);
    close_length(&flights[1], record, 2);
    answers("tls failure\n"
            "tls.server.extensions=signed_certificate_timestamp\n"
            "tls.server.scts=2\n"
            "tls.server.extensions=application_layer_protocol_negotiation\n"
            "tls.server.extensions=key_share (draft)\n"
            "tls.curve=x25519\n"
            "tls.server.extensions=extended_master_secret\n"
            "tls.version_protocol=tls\n"
            "tls.version=1.2\n"
            "tls.cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
            "tls.server.ja3s=2b2dfeffdee287551d171eff906c2e03\n"
            "tls.established=0\n"
            "<tls.cipher_aead>\n"
            "<tls.cipher_forward_secrecy>\n");
}

static void old_hello_for_tls(void **state)
{
    (void)state;
    put_bytes(begin(0, 'C'), "\x80\x1c\1\3\1\0\3\0\0\0\x10\0\0\x2f", 14);
    put_zeros(&flights[0], 16);
    size_t record = open_record(begin(1, 'S'), 22);
    put_server_hello(&flights[1], 0x002f, 0);
    put_message(&flights[1], 14, "", 0);
    close_length(&flights[1], record, 2);
    asks("tls failure\n"
         "tls.client.versions=1.0\n"
         "<tls.sslv2_hello_for_tls>\n"
         "tls.client.supported_ciphers=TLS_RSA_WITH_AES_128_CBC_SHA\n"
         "tls.version_protocol=tls\n"
         "tls.version=1.2\n"
         "tls.cipher=TLS_RSA_WITH_AES_128_CBC_SHA\n"
         "tls.server.ja3s=5397c414a9ebeaff1bf18b70ca22eaa0\n"
         "tls.established=0\n"
         "tls.resumed=0\n"
         "<tls.cipher_cbc>\n"
         "<tls.cipher_no_forward_secrecy>\n");
}

static void old_certificate(void **state)
{
    (void)state;
    put_bytes(begin(0, 'C'), "\x80\x1c\1\0\2\0\3\0\0\0\x10\1\0\x80", 14);
    put_zeros(&flights[0], 16);
    put_bytes(begin(1, 'S'),
              "\x80\x22\4\1\1\0\2\0\4\0\3\0\x10"
              "cert\1\0\x80",
              20);
    put_zeros(&flights[1], 16);
    asks("!tls.bad_certificate: certificate 1 of a list, 4 bytes long, cannot be read\n"
         "tls failure\n"
         "tls.client.versions=2.0\n"
         "<tls.sslv2_hello>\n"
         "tls.client.supported_ciphers=SSL_CK_RC4_128_WITH_MD5\n"
         "tls.version_protocol=ssl\n"
         "tls.version=2.0\n"
         "tls.established=0\n"
         "tls.resumed=1\n"
         "<tls.resumed>\n");
}

static void old_error(void **state)
{
    (void)state;
    put_bytes(begin(0, 'C'), "\x80\x1c\1\0\2\0\3\0\0\0\x10\1\0\x80", 14);
    put_zeros(&flights[0], 16);
    put_bytes(begin(1, 'S'), "\x80\x03\0\0\1", 5); /* an error */
    asks("!message.nonsense: from stream byte 0 on, what is sent makes no sense in this protocol\n"
         "tls unknown incomplete\n"
         "tls.client.versions=2.0\n"
         "<tls.sslv2_hello>\n"
         "tls.client.supported_ciphers=SSL_CK_RC4_128_WITH_MD5\n");
}

/* SSL 2 has no version in front: everything has to fit. */
static void probes(void **state)
{
    (void)state;
    static const struct {
        enum probe expected;
        size_t length;
        const char *bytes;
    } rows[] = {
        {PROBE_NO, 1, "\x16"},
        {PROBE_MORE, 2, "\x80\x1c"},
        {PROBE_NO, 3, "\x80\x1c\2"},
        {PROBE_MORE, 5, "\x80\x1c\1\3\1"},
        {PROBE_NO, 5, "\x80\x1c\1\1\1"},
        {PROBE_CLIENT, 11, "\x80\x1c\1\3\1\0\3\0\0\0\x10"},
        {PROBE_CLIENT, 11, "\x80\x2c\1\0\2\0\3\0\x10\0\x10"},
        {PROBE_NO, 11, "\x80\x1c\1\0\3\0\3\0\0\0\x10"},
        {PROBE_NO, 11, "\x80\x1c\1\3\5\0\3\0\0\0\x10"},
        {PROBE_NO, 11, "\x80\x19\1\3\1\0\0\0\0\0\x10"},
        {PROBE_NO, 11, "\x80\x1d\1\3\1\0\4\0\0\0\x10"},
        {PROBE_NO, 11, "\x80\x1d\1\3\1\0\3\0\1\0\x10"},
        {PROBE_NO, 11, "\x80\x4c\1\3\1\0\3\0\x30\0\x10"},
        {PROBE_NO, 11, "\x80\x1b\1\3\1\0\3\0\0\0\x0f"},
        {PROBE_NO, 11, "\x80\x2d\1\3\1\0\3\0\0\0\x21"},
        {PROBE_NO, 11, "\x80\x1d\1\3\1\0\3\0\0\0\x10"},
        {PROBE_MORE, 12, "\x80\x1e\4\0\1\0\2\0\0\0\3\0"},
        {PROBE_SERVER, 13, "\x80\x1e\4\0\1\0\2\0\0\0\3\0\x10"},
        {PROBE_NO, 13, "\x80\x1e\4\2\1\0\2\0\0\0\3\0\x10"},
        {PROBE_NO, 13, "\x80\x1e\4\0\2\0\2\0\0\0\3\0\x10"},
        {PROBE_NO, 13, "\x80\x1e\4\0\1\0\3\0\0\0\3\0\x10"},
        {PROBE_NO, 13, "\x80\x1f\4\0\1\0\2\0\0\0\4\0\x10"},
        {PROBE_NO, 13, "\x80\x1d\4\0\1\0\2\0\0\0\3\0\x0f"},
        {PROBE_NO, 13, "\x80\x2f\4\0\1\0\2\0\0\0\3\0\x21"},
        {PROBE_NO, 13, "\x80\x1f\4\0\1\0\2\0\0\0\3\0\x10"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum probe probe = tls_probe_sslv2(bytes_of(rows[i].bytes, rows[i].length));
        if (probe != rows[i].expected)
            print_error("row %zu\n", i);
        assert_int_equal(probe, rows[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ephemeral),         cmocka_unit_test(key_and_psk),
        cmocka_unit_test(curve_of_its_own),  cmocka_unit_test(short_point),
        cmocka_unit_test(short_prime),       cmocka_unit_test(no_key_of_rsa),
        cmocka_unit_test(rare_messages),     cmocka_unit_test(unknown_message),
        cmocka_unit_test(retry_of_drafts),   cmocka_unit_test(short_hello),
        cmocka_unit_test(draft_18),          cmocka_unit_test(draft_28),
        cmocka_unit_test(second_name),       cmocka_unit_test(short_name),
        cmocka_unit_test(grease_protocol),   cmocka_unit_test(encrypted_hello),
        cmocka_unit_test(encrypted_name),    cmocka_unit_test(rest_of_extension),
        cmocka_unit_test(odd_protocol),      cmocka_unit_test(extensions_of_server),
        cmocka_unit_test(old_hello_for_tls), cmocka_unit_test(old_certificate),
        cmocka_unit_test(old_error),         cmocka_unit_test(ciphers),
        cmocka_unit_test(key_of_a_password), cmocka_unit_test(probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
