/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which questions are kept as they were sent, and what is read from them again.
 */
#include "dns/dns_asked.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ID 0x1234, RD, one question: www.Example.org A IN. */
static const char plain[] = "\x12\x34\x01\x00\0\1\0\0\0\0\0\0\3www\7Example\3org\0\0\1\0\1";
static const char with_cookie[] = "\x12\x34\x01\x00\0\1\0\0\0\0\0\1\3www\7Example\3org\0\0\1\0\1"
                                  "\0\0\x29\x10\0\0\0\0\0\0\x0c\0\x0a\0\x08"
                                  "01234567";
static const char with_padding[] = "\x12\x34\x01\x00\0\1\0\0\0\0\0\1\3www\7Example\3org\0\0\1\0\1"
                                   "\0\0\x29\x10\0\0\0\0\0\0\x06\0\x0c\0\2\0\0";
static const char with_more[] = "\x12\x34\x01\x00\0\1\0\0\0\0\0\0\3www\7Example\3org\0\0\1\0\1!";
static const char reserved_bit[] = "\x12\x34\x01\x40\0\1\0\0\0\0\0\0\3www\7Example\3org\0\0\1\0\1";
static const char pointing[] = "\x12\x34\x01\x00\0\1\0\0\0\0\0\0\3www\xc0\x05\0\1\0\1";
static const char small_letters[] = "\x43\x21\x81\x80\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1";
static const char other_id[] = "\x43\x21\x81\x80\0\1\0\0\0\0\0\0\3www\7Example\3org\0\0\1\0\1";

struct taken {
    struct dns_message message;
    struct dns_buffers buffers;
    char data[64];
};

static const struct dns_message *take(struct taken *taken, struct bytes bytes)
{
    taken->message = (struct dns_message){.flavor = DNS_UNICAST};
    taken->message.data_text = dns_text_in(taken->data, sizeof taken->data);
    assert_true(dns_message_begin(&taken->message, &taken->buffers, bytes));
    return &taken->message;
}

#define BYTES(text) bytes_of(text, sizeof text - 1)

static bool is_kept(struct bytes bytes)
{
    struct taken taken;
    struct dns_asked asked = {0};
    bool kept = dns_asked_keep(&asked, take(&taken, bytes));
    assert_int_equal(asked.length, kept ? bytes.len : 0);
    return kept;
}

static void test_usual(void **state)
{
    (void)state;
    assert_true(is_kept(BYTES(plain)));
    assert_true(is_kept(BYTES(with_cookie)));
    assert_false(is_kept(BYTES(with_padding)));
    assert_false(is_kept(BYTES(with_more)));
    assert_false(is_kept(BYTES(reserved_bit)));
    assert_false(is_kept(BYTES(pointing)));
    for (size_t length = 4; length + 1 < sizeof with_cookie; length++)
        if (length >= DNS_HEADER_BYTES)
            assert_false(is_kept(bytes_of(with_cookie, length)));
}

static void test_again(void **state)
{
    (void)state;
    struct taken taken;
    struct dns_asked asked = {0};
    char buffer[DNS_NAME_TEXT];
    assert_false(dns_asked_again(&asked, take(&taken, BYTES(plain))));
    assert_true(dns_asked_keep(&asked, take(&taken, BYTES(with_cookie))));
    assert_true(dns_asked_again(&asked, take(&taken, BYTES(plain))));
    assert_true(dns_asked_again(&asked, take(&taken, BYTES(other_id))));
    assert_false(dns_asked_again(&asked, take(&taken, BYTES(small_letters))));
    assert_true(bytes_is(dns_asked_name(&asked, buffer), "www.Example.org"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_usual), cmocka_unit_test(test_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
