/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Address lists. One walk finds where an entry ends and what stands where in it; then its texts are put together.
 */
#include "mail_address.h"

#include "mail_fields.h"
#include "mail_words.h"

/* One entry between commas. */
struct entry {
    struct bytes text;
    size_t open, close; /* < and >; open == text.len: none */
    struct bytes comment;
    bool is_group; /* ended by a colon */
};

void mail_addresses_begin(struct mail_addresses *addresses, struct emitter *emitter, struct bytes value)
{
    addresses->emitter = emitter;
    addresses->rest = value;
    addresses->barren = SIZE_MAX;
    addresses->inside_group = false;
    addresses->no_close = addresses->no_quote = false;
}

/* The > that belongs to the < at `open`; where it is missing, the end of the entry. */
static size_t find_close(struct mail_addresses *addresses, size_t open)
{
    struct bytes text = addresses->rest;
    size_t i = open + 1;
    while (i < text.len && !addresses->no_close) {
        uint8_t c = bytes_at(text, i);
        if (c == '>' || c == ';')
            return i;
        i = c == '"' ? mail_skip_quoted(text, i) : i + 1;
    }
    addresses->no_close = true;
    return bytes_find(text, ',', open);
}

/* Behind what stands at `i`, as far as it is one thing in which a comma means nothing. */
static size_t skip_thing(struct mail_addresses *addresses, struct entry *entry, size_t i)
{
    struct bytes rest = addresses->rest;
    struct mail_word word;
    uint8_t c = bytes_at(rest, i);
    if (c == '(') {
        size_t end = mail_skip_comment(rest, i);
        entry->comment = bytes_slice(rest, i, end - i);
        return end;
    }
    if (c == '"' && !addresses->no_quote) {
        size_t quote = mail_find_quote(rest, i);
        addresses->no_quote = quote == rest.len;
        return addresses->no_quote ? i + 1 : quote + 1;
    }
    if (c == '[') { /* a domain literal */
        size_t close = bytes_find(bytes_first(rest, i + 64), ']', i);
        return bytes_at(rest, close) == ']' ? close + 1 : i + 1;
    }
    if (c == '=' && mail_word_at(rest, i, &addresses->barren, &word))
        return i + word.length;
    if (c == '<' && entry->open == SIZE_MAX) {
        entry->open = i;
        entry->close = find_close(addresses, i);
        return entry->close + (bytes_at(rest, entry->close) == '>');
    }
    return i + 1;
}

/* False: nothing is left. */
static bool next_entry(struct mail_addresses *addresses, struct entry *entry)
{
    struct bytes rest = addresses->rest;
    bool saw_at = false;
    size_t i = 0;
    uint8_t c = 0;
    *entry = (struct entry){.open = SIZE_MAX};
    if (rest.len == 0)
        return false;
    while (i < rest.len) {
        c = bytes_at(rest, i);
        bool colon = c == ':' && !saw_at && entry->open == SIZE_MAX && !addresses->inside_group;
        if (c == ',' || c == ';' || colon)
            break;
        saw_at = saw_at || c == '@';
        i = skip_thing(addresses, entry, i);
    }
    entry->text = bytes_first(rest, i);
    entry->is_group = i < rest.len && c == ':';
    if (i < rest.len && c != ',')
        addresses->inside_group = c == ':';
    if (entry->open == SIZE_MAX)
        entry->open = entry->close = entry->text.len;
    addresses->rest = bytes_skip(rest, i + 1);
    return true;
}

/* Without comments and white space, but for those in quotes. */
static void add_address(struct bytes text, struct mail_text *to)
{
    size_t i = 0;
    while (i < text.len) {
        i = mail_skip_blank(text, i);
        size_t end = bytes_at(text, i) == '"' ? mail_skip_quoted(text, i) : i + 1;
        mail_text_add(to, bytes_slice(text, i, end - i));
        i = end;
    }
}

/* <@relay,@other:user@host> */
static struct bytes without_route(struct bytes text)
{
    text = bytes_skip(text, mail_skip_blank(text, 0));
    size_t colon = bytes_find(text, ':', 0);
    return bytes_at(text, 0) == '@' && colon < text.len ? bytes_skip(text, colon + 1) : text;
}

