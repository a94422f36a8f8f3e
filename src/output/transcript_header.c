/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What stands above the lines of a conversation: its number, who talks to whom, how and since when.
 */
#include "put.h"
#include "transcript_state.h"

#include <stdio.h>
#include <time.h>

enum { NANOSECONDS = 1000000000, NUMBER_COLUMNS = 3, TITLE_COLUMN = 5 };

/* Most times share their second with the one before. */
static void learn_clock(struct transcript *transcript, time_t seconds)
{
    struct tm parts = {0};
    if (transcript->options->local_time)
        localtime_r(&seconds, &parts);
    else
        gmtime_r(&seconds, &parts);
    struct transcript_second *known = &transcript->second;
    if (strftime(known->clock, sizeof known->clock, "%H:%M:%S", &parts) == 0)
        known->clock[0] = '\0';
    if (strftime(known->date, sizeof known->date, "%Y-%m-%d", &parts) == 0)
        known->date[0] = '\0';
    known->seconds = seconds;
    known->known = true;
}

void transcript_clock(struct transcript *transcript, int64_t time_ns, bool milliseconds, char ret_clock[CLOCK_SIZE],
                      char ret_date[DATE_SIZE])
{
    int64_t rest_ns = time_ns % NANOSECONDS;
    if (rest_ns < 0)
        rest_ns += NANOSECONDS;
    time_t seconds = (time_t)((time_ns - rest_ns) / NANOSECONDS);
    const struct transcript_second *known = &transcript->second;
    if (!known->known || known->seconds != seconds)
        learn_clock(transcript, seconds);
    memcpy(ret_clock, known->clock, sizeof known->clock);
    memcpy(ret_date, known->date, sizeof known->date);
    if (milliseconds) {
        size_t length = strlen(ret_clock);
        snprintf(ret_clock + length, CLOCK_SIZE - length, ".%03u", (unsigned)(rest_ns / (NANOSECONDS / 1000)));
    }
}

/* `10.9.0.2:41234`, `[2001:db8::1]:53`, `www.example.org (192.0.2.1):80` */
static void add_endpoint(const struct transcript *transcript, const struct endpoint *endpoint, struct bytes name,
                         bool has_port, struct text_buffer *text)
{
    char address[ADDRESS_TEXT_SIZE];
    size_t length = address_text(&endpoint->ip, address);
    bool brackets = name.len == 0 && endpoint->ip.family == 6 && has_port;
    if (name.len > 0) {
        layout_mark(text, STYLE_STRONG);
        text_add_terminal(text, name, transcript->options->max_text);
        layout_mark(text, STYLE_NORMAL);
        text_add_string(text, " (");
    }
    text_add_string(text, brackets ? "[" : "");
    text_add(text, address, length);
    text_add_string(text, name.len > 0 ? ")" : brackets ? "]" : "");
    if (has_port) {
        text_add_string(text, ":");
        text_add_unsigned(text, endpoint->port);
    }
}

void transcript_add_endpoints(struct transcript *transcript, const struct record *record, struct text_buffer *text)
{
    const struct conversation *conversation = record->conversation;
    bool has_ports = conversation->transport == TRANSPORT_TCP || conversation->transport == TRANSPORT_UDP;
    add_endpoint(transcript, &conversation->source, record->source_domain, has_ports, text);
    text_add_string(text, " → ");
    add_endpoint(transcript, &conversation->destination, record->destination_domain, has_ports, text);
}

/* DNS, HTTP …; of records that are about the conversation itself, or about what it carries, the protocol that it
 * speaks. */
static void add_title(const struct record *record, struct text_buffer *text)
{
    const struct conversation *conversation = record->conversation;
    const struct dataset *dataset = record->dataset;
    bool is_about = strcmp(dataset->name, "anomaly") == 0 || strcmp(dataset->name, "flow") == 0;
    const char *protocol = record->protocol ? record->protocol : conversation ? conversation->protocol : NULL;
    bool is_own = protocol && strcmp(protocol, dataset->name) == 0;
    if (!conversation || is_own || (!protocol && !is_about)) {
        text_add_string(text, dataset->title);
        return;
    }
    if (!protocol)
        protocol = conversation->transport == TRANSPORT_TCP   ? "tcp"
                   : conversation->transport == TRANSPORT_UDP ? "udp"
                                                              : "ip";
    for (; *protocol; protocol++) {
        char upper = (char)byte_upper((uint8_t)*protocol);
        text_add(text, &upper, 1);
    }
}

