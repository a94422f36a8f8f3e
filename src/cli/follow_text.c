/* SPDX-License-Identifier: BSD-3-Clause */
#include "follow_text.h"

#include "util/utf8.h"

#include <stdio.h>

enum {
    ROW_BYTES = 16,   /* of a dump */
    CLEARLY_TEXT = 8, /* bytes without one that is no text, so that a dump ends */
};

/* The colours that the transcript has for them. */
static const char *const side_colors[2] = {[SIDE_CLIENT] = "\033[0;36m", [SIDE_SERVER] = "\033[0;32m"};
static const char *const side_arrows[2] = {[SIDE_CLIENT] = "▸", [SIDE_SERVER] = "◂"};
static const char dim_color[] = "\033[0;2m", warning_color[] = "\033[0;33m", normal_color[] = "\033[0m";

static void paint(struct follow_text *text, const char *color)
{
    if (text->color)
        text_add_string(text->out, color);
}

static void end_line(struct follow_text *text)
{
    if (text->painted)
        paint(text, normal_color);
    text_add_string(text->out, "\n");
    text->open = text->painted = false;
}

static void add_time(struct follow_text *text)
{
    char words[40];
    uint64_t passed_ns = (uint64_t)text->spoken_ns - (uint64_t)text->start_ns;
    if (!text->times)
        return;
    if (passed_ns > INT64_MAX) /* before the first frame: the capture is out of order */
        passed_ns = 0;
    paint(text, dim_color);
    snprintf(words, sizeof words, "%5llu.%06llu ", (unsigned long long)(passed_ns / 1000000000),
             (unsigned long long)(passed_ns % 1000000000 / 1000));
    text_add_string(text->out, words);
    paint(text, normal_color);
}

/* The beginning of a line of `side`; where the other one, or a line of another kind, was not ended, that is cut off. */
static void begin_line(struct follow_text *text, enum side side, const char *kind, const char *color)
{
    if (text->open) {
        text->sides[text->speaker].broken = true;
        end_line(text);
    }
    add_time(text);
    paint(text, color);
    text_add_string(text->out, side_arrows[side]);
    text_add_string(text->out, kind);
    text->open = text->painted = true;
    text->speaker = side;
}

/* Where words of `side` can be written. */
static void go_on(struct follow_text *text, enum side side)
{
    struct follow_side *own = &text->sides[side];
    if (!text->open || text->speaker != side) {
        begin_line(text, side, own->broken ? "…" : " ", side_colors[side]);
        own->broken = false;
    } else if (!text->painted) {
        paint(text, side_colors[side]);
        text->painted = true;
    }
}

/* A line, or a part of one. */
static void show_text(struct follow_text *text, enum side side, struct bytes line)
{
    text->sides[side].offset += line.len;
    bool ends = line.len > 0 && bytes_at(line, line.len - 1) == '\n';
    if (ends)
        line = bytes_first(line, line.len - 1);
    if (ends && line.len > 0 && bytes_at(line, line.len - 1) == '\r')
        line = bytes_first(line, line.len - 1);
    go_on(text, side);
    for (size_t at = 0; at <= line.len;) {
        size_t tab = bytes_find(line, '\t', at);
        size_t to = tab < line.len ? tab : line.len;
        text_add_terminal(text->out, bytes_slice(line, at, to - at), SIZE_MAX);
        if (to < line.len)
            text_add_string(text->out, "\t");
        at = to + 1;
    }
    if (ends)
        end_line(text);
}

