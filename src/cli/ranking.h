/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the closing summary ranks: servers, names asked for, status codes, failures, and how long answers took (median,
 * 95th percentile, slowest), by protocol. Bounded whatever the traffic is: of each list the heavy ones are kept with a
 * known error (Space-Saving), durations in a histogram of relative error under 1 %.
 */
#ifndef OVERHEAR_CLI_RANKING_H
#define OVERHEAR_CLI_RANKING_H

#include "overhear/record.h"

#include <stdio.h>

struct ranking;
struct json_object;

/* NULL where memory is out. */
struct ranking *ranking_new(void);
void ranking_free(struct ranking *ranking);

/* Count a record, whether it is printed or not. */
void ranking_record(struct ranking *ranking, const struct record *record);

/* Memory was out: not all that should be counted is. */
bool ranking_is_short(const struct ranking *ranking);

/* Lines for people, `width` columns (0: 80); nothing where nothing was counted. The few: what went wrong and what was
 * slow, of the four protocols with the most records. */
void ranking_print_brief(FILE *to, const struct ranking *ranking, unsigned width);
void ranking_print_full(FILE *to, const struct ranking *ranking, unsigned width);

/* The key `protocols` of the summary's object. -1 where memory is out. */
int ranking_add_json(struct json_object *root, const struct ranking *ranking);

#endif
