/* SPDX-License-Identifier: BSD-3-Clause
 *
 * notes.json files, read with json-c. Whoever writes one by hand is told where it is wrong.
 */
#include "notes_catalog.h"

#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FIRST_BYTES = 64 * 1024,
    FILE_BYTES_MAX = 16 * 1024 * 1024,
    DEPTH_MAX = 8, /* two are needed; more gives a message of ours instead of the parser's */
};

/* Sets the message; -1, so that callers can return it. */
static int fail(char *ret_error, size_t error_size, const char *file, const char *problem)
{
    snprintf(ret_error, error_size, "%s: %s", file, problem);
    return -1;
}

static int fail_at(char *ret_error, size_t error_size, const char *file, struct bytes json, size_t offset,
                   const char *problem)
{
    size_t line = 1;
    size_t line_start = 0;
    for (size_t at = bytes_find(json, '\n', 0); at < offset; at = bytes_find(json, '\n', at + 1)) {
        line++;
        line_start = at + 1;
    }
    snprintf(ret_error, error_size, "%s:%zu:%zu: not valid JSON: %s", file, line, offset - line_start + 1, problem);
    return -1;
}

static int put_sentence(struct note_catalog *catalog, const char *file, const char *key, struct json_object *value,
                        char *ret_error, size_t error_size)
{
    if (!json_object_is_type(value, json_type_string)) {
        snprintf(ret_error, error_size, "%s: \"%s\" in \"%s\" must be one sentence in quotes, not %s", file, key,
                 catalog->name, json_type_to_name(json_object_get_type(value)));
        return -1;
    }
    struct bytes sentence = bytes_of(json_object_get_string(value), (size_t)json_object_get_string_len(value));
    if (!note_catalog_put(catalog, bytes_text(key), sentence))
        return fail(ret_error, error_size, file, "out of memory");
    return 0;
}

static int put_catalog(struct notes *notes, const char *file, const char *name, struct json_object *entries,
                       char *ret_error, size_t error_size)
{
    if (!json_object_is_type(entries, json_type_object)) {
        snprintf(ret_error, error_size, "%s: the catalog \"%s\" must be an object { \"value\": \"sentence\" }, not %s",
                 file, name, json_type_to_name(json_object_get_type(entries)));
        return -1;
    }
    struct note_catalog *catalog = notes_catalog_make(notes, name);
    if (!catalog)
        return fail(ret_error, error_size, file, "out of memory");
    struct json_object_iterator at = json_object_iter_begin(entries);
    struct json_object_iterator end = json_object_iter_end(entries);
    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
        if (put_sentence(catalog, file, json_object_iter_peek_name(&at), json_object_iter_peek_value(&at), ret_error,
                         error_size) < 0)
            return -1;
    return 0;
}

static int put_file(struct notes *notes, const char *file, struct json_object *root, char *ret_error, size_t error_size)
{
    if (!json_object_is_type(root, json_type_object))
        return fail(ret_error, error_size, file,
                    "must be an object of catalogs: { \"dns.response_code\": { \"NXDOMAIN\": \"…\" } }");
    struct json_object_iterator at = json_object_iter_begin(root);
    struct json_object_iterator end = json_object_iter_end(root);
    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
        if (put_catalog(notes, file, json_object_iter_peek_name(&at), json_object_iter_peek_value(&at), ret_error,
                        error_size) < 0)
            return -1;
    return 0;
}

/* Offset of the first byte after `from` that is not white space. */
static size_t skip_space(struct bytes json, size_t from)
{
    while (from < json.len && strchr(" \t\r\n", bytes_at(json, from)) && bytes_at(json, from))
        from++;
    return from;
}

int notes_read(struct notes *notes, const char *name, struct bytes json, char *ret_error, size_t error_size)
{
    if (bytes_begin(json, "\xef\xbb\xbf")) /* a byte order mark, as some editors leave it */
        json = bytes_skip(json, 3);
    if (json.len > FILE_BYTES_MAX)
        return fail(ret_error, error_size, name, "longer than 16 MiB: not a file of notes");
    if (skip_space(json, 0) == json.len)
        return fail(ret_error, error_size, name, "empty; at least {} is needed");
    struct json_tokener *parser = json_tokener_new_ex(DEPTH_MAX);
    if (!parser)
        return fail(ret_error, error_size, name, "out of memory");
    json_tokener_set_flags(parser,
                           JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    struct json_object *root = json_tokener_parse_ex(parser, (const char *)json.at, (int)json.len);
    enum json_tokener_error error = json_tokener_get_error(parser);
    size_t end = json_tokener_get_parse_end(parser);
    int result;
    if (error == json_tokener_continue)
        result = fail_at(ret_error, error_size, name, json, json.len, "the file breaks off");
    else if (error != json_tokener_success)
        result = fail_at(ret_error, error_size, name, json, end, json_tokener_error_desc(error));
    else if (skip_space(json, end) < json.len)
        result = fail_at(ret_error, error_size, name, json, skip_space(json, end), "text after the end of the object");
    else
        result = put_file(notes, name, root, ret_error, error_size);
    json_object_put(root);
    json_tokener_free(parser);
    return result;
}

/* The whole file, at most one byte more than is allowed. NULL with errno. */
static uint8_t *load(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return NULL;
    uint8_t *content = NULL;
    size_t length = 0;
    for (size_t capacity = FIRST_BYTES; length <= FILE_BYTES_MAX; capacity *= 2) {
        uint8_t *more = realloc(content, capacity);
        if (!more) {
            free(content);
            content = NULL;
            break;
        }
        content = more;
        length += fread(content + length, 1, capacity - length, file);
        if (length < capacity)
            break;
    }
    int error = ferror(file) ? errno : 0;
    fclose(file);
    if (content && error) {
        free(content);
        errno = error;
        return NULL;
    }
    *ret_length = length;
    return content;
}

static int is_json_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 5, ".json") == 0;
}

/* Bytes decide the order, not the locale: the last file wins, everywhere the same. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int notes_read_file(struct notes *notes, const char *path, char *ret_error, size_t error_size)
{
    size_t length = 0;
    errno = 0;
    uint8_t *content = load(path, &length);
    if (!content)
        return fail(ret_error, error_size, path, strerror(errno ? errno : ENOMEM));
    int result = notes_read(notes, path, bytes_of(content, length), ret_error, error_size);
    free(content);
    return result;
}

static int add_file(struct notes *notes, const char *folder, const char *name, char *ret_error, size_t error_size)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return fail(ret_error, error_size, name, strerror(ENOMEM));
    const int result = notes_read_file(notes, path, ret_error, error_size);
    free(path);
    return result;
}

int notes_add_folder(struct notes *notes, const char *folder, char *ret_error, size_t error_size)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_json_file, compare_names);
    if (count < 0)
        return fail(ret_error, error_size, folder, strerror(errno));
    int result = 0;
    if (count == 0)
        result = fail(ret_error, error_size, folder, "no *.json file with notes in this folder");
    for (int i = 0; i < count; i++) {
        if (result == 0)
            result = add_file(notes, folder, names[i]->d_name, ret_error, error_size);
        free(names[i]);
    }
    free(names);
    return result;
}
