/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines of listings, and what is recognised as FTP.
 */
#include "ftp/ftp_play.h"

/* A line becomes `type|permissions|owner|size|modified|name|target|text`, without what is absent. */
static const char *entry(enum ftp_kind kind, const char *line)
{
    static char text[4096];
    struct budget budget;
    struct record record;
    size_t length = 0;
    budget_init(&budget, 0);
    record_init(&record, &ftp_dataset, &budget);
    bool counts = ftp_listing_line(&record, kind, bytes_text(line));
    assert_int_equal(ftp_listing_line(NULL, kind, bytes_text(line)), counts);
    for (uint32_t i = 0; i < record.item_count; i++) {
        const struct item *item = &record.items[i];
        if (item->kind == ITEM_WORD)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s|", item->word);
        else if (item->kind == ITEM_INTEGER)
            length += (size_t)snprintf(text + length, sizeof text - length, "%lld|", (long long)item->integer);
        else if (item->kind == ITEM_TEXT)
            length += (size_t)snprintf(text + length, sizeof text - length, "%.*s|", (int)item->length,
                                       (const char *)record.text + item->offset);
    }
    text[length] = 0;
    record_done(&record);
    assert_int_equal(budget.used, 0);
    return counts ? text : "none";
}

static void unix_listings(void **state)
{
    (void)state;
    assert_string_equal(entry(FTP_LIST, "-rw-r--r--   1 0    0   1024 Feb 19  2016 1KB.zip"),
                        "file|-rw-r--r--|0|1024|Feb 19  2016|1KB.zip|");
    assert_string_equal(entry(FTP_LIST, "drwxr-xr-x+  2 al staff 4096 Nov 22 14:02  two  spaces "),
                        "directory|drwxr-xr-x+|al|4096|Nov 22 14:02| two  spaces |");
    assert_string_equal(entry(FTP_LIST, "lrwxrwxrwx 1 al 3 Jan  1 00:00 a -> b -> c"),
                        "link|lrwxrwxrwx|al|3|Jan  1 00:00|a|b -> c|");
    assert_string_equal(entry(FTP_LIST, "brw-rw---- 1 root disk 8, 0 Nov 22 14:02 sda"),
                        "other|brw-rw----|root|0|Nov 22 14:02|sda|");
    assert_string_equal(entry(FTP_LIST, "-rw-r--r-- 1 al st 22 22 Nov 2026 x"), "file|-rw-r--r--|al|22|22 Nov 2026|x|");
    assert_string_equal(entry(FTP_LIST, "-rw-r--r-- 1 al st 12 2026-11-22 14:02 x"),
                        "file|-rw-r--r--|al|12|2026-11-22 14:02|x|");
    assert_string_equal(entry(FTP_LIST, "-rw-r--r-- 12 Nov 22 14:02 x"), "file|-rw-r--r--|12|Nov 22 14:02|x|");
    assert_string_equal(entry(FTP_LIST, "total 12"), "none");
    assert_string_equal(entry(FTP_LIST, " "), "none");
    assert_string_equal(entry(FTP_LIST, "-rw-r--r-- 1 al st 12 Nov 22 14:02"), "-rw-r--r-- 1 al st 12 Nov 22 14:02|");
    assert_string_equal(entry(FTP_LIST, "ls: x: not found"), "ls: x: not found|");
}

static void other_listings(void **state)
{
    (void)state;
    assert_string_equal(entry(FTP_LIST, "11-22-26  02:02PM                 1234 a file.txt"),
                        "file|1234|11-22-26  02:02PM|a file.txt|");
    assert_string_equal(entry(FTP_LIST, "11-22-2026  02:02PM       <DIR>          sub"),
                        "directory|11-22-2026  02:02PM|sub|");
    assert_string_equal(entry(FTP_LIST, "+i8388621.48594,m825718503,r,s280,\tdjb.html"), "file|280|djb.html|");
    assert_string_equal(entry(FTP_LIST, "+i8388621.50690,m824255907,/,\tsub dir"), "directory|sub dir|");
    assert_string_equal(entry(FTP_NLST, "-rw-r--r-- 1 a b 12 Nov 22 14:02 x"), "-rw-r--r-- 1 a b 12 Nov 22 14:02 x|");
    assert_string_equal(entry(FTP_MLSD, "type=dir;sizd=4096;UNIX.owner=al;modify=20261122140205.123; d d"),
                        "directory|al|4096|2026-11-22T14:02:05Z|d d|");
    assert_string_equal(entry(FTP_MLSD, "Type=OS.unix=slink:/x;Modify=soon; l"), "link|soon|l|");
    assert_string_equal(entry(FTP_MLSD, "type=file;size=99999999999999999999; x"), "file|x|");
    assert_string_equal(entry(FTP_MLSD, "nofacts x"), "nofacts x|");
}

static enum probe probed(uint16_t port, const char *text)
{
    const struct conversation conversation = {.transport = TRANSPORT_TCP, .destination = {.port = port}};
    struct bytes all = bytes_text(text);
    enum probe whole = ftp_probe(&conversation, SIDE_SERVER, all), first = PROBE_MORE;
    /* Whatever was decided with fewer bytes stays. */
    for (size_t n = 1; n <= all.len && first == PROBE_MORE; n++)
        first = ftp_probe(&conversation, SIDE_CLIENT, bytes_first(all, n));
    assert_int_equal(first, whole);
    return whole;
}

static void recognising(void **state)
{
    (void)state;
    assert_int_equal(probed(2121, "220 (vsFTPd 3.0.3)\r\n"), PROBE_SERVER);
    assert_int_equal(probed(2121, "220-hello\r\n220 ftp ready\r\n"), PROBE_MORE);
    assert_int_equal(probed(2121, "220 hello\r\n"), PROBE_MORE);
    assert_int_equal(probed(2121, "220 hello\r\n331 password\r\n"), PROBE_SERVER);
    assert_int_equal(probed(21, "220 hello\r\n331 password\r\n"), PROBE_MAYBE);
    assert_int_equal(probed(21, "220 mail.example ESMTP\r\n"), PROBE_NO);
    assert_int_equal(probed(2121, "220 ftp.example ESMTP Postfix\r\n"), PROBE_NO);
    assert_int_equal(probed(2121, "+OK ready\r\n"), PROBE_NO);
    assert_int_equal(probed(2121, "HTTP/1.1 200 OK\r\n"), PROBE_NO);
    assert_int_equal(probed(21, "GET / HTTP/1.0\r\n"), PROBE_NO);
    assert_int_equal(probed(2121, "USER bob\r\n"), PROBE_MORE);
    assert_int_equal(probed(21, "USER bob\r\n"), PROBE_MAYBE);
    assert_int_equal(probed(2121, "USER bob\r\nPASS x\r\nPASV\r\n"), PROBE_CLIENT);
    assert_int_equal(probed(2121, "EHLO x\r\n"), PROBE_NO);
    assert_int_equal(probed(2121, "AUTH PLAIN\r\n"), PROBE_MORE);
    assert_int_equal(probed(2121, "AUTH TLS\r\n"), PROBE_CLIENT);
    assert_int_equal(probed(21, "SSH-2.0-x\r\n"), PROBE_NO);
    assert_int_equal(probed(21, "220"), PROBE_MORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unix_listings),
        cmocka_unit_test(other_listings),
        cmocka_unit_test(recognising),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
