/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers and their names, each table in the order of its numbers.
 */
#include "tls_names.h"

static const struct tls_name extensions[] = {
    {0, "server_name"},
    {1, "max_fragment_length"},
    {2, "client_certificate_url"},
    {3, "trusted_ca_keys"},
    {4, "truncated_hmac"},
    {5, "status_request"},
    {6, "user_mapping"},
    {7, "client_authz"},
    {8, "server_authz"},
    {9, "cert_type"},
    {10, "supported_groups"},
    {11, "ec_point_formats"},
    {12, "srp"},
    {13, "signature_algorithms"},
    {14, "use_srtp"},
    {15, "heartbeat"},
    {16, "application_layer_protocol_negotiation"},
    {17, "status_request_v2"},
    {18, "signed_certificate_timestamp"},
    {19, "client_certificate_type"},
    {20, "server_certificate_type"},
    {21, "padding"},
    {22, "encrypt_then_mac"},
    {23, "extended_master_secret"},
    {24, "token_binding"},
    {25, "cached_info"},
    {26, "tls_lts"},
    {27, "compress_certificate"},
    {28, "record_size_limit"},
    {29, "pwd_protect"},
    {30, "pwd_clear"},
    {31, "password_salt"},
    {32, "ticket_pinning"},
    {33, "tls_cert_with_extern_psk"},
    {34, "delegated_credential"},
    {35, "session_ticket"},
    {36, "TLMSP"},
    {37, "TLMSP_proxying"},
    {38, "TLMSP_delegate"},
    {39, "supported_ekt_ciphers"},
    {40, "key_share (draft)"},
    {41, "pre_shared_key"},
    {42, "early_data"},
    {43, "supported_versions"},
    {44, "cookie"},
    {45, "psk_key_exchange_modes"},
    {46, "ticket_early_data_info (draft)"},
    {47, "certificate_authorities"},
    {48, "oid_filters"},
    {49, "post_handshake_auth"},
    {50, "signature_algorithms_cert"},
    {51, "key_share"},
    {52, "transparency_info"},
    {53, "connection_id (draft)"},
    {54, "connection_id"},
    {55, "external_id_hash"},
    {56, "external_session_id"},
    {57, "quic_transport_parameters"},
    {58, "ticket_request"},
    {59, "dnssec_chain"},
    {60, "sequence_number_encryption_algorithms"},
    {61, "rrc"},
    {62, "tls_flags"},
    {13172, "next_protocol_negotiation"},
    {17513, "application_settings (old)"},
    {17613, "application_settings"},
    {30031, "channel_id (old)"},
    {30032, "channel_id"},
    {64768, "ech_outer_extensions"},
    {65037, "encrypted_client_hello"},
    {65281, "renegotiation_info"},
    {65445, "quic_transport_parameters (draft)"},
    {65486, "encrypted_server_name (draft)"},
};

