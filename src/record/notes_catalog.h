/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Catalogs: tables from a value's text to a sentence. Private to the notes.
 */
#ifndef OVERHEAR_RECORD_NOTES_CATALOG_H
#define OVERHEAR_RECORD_NOTES_CATALOG_H

#include "notes.h"

struct note {
    struct note *next; /* in its bucket */
    uint64_t hash;
    size_t key_length, sentence_length;
    char *sentence; /* owned */
    char key[];     /* without NUL */
};

struct note_catalog {
    struct note_catalog *next; /* in its bucket */
    char *name;
    struct note **buckets; /* a power of two of them */
    size_t bucket_count, count;
    size_t longest; /* key */
};

enum { CATALOG_BUCKETS = 128 };

struct notes {
    struct note_catalog *catalogs[CATALOG_BUCKETS];
    const struct note_catalog *observations, *units; /* NULL: none */
};

/* The catalog of that name, made where there is none. NULL where memory is out. */
struct note_catalog *notes_catalog_make(struct notes *notes, const char *name);

/* Add or replace. false where memory is out. */
bool note_catalog_put(struct note_catalog *catalog, struct bytes key, struct bytes sentence);

/* Lay one file over what is there. `name` is for messages. 0, or -1 with a message. */
int notes_read(struct notes *notes, const char *name, struct bytes json, char *ret_error, size_t error_size);

#endif
