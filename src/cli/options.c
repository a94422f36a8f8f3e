/* SPDX-License-Identifier: BSD-3-Clause */
#include "options_table.h"

#include "util/distance.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { WORD_SHOWN = 100, LIST_SIZE = 320 };

/* Words that begin with no dash, in order. */
struct words {
    const char **at;
    size_t count;
};

static const struct option_row *find_short(char name)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].short_name == name)
            return &option_rows[i];
    return NULL;
}

static const struct option_row *find_long(const char *name, size_t length)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].long_name && strlen(option_rows[i].long_name) == length &&
            memcmp(option_rows[i].long_name, name, length) == 0)
            return &option_rows[i];
    return NULL;
}

/* The long option that was probably meant: of those that begin like it or are nearly the same. NULL: none. */
static const char *suggest(const char *name, size_t length)
{
    const char *best = NULL;
    size_t best_distance = 3;
    for (size_t i = 0; i < option_row_count; i++) {
        const char *candidate = option_rows[i].long_name;
        if (!candidate)
            continue;
        if (length >= 2 && strncmp(candidate, name, length) == 0)
            return candidate;
        size_t distance = word_distance(bytes_of(name, length), bytes_text(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

static int fail_unknown_long(const char *word, size_t name_length, char ret_error[OPTIONS_ERROR_SIZE])
{
    const char *meant = suggest(word + 2, name_length);
    snprintf(ret_error, OPTIONS_ERROR_SIZE, "unknown option '%.*s'%s%s%s", WORD_SHOWN, word,
             meant ? "; did you mean '--" : "", meant ? meant : "", meant ? "'?" : "; expected one of those of --help");
    return -1;
}

static int fail_unknown_short(const char *word, char letter, char ret_error[OPTIONS_ERROR_SIZE])
{
    const bool alone = word[2] == '\0';
    const bool wants_bytes = strchr("AXx", letter) != NULL; /* of tcpdump and ngrep */
    snprintf(ret_error, OPTIONS_ERROR_SIZE, "unknown option '-%c'%s%.*s%s; %s", letter, alone ? "" : " in '",
             alone ? 0 : WORD_SHOWN, word, alone ? "" : "'",
             wants_bytes ? "--follow N shows the bytes of a conversation" : "expected one of those of --help");
    return -1;
}

/* The names that would have been right, for an expectation that ends with a colon. */
static void list_names(const struct option_row *row, char ret_text[LIST_SIZE])
{
    const char *separator = "";
    size_t length = 0;
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    bool wants_datasets = row->long_name && strcmp(row->long_name, "only") == 0;
    bool wants_protocols = row->short_name == 'd';
    for (size_t i = 0; wants_datasets && i < count && i < OPTIONS_DATASETS && length < LIST_SIZE; i++) {
        length += (size_t)snprintf(ret_text + length, LIST_SIZE - length, "%s%s", separator, datasets[i]->name);
        separator = ", ";
    }
    for (size_t i = 0; wants_protocols && dissector_registry[i] && length < LIST_SIZE; i++) {
        length += (size_t)snprintf(ret_text + length, LIST_SIZE - length, "%s%s", separator,
                                   dissector_registry[i]->name);
        separator = ", ";
    }
}

/* `name` is the option as it was typed, for the message. */
static int take(struct options *options, const struct option_row *row, const char *name, int name_length,
                const char *value, char ret_error[OPTIONS_ERROR_SIZE])
{
    const char *expected = row->take(options, value);
    if (!expected)
        return 0;
    char names[LIST_SIZE] = "";
    if (expected[strlen(expected) - 1] == ':')
        list_names(row, names);
    snprintf(ret_error, OPTIONS_ERROR_SIZE, "option %.*s: '%.*s' found, expected %s%s%s", name_length, name, WORD_SHOWN,
             value ? value : "", expected, names[0] != '\0' ? " " : "", names);
    return -1;
}

static int fail_no_value(const struct option_row *row, const char *name, int name_length,
                         char ret_error[OPTIONS_ERROR_SIZE])
{
    snprintf(ret_error, OPTIONS_ERROR_SIZE, "option %.*s: nothing follows it, expected %s", name_length, name,
             row->argument_name);
    return -1;
}

/* --color always: people type it, though the value should be attached. */
static bool takes_next(struct options *options, const struct option_row *row, int argc, char *const *argv, int index)
{
    return index + 1 < argc && !row->take(options, argv[index + 1]);
}

/* --follow all DIR; any other option has its value already. */
static int take_folder(struct options *options, const struct option_row *row, const char *value, int argc,
                       char *const *argv, int *index, char ret_error[OPTIONS_ERROR_SIZE])
{
    if (row->argument != ARGUMENT_FOLDER || !value || strcmp(value, "all") != 0)
        return 0;
    if (*index + 1 >= argc) {
        snprintf(ret_error, OPTIONS_ERROR_SIZE, "option --follow: nothing follows 'all', expected a folder");
        return -1;
    }
    options->follow_folder = argv[++*index];
    return 0;
}

/* --name, --name=value, --name value. Moves *index past a value taken. */
static int parse_long(struct options *options, int argc, char *const *argv, int *index,
                      char ret_error[OPTIONS_ERROR_SIZE])
{
    const char *word = argv[*index];
    const char *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : NULL;
    size_t name_length = (equals ? (size_t)(equals - word) : strlen(word)) - 2;
    const struct option_row *row = find_long(word + 2, name_length);
    int shown_length = (int)name_length + 2;
    if (!row)
        return fail_unknown_long(word, name_length, ret_error);
    bool wants_value = row->argument == ARGUMENT_REQUIRED || row->argument == ARGUMENT_FOLDER;
    if (row->argument == ARGUMENT_NONE && value) {
        snprintf(ret_error, OPTIONS_ERROR_SIZE, "option %.*s: '%.*s' found, expected no value", shown_length, word,
                 WORD_SHOWN, value);
        return -1;
    }
    if (wants_value && !value) {
        if (*index + 1 >= argc)
            return fail_no_value(row, word, shown_length, ret_error);
        value = argv[++*index];
    }
    if (row->argument == ARGUMENT_ATTACHED && !value && takes_next(options, row, argc, argv, *index)) {
        ++*index;
        return 0;
    }
    if (take(options, row, word, shown_length, value, ret_error) != 0)
        return -1;
    return take_folder(options, row, value, argc, argv, index, ret_error);
}

/* -n, -nq, -rFILE, -r FILE. */
static int parse_short(struct options *options, int argc, char *const *argv, int *index,
                       char ret_error[OPTIONS_ERROR_SIZE])
{
    const char *word = argv[*index];
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const char shown[] = {'-', *letter, '\0'};
        const struct option_row *row = find_short(*letter);
        if (!row)
            return fail_unknown_short(word, *letter, ret_error);
        const char *value = NULL;
        if (row->argument == ARGUMENT_REQUIRED) {
            value = letter + 1;
            if (*value == '\0' && *index + 1 >= argc)
                return fail_no_value(row, shown, 2, ret_error);
            if (*value == '\0')
                value = argv[++*index];
        }
        if (take(options, row, shown, 2, value, ret_error) != 0)
            return -1;
        if (value)
            return 0;
    }
    return 0;
}

static bool ends_with(const char *word, const char *end)
{
    size_t length = strlen(word), end_length = strlen(end);
    return length >= end_length && strcmp(word + length - end_length, end) == 0;
}

/* Would somebody who types this as the first word mean a file? */
static bool looks_like_file(const char *word)
{
    static const char *const ends[] = {".pcap", ".pcapng", ".cap", ".gz", ".dmp", ".ntar"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(word, ends[i]))
            return true;
    const char *slash = strrchr(word, '/');
    if (!slash || strpbrk(word, " ()&|!<>=["))
        return false;
    return slash[1 + strspn(slash + 1, "0123456789")] != '\0' || slash[1] == '\0'; /* 10.0.0.0/8 is a network */
}

/* A folder may be called `host` or `port`: it counts as a file only where a capture has to come first. */
static bool names_file(const char *word, bool first)
{
    struct stat status;
    if (strcmp(word, "-") == 0)
        return true;
    if (stat(word, &status) != 0)
        return false;
    return !S_ISDIR(status.st_mode) || first || strchr(word, '/') != NULL;
}

/* Words joined with spaces; added to what -f said. 0, or -1. */
static int join_filter(struct options *options, const struct words *words, size_t from)
{
    char *joined = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&joined, &size);
    if (!to)
        return -1;
    if (options->filter)
        fprintf(to, "(%s) and (", options->filter);
    for (size_t i = from; i < words->count; i++)
        fprintf(to, "%s%s", i > from ? " " : "", words->at[i]);
    if (options->filter)
        fputc(')', to);
    if (fclose(to) != 0) {
        free(joined);
        return -1;
    }
    free(options->filter);
    options->filter = joined;
    return 0;
}

static const struct {
    const char *name;
    enum verb verb;
} verbs[] = {
    {"explain", VERB_EXPLAIN},       {"fields", VERB_FIELDS}, {"schema", VERB_SCHEMA}, {"protocols", VERB_PROTOCOLS},
    {"completion", VERB_COMPLETION}, {"manual", VERB_MANUAL}, {"help", VERB_HELP}};

/* The verb that was probably meant; NULL: none. */
static const char *suggest_verb(const char *word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (word_distance(bytes_text(word), bytes_text(verbs[i].name)) < 3)
            return verbs[i].name;
    return NULL;
}

static bool take_verb(struct options *options, const struct words *words)
{
    if (words->count == 0 || options->capture_count > 0 || options->interface_count > 0)
        return false;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(words->at[0], verbs[i].name) == 0) {
            options->verb = verbs[i].verb;
            options->verb_words = words->at + 1;
            options->verb_word_count = words->count - 1;
            return true;
        }
    return false;
}

/* The words that are captures; returns how many. */
static size_t take_captures(struct options *options, const struct words *words)
{
    size_t next = 0;
    /* a word that only looks like a file is taken too: opening it says what is wrong */
    while (next < words->count &&
           (names_file(words->at[next], options->capture_count == 0) || looks_like_file(words->at[next])))
        options->captures[options->capture_count++] = words->at[next++];
    return next;
}

/* What the words without a dash mean. */
static int sort_words(struct options *options, const struct words *words, char ret_error[OPTIONS_ERROR_SIZE])
{
    if (options->verb != VERB_ANALYZE || take_verb(options, words))
        return 0;
    if (options->interface_count > 0 && options->capture_count > 0) {
        snprintf(ret_error, OPTIONS_ERROR_SIZE, "-i %.*s and -r %.*s: expected one of them: listen, or read captures",
                 WORD_SHOWN, options->interfaces[0], WORD_SHOWN, options->captures[0]);
        return -1;
    }
    size_t next = options->interface_count > 0 ? 0 : take_captures(options, words);
    if (options->interface_count == 0 && options->capture_count == 0) {
        const char *verb = next < words->count ? suggest_verb(words->at[next]) : NULL;
        if (verb)
            snprintf(ret_error, OPTIONS_ERROR_SIZE, "'%.*s' is no file; did you mean '%s'?", WORD_SHOWN,
                     words->at[next], verb);
        else if (next < words->count)
            snprintf(ret_error, OPTIONS_ERROR_SIZE,
                     "'%.*s' is no file: expected a capture to read, '-', or -i INTERFACE", WORD_SHOWN,
                     words->at[next]);
        else
            snprintf(ret_error, OPTIONS_ERROR_SIZE,
                     "nothing to read: expected a capture, '-' for standard input, or -i INTERFACE");
        return -1;
    }
    if (next < words->count && join_filter(options, words, next) != 0) {
        snprintf(ret_error, OPTIONS_ERROR_SIZE, "out of memory");
        return -1;
    }
    return 0;
}

struct rule {
    bool wrong;
    const char *problem;
};

static int check_rules(const struct rule *rules, size_t count, char ret_error[OPTIONS_ERROR_SIZE])
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].wrong) {
            snprintf(ret_error, OPTIONS_ERROR_SIZE, "%s", rules[i].problem);
            return -1;
        }
    return 0;
}

