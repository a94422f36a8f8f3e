/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Everything that can be looked up, in one place: the sentences of the notes, each with the field that it explains and
 * the kind of record that has it, and all fields.
 */
#ifndef OVERHEAR_CLI_EXPLAIN_INDEX_H
#define OVERHEAR_CLI_EXPLAIN_INDEX_H

#include "overhear/engine.h"

struct notes;

struct explain_field {
    char *name; /* in full: dns.answers.type */
    const struct field *field;
    const struct dataset *dataset; /* NULL: in every record */
};

/* A sentence: what a value of a field means. */
struct explain_entry {
    const char *scope;                 /* the dataset's name, else what the catalog is about: "host" */
    const char *title;                 /* for people: "DNS" */
    const char *catalog;               /* where it stands */
    const struct explain_field *field; /* that has such values; NULL: none in particular */
    struct bytes value, sentence;
};

struct explain_index {
    const struct notes *notes;
    const struct dataset *datasets[64];
    size_t dataset_count;
    struct explain_field *fields;
    size_t field_count, field_capacity;
    struct explain_entry *entries; /* by scope, field and value; numbers by their size */
    size_t entry_count, entry_capacity;
    bool failed; /* memory is out */
};

/* False where memory is out. The notes must outlive the index. */
bool explain_index_init(struct explain_index *index, const struct notes *notes);
void explain_index_done(struct explain_index *index);

/* The dataset of that name, or that a protocol of that name gives; NULL: there is none. Case does not matter, here and
 * below. */
const struct dataset *explain_find_dataset(const struct explain_index *index, const char *name);

/* What protocol is called so, or speaks on a port of that name; NULL: none. */
const struct dissector *explain_find_dissector(const char *name);

/* Is this entry about a value of the field? Of a catalog that many share (`host`) no entry is. */
bool explain_is_value(const struct explain_entry *entry, const struct explain_field *field);
size_t explain_count_values(const struct explain_index *index, const struct explain_field *field);

/* Digits, and nothing else. */
bool explain_is_number(struct bytes text);

#endif
