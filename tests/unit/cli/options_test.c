/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The program's own sources are not in the library: this test brings the two files that it is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/options.c"
#include "cli/options_table.c"

#include <unistd.h>

enum { MOST_WORDS = 32 };

struct parsed {
    struct options options;
    char error[OPTIONS_ERROR_SIZE];
    int result;
};

/* The command line as one string, split at single spaces; `~` stands for a space inside a word. */
static struct parsed parse(const char *line)
{
    static char storage[512];
    static char *words[MOST_WORDS + 1];
    static char program[] = "overhear";
    struct parsed parsed = {.error = ""};
    int count = 1;
    words[0] = program;
    snprintf(storage, sizeof storage, "%s", line);
    for (char *word = storage; *word != '\0';) {
        size_t length = strcspn(word, " ");
        bool last = word[length] == '\0';
        word[length] = '\0';
        for (char *c = word; *c != '\0'; c++)
            if (*c == '~')
                *c = ' ';
        assert_true(count < MOST_WORDS);
        words[count++] = word;
        word += length + (last ? 0 : 1);
    }
    parsed.result = options_parse(&parsed.options, count, words, parsed.error);
    return parsed;
}

/* In a folder of our own, with two captures and a folder that is named like a word of BPF. */
static int make_files(void **state)
{
    static char folder[] = "/tmp/overhear-options-XXXXXX";
    *state = folder;
    if (!mkdtemp(folder) || chdir(folder) != 0 || mkdir("host", 0700) != 0)
        return -1;
    FILE *one = fopen("one.pcap", "w");
    FILE *two = fopen("two", "w");
    return one && two && fclose(one) == 0 && fclose(two) == 0 ? 0 : -1;
}

