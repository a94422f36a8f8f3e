/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HTTP/1.0 and HTTP/1.1, after RFC 9110 (meaning) and RFC 9112 (form on the wire); also the simple requests of
 * HTTP/0.9. What the files of this room share. docs/http.md says what is chosen where senders disagree.
 *
 *   http.c          the hooks: bodies, chunks, gaps
 *   http_exchange.c heads, and which response belongs to which request
 *   http_frame.c    probe, and where messages begin and end
 *   http_head.c     start lines and header lines
 *   http_body.c     how long a body is
 *   http_chunked.c  the lines between chunks
 *   http_url.c      targets and authorities
 *   http_secrets.c  credentials
 *   http_request.c  what the fields of a request say
 *   http_response.c what the fields of a response say
 *   http_file.c     bodies as files
 *   http_ambiguity.c what two readers take for two things
 *   http_explain.c  observations
 *   http_fields.c   the tables
 *
 * Left out on purpose: HTTP/2 and 3, and what a body says.
 */
#ifndef OVERHEAR_DISSECTORS_HTTP_H
#define OVERHEAR_DISSECTORS_HTTP_H

#include "overhear/dissector.h"

enum {
    HTTP_HEAD_BYTES = 64 * 1024,   /* longest head that is taken apart */
    HTTP_HEADER_LINES = 256,       /* header lines of one message */
    HTTP_METHOD_BYTES = 32,        /* longest word that may be a method */
    HTTP_CHUNK_LINE_BYTES = 4096,  /* longest line before a chunk, extensions included */
    HTTP_SEARCH_LINE_BYTES = 4096, /* longest start line believed while searching for one */
};

enum http_field_index {
    HTTP_VERSION,
    HTTP_REQUEST_METHOD,
    HTTP_REQUEST_BYTES,
    HTTP_REQUEST_BODY_BYTES,
    HTTP_REQUEST_CHUNKS,
    HTTP_REQUEST_REFERRER,
    HTTP_REQUEST_MIME_TYPE,
    HTTP_REQUEST_HEADERS,
    HTTP_REQUEST_COOKIES,
    HTTP_REQUEST_TRAILERS,
    HTTP_RESPONSE_STATUS_CODE,
    HTTP_RESPONSE_STATUS_PHRASE,
    HTTP_RESPONSE_BYTES,
    HTTP_RESPONSE_BODY_BYTES,
    HTTP_RESPONSE_DECODED_BYTES,
    HTTP_RESPONSE_CHUNKS,
    HTTP_RESPONSE_MIME_TYPE,
    HTTP_RESPONSE_HEADERS,
    HTTP_RESPONSE_COOKIES,
    HTTP_RESPONSE_TRAILERS,
    HTTP_RESPONSE_INTERIM,
    HTTP_URL_ORIGINAL,
    HTTP_URL_SCHEME,
    HTTP_URL_DOMAIN,
    HTTP_URL_PORT,
    HTTP_URL_PATH,
    HTTP_URL_QUERY,
    HTTP_URL_FULL,
    HTTP_URL_USERNAME,
    HTTP_USER_NAME,
    HTTP_USER_PASSWORD,
    HTTP_USER_AGENT,
    HTTP_FIELD_COUNT,
};

enum http_cookie_member { HTTP_COOKIE_NAME, HTTP_COOKIE_VALUE, HTTP_COOKIE_ATTRIBUTES };

extern const struct dataset http_dataset;
extern const struct port http_ports[]; /* ended by a zeroed row */

/* --- form: start lines and header lines (http_head.c) --- */

struct http_start {
    struct bytes method, target; /* of a request */
    struct bytes version;        /* `1.1`; empty: none was said */
    unsigned status;             /* of a response */
    bool has_status;             /* three digits are there */
    struct bytes phrase;
    bool odd; /* readable, but not as RFC 9112 wants it */
};

/* `line` without its end. False: nothing of the kind. */
bool http_request_line(struct bytes line, struct http_start *ret_start);
bool http_status_line(struct bytes line, struct http_start *ret_start);

/* `HTTP/1.1`, or with another digit at the end. */
bool http_is_usual_version(struct bytes word);

/* The first line of `rest` without its end, and `rest` moves behind it. `ret_bare` is set, never cleared, where the
 * line ends with LF alone. A last line without end counts as a line. */
