/* SPDX-License-Identifier: BSD-3-Clause */
#include "record/common_values.h"

#include "record/common_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void test_rows_are_those_of_the_table(void **state)
{
    static const char *const names[COMMON_COUNT] = {
        [COMMON_TIMESTAMP] = "@timestamp",
        [COMMON_DATASET] = "event.dataset",
        [COMMON_DURATION] = "event.duration",
        [COMMON_OUTCOME] = "event.outcome",
        [COMMON_SOURCE_IP] = "source.ip",
        [COMMON_SOURCE_PORT] = "source.port",
        [COMMON_SOURCE_DOMAIN] = "source.domain",
        [COMMON_DESTINATION_IP] = "destination.ip",
        [COMMON_DESTINATION_PORT] = "destination.port",
        [COMMON_DESTINATION_DOMAIN] = "destination.domain",
        [COMMON_NETWORK_TYPE] = "network.type",
        [COMMON_TRANSPORT] = "network.transport",
        [COMMON_PROTOCOL] = "network.protocol",
        [COMMON_COMMUNITY_ID] = "network.community_id",
        [COMMON_VLAN] = "network.vlan.id",
        [COMMON_CONVERSATION] = "overhear.conversation",
        [COMMON_FRAME_REQUEST] = "overhear.frames.request",
        [COMMON_FRAME_RESPONSE] = "overhear.frames.response",
        [COMMON_FRAME_FIRST] = "overhear.frames.first",
        [COMMON_FRAME_LAST] = "overhear.frames.last",
        [COMMON_TRUNCATED] = "overhear.truncated",
        [COMMON_INCOMPLETE] = "overhear.incomplete",
        [COMMON_ICMP_ERROR] = "overhear.icmp_error",
        [COMMON_NOTES] = "notes",
    };
    (void)state;
    assert_int_equal(common_field_count, COMMON_COUNT);
    for (size_t i = 0; i < COMMON_COUNT; i++)
        assert_string_equal(common_fields[i].name, names[i]);
}

static const struct dataset plain = {.name = "plain", .title = "Plain"};
static const struct dataset flow = {.name = "flow", .title = "Flow"};

static int64_t number_of(const struct record *record, enum common_field field)
{
    struct common_value value = {.number = 0};
    return common_value(record, field, &value) ? value.number : -1;
}

static void expect_text(const struct record *record, enum common_field field, const char *text)
{
    struct common_value value = {.number = 0};
    assert_int_equal(common_value(record, field, &value), text != NULL);
    if (text)
        assert_true(bytes_is(value.text, text));
}

static void test_frames(void **state)
{
    struct record record = {.dataset = &plain, .first = {3, 100}, .last = {9, 250}};
    (void)state;
    assert_int_equal(number_of(&record, COMMON_FRAME_FIRST), 3);
    assert_int_equal(number_of(&record, COMMON_FRAME_LAST), -1);
    assert_int_equal(number_of(&record, COMMON_FRAME_REQUEST), -1);
    record.response = (struct moment){4, 120};
    assert_int_equal(number_of(&record, COMMON_FRAME_FIRST), -1);
    assert_int_equal(number_of(&record, COMMON_FRAME_REQUEST), -1);
    assert_int_equal(number_of(&record, COMMON_FRAME_RESPONSE), 4);
    record.dataset = &flow;
    assert_int_equal(number_of(&record, COMMON_FRAME_FIRST), 3);
    assert_int_equal(number_of(&record, COMMON_FRAME_LAST), 9);
    assert_int_equal(number_of(&record, COMMON_FRAME_RESPONSE), -1);
}

static void test_event(void **state)
{
    struct record record = {.dataset = &plain, .first = {3, 100}, .last = {9, 250}};
    (void)state;
    expect_text(&record, COMMON_DATASET, "plain");
    expect_text(&record, COMMON_OUTCOME, NULL);
    record.outcome = OUTCOME_UNKNOWN;
    expect_text(&record, COMMON_OUTCOME, "unknown");
    assert_int_equal(number_of(&record, COMMON_TIMESTAMP), 100);
    assert_int_equal(number_of(&record, COMMON_DURATION), 150);
    record.last.time_ns = 50; /* the clock went back */
    assert_int_equal(number_of(&record, COMMON_DURATION), 0);
    record.last.frame = 0;
    assert_int_equal(number_of(&record, COMMON_DURATION), -1);
    assert_int_equal(number_of(&record, COMMON_INCOMPLETE), -1);
    record.incomplete = true;
    assert_int_equal(number_of(&record, COMMON_INCOMPLETE), 1);
    expect_text(&record, COMMON_ICMP_ERROR, NULL);
    record.icmp_error = "port unreachable";
    expect_text(&record, COMMON_ICMP_ERROR, "port unreachable");
}

static void test_conversation(void **state)
{
    struct conversation conversation = {
        .id = 7, .source = {{6, {1}}, 5}, .destination = {{6, {2}}, 6}, .transport = TRANSPORT_ICMPV6, .protocol = "a"};
    struct record record = {.dataset = &plain};
    struct common_value value;
    (void)state;
    assert_int_equal(number_of(&record, COMMON_CONVERSATION), -1);
    expect_text(&record, COMMON_PROTOCOL, NULL);
    record.conversation = &conversation;
    assert_int_equal(number_of(&record, COMMON_CONVERSATION), 7);
    expect_text(&record, COMMON_NETWORK_TYPE, "ipv6");
    expect_text(&record, COMMON_TRANSPORT, "ipv6-icmp");
    expect_text(&record, COMMON_PROTOCOL, "a");
    record.protocol = "b";
    expect_text(&record, COMMON_PROTOCOL, "b");
    assert_int_equal(number_of(&record, COMMON_SOURCE_PORT), -1);
    conversation.transport = TRANSPORT_UDP;
    assert_int_equal(number_of(&record, COMMON_SOURCE_PORT), 5);
    assert_int_equal(number_of(&record, COMMON_DESTINATION_PORT), 6);
    assert_int_equal(number_of(&record, COMMON_VLAN), -1);
    conversation.has_vlan = true;
    assert_int_equal(number_of(&record, COMMON_VLAN), 0);
    assert_true(common_value(&record, COMMON_DESTINATION_IP, &value));
    assert_ptr_equal(value.address, &conversation.destination.ip);
    expect_text(&record, COMMON_SOURCE_DOMAIN, NULL);
    record.source_domain = bytes_text("x");
    expect_text(&record, COMMON_SOURCE_DOMAIN, "x");
    assert_false(common_value(&record, COMMON_TRUNCATED, &value));
    assert_false(common_value(&record, COMMON_COMMUNITY_ID, &value));
    assert_false(common_value(&record, COMMON_NOTES, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_those_of_the_table),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_event),
        cmocka_unit_test(test_conversation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
