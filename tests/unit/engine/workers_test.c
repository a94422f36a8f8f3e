/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every capture of pcaps/ through one engine and through several, whose threads are jostled: the same bytes.
 */
#include "engine/workers.h"

#include "engine/script.h"
#include "output/output.h"

#include <assert.h>
#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORKERS_MAX = 8, COLLECT_MS = 50 };

/* One worker's way through it. */
struct actor {
    size_t at;
    uint64_t random;
};

struct play {
    const struct script *script;
    struct actor actors[WORKERS_MAX];
    unsigned count;
    bool jostles;
    _Atomic size_t turn; /* for sources that do not number: whose frame is next */
    bool takes_turns;
    const char *extract_folder;
};

/* FTP that names a third host: the announcement and what it announces lie between different hosts, so that they may
 * come to different workers. docs/threads.md has it as a difference. */
static bool has_third_hosts(const char *name)
{
    return strcmp(name, "ftp-fxp.pcap") == 0 || strcmp(name, "ftp-nat.pcap") == 0;
}

static void jostle(struct actor *actor)
{
    actor->random = actor->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    unsigned chance = (unsigned)(actor->random >> 33) % 1000;
    if (chance < 30)
        sched_yield();
    else if (chance < 32)
        usleep(chance);
}

/* A source that numbers: every worker hears of every frame. */
static enum worker_input next_numbered(void *context, unsigned worker, struct frame *ret_frame)
{
    struct play *play = context;
    struct actor *actor = &play->actors[worker];
    if (actor->at == play->script->count)
        return WORKER_END;
    if (play->jostles)
        jostle(actor);
    *ret_frame = play->script->frames[actor->at];
    uint64_t hosts = play->script->hosts[actor->at++];
    if (hosts % play->count == worker)
        return WORKER_FRAME;
    *ret_frame = (struct frame){.moment = ret_frame->moment};
    return WORKER_MOMENT;
}

/* A source that does not number; frames are taken one after the other, so that the order is that of the capture. */
static enum worker_input next_in_turn(void *context, unsigned worker, struct frame *ret_frame)
{
    struct play *play = context;
    size_t turn = atomic_load(&play->turn);
    if (turn == play->script->count)
        return WORKER_END;
    if (play->script->hosts[turn] % play->count != worker) {
        sched_yield();
        return WORKER_NOTHING;
    }
    *ret_frame = play->script->frames[turn];
    ret_frame->moment.frame = 12345;
    return WORKER_FRAME;
}

static void done_in_turn(void *context, unsigned worker, const struct frame *frame,
                         const struct conversation *conversation)
{
    struct play *play = context;
    (void)conversation;
    (void)worker;
    (void)frame;
    if (play->script->hosts[frame->moment.frame - 1] % play->count != worker)
        abort(); /* on a thread of its own: no assertion of cmocka */
    atomic_fetch_add(&play->turn, 1);
}

/* What a file holds now; the caller frees it. */
static char *content(int descriptor, size_t *ret_length)
{
    struct stat status;
    assert_int_equal(fstat(descriptor, &status), 0);
    char *text = malloc((size_t)status.st_size + 1);
    assert_non_null(text);
    assert_int_equal(pread(descriptor, text, (size_t)status.st_size, 0), status.st_size);
    text[status.st_size] = '\0';
    *ret_length = (size_t)status.st_size;
    return text;
}

static struct output *output_begin(int *ret_descriptor)
{
    *ret_descriptor = memfd_create("records", 0);
    assert_true(*ret_descriptor >= 0);
    struct output *output = output_new(&(struct output_options){.format = OUTPUT_JSON, .descriptor = *ret_descriptor});
    assert_non_null(output);
    return output;
}

static char *output_end(struct output *output, int descriptor, size_t *ret_length)
{
    assert_int_equal(output_flush(output), 0);
    output_free(output);
    char *text = content(descriptor, ret_length);
    close(descriptor);
    return text;
}

static char *with_one_engine(const struct script *script, const char *extract_folder,
                             struct engine_statistics *ret_statistics, size_t *ret_length)
{
    int descriptor;
    struct output *output = output_begin(&descriptor);
    struct engine *engine = engine_new(
        &(struct engine_options){.sink = {output, output_record}, .extract_folder = extract_folder});
    assert_non_null(engine);
    for (size_t i = 0; i < script->count; i++)
        engine_frame(engine, &script->frames[i]);
    engine_finish(engine);
    engine_statistics(engine, ret_statistics);
    engine_free(engine);
    return output_end(output, descriptor, ret_length);
}

