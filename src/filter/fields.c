/* SPDX-License-Identifier: BSD-3-Clause */
#include "fields.h"

#include "overhear/engine.h"
#include "record/common_fields.h"
#include "record/common_values.h"

#include <stdio.h>

/* Names of hosts and domains: capital and small letters are the same to whoever looks them up. So they are for values
 * that a catalog explains. */
static const char *const host_names[] = {
    "dns.question.name",
    "dns.other_questions.name",
    "dns.answers.name",
    "dns.authorities.name",
    "dns.additionals.name",
    "dns.update.prerequisites.name",
    "dns.update.changes.name",
    "dns.referral.zone",
    "dns.referral.servers",
    "tls.client.server_name",
    "finger.host",
    "whois.server",
    "whois.referral",
    "whois.name_servers",
    "email.received.from",
    "email.received.by",
    "email.authentication.server",
};

void dataset_table_init(struct dataset_table *table)
{
    table->count = dataset_list(table->datasets, FILTER_DATASETS_MAX);
}

enum fit { FIT_NONE, FIT_ROW, FIT_MEMBER, FIT_KEY, FIT_OBJECT };

/* What follows `head` and a dot; no bytes at all (at == NULL) where the name does not begin so. */
static struct bytes behind(struct bytes name, const char *head)
{
    size_t length = strlen(head);
    if (!bytes_begin(name, head) || bytes_at(name, length) != '.')
        return (struct bytes){NULL, 0};
    return bytes_skip(name, length + 1);
}

/* Is `name` this row, a part of it, or an object that holds it? */
static enum fit fit_row(const struct field *row, struct bytes name, unsigned *ret_member, struct bytes *ret_key)
{
    if (bytes_is(name, row->name))
        return FIT_ROW;
    if (strlen(row->name) > name.len && bytes_equal(bytes_of(row->name, name.len), name) && row->name[name.len] == '.')
        return FIT_OBJECT;
    struct bytes rest = behind(name, row->name);
    if (rest.len == 0)
        return FIT_NONE;
    if (row->type == FIELD_MAP) {
        *ret_key = rest;
        return FIT_KEY;
    }
    for (unsigned i = 0; row->type == FIELD_GROUP && i < row->member_count; i++)
        if (bytes_is(rest, row->members[i].name)) {
            *ret_member = i;
            return FIT_MEMBER;
        }
    return FIT_NONE;
}

static bool ignores_case(struct bytes name, const struct field *row)
{
    static const char domain[] = ".domain";
    if (row->type != FIELD_TEXT)
        return false;
    if (row->catalog || (name.len >= strlen(domain) && bytes_is(bytes_skip(name, name.len - strlen(domain)), domain)))
        return true;
    for (size_t i = 0; i < sizeof host_names / sizeof *host_names; i++)
        if (bytes_is(name, host_names[i]))
            return true;
    return false;
}

/* Looks through one table; true where the name is a value there. Notes that it is an object. */
static bool find_in(const struct field *rows, size_t count, struct filter_field *field, bool *is_object)
{
    for (size_t i = 0; i < count; i++) {
        unsigned member = 0;
        struct bytes key = {NULL, 0};
        enum fit fit = fit_row(&rows[i], field->name, &member, &key);
        *is_object = *is_object || fit == FIT_OBJECT;
        if (fit == FIT_NONE || fit == FIT_OBJECT)
            continue;
        field->subject = SUBJECT_VALUE;
        field->row = fit == FIT_MEMBER ? &rows[i].members[member] : &rows[i];
        field->ignores_case = ignores_case(field->name, field->row);
        if (fit == FIT_KEY) {
            field->has_key = true;
            field->key = key;
            field->name = bytes_first(field->name, strlen(rows[i].name));
        }
        return true;
    }
    return false;
}

bool field_find(const struct dataset_table *table, struct filter_field *field)
{
    bool is_object = false, is_common_object = false;
    if (find_in(common_fields, common_field_count, field, &is_common_object))
        return !bytes_is(field->name, "notes"); /* are not kept, but made for whoever prints */
    for (size_t i = 0; i < table->count; i++)
        if (bytes_is(field->name, table->datasets[i]->name)) {
            field->subject = SUBJECT_DATASET;
            return true;
        }
    for (size_t i = 0; i < table->count; i++)
        if (find_in(table->datasets[i]->fields, table->datasets[i]->field_count, field, &is_object))
            return true;
    field->subject = SUBJECT_OBJECT;
    return is_object && !is_common_object;
}

static struct place object_place(const struct filter_field *field, const struct dataset *dataset)
{
    struct place place = {.kind = PLACE_ABSENT};
    for (unsigned i = 0; i < dataset->field_count; i++) {
        unsigned member;
        struct bytes key;
        if (fit_row(&dataset->fields[i], field->name, &member, &key) == FIT_OBJECT) {
            place.kind = PLACE_OBJECT;
            place.fields[i / 8] |= (uint8_t)(1u << i % 8);
        }
    }
    return place;
}

static struct place value_place(const struct filter_field *field, const struct dataset *dataset)
{
    unsigned member = 0;
    struct bytes key;
    for (unsigned i = 0; i < common_field_count; i++)
        if (bytes_is(field->name, common_fields[i].name))
            return (struct place){.kind = PLACE_COMMON, .top = (uint16_t)i, .row = &common_fields[i]};
    for (unsigned i = 0; i < dataset->field_count; i++) {
        const struct field *row = &dataset->fields[i];
        switch (fit_row(row, field->name, &member, &key)) {
        case FIT_ROW:
            return (struct place){.kind = PLACE_VALUE, .top = (uint16_t)i, .row = row};
        case FIT_MEMBER:
            return (struct place){
                .kind = PLACE_MEMBER, .top = (uint16_t)i, .member = (uint16_t)member, .row = &row->members[member]};
        default:
            break;
        }
    }
    return (struct place){.kind = PLACE_ABSENT};
}

struct place field_place(const struct filter_field *field, const struct dataset *dataset)
{
    if (field->subject == SUBJECT_OBJECT)
        return object_place(field, dataset);
    if (field->subject == SUBJECT_DATASET)
        return (struct place){.kind = bytes_is(field->name, dataset->name) ? PLACE_PRESENT : PLACE_ABSENT};
    struct place place = value_place(field, dataset);
    /* Two datasets never mean different things by one name; were it so, nothing would be read as what it is not. */
    if (place.row && place.row->type != field->row->type)
        place.kind = PLACE_ABSENT;
    return place;
}

bool name_next(const struct dataset_table *table, struct name_cursor *cursor)
{
    while (cursor->dataset <= table->count) {
        const struct dataset *dataset = cursor->dataset > 0 ? table->datasets[cursor->dataset - 1] : NULL;
        const struct field *rows = dataset ? dataset->fields : common_fields;
        size_t count = dataset ? dataset->field_count : common_field_count;
        if (cursor->row == count) {
            cursor->dataset++;
            cursor->row = 0;
            continue;
        }
        const struct field *row = &rows[cursor->row];
        if (cursor->member == 0)
            (void)snprintf(cursor->name, sizeof cursor->name, "%s", row->name);
        else
            (void)snprintf(cursor->name, sizeof cursor->name, "%s.%s", row->name,
                           row->members[cursor->member - 1].name);
        if (cursor->member < row->member_count) {
            cursor->member++;
        } else {
            cursor->member = 0;
            cursor->row++;
        }
        return true;
    }
    return false;
}
