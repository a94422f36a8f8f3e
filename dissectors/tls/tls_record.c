/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where records begin and end (RFC 8446 section 5.1):
 *
 *     +------+---------+--------+----------------------+
 *     | type | version | length | length bytes         |
 *     |  1   |    2    |   2    | at most 2^14 + 2048  |
 *     +------+---------+--------+----------------------+
 *
 * A handshake message may lie in several records and a record may hold several messages. What is given out as one
 * message is so many records that a handshake message ends where the last of them does. Everything encrypted flows
 * through as a body and is not copied.
 */
#include "tls.h"

enum {
    ALERT_BYTES = 256, /* longest alert record that is looked at */
    HELLO_BYTES = 6,   /* of a handshake record, to tell a hello in clear */
    TEXT_BYTES = 5,    /* of an answer, to tell text from TLS */
};

struct header {
    unsigned type, major, minor;
    uint32_t length;
};

static struct header read_header(struct bytes at)
{
    struct reader r = reader_of(at);
    struct header header = {reader_u8(&r), reader_u8(&r), reader_u8(&r), reader_u16(&r)};
    return header;
}

static bool is_plausible(const struct header *header)
{
    return header->type >= TLS_CHANGE_CIPHER_SPEC && header->type <= TLS_HEARTBEAT && header->major == 3 &&
           header->minor <= 4 && header->length <= TLS_RECORD_BYTES;
}

static bool is_known_message(unsigned type)
{
    return type <= TLS_SERVER_HELLO || type == TLS_NEW_SESSION_TICKET || type == TLS_HELLO_RETRY_REQUEST ||
           (type >= TLS_CERTIFICATE && type <= TLS_CLIENT_KEY_EXCHANGE) || type == TLS_CERTIFICATE_STATUS;
}

bool tls_is_handshake(struct bytes content)
{
    struct reader r = reader_of(content);
    unsigned type = reader_u8(&r);
    if (!reader_ok(&r) || !is_known_message(type))
        return false;
    uint32_t length = reader_u24(&r);
    return !reader_ok(&r) || length <= TLS_HANDSHAKE_BYTES;
}

bool tls_is_clear_hello(struct bytes content, size_t record_length)
{
    struct reader r = reader_of(content);
    unsigned type = reader_u8(&r);
    uint32_t length = reader_u24(&r);
    unsigned version = reader_u16(&r);
    return reader_ok(&r) && record_length >= HELLO_BYTES && (type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO) &&
           length >= 38 && length <= UINT16_MAX && version >= 0x0300 && version <= 0x0304;
}

/* --- probe --- */

static enum probe probe_handshake(struct bytes first, const struct header *header)
{
    struct reader r = reader_of(bytes_skip(first, TLS_HEADER_BYTES));
    if (header->length == 0)
        return PROBE_NO;
    if (reader_left(&r) == 0)
        return PROBE_MORE;
    unsigned type = reader_u8(&r);
    if (type != TLS_CLIENT_HELLO && type != TLS_SERVER_HELLO)
        return is_known_message(type) ? PROBE_MAYBE : PROBE_NO;
    enum probe hello = type == TLS_CLIENT_HELLO ? PROBE_CLIENT : PROBE_SERVER;
    if (header->length < HELLO_BYTES) /* cut into tiny records, as some do to get past filters */
        return hello;
    if (reader_left(&r) < HELLO_BYTES - 1)
        return reader_left(&r) > 0 && bytes_at(reader_peek(&r), 0) > 1 ? PROBE_NO : PROBE_MORE;
    uint32_t length = reader_u24(&r);
    unsigned major = reader_u8(&r);
    bool right = length >= 34 && length <= TLS_HANDSHAKE_BYTES && (major == 3 || major == 0x7f);
    return right ? hello : PROBE_NO;
}

enum probe tls_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)conversation;
    (void)side;
    unsigned type = bytes_at(first, 0);
    if (type >= 0x80)
        return tls_probe_sslv2(first);
    if (type < TLS_CHANGE_CIPHER_SPEC || type > TLS_HEARTBEAT)
        return PROBE_NO;
    if ((first.len > 1 && bytes_at(first, 1) != 3) || (first.len > 2 && bytes_at(first, 2) > 4))
        return PROBE_NO;
    if (first.len < TLS_HEADER_BYTES)
        return PROBE_MORE;
    struct header header = read_header(first);
    if (!is_plausible(&header))
        return PROBE_NO;
    switch (type) {
    case TLS_HANDSHAKE:
        return probe_handshake(first, &header);
    case TLS_CHANGE_CIPHER_SPEC:
        return header.length == 1 ? PROBE_MAYBE : PROBE_NO;
    case TLS_ALERT:
        return header.length == 2 || header.length >= 16 ? PROBE_MAYBE : PROBE_NO;
    default:
        return header.length > 0 ? PROBE_MAYBE : PROBE_NO;
    }
}

