/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A conversation of lines is played through the frame floor, and what is recorded is written down as text: a line for
 * each value, secrets as stars, observations in angle brackets behind what they are about. Of a mail only the subject
 * and the size are written: what is in it is the mail room's affair. The test defines dissector_registry[].
 */
#ifndef OVERHEAR_TESTS_TEXT_PLAY_H
#define OVERHEAR_TESTS_TEXT_PLAY_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "overhear/dissector.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct step {
    char who; /* C or S says `text`; c or s loses `length` bytes; e ends the server's side, E the client's; T is the
               * time, `length` seconds since 1970 */
    const char *text;
    size_t length; /* of a text with NUL bytes in it, or of a gap */
};

struct play {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    uint64_t frame;
    int64_t time_ns;
    bool only_files; /* write down what the bodies were, and nothing else; otherwise everything but that */
    size_t length;
    char written[65536];
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

static inline void play_number(struct play *play, long long number)
{
    char text[32];
    play_text(play, text, (size_t)snprintf(text, sizeof text, "%lld", number));
}

static inline void play_value(struct play *play, const struct record *record, const struct item *item)
{
    if (item->kind == ITEM_INTEGER) {
        play_number(play, item->integer);
    } else if (item->kind == ITEM_WORD) {
        play_string(play, item->word);
    } else {
        for (uint32_t i = 0; i < item->length; i++)
            if (i >= item->secret_at && i < item->secret_at + item->secret_length)
                play_string(play, "*");
            else
                play_text(play, (const char *)record->text + item->offset + i, 1);
    }
}

static inline void play_item(struct play *play, const struct record *record, const struct field *table,
                             const struct item *item)
{
    play_string(play, table[item->field].name);
    if (item->kind == ITEM_MAP) {
        play_string(play, ".");
        play_text(play, (const char *)record->text + item->key_offset, item->key_length);
    }
    play_string(play, "=");
    play_value(play, record, item);
}

static inline void play_record(void *context, const struct record *record)
{
    static const char *const outcomes[] = {"", " success", " failure", " unknown"};
    struct play *play = context;
    if ((record->dataset == &file_dataset) != play->only_files)
        return;
    play_string(play, record->dataset->name);
    play_string(play, outcomes[record->outcome]);
    play_string(play, record->incomplete ? " incomplete\n" : "\n");
    const struct field *group = NULL;
    uint32_t members = 0;
    bool mail = strcmp(record->dataset->name, "mail") == 0;
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        if (mail && strcmp(record->dataset->fields[item->field].name, "email.subject") != 0 &&
            strcmp(record->dataset->fields[item->field].name, "email.bytes") != 0) {
            i += item->kind == ITEM_GROUP || item->kind == ITEM_NOTE ? item->length : 0;
            continue;
        }
        if (item->kind == ITEM_NOTE) {
            if (item->about != UINT16_MAX) { /* else it turned out not to hold */
                play_string(play, "<");
                play_string(play, item->word);
                play_string(play, ">\n");
            }
            i += item->length;
            members -= members > 0 ? 1 + item->length : 0;
            continue;
        }
        if (item->kind == ITEM_GROUP) {
            group = &record->dataset->fields[item->field];
            members = item->length;
            play_string(play, group->name);
            play_string(play, ":\n");
            continue;
        }
        play_string(play, members > 0 ? "  " : "");
        play_item(play, record, members > 0 ? group->members : record->dataset->fields, item);
        play_string(play, "\n");
        members -= members > 0 ? 1 : 0;
    }
}

static inline void play_begin(struct play *play, uint16_t port, bool midstream)
{
    bool only_files = play->only_files;
    memset(play, 0, sizeof *play);
    play->time_ns = 1000000;
    play->only_files = only_files;
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
    play->shared.now_ns = play->shared.moment.time_ns;
    session_data(&play->session, side, bytes_of(copy, piece.len), play->shared.moment);
    free(copy);
}

static inline void play_step(struct play *play, const struct step *step, size_t cut)
{
    enum side side = step->who == 'S' || step->who == 's' || step->who == 'e' ? SIDE_SERVER : SIDE_CLIENT;
    if (step->who == 'c' || step->who == 's') {
        session_gap(&play->session, side, step->length);
    } else if (step->who == 'T') {
        play->time_ns = (int64_t)step->length * 1000000000;
    } else if (step->who == 'e' || step->who == 'E') {
        session_side_end(&play->session, side, play->shared.moment);
    } else {
        struct bytes rest = step->length ? bytes_of(step->text, step->length) : bytes_text(step->text);
        for (; rest.len > 0; rest = bytes_skip(rest, cut))
            play_piece(play, side, bytes_first(rest, cut));
    }
}

/* All steps (the last has `who` 0), each text in pieces of `cut` bytes. Returns what was written. */
static inline const char *play_steps(struct play *play, uint16_t port, bool midstream, const struct step *steps,
                                     size_t cut)
{
    play_begin(play, port, midstream);
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
static inline void play_expect(uint16_t port, bool midstream, const struct step *steps, const char *expected)
{
    struct play *play = calloc(1, sizeof *play);
    static const size_t cuts[] = {1 << 20, 1, 2, 3, 5, 7, 11, 200};
    assert_non_null(play);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(play_steps(play, port, midstream, steps, cuts[i]), expected);
    free(play);
}

#endif
