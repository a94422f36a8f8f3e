/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Catalogs in memory: what files laid over them first, then what was built in.
 */
#include "notes_catalog.h"

#include <stdlib.h>

enum { FIRST_BUCKETS = 16 };

static struct bytes key_of(const struct note *note)
{
    return bytes_of(note->key, note->key_length);
}

static struct note_catalog **catalog_bucket(const struct notes *notes, const char *name)
{
    /* The head of a list is no part of what is constant here. */
    return (struct note_catalog **)(uintptr_t)&notes->catalogs[notes_hash(bytes_text(name)) % CATALOG_BUCKETS];
}

static struct note_catalog *find_catalog(const struct notes *notes, const char *name)
{
    struct note_catalog *catalog = *catalog_bucket(notes, name);
    while (catalog && strcmp(catalog->name, name) != 0)
        catalog = catalog->next;
    return catalog;
}

const struct note_catalog *notes_catalog(const struct notes *notes, const char *name)
{
    return find_catalog(notes, name);
}

static void add_catalog(struct notes *notes, struct note_catalog *catalog)
{
    struct note_catalog **bucket = catalog_bucket(notes, catalog->name);
    catalog->next = *bucket;
    *bucket = catalog;
    if (strcmp(catalog->name, "observations") == 0)
        notes->observations = catalog;
    else if (strcmp(catalog->name, "units") == 0)
        notes->units = catalog;
}

struct note_catalog *notes_catalog_make(struct notes *notes, const char *name)
{
    struct note_catalog *catalog = find_catalog(notes, name);
    if (catalog)
        return catalog;
    catalog = calloc(1, sizeof *catalog);
    if (!catalog)
        return NULL;
    catalog->name = strdup(name);
    if (!catalog->name) {
        free(catalog);
        return NULL;
    }
    add_catalog(notes, catalog);
    return catalog;
}

/* --- finding --- */

static struct note *find_exact(const struct note_catalog *catalog, struct bytes key, uint32_t hash)
{
    struct note *note = catalog->buckets ? catalog->buckets[hash & (catalog->bucket_count - 1)] : NULL;
    while (note && (note->hash != hash || !bytes_equal(key_of(note), key)))
        note = note->next;
    return note;
}

static const struct note *find_nocase(const struct note_catalog *catalog, struct bytes key, uint32_t hash)
{
    const struct note *note = catalog->buckets[hash & (catalog->bucket_count - 1)];
    while (note && (note->hash != hash || !bytes_equal_nocase(key_of(note), key)))
        note = note->next;
    return note;
}

static struct bytes builtin_text(const struct note_catalog *catalog, size_t from, size_t length)
{
    return bytes_of(catalog->all->text + from, length);
}

static struct bytes builtin_key(const struct note_catalog *catalog, const struct builtin_note *note)
{
    return builtin_text(catalog, note->text, note->key_length);
}

static const struct builtin_note *find_builtin(const struct note_catalog *catalog, struct bytes key, uint32_t hash,
                                               bool *ret_exact)
{
    const struct builtin_catalog *builtin = catalog->builtin;
    const struct builtin_note *near = NULL;
    *ret_exact = false;
    if (!builtin || key.len > builtin->longest)
        return NULL;
    const uint16_t *slots = catalog->all->slots + builtin->first_slot;
    const struct builtin_note *notes = catalog->all->notes + builtin->first_note;
    for (uint32_t slot = hash & builtin->slot_mask; slots[slot] > 0; slot = (slot + 1) & builtin->slot_mask) {
        const struct builtin_note *note = &notes[slots[slot] - 1];
        if (note->hash != hash || note->key_length != key.len)
            continue;
        if (bytes_equal(builtin_key(catalog, note), key)) {
            *ret_exact = true;
            return note;
        }
        if (!near && bytes_equal_nocase(builtin_key(catalog, note), key))
            near = note;
    }
    return near;
}

static struct note_text text_of(const struct note *note)
{
    struct bytes sentence = bytes_of(note->sentence, note->sentence_length);
    return (struct note_text){sentence, note->is_json ? sentence : bytes_of(NULL, 0)};
}

static struct note_text builtin_text_of(const struct note_catalog *catalog, const struct builtin_note *note)
{
    struct bytes sentence = builtin_text(catalog, (size_t)note->text + note->key_length, note->sentence_length);
    struct bytes json = note->json_length == 0 ? sentence : bytes_of(sentence.at + sentence.len, note->json_length);
    return (struct note_text){sentence, json};
}

struct note_text note_catalog_look(const struct note_catalog *catalog, struct bytes value)
{
    const struct note *note = NULL;
    bool exact;
    if (!catalog || value.len > catalog->longest)
        return (struct note_text){0};
    uint32_t hash = notes_hash(value);
    if (catalog->buckets && (note = find_exact(catalog, value, hash)))
        return text_of(note);
    const struct builtin_note *builtin = find_builtin(catalog, value, hash, &exact);
    if (catalog->buckets && !exact && (note = find_nocase(catalog, value, hash)))
        return text_of(note);
    return builtin ? builtin_text_of(catalog, builtin) : (struct note_text){0};
}

