/* SPDX-License-Identifier: BSD-3-Clause
 *
 * For the tests of --follow: two conversations over TCP and one over UDP, and what the engine's tap tells of them.
 */
#ifndef OVERHEAR_TESTS_CLI_FOLLOW_PLAY_H
#define OVERHEAR_TESTS_CLI_FOLLOW_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/follow.c"
#include "cli/follow_files.c"
#include "cli/follow_text.c"

#include <sys/mman.h>

#define HEADER "conversation 3: client 10.0.0.2:41234, server 192.0.2.1:80, tcp\n"

/* An engine is not there, but the archive that holds other names asks for it. */
const struct dissector *const dissector_registry[] = {NULL};

static const int64_t noon_ns = 1795348800 * (int64_t)1000000000; /* 2026-11-22 12:00:00 UTC */

static struct {
    struct follow *follow;
    const struct stream_tap *tap;
    int descriptor;
    int64_t now_ns;
    char complaint[FOLLOW_TEXT_SIZE];
} w;

static struct conversation talk, other, datagram;
static char thousands[60000];

static inline void reset_conversations(void)
{
    w.now_ns = noon_ns;
    talk = (struct conversation){
        .id = 3,
        .source = {{4, {10, 0, 0, 2}}, 41234},
        .destination = {{4, {192, 0, 2, 1}}, 80},
        .transport = TRANSPORT_TCP,
        .time_digits = 6,
        .first = {1, noon_ns},
        .last = {9, noon_ns + 2500000},
    };
    other = talk;
    other.id = 4;
    other.source.port = 41235;
    datagram = talk;
    datagram.id = 5;
    datagram.transport = TRANSPORT_UDP;
    datagram.source = (struct endpoint){{6, {0x20, 1, 0xd, 0xb8, [15] = 1}}, 4000};
    datagram.destination = (struct endpoint){{6, {0x20, 1, 0xd, 0xb8, [15] = 2}}, 69};
}

static inline void begin(const struct follow_options *options)
{
    struct follow_options own = *options;
    reset_conversations();
    w.descriptor = own.descriptor = memfd_create("output", MFD_CLOEXEC);
    assert_true(w.descriptor >= 0);
    w.follow = follow_new(&own);
    assert_non_null(w.follow);
    w.tap = follow_tap(w.follow);
}

static inline void end(void)
{
    follow_free(w.follow);
    close(w.descriptor);
}

static inline void say_bytes(const struct conversation *conversation, enum side side, const char *text, size_t length)
{
    char *own = malloc(length); /* so that a sanitizer sees its end */
    memcpy(own, text, length);
    w.tap->data(w.tap->context, conversation, side, bytes_of(own, length), (struct moment){2, w.now_ns});
    free(own);
}

static inline void say(const struct conversation *conversation, enum side side, const char *text)
{
    if (*text != '\0')
        say_bytes(conversation, side, text, strlen(text));
}

static inline void lose(const struct conversation *conversation, enum side side, uint64_t length)
{
    w.tap->gap(w.tap->context, conversation, side, length);
}

static inline void swap(struct conversation *conversation)
{
    struct endpoint source = conversation->source;
    conversation->source = conversation->destination;
    conversation->destination = source;
    w.tap->swap(w.tap->context, conversation);
}

static inline void finish(const struct conversation *conversation, enum end_reason reason)
{
    w.tap->end(w.tap->context, conversation, reason);
    follow_flush(w.follow);
}

/* All that was written so far. */
static inline void expect_bytes(const char *expected, size_t length)
{
    char written[8192];
    ssize_t got = pread(w.descriptor, written, sizeof written - 1, 0);
    assert_true(got >= 0);
    written[got] = '\0';
    if (strlen(written) == (size_t)got && strlen(expected) == length)
        assert_string_equal(written, expected);
    assert_int_equal(got, length);
    assert_memory_equal(written, expected, length);
}

static inline void expect(const char *expected)
{
    expect_bytes(expected, strlen(expected));
}

#endif
