/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Workers as -i uses them: sources that wait, a collector that is slow or goes away.
 */
#include "engine/workers.h"

#include "engine/script.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

struct live {
    const struct script *script;
    struct workers *workers;
    _Atomic size_t given; /* how far worker 0 may go */
    _Atomic bool ended;
    size_t at; /* worker 0 */
    _Atomic int64_t now_ns;
    unsigned records;
    uint64_t last_frame;
    int64_t delivered_ns;
    sigset_t blocked;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Worker 0 gets what it is given; worker 1 never gets a frame and waits for long. */
static enum worker_input next_live(void *context, unsigned worker, struct frame *ret_frame)
{
    struct live *live = context;
    if (worker == 1) {
        pthread_sigmask(SIG_SETMASK, NULL, &live->blocked);
        for (int i = 0; i < 100 && !atomic_load(&live->ended); i++)
            usleep(1000);
        return atomic_load(&live->ended) ? WORKER_END : WORKER_NOTHING;
    }
    if (live->at < atomic_load(&live->given)) {
        *ret_frame = live->script->frames[live->at++];
        return WORKER_FRAME;
    }
    usleep(1000);
    return atomic_load(&live->ended) ? WORKER_END : WORKER_NOTHING;
}

static int64_t live_clock(void *context, unsigned worker)
{
    (void)worker;
    struct live *live = context;
    return atomic_load(&live->now_ns);
}

static void note_record(void *context, const struct record *record)
{
    struct live *live = context;
    live->records++;
    live->last_frame = record->last.frame;
    live->delivered_ns = now_ns();
}

static void collect_for(struct live *live, unsigned records)
{
    for (int i = 0; i < 500 && live->records < records; i++)
        assert_true(workers_collect(live->workers, 10));
}

static void live_begin(struct live *live, const struct script *script, unsigned count)
{
    *live = (struct live){.script = script};
    live->workers = workers_new(&(struct workers_options){.engine = {.sink = {live, note_record}},
                                                          .count = count,
                                                          .context = live,
                                                          .next = next_live,
                                                          .clock = live_clock});
    assert_non_null(live->workers);
    assert_int_equal(workers_start(live->workers), 0);
}

static void live_end(struct live *live)
{
    atomic_store(&live->ended, true);
    while (workers_collect(live->workers, 10))
        continue;
    assert_false(workers_collect(live->workers, 10)); /* and so it stays */
    workers_free(live->workers);
}

static void an_idle_worker_keeps_nobody_waiting(void **state)
{
    char path[PATH_SIZE];
    struct script script;
    struct live live;
    (void)state;
    pcaps_path(path, "dns-types.pcap");
    assert_true(script_read(&script, path));
    live_begin(&live, &script, 2);
    atomic_store(&live.now_ns, script.frames[0].moment.time_ns);
    usleep(20000); /* both wait */
    int64_t begun_ns = now_ns();
    atomic_store(&live.given, 2); /* a question and its answer */
    collect_for(&live, 1);
    assert_int_equal(live.records, 1);
    assert_true(live.delivered_ns - begun_ns < INT64_C(100000000));
    assert_int_equal(workers_frames(live.workers), 2);
    assert_true(sigismember(&live.blocked, SIGINT) && sigismember(&live.blocked, SIGTERM));
    /* Two minutes later the conversation is over, though no frame tells so. */
    atomic_store(&live.now_ns, script.frames[1].moment.time_ns + INT64_C(121000000000));
    collect_for(&live, 2);
    assert_int_equal(live.records, 2);
    live_end(&live);
    script_free(&script);
}

/* Nobody collects: the worker waits, and its memory has a bound. */
static void a_full_queue_makes_the_worker_wait(void **state)
{
    enum { TIMES = 400 };
    char path[PATH_SIZE];
    struct script script, many = {.frames = NULL};
    struct live live;
    struct engine_statistics statistics;
    (void)state;
    pcaps_path(path, "dns-types.pcap");
    assert_true(script_read(&script, path));
    for (unsigned i = 0; i < TIMES; i++) {
        struct frame *frame = NULL;
        for (size_t j = 0; j < script.count; j++) {
            script_add(&many, &script.frames[j], 0);
            frame = &many.frames[many.count - 1];
            frame->moment.time_ns += (int64_t)i * 1000000000;
        }
    }
    live_begin(&live, &many, 2);
    atomic_store(&live.now_ns, many.frames[0].moment.time_ns);
    atomic_store(&live.given, many.count);
    uint64_t before = 0;
    for (int i = 0; i < 200; i++) {
        usleep(10000);
        uint64_t frames = workers_frames(live.workers);
        if (frames == before && frames > 0)
            break;
        before = frames;
    }
    assert_true(before < many.count);
    assert_true(workers_waiting_bytes(live.workers) <= LIMIT_WORKER_BYTES);
    assert_true(workers_waiting_bytes(live.workers) > LIMIT_WORKER_BYTES / 2);
    assert_true(workers_waiting(live.workers) > 100);
    workers_statistics(live.workers, &statistics); /* does not wait for the one that waits */
    assert_true(statistics.frames < many.count);
    live_end(&live);
    assert_int_equal(live.at, many.count);
    script_free(&script);
    script_free(&many);
}

static void what_was_not_collected_is_dropped(void **state)
{
    char path[PATH_SIZE];
    struct script script;
    struct live live;
    (void)state;
    pcaps_path(path, "tour.pcap");
    assert_true(script_read(&script, path));
    live_begin(&live, &script, 2);
    atomic_store(&live.given, script.count);
    usleep(20000);
    atomic_store(&live.ended, true);
    workers_free(live.workers);
    assert_int_equal(live.records, 0);
    script_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_worker_keeps_nobody_waiting),
        cmocka_unit_test(a_full_queue_makes_the_worker_wait),
        cmocka_unit_test(what_was_not_collected_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
