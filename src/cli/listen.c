/* SPDX-License-Identifier: BSD-3-Clause */
#include "listen.h"

#include "clock.h"
#include "engine/workers.h"
#include "follow.h"
#include "message.h"
#include "report.h"
#include "run.h"
#include "save.h"
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LOOK_FRAMES = 1024,  /* so many at most between two looks at the clock */
    COLLECT_MS = 50,     /* how long the collector waits for records */
    INTERFACES_MAX = 64, /* told in a stats record */
};

static const int64_t flush_ns = 1000000000; /* under load: what is written waits no longer */
static const int64_t count_ns = 100000000;  /* a worker counts what it received no more often */

/* One capture of all interfaces: the only one, or a worker's. */
struct listener {
    struct listening *listening;
    struct capture *capture;
    bool stopped;
    unsigned until_count;
    int64_t counted_ns;
    int64_t last_frame_ns, silent_since_ns; /* the frame's time; since when none has come, 0: one was the last thing */
    /* guarded by listening->mutex: */
    struct capture_interface rows[INTERFACES_MAX];
    size_t row_count;
    char error[CAPTURE_ERROR_SIZE]; /* what broke it; empty: nothing */
};

struct listening {
    const struct options *options;
    struct run *run;
    struct workers *workers; /* NULL: the caller's thread does all */
    struct listener *listeners;
    size_t count;
    int sockets[SANDBOX_SOCKETS], link_sockets[LIMIT_WORKERS];
    pthread_mutex_t mutex;
    atomic_bool go, stop;
    atomic_uint_fast64_t limited; /* frames read, towards -c */
    uint64_t frames;              /* read without workers */
    int64_t flushed_ns;
    int64_t stats_due_ns;
    struct reporter reporter;
};

/* Goes on while the machine sleeps, and takes no part in what is done to the wall clock. */
static int64_t steady_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool is_hurried(const struct options *options)
{
    return options->line_buffered || (!options->output_path && isatty(STDOUT_FILENO));
}

static bool open_listener(struct listening *listening, size_t number, char ret_error[CAPTURE_ERROR_SIZE])
{
    const struct options *options = listening->options;
    struct listener *listener = &listening->listeners[number];
    const struct capture_live_options live = {
        .interfaces = options->interfaces,
        .interface_count = options->interface_count,
        .snap_length = options->snap_length,
        .buffer_kib = options->buffer_kib,
        .not_promiscuous = options->not_promiscuous,
        .hurry = is_hurried(options),
        .fanout_group = listening->count > 1 ? CAPTURE_FANOUT_NEW : 0,
        .fanout_with = number > 0 ? listening->listeners[0].capture : NULL,
    };
    listener->listening = listening;
    listener->capture = capture_open_live(&live, 1, ret_error);
    return listener->capture &&
           (!options->filter || capture_filter(listener->capture, options->filter, ret_error) == 0);
}

struct listening *listening_open(const struct options *options, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct listening *listening = calloc(1, sizeof *listening);
    size_t count = options->threads > LIMIT_WORKERS ? LIMIT_WORKERS : options->threads;
    if (listening && !(listening->listeners = calloc(count > 0 ? count : 1, sizeof *listening->listeners))) {
        free(listening);
        listening = NULL;
    }
    if (!listening) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&listening->mutex, NULL);
    listening->options = options;
    listening->count = count > 0 ? count : 1;
    for (size_t i = 0; i < listening->count; i++)
        if (!open_listener(listening, i, ret_error)) {
            listening_close(listening);
            return NULL;
        }
    return listening;
}

void listening_close(struct listening *listening)
{
    if (!listening)
        return;
    if (listening->workers)
        workers_free(listening->workers);
    for (size_t i = 0; i < listening->count; i++)
        capture_close(listening->listeners[i].capture);
    pthread_mutex_destroy(&listening->mutex);
    free(listening->listeners);
    free(listening);
}

void listening_fill_sandbox(struct listening *listening, struct sandbox_options *ret_options)
{
    size_t count = 0, link_count = 0;
    for (size_t i = 0; i < listening->count && count < SANDBOX_SOCKETS; i++) {
        int link = -1;
        size_t found = capture_sockets(listening->listeners[i].capture, listening->sockets + count,
                                       SANDBOX_SOCKETS - count, &link);
        count += found < SANDBOX_SOCKETS - count ? found : SANDBOX_SOCKETS - count;
        if (link >= 0)
            listening->link_sockets[link_count++] = link;
    }
    ret_options->packet_sockets = listening->sockets;
    ret_options->packet_socket_count = count;
    ret_options->link_sockets = listening->link_sockets;
    ret_options->link_socket_count = link_count;
}

/* What a listener has received until now, for the others to read. */
static void count_rows(struct listener *listener)
{
    pthread_mutex_lock(&listener->listening->mutex);
    size_t count = capture_interfaces(listener->capture, listener->rows, INTERFACES_MAX);
    listener->row_count = count < INTERFACES_MAX ? count : INTERFACES_MAX;
    pthread_mutex_unlock(&listener->listening->mutex);
}