static const struct tls_name groups[] = {
    {1, "sect163k1"},
    {2, "sect163r1"},
    {3, "sect163r2"},
    {4, "sect193r1"},
    {5, "sect193r2"},
    {6, "sect233k1"},
    {7, "sect233r1"},
    {8, "sect239k1"},
    {9, "sect283k1"},
    {10, "sect283r1"},
    {11, "sect409k1"},
    {12, "sect409r1"},
    {13, "sect571k1"},
    {14, "sect571r1"},
    {15, "secp160k1"},
    {16, "secp160r1"},
    {17, "secp160r2"},
    {18, "secp192k1"},
    {19, "secp192r1"},
    {20, "secp224k1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {23, "secp256r1"},
    {24, "secp384r1"},
    {25, "secp521r1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "x25519"},
    {30, "x448"},
    {31, "brainpoolP256r1tls13"},
    {32, "brainpoolP384r1tls13"},
    {33, "brainpoolP512r1tls13"},
    {34, "GC256A"},
    {35, "GC256B"},
    {36, "GC256C"},
    {37, "GC256D"},
    {38, "GC512A"},
    {39, "GC512B"},
    {40, "GC512C"},
    {41, "curveSM2"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {512, "MLKEM512"},
    {513, "MLKEM768"},
    {514, "MLKEM1024"},
    {0x11eb, "SecP256r1MLKEM768"},
    {0x11ec, "X25519MLKEM768"},
    {0x11ed, "SecP384r1MLKEM1024"},
    {0x11ee, "curveSM2MLKEM768"},
    {0x4138, "CECPQ2"},
    {0x6399, "X25519Kyber768Draft00"},
    {0x639a, "SecP256r1Kyber768Draft00"},
    {0xff01, "arbitrary_explicit_prime_curves"},
    {0xff02, "arbitrary_explicit_char2_curves"},
};

static const struct tls_name signatures[] = {
    {0x0101, "rsa_pkcs1_md5"},
    {0x0102, "dsa_md5"},
    {0x0103, "ecdsa_md5"},
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0302, "dsa_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0402, "dsa_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0420, "rsa_pkcs1_sha256_legacy"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0502, "dsa_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0520, "rsa_pkcs1_sha384_legacy"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0602, "dsa_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0620, "rsa_pkcs1_sha512_legacy"},
    {0x0704, "eccsi_sha256"},
    {0x0705, "iso_ibs1"},
    {0x0706, "iso_ibs2"},
    {0x0707, "iso_chinese_ibs"},
    {0x0708, "sm2sig_sm3"},
    {0x0709, "gostr34102012_256a"},
    {0x070a, "gostr34102012_256b"},
    {0x070b, "gostr34102012_256c"},
    {0x070c, "gostr34102012_256d"},
    {0x070d, "gostr34102012_512a"},
    {0x070e, "gostr34102012_512b"},
    {0x070f, "gostr34102012_512c"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080a, "rsa_pss_pss_sha384"},
    {0x080b, "rsa_pss_pss_sha512"},
    {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
    {0x0904, "mldsa44"},
    {0x0905, "mldsa65"},
    {0x0906, "mldsa87"},
};

static const struct tls_name alerts[] = {
    {0, "close_notify"},
    {1, "end_of_early_data"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {52, "too_many_cids_requested"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {117, "general_error"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
};

static const struct tls_name versions[] = {
    {0x0002, "2.0"},
    {0x0300, "3.0"},
    {0x0301, "1.0"},
    {0x0302, "1.1"},
    {0x0303, "1.2"},
    {0x0304, "1.3"},
    {0x7f0e, "1.3 draft 14"},
    {0x7f0f, "1.3 draft 15"},
    {0x7f10, "1.3 draft 16"},
    {0x7f11, "1.3 draft 17"},
    {0x7f12, "1.3 draft 18"},
    {0x7f13, "1.3 draft 19"},
    {0x7f14, "1.3 draft 20"},
    {0x7f15, "1.3 draft 21"},
    {0x7f16, "1.3 draft 22"},
    {0x7f17, "1.3 draft 23"},
    {0x7f18, "1.3 draft 24"},
    {0x7f19, "1.3 draft 25"},
    {0x7f1a, "1.3 draft 26"},
    {0x7f1b, "1.3 draft 27"},
    {0x7f1c, "1.3 draft 28"},
    {0xfb17, "1.3 Facebook draft 23"},
    {0xfb1a, "1.3 Facebook draft 26"},
};

static const struct tls_name compressions[] = {{0, "null"}, {1, "DEFLATE"}, {64, "LZS"}};

const char *tls_name_find(const struct tls_name *table, size_t count, unsigned code)
{
    /* Many tables count from 0 without holes, at first at least. */
    if (code < count && table[code].code == code)
        return table[code].name;
    const struct tls_name *row = table;
    while (count > 1) { /* without branches on what is found */
        size_t half = count / 2;
        row += row[half].code <= code ? half : 0;
        count -= half;
    }
    return count > 0 && row->code == code ? row->name : NULL;
}

const char *tls_extension_name(unsigned code)
{
    return tls_is_grease(code) ? "GREASE" : tls_name_find(extensions, sizeof extensions / sizeof extensions[0], code);
}

const char *tls_group_name(unsigned code)
{
    static const uint16_t shifts[TLS_SHIFTS] = {1 /* 0001 to 0029 */, 215 /* 0100 to 0104 */, 4538 /* 11eb to 11ee */};
    const char *name = tls_name_near(groups, sizeof groups / sizeof groups[0], shifts, code);
    if (name)
        return name;
    return tls_is_grease(code) ? "GREASE" : tls_name_find(groups, sizeof groups / sizeof groups[0], code);
}

const char *tls_signature_name(unsigned code)
{
    static const uint16_t shifts[TLS_SHIFTS] = {2019 /* 0804 to 080b */, 1016 /* 0401 to 0403 */,
                                                1268 /* 0501 to 0503 */, 1520 /* 0601 to 0603 */};
    const char *name = tls_name_near(signatures, sizeof signatures / sizeof signatures[0], shifts, code);
    if (name)
        return name;
    return tls_is_grease(code) ? "GREASE" : tls_name_find(signatures, sizeof signatures / sizeof signatures[0], code);
}

const char *tls_version_name(unsigned code)
{
    enum { SSL3 = 0x0300 };
    static const char *const usual[] = {"3.0", "1.0", "1.1", "1.2", "1.3"};
    if (code >= SSL3 && code - SSL3 < sizeof usual / sizeof usual[0])
        return usual[code - SSL3];
    return tls_is_grease(code) ? "GREASE" : tls_name_find(versions, sizeof versions / sizeof versions[0], code);
}

const char *tls_compression_name(unsigned code)
{
    return tls_name_find(compressions, sizeof compressions / sizeof compressions[0], code);
}

const char *tls_alert_name(unsigned code)
{
    return tls_name_find(alerts, sizeof alerts / sizeof alerts[0], code);
}

unsigned tls_version_plain(unsigned code)
{
    if (tls_is_grease(code) || !tls_version_name(code))
        return 0;
    return code > 0x0304 ? 0x0304 : code;
}

bool tls_version_is_early_draft(unsigned code)
{
    return code >= 0x7f0e && code <= 0x7f15;
}

const char *tls_number_text(unsigned code, unsigned digits, char ret_text[TLS_NUMBER_SIZE])
{
    static const char hexadecimal[] = "0123456789abcdef";
    size_t n = 0;
    ret_text[n++] = '0';
    ret_text[n++] = 'x';
    for (unsigned i = digits < 8 ? digits : 8; i > 0; i--)
        ret_text[n++] = hexadecimal[code >> (4 * (i - 1)) & 15];
    ret_text[n] = 0;
    return ret_text;
}

static bool contains_any(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strstr(name, *words))
            return true;
    return false;
}

struct tls_suite tls_suite_of(const char *name)
{
    static const char *const null[] = {"_NULL_", NULL}, *const rc4[] = {"_RC4_", NULL};
    static const char *const triple_des[] = {"_3DES_", "_EDE3_", NULL}, *const des[] = {"_DES_", "_DES40_", NULL};
    static const char *const old[] = {"_RC2_", "_IDEA_", "_FORTEZZA_", NULL}, *const cbc[] = {"_CBC_", NULL};
    static const char *const aead[] = {"_GCM_", "_CCM", "_POLY1305_", "_MGM_", NULL};
    static const char *const ecdhe[] = {"_ECDHE_", "_ECDH_anon_", NULL};
    static const char *const dhe[] = {"_DHE_", "_DH_anon_", NULL};
    static const char *const export[] = {"EXPORT", NULL}, *const anonymous[] = {"_anon_", NULL};
    static const char *const psk[] = {"_PSK_", NULL};
    /* Passwords that both know: the keys are of this connection alone, and are agreed on in messages of their own. */
    static const char *const password[] = {"_ECCPWD_", "_ECJPAKE_", "_SRP_", NULL};
    struct tls_suite suite = {0};
    const char *with = strstr(name, "_WITH_");
    const char *cipher = with ? with : name;
    suite.tls13 = !with && bytes_begin(bytes_text(name), "TLS_");
    /* TLS_SHA256_SHA256 and its sister of RFC 9150 protect against changes and hide nothing. */
    suite.null = contains_any(cipher, null) || bytes_begin(bytes_text(name), "TLS_SHA");
    suite.export = contains_any(name, export);
    suite.rc4 = contains_any(cipher, rc4);
    suite.triple_des = contains_any(cipher, triple_des);
    suite.des = contains_any(cipher, des) && !suite.triple_des;
    suite.old = contains_any(cipher, old);
    suite.aead = (suite.tls13 && !suite.null) || contains_any(cipher, aead);
    suite.cbc = contains_any(cipher, cbc);
    suite.anonymous = contains_any(name, anonymous);
    suite.psk = contains_any(name, psk);
    suite.ecdhe = contains_any(name, ecdhe);
    suite.dhe = contains_any(name, dhe);
    suite.forward_secrecy = suite.tls13 || suite.ecdhe || suite.dhe || contains_any(name, password);
    return suite;
}
