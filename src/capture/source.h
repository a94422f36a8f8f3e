/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes of a file or a pipe, plain or gzip'd, seen through one buffer.
 *
 * A reader peeks at as much as it wants and skips what it has used; a view is valid until the next peek. Frames are not
 * copied: only one that lies across the end of the buffer is moved to where the next read goes on. Of a compressed
 * stream that is cut or damaged everything before the damage comes out. An interrupted read (a signal) is no error: the
 * same peek can be repeated.
 */
#ifndef OVERHEAR_CAPTURE_SOURCE_H
#define OVERHEAR_CAPTURE_SOURCE_H

#include "overhear/bytes.h"

struct source;

/* What every source begins with, so that looking at a frame that is in the buffer costs no call. */
struct source_ahead {
    struct bytes bytes; /* in the buffer, not yet skipped */
    uint64_t offset;    /* of its first byte; further where more was skipped than is there */
};

/* All that is in the buffer. */
static inline struct bytes source_there(const struct source *source)
{
    return ((const struct source_ahead *)source)->bytes;
}

enum source_state {
    SOURCE_MORE,        /* nothing known against further bytes */
    SOURCE_END,         /* a clean end */
    SOURCE_BROKEN,      /* reading failed, or the compressed stream is cut or damaged */
    SOURCE_INTERRUPTED, /* a signal came while waiting: try again */
};

/* "-" is standard input. NULL with a message without the path ("no such file"). */
struct source *source_open(const char *path, char *ret_error, size_t error_size);

/* The same of a file that is open already, which the source closes, also where this fails. */
struct source *source_open_descriptor(int descriptor, char *ret_error, size_t error_size);

/* The same over bytes in memory, which must outlive the source: for tests and fuzzing. */
struct source *source_open_memory(struct bytes bytes);

/* The file in hand of those that a thread inflates (ahead.h), which it leaves when it is closed. NULL: no memory. */
struct ahead;
struct source *source_open_ahead(struct ahead *ahead);

void source_close(struct source *source);

/* One that is not of source_open_ahead. */
void source_free(struct source *source);

/* The two below where the buffer holds less than is asked for. */
struct bytes source_peek_beyond(struct source *source, size_t want);
void source_skip_beyond(struct source *source, uint64_t n);

/* The next `want` bytes; fewer only where source_state is not SOURCE_MORE. */
static inline struct bytes source_peek(struct source *source, size_t want)
{
    const struct source_ahead *ahead = (const struct source_ahead *)source;
    return ahead->bytes.len >= want ? bytes_first(ahead->bytes, want) : source_peek_beyond(source, want);
}

/* Move past n bytes, which need not have been peeked at. */
static inline void source_skip(struct source *source, uint64_t n)
{
    struct source_ahead *ahead = (struct source_ahead *)source;
    if (n > ahead->bytes.len) {
        source_skip_beyond(source, n);
        return;
    }
    ahead->bytes = bytes_skip(ahead->bytes, (size_t)n);
    ahead->offset += n;
}

enum source_state source_state(const struct source *source);

/* What ended or broke the source, for the end of a message: "the capture ends here", "the gzip stream …". */
void source_reason(const struct source *source, char *ret_text, size_t size);

bool source_is_compressed(const struct source *source);
uint64_t source_offset(const struct source *source);   /* bytes skipped so far, after decompression */
uint64_t source_position(const struct source *source); /* bytes of the file read so far */
uint64_t source_size(const struct source *source);     /* of the file; 0: not known */

#endif
