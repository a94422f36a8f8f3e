/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Heads: a start line, header lines, an empty line (RFC 9112 sections 2 to 5).
 *
 *     METHOD SP target SP HTTP/1.1 CRLF          HTTP/1.1 SP 200 SP phrase CRLF
 *     name: OWS value OWS CRLF
 *      [SP / HTAB more of the value CRLF]        (folded: obsolete, but read)
 *     CRLF
 *
 * Lines that end with LF alone are read like the others. Nothing here refuses a message: what is not as it should be
 * is marked and said by the caller.
 */
#include "http.h"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_token_byte(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    return (lower >= 'a' && lower <= 'z') || http_is_digit(c) || (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

bool http_is_token(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!is_token_byte(bytes_at(word, i)))
            return false;
    return word.len > 0;
}

bool http_number(struct bytes digits, uint64_t *ret_value)
{
    enum { DIGITS = 18 };
    if (digits.len == 0)
        return false;
    while (digits.len > 1 && bytes_at(digits, 0) == '0')
        digits = bytes_skip(digits, 1);
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!http_is_digit(bytes_at(digits, i)) || i >= DIGITS)
            return false;
        value = value * 10 + (uint64_t)(bytes_at(digits, i) - '0');
    }
    *ret_value = value;
    return true;
}

static inline struct bytes take_line(struct bytes *rest, bool *ret_bare)
{
    size_t end = bytes_find(*rest, '\n', 0);
    struct bytes line = bytes_first(*rest, end);
    bool ended = end < rest->len;
    *rest = bytes_skip(*rest, end + 1);
    if (line.len > 0 && bytes_at(line, line.len - 1) == '\r')
        line = bytes_first(line, line.len - 1);
    else if (ended)
        *ret_bare = true;
    return line;
}

struct bytes http_take_line(struct bytes *rest, bool *ret_bare)
{
    return take_line(rest, ret_bare);
}

/* The word up to the next space or tab; `rest` moves to that space. */
static struct bytes take_word(struct bytes *rest)
{
    size_t end = 0;
    while (end < rest->len && !is_space(bytes_at(*rest, end)))
        end++;
    struct bytes word = bytes_first(*rest, end);
    *rest = bytes_skip(*rest, end);
    return word;
}

static bool is_version(struct bytes version)
{
    return version.len == 3 && http_is_digit(bytes_at(version, 0)) && bytes_at(version, 1) == '.' &&
           http_is_digit(bytes_at(version, 2));
}

bool http_is_usual_version(struct bytes word)
{
    return word.len == 8 && bytes_u32(word, 0) == 0x48545450 && bytes_u16(word, 4) == ('/' << 8 | '1') &&
           bytes_at(word, 6) == '.' && http_is_digit(bytes_at(word, 7));
}

/* GET /target HTTP/1.1, with nothing odd about it; any word of capital letters. False: look closer. */
static bool take_plain_request(struct bytes line, struct http_start *ret_start)
{
    enum { VERSION = 8, MOST_LETTERS = 16 };
    size_t letters = 0;
    while (letters < MOST_LETTERS && bytes_at(line, letters) >= 'A' && bytes_at(line, letters) <= 'Z')
        letters++;
    if (letters == 0 || bytes_at(line, letters) != ' ' || line.len < letters + VERSION + 3)
        return false;
    struct bytes target = bytes_slice(line, letters + 1, line.len - letters - VERSION - 2);
    struct bytes version = bytes_skip(line, line.len - VERSION);
    if (!http_is_usual_version(version) || bytes_at(line, line.len - VERSION - 1) != ' ' ||
        bytes_find_cut(target, '\t', ' ').mark < target.len)
        return false;
    *ret_start = (struct http_start){
        .method = bytes_first(line, letters), .target = target, .version = bytes_skip(version, VERSION - 3)};
    return true;
}