/* -w, and how it saves. */
static int check_saving(const struct options *options, char ret_error[OPTIONS_ERROR_SIZE])
{
    const bool rotates = options->save_bytes > 0 || options->save_ns > 0;
    const bool to_stdout = options->save_path && strcmp(options->save_path, "-") == 0;
    const struct rule rules[] = {
        {to_stdout && !options->output_path, "-w -: standard output takes the results; expected -o FILE for them"},
        {(rotates || options->save_files > 0) && !options->save_path,
         "-C, -G and -W say how -w saves; expected -w FILE"},
        {options->save_files > 0 && !rotates, "-W: expected together with -C SIZE or -G SECONDS"},
        {options->save_path && options->only_some && options->interface_count > 0 && options->threads > 1,
         "--threads: one thread saves the frames of chosen conversations; expected 1"},
        {rotates && to_stdout, "-w -: standard output cannot be changed for another file; expected -w FILE"},
    };
    return check_rules(rules, sizeof rules / sizeof rules[0], ret_error);
}

static int check_following(const struct options *options, char ret_error[OPTIONS_ERROR_SIZE])
{
    const bool follows = options->follow != FOLLOW_NONE;
    const struct rule rules[] = {
        {options->raw && options->follow != FOLLOW_ONE, "--raw: expected together with --follow N"},
        {follows && options->conversation > 0, "--follow and --conversation: expected one of them"},
        {follows && options->format == OUTPUT_JSON, "--follow prints bytes, not records: expected it without --json"},
        {follows && options->only_summary, "--follow and --summary: expected one of them"},
        {options->interface_count > 0 && options->threads > 1 && (follows || options->conversation > 0),
         "--threads: one thread follows conversations; expected 1"},
    };
    return check_rules(rules, sizeof rules / sizeof rules[0], ret_error);
}

