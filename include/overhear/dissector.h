/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The contract of a dissector: a `const struct dissector` in a folder of its own and one line in
 * dissectors/registry.c. docs/dissectors.md shows how with an example.
 *
 * Dissectors do not allocate, free, print, exit or read the clock. Their state is a zeroed block that the
 * core makes with the conversation; what must outlive a hook goes into that block or into the record of a
 * transaction, which the core keeps, counts and ends.
 */
#ifndef OVERHEAR_DISSECTOR_H
#define OVERHEAR_DISSECTOR_H

#include "overhear/record.h"

enum side { SIDE_CLIENT, SIDE_SERVER };

static inline enum side side_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* Do these first bytes, of one side, speak my protocol? The answer may not depend on how the bytes were cut
 * into segments: where they are too few to tell, the answer is MORE. */
enum probe {
    PROBE_NO,
    PROBE_LATER, /* no beginning of it, but one may follow: on a port of ours ask again with more, others may have it */
    PROBE_LAST,  /* no beginning of it, but one follows: on a port of ours, where nobody else wants it */
    PROBE_MORE,  /* a beginning of it; ask again with more */
    PROBE_MAYBE, /* good enough on a port of ours, not elsewhere */
    PROBE_YES,   /* certain, but either side could have said it */
    PROBE_CLIENT, /* certain, and this is what a client says */
    PROBE_SERVER, /* certain, and this is what a server says */
};

/* How long is the next message? */
enum framing_kind {
    FRAMING_MORE,     /* not known yet: at least one byte more is needed */
    FRAMING_MESSAGE,  /* it is `length` bytes: `message` gets them in one piece, when all are there */
    FRAMING_BODY,     /* `length` bytes of body follow, which flow through `message` in pieces as they come */
    FRAMING_PIECE,    /* the next `length` bytes, all of them there, are body; a CR stays with what follows it */
    FRAMING_BODY_END, /* body until this side ends */
    FRAMING_NONSENSE, /* `length` bytes (at least 1) are not of this protocol: pass over them */
};

struct framing {
    enum framing_kind kind;
    uint64_t length;
};

enum message_kind {
    MESSAGE_WHOLE,    /* one message, as `frame` measured it, or one datagram */
    MESSAGE_BODY,     /* a piece of body; never empty */
    MESSAGE_BODY_END, /* the body is complete (or, with `incomplete`, broken off); no bytes */
    MESSAGE_REST,     /* what was left when this side ended, or lost bytes, in the middle of a message */
};

struct message {
    enum message_kind kind;
    enum side side;
    struct bytes bytes;  /* valid until the hook returns */
    uint64_t length;     /* as the sender sent it; more than bytes.len where the capture cut it short */
    bool incomplete;     /* cut by the snap length, a gap or the end */
    struct moment first; /* where its first byte was seen */
    struct moment last;  /* and the last; never before `first` */
};

enum verdict {
    VERDICT_OK,
    VERDICT_NOT_MINE,  /* wrong conversation: another dissector gets the bytes from the start. Only before
                        * the first record, later it counts as OK */
    VERDICT_HAND_OVER, /* what follows this message, on both sides, is another protocol's: the one named with
                        * emit_hand_over, else whoever recognises it */
};

enum end_reason {
    END_FIN,     /* both sides said that they are done */
    END_RST,     /* reset */
    END_TIMEOUT, /* silent for too long, by the capture's clock */
    END_EVICTED, /* memory was needed */
    END_CAPTURE, /* the capture ended */
};

struct port {
    uint8_t transport;    /* TRANSPORT_TCP or TRANSPORT_UDP; 0 ends the list */
    uint16_t port;        /* of the server */
    const char *protocol; /* network.protocol on this port; NULL: the dissector's name */
};

struct emitter;
struct transaction;

/* What of a dissector's state still matters when a conversation over UDP falls silent. */
enum { REMAINDER_NUMBERS = 16 };

struct remainder {
    uint8_t bits, count;
    uint64_t numbers[REMAINDER_NUMBERS]; /* the first `count` of them */
};