/* --- frame --- */

static struct framing more(void)
{
    return (struct framing){FRAMING_MORE, 0};
}

static struct framing message_of(uint64_t length)
{
    return (struct framing){FRAMING_MESSAGE, length};
}

static struct framing body_of(struct tls_side *own, enum tls_body kind, uint64_t length)
{
    own->body = kind;
    own->body_left = length;
    return (struct framing){FRAMING_BODY, length};
}

static struct framing record_body(struct tls_side *own, enum tls_body kind, const struct header *header)
{
    own->record_type = (uint8_t)header->type;
    own->record_length = header->length;
    return body_of(own, kind, TLS_HEADER_BYTES + header->length);
}

/* Everything that is left of this side. */
static struct framing opaque(struct tls_side *own, enum tls_body kind)
{
    own->phase = TLS_PHASE_OPAQUE;
    own->body = kind;
    return (struct framing){FRAMING_BODY_END, 0};
}

static void walk_content(struct tls_walk *walk, struct bytes content, bool *ret_too_long)
{
    struct reader r = reader_of(content);
    while (reader_left(&r) > 0) {
        if (walk->need > 0) {
            uint32_t n = walk->need < reader_left(&r) ? walk->need : (uint32_t)reader_left(&r);
            reader_skip(&r, n);
            walk->need -= n;
            continue;
        }
        walk->header[walk->header_have++] = reader_u8(&r);
        if (walk->header_have < sizeof walk->header)
            continue;
        walk->header_have = 0;
        walk->need = (uint32_t)walk->header[1] << 16 | (uint32_t)walk->header[2] << 8 | walk->header[3];
        if (walk->need > TLS_HANDSHAKE_BYTES)
            *ret_too_long = true;
    }
}

/* So many records that a handshake message ends with the last of them, or what there is where it is broken off. */
static struct framing gather(struct tls_side *own, struct bytes pending)
{
    struct tls_walk *walk = &own->walk;
    for (;;) {
        struct bytes rest = bytes_skip(pending, walk->offset);
        struct header header = read_header(rest);
        bool begins_otherwise = walk->offset > 0 && rest.len > 0 && bytes_at(rest, 0) != TLS_HANDSHAKE;
        if (begins_otherwise)
            return message_of(walk->offset);
        if (rest.len < TLS_HEADER_BYTES)
            return more();
        if (!is_plausible(&header))
            return message_of(walk->offset);
        size_t length = TLS_HEADER_BYTES + header.length;
        if (rest.len < length)
            return message_of(walk->offset + length);
        bool too_long = false;
        walk_content(walk, bytes_slice(rest, TLS_HEADER_BYTES, header.length), &too_long);
        walk->offset += length;
        bool aligned = walk->need == 0 && walk->header_have == 0;
        if (aligned || too_long || walk->offset >= TLS_GATHER_BYTES)
            return message_of(walk->offset);
    }
}

static struct framing frame_handshake(struct tls_side *own, struct bytes pending, const struct header *header)
{
    size_t looked_at = header->length < HELLO_BYTES ? header->length : HELLO_BYTES;
    if (own->skip > 0 && own->skip >= header->length)
        return record_body(own, TLS_BODY_SKIPPED, header);
    if (pending.len < TLS_HEADER_BYTES + looked_at)
        return more();
    struct bytes content = bytes_slice(pending, TLS_HEADER_BYTES, looked_at);
    if (own->change_cipher && !tls_is_clear_hello(content, header->length))
        return record_body(own, TLS_BODY_RECORD, header);
    if (own->unsure && !tls_is_handshake(content))
        return record_body(own, TLS_BODY_RECORD, header);
    return gather(own, pending);
}

static struct framing frame_record(struct tls_side *own, struct bytes pending)
{
    struct header header = read_header(pending);
    if (header.type != TLS_HANDSHAKE)
        own->skip = 0;
    switch (header.type) {
    case TLS_HANDSHAKE:
        return frame_handshake(own, pending, &header);
    case TLS_CHANGE_CIPHER_SPEC:
        if (header.length == 1)
            return message_of(TLS_HEADER_BYTES + 1);
        break;
    case TLS_ALERT:
        if (header.length <= ALERT_BYTES)
            return message_of(TLS_HEADER_BYTES + header.length);
        break;
    case TLS_HEARTBEAT:
        if (!own->change_cipher)
            return message_of(TLS_HEADER_BYTES + header.length);
        break;
    default:
        break;
    }
    return record_body(own, TLS_BODY_RECORD, &header);
}

/* Offset of the next place from `from` on where a record could begin; where there is none, of the last bytes that are
 * too few to tell. */
static size_t find_record(struct bytes pending, size_t from)
{
    size_t i = from;
    for (; i + TLS_HEADER_BYTES <= pending.len; i++) {
        if (bytes_at(pending, i + 1) != 3)
            continue;
        struct header header = read_header(bytes_skip(pending, i));
        if (is_plausible(&header) && header.length > 0)
            return i;
    }
    return i;
}

