/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arbitrary bytes become a conversation on one port: the first byte of each piece says which side speaks and how
 * (data, gap, ICMP error, time passing), the second how long the piece is. Each piece is copied into memory of exactly
 * its length, so that the sanitizer sees every read beyond it.
 */
#ifndef OVERHEAR_FUZZ_SESSION_HARNESS_H
#define OVERHEAR_FUZZ_SESSION_HARNESS_H

#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "util/budget.h"

#include <stdlib.h>

static inline void fuzz_drop_record(void *context, const struct record *record)
{
    (void)context;
    if (!record->dataset)
        abort();
}

static inline void fuzz_piece(struct session *session, unsigned how, struct bytes piece)
{
    enum side side = how & 1 ? SIDE_SERVER : SIDE_CLIENT;
    struct session_shared *shared = session->shared;
    shared->moment.frame++;
    shared->moment.time_ns += how & 0x40 ? (int64_t)LIMIT_TRANSACTION_SECONDS * 1100000000 : 1000000;
    shared->now_ns = shared->moment.time_ns;
    uint8_t *copy = malloc(piece.len ? piece.len : 1);
    if (!copy)
        return;
    if (piece.len > 0)
        memcpy(copy, piece.at, piece.len);
    struct bytes data = bytes_of(copy, piece.len);
    if (session->conversation->transport == TRANSPORT_UDP)
        session_datagram(session, side, data, piece.len + (how & 2 ? 10 : 0), shared->moment);
    else if ((how & 0x0e) == 2)
        session_gap(session, side, piece.len);
    else if ((how & 0x3e) == 4)
        session_side_end(session, side);
    else
        session_data(session, side, data, shared->moment);
    free(copy);
}

static inline void fuzz_session(const uint8_t *at, size_t length, uint8_t transport, uint16_t port)
{
    struct budget budget;
    budget_init(&budget, 64 << 20);
    struct session_shared shared = {
        .budget = &budget,
        .names = names_new(&budget),
        .ports = port_map_new(),
        .sink = {NULL, fuzz_drop_record},
        .wants_notes = true,
    };
    struct conversation conversation = {
        .id = 1,
        .transport = transport,
        .source = {.ip = {4, {10, 0, 0, 1}}, .port = 50000},
        .destination = {.ip = {4, {10, 0, 0, 2}}, .port = port},
    };
    struct session session;
    struct reader r = reader_of(bytes_of(at, length));
    if (shared.names && shared.ports) {
        session_init(&session, &shared, &conversation);
        conversation.midstream = reader_u8(&r) & 1;
        while (reader_left(&r) > 2) {
            unsigned how = reader_u8(&r);
            size_t n = reader_u8(&r);
            if (how & 0x80)
                n *= 16;
            fuzz_piece(&session, how, reader_take(&r, n < reader_left(&r) ? n : reader_left(&r)));
        }
        session_end(&session, END_CAPTURE);
    }
    session_shared_done(&shared);
    names_free(shared.names);
    port_map_free(shared.ports);
    if (budget.used != 0)
        abort();
}

#endif
