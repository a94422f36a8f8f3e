/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where messages begin and end, and whether bytes are HTTP at all.
 *
 * Between messages (PHASE_HEAD) a start line is expected and read generously. After a gap, or where something else
 * came (PHASE_SEARCH), bytes are passed over until something that can be nothing but a start line, be it in the middle
 * of a line: bodies do not end with one.
 */
#include "http.h"

enum look {
    LOOK_NO,
    LOOK_MORE,   /* a beginning of a start line */
    LOOK_YES,    /* a whole one */
    LOOK_SIMPLE, /* a whole request of HTTP/0.9: a line without a version */
};

/* How much is asked of a start line. */
enum trust {
    TRUST_PLACE, /* a message begins here: read generously */
    TRUST_LINE,  /* a line begins here, no more is known */
    TRUST_NONE,  /* in the middle of a line, as behind a body of which a part is lost */
};

size_t http_head_end(struct bytes pending, size_t from)
{
    return bytes_find_empty_line(pending, from);
}

/* The line that ends before the LF at `end`, without CR and white space behind it. */
static struct bytes line_before(struct bytes bytes, size_t end)
{
    struct bytes line = bytes_first(bytes, end);
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\r')
        line = bytes_first(line, line.len - 1);
    return bytes_trim(line);
}

/* The last word of a line is HTTP/ and a digit. */
static bool ends_in_version(struct bytes line)
{
    size_t last = line.len;
    while (last > 0 && bytes_at(line, last - 1) != ' ' && bytes_at(line, last - 1) != '\t')
        last--;
    struct bytes word = bytes_skip(line, last);
    return last > 0 && bytes_begin_nocase(word, "HTTP/") && http_is_digit(bytes_at(word, 5));
}

static bool is_capital_word(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = bytes_at(word, i);
        if (!(c >= 'A' && c <= 'Z') && c != '-' && c != '_')
            return false;
    }
    return word.len > 0;
}

/* A registered method, or the beginning of one where `whole` is false. */
static bool is_known_method(struct bytes word, bool whole)
{
    static const char *const methods[] = {
        "GET",    "HEAD",     "POST",      "PUT",      "DELETE",  "CONNECT", "OPTIONS",    "TRACE",
        "PATCH",  "PROPFIND", "PROPPATCH", "MKCOL",    "COPY",    "MOVE",    "LOCK",       "UNLOCK",
        "REPORT", "SEARCH",   "MERGE",     "CHECKOUT", "CHECKIN", "BIND",    "MKACTIVITY", "QUERY",
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct bytes method = bytes_text(methods[i]);
        if (bytes_equal(word, whole ? method : bytes_first(method, word.len)))
            return true;
    }
    return false;
}

bool http_is_registered_method(struct bytes word)
{
    return is_known_method(word, true);
}

static bool may_be_method(struct bytes word, bool whole, enum trust trust)
{
    switch (trust) {
    case TRUST_PLACE:
        return http_is_token(word);
    case TRUST_LINE:
        return is_capital_word(word);
    case TRUST_NONE:
        break;
    }
    return is_known_method(word, whole);
}

/* Only the words before the target; bounded by HTTP_METHOD_BYTES. */
static enum look look_at_method(struct bytes bytes, enum trust trust)
{
    struct bytes head = bytes_first(bytes, HTTP_METHOD_BYTES + 1);
    size_t end = bytes_find(head, ' ', 0);
    struct bytes word = bytes_first(head, end);
    bool whole = end < head.len;
    if (!may_be_method(word, whole, trust))
        return LOOK_NO;
    if (!whole)
        return head.len > HTTP_METHOD_BYTES ? LOOK_NO : LOOK_MORE;
    uint8_t next = bytes_at(bytes, end + 1);
    if (end + 1 == bytes.len)
        return LOOK_MORE;
    if (trust == TRUST_LINE && (next <= ' ' || next >= 0x7f || word.len < 3))
        return LOOK_NO;
    if (trust == TRUST_NONE && next != '/' && next != 'h')
        return LOOK_NO;
    return LOOK_YES;
}