struct bytes note_catalog_find(const struct note_catalog *catalog, struct bytes value)
{
    return note_catalog_look(catalog, value).plain;
}

struct bytes notes_find(const struct notes *notes, const char *catalog, struct bytes value)
{
    return note_catalog_find(notes_catalog(notes, catalog), value);
}

void notes_visit(const struct notes *notes, void *context,
                 void (*visit)(void *context, const char *catalog, struct bytes value, struct bytes sentence))
{
    for (size_t i = 0; i < CATALOG_BUCKETS; i++) {
        for (const struct note_catalog *catalog = notes->catalogs[i]; catalog; catalog = catalog->next) {
            for (size_t j = 0; catalog->buckets && j < catalog->bucket_count; j++)
                for (const struct note *note = catalog->buckets[j]; note; note = note->next)
                    visit(context, catalog->name, key_of(note), text_of(note).plain);
            for (size_t j = 0; catalog->builtin && j < catalog->builtin->note_count; j++) {
                const struct builtin_note *note = &catalog->all->notes[catalog->builtin->first_note + j];
                struct bytes key = builtin_key(catalog, note);
                if (!find_exact(catalog, key, note->hash))
                    visit(context, catalog->name, key, builtin_text_of(catalog, note).plain);
            }
        }
    }
}

/* --- laying over --- */

/* Twice the buckets; where memory is out the old ones go on serving. */
static void grow(struct note_catalog *catalog)
{
    size_t count = catalog->bucket_count ? catalog->bucket_count * 2 : FIRST_BUCKETS;
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

/* In doubt not: whoever writes JSON escapes it then. */
static bool is_json(struct bytes sentence)
{
    for (size_t i = 0; i < sentence.len; i++) {
        uint8_t byte = bytes_at(sentence, i);
        if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\')
            return false;
    }
    return true;
}

static struct note *add_note(struct note_catalog *catalog, struct bytes key, uint32_t hash)
{
    if (catalog->count == catalog->bucket_count)
        grow(catalog);
    struct note *note = catalog->buckets ? calloc(1, sizeof *note + key.len) : NULL;
    if (!note)
        return NULL;
    struct note **bucket = &catalog->buckets[hash & (catalog->bucket_count - 1)];
    catalog->count++;
    note->hash = hash;
    note->key_length = key.len;
    (void)bytes_copy(note->key, key.len, key);
    note->next = *bucket;
    *bucket = note;
    if (key.len > catalog->longest)
        catalog->longest = key.len;
    return note;
}

bool note_catalog_put(struct note_catalog *catalog, struct bytes key, struct bytes sentence)
{
    char *copy = malloc(sentence.len + 1);
    if (!copy)
        return false;
    (void)bytes_copy(copy, sentence.len, sentence);
    copy[sentence.len] = '\0';
    uint32_t hash = notes_hash(key);
    struct note *note = find_exact(catalog, key, hash);
    if (!note && !(note = add_note(catalog, key, hash))) {
        free(copy);
        return false;
    }
    free(note->sentence);
    note->sentence = copy;
    note->sentence_length = sentence.len;
    note->is_json = is_json(sentence);
    return true;
}

/* --- making --- */

static void add_builtin(struct notes *notes, const struct builtin_notes *all)
{
    for (size_t i = 0; i < all->catalog_count; i++) {
        struct note_catalog *catalog = &notes->builtin[notes->builtin_count++];
        catalog->all = all;
        catalog->builtin = &all->catalogs[i];
        catalog->name = (char *)(uintptr_t)(all->text + catalog->builtin->name); /* it is not ours to change or free */
        catalog->longest = catalog->builtin->longest;
        add_catalog(notes, catalog);
    }
}

struct notes *notes_new_over(const struct builtin_notes *builtin)
{
    struct notes *notes = calloc(1, sizeof *notes);
    if (!notes || !builtin || builtin->catalog_count == 0)
        return notes;
    notes->builtin = calloc(builtin->catalog_count, sizeof *notes->builtin);
    if (!notes->builtin) {
        free(notes);
        return NULL;
    }
    add_builtin(notes, builtin);
    return notes;
}

struct notes *notes_new(void)
{
    return notes_new_over(&builtin_notes);
}

static void free_catalog(struct note_catalog *catalog)
{
    for (size_t i = 0; catalog->buckets && i < catalog->bucket_count; i++) {
        for (struct note *note = catalog->buckets[i], *next; note; note = next) {
            next = note->next;
            free(note->sentence);
            free(note);
        }
    }
    free(catalog->buckets);
    if (catalog->builtin)
        return;
    free(catalog->name);
    free(catalog);
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
    free(notes->builtin);
    free(notes);
}
