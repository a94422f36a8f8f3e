/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of the transcript, shared by the files that make it up: transcript.c decides what is printed of a record,
 * transcript_row.c fills a line's words with values and gathers the notes beside them, transcript_page.c
 * puts the line on the page.
 */
#ifndef OVERHEAR_OUTPUT_TRANSCRIPT_STATE_H
#define OVERHEAR_OUTPUT_TRANSCRIPT_STATE_H

#include "layout.h"
#include "output_state.h"
#include "transcript_template.h"
#include "util/siphash.h"

enum {
    MARGIN = 10, /* columns of the time, which ends there */
    ARROW_COLUMN = 12,
    WORDS_COLUMN = 14,
    CONTINUED_COLUMN = 16,     /* words of a line that goes on from the one above */
    ASIDE_SMALLEST_PAGE = 100, /* from this width on notes stand beside the words */
    SHORT_SLACK = 2,           /* a list or text is not cut for so few more */
    SAID_MAX = 256,            /* sentences of one record or conversation that are remembered */
    TOLD_CONVERSATIONS = 4,    /* the last ones, to which the transcript may return */
};

/* Sentences that need not be said again, by their hashes. */
struct said {
    uint64_t hashes[SAID_MAX];
    size_t count;
};

/* A sentence of a catalog, known by where it stands. */
struct sentence {
    struct bytes text;
    uint64_t hash;
    bool is_plain; /* nothing in it has to be escaped */
};

enum { SENTENCES_KEPT = 256 };

/* What has been said of a conversation in fixed words, by catalogs and by observations without arguments. */
struct told {
    uint64_t conversation;
    uint64_t turn; /* when it last got a header, counted in headers */
    struct said said;
};

/* One line's words, filled in. Marked text. */
struct row {
    struct text_buffer text;       /* of all cells */
    size_t ends[TEMPLATE_COLUMNS]; /* where each cell ends in it */
    size_t count;
    struct text_buffer notes;
};

enum { CLOCK_SIZE = 32, DATE_SIZE = 16 };

/* The second that was said last. */
struct transcript_second {
    bool known;
    int64_t seconds;
    char clock[CLOCK_SIZE - 8]; /* less the milliseconds */
    char date[DATE_SIZE];
};

struct transcript {
    const struct output_options *options;
    const struct note_catalog *hosts;
    const struct note_catalog *icmp_errors;
    struct {
        const struct dataset *dataset;
        struct transcript_plan *plan;
    } * plans;
    size_t plan_count, plan_capacity;

    bool begun;            /* something was printed, */
    uint64_t conversation; /* the last of it about this one (0: about none), */
    char date[DATE_SIZE];  /* whose header named this date */

    struct transcript_second second;

    struct siphash_key said_key;
    struct sentence sentences[SENTENCES_KEPT];
    struct note_cache note_cache;
    struct told told[TOLD_CONVERSATIONS];
    size_t telling; /* which of them is in hand */
    uint64_t turns;

    /* of the record in hand */
    struct tape_notes tape_notes;
    struct said said_of_record; /* observations with arguments: the next record's are news, though they sound alike */

    /* of the line in hand */
    struct row row;
    struct text_buffer left, right, scratch, line_start;
};

/* How a row is filled. */
struct row_options {
    uint32_t entry;    /* item that `each` has reached */
    enum style base;   /* NORMAL, or WARNING for all of it */
    enum style strong; /* of {!field} */
    bool gathers_notes;
    bool one_line;     /* newlines do not break the line */
    bool first_line;   /* of a text, no more */
    size_t most_lines; /* of a text, about */
    size_t limit;      /* bytes of one text */
};

/* Fill transcript->row. False: the line is left out. */
bool transcript_fill_row(struct transcript *transcript, const struct record *record, const struct line_template *line,
                         const struct row_options *options);

/* Add a sentence to the row's notes, unless it is among what was said. */
void transcript_say(struct transcript *transcript, struct said *said, struct bytes sentence);
/* The same of one that stands in a catalog, and stays there. */
void transcript_say_fixed(struct transcript *transcript, struct said *said, struct bytes sentence);

struct bytes transcript_cell(const struct row *row, size_t number);

/* The cells in one text, two spaces between; borrowed until the next call. */
struct bytes transcript_joined_cells(struct transcript *transcript, const char *separator);

/* Who speaks, on the margin: a time and an arrow, each of which may be absent. */
struct margin {
    bool has_time;
    int64_t offset_ns;
    const char *arrow; /* NULL: none */
    enum style style;
    size_t column; /* where the words begin */
};

/* Print the row with its notes. `lines_up`: columns as in line->widths. */
void transcript_place_row(struct transcript *transcript, const struct margin *margin,
                          const struct line_template *widths, struct text_buffer *out);

/* Print what stands in row.notes, if anything, on lines of its own, from `column` on where the page is narrow. */
void transcript_place_notes(struct transcript *transcript, size_t column, struct text_buffer *out);

/* The block's first line: number, title, who talks to whom, when it began. */
void transcript_header(struct transcript *transcript, const struct record *record, struct text_buffer *out);

/* `10.9.0.2:41234 → www.example.org (192.0.2.1):80`, as marked text. */
void transcript_add_endpoints(struct transcript *transcript, const struct record *record, struct text_buffer *text);

/* `14:02:05`, with milliseconds or without, and the date: `2026-11-22`. */
void transcript_clock(struct transcript *transcript, int64_t time_ns, bool milliseconds, char ret_clock[CLOCK_SIZE],
                      char ret_date[DATE_SIZE]);

#endif
