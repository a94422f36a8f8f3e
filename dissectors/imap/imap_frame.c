/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where lines and literals end, whether bytes are IMAP at all, and what is believed while lost.
 *
 * After a gap, or when the beginning was not seen, the next line may be one of a mail's body, and people write lines
 * that begin with `* ` or with `a list`. So only lines that can hardly be anything else count until one was found.
 */
#include "imap.h"

enum {
    PART_TAIL_BYTES = 1024, /* a part of a long line ends behind a space among its last bytes */
    SURE_TAG_BYTES = 16,
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    return lower >= 'a' && lower <= 'z';
}

/* --- where messages end --- */

static struct framing frame_line(struct bytes pending, size_t seen)
{
    struct bytes view = bytes_first(pending, IMAP_LINE_BYTES);
    size_t end = bytes_find(view, '\n', seen);
    if (end < view.len)
        return (struct framing){FRAMING_MESSAGE, end + 1};
    if (view.len < IMAP_LINE_BYTES)
        return (struct framing){FRAMING_MORE, 0};
    /* Not inside the announcement of a literal, which has no space in it. */
    for (size_t cut = view.len; cut > view.len - PART_TAIL_BYTES; cut--)
        if (bytes_at(view, cut - 1) == ' ')
            return (struct framing){FRAMING_MESSAGE, cut};
    return (struct framing){FRAMING_MESSAGE, view.len};
}

/* TLS begins, and bytes are lost that had said so: `message` hands the conversation over at the end of an empty body.
 */
static bool is_tls(struct imap_state *state, const struct imap_side *own, struct bytes pending,
                   struct framing *ret_framing)
{
    const bool lost = state->sides[SIDE_CLIENT].gap || state->sides[SIDE_SERVER].gap;
    const enum text_tls tls = lost && !own->continued && !own->skipping ? text_tls_begins(pending) : TEXT_NO_TLS;
    state->sealed = tls == TEXT_TLS;
    *ret_framing = (struct framing){tls == TEXT_TLS ? FRAMING_BODY : FRAMING_MORE, 0};
    return tls != TEXT_NO_TLS;
}

struct framing imap_frame(void *state_block, enum side side, struct bytes pending, size_t seen)
{
    struct imap_state *state = state_block;
    const struct imap_side *own = &state->sides[side];
    struct framing tls;
    if (own->phase == IMAP_PHASE_LITERAL)
        return (struct framing){FRAMING_BODY, own->left};
    if (is_tls(state, own, pending, &tls))
        return tls;
    return frame_line(pending, seen);
}

/* --- what lines look like --- */

/* Any character that RFC 3501 allows in a tag, and those that people use against it. */
static bool is_tag_character(uint8_t c)
{
    return c > ' ' && c < 0x7f && c != '(' && c != ')' && c != '{' && c != '"' && c != '%' && c != '*' && c != '\\' &&
           c != '+';
}

static bool is_tag(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!is_tag_character(bytes_at(word, i)))
            return false;
    return word.len > 0 && word.len <= IMAP_TAG_BYTES;
}

/* Letters or periods and then digits: what programs use. */
bool imap_surely_tag(struct bytes tag)
{
    size_t letters = 0, i = 0;
    while (is_letter(bytes_at(tag, i)) || bytes_at(tag, i) == '.')
        i++;
    letters = i;
    while (is_digit(bytes_at(tag, i)))
        i++;
    return letters > 0 && i > letters && i == tag.len && i <= SURE_TAG_BYTES;
}

static bool is_upper(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (bytes_at(word, i) != byte_upper(bytes_at(word, i)))
            return false;
    return word.len > 0;
}

static unsigned count_words(struct bytes rest)
{
    struct bytes word;
    unsigned count = 0;
    while (text_word_next(&rest, &word))
        count++;
    return count;
}

/* A command that is known, with as many words behind it as it needs at least. */
static bool is_command(struct bytes word, struct bytes rest)
{
    const char *other;
    enum imap_command command = imap_command_find(word, &other);
    const struct imap_command_row *row = imap_command_row(command);
    if (bytes_is_nocase(word, "UID") && text_word_next(&rest, &word)) {
        row = imap_command_row(imap_command_find(word, &other));
        return row->uid_name && count_words(rest) >= row->arguments;
    }
    if (!row->name)
        return other != NULL;
    unsigned count = count_words(rest);
    return count >= row->arguments && (count == 0 || row->arguments > 0 || row->optional);
}

bool imap_surely_command(struct bytes line)
{
    struct bytes tag, word;
    if (bytes_at(line, 0) == ' ' || !text_word_next(&line, &tag) || !text_word_next(&line, &word) || !is_tag(tag))
        return false;
    if (!imap_surely_tag(tag) && (!is_upper(word) || tag.len > SURE_TAG_BYTES))
        return false;
    return is_command(word, line);
}

static bool is_numbers(struct bytes words)
{
    struct bytes word;
    while (text_word_next(&words, &word))
        if (!imap_is_number(word))
            return false;
    return true;
}