static bool is_text(struct bytes first)
{
    for (size_t i = 0; i < first.len; i++) {
        unsigned c = bytes_at(first, i);
        if ((c < 0x20 || c > 0x7e) && c != '\r' && c != '\n' && c != '\t')
            return false;
    }
    return true;
}

static struct framing pass_over(struct tls_state *state, struct tls_side *own, uint64_t length)
{
    own->stray_bytes += length;
    if (own->stray_bytes > TLS_SEARCH_BYTES)
        return opaque(own, TLS_BODY_STRAY);
    /* Where the beginning was not seen, there is nothing odd about it. */
    if (state->midstream || !state->started)
        return body_of(own, TLS_BODY_STRAY, length);
    return (struct framing){FRAMING_NONSENSE, length};
}

/* A record is believed where another one follows it. */
static struct framing search(struct tls_state *state, struct tls_side *own, struct bytes pending)
{
    if (pending.len < TLS_HEADER_BYTES)
        return more();
    size_t at = find_record(pending, 0);
    if (at > 0)
        return pass_over(state, own, at);
    struct header header = read_header(pending);
    size_t length = TLS_HEADER_BYTES + header.length;
    if (pending.len < length + TLS_HEADER_BYTES)
        return more();
    struct header following = read_header(bytes_skip(pending, length));
    if (!is_plausible(&following))
        return pass_over(state, own, find_record(pending, 1));
    own->phase = TLS_PHASE_RECORDS;
    own->unsure = true;
    own->stray_bytes = 0;
    return frame_record(own, pending);
}

/* Records of SSL 2.0: two bytes of header, or three where padding follows. */
static struct framing frame_sslv2(struct tls_side *own, struct bytes pending)
{
    unsigned first = bytes_at(pending, 0);
    size_t header = first & 0x80 ? 2 : 3;
    if (pending.len < header + 1)
        return more();
    size_t length = (first & (header == 2 ? 0x7fu : 0x3fu)) << 8 | bytes_at(pending, 1);
    if (length == 0)
        return opaque(own, TLS_BODY_STRAY);
    own->record_type = bytes_at(pending, header);
    return body_of(own, TLS_BODY_SSLV2, header + length);
}

static struct framing frame_records(struct tls_state *state, struct tls_side *own, struct bytes pending)
{
    if (own->walk.offset > 0)
        return gather(own, pending);
    if (pending.len < TLS_HEADER_BYTES)
        return more();
    struct header header = read_header(pending);
    if (is_plausible(&header))
        return frame_record(own, pending);
    if (state->closed && !own->gap && is_text(bytes_first(pending, TEXT_BYTES)))
        return body_of(own, TLS_BODY_OVER, 0);
    own->phase = TLS_PHASE_SEARCH;
    own->unsure = true;
    own->skip = 0;
    return search(state, own, pending);
}

static struct framing frame_start(struct tls_state *state, enum side side, struct bytes pending)
{
    struct tls_side *own = &state->sides[side];
    unsigned first = bytes_at(pending, 0);
    bool may_be_record = first >= TLS_CHANGE_CIPHER_SPEC && first <= TLS_HEARTBEAT;
    if (first >= 0x80) {
        enum probe probe = tls_probe_sslv2(pending);
        if (probe == PROBE_MORE)
            return more();
        if (probe != PROBE_NO) {
            uint64_t length = (first & 0x7fu) << 8 | bytes_at(pending, 1);
            return message_of(2 + length);
        }
    }
    if (pending.len < TEXT_BYTES)
        return more();
    own->phase = TLS_PHASE_SEARCH;
    struct header header = read_header(pending);
    if (may_be_record && is_plausible(&header)) {
        own->phase = TLS_PHASE_RECORDS;
        own->unsure = true;
        return frame_records(state, own, pending);
    }
    if (state->sides[side_other(side)].phase == TLS_PHASE_RECORDS && state->hello_seen && !state->midstream &&
        !own->gap && is_text(bytes_first(pending, TEXT_BYTES)))
        return opaque(own, TLS_BODY_PLAIN);
    own->plain_before = !state->midstream && !own->gap && is_text(bytes_first(pending, TEXT_BYTES));
    return search(state, own, pending);
}

struct framing tls_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct tls_state *state = state_block;
    struct tls_side *own = &state->sides[side];
    if (seen == 0)
        own->walk = (struct tls_walk){.need = own->skip};
    if (own->phase == TLS_PHASE_START)
        return frame_start(state, side, pending);
    if (own->phase == TLS_PHASE_SEARCH)
        return search(state, own, pending);
    if (own->phase == TLS_PHASE_SSLV2)
        return frame_sslv2(own, pending);
    if (own->phase == TLS_PHASE_OPAQUE)
        return opaque(own, TLS_BODY_STRAY);
    return frame_records(state, own, pending);
}
