/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture.h"

#include "ahead.h"

#include "filter.h"
#include "format.h"
#include "live.h"
#include "unknown.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAGIC_BYTES = 4,
    UNMATCHED_FRAMES = 4096, /* so many in a row, and the caller gets a chance to stop or to show progress */
    PATH_SHOWN = 200,        /* characters of a path in a message */
};

enum capture_kind { KIND_PCAP, KIND_PCAPNG, KIND_LIVE };

struct capture {
    enum capture_kind kind;
    char *path;
    struct source *source; /* of files */
    struct live *live;     /* of an interface */
    struct pcap_format pcap;
    struct pcapng_format pcapng;
    struct filter *filter;
    bool borrows_filter;
    uint64_t misfits_before; /* of a borrowed filter: in other captures */
    uint64_t first_frame;
    uint64_t frames;
    bool finished;
};

static struct capture *new_capture(enum capture_kind kind, const char *path, uint64_t first_frame,
                                   char ret_error[CAPTURE_ERROR_SIZE])
{
    struct capture *capture = calloc(1, sizeof *capture);
    if (!capture || !(capture->path = strdup(path))) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.*s: out of memory", PATH_SHOWN, path);
        free(capture);
        return NULL;
    }
    capture->kind = kind;
    capture->first_frame = first_frame;
    return capture;
}

static const char *shown_path(const struct capture *capture)
{
    return strcmp(capture->path, "-") == 0 ? "standard input" : capture->path;
}

/* Tells the format by its first bytes and reads the header. 0, or -1 with the message. */
static int begin(struct capture *capture, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct source *source = capture->source;
    bool interrupted = source_state(source) == SOURCE_INTERRUPTED; /* while it was opened */
    /* cppcheck-suppress internalAstError ; it cannot read a compound literal behind a question mark */
    struct bytes first = interrupted ? (struct bytes){0} : source_peek(source, MAGIC_BYTES);
    char problem[PROBLEM_SIZE] = "";
    int result = -1;
    if (pcap_format_matches(first)) {
        capture->kind = KIND_PCAP;
        result = pcap_format_begin(&capture->pcap, source, problem);
    } else if (pcapng_format_matches(first)) {
        capture->kind = KIND_PCAPNG;
        result = pcapng_format_begin(&capture->pcapng, source, problem);
    } else if (source_state(source) == SOURCE_INTERRUPTED) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.*s: a signal came before any frame", PATH_SHOWN,
                 shown_path(capture));
        return -1;
    } else {
        unknown_explain(source, problem, sizeof problem);
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.*s: %s", PATH_SHOWN, shown_path(capture), problem);
        return -1;
    }
    if (result != 0)
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.*s: at byte 0: %s", PATH_SHOWN, shown_path(capture), problem);
    return result;
}

/* Takes the source over; NULL: it could not be opened, and the problem says why. */
static struct capture *open_source(struct source *source, const char *path, const char *problem, uint64_t first_frame,
                                   char ret_error[CAPTURE_ERROR_SIZE])
{
    struct capture *capture = new_capture(KIND_PCAP, path, first_frame, ret_error);
    if (!capture) {
        source_close(source);
        return NULL;
    }
    capture->source = source;
    if (!source)
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.*s: %s", PATH_SHOWN, shown_path(capture), problem);
    else if (begin(capture, ret_error) == 0)
        return capture;
    capture_close(capture);
    return NULL;
}

struct capture *capture_open_file(const char *path, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PROBLEM_SIZE] = "";
    struct source *source = source_open(path, problem, sizeof problem);
    return open_source(source, path, problem, first_frame, ret_error);
}

struct capture *capture_open_descriptor(int descriptor, const char *path, uint64_t first_frame,
                                        char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PROBLEM_SIZE] = "";
    struct source *source = source_open_descriptor(descriptor, problem, sizeof problem);
    return open_source(source, path, problem, first_frame, ret_error);
}

struct capture *capture_open_ahead(struct ahead *ahead, size_t file, const char *path, uint64_t first_frame,
                                   char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PROBLEM_SIZE] = "";
    struct source *source = ahead_source(ahead, file, problem, sizeof problem);
    return open_source(source, path, problem, first_frame, ret_error);
}

struct capture *capture_open_memory(struct bytes bytes, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE])
{
    return open_source(source_open_memory(bytes), "memory", "out of memory", first_frame, ret_error);
}

struct capture *capture_open_live(const struct capture_live_options *options, uint64_t first_frame,
                                  char ret_error[CAPTURE_ERROR_SIZE])
{
    struct capture *capture = new_capture(KIND_LIVE, options->interfaces[0], first_frame, ret_error);
    if (!capture)
        return NULL;
    capture->live = live_open(options, options->fanout_with ? options->fanout_with->live : NULL, ret_error);
    if (capture->live)
        return capture;
    capture_close(capture);
    return NULL;
}

static void drop_filter(struct capture *capture)
{
    if (!capture->borrows_filter)
        filter_free(capture->filter);
    capture->filter = NULL;
    capture->borrows_filter = false;
    capture->misfits_before = 0;
}

