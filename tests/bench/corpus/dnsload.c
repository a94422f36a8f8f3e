/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Asks a name server as many resolvers would: every question from a port of its own, under an ID of its own, from one
 * of the addresses 198.51.100.10 to .60. dnsperf, which asks from a few ports, makes a few conversations of it; this
 * makes as many as there are questions.
 *
 *   dnsload SERVER QUESTIONS COUNT AT-ONCE BUFFER DO
 *
 * QUESTIONS has lines "NAME TYPE" and is read again where it ends. BUFFER: what EDNS says, 0: no EDNS. DO: 1 sets that
 * bit. Ends after COUNT questions, or after two minutes.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    AT_ONCE_MAX = 1000,
    FIRST_CLIENT = 10,
    LAST_CLIENT = 60,
    LONGEST = 120,
    PATIENCE_MS = 20,
    PATIENCE_TURNS = 50,
    COOKIE = 8
};

static const struct {
    const char *name;
    unsigned number;
} types[] = {
    {"A", 1},      {"NS", 2},     {"CNAME", 5},  {"SOA", 6},         {"PTR", 12},    {"HINFO", 13},
    {"MX", 15},    {"TXT", 16},   {"RP", 17},    {"AAAA", 28},       {"LOC", 29},    {"SRV", 33},
    {"NAPTR", 35}, {"DNAME", 39}, {"DS", 43},    {"SSHFP", 44},      {"DNSKEY", 48}, {"TLSA", 52},
    {"CDS", 59},   {"SVCB", 64},  {"HTTPS", 65}, {"NSEC3PARAM", 51}, {"ANY", 255},   {"CAA", 257},
};

struct load {
    FILE *questions;
    struct sockaddr_in server;
    long count, sent, answered, lost;
    int at_once, under_way;
    unsigned buffer;
    bool wants_signatures;
    struct pollfd sockets[AT_ONCE_MAX];
    int turns_left[AT_ONCE_MAX];
};

static unsigned type_number(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcasecmp(name, types[i].name) == 0)
            return types[i].number;
    return strncasecmp(name, "TYPE", 4) == 0 ? (unsigned)strtoul(name + 4, NULL, 10) : 1;
}

static uint8_t *put16(uint8_t *at, unsigned value)
{
    *at++ = (uint8_t)(value >> 8);
    *at++ = (uint8_t)value;
    return at;
}

static unsigned chance(unsigned limit)
{
    return (unsigned)random() % limit;
}

/* RFC 6891; now and then with a cookie (RFC 7873). */
static uint8_t *put_edns(uint8_t *at, const struct load *load)
{
    bool cookie = chance(4) == 0;
    *at++ = 0;
    at = put16(at, 41);
    at = put16(at, load->buffer);
    at = put16(at, 0);
    at = put16(at, load->wants_signatures ? 0x8000 : 0);
    at = put16(at, cookie ? 4 + COOKIE : 0);
    if (cookie) {
        at = put16(at, 10);
        at = put16(at, COOKIE);
        for (int i = 0; i < COOKIE; i++)
            *at++ = (uint8_t)chance(256);
    }
    return at;
}

/* RFC 1035. The name fits: it has been read into 256 bytes. */
static size_t make_message(uint8_t *message, const char *name, unsigned type, const struct load *load)
{
    uint8_t *at = put16(message, chance(65536));
    at = put16(at, chance(3) > 0 ? 0x0100 : 0); /* recursion desired, mostly */
    at = put16(at, 1);
    at = put16(at, 0);
    at = put16(at, 0);
    at = put16(at, load->buffer > 0 ? 1 : 0);
    while (*name && strcmp(name, ".") != 0) {
        size_t length = strcspn(name, ".");
        *at++ = (uint8_t)length;
        memcpy(at, name, length);
        at += length;
        name += length + (name[length] == '.' ? 1 : 0);
    }
    *at++ = 0;
    at = put16(at, type);
    at = put16(at, 1);
    if (load->buffer > 0)
        at = put_edns(at, load);
    return (size_t)(at - message);
}

/* The next question as a message; 0: there is none. */
static size_t next_message(struct load *load, uint8_t *message)
{
    char line[512], name[256], type[32];
    for (int tries = 0; tries < 2; tries++) {
        while (fgets(line, sizeof line, load->questions))
            if (sscanf(line, "%255s %31s", name, type) == 2)
                return make_message(message, name, type_number(type), load);
        rewind(load->questions);
    }
    return 0;
}

static bool ask(struct load *load, int place)
{
    uint8_t message[1024];
    size_t length = next_message(load, message);
    int client = length > 0 ? socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0) : -1;
    if (client < 0)
        return false;
    struct sockaddr_in own = {.sin_family = AF_INET};
    own.sin_addr.s_addr = htonl(0xc6336400u + FIRST_CLIENT + chance(LAST_CLIENT - FIRST_CLIENT + 1));
    for (int tries = 0; tries < 20; tries++) {
        own.sin_port = htons((uint16_t)(1024 + chance(64000)));
        if (bind(client, (struct sockaddr *)&own, sizeof own) == 0)
            break;
    }
    if (connect(client, (struct sockaddr *)&load->server, sizeof load->server) != 0 ||
        send(client, message, length, 0) < 0) {
        (void)close(client);
        return false;
    }
    load->sockets[place] = (struct pollfd){.fd = client, .events = POLLIN};
    load->turns_left[place] = PATIENCE_TURNS;
    load->sent++;
    load->under_way++;
    return true;
}

/* Who has an answer, or has waited in vain, makes room. */
static void collect(struct load *load)
{
    uint8_t answer[4096];
    int ready = poll(load->sockets, (nfds_t)load->at_once, PATIENCE_MS);
    for (int i = 0; i < load->at_once; i++) {
        struct pollfd *one = &load->sockets[i];
        if (one->fd < 0)
            continue;
        if (ready > 0 && one->revents != 0)
            *(recv(one->fd, answer, sizeof answer, 0) > 0 ? &load->answered : &load->lost) += 1;
        else if (ready == 0 && --load->turns_left[i] <= 0)
            load->lost++;
        else
            continue;
        (void)close(one->fd);
        one->fd = -1;
        load->under_way--;
    }
}

int main(int count, char **arguments)
{
    static struct load load = {.server = {.sin_family = AF_INET}};
    if (count != 7 || inet_pton(AF_INET, arguments[1], &load.server.sin_addr) != 1)
        return 2;
    load.server.sin_port = htons(53);
    load.questions = fopen(arguments[2], "r");
    load.count = strtol(arguments[3], NULL, 10);
    load.at_once = (int)strtol(arguments[4], NULL, 10);
    load.buffer = (unsigned)strtoul(arguments[5], NULL, 10);
    load.wants_signatures = arguments[6][0] == '1';
    if (!load.questions || load.at_once < 1 || load.at_once > AT_ONCE_MAX)
        return 2;
    for (int i = 0; i < load.at_once; i++)
        load.sockets[i].fd = -1;
    srandom(7);
    time_t end = time(NULL) + LONGEST;
    while ((load.sent < load.count || load.under_way > 0) && time(NULL) < end) {
        for (int i = 0; i < load.at_once && load.sent < load.count; i++)
            if (load.sockets[i].fd < 0 && !ask(&load, i))
                break;
        collect(&load);
    }
    (void)fclose(load.questions);
    (void)printf("sent %ld, answered %ld, lost %ld\n", load.sent, load.answered, load.lost);
    return load.sent == load.count ? 0 : 1;
}