struct bytes http_take_line(struct bytes *rest, bool *ret_bare);

struct http_field {
    struct bytes name, value; /* the value without the white space around it; folded lines still in it */
    unsigned folds;           /* lines that continue it */
    bool bad;                 /* no colon, no name, or space before the colon; a name may still be there */
};

struct http_fields {
    struct bytes rest;
    unsigned lines; /* taken so far */
    bool bare_lf;
};

/* The next header line. False at the empty line and at the end. */
bool http_field_next(struct http_fields *fields, struct http_field *ret_field);

/* Room for texts that are put together from a head: together never longer than the head itself and a few words. */
struct http_scratch {
    size_t used;
    uint8_t text[HTTP_HEAD_BYTES + 1024];
};

/* Empty, in the core's block for work. NULL where memory is out. */
struct http_scratch *http_scratch(struct emitter *emitter);

/* Append to the scratch; returns what was appended (cut where it is full). */
struct bytes http_scratch_add(struct http_scratch *scratch, struct bytes text);

/* The value on one line: each fold becomes one space. */
struct bytes http_unfold(struct http_scratch *scratch, struct bytes value);

/* The next element of a list split at `separator`, trimmed; quotes protect separators. `list` moves behind it. False
 * at the end. Elements may be empty. */
bool http_list_next(struct bytes *list, uint8_t separator, struct bytes *ret_element);

/* Of `name=value` (or `name="value"`): the value without quotes of the parameter called `name` in a list split at
 * `separator`. False: not there. */
bool http_parameter(struct bytes list, uint8_t separator, const char *name, struct bytes *ret_value);

/* Decimal digits and nothing else, at most 18 of them after leading zeros. */
bool http_number(struct bytes digits, uint64_t *ret_value);

bool http_is_token(struct bytes word);

static inline bool http_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* --- how long a body is (http_body.c) --- */

enum http_body {
    HTTP_BODY_NONE,
    HTTP_BODY_LENGTH,
    HTTP_BODY_CHUNKED,
    HTTP_BODY_CLOSE,  /* until this side ends */
    HTTP_BODY_TUNNEL, /* another protocol follows */
};

enum http_method { HTTP_METHOD_OTHER, HTTP_METHOD_HEAD, HTTP_METHOD_CONNECT };

/* What the header lines of one message say about its length. */
struct http_lengths {
    unsigned length_lines, transfer_lines;
    bool has_length;
    uint64_t length;        /* the first valid one */
    unsigned other_lengths; /* statements that differ from it */
    bool invalid;           /* a Content-Length that is no number */
    bool chunked;           /* the last transfer coding is chunked */
    bool odd_space;         /* before one of them */
    bool odd_transfer;      /* a transfer coding that is unknown, doubled, empty, or after chunked */
};

void http_lengths_content(struct http_lengths *lengths, struct bytes value);
void http_lengths_transfer(struct http_lengths *lengths, struct bytes value);

struct http_body_choice {
    enum http_body kind;
    uint64_t length;
    unsigned statements; /* of the length; with `readings` > 1 the message is ambiguous */
    unsigned readings;
};

struct http_body_choice http_body_of_request(const struct http_lengths *lengths, bool version_1_0);
/* RFC 9112 section 6.3: a length or coding where none may be. */
bool http_body_is_forbidden(const struct http_lengths *lengths, enum http_method method, unsigned status);
struct http_body_choice http_body_of_response(const struct http_lengths *lengths, bool version_1_0,
                                              enum http_method method, unsigned status);

/* --- the lines between chunks (http_chunked.c) --- */

/* Where the message that is `pending` ends: the line with a chunk's size, before it (`after_data`) the line end of
 * the chunk before. MORE, MESSAGE or NONSENSE (of no length: this is no chunk). */
struct framing http_chunk_framing(struct bytes pending, size_t seen, bool after_data);

/* Read what http_chunk_framing measured. False: no valid size. */
bool http_chunk_size(struct bytes line, bool after_data, uint64_t *ret_size, bool *ret_bare);

/* The first byte of such a line that readers take differently, and one more; 0: there is none. */
unsigned http_chunk_odd_byte(struct bytes line, bool after_data);

/* --- targets (http_url.c) --- */

