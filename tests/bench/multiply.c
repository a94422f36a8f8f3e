/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Makes long captures for measuring.
 *
 *   multiply dns IN.pcap OUT.pcap MESSAGES   copies of all UDP frames of IN (Ethernet, IPv4 or IPv6) until there are
 *                                            that many; each copy has clients and times of its own
 *   multiply http OUT.pcap BYTES             downloads of up to 16 MiB, one connection each, until the file has that
 *                                            many bytes
 *
 * UDP checksums of copies are 0 (none) for IPv4 and mended for IPv6; those of TCP are right.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME_MAX = 65536, LINK_BYTES = 14, SEGMENT_BYTES = 1448, DOWNLOAD_BYTES = 16 << 20, SERVER_DNS = 53 };

struct output {
    FILE *file;
    uint64_t time_us;
    uint64_t bytes;
    bool failed;
};

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* The Internet checksum over some bytes and a sum to begin with. */
static uint32_t checksum(const uint8_t *at, size_t length, uint32_t sum)
{
    for (; length > 1; at += 2, length -= 2)
        sum += get16(at);
    if (length > 0)
        sum += (uint32_t)*at << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static bool open_output(struct output *output, const char *path)
{
    *output = (struct output){.file = fopen(path, "wb"), .time_us = 1700000000000000u};
    const uint32_t header[] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, 1};
    return output->file && fwrite(header, sizeof header, 1, output->file) == 1;
}

static void write_frame(struct output *output, const uint8_t *frame, size_t length, unsigned step_us)
{
    const uint32_t header[] = {(uint32_t)(output->time_us / 1000000), (uint32_t)(output->time_us % 1000000),
                               (uint32_t)length, (uint32_t)length};
    output->failed |= fwrite(header, sizeof header, 1, output->file) != 1 ||
                      fwrite(frame, length, 1, output->file) != 1;
    output->time_us += step_us;
    output->bytes += sizeof header + length;
}

static int close_output(struct output *output)
{
    return fclose(output->file) == 0 && !output->failed ? 0 : 1;
}

/* Where the UDP header of a frame stands; 0: it has none. */
static size_t find_udp(const uint8_t *frame, size_t length)
{
    if (length > LINK_BYTES + 28 && get16(frame + 12) == 0x0800 && frame[LINK_BYTES + 9] == 17 &&
        (get16(frame + LINK_BYTES + 6) & 0x3fff) == 0)
        return LINK_BYTES + (frame[LINK_BYTES] & 15u) * 4u;
    if (length > LINK_BYTES + 48 && get16(frame + 12) == 0x86dd && frame[LINK_BYTES + 6] == 17)
        return LINK_BYTES + 40;
    return 0;
}

/* One 16-bit word of a packet is replaced, and a checksum that covers it follows (RFC 1624). */
static void replace16(uint8_t *word, uint32_t value, uint8_t *covering)
{
    uint32_t sum = (~get16(covering) & 0xffff) + (~get16(word) & 0xffff) + (value & 0xffff);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    put16(word, value);
    put16(covering, ~sum & 0xffff);
}

/* Another client: 10.16.0.0 and on for IPv4, other last words for IPv6. */
static void change_client(uint8_t *frame, size_t udp, uint32_t copy)
{
    bool asks = get16(frame + udp + 2) == SERVER_DNS;
    uint8_t *ip = frame + LINK_BYTES, *checksum_udp = frame + udp + 6;
    if (get16(frame + 12) == 0x0800) {
        uint8_t *client = ip + (asks ? 12 : 16);
        replace16(client, 0x0a10 + (copy >> 16), ip + 10);
        replace16(client + 2, copy & 0xffff, ip + 10);
        put16(checksum_udp, 0);
    } else {
        uint8_t *client = ip + (asks ? 8 : 24);
        replace16(client + 12, 0x1000 + (copy >> 16), checksum_udp);
        replace16(client + 14, copy & 0xffff, checksum_udp);
    }
}

