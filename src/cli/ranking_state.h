/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What ranking.c counts, for those who print it.
 */
#ifndef OVERHEAR_CLI_RANKING_STATE_H
#define OVERHEAR_CLI_RANKING_STATE_H

#include "options.h"
#include "ranking.h"
#include "ranking_list.h"
#include "ranking_times.h"
#include "ranking_words.h"

struct ranking_row {
    const struct tally *tally;
    unsigned outcomes; /* a bit for each that is counted */
    struct ranking_words words;
    struct ranking_list *list;   /* of VALUES and SERVERS; NULL: nothing yet */
    struct ranking_times *times; /* of ANSWERS; NULL: nothing yet */
    bool failed;                 /* memory was out when one of them was to be made */
};

struct ranking_dataset {
    const struct dataset *dataset;
    uint64_t records;
    struct ranking_row *rows;
    unsigned row_count;
};

enum { RANKING_PLACES = 64 };

struct ranking {
    struct ranking_key key;
    struct ranking_dataset datasets[OPTIONS_DATASETS];
    size_t dataset_count;
    uint8_t places[RANKING_PLACES]; /* number + 1 of a dataset, by its address */
};

/* The text of a counter of SERVERS is the server. */
struct endpoint ranking_server(const struct ranking_entry *entry);

#endif
