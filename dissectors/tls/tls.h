/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TLS 1.0 to 1.3 (RFC 8446, RFC 5246 and what came before), SSL 3.0, and the hello of SSL 2.0: what a listener without
 * keys learns from the handshake. What the files of this room share. docs/tls.md says what is chosen and what is not
 * told.
 *
 *   tls.c              the hooks: what comes, and when a handshake is over
 *   tls_record.c       probe, and where records begin and end
 *   tls_handshake.c    handshake messages one by one
 *   tls_hello.c        ClientHello and ServerHello
 *   tls_sslv2.c        the same of SSL 2.0
 *   tls_extensions.c   their extensions
 *   tls_ambiguity.c    what two readers take for two things
 *   tls_fingerprint.c  JA3, JA3S, JA4
 *   tls_certificate.c  Certificate messages
 *   tls_alert.c        alerts
 *   tls_complete.c     what is known only when both sides were heard
 *   tls_names.c        numbers and names; tls_suites.c those of cipher suites
 *   tls_fields.c       the tables
 *
 * A record may not depend on which side's packets were captured first, so what compares both sides is done when the
 * record is written. Left out on purpose: decryption, DTLS, QUIC, and JA4S, which has another licence.
 */
#ifndef OVERHEAR_DISSECTORS_TLS_H
#define OVERHEAR_DISSECTORS_TLS_H

#include "overhear/dissector.h"
#include "tls_names.h"

enum {
    TLS_HEADER_BYTES = 5,
    TLS_RECORD_BYTES = 16384 + 2048,  /* longest record (RFC 5246 6.2.3) */
    TLS_HANDSHAKE_BYTES = 128 * 1024, /* longest handshake message that is read */
    TLS_GATHER_BYTES = 192 * 1024,    /* of records that hold one, headers included */
    TLS_MESSAGE_BYTES = 256 * 1024,   /* more than these and one record */
    TLS_SEARCH_BYTES = 1024 * 1024,   /* passed over in search of a record, then the side is left alone */
    TLS_LIST_VALUES = 1024,           /* longest list of numbers that is recorded and fingerprinted */
    TLS_CERTIFICATES = 12,            /* of one list that are opened */
    TLS_ALERTS = 8,                   /* of one side that are recorded */
    TLS_PLAIN_BYTES = 120,            /* of an answer that is no TLS */
};

enum tls_field {
    TLS_VERSION_PROTOCOL,
    TLS_VERSION,
    TLS_CIPHER,
    TLS_CURVE,
    TLS_ESTABLISHED,
    TLS_RESUMED,
    TLS_NEXT_PROTOCOL,
    TLS_HELLO_RETRY,
    TLS_RENEGOTIATION,
    TLS_CLIENT_SERVER_NAME,
    TLS_CLIENT_JA3,
    TLS_CLIENT_JA4,
    TLS_CLIENT_VERSIONS,
    TLS_CLIENT_CIPHERS,
    TLS_CLIENT_EXTENSIONS,
    TLS_CLIENT_GROUPS,
    TLS_CLIENT_KEY_SHARES,
    TLS_CLIENT_SIGNATURES,
    TLS_CLIENT_ALPN,
    TLS_CLIENT_COMPRESSIONS,
    TLS_CLIENT_ECH,
    TLS_CLIENT_SESSION_TICKET,
    TLS_CLIENT_EARLY_DATA,
    TLS_CLIENT_EARLY_DATA_BYTES,
    TLS_CLIENT_CERTIFICATE_SENT,
    TLS_CLIENT_CERTIFICATE, /* the first of TLS_CERTIFICATE_FIELDS */
    TLS_SERVER_JA3S = TLS_CLIENT_CERTIFICATE + 14,
    TLS_SERVER_EXTENSIONS,
    TLS_SERVER_COMPRESSION,
    TLS_SERVER_SIGNATURE,
    TLS_SERVER_DH_BITS,
    TLS_SERVER_DOWNGRADE,
    TLS_SERVER_SESSION_TICKET,
    TLS_SERVER_TICKET_LIFETIME,
    TLS_SERVER_OCSP_STAPLED,
    TLS_SERVER_SCTS,
    TLS_SERVER_CERTIFICATE_REQUESTED,
    TLS_SERVER_PLAIN_ANSWER,
    TLS_SERVER_CERTIFICATE,
    TLS_ALERT_LIST = TLS_SERVER_CERTIFICATE + 14,
    TLS_FIELD_COUNT,
};