static int remove_files(void **state)
{
    unlink("one.pcap");
    unlink("two");
    rmdir("host");
    return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

static void tells_captures_from_filters(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *captures; /* joined with spaces */
        const char *filter;
    } cases[] = {
        {"one.pcap", "one.pcap", NULL},
        {"one.pcap two", "one.pcap two", NULL},
        {"one.pcap tcp port 25", "one.pcap", "tcp port 25"},
        {"one.pcap host 10.0.0.1", "one.pcap", "host 10.0.0.1"}, /* `host` is a folder here */
        {"one.pcap tcp two", "one.pcap", "tcp two"},
        {"-r one.pcap net 10.0.0.0/8", "one.pcap", "net 10.0.0.0/8"},
        {"-r one.pcap -r two udp", "one.pcap two", "udp"},
        {"-rone.pcap", "one.pcap", NULL},
        {"--read=one.pcap", "one.pcap", NULL},
        {"--read two", "two", NULL},
        {"one.pcap -f udp port 53", "one.pcap", "(udp) and (port 53)"},
        {"one.pcap -f udp", "one.pcap", "udp"},
        {"one.pcap -- -tcp", "one.pcap", "-tcp"},
        {"-", "-", NULL},
        {"- one.pcap tcp", "- one.pcap", "tcp"},
        {"one.pcap udp --json", "one.pcap", "udp"},
        {"missing.pcap one.pcap tcp", "missing.pcap one.pcap", "tcp"},
        {"./missing", "./missing", NULL},
        {"host", "host", NULL}, /* a capture has to come first; opening it says that it is a folder */
        {"one.pcap net~10.0.0.0/8~or~tcp", "one.pcap", "net 10.0.0.0/8 or tcp"},
        {"-i eth0 one.pcap", "", "one.pcap"},
        {"-i eth0 fields", "", "fields"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed parsed = parse(cases[i].line);
        assert_string_equal(parsed.error, "");
        assert_int_equal(parsed.result, 0);
        assert_int_equal(parsed.options.verb, VERB_ANALYZE);
        char captures[200] = "";
        size_t length = 0;
        for (size_t j = 0; j < parsed.options.capture_count; j++)
            length += (size_t)snprintf(captures + length, sizeof captures - length, "%s%s", j > 0 ? " " : "",
                                       parsed.options.captures[j]);
        assert_string_equal(captures, cases[i].captures);
        if (cases[i].filter)
            assert_string_equal(parsed.options.filter, cases[i].filter);
        else
            assert_null(parsed.options.filter);
        options_done(&parsed.options);
    }
}

static void names_the_word_and_says_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *message;
    } cases[] = {
        {"", "nothing to read: expected a capture, '-' for standard input, or -i INTERFACE"},
        {"-q", "nothing to read: expected a capture, '-' for standard input, or -i INTERFACE"},
        {"expln smtp 550", "'expln' is no file; did you mean 'explain'?"},
        {"-i eth0 -i eth1 -i eth0", "-i eth0: named twice; expected each interface once"},
        {"-i eth0 -i any", "-i any is all interfaces; expected no other -i beside it"},
        {"tcp port 25", "'tcp' is no file: expected a capture to read, '-', or -i INTERFACE"},
        {"--jsno two", "unknown option '--jsno'; did you mean '--json'?"},
        {"--mem 3 two", "unknown option '--mem'; did you mean '--memory'?"},
        {"--zzzzzz", "unknown option '--zzzzzz'; expected one of those of --help"},
        {"-X two", "unknown option '-X'; --follow N shows the bytes of a conversation"},
        {"-qe two", "unknown option '-e' in '-qe'; expected one of those of --help"},
        {"-r", "option -r: nothing follows it, expected FILE"},
        {"two --memory", "option --memory: nothing follows it, expected SIZE"},
        {"-c 0 two", "option -c: '0' found, expected a number of frames, from 1"},
        {"-c 1x two", "option -c: '1x' found, expected a number of frames, from 1"},
        {"-c -1 two", "option -c: '-1' found, expected a number of frames, from 1"},
        {"-c 99999999999999999999 two", "option -c: '99999999999999999999' found, expected a number of frames, from 1"},
        {"--json=yes two", "option --json: 'yes' found, expected no value"},
        {"-T xml two", "option -T: 'xml' found, expected json or text"},
        {"-d http two", "option -d: 'http' found, expected PROTO:PORT, as in http:8000, with a port from 1 to 65535"},
        {"-d dns:0 two", "option -d: 'dns:0' found, expected PROTO:PORT, as in http:8000, with a port from 1 to 65535"},
        {"-d dns:65536 two",
         "option -d: 'dns:65536' found, expected PROTO:PORT, as in http:8000, with a port from 1 to 65535"},
        {"--color=blue two", "option --color: 'blue' found, expected auto, always or never"},
        {"--summary=xml two", "option --summary: 'xml' found, expected text, json or none"},
        {"--threads 0 two", "option --threads: '0' found, expected a number of threads from 1 to 256"},
        {"--memory 100K two",
         "option --memory: '100K' found, expected a size of at least 1M, such as 512M, 2G or 1048576"},
        {"--width 10 two", "option --width: '10' found, expected a number of columns from 40 to 1000"},
        {"-s 262145 -i lo", "option -s: '262145' found, expected a number of bytes up to 262144 (0 is the most)"},
        {"-B 0 -i lo", "option -B: '0' found, expected a number of KiB from 1 to 2097151"},
        {"-i lo -a duration:0", "option -a: 'duration:0' found, expected duration:SECONDS, as in duration:60"},
        {"-i lo -a 60", "option -a: '60' found, expected duration:SECONDS, as in duration:60"},
        {"-a duration:1 two", "-a duration: expected together with -i INTERFACE"},
        {"--stats 5 two", "--stats: expected together with -i INTERFACE"},
        {"-C 0 -w x two",
         "option -C: '0' found, expected a number of millions of bytes, or a size such as 512K, 100M or 1G"},
        {"-C 1 two", "-C, -G and -W say how -w saves; expected -w FILE"},
        {"-W 2 -w x two", "-W: expected together with -C SIZE or -G SECONDS"},
        {"-G 1 -w - -o x two", "-w -: standard output cannot be changed for another file; expected -w FILE"},
        {"--follow x two", "option --follow: 'x' found, expected the number of a conversation, from 1, or: all DIR"},
        {"two --follow all", "option --follow: nothing follows 'all', expected a folder"},
        {"--raw both --follow 1 two", "option --raw: 'both' found, expected client or server"},
        {"--raw client two", "--raw: expected together with --follow N"},
        {"--follow 1 --json two", "--follow prints bytes, not records: expected it without --json"},
        {"-i lo --threads 2 --follow 1", "--threads: one thread follows conversations; expected 1"},
        {"-i lo -r two", "-i lo and -r two: expected one of them: listen, or read captures"},
        {"-w - two", "-w -: standard output takes the results; expected -o FILE for them"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed parsed = parse(cases[i].line);
        assert_string_equal(parsed.error, cases[i].message);
        assert_int_equal(parsed.result, -1);
        options_done(&parsed.options);
    }
}

static void lists_the_names_that_would_do(void **state)
{
    (void)state;
    static const char *const lines[] = {"--only dns,nonsense two", "--only= two", "--only dns, two",
                                        "-d nonsense:80 two"};
    for (size_t i = 0; i < 4; i++) {
        struct parsed parsed = parse(lines[i]);
        assert_int_equal(parsed.result, -1);
        assert_non_null(strstr(parsed.error, "dns"));
        assert_non_null(strstr(parsed.error, "http"));
        options_done(&parsed.options);
    }
}

