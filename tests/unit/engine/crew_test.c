/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every capture of pcaps/ through one engine and through crews: the same bytes, and the same counts; or the crew gives
 * up, and what it has said until then are the first records of one engine.
 */
#include "engine/crew.h"

#include "engine/deal.h"
#include "engine/keeper.h"
#include "engine/script.h"
#include "output/output.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct heard {
    struct output *output;
    int descriptor;
    char *text;
    size_t length;
};

static void begin(struct heard *heard)
{
    heard->descriptor = memfd_create("records", 0);
    assert_true(heard->descriptor >= 0);
    heard->output = output_new(&(struct output_options){.format = OUTPUT_JSON, .descriptor = heard->descriptor});
    assert_non_null(heard->output);
}

static void end(struct heard *heard)
{
    struct stat status;
    assert_int_equal(output_flush(heard->output), 0);
    output_free(heard->output);
    assert_int_equal(fstat(heard->descriptor, &status), 0);
    heard->length = (size_t)status.st_size;
    heard->text = malloc(heard->length + 1);
    assert_non_null(heard->text);
    assert_int_equal(pread(heard->descriptor, heard->text, heard->length, 0), heard->length);
    heard->text[heard->length] = '\0';
    close(heard->descriptor);
}

static void with_one_engine(const struct script *script, size_t memory, struct heard *ret_heard,
                            struct engine_statistics *ret_statistics)
{
    begin(ret_heard);
    struct engine *engine = engine_new(
        &(struct engine_options){.sink = {ret_heard->output, output_record}, .memory_limit = memory, .ends_all = true});
    assert_non_null(engine);
    engine_frames(engine, script->frames, script->count);
    engine_finish(engine);
    engine_statistics(engine, ret_statistics);
    engine_free(engine);
    end(ret_heard);
}

enum { HELD = 4096 };

/* Holds what it can, and prints it when it has to. */
struct holder {
    struct output *output;
    const struct record *records[HELD];
    size_t count;
};

static void print_held(void *context)
{
    struct holder *holder = context;
    for (size_t i = 0; i < holder->count; i++) {
        output_record(holder->output, holder->records[i]);
        keeper_release(holder->records[i]->keeper);
    }
    holder->count = 0;
}

static void hold(void *context, const struct record *record)
{
    struct holder *holder = context;
    if (!record->keeper || holder->count == HELD)
        print_held(holder);
    if (!record->keeper) {
        output_record(holder->output, record);
        return;
    }
    keeper_hold(record->keeper);
    holder->records[holder->count++] = record;
}

/* False: the crew has given up. */
static bool with_crew(const struct script *script, size_t memory, unsigned count, struct heard *ret_heard,
                      struct engine_statistics *ret_statistics)
{
    begin(ret_heard);
    struct holder *holder = calloc(1, sizeof *holder);
    assert_non_null(holder);
    holder->output = ret_heard->output;
    struct crew *crew = crew_new(
        &(struct engine_options){.sink = {holder, hold}, .pause = print_held, .memory_limit = memory, .ends_all = true},
        count);
    assert_non_null(crew);
    assert_int_equal(crew_start(crew), 0);
    bool fine = crew_frames(crew, script->frames, script->count) && crew_finish(crew);
    assert_int_equal(fine, !crew_has_given_up(crew));
    if (fine)
        crew_statistics(crew, ret_statistics);
    crew_free(crew);
    assert_int_equal(holder->count, 0);
    free(holder);
    end(ret_heard);
    return fine;
}

static void assert_same_statistics(const struct engine_statistics *one, const struct engine_statistics *several)
{
    struct engine_statistics a = *one, b = *several;
    a.memory_used = a.memory_peak = b.memory_used = b.memory_peak = 0;
    assert_int_equal(a.credential_count, b.credential_count);
    assert_int_equal(a.unknown_count, b.unknown_count);
    assert_int_equal(a.stop_count, b.stop_count);
    for (size_t i = 0; i < a.stop_count; i++)
        assert_int_equal(a.stops[i].frames, b.stops[i].frames);
    for (size_t i = 0; i < a.unknown_count; i++) {
        assert_string_equal(a.unknown[i].transport, b.unknown[i].transport);
        assert_int_equal(a.unknown[i].port, b.unknown[i].port);
        assert_int_equal(a.unknown[i].bytes, b.unknown[i].bytes);
    }
    for (size_t i = 0; i < a.credential_count; i++) {
        assert_ptr_equal(a.credentials[i].protocol, b.credentials[i].protocol);
        assert_memory_equal(&a.credentials[i].server.ip, &b.credentials[i].server.ip,
                            sizeof a.credentials[i].server.ip);
        assert_int_equal(a.credentials[i].count, b.credentials[i].count);
    }
    assert_memory_equal(a.anomaly_counts, b.anomaly_counts, sizeof a.anomaly_counts);
    assert_memory_equal(a.ended, b.ended, sizeof a.ended);
    const uint64_t expected[] = {
        a.frames,     a.bytes,           a.conversations,  a.conversations_ended,   a.untracked,
        a.records,    a.anomalies,       a.bad_checksums,  a.datagrams_reassembled, a.datagrams_given_up,
        a.seen_bytes, a.delivered_bytes, a.gap_bytes,      a.duplicate_bytes,       a.over_limit_bytes,
        a.files,      a.memory_limit,    a.memory_refused, (uint64_t)a.first_ns,    (uint64_t)a.last_ns};
    const uint64_t found[] = {
        b.frames,     b.bytes,           b.conversations,  b.conversations_ended,   b.untracked,
        b.records,    b.anomalies,       b.bad_checksums,  b.datagrams_reassembled, b.datagrams_given_up,
        b.seen_bytes, b.delivered_bytes, b.gap_bytes,      b.duplicate_bytes,       b.over_limit_bytes,
        b.files,      b.memory_limit,    b.memory_refused, (uint64_t)b.first_ns,    (uint64_t)b.last_ns};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(expected[i], found[i]);
}