/* A phrase: quotes and comments taken off, encoded words decoded. */
static void add_name(struct mail_addresses *addresses, struct bytes phrase, struct mail_text *to)
{
    uint8_t raw[MAIL_ADDRESS_BYTES];
    struct mail_text bare = mail_text_in(raw, sizeof raw);
    struct mail_word word;
    size_t barren = SIZE_MAX, i = mail_skip_blank(phrase, 0);
    while (i < phrase.len && !bare.cut) {
        size_t blank = mail_skip_blank(phrase, i), end = blank + 1;
        if (blank > i && blank < phrase.len)
            mail_text_byte(&bare, ' ');
        if (bytes_at(phrase, blank) == '"') {
            mail_text_add_unquoted(&bare, bytes_skip(phrase, blank));
            end = mail_skip_quoted(phrase, blank);
        } else {
            if (mail_word_at(phrase, blank, &barren, &word))
                end = blank + word.length;
            mail_text_add(&bare, bytes_slice(phrase, blank, end - blank));
        }
        i = end;
    }
    mail_words_add(addresses->emitter, mail_text_bytes(&bare), to);
    to->cut = to->cut || bare.cut;
}

static void add_comment(struct mail_addresses *addresses, struct bytes comment, struct mail_text *to)
{
    struct bytes inside = bytes_skip(comment, 1);
    if (bytes_at(comment, comment.len - 1) == ')')
        inside = bytes_first(inside, inside.len - 1);
    mail_words_add(addresses->emitter, inside, to);
}

/* Something without @ is the name of a mailbox here if it is one word. */
static bool is_address(const struct entry *entry)
{
    struct bytes word, rest = entry->text;
    if (entry->open < entry->text.len || bytes_find(entry->text, '@', 0) < entry->text.len)
        return true;
    return mail_word_next(&rest, &word) && mail_skip_blank(rest, 0) == rest.len && bytes_at(word, 0) != '"';
}

static void read_entry(struct mail_addresses *addresses, const struct entry *entry, struct mail_mailbox *mailbox)
{
    struct mail_text address = mail_text_in(addresses->address, sizeof addresses->address);
    struct mail_text name = mail_text_in(addresses->name, sizeof addresses->name);
    bool has_brackets = entry->open < entry->text.len;
    struct bytes phrase = entry->text;
    *mailbox = (struct mail_mailbox){.is_group = entry->is_group};
    if (!entry->is_group && is_address(entry)) {
        mailbox->has_address = true;
        if (has_brackets)
            add_address(without_route(bytes_slice(entry->text, entry->open + 1, entry->close - entry->open - 1)),
                        &address);
        else
            add_address(entry->text, &address);
        phrase = bytes_first(entry->text, has_brackets ? entry->open : 0);
    }
    add_name(addresses, phrase, &name);
    if (name.length == 0 && mailbox->has_address && entry->comment.len > 0)
        add_comment(addresses, entry->comment, &name);
    mailbox->address = mail_text_bytes(&address);
    mailbox->name = mail_text_bytes(&name);
    mailbox->cut = address.cut || name.cut;
}

bool mail_addresses_next(struct mail_addresses *addresses, struct mail_mailbox *ret_mailbox)
{
    struct entry entry;
    while (next_entry(addresses, &entry)) {
        if (mail_skip_blank(entry.text, 0) == entry.text.len && !entry.is_group)
            continue;
        read_entry(addresses, &entry, ret_mailbox);
        return true;
    }
    return false;
}

unsigned mail_addresses_record(struct emitter *emitter, struct record *record, unsigned field, struct bytes value)
{
    struct mail_addresses addresses;
    struct mail_mailbox mailbox;
    unsigned count = 0;
    mail_addresses_begin(&addresses, emitter, value);
    while (mail_addresses_next(&addresses, &mailbox)) {
        count += mailbox.has_address && bytes_find(mailbox.address, '@', 0) < mailbox.address.len;
        unsigned name_field = mailbox.is_group ? MAIL_GROUPS : field + 1;
        if (mailbox.has_address)
            record_text(record, field, mailbox.address);
        /* A name that only repeats the address is none. */
        if (mailbox.name.len > 0 && !bytes_equal_nocase(mailbox.name, mailbox.address))
            record_text(record, name_field, mailbox.name);
        if (mailbox.cut)
            mail_mark_cut(record, field);
    }
    return count;
}