/* Sixteen bytes: where they stand, in hexadecimal, and those that are ASCII. */
static void show_row(struct follow_text *text, enum side side, struct bytes row, uint64_t offset)
{
    char words[32], seen[ROW_BYTES + 1];
    begin_line(text, side, ":", side_colors[side]);
    snprintf(words, sizeof words, "%06llx ", (unsigned long long)offset);
    text_add_string(text->out, words);
    for (size_t i = 0; i < ROW_BYTES; i++) {
        uint8_t byte = bytes_at(row, i);
        text_add_string(text->out, i == ROW_BYTES / 2 ? "  " : " ");
        snprintf(words, sizeof words, "%02x", byte);
        text_add_string(text->out, i < row.len ? words : "  ");
        seen[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
    }
    seen[row.len] = '\0';
    text_add_string(text->out, "  |");
    text_add_string(text->out, seen);
    text_add_string(text->out, "|");
    end_line(text);
}

static void show_binary(struct follow_text *text, enum side side, struct bytes data)
{
    struct follow_side *own = &text->sides[side];
    while (data.len > 0) {
        struct bytes row = bytes_first(data, ROW_BYTES);
        show_row(text, side, row, own->offset);
        own->offset += row.len;
        data = bytes_skip(data, row.len);
    }
    own->broken = false;
}

/* Bytes that stand for no character, and control characters that no line of text needs. */
static size_t count_strange(struct bytes line)
{
    size_t count = 0;
    for (size_t at = 0; at < line.len;) {
        uint32_t character = 0;
        size_t length = utf8_character(line, at, &character);
        bool control = (character < 0x20 && character != '\t' && character != '\r' && character != '\n') ||
                       (character >= 0x7f && character < 0xa0);
        count += length == 0 || control;
        at += length > 0 ? length : 1;
    }
    return count;
}

static bool is_binary(struct bytes line, bool before)
{
    size_t strange = count_strange(line);
    if (before)
        return strange > 0 || line.len < CLEARLY_TEXT;
    return strange >= 2 && strange * 4 >= line.len;
}

/* How many bytes a character has that begins with this one; 0: none begins with it. */
static size_t length_of_character(uint8_t lead)
{
    if (lead < 0xc2 || lead >= 0xf5)
        return lead < 0x80 ? 1 : 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* How many bytes at the end cannot be shown before the next is known: CR, or a character that is not whole. */
static size_t undecided(struct bytes data)
{
    if (data.len > 0 && bytes_at(data, data.len - 1) == '\r')
        return 1;
    for (size_t back = 1; back <= 3 && back <= data.len; back++) {
        uint8_t byte = bytes_at(data, data.len - back);
        if ((byte & 0xc0) != 0x80)
            return length_of_character(byte) > back ? back : 0;
    }
    return 0;
}

/* Lines that are text, one by one; what is between them, together. Of a last line that goes on (unless the piece is
 * `whole`) some bytes are carried over. */
static void show(struct follow_text *text, enum side side, struct bytes data, bool whole)
{
    struct follow_side *own = &text->sides[side];
    size_t binary_bytes = 0; /* before `at` */
    for (size_t at = 0; at < data.len;) {
        size_t end = bytes_find(data, '\n', at);
        struct bytes line = bytes_slice(data, at, (end < data.len ? end + 1 : data.len) - at);
        size_t rest = whole ? 0 : undecided(line);
        own->binary = is_binary(bytes_first(line, line.len - rest), own->binary);
        if (own->binary)
            binary_bytes += line.len;
        if (binary_bytes > 0 && (!own->binary || at + line.len == data.len)) {
            show_binary(text, side,
                        bytes_slice(data, own->binary ? data.len - binary_bytes : at - binary_bytes, binary_bytes));
            binary_bytes = 0;
        }
        at += line.len;
        if (own->binary)
            continue;
        own->carried_length = bytes_copy(own->carried, sizeof own->carried, bytes_skip(line, line.len - rest));
        if (rest < line.len)
            show_text(text, side, bytes_first(line, line.len - rest));
    }
}

/* What was carried over comes first, with the few bytes that it waited for. Returns what is left of `data`. */
static struct bytes join(struct follow_text *text, enum side side, struct bytes data)
{
    struct follow_side *own = &text->sides[side];
    size_t carried = own->carried_length, wants = 2, taken = 0;
    if (carried == 0)
        return data;
    bool is_return = own->carried[0] == '\r';
    if (!is_return)
        wants = length_of_character(own->carried[0]);
    for (; carried < wants && taken < data.len; taken++) {
        uint8_t byte = bytes_at(data, taken);
        if (is_return ? byte != '\n' : (byte & 0xc0) != 0x80)
            break;
        own->carried[carried++] = byte;
    }
    bool is_known = carried == wants || taken < data.len;
    own->carried_length = is_known ? 0 : carried;
    if (is_known)
        show_text(text, side, bytes_of(own->carried, carried));
    return bytes_skip(data, taken);
}

/* Shows what was carried over as it is. */
static void let_go(struct follow_text *text, enum side side)
{
    struct follow_side *own = &text->sides[side];
    if (own->carried_length > 0)
        show_text(text, side, bytes_of(own->carried, own->carried_length));
    own->carried_length = 0;
}

void follow_add_endpoint(struct text_buffer *out, const struct endpoint *endpoint)
{
    char address[ADDRESS_TEXT_SIZE];
    size_t length = address_text(&endpoint->ip, address);
    bool brackets = endpoint->ip.family == 6;
    text_add_string(out, brackets ? "[" : "");
    text_add(out, address, length);
    text_add_string(out, brackets ? "]:" : ":");
    text_add_unsigned(out, endpoint->port);
}

void follow_text_begin(struct follow_text *text, const struct conversation *conversation)
{
    text->start_ns = conversation->first.time_ns;
    paint(text, dim_color);
    text_add_string(text->out, "conversation ");
    text_add_unsigned(text->out, conversation->id);
    text_add_string(text->out, ": client ");
    follow_add_endpoint(text->out, &conversation->source);
    text_add_string(text->out, ", server ");
    follow_add_endpoint(text->out, &conversation->destination);
    text_add_string(text->out, conversation->transport == TRANSPORT_TCP ? ", tcp" : ", udp");
    paint(text, normal_color);
    text_add_string(text->out, "\n");
}

/* Their lines so far carry the wrong arrows; from here on they are right. */
void follow_text_swap(struct follow_text *text, const struct conversation *conversation)
{
    struct follow_side client = text->sides[SIDE_CLIENT];
    follow_text_remark(text, "client and server are the other way round, also above:");
    text->sides[SIDE_CLIENT] = text->sides[SIDE_SERVER];
    text->sides[SIDE_SERVER] = client;
    text->speaker = side_other(text->speaker);
    follow_text_begin(text, conversation);
}

void follow_text_say(struct follow_text *text, enum side side, struct bytes data, int64_t time_ns, bool whole)
{
    struct follow_side *own = &text->sides[side];
    text->spoken_ns = time_ns;
    if (whole || text->speaker != side)
        own->binary = false;
    show(text, side, join(text, side, data), whole);
    if (whole && text->open)
        end_line(text);
}

void follow_text_lost(struct follow_text *text, enum side side, uint64_t length)
{
    char words[64];
    struct follow_side *own = &text->sides[side];
    let_go(text, side);
    begin_line(text, side, "! ", warning_color);
    own->broken = own->binary = false;
    own->offset += length;
    snprintf(words, sizeof words, "[%llu byte%s lost]", (unsigned long long)length, length == 1 ? "" : "s");
    text_add_string(text->out, words);
    end_line(text);
}

void follow_text_remark(struct follow_text *text, const char *words)
{
    if (text->open) {
        text->sides[text->speaker].broken = true;
        end_line(text);
    }
    paint(text, dim_color);
    text_add_string(text->out, words);
    paint(text, normal_color);
    text_add_string(text->out, "\n");
}

void follow_text_pause(struct follow_text *text)
{
    if (text->open && text->painted)
        paint(text, normal_color);
    text->painted = false;
}

void follow_text_end(struct follow_text *text)
{
    let_go(text, SIDE_CLIENT);
    let_go(text, SIDE_SERVER);
    if (text->open)
        end_line(text);
}
