/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The generators, by the file they stand in. Each writes a capture of which `count` says how much there is.
 */
#ifndef ADVERSARIAL_GENERATORS_H
#define ADVERSARIAL_GENERATORS_H

#include "wire.h"

struct generator {
    const char *name;
    void (*make)(struct wire *wire, uint64_t count);
    uint64_t few;     /* a count that is enough for counting instructions: some ten millions of them */
    uint64_t many;    /* one that costs about a second */
    const char *what; /* one line, which also says what `count` counts */
};

/* Each ends with a row without a name. */
extern const struct generator flood_generators[], stream_generators[], packet_generators[], line_generators[],
    mail_generators[], body_generators[], name_generators[], tls_generators[];

#endif