/* How they talk: `udp  vlan 12`; may be nothing. */
static void add_ways(const struct record *record, struct text_buffer *text)
{
    const struct conversation *conversation = record->conversation;
    if (!conversation)
        return;
    if (conversation->transport == TRANSPORT_TCP || conversation->transport == TRANSPORT_UDP)
        text_add_string(text, conversation->transport == TRANSPORT_TCP ? "tcp" : "udp");
    if (conversation->has_vlan) {
        text_add_string(text, text->length > 0 ? "  vlan " : "vlan ");
        text_add_unsigned(text, conversation->vlan);
    }
}

/* False: nothing is known of that host. */
static bool say_host(struct transcript *transcript, struct bytes host)
{
    struct bytes sentence = note_catalog_find(transcript->hosts, host);
    struct text_buffer *scratch = &transcript->scratch;
    if (sentence.len == 0)
        return false;
    scratch->length = 0;
    text_add(scratch, (const char *)host.at, host.len);
    text_add_string(scratch, ": ");
    text_add(scratch, (const char *)sentence.at, sentence.len);
    transcript_say(transcript, &transcript->said_of_record, bytes_of(scratch->at, scratch->length));
    return true;
}

/* Who is a well-known host, by name or else by address. */
static void say_hosts(struct transcript *transcript, const struct record *record)
{
    const struct endpoint *endpoints[2] = {&record->conversation->source, &record->conversation->destination};
    struct bytes names[2] = {record->source_domain, record->destination_domain};
    char address[ADDRESS_TEXT_SIZE];
    transcript->row.notes.length = 0;
    for (size_t i = 0; transcript->hosts && i < 2; i++)
        if (!say_host(transcript, names[i]))
            say_host(transcript, bytes_of(address, address_text(&endpoints[i]->ip, address)));
}

void transcript_header(struct transcript *transcript, const struct record *record, struct text_buffer *out)
{
    const struct conversation *conversation = record->conversation;
    struct text_buffer *text = &transcript->scratch;
    size_t width = transcript->options->width;
    char number[PUT_NUMBER + PUT_SLACK] = "";
    char clock[CLOCK_SIZE];
    char date[sizeof transcript->date];
    transcript_clock(transcript, conversation ? conversation->first.time_ns : tape_moment(record).time_ns, false, clock,
                     date);
    bool names_date = strcmp(date, transcript->date) != 0;
    size_t clock_width = strlen(clock) + (names_date ? strlen(date) + 1 : 0);
    memcpy(transcript->date, date, sizeof date);

    if (conversation)
        *put_unsigned(number, conversation->id) = '\0';
    text->length = 0;
    layout_mark(text, STYLE_STRONG);
    add_title(record, text);
    layout_mark(text, STYLE_NORMAL);
    if (conversation) {
        text_add_string(text, "  ");
        transcript_add_endpoints(transcript, record, text);
    }
    /* Right-aligned; a longer number takes the columns that it needs. */
    size_t digits = strlen(number);
    size_t margin = digits < NUMBER_COLUMNS ? NUMBER_COLUMNS - digits : 0;
    text_add(&transcript->left, "   ", margin);
    text_add(&transcript->left, number, digits);
    struct pen pen = {.page = &transcript->left,
                      .column = margin + digits,
                      .right = width - clock_width - 2,
                      .indent = TITLE_COLUMN,
                      .bare = !transcript->options->color};
    pen_move(&pen, digits <= NUMBER_COLUMNS ? TITLE_COLUMN : digits + 2);
    pen_write(&pen, text->at, text->length);
    text->length = 0;
    add_ways(record, text);
    if (text->length > 0) {
        /* All of it on one line, be it the next. */
        if (pen.column + 2 + text->length > pen.right)
            pen_newline(&pen);
        pen_move(&pen, pen.column ? pen.column + 2 : TITLE_COLUMN);
        pen_mark(&pen, STYLE_DIM);
        pen_write(&pen, text->at, text->length);
    }

    struct text_buffer *right = &transcript->right;
    layout_mark(right, STYLE_DIM);
    if (names_date) {
        text_add_string(right, date);
        text_add_string(right, " ");
    }
    text_add_string(right, clock);
    layout_print(out, &transcript->left, right, width - clock_width, transcript->options->color);
    transcript->left.length = right->length = 0;
    if (conversation) {
        say_hosts(transcript, record);
        transcript_place_notes(transcript, TITLE_COLUMN, out);
    }
}
