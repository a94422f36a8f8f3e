/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages are played through the frame floor, and each record is written down as one line:
 *
 *     TYPE OUTCOME OPCODE [FLAGS] RCODE  NAME TYPE  | SECTION NAME TYPE TTL DATA …  field=value …  <observation> …
 */
#ifndef OVERHEAR_TESTS_DNS_PLAY_H
#define OVERHEAR_TESTS_DNS_PLAY_H

#include "dns/dns.h"
#include "dns/dns_fields.h"
#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const struct dissector *const dissector_registry[] = {&dns_dissector, NULL};

enum { PLAY_MESSAGE = 2048, SECOND_NS = 1000000000 };

struct play {
    struct budget budget;
    struct session_shared shared;
    struct conversation conversation;
    struct session session;
    size_t length;
    char written[32768];
    size_t cut; /* pieces of a stream */
};

static inline void play_text(struct play *play, const void *text, size_t length)
{
    assert_true(play->length + length < sizeof play->written);
    memcpy(play->written + play->length, text, length);
    play->length += length;
    play->written[play->length] = 0;
}

static inline void play_string(struct play *play, const char *text)
{
    play_text(play, text, strlen(text));
}

static inline void play_value(struct play *play, const struct record *record, const struct item *item)
{
    char number[32], text[ADDRESS_TEXT_SIZE];
    struct address address;
    switch (item->kind) {
    case ITEM_INTEGER:
        snprintf(number, sizeof number, "%lld", (long long)item->integer);
        play_string(play, number);
        break;
    case ITEM_WORD:
        play_string(play, item->word);
        break;
    case ITEM_ADDRESS:
        memcpy(&address, record->text + item->offset, sizeof address);
        play_text(play, text, address_text(&address, text));
        break;
    default:
        play_text(play, record->text + item->offset, item->length);
        break;
    }
}

static inline void play_field(struct play *play, const struct record *record, unsigned field)
{
    for (unsigned i = record_first(record, field); i > 0; i = record->items[i - 1].next) {
        play_string(play, " ");
        play_value(play, record, &record->items[i - 1]);
    }
}

static inline void play_named(struct play *play, const struct record *record, unsigned field, const char *name)
{
    if (!record_has(record, field))
        return;
    play_string(play, " ");
    play_string(play, name);
    play_string(play, "=");
    play_field(play, record, field);
}

static inline void play_groups(struct play *play, const struct record *record, unsigned field, const char *name)
{
    for (unsigned i = record_first(record, field); i > 0; i = record->items[i - 1].next) {
        uint32_t members = record->items[i - 1].length;
        play_string(play, name);
        for (uint32_t k = i; k < i + members; k++) {
            const struct item *item = &record->items[k];
            if (item->kind == ITEM_NOTE) {
                k += item->length;
                continue;
            }
            if (field <= DNS_FIELD_ADDITIONALS && item->field == DNS_MEMBER_CLASS)
                continue;
            play_string(play, " ");
            play_value(play, record, item);
        }
    }
}

static inline void play_observations(struct play *play, const struct record *record)
{
    for (uint32_t i = 0; i < record->item_count; i++) {
        if (record->items[i].kind != ITEM_NOTE)
            continue;
        play_string(play, " <");
        play_string(play, record->items[i].word);
        play_string(play, ">");
    }
}

static inline void play_record(void *context, const struct record *record)
{
    static const char *const outcomes[] = {"", "success", "failure", "unknown"};
    struct play *play = context;
    if (record->dataset != &dns_dataset) {
        play_string(play, record->dataset->name);
        play_field(play, record, 0);
        play_string(play, "\n");
        return;
    }
    play_string(play, record->request.frame ? "Q" : "-");
    play_string(play, record->response.frame ? "R " : "- ");
    play_string(play, outcomes[record->outcome]);
    play_string(play, record->incomplete ? " incomplete" : "");
    play_field(play, record, DNS_FIELD_TYPE);
    play_field(play, record, DNS_FIELD_OP_CODE);
    play_field(play, record, DNS_FIELD_HEADER_FLAGS);
    play_field(play, record, DNS_FIELD_RESPONSE_CODE);
    play_string(play, " |");
    play_field(play, record, DNS_FIELD_QUESTION_NAME);
    play_field(play, record, DNS_FIELD_QUESTION_TYPE);
    play_groups(play, record, DNS_FIELD_OTHER_QUESTIONS, " + ");
    play_groups(play, record, DNS_FIELD_ANSWERS, " |an");
    play_groups(play, record, DNS_FIELD_AUTHORITIES, " |ns");
    play_groups(play, record, DNS_FIELD_UPDATE_PREREQUISITES, " |if");
    play_groups(play, record, DNS_FIELD_UPDATE_CHANGES, " |do");
    play_groups(play, record, DNS_FIELD_ADDITIONALS, " |ar");
    play_named(play, record, DNS_FIELD_RESOLVED_IP, "ip");
    play_named(play, record, DNS_FIELD_REFERRAL_SERVERS, "ask");
    play_named(play, record, DNS_FIELD_RETRANSMISSIONS, "again");
    play_named(play, record, DNS_FIELD_OPT_UDP_SIZE, "size");
    play_groups(play, record, DNS_FIELD_OPT_OPTIONS, " |opt");
    play_observations(play, record);
    play_string(play, "\n");
}

