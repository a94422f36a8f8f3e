/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names: labels, escapes, pointers, and everything that is no name.
 */
#include "dns/dns_names.h"

#include "overhear/limits.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct result {
    char text[DNS_NAME_TEXT];
    size_t length;
    bool fine;
    size_t left;
    struct dns_fault fault;
};

static struct result read_at(const uint8_t *message, size_t length, size_t offset)
{
    struct result result = {.fault = {DNS_FAULT_NONE, 0, 0}};
    struct dns_text text = dns_text_in(result.text, sizeof result.text);
    struct bytes all = bytes_of(message, length);
    struct reader reader = reader_of(all);
    reader_skip(&reader, offset);
    dns_text_char(&text, '>');
    result.fine = dns_name_read(all, &reader, &text, &result.fault);
    assert_false(text.cut);
    result.length = text.length;
    result.left = reader_left(&reader);
    assert_int_equal(result.fine, reader_ok(&reader));
    return result;
}

static void expect(const uint8_t *message, size_t length, size_t offset, const char *text)
{
    struct result result = read_at(message, length, offset);
    assert_true(result.fine);
    assert_int_equal(result.length, strlen(text) + 1);
    assert_memory_equal(result.text + 1, text, strlen(text));
}

/* Nothing is added where it fails. */
static void expect_fault(const uint8_t *message, size_t length, size_t offset, struct dns_fault fault)
{
    struct result result = read_at(message, length, offset);
    assert_false(result.fine);
    assert_int_equal(result.length, 1);
    assert_int_equal(result.fault.kind, fault.kind);
    assert_int_equal(result.fault.at, fault.at);
    assert_int_equal(result.fault.detail, fault.detail);
}

static void test_plain(void **state)
{
    (void)state;
    static const uint8_t root[] = {0};
    static const uint8_t name[] = {3, 'w', 'W', 'w', 2, 'd', 'e', 0, 9};
    expect(root, sizeof root, 0, ".");
    expect(name, sizeof name, 0, "wWw.de");
    assert_int_equal(read_at(name, sizeof name, 0).left, 1);
}

static void test_escapes(void **state)
{
    (void)state;
    static const uint8_t special[] = {16,  '.', '"', '(', ')', ';', '\\', '@', '$',
                                      ' ', 0,   31,  127, 128, 255, '~',  '!', 0};
    static const uint8_t words[] = {8, 'a', '.', 'b', ' ', 'c', 0xc3, 0xa9, '_', 1, '*', 0};
    expect(special, sizeof special, 0, "\\.\\\"\\(\\)\\;\\\\\\@\\$\\032\\000\\031\\127\\128\\255~!");
    expect(words, sizeof words, 0, "a\\.b\\032c\\195\\169_.*");
}

static void test_pointers(void **state)
{
    (void)state;
    /* 0: de, 4: uni.de, 10: www.uni.de, 16: a pointer to the latter, 18: a pointer to the root */
    static const uint8_t message[] = {2,   'd', 'e', 0,    3, 'u',  'n', 'i',  0xc0, 0, 3,
                                      'w', 'w', 'w', 0xc0, 4, 0xc0, 10,  0xc0, 3,    7};
    expect(message, sizeof message, 4, "uni.de");
    expect(message, sizeof message, 10, "www.uni.de");
    expect(message, sizeof message, 16, "www.uni.de");
    expect(message, sizeof message, 18, ".");
    assert_int_equal(read_at(message, sizeof message, 10).left, 5);
    assert_int_equal(read_at(message, sizeof message, 18).left, 1);
}