/* The fields of a certificate, from TLS_CLIENT_CERTIFICATE or TLS_SERVER_CERTIFICATE on. */
enum tls_certificate_field {
    CERTIFICATE_SUBJECT,
    CERTIFICATE_ISSUER,
    CERTIFICATE_NOT_BEFORE,
    CERTIFICATE_NOT_AFTER,
    CERTIFICATE_SHA256,
    CERTIFICATE_SERIAL,
    CERTIFICATE_ALTERNATIVE_NAMES,
    CERTIFICATE_KEY_ALGORITHM,
    CERTIFICATE_KEY_SIZE,
    CERTIFICATE_KEY_CURVE,
    CERTIFICATE_SIGNATURE,
    CERTIFICATE_SELF_SIGNED,
    CERTIFICATE_CHAIN_LENGTH,
    CERTIFICATE_CHAIN,
    TLS_CERTIFICATE_FIELDS,
};

enum tls_chain_member { CHAIN_SUBJECT, CHAIN_ISSUER, CHAIN_NOT_BEFORE, CHAIN_NOT_AFTER, CHAIN_SHA256, CHAIN_KEY };
enum tls_alert_member { ALERT_SIDE, ALERT_LEVEL, ALERT_DESCRIPTION, ALERT_ENCRYPTED };

extern const struct dataset tls_dataset;

enum tls_content { /* of a record */
                   TLS_CHANGE_CIPHER_SPEC = 20,
                   TLS_ALERT = 21,
                   TLS_HANDSHAKE = 22,
                   TLS_APPLICATION_DATA = 23,
                   TLS_HEARTBEAT = 24,
};

enum tls_message_type { /* of a handshake message */
                        TLS_HELLO_REQUEST = 0,
                        TLS_CLIENT_HELLO = 1,
                        TLS_SERVER_HELLO = 2,
                        TLS_NEW_SESSION_TICKET = 4,
                        TLS_HELLO_RETRY_REQUEST = 6, /* up to draft 21; later a ServerHello with a certain random */
                        TLS_ENCRYPTED_EXTENSIONS = 8,
                        TLS_CERTIFICATE = 11,
                        TLS_SERVER_KEY_EXCHANGE = 12,
                        TLS_CERTIFICATE_REQUEST = 13,
                        TLS_SERVER_HELLO_DONE = 14,
                        TLS_CERTIFICATE_VERIFY = 15,
                        TLS_CLIENT_KEY_EXCHANGE = 16,
                        TLS_FINISHED = 20,
                        TLS_CERTIFICATE_URL = 21,
                        TLS_CERTIFICATE_STATUS = 22,
                        TLS_SUPPLEMENTAL_DATA = 23,
                        TLS_NEXT_PROTOCOL_MESSAGE = 67,
};

/* --- the state of a conversation --- */

enum tls_phase {
    TLS_PHASE_START,   /* nothing seen of this side */
    TLS_PHASE_RECORDS, /* a record begins */
    TLS_PHASE_SEARCH,  /* lost: a record is looked for */
    TLS_PHASE_SSLV2,   /* records of SSL 2.0 */
    TLS_PHASE_OPAQUE,  /* left alone until the end */
};

/* What flows through `message` as a body. */
enum tls_body {
    TLS_BODY_NONE,
    TLS_BODY_RECORD,  /* a record whose content is not looked at */
    TLS_BODY_SKIPPED, /* a part of a handshake message that is too long */
    TLS_BODY_SSLV2,
    TLS_BODY_STRAY, /* bytes between records */
    TLS_BODY_PLAIN, /* an answer that is no TLS, until the end */
    TLS_BODY_OVER,  /* an empty one: TLS was taken off again, as FTP's CCC does, and what follows is plain text */
};

/* How far `frame` has walked over pending records that hold one handshake message. */
struct tls_walk {
    size_t offset;     /* of the next record that was not walked */
    uint32_t need;     /* bytes missing of the message in hand */
    uint8_t header[4]; /* of the message, as far as it was there */
    uint8_t header_have;
};

struct tls_side {
    enum tls_phase phase;
    enum tls_body body;
    struct tls_walk walk;
    uint8_t record_type; /* of the body */
    uint32_t record_length;
    uint64_t body_left, body_lost; /* lost: how much of the last one was missing at its end */
    uint32_t skip;                 /* bytes still to come of a handshake message that is not read */
    bool change_cipher;            /* from here on, handshake records are encrypted */
    bool unsure;                   /* after a gap: a handshake record may begin in the middle of a message */
    bool gap;                      /* a part of this side was lost */
    bool lost_beginning;           /* and it was the first part */
    bool malformed_said;
    bool application;            /* application data was seen */
    bool plain_said, plain_done; /* of an answer that is no TLS: told; its first line is over */
    bool plain_before;           /* text where this side's first record should be; not said yet */
    uint64_t stray_bytes;
};