/* One as nearly all are: a method of capital letters, and a known version before CR LF. False: look closer. */
static bool is_plain_request(struct bytes bytes, size_t from)
{
    enum { VERSION = 8, MOST_LETTERS = 16 };
    size_t letters = 0;
    while (letters < MOST_LETTERS && bytes_at(bytes, letters) >= 'A' && bytes_at(bytes, letters) <= 'Z')
        letters++;
    if (letters == 0 || bytes_at(bytes, letters) != ' ')
        return false;
    const size_t end = bytes_find(bytes, '\n', from);
    return end < bytes.len && end > letters + VERSION + 2 && bytes_at(bytes, end - 1) == '\r' &&
           bytes_at(bytes, end - VERSION - 2) == ' ' &&
           http_is_usual_version(bytes_slice(bytes, end - VERSION - 1, VERSION));
}

/* A request line at the beginning of `bytes`? Its LF is looked for from `from` on. */
static enum look look_at_request(struct bytes bytes, size_t from, enum trust trust)
{
    if (trust == TRUST_PLACE && is_plain_request(bytes, from))
        return LOOK_YES;
    enum look look = look_at_method(bytes, trust);
    if (look != LOOK_YES)
        return look;
    struct bytes view = trust == TRUST_PLACE ? bytes : bytes_first(bytes, HTTP_SEARCH_LINE_BYTES);
    size_t end = bytes_find(view, '\n', from);
    if (end == view.len)
        return view.len == HTTP_SEARCH_LINE_BYTES && trust != TRUST_PLACE ? LOOK_NO : LOOK_MORE;
    struct bytes line = line_before(bytes, end);
    if (bytes_begin(line, "PRI * HTTP/2"))
        return LOOK_NO;
    if (ends_in_version(line))
        return LOOK_YES;
    bool simple = trust == TRUST_PLACE && bytes_begin(line, "GET /") && bytes_find(line, ' ', 4) == line.len;
    return simple ? LOOK_SIMPLE : LOOK_NO;
}

/* HTTP/1.x and three digits, as far as the bytes go. */
static enum look look_at_strict_status(struct bytes bytes)
{
    static const char pattern[] = "HTTP/1.d ddd";
    for (size_t i = 0; i < sizeof pattern - 1; i++) {
        if (i == bytes.len)
            return LOOK_MORE;
        uint8_t c = bytes_at(bytes, i);
        if (pattern[i] == 'd' ? !http_is_digit(c) : c != (uint8_t)pattern[i])
            return LOOK_NO;
    }
    return LOOK_YES;
}

static enum look look_at_response(struct bytes bytes, size_t from, enum trust trust)
{
    struct bytes prefix = bytes_first(bytes, 5);
    struct bytes radio = bytes_first(bytes_text("ICY "), prefix.len);
    if (!bytes_equal_nocase(prefix, bytes_first(bytes_text("HTTP/"), prefix.len)) &&
        (trust != TRUST_PLACE || !bytes_equal(bytes_first(prefix, radio.len), radio)))
        return LOOK_NO;
    enum look look = trust == TRUST_PLACE ? LOOK_YES : look_at_strict_status(bytes);
    if (look != LOOK_YES)
        return look;
    return bytes_find(bytes, '\n', from) == bytes.len ? LOOK_MORE : LOOK_YES;
}

static enum look look_at(enum side side, struct bytes bytes, size_t from, enum trust trust)
{
    return side == SIDE_CLIENT ? look_at_request(bytes, from, trust) : look_at_response(bytes, from, trust);
}

/* What is passed over belongs to a message of which a part is lost, or to none at all. */
static struct framing skip(struct http_side *side, size_t length)
{
    side->line_known = false;
    return (struct framing){side->adrift ? FRAMING_BODY : FRAMING_NONSENSE, length};
}

/* Where from `from` on a start line may begin at the earliest, by its first byte; pending.len: nowhere. */
static size_t next_candidate(enum side side, struct bytes pending, size_t from)
{
    if (side == SIDE_SERVER)
        return bytes_find(pending, 'H', from);
    while (from < pending.len && (bytes_at(pending, from) < 'A' || bytes_at(pending, from) > 'Z'))
        from++;
    return from;
}

