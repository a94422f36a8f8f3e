/* SPDX-License-Identifier: BSD-3-Clause
 *
 *   gen NAME N > x.pcap                       a capture, the same each time
 *   gen --with FILE EVERY NAME N > x.pcap     a frame of FILE (pcap, Ethernet) after every EVERY of them
 *   gen --alone FILE EVERY NAME N > x.pcap    only those of FILE, at the same times
 *   gen --list                                the names, a small and a large N, and what N counts
 */
#include "generators.h"

#include <stdlib.h>
#include <string.h>

static const struct generator *const rooms[] = {flood_generators, stream_generators, packet_generators, line_generators,
                                                mail_generators,  body_generators,   name_generators,   tls_generators};
enum { ROOMS = sizeof rooms / sizeof *rooms };

static int list(void)
{
    for (size_t room = 0; room < ROOMS; room++)
        for (const struct generator *row = rooms[room]; row->name; row++)
            (void)printf("%-24s%10llu%10llu  %s\n", row->name, (unsigned long long)row->few,
                         (unsigned long long)row->many, row->what);
    return 0;
}

static const struct generator *find(const char *name)
{
    for (size_t room = 0; room < ROOMS; room++)
        for (const struct generator *row = rooms[room]; row->name; row++)
            if (strcmp(row->name, name) == 0)
                return row;
    return NULL;
}

int main(int count, char **arguments)
{
    static struct wire wire;
    static char buffer[1 << 18];
    if (count == 2 && strcmp(arguments[1], "--list") == 0)
        return list();
    bool mixed = count == 6 && (strcmp(arguments[1], "--with") == 0 || strcmp(arguments[1], "--alone") == 0);
    const struct generator *row = mixed || count == 3 ? find(arguments[count - 2]) : NULL;
    if (!row) {
        (void)fprintf(stderr,
                      "gen [--with FILE EVERY | --alone FILE EVERY] NAME N > x.pcap; gen --list tells the names\n");
        return 2;
    }
    (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    wire_begin(&wire, stdout);
    if (mixed &&
        !wire_mix(&wire, arguments[2], strtoull(arguments[3], NULL, 10), strcmp(arguments[1], "--alone") == 0)) {
        (void)fprintf(stderr, "gen: %s cannot be read\n", arguments[2]);
        return 1;
    }
    row->make(&wire, strtoull(arguments[count - 1], NULL, 10));
    return wire_end(&wire) ? 0 : 1;
}
