/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Received chain (RFC 5321 section 4.4): each server puts a line on top, so the newest stands first.
 *
 *   Received: from mx.example.org (mx.example.org [192.0.2.1])
 *       by mail.example.net (Postfix) with ESMTPS id 4F1C2
 *       for <bob@example.net>; Sun, 22 Nov 2026 14:02:05 +0100 (CET)
 *
 * How long a hop took is known when the line below was read; until then it waits in the headers' state.
 */
#include "mail_headers.h"

#include "mail_date.h"

static const char *const keywords[MAIL_HOP_TEXTS] = {
    [MAIL_RECEIVED_FROM] = "from", [MAIL_RECEIVED_BY] = "by",   [MAIL_RECEIVED_WITH] = "with",
    [MAIL_RECEIVED_ID] = "id",     [MAIL_RECEIVED_FOR] = "for",
};

/* -1: none of ours. */
static int find_keyword(struct bytes word)
{
    for (int i = 0; i < MAIL_HOP_TEXTS; i++)
        if (keywords[i] && bytes_is_nocase(word, keywords[i]))
            return i;
    return -1;
}

/* Adds a word to what there is of this text. */
static void add_word(struct mail_hop *hop, int which, struct bytes word)
{
    struct mail_text text = mail_text_in(hop->texts[which].at, MAIL_HOP_BYTES);
    text.length = hop->texts[which].length;
    if (text.length > 0)
        mail_text_byte(&text, ' ');
    mail_text_add(&text, word);
    mail_text_whole_characters(&text);
    hop->texts[which].length = (uint16_t)text.length;
    hop->cut = hop->cut || text.cut;
}

/* 192.0.2.1, or with colons. */
static bool is_ip(struct bytes text)
{
    size_t dots = 0, colons = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = byte_lower(bytes_at(text, i));
        dots += c == '.';
        colons += c == ':';
        if (!(c >= '0' && c <= '9') && c != '.' && c != ':' && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return dots == 3 || colons >= 2;
}

/* The address in the remark behind the sender's name: (mx.example.org [192.0.2.1]), (HELO x) (192.0.2.1), ([IPv6:…]) */
static bool find_ip(struct bytes remark, struct bytes *ret_ip)
{
    for (size_t i = 0; i < remark.len;) {
        size_t end = i;
        uint8_t c = bytes_at(remark, end);
        while (end < remark.len && !mail_is_space(c) && c != '(' && c != ')' && c != '[' && c != ']' && c != '@')
            c = bytes_at(remark, ++end);
        struct bytes word = bytes_slice(remark, i, end - i);
        if (bytes_begin_nocase(word, "IPv6:"))
            word = bytes_skip(word, 5);
        if (word.len > 0 && is_ip(word)) {
            *ret_ip = word;
            return true;
        }
        i = end + 1;
    }
    return false;
}

/* The first word of each text counts, but for `with`, which may be several: Microsoft SMTP Server. */
static void read_words(struct bytes rest, struct mail_hop *hop)
{
    struct bytes word, ip;
    int current = -1;
    while (mail_word_next(&rest, &word)) {
        int keyword = find_keyword(word);
        if (keyword >= 0) {
            current = hop->texts[keyword].length == 0 ? keyword : -1;
            continue;
        }
        if (current < 0)
            continue;
        add_word(hop, current, current == MAIL_RECEIVED_FOR ? mail_in_brackets(word) : word);
        if (current == MAIL_RECEIVED_FROM) {
            struct bytes remark = bytes_first(rest, mail_skip_blank(rest, 0));
            if (find_ip(remark, &ip) || find_ip(word, &ip))
                add_word(hop, MAIL_RECEIVED_FROM_IP, ip);
        }
        if (current != MAIL_RECEIVED_WITH)
            current = -1;
    }
}

void mail_received_read(struct bytes value, struct mail_hop *ret_hop)
{
    size_t last = value.len;
    for (size_t at = mail_find(value, ';', 0); at < value.len; at = mail_find(value, ';', at + 1))
        last = at;
    for (int i = 0; i < MAIL_HOP_TEXTS; i++)
        ret_hop->texts[i].length = 0;
    ret_hop->cut = false;
    read_words(bytes_first(value, last), ret_hop);
    ret_hop->has_time = mail_date(bytes_skip(value, last + 1), &ret_hop->time_ns);
}

/* The hop that waits. `before`: the one before it on the way; NULL: it was the first. */
static void write_hop(struct mail_headers *headers, struct record *record, const struct mail_hop *before)
{
    const struct mail_hop *hop = &headers->hop;
    record_group_begin(record, MAIL_RECEIVED);
    for (unsigned i = 0; i < MAIL_HOP_TEXTS; i++)
        if (hop->texts[i].length > 0)
            record_text(record, i, bytes_of(hop->texts[i].at, hop->texts[i].length));
    if (hop->has_time)
        record_integer(record, MAIL_RECEIVED_TIMESTAMP, hop->time_ns);
    if (hop->has_time && before && before->has_time) {
        int64_t delay_ns = hop->time_ns - before->time_ns;
        record_integer(record, MAIL_RECEIVED_DELAY, delay_ns);
        struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = -delay_ns};
        if (delay_ns < 0)
            record_observe(record, RECORD_LAST, "mail.clocks", &time, 1);
        if (delay_ns > headers->slowest_ns) {
            headers->slowest_ns = delay_ns;
            struct bytes by = bytes_of(hop->texts[MAIL_RECEIVED_BY].at, hop->texts[MAIL_RECEIVED_BY].length);
            headers->slowest_length = (uint16_t)bytes_copy(headers->slowest, sizeof headers->slowest, by);
        }
    }
    record_group_end(record);
    if (hop->cut)
        mail_mark_cut(record, MAIL_RECEIVED);
    headers->has_hop = false;
}

static bool says_anything(const struct mail_hop *hop)
{
    bool any = hop->has_time;
    for (int i = 0; i < MAIL_HOP_TEXTS; i++)
        any = any || hop->texts[i].length > 0;
    return any;
}

void mail_take_received(const struct mail_take *take)
{
    struct mail_headers *headers = take->headers;
    struct mail_hop hop;
    mail_received_read(take->value, &hop);
    if (!says_anything(&hop))
        return;
    if (headers->has_hop)
        write_hop(headers, take->record, &hop);
    headers->hop = hop;
    headers->has_hop = true;
    headers->hops++;
    if (hop.has_time) {
        headers->newest_ns = headers->has_newest ? headers->newest_ns : hop.time_ns;
        headers->oldest_ns = hop.time_ns;
        headers->has_newest = true;
    }
}

void mail_received_finish(struct mail_headers *headers, struct record *record)
{
    if (headers->has_hop)
        write_hop(headers, record, NULL);
    if (headers->hops == 0)
        return;
    record_integer(record, MAIL_JOURNEY_HOPS, headers->hops);
    if (headers->has_newest && headers->hops > 1 && headers->newest_ns >= headers->oldest_ns)
        record_integer(record, MAIL_JOURNEY_DURATION, headers->newest_ns - headers->oldest_ns);
}
