/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Header fields that two readers take for two things: senders whose name says another address than the one they have,
 * addresses that are only there once an encoded word is undone, and types, parameters and encodings that scanners and
 * mail programs read differently. What is looked at is what stands in the field, before anything is put in order.
 */
#include "mail_stream.h"

#include "mail_address.h"
#include "mail_headers.h"
#include "mail_parameters.h"
#include "mail_words.h"

static size_t count_of(struct bytes text, uint8_t c)
{
    size_t count = 0;
    for (size_t at = bytes_find(text, c, 0); at < text.len; at = bytes_find(text, c, at + 1))
        count++;
    return count;
}

static bool has_word(struct bytes text)
{
    return bytes_find_pair(text, '=', '?', 0) < text.len;
}

/* --- addresses --- */

static bool ends_address(uint8_t c)
{
    return c <= ' ' || c == '"' || c == '\'' || c == '(' || c == ')' || c == ',' || c == ';' || c == ':' || c == '<' ||
           c == '>' || c == '[' || c == ']';
}

/* What looks like an address in a name: a@b.c */
static struct bytes address_inside(struct bytes name)
{
    const size_t at = bytes_find(name, '@', 0);
    size_t from = at, end = at;
    while (from > 0 && !ends_address(bytes_at(name, from - 1)))
        from--;
    while (end < name.len && !ends_address(bytes_at(name, end)))
        end++;
    const struct bytes inside = bytes_slice(name, from, end - from);
    const bool has_period = bytes_find(inside, '.', at - from) < inside.len;
    return from < at && has_period ? inside : bytes_first(name, 0);
}

/* Without white space, quotes and brackets around it. */
static size_t bare_length(struct bytes name)
{
    size_t from = 0, end = name.len;
    while (from < end && ends_address(bytes_at(name, from)))
        from++;
    while (end > from && ends_address(bytes_at(name, end - 1)))
        end--;
    return end - from;
}

/* Lists that send on what others wrote put the writer's address into the name ("a@b.c via list"): plain to see. It is
 * hidden where it is all of the name, or a part of an encoded word. */
static bool is_other_address(const struct mail_mailbox *mailbox, bool encoded)
{
    const struct bytes inside = address_inside(mailbox->name);
    const bool is_all = inside.len > 0 && inside.len == bare_length(mailbox->name);
    return inside.len > 0 && (is_all || encoded) && !bytes_equal_nocase(inside, mailbox->address);
}

bool mail_has_line_end(struct bytes text)
{
    return bytes_find(text, '\n', 0) < text.len || bytes_find(text, '\r', 0) < text.len ||
           bytes_find(text, '\0', 0) < text.len;
}

/* Encoded words that stand behind a < or have no < around them, are packed so that nothing can be read, or have an @ or
 * a control in them: the others need not be undone to see that they are harmless. */
static bool has_suspect_word(struct bytes value)
{
    bool in_brackets = bytes_find(value, '<', 0) == value.len;
    for (size_t at = 0; at < value.len; at++) {
        const uint8_t c = bytes_at(value, at), next = bytes_at(value, at + 1);
        if (c == '<' || c == '>')
            in_brackets = c == '<';
        if (c != '=')
            continue;
        const size_t letter = bytes_find(value, '?', at + 2) + 1;
        if (next == '?' && (in_brackets || byte_lower(bytes_at(value, letter)) == 'b'))
            return true;
        if (next == '0' || (next == '4' && bytes_at(value, at + 2) == '0'))
            return true;
    }
    return false;
}

struct findings {
    bool in_address, other, line_end;
};

static void look_at_mailbox(const struct mail_mailbox *mailbox, bool is_author, bool encoded, struct findings *findings)
{
    findings->in_address |= mailbox->has_address && has_word(mailbox->address);
    findings->other |= is_author && mailbox->has_address && is_other_address(mailbox, encoded);
    findings->line_end |= encoded && mail_has_line_end(mailbox->name);
}

static void look_at_addresses(const struct mail_walk *walk, struct bytes value, bool is_author)
{
    const bool encoded = has_word(value);
    if (!(encoded && has_suspect_word(value)) && !(is_author && count_of(value, '@') > 1))
        return;
    struct mail_addresses addresses;
    struct mail_mailbox mailbox;
    struct findings findings = {0};
    mail_addresses_begin(&addresses, walk->emitter, value);
    while (mail_addresses_next(&addresses, &mailbox))
        look_at_mailbox(&mailbox, is_author, encoded, &findings);
    if (findings.in_address)
        mail_tell(walk, ANOMALY_MAIL_ENCODED_ADDRESS, 0, 0);
    if (findings.other)
        mail_tell(walk, ANOMALY_MAIL_DECEPTIVE_SENDER, 0, 0);
    if (findings.line_end)
        mail_tell(walk, ANOMALY_MAIL_HIDDEN_LINE, 0, 0);
}

/* --- what a part is --- */

/* A parameter with its name as it is without what RFC 2231 adds: filename*0* is filename. */
struct parameter {
    struct bytes name, value;
    bool is_plain;
};

static struct parameter parameter_of(struct bytes piece)
{
    struct parameter parameter;
    (void)mail_parameter_sides(piece, &parameter.name, &parameter.value);
    const size_t star = bytes_find(parameter.name, '*', 0);
    parameter.is_plain = star == parameter.name.len;
    parameter.name = bytes_first(parameter.name, star);
    return parameter;
}

/* Of which nobody writes two, nor a plain one beside one of RFC 2231, as is usual for names. */
static bool is_structural(struct bytes name)
{
    return bytes_is_nocase(name, "boundary") || bytes_is_nocase(name, "charset");
}

