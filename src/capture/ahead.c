/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A ring of bytes between two threads, under one lock that is taken once for some hundred kilobytes. The bytes of
 * several files lie in it one after the other; where each begins and ends is told in its row.
 */
#include "ahead.h"

#include "overhear/limits.h"
#include "source.h"
#include "util/thread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ERROR_SIZE = 256,
    WAITING_MOST = 2 /* files that are open, but for the one in hand */
};

struct ahead_file {
    int descriptor; /* -1: not one of ours, or taken over by the source */
    struct source *source;
    uint64_t begin, end; /* in the ring, counted from the beginning of everything; `end` grows */
    uint64_t position;   /* of the compressed file */
    bool opened, ended;  /* `opened` also where it could not be: then there is no source */
    char error[ERROR_SIZE];
};

struct ahead {
    pthread_mutex_t lock;
    pthread_cond_t more, room;
    pthread_t thread;
    bool started, stopped;
    uint64_t written, read; /* bytes, from the beginning; their difference waits in the ring */
    size_t current;         /* the file that is read from */
    size_t left;            /* files before it are of no interest any more */
    uint8_t *ring;
    size_t count;
    struct ahead_file files[];
};

bool ahead_is_for(int descriptor, uint64_t *ret_size)
{
    static const uint8_t gzip_magic[] = {0x1f, 0x8b, 8};
    uint8_t first[sizeof gzip_magic];
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        pread(descriptor, first, sizeof first, lseek(descriptor, 0, SEEK_CUR)) != sizeof first ||
        memcmp(first, gzip_magic, sizeof first) != 0)
        return false;
    *ret_size = (uint64_t)status.st_size;
    return true;
}

static void close_all(const int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
}

struct ahead *ahead_new(const int *descriptors, size_t count)
{
    struct ahead *ahead = calloc(1, sizeof *ahead + count * sizeof *ahead->files);
    uint8_t *ring = malloc(LIMIT_AHEAD_BYTES);
    if (!ahead || !ring) {
        free(ahead);
        free(ring);
        close_all(descriptors, count);
        return NULL;
    }
    ahead->ring = ring;
    ahead->count = count;
    for (size_t i = 0; i < count; i++)
        ahead->files[i].descriptor = descriptors[i];
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->more, NULL);
    pthread_cond_init(&ahead->room, NULL);
    return ahead;
}

/* Is anybody still interested in this file? Under the lock. */
static bool is_wanted(const struct ahead *ahead, size_t number)
{
    return !ahead->stopped && number >= ahead->left;
}

static void copy_in(struct ahead *ahead, struct bytes bytes)
{
    const size_t at = (size_t)(ahead->written % LIMIT_AHEAD_BYTES);
    const struct bytes first = bytes_first(bytes, LIMIT_AHEAD_BYTES - at);
    const struct bytes second = bytes_skip(bytes, first.len);
    bytes_copy(ahead->ring + at, first.len, first);
    bytes_copy(ahead->ring, second.len, second);
}

/* What there is room for; how much that was. 0: nobody wants it. */
static size_t put(struct ahead *ahead, size_t number, struct bytes bytes)
{
    struct ahead_file *file = &ahead->files[number];
    pthread_mutex_lock(&ahead->lock);
    while (is_wanted(ahead, number) && ahead->written - ahead->read == LIMIT_AHEAD_BYTES)
        pthread_cond_wait(&ahead->room, &ahead->lock);
    bytes = is_wanted(ahead, number) ? bytes_first(bytes, LIMIT_AHEAD_BYTES - (size_t)(ahead->written - ahead->read))
                                     : bytes_first(bytes, 0);
    pthread_mutex_unlock(&ahead->lock);
    copy_in(ahead, bytes); /* what is written to is not read from */
    pthread_mutex_lock(&ahead->lock);
    ahead->written += bytes.len;
    file->end = ahead->written;
    file->position = source_position(file->source);
    pthread_cond_signal(&ahead->more);
    pthread_mutex_unlock(&ahead->lock);
    return bytes.len;
}

/* All of one file. An interrupted read is none here: the thread gets no signals. */
static void inflate_file(struct ahead *ahead, size_t number)
{
    struct ahead_file *file = &ahead->files[number];
    for (;;) {
        if (source_peek(file->source, 1).len == 0)
            return;
        size_t taken = put(ahead, number, source_there(file->source));
        if (taken == 0)
            return;
        source_skip(file->source, taken);
    }
}

