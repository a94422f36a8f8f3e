/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/human.c"
#include "cli/progress.c"
#include "cli/ranking.c"
#include "cli/ranking_hash.c"
#include "cli/ranking_json.c"
#include "cli/ranking_list.c"
#include "cli/ranking_text.c"
#include "cli/ranking_times.c"
#include "cli/ranking_words.c"
#include "cli/summary.c"
#include "cli/summary_json.c"
#include "cli/summary_list.c"

#include <stdlib.h>

static const struct dataset dns = {.name = "dns"}, flow = {.name = "flow"}, http = {.name = "http"};

static void fill(struct engine_statistics *statistics, struct sink *sink)
{
    *statistics = (struct engine_statistics){.frames = 12345,
                                             .bytes = 4500000,
                                             .first_ns = 1000000000,
                                             .last_ns = 200500000000,
                                             .stops = {{"decoded", 12340}, {"arp", 5}, {"too_deep", 0}},
                                             .stop_count = 3,
                                             .conversations = 7,
                                             .ended = {5, 0, 0, 0, 2},
                                             .bad_checksums = 3,
                                             .seen_bytes = 100,
                                             .delivered_bytes = 60,
                                             .gap_bytes = 1200,
                                             .memory_peak = 77,
                                             .memory_limit = 536870912,
                                             .unknown = {{"udp", 5000, 3, 12345}, {"tcp", 22, 1, 10}},
                                             .unknown_count = 2};
    statistics->files = 12;
    statistics->files_saved = 11;
    statistics->files_not_saved = 1;
    statistics->credentials[0] = (struct engine_credentials){"ftp", {{.family = 4, .octets = {10, 9, 0, 21}}, 21}, 2};
    statistics->credentials[1] = (struct engine_credentials){.count = 5};
    statistics->credential_count = 2;
    statistics->anomaly_counts[ANOMALY_DNS_TRAILING_BYTES] = 4;
    *sink = (struct sink){.datasets = {&dns, &http, &flow}, .records = {2, 0, 7}, .dataset_count = 3};
}

static char *print(bool json, const struct summary *summary)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    if (json)
        assert_int_equal(summary_print_json(to, summary), 0);
    else
        summary_print_text(to, summary);
    fclose(to);
    return text;
}

static void prints_aligned_lines_and_no_zeros(void **state)
{
    (void)state;
    struct engine_statistics statistics;
    struct sink sink;
    fill(&statistics, &sink);
    const struct summary summary = {.statistics = &statistics, .sink = &sink, .elapsed_ns = 500000000};
    char *text = print(false, &summary);
    assert_string_equal(text, "read            12 345 frames, 4.5 MB, over 3 min 19 s\n"
                              "conversations   7 (ended by: fin 5, end of capture 2)\n"
                              "records         dns 2; flow 7\n"
                              "anomalies       dns.trailing_bytes 4\n"
                              "files           transferred 12; saved 11; not saved 1\n"
                              "logins in clear ftp 2 at 10.9.0.21 port 21; 5 more at other servers\n"
                              "frames          decoded 12 340; arp 5\n"
                              "not understood  udp 5000 (12.3 kB, 3 conversations);\n"
                              "                tcp 22 (10 B, 1 conversation)\n"
                              "lost            in gaps 1.2 kB\n"
                              "noticed         bad checksums 3\n"
                              "took            500 ms: 24 690 frames/s, 9.0 MB/s\n");
    free(text);
}

static void prints_the_drops_of_a_live_capture(void **state)
{
    (void)state;
    struct engine_statistics statistics = {.frames = 1, .bytes = 60};
    struct sink sink = {0};
    const struct summary summary = {.statistics = &statistics,
                                    .sink = &sink,
                                    .elapsed_ns = 2000000000,
                                    .knows_drops = true,
                                    .received = 9997,
                                    .dropped_by_kernel = 3};
    char *text = print(false, &summary);
    assert_string_equal(text, "read            1 frame, 60 B\n"
                              "dropped         by the kernel 3 (0.03 %); received 9997\n"
                              "took            2.0 s\n");
    free(text);
}

