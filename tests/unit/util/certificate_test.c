/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/certificate.h"

#include "tls/certificates.h"

#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void collect(void *context, struct bytes name)
{
    char *text = context;
    size_t length = strlen(text);
    length += bytes_copy(text + length, 254 - length, name);
    text[length] = '\n';
    text[length + 1] = 0;
}

static void test_authority(void **state)
{
    (void)state;
    struct certificate certificate;
    char names[256] = "";
    struct bytes der = bytes_of(certificate_authority, sizeof certificate_authority);
    assert_true(certificate_parse(der, &certificate, collect, names));
    assert_string_equal(certificate.subject, "C=DE,O=Prüfstelle\\, Haus 1,CN=mail.example.test");
    assert_string_equal(certificate.issuer, certificate.subject);
    assert_string_equal(certificate.common_name, "mail.example.test");
    assert_string_equal(certificate.serial, "AB12");
    assert_string_equal(certificate.sha256, "b9fffa2533cfd054e38e6047da66d14a07615fd489db11b1b477f734d4c99e9f");
    assert_string_equal(certificate.key, "EC P-256");
    assert_int_equal(certificate.key_bits, 256);
    assert_string_equal(certificate.signature, "ecdsa-with-SHA256");
    assert_true(certificate.not_before_ns == 1795329705000000000);
    assert_true(certificate.not_after_ns == 1797921705000000000);
    assert_true(certificate.self_issued);
    assert_true(certificate.self_signed);
    assert_true(certificate.is_authority);
    assert_int_equal(certificate.name_count, 4);
    assert_string_equal(names, "mail.example.test\n*.example.test\n192.0.2.7\n2001:db8::7\n");
}

static void test_weak(void **state)
{
    (void)state;
    struct certificate certificate;
    assert_true(certificate_parse(bytes_of(certificate_weak, sizeof certificate_weak), &certificate, NULL, NULL));
    assert_string_equal(certificate.subject, "CN=old.example.test");
    assert_string_equal(certificate.issuer, "C=DE,O=Prüfstelle\\, Haus 1,CN=mail.example.test");
    assert_string_equal(certificate.serial, "07");
    assert_string_equal(certificate.key, "RSA 1024");
    assert_string_equal(certificate.signature, "ecdsa-with-SHA1");
    assert_false(certificate.self_issued);
    assert_false(certificate.self_signed);
    assert_false(certificate.is_authority);
    assert_int_equal(certificate.name_count, 0);
}

/* One that says it signed itself, and did not. */
static void test_forged(void **state)
{
    (void)state;
    struct certificate certificate;
    uint8_t der[sizeof certificate_authority];
    memcpy(der, certificate_authority, sizeof der);
    der[sizeof der - 1] ^= 1;
    assert_true(certificate_parse(bytes_of(der, sizeof der), &certificate, NULL, NULL));
    assert_true(certificate.self_issued);
    assert_false(certificate.self_signed);
}

/* Cut short anywhere it is none, and never read beyond its end; no error stays behind. */
static void test_cut_short(void **state)
{
    (void)state;
    struct certificate certificate;
    assert_false(certificate_parse((struct bytes){NULL, 0}, &certificate, NULL, NULL));
    for (size_t n = 1; n < sizeof certificate_authority; n++) {
        uint8_t *copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, certificate_authority, n);
        assert_false(certificate_parse(bytes_of(copy, n), &certificate, NULL, NULL));
        free(copy);
    }
    assert_int_equal(ERR_get_error(), 0);
}

/* Every bit turned over once: whatever comes of it, texts have an end. */
static void test_damaged(void **state)
{
    (void)state;
    struct certificate certificate;
    uint8_t der[sizeof certificate_authority];
    for (size_t bit = 0; bit < 8 * sizeof der; bit++) {
        memcpy(der, certificate_authority, sizeof der);
        der[bit / 8] ^= (uint8_t)(1u << bit % 8);
        char names[256] = "";
        if (!certificate_parse(bytes_of(der, sizeof der), &certificate, collect, names))
            continue;
        assert_true(strlen(certificate.subject) < sizeof certificate.subject);
        assert_true(strlen(certificate.key) < sizeof certificate.key);
        assert_int_equal(strlen(certificate.sha256), 64);
    }
    assert_int_equal(ERR_get_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authority), cmocka_unit_test(test_weak),    cmocka_unit_test(test_forged),
        cmocka_unit_test(test_cut_short), cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
