/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TLS: handshakes in too many records and with too much in them.
 */
#include "generators.h"

#include <string.h>

enum { HELLO_MAX = 60000, CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11, HANDSHAKE = 22 };

struct hello {
    uint8_t bytes[HELLO_MAX];
    size_t length;
};

static void put(struct hello *hello, const void *bytes, size_t length)
{
    memcpy(hello->bytes + hello->length, bytes, length);
    hello->length += length;
}

static void put16(struct hello *hello, uint32_t value)
{
    wire_put16(hello->bytes + hello->length, value);
    hello->length += 2;
}

/* Up to the cipher suites; the lengths are set by end(). */
static void begin(struct hello *hello, uint8_t type)
{
    static const uint8_t random[32] = {1, 2, 3, 4, 5, 6, 7, 8};
    hello->length = 0;
    wire_put32(hello->bytes, 0);
    hello->bytes[0] = type;
    hello->length = 4;
    put16(hello, 0x0303);
    put(hello, random, sizeof random);
    put(hello, "", 1);
}

static void end(struct hello *hello)
{
    uint32_t length = (uint32_t)hello->length - 4;
    hello->bytes[1] = (uint8_t)(length >> 16);
    wire_put16(hello->bytes + 2, length);
}

static void usual(struct hello *hello, uint8_t type)
{
    begin(hello, type);
    if (type == CLIENT_HELLO)
        put(hello, "\0\4\x13\1\x13\2\1\0", 8);
    else
        put(hello, "\x13\1\0", 3);
    put(hello, "\0\6\0\x2b\0\2\3\4", 8);
    end(hello);
}

/* A handshake message in records of `size` bytes. */
static void send(struct talk *talk, enum side side, const struct hello *hello, size_t size)
{
    for (size_t at = 0; at < hello->length; at += size) {
        size_t part = hello->length - at < size ? hello->length - at : size;
        uint8_t header[5] = {HANDSHAKE, 3, 3, 0, 0};
        wire_put16(header + 3, (uint32_t)part);
        talk_say(talk, side, header, sizeof header);
        talk_say(talk, side, hello->bytes + at, part);
    }
}

/* A client's hello of `items` pieces in one extension or in the suites. */
static void large(struct hello *hello, unsigned kind, uint32_t items)
{
    begin(hello, CLIENT_HELLO);
    if (kind == 0) { /* cipher suites */
        put16(hello, items * 2);
        for (uint32_t i = 0; i < items; i++)
            put16(hello, i);
        put(hello, "\1\0\0\0", 4);
    } else if (kind == 1) { /* extensions of nothing */
        put(hello, "\0\2\x13\1\1\0", 6);
        put16(hello, items * 4);
        for (uint32_t i = 0; i < items; i++) {
            put16(hello, i);
            put16(hello, 0);
        }
    } else { /* protocols of ALPN, groups, server names: extension, list, items */
        static const uint8_t types[] = {16, 10, 0, 13, 43};
        put(hello, "\0\2\x13\1\1\0", 6);
        put16(hello, 4 + 2 + items * 4);
        put16(hello, types[kind % 5]);
        put16(hello, 2 + items * 4);
        put16(hello, items * 4);
        for (uint32_t i = 0; i < items; i++)
            put(hello, types[kind % 5] == 0 ? "\0\0\1a" : "\3abc", 4);
    }
    end(hello);
}

static void tls_large_hellos(struct wire *wire, uint64_t count)
{
    static struct hello hello;
    struct talk talk;
    for (uint64_t done = 0; done < count; done += 3000) {
        talk_begin(&talk, wire, done, 443);
        large(&hello, (unsigned)(done / 3000 % 7), 3000);
        send(&talk, CLIENT, &hello, 16384);
        usual(&hello, SERVER_HELLO);
        send(&talk, SERVER, &hello, 16384);
        talk_end(&talk);
    }
}

static void tls_many_records(struct wire *wire, uint64_t count)
{
    static struct hello hello;
    struct talk talk;
    for (uint64_t done = 0; done < count; done += 4000) {
        talk_begin(&talk, wire, done, 443);
        large(&hello, 0, 2000);
        send(&talk, CLIENT, &hello, 1);
        usual(&hello, SERVER_HELLO);
        send(&talk, SERVER, &hello, 1);
        talk_end(&talk);
    }
}

