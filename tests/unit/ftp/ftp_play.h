/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A control connection and its data connections are played through the frame floor, and what is recorded is written
 * down as text: a line for each value, secrets as stars, observations in angle brackets behind what they are about.
 */
#ifndef OVERHEAR_TESTS_FTP_PLAY_H
#define OVERHEAR_TESTS_FTP_PLAY_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "ftp/ftp.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct dissector tls_dissector;
const struct dissector *const dissector_registry[] = {&ftp_dissector, &ftp_data_dissector, &tls_dissector, NULL};

/* who:
 *   C S  the client or server says `text` on the control connection;  c s  it loses `length` bytes there
 *   P    a data connection comes from the client to port `length` of the server
 *   A    one comes from the server to port `length` of the client
 *   X    one comes from 192.0.2.9 to port `length` of the server
 *   D d  on the data connection, the side that connected, or the other, says `text`;  g  that other side loses `length`
 *   F R  the data connection ends with FIN or RST */
struct step {
    char who;
    const char *text;
    size_t length;
};

struct play {
    struct budget budget;
    struct session_shared shared;
    struct conversation control, data;
    struct session control_session, data_session;
    uint64_t frame;
    uint64_t file_frame; /* of the first byte of the last file */
    bool midstream, has_data, with_notes;
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

static inline void play_value(struct play *play, const struct record *record, const struct field *field,
                              const struct item *item)
{
    char text[ADDRESS_TEXT_SIZE];
    if (item->kind == ITEM_INTEGER) {
        play_text(play, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)item->integer));
    } else if (item->kind == ITEM_WORD) {
        play_string(play, item->word);
    } else if (item->kind == ITEM_ADDRESS) {
        struct address address;
        memcpy(&address, record->text + item->offset, sizeof address);
        play_text(play, text, address_text(&address, text));
    } else {
        for (uint32_t i = 0; i < item->length; i++)
            if ((field->flags & FIELD_SECRET) || (i >= item->secret_at && i < item->secret_at + item->secret_length))
                play_string(play, "*");
            else
                play_text(play, (const char *)record->text + item->offset + i, 1);
    }
}