static bool is_file_name(struct bytes name)
{
    return bytes_is_nocase(name, "name") || bytes_is_nocase(name, "filename");
}

/* Whether this parameter stands once more behind, and says something else. */
static bool is_doubled(struct bytes piece, struct bytes rest)
{
    struct bytes behind;
    const struct parameter own = parameter_of(piece);
    const bool structural = is_structural(own.name);
    if (!structural && !is_file_name(own.name))
        return false;
    while (mail_split(&rest, ';', &behind)) {
        const struct parameter other = parameter_of(behind);
        if (!bytes_equal_nocase(other.name, own.name))
            continue;
        if (own.is_plain == other.is_plain ? own.is_plain && !bytes_equal(own.value, other.value) : structural)
            return true;
    }
    return false;
}

static void look_at_parameters(const struct mail_walk *walk, struct bytes value)
{
    enum { PIECES = 16 }; /* looked at: nobody has as many */
    struct bytes piece, rest = value;
    if (count_of(value, ';') < 2)
        return;
    mail_split(&rest, ';', &piece);
    for (unsigned i = 0; i < PIECES && mail_split(&rest, ';', &piece); i++) {
        if (!is_doubled(piece, rest))
            continue;
        mail_tell(walk, ANOMALY_MAIL_DOUBLED_PARAMETER, 0, 0);
        return;
    }
}

/* RFC 2046 section 5.1.1: up to 70 letters, digits, '()+_,-./:=? and spaces, but no space at the end. */
static bool is_odd_boundary(struct bytes boundary)
{
    enum { LONGEST = 70 };
    for (size_t i = 0; i < boundary.len; i++) {
        const uint8_t c = bytes_at(boundary, i), lower = byte_lower(c);
        const bool is_usual = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
        /* beyond the standard, but in use and harmless: nobody ends a value there */
        if (!is_usual && (c == 0 || !strchr("'()+_,-./:=? {}#$%&*!|~^@<>[]", c)))
            return true;
    }
    return boundary.len == 0 || boundary.len > LONGEST || bytes_at(boundary, boundary.len - 1) == ' ';
}

/* Without quotes a value ends at the first space for some, and for others at the semicolon. */
static void look_at_boundary(const struct mail_walk *walk, struct bytes value)
{
    struct bytes piece, rest = value;
    mail_split(&rest, ';', &piece);
    while (mail_split(&rest, ';', &piece)) {
        const struct parameter parameter = parameter_of(piece);
        if (!bytes_is_nocase(parameter.name, "boundary"))
            continue;
        const bool quoted = bytes_at(parameter.value, 0) == '"';
        const struct bytes text = quoted ? parameter.value : mail_without_comment(parameter.value);
        const size_t close = quoted ? mail_find_quote(text, 0) : text.len;
        const struct bytes inside = quoted ? bytes_slice(text, 1, close - 1) : text;
        const bool open = quoted && (close == text.len || mail_skip_blank(text, close + 1) != text.len);
        const bool space = !quoted && bytes_find(inside, ' ', 0) < inside.len;
        if (!parameter.is_plain || open || space || is_odd_boundary(inside))
            mail_tell(walk, ANOMALY_MAIL_ODD_BOUNDARY, 0, 0);
        return;
    }
}

/* One word that everybody knows. */
static void look_at_encoding(const struct mail_walk *walk, struct bytes value)
{
    static const char *const known[] = {"7bit",       "8bit",  "binary",   "base64", "quoted-printable",
                                        "x-uuencode", "x-uue", "uuencode", "uue"};
    const struct bytes word = mail_trim(value);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_is_nocase(word, known[i]))
            return;
    mail_tell(walk, ANOMALY_MAIL_ODD_ENCODING, 0, 0);
}

static void look_at_content(const struct mail_walk *walk, struct bytes name, struct bytes value)
{
    if (bytes_is_nocase(name, "content-transfer-encoding")) {
        look_at_encoding(walk, value);
    } else if (bytes_is_nocase(name, "content-type")) {
        mail_look_at_comments(walk, value);
        look_at_parameters(walk, value);
        const struct bytes type = bytes_skip(value, mail_skip_blank(value, 0));
        if (bytes_begin_nocase(type, "multipart"))
            look_at_boundary(walk, value);
    } else if (bytes_is_nocase(name, "content-disposition")) {
        mail_look_at_comments(walk, value);
        look_at_parameters(walk, value);
    }
}

static void look_at_top(const struct mail_walk *walk, struct bytes name, struct bytes value)
{
    switch (byte_lower(bytes_at(name, 0))) {
    case 'f':
    case 'r':
    case 's':
        if (bytes_is_nocase(name, "from") || bytes_is_nocase(name, "sender") || bytes_is_nocase(name, "reply-to"))
            look_at_addresses(walk, value, true);
        break;
    case 't':
    case 'c':
        if (bytes_is_nocase(name, "to") || bytes_is_nocase(name, "cc"))
            look_at_addresses(walk, value, false);
        break;
    default:
        break;
    }
}

void mail_look_at_field(const struct mail_walk *walk, struct bytes name, struct bytes value)
{
    enum { CONTENT = 8 };
    const uint8_t last = bytes_at(name, name.len - 1);
    if (last == ' ' || last == '\t') {
        mail_tell(walk, ANOMALY_MAIL_SPACE_BEFORE_COLON, 0, 0);
        name = bytes_trim(name);
    }
    if (byte_lower(bytes_at(name, 0)) == 'c' && bytes_at(name, CONTENT - 1) == '-')
        look_at_content(walk, name, value);
    else if (walk->stream->top_header)
        look_at_top(walk, name, value);
}
