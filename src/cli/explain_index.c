/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain_index.h"

#include "record/common_fields.h"
#include "record/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { FIRST_ROOM = 256 };

/* Room for one more row; NULL where memory is out. */
static void *grow(void *rows, size_t *capacity, size_t count, size_t row_size)
{
    if (count < *capacity)
        return rows;
    const size_t more = *capacity > 0 ? *capacity * 2 : FIRST_ROOM;
    void *grown = realloc(rows, more * row_size);
    if (grown)
        *capacity = more;
    return grown;
}

static void add_field(struct explain_index *index, const struct dataset *dataset, const struct field *group,
                      const struct field *field)
{
    struct explain_field *fields = grow(index->fields, &index->field_capacity, index->field_count, sizeof *fields);
    char *name = NULL;
    if (fields)
        index->fields = fields;
    if (!fields || asprintf(&name, "%s%s%s", group ? group->name : "", group ? "." : "", field->name) < 0) {
        index->failed = true;
        return;
    }
    fields[index->field_count++] = (struct explain_field){name, field, dataset};
}

static void add_fields(struct explain_index *index, const struct dataset *dataset, const struct field *fields,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_field(index, dataset, NULL, &fields[i]);
        for (size_t j = 0; j < fields[i].member_count; j++)
            add_field(index, dataset, &fields[i], &fields[i].members[j]);
    }
}

/* The field that a catalog is named after, else the first that uses it. */
static const struct explain_field *field_of(const struct explain_index *index, const char *catalog)
{
    const struct explain_field *first = NULL;
    for (size_t i = 0; i < index->field_count; i++) {
        const struct explain_field *field = &index->fields[i];
        if (!field->field->catalog || strcmp(field->field->catalog, catalog) != 0)
            continue;
        if (strcmp(field->name, catalog) == 0)
            return field;
        first = first ? first : field;
    }
    return first;
}

/* A catalog `tls.cipher.parts` is about what values of tls.cipher consist of. */
static const struct explain_field *field_of_parts(const struct explain_index *index, const char *catalog)
{
    const char *end = strrchr(catalog, '.');
    for (size_t i = 0; end && i < index->field_count; i++)
        if (strlen(index->fields[i].name) == (size_t)(end - catalog) &&
            strncmp(index->fields[i].name, catalog, (size_t)(end - catalog)) == 0)
            return &index->fields[i];
    return NULL;
}

/* What is beside the values of records: words for placeholders, sentences that are filled in, and what datasets are. */
static bool is_looked_up(const char *catalog)
{
    static const char *const others[] = {"observations", "units", "event.dataset"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(catalog, others[i]) == 0)
            return false;
    return true;
}

static void add_entry(void *context, const char *catalog, struct bytes value, struct bytes sentence)
{
    struct explain_index *index = context;
    if (!is_looked_up(catalog))
        return;
    struct explain_entry *entries = grow(index->entries, &index->entry_capacity, index->entry_count, sizeof *entries);
    if (!entries) {
        index->failed = true;
        return;
    }
    index->entries = entries;
    const struct explain_field *field = field_of(index, catalog);
    if (!field)
        field = field_of_parts(index, catalog);
    /* a catalog that many kinds of records share is a scope of its own, as `host` */
    const bool is_shared = !strchr(catalog, '.');
    const struct dataset *dataset = field && !is_shared ? field->dataset : explain_find_dataset(index, catalog);
    entries[index->entry_count++] = (struct explain_entry){
        .scope = dataset ? dataset->name : catalog,
        .title = dataset ? dataset->title : catalog,
        .catalog = catalog,
        .field = is_shared && !dataset ? NULL : field,
        .value = value,
        .sentence = sentence,
    };
}

bool explain_is_number(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (bytes_at(text, i) < '0' || bytes_at(text, i) > '9')
            return false;
    return text.len > 0;
}

/* In the order of a dictionary: <0, 0, >0. */
static int compare_values(struct bytes a, struct bytes b)
{
    if (explain_is_number(a) && explain_is_number(b) && a.len != b.len)
        return a.len < b.len ? -1 : 1;
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        const int difference = byte_lower(bytes_at(a, i)) - byte_lower(bytes_at(b, i));
        if (difference != 0)
            return difference;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static int compare_entries(const void *a, const void *b)
{
    const struct explain_entry *left = a;
    const struct explain_entry *right = b;
    int difference = strcmp(left->scope, right->scope);
    if (difference == 0)
        difference = strcmp(left->catalog, right->catalog);
    if (difference == 0)
        difference = compare_values(left->value, right->value);
    return difference;
}

bool explain_index_init(struct explain_index *index, const struct notes *notes)
{
    *index = (struct explain_index){.notes = notes};
    const size_t capacity = sizeof index->datasets / sizeof *index->datasets;
    const size_t count = dataset_list(index->datasets, capacity);
    index->dataset_count = count < capacity ? count : capacity;
    for (size_t i = 0; i < index->dataset_count; i++)
        add_fields(index, index->datasets[i], index->datasets[i]->fields, index->datasets[i]->field_count);
    add_fields(index, NULL, common_fields, common_field_count);
    if (!index->failed)
        notes_visit(notes, index, add_entry);
    if (!index->failed && index->entry_count > 0)
        qsort(index->entries, index->entry_count, sizeof *index->entries, compare_entries);
    if (index->failed)
        explain_index_done(index);
    return !index->failed;
}

void explain_index_done(struct explain_index *index)
{
    for (size_t i = 0; i < index->field_count; i++)
        free(index->fields[i].name);
    free(index->fields);
    free(index->entries);
    index->fields = NULL;
    index->entries = NULL;
    index->field_count = index->entry_count = 0;
}

const struct dissector *explain_find_dissector(const char *name)
{
    for (size_t i = 0; dissector_registry[i]; i++) {
        if (strcasecmp(dissector_registry[i]->name, name) == 0)
            return dissector_registry[i];
        for (const struct port *port = dissector_registry[i]->ports; port && port->transport != 0; port++)
            if (port->protocol && strcasecmp(port->protocol, name) == 0)
                return dissector_registry[i];
    }
    return NULL;
}

const struct dataset *explain_find_dataset(const struct explain_index *index, const char *name)
{
    for (size_t i = 0; i < index->dataset_count; i++)
        if (strcasecmp(index->datasets[i]->name, name) == 0)
            return index->datasets[i];
    const struct dissector *dissector = explain_find_dissector(name);
    return dissector ? dissector->dataset : NULL;
}

bool explain_is_value(const struct explain_entry *entry, const struct explain_field *field)
{
    return field->field->catalog && strcmp(entry->catalog, field->field->catalog) == 0 && entry->field &&
           entry->field->dataset == field->dataset;
}

size_t explain_count_values(const struct explain_index *index, const struct explain_field *field)
{
    size_t count = 0;
    for (size_t i = 0; i < index->entry_count; i++)
        count += explain_is_value(&index->entries[i], field);
    return count;
}