struct http_url {
    struct bytes scheme, userinfo, username, password;
    struct bytes authority; /* without userinfo */
    struct bytes domain;
    bool has_password, has_port;
    uint16_t port;
    struct bytes path, query;
};

void http_url_parse(struct bytes text, struct http_url *ret_url);
/* `host`, `host:port`, `[v6]:port`, perhaps with userinfo. */
void http_authority_parse(struct bytes text, struct http_url *ret_url);
/* The same host and port, where 80 goes without saying. */
bool http_same_host(const struct http_url *a, const struct http_url *b, bool compare_ports);

/* --- secrets (http_secrets.c) --- */

struct http_secret {
    size_t at, length; /* length 0: none */
};

enum http_scheme { HTTP_SCHEME_BASIC, HTTP_SCHEME_DIGEST, HTTP_SCHEME_BEARER, HTTP_SCHEME_OTHER };

struct http_credentials {
    enum http_scheme scheme;
    struct bytes name;     /* the scheme's */
    struct bytes user;     /* none: not readable */
    struct bytes password; /* or token, as it can be used; none: not readable */
    struct http_secret secret;
};

/* The value of Authorization or Proxy-Authorization, on one line. */
void http_credentials_parse(struct http_scratch *scratch, struct bytes value, struct http_credentials *ret);

/* From the first to the last password in URLs inside `text`. */
struct http_secret http_url_secret(struct bytes text);

/* --- what two readers take for two things (http_ambiguity.c) --- */

/* What Connection says. */
struct http_connection {
    bool drops;                   /* a header by which others tell whose a message is, or where it ends */
    bool upgrade, http2_settings; /* are named */
};
void http_connection(struct http_connection *connection, struct bytes value);

/* A request line at the very beginning of a body, looked for as the body comes. */
enum http_inner { HTTP_INNER_METHOD, HTTP_INNER_TARGET, HTTP_INNER_REST, HTTP_INNER_NONE };
struct http_inner_look {
    enum http_inner state;
    uint16_t passed; /* bytes of the line */
    uint8_t matched; /* of ` HTTP/1.` */
};

/* True once, where `piece` completes a request line. */
bool http_inner_request(struct http_inner_look *look, struct bytes piece);

/* The first byte of a host that no host has, and one more; 0: there is none. */
unsigned http_odd_host_byte(struct bytes host);

/* A name that is nearly Content-Length or Transfer-Encoding: other bytes where the hyphen is, or one more at either
 * end. */
bool http_is_lookalike(struct bytes name);

/* Tell of bytes in `lines` that stand in no header, where there are any. */
void http_tell_odd_bytes(struct emitter *emitter, struct bytes lines);

/* --- a transaction, and the state of a conversation --- */

struct http_half {
    bool seen, complete, incomplete;
    enum http_body body;
    uint64_t wire_bytes, body_bytes, announced;
    uint64_t chunks;
    struct moment last;  /* of its last byte so far */
    struct object *file; /* its body; NULL: it has none */
};

struct http_transaction {
    struct http_half halves[2]; /* by enum side */
    enum http_method method;
    unsigned status;
    bool simple;    /* HTTP/0.9 */
    bool upgrade;   /* asks for another protocol, or for a tunnel */
    bool expects;   /* the client waits for a word before it sends the body */
    bool inflating; /* the core keeps an inflater for the body */
    bool encoded;   /* what it inflates to is known so far */
    bool bomb;
    bool gzip;          /* not deflate */
    bool never_encoded; /* the body is not packed, whatever its head says */
    uint64_t decoded_bytes;
};

static inline struct http_transaction *http_exchange_of(struct transaction *transaction)
{
    return transaction->state;
}

/* Keys of transactions: requests wait for their answer in the order in which they came. */
enum { HTTP_KEY_WAITING, HTTP_KEY_ANSWERED };

enum http_phase {
    HTTP_PHASE_HEAD,       /* a message begins */
    HTTP_PHASE_SEARCH,     /* lost: the next start line is searched for */
    HTTP_PHASE_BODY,       /* `left` bytes of body */
    HTTP_PHASE_CLOSE,      /* body until this side ends */
    HTTP_PHASE_CHUNK_SIZE, /* the first chunk's line */
    HTTP_PHASE_CHUNK_DATA, /* `left` bytes of chunk */
    HTTP_PHASE_CHUNK_NEXT, /* the line end of one chunk and the line of the next */
    HTTP_PHASE_TRAILER,    /* header lines after the last chunk */
};