static void test_loops(void **state)
{
    (void)state;
    static const uint8_t self[] = {0xc0, 0};
    static const uint8_t forward[] = {0xc0, 2, 1, 'a', 0};
    static const uint8_t back_to_start[] = {9, 1, 'a', 0xc0, 1};
    static const uint8_t ring[] = {1, 'a', 0xc0, 4, 1, 'b', 0xc0, 0};
    expect_fault(self, sizeof self, 0, (struct dns_fault){DNS_FAULT_LOOP, 0, 0});
    expect_fault(forward, sizeof forward, 0, (struct dns_fault){DNS_FAULT_LOOP, 0, 2});
    expect_fault(back_to_start, sizeof back_to_start, 1, (struct dns_fault){DNS_FAULT_LOOP, 1, 1});
    expect_fault(ring, sizeof ring, 4, (struct dns_fault){DNS_FAULT_LOOP, 4, 4});
}

static void test_broken_off(void **state)
{
    (void)state;
    static const uint8_t no_end[] = {1, 'a'};
    static const uint8_t short_label[] = {3, 'a', 'b'};
    static const uint8_t half_pointer[] = {0, 1, 'a', 0xc0};
    static const uint8_t reserved[] = {0x41, 'a', 0}, also_reserved[] = {1, 'a', 0x80, 0};
    expect_fault(no_end, 0, 0, (struct dns_fault){DNS_FAULT_SHORT, 0, 0});
    expect_fault(no_end, sizeof no_end, 0, (struct dns_fault){DNS_FAULT_SHORT, 0, 0});
    expect_fault(short_label, sizeof short_label, 0, (struct dns_fault){DNS_FAULT_SHORT, 0, 0});
    expect_fault(half_pointer, sizeof half_pointer, 1, (struct dns_fault){DNS_FAULT_SHORT, 1, 0});
    expect_fault(reserved, sizeof reserved, 0, (struct dns_fault){DNS_FAULT_LABEL, 0, 1});
    expect_fault(also_reserved, sizeof also_reserved, 0, (struct dns_fault){DNS_FAULT_LABEL, 0, 2});
}

/* 255 bytes with the last zero are allowed, 256 are not; each byte may need four characters. */
static void test_longest(void **state)
{
    (void)state;
    uint8_t message[300];
    memset(message, 1, sizeof message);
    message[0] = message[64] = message[128] = 63;
    message[192] = 61;
    message[254] = 0;
    struct result result = read_at(message, sizeof message, 0);
    assert_true(result.fine);
    assert_int_equal(result.length, 1 + 4 * (3 * 63 + 61) + 3);
    message[192] = 62;
    message[255] = 0;
    expect_fault(message, sizeof message, 0, (struct dns_fault){DNS_FAULT_LONG, 0, 0});
}

/* Pointers may not be used to gather more than 255 bytes either. */
static void test_long_chain(void **state)
{
    (void)state;
    uint8_t message[4 * 66];
    memset(message, 'x', sizeof message);
    message[0] = 62;
    message[63] = 0;
    for (size_t i = 1; i < 4; i++) {
        message[i * 66] = 62;
        message[i * 66 + 63] = 0xc0;
        message[i * 66 + 64] = (uint8_t)((i - 1) * 66);
    }
    assert_true(read_at(message, sizeof message, 3 * 66).fine);
    message[3 * 66] = 63;
    message[3 * 66 + 64] = 0xc0;
    message[3 * 66 + 65] = 2 * 66;
    message[2 * 66] = 63;
    message[2 * 66 + 64] = 0xc0;
    message[2 * 66 + 65] = 66;
    assert_true(read_at(message, sizeof message, 3 * 66).fine);
    message[66] = 63;
    message[66 + 64] = 0xc0;
    message[66 + 65] = 0;
    expect_fault(message, sizeof message, 3 * 66, (struct dns_fault){DNS_FAULT_LONG, 3 * 66, 0});
}

/* As many pointers behind each other as a name may have labels; one more is a fault. */
static void test_many_pointers(void **state)
{
    (void)state;
    enum { FIRST = 3, LAST = FIRST + 2 * (LIMIT_NAME_POINTERS - 1) };
    uint8_t longer[LAST + 4] = {1, 'a'};
    for (size_t at = FIRST; at + 1 < sizeof longer; at += 2) {
        size_t target = at == FIRST ? 0 : at - 2;
        longer[at] = (uint8_t)(0xc0 | target >> 8);
        longer[at + 1] = (uint8_t)target;
    }
    expect(longer, sizeof longer, LAST, "a");
    expect_fault(longer, sizeof longer, LAST + 2, (struct dns_fault){DNS_FAULT_CHAIN, LAST + 2, LIMIT_NAME_POINTERS});
}

