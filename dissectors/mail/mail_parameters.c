/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parameters, plain and in sections. The value is walked once for each parameter asked for.
 */
#include "mail_parameters.h"

#include "mail_words.h"

enum {
    SECTIONS = 64,        /* of one parameter; further ones are left out */
    SECTION_BYTES = 1024, /* of all of them, decoded */
    UTF8_BYTES = 3 * SECTION_BYTES,
};

struct section {
    struct bytes value;
    bool is_encoded; /* %XX in it */
};

struct parameter {
    struct bytes plain;
    bool has_plain;
    size_t count; /* sections there are, numbered from 0 without a hole */
    struct section sections[SECTIONS];
};

void mail_value_token(struct bytes value, struct mail_text *ret_text)
{
    struct bytes word, rest = bytes_first(value, mail_find(value, ';', 0));
    while (mail_word_next(&rest, &word))
        mail_text_add_lower(ret_text, word);
}

/* filename, filename*, filename*0, filename*0*: what follows the name, and which section it is. */
static bool read_name(struct bytes name, const char *wanted, bool *ret_plain, size_t *ret_section, bool *ret_encoded)
{
    int64_t number = 0;
    if (!bytes_begin_nocase(name, wanted))
        return false;
    struct bytes suffix = bytes_skip(name, strlen(wanted));
    *ret_plain = suffix.len == 0;
    *ret_section = 0;
    *ret_encoded = false;
    if (suffix.len == 0)
        return true;
    if (bytes_at(suffix, 0) != '*')
        return false;
    *ret_encoded = bytes_at(suffix, suffix.len - 1) == '*';
    suffix = bytes_skip(suffix, 1);
    if (suffix.len == 0)
        return true;
    if (*ret_encoded)
        suffix = bytes_first(suffix, suffix.len - 1);
    if (!mail_number(suffix, &number) || number >= SECTIONS)
        return false;
    *ret_section = (size_t)number;
    return true;
}

struct bytes mail_without_comment(struct bytes text)
{
    size_t open = bytes_find(text, '(', 0);
    if (open < text.len && mail_skip_blank(text, open) == text.len)
        return mail_trim(bytes_first(text, open));
    return text;
}

bool mail_parameter_sides(struct bytes piece, struct bytes *ret_name, struct bytes *ret_value)
{
    const size_t equals = mail_find(piece, '=', 0);
    const struct bytes name = bytes_first(piece, equals), value = bytes_skip(piece, equals + 1);
    *ret_name = mail_trim(mail_without_comment(bytes_skip(name, mail_skip_blank(name, 0))));
    *ret_value = mail_trim(bytes_skip(value, mail_skip_blank(value, 0)));
    return equals < piece.len;
}

static void gather(struct bytes value, const char *wanted, struct parameter *parameter)
{
    struct bytes piece, rest = value;
    bool is_plain, is_encoded;
    size_t section;
    mail_split(&rest, ';', &piece);
    while (mail_split(&rest, ';', &piece)) {
        struct bytes name, text;
        if (!mail_parameter_sides(piece, &name, &text) || !read_name(name, wanted, &is_plain, &section, &is_encoded))
            continue;
        if (is_plain && !parameter->has_plain) {
            parameter->plain = text;
            parameter->has_plain = true;
        } else if (!is_plain && !parameter->sections[section].value.at) {
            parameter->sections[section] = (struct section){text, is_encoded};
        }
    }
    while (parameter->count < SECTIONS && parameter->sections[parameter->count].value.at)
        parameter->count++;
}

static void add_unquoted(struct bytes text, struct mail_text *to)
{
    if (bytes_at(text, 0) == '"')
        mail_text_add_unquoted(to, text);
    else
        mail_text_add(to, mail_without_comment(text));
}

static int hex_digit(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    if (c >= '0' && c <= '9')
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static void add_percent(struct bytes text, struct mail_text *to)
{
    for (size_t i = 0; i < text.len && !to->cut; i++) {
        int high = hex_digit(bytes_at(text, i + 1)), low = hex_digit(bytes_at(text, i + 2));
        bool is_pair = bytes_at(text, i) == '%' && high >= 0 && low >= 0;
        mail_text_byte(to, is_pair ? (uint8_t)(high * 16 + low) : bytes_at(text, i));
        i += is_pair ? 2 : 0;
    }
}

/* The first encoded section begins with charset'language' */
static struct bytes take_charset(struct bytes *text)
{
    size_t first = bytes_find(*text, '\'', 0), second = bytes_find(*text, '\'', first + 1);
    if (second >= text->len)
        return bytes_of(NULL, 0);
    struct bytes charset = bytes_first(*text, first);
    *text = bytes_skip(*text, second + 1);
    return charset;
}

struct room {
    uint8_t raw[SECTION_BYTES], unquoted[SECTION_BYTES], utf8[UTF8_BYTES];
};

static void add_sections(struct emitter *emitter, const struct parameter *parameter, struct mail_text *ret_text)
{
    struct room *room = emit_scratch(emitter, sizeof *room);
    if (!room)
        return;
    struct mail_text joined = mail_text_in(room->raw, sizeof room->raw);
    struct bytes charset = {NULL, 0};
    for (size_t i = 0; i < parameter->count; i++) {
        struct bytes text = parameter->sections[i].value;
        struct mail_text bare = mail_text_in(room->unquoted, sizeof room->unquoted);
        add_unquoted(text, &bare);
        text = mail_text_bytes(&bare);
        if (i == 0 && parameter->sections[i].is_encoded) {
            struct bytes inside = parameter->sections[i].value;
            inside = bytes_skip(inside, bytes_at(inside, 0) == '"' ? 1 : 0);
            charset = take_charset(&inside);
            take_charset(&text);
        }
        if (parameter->sections[i].is_encoded)
            add_percent(text, &joined);
        else
            mail_text_add(&joined, text);
    }
    ret_text->cut = ret_text->cut || joined.cut;
    size_t length = emit_utf8(emitter, charset, mail_text_bytes(&joined), room->utf8, sizeof room->utf8);
    mail_text_add(ret_text, bytes_of(room->utf8, length));
    mail_text_whole_characters(ret_text);
}

bool mail_parameter(struct emitter *emitter, struct bytes value, const char *name, struct mail_text *ret_text)
{
    struct parameter parameter = {.count = 0};
    gather(value, name, &parameter);
    if (parameter.count > 0) {
        add_sections(emitter, &parameter, ret_text);
        return true;
    }
    if (!parameter.has_plain)
        return false;
    uint8_t unquoted[SECTION_BYTES];
    struct mail_text bare = mail_text_in(unquoted, sizeof unquoted);
    add_unquoted(parameter.plain, &bare);
    mail_words_add(emitter, mail_text_bytes(&bare), ret_text);
    ret_text->cut = ret_text->cut || bare.cut;
    return true;
}
