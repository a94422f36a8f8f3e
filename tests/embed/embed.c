/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A program of somebody else's: liboverhear as it was installed, its public headers, and nothing more. Two engines
 * run side by side; each gets one frame with a DNS query and must give one dns and one flow record.
 */
#include <overhear/engine.h>

#include <stdio.h>
#include <string.h>

struct seen {
    unsigned dns, flow, other;
};

static void count(void *context, const struct record *record)
{
    struct seen *seen = context;
    if (strcmp(record->dataset->name, "dns") == 0)
        seen->dns++;
    else if (strcmp(record->dataset->name, "flow") == 0)
        seen->flow++;
    else
        seen->other++;
}

/* example. A IN, from 10.9.0.2 port 40000 to 10.9.0.53 port 53, on Ethernet. */
static const uint8_t query[] = {
    0x02, 0x00, 0x00, 0x00, 0x00, 0x35, 0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x45, 0x00, 0x00,
    0x35, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x26, 0x44, 0x0a, 0x09, 0x00, 0x02, 0x0a, 0x09, 0x00, 0x35,
    0x9c, 0x40, 0x00, 0x35, 0x00, 0x21, 0x00, 0x00, 0x00, 0x07, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x07, 'e',  'x',  'a',  'm',  'p',  'l',  'e',  0x00, 0x00, 0x01, 0x00, 0x01,
};

int main(void)
{
    struct seen seen[2] = {{0, 0, 0}, {0, 0, 0}};
    struct engine *engines[2];
    for (int i = 0; i < 2; i++) {
        engines[i] = engine_new(&(struct engine_options){.sink = {&seen[i], count}});
        if (!engines[i])
            return 1;
    }
    const struct frame frame = {.data = bytes_of(query, sizeof query),
                                .moment = {.frame = 1, .time_ns = 1700000000000000000},
                                .wire_length = sizeof query,
                                .link_type = 1,
                                .time_digits = 6};
    for (int i = 0; i < 2; i++)
        engine_frame(engines[i], &frame);
    int good = 1;
    for (int i = 0; i < 2; i++) {
        engine_finish(engines[i]);
        struct engine_statistics statistics;
        engine_statistics(engines[i], &statistics);
        engine_free(engines[i]);
        good = good && seen[i].dns == 1 && seen[i].flow == 1 && seen[i].other == 0 && statistics.frames == 1;
        printf("dns %u flow %u other %u frames %llu\n", seen[i].dns, seen[i].flow, seen[i].other,
               (unsigned long long)statistics.frames);
    }
    return good ? 0 : 1;
}