/* Returns whether the crew got to the end. */
static bool compare(const char *name, const struct script *script, size_t memory, unsigned count)
{
    struct engine_statistics one, several;
    struct heard expected, found;
    with_one_engine(script, memory, &expected, &one);
    bool fine = with_crew(script, memory, count, &found, &several);
    bool same = found.length <= expected.length && memcmp(expected.text, found.text, found.length) == 0;
    if (!same || (fine && found.length != expected.length))
        print_error("%s, %u engines\n", name, count);
    assert_true(same);
    if (fine) {
        assert_int_equal(found.length, expected.length);
        assert_same_statistics(&one, &several);
    }
    free(expected.text);
    free(found.text);
    return fine;
}

static void read_pcap(struct script *script, const char *name)
{
    char path[PATH_SIZE];
    pcaps_path(path, name);
    assert_true(script_read(script, path));
}

static void every_capture_gives_the_same_bytes(void **state)
{
    static const unsigned counts[] = {1, 2, 3, 8};
    char folder_path[PATH_SIZE];
    unsigned played = 0, given_up = 0;
    (void)state;
    pcaps_path(folder_path, "");
    DIR *folder = opendir(folder_path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[PATH_SIZE];
        struct script script;
        pcaps_path(path, entry->d_name);
        if (entry->d_name[0] == '.' || !script_read(&script, path))
            continue;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            given_up += !compare(entry->d_name, &script, 0, counts[i]);
        script_free(&script);
        played++;
    }
    closedir(folder);
    assert_true(played > 40);
    assert_true(given_up <= 6); /* FTP between three hosts */
}

/* A server that names another host announces a conversation that may be another engine's. */
static void gives_up_where_one_engine_would_know_more(void **state)
{
    unsigned given_up = 0;
    struct script script;
    (void)state;
    read_pcap(&script, "ftp-fxp.pcap");
    for (unsigned count = 1; count <= 16; count++)
        given_up += !compare("ftp-fxp.pcap", &script, 0, count);
    assert_true(given_up > 0);
    assert_true(compare("ftp-fxp.pcap", &script, 0, 1));
    script_free(&script);
}

static void gives_up_before_memory_is_short(void **state)
{
    struct script script;
    (void)state;
    read_pcap(&script, "tour.pcap");
    assert_false(compare("tour.pcap", &script, 768 * 1024, 3));
    assert_true(compare("tour.pcap", &script, (size_t)256 * 1024 * 1024, 3));
    script_free(&script);
}

/* More frames than all rounds hold, and more words than all batches. */
static void much_is_no_other_than_little(void **state)
{
    struct script script, many = {.frames = NULL};
    (void)state;
    read_pcap(&script, "tour.pcap");
    for (unsigned lap = 0; lap < 40; lap++)
        for (size_t i = 0; i < script.count; i++) {
            struct frame frame = script.frames[i];
            frame.moment.frame = many.count + 1;
            frame.moment.time_ns += INT64_C(7200000000000) * lap;
            script_add(&many, &frame, 0);
        }
    assert_true(compare("tour.pcap, 40 times", &many, 0, 2));
    assert_true(compare("tour.pcap, 40 times", &many, 0, 5));
    script_free(&script);
    script_free(&many);
}

/* Both directions, and what an error quotes, come to one engine. */
static void conversations_stay_together(void **state)
{
    static const char *const names[] = {"tour.pcap", "http-by-hand.pcap", "dns-types.pcap"};
    const struct engine_options options = {.memory_limit = 0};
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct script script;
        struct budget budget;
        struct packet packet;
        unsigned parts[65536];
        memset(parts, 0xff, sizeof parts);
        read_pcap(&script, names[n]);
        budget_init(&budget, 0);
        struct decoder *decoder = decoder_new(&budget, false);
        struct dealer *dealer = dealer_new(&options, 7);
        for (size_t i = 0; i < script.count; i++) {
            const struct deal deal = deal_frame(dealer, &script.frames[i]);
            assert_true(deal.part < 7);
            if (decode_frame(decoder, &script.frames[i], &packet) != DECODE_PACKET)
                continue;
            uint64_t key = script.hosts[i] + (uint64_t)packet.source.port * packet.destination.port;
            unsigned *part = &parts[(key ^ key >> 16 ^ key >> 32) % 65536];
            assert_true(*part == UINT32_MAX || *part == deal.part);
            *part = deal.part;
        }
        dealer_free(dealer);
        decoder_free(decoder);
        script_free(&script);
    }
}

static void nothing_started_is_freed(void **state)
{
    (void)state;
    const struct engine_options options = {.memory_limit = 0}, extracts = {.extract_folder = "/tmp"};
    crew_free(crew_new(&options, 3));
    crew_free(NULL);
    assert_null(crew_new(&options, 0));
    assert_null(crew_new(&options, LIMIT_WORKERS + 1));
    assert_null(crew_new(&extracts, 2));
    struct crew *crew = crew_new(&options, 2);
    assert_int_equal(crew_start(crew), 0);
    crew_free(crew); /* without an end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_capture_gives_the_same_bytes),
        cmocka_unit_test(gives_up_where_one_engine_would_know_more),
        cmocka_unit_test(gives_up_before_memory_is_short),
        cmocka_unit_test(much_is_no_other_than_little),
        cmocka_unit_test(conversations_stay_together),
        cmocka_unit_test(nothing_started_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