static inline void play_record(void *context, const struct record *record)
{
    static const char *const outcomes[] = {"", " success", " failure", " unknown"};
    struct play *play = context;
    const struct field *group = NULL;
    uint32_t members = 0;
    if (strcmp(record->dataset->name, "file") == 0)
        play->file_frame = record->first.frame;
    play_string(play, record->dataset->name);
    play_string(play, outcomes[record->outcome]);
    play_string(play, record->incomplete ? " incomplete\n" : "\n");
    for (uint32_t i = 0; i < record->item_count; i++) {
        const struct item *item = &record->items[i];
        if (item->kind == ITEM_NOTE) {
            if (play->with_notes) {
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
        const struct field *field = &(members > 0 ? group->members : record->dataset->fields)[item->field];
        play_string(play, members > 0 ? "  " : "");
        play_string(play, field->name);
        play_string(play, "=");
        play_value(play, record, field, item);
        play_string(play, "\n");
        members -= members > 0 ? 1 : 0;
    }
}

static const struct address play_client = {4, {10, 0, 0, 1}};
static const struct address play_server = {4, {10, 0, 0, 2}};
static const struct address play_stranger = {4, {192, 0, 2, 9}};

/* Each piece in memory of exactly its size, so that a sanitizer sees what is read beyond it. */
static inline void play_piece(struct play *play, struct session *session, enum side side, struct bytes piece)
{
    uint8_t *copy = malloc(piece.len);
    assert_non_null(copy);
    memcpy(copy, piece.at, piece.len);
    play->shared.moment = (struct moment){++play->frame, 1000000};
    play->shared.now_ns = play->shared.moment.time_ns;
    session_data(session, side, bytes_of(copy, piece.len), play->shared.moment);
    free(copy);
}

static inline void play_say(struct play *play, struct session *session, enum side side, const struct step *step,
                            size_t cut)
{
    struct bytes rest = step->length ? bytes_of(step->text, step->length) : bytes_text(step->text);
    for (; rest.len > 0; rest = bytes_skip(rest, cut))
        play_piece(play, session, side, bytes_first(rest, cut));
}

static inline void play_connect(struct play *play, const struct step *step)
{
    bool active = step->who == 'A';
    play->data = (struct conversation){
        .id = 2,
        .transport = TRANSPORT_TCP,
        .source = {.ip = play_client, .port = 50001},
        .destination = {.ip = play_server, .port = (uint16_t)step->length},
    };
    if (active)
        play->data.source = (struct endpoint){play_server, 20};
    if (active)
        play->data.destination.ip = play_client;
    if (step->who == 'X')
        play->data.source.ip = play_stranger;
    play->has_data = true;
    session_init(&play->data_session, &play->shared, &play->data);
}

static inline void play_disconnect(struct play *play, enum end_reason reason)
{
    if (!play->has_data)
        return;
    if (reason == END_FIN) {
        session_side_end(&play->data_session, SIDE_CLIENT, play->shared.moment);
        session_side_end(&play->data_session, SIDE_SERVER, play->shared.moment);
    }
    session_end(&play->data_session, reason);
    play->has_data = false;
}

static inline void play_step(struct play *play, const struct step *step, size_t cut)
{
    switch (step->who) {
    case 'C':
    case 'S':
        play_say(play, &play->control_session, step->who == 'C' ? SIDE_CLIENT : SIDE_SERVER, step, cut);
        break;
    case 'c':
    case 's':
        session_gap(&play->control_session, step->who == 'c' ? SIDE_CLIENT : SIDE_SERVER, step->length);
        break;
    case 'D':
    case 'd':
        play_say(play, &play->data_session, step->who == 'D' ? SIDE_CLIENT : SIDE_SERVER, step, cut);
        break;
    case 'g':
        session_gap(&play->data_session, SIDE_SERVER, step->length);
        break;
    case 'F':
    case 'R':
        play_disconnect(play, step->who == 'F' ? END_FIN : END_RST);
        break;
    default:
        play_connect(play, step);
        break;
    }
}

/* All steps (the last has `who` 0), each text in pieces of `cut` bytes. Returns what was written. */
static inline const char *play_steps(struct play *play, const struct step *steps, size_t cut)
{
    struct play clean = {.midstream = play->midstream, .with_notes = play->with_notes};
    *play = clean;
    budget_init(&play->budget, 0);
    play->shared = (struct session_shared){
        .budget = &play->budget,
        .names = names_new(&play->budget),
        .ports = port_map_new(),
        .sink = {play, play_record},
        .wants_notes = true,
    };
    play->control = (struct conversation){
        .id = 1,
        .transport = TRANSPORT_TCP,
        .source = {.ip = play_client, .port = 50000},
        .destination = {.ip = play_server, .port = 21},
        .midstream = play->midstream,
    };
    session_init(&play->control_session, &play->shared, &play->control);
    for (; steps->who; steps++)
        play_step(play, steps, cut);
    play_disconnect(play, END_FIN);
    session_end(&play->control_session, END_FIN);
    names_free(play->shared.names);
    port_map_free(play->shared.ports);
    session_shared_done(&play->shared);
    assert_int_equal(play->budget.used, 0);
    play->written[play->length] = 0;
    return play->written;
}

enum { PLAY_NOTES = 1, PLAY_MIDSTREAM = 2 };

/* The same, whatever the cut. */
static inline void play_expect(unsigned how, const struct step *steps, const char *expected)
{
    static const size_t cuts[] = {1 << 20, 1, 2, 3, 5, 7, 11, 200};
    struct play *play = calloc(1, sizeof *play);
    assert_non_null(play);
    play->with_notes = (how & PLAY_NOTES) != 0;
    play->midstream = (how & PLAY_MIDSTREAM) != 0;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_string_equal(play_steps(play, steps, cuts[i]), expected);
    free(play);
}

#endif
