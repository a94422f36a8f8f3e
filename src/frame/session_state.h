/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the frame floor share about one session. Private to this room.
 */
#ifndef OVERHEAR_FRAME_SESSION_STATE_H
#define OVERHEAR_FRAME_SESSION_STATE_H

#include "charset.h"
#include "session.h"

/* From this byte of a side on, the bytes were seen at that moment. */
struct mark {
    uint64_t offset;
    struct moment moment;
};

/* Bytes of one side that wait: for the rest of their message, or for a dissector. */
struct pending {
    uint8_t *at;
    size_t length;
    size_t passed, capacity; /* bytes before `at` that are done with, and of all of the block */
    struct mark *marks;      /* in the order of their offsets; the first may lie before the pending bytes */
    size_t mark_count;
    size_t marks_passed, mark_capacity;
};

struct side_state {
    struct pending pending;
    uint64_t offset;         /* of the first byte not yet consumed, from the beginning of this side */
    size_t seen;             /* pending bytes that `frame` has looked at */
    uint64_t message_length; /* of the message that is being gathered, once known; else 0 */
    uint64_t body_left;      /* of a body that flows through */
    uint64_t pass_over;      /* bytes that belong to a message too long to be gathered */
    uint64_t nonsense;       /* bytes passed over since the last message */
    uint64_t unheard;        /* bytes lost while it was nobody's: whose it becomes is told */
    bool in_body, until_end;
    bool in_piece;   /* a body that is not to be cut, since where it ends means something to who measured it */
    bool heard;      /* something of it was delivered */
    bool lost;       /* looking for the next message */
    bool torn;       /* because of a gap */
    bool incomplete; /* the body in hand has lost bytes */
    bool ended;
    bool refused;    /* no dissector wanted this side's first bytes */
    bool switched;   /* what waits and what comes is a deflate stream now; not yet acted upon */
    bool unreadable; /* a deflate stream that cannot be inflated any more */
};

struct transaction_node {
    struct transaction transaction;
    struct transaction_node *older, *younger;
};

struct inflater;
struct object_node;

struct emitter {
    struct session *session;
    const char *next_dissector; /* set by emit_hand_over */
};

struct session_state {
    const struct dissector *dissector; /* NULL: not decided yet, or nobody's */
    void *state;                       /* the dissector's */
    bool opaque;                       /* nobody's, for good */
    bool swapped;                      /* see session_take_swap */
    bool spoke;                        /* a record or anomaly carried the roles of this conversation */
    bool in_doubt;                     /* bytes were lost: an answer may belong to another request than it seems, */
    bool answered_since;               /* until the server has spoken and the client asks while nothing is open */
    bool opened_since;                 /* a transaction, since those that were open came to be in doubt */
    uint8_t attempts;                  /* datagrams, or segments in mid-stream, that nobody wanted */
    uint32_t excluded;                 /* bits of the registry's dissectors that said it is not theirs */
    const char *wanted;                /* a dissector that the one before named */
    bool disagreement_said;            /* what came then was something else */
    uint64_t meant_for;                /* a host, as a number, for which the one before opened a tunnel; 0: none */
    struct transaction_node *oldest, *youngest;
    size_t transaction_count;
    struct object_node *oldest_object, *youngest_object;
    size_t object_count;
    struct inflater *inflaters[2]; /* of a body of that side */
    struct inflater *streams[2];   /* of the whole side, once it is compressed */
    uint64_t announced;            /* see emit_announced */
    struct side_state sides[];     /* two; of UDP none */
};

static inline bool session_is_stream(const struct session *session)
{
    return session->conversation->transport == TRANSPORT_TCP;
}

/* When the bytes in hand were seen; where there are none, it is now. */
static inline struct moment session_heard(const struct session_shared *shared)
{
    return shared->heard.frame ? shared->heard : shared->moment;
}

/* pending.c */
bool pending_append(struct session *session, enum side side, struct bytes data, struct moment moment);
void pending_consume(struct session *session, enum side side, size_t n);
void pending_free(struct session *session, enum side side);
void pending_forget_marks(struct pending *pending);
/* The memory of one that was taken out of its side. */
void pending_release(struct budget *budget, struct pending *pending);
struct moment pending_moment(const struct side_state *state, uint64_t offset, struct moment otherwise);
/* How many pending bytes from `offset` on were seen at one moment, at least; past the last mark, any number. */
uint64_t pending_seen_together(const struct side_state *state, uint64_t offset);

/* beginning.c: it is somebody's now: give what waits on both sides to the framing loop */
void side_run_beginnings(struct session *session);

/* side.c: run the framing loop over what a side says */
void side_run(struct session *session, enum side side, struct bytes data, struct moment moment);
void side_gap(struct session *session, enum side side, uint64_t length);
/* It is somebody's now, who does not know yet what was lost before. */
void side_tell_unheard(struct session *session);
/* `cleanly`: by FIN, so that a body that goes on until the end is complete. */
void side_end(struct session *session, enum side side, bool cleanly, struct moment moment);

/* route.c: decide whose conversation it is; `final`: no more bytes will come to tell. */
void route_stream(struct session *session, bool final);
bool route_datagram(struct session *session, enum side *side, struct bytes data);
/* The conversation is again this dissector's, whose state that was. False where memory is out. */
bool route_resume(struct session *session, const struct dissector *dissector, const struct remainder *remainder);
/* Its index in the registry. */
unsigned route_index(const struct dissector *dissector);
/* The dissector's time here is over: transactions abandoned, its state freed. */
void route_release(struct session *session, enum end_reason reason);

/* blocks.c: session->state, zeroed; false where memory is out. */
bool session_take_state(struct session *session);
/* What is left when no dissector holds anything any more. */
void session_give_state(struct session *session);
/* The state of a dissector, zeroed, in session->state->state; false where memory is out. */
bool session_take_own(struct session *session, const struct dissector *dissector);
void session_give_own(struct session *session, const struct dissector *dissector);
void session_blocks_done(struct session_shared *shared);

/* transactions.c */
void transactions_shared_done(struct session_shared *shared);
void objects_shared_done(struct session_shared *shared);
void transactions_abandon_all(struct session *session);
void transactions_expire(struct session *session);
/* Bytes between messages are lost, and with them perhaps whole messages: until both sides are in step again, no record
 * may look as if it were known that question and answer belong together. Where only one direction was captured, nothing
 * of the other one is ever heard, and there is nothing to confuse. */
void transactions_doubt(struct session *session, enum side side);
/* The first message of a side. */
void transactions_heard(struct session *session, enum side side);

/* Give the conversation to a dissector by name, without asking anybody. False where memory is out. */
bool route_announced(struct session *session, const char *dissector_name, bool swap);
/* A conversation that was announced belongs to whom the announcement names: at once where that is `certain`, else only
 * where nobody recognises it. */
bool session_take_announced(struct session *session, bool certain);

/* objects.c */
void objects_abandon_all(struct session *session);
/* What their records say so far is whole, whatever breaks off now. */
void objects_keep_whole(struct session_state *session);

/* expect.c */
struct announced_as {
    bool swap;    /* the listener is the conversation's source */
    bool certain; /* the listener is an end of the conversation that announced it: nobody spoke for a third host */
};
/* The announcement that this conversation answers; 0: none. */
uint64_t expectation_match(struct session_shared *shared, const struct conversation *conversation,
                           const char **ret_dissector, struct announced_as *ret_as);
/* It has come: nobody else is taken for it. */
void expectation_take(struct session_shared *shared, const struct conversation *conversation, uint64_t number);
void expectations_free(struct expectations *expectations);

#endif
