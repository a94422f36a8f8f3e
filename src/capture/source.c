/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include "ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BUFFER_BYTES = 256 * 1024,  /* of one read */
    HEADROOM_BYTES = 64 * 1024, /* before it, for the beginning of a frame; grows to the longest one */
    ALIGNMENT = 4096,           /* of the place that is read into: whole pages are copied fastest */
    INPUT_BYTES = 256 * 1024,   /* compressed bytes at a time */
    GZIP_WINDOW = 15 + 16,      /* zlib: the largest window, gzip header expected */
};

/* What the compressed side expects next. */
enum gzip_stage {
    GZIP_NONE,    /* not compressed */
    GZIP_MEMBER,  /* inside a member */
    GZIP_BETWEEN, /* a member is complete: another may follow, or zeros that pad a tape, or the end */
    GZIP_PADDING, /* only zeros from here on */
};

struct source {
    struct source_ahead ahead; /* its bytes end where `end` is */

    struct ahead *inflated; /* by another thread; NULL: we do it, if need be */
    int descriptor;         /* -1: memory, or that */
    bool owns_descriptor;
    struct bytes memory; /* what is left of it */
    uint64_t size;
    uint64_t position;

    uint8_t *buffer; /* headroom, then the room that is read into */
    size_t headroom, capacity, end;
    uint64_t pending_skip; /* skipped beyond the buffer: dropped when it comes */

    enum source_state state;
    int error;          /* errno; 0 where the compressed stream is at fault */
    const char *damage; /* what is wrong with the compressed stream */
    bool input_ended;

    enum gzip_stage gzip;
    z_stream inflater;
    uint8_t *input; /* compressed bytes; inflater.next_in points into it */
};

/* read(2), or the same from memory or another thread. -1 with errno. */
static ssize_t read_some(struct source *source, uint8_t *ret_at, size_t size)
{
    if (source->inflated)
        return (ssize_t)ahead_read(source->inflated, ret_at, size, &source->position);
    if (source->descriptor < 0) {
        struct bytes piece = bytes_first(source->memory, size);
        if (piece.len > 0)
            memcpy(ret_at, piece.at, piece.len);
        source->memory = bytes_skip(source->memory, piece.len);
        source->position += piece.len;
        return (ssize_t)piece.len;
    }
    ssize_t count = read(source->descriptor, ret_at, size);
    if (count > 0)
        source->position += (uint64_t)count;
    return count;
}

static void fail_reading(struct source *source, int error)
{
    source->error = error;
    source->state = error == EINTR ? SOURCE_INTERRUPTED : SOURCE_BROKEN;
}

static void fail_damaged(struct source *source, const char *damage)
{
    source->error = 0;
    source->damage = damage;
    source->state = SOURCE_BROKEN;
}

/* `count` bytes were put at `end`. */
static void add_bytes(struct source *source, size_t count)
{
    source->ahead.bytes = bytes_of(source->buffer + source->end - source->ahead.bytes.len,
                                   source->ahead.bytes.len + count);
    source->end += count;
}

static void fill_plain(struct source *source)
{
    ssize_t count = read_some(source, source->buffer + source->end, source->capacity - source->end);
    if (count < 0)
        fail_reading(source, errno);
    else if (count == 0)
        source->state = source->inflated ? source_state(ahead_inner(source->inflated)) : SOURCE_END;
    else
        add_bytes(source, (size_t)count);
}

/* More compressed bytes into the emptied input buffer. False where there are none for now. */
static bool fill_input(struct source *source)
{
    if (source->inflater.avail_in > 0)
        return true;
    if (source->input_ended)
        return false;
    ssize_t count = read_some(source, source->input, INPUT_BYTES);
    if (count < 0) {
        fail_reading(source, errno);
        return false;
    }
    source->input_ended = count == 0;
    source->inflater.next_in = source->input;
    source->inflater.avail_in = (uInt)count;
    return count > 0;
}

/* Gzip files may be joined end to end, and old tapes pad them with zeros. Anything else after a member is data that
 * we would lose without a word, so it is damage. */
static void gzip_between(struct source *source)
{
    if (!fill_input(source)) {
        if (source->input_ended)
            source->state = SOURCE_END;
        return;
    }
    if (source->gzip == GZIP_BETWEEN && *source->inflater.next_in != 0) {
        if (inflateReset(&source->inflater) != Z_OK)
            fail_damaged(source, "is damaged");
        source->gzip = GZIP_MEMBER;
        return;
    }
    source->gzip = GZIP_PADDING;
    while (source->inflater.avail_in > 0 && *source->inflater.next_in == 0) {
        source->inflater.next_in++;
        source->inflater.avail_in--;
    }
    if (source->inflater.avail_in > 0)
        fail_damaged(source, "is followed by bytes that are no gzip");
}

