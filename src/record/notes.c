/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Catalogs in memory. Values come from the wire but only our own files fill the tables, so a plain hash will do: what
 * an outsider chooses can at most find the longest bucket that the catalogs have.
 */
#include "notes.h"

#include "notes_builtin.h"
#include "notes_catalog.h"

#include <stdlib.h>

enum { FIRST_BUCKETS = 16 };

/* FNV-1a over the lower-cased bytes: one look-up serves both kinds of match. */
static uint64_t hash_of(struct bytes key)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ byte_lower(bytes_at(key, i))) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static struct bytes key_of(const struct note *note)
{
    return bytes_of(note->key, note->key_length);
}

const struct note_catalog *notes_catalog(const struct notes *notes, const char *name)
{
    struct note_catalog *catalog = notes->catalogs[hash_of(bytes_text(name)) % CATALOG_BUCKETS];
    while (catalog && strcmp(catalog->name, name) != 0)
        catalog = catalog->next;
    return catalog;
}

struct note_catalog *notes_catalog_make(struct notes *notes, const char *name)
{
    struct note_catalog **bucket = &notes->catalogs[hash_of(bytes_text(name)) % CATALOG_BUCKETS];
    for (struct note_catalog *catalog = *bucket; catalog; catalog = catalog->next)
        if (strcmp(catalog->name, name) == 0)
            return catalog;
    struct note_catalog *catalog = calloc(1, sizeof *catalog);
    if (!catalog)
        return NULL;
    catalog->name = strdup(name);
    catalog->buckets = calloc(FIRST_BUCKETS, sizeof *catalog->buckets);
    if (!catalog->name || !catalog->buckets) {
        free(catalog->name);
        free(catalog->buckets);
        free(catalog);
        return NULL;
    }
    catalog->bucket_count = FIRST_BUCKETS;
    catalog->next = *bucket;
    *bucket = catalog;
    if (strcmp(name, "observations") == 0)
        notes->observations = catalog;
    else if (strcmp(name, "units") == 0)
        notes->units = catalog;
    return catalog;
}

static struct note *find_exact(const struct note_catalog *catalog, struct bytes key, uint64_t hash)
{
    struct note *note = catalog->buckets[hash & (catalog->bucket_count - 1)];
    while (note && (note->hash != hash || !bytes_equal(key_of(note), key)))
        note = note->next;
    return note;
}

struct bytes note_catalog_find(const struct note_catalog *catalog, struct bytes value)
{
    if (!catalog || value.len > catalog->longest)
        return (struct bytes){NULL, 0};
    uint64_t hash = hash_of(value);
    const struct note *note = find_exact(catalog, value, hash);
    if (!note) {
        note = catalog->buckets[hash & (catalog->bucket_count - 1)];
        while (note && (note->hash != hash || !bytes_equal_nocase(key_of(note), value)))
            note = note->next;
    }
    return note ? bytes_of(note->sentence, note->sentence_length) : (struct bytes){NULL, 0};
}

struct bytes notes_find(const struct notes *notes, const char *catalog, struct bytes value)
{
    return note_catalog_find(notes_catalog(notes, catalog), value);
}

void notes_visit(const struct notes *notes, void *context,
                 void (*visit)(void *context, const char *catalog, struct bytes value, struct bytes sentence))
{
    for (size_t i = 0; i < CATALOG_BUCKETS; i++)
        for (const struct note_catalog *catalog = notes->catalogs[i]; catalog; catalog = catalog->next)
            for (size_t j = 0; j < catalog->bucket_count; j++)
                for (const struct note *note = catalog->buckets[j]; note; note = note->next)
                    visit(context, catalog->name, key_of(note), bytes_of(note->sentence, note->sentence_length));
}

/* Twice the buckets; where memory is out the old ones go on serving. */
static void grow(struct note_catalog *catalog)
{
    size_t count = catalog->bucket_count * 2;
    struct note **buckets = calloc(count, sizeof *buckets);
    if (!buckets)
        return;
    for (size_t i = 0; i < catalog->bucket_count; i++) {
        for (struct note *note = catalog->buckets[i], *next; note; note = next) {
            next = note->next;
            struct note **bucket = &buckets[note->hash & (count - 1)];
            note->next = *bucket;
            *bucket = note;
        }
    }
    free(catalog->buckets);
    catalog->buckets = buckets;
    catalog->bucket_count = count;
}

bool note_catalog_put(struct note_catalog *catalog, struct bytes key, struct bytes sentence)
{
    char *copy = malloc(sentence.len + 1);
    if (!copy)
        return false;
    memcpy(copy, sentence.at, sentence.len);
    copy[sentence.len] = '\0';
    uint64_t hash = hash_of(key);
    struct note *note = find_exact(catalog, key, hash);
    if (!note) {
        note = calloc(1, sizeof *note + key.len);
        if (!note) {
            free(copy);
            return false;
        }
        if (++catalog->count > catalog->bucket_count)
            grow(catalog);
        struct note **bucket = &catalog->buckets[hash & (catalog->bucket_count - 1)];
        note->hash = hash;
        note->key_length = key.len;
        memcpy(note->key, key.at, key.len);
        note->next = *bucket;
        *bucket = note;
        if (key.len > catalog->longest)
            catalog->longest = key.len;
    }
    free(note->sentence);
    note->sentence = copy;
    note->sentence_length = sentence.len;
    return true;
}

static void free_catalog(struct note_catalog *catalog)
{
    for (size_t i = 0; i < catalog->bucket_count; i++) {
        for (struct note *note = catalog->buckets[i], *next; note; note = next) {
            next = note->next;
            free(note->sentence);
            free(note);
        }
    }
    free(catalog->buckets);
    free(catalog->name);
    free(catalog);
}

struct notes *notes_new(char *ret_error, size_t error_size)
{
    struct notes *notes = calloc(1, sizeof *notes);
    if (!notes)
        return NULL;
    for (const struct builtin_notes *file = builtin_notes; file->name; file++) {
        if (notes_read(notes, file->name, bytes_of(file->at, file->length), ret_error, error_size) < 0) {
            notes_free(notes);
            return NULL;
        }
    }
    return notes;
}

void notes_free(struct notes *notes)
{
    if (!notes)
        return;
    for (size_t i = 0; i < CATALOG_BUCKETS; i++) {
        for (struct note_catalog *catalog = notes->catalogs[i], *next; catalog; catalog = next) {
            next = catalog->next;
            free_catalog(catalog);
        }
    }
    free(notes);
}
