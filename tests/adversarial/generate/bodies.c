/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bodies of HTTP: compressed, in chunks, in parts.
 */
#include "generators.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    UNIT = 1 << 20, /* zeros that one piece of a bomb becomes */
    PIECE_MAX = 1 << 16,
    GZIP = 15 + 16, /* windowBits of zlib */
    RAW = -15,
};

/* Deflated bytes that end at a byte, so that pieces can be put behind each other. Returns their length. */
static size_t deflate_piece(uint8_t *out, const uint8_t *from, size_t length, int kind, int flush)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, 9, Z_DEFLATED, kind, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        exit(1);
    stream.next_in = (Bytef *)(uintptr_t)from;
    stream.avail_in = (uInt)length;
    stream.next_out = out;
    stream.avail_out = PIECE_MAX;
    (void)deflate(&stream, flush);
    size_t made = PIECE_MAX - stream.avail_out;
    (void)deflateEnd(&stream);
    return made;
}

static const uint8_t gzip_header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

static void answer(struct talk *talk, const char *fields)
{
    talk_text(talk, CLIENT, "GET /file HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
    talk_text(talk, SERVER, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n");
    talk_text(talk, SERVER, fields);
    talk_text(talk, SERVER, "\r\n");
}

static void gzip_bomb(struct wire *wire, uint64_t count)
{
    static uint8_t zeros[UNIT], piece[PIECE_MAX];
    size_t length = deflate_piece(piece, zeros, sizeof zeros, RAW, Z_FULL_FLUSH);
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    talk.segment = 16384;
    answer(&talk, "Content-Encoding: gzip\r\nConnection: close\r\n");
    talk_say(&talk, SERVER, gzip_header, sizeof gzip_header);
    for (uint64_t i = 0; i < count; i++)
        talk_say(&talk, SERVER, piece, length);
    talk_end(&talk);
}

/* As many bombs, each in an answer of its own, that become just what is free: 4 MiB. */
static void gzip_bombs(struct wire *wire, uint64_t count)
{
    static uint8_t zeros[UNIT], piece[PIECE_MAX];
    size_t length = deflate_piece(piece, zeros, sizeof zeros, RAW, Z_FULL_FLUSH);
    struct talk talk;
    char field[96];
    talk_begin(&talk, wire, 1, 80);
    (void)snprintf(field, sizeof field, "Content-Encoding: gzip\r\nContent-Length: %zu\r\n",
                   sizeof gzip_header + 5 * length);
    for (uint64_t i = 0; i < count; i++) {
        answer(&talk, field);
        talk_say(&talk, SERVER, gzip_header, sizeof gzip_header);
        for (unsigned k = 0; k < 5; k++)
            talk_say(&talk, SERVER, piece, length);
    }
    talk_end(&talk);
}

static void nested_gzip(struct wire *wire, uint64_t count)
{
    static uint8_t zeros[UNIT], piece[PIECE_MAX], again[PIECE_MAX], once_more[PIECE_MAX];
    size_t length = deflate_piece(piece, zeros, sizeof zeros, GZIP, Z_FINISH);
    length = deflate_piece(again, piece, length, GZIP, Z_FINISH);
    length = deflate_piece(once_more, again, length, GZIP, Z_FINISH);
    struct talk talk;
    char field[96];
    talk_begin(&talk, wire, 1, 80);
    (void)snprintf(field, sizeof field, "Content-Encoding: gzip, gzip, gzip\r\nContent-Length: %zu\r\n", length);
    for (uint64_t i = 0; i < count; i++) {
        answer(&talk, field);
        talk_say(&talk, SERVER, once_more, length);
    }
    talk_end(&talk);
}

/* Members of gzip behind each other, each of nothing. */
static void gzip_members(struct wire *wire, uint64_t count)
{
    static uint8_t piece[PIECE_MAX];
    size_t length = deflate_piece(piece, piece, 0, GZIP, Z_FINISH);
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    answer(&talk, "Content-Encoding: gzip\r\nConnection: close\r\n");
    for (uint64_t i = 0; i < count; i++)
        talk_say(&talk, SERVER, piece, length);
    talk_end(&talk);
}

/* Blocks of deflate of nothing: five bytes in, none out. */
static void deflate_nothing(struct wire *wire, uint64_t count)
{
    static const uint8_t block[] = {0, 0, 0, 0xff, 0xff};
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    answer(&talk, "Content-Encoding: gzip\r\nConnection: close\r\n");
    talk_say(&talk, SERVER, gzip_header, sizeof gzip_header);
    for (uint64_t i = 0; i < count; i++)
        talk_say(&talk, SERVER, block, sizeof block);
    talk_end(&talk);
}

static void chunk_sizes(struct wire *wire, uint64_t count)
{
    static const char *const chunks[] = {"1\r\na\r\n", "000000000000000001\r\nb\r\n", "1;x=\"y;z\"\r\nc\r\n",
                                         "1 \t\r\nd\r\n", "01;;;;;\r\ne\r\n"};
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    answer(&talk, "Transfer-Encoding: chunked\r\n");
    for (uint64_t i = 0; i < count; i++)
        talk_text(&talk, SERVER, chunks[i % 5]);
    talk_text(&talk, SERVER, "0\r\n");
    talk_repeat(&talk, SERVER, "X-Trailer: 1\r\n", count);
    talk_text(&talk, SERVER, "\r\n");
    answer(&talk, "Transfer-Encoding: chunked\r\n");
    talk_text(&talk, SERVER, "fffffffffffffffff\r\n");
    talk_repeat(&talk, SERVER, "0", count);
    talk_end(&talk);
}

/* A body in parts whose boundary nearly comes. */
static void http_parts(struct wire *wire, uint64_t count)
{
    static const char boundary[] =
        "--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nx\r\n";
    static const char *const lines[] = {"--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbx\r\n", "\r\n--\r\n-", boundary};
    struct talk talk;
    char field[192];
    uint64_t length = 0;
    for (uint64_t i = 0; i < count; i++)
        length += strlen(lines[i % 3]);
    talk_begin(&talk, wire, 1, 80);
    (void)snprintf(field, sizeof field,
                   "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=%.40s\r\nContent-Length: "
                   "%llu\r\n\r\n",
                   lines[0] + 2, (unsigned long long)length);
    talk_text(&talk, CLIENT, field);
    for (uint64_t i = 0; i < count; i++)
        talk_text(&talk, CLIENT, lines[i % 3]);
    talk_end(&talk);
}

const struct generator body_generators[] = {
    {"gzip_bomb", gzip_bomb, 20, 10240, "MiB that one body in gzip becomes, from a thousandth of it"},
    {"gzip_bombs", gzip_bombs, 5, 300, "bodies that become 5 MiB each"},
    {"nested_gzip", nested_gzip, 300, 20000, "bodies three times in gzip"},
    {"gzip_members", gzip_members, 3000, 300000, "members of one gzip body, each of nothing"},
    {"deflate_nothing", deflate_nothing, 5000, 500000, "blocks of one deflated body, each of nothing"},
    {"chunk_sizes", chunk_sizes, 2000, 300000, "chunks of one byte, in every odd spelling"},
    {"http_parts", http_parts, 2000, 300000, "lines that are, or nearly are, a boundary of a form"},
    {0},
};