struct http_side {
    enum http_phase phase;
    bool line_known; /* the start line that is pending is whole and plausible */
    bool mid_line;   /* SEARCH: pending does not begin at the beginning of a line */
    bool adrift;     /* SEARCH after a gap or a broken body: what is passed over belonged to a message */
    bool bad_chunk;  /* `frame` came upon what is no chunk; not yet said */
    bool bare_lf;    /* said already */
    bool odd_chunk;  /* the same */
    uint64_t left;
    struct transaction *current; /* whose message is coming in; NULL: none, or nobody keeps it */
};

struct http_state {
    struct http_side sides[2];    /* by enum side */
    struct http_inner_look inner; /* in the request's body that is coming in */
    uint32_t tunnels;             /* open requests whose answer may end HTTP here */
    bool simple;                  /* an HTTP/0.9 request waits */
    bool asked;                   /* a request was seen */
    bool version_said;            /* what the version means was told */
    bool client_gap;              /* requests may have been lost */
};

/* --- heads into transactions (http_exchange.c) --- */

struct http_head;

/* A whole head (or with MESSAGE_REST the beginning of one). */
enum verdict http_take_request(struct http_state *state, struct emitter *emitter, const struct message *message);
enum verdict http_take_response(struct http_state *state, struct emitter *emitter, const struct message *message);

/* From now on the transaction has its answer. */
void http_begin_response(struct http_state *state, struct emitter *emitter, struct transaction *transaction,
                         const struct message *message);

/* Header lines, or trailers (`map` says which), into the record. */
void http_take_fields(struct http_side *own, struct emitter *emitter, struct record *record, struct http_head *head,
                      struct http_scratch *scratch, struct bytes rest, unsigned map);
void http_say_bare_lf(struct http_side *own, struct emitter *emitter, bool bare);

/* These bytes belong to the message in hand. */
void http_count(struct http_side *own, const struct message *message);

/* The message that `side` was sending is over; the record is written where that was all that it waited for. */
void http_complete(struct http_state *state, struct emitter *emitter, enum side side);

/* Bytes that cannot be followed any more: the next start line is looked for. The message in hand keeps its bytes
 * until then. */
void http_lose(struct http_side *own, enum side side);

/* Nobody may point to a transaction that goes; and what is known only at the end of it. */
void http_finish(struct http_state *state, struct emitter *emitter, struct transaction *transaction);
void http_forget(struct http_state *state, struct emitter *emitter, struct transaction *transaction);
bool http_body_unwanted(const struct http_transaction *exchange);
void http_fill(struct transaction *transaction);

/* Hooks of http_frame.c. */
enum probe http_probe(const struct conversation *conversation, enum side side, struct bytes first);
struct framing http_frame(void *state, enum side side, struct bytes pending, size_t seen);

/* Methods that are asked with in practice; only they are believed without a version behind them. */
bool http_is_registered_method(struct bytes word);

/* Offset behind the empty line that ends a head; 0: not there yet. Looks from `from` on. */
size_t http_head_end(struct bytes pending, size_t from);

/* --- what header lines say (http_request.c, http_response.c) --- */

enum http_header {
    HTTP_HEADER_OTHER,
    HTTP_HEADER_AGE,
    HTTP_HEADER_AUTHORIZATION,
    HTTP_HEADER_CACHE_CONTROL,
    HTTP_HEADER_CONNECTION,
    HTTP_HEADER_CONTENT_DISPOSITION,
    HTTP_HEADER_CONTENT_ENCODING,
    HTTP_HEADER_CONTENT_LENGTH,
    HTTP_HEADER_CONTENT_RANGE,
    HTTP_HEADER_CONTENT_TYPE,
    HTTP_HEADER_COOKIE,
    HTTP_HEADER_EXPECT,
    HTTP_HEADER_HOST,
    HTTP_HEADER_LOCATION,
    HTTP_HEADER_PROXY_AUTHORIZATION,
    HTTP_HEADER_REFERER,
    HTTP_HEADER_RETRY_AFTER,
    HTTP_HEADER_SET_COOKIE,
    HTTP_HEADER_TRANSFER_ENCODING,
    HTTP_HEADER_UPGRADE,
    HTTP_HEADER_USER_AGENT,
};

