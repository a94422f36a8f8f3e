/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Readers of header fields are played inside a conversation, as they need an emitter, and what they find is written
 * down as text. The conversation is one datagram, and its dissector hands that to the function under test.
 */
#ifndef OVERHEAR_TESTS_MAIL_HEADER_PLAY_H
#define OVERHEAR_TESTS_MAIL_HEADER_PLAY_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "mail/mail_headers.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct play {
    void (*read)(struct play *play, struct emitter *emitter, const struct message *message);
    struct mail_start start;
    size_t length;
    char written[65536];
};

static struct play play;

static inline void play_text(struct bytes text)
{
    assert_true(play.length + text.len < sizeof play.written);
    if (text.len > 0)
        memcpy(play.written + play.length, text.at, text.len);
    play.length += text.len;
    play.written[play.length] = '\0';
}

static inline void play_string(const char *text)
{
    play_text(bytes_text(text));
}

static inline void play_number(long long number)
{
    char text[32];
    play_text(bytes_of(text, (size_t)snprintf(text, sizeof text, "%lld", number)));
}

static inline void play_value(const struct record *record, const struct item *item)
{
    if (item->kind == ITEM_INTEGER)
        play_number(item->integer);
    else if (item->kind == ITEM_WORD)
        play_string(item->word);
    else
        play_text(bytes_of(record->text + item->offset, item->length));
}

/* Arguments of an observation, in its angle brackets. */
static inline void play_note(const struct record *record, const struct item *note)
{
    play_string("<");
    play_string(note->word);
    for (uint32_t i = 1; i <= note->length; i++) {
        const struct item *argument = note + i;
        play_string(" ");
        play_string(argument->word);
        play_string("=");
        if (argument->field == ARGUMENT_TEXT)
            play_text(bytes_of(record->text + argument->offset, argument->length));
        else
            play_number(argument->integer);
    }
    play_string(">\n");
}

/* A line for each value; members of a group are indented. Observations follow in angle brackets. */
static inline void play_record(void *context, const struct record *record)
{
    (void)context;
    const struct field *group = NULL;
    uint32_t end = 0;
    if (record->dataset != &mail_dataset) {
        play_string(record->dataset->name);
        play_string("\n");
        return;
    }
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        group = i < end ? group : NULL;
        if (item->kind == ITEM_NOTE) {
            play_string(group ? "  " : "");
            play_note(record, item);
            i += item->length;
            continue;
        }
        const struct field *row = group ? &group->members[item->field] : &record->dataset->fields[item->field];
        play_string(group ? "  " : "");
        play_string(row->name);
        play_string(item->kind == ITEM_GROUP ? ":" : "=");
        if (item->kind == ITEM_GROUP) {
            group = row;
            end = i + 1 + item->length;
        } else {
            play_value(record, item);
        }
        play_string("\n");
    }
    for (unsigned i = 0; i < record->dataset->field_count; i++)
        if (record_is_truncated(record, i)) {
            play_string("cut ");
            play_string(record->dataset->fields[i].name);
            play_string("\n");
        }
}

static inline enum verdict play_message(void *state, struct emitter *emitter, const struct message *message)
{
    (void)state;
    play.read(&play, emitter, message);
    return VERDICT_OK;
}

static const struct port play_ports[] = {{TRANSPORT_UDP, 9, NULL}, {0, 0, NULL}};
static const struct dissector play_dissector = {
    .name = "play", .ports = play_ports, .dataset = &mail_dataset, .message_max = 65536, .message = play_message};
const struct dissector *const dissector_registry[] = {&play_dissector, NULL};

/* 2026-11-22 13:00:00 UTC, when everything is seen. */
static const int64_t play_now_ns = (int64_t)1795352400 * 1000000000;

/* Has the function read the text, which lies in memory of exactly its size. */
static inline const char *play_run(void (*read)(struct play *, struct emitter *, const struct message *),
                                   struct bytes text)
{
    struct budget budget;
    budget_init(&budget, 0);
    play.read = read;
    play.length = 0;
    play.written[0] = '\0';
    struct session_shared shared = {
        .budget = &budget,
        .names = names_new(&budget),
        .ports = port_map_new(),
        .sink = {NULL, play_record},
        .wants_notes = true,
        .moment = {1, play_now_ns},
        .now_ns = play_now_ns,
    };
    struct conversation conversation = {
        .id = 1,
        .transport = TRANSPORT_UDP,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = 9},
    };
    struct session session;
    session_init(&session, &shared, &conversation);
    uint8_t *copy = malloc(text.len ? text.len : 1);
    assert_non_null(copy);
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    session_datagram(&session, SIDE_CLIENT, bytes_of(copy, text.len), text.len, shared.moment);
    free(copy);
    session_end(&session, END_CAPTURE);
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    assert_int_equal(budget.used, 0);
    return play.written;
}

/* The text is a header section, with LF or CRLF; its record is written down. */
static inline void play_read_header(struct play *unused, struct emitter *emitter, const struct message *message)
{
    (void)unused;
    uint64_t block[MAIL_HEADERS_BYTES / sizeof(uint64_t)] = {0};
    struct mail_headers *headers = (struct mail_headers *)(void *)block;
    struct transaction *transaction = transaction_open(emitter, 0, message);
    assert_non_null(transaction);
    struct bytes rest = message->bytes;
    while (rest.len > 0) {
        size_t end = bytes_find(rest, '\n', 0);
        while (end + 1 < rest.len && (bytes_at(rest, end + 1) == ' ' || bytes_at(rest, end + 1) == '\t'))
            end = bytes_find(rest, '\n', end + 1);
        struct bytes line = bytes_first(rest, end);
        if (line.len > 0 && bytes_at(line, line.len - 1) == '\r')
            line = bytes_first(line, line.len - 1);
        size_t colon = bytes_find(line, ':', 0);
        mail_header_record(emitter, headers, &transaction->record, bytes_trim(bytes_first(line, colon)),
                           bytes_skip(line, colon + 1));
        rest = bytes_skip(rest, end + 1);
    }
    mail_headers_finish(emitter, headers, &transaction->record);
    mail_headers_finish(emitter, headers, &transaction->record);
    transaction_close(emitter, transaction);
}

static inline void play_header(const char *header, const char *expected)
{
    assert_string_equal(play_run(play_read_header, bytes_text(header)), expected);
}

#endif
