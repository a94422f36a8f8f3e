/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DNS: names that point at names, counts that lie, and more of everything.
 */
#include "generators.h"

#include <string.h>

enum { ANSWER = 0x8180, QUERY = 0x0100, MESSAGE_MAX = 65000 };

struct message {
    uint8_t bytes[MESSAGE_MAX + 600];
    size_t length;
};

static const struct ends resolver = {{0xc6120001, 0xc0a80035}, {40000, 53}};

static void put(struct message *message, const void *bytes, size_t length)
{
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

static void put16(struct message *message, uint32_t value)
{
    wire_put16(message->bytes + message->length, value);
    message->length += 2;
}

static void begin(struct message *message, uint32_t identification, uint32_t flags, const uint32_t counts[4])
{
    message->length = 0;
    put16(message, identification & 0xffff);
    put16(message, flags);
    for (unsigned i = 0; i < 4; i++)
        put16(message, counts[i]);
}

/* The rest of a record after its name. */
static void put_rest(struct message *message, uint32_t type, const void *data, size_t length)
{
    put16(message, type);
    put16(message, 1);
    put16(message, 0);
    put16(message, 300);
    put16(message, (uint32_t)length);
    put(message, data, length);
}

static void send(struct wire *wire, const struct message *message)
{
    wire_udp(wire, &resolver, SERVER, message->bytes,
             message->length > MESSAGE_MAX ? (size_t)MESSAGE_MAX : message->length);
}

/* Every record's name is a label and a pointer to the name before, so that each is longer than the one before. */
static void dns_pointer_chain(struct wire *wire, uint64_t count)
{
    static struct message message;
    const uint32_t counts[4] = {1, 3000, 0, 0};
    for (uint64_t done = 0; done < count; done += 3000) {
        begin(&message, (uint32_t)(done / 3000), ANSWER, counts);
        size_t before = message.length;
        put(&message, "\1a\0\0\1\0\1", 7);
        for (unsigned i = 0; i < 3000 && message.length < 16000; i++) {
            size_t here = message.length;
            put(&message, "\1b", 2);
            put16(&message, 0xc000 | (uint32_t)before);
            put_rest(&message, 5, "\xc0\x0c", 2);
            before = here;
        }
        send(wire, &message);
    }
}

/* Pointers to pointers to pointers. */
static void dns_pointers(struct wire *wire, uint64_t count)
{
    static struct message message;
    const uint32_t counts[4] = {1, 1000, 0, 0};
    for (uint64_t done = 0; done < count; done += 1000) {
        begin(&message, (uint32_t)(done / 1000), ANSWER, counts);
        size_t before = message.length;
        put(&message, "\1a\0\0\1\0\1", 7);
        for (unsigned i = 0; i < 1000 && message.length < 16000; i++) {
            size_t here = message.length;
            put16(&message, 0xc000 | (uint32_t)before);
            put_rest(&message, 1, "\1\2\3\4", 4);
            before = here;
        }
        send(wire, &message);
    }
}

static void dns_counts(struct wire *wire, uint64_t count)
{
    struct message message;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t counts[4];
        for (unsigned k = 0; k < 4; k++)
            counts[k] = i >> k & 1 ? 0xffff : wire_chance(wire, 3);
        begin(&message, (uint32_t)i, i % 2 ? ANSWER : QUERY, counts);
        put(&message, "\3www\7example\3org\0\0\1\0\1", 21);
        for (unsigned k = 0; k < i % 4; k++) {
            put(&message, "\xc0\x0c", 2);
            put_rest(&message, 16, "\377not so long", 12);
        }
        wire_udp(wire, &resolver, (enum side)(i % 2), message.bytes, message.length);
    }
}

/* Records of the shortest kind: as many as a message over TCP holds. */
static void dns_records(struct wire *wire, uint64_t count)
{
    static struct message message;
    static const uint8_t types[] = {1, 16, 15, 41, 46, 47, 50, 64, 65, 99};
    const uint32_t counts[4] = {0, 5000, 0, 0};
    struct talk talk;
    uint8_t length[2];
    talk_begin(&talk, wire, 1, 53);
    for (uint64_t done = 0; done < count; done += 5000) {
        begin(&message, (uint32_t)(done / 5000), ANSWER, counts);
        for (unsigned i = 0; i < 5000; i++) {
            put(&message, "", 1);
            put_rest(&message, types[i % sizeof types], "", 0);
        }
        wire_put16(length, (uint32_t)message.length);
        talk_say(&talk, SERVER, length, 2);
        talk_say(&talk, SERVER, message.bytes, message.length);
    }
    talk_end(&talk);
}

/* Lists inside records: NSEC's types, SVCB's parameters, EDNS options, strings of TXT. */
static void dns_lists(struct wire *wire, uint64_t count)
{
    static struct message message;
    static uint8_t data[60000];
    const uint32_t counts[4] = {0, 1, 0, 0};
    for (uint64_t done = 0; done < count; done += 8000) {
        size_t length = 0;
        uint32_t type = (uint32_t)(done / 8000 % 4);
        if (type == 1) {
            memcpy(data, "\0\1\0", 3);
            length = 3;
        } else if (type == 0) {
            data[length++] = 0;
        }
        for (uint32_t i = 0; i < 8000 && length < sizeof data - 40; i++) {
            if (type == 0 && i < 256) { /* NSEC: window blocks, all bits set */
                data[length++] = (uint8_t)i;
                data[length++] = 32;
                memset(data + length, 255, 32);
                length += 32;
            } else if (type == 1) { /* SVCB: keys in order, empty */
                wire_put16(data + length, i + 10);
                wire_put16(data + length + 2, 0);
                length += 4;
            } else if (type == 2) { /* EDNS */
                wire_put32(data + length, 10u << 16 | 1);
                length += 5;
            } else if (type == 3) { /* TXT */
                data[length++] = 0;
            }
        }
        static const uint32_t types[] = {47, 64, 41, 16};
        begin(&message, (uint32_t)(done / 8000), ANSWER, counts);
        put(&message, "", 1);
        put_rest(&message, types[type], data, length < MESSAGE_MAX - 100 ? length : 0);
        send(wire, &message);
    }
}