static int multiply_dns(const char *in, const char *out, uint64_t messages)
{
    FILE *file = fopen(in, "rb");
    static uint8_t input[16 << 20];
    size_t size = file ? fread(input, 1, sizeof input, file) : 0;
    struct output output;
    uint32_t magic = 0;
    if (size >= 24)
        memcpy(&magic, input, sizeof magic);
    if ((magic != 0xa1b2c3d4 && magic != 0xa1b23c4d) || !open_output(&output, out))
        return 1;
    (void)fclose(file);
    uint64_t written = 0;
    for (uint32_t copy = 0; written < messages; copy++) {
        uint64_t before = written;
        for (size_t at = 24; at + 16 <= size && written < messages;) {
            uint32_t length;
            memcpy(&length, input + at + 8, sizeof length);
            at += 16;
            if (length > size - at)
                break;
            uint8_t frame[FRAME_MAX];
            size_t udp = length <= sizeof frame ? find_udp(input + at, length) : 0;
            if (udp > 0 && (get16(input + at + udp) == SERVER_DNS || get16(input + at + udp + 2) == SERVER_DNS)) {
                memcpy(frame, input + at, length);
                change_client(frame, udp, copy);
                write_frame(&output, frame, length, 10);
                written++;
            }
            at += length;
        }
        if (written == before)
            return 1;
    }
    return close_output(&output);
}

struct end {
    uint8_t host;
    uint16_t port;
    uint32_t next;
};

static void write_segment(struct output *output, struct end *from, const struct end *to, uint8_t flags,
                          const uint8_t *payload, size_t length)
{
    uint8_t frame[LINK_BYTES + 40 + SEGMENT_BYTES] = {2, 0, 0, 0, 0, to->host, 2, 0, 0, 0, 0, from->host, 8, 0};
    uint8_t *ip = frame + LINK_BYTES, *tcp = ip + 20;
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)(40 + length));
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, 0x0a090000u | from->host);
    put32(ip + 16, 0x0a090000u | to->host);
    put16(ip + 10, checksum(ip, 20, 0));
    put16(tcp, from->port);
    put16(tcp + 2, to->port);
    put32(tcp + 4, from->next);
    put32(tcp + 8, flags & 16 ? to->next : 0);
    tcp[12] = 5 << 4;
    tcp[13] = flags;
    put16(tcp + 14, 64240);
    if (length > 0)
        memcpy(tcp + 20, payload, length);
    put16(tcp + 16, checksum(tcp, 20 + length, ~checksum(ip + 12, 8, (uint32_t)(6 + 20 + length)) & 0xffff));
    write_frame(output, frame, LINK_BYTES + 40 + length, 12);
    from->next += (uint32_t)length + (flags & 3 ? 1 : 0);
}

static void write_text(struct output *output, struct end *from, const struct end *to, const char *text)
{
    write_segment(output, from, to, 24, (const uint8_t *)text, strlen(text));
}

static void write_download(struct output *output, uint32_t number)
{
    static uint8_t body[SEGMENT_BYTES];
    struct end client = {2, (uint16_t)(10000 + number), 1000}, server = {80, 80, 7000};
    char text[256];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 131 + number);
    write_segment(output, &client, &server, 2, NULL, 0);
    write_segment(output, &server, &client, 18, NULL, 0);
    write_segment(output, &client, &server, 16, NULL, 0);
    (void)snprintf(text, sizeof text, "GET /file-%u HTTP/1.1\r\nHost: www.example.org\r\n\r\n", (unsigned)number);
    write_text(output, &client, &server, text);
    (void)snprintf(text, sizeof text,
                   "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n",
                   DOWNLOAD_BYTES);
    write_text(output, &server, &client, text);
    for (size_t left = DOWNLOAD_BYTES, n = 0; left > 0; n++) {
        size_t length = left < sizeof body ? left : sizeof body;
        write_segment(output, &server, &client, 16, body, length);
        if (n % 2 == 1)
            write_segment(output, &client, &server, 16, NULL, 0);
        left -= length;
    }
    write_segment(output, &client, &server, 17, NULL, 0);
    write_segment(output, &server, &client, 17, NULL, 0);
    write_segment(output, &client, &server, 16, NULL, 0);
}

static int make_http(const char *out, uint64_t bytes)
{
    struct output output;
    if (!open_output(&output, out))
        return 1;
    for (uint32_t number = 0; output.bytes < bytes; number++)
        write_download(&output, number);
    return close_output(&output);
}

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[1], "dns") == 0)
        return multiply_dns(arguments[2], arguments[3], strtoull(arguments[4], NULL, 10));
    if (count == 4 && strcmp(arguments[1], "http") == 0)
        return make_http(arguments[2], strtoull(arguments[3], NULL, 10));
    (void)fprintf(stderr, "multiply dns IN OUT MESSAGES | multiply http OUT BYTES\n");
    return 2;
}