/* Who searches looks nowhere else than at what may be one by its first byte, however the bytes come. */
static enum look look_for_start(const struct http_side *own, enum side side, struct bytes pending, size_t from)
{
    if (own->phase != HTTP_PHASE_SEARCH)
        return look_at(side, pending, from, TRUST_PLACE);
    if (next_candidate(side, bytes_first(pending, 1), 0) > 0)
        return LOOK_NO;
    return look_at(side, pending, from, own->mid_line ? TRUST_NONE : TRUST_LINE);
}

/* Pending does not begin with a start line: look for the next one. */
static struct framing search(struct http_side *own, enum side side, struct bytes pending)
{
    own->phase = HTTP_PHASE_SEARCH;
    size_t at = next_candidate(side, pending, 1);
    while (at < pending.len) {
        bool at_line = bytes_at(pending, at - 1) == '\n';
        if (look_at(side, bytes_skip(pending, at), 0, at_line ? TRUST_LINE : TRUST_NONE) != LOOK_NO)
            break;
        at = next_candidate(side, pending, at + 1);
    }
    own->mid_line = bytes_at(pending, at - 1) != '\n';
    return skip(own, at);
}

/* Empty lines between messages are taken by themselves; 0: none here. */
static size_t empty_lines(struct bytes pending)
{
    size_t i = 0;
    for (;;) {
        if (bytes_at(pending, i) == '\n')
            i += 1;
        else if (bytes_at(pending, i) == '\r' && bytes_at(pending, i + 1) == '\n')
            i += 2;
        else
            return i;
    }
}

/* No start line: whose bytes are these? */
static struct framing not_a_head(struct http_state *state, enum side side, struct bytes pending)
{
    struct http_side *own = &state->sides[side];
    if (side == SIDE_CLIENT && state->tunnels > 0)
        return (struct framing){FRAMING_MORE, 0}; /* the answer will tell */
    if (side == SIDE_SERVER && state->simple) {
        own->phase = HTTP_PHASE_CLOSE;
        return (struct framing){FRAMING_BODY_END, 0};
    }
    return search(own, side, pending);
}

static struct framing frame_head(struct http_state *state, enum side side, struct bytes pending, size_t seen)
{
    const struct framing more = {FRAMING_MORE, 0};
    struct http_side *own = &state->sides[side];
    bool searching = own->phase == HTTP_PHASE_SEARCH;
    size_t empty = searching ? 0 : empty_lines(pending);
    if (empty > 0)
        return (struct framing){FRAMING_MESSAGE, empty};
    if (seen == 0)
        own->line_known = false;
    if (!own->line_known && !searching && bytes_is(pending, "\r"))
        return more;
    if (!own->line_known) {
        enum look look = look_for_start(own, side, pending, seen);
        if (look == LOOK_NO)
            return not_a_head(state, side, pending);
        if (look == LOOK_MORE)
            return more;
        if (look == LOOK_SIMPLE)
            return (struct framing){FRAMING_MESSAGE, bytes_find(pending, '\n', seen) + 1};
        own->line_known = true;
    }
    size_t end = http_head_end(pending, seen > 2 ? seen - 2 : 0);
    if (end == 0)
        return more;
    own->line_known = false;
    return (struct framing){FRAMING_MESSAGE, end};
}

static struct framing frame_trailer(struct bytes pending, size_t seen)
{
    size_t empty = bytes_at(pending, 0) == '\n' ? 1 : 0;
    if (bytes_begin(pending, "\r\n"))
        empty = 2;
    if (empty > 0)
        return (struct framing){FRAMING_MESSAGE, empty};
    size_t end = http_head_end(pending, seen > 2 ? seen - 2 : 0);
    return (struct framing){end > 0 ? FRAMING_MESSAGE : FRAMING_MORE, end};
}

