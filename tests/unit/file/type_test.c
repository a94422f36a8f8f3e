/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/type.c" /* its tables too */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct sample {
    const char *bytes;
    size_t length;
    const char *type;
};

#define SAMPLE(literal, type)                                                                                          \
    {                                                                                                                  \
        literal, sizeof(literal) - 1, type                                                                             \
    }

static void knows_formats_by_their_first_bytes(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("%PDF-1.7\n", "application/pdf"),
        SAMPLE("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        SAMPLE("GIF89a\1\0\1\0", "image/gif"),
        SAMPLE("\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        SAMPLE("RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        SAMPLE("RIFF\x10\0\0\0WAVEfmt ", "audio/x-wav"),
        SAMPLE("MZ\x90\0\3\0", "application/vnd.microsoft.portable-executable"),
        SAMPLE("\x7f"
               "ELF\2\1\1",
               "application/x-elf"),
        SAMPLE("\x1f\x8b\x08\0", "application/gzip"),
        SAMPLE("BZh91AY&SY", "application/x-bzip2"),
        SAMPLE("\xfd"
               "7zXZ\0",
               "application/x-xz"),
        SAMPLE("\x28\xb5\x2f\xfd\x04", "application/zstd"),
        SAMPLE("7z\xbc\xaf\x27\x1c\0", "application/x-7z-compressed"),
        SAMPLE("\0\0\0\x20"
               "ftypisom",
               "video/mp4"),
        SAMPLE("OggS\0\2\0\0\0\0\0\0\0\0\1\2\3\4\0\0\0\0\1\2\3\4\1\x13OpusHead", "audio/ogg"),
        SAMPLE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "application/x-ole-storage"),
        SAMPLE("SQLite format 3\0\x10\0", "application/vnd.sqlite3"),
        SAMPLE("\xd4\xc3\xb2\xa1\2\0\4\0", "application/vnd.tcpdump.pcap"),
        SAMPLE("{\\rtf1\\ansi", "text/rtf"),
        SAMPLE("\0\1\2\3", "application/octet-stream"),
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_string_equal(file_type(bytes_of(samples[i].bytes, samples[i].length)), samples[i].type);
}

/* Each row is looked at where a file begins as it says. */
static void finds_all_rows_worth_a_look(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const struct signature *row = &signatures[i];
        uint8_t file[FILE_TYPE_BYTES] = {1};
        bytes_copy(file + row->at, sizeof file - row->at, bytes_of(row->first, row->first_length));
        if (row->second_length > 0)
            bytes_copy(file + row->second_at, sizeof file - row->second_at, bytes_of(row->second, row->second_length));
        assert_true(may_have_signature(bytes_of(file, sizeof file)));
    }
    uint8_t text[FILE_TYPE_BYTES];
    memset(text, 'T', sizeof text);
    assert_false(may_have_signature(bytes_of(text, sizeof text)));
}

static void looks_into_packages(void **state)
{
    (void)state;
    /* a local file header: signature, 22 bytes, lengths of name and extra field */
    static const struct sample samples[] = {
        SAMPLE("PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0a.txt", "application/zip"),
        SAMPLE("PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\10\0\0\0mimetypeapplication/epub+zipPK",
               "application/epub+zip"),
        SAMPLE("PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\23\0\0\0[Content_Types].xml....word/document.xml",
               "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        SAMPLE("PK\3\4\24\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\24\0\0\0META-INF/MANIFEST.MF",
               "application/java-archive"),
        SAMPLE("PK\3\4\24", "application/zip"),
        SAMPLE("PK\5\6\0\0\0\0", "application/zip"),
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_string_equal(file_type(bytes_of(samples[i].bytes, samples[i].length)), samples[i].type);
}

static void tells_texts_apart(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        SAMPLE("hello\n", "text/plain"),
        SAMPLE("\xef\xbb\xbfhello\n", "text/plain"),
        SAMPLE("gr\xc3\xbc\xc3\x9f"
               "e\n",
               "text/plain"),
        SAMPLE("gr\xfc\xdf"
               "e\n",
               "text/plain"),
        SAMPLE("\n  <!DOCTYPE HTML><html>", "text/html"),
        SAMPLE("<html lang=en>", "text/html"),
        SAMPLE("<?xml version=\"1.0\"?><a/>", "text/xml"),
        SAMPLE("<?xml version=\"1.0\"?>\n<svg xmlns=\"x\">", "image/svg+xml"),
        SAMPLE("<svg xmlns=\"x\">", "image/svg+xml"),
        SAMPLE("{\"a\": 1}", "application/json"),
        SAMPLE("[1, 2]", "application/json"),
        SAMPLE("{}", "application/json"),
        SAMPLE("[section]\nkey=value\n", "text/plain"),
        SAMPLE("{not json}", "text/plain"),
        SAMPLE("#!/bin/sh\n", "text/x-shellscript"),
        SAMPLE("#!/usr/bin/env python3\n", "text/x-script.python"),
        SAMPLE("BEGIN:VCALENDAR\r\n", "text/calendar"),
        SAMPLE("-----BEGIN CERTIFICATE-----\n", "application/x-pem-file"),
        SAMPLE("Received: from a by b\n", "message/rfc822"),
        SAMPLE("hello\0world", "application/octet-stream"),
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_string_equal(file_type(bytes_of(samples[i].bytes, samples[i].length)), samples[i].type);
}

/* Wherever they stand, and however long the text is. */
static void finds_control_characters(void **state)
{
    (void)state;
    uint8_t text[FILE_TYPE_BYTES];
    for (size_t length = 1; length <= sizeof text; length += length < 140 ? 1 : 97)
        for (size_t at = 0; at < length; at++) {
            memset(text, 'T', sizeof text);
            text[at] = '\t';
            assert_string_equal(file_type(bytes_of(text, length)), "text/plain");
            text[at] = '\f';
            assert_string_equal(file_type(bytes_of(text, length)), "text/plain");
            text[at] = '\v';
            assert_string_equal(file_type(bytes_of(text, length)), "application/octet-stream");
        }
    for (unsigned c = 0; c < 256; c++) {
        memset(text, 'T', sizeof text);
        text[100] = (uint8_t)c;
        const bool is_text_byte = !is_control((uint8_t)c);
        assert_int_equal(is_text(bytes_of(text, sizeof text)), is_text_byte);
        assert_int_equal(is_plain(bytes_of(text, sizeof text)), is_text_byte && c != '\f' && c != '\b' && c != 0x1b);
    }
}

static void says_nothing_of_nothing(void **state)
{
    (void)state;
    assert_null(file_type(bytes_text("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_formats_by_their_first_bytes),
        cmocka_unit_test(finds_all_rows_worth_a_look),
        cmocka_unit_test(looks_into_packages),
        cmocka_unit_test(tells_texts_apart),
        cmocka_unit_test(says_nothing_of_nothing),
        cmocka_unit_test(finds_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