static void fill_gzip(struct source *source)
{
    if (source->gzip != GZIP_MEMBER) {
        gzip_between(source);
        return;
    }
    if (!fill_input(source)) {
        if (source->input_ended)
            fail_damaged(source, "is cut short");
        return;
    }
    size_t room = source->capacity - source->end;
    source->inflater.next_out = source->buffer + source->end;
    source->inflater.avail_out = (uInt)room;
    int result = inflate(&source->inflater, Z_NO_FLUSH);
    add_bytes(source, room - source->inflater.avail_out);
    if (result == Z_STREAM_END)
        source->gzip = GZIP_BETWEEN;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        fail_damaged(source, source->inflater.msg ? source->inflater.msg : "is damaged");
}

static size_t whole_pages(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Headroom for what is ahead, and as much room again: work and memory stay in proportion to what has come. */
static bool grow(struct source *source)
{
    struct bytes ahead = source->ahead.bytes;
    size_t headroom = whole_pages(ahead.len), room = source->capacity - source->headroom;
    if (room < headroom)
        room = headroom;
    uint8_t *buffer = aligned_alloc(ALIGNMENT, headroom + room);
    if (!buffer) {
        fail_reading(source, ENOMEM);
        return false;
    }
    bytes_copy(buffer + headroom - ahead.len, ahead.len, ahead);
    free(source->buffer);
    source->buffer = buffer;
    source->headroom = source->end = headroom;
    source->capacity = headroom + room;
    add_bytes(source, 0);
    return true;
}

/* Room for at least one byte more. The buffer grows as bytes come: a frame that only claims to be long costs nothing.
 */
static bool make_room(struct source *source)
{
    struct bytes ahead = source->ahead.bytes;
    if (source->end < source->capacity && ahead.len > 0)
        return true;
    if (ahead.len > source->headroom)
        return grow(source);
    if (ahead.len > 0) /* less than the headroom, so nothing overlaps: the room is no smaller */
        memcpy(source->buffer + source->headroom - ahead.len, ahead.at, ahead.len);
    source->end = source->headroom;
    add_bytes(source, 0);
    return true;
}

static void drop_skipped(struct source *source)
{
    size_t there = source->ahead.bytes.len;
    size_t count = source->pending_skip < there ? (size_t)source->pending_skip : there;
    source->ahead.bytes = bytes_skip(source->ahead.bytes, count);
    source->pending_skip -= count;
}

struct bytes source_peek_beyond(struct source *source, size_t want)
{
    if (source->state == SOURCE_INTERRUPTED)
        source->state = SOURCE_MORE;
    while (source->state == SOURCE_MORE && (source->pending_skip > 0 || source->ahead.bytes.len < want)) {
        if (!make_room(source))
            break;
        if (source->gzip == GZIP_NONE)
            fill_plain(source);
        else
            fill_gzip(source);
        drop_skipped(source);
    }
    return bytes_first(source->ahead.bytes, want);
}

void source_skip_beyond(struct source *source, uint64_t n)
{
    source->ahead.offset += n;
    source->pending_skip += n;
    drop_skipped(source);
}

enum source_state source_state(const struct source *source)
{
    return source->state;
}

void source_reason(const struct source *source, char *ret_text, size_t size)
{
    if (source->state == SOURCE_INTERRUPTED)
        snprintf(ret_text, size, "a signal came");
    else if (source->state != SOURCE_BROKEN)
        snprintf(ret_text, size, "the capture ends here");
    else if (source->inflated)
        source_reason(ahead_inner(source->inflated), ret_text, size);
    else if (source->error != 0)
        snprintf(ret_text, size, "reading failed: %s", strerror(source->error));
    else if (strncmp(source->damage, "is ", 3) == 0)
        snprintf(ret_text, size, "the gzip stream %s at its byte %llu", source->damage,
                 (unsigned long long)(source->position - source->inflater.avail_in));
    else
        snprintf(ret_text, size, "the gzip stream is damaged near its byte %llu: %s",
                 (unsigned long long)(source->position - source->inflater.avail_in), source->damage);
}

bool source_is_compressed(const struct source *source)
{
    return source->gzip != GZIP_NONE || source->inflated;
}

uint64_t source_offset(const struct source *source)
{
    return source->ahead.offset;
}

uint64_t source_position(const struct source *source)
{
    return source->position;
}

uint64_t source_size(const struct source *source)
{
    return source->size;
}

/* Looks at the first bytes: if they are gzip's, they become the inflater's input. False where memory is out. */
static bool tell_compression(struct source *source)
{
    struct bytes first = source_peek(source, 3);
    static const uint8_t gzip_magic[] = {0x1f, 0x8b, 8}; /* RFC 1952: ID1, ID2, method deflate */
    if (!bytes_equal(first, bytes_of(gzip_magic, sizeof gzip_magic)))
        return true;

    struct bytes there = source->ahead.bytes;
    source->input = malloc(there.len > INPUT_BYTES ? there.len : INPUT_BYTES);
    if (!source->input || inflateInit2(&source->inflater, GZIP_WINDOW) != Z_OK)
        return false;
    bytes_copy(source->input, there.len, there);
    source->inflater.next_in = source->input;
    source->inflater.avail_in = (uInt)there.len;
    source->input_ended = source->state == SOURCE_END;
    source->gzip = GZIP_MEMBER;
    source->state = SOURCE_MORE;
    source->ahead.bytes.len = 0;
    return true;
}

/* What is inflated is not looked at once more. */
struct source *source_open_ahead(struct ahead *ahead)
{
    struct source *source = calloc(1, sizeof *source);
    uint8_t *buffer = aligned_alloc(ALIGNMENT, HEADROOM_BYTES + BUFFER_BYTES);
    if (!source || !buffer) {
        free(source);
        free(buffer);
        return NULL;
    }
    *source = (struct source){.inflated = ahead,
                              .descriptor = -1,
                              .size = source_size(ahead_inner(ahead)),
                              .buffer = buffer,
                              .headroom = HEADROOM_BYTES,
                              .capacity = HEADROOM_BYTES + BUFFER_BYTES,
                              .end = HEADROOM_BYTES};
    return source;
}

/* Takes the descriptor over, also on failure. */
static struct source *source_new(int descriptor, bool owns_descriptor, struct bytes memory, uint64_t size)
{
    struct source *source = calloc(1, sizeof *source);
    if (source) {
        *source = (struct source){.descriptor = descriptor,
                                  .owns_descriptor = owns_descriptor,
                                  .memory = memory,
                                  .size = size,
                                  .buffer = aligned_alloc(ALIGNMENT, HEADROOM_BYTES + BUFFER_BYTES),
                                  .headroom = HEADROOM_BYTES,
                                  .capacity = HEADROOM_BYTES + BUFFER_BYTES,
                                  .end = HEADROOM_BYTES};
        if (source->buffer && tell_compression(source))
            return source;
        source_close(source);
    } else if (owns_descriptor) {
        close(descriptor);
    }
    return NULL;
}

static struct source *open_descriptor(int descriptor, bool owns_descriptor, char *ret_error, size_t error_size)
{
    struct stat status;
    const char *problem = NULL;
    if (fstat(descriptor, &status) != 0)
        problem = strerror(errno);
    else if (S_ISDIR(status.st_mode))
        problem = "is a directory; expected a capture file";
    if (problem) {
        snprintf(ret_error, error_size, "%s", problem);
        if (owns_descriptor)
            close(descriptor);
        return NULL;
    }
    uint64_t size = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 0;
    struct source *source = source_new(descriptor, owns_descriptor, (struct bytes){NULL, 0}, size);
    if (!source)
        snprintf(ret_error, error_size, "out of memory");
    return source;
}

struct source *source_open_descriptor(int descriptor, char *ret_error, size_t error_size)
{
    return open_descriptor(descriptor, true, ret_error, error_size);
}

struct source *source_open(const char *path, char *ret_error, size_t error_size)
{
    if (strcmp(path, "-") == 0)
        return open_descriptor(STDIN_FILENO, false, ret_error, error_size);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0)
        return open_descriptor(descriptor, true, ret_error, error_size);
    snprintf(ret_error, error_size, "%s", errno == ENOENT ? "no such file" : strerror(errno));
    return NULL;
}

struct source *source_open_memory(struct bytes bytes)
{
    return source_new(-1, false, bytes, bytes.len);
}

void source_free(struct source *source)
{
    if (!source)
        return;
    if (source->gzip != GZIP_NONE)
        inflateEnd(&source->inflater);
    if (source->owns_descriptor)
        close(source->descriptor);
    free(source->input);
    free(source->buffer);
    free(source);
}

void source_close(struct source *source)
{
    if (source && source->inflated)
        ahead_leave(source->inflated);
    source_free(source);
}
