/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mail is carried through the frame floor by a dissector that knows nothing but mails: all that the client sends is
 * one. What is recorded is written down as text, a line for each value.
 */
#ifndef OVERHEAR_TESTS_MAIL_STREAM_PLAY_H
#define OVERHEAR_TESTS_MAIL_STREAM_PLAY_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "mail/mail_stream.h"

#include "file/save.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* How the carrier goes about it; set before the play. */
struct carriage {
    bool partial, incomplete, drop, leave_open;
};

struct play {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    struct files files;
    uint64_t frame;
    bool only_files; /* else: everything but files */
    bool overflow;
    size_t length;
    char written[1 << 18];
};

struct carrier_state {
    struct object *mail;
    const struct carriage *carriage;
};

/* Of the play in hand. */
static const struct carriage *carriage_in_hand;

static inline struct framing carrier_frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state, (void)side, (void)pending, (void)seen;
    return (struct framing){FRAMING_BODY_END, 0};
}

static inline enum verdict carrier_message(void *state, struct emitter *emitter, const struct message *message)
{
    struct carrier_state *carrier = state;
    if (message->side == SIDE_SERVER)
        return VERDICT_OK;
    if (!carrier->mail) {
        const struct mail_start start = {.direction = FILE_UPLOAD, .partial = carriage_in_hand->partial};
        carrier->mail = mail_begin(emitter, &start, message);
    }
    if (message->kind == MESSAGE_BODY) {
        mail_piece(emitter, carrier->mail, message->bytes, message);
    } else if (carriage_in_hand->drop) {
        mail_drop(emitter, carrier->mail);
    } else if (!carriage_in_hand->leave_open) {
        mail_end(emitter, carrier->mail, message, carriage_in_hand->incomplete);
        mail_close(emitter, carrier->mail, OUTCOME_SUCCESS);
    }
    return VERDICT_OK;
}

static inline void carrier_gap(void *state, struct emitter *emitter, enum side side, uint64_t length)
{
    struct carrier_state *carrier = state;
    (void)side;
    mail_gap(emitter, carrier->mail, length);
}

static const struct port carrier_ports[] = {{TRANSPORT_TCP, 25, NULL}, {0, 0, NULL}};

static const struct dissector carrier = {
    .name = "carrier",
    .meaning = "carries mails",
    .ports = carrier_ports,
    .more_datasets = mail_datasets,
    .state_size = sizeof(struct carrier_state),
    .message_max = 1024,
    .frame = carrier_frame,
    .message = carrier_message,
    .gap = carrier_gap,
};

const struct dissector *const dissector_registry[] = {&carrier, NULL};

static inline void play_text(struct play *play, const char *text, size_t length)
{
    if (play->length + length >= sizeof play->written) {
        play->overflow = true;
        return;
    }
    memcpy(play->written + play->length, text, length);
    play->length += length;
}

static inline void play_string(struct play *play, const char *text)
{
    play_text(play, text, strlen(text));
}

static inline void play_value(struct play *play, const struct record *record, const struct item *item)
{
    char number[32];
    if (item->kind == ITEM_INTEGER)
        play_text(play, number, (size_t)snprintf(number, sizeof number, "%lld", (long long)item->integer));
    else if (item->kind == ITEM_WORD)
        play_string(play, item->word);
    else
        play_text(play, (const char *)record->text + item->offset, item->length);
}

/* The members of a group in one line. Observations are left out: their own tests look at them. */
static inline void play_items(struct play *play, const struct record *record)
{
    const struct field *group = NULL;
    uint32_t members = 0;
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        bool is_member = members > 0;
        members -= is_member ? 1 : 0;
        if (item->kind == ITEM_NOTE) {
            members -= is_member ? item->length : 0;
            i += item->length;
        } else if (item->kind == ITEM_GROUP) {
            group = &record->dataset->fields[item->field];
            members = item->length;
            play_string(play, group->name);
            play_string(play, ":");
        } else {
            play_string(play, is_member ? " " : "");
            play_string(play, (is_member ? group->members : record->dataset->fields)[item->field].name);
            play_string(play, "=");
            play_value(play, record, item);
        }
        if (members == 0 && item->kind != ITEM_NOTE)
            play_string(play, "\n");
    }
}