struct dissector {
    const char *name;                           /* network.protocol, and the PROTO of -d */
    const char *meaning;                        /* one line for `overhear protocols` */
    const struct port *ports;                   /* ended by a zeroed row */
    const struct dataset *dataset;              /* of its transactions; NULL: it opens none */
    const struct dataset *const *more_datasets; /* of objects that it carries (mail); ended by NULL; may be NULL */
    size_t state_size;                          /* zeroed when the conversation becomes this dissector's */
    size_t transaction_size;                    /* zeroed block beside the record of each transaction */
    uint32_t message_max; /* the longest message taken in one piece; a longer one is passed over */
    bool answers_by_name; /* each answer names its request: bytes lost elsewhere leave no doubt about what belongs to
                           * what. Of all others the core marks as incomplete what was open when bytes between messages
                           * were lost, and what is opened until both sides are in step again */
    bool heeds_others;    /* it asks what other conversations between the same two hosts said (emit_recall), or is
                           * announced by one (emit_expect), or announces: one thread hears them all */

    /* `first`: the bytes of `side` so far, from its beginning (of UDP: the whole datagram). NULL: PROBE_MAYBE. */
    enum probe (*probe)(const struct conversation *conversation, enum side side, struct bytes first);

    /* TCP only; NULL where there are only datagrams. `pending` begins where the last message ended and is
     * never empty; its first `seen` bytes were there at the last call, which answered MORE. The answer may
     * not depend on how the bytes were cut into segments. */
    struct framing (*frame)(void *state, enum side side, struct bytes pending, size_t seen);

    enum verdict (*message)(void *state, struct emitter *emitter, const struct message *message);

    /* `length` bytes of this side are lost. A gap that lies inside a FRAMING_BODY is told too, and then the
     * body goes on; else the next call of `frame` is for the first bytes after it, which may begin in the
     * middle of a message: the dissector finds its way back with FRAMING_NONSENSE. May be NULL. */
    void (*gap)(void *state, struct emitter *emitter, enum side side, uint64_t length);

    /* The core gives this transaction up (its wait is over, the conversation ends, too many are open, an ICMP
     * error came): write what is known. The core closes it afterwards. NULL: the record is written as it is. */
    void (*abandon)(void *state, struct emitter *emitter, struct transaction *transaction);

    /* The conversation is over. Transactions still open have been abandoned. May be NULL. */
    void (*end)(void *state, struct emitter *emitter, enum end_reason reason);

    /* Most conversations over UDP are a question and its answer, and are remembered for long after: their memory is
     * given back in between. `rest` says what of `state` still matters; false: more than a remainder holds. No
     * transaction is open, and conversation->last is that of the last datagram; `wake`, given a zeroed state, finds it
     * the same. What the dissector does afterwards may not tell that it rested. Both NULL, or `end` not NULL: the state
     * is kept to the end. A dissector without state needs neither. */
    bool (*rest)(const void *state, const struct conversation *conversation, struct remainder *ret_remainder);
    void (*wake)(void *state, const struct conversation *conversation, const struct remainder *remainder);
};

/* A transaction: a record in the making that the core keeps between hooks. Pointers stay valid until it is
 * closed or abandoned. */
struct transaction {
    /* First, in a line of the cache with the moments of the record: all that is asked of those that wait. */
    uint64_t key;
    void *state;  /* transaction_size zeroed bytes */
    bool patient; /* set by the dissector: its answer may take longer than LIMIT_TRANSACTION_SECONDS */
    struct record record;
};

/* Open one. `key` finds it again; several may have the same key. The record's first, request or response
 * moments are set from the message and its side. Beyond LIMIT_TRANSACTIONS the oldest is abandoned first.
 * NULL only where memory is out: the message is then passed over. */
struct transaction *transaction_open(struct emitter *emitter, uint64_t key, const struct message *message);

/* After lost bytes: from here on it is certain again which answer belongs to which request. See answers_by_name. */
void emit_in_step(struct emitter *emitter);

