/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Handshakes are put together byte by byte, played through the frame floor, and what is recorded is written down as
 * text: a line for each value, observations in angle brackets, anomalies with an exclamation mark.
 */
#ifndef OVERHEAR_TESTS_TLS_PLAY_H
#define OVERHEAR_TESTS_TLS_PLAY_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "tls/tls.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct dissector tls_dissector;
const struct dissector *const dissector_registry[] = {&tls_dissector, NULL};

/* --- building --- */

struct flight {
    char who; /* C or S says it; c or s loses so many bytes; 0: the end */
    size_t length;
    uint8_t bytes[4096];
};

static inline void put(struct flight *flight, unsigned number, unsigned octets)
{
    assert_true(flight->length + octets <= sizeof flight->bytes);
    for (unsigned i = octets; i > 0; i--)
        flight->bytes[flight->length++] = (uint8_t)(number >> 8 * (i - 1));
}

static inline void put_bytes(struct flight *flight, const void *bytes, size_t length)
{
    assert_true(flight->length + length <= sizeof flight->bytes);
    memcpy(flight->bytes + flight->length, bytes, length);
    flight->length += length;
}

static inline void put_zeros(struct flight *flight, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put(flight, 0, 1);
}

/* Fills in a length of `octets` octets at `at` once what it measures is there. */
static inline void close_length(struct flight *flight, size_t at, unsigned octets)
{
    size_t end = flight->length;
    flight->length = at;
    put(flight, (unsigned)(end - at - octets), octets);
    flight->length = end;
}

static inline size_t open_record(struct flight *flight, unsigned type)
{
    put(flight, type, 1);
    put(flight, 0x0303, 2);
    put(flight, 0, 2);
    return flight->length - 2;
}

static inline size_t open_message(struct flight *flight, unsigned type)
{
    put(flight, type, 1);
    put(flight, 0, 3);
    return flight->length - 3;
}

/* A record whose content nobody reads. */
static inline void put_opaque(struct flight *flight, unsigned type, unsigned length)
{
    size_t record = open_record(flight, type);
    for (unsigned i = 0; i < length; i++)
        put(flight, 0xe0 + i % 7, 1);
    close_length(flight, record, 2);
}

static inline void put_change_cipher(struct flight *flight)
{
    size_t record = open_record(flight, 20);
    put(flight, 1, 1);
    close_length(flight, record, 2);
}

static inline void put_alert(struct flight *flight, unsigned level, unsigned description)
{
    size_t record = open_record(flight, 21);
    put(flight, level, 1);
    put(flight, description, 1);
    close_length(flight, record, 2);
}

enum { WITH_13 = 1, WITH_EARLY_DATA = 2, WITH_SESSION = 4, WITH_KEY = 8 };

static inline void put_server_name(struct flight *flight, const char *name)
{
    unsigned length = (unsigned)strlen(name);
    put(flight, 0, 2);
    put(flight, length + 5, 2);
    put(flight, length + 3, 2);
    put(flight, 0, 1);
    put(flight, length, 2);
    put_bytes(flight, name, length);
}

static inline void put_client_extensions(struct flight *flight, const char *name, unsigned with)
{
    if (name)
        put_server_name(flight, name);
    if (with & WITH_13)
        put_bytes(flight, "\0\x2b\0\5\4\x03\x04\x03\x03", 9);
    if (with & WITH_EARLY_DATA)
        put_bytes(flight, "\0\x2a\0\0", 4);
}

static inline void put_client_hello_body(struct flight *flight, const char *name, unsigned with)
{
    put(flight, 0x0303, 2);
    put_zeros(flight, 32);
    put(flight, with & WITH_SESSION ? 4 : 0, 1);
    if (with & WITH_SESSION)
        put(flight, 0x51525354, 4);
    put_bytes(flight, "\0\4\x13\x01\xc0\x2f\1\0", 8);
    size_t extensions = flight->length;
    put(flight, 0, 2);
    put_client_extensions(flight, name, with);
    close_length(flight, extensions, 2);
}

static inline void put_client_hello(struct flight *flight, const char *name, unsigned with)
{
    size_t record = open_record(flight, 22);
    size_t message = open_message(flight, 1);
    put_client_hello_body(flight, name, with);
    close_length(flight, message, 3);
    close_length(flight, record, 2);
}

/* `cipher` 0x1301 makes it TLS 1.3. */
static inline void put_server_hello(struct flight *flight, unsigned cipher, unsigned with)
{
    size_t message = open_message(flight, 2);
    put(flight, 0x0303, 2);
    put_zeros(flight, 32);
    put(flight, with & WITH_SESSION ? 4 : 0, 1);
    if (with & WITH_SESSION)
        put(flight, 0x51525354, 4);
    put(flight, cipher, 2);
    put(flight, 0, 1);
    size_t extensions = flight->length;
    put(flight, 0, 2);
    if (cipher == 0x1301)
        put_bytes(flight, "\0\x2b\0\2\x03\x04\0\x33\0\4\0\x1d\0\0", 14);
    if (with & WITH_KEY)
        put_bytes(flight, "\0\x29\0\2\0\0", 6);
    close_length(flight, extensions, 2);
    close_length(flight, message, 3);
}