/* Numbers that look random and are the same in each run. */
static uint32_t next_number(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Labels of few kinds, ends and pointers, so that much of it is a name and much nearly one. */
static void fill(uint8_t *message, size_t length, uint32_t *seed)
{
    static const uint8_t letters[] = "abcXYZ019-_.\\ \xe4";
    for (size_t at = 0; at < length;) {
        uint32_t kind = next_number(seed) % 8;
        size_t label = kind == 7 ? next_number(seed) % 70 : 1 + next_number(seed) % 9;
        if (kind < 2) {
            message[at++] = 0;
        } else if (kind < 4) {
            message[at++] = 0xc0;
            if (at < length) {
                message[at] = (uint8_t)(next_number(seed) % (at + 2));
                at++;
            }
        } else {
            bool plain = next_number(seed) % 8 > 0;
            message[at++] = (uint8_t)label;
            for (; label > 0 && at < length; label--)
                message[at++] = letters[next_number(seed) % (plain ? 11 : sizeof letters - 1)];
        }
    }
}

/* Whatever has been read before, and wherever the reader must stop: the answer is that of one who remembers nothing. */
static void test_recall(void **state)
{
    (void)state;
    uint32_t seed = 7;
    unsigned fine = 0;
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t message[200];
        struct dns_names names;
        dns_names_forget(&names);
        fill(message, sizeof message, &seed);
        for (unsigned i = 0; i < 60; i++) {
            struct bytes all = bytes_of(message, sizeof message);
            size_t offset = next_number(&seed) % sizeof message, stop = next_number(&seed) % 40;
            struct bytes part = i % 4 ? bytes_skip(all, offset) : bytes_slice(all, offset, stop);
            char plain[2 * DNS_NAME_TEXT], recalled[2 * DNS_NAME_TEXT];
            struct dns_text texts[] = {dns_text_in(plain, sizeof plain), dns_text_in(recalled, sizeof recalled)};
            struct dns_fault faults[2] = {{DNS_FAULT_NONE, 0, 0}, {DNS_FAULT_NONE, 0, 0}};
            struct reader readers[] = {reader_of(part), reader_of(part)};
            dns_text_char(&texts[0], '>');
            dns_text_char(&texts[1], '>');
            bool is_name = dns_name_read(all, &readers[0], &texts[0], &faults[0]);
            assert_int_equal(dns_name_recall(&names, all, &readers[1], &texts[1], &faults[1]), is_name);
            assert_true(bytes_equal(dns_text_bytes(&texts[0]), dns_text_bytes(&texts[1])));
            assert_int_equal(reader_left(&readers[0]), reader_left(&readers[1]));
            assert_int_equal(reader_ok(&readers[1]), is_name);
            assert_int_equal(faults[0].kind, faults[1].kind);
            assert_int_equal(faults[0].at, faults[1].at);
            assert_int_equal(faults[0].detail, faults[1].detail);
            fine += is_name;
        }
    }
    assert_true(fine > 5000);
}

static void test_hash(void **state)
{
    (void)state;
    uint64_t hash = dns_name_hash(1, bytes_text("www.Example.ORG"));
    assert_true(hash == dns_name_hash(1, bytes_text("WWW.example.org")));
    assert_true(hash != dns_name_hash(2, bytes_text("www.example.org")));
    assert_true(hash != dns_name_hash(1, bytes_text("www.example.org.")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),         cmocka_unit_test(test_escapes),    cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_loops),         cmocka_unit_test(test_broken_off), cmocka_unit_test(test_longest),
        cmocka_unit_test(test_long_chain),    cmocka_unit_test(test_recall),     cmocka_unit_test(test_hash),
        cmocka_unit_test(test_many_pointers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