bool http_request_line(struct bytes line, struct http_start *ret_start)
{
    enum { PREFIX = 5 }; /* of `HTTP/` */
    if (take_plain_request(line, ret_start))
        return true;
    struct bytes rest = line;
    struct http_start start = {.method = take_word(&rest)};
    struct bytes target = bytes_trim(rest);
    size_t last = target.len;
    while (last > 0 && !is_space(bytes_at(target, last - 1)))
        last--;
    struct bytes word = bytes_skip(target, last);
    bool prefixed = bytes_begin_nocase(word, "HTTP/");
    if (prefixed) {
        start.version = bytes_skip(word, PREFIX);
        target = bytes_trim(bytes_first(target, last));
    }
    start.target = target;
    /* exactly one space between exactly three words */
    size_t plain = start.method.len + 1 + target.len + (prefixed ? 1 + word.len : 0);
    start.odd = line.len != plain || !http_is_token(start.method) || target.len == 0 ||
                bytes_find(line, '\t', 0) < line.len || bytes_find(target, ' ', 0) < target.len ||
                (prefixed && (!is_version(start.version) || !bytes_begin(word, "HTTP/")));
    *ret_start = start;
    return start.method.len > 0 && (prefixed || target.len > 0);
}

/* How many bytes from the beginning are of a kind. */
static size_t span(struct bytes bytes, bool (*is_kind)(uint8_t c))
{
    size_t count = 0;
    while (count < bytes.len && is_kind(bytes_at(bytes, count)))
        count++;
    return count;
}

/* HTTP/1.1 200 OK, with nothing odd about it. False: look closer. */
static bool take_plain_status(struct bytes line, struct http_start *ret_start)
{
    enum { VERSION = 8, PHRASE = 12 };
    const uint8_t hundreds = bytes_at(line, 9), tens = bytes_at(line, 10), ones = bytes_at(line, 11);
    if (line.len < PHRASE || !http_is_usual_version(bytes_first(line, VERSION)) || bytes_at(line, VERSION) != ' ' ||
        hundreds < '1' || hundreds > '9' || !http_is_digit(tens) || !http_is_digit(ones) ||
        (line.len > PHRASE && bytes_at(line, PHRASE) != ' '))
        return false;
    *ret_start = (struct http_start){
        .version = bytes_slice(line, VERSION - 3, 3),
        .status = (hundreds - '0') * 100u + (tens - '0') * 10u + (ones - '0'),
        .has_status = true,
        .phrase = bytes_trim(bytes_skip(line, PHRASE)),
    };
    return true;
}

bool http_status_line(struct bytes line, struct http_start *ret_start)
{
    enum { PREFIX = 5, DIGITS = 3 };
    if (take_plain_status(line, ret_start))
        return true;
    struct bytes rest = line;
    struct http_start start = {.version = take_word(&rest)};
    bool radio = bytes_is(start.version, "ICY"); /* how Internet radio of the SHOUTcast kind answers */
    if (!radio && !bytes_begin_nocase(start.version, "HTTP/"))
        return false;
    /* cppcheck-suppress internalAstError ; it cannot read a compound literal behind a question mark */
    start.version = radio ? (struct bytes){0} : bytes_skip(start.version, PREFIX);
    size_t gap = span(rest, is_space);
    bool named = radio || (bytes_begin(line, "HTTP/") && is_version(start.version));
    start.odd = !named || gap != 1 || bytes_at(rest, 0) != ' ';
    rest = bytes_skip(rest, gap);
    struct bytes digits = bytes_first(rest, DIGITS);
    uint64_t status = 0;
    start.has_status = digits.len == DIGITS && http_number(digits, &status);
    if (start.has_status) {
        start.status = (unsigned)status;
        rest = bytes_skip(rest, DIGITS);
    }
    if (start.status < 100 || (rest.len > 0 && bytes_at(rest, 0) != ' '))
        start.odd = true;
    start.phrase = bytes_trim(rest);
    *ret_start = start;
    return true;
}

/* The name before the colon of a line, and its value. */
static inline struct http_field split_field(struct bytes line)
{
    size_t colon = bytes_find(line, ':', 0);
    struct bytes name = bytes_first(line, colon);
    struct bytes trimmed = bytes_trim(name);
    if (colon == line.len)
        return (struct http_field){.bad = true};
    return (struct http_field){
        .name = trimmed,
        .value = bytes_skip(line, colon + 1),
        .bad = trimmed.len == 0 || trimmed.len != name.len,
    };
}

/* A line as nearly all are: a name, a colon, a value, CR LF, and no line after it that continues it. False: look
 * closer.
 */
