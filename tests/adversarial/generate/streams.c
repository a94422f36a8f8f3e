/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP as no kernel would send it: one connection, whose segments come in the worst order.
 */
#include "generators.h"

#include <string.h>

static const char request[] = "GET /first HTTP/1.1\r\nHost: www.example.org\r\nX-Long: ";

/* The byte that a stream has at a place: a request whose header has no end. */
static uint8_t byte_at(uint64_t place)
{
    return place < sizeof request - 1 ? (uint8_t)request[place] : 'x';
}

static void ooo_reverse(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = count; i > 0; i--) {
        uint8_t byte = byte_at(i);
        talk_raw(&talk, CLIENT, talk.next[CLIENT] + (uint32_t)i, WIRE_ACK, &byte, 1);
    }
    talk_raw(&talk, CLIENT, talk.next[CLIENT], WIRE_ACK, "G", 1);
}

/* As many as can wait, last one first, and then the hole is filled, again and again. */
static void ooo_rounds(struct wire *wire, uint64_t count)
{
    enum { ROUND = 4000 };
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    talk_text(&talk, CLIENT, request);
    talk_flush(&talk);
    for (uint64_t done = 0; done < count; done += ROUND) {
        for (uint32_t i = ROUND; i-- > 0;)
            talk_raw(&talk, CLIENT, talk.next[CLIENT] + i, WIRE_ACK, "x", 1);
        talk.next[CLIENT] += ROUND;
    }
}

static void ooo_holes(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 1; i <= count; i++)
        talk_raw(&talk, CLIENT, talk.next[CLIENT] + 2 * (uint32_t)i, WIRE_ACK, "x", 1);
}

/* Holes that the other side says that it has. */
static void ooo_holes_acknowledged(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 1; i <= count; i++) {
        talk.next[CLIENT] += 2;
        talk_raw(&talk, CLIENT, talk.next[CLIENT], WIRE_ACK, "x", 1);
        if (i % 16 == 0)
            talk_raw(&talk, SERVER, talk.next[SERVER], WIRE_ACK, NULL, 0);
    }
}

static void one_byte_segments(struct wire *wire, uint64_t count)
{
    static const char *const lines[] = {"GET /page HTTP/1.1\r\nHost: www.example.org\r\nX-Long: ",
                                        "abcdefghijklmnopqrstuvwxyz\r\nX-Again: "};
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    talk.segment = 1;
    talk_text(&talk, CLIENT, lines[0]);
    for (uint64_t i = 0; i < count; i += strlen(lines[1]))
        talk_text(&talk, CLIENT, lines[1]);
    talk_text(&talk, CLIENT, "\r\n\r\n");
    talk_end(&talk);
}

/* The 13 relations of two intervals, of one to five bytes. */
static const struct {
    uint8_t start, length;
} relations[] = {{0, 1}, {0, 2}, {0, 3}, {2, 1}, {2, 2}, {2, 3}, {2, 4},
                 {1, 3}, {1, 4}, {1, 5}, {4, 1}, {5, 1}, {6, 1}};

/* Intervals of each relation with one that stands at 2..5, with other bytes; the hole before them stays until the round
 * ends. */
static void overlaps(struct wire *wire, uint64_t count, unsigned each)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t base = talk.next[CLIENT] + 1;
        talk_raw(&talk, CLIENT, base + 2, WIRE_ACK, "AAA", 3);
        for (unsigned other = 0; other < each; other++) {
            unsigned at = (unsigned)((other == 0 ? i : i / 13) % 13);
            talk_raw(&talk, CLIENT, base + relations[at].start, WIRE_ACK, other ? "CCCCC" : "BBBBB",
                     relations[at].length);
        }
        if (i % 64 == 63) {
            for (uint32_t byte = 0; byte <= 64 * 8; byte += 32)
                talk_raw(&talk, CLIENT, talk.next[CLIENT] - 63 * 8 + byte, WIRE_ACK, "dddddddddddddddddddddddddddddddd",
                         32);
            talk.next[CLIENT] += 32;
        }
        talk.next[CLIENT] += 8;
    }
}

static void overlap_pairs(struct wire *wire, uint64_t count)
{
    overlaps(wire, count, 1);
}

static void overlap_triplets(struct wire *wire, uint64_t count)
{
    overlaps(wire, count, 2);
}