/* Behind `* `, the first word gone. */
static bool is_sure_data(enum imap_kind kind, struct bytes rest)
{
    switch (kind) {
    case IMAP_KIND_OK:
    case IMAP_KIND_NO:
    case IMAP_KIND_BAD:
        return bytes_at(rest, 0) == '[';
    case IMAP_KIND_LIST:
    case IMAP_KIND_LSUB:
    case IMAP_KIND_XLIST:
    case IMAP_KIND_FLAGS:
    case IMAP_KIND_ESEARCH:
    case IMAP_KIND_ID:
        return bytes_at(rest, 0) == '(';
    case IMAP_KIND_SEARCH:
        return is_numbers(rest);
    case IMAP_KIND_CAPABILITY:
        return bytes_begin_nocase(rest, "IMAP4");
    case IMAP_KIND_STATUS:
        return rest.len > 0 && bytes_at(rest, rest.len - 1) == ')';
    default:
        return false;
    }
}

bool imap_surely_response(struct bytes line)
{
    struct bytes word;
    if (!bytes_begin(line, "* "))
        return false;
    line = bytes_skip(line, 2);
    if (!text_word_next(&line, &word))
        return false;
    if (!imap_is_number(word))
        return is_upper(word) && is_sure_data(imap_kind_find(word), line);
    if (!text_word_next(&line, &word) || !is_upper(word))
        return false;
    enum imap_kind kind = imap_kind_find(word);
    if (kind == IMAP_KIND_FETCH)
        return bytes_at(line, 0) == '(';
    return imap_kind_row(kind)->numbered && line.len == 0;
}

bool imap_tagged_parts(struct bytes line, struct bytes *ret_tag, enum imap_kind *ret_kind, struct bytes *ret_rest)
{
    struct bytes tag, word;
    if (bytes_at(line, 0) == ' ' || !text_word_next(&line, &tag) || !text_word_next(&line, &word) || !is_tag(tag))
        return false;
    enum imap_kind kind = imap_kind_find(word);
    if (kind != IMAP_KIND_OK && kind != IMAP_KIND_NO && kind != IMAP_KIND_BAD)
        return false;
    *ret_tag = tag;
    *ret_kind = kind;
    *ret_rest = line;
    return true;
}

/* --- recognition --- */

/* `first` is a beginning of `text`, or the other way round. */
static bool may_become(struct bytes first, const char *text)
{
    struct bytes whole = bytes_text(text);
    return bytes_equal_nocase(bytes_first(first, whole.len), bytes_first(whole, first.len));
}

static enum probe probe_server(struct bytes first, bool whole)
{
    static const char *const greetings[] = {"* OK ", "* PREAUTH ", "* BYE "};
    struct bytes tag, rest;
    enum imap_kind kind;
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++)
        if (may_become(first, greetings[i]))
            return first.len >= strlen(greetings[i]) ? PROBE_SERVER : PROBE_MORE;
    if (bytes_begin(first, "* ") || bytes_begin(first, "+ "))
        return !whole ? PROBE_MORE : imap_surely_response(first) ? PROBE_SERVER : PROBE_MAYBE;
    if (!whole || !imap_tagged_parts(first, &tag, &kind, &rest))
        return PROBE_NO;
    return imap_surely_tag(tag) ? PROBE_SERVER : PROBE_MAYBE;
}

/* The beginning of `tag command` that is not whole yet. */
static enum probe probe_begun(struct bytes first)
{
    struct bytes rest = first, tag, word;
    if (!text_word_next(&rest, &tag))
        return PROBE_MORE;
    if (!is_tag(tag) && tag.len > 0)
        return PROBE_NO;
    if (!text_word_next(&rest, &word))
        return PROBE_MORE;
    for (size_t i = 0; i < word.len; i++)
        if (!is_letter(bytes_at(word, i)))
            return PROBE_NO;
    return PROBE_MORE;
}

static enum probe probe_client(struct bytes first, bool whole)
{
    struct bytes rest = first, tag, word;
    if (!whole)
        return probe_begun(first);
    if (!text_word_next(&rest, &tag) || !text_word_next(&rest, &word) || !is_tag(tag) || !is_command(word, rest))
        return PROBE_NO;
    return imap_surely_tag(tag) ? PROBE_CLIENT : PROBE_MAYBE;
}

static bool is_imap_port(const struct conversation *conversation)
{
    return conversation->destination.port == imap_ports[0].port;
}

/* A line that a person could have typed. */
static bool is_text(struct bytes line)
{
    for (size_t i = 0; i < line.len; i++)
        if (bytes_at(line, i) < ' ' && bytes_at(line, i) != '\t')
            return false;
    return true;
}

/* Which side says it, the bytes tell: a capture may begin in the middle. */
enum probe imap_probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    size_t end = bytes_find(first, '\n', 0);
    bool whole = end < first.len;
    struct bytes line = whole ? text_line(bytes_first(first, end + 1), NULL) : first;
    enum probe probe = probe_server(line, whole);
    if (probe == PROBE_NO)
        probe = probe_client(line, whole);
    bool ours = is_imap_port(conversation) && !conversation->midstream;
    if (probe != PROBE_NO || !ours || side == SIDE_SERVER)
        return probe;
    /* On its port a line that is no command is one that was mistyped. */
    return !is_text(line) ? PROBE_NO : whole ? PROBE_MAYBE : PROBE_MORE;
}
