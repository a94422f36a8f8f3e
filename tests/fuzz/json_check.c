/* SPDX-License-Identifier: BSD-3-Clause */
#include "json_check.h"

#include "harness.h"

#include "util/utf8.h"

enum { DEPTH_MAX = 16, NAMES_MAX = 512 };

struct json_reader {
    struct bytes text;
    size_t at;
    bool good;
    unsigned depth;
    bool is_object[DEPTH_MAX];
    size_t first_name[DEPTH_MAX]; /* of the names of open objects, in `names` */
    uint64_t names[NAMES_MAX];
    size_t name_count;
};

static bool is_bidirectional(uint32_t c)
{
    return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool may_be_shown(uint32_t c)
{
    return c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && !is_bidirectional(c);
}

static uint8_t peek(const struct json_reader *r)
{
    return bytes_at(r->text, r->at);
}

static bool take(struct json_reader *r, char c)
{
    bool there = r->at < r->text.len && peek(r) == (uint8_t)c;
    r->at += there;
    return there;
}

static void want(struct json_reader *r, bool condition)
{
    r->good = r->good && condition;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static void digits(struct json_reader *r)
{
    want(r, is_digit(peek(r)));
    while (is_digit(peek(r)))
        r->at++;
}

static void number(struct json_reader *r)
{
    (void)take(r, '-');
    if (!take(r, '0'))
        digits(r);
    if (take(r, '.'))
        digits(r);
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            (void)take(r, '-');
        digits(r);
    }
}

static uint32_t hex4(struct json_reader *r)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = peek(r), low = c | 0x20;
        want(r, is_digit(c) || (low >= 'a' && low <= 'f'));
        value = value << 4 | (uint32_t)(is_digit(c) ? c - '0' : low - 'a' + 10);
        r->at++;
    }
    return value;
}

static void escape(struct json_reader *r)
{
    uint8_t c = peek(r);
    r->at++;
    if (c != 'u') {
        want(r, c != 0 && strchr("\"\\/bfnrt", c) != NULL);
        return;
    }
    uint32_t unit = hex4(r);
    want(r, !(unit >= 0xdc00 && unit <= 0xdfff));
    if (unit >= 0xd800 && unit <= 0xdbff) {
        want(r, take(r, '\\') && take(r, 'u'));
        uint32_t second = hex4(r);
        want(r, second >= 0xdc00 && second <= 0xdfff);
    }
}

/* A number of the text as it stands; the output writes equal names in the same way. */
static uint64_t string(struct json_reader *r)
{
    want(r, take(r, '"'));
    size_t start = r->at;
    while (r->good && !(r->at < r->text.len && peek(r) == '"')) {
        uint32_t character = 0;
        size_t length = utf8_character(r->text, r->at, &character);
        want(r, length > 0 && may_be_shown(character));
        r->at += length;
        if (r->good && character == '\\')
            escape(r);
    }
    uint64_t name = 1;
    fuzz_mix_bytes(&name, bytes_slice(r->text, start, r->at - start));
    r->at++;
    return name;
}

static void name(struct json_reader *r)
{
    uint64_t own = string(r);
    for (size_t i = r->first_name[r->depth - 1]; i < r->name_count; i++)
        want(r, r->names[i] != own);
    if (r->name_count < NAMES_MAX)
        r->names[r->name_count++] = own;
    want(r, take(r, ':'));
}

static void word(struct json_reader *r, const char *text)
{
    want(r, bytes_equal(bytes_slice(r->text, r->at, strlen(text)), bytes_text(text)));
    r->at += strlen(text);
}

static void open(struct json_reader *r, bool is_object)
{
    r->at++;
    want(r, r->depth < DEPTH_MAX);
    if (!r->good)
        return;
    r->is_object[r->depth] = is_object;
    r->first_name[r->depth++] = r->name_count;
    if (is_object && peek(r) != '}')
        name(r);
}

/* A value, or the beginning of one. True: it is an object or a list that may have members. */
static bool begins(struct json_reader *r)
{
    switch (peek(r)) {
    case '{':
    case '[':
        open(r, peek(r) == '{');
        return r->good && peek(r) != '}' && peek(r) != ']';
    case '"':
        (void)string(r);
        return false;
    case 't':
        word(r, "true");
        return false;
    case 'f':
        word(r, "false");
        return false;
    case 'n':
        word(r, "null");
        return false;
    default:
        number(r);
        return false;
    }
}

/* What closes behind a value. True: one more value follows. */
static bool goes_on(struct json_reader *r)
{
    while (r->good && r->depth > 0) {
        bool is_object = r->is_object[r->depth - 1];
        if (take(r, ',')) {
            if (is_object)
                name(r);
            return r->good;
        }
        want(r, take(r, is_object ? '}' : ']'));
        r->depth--;
        r->name_count = r->first_name[r->depth];
    }
    return false;
}

bool json_line_is_good(struct bytes line)
{
    static struct json_reader reader; /* the names need not be zeroed */
    struct json_reader *r = &reader;
    r->text = line;
    r->at = r->name_count = 0;
    r->depth = 0;
    r->good = peek(r) == '{';
    bool more = r->good;
    while (more)
        more = begins(r) || goes_on(r);
    return r->good && r->at == line.len;
}

static size_t color_length(struct bytes page, size_t at)
{
    size_t end = at + 2;
    if (bytes_at(page, at) != 0x1b || bytes_at(page, at + 1) != '[')
        return 0;
    while (is_digit(bytes_at(page, end)) || bytes_at(page, end) == ';')
        end++;
    return bytes_at(page, end) == 'm' ? end + 1 - at : 0;
}

bool page_is_good(struct bytes page, bool colored)
{
    for (size_t at = 0; at < page.len;) {
        uint32_t character = 0;
        size_t length = colored ? color_length(page, at) : 0;
        if (length == 0) {
            length = utf8_character(page, at, &character);
            if (length == 0 || !(may_be_shown(character) || character == '\n'))
                return false;
        }
        at += length;
    }
    return true;
}
