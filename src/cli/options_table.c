/* SPDX-License-Identifier: BSD-3-Clause */
#include "options_table.h"

#include <limits.h>
#include <stdlib.h>

enum {
    SNAP_LENGTH_MAX = 262144,
    BUFFER_KIB_MAX = 2 * 1024 * 1024 - 1,
    THREADS_MAX = 256,
    WIDTH_MIN = 40,
    WIDTH_MAX = 1000,
    FILES_MAX = 1000000,
    SECONDS_MAX = 1000000000,
    MILLION = 1000000,
};

static const int64_t second_ns = 1000000000;
static const uint64_t memory_min = 1 << 20;

/* Only digits, within [min, max]. */
static bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (!text || *text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *ret_value = value;
    return value >= min && value <= max;
}

int options_parse_size(const char *text, uint64_t *ret_size)
{
    static const char *const units[] = {"K", "M", "G"};
    size_t digits = strspn(text, "0123456789");
    char number[24];
    uint64_t value;
    if (digits == 0 || digits >= sizeof number)
        return -1;
    memcpy(number, text, digits);
    number[digits] = '\0';
    if (!parse_number(number, 0, UINT64_MAX, &value))
        return -1;
    const char *unit = text + digits;
    unsigned shift = 0;
    for (unsigned i = 0; i < 3; i++)
        if (byte_upper((uint8_t)*unit) == (uint8_t)units[i][0])
            shift = 10 * (i + 1);
    if (shift != 0)
        unit++;
    if (shift != 0 && (strcmp(unit, "iB") == 0 || strcmp(unit, "B") == 0))
        unit = "";
    if (*unit != '\0' || value > UINT64_MAX >> shift)
        return -1;
    *ret_size = value << shift;
    return 0;
}

static const char *take_read(struct options *options, const char *value)
{
    options->captures[options->capture_count++] = value;
    return NULL;
}

static const char *take_interface(struct options *options, const char *value)
{
    if (*value == '\0')
        return "the name of an interface, or any";
    options->interfaces[options->interface_count++] = value;
    return NULL;
}

/* -a duration:N, as for tshark */
static const char *take_stop(struct options *options, const char *value)
{
    static const char word[] = "duration:";
    uint64_t seconds;
    if (strncmp(value, word, sizeof word - 1) != 0 || !parse_number(value + sizeof word - 1, 1, SECONDS_MAX, &seconds))
        return "duration:SECONDS, as in duration:60";
    options->duration_ns = (int64_t)seconds * second_ns;
    return NULL;
}

static const char *take_filter(struct options *options, const char *value)
{
    char *copy = strdup(value);
    if (!copy)
        return "more memory";
    free(options->filter);
    options->filter = copy;
    return NULL;
}

static const char *take_count(struct options *options, const char *value)
{
    return parse_number(value, 1, UINT64_MAX, &options->frame_limit) ? NULL : "a number of frames, from 1";
}

static const char *take_save(struct options *options, const char *value)
{
    options->save_path = value;
    return NULL;
}

/* -C: millions of bytes, as for tcpdump, or with a unit. */
static const char *take_save_size(struct options *options, const char *value)
{
    uint64_t millions;
    if (parse_number(value, 1, UINT64_MAX / MILLION, &millions)) {
        options->save_bytes = millions * MILLION;
        return NULL;
    }
    return options_parse_size(value, &options->save_bytes) == 0 && options->save_bytes > 0
               ? NULL
               : "a number of millions of bytes, or a size such as 512K, 100M or 1G";
}

static const char *take_save_seconds(struct options *options, const char *value)
{
    uint64_t seconds;
    if (!parse_number(value, 1, SECONDS_MAX, &seconds))
        return "a number of seconds, from 1";
    options->save_ns = (int64_t)seconds * second_ns;
    return NULL;
}

static const char *take_save_files(struct options *options, const char *value)
{
    uint64_t files;
    if (!parse_number(value, 1, FILES_MAX, &files))
        return "a number of files, from 1 to 1000000";
    options->save_files = (unsigned)files;
    return NULL;
}

static const char *take_output(struct options *options, const char *value)
{
    options->output_path = strcmp(value, "-") == 0 ? NULL : value;
    return NULL;
}

