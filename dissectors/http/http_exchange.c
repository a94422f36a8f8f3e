/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Heads become transactions. A request opens one; the oldest one without a final response gets the next response
 * (RFC 9112 section 9.3.2). A record is written when both messages are complete, in whichever order they end, or when
 * the conversation is over.
 */
#include "http.h"

static void set_count(struct record *record, unsigned field, uint64_t count)
{
    record_set_integer(record, field, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

/* The client offered a body, the server answered without wanting it, and so it was never sent. */
bool http_body_unwanted(const struct http_transaction *exchange)
{
    const struct http_half *request = &exchange->halves[SIDE_CLIENT], *response = &exchange->halves[SIDE_SERVER];
    return exchange->expects && response->seen && !request->complete && !request->incomplete &&
           request->body_bytes == 0;
}

/* What is known only when a message has ended. */
void http_fill(struct transaction *transaction)
{
    struct record *record = &transaction->record;
    const struct http_transaction *exchange = http_exchange_of(transaction);
    const struct http_half *request = &exchange->halves[SIDE_CLIENT], *response = &exchange->halves[SIDE_SERVER];
    if (request->seen) {
        set_count(record, HTTP_REQUEST_BYTES, request->wire_bytes);
        set_count(record, HTTP_REQUEST_BODY_BYTES, request->body_bytes);
        if (request->body == HTTP_BODY_CHUNKED)
            set_count(record, HTTP_REQUEST_CHUNKS, request->chunks);
    }
    if (response->seen) {
        set_count(record, HTTP_RESPONSE_BYTES, response->wire_bytes);
        set_count(record, HTTP_RESPONSE_BODY_BYTES, response->body_bytes);
        if (response->body == HTTP_BODY_CHUNKED)
            set_count(record, HTTP_RESPONSE_CHUNKS, response->chunks);
        if (exchange->encoded && response->complete && !response->incomplete)
            set_count(record, HTTP_RESPONSE_DECODED_BYTES, exchange->decoded_bytes);
    }
    bool unwanted = http_body_unwanted(exchange);
    for (int side = 0; side < 2; side++) {
        const struct http_half *half = &exchange->halves[side];
        if (side == SIDE_CLIENT && unwanted)
            continue;
        if (half->seen && (!half->complete || half->incomplete))
            record->incomplete = true;
    }
    if (record->outcome == OUTCOME_NONE)
        record->outcome = OUTCOME_UNKNOWN;
    http_explain_end(record, exchange);
}

/* Nobody may point to a transaction that goes. */
void http_forget(struct http_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct http_transaction *exchange = http_exchange_of(transaction);
    for (int side = 0; side < 2; side++)
        if (state->sides[side].current == transaction)
            state->sides[side].current = NULL;
    if (exchange->upgrade && state->tunnels > 0)
        state->tunnels--;
    exchange->upgrade = false;
    if (exchange->simple)
        state->simple = false;
    if (exchange->inflating)
        emit_inflate_end(emitter, SIDE_SERVER);
    exchange->inflating = false;
}

void http_finish(struct http_state *state, struct emitter *emitter, struct transaction *transaction)
{
    struct http_files files = http_files_take(transaction);
    http_forget(state, emitter, transaction);
    http_fill(transaction);
    transaction_close(emitter, transaction);
    http_files_end(emitter, &files);
}

/* The message that `side` was sending is over. */
void http_complete(struct http_state *state, struct emitter *emitter, enum side side)
{
    struct http_side *own = &state->sides[side];
    struct transaction *transaction = own->current;
    own->current = NULL;
    own->phase = HTTP_PHASE_HEAD;
    if (!transaction)
        return;
    struct http_transaction *exchange = http_exchange_of(transaction);
    struct http_half *half = &exchange->halves[side];
    half->complete = true;
    if (side == SIDE_SERVER && exchange->inflating) {
        emit_inflate_end(emitter, SIDE_SERVER);
        exchange->inflating = false;
        if (exchange->bomb)
            emit_anomaly(emitter, ANOMALY_HTTP_INFLATE_BOMB, half->body_bytes, LIMIT_INFLATE_FREE_BYTES);
    }
    const struct http_half *request = &exchange->halves[SIDE_CLIENT];
    if (exchange->halves[SIDE_SERVER].complete && (request->complete || !request->seen))
        http_finish(state, emitter, transaction);
}

/* Bytes that cannot be followed any more: the next start line is looked for. The message in hand keeps its bytes
 * until then. */
void http_lose(struct http_side *own, enum side side)
{
    own->phase = HTTP_PHASE_SEARCH;
    own->adrift = true;
    own->mid_line = false;
    own->line_known = false;
    own->left = 0;
    if (own->current)
        http_exchange_of(own->current)->halves[side].incomplete = true;
}

void http_count(struct http_side *own, const struct message *message)
{
    if (!own->current)
        return;
    struct http_half *half = &http_exchange_of(own->current)->halves[message->side];
    half->wire_bytes += message->length;
    half->last = message->last;
    transaction_touch(own->current, message);
}

void http_say_bare_lf(struct http_side *own, struct emitter *emitter, bool bare)
{
    if (bare && !own->bare_lf)
        emit_anomaly(emitter, ANOMALY_HTTP_BARE_LF, 0, 0);
    own->bare_lf = own->bare_lf || bare;
}

/* Header lines on their way into a record. */
struct taking {
    struct record *record;
    struct http_head *head;
    struct http_scratch *scratch;
    struct http_fields fields;
    struct record_kept kept;
    unsigned map;
    bool is_header; /* no trailer */
    bool is_kept;   /* all lines are kept as they came, in one piece: nearly always */
    unsigned forbidden_line, lookalike_line, bad_line, folds;
    struct bytes lines; /* all of them */
};

static void add_meaning(struct taking *taking, enum http_header header, struct bytes value)
{
    if (taking->map == HTTP_REQUEST_HEADERS)
        http_request_meaning(taking->record, taking->head, header, value);
    else if (taking->map == HTTP_RESPONSE_HEADERS)
        http_response_meaning(taking->record, header, value);
    if (header == HTTP_HEADER_HOST)
        http_explain_host(taking->record, &taking->head->start, value);
}

/* RFC 9110 section 6.5.1: what says where a message ends, whose it is and what may be done with it. */
static bool is_forbidden_trailer(enum http_header header)
{
    switch (header) {
    case HTTP_HEADER_AUTHORIZATION:
    case HTTP_HEADER_CONTENT_ENCODING:
    case HTTP_HEADER_CONTENT_LENGTH:
    case HTTP_HEADER_CONTENT_RANGE:
    case HTTP_HEADER_CONTENT_TYPE:
    case HTTP_HEADER_COOKIE:
    case HTTP_HEADER_HOST:
    case HTTP_HEADER_LOCATION:
    case HTTP_HEADER_PROXY_AUTHORIZATION:
    case HTTP_HEADER_SET_COOKIE:
    case HTTP_HEADER_TRANSFER_ENCODING:
        return true;
    default:
        return false;
    }
}

/* Most names are not as long, or begin with another letter. */
static inline bool may_be_lookalike(struct bytes name)
{
    enum { LEAST = 14, MOST = 20 };
    const uint8_t first = byte_lower(bytes_at(name, 0));
    return name.len >= LEAST && name.len <= MOST && (first == 'c' || first == 't' || first < 'a' || first > 'z');
}

/* A tab where everybody writes a space, before what says where the message ends: not all pass over it. */
static bool has_odd_space(const struct taking *taking, struct bytes name)
{
    const struct bytes behind = bytes_skip(taking->lines, bytes_offset(taking->lines, name) + name.len + 1);
    return bytes_at(behind, 0) == '\t' || (bytes_at(behind, 0) == ' ' && bytes_at(behind, 1) == '\t');
}

/* What it says of the message as a whole. */
static inline __attribute__((always_inline)) void gather(struct taking *taking, enum http_header header,
                                                         struct bytes name, struct bytes value)
{
    if (header == HTTP_HEADER_CONTENT_LENGTH || header == HTTP_HEADER_TRANSFER_ENCODING)
        taking->head->lengths.odd_space |= has_odd_space(taking, name);
    if (header != HTTP_HEADER_OTHER)
        http_gather_field(taking->head, header, value);
    else if (taking->lookalike_line == 0 && may_be_lookalike(name) && taking->is_header && http_is_lookalike(name))
        taking->lookalike_line = taking->fields.lines;
}

/* `is_piece`: name and value lie in what is kept. */
static inline void add_field(struct taking *taking, struct bytes name, struct bytes value, bool is_piece)
{
    const enum http_header header = taking->is_header ? http_header_of(name) : HTTP_HEADER_OTHER;
    if (!taking->is_header && taking->forbidden_line == 0 && is_forbidden_trailer(http_header_of(name)))
        taking->forbidden_line = taking->fields.lines;
    gather(taking, header, name, value);
    if (taking->fields.lines > HTTP_HEADER_LINES)
        return;
    if (taking->map == HTTP_REQUEST_HEADERS && http_is_credential(header)) {
        http_add_credentials(taking->record, taking->head, taking->scratch, header, name, value);
        return;
    }
    if (is_piece)
        record_map_kept(taking->record, taking->map, &taking->kept, name, value);
    else
        http_plain_field(taking->record, taking->head, taking->map, name, value);
    if (header != HTTP_HEADER_OTHER)
        add_meaning(taking, header, value);
}

/* Lines as nearly all are. */
static void take_plain_fields(struct taking *taking)
{
    enum { AT_ONCE = 16 };
    struct bytes_field lines[AT_ONCE];
    size_t count;
    do {
        count = bytes_take_fields(&taking->fields.rest, lines, AT_ONCE);
        for (size_t i = 0; i < count; i++) {
            taking->fields.lines++;
            add_field(taking, lines[i].name, lines[i].value, taking->is_kept);
        }
    } while (count == AT_ONCE);
}

static void take_odd_field(struct taking *taking, const struct http_field *field)
{
    if (field->bad && taking->bad_line == 0)
        taking->bad_line = taking->fields.lines;
    if (field->folds > taking->folds)
        taking->folds = field->folds;
    if (field->name.len == 0)
        return;
    if (field->folds > 0)
        add_field(taking, field->name, http_unfold(taking->scratch, field->value), false);
    else
        add_field(taking, field->name, field->value, taking->is_kept);
}

static void say_troubles(struct emitter *emitter, const struct taking *taking)
{
    if (taking->fields.lines > HTTP_HEADER_LINES)
        emit_anomaly(emitter, ANOMALY_HTTP_TOO_MANY_HEADERS, HTTP_HEADER_LINES, 0);
    if (taking->bad_line > 0)
        emit_anomaly(emitter, ANOMALY_HTTP_BAD_HEADER, taking->bad_line, 0);
    if (taking->forbidden_line > 0)
        emit_anomaly(emitter, ANOMALY_HTTP_FORBIDDEN_TRAILER, taking->forbidden_line, 0);
    if (taking->lookalike_line > 0)
        emit_anomaly(emitter, ANOMALY_HTTP_LOOKALIKE_HEADER, taking->lookalike_line, 0);
    if (taking->folds > 0)
        emit_anomaly(emitter, ANOMALY_HTTP_FOLDED_HEADER, taking->folds + 1, 0);
}

/* What broke off in a line: half a host or half a length would be another one. */
static struct bytes whole_lines(struct bytes lines)
{
    while (lines.len > 0 && bytes_at(lines, lines.len - 1) != '\n')
        lines.len--;
    return lines;
}

void http_take_fields(struct http_side *own, struct emitter *emitter, struct record *record, struct http_head *head,
                      struct http_scratch *scratch, struct bytes rest, unsigned map)
{
    struct http_field field;
    rest = whole_lines(rest);
    struct taking taking = {
        .record = record,
        .head = head,
        .scratch = scratch,
        .fields = {.rest = rest},
        .lines = rest,
        .map = map,
        .is_header = map == HTTP_REQUEST_HEADERS || map == HTTP_RESPONSE_HEADERS,
    };
    if (rest.len > 2) { /* there are lines at all */
        head->may_hide = bytes_find(rest, '@', 0) < rest.len;
        taking.is_kept = !head->may_hide && record_keep(record, rest, &taking.kept);
        take_plain_fields(&taking);
    }
    while (http_field_next(&taking.fields, &field)) {
        take_odd_field(&taking, &field);
        take_plain_fields(&taking);
    }
    say_troubles(emitter, &taking);
    http_tell_odd_bytes(emitter, rest);
    http_say_bare_lf(own, emitter, taking.fields.bare_lf);
}

/* The head is read: what follows it? */
static void begin_body(struct http_state *state, struct emitter *emitter, struct transaction *transaction,
                       const struct http_head *head, const struct http_body_choice *choice,
                       const struct message *message)
{
    struct http_side *own = &state->sides[message->side];
    struct http_transaction *exchange = http_exchange_of(transaction);
    struct http_half *half = &exchange->halves[message->side];
    enum inflate_format format;
    half->body = choice->kind;
    half->announced = choice->length;
    own->left = choice->length;
    own->current = transaction;
    if (message->kind == MESSAGE_REST)
        return; /* the head itself broke off */
    if (choice->readings > 1)
        emit_anomaly(emitter, ANOMALY_HTTP_AMBIGUOUS_LENGTH, choice->statements, choice->readings);
    switch (choice->kind) {
    case HTTP_BODY_LENGTH:
        own->phase = HTTP_PHASE_BODY;
        break;
    case HTTP_BODY_CHUNKED:
        own->phase = HTTP_PHASE_CHUNK_SIZE;
        break;
    case HTTP_BODY_CLOSE:
        own->phase = HTTP_PHASE_CLOSE;
        break;
    case HTTP_BODY_NONE:
    case HTTP_BODY_TUNNEL:
        break;
    }
    if (own->phase == HTTP_PHASE_HEAD || (own->phase == HTTP_PHASE_BODY && own->left == 0)) {
        http_complete(state, emitter, message->side);
        return;
    }
    http_file_begin(emitter, transaction, head, message);
    /* A part of something packed cannot be unpacked alone. */
    if (message->side == SIDE_SERVER && exchange->status != 206 && http_inflate_format(head, &format)) {
        exchange->gzip = format == INFLATE_GZIP;
        exchange->encoded = exchange->inflating = emit_inflate_begin(emitter, SIDE_SERVER, format);
    }
}

/* After a gap in what the server said, requests before this one were answered inside it: a client that does not
 * pipeline asks only after the answer. */
static void settle_lost_answers(struct http_state *state, struct emitter *emitter)
{
    struct transaction *transaction = transaction_oldest(emitter);
    while (transaction) {
        struct transaction *next = transaction_younger(emitter, transaction);
        transaction->record.incomplete = true;
        http_finish(state, emitter, transaction);
        transaction = next;
    }
    emit_in_step(emitter);
}

/* Behind lost bytes another word may be the end of one of these: `OST`. */
static bool is_usual_method(struct bytes method)
{
    static const char *const usual[] = {"GET",     "POST",  "HEAD",  "PUT",     "DELETE",
                                        "OPTIONS", "TRACE", "PATCH", "CONNECT", "PROPFIND"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (bytes_is(method, usual[i]))
            return true;
    return false;
}

static bool is_method_doubtful(const struct http_state *state, struct emitter *emitter, struct bytes method)
{
    bool may_begin_before = state->client_gap || (!state->asked && emit_conversation(emitter)->midstream);
    return may_begin_before && !is_usual_method(method);
}

static void begin_request(struct http_state *state, struct transaction *transaction, const struct http_head *head,
                          bool whole)
{
    struct record *record = &transaction->record;
    struct http_transaction *exchange = http_exchange_of(transaction);
    if (bytes_is(head->start.method, "HEAD"))
        exchange->method = HTTP_METHOD_HEAD;
    else if (bytes_is(head->start.method, "CONNECT"))
        exchange->method = HTTP_METHOD_CONNECT;
    exchange->simple = whole && head->start.version.len == 0;
    state->simple = state->simple || exchange->simple;
    state->asked = true;
    record_text(record, HTTP_REQUEST_METHOD, head->start.method);
    if (exchange->simple)
        record_word(record, HTTP_VERSION, "0.9");
    else if (head->start.version.len > 0)
        record_text(record, HTTP_VERSION, head->start.version);
    if (!state->version_said)
        http_explain_version(record);
    state->version_said = true;
}

/* A line that broke off in its last word, which was to become the version. */
static void drop_broken_version(struct http_start *start)
{
    size_t last = start->target.len;
    while (last > 0 && bytes_at(start->target, last - 1) != ' ')
        last--;
    struct bytes word = bytes_skip(start->target, last);
    if (last > 0 && start->version.len == 0 && bytes_equal(word, bytes_first(bytes_text("HTTP/"), word.len)))
        start->target = bytes_trim(bytes_first(start->target, last));
}

enum verdict http_take_request(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[SIDE_CLIENT];
    struct http_scratch *scratch = http_scratch(emitter);
    struct http_head head = {0};
    struct bytes rest = message->bytes;
    bool bare = false;
    if (!scratch)
        return VERDICT_OK;
    struct bytes line = http_take_line(&rest, &bare);
    if (!http_request_line(line, &head.start)) {
        emit_anomaly(emitter, ANOMALY_HTTP_BAD_START_LINE, 0, 0);
        return VERDICT_OK;
    }
    head.broken_off = message->incomplete;
    head.broken_line = head.broken_off && bytes_find(message->bytes, '\n', 0) == message->bytes.len;
    if (head.broken_off)
        drop_broken_version(&head.start);
    if (state->sides[SIDE_SERVER].adrift)
        settle_lost_answers(state, emitter);
    struct transaction *transaction = transaction_open(emitter, HTTP_KEY_WAITING, message);
    if (!transaction) {
        http_lose(own, SIDE_CLIENT);
        return VERDICT_OK;
    }
    if (head.start.odd && message->kind == MESSAGE_WHOLE && head.start.version.len > 0)
        emit_anomaly(emitter, ANOMALY_HTTP_BAD_START_LINE, 0, 0);
    struct http_transaction *exchange = http_exchange_of(transaction);
    head.broken_method = is_method_doubtful(state, emitter, head.start.method);
    transaction->record.incomplete |= head.broken_method;
    begin_request(state, transaction, &head, message->kind == MESSAGE_WHOLE);
    http_say_bare_lf(own, emitter, bare);
    http_take_fields(own, emitter, &transaction->record, &head, scratch, rest, HTTP_REQUEST_HEADERS);
    unsigned hosts = http_request_url(&transaction->record, emitter, &head, scratch);
    if (head.has_credential || http_url_secret(head.start.target).length > 0)
        emit_credential(emitter);
    if (hosts > 1)
        emit_anomaly(emitter, ANOMALY_HTTP_HOST_CONFLICT, hosts, 0);
    exchange->expects = head.expects;
    exchange->upgrade = exchange->method == HTTP_METHOD_CONNECT || head.upgrade.len > 0;
    state->tunnels += exchange->upgrade ? 1 : 0;
    struct http_half *half = &exchange->halves[SIDE_CLIENT];
    *half = (struct http_half){.seen = true, .wire_bytes = message->length, .last = message->last};
    struct http_body_choice choice = http_body_of_request(&head.lengths, bytes_is(head.start.version, "1.0"));
    http_look_at_request(state, emitter, &head, &choice);
    begin_body(state, emitter, transaction, &head, &choice, message);
    return VERDICT_OK;
}

/* Whose response this is. NULL where memory is out. */
static struct transaction *find_request(struct http_state *state, struct emitter *emitter,
                                        const struct message *message)
{
    struct transaction *transaction = transaction_find(emitter, HTTP_KEY_WAITING);
    if (transaction) {
        transaction_touch(transaction, message);
        return transaction;
    }
    if (state->asked && !state->client_gap)
        emit_anomaly(emitter, ANOMALY_HTTP_UNASKED_RESPONSE, 0, 0);
    return transaction_open(emitter, HTTP_KEY_WAITING, message);
}

/* From now on the transaction has its answer. */
void http_begin_response(struct http_state *state, struct emitter *emitter, struct transaction *transaction,
                         const struct message *message)
{
    struct http_transaction *exchange = http_exchange_of(transaction);
    transaction_rekey(emitter, transaction, HTTP_KEY_ANSWERED);
    if (exchange->upgrade && state->tunnels > 0)
        state->tunnels--;
    exchange->upgrade = false;
    if (exchange->simple)
        state->simple = false;
    exchange->halves[SIDE_SERVER] = (struct http_half){
        .seen = true, .wire_bytes = message->length, .last = message->last};
}

static void add_status(struct transaction *transaction, const struct http_start *start)
{
    struct record *record = &transaction->record;
    http_exchange_of(transaction)->status = start->status;
    /* Of a request whose version is lost, this would be another one. */
    if (start->version.len > 0 && !http_exchange_of(transaction)->halves[SIDE_CLIENT].seen)
        record_text(record, HTTP_VERSION, start->version);
    if (start->has_status) {
        record_integer(record, HTTP_RESPONSE_STATUS_CODE, start->status);
        record->outcome = start->status < 400 ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    }
    if (start->phrase.len > 0)
        record_text(record, HTTP_RESPONSE_STATUS_PHRASE, start->phrase);
}

/* The connection is another protocol's from here on. */
static enum verdict hand_over(struct http_state *state, struct emitter *emitter, struct transaction *transaction,
                              const struct http_head *head)
{
    struct http_transaction *exchange = http_exchange_of(transaction);
    exchange->halves[SIDE_CLIENT].complete = exchange->halves[SIDE_SERVER].complete = true;
    emit_hand_over(emitter, bytes_begin_nocase(head->upgrade, "TLS/") ? "tls" : NULL);
    if (exchange->method == HTTP_METHOD_CONNECT && !transaction->record.incomplete)
        emit_meant_for(emitter, record_find_text(&transaction->record, HTTP_URL_DOMAIN));
    http_finish(state, emitter, transaction);
    return VERDICT_HAND_OVER;
}

enum verdict http_take_response(struct http_state *state, struct emitter *emitter, const struct message *message)
{
    struct http_side *own = &state->sides[SIDE_SERVER];
    struct http_scratch *scratch = http_scratch(emitter);
    struct http_head head = {0};
    struct bytes rest = message->bytes;
    bool bare = false;
    if (!scratch)
        return VERDICT_OK;
    struct bytes line = http_take_line(&rest, &bare);
    if (!http_status_line(line, &head.start))
        return VERDICT_OK;
    if (message->kind == MESSAGE_REST && bytes_find(message->bytes, '\n', 0) == message->bytes.len)
        head.start.phrase.len = 0; /* broken off in it */
    struct transaction *transaction = find_request(state, emitter, message);
    if (!transaction) {
        http_lose(own, SIDE_SERVER);
        return VERDICT_OK;
    }
    if (head.start.odd && message->kind == MESSAGE_WHOLE)
        emit_anomaly(emitter, ANOMALY_HTTP_BAD_START_LINE, 0, 0);
    http_say_bare_lf(own, emitter, bare);
    unsigned status = head.start.status;
    if (status >= 100 && status < 200 && status != 101) {
        record_integer(&transaction->record, HTTP_RESPONSE_INTERIM, status);
        return VERDICT_OK;
    }
    struct http_transaction *exchange = http_exchange_of(transaction);
    http_begin_response(state, emitter, transaction, message);
    add_status(transaction, &head.start);
    http_take_fields(own, emitter, &transaction->record, &head, scratch, rest, HTTP_RESPONSE_HEADERS);
    http_explain_status(&transaction->record, &head, exchange, message);
    /* Behind lost bytes it may be the answer to another request. */
    if (!transaction->record.incomplete && http_body_is_forbidden(&head.lengths, exchange->method, status))
        emit_anomaly(emitter, ANOMALY_HTTP_FORBIDDEN_BODY, status, 0);
    struct http_body_choice choice = http_body_of_response(&head.lengths, bytes_is(head.start.version, "1.0"),
                                                           exchange->method, status);
    if (choice.kind == HTTP_BODY_TUNNEL && message->kind == MESSAGE_WHOLE)
        return hand_over(state, emitter, transaction, &head);
    begin_body(state, emitter, transaction, &head, &choice, message);
    return VERDICT_OK;
}