static struct capture_interface *find_row(struct capture_interface *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

/* The sockets of all listeners share what an interface hands on; what it loses itself it loses for all of them. */
static size_t add_up_rows(struct listening *listening, struct capture_interface *ret_rows, size_t capacity)
{
    size_t count = 0;
    pthread_mutex_lock(&listening->mutex);
    for (size_t i = 0; i < listening->count; i++)
        for (size_t j = 0; j < listening->listeners[i].row_count; j++) {
            const struct capture_interface *row = &listening->listeners[i].rows[j];
            struct capture_interface *sum = find_row(ret_rows, count, row->name);
            if (!sum && count < capacity) {
                ret_rows[count++] = *row;
            } else if (sum) {
                sum->received += row->received;
                sum->dropped_by_kernel += row->dropped_by_kernel;
                if (row->dropped_by_interface > sum->dropped_by_interface)
                    sum->dropped_by_interface = row->dropped_by_interface;
            }
        }
    pthread_mutex_unlock(&listening->mutex);
    return count;
}

size_t listening_interfaces(struct listening *listening, struct capture_interface *ret_rows, size_t capacity)
{
    if (!listening->workers)
        count_rows(&listening->listeners[0]);
    return add_up_rows(listening, ret_rows, capacity);
}

uint64_t listening_waiting(const struct listening *listening, uint64_t *ret_bytes)
{
    *ret_bytes = listening->workers ? workers_waiting_bytes(listening->workers) : 0;
    return listening->workers ? workers_waiting(listening->workers) : 0;
}

uint64_t listening_frames(const struct listening *listening)
{
    return listening->workers ? workers_frames(listening->workers) : listening->frames;
}

/* SIGHUP: what was written so far stays in the old file, whatever its name is now. */
static void reopen_results(struct run *run)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    int old = run->results.descriptor;
    if (results_reopen(&run->results, error, sizeof error) < 0) {
        message("%s", error);
        return;
    }
    output_redirect(run->output, run->results.descriptor);
    if (close(old) != 0)
        run_fail(run, "closing the results failed");
}

static void look_for_end(struct listening *listening, const struct run *run, int64_t now_ns)
{
    const struct options *options = listening->options;
    bool time_is_up = options->duration_ns > 0 && now_ns - listening->reporter.begun_ns >= options->duration_ns;
    if (signals_stop() && isatty(STDERR_FILENO) && !atomic_load(&listening->stop))
        fputc('\n', stderr); /* the terminal has written ^C */
    if (signals_stop() || time_is_up || run->save_complete)
        atomic_store(&listening->stop, true);
}

/* Between frames. */
static void look_around(struct listening *listening, struct run *run, bool idle)
{
    int64_t now_ns = clock_ns();
    const struct options *options = listening->options;
    if (idle || now_ns - listening->flushed_ns >= flush_ns) {
        run_flush(run, clock_wall_ns());
        if (run->output)
            output_look_for_reader(run->output);
        listening->flushed_ns = now_ns;
    }
    if (signals_take_reopen())
        reopen_results(run);
    if (signals_take_report())
        report_say(&listening->reporter, run, listening);
    if (options->stats_ns > 0 && now_ns >= listening->stats_due_ns) {
        report_write(&listening->reporter, run, listening);
        listening->stats_due_ns += options->stats_ns;
        if (listening->stats_due_ns <= now_ns) /* the process was stopped for a while */
            listening->stats_due_ns = now_ns + options->stats_ns;
    }
    look_for_end(listening, run, now_ns);
}

/* What the kernel still holds is read to its end. */
static void stop_if_asked(struct listener *listener)
{
    if (listener->stopped || !atomic_load_explicit(&listener->listening->stop, memory_order_relaxed))
        return;
    capture_stop(listener->capture);
    listener->stopped = true;
}

/* No frame came: it is now what the last one said, and what has passed since. So a wall clock that is set, and a
 * network card with a clock of its own, do no harm. 0: there was no frame yet. */
static int64_t time_passed(struct listener *listener)
{
    int64_t now_ns = steady_clock_ns();
    if (listener->last_frame_ns == 0)
        return 0;
    if (listener->silent_since_ns == 0)
        listener->silent_since_ns = now_ns;
    return listener->last_frame_ns + (now_ns - listener->silent_since_ns);
}

static void heard(struct listener *listener, const struct frame *frame)
{
    listener->last_frame_ns = frame->moment.time_ns;
    listener->silent_since_ns = 0;
}