static void tls_split_handshake(struct wire *wire, uint64_t count)
{
    static struct hello hello;
    struct talk talk;
    for (uint64_t done = 0; done < count; done += 100) {
        talk_begin(&talk, wire, done, 443);
        talk.segment = 1;
        usual(&hello, CLIENT_HELLO);
        send(&talk, CLIENT, &hello, 16384);
        usual(&hello, SERVER_HELLO);
        send(&talk, SERVER, &hello, 16384);
        talk_end(&talk);
    }
}

/* Records that hold nothing, before and after the hellos. */
static void tls_empty_records(struct wire *wire, uint64_t count)
{
    static struct hello hello;
    struct talk talk;
    talk_begin(&talk, wire, 1, 443);
    usual(&hello, CLIENT_HELLO);
    send(&talk, CLIENT, &hello, 16384);
    for (uint64_t i = 0; i < count; i++)
        talk_say(&talk, CLIENT, i % 2 ? "\x17\3\3\0\0" : "\x16\3\3\0\0", 5);
    usual(&hello, SERVER_HELLO);
    send(&talk, SERVER, &hello, 16384);
    for (uint64_t i = 0; i < count; i++)
        talk_say(&talk, SERVER, "\x15\3\3\0\2\1\0", 7);
    talk_end(&talk);
}

/* Hello after hello in one conversation. */
static void tls_renegotiations(struct wire *wire, uint64_t count)
{
    static struct hello hello;
    struct talk talk;
    talk_begin(&talk, wire, 1, 443);
    for (uint64_t i = 0; i < count; i++) {
        usual(&hello, CLIENT_HELLO);
        send(&talk, CLIENT, &hello, 16384);
        usual(&hello, SERVER_HELLO);
        send(&talk, SERVER, &hello, 16384);
    }
    talk_end(&talk);
}

/* A certificate of sequences inside sequences, and one of as many names. */
static void tls_certificates(struct wire *wire, uint64_t count)
{
    static struct hello hello;
    struct talk talk;
    for (uint64_t done = 0; done < count; done += 8000) {
        talk_begin(&talk, wire, done, 443);
        usual(&hello, CLIENT_HELLO);
        send(&talk, CLIENT, &hello, 16384);
        usual(&hello, SERVER_HELLO);
        hello.bytes[hello.length - 1] = 3; /* TLS 1.2, so that the certificate is in clear */
        send(&talk, SERVER, &hello, 16384);
        uint32_t size = 8000 * 4;
        hello.length = 0;
        put(&hello, "\x0b\0\0\0\0\0\0\0\0\0", 10);
        for (uint32_t i = 0; i < 8000; i++) {
            if (done / 8000 % 2 == 0) { /* each holds all that follows */
                put(&hello, "\x30\x82", 2);
                put16(&hello, size - 4 * i - 4);
            } else { /* a set of attributes that say nothing */
                put(&hello, "\x31\2\x30\0", 4);
            }
        }
        hello.bytes[1] = 0;
        wire_put16(hello.bytes + 2, size + 6);
        wire_put16(hello.bytes + 5, size + 3);
        wire_put16(hello.bytes + 8, size);
        send(&talk, SERVER, &hello, 16384);
        talk_end(&talk);
    }
}

const struct generator tls_generators[] = {
    {"tls_large_hellos", tls_large_hellos, 42000, 3000000, "suites, extensions, protocols and groups, 3,000 a hello"},
    {"tls_many_records", tls_many_records, 8000, 600000, "bytes of hellos, each a record"},
    {"tls_split_handshake", tls_split_handshake, 1500, 200000, "bytes of hellos, each a segment"},
    {"tls_empty_records", tls_empty_records, 4000, 500000, "records of nothing after the hello, of both sides"},
    {"tls_renegotiations", tls_renegotiations, 300, 50000, "pairs of hellos in one conversation"},
    {"tls_certificates", tls_certificates, 32000, 3000000,
     "sequences of certificates, 8,000 inside each other or in a row"},
    {0},
};