/* That nothing was dropped is what one wants to read. */
static void says_that_nothing_was_dropped(void **state)
{
    (void)state;
    struct engine_statistics statistics = {.frames = 2, .bytes = 120, .first_ns = 5, .last_ns = 5};
    struct sink sink = {0};
    struct summary summary = {.statistics = &statistics, .sink = &sink, .knows_drops = true, .received = 2};
    char *text = print(false, &summary);
    assert_string_equal(text, "read            2 frames, 120 B\n"
                              "dropped         nothing; received 2\n"
                              "took            0 µs\n");
    free(text);
    statistics.untracked = 1;
    summary.dropped_by_kernel = 1000000;
    summary.dropped_by_interface = 1;
    text = print(false, &summary);
    assert_string_equal(text, "read            2 frames, 120 B\n"
                              "dropped         by the kernel 1 000 000 (100 %);\n"
                              "                by the interface 1 (less than 0.01 %);\n"
                              "                by overhear, for want of memory 1 (50 %); received 2\n"
                              "took            0 µs\n");
    free(text);
}

static void tells_interfaces_and_saved_frames(void **state)
{
    (void)state;
    const struct capture_interface rows[] = {{"eth0", true, true, 40, 2, 0}, {"usb0", false, false, 0, 0, 0}};
    struct engine_statistics statistics = {.frames = 40, .bytes = 2400};
    struct sink sink = {0};
    const struct summary summary = {.statistics = &statistics,
                                    .sink = &sink,
                                    .knows_drops = true,
                                    .received = 40,
                                    .dropped_by_kernel = 2,
                                    .interfaces = rows,
                                    .interface_count = 2,
                                    .saves = true,
                                    .saved_frames = 39,
                                    .saved_files = 1,
                                    .not_saved_frames = 1};
    char *text = print(false, &summary);
    assert_string_equal(text, "read            40 frames, 2.4 kB\n"
                              "dropped         by the kernel 2 (4.76 %); received 40\n"
                              "interfaces      eth0 received 40; dropped by the kernel 2\n"
                              "                usb0; is down\n"
                              "saved           39 frames in 1 file; not saved for want of room 1\n"
                              "took            0 µs\n");
    free(text);
    text = print(true, &summary);
    assert_non_null(strstr(text, ",\"dropped\":{\"kernel\":2,\"interface\":0,\"overhear\":0},\"received\":40,"
                                 "\"interfaces\":[{\"name\":\"eth0\",\"up\":true,\"received\":40,"
                                 "\"dropped_by_kernel\":2,\"dropped_by_interface\":0},"
                                 "{\"name\":\"usb0\",\"up\":false}],"
                                 "\"saved\":{\"frames\":39,\"files\":1,\"not_saved\":1},\"seconds\":"));
    free(text);
}

static void shorten_is(const char *wire, size_t columns, const char *expected)
{
    char text[SUMMARY_ENTRY];
    assert_string_equal(summary_shorten(bytes_text(wire), columns, text), expected);
}

static void shortens_in_the_middle(void **state)
{
    (void)state;
    char marks[1201] = "", text[SUMMARY_ENTRY];
    shorten_is("", 10, "");
    shorten_is("abc", 0, "");
    shorten_is("abcdefghij", 10, "abcdefghij");
    shorten_is("abcdefghijk", 10, "abcdef…ijk");
    shorten_is("a\033[2J\nb", 20, "a\\x1b[2J\\x0ab");
    shorten_is("a\xffz", 20, "a\\xffz");
    shorten_is("日本語日本語", 7, "日本…語");
    for (size_t i = 0; i < 600; i++)
        memcpy(marks + 2 * i, "\xcc\x81", 2); /* take no column: bytes are bounded all the same */
    assert_true(strlen(summary_shorten(bytes_of(marks, 1200), 10, text)) < SUMMARY_ENTRY);
}