struct tls_state {
    struct tls_side sides[2]; /* by enum side */
    bool midstream;
    bool started;    /* something was read, not only passed over */
    bool hello_seen; /* of either kind, in clear */
    bool reversed;   /* SIDE_SERVER is the one that said ClientHello, as in FTP's active data connections */
    bool closed;     /* the record of the handshake is written */
    bool tls13;      /* the last handshake chose it */
    unsigned handshakes;
};

struct tls_alert {
    uint8_t level, description;
    bool encrypted;
    bool late; /* this side's handshake was over */
};

/* What one side did in a handshake, by enum side. */
struct tls_half {
    bool any;         /* a message of the handshake, or an alert */
    bool hello;       /* the one that counts: not a HelloRetryRequest */
    bool hello_done;  /* the flight of a full handshake */
    bool certificate; /* a list of certificates, perhaps empty */
    bool has_certificate;
    bool change_cipher;
    bool finished; /* an encrypted handshake record after ChangeCipherSpec */
    bool gap;
    uint32_t old_records; /* SSL 2.0, after the hello */
    bool old_master_key;
    uint32_t application_records;
    uint32_t first_application; /* length of the first */
    bool early_over;            /* EndOfEarlyData, or */
    bool early_finished;        /* a record as long as Finished */
    uint64_t early_bytes;
    uint8_t alert_count;
    struct tls_alert alerts[TLS_ALERTS];
};

/* What is to be said about a certificate when the names asked for are known. */
struct tls_certificate_facts {
    bool present;
    int64_t seen_ns, not_before_ns, not_after_ns;
    unsigned key_bits, name_count;
    bool is_ec, weak_signature, self_signed, self_issued;
    char common_name[256];
};

struct tls_transaction {
    struct tls_half halves[2]; /* by enum side */
    unsigned version;          /* as the server chose it, a draft as such; 0: not known */
    unsigned cipher_code;
    const char *cipher; /* its name; NULL: not known */
    bool offers_early_data, offers_ech, offers_13, names_server;
    bool client_retried;  /* a second ClientHello */
    bool other_name_said; /* and it names another server */
    uint64_t server_name_hash;
    bool resumed_by_key;    /* TLS 1.3, SSL 2.0 */
    bool server_broken_off; /* the end of its hello is lost */
    bool same_session;      /* the server repeats the session identifier that it was given */
    bool new_ticket;
    bool certificate_requested;
    uint8_t client_session[32], server_session[32];
    uint8_t client_session_length, server_session_length;
    struct tls_certificate_facts server;
};

static inline struct tls_transaction *tls_transaction_of(struct transaction *transaction)
{
    return transaction->state;
}

/* The one block to work in: handshake messages that came in several records, and what is made of them. */
struct tls_scratch {
    uint8_t handshake[TLS_MESSAGE_BYTES];
    uint16_t values[TLS_LIST_VALUES];
    size_t length;
    uint8_t text[3 * 7 * TLS_LIST_VALUES];
};

/* --- records (tls_record.c) --- */

enum probe tls_probe(const struct conversation *conversation, enum side side, struct bytes first);
struct framing tls_frame(void *state, enum side side, struct bytes pending, size_t seen);

/* A handshake message in clear, as far as its first bytes tell. */
bool tls_is_handshake(struct bytes content);

/* A record in clear although this side has changed ciphers: TLS 1.3 sends ChangeCipherSpec for show. */
bool tls_is_clear_hello(struct bytes content, size_t record_length);

/* --- messages --- */

/* What the hooks hand on. */
struct tls_input {
    struct tls_state *state;
    struct emitter *emitter;
    const struct message *message;
    struct tls_scratch *scratch;
    enum side side;
    struct transaction *transaction;
};

/* The side is in the part of the client. */
static inline bool tls_is_client(const struct tls_state *state, enum side side)
{
    return (side == SIDE_CLIENT) != state->reversed;
}

static inline struct tls_half *tls_half_of(const struct tls_input *input)
{
    return &tls_transaction_of(input->transaction)->halves[input->side];
}

/* Something is wrong with a message of this side: said once a side. */
void tls_malformed(const struct tls_input *input, unsigned type, size_t length);