/* The oldest open transaction with that key; NULL: none. */
struct transaction *transaction_find(struct emitter *emitter, uint64_t key);

/* The next younger one with the same key; NULL: none. */
struct transaction *transaction_find_next(struct emitter *emitter, struct transaction *after);

/* The oldest open one, and the next younger; NULL: none. */
struct transaction *transaction_oldest(struct emitter *emitter);
struct transaction *transaction_younger(struct emitter *emitter, struct transaction *than);

/* Give the transaction another key. */
void transaction_rekey(struct emitter *emitter, struct transaction *transaction, uint64_t key);

/* Take a message into a transaction: sets request or response where not yet set, and last. */
void transaction_touch(struct transaction *transaction, const struct message *message);

/* Complete: the record is written, the transaction is gone. */
void transaction_close(struct emitter *emitter, struct transaction *transaction);

/* Gone without a record. */
void transaction_drop(struct emitter *emitter, struct transaction *transaction);

/* An object that travels inside a conversation, a mail or a file: a record of its own dataset that the core keeps
 * beside the transactions. Who carries it uses overhear/mail.h and overhear/file.h; this is for who reads it. */
struct object;

struct object_type {
    const struct dataset *dataset;
    size_t state_size; /* zeroed block beside the record, */
    size_t unset_size; /* but for so many bytes at its end, which may hold anything */
    /* The conversation is over and nobody closed the object: write what is known. The core closes it afterwards. */
    void (*abandon)(struct emitter *emitter, struct object *object);
};

struct object {
    struct record record;
    const struct object_type *type;
    void *state;
};

/* NULL where memory is out, or LIMIT_OBJECTS are open in this conversation; the anomaly is reported here. The pointer
 * stays valid until it is closed or dropped; what is still open when the conversation ends (after the dissector's
 * `end`) is abandoned. */
struct object *object_open(struct emitter *emitter, const struct object_type *type, const struct message *message);

/* Complete: the record is written, the object is gone. */
void object_close(struct emitter *emitter, struct object *object);

/* Gone without a record. */
void object_drop(struct emitter *emitter, struct object *object);

/* The end of the message in hand is lost, and with it the end of its last word: that is no name and no number. */
bool emit_broken_off(const struct emitter *emitter);

/* What the core knows of the conversation. */
const struct conversation *emit_conversation(const struct emitter *emitter);

/* The moment of the frame in hand. */
struct moment emit_now(const struct emitter *emitter);

/* False with --no-notes: then nobody reads observations. */
bool emit_wants_notes(const struct emitter *emitter);

void emit_anomaly(struct emitter *emitter, enum anomaly anomaly, uint64_t a, uint64_t b);

/* Which question was answered. */
enum name_kind {
    NAME_FORWARD, /* where is this name? */
    NAME_REVERSE, /* who is at this address? The owner of the address answers what he likes: such a name is never put
                   * in place of a forward one that holds */
};

/* `asker` was told now that `address` is `name`, for `ttl_s` seconds: later records of conversations between the two
 * carry it as source.domain or destination.domain. */
void emit_name(struct emitter *emitter, enum name_kind kind, const struct address *asker, const struct address *address,
               struct bytes name, uint32_t ttl_s);

/* A block of at least `size` bytes to work in until the hook returns; what is in it is not defined. There is one for
 * the whole engine, so that large buffers do not have to stand on the stack: a second call gives the same block. NULL
 * where memory is out: the anomaly is reported here, the dissector passes the message over. */
void *emit_scratch(struct emitter *emitter, size_t size);

/* Remember something across the conversations of the same client and server: `what` is a number that the dissector
 * makes for itself. Only the last LIMIT_RECOLLECTIONS of all conversations are kept. */
void emit_remember(struct emitter *emitter, uint64_t what);

/* When the client and server of this conversation last remembered that. False: never, or it is forgotten. */
bool emit_recall(const struct emitter *emitter, uint64_t what, struct moment *ret_moment);