static void takes_every_option_of_the_contract(void **state)
{
    (void)state;
    struct parsed parsed = parse("--json -o out -w save -c 7 --only dns,http -n -v --no-notes --show-secrets "
                                 "--color=always --threads=8 --memory=2G one.pcap");
    const struct options *options = &parsed.options;
    assert_string_equal(parsed.error, "");
    assert_int_equal(options->format, OUTPUT_JSON);
    assert_string_equal(options->output_path, "out");
    assert_string_equal(options->save_path, "save");
    assert_int_equal(options->frame_limit, 7);
    assert_true(options->only_some && options->no_names && options->verbose && options->no_notes);
    assert_true(options->show_secrets);
    assert_int_equal(options->color, COLOR_ALWAYS);
    assert_int_equal(options->memory_limit, (size_t)2 << 30);
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(options->only[i],
                         strcmp(datasets[i]->name, "dns") == 0 || strcmp(datasets[i]->name, "http") == 0);
    options_done(&parsed.options);

    parsed = parse("-i any -p -s 96 -B 4096 -lqZ nobody -T text -d http:8001 -d dns:5300 --notes a --notes b port 53");
    assert_string_equal(parsed.error, "");
    assert_string_equal(options->interfaces[0], "any");
    assert_true(options->not_promiscuous && options->line_buffered && options->quiet && !options->verbose);
    assert_int_equal(options->snap_length, 96);
    assert_int_equal(options->buffer_kib, 4096);
    assert_string_equal(options->user, "nobody");
    assert_int_equal(options->format, OUTPUT_TRANSCRIPT);
    assert_int_equal(options->port_count, 2);
    assert_int_equal(options->ports[0].port, 8001);
    assert_string_equal(options->ports[0].dissector->name, "http");
    assert_string_equal(options->ports[1].dissector->name, "dns");
    assert_int_equal(options->note_folder_count, 2);
    assert_string_equal(options->note_folders[1], "b");
    assert_string_equal(options->filter, "port 53");
    options_done(&parsed.options);

    parsed = parse("--checksums --max-text 1K --width 140 --summary none --color never --text -q -v two");
    assert_string_equal(parsed.error, "");
    assert_true(options->strict_checksums && options->verbose && !options->quiet);
    assert_int_equal(options->max_text, 1024);
    assert_int_equal(options->width, 140);
    assert_int_equal(options->summary, SUMMARY_NONE);
    assert_int_equal(options->color, COLOR_NEVER);
    options_done(&parsed.options);
}

static void knows_its_verbs(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum verb verb;
        size_t words;
    } cases[] = {
        {"fields", VERB_FIELDS, 0},
        {"fields dns http", VERB_FIELDS, 2},
        {"schema", VERB_SCHEMA, 0},
        {"explain pop3 -ERR", VERB_EXPLAIN, 2},
        {"explain -n pop3 APOP", VERB_EXPLAIN, 2},
        {"protocols", VERB_PROTOCOLS, 0},
        {"help", VERB_HELP, 0},
        {"-h", VERB_HELP, 0},
        {"one.pcap --help", VERB_HELP, 0},
        {"-V", VERB_VERSION, 0},
        {"--version", VERB_VERSION, 0},
        {"-D", VERB_INTERFACES, 0},
        {"-r two fields", VERB_ANALYZE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct parsed parsed = parse(cases[i].line);
        assert_string_equal(parsed.error, "");
        assert_int_equal(parsed.options.verb, cases[i].verb);
        assert_int_equal(parsed.options.verb_word_count, cases[i].words);
        options_done(&parsed.options);
    }
}

static void reads_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
    } good[] = {{"0", 0},
                {"1048576", 1048576},
                {"1k", 1024},
                {"512M", 536870912},
                {"2GiB", 2147483648},
                {"3KB", 3072},
                {"16777215G", (uint64_t)16777215 << 30}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t size = 1;
        assert_int_equal(options_parse_size(good[i].text, &size), 0);
        assert_int_equal(size, good[i].size);
    }
    static const char *const bad[] = {
        "", "M", "-1", "1.5G", "1T", "1 M", "0x10", "99999999999G", "18446744073709551616", "1MM"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t size;
        assert_int_equal(options_parse_size(bad[i], &size), -1);
    }
}

/* Two rows of one name would make the second unreachable. */
static void has_every_option_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        assert_true(row->short_name != 0 || row->long_name);
        assert_int_equal(row->argument != ARGUMENT_NONE, row->argument_name != NULL);
        if (row->short_name != 0)
            assert_ptr_equal(find_short(row->short_name), row);
        if (row->long_name)
            assert_ptr_equal(find_long(row->long_name, strlen(row->long_name)), row);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_captures_from_filters),
        cmocka_unit_test(names_the_word_and_says_what_was_expected),
        cmocka_unit_test(lists_the_names_that_would_do),
        cmocka_unit_test(takes_every_option_of_the_contract),
        cmocka_unit_test(knows_its_verbs),
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(has_every_option_once),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
