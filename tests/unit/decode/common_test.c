/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The short way for plain frames gives what the walk over the layers gives: built frames and recorded ones, whole,
 * truncated at every length, and with every byte of their headers changed.
 */
#include "build.h"

#include "capture/capture.h"

#include <dirent.h>

/* Two decoders, one for each way. */
struct ways {
    struct bench common, layers;
};

static void ways_open(struct ways *ways, bool strict)
{
    bench_open(&ways->common, strict);
    bench_open(&ways->layers, strict);
}

static void ways_close(struct ways *ways)
{
    const struct decoder_statistics *a = decoder_statistics(ways->common.decoder);
    const struct decoder_statistics *b = decoder_statistics(ways->layers.decoder);
    assert_memory_equal(a->stops, b->stops, sizeof a->stops);
    assert_int_equal(a->bad_checksums, b->bad_checksums);
    assert_int_equal(a->datagrams_reassembled, b->datagrams_reassembled);
    assert_int_equal(a->datagrams_given_up, b->datagrams_given_up);
    assert_int_equal(a->fragments_waiting, b->fragments_waiting);
    bench_close(&ways->common);
    bench_close(&ways->layers);
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && memcmp(&a->ip, &b->ip, sizeof a->ip) == 0;
}

static bool same_payload(const struct packet *a, const struct packet *b)
{
    /* a reassembled datagram is in a buffer of each decoder's own */
    return a->payload.len == b->payload.len && a->payload_length == b->payload_length &&
           (a->reassembled ? bytes_equal(a->payload, b->payload) : a->payload.at == b->payload.at);
}

static bool same_anomalies(const struct packet *a, const struct packet *b)
{
    if (a->anomaly_count != b->anomaly_count)
        return false;
    for (unsigned i = 0; i < a->anomaly_count; i++)
        if (a->anomalies[i].name != b->anomalies[i].name || a->anomalies[i].a != b->anomalies[i].a ||
            a->anomalies[i].b != b->anomalies[i].b)
            return false;
    return true;
}

static bool same_packet(const struct packet *a, const struct packet *b)
{
    return a->moment.frame == b->moment.frame && a->moment.time_ns == b->moment.time_ns &&
           a->time_digits == b->time_digits && a->frame_length == b->frame_length &&
           same_endpoint(&a->source, &b->source) && same_endpoint(&a->destination, &b->destination) &&
           a->transport == b->transport && a->cut == b->cut && a->bad_checksum == b->bad_checksum &&
           a->reassembled == b->reassembled && same_payload(a, b) && a->vlan == b->vlan && a->has_vlan == b->has_vlan &&
           a->inside == b->inside && memcmp(&a->tcp, &b->tcp, sizeof a->tcp) == 0 &&
           a->icmp.present == b->icmp.present && a->icmp.type == b->icmp.type && a->icmp.code == b->icmp.code &&
           a->icmp.transport == b->icmp.transport && same_endpoint(&a->icmp.source, &b->icmp.source) &&
           same_endpoint(&a->icmp.destination, &b->icmp.destination) && same_anomalies(a, b);
}

static enum decode_stop compare(struct ways *ways, const struct frame *frame)
{
    enum decode_stop common = decode_frame(ways->common.decoder, frame, &ways->common.packet);
    enum decode_stop layers = decode_by_layers(ways->layers.decoder, frame, &ways->layers.packet);
    ways->common.frames++;
    ways->layers.frames++;
    assert_int_equal(common, layers);
    assert_true(same_packet(&ways->common.packet, &ways->layers.packet));
    return common;
}

/* In memory of just that size. */
static enum decode_stop compare_bytes(struct ways *ways, struct bytes bytes, uint32_t wire_length)
{
    uint8_t *memory = malloc(bytes.len > 0 ? bytes.len : 1);
    assert_non_null(memory);
    bytes_copy(memory, bytes.len, bytes);
    struct frame frame = {
        .data = bytes_of(memory, bytes.len),
        .moment = {ways->common.frames + 1, (int64_t)ways->common.frames},
        .wire_length = wire_length,
        .link_type = 1,
        .time_digits = 9,
    };
    enum decode_stop stop = compare(ways, &frame);
    free(memory);
    return stop;
}