static void listen_alone(struct listening *listening, struct run *run)
{
    struct listener *listener = &listening->listeners[0];
    char error[CAPTURE_ERROR_SIZE] = "";
    unsigned until_look = LOOK_FRAMES;
    while (!run_is_over(run)) {
        struct frame frame;
        enum capture_result result = capture_next(listener->capture, &frame, error);
        if (result == CAPTURE_FRAME) {
            listening->frames++;
            heard(listener, &frame);
            run_take_frame(run, &frame);
            if (--until_look > 0)
                continue;
        } else if (result == CAPTURE_NOTHING) {
            engine_idle(run->engine, time_passed(listener));
        } else if (result == CAPTURE_NEWS) {
            progress_erase(&run->progress);
            message("%s", error);
        } else {
            if (result == CAPTURE_BROKEN)
                run_fail(run, error);
            break;
        }
        until_look = LOOK_FRAMES;
        look_around(listening, run, result == CAPTURE_NOTHING);
        stop_if_asked(listener);
    }
}

/* On the worker's thread. */
static enum worker_input next_frame(void *context, unsigned worker, struct frame *ret_frame)
{
    struct listening *listening = context;
    struct listener *listener = &listening->listeners[worker];
    const uint64_t limit = listening->options->frame_limit;
    char error[CAPTURE_ERROR_SIZE] = "";
    if (!atomic_load(&listening->go)) {
        usleep(1000);
        return WORKER_NOTHING;
    }
    stop_if_asked(listener);
    enum capture_result result = capture_next(listener->capture, ret_frame, error);
    if (result == CAPTURE_FRAME) {
        if (limit != 0 && atomic_fetch_add(&listening->limited, 1) >= limit) {
            atomic_store(&listening->stop, true);
            return WORKER_END;
        }
        heard(listener, ret_frame);
        if (++listener->until_count % LOOK_FRAMES == 0)
            count_rows(listener);
        return WORKER_FRAME;
    }
    if (result == CAPTURE_NEWS && worker == 0)
        message("%s", error);
    bool is_end = result == CAPTURE_END || result == CAPTURE_BROKEN;
    if (is_end || clock_ns() - listener->counted_ns >= count_ns) {
        count_rows(listener);
        listener->counted_ns = clock_ns();
    }
    if (result == CAPTURE_BROKEN) {
        pthread_mutex_lock(&listening->mutex);
        memcpy(listener->error, error, sizeof error);
        pthread_mutex_unlock(&listening->mutex);
    }
    return is_end ? WORKER_END : WORKER_NOTHING;
}

/* On the worker's thread. */
static void frame_is_done(void *context, unsigned worker, const struct frame *frame,
                          const struct conversation *conversation)
{
    struct listening *listening = context;
    char error[SAVE_ERROR_SIZE] = "";
    bool failed = false;
    (void)worker;
    /* --only and --conversation are for one thread: all frames are saved */
    int result = save_frame(listening->run->save, frame, conversation, &failed, error);
    if (result == 0)
        return;
    pthread_mutex_lock(&listening->mutex);
    run_saved(listening->run, result, failed, error);
    pthread_mutex_unlock(&listening->mutex);
}

static int64_t worker_clock(void *context, unsigned worker)
{
    struct listening *listening = context;
    return time_passed(&listening->listeners[worker]);
}

int listening_start(struct listening *listening, struct run *run, const struct engine_options *engine,
                    char ret_error[CAPTURE_ERROR_SIZE])
{
    listening->run = run;
    if (listening->count == 1)
        return 0;
    const struct workers_options options = {
        .engine = *engine,
        .count = (unsigned)listening->count,
        .context = listening,
        .next = next_frame,
        .done = run->save ? frame_is_done : NULL,
        .clock = worker_clock,
    };
    listening->workers = workers_new(&options);
    if (listening->workers && workers_start(listening->workers) == 0)
        return 0;
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "--threads %zu: threads cannot be made: %s", listening->count,
             strerror(errno));
    return -1;
}

static void listen_with_workers(struct listening *listening, struct run *run)
{
    atomic_store(&listening->go, true);
    while (workers_collect(listening->workers, COLLECT_MS)) {
        look_around(listening, run, true);
        if (run->output && output_errno(run->output) != 0)
            atomic_store(&listening->stop, true);
    }
    for (size_t i = 0; i < listening->count; i++)
        if (listening->listeners[i].error[0] != '\0')
            run_fail(run, listening->listeners[i].error);
}

bool listening_statistics(const struct listening *listening, struct engine_statistics *ret_statistics)
{
    if (!listening->workers)
        return false;
    workers_statistics(listening->workers, ret_statistics);
    return true;
}

void listening_begin(struct listening *listening)
{
    for (size_t i = 0; i < listening->count; i++)
        capture_start(listening->listeners[i].capture);
    listening->reporter.begun_ns = listening->flushed_ns = clock_ns();
}

void listening_run(struct listening *listening, struct run *run)
{
    const struct options *options = listening->options;
    listening->stats_due_ns = listening->reporter.begun_ns + options->stats_ns;
    if (listening->workers)
        listen_with_workers(listening, run);
    else
        listen_alone(listening, run);
    if (options->stats_ns == 0)
        return;
    if (run->engine)
        engine_finish(run->engine);
    report_write(&listening->reporter, run, listening); /* the rest, so that the records add up to all */
}