static const char *take_append(struct options *options, const char *value)
{
    (void)value;
    options->append = true;
    return NULL;
}

static const char *take_json(struct options *options, const char *value)
{
    (void)value;
    options->format = OUTPUT_JSON;
    return NULL;
}

static const char *take_text(struct options *options, const char *value)
{
    (void)value;
    options->format = OUTPUT_TRANSCRIPT;
    return NULL;
}

static const char *take_format(struct options *options, const char *value)
{
    if (strcmp(value, "json") == 0)
        return take_json(options, value);
    return strcmp(value, "text") == 0 ? take_text(options, value) : "json or text";
}

/* -d PROTO:PORT */
static const char *take_decode_as(struct options *options, const char *value)
{
    const char *colon = strrchr(value, ':');
    char name[32] = "";
    uint64_t port;
    if (!colon || (size_t)(colon - value) >= sizeof name || !parse_number(colon + 1, 1, UINT16_MAX, &port))
        return "PROTO:PORT, as in http:8000, with a port from 1 to 65535";
    memcpy(name, value, (size_t)(colon - value));
    const struct dissector *dissector = dissector_find(name);
    if (!dissector)
        return "PROTO:PORT with one of these protocols:";
    options->ports[options->port_count++] = (struct engine_port){.port = (uint16_t)port, .dissector = dissector};
    return NULL;
}

static bool take_dataset(struct options *options, const char *name, size_t length)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count && i < OPTIONS_DATASETS; i++)
        if (strlen(datasets[i]->name) == length && memcmp(datasets[i]->name, name, length) == 0) {
            options->only[i] = true;
            return true;
        }
    return false;
}

static const char *take_only(struct options *options, const char *value)
{
    options->only_some = true;
    for (const char *name = value;;) {
        size_t length = strcspn(name, ",");
        if (!take_dataset(options, name, length))
            return "datasets, separated by commas:";
        if (name[length] == '\0')
            return NULL;
        name += length + 1;
    }
}

static const char *take_display_filter(struct options *options, const char *value)
{
    options->display_filter = value;
    return *value == '\0' ? "an expression such as 'dns.response_code == \"NXDOMAIN\"'" : NULL;
}

static const char *take_conversation(struct options *options, const char *value)
{
    return parse_number(value, 1, UINT64_MAX, &options->conversation) ? NULL : "the number of a conversation, from 1";
}

/* The folder after `all` is the parser's business. */
static const char *take_follow(struct options *options, const char *value)
{
    if (strcmp(value, "all") == 0) {
        options->follow = FOLLOW_ALL;
        return NULL;
    }
    options->follow = FOLLOW_ONE;
    return parse_number(value, 1, UINT64_MAX, &options->follow_conversation)
               ? NULL
               : "the number of a conversation, from 1, or: all DIR";
}

static const char *take_raw(struct options *options, const char *value)
{
    options->raw = true;
    if (strcmp(value, "client") == 0)
        options->raw_side = SIDE_CLIENT;
    else if (strcmp(value, "server") == 0)
        options->raw_side = SIDE_SERVER;
    else
        return "client or server";
    return NULL;
}

static const char *take_stats(struct options *options, const char *value)
{
    uint64_t seconds;
    if (!parse_number(value, 1, SECONDS_MAX, &seconds))
        return "a number of seconds, from 1";
    options->stats_ns = (int64_t)seconds * second_ns;
    return NULL;
}

static const char *take_notes(struct options *options, const char *value)
{
    options->note_folders[options->note_folder_count++] = value;
    return NULL;
}

static const char *take_color(struct options *options, const char *value)
{
    if (!value || strcmp(value, "always") == 0)
        options->color = COLOR_ALWAYS;
    else if (strcmp(value, "auto") == 0)
        options->color = COLOR_AUTO;
    else if (strcmp(value, "never") == 0)
        options->color = COLOR_NEVER;
    else
        return "auto, always or never";
    return NULL;
}

static const char *take_summary(struct options *options, const char *value)
{
    if (!value)
        options->only_summary = true;
    else if (strcmp(value, "text") == 0)
        options->summary = SUMMARY_TEXT;
    else if (strcmp(value, "json") == 0)
        options->summary = SUMMARY_JSON;
    else if (strcmp(value, "none") == 0)
        options->summary = SUMMARY_NONE;
    else
        return "text, json or none";
    return NULL;
}