/* Everything that is tried with one frame. Returns what comes of it unchanged. */
static enum decode_stop torture(struct build *b)
{
    static const uint8_t changes[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff};
    struct bytes whole = bytes_of(b->at, b->len);
    enum decode_stop stop = DECODE_STOP_COUNT;
    for (int strict = 0; strict < 2; strict++) {
        struct ways ways;
        ways_open(&ways, strict == 1);
        for (size_t length = 0; length <= b->len; length++) {
            compare_bytes(&ways, bytes_first(whole, length), (uint32_t)length);
            compare_bytes(&ways, bytes_first(whole, length), (uint32_t)b->len);
        }
        compare_bytes(&ways, whole, 20);
        for (size_t i = 0; i < b->len; i++) {
            for (size_t k = 0; k < sizeof changes; k++) {
                b->at[i] ^= changes[k];
                compare_bytes(&ways, whole, (uint32_t)b->len);
                b->at[i] ^= changes[k];
            }
        }
        stop = compare_bytes(&ways, whole, (uint32_t)b->len);
        ways_close(&ways);
    }
    return stop;
}

enum { LINKS = 3 };
static const char *const links[LINKS] = {"020000000001 020000000002", "020000000001 020000000002 8100 6007",
                                         "020000000001 020000000002 8100 0000"};

static size_t begin(struct build *b, int link, unsigned protocol, bool six)
{
    b->len = 0;
    put_hex(b, links[link]);
    put_u16(b, six ? 0x86dd : 0x0800);
    return six ? ipv6_begin(b, protocol, client6, server6) : ipv4_begin(b, protocol, client4, server4);
}

static void end(struct build *b, size_t ip, size_t transport, unsigned protocol, bool six)
{
    if (six)
        ipv6_end(b, ip);
    else
        ipv4_end(b, ip);
    seal_transport(b, transport, protocol, ip + (six ? 8 : 12), six ? 16 : 4);
}

static void test_tcp(void **state)
{
    (void)state;
    static struct build b;
    static const char *const headers[] = {
        "1234 0050 89abcdef 01234567 5018 7210 0000 0003 474554",
        "1234 0050 89abcdef 00000000 a002 7210 0000 0000 020405b4 0402 080a0000000100000000 01 030307",
        "0050 1234 89abcdef 89abcdef 8010 7210 0000 0000 0101 080a 0000000100000000 00112233445566778899",
    };
    for (int link = 0; link < LINKS; link++) {
        for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
            for (int padding = 0; padding < 2; padding++) {
                size_t ip = begin(&b, link, 6, i == 2);
                size_t tcp = b.len;
                put_hex(&b, headers[i]);
                end(&b, ip, tcp, 6, i == 2);
                put_many(&b, padding ? 6 : 0, 0);
                assert_int_equal(torture(&b), DECODE_PACKET);
            }
        }
    }
}

static void test_udp(void **state)
{
    (void)state;
    static struct build b;
    static const unsigned ports[] = {53, 4789, 2152, 4789 + 1024};
    for (int link = 0; link < LINKS; link++) {
        for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
            for (int six = 0; six < 2; six++) {
                size_t ip = begin(&b, link, 17, six == 1);
                size_t udp = put_udp(&b, 4660, ports[i], "question");
                end(&b, ip, udp, 17, six == 1);
                put_many(&b, 4, 0);
                assert_int_equal(torture(&b), DECODE_PACKET);
                set_u16(&b, udp + 6, 0);
                assert_int_equal(torture(&b), six ? DECODE_BAD_CHECKSUM : DECODE_PACKET);
            }
        }
    }
}

