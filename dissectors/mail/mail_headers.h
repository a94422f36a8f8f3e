/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the headers of one message said so far, and who reads which of them.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_HEADERS_H
#define OVERHEAR_DISSECTORS_MAIL_HEADERS_H

#include "mail_fields.h"
#include "mail_header.h"
#include "mail_scan.h"

#include <assert.h>

enum {
    MAIL_HOP_BYTES = 256, /* of one text of a Received line */
    MAIL_SERVER_BYTES = 128,
    MAIL_HOP_TEXTS = MAIL_RECEIVED_FOR + 1,
};

/* One line of the Received chain. */
struct mail_hop {
    struct {
        uint8_t at[MAIL_HOP_BYTES];
        uint16_t length;
    } texts[MAIL_HOP_TEXTS]; /* enum mail_received_member; length 0: not said */
    bool cut;
    bool has_time;
    int64_t time_ns;
};

struct mail_headers {
    uint64_t seen;     /* bit i: row i of the table in mail_header.c */
    uint64_t repeated; /* which of them stood more often than they may */
    uint32_t surplus;
    unsigned authors; /* addresses in From */
    bool finished;
    bool has_date;
    bool has_eight_bit;
    unsigned eight_bit_field; /* the first with bytes beyond ASCII */
    int64_t date_ns;
    uint32_t hops;
    bool has_hop; /* the newest one that is not written yet: it waits for the one before it */
    struct mail_hop hop;
    bool has_newest;
    int64_t newest_ns, oldest_ns;
    int64_t slowest_ns;
    uint8_t slowest[MAIL_SERVER_BYTES];
    uint16_t slowest_length;
};

static_assert(sizeof(struct mail_headers) <= MAIL_HEADERS_BYTES, "the stream keeps room for it");

/* One field in hand. */
struct mail_take {
    struct emitter *emitter;
    struct mail_headers *headers;
    struct record *record;
    struct bytes value;
    unsigned field; /* where it goes */
};

/* mail_ambiguity.c: whether a text that was decoded has CR, LF or NUL in it */
bool mail_has_line_end(struct bytes text);

/* mail_received.c */
void mail_received_read(struct bytes value, struct mail_hop *ret_hop);
void mail_take_received(const struct mail_take *take);
void mail_received_finish(struct mail_headers *headers, struct record *record);

/* mail_authentication.c */
void mail_take_dkim(const struct mail_take *take);
void mail_take_authentication(const struct mail_take *take);
void mail_take_received_spf(const struct mail_take *take);

/* mail_arc.c */
void mail_take_arc_seal(const struct mail_take *take);
void mail_take_arc_authentication(const struct mail_take *take);

/* mail_explain.c: what is worth saying when all headers are known. */
void mail_explain(const struct mail_headers *headers, struct record *record, int64_t seen_ns);

/* The moment to which dates in the message are held: when its first byte was seen. */
int64_t mail_seen_ns(const struct emitter *emitter, const struct record *record);

#endif