/* The same interface twice, or beside `any`, would bring each frame twice. */
static int check_interfaces(const struct options *options, char ret_error[OPTIONS_ERROR_SIZE])
{
    for (size_t i = 0; i < options->interface_count; i++) {
        const char *name = options->interfaces[i];
        if (options->interface_count > 1 && strcmp(name, "any") == 0) {
            snprintf(ret_error, OPTIONS_ERROR_SIZE, "-i any is all interfaces; expected no other -i beside it");
            return -1;
        }
        for (size_t j = 0; j < i; j++)
            /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): no name is NULL */
            if (strcmp(name, options->interfaces[j]) == 0) {
                snprintf(ret_error, OPTIONS_ERROR_SIZE, "-i %.*s: named twice; expected each interface once",
                         WORD_SHOWN, name);
                return -1;
            }
    }
    return 0;
}

static int check_together(const struct options *options, char ret_error[OPTIONS_ERROR_SIZE])
{
    const bool live = options->interface_count > 0;
    const struct rule rules[] = {
        {options->duration_ns > 0 && !live, "-a duration: expected together with -i INTERFACE"},
        {options->stats_ns > 0 && !live, "--stats: expected together with -i INTERFACE"},
    };
    if (options->verb != VERB_ANALYZE)
        return 0;
    if (check_rules(rules, sizeof rules / sizeof rules[0], ret_error) != 0 ||
        check_interfaces(options, ret_error) != 0 || check_saving(options, ret_error) != 0)
        return -1;
    return check_following(options, ret_error);
}