struct framing http_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct http_state *state = state_block;
    struct http_side *own = &state->sides[side];
    switch (own->phase) {
    case HTTP_PHASE_BODY:
    case HTTP_PHASE_CHUNK_DATA:
        return (struct framing){FRAMING_BODY, own->left};
    case HTTP_PHASE_CLOSE:
        return (struct framing){FRAMING_BODY_END, 0};
    case HTTP_PHASE_CHUNK_SIZE:
    case HTTP_PHASE_CHUNK_NEXT: {
        struct framing framing = http_chunk_framing(pending, seen, own->phase == HTTP_PHASE_CHUNK_NEXT);
        if (framing.kind != FRAMING_NONSENSE)
            return framing;
        own->bad_chunk = own->adrift = true;
        own->mid_line = false;
        own->phase = HTTP_PHASE_SEARCH;
        return frame_head(state, side, pending, 0);
    }
    case HTTP_PHASE_TRAILER:
        return frame_trailer(pending, seen);
    case HTTP_PHASE_SEARCH:
    case HTTP_PHASE_HEAD:
        break;
    }
    return frame_head(state, side, pending, seen);
}

/* --- recognition --- */

/* No spaces and controls: a target goes on. */
static bool is_all_target(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes_at(bytes, i) <= ' ' || bytes_at(bytes, i) >= 0x7f)
            return false;
    return true;
}

/* `ours`: on a port of HTTP, and who is the client is known. There the beginning of a request is enough, should the
 * rest be lost. */
static enum probe probe_request(struct bytes first, bool ours)
{
    size_t space = bytes_find(bytes_first(first, HTTP_METHOD_BYTES + 1), ' ', 0);
    bool registered = http_is_registered_method(bytes_first(first, space));
    enum look look = look_at_request(first, 0, TRUST_LINE);
    bool has_target = registered && bytes_at(first, space + 1) == '/';
    if (look == LOOK_YES)
        return PROBE_CLIENT;
    if (has_target && ours)
        return PROBE_MAYBE; /* whatever follows: it may not have come yet */
    if (look == LOOK_NO) {
        look = look_at_request(first, 0, TRUST_PLACE);
        if (look == LOOK_YES || (look == LOOK_SIMPLE && registered))
            return PROBE_MAYBE;
    }
    if (look != LOOK_MORE)
        return PROBE_NO;
    if (first.len < LIMIT_PROBE_BYTES)
        return PROBE_MORE;
    if (has_target && is_all_target(bytes_skip(first, space + 1)))
        return PROBE_CLIENT;
    return registered ? PROBE_MAYBE : PROBE_NO;
}

static enum probe probe_start(struct bytes first, bool ours)
{
    struct bytes prefix = bytes_first(first, 5);
    if (!bytes_equal(prefix, bytes_first(bytes_text("HTTP/"), prefix.len)))
        return probe_request(first, ours);
    switch (look_at_strict_status(first)) {
    case LOOK_YES:
        return PROBE_SERVER;
    case LOOK_MORE:
        return PROBE_MORE;
    default:
        return PROBE_MAYBE;
    }
}

static bool is_http_port(uint16_t port)
{
    for (size_t i = 0; http_ports[i].transport; i++)
        if (http_ports[i].port == port)
            return true;
    return false;
}

/* Something else in front, but a request within reach. */
static bool has_request_inside(struct bytes first)
{
    size_t at = next_candidate(SIDE_CLIENT, first, 0);
    while (at < first.len && look_at_request(bytes_skip(first, at), 0, TRUST_NONE) != LOOK_YES)
        at = next_candidate(SIDE_CLIENT, first, at + 1);
    return at < first.len;
}

enum probe http_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)side; /* who is the client is what these bytes tell */
    first = bytes_skip(first, empty_lines(first));
    if (first.len == 0 || (first.len == 1 && bytes_at(first, 0) == '\r'))
        return PROBE_MORE;
    bool ours = !conversation->midstream && is_http_port(conversation->destination.port);
    enum probe probe = probe_start(first, ours);
    if (probe != PROBE_NO || conversation->midstream) /* there the port has it anyway */
        return probe;
    return has_request_inside(first) ? PROBE_LAST : PROBE_LATER;
}