static char *with_workers(struct play *play, struct engine_statistics *ret_statistics, size_t *ret_length)
{
    int descriptor;
    struct output *output = output_begin(&descriptor);
    struct workers *workers = workers_new(
        &(struct workers_options){.engine = {.sink = {output, output_record}, .extract_folder = play->extract_folder},
                                  .count = play->count,
                                  .context = play,
                                  .next = play->takes_turns ? next_in_turn : next_numbered,
                                  .done = play->takes_turns ? done_in_turn : NULL,
                                  .numbered = !play->takes_turns});
    assert_non_null(workers);
    assert_int_equal(workers_start(workers), 0);
    unsigned calls = 0;
    while (workers_collect(workers, COLLECT_MS))
        if (calls++ % 16 == 3)
            workers_statistics(workers, ret_statistics);
    assert_int_equal(workers_waiting(workers), 0);
    assert_int_equal(workers_waiting_bytes(workers), 0);
    workers_statistics(workers, ret_statistics);
    workers_free(workers);
    return output_end(output, descriptor, ret_length);
}

/* Tells where two texts part. */
static bool is_same(const char *name, unsigned count, const char *expected, const char *found)
{
    if (strcmp(expected, found) == 0)
        return true;
    size_t line = 1, begin = 0, i = 0;
    for (; expected[i] == found[i]; i++)
        if (expected[i] == '\n') {
            line++;
            begin = i + 1;
        }
    print_error("%s with %u workers, line %zu:\n  one engine: %.*s\n  workers:    %.*s\n", name, count, line,
                (int)strcspn(expected + begin, "\n"), expected + begin, (int)strcspn(found + begin, "\n"),
                found + begin);
    return false;
}

static void assert_same_statistics(const struct engine_statistics *one, const struct engine_statistics *several)
{
    assert_int_equal(one->frames, several->frames);
    assert_int_equal(one->bytes, several->bytes);
    assert_int_equal(one->first_ns, several->first_ns);
    assert_int_equal(one->last_ns, several->last_ns);
    assert_int_equal(one->stop_count, several->stop_count);
    for (size_t i = 0; i < one->stop_count; i++)
        assert_int_equal(one->stops[i].frames, several->stops[i].frames);
    assert_int_equal(one->conversations, several->conversations);
    assert_int_equal(one->conversations_ended, several->conversations_ended);
    assert_memory_equal(one->ended, several->ended, sizeof one->ended);
    assert_int_equal(one->records, several->records);
    assert_int_equal(one->anomalies, several->anomalies);
    assert_memory_equal(one->anomaly_counts, several->anomaly_counts, sizeof one->anomaly_counts);
    assert_int_equal(one->seen_bytes, several->seen_bytes);
    assert_int_equal(one->delivered_bytes, several->delivered_bytes);
    assert_int_equal(one->gap_bytes, several->gap_bytes);
    assert_int_equal(one->datagrams_reassembled, several->datagrams_reassembled);
    assert_int_equal(one->datagrams_given_up, several->datagrams_given_up);
    assert_int_equal(one->files, several->files);
    assert_int_equal(one->credential_count, several->credential_count);
    assert_int_equal(one->unknown_count, several->unknown_count);
    for (size_t i = 0; i < one->unknown_count; i++) {
        assert_int_equal(one->unknown[i].port, several->unknown[i].port);
        assert_int_equal(one->unknown[i].bytes, several->unknown[i].bytes);
    }
}

static bool compare(const char *name, const struct script *script, unsigned count, bool takes_turns)
{
    struct engine_statistics one, several;
    size_t length, expected_length;
    struct play play = {.script = script, .count = count, .jostles = true, .takes_turns = takes_turns};
    for (unsigned i = 0; i < count; i++)
        play.actors[i].random = i * 7919 + count;
    char *expected = with_one_engine(script, NULL, &one, &expected_length);
    char *found = with_workers(&play, &several, &length);
    bool same = is_same(name, count, expected, found);
    free(expected);
    free(found);
    if (same) {
        assert_int_equal(length, expected_length);
        assert_same_statistics(&one, &several);
    }
    return same;
}

static void every_capture_gives_the_same_bytes(void **state)
{
    static const unsigned counts[] = {1, 2, 3, 8};
    char folder_path[PATH_SIZE];
    unsigned played = 0, wrong = 0;
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
        if (has_third_hosts(entry->d_name))
            memset(script.hosts, 0, script.count * sizeof *script.hosts);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            wrong += compare(entry->d_name, &script, counts[i], false) ? 0 : 1;
        script_free(&script);
        played++;
    }
    closedir(folder);
    assert_true(played > 40);
    assert_int_equal(wrong, 0);
}