static bool take_plain(struct http_fields *fields, struct http_field *ret_field)
{
    struct bytes rest = fields->rest;
    const struct bytes_cut cut = bytes_find_cut(rest, ':', '\n');
    const size_t end = cut.end, colon = cut.mark;
    if (end >= rest.len || colon == 0 || colon + 1 >= end || bytes_at(rest, end - 1) != '\r' ||
        is_space(bytes_at(rest, 0)) || is_space(bytes_at(rest, colon - 1)) || is_space(bytes_at(rest, end + 1)))
        return false;
    *ret_field = (struct http_field){
        .name = bytes_first(rest, colon),
        .value = bytes_trim(bytes_slice(rest, colon + 1, end - colon - 2)),
    };
    fields->rest = bytes_skip(rest, end + 1);
    fields->lines++;
    return true;
}

bool http_field_next(struct http_fields *fields, struct http_field *ret_field)
{
    if (fields->rest.len == 0)
        return false;
    if (bytes_at(fields->rest, 0) == '\r' && bytes_at(fields->rest, 1) == '\n') {
        fields->rest = bytes_skip(fields->rest, 2);
        return false;
    }
    if (take_plain(fields, ret_field))
        return true;
    struct bytes before = fields->rest;
    struct bytes line = take_line(&fields->rest, &fields->bare_lf);
    if (line.len == 0)
        return false;
    struct http_field field = split_field(line);
    fields->lines++;
    while (fields->rest.len > 0 && is_space(bytes_at(fields->rest, 0))) {
        line = http_take_line(&fields->rest, &fields->bare_lf);
        field.folds++;
    }
    if (field.folds > 0 && field.name.len > 0) {
        size_t end = bytes_offset(before, line) + line.len;
        size_t from = bytes_offset(before, field.value);
        field.value = bytes_slice(before, from, end - from);
    }
    field.value = bytes_trim(field.value);
    *ret_field = field;
    return true;
}

struct http_scratch *http_scratch(struct emitter *emitter)
{
    struct http_scratch *scratch = emit_scratch(emitter, sizeof *scratch);
    if (scratch)
        scratch->used = 0;
    return scratch;
}

struct bytes http_scratch_add(struct http_scratch *scratch, struct bytes text)
{
    uint8_t *at = &scratch->text[scratch->used];
    size_t count = bytes_copy(at, sizeof scratch->text - scratch->used, text);
    scratch->used += count;
    return bytes_of(at, count);
}

struct bytes http_unfold(struct http_scratch *scratch, struct bytes value)
{
    size_t from = scratch->used;
    bool bare = false;
    struct bytes rest = value;
    while (rest.len > 0) {
        struct bytes line = bytes_trim(http_take_line(&rest, &bare));
        if (scratch->used > from && line.len > 0)
            http_scratch_add(scratch, bytes_text(" "));
        http_scratch_add(scratch, line);
    }
    return bytes_of(&scratch->text[from], scratch->used - from);
}

/* Where an element ends in which there are quotes. */
static size_t end_of_quoted(struct bytes list, uint8_t separator)
{
    bool quoted = false;
    size_t end = 0;
    for (; end < list.len; end++) {
        uint8_t c = bytes_at(list, end);
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted)
            end++;
        else if (c == separator && !quoted)
            break;
    }
    return end;
}

bool http_list_next(struct bytes *list, uint8_t separator, struct bytes *ret_element)
{
    if (!list->at)
        return false;
    const struct bytes_cut cut = bytes_find_cut(*list, '"', separator);
    const size_t end = cut.mark == cut.end ? cut.end : end_of_quoted(*list, separator);
    *ret_element = bytes_trim(bytes_first(*list, end));
    *list = end < list->len ? bytes_skip(*list, end + 1) : (struct bytes){0};
    return true;
}

bool http_parameter(struct bytes list, uint8_t separator, const char *name, struct bytes *ret_value)
{
    struct bytes element;
    while (http_list_next(&list, separator, &element)) {
        size_t equals = bytes_find(element, '=', 0);
        if (equals == element.len || !bytes_is_nocase(bytes_trim(bytes_first(element, equals)), name))
            continue;
        struct bytes value = bytes_trim(bytes_skip(element, equals + 1));
        if (value.len >= 2 && bytes_at(value, 0) == '"' && bytes_at(value, value.len - 1) == '"')
            value = bytes_slice(value, 1, value.len - 2);
        *ret_value = value;
        return true;
    }
    return false;
}
