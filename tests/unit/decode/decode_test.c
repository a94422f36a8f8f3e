/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loop itself: names, counters, bounds, and the table from identifiers to layers.
 */
#include "build.h"

#include "decode/layer_table.h"

static void test_every_stop_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < DECODE_STOP_COUNT; i++) {
        const char *name = decode_stop_name((enum decode_stop)i);
        assert_string_not_equal(name, "unknown");
        for (int k = 0; k < i; k++)
            assert_string_not_equal(name, decode_stop_name((enum decode_stop)k));
    }
    assert_string_equal(decode_stop_name(DECODE_STOP_COUNT), "unknown");
}

/* Every row leads to its own layer: no identifier belongs to two. */
static void test_rows(void **state)
{
    (void)state;
    static struct layer_table table;
    layer_table_init(&table);
    size_t rows = 0;
    for (size_t i = 0; decode_layers[i]; i++) {
        const struct layer *layer = decode_layers[i];
        assert_non_null(layer->name);
        assert_non_null(layer->decode);
        assert_int_not_equal(layer->ids[0].kind, LAYER_NONE);
        for (size_t k = 0; k < LAYER_IDS && layer->ids[k].kind != LAYER_NONE; k++, rows++) {
            assert_ptr_equal(layer_table_find(&table, layer->ids[k].kind, layer->ids[k].number), layer);
            assert_int_equal(layer->believes != NULL, layer->ids[k].kind == LAYER_UDP_PORT);
        }
    }
    assert_true(rows <= LAYER_TABLE_SIZE / 4);
    assert_null(layer_table_find(&table, LAYER_ETHERTYPE, 0x0806));
    assert_null(layer_table_find(&table, LAYER_IP_PROTOCOL, 0));
}

static void test_a_frame_with_too_many_anomalies(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    size_t starts[LIMIT_PACKET_ANOMALIES + 1];
    for (size_t i = 0; i <= LIMIT_PACKET_ANOMALIES; i++)
        starts[i] = ipv4_begin(&b, 4, "0a640001", "0a640002");
    put_question4(&b);
    for (size_t i = 0; i <= LIMIT_PACKET_ANOMALIES; i++) {
        set_u16(&b, starts[i] + 2, (unsigned)(2000 + i));
        ipv4_seal(&b, starts[i]);
    }
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    assert_int_equal(bench.packet.anomaly_count, LIMIT_PACKET_ANOMALIES);
    for (size_t i = 0; i < LIMIT_PACKET_ANOMALIES; i++) {
        assert_int_equal(bench.packet.anomalies[i].name, ANOMALY_IP_BAD_LENGTH);
        assert_int_equal(bench.packet.anomalies[i].a, 2000 + i);
        assert_int_equal(bench.packet.anomalies[i].b, b.len - starts[i]);
    }
    bench_close(&bench);
}

/* Nothing of a frame is left in the packet of the next. */
static void test_packets_begin_empty(void **state)
{
    (void)state;
    static struct build b, arp;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, "020000000001 020000000002 8100 0007 0800");
    put_question4(&b);
    assert_int_equal(bench_frame(&bench, 1, &b), DECODE_PACKET);
    put_hex(&arp, "ffffffffffff 020000000002 0806 0001");
    assert_int_equal(bench_frame(&bench, 1, &arp), DECODE_NOT_IP);
    const struct packet *packet = &bench.packet;
    assert_int_equal(packet->source.ip.family, 0);
    assert_int_equal(packet->destination.port, 0);
    assert_int_equal(packet->transport, TRANSPORT_NONE);
    assert_int_equal(packet->payload.len, 0);
    assert_false(packet->has_vlan);
    assert_true(packet->inside == 0);
    assert_int_equal(packet->frame_length, 16);
    const struct decoder_statistics *statistics = decoder_statistics(bench.decoder);
    assert_int_equal(statistics->stops[DECODE_PACKET], 1);
    assert_int_equal(statistics->stops[DECODE_NOT_IP], 1);
    bench_close(&bench);
}

/* A capture that says a frame was shorter on the wire than what it holds is wrong; what it holds counts. */
static void test_wire_length_below_captured(void **state)
{
    (void)state;
    static struct build b;
    struct bench bench;
    bench_open(&bench, true);
    put_hex(&b, ethernet4);
    put_question4(&b);
    struct frame frame = {
        .data = bytes_of(b.at, b.len),
        .moment = {++bench.frames, 0},
        .wire_length = 20,
        .link_type = 1,
        .time_digits = 6,
    };
    assert_int_equal(decode_frame(bench.decoder, &frame, &bench.packet), DECODE_PACKET);
    assert_question(&bench.packet, 4);
    assert_int_equal(bench.packet.time_digits, 6);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_stop_has_a_name),           cmocka_unit_test(test_rows),
        cmocka_unit_test(test_a_frame_with_too_many_anomalies), cmocka_unit_test(test_packets_begin_empty),
        cmocka_unit_test(test_wire_length_below_captured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
