/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A notes.json of a user's. It is read, and then every sentence is found again; or there is a complaint of one line.
 */
#include "harness.h"
#include "json_check.h"

#include "record/notes_catalog.h"

enum { ERROR_BYTES = 512, FILES = 2 };

static void look(void *context, const char *catalog, struct bytes value, struct bytes sentence)
{
    const struct notes *notes = context;
    struct bytes found = notes_find(notes, catalog, value);
    demand(bytes_equal(found, sentence));
    struct note_text text = note_catalog_look(notes_catalog(notes, catalog), value);
    demand(bytes_equal(text.plain, sentence));
    for (size_t at = 0; at < text.json.len; at++)
        demand(bytes_at(text.json, at) >= ' ' && bytes_at(text.json, at) != '"' && bytes_at(text.json, at) != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char first[] = "{\"a\":{\"b\":\"c\"},\"observations\":{\"d\":\"{e} f\"}}";
    char error[ERROR_BYTES];
    struct notes *notes = notes_new_over(NULL);
    demand(notes && notes_read(notes, "first.json", bytes_text(first), error, sizeof error) == 0);
    memset(error, 'x', sizeof error);
    int result = notes_read(notes, "notes.json", bytes_of(data, size), error, sizeof error);
    demand(result == 0 || result == -1);
    if (result != 0)
        demand(memchr(error, 0, sizeof error) && strncmp(error, "notes.json", strlen("notes.json")) == 0);
    notes_visit(notes, notes, look);
    notes_free(notes);
    return 0;
}