/* Is this no option? What is to be explained may begin with a dash: `explain pop3 -ERR`. */
static bool is_word(const char *word, const struct words *before)
{
    if (word[0] != '-' || word[1] == '\0')
        return true;
    return before->count > 0 && strcmp(before->at[0], "explain") == 0 && word[1] != '-' && !find_short(word[1]);
}

int options_parse(struct options *options, int argc, char *const *argv, char ret_error[OPTIONS_ERROR_SIZE])
{
    *options = (struct options){0};
    size_t most = argc > 0 ? (size_t)argc : 1;
    struct words words = {calloc(most, sizeof *words.at), 0};
    options->captures = calloc(most, sizeof *options->captures);
    options->interfaces = calloc(most, sizeof *options->interfaces);
    options->note_folders = calloc(most, sizeof *options->note_folders);
    options->ports = calloc(most, sizeof *options->ports);
    options->words = words.at;
    if (!words.at || !options->captures || !options->interfaces || !options->note_folders || !options->ports) {
        snprintf(ret_error, OPTIONS_ERROR_SIZE, "out of memory");
        return -1;
    }
    bool only_words = false; /* after -- */
    for (int i = 1; i < argc; i++) {
        int result = 0;
        if (only_words || is_word(argv[i], &words))
            words.at[words.count++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_words = true;
        else if (argv[i][1] == '-')
            result = parse_long(options, argc, argv, &i, ret_error);
        else
            result = parse_short(options, argc, argv, &i, ret_error);
        if (result != 0)
            return -1;
    }
    if (sort_words(options, &words, ret_error) != 0)
        return -1;
    return check_together(options, ret_error);
}

void options_done(struct options *options)
{
    free(options->words);
    free(options->captures);
    free(options->interfaces);
    free(options->note_folders);
    free(options->ports);
    free(options->filter);
    *options = (struct options){0};
}
