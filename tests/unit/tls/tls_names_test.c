/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers, names, and what the name of a suite tells.
 */
#include "tls/tls_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_numbers(void **state)
{
    (void)state;
    assert_string_equal(tls_suite_name(0x0000), "TLS_NULL_WITH_NULL_NULL");
    assert_string_equal(tls_suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
    assert_string_equal(tls_suite_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_string_equal(tls_suite_name(0xcca8), "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    assert_string_equal(tls_suite_name(0x00ff), "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
    assert_string_equal(tls_suite_name(0x5600), "TLS_FALLBACK_SCSV");
    assert_null(tls_suite_name(0xfffe));
    assert_string_equal(tls_old_suite_name(0x010080), "SSL_CK_RC4_128_WITH_MD5");
    assert_string_equal(tls_old_suite_name(0x00002f), "TLS_RSA_WITH_AES_128_CBC_SHA");
    assert_string_equal(tls_group_name(0x11ec), "X25519MLKEM768");
    assert_string_equal(tls_signature_name(0x0804), "rsa_pss_rsae_sha256");
    assert_string_equal(tls_extension_name(0xfe0d), "encrypted_client_hello");
    assert_string_equal(tls_alert_name(48), "unknown_ca");
    assert_null(tls_alert_name(2));
    assert_string_equal(tls_version_name(0x7f17), "1.3 draft 23");
    assert_string_equal(tls_version_name(0xfb1a), "1.3 Facebook draft 26");
}

static void test_versions(void **state)
{
    (void)state;
    assert_int_equal(tls_version_plain(0x0303), 0x0303);
    assert_int_equal(tls_version_plain(0x7f12), 0x0304);
    assert_int_equal(tls_version_plain(0xfb17), 0x0304);
    assert_int_equal(tls_version_plain(0x0305), 0);
    assert_int_equal(tls_version_plain(0x1a1a), 0);
    assert_true(tls_version_is_early_draft(0x7f15));
    assert_false(tls_version_is_early_draft(0x7f16));
}

static void test_grease(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned code = 0; code <= 0xffff; code++)
        count += tls_is_grease(code);
    assert_int_equal(count, 16);
    assert_true(tls_is_grease(0x0a0a));
    assert_true(tls_is_grease(0xfafa));
    assert_false(tls_is_grease(0x0a1a));
    assert_string_equal(tls_group_name(0x3a3a), "GREASE");
}

static void test_number_text(void **state)
{
    (void)state;
    char text[TLS_NUMBER_SIZE];
    assert_string_equal(tls_number_text(0x1a2b, 4, text), "0x1a2b");
    assert_string_equal(tls_number_text(7, 2, text), "0x07");
    assert_string_equal(tls_number_text(0x010080, 6, text), "0x010080");
}

static void test_suites(void **state)
{
    (void)state;
    struct tls_suite suite = tls_suite_of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_true(suite.aead && suite.forward_secrecy && suite.ecdhe && !suite.cbc && !suite.dhe && !suite.tls13);
    suite = tls_suite_of("TLS_RSA_WITH_3DES_EDE_CBC_SHA");
    assert_true(suite.triple_des && suite.cbc && !suite.des && !suite.forward_secrecy);
    suite = tls_suite_of("TLS_DHE_DSS_WITH_DES_CBC_SHA");
    assert_true(suite.des && suite.dhe && suite.forward_secrecy);
    suite = tls_suite_of("TLS_RSA_EXPORT_WITH_RC4_40_MD5");
    assert_true(suite.export && suite.rc4);
    suite = tls_suite_of("TLS_ECDHE_ECDSA_WITH_NULL_SHA");
    assert_true(suite.null && suite.ecdhe);
    suite = tls_suite_of("TLS_DH_anon_WITH_AES_128_CBC_SHA");
    assert_true(suite.anonymous && suite.dhe);
    suite = tls_suite_of("TLS_AES_256_GCM_SHA384");
    assert_true(suite.tls13 && suite.aead && suite.forward_secrecy && !suite.null);
    suite = tls_suite_of("TLS_SHA256_SHA256");
    assert_true(suite.null && !suite.aead);
    suite = tls_suite_of("TLS_PSK_WITH_AES_128_CCM_8");
    assert_true(suite.psk && suite.aead && !suite.forward_secrecy);
    suite = tls_suite_of("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA");
    assert_true(!suite.ecdhe && !suite.forward_secrecy);
}

/* The tables are searched by halves, so every number in them must be found. */
static void test_every_suite(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned code = 0; code <= 0xffff; code++)
        count += tls_suite_name(code) != NULL && !tls_is_grease(code);
    assert_int_equal(count, 389);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_versions), cmocka_unit_test(test_grease),
        cmocka_unit_test(test_number_text), cmocka_unit_test(test_suites),   cmocka_unit_test(test_every_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