/* As live sources are: they do not know of each other, and time goes on for each by its own frames. */
static void numbers_frames_and_conversations(void **state)
{
    static const char *const names[] = {"dns-types.pcap", "http-by-hand.pcap", "smtp-relays.pcap", "ftp-session.pcap",
                                        "mdns.pcap"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_SIZE];
        struct script script;
        pcaps_path(path, names[i]);
        assert_true(script_read(&script, path));
        assert_true(compare(names[i], &script, 1, true));
        assert_true(compare(names[i], &script, 3, true));
        script_free(&script);
    }
}

/* LIMIT_ANOMALIES of each kind that belong to no conversation, whichever worker sees them. */
static void tells_as_many_loose_anomalies_as_one_engine(void **state)
{
    static const uint8_t broken[34] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 8, 0, 0x41};
    struct script script = {.frames = NULL};
    struct engine_statistics statistics;
    size_t length;
    (void)state;
    for (unsigned i = 1; i <= 5 * LIMIT_ANOMALIES; i++) {
        const struct frame frame = {.data = bytes_of(broken, sizeof broken),
                                    .moment = {i, INT64_C(1700000000000000000) + i},
                                    .wire_length = sizeof broken,
                                    .link_type = 1};
        script_add(&script, &frame, i);
    }
    free(with_one_engine(&script, NULL, &statistics, &length));
    assert_int_equal(statistics.anomalies, 5 * LIMIT_ANOMALIES);
    assert_int_equal(statistics.records, LIMIT_ANOMALIES);
    assert_true(compare("broken frames", &script, 3, false));
    script_free(&script);
}

static void nothing_started_is_freed(void **state)
{
    (void)state;
    struct play play = {.count = 2};
    struct workers_options options = {.count = 2, .context = &play, .next = next_numbered};
    struct workers *workers = workers_new(&options);
    assert_non_null(workers);
    workers_free(workers);
    workers_free(NULL);
    options.count = LIMIT_WORKERS + 1;
    assert_null(workers_new(&options));
    options.count = 0;
    assert_null(workers_new(&options));
    options.count = 1;
    options.engine.extract_folder = "/proc/no such folder";
    assert_null(workers_new(&options));
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Names and lengths of what is in the folder, one a line; then it is empty, and gone. */
static void list_and_remove(const char *folder, char *ret_text, size_t size)
{
    struct dirent **entries;
    size_t length = 0;
    int count = scandir(folder, &entries, is_file, alphasort);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        assert_int_equal(stat(path, &status), 0);
        length += (size_t)snprintf(ret_text + length, size - length, "%s %lld\n", entries[i]->d_name,
                                   (long long)status.st_size);
        assert_true(length < size);
        assert_int_equal(unlink(path), 0);
        free(entries[i]);
    }
    free(entries);
    assert_int_equal(rmdir(folder), 0);
}

/* In the names of files and in the records. */
static void saved_files_have_the_numbers_of_one_engine(void **state)
{
    static const char *const names[] = {"http-files.pcap", "tour.pcap", "ftp-session.pcap", "mail-attachments.pcap"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_SIZE], one[] = "/tmp/workers-test-XXXXXX", several[] = "/tmp/workers-test-XXXXXX";
        char expected[8192] = "", found[8192] = "";
        struct script script;
        struct engine_statistics statistics;
        size_t length;
        pcaps_path(path, names[i]);
        assert_true(script_read(&script, path));
        assert_non_null(mkdtemp(one));
        assert_non_null(mkdtemp(several));
        struct play play = {.script = &script, .count = 4, .jostles = true, .extract_folder = several};
        free(with_one_engine(&script, one, &statistics, &length));
        free(with_workers(&play, &statistics, &length));
        list_and_remove(one, expected, sizeof expected);
        list_and_remove(several, found, sizeof found);
        assert_true(strlen(expected) > 0);
        assert_string_equal(expected, found);
        script_free(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_capture_gives_the_same_bytes),
        cmocka_unit_test(numbers_frames_and_conversations),
        cmocka_unit_test(tells_as_many_loose_anomalies_as_one_engine),
        cmocka_unit_test(nothing_started_is_freed),
        cmocka_unit_test(saved_files_have_the_numbers_of_one_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
