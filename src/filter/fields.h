/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names that an expression may use: those of the tables, members of groups and entries of maps by their full path,
 * objects in between, datasets.
 */
#ifndef OVERHEAR_FILTER_FIELDS_H
#define OVERHEAR_FILTER_FIELDS_H

#include "program.h"

enum { FILTER_DATASETS_MAX = 64, FILTER_NAME_SIZE = 128 };

struct dataset_table {
    const struct dataset *datasets[FILTER_DATASETS_MAX];
    size_t count;
};

/* All that dataset_list() has. */
void dataset_table_init(struct dataset_table *table);

/* Says what field->name is about and fills in the rest, the name of a map's entry included; false: nothing is called
 * so. */
bool field_find(const struct dataset_table *table, struct filter_field *field);

/* Where records of this dataset have it. */
struct place field_place(const struct filter_field *field, const struct dataset *dataset);

/* Every name there is, with members under their full path, one after the other: begins with a zeroed cursor. */
struct name_cursor {
    size_t dataset; /* 0: what all records have; else index + 1 */
    size_t row, member;
    char name[FILTER_NAME_SIZE];
};

bool name_next(const struct dataset_table *table, struct name_cursor *cursor);

#endif
