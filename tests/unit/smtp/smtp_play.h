/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A conversation of SMTP is played through the frame floor, and what is recorded is written down as text: a line for
 * each record, secrets as stars, observations in angle brackets behind what they are about. Of a mail only the
 * envelope, the size and the subject are written.
 */
#ifndef OVERHEAR_TESTS_SMTP_PLAY_H
#define OVERHEAR_TESTS_SMTP_PLAY_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "smtp/smtp.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct dissector smtp_dissector;

extern const struct dissector tls_dissector;
const struct dissector *const dissector_registry[] = {&smtp_dissector, &tls_dissector, NULL};

struct step {
    char who; /* C or S says `text`; c or s loses `length` bytes; e ends the server's side, E the client's; w waits
                 `length` seconds */
    const char *text;
    size_t length; /* of a text with NUL bytes in it, of a gap, of time */
};

struct play {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    uint64_t frame;
    int64_t time_ns;
    size_t length;
    char written[262144];
};

static inline void play_text(struct play *play, const char *text, size_t length)
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

static inline void play_value(struct play *play, const struct record *record, const struct field *field,
                              const struct item *item)
{
    char number[32];
    if (item->kind == ITEM_INTEGER) {
        play_text(play, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)item->integer));
    } else if (item->kind == ITEM_WORD) {
        play_string(play, item->word);
    } else {
        bool whole = field->flags & FIELD_SECRET;
        for (uint32_t i = 0; i < item->length; i++)
            if (whole || (i >= item->secret_at && i < item->secret_at + item->secret_length))
                play_string(play, "*");
            else if (record->text[item->offset + i] == '\n')
                play_string(play, "\\n");
            else
                play_text(play, (const char *)record->text + item->offset + i, 1);
    }
}

static inline bool play_wants(const struct record *record, const struct field *field)
{
    static const char *const of_mail[] = {"email.envelope.from", "email.envelope.to", "email.bytes", "email.subject"};
    if (strcmp(record->dataset->name, "mail") != 0)
        return true;
    for (size_t i = 0; i < sizeof of_mail / sizeof of_mail[0]; i++)
        if (strcmp(field->name, of_mail[i]) == 0)
            return true;
    return false;
}

/* The name without what all names of the dataset begin with. */
static inline void play_name(struct play *play, const char *name)
{
    play_string(play, strncmp(name, "smtp.", 5) == 0 ? name + 5 : name);
}

/* Items of one table, from `from` to `to`; groups hold no groups. */
static inline void play_items(struct play *play, const struct record *record, const struct field *table, uint32_t from,
                              uint32_t to, const char *separator)
{
    for (uint32_t i = from; i < to; i++) {
        const struct item *item = &record->items[i];
        if (item->kind == ITEM_NOTE) {
            bool ours = strcmp(record->dataset->name, "smtp") == 0;
            play_string(play, ours ? " <" : "");
            play_name(play, ours ? item->word : "");
            play_string(play, ours ? ">" : "");
            i += item->length;
            continue;
        }
        const struct field *field = &table[item->field];
        if (play_wants(record, field)) {
            play_string(play, separator);
            play_name(play, field->name);
        }
        if (item->kind == ITEM_GROUP) {
            if (play_wants(record, field)) {
                play_string(play, "{");
                play_items(play, record, field->members, i + 1, i + 1 + item->length, " ");
                play_string(play, " }");
            }
            i += item->length;
        } else if (play_wants(record, field)) {
            play_string(play, "=");
            play_value(play, record, field, item);
        }
    }
}

/* One line: dataset, outcome, values. */
static inline void play_record(void *context, const struct record *record)
{
    static const char *const outcomes[] = {"", " success", " failure", " unknown"};
    struct play *play = context;
    play_string(play, record->dataset->name);
    play_string(play, outcomes[record->outcome]);
    play_string(play, record->incomplete ? " incomplete" : "");
    play_items(play, record, record->dataset->fields, 0, record->item_count, " | ");
    play_string(play, "\n");
}

static inline void play_begin(struct play *play, uint16_t port)
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
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = port},
    };
    session_init(&play->session, &play->shared, &play->conversation);
}

/* Each piece in memory of exactly its size, so that a sanitizer sees what is read beyond it. */
static inline void play_piece(struct play *play, enum side side, struct bytes piece)
{
    uint8_t *copy = malloc(piece.len);
    assert_non_null(copy);
    memcpy(copy, piece.at, piece.len);
    play->shared.moment = (struct moment){++play->frame, play->time_ns};
    play->shared.now_ns = play->time_ns;
    session_data(&play->session, side, bytes_of(copy, piece.len), play->shared.moment);
    free(copy);
}

static inline void play_step(struct play *play, const struct step *step, size_t cut)
{
    enum side side = step->who == 'S' || step->who == 's' || step->who == 'e' ? SIDE_SERVER : SIDE_CLIENT;
    if (step->who == 'w') {
        play->time_ns += (int64_t)step->length * 1000000000;
    } else if (step->who == 'c' || step->who == 's') {
        session_gap(&play->session, side, step->length);
    } else if (step->who == 'e' || step->who == 'E') {
        session_side_end(&play->session, side, play->shared.moment);
    } else {
        struct bytes rest = step->length ? bytes_of(step->text, step->length) : bytes_text(step->text);
        for (; rest.len > 0; rest = bytes_skip(rest, cut))
            play_piece(play, side, bytes_first(rest, cut));
    }
}

/* All steps (the last has `who` 0), each text in pieces of `cut` bytes. Returns what was written. */
static inline const char *play_steps(struct play *play, uint16_t port, const struct step *steps, size_t cut)
{
    play_begin(play, port);
    for (; steps->who; steps++)
        play_step(play, steps, cut);
    session_end(&play->session, END_FIN);
    session_shared_done(&play->shared);
    names_free(play->shared.names);
    port_map_free(play->shared.ports);
    assert_int_equal(play->budget.used, 0);
    play->written[play->length] = 0;
    return play->written;
}

/* The same, whatever the cut. */
static inline void play_expect(const struct step *steps, const char *expected)
{
    struct play *play = malloc(sizeof *play);
    static const size_t cuts[] = {1 << 20, 1, 2, 3, 5, 7, 11, 200};
    assert_non_null(play);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(play_steps(play, 25, steps, cuts[i]), expected);
    free(play);
}

#endif
