/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The notes: catalogs of sentences. Ours are compiled in, those of --notes are read with json-c and lie over them. A
 * notes.json is an object of catalogs; a catalog is an object from a value's text to one sentence:
 *
 *     { "dns.response_code": { "NXDOMAIN": "the name does not exist" },
 *       "observations":      { "dns.cached": "comes from a cache: {age} of its {ttl} are over" } }
 *
 * Catalogs of the same name in several files are one catalog. A later file wins where both have a value.
 */
#ifndef OVERHEAR_RECORD_NOTES_H
#define OVERHEAR_RECORD_NOTES_H

#include "overhear/record.h"

struct notes;

/* The built-in catalogs. NULL where memory is out. */
struct notes *notes_new(void);
void notes_free(struct notes *notes);

/* Lay every *.json file of a folder over what is there. 0, or -1 with a message that names file and place. */
int notes_add_folder(struct notes *notes, const char *folder, char *ret_error, size_t error_size);

/* The sentence for a value; no bytes where there is none. Exact match, then ASCII case-insensitive. */
struct bytes notes_find(const struct notes *notes, const char *catalog, struct bytes value);

/* One catalog, for those who look up often: found once by name, it stays valid as long as the notes. NULL: there is
 * no catalog of that name. */
struct note_catalog;
const struct note_catalog *notes_catalog(const struct notes *notes, const char *name);
/* As notes_find. `catalog` may be NULL. */
struct bytes note_catalog_find(const struct note_catalog *catalog, struct bytes value);

/* A sentence; no bytes: there is none. */
struct note_text {
    struct bytes plain;
    struct bytes json; /* as it stands in a JSON string, to be copied; no bytes: the plain one has yet to be escaped */
};

/* As note_catalog_find, for those who write JSON. */
struct note_text note_catalog_look(const struct note_catalog *catalog, struct bytes value);

/* Every sentence of every catalog, in no particular order; valid as long as the notes. */
void notes_visit(const struct notes *notes, void *context,
                 void (*visit)(void *context, const char *catalog, struct bytes value, struct bytes sentence));

/* Sentences about what comes again and again: words of ours, known by their address, and numbers. Begins zeroed, and
 * belongs to one writer, who drops it before the notes change. */
enum { NOTE_CACHE_ROWS = 256 };

struct note_cache {
    struct note_cache_row {
        const struct note_catalog *catalog; /* NULL: free */
        uint64_t key;                       /* an address or a number, whichever items of the catalog's fields have */
        enum item_kind kind;
        struct note_text text;
    } rows[NOTE_CACHE_ROWS];
};

static inline struct note_cache_row *note_cache_row(struct note_cache *cache, const struct note_catalog *catalog,
                                                    uint64_t key)
{
    const uint64_t mixed = (((uint64_t)(uintptr_t)catalog >> 4) + key) * 0x9e3779b97f4a7c15u;
    return &cache->rows[mixed >> 32 & (NOTE_CACHE_ROWS - 1)];
}

/* What the catalog says about the item at `index` of the record's tape, whose row is `field`; no bytes: nothing. Of
 * booleans and other numbers a catalog has only one kind. `cache` may be NULL. */
struct note_text notes_look_item(struct note_cache *cache, const struct note_catalog *catalog,
                                 const struct record *record, unsigned index, const struct field *field);

/* The same where there is a cache: mostly it is about a word that it knows. */
static inline struct note_text notes_look_value(struct note_cache *cache, const struct note_catalog *catalog,
                                                const struct record *record, unsigned index, const struct field *field)
{
    const struct item *item = &record->items[index];
    if (item->kind == ITEM_WORD && !item->unexplained) {
        const struct note_cache_row *row = note_cache_row(cache, catalog, (uintptr_t)item->word);
        if (row->catalog == catalog && row->key == (uintptr_t)item->word && row->kind == ITEM_WORD)
            return row->text;
    }
    return notes_look_item(cache, catalog, record, index, field);
}

/* The sentence of an observation, as notes_fill has it: filled into `buffer` where it has placeholders, else where it
 * is. */
struct note_text notes_look_observation(struct note_cache *cache, const struct notes *notes,
                                        const struct record *record, unsigned index, char *buffer, size_t size);

/* Its plain text, without a cache. */
struct bytes notes_of_value(const struct note_catalog *catalog, const struct record *record, unsigned index,
                            const struct field *field);

/* Fill the sentence of an observation (ITEM_NOTE at `index` of the record's tape) into ret_text, at most `size`
 * bytes; returns its length, 0 where the catalog has no such sentence. Text arguments come out raw: the
 * caller makes them safe like everything from the wire. */
size_t notes_fill(const struct notes *notes, const struct record *record, unsigned index, char *ret_text, size_t size);

/* All that is to be said about one item of the tape: the catalog's sentence, then the observations about it,
 * joined with "; ". Returns its length, 0: nothing. `field` is the item's row. */
size_t notes_about(const struct notes *notes, const struct record *record, unsigned index, const struct field *field,
                   char *ret_text, size_t size);

#endif