/* What follows belongs to this dissector (by name); NULL: to whoever recognises it. Used with VERDICT_HAND_OVER. */
void emit_hand_over(struct emitter *emitter, const char *dissector_name);

/* What follows the hand-over is meant for this host, as the client said it: a tunnel. An address, and a name beyond
 * ASCII, say nothing. Called behind emit_hand_over, which forgets what was said before. */
void emit_meant_for(struct emitter *emitter, struct bytes host);

/* Whether it may be for this host, as far as is known: false where the one that handed over named another one. Letters
 * may be capital or small, and a period at the end is none. */
bool emit_may_be_for(const struct emitter *emitter, struct bytes host);

/* Announce a conversation to come (FTP's data connection): the TCP connection to one of these listeners, at most 4,
 * belongs to the dissector of that name. Returns its number, 0 where memory is out. The two share a block of
 * EXPECTATION_BYTES, zeroed at first, that both reach by the number; it is forgotten when LIMIT_EXPECTATIONS younger
 * ones have come. */
enum { EXPECTATION_BYTES = 2048, EXPECTATION_LISTENERS = 4 };
uint64_t emit_expect(struct emitter *emitter, const char *dissector_name, const struct endpoint *listeners,
                     size_t count);

/* It does not come any more. One that has come keeps its block. */
void emit_expect_no_more(struct emitter *emitter, uint64_t number);

/* The shared block; NULL: forgotten. Valid until the hook returns. */
void *emit_expectation(struct emitter *emitter, uint64_t number);

/* The number under which the conversation in hand was announced; 0: it was not. */
uint64_t emit_announced(const struct emitter *emitter);

/* A password, or what serves as one, crossed the wire in clear: counted by protocol and server for the summary. */
void emit_credential(struct emitter *emitter);

/* Text in another character set (a name of IANA's registry, as MIME writes it) becomes UTF-8, by iconv. Returns how
 * many bytes were written, at most `room`. Bytes that are wrong in that character set are copied as they are, and so is
 * all of it where the character set is not known (or is UTF-8 or US-ASCII). */
size_t emit_utf8(struct emitter *emitter, struct bytes charset, struct bytes text, void *ret_text, size_t room);

/* Where the bytes of something go as they come. */
struct byte_sink {
    void *context;
    void (*take)(void *context, struct bytes piece); /* never empty */
};

/* Inflate a body of one side. One at a time for each side. */
enum inflate_format { INFLATE_GZIP, INFLATE_DEFLATE /* zlib, or raw as some servers send it */ };
enum inflate_result {
    INFLATE_OK,
    INFLATE_BAD,  /* not in that format, from here on */
    INFLATE_BOMB, /* LIMIT_INFLATE_BYTES or LIMIT_INFLATE_RATIO reached */
};

/* False where memory is out. */
bool emit_inflate_begin(struct emitter *emitter, enum side side, enum inflate_format format);
/* Adds the bytes that these inflate to, to *decoded_bytes, and gives them to `sink`; NULL: they are only counted. After
 * BAD or BOMB nothing more is inflated. */
enum inflate_result emit_inflate(struct emitter *emitter, enum side side, struct bytes piece, uint64_t *decoded_bytes,
                                 const struct byte_sink *sink);
void emit_inflate_end(struct emitter *emitter, enum side side);

/* From here on this side is a raw deflate stream (RFC 1951), and `frame` sees what it inflates to: of the side in hand
 * what follows the message in hand, of the other side what it sends next. For good: a hole or nonsense in the stream
 * makes the rest of this side unreadable. Offsets and byte counts are then those of the inflated bytes. */
void emit_inflate_stream(struct emitter *emitter, enum side side);

/* Ready framers for `frame`. Each is linear: `seen` bytes are not looked at again. */
struct framing framing_line(struct bytes pending, size_t seen); /* up to and with LF */
struct framing framing_length16(struct bytes pending);          /* a 16-bit length, then that much */

/* All dissectors, ended by NULL: dissectors/registry.c. */
extern const struct dissector *const dissector_registry[];

#endif
