/* SPDX-License-Identifier: BSD-3-Clause
 *
 * JSON Schema (draft 2020-12) of a line. A record fits what all records have and the definition of its dataset; both
 * leave room for members that they do not name, as the contract does ("add freely").
 */
#include "reference.h"

#include "options.h"
#include "record/common_fields.h"

#include <json-c/json.h>
#include <stdlib.h>

static struct json_object *child(struct json_object *parent, const char *key)
{
    struct json_object *found = NULL;
    if (!json_object_object_get_ex(parent, key, &found)) {
        found = json_object_new_object();
        json_object_object_add(parent, key, found);
    }
    return found;
}

static void set_text(struct json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, json_object_new_string(text));
}

static const char *schema_type(enum field_type type)
{
    switch (type) {
    case FIELD_INTEGER:
    case FIELD_DURATION:
        return "integer";
    case FIELD_BOOLEAN:
        return "boolean";
    case FIELD_GROUP:
    case FIELD_MAP:
        return "object";
    case FIELD_TEXT:
    case FIELD_ADDRESS:
    case FIELD_TIME:
        return "string";
    }
    return "string";
}

/* The value alone, without list and members. */
static struct json_object *describe_value(const struct field *field)
{
    struct json_object *value = json_object_new_object();
    set_text(value, "type", schema_type(field->type));
    if (field->type == FIELD_TIME)
        set_text(value, "format", "date-time");
    if (field->type == FIELD_MAP) {
        struct json_object *entry = child(value, "additionalProperties");
        set_text(entry, "type", "array");
        set_text(child(entry, "items"), "type", "string");
    }
    return value;
}

/* Walks down the parts of a dotted name, making objects, and puts `value` at its end. */
static void place(struct json_object *schema, const char *name, struct json_object *value)
{
    for (;;) {
        size_t length = strcspn(name, ".");
        char part[64];
        snprintf(part, sizeof part, "%.*s", (int)length, name);
        struct json_object *properties = child(schema, "properties");
        if (name[length] == '\0') {
            json_object_object_add(properties, part, value);
            return;
        }
        schema = child(properties, part);
        set_text(schema, "type", "object");
        name += length + 1;
    }
}

static struct json_object *describe(const struct field *field, struct json_object *value)
{
    struct json_object *whole = value;
    if (field->flags & FIELD_LIST) {
        whole = json_object_new_object();
        set_text(whole, "type", "array");
        json_object_object_add(whole, "items", value);
    }
    if (field->meaning)
        set_text(whole, "description", field->meaning);
    if (field->catalog) {
        char comment[80];
        snprintf(comment, sizeof comment, "explained by the catalog %s", field->catalog);
        set_text(whole, "$comment", comment);
    }
    return whole;
}

static void place_fields(struct json_object *schema, const struct field *fields, size_t count)
{
    set_text(schema, "type", "object");
    for (size_t i = 0; i < count; i++) {
        struct json_object *value = describe_value(&fields[i]);
        for (size_t j = 0; j < fields[i].member_count; j++) {
            const struct field *member = &fields[i].members[j];
            place(value, member->name, describe(member, describe_value(member)));
        }
        place(schema, fields[i].name, describe(&fields[i], value));
    }
}

/* `notes` is the one object whose keys are names with dots. */
static void describe_notes(struct json_object *schema)
{
    struct json_object *notes = child(child(schema, "properties"), "notes");
    set_text(notes, "type", "object");
    set_text(child(notes, "additionalProperties"), "type", "string");
}

static void require(struct json_object *schema, const char *name)
{
    struct json_object *required = NULL;
    if (!json_object_object_get_ex(schema, "required", &required)) {
        required = json_object_new_array();
        json_object_object_add(schema, "required", required);
    }
    json_object_array_add(required, json_object_new_string(name));
}

static struct json_object *describe_dataset(const struct dataset *dataset)
{
    struct json_object *schema = json_object_new_object();
    set_text(schema, "title", dataset->title);
    place_fields(schema, dataset->fields, dataset->field_count);
    struct json_object *event = child(child(schema, "properties"), "event");
    set_text(event, "type", "object");
    set_text(child(child(event, "properties"), "dataset"), "const", dataset->name);
    require(event, "dataset");
    require(schema, "event");
    return schema;
}

int reference_print_schema(FILE *to)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    struct json_object *schema = json_object_new_object();
    if (!schema)
        return -1;
    set_text(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
    set_text(schema, "title", "overhear: one record");
    place_fields(schema, common_fields, common_field_count);
    describe_notes(schema);
    require(schema, "@timestamp");
    require(schema, "event");
    struct json_object *any = json_object_new_array();
    for (size_t i = 0; i < count && i < OPTIONS_DATASETS; i++) {
        char reference[80];
        snprintf(reference, sizeof reference, "#/$defs/%s", datasets[i]->name);
        struct json_object *link = json_object_new_object();
        set_text(link, "$ref", reference);
        json_object_array_add(any, link);
        json_object_object_add(child(schema, "$defs"), datasets[i]->name, describe_dataset(datasets[i]));
    }
    json_object_object_add(schema, "oneOf", any);
    const char *text = json_object_to_json_string_ext(schema, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    int result = text ? 0 : -1;
    if (text)
        fprintf(to, "%s\n", text);
    json_object_put(schema);
    return result;
}
