/* SPDX-License-Identifier: BSD-3-Clause */
#include "record/community_id.h"

#include <setjmp.h>
#include <stdarg.h>

#include <arpa/inet.h>
#include <cmocka.h>

static struct endpoint endpoint(const char *ip, uint16_t port)
{
    struct endpoint end = {.port = port};
    end.ip.family = strchr(ip, ':') ? 6 : 4;
    assert_int_equal(inet_pton(end.ip.family == 6 ? AF_INET6 : AF_INET, ip, end.ip.octets), 1);
    return end;
}

static void check(struct community_id *hasher, uint8_t transport, const char *a, uint16_t a_port, const char *b,
                  uint16_t b_port, const char *expected)
{
    char text[COMMUNITY_ID_SIZE];
    struct conversation conversation = {
        .transport = transport, .source = endpoint(a, a_port), .destination = endpoint(b, b_port)};
    assert_int_equal(community_id_text(hasher, &conversation, text), strlen(expected));
    assert_string_equal(text, expected);
    struct conversation reversed = conversation;
    reversed.source = conversation.destination;
    reversed.destination = conversation.source;
    community_id_text(hasher, &reversed, text);
    assert_string_equal(text, expected);
    char put[COMMUNITY_ID_SIZE] = "";
    assert_int_equal(community_id_put(&reversed, put), strlen(expected));
    assert_memory_equal(put, expected, strlen(expected));
}

/* From the baseline that the Community ID specification publishes. */
static void test_baseline(void **state)
{
    (void)state;
    struct community_id *hasher = community_id_new();
    assert_non_null(hasher);
    check(hasher, TRANSPORT_TCP, "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    check(hasher, TRANSPORT_UDP, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
    community_id_free(hasher);
}

/* Worked out by hand with another SHA-1: python3 hashlib over the same bytes. */
static void test_ipv6_and_equal_addresses(void **state)
{
    (void)state;
    struct community_id *hasher = community_id_new();
    check(hasher, TRANSPORT_TCP, "2001:db8::1", 50000, "2001:db8::2", 443, "1:YXqXufkGr4i6TbJJYF83fvyDLZ8=");
    check(hasher, TRANSPORT_UDP, "127.0.0.1", 40000, "127.0.0.1", 53, "1:gir0IfrzfLF5jsdNt5PFAnifXH0=");
    community_id_free(hasher);
}

static void test_kept_identifier_is_used(void **state)
{
    (void)state;
    char text[COMMUNITY_ID_SIZE];
    struct community_id *hasher = community_id_new();
    struct conversation conversation = {.community_id = "1:kept"};
    assert_int_equal(community_id_text(hasher, &conversation, text), 6);
    assert_string_equal(text, "1:kept");
    community_id_free(hasher);
}

/* More conversations than are kept, each seen twice: nothing is taken for something else. */
static void test_many_conversations(void **state)
{
    (void)state;
    enum { CONVERSATIONS = 1000 };
    static char first[CONVERSATIONS][COMMUNITY_ID_SIZE];
    struct community_id *hasher = community_id_new();
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < CONVERSATIONS; i++) {
            char text[COMMUNITY_ID_SIZE];
            struct conversation conversation = {.transport = TRANSPORT_TCP,
                                                .source = endpoint("192.0.2.1", (uint16_t)(50000 + i)),
                                                .destination = endpoint("192.0.2.2", 25)};
            assert_int_equal(community_id_text(hasher, &conversation, round ? text : first[i]), 30);
            assert_true(round == 0 || strcmp(text, first[i]) == 0);
        }
    for (unsigned i = 0; i < CONVERSATIONS; i++)
        for (unsigned j = 0; j < i; j++)
            assert_true(strcmp(first[i], first[j]) != 0);
    community_id_free(hasher);
}

/* Protocols without ports, and all lengths of the input: python3 hashlib over the same bytes. */
static void test_without_ports(void **state)
{
    (void)state;
    struct community_id *hasher = community_id_new();
    check(hasher, 47, "192.0.2.1", 0, "192.0.2.2", 0, "1:OF71QrXQ3uLb1NPEC6e1InPqsIM=");
    check(hasher, 47, "2001:db8::1", 0, "2001:db8::2", 0, "1:RgLHDf67jKnjcEaiCVvPAVCpfSc=");
    community_id_free(hasher);
}

static void test_no_address(void **state)
{
    (void)state;
    char text[COMMUNITY_ID_SIZE];
    struct community_id *hasher = community_id_new();
    struct conversation conversation = {.transport = TRANSPORT_TCP};
    assert_int_equal(community_id_text(hasher, &conversation, text), 0);
    community_id_free(hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_baseline),
        cmocka_unit_test(test_ipv6_and_equal_addresses),
        cmocka_unit_test(test_kept_identifier_is_used),
        cmocka_unit_test(test_many_conversations),
        cmocka_unit_test(test_without_ports),
        cmocka_unit_test(test_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