/* Answers that teach names: to every client another address each. */
static void dns_names(struct wire *wire, uint64_t count)
{
    struct message message;
    const uint32_t counts[4] = {1, 50, 0, 0}, asked[4] = {1, 0, 0, 0};
    for (uint64_t done = 0; done < count; done += 50) {
        begin(&message, (uint32_t)(done / 50), QUERY, asked);
        put(&message, "\3www\7example\3org\0\0\1\0\1", 21);
        wire_udp(wire, &resolver, CLIENT, message.bytes, message.length);
        begin(&message, (uint32_t)(done / 50), ANSWER, counts);
        put(&message, "\3www\7example\3org\0\0\1\0\1", 21);
        for (unsigned i = 0; i < 50; i++) {
            uint8_t address[4];
            wire_put32(address, 0x0b000000 + (uint32_t)done + i);
            put(&message, "\xc0\x0c", 2);
            put_rest(&message, 1, address, 4);
        }
        wire_udp(wire, &resolver, SERVER, message.bytes, message.length);
    }
}

/* A chain of CNAMEs, from back to front, so that whoever looks for the next one passes all others. */
static void dns_cnames(struct wire *wire, uint64_t count)
{
    static struct message message;
    const uint32_t counts[4] = {1, 1000, 0, 0}, asked[4] = {1, 0, 0, 0};
    for (uint64_t done = 0; done < count; done += 1000) {
        uint8_t name[6] = {3, 'c', 0, 0, 0}, next[6] = {3, 'c', 0, 0, 0};
        begin(&message, (uint32_t)(done / 1000), QUERY, asked);
        put(&message, "\3caa\0\0\1\0\1", 9);
        wire_udp(wire, &resolver, CLIENT, message.bytes, message.length);
        begin(&message, (uint32_t)(done / 1000), ANSWER, counts);
        put(&message, "\3caa\0\0\1\0\1", 9);
        for (unsigned i = 999; i < 1000; i--) {
            name[2] = (uint8_t)('a' + i / 32);
            name[3] = (uint8_t)('a' + i % 32);
            next[2] = (uint8_t)('a' + (i + 1) / 32);
            next[3] = (uint8_t)('a' + (i + 1) % 32);
            put(&message, name, 5);
            put_rest(&message, 5, next, 5);
        }
        send(wire, &message);
    }
}

/* Questions with one number each, never answered, and answers to no question. */
static void dns_unanswered(struct wire *wire, uint64_t count)
{
    struct message message;
    const uint32_t counts[4] = {1, 0, 0, 0};
    for (uint64_t i = 0; i < count; i++) {
        begin(&message, (uint32_t)i * 40503, i % 5 == 4 ? ANSWER : QUERY, counts);
        put(&message, "\3www\7example\3org\0\0\1\0\1", 21);
        wire_udp(wire, &resolver, i % 5 == 4 ? SERVER : CLIENT, message.bytes, message.length);
    }
}

/* Names of 255 bytes that all have to be escaped. */
static void dns_long_names(struct wire *wire, uint64_t count)
{
    static struct message message;
    const uint32_t counts[4] = {1, 200, 0, 0};
    for (uint64_t done = 0; done < count; done += 200) {
        begin(&message, (uint32_t)(done / 200), ANSWER, counts);
        for (unsigned label = 0; label < 4; label++) {
            message.bytes[message.length++] = label < 3 ? 63 : 61;
            memset(message.bytes + message.length, 1, 63);
            message.length += label < 3 ? 63 : 61;
        }
        put(&message, "\0\0\1\0\1", 5);
        for (unsigned i = 0; i < 200; i++) {
            put(&message, "\xc0\x0c", 2);
            put_rest(&message, 2, "\xc0\x0c", 2);
        }
        send(wire, &message);
    }
}

const struct generator name_generators[] = {
    {"dns_pointer_chain", dns_pointer_chain, 6000, 600000,
     "records whose names are a label and a pointer to the name before"},
    {"dns_pointers", dns_pointers, 4000, 400000, "records whose names are pointers to the pointer before"},
    {"dns_counts", dns_counts, 1500, 200000, "messages with counts that lie"},
    {"dns_records", dns_records, 10000, 1000000, "empty records, 5,000 a message"},
    {"dns_lists", dns_lists, 64000, 10000000, "items of NSEC, SVCB, EDNS and TXT, 8,000 a record"},
    {"dns_names", dns_names, 2000, 300000, "addresses that are learned for one client"},
    {"dns_cnames", dns_cnames, 4000, 200000, "CNAMEs, each leading to the one before it, 1,000 a message"},
    {"dns_unanswered", dns_unanswered, 2000, 200000, "questions that nobody answers, between two ports"},
    {"dns_long_names", dns_long_names, 1000, 50000, "names of 255 bytes that are all escaped"},
    {0},
};
