/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What reading a capture costs on this machine before anybody looks into it: the floor under every figure.
 *
 *   limits libpcap FILE   a bare loop of pcap_next_ex
 *   limits read FILE      read(2), a mebibyte at a time, and steps from frame to frame
 *   limits flow FILE      read, plus the headers of Ethernet, IP, TCP and UDP, plus one look-up in a hash table of
 *                         conversations a frame
 *
 * Prints how many frames, bytes and conversations it saw. Captures are those of tests/bench/build: pcap with
 * microseconds in this machine's byte order, Ethernet.
 */
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FILE_HEADER = 24,
    FRAME_HEADER = 16,
    ETHERNET_HEADER = 14,
    BLOCK = 1 << 20,
    FRAME_MAX = 1 << 18,
    TABLE_BEGINS = 1 << 14,
    KEY_WORDS = 5,
};

struct conversation {
    uint64_t key[KEY_WORDS]; /* the two addresses, the lower one first, the ports in the same order, the protocol */
    uint64_t frames;         /* 0: nobody is here */
};

struct totals {
    uint64_t frames, bytes, conversations;
    struct conversation *table; /* open addressing, never more than half full */
    uint64_t places;
};

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint64_t stir(uint64_t value)
{
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    return value ^ value >> 32;
}

static struct conversation *find_place(const struct totals *totals, const uint64_t *key)
{
    uint64_t hash = 0;
    for (uint64_t i = 0; i < KEY_WORDS; i++)
        hash ^= stir(key[i] + i);
    for (uint64_t place = stir(hash);; place++) {
        struct conversation *found = &totals->table[place & (totals->places - 1)];
        if (found->frames == 0 || memcmp(found->key, key, sizeof found->key) == 0)
            return found;
    }
}

static void grow(struct totals *totals)
{
    struct conversation *before = totals->table;
    uint64_t count = totals->places;
    totals->places = count > 0 ? count * 2 : TABLE_BEGINS;
    totals->table = calloc(totals->places, sizeof *totals->table);
    if (!totals->table)
        exit(1);
    for (uint64_t i = 0; i < count; i++)
        if (before[i].frames > 0)
            *find_place(totals, before[i].key) = before[i];
    free(before);
}

/* The key of a frame's conversation; false: it has none. */
static bool make_key(const uint8_t *frame, size_t length, uint64_t *ret_key)
{
    if (length < ETHERNET_HEADER + 20)
        return false;
    const uint8_t *ip = frame + ETHERNET_HEADER, *source, *transport;
    size_t address, protocol;
    if (get16(frame + 12) == 0x0800) {
        source = ip + 12, address = 4, protocol = ip[9];
        transport = ip + (ip[0] & 15u) * 4u;
    } else if (get16(frame + 12) == 0x86dd && length >= ETHERNET_HEADER + 40) {
        source = ip + 8, address = 16, protocol = ip[6];
        transport = ip + 40;
    } else {
        return false;
    }
    if ((protocol != 6 && protocol != 17) || (size_t)(transport - frame) + 4 > length)
        return false;
    const uint8_t *target = source + address;
    uint64_t from = get16(transport), to = get16(transport + 2);
    int order = memcmp(source, target, address);
    bool turned = order > 0 || (order == 0 && from > to);
    memset(ret_key, 0, KEY_WORDS * sizeof *ret_key);
    memcpy(ret_key, turned ? target : source, address);
    memcpy(ret_key + 2, turned ? source : target, address);
    ret_key[4] = (turned ? to : from) << 32 | (turned ? from : to) << 16 | protocol;
    return true;
}

static void look_up(struct totals *totals, const uint8_t *frame, size_t length)
{
    uint64_t key[KEY_WORDS];
    if (!make_key(frame, length, key))
        return;
    if (totals->conversations * 2 >= totals->places)
        grow(totals);
    struct conversation *found = find_place(totals, key);
    if (found->frames++ == 0) {
        memcpy(found->key, key, sizeof key);
        totals->conversations++;
    }
}

static bool walk_libpcap(const char *path, struct totals *totals)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, error);
    if (!capture)
        return false;
    struct pcap_pkthdr *header;
    const uint8_t *frame;
    int status;
    while ((status = pcap_next_ex(capture, &header, &frame)) == 1) {
        totals->frames++;
        totals->bytes += header->caplen;
    }
    pcap_close(capture);
    return status == PCAP_ERROR_BREAK;
}

/* The frames that stand whole in a buffer; returns how many bytes of it they are. */
static size_t walk_block(const uint8_t *block, size_t length, bool decode, struct totals *totals)
{
    size_t at = 0;
    while (length - at >= FRAME_HEADER) {
        uint32_t captured;
        memcpy(&captured, block + at + 8, sizeof captured);
        if (length - at - FRAME_HEADER < captured)
            break;
        if (decode)
            look_up(totals, block + at + FRAME_HEADER, captured);
        totals->frames++;
        totals->bytes += captured;
        at += FRAME_HEADER + captured;
    }
    return at;
}

static bool walk_read(const char *path, bool decode, struct totals *totals)
{
    static uint8_t buffer[BLOCK + FRAME_MAX];
    size_t have = 0, skip = FILE_HEADER;
    ssize_t count = -1;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    while (file >= 0 && have <= FRAME_MAX && (count = read(file, buffer + have, BLOCK)) > 0) {
        have += (size_t)count;
        if (have < skip)
            continue;
        size_t done = skip + walk_block(buffer + skip, have - skip, decode, totals);
        memmove(buffer, buffer + done, have - done);
        have -= done;
        skip = 0;
    }
    if (file >= 0)
        (void)close(file);
    return count == 0 && have == 0;
}

int main(int count, char **arguments)
{
    struct totals totals = {0};
    const char *how = count == 3 ? arguments[1] : "";
    bool whole;
    if (strcmp(how, "libpcap") == 0) {
        whole = walk_libpcap(arguments[2], &totals);
    } else if (strcmp(how, "read") == 0 || strcmp(how, "flow") == 0) {
        whole = walk_read(arguments[2], how[0] == 'f', &totals);
    } else {
        (void)fprintf(stderr, "limits libpcap|read|flow FILE\n");
        return 2;
    }
    (void)printf("{\"frames\":%llu,\"bytes\":%llu,\"conversations\":%llu}\n", (unsigned long long)totals.frames,
                 (unsigned long long)totals.bytes, (unsigned long long)totals.conversations);
    free(totals.table);
    return whole ? 0 : 1;
}