static inline void put_certificate(struct flight *flight, const uint8_t *der, size_t length)
{
    size_t message = open_message(flight, 11);
    put(flight, (unsigned)length + 3, 3);
    put(flight, (unsigned)length, 3);
    put_bytes(flight, der, length);
    close_length(flight, message, 3);
}

static inline void put_empty_message(struct flight *flight, unsigned type)
{
    put(flight, type, 1);
    put(flight, 0, 3);
}

/* --- playing --- */

struct play {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    uint64_t frame;
    size_t length;
    char written[16384];
};

static inline void play_text(struct play *play, const void *text, size_t length)
{
    if (play->length + length < sizeof play->written) {
        memcpy(play->written + play->length, text, length);
        play->length += length;
    }
}

static inline void play_string(struct play *play, const char *text)
{
    play_text(play, text, strlen(text));
}

static inline void play_item(struct play *play, const struct record *record, const struct item *item)
{
    char number[32];
    if (item->kind == ITEM_INTEGER)
        play_text(play, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)item->integer));
    else if (item->kind == ITEM_WORD)
        play_string(play, item->word);
    else
        play_text(play, record->text + item->offset, item->length);
}

static inline void play_record(void *context, const struct record *record)
{
    static const char *const outcomes[] = {"", " success", " failure", " unknown"};
    struct play *play = context;
    bool is_anomaly = strcmp(record->dataset->name, "anomaly") == 0;
    const struct field *group = NULL;
    uint32_t members = 0;
    play_string(play, is_anomaly ? "!" : record->dataset->name);
    play_string(play, outcomes[record->outcome]);
    play_string(play, record->incomplete ? " incomplete\n" : is_anomaly ? "" : "\n");
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        if (item->kind == ITEM_NOTE) {
            play_string(play, "<");
            play_string(play, item->word);
            play_string(play, ">\n");
            i += item->length;
            continue;
        }
        if (item->kind == ITEM_GROUP) {
            group = &record->dataset->fields[item->field];
            members = item->length;
            continue;
        }
        if (members > 0) {
            play_string(play, group->name);
            play_string(play, ".");
        }
        if (!is_anomaly) {
            play_string(play, (members > 0 ? group->members : record->dataset->fields)[item->field].name);
            play_string(play, "=");
        }
        play_item(play, record, item);
        play_string(play, is_anomaly && i == 0 ? ": " : "\n");
        members -= members > 0 ? 1 : 0;
    }
}

static inline void play_begin(struct play *play, bool midstream)
{
    memset(play, 0, sizeof *play);
    budget_init(&play->budget, 0);
    play->shared.budget = &play->budget;
    play->shared.names = names_new(&play->budget);
    play->shared.ports = port_map_new();
    play->shared.sink = (struct record_sink){play, play_record};
    play->shared.wants_notes = true;
    play->conversation = (struct conversation){
        .id = 1,
        .transport = TRANSPORT_TCP,
        .midstream = midstream,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = 443},
    };
    session_init(&play->session, &play->shared, &play->conversation);
}

/* Each piece in memory of exactly its size, so that a sanitizer sees what is read beyond it. */
static inline void play_piece(struct play *play, enum side side, struct bytes piece)
{
    uint8_t *copy = malloc(piece.len);
    assert_non_null(copy);
    memcpy(copy, piece.at, piece.len);
    play->shared.moment = (struct moment){++play->frame, 1795400000000000000};
    play->shared.now_ns = play->shared.moment.time_ns;
    session_data(&play->session, side, bytes_of(copy, piece.len), play->shared.moment);
    free(copy);
}

static inline const char *play_flights(struct play *play, const struct flight *flights, size_t cut, bool midstream)
{
    play_begin(play, midstream);
    for (; flights->who; flights++) {
        enum side side = flights->who == 'S' || flights->who == 's' ? SIDE_SERVER : SIDE_CLIENT;
        struct bytes rest = bytes_of(flights->bytes, flights->length);
        if (flights->who == 'c' || flights->who == 's')
            session_gap(&play->session, side, flights->length);
        else
            for (; rest.len > 0; rest = bytes_skip(rest, cut))
                play_piece(play, side, bytes_first(rest, cut));
    }
    session_end(&play->session, END_FIN);
    session_shared_done(&play->shared);
    names_free(play->shared.names);
    port_map_free(play->shared.ports);
    assert_int_equal(play->budget.used, 0);
    play->written[play->length] = 0;
    return play->written;
}

/* However it is cut. */
static inline void play_expect_from(const struct flight *flights, bool midstream, const char *expected)
{
    static const size_t cuts[] = {1 << 20, 1, 2, 3, 5, 7, 200};
    struct play *play = malloc(sizeof *play);
    assert_non_null(play);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(play_flights(play, flights, cuts[i], midstream), expected);
    free(play);
}

static inline void play_expect(const struct flight *flights, const char *expected)
{
    play_expect_from(flights, false, expected);
}

#endif