/* Every segment says again, otherwise, what a thousand before it have said. */
static void overlap_everything(struct wire *wire, uint64_t count)
{
    struct talk talk;
    uint8_t text[2000];
    memset(text, 'z', sizeof text);
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 0; i < count; i++) {
        if (i % 1001 == 1000) {
            talk_raw(&talk, CLIENT, talk.next[CLIENT], WIRE_ACK, "0", 1);
            talk.next[CLIENT] += 1 + 2000;
        }
        talk_raw(&talk, CLIENT, talk.next[CLIENT] + 1 + 2 * (uint32_t)(i % 1000), WIRE_ACK, "a", 1);
        if (i % 50 == 49)
            talk_raw(&talk, CLIENT, talk.next[CLIENT] + 1, WIRE_ACK, text, sizeof text);
    }
}

/* One after the other a byte too early, before what waits. */
static void ooo_middle(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 0; i < count; i++) {
        /* bits of a number turned round: each new piece falls between two that are there */
        uint32_t place = 0;
        for (unsigned bit = 0; bit < 12; bit++)
            place |= (uint32_t)(i >> bit & 1) << (11 - bit);
        if (i % 4096 == 0 && i > 0) {
            talk.next[CLIENT] += 1 + 2 * 4096;
            talk_raw(&talk, SERVER, talk.next[SERVER], WIRE_ACK, NULL, 0);
        }
        talk_raw(&talk, CLIENT, talk.next[CLIENT] + 1 + 2 * place, WIRE_ACK, "m", 1);
    }
}

static void gap_inject(struct wire *wire, uint64_t count)
{
    static const char *const exchange[2] = {
        "GET /page HTTP/1.1\r\nHost: www.example.org\r\nAccept: */*\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello again\n"};
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 0; i < count; i++) {
        for (enum side side = CLIENT; side <= SERVER; side++) {
            size_t length = strlen(exchange[side]), from = wire_chance(wire, (uint32_t)length),
                   lost = 1 + wire_chance(wire, 20);
            if ((i + side) % 3 == 0 && from + lost < length) {
                talk_say(&talk, side, exchange[side], from);
                talk_flush(&talk);
                talk.next[side] += (uint32_t)lost;
                talk_say(&talk, side, exchange[side] + from + lost, length - from - lost);
            } else {
                talk_text(&talk, side, exchange[side]);
            }
            talk_heard(&talk);
            talk_raw(&talk, (enum side)(1 - side), talk.next[1 - side], WIRE_ACK, NULL, 0);
        }
    }
    talk_end(&talk);
}

/* Acknowledgments, resets and data that are outside of any window. */
static void out_of_window(struct wire *wire, uint64_t count)
{
    struct talk talk;
    talk_begin(&talk, wire, 1, 80);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t far = wire_chance(wire, 0xffffffff);
        uint8_t flags = i % 3 == 0 ? WIRE_RST : i % 3 == 1 ? WIRE_SYN | WIRE_ACK : WIRE_ACK;
        talk_raw(&talk, (enum side)(i % 2), talk.next[i % 2] + far, flags, "far", i % 3 == 2 ? 3 : 0);
    }
}

const struct generator stream_generators[] = {
    {"ooo_reverse", ooo_reverse, 4000, 300000, "one-byte segments of one connection, the last one first"},
    {"ooo_rounds", ooo_rounds, 8000, 300000, "the same, 4,000 at a time, each time until the hole is filled"},
    {"ooo_middle", ooo_middle, 4000, 300000, "the same, each between two that are there"},
    {"ooo_holes", ooo_holes, 4000, 300000, "one-byte segments behind holes that are never filled"},
    {"ooo_holes_acknowledged", ooo_holes_acknowledged, 4000, 300000, "the same, acknowledged: each hole becomes a gap"},
    {"one_byte_segments", one_byte_segments, 8000, 300000, "bytes of an HTTP request, each a segment"},
    {"overlap_pairs", overlap_pairs, 2000, 100000, "pairs of segments that overlap and disagree, in all 13 relations"},
    {"overlap_triplets", overlap_triplets, 2000, 100000, "triplets of them, in all 169"},
    {"overlap_everything", overlap_everything, 2000, 100000,
     "one-byte segments, and over each thousand of them others of 2,000 bytes"},
    {"gap_inject", gap_inject, 300, 50000, "HTTP exchanges, in every third message a hole at any place"},
    {"out_of_window", out_of_window, 3000, 300000, "segments of one connection with numbers that cannot be"},
    {0},
};