static const char *take_threads(struct options *options, const char *value)
{
    uint64_t threads;
    if (!parse_number(value, 1, THREADS_MAX, &threads))
        return "a number of threads from 1 to 256";
    options->threads = (unsigned)threads;
    return NULL;
}

static const char *take_no_sandbox(struct options *options, const char *value)
{
    (void)value;
    options->no_sandbox = true;
    return NULL;
}

static const char *take_memory(struct options *options, const char *value)
{
    uint64_t size;
    if (options_parse_size(value, &size) != 0 || size < memory_min || size > SIZE_MAX)
        return "a size of at least 1M, such as 512M, 2G or 1048576";
    options->memory_limit = (size_t)size;
    return NULL;
}

static const char *take_max_text(struct options *options, const char *value)
{
    uint64_t size;
    if (options_parse_size(value, &size) != 0 || size < 1 || size > LIMIT_RECORD_BYTES)
        return "a number of bytes from 1 to 1M";
    options->max_text = (size_t)size;
    return NULL;
}

static const char *take_width(struct options *options, const char *value)
{
    uint64_t width;
    if (!parse_number(value, WIDTH_MIN, WIDTH_MAX, &width))
        return "a number of columns from 40 to 1000";
    options->width = (unsigned)width;
    return NULL;
}

static const char *take_snap_length(struct options *options, const char *value)
{
    uint64_t length;
    if (!parse_number(value, 0, SNAP_LENGTH_MAX, &length))
        return "a number of bytes up to 262144 (0 is the most)";
    options->snap_length = (int)length;
    return NULL;
}

static const char *take_buffer(struct options *options, const char *value)
{
    uint64_t size;
    if (!parse_number(value, 1, BUFFER_KIB_MAX, &size))
        return "a number of KiB from 1 to 2097151";
    options->buffer_kib = (int)size;
    return NULL;
}

static const char *take_user(struct options *options, const char *value)
{
    options->user = value;
    return *value == '\0' ? "the name of a user" : NULL;
}

static const char *take_quiet(struct options *options, const char *value)
{
    (void)value;
    options->quiet = true;
    options->verbose = false;
    return NULL;
}

static const char *take_verbose(struct options *options, const char *value)
{
    (void)value;
    options->verbose = true;
    options->quiet = false;
    return NULL;
}

static const char *take_no_names(struct options *options, const char *value)
{
    (void)value;
    options->no_names = true;
    return NULL;
}

static const char *take_no_notes(struct options *options, const char *value)
{
    (void)value;
    options->no_notes = true;
    return NULL;
}

static const char *take_show_secrets(struct options *options, const char *value)
{
    (void)value;
    options->show_secrets = true;
    return NULL;
}

static const char *take_hash(struct options *options, const char *value)
{
    (void)value;
    options->hash_files = true;
    return NULL;
}

static const char *take_extract(struct options *options, const char *value)
{
    options->extract_folder = value;
    return *value == '\0' ? "a folder" : NULL;
}

static const char *take_extract_limit(struct options *options, const char *value)
{
    if (options_parse_size(value, &options->extract_limit) != 0 || options->extract_limit == 0)
        return "a size such as 100K, 16M or 1G";
    return NULL;
}

static const char *take_line_buffered(struct options *options, const char *value)
{
    (void)value;
    options->line_buffered = true;
    return NULL;
}

static const char *take_not_promiscuous(struct options *options, const char *value)
{
    (void)value;
    options->not_promiscuous = true;
    return NULL;
}

static const char *take_checksums(struct options *options, const char *value)
{
    (void)value;
    options->strict_checksums = true;
    return NULL;
}

static const char *take_stack(struct options *options, const char *value)
{
    if (strcmp(value, "linux") == 0)
        options->stack = STACK_LINUX;
    else if (strcmp(value, "bsd") == 0)
        options->stack = STACK_BSD;
    else if (strcmp(value, "windows") == 0)
        options->stack = STACK_WINDOWS;
    else
        return "linux, bsd or windows";
    return NULL;
}

static const char *take_help(struct options *options, const char *value)
{
    (void)value;
    options->verb = VERB_HELP;
    return NULL;
}