/* Few files are open beside the one that is read, though all of them may be small. */
static bool wait_for_turn(struct ahead *ahead, size_t number)
{
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->stopped && number > ahead->current + WAITING_MOST)
        pthread_cond_wait(&ahead->room, &ahead->lock);
    bool goes_on = !ahead->stopped;
    pthread_mutex_unlock(&ahead->lock);
    return goes_on;
}

static void *run(void *context)
{
    struct ahead *ahead = context;
    for (size_t i = 0; i < ahead->count && wait_for_turn(ahead, i); i++) {
        struct ahead_file *file = &ahead->files[i];
        if (file->descriptor < 0)
            continue;
        struct source *source = source_open_descriptor(file->descriptor, file->error, sizeof file->error);
        pthread_mutex_lock(&ahead->lock);
        file->descriptor = -1;
        file->source = source;
        file->begin = file->end = ahead->written;
        file->opened = true;
        pthread_cond_signal(&ahead->more);
        pthread_mutex_unlock(&ahead->lock);
        if (source)
            inflate_file(ahead, i);
        pthread_mutex_lock(&ahead->lock);
        file->position = source ? source_position(source) : 0;
        file->ended = true;
        pthread_cond_signal(&ahead->more);
        pthread_mutex_unlock(&ahead->lock);
    }
    return NULL;
}

int ahead_start(struct ahead *ahead)
{
    ahead->started = thread_start(&ahead->thread, "gzip", 1, run, ahead) == 0;
    return ahead->started ? 0 : -1;
}

struct source *ahead_source(struct ahead *ahead, size_t number, char *ret_error, size_t error_size)
{
    struct ahead_file *file = &ahead->files[number];
    pthread_mutex_lock(&ahead->lock);
    ahead->current = number;
    pthread_cond_signal(&ahead->room);
    while (!file->opened)
        pthread_cond_wait(&ahead->more, &ahead->lock);
    bool fine = file->source != NULL;
    if (!fine)
        snprintf(ret_error, error_size, "%s", file->error);
    pthread_mutex_unlock(&ahead->lock);
    struct source *source = fine ? source_open_ahead(ahead) : NULL;
    if (fine && !source) {
        ahead_leave(ahead);
        snprintf(ret_error, error_size, "out of memory");
    }
    return source;
}

static void copy_out(const struct ahead *ahead, uint8_t *ret_bytes, size_t length)
{
    const size_t at = (size_t)(ahead->read % LIMIT_AHEAD_BYTES);
    const size_t first = length < LIMIT_AHEAD_BYTES - at ? length : LIMIT_AHEAD_BYTES - at;
    memcpy(ret_bytes, ahead->ring + at, first);
    memcpy(ret_bytes + first, ahead->ring, length - first);
}

size_t ahead_read(struct ahead *ahead, uint8_t *ret_bytes, size_t room, uint64_t *ret_position)
{
    const struct ahead_file *file = &ahead->files[ahead->current];
    pthread_mutex_lock(&ahead->lock);
    while (file->end == ahead->read && !file->ended)
        pthread_cond_wait(&ahead->more, &ahead->lock);
    const uint64_t waiting = file->end - ahead->read;
    const size_t length = waiting < room ? (size_t)waiting : room;
    *ret_position = file->position;
    pthread_mutex_unlock(&ahead->lock);
    if (length == 0)
        return 0;
    copy_out(ahead, ret_bytes, length);
    pthread_mutex_lock(&ahead->lock);
    ahead->read += length;
    pthread_cond_signal(&ahead->room);
    pthread_mutex_unlock(&ahead->lock);
    return length;
}

const struct source *ahead_inner(const struct ahead *ahead)
{
    return ahead->files[ahead->current].source;
}

void ahead_leave(struct ahead *ahead)
{
    struct ahead_file *file = &ahead->files[ahead->current];
    pthread_mutex_lock(&ahead->lock);
    ahead->left = ahead->current + 1;
    pthread_cond_signal(&ahead->room);
    while (!file->ended)
        pthread_cond_wait(&ahead->more, &ahead->lock);
    ahead->read = file->end;
    pthread_cond_signal(&ahead->room);
    pthread_mutex_unlock(&ahead->lock);
    source_free(file->source);
    file->source = NULL;
}

void ahead_free(struct ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->stopped = true;
    pthread_cond_signal(&ahead->room);
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->started)
        pthread_join(ahead->thread, NULL);
    for (size_t i = 0; i < ahead->count; i++) {
        source_free(ahead->files[i].source);
        if (ahead->files[i].descriptor >= 0)
            close(ahead->files[i].descriptor);
    }
    pthread_cond_destroy(&ahead->room);
    pthread_cond_destroy(&ahead->more);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead->ring);
    free(ahead);
}
