/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The command line, taken apart. Nothing is opened or printed here.
 */
#ifndef OVERHEAR_CLI_OPTIONS_H
#define OVERHEAR_CLI_OPTIONS_H

#include "output/output.h"
#include "overhear/engine.h"

#include <stdio.h>

enum { OPTIONS_ERROR_SIZE = 512, OPTIONS_DATASETS = 64 };

enum verb {
    VERB_ANALYZE,
    VERB_EXPLAIN,
    VERB_FIELDS,
    VERB_SCHEMA,
    VERB_PROTOCOLS,
    VERB_COMPLETION,
    VERB_MANUAL,
    VERB_HELP,
    VERB_VERSION,
    VERB_INTERFACES
};
enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum summary_mode { SUMMARY_DEFAULT /* text, none with -q */, SUMMARY_TEXT, SUMMARY_JSON, SUMMARY_NONE };
enum follow_mode { FOLLOW_NONE, FOLLOW_ONE, FOLLOW_ALL };

struct options {
    enum verb verb;
    const char *const *verb_words; /* what follows the verb */
    size_t verb_word_count;
    const char **words; /* all words without a dash, in order */

    /* where frames come from */
    const char **captures;
    size_t capture_count;
    const char **interfaces; /* -i */
    size_t interface_count;  /* 0: files */
    char *filter;            /* NULL: none */
    uint64_t frame_limit;    /* 0: none */
    int64_t duration_ns;     /* -a duration:N, by the wall clock; 0: none */
    int snap_length, buffer_kib;
    bool not_promiscuous;
    unsigned threads; /* 0: not said */

    /* rights */
    const char *user; /* -Z */
    bool no_sandbox;

    /* how they are read */
    struct engine_port *ports;
    size_t port_count;
    size_t memory_limit; /* 0: the default */
    bool strict_checksums, no_names;
    enum host_stack stack;

    /* what comes out */
    enum output_format format;
    const char *output_path;    /* NULL: standard output */
    bool append;                /* -o adds to the file */
    const char *save_path;      /* -w; NULL: none */
    uint64_t save_bytes;        /* -C: another file after so many; 0: never */
    int64_t save_ns;            /* -G: another file after so long; 0: never */
    unsigned save_files;        /* -W; 0: without end */
    const char *display_filter; /* -Y; NULL: all records */
    uint64_t conversation;      /* --conversation; 0: all */
    enum follow_mode follow;
    uint64_t follow_conversation; /* of FOLLOW_ONE */
    const char *follow_folder;    /* of FOLLOW_ALL */
    bool raw;                     /* --raw: exact bytes of */
    enum side raw_side;           /* this side */
    int64_t stats_ns;             /* --stats; 0: no stats records */
    bool only_some;               /* --only was given: */
    bool only[OPTIONS_DATASETS];  /* by the index of dataset_list */
    bool quiet, verbose, no_notes, show_secrets, line_buffered;
    bool hash_files;
    const char *extract_folder; /* NULL: files are not saved */
    uint64_t extract_limit;     /* 0: the default */
    const char **note_folders;
    size_t note_folder_count;
    size_t max_text; /* 0: the default */
    unsigned width;  /* 0: find out */
    enum color_mode color;
    enum summary_mode summary;
    bool only_summary; /* --summary: nothing else, on standard output */
};

/* 0; or -1 with a message that names the word and says what was expected, or with errno ENOMEM. The strings are those
 * of argv, which must outlive the options. */
int options_parse(struct options *options, int argc, char *const *argv, char ret_error[OPTIONS_ERROR_SIZE]);
void options_done(struct options *options);

/* 512M, 2G, 1048576; K, M and G are powers of 1024. 0, or -1. */
int options_parse_size(const char *text, uint64_t *ret_size);

#endif