static void prints_one_json_object_on_one_line(void **state)
{
    (void)state;
    struct engine_statistics statistics;
    struct sink sink;
    fill(&statistics, &sink);
    const struct summary summary = {.statistics = &statistics, .sink = &sink, .elapsed_ns = 500000000};
    char *text = print(true, &summary);
    assert_string_equal(
        text,
        "{\"frames\":12345,\"bytes\":4500000,\"stops\":{\"decoded\":12340,\"arp\":5,\"too_deep\":0},"
        "\"conversations\":7,\"ended\":{\"fin\":5,\"rst\":0,\"timeout\":0,\"evicted\":0,\"end_of_capture\":2},"
        "\"records\":{\"dns\":2,\"http\":0,\"flow\":7},\"anomalies\":{\"dns.trailing_bytes\":4},"
        "\"stream\":{\"seen\":100,\"delivered\":60,\"gap\":1200,\"duplicate\":0,\"over_limit\":0},"
        "\"bad_checksums\":3,\"datagrams\":{\"reassembled\":0,\"given_up\":0},"
        "\"memory\":{\"peak\":77,\"limit\":536870912,\"refused\":0},"
        "\"files\":{\"transferred\":12,\"saved\":11,\"not_saved\":1},"
        "\"credentials_in_clear\":[{\"protocol\":\"ftp\",\"ip\":\"10.9.0.21\",\"port\":21,\"count\":2},{\"count\":5}],"
        "\"unknown_ports\":[{\"transport\":\"udp\",\"port\":5000,\"conversations\":3,\"bytes\":12345},"
        "{\"transport\":\"tcp\",\"port\":22,\"conversations\":1,\"bytes\":10}],\"seconds\":0.500000}\n");
    free(text);
}

static void writes_numbers_for_people(void **state)
{
    (void)state;
    char text[HUMAN_SIZE];
    assert_string_equal(human_count(0, text), "0");
    assert_string_equal(human_count(9999, text), "9999");
    assert_string_equal(human_count(10000, text), "10 000");
    assert_string_equal(human_count(UINT64_MAX, text), "18 446 744 073 709 551 615");
    assert_string_equal(human_bytes(999, text), "999 B");
    assert_string_equal(human_bytes(1000, text), "1.0 kB");
    assert_string_equal(human_bytes(123456, text), "123 kB");
    assert_string_equal(human_bytes(999999, text), "1.0 MB");
    assert_string_equal(human_bytes(1.8e19, text), "18.0 EB");
    assert_string_equal(human_duration(0, text), "0 µs");
    assert_string_equal(human_duration(1500000, text), "2 ms");
    assert_string_equal(human_duration(59900000000, text), "59.9 s");
    assert_string_equal(human_duration(3599000000000, text), "59 min 59 s");
    assert_string_equal(human_duration(7200000000000, text), "2 h 0 min");
    assert_string_equal(human_duration(INT64_MAX, text), "106751 d 23 h");
}

static void draws_a_bar_that_fits(void **state)
{
    (void)state;
    char line[512];
    progress_line(line, sizeof line, 100, "/tmp/some.pcap", 50000000, 100000000, 7, 2000000000);
    assert_string_equal(line, "some.pcap [############............]  50 %  25.0 MB/s  3.0 s left");
    progress_line(line, sizeof line, 20, "/tmp/some.pcap", 50000000, 100000000, 7, 2000000000);
    assert_string_equal(line, "some.pcap [########");
    progress_line(line, sizeof line, 100, "-", 50000000, 0, 70000, 2000000000);
    assert_string_equal(line, "-  70 000 frames  25.0 MB/s");
    progress_line(line, sizeof line, 100, "\033[2Jx", 1, 0, 1, 1000000000);
    assert_string_equal(line, "?[2Jx  1 frames  1 B/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_aligned_lines_and_no_zeros),
        cmocka_unit_test(prints_the_drops_of_a_live_capture),
        cmocka_unit_test(says_that_nothing_was_dropped),
        cmocka_unit_test(tells_interfaces_and_saved_frames),
        cmocka_unit_test(shortens_in_the_middle),
        cmocka_unit_test(prints_one_json_object_on_one_line),
        cmocka_unit_test(writes_numbers_for_people),
        cmocka_unit_test(draws_a_bar_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
