/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The test values of the algorithms' own standards.
 */
#include "overhear/digest.h"

#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_values(void **state)
{
    (void)state;
    char hex[65];
    digest_md5(bytes_text(""), hex);
    assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
    digest_md5(bytes_text("message digest"), hex);
    assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
    digest_sha1(bytes_text("abc"), hex);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    digest_sha256(bytes_text("abc"), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256((struct bytes){NULL, 0}, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Errors that somebody else has not read yet stay, and none is added. */
static void test_error_queue(void **state)
{
    (void)state;
    char hex[65];
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 7);
    digest_sha256(bytes_text("abc"), hex);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
    assert_int_equal(ERR_get_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_error_queue)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