void capture_close(struct capture *capture)
{
    if (!capture)
        return;
    drop_filter(capture);
    pcapng_format_done(&capture->pcapng);
    live_close(capture->live);
    source_close(capture->source);
    free(capture->path);
    free(capture);
}

static uint16_t first_link_type(const struct capture *capture)
{
    return capture->kind == KIND_PCAP ? capture->pcap.link_type : pcapng_format_link_type(&capture->pcapng);
}

int capture_filter(struct capture *capture, const char *expression, char ret_error[CAPTURE_ERROR_SIZE])
{
    if (capture->kind == KIND_LIVE)
        return live_filter(capture->live, expression, ret_error);
    drop_filter(capture);
    capture->filter = filter_new(expression, first_link_type(capture), ret_error);
    return capture->filter ? 0 : -1;
}

int capture_use_filter(struct capture *capture, struct filter *filter, char ret_error[CAPTURE_ERROR_SIZE])
{
    assert(capture->kind != KIND_LIVE);
    if (filter_fits(filter, first_link_type(capture), ret_error) != 0)
        return -1;
    drop_filter(capture);
    capture->filter = filter;
    capture->borrows_filter = true;
    capture->misfits_before = filter_misfits(filter, NULL);
    return 0;
}

uint64_t capture_filter_misfits(const struct capture *capture, const char **ret_message)
{
    if (ret_message)
        *ret_message = "";
    return capture->filter ? filter_misfits(capture->filter, ret_message) - capture->misfits_before : 0;
}

static enum capture_result next_of_any_kind(struct capture *capture, struct frame *ret_frame,
                                            char ret_error[CAPTURE_ERROR_SIZE])
{
    if (capture->kind == KIND_LIVE)
        return live_next(capture->live, ret_frame, ret_error);
    char problem[PROBLEM_SIZE];
    problem[0] = '\0'; /* all of it would be as much work as the frame's header */
    enum capture_result result = capture->kind == KIND_PCAP
                                     ? pcap_format_next(&capture->pcap, capture->source, ret_frame, problem)
                                     : pcapng_format_next(&capture->pcapng, capture->source, ret_frame, problem);
    if (result == CAPTURE_BROKEN)
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.*s: frame %llu, at byte %llu%s: %s", PATH_SHOWN, shown_path(capture),
                 (unsigned long long)capture->frames + 1, (unsigned long long)source_offset(capture->source),
                 source_is_compressed(capture->source) ? " after decompression" : "", problem);
    return result;
}

/* Kept out of capture_next, whose every call would pay for what this one needs on the stack. */
__attribute__((noinline)) static enum capture_result next_slowly(struct capture *capture, struct frame *ret_frame,
                                                                 char ret_error[CAPTURE_ERROR_SIZE])
{
    if (capture->finished)
        return CAPTURE_END;
    for (int unmatched = 0; unmatched < UNMATCHED_FRAMES; unmatched++) {
        enum capture_result result = next_of_any_kind(capture, ret_frame, ret_error);
        if (result != CAPTURE_FRAME) {
            capture->finished = result != CAPTURE_NOTHING && result != CAPTURE_NEWS;
            return result;
        }
        ret_frame->moment.frame = capture->first_frame + capture->frames++;
        if (!capture->filter || filter_frame(capture->filter, ret_frame) == FILTER_YES)
            return CAPTURE_FRAME;
    }
    return CAPTURE_NOTHING;
}

enum capture_result capture_next(struct capture *capture, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE])
{
    return capture_at_hand(capture, ret_frame, 1) == 1 ? CAPTURE_FRAME : next_slowly(capture, ret_frame, ret_error);
}

size_t capture_at_hand(struct capture *capture, struct frame *ret_frames, size_t capacity)
{
    if (capture->kind != KIND_PCAP || capture->filter || capture->finished)
        return 0;
    size_t count = pcap_format_at_hand(&capture->pcap, capture->source, capture->first_frame + capture->frames,
                                       ret_frames, capacity);
    capture->frames += count;
    return count;
}

uint64_t capture_position(const struct capture *capture)
{
    return capture->source ? source_position(capture->source) : 0;
}

uint64_t capture_size(const struct capture *capture)
{
    return capture->source ? source_size(capture->source) : 0;
}

void capture_start(struct capture *capture)
{
    if (capture->live)
        live_start(capture->live);
}

void capture_stop(struct capture *capture)
{
    if (capture->live)
        live_stop(capture->live);
    else
        capture->finished = true;
}

size_t capture_sockets(const struct capture *capture, int *ret_sockets, size_t capacity, int *ret_link)
{
    *ret_link = -1;
    return capture->live ? live_sockets(capture->live, ret_sockets, capacity, ret_link) : 0;
}

size_t capture_interfaces(struct capture *capture, struct capture_interface *ret_rows, size_t capacity)
{
    return capture->live ? live_interfaces(capture->live, ret_rows, capacity) : 0;
}

uint64_t capture_frames(const struct capture *capture)
{
    return capture->frames;
}
