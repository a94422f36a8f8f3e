/* SPDX-License-Identifier: BSD-3-Clause */
#include "engine/merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char ftp[] = "ftp", http[] = "http";

static struct engine_credentials row(const char *protocol, uint16_t port, uint64_t count)
{
    return (struct engine_credentials){protocol, {.ip = {.family = 4, .octets = {10}}, .port = port}, count};
}

static void adds_what_engines_count(void **state)
{
    struct engine_statistics sum = {.frames = 0};
    const struct engine_statistics nothing = {.frames = 0, .first_ns = 0, .memory_limit = 5};
    const struct engine_statistics one = {.frames = 2,
                                          .bytes = 100,
                                          .first_ns = 50,
                                          .last_ns = 70,
                                          .records = 1,
                                          .ended = {1, 2},
                                          .stops = {{"decoded", 2}},
                                          .stop_count = 1,
                                          .memory_used = 3,
                                          .extract_error = "full"};
    const struct engine_statistics other = {.frames = 1,
                                            .bytes = 11,
                                            .first_ns = 40,
                                            .last_ns = 60,
                                            .records = 2,
                                            .ended = {0, 3},
                                            .stops = {{"decoded", 1}},
                                            .stop_count = 1,
                                            .memory_used = 4,
                                            .extract_error = "gone"};
    (void)state;
    statistics_add(&sum, &nothing);
    statistics_add(&sum, &one);
    statistics_add(&sum, &other);
    assert_int_equal(sum.frames, 3);
    assert_int_equal(sum.bytes, 111);
    assert_int_equal(sum.first_ns, 40);
    assert_int_equal(sum.last_ns, 70);
    assert_int_equal(sum.records, 3);
    assert_int_equal(sum.ended[0], 1);
    assert_int_equal(sum.ended[1], 5);
    assert_int_equal(sum.stops[0].frames, 3);
    assert_string_equal(sum.stops[0].name, "decoded");
    assert_int_equal(sum.memory_used, 7);
    assert_int_equal(sum.memory_limit, 5);
    assert_string_equal(sum.extract_error, "full");
}

static void adds_credentials_by_server(void **state)
{
    struct engine_statistics sum = {.frames = 0};
    const struct engine_statistics one = {.credentials = {row(ftp, 21, 2), row(http, 80, 1)}, .credential_count = 2};
    const struct engine_statistics other = {.credentials = {row(http, 80, 4), row(NULL, 0, 9)}, .credential_count = 2};
    (void)state;
    statistics_add(&sum, &one);
    statistics_add(&sum, &other);
    assert_int_equal(sum.credential_count, 3);
    assert_ptr_equal(sum.credentials[0].protocol, http);
    assert_int_equal(sum.credentials[0].count, 5);
    assert_ptr_equal(sum.credentials[1].protocol, ftp);
    assert_null(sum.credentials[2].protocol); /* all further servers stand last */
    assert_int_equal(sum.credentials[2].count, 9);
}

/* LIMIT_CREDENTIAL_SERVERS: what does not fit is counted with all further servers. */
static void keeps_credentials_within_their_bound(void **state)
{
    struct engine_statistics sum = {.frames = 0}, one = {.frames = 0};
    (void)state;
    for (unsigned part = 0; part < 3; part++) {
        one.credential_count = 0;
        for (unsigned i = 0; i < LIMIT_CREDENTIAL_SERVERS; i++)
            one.credentials[one.credential_count++] = row(ftp, (uint16_t)(part * 1000 + i), 2);
        one.credentials[one.credential_count++] = row(NULL, 0, 1);
        statistics_add(&sum, &one);
    }
    assert_int_equal(sum.credential_count, LIMIT_CREDENTIAL_SERVERS + 1);
    assert_null(sum.credentials[LIMIT_CREDENTIAL_SERVERS].protocol);
    assert_int_equal(sum.credentials[LIMIT_CREDENTIAL_SERVERS].count, 3 + 2 * 2 * LIMIT_CREDENTIAL_SERVERS);
}

static void adds_ports(void **state)
{
    static struct merged_ports ports;
    struct engine_statistics statistics = {.frames = 0};
    const struct flow_unknown_port one[] = {{TRANSPORT_TCP, 5000, 1, 10}, {TRANSPORT_UDP, 5000, 1, 5}};
    const struct flow_unknown_port other[] = {{TRANSPORT_UDP, 5000, 2, 30}, {TRANSPORT_TCP, 4000, 1, 10}};
    (void)state;
    merged_ports_add(&ports, one, 2);
    merged_ports_add(&ports, other, 2);
    merged_ports_show(&ports, &statistics);
    assert_int_equal(statistics.unknown_count, 3);
    assert_string_equal(statistics.unknown[0].transport, "udp");
    assert_int_equal(statistics.unknown[0].conversations, 3);
    assert_int_equal(statistics.unknown[0].bytes, 35);
    assert_int_equal(statistics.unknown[1].port, 4000);
    assert_int_equal(statistics.unknown[2].port, 5000);
    for (uint16_t port = 0; port < 2000; port++)
        merged_ports_add(&ports, &(struct flow_unknown_port){TRANSPORT_TCP, port, 1, 100}, 1);
    assert_int_equal(ports.count, MERGED_PORTS);
    merged_ports_show(&ports, &statistics);
    assert_int_equal(statistics.unknown_count, 8);
    assert_int_equal(statistics.unknown[0].bytes, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_what_engines_count),
        cmocka_unit_test(adds_credentials_by_server),
        cmocka_unit_test(keeps_credentials_within_their_bound),
        cmocka_unit_test(adds_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