/* Of an anomaly only the name. */
static inline void play_record(void *context, const struct record *record)
{
    static const char *const outcomes[] = {"", " success", " failure", " unknown"};
    struct play *play = context;
    bool is_file = strcmp(record->dataset->name, "file") == 0;
    if (is_file != play->only_files)
        return;
    if (record->dataset == &anomaly_dataset) {
        play_value(play, record, &record->items[0]);
        play_string(play, "\n");
        return;
    }
    play_string(play, record->dataset->name);
    play_string(play, outcomes[record->outcome]);
    play_string(play, record->incomplete ? " incomplete\n" : "\n");
    play_items(play, record);
}

static inline void play_begin(struct play *play, bool hash)
{
    memset(play, 0, offsetof(struct play, written));
    budget_init(&play->budget, 0);
    assert_int_equal(files_open(&play->files, hash, NULL, 0, 0), 0);
    play->shared.budget = &play->budget;
    play->shared.names = names_new(&play->budget);
    play->shared.ports = port_map_new();
    play->shared.files = &play->files;
    play->shared.sink = (struct record_sink){play, play_record};
    play->shared.wants_notes = true;
    play->conversation = (struct conversation){
        .id = 1,
        .transport = TRANSPORT_TCP,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = 25},
    };
    session_init(&play->session, &play->shared, &play->conversation);
}

/* In memory of exactly its size, so that a sanitizer sees what is read beyond it. */
static inline void play_piece(struct play *play, struct bytes piece)
{
    uint8_t *copy = malloc(piece.len);
    assert_non_null(copy);
    memcpy(copy, piece.at, piece.len);
    play->shared.moment = (struct moment){++play->frame, 1000000};
    play->shared.now_ns = play->shared.moment.time_ns;
    session_data(&play->session, SIDE_CLIENT, bytes_of(copy, piece.len), play->shared.moment);
    free(copy);
}

static inline void play_bytes(struct play *play, struct bytes bytes, size_t cut)
{
    for (; bytes.len > 0; bytes = bytes_skip(bytes, cut))
        play_piece(play, bytes_first(bytes, cut));
}

static inline const char *play_end(struct play *play)
{
    session_end(&play->session, END_FIN);
    session_shared_done(&play->shared);
    files_close(&play->files);
    names_free(play->shared.names);
    port_map_free(play->shared.ports);
    assert_int_equal(play->budget.used, 0);
    assert_false(play->overflow);
    play->written[play->length] = 0;
    return play->written;
}

/* One mail, in which each `gap_mark` byte (0: none) stands for so many bytes that are lost. */
struct scene {
    struct carriage carriage;
    bool hash;
    bool files; /* compare the file records instead of all others */
    char gap_mark;
    size_t gap_length;
};

static inline const char *play_scene(struct play *play, const struct scene *scene, struct bytes mail, size_t cut)
{
    carriage_in_hand = &scene->carriage;
    play_begin(play, scene->hash);
    play->only_files = scene->files;
    while (mail.len > 0) {
        size_t end = scene->gap_mark ? bytes_find(mail, (uint8_t)scene->gap_mark, 0) : mail.len;
        play_bytes(play, bytes_first(mail, end), cut);
        if (end < mail.len)
            session_gap(&play->session, SIDE_CLIENT, scene->gap_length);
        mail = bytes_skip(mail, end + 1);
    }
    return play_end(play);
}

static const size_t play_cuts[] = {1 << 20, 1, 2, 3, 5, 7, 11, 200};

/* The same, whatever the cut. */
static inline void play_expect(const struct scene *scene, const char *mail, const char *expected)
{
    struct play *play = malloc(sizeof *play);
    assert_non_null(play);
    for (size_t i = 0; i < sizeof play_cuts / sizeof play_cuts[0]; i++)
        assert_string_equal(play_scene(play, scene, bytes_text(mail), play_cuts[i]), expected);
    free(play);
}

#endif