static void test_odd_ones(void **state)
{
    (void)state;
    static struct build b;
    static const struct {
        const char *hex;
        enum decode_stop stop;
    } rows[] = {
        {"020000000001 020000000002 8100 0007 8100 0008 0800 45000014", DECODE_MALFORMED},
        {"ffffffffffff 020000000002 0806 0001080006040001020000000002c0000201000000000000c0000202", DECODE_NOT_IP},
        {"020000000001 020000000002 0026 aaaa030000000800 4500001c12340000401100000a010203c0000235 04d20035 0008 0000",
         DECODE_BAD_CHECKSUM},
        {"020000000001 020000000002 86dd 60000000 0010 00 40 20010db8000000000000000000000001 "
         "20010db8000000000000000000000053 1100010400000000 04d20035 0008 0000",
         DECODE_BAD_CHECKSUM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        b.len = 0;
        put_hex(&b, rows[i].hex);
        assert_int_equal(torture(&b), rows[i].stop);
    }
}

/* The time of each frame reaches the fragments that wait, whichever way it goes. */
static void test_fragments_between(void **state)
{
    (void)state;
    static struct build plain, piece;
    struct ways ways;
    ways_open(&ways, false);
    put_hex(&plain, ethernet4);
    put_question4(&plain);
    put_hex(&piece, ethernet4);
    size_t ip = ipv4_begin(&piece, 17, client4, server4);
    put_many(&piece, 16, 1);
    set_u16(&piece, ip + 6, 0x2000);
    ipv4_end(&piece, ip);
    struct frame frame = {.wire_length = (uint32_t)plain.len, .link_type = 1, .time_digits = 6};
    for (int64_t second = 0; second < 200; second++) {
        const struct build *b = second % 50 == 0 ? &piece : &plain;
        frame.data = bytes_of(b->at, b->len);
        frame.moment = (struct moment){(uint64_t)second + 1, second * 1000000000};
        frame.wire_length = (uint32_t)b->len;
        compare(&ways, &frame);
        const struct decoder_statistics *a = decoder_statistics(ways.common.decoder);
        const struct decoder_statistics *c = decoder_statistics(ways.layers.decoder);
        assert_int_equal(a->fragments_waiting, c->fragments_waiting);
        assert_int_equal(a->datagrams_given_up, c->datagrams_given_up);
    }
    assert_int_equal(decoder_statistics(ways.common.decoder)->datagrams_given_up, 4);
    ways_close(&ways);
}

/* Many at once, up to the first that is not plain; none while fragments wait. */
static void test_ahead(void **state)
{
    (void)state;
    enum { FRAMES = 5 };
    static struct build plain, piece;
    static struct packet packets[FRAMES];
    struct frame frames[FRAMES];
    struct bench bench;
    bench_open(&bench, false);
    put_hex(&plain, ethernet4);
    put_question4(&plain);
    put_hex(&piece, ethernet4);
    size_t ip = ipv4_begin(&piece, 17, client4, server4);
    put_many(&piece, 16, 1);
    set_u16(&piece, ip + 6, 0x2000);
    ipv4_end(&piece, ip);
    for (int i = 0; i < FRAMES; i++) {
        const struct build *b = i == 3 ? &piece : &plain;
        frames[i] = (struct frame){.data = bytes_of(b->at, b->len),
                                   .moment = {(uint64_t)i + 1, i * INT64_C(40000000000)},
                                   .wire_length = (uint32_t)b->len,
                                   .link_type = 1,
                                   .time_digits = 6};
    }
    assert_int_equal(decode_ahead(bench.decoder, frames, 0, packets), 0);
    assert_int_equal(decode_ahead(bench.decoder, frames, FRAMES, packets), 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_question(&packets[i], 4);
        assert_int_equal(packets[i].moment.frame, i + 1);
    }
    assert_int_equal(decode_ahead(bench.decoder, frames + 3, 2, packets), 0);
    assert_int_equal(decode_frame(bench.decoder, &frames[3], packets), DECODE_FRAGMENT_WAITING);
    assert_int_equal(decode_ahead(bench.decoder, frames + 4, 1, packets), 0);
    assert_int_equal(decode_frame(bench.decoder, &frames[4], packets), DECODE_PACKET);
    assert_int_equal(decoder_statistics(bench.decoder)->datagrams_given_up, 1); /* its time has come */
    assert_int_equal(decode_ahead(bench.decoder, frames + 4, 1, packets), 1);
    bench.frames = 6;
    bench_close(&bench);
}

static uint64_t compare_capture(const char *path)
{
    enum { MOST_FRAMES = 300, HEADERS = 100 };
    char error[CAPTURE_ERROR_SIZE];
    struct capture *capture = capture_open_file(path, 1, error);
    struct ways ways;
    struct frame frame;
    if (!capture)
        return 0;
    ways_open(&ways, true);
    uint64_t frames = 0;
    while (frames < MOST_FRAMES && capture_next(capture, &frame, error) == CAPTURE_FRAME) {
        struct frame cut = frame;
        compare(&ways, &frame);
        for (size_t length = 0; length < frame.data.len && length < HEADERS; length++) {
            cut.data = bytes_first(frame.data, length);
            compare(&ways, &cut);
        }
        frames++;
    }
    ways_close(&ways);
    capture_close(capture);
    return frames;
}

static void test_recorded(void **state)
{
    (void)state;
    enum { PATH_SIZE = 1024 };
    char path[PATH_SIZE];
    const char *own = __FILE__, *behind = strstr(own, "tests/unit/");
    uint64_t frames = 0;
    assert_non_null(behind);
    snprintf(path, sizeof path, "%.*spcaps", (int)(behind - own), own);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        snprintf(path, sizeof path, "%.*spcaps/%s", (int)(behind - own), own, entry->d_name);
        if (entry->d_name[0] != '.')
            frames += compare_capture(path);
    }
    closedir(folder);
    assert_true(frames > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),      cmocka_unit_test(test_udp),
        cmocka_unit_test(test_odd_ones), cmocka_unit_test(test_fragments_between),
        cmocka_unit_test(test_ahead),    cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
