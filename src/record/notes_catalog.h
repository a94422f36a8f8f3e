/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Catalogs: tables from a value's text to a sentence. Each has what was built in, and what files laid over it. Private
 * to the notes.
 */
#ifndef OVERHEAR_RECORD_NOTES_CATALOG_H
#define OVERHEAR_RECORD_NOTES_CATALOG_H

#include "notes.h"
#include "notes_builtin.h"

/* Of a file. */
struct note {
    struct note *next; /* in its bucket */
    uint32_t hash;
    bool is_json; /* the sentence stands in JSON as it is */
    size_t key_length, sentence_length;
    char *sentence; /* owned */
    char key[];     /* without NUL */
};

struct note_catalog {
    struct note_catalog *next; /* in its bucket */
    char *name;                /* owned where nothing is built in */
    const struct builtin_notes *all;
    const struct builtin_catalog *builtin; /* NULL: all of it is from files */
    struct note **buckets;                 /* a power of two of them; NULL: nothing is from files */
    size_t bucket_count, count;
    size_t longest; /* key of either */
};

enum { CATALOG_BUCKETS = 128 };

struct notes {
    struct note_catalog *catalogs[CATALOG_BUCKETS];
    struct note_catalog *builtin; /* one block; all of them are in `catalogs` too */
    size_t builtin_count;
    const struct note_catalog *observations, *units; /* NULL: none */
};

/* What is in `builtin`, which stays as long as the notes; NULL: nothing. NULL where memory is out. */
struct notes *notes_new_over(const struct builtin_notes *builtin);

/* The catalog of that name, made where there is none. NULL where memory is out. */
struct note_catalog *notes_catalog_make(struct notes *notes, const char *name);

/* Add or replace. false where memory is out. */
bool note_catalog_put(struct note_catalog *catalog, struct bytes key, struct bytes sentence);

/* Lay one file over what is there. `name` is for messages. 0, or -1 with a message. */
int notes_read(struct notes *notes, const char *name, struct bytes json, char *ret_error, size_t error_size);
int notes_read_file(struct notes *notes, const char *path, char *ret_error, size_t error_size);

#endif