static inline void play_begin(struct play *play, uint8_t transport, uint16_t port)
{
    memset(play, 0, sizeof *play);
    budget_init(&play->budget, 0);
    play->cut = SIZE_MAX;
    play->shared.budget = &play->budget;
    play->shared.names = names_new(&play->budget);
    play->shared.ports = port_map_new();
    play->shared.sink = (struct record_sink){play, play_record};
    play->shared.wants_notes = true;
    play->shared.moment = (struct moment){0, 1700000000 * (int64_t)SECOND_NS};
    play->conversation = (struct conversation){
        .id = 1,
        .transport = transport,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = port},
    };
    session_init(&play->session, &play->shared, &play->conversation);
}

static inline void play_time(struct play *play, int64_t passed_ns)
{
    play->shared.moment.frame++;
    play->shared.moment.time_ns += passed_ns;
    play->shared.now_ns = play->shared.moment.time_ns;
}

/* In memory of exactly its size, so that a sanitizer sees what is read beyond it. */
static inline void play_piece(struct play *play, enum side side, struct bytes piece, size_t length)
{
    uint8_t *copy = malloc(piece.len ? piece.len : 1);
    assert_non_null(copy);
    if (piece.len > 0)
        memcpy(copy, piece.at, piece.len);
    play_time(play, 1000000);
    if (play->conversation.transport == TRANSPORT_UDP)
        session_datagram(&play->session, side, bytes_of(copy, piece.len), length, play->shared.moment);
    else
        session_data(&play->session, side, bytes_of(copy, piece.len), play->shared.moment);
    free(copy);
}

/* A message under construction: names are written with periods, everything else in hex, spaces do not count.
 * `1234 8400 0001 0000 0000 0000 'www.example' 0001 0001` */
static inline struct bytes play_build(const char *words, uint8_t *ret_message)
{
    size_t length = 0;
    while (*words) {
        assert_true(length + 70 < PLAY_MESSAGE);
        if (*words == ' ') {
            words++;
        } else if (*words == '\'') {
            words++;
            while (*words != '\'') {
                size_t label = strcspn(words, ".'");
                ret_message[length++] = (uint8_t)label;
                memcpy(ret_message + length, words, label);
                length += label;
                words += label + (words[label] == '.');
            }
            ret_message[length++] = 0;
            words++;
        } else {
            unsigned value;
            assert_int_equal(sscanf(words, "%2x", &value), 1);
            ret_message[length++] = (uint8_t)value;
            words += 2;
        }
    }
    return bytes_of(ret_message, length);
}

static inline void play_say(struct play *play, enum side side, const char *words)
{
    uint8_t message[PLAY_MESSAGE + 2];
    struct bytes built = play_build(words, message + 2);
    if (play->conversation.transport == TRANSPORT_UDP) {
        play_piece(play, side, built, built.len);
        return;
    }
    message[0] = (uint8_t)(built.len >> 8);
    message[1] = (uint8_t)built.len;
    for (struct bytes rest = bytes_of(message, built.len + 2); rest.len > 0; rest = bytes_skip(rest, play->cut))
        play_piece(play, side, bytes_first(rest, play->cut), 0);
}

static inline void play_ask(struct play *play, const char *words)
{
    play_say(play, SIDE_CLIENT, words);
}

static inline void play_answer(struct play *play, const char *words)
{
    play_say(play, SIDE_SERVER, words);
}

static inline void play_end(struct play *play, const char *expected)
{
    session_end(&play->session, END_CAPTURE);
    session_shared_done(&play->shared);
    names_free(play->shared.names);
    port_map_free(play->shared.ports);
    assert_int_equal(play->budget.used, 0);
    assert_string_equal(play->written, expected);
}

#endif