/* One handshake message in clear, without its header; `whole`: not cut short. False: it is none. */
bool tls_take_handshake(struct tls_input *input, unsigned type, struct bytes body, bool whole);

void tls_client_hello(struct tls_input *input, struct bytes body, bool whole);
void tls_server_hello(struct tls_input *input, struct bytes body, bool whole);
void tls_hello_retry(struct tls_input *input, struct bytes body);
void tls_certificate(struct tls_input *input, struct bytes body, bool whole);
/* One certificate without a list around it. */
void tls_certificate_alone(struct tls_input *input, struct bytes der);
void tls_alert(struct tls_input *input, struct bytes content, size_t record_length);

/* SSL 2.0: is it a hello? `whole`: these are all the bytes of its record. */
enum probe tls_probe_sslv2(struct bytes first);
bool tls_sslv2_client_hello(struct tls_input *input, struct bytes record);
bool tls_sslv2_server_hello(struct tls_input *input, struct bytes record);

/* What was chosen, by the server. */
void tls_take_version(struct tls_input *input, unsigned version);
void tls_take_cipher(struct tls_input *input, unsigned code, unsigned digits);

/* --- what two readers take for two things (tls_ambiguity.c) --- */

struct tls_hello;

/* The first name of kind 0 in the extension server_name; none: empty. */
struct bytes tls_server_name(struct bytes body);

/* A number for a name, in which capital and small letters are the same. */
uint64_t tls_name_hash(struct bytes name);

/* Tell what is odd about the extensions of a client's hello, which are whole. */
void tls_tell_odd_hello(struct tls_input *input, const struct tls_hello *hello);

/* Tell where the hello names another host than the tunnel that it came through. */
void tls_tell_other_host(struct tls_input *input, const struct tls_hello *hello);

/* Of a further hello of the same handshake: tell where it names another server. */
void tls_tell_other_name(struct tls_input *input, const struct tls_hello *hello);

/* --- hellos and their extensions (tls_hello.c, tls_extensions.c) --- */

/* Views of the message. */
struct tls_hello {
    unsigned version;
    struct bytes random, session, ciphers, compressions, extensions;
    unsigned cipher, compression; /* of a server */
    bool whole;                   /* read to its end without a contradiction */
    /* from the extensions */
    unsigned extension_count;
    bool has_server_name, has_early_data, has_key, has_ech;
    struct bytes groups, point_formats, signatures, versions, protocols, server_name;
    unsigned selected_version;
};

bool tls_extension_next(struct reader *extensions, unsigned *ret_type, struct bytes *ret_body);
void tls_client_extensions(struct tls_input *input, struct tls_hello *hello);
void tls_server_extensions(struct tls_input *input, struct tls_hello *hello, bool retry);

/* The next name of a list of ALPN. */
bool tls_protocol_next(struct reader *protocols, struct bytes *ret_name);

typedef const char *tls_name_function(unsigned code);

/* Add a name, or its number where it has none, in that many hexadecimal digits. */
void tls_record_name(struct record *record, unsigned field, tls_name_function *name_of, unsigned code, unsigned digits);
/* A list of 16-bit numbers. */
void tls_record_list(struct tls_input *input, unsigned field, tls_name_function *name_of, struct bytes list);

/* --- fingerprints (tls_fingerprint.c) --- */

/* False: one list has more than TLS_LIST_VALUES entries. */
bool tls_ja3(struct tls_scratch *scratch, const struct tls_hello *hello, char ret_hex[33]);
bool tls_ja3s(struct tls_scratch *scratch, const struct tls_hello *hello, char ret_hex[33]);
enum { TLS_JA4_SIZE = 37 };
bool tls_ja4(struct tls_scratch *scratch, const struct tls_hello *hello, char ret_text[TLS_JA4_SIZE]);

/* --- the end of a handshake (tls_complete.c) --- */

/* Have both sides done their part? */
bool tls_is_complete(const struct tls_state *state, const struct tls_transaction *handshake);
bool tls_half_is_over(const struct tls_state *state, const struct tls_transaction *handshake, enum side side);

/* What is known only now; then the record may be written. */
void tls_fill(const struct tls_state *state, struct transaction *transaction, bool complete);

/* --- certificates against names (tls_certificate.c) --- */

/* Does `pattern`, perhaps with a star for its first label, name this host? */
bool tls_name_matches(struct bytes pattern, struct bytes host);
void tls_explain_certificate(struct record *record, const struct tls_transaction *handshake);

#endif