static const char *take_version(struct options *options, const char *value)
{
    (void)value;
    options->verb = VERB_VERSION;
    return NULL;
}

static const char *take_list_interfaces(struct options *options, const char *value)
{
    (void)value;
    options->verb = VERB_INTERFACES;
    return NULL;
}

const char *const option_group_titles[GROUP_COUNT] = {
    [GROUP_INPUT] = "What to read",
    [GROUP_MEANING] = "How to read it",
    [GROUP_CHOICE] = "What to pick out",
    [GROUP_OUTPUT] = "What to print",
    [GROUP_LIVE] = "Listening (with -i)",
    [GROUP_SAVE] = "Saving frames (with -w)",
    [GROUP_LIMITS] = "Bounds",
    [GROUP_OTHER] = "Help",
};

const struct option_row option_rows[] = {
    {'r', ARGUMENT_REQUIRED, "read", "FILE", take_read, GROUP_INPUT,
     "a capture (pcap, pcapng, also gzip'd); - is standard input; may be repeated"},
    {'i', ARGUMENT_REQUIRED, "interface", "IF", take_interface, GROUP_INPUT,
     "listen there, any: everywhere; may be repeated"},
    {'f', ARGUMENT_REQUIRED, "filter", "EXPR", take_filter, GROUP_INPUT,
     "only frames that match this BPF expression, as for tcpdump"},
    {'c', ARGUMENT_REQUIRED, "count", "N", take_count, GROUP_INPUT, "stop after N frames"},

    {'d', ARGUMENT_REQUIRED, "decode-as", "PROTO:PORT", take_decode_as, GROUP_MEANING,
     "this port speaks PROTO: http:8000, smtp:2525"},
    {'n', ARGUMENT_NONE, "no-names", NULL, take_no_names, GROUP_MEANING,
     "no names out of DNS answers beside addresses"},
    {0, ARGUMENT_NONE, "checksums", NULL, take_checksums, GROUP_MEANING,
     "drop packets with a wrong checksum, not only count them"},
    {0, ARGUMENT_REQUIRED, "stack", "HOST", take_stack, GROUP_MEANING,
     "take packets that contradict each other as linux, bsd or windows does (linux)"},

    {0, ARGUMENT_REQUIRED, "only", "NAME,...", take_only, GROUP_CHOICE, "only these datasets: dns,http"},
    {'Y', ARGUMENT_REQUIRED, "display-filter", "EXPR", take_display_filter, GROUP_CHOICE,
     "only records that match: 'http.response.status_code >= 400'"},
    {0, ARGUMENT_REQUIRED, "conversation", "N", take_conversation, GROUP_CHOICE, "only this conversation, whole"},
    {0, ARGUMENT_FOLDER, "follow", "N|all DIR", take_follow, GROUP_CHOICE,
     "what both sides of conversation N said, byte for byte; all: each into a file in DIR"},
    {0, ARGUMENT_REQUIRED, "raw", "SIDE", take_raw, GROUP_CHOICE,
     "with --follow N: only the bytes of the client, or of the server, as they are"},

    {0, ARGUMENT_NONE, "json", NULL, take_json, GROUP_OUTPUT, "one JSON object a line"},
    {0, ARGUMENT_NONE, "text", NULL, take_text, GROUP_OUTPUT, "the annotated transcript (this is the default)"},
    {'T', ARGUMENT_REQUIRED, "format", "FORMAT", take_format, GROUP_OUTPUT, "the same by name: json or text"},
    {'o', ARGUMENT_REQUIRED, "output", "FILE", take_output, GROUP_OUTPUT, "write there instead of standard output"},
    {0, ARGUMENT_NONE, "append", NULL, take_append, GROUP_OUTPUT, "with -o: add to the file instead of emptying it"},
    {'q', ARGUMENT_NONE, "quiet", NULL, take_quiet, GROUP_OUTPUT, "one line a transaction, no summary"},
    {'v', ARGUMENT_NONE, "verbose", NULL, take_verbose, GROUP_OUTPUT, "all headers and sections"},
    {0, ARGUMENT_NONE, "no-notes", NULL, take_no_notes, GROUP_OUTPUT, "leave the explanations out"},
    {0, ARGUMENT_REQUIRED, "notes", "DIR", take_notes, GROUP_OUTPUT, "lay the notes in DIR over the built-in ones"},
    {0, ARGUMENT_NONE, "show-secrets", NULL, take_show_secrets, GROUP_OUTPUT,
     "print passwords, which are [hidden] otherwise"},
    {0, ARGUMENT_NONE, "hash", NULL, take_hash, GROUP_OUTPUT,
     "SHA-256 of every file that is transferred: HTTP bodies, FTP, attachments"},
    {0, ARGUMENT_REQUIRED, "extract", "DIR", take_extract, GROUP_OUTPUT,
     "save these files in DIR, which is made if need be"},
    {0, ARGUMENT_ATTACHED, "color", "WHEN", take_color, GROUP_OUTPUT, "always, never, or auto: on a terminal"},
    {0, ARGUMENT_REQUIRED, "width", "N", take_width, GROUP_OUTPUT, "columns of the transcript"},
    {0, ARGUMENT_ATTACHED, "summary", "FORM", take_summary, GROUP_OUTPUT,
     "alone: print only the summary; =text, =json, =none: the one at the end, on standard error"},

    {'D', ARGUMENT_NONE, "list-interfaces", NULL, take_list_interfaces, GROUP_LIVE, "list the interfaces"},
    {'a', ARGUMENT_REQUIRED, "autostop", "duration:N", take_stop, GROUP_LIVE, "stop after N seconds"},
    {0, ARGUMENT_REQUIRED, "stats", "SECONDS", take_stats, GROUP_LIVE,
     "a stats record every so often: frames received and dropped, memory, queues"},
    {'p', ARGUMENT_NONE, "no-promiscuous-mode", NULL, take_not_promiscuous, GROUP_LIVE,
     "leave the interface out of promiscuous mode"},
    {'s', ARGUMENT_REQUIRED, "snapshot-length", "N", take_snap_length, GROUP_LIVE, "take N bytes of each frame"},
    {'B', ARGUMENT_REQUIRED, "buffer-size", "KIB", take_buffer, GROUP_LIVE, "size of the kernel's buffer"},
    {'l', ARGUMENT_NONE, "line-buffered", NULL, take_line_buffered, GROUP_LIVE, "write each record at once"},

    {'w', ARGUMENT_REQUIRED, "write", "FILE", take_save, GROUP_SAVE, "also save the frames read there, as pcap"},
    {'C', ARGUMENT_REQUIRED, "file-size", "SIZE", take_save_size, GROUP_SAVE,
     "begin another file when one is larger than SIZE (in millions of bytes, or 100M)"},
    {'G', ARGUMENT_REQUIRED, "rotate-seconds", "N", take_save_seconds, GROUP_SAVE,
     "begin another file every N seconds; FILE may hold strftime formats"},
    {'W', ARGUMENT_REQUIRED, "file-count", "N", take_save_files, GROUP_SAVE,
     "with -C: write over the oldest of N files; with -G: stop after N"},

    {'Z', ARGUMENT_REQUIRED, "user", "USER", take_user, GROUP_LIMITS,
     "started as root: become USER once everything is open (nobody)"},
    {0, ARGUMENT_NONE, "no-sandbox", NULL, take_no_sandbox, GROUP_LIMITS, "for debugging: keep all system calls"},
    {0, ARGUMENT_REQUIRED, "memory", "SIZE", take_memory, GROUP_LIMITS, "the most that is buffered and tracked (512M)"},
    {0, ARGUMENT_REQUIRED, "max-text", "N", take_max_text, GROUP_LIMITS, "cut texts longer than N bytes (4096)"},
    {0, ARGUMENT_REQUIRED, "extract-limit", "SIZE", take_extract_limit, GROUP_LIMITS,
     "the most that --extract saves of one file (256M)"},
    {0, ARGUMENT_REQUIRED, "threads", "N", take_threads, GROUP_LIMITS,
     "work with N threads; the output is that of one"},

    {'h', ARGUMENT_NONE, "help", NULL, take_help, GROUP_OTHER, "the options on one page"},
    {'V', ARGUMENT_NONE, "version", NULL, take_version, GROUP_OTHER, "the version, and those of the libraries"},
};

const size_t option_row_count = sizeof option_rows / sizeof option_rows[0];