enum http_header http_header_of(struct bytes name);

/* What is gathered from the header lines of one head. */
struct http_head {
    struct http_start start;
    struct http_lengths lengths;
    bool expects; /* a word from the server before the body: 100-continue */
    bool odd_expectation;
    bool holds_messages; /* the body is of a type that may be a request itself */
    struct http_connection connection;
    unsigned odd_host; /* the first byte of it that no host has, as far as one was found, and one more */
    struct bytes host;
    unsigned hosts; /* different ones */
    struct bytes content_encoding;
    unsigned codings;
    struct bytes upgrade;
    struct bytes location;
    struct bytes user; /* of Basic */
    struct bytes disposition, content_range;
    bool has_credential; /* that an onlooker could use */
    bool broken_method;  /* perhaps the end of another one */
    bool broken_off;     /* not all of it is there */
    bool broken_line;    /* not even of its first line */
    bool may_hide;       /* there is an @ in the header lines, as before it a URL may have a password */
};

/* What is needed of a header line even where it is not kept. */
void http_gather_field(struct http_head *head, enum http_header header, struct bytes value);

static inline bool http_is_credential(enum http_header header)
{
    return header == HTTP_HEADER_AUTHORIZATION || header == HTTP_HEADER_PROXY_AUTHORIZATION;
}

/* What a header line of a request, unfolded, means beyond its place among the others. */
void http_request_meaning(struct record *record, const struct http_head *head, enum http_header header,
                          struct bytes value);
void http_response_meaning(struct record *record, enum http_header header, struct bytes value);

/* A header line of a request with credentials, which are hidden, and these. */
void http_add_credentials(struct record *record, struct http_head *head, struct http_scratch *scratch,
                          enum http_header header, struct bytes name, struct bytes value);

/* A header line that nobody asks about; passwords in URLs are hidden. */
void http_plain_field(struct record *record, const struct http_head *head, unsigned map, struct bytes name,
                      struct bytes value);
/* The type without its parameters. */
void http_mime_type(struct record *record, unsigned field, struct bytes value);

/* After the last header line of a request: the url.* fields. Returns how many different hosts it asks for. */
unsigned http_request_url(struct record *record, struct emitter *emitter, const struct http_head *head,
                          struct http_scratch *scratch);

/* Tell what is odd about a request whose header is gathered, and look into its body (http_ambiguity.c). */
void http_look_at_request(struct http_state *state, struct emitter *emitter, const struct http_head *head,
                          const struct http_body_choice *choice);

/* Whether the body can be inflated, and how. */
bool http_inflate_format(const struct http_head *head, enum inflate_format *ret_format);

/* --- the body as a file (http_file.c) --- */

/* The head is read and a body follows. */
void http_file_begin(struct emitter *emitter, struct transaction *transaction, const struct http_head *head,
                     const struct message *message);
/* A piece of body, its content coding still on. */
void http_file_piece(struct transaction *transaction, struct emitter *emitter, const struct message *message);

/* Files outlive their transaction by a moment, so that their records stand behind its own. */
struct http_files {
    struct object *file[2]; /* by enum side */
    struct moment last[2];
    bool empty[2], incomplete[2];
    bool doubtful; /* of the exchange something is missing: the file may be another one than it is called */
};
struct http_files http_files_take(struct transaction *transaction);
void http_files_end(struct emitter *emitter, const struct http_files *files);

/* --- observations (http_explain.c) --- */

/* About the value added last. The version is explained once in a conversation. */
void http_explain_version(struct record *record);
void http_explain_credentials(struct record *record, const struct http_credentials *credentials);
void http_explain_set_cookie(struct record *record, struct bytes cookie);
void http_explain_content_range(struct record *record, struct bytes value);
void http_explain_seconds(struct record *record, const char *observation, struct bytes seconds);
void http_explain_cache_control(struct record *record, struct bytes value);

void http_explain_host(struct record *record, const struct http_start *start, struct bytes value);
void http_explain_status(struct record *record, const struct http_head *head, const struct http_transaction *exchange,
                         const struct message *message);
void http_explain_end(struct record *record, const struct http_transaction *exchange);

extern const struct dissector http_dissector;

#endif
