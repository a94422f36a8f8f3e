/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum {
    FILE_HEADER = 24,
    RECORD_HEADER = 16,
    ETHERNET_HEADER = 14,
    IP_HEADER = 20,
    TCP_HEADER = 20,
    UDP_HEADER = 8,
    PAYLOAD_MAX = 65535 - IP_HEADER - TCP_HEADER,
};

static const uint64_t START = 1700000000000000u; /* microseconds since 1970 */

void wire_put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void wire_put32(uint8_t *at, uint32_t value)
{
    wire_put16(at, value >> 16);
    wire_put16(at + 2, value);
}

uint16_t wire_checksum(const uint8_t *at, size_t length, uint64_t sum)
{
    size_t i = 0;
    for (; i + 4 <= length; i += 4)
        sum += (uint64_t)at[i] << 24 | (uint64_t)at[i + 1] << 16 | (uint64_t)at[i + 2] << 8 | at[i + 3];
    if (i + 2 <= length) {
        sum += (uint64_t)at[i] << 8 | at[i + 1];
        i += 2;
    }
    if (i < length)
        sum += (uint64_t)at[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_record(struct wire *wire, const void *bytes, size_t length)
{
    uint32_t header[4] = {(uint32_t)(wire->now / 1000000), (uint32_t)(wire->now % 1000000), (uint32_t)length,
                          (uint32_t)length};
    (void)fwrite(header, sizeof header, 1, wire->out);
    (void)fwrite(bytes, length, 1, wire->out);
}

static void put_honest(struct wire *wire)
{
    struct honest *honest = &wire->honest;
    uint32_t captured = 0;
    honest->until_next = honest->every;
    if (honest->length - honest->at < RECORD_HEADER)
        return;
    memcpy(&captured, honest->file + honest->at + 8, sizeof captured);
    if (honest->length - honest->at - RECORD_HEADER < captured)
        return;
    put_record(wire, honest->file + honest->at + RECORD_HEADER, captured);
    honest->at += RECORD_HEADER + captured;
    wire->now += wire->step;
}

void wire_begin(struct wire *wire, FILE *out)
{
    uint32_t header[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};
    memset(wire, 0, sizeof *wire);
    wire->out = out;
    wire->now = START;
    wire->step = 10;
    wire->chance = 0x9e3779b97f4a7c15u;
    (void)fwrite(header, sizeof header, 1, out);
}

bool wire_mix(struct wire *wire, const char *path, uint64_t every, bool alone)
{
    struct honest *honest = &wire->honest;
    FILE *file = fopen(path, "rb");
    long length = -1;
    if (file && fseek(file, 0, SEEK_END) == 0)
        length = ftell(file);
    if (length >= FILE_HEADER && fseek(file, 0, SEEK_SET) == 0)
        honest->file = malloc((size_t)length);
    bool good = honest->file && fread(honest->file, (size_t)length, 1, file) == 1;
    if (file)
        (void)fclose(file);
    honest->length = good ? (size_t)length : 0;
    honest->at = FILE_HEADER;
    honest->every = honest->until_next = every > 0 ? every : 1;
    honest->alone = alone;
    return good;
}

bool wire_end(struct wire *wire)
{
    size_t before = 0;
    while (wire->honest.file && wire->honest.at != before) {
        before = wire->honest.at;
        put_honest(wire);
    }
    free(wire->honest.file);
    wire->honest.file = NULL;
    return fflush(wire->out) == 0 && !ferror(wire->out);
}

uint32_t wire_chance(struct wire *wire, uint32_t limit)
{
    wire->chance ^= wire->chance << 13;
    wire->chance ^= wire->chance >> 7;
    wire->chance ^= wire->chance << 17;
    return (uint32_t)((wire->chance >> 32) * limit >> 32);
}

void wire_frame(struct wire *wire, const void *bytes, size_t length)
{
    if (!wire->honest.alone)
        put_record(wire, bytes, length);
    wire->now += wire->step;
    if (wire->honest.file && --wire->honest.until_next == 0)
        put_honest(wire);
}

void wire_ethernet(struct wire *wire, uint32_t type, const void *payload, size_t length)
{
    static const uint8_t ends[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    memcpy(wire->frame, ends, sizeof ends);
    wire_put16(wire->frame + sizeof ends, type);
    if (payload != wire->frame + ETHERNET_HEADER)
        memmove(wire->frame + ETHERNET_HEADER, payload, length);
    wire_frame(wire, wire->frame, ETHERNET_HEADER + length);
}

void wire_ip(struct wire *wire, const uint32_t address[2], uint8_t protocol, uint32_t identification_and_fragment,
             const void *payload, size_t length)
{
    uint8_t *header = wire->frame + ETHERNET_HEADER;
    if (payload != header + IP_HEADER)
        memmove(header + IP_HEADER, payload, length);
    memset(header, 0, IP_HEADER);
    header[0] = 0x45;
    wire_put16(header + 2, (uint32_t)(IP_HEADER + length));
    wire_put32(header + 4, identification_and_fragment);
    header[8] = 64;
    header[9] = protocol;
    wire_put32(header + 12, address[0]);
    wire_put32(header + 16, address[1]);
    wire_put16(header + 10, wire_checksum(header, IP_HEADER, 0));
    wire_ethernet(wire, WIRE_IPV4, header, IP_HEADER + length);
}

static uint64_t pseudo_sum(const struct ends *ends, uint32_t protocol, size_t length)
{
    return (uint64_t)ends->address[0] + ends->address[1] + protocol + length;
}

size_t wire_udp_body(uint8_t *body, const struct ends *ends, enum side side, const void *payload, size_t length)
{
    memmove(body + UDP_HEADER, payload, length);
    wire_put16(body, ends->port[side]);
    wire_put16(body + 2, ends->port[1 - side]);
    wire_put16(body + 4, (uint32_t)(UDP_HEADER + length));
    wire_put16(body + 6, 0);
    uint16_t sum = wire_checksum(body, UDP_HEADER + length, pseudo_sum(ends, WIRE_UDP, UDP_HEADER + length));
    wire_put16(body + 6, sum ? sum : 0xffff);
    return UDP_HEADER + length;
}

void wire_udp(struct wire *wire, const struct ends *ends, enum side side, const void *payload, size_t length)
{
    uint8_t *body = wire->frame + ETHERNET_HEADER + IP_HEADER;
    const uint32_t address[2] = {ends->address[side], ends->address[1 - side]};
    wire_ip(wire, address, WIRE_UDP, 0, body, wire_udp_body(body, ends, side, payload, length));
}

void wire_tcp(struct wire *wire, const struct ends *ends, enum side side, const uint32_t numbers[2], uint8_t flags,
              const void *payload, size_t length)
{
    uint8_t *header = wire->frame + ETHERNET_HEADER + IP_HEADER;
    const uint32_t address[2] = {ends->address[side], ends->address[1 - side]};
    if (length > 0)
        memmove(header + TCP_HEADER, payload, length);
    memset(header, 0, TCP_HEADER);
    wire_put16(header, ends->port[side]);
    wire_put16(header + 2, ends->port[1 - side]);
    wire_put32(header + 4, numbers[side]);
    wire_put32(header + 8, flags & WIRE_ACK ? numbers[1 - side] : 0);
    header[12] = TCP_HEADER / 4 << 4;
    header[13] = flags;
    wire_put16(header + 14, 64240);
    wire_put16(header + 16,
               wire_checksum(header, TCP_HEADER + length, pseudo_sum(ends, WIRE_TCP, TCP_HEADER + length)));
    wire_ip(wire, address, WIRE_TCP, 0, header, TCP_HEADER + length);
}

void talk_begin(struct talk *talk, struct wire *wire, uint64_t number, uint16_t server_port)
{
    talk->wire = wire;
    talk->ends = (struct ends){{0x0a000002 + (uint32_t)(number / 60000), 0xc0a80050},
                               {(uint16_t)(1025 + number % 60000), server_port}};
    talk->next[CLIENT] = 1000;
    talk->next[SERVER] = 5000;
    talk->segment = 1400;
    talk->speaker = CLIENT;
    talk->waiting = 0;
    wire_tcp(wire, &talk->ends, CLIENT, talk->next, WIRE_SYN, NULL, 0);
    talk->next[CLIENT]++;
    wire_tcp(wire, &talk->ends, SERVER, talk->next, WIRE_SYN | WIRE_ACK, NULL, 0);
    talk->next[SERVER]++;
    talk_heard(talk);
}

void talk_raw(const struct talk *talk, enum side side, uint32_t sequence, uint8_t flags, const void *bytes,
              size_t length)
{
    uint32_t numbers[2] = {talk->next[0], talk->next[1]};
    numbers[side] = sequence;
    wire_tcp(talk->wire, &talk->ends, side, numbers, flags, bytes, length);
}

void talk_flush(struct talk *talk)
{
    if (talk->waiting == 0)
        return;
    wire_tcp(talk->wire, &talk->ends, talk->speaker, talk->next, WIRE_PSH | WIRE_ACK, talk->buffer, talk->waiting);
    talk->next[talk->speaker] += (uint32_t)talk->waiting;
    talk->waiting = 0;
}

void talk_heard(struct talk *talk)
{
    talk_flush(talk);
    enum side listener = talk->speaker == CLIENT && talk->next[CLIENT] != 1001 ? SERVER : CLIENT;
    wire_tcp(talk->wire, &talk->ends, listener, talk->next, WIRE_ACK, NULL, 0);
}

void talk_say(struct talk *talk, enum side side, const void *bytes, size_t length)
{
    size_t limit = talk->segment < PAYLOAD_MAX ? talk->segment : PAYLOAD_MAX;
    const uint8_t *from = bytes;
    if (side != talk->speaker)
        talk_flush(talk);
    talk->speaker = side;
    while (length > 0) {
        size_t part = limit - talk->waiting < length ? limit - talk->waiting : length;
        memcpy(talk->buffer + talk->waiting, from, part);
        talk->waiting += part;
        from += part;
        length -= part;
        if (talk->waiting == limit)
            talk_flush(talk);
    }
}

void talk_text(struct talk *talk, enum side side, const char *text)
{
    talk_say(talk, side, text, strlen(text));
}

void talk_repeat(struct talk *talk, enum side side, const char *text, uint64_t count)
{
    size_t length = strlen(text);
    for (uint64_t i = 0; i < count; i++)
        talk_say(talk, side, text, length);
}

void talk_end(struct talk *talk)
{
    talk_flush(talk);
    for (enum side side = CLIENT; side <= SERVER; side++) {
        wire_tcp(talk->wire, &talk->ends, side, talk->next, WIRE_FIN | WIRE_ACK, NULL, 0);
        talk->next[side]++;
    }
    wire_tcp(talk->wire, &talk->ends, CLIENT, talk->next, WIRE_ACK, NULL, 0);
}
