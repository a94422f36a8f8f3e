/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files that travel: one object of the core's own for each, counted, typed, hashed and saved as its bytes come.
 */
#include "overhear/file.h"

#include "session_state.h"

#include "file/save.h"
#include "file/type.h"
#include "util/budget.h"

#include <openssl/evp.h>

enum file_field {
    FILE_NAME,
    FILE_EXTENSION,
    FILE_SIZE,
    FILE_MIME_TYPE,
    FILE_SHA256,
    FILE_PATH,
    FILE_SOURCE_PATH,
    FILE_DECLARED_TYPE,
    FILE_DISGUISED,
    FILE_DIRECTION,
    FILE_OFFSET,
    FILE_MISSING,
    FILE_PARENT,
    FILE_PARENT_CONVERSATION,
    FILE_FIELD_COUNT
};

static const struct field file_fields[FILE_FIELD_COUNT] = {
    [FILE_NAME] = {.name = "file.name", .type = FIELD_TEXT, .meaning = "its name, without the path before it"},
    [FILE_EXTENSION] = {.name = "file.extension", .type = FIELD_TEXT, .meaning = "what follows the name's last period"},
    [FILE_SIZE] = {.name = "file.size",
                   .type = FIELD_INTEGER,
                   .meaning = "bytes that were transferred, codings taken off"},
    [FILE_MIME_TYPE] = {.name = "file.mime_type",
                        .type = FIELD_TEXT,
                        .meaning = "its media type by content",
                        .catalog = "file.mime_type"},
    [FILE_SHA256] = {.name = "file.hash.sha256",
                     .type = FIELD_TEXT,
                     .meaning = "with --hash: SHA-256 of its bytes, where none was lost"},
    [FILE_PATH] = {.name = "file.path", .type = FIELD_TEXT, .meaning = "with --extract: where it was saved"},
    [FILE_SOURCE_PATH] = {.name = "overhear.source_path",
                          .type = FIELD_TEXT,
                          .meaning = "its name with the path before it, as it was asked for or declared"},
    [FILE_DECLARED_TYPE] = {.name = "overhear.declared_type",
                            .type = FIELD_TEXT,
                            .meaning = "the media type that the sender says it has"},
    [FILE_DISGUISED] = {.name = "overhear.disguised",
                        .type = FIELD_BOOLEAN,
                        .meaning = "true: by content it is something else than was declared"},
    [FILE_DIRECTION] = {.name = "overhear.direction",
                        .type = FIELD_TEXT,
                        .meaning = "`download` to the client of the service, or `upload`"},
    [FILE_OFFSET] = {.name = "overhear.offset",
                     .type = FIELD_INTEGER,
                     .meaning = "its first byte is this one of the whole: a transfer that was resumed, or a range"},
    [FILE_MISSING] = {.name = "overhear.missing_bytes", .type = FIELD_INTEGER, .meaning = "bytes of it that were lost"},
    [FILE_PARENT] = {.name = "overhear.parent",
                     .type = FIELD_TEXT,
                     .meaning = "what carried it: `http`, `ftp`, `mail`"},
    [FILE_PARENT_CONVERSATION] = {.name = "overhear.parent_conversation",
                                  .type = FIELD_INTEGER,
                                  .meaning = "the conversation that ordered it, where it is another one"},
};

#define FILE_WORDS                                                                                                     \
    "{overhear.direction}[ of {!file.name}][, {file.size:size}][, {file.mime_type}][, from byte {overhear.offset} on]"

/* Where a type was declared, the exchange or the mail that carried the file tells of it already: then it is shown only
 * with -v, and where there is more to say. */
static const struct line file_lines[] = {
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE, FILE_WORDS, NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, LINE_ONCE, "{^overhear.declared_type}" FILE_WORDS, NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, LINE_ONCE, "{?overhear.disguised}" FILE_WORDS, NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, LINE_ONCE, "{?overhear.declared_type}{^overhear.disguised}{?file.path}" FILE_WORDS,
     NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, LINE_ONCE,
     "{?overhear.declared_type}{^overhear.disguised}{^file.path}{?file.hash.sha256}" FILE_WORDS, NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE, "declared as {overhear.declared_type}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE,
     "[{overhear.source_path}, ]ordered by conversation {overhear.parent_conversation}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "sha256 {file.hash.sha256}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "saved as {file.path}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "{overhear.missing_bytes:size} of it were lost", NULL},
    {SPEAKER_SAME, DETAIL_BRIEF, LINE_ONCE,
     "{overhear.direction}[  {!file.name}][  {file.size:size}][  {file.mime_type}][  {file.hash.sha256}]", NULL},
};

static const struct tally tallies[] = {
    {TALLY_VALUES, 0, "types", "types", "{file.mime_type}"},
};

const struct dataset file_dataset = {
    .name = "file",
    .title = "File",
    .fields = file_fields,
    .field_count = FILE_FIELD_COUNT,
    .lines = file_lines,
    .line_count = sizeof file_lines / sizeof *file_lines,
    .tallies = tallies,
    .tally_count = sizeof tallies / sizeof *tallies,
};

struct file_state {
    uint64_t size, missing;
    EVP_MD_CTX *digest; /* NULL: nobody asked, or bytes were lost */
    struct saved_file saved;
    bool saving, resumed, broken;
    bool type_known;
    const char *type;
    size_t beginning_length;
    uint8_t beginning[FILE_TYPE_BYTES]; /* the last member, and as it ends the block it need not be zeroed */
};

static_assert(sizeof(struct file_state) == offsetof(struct file_state, beginning) + FILE_TYPE_BYTES, "see unset_size");

static struct file_state *state_of(struct object *file)
{
    return file->state;
}

static struct files *files_of(const struct emitter *emitter)
{
    return emitter->session->shared->files;
}

static void give_digest_up(struct file_state *state)
{
    EVP_MD_CTX_free(state->digest);
    state->digest = NULL;
}

static void abandon_file(struct emitter *emitter, struct object *file)
{
    file_end(emitter, file, NULL, true, NULL);
}

static const struct object_type file_object = {
    .dataset = &file_dataset,
    .state_size = sizeof(struct file_state),
    .unset_size = FILE_TYPE_BYTES,
    .abandon = abandon_file,
};

static void record_name(struct record *record, struct bytes path)
{
    size_t from = 0;
    for (size_t i = 0; i < path.len; i++)
        if (bytes_at(path, i) == '/' || bytes_at(path, i) == '\\')
            from = i + 1;
    struct bytes name = bytes_skip(path, from);
    if (from > 0)
        record_text(record, FILE_SOURCE_PATH, path);
    if (name.len == 0)
        return;
    record_text(record, FILE_NAME, name);
    size_t period = name.len;
    for (size_t i = 1; i < name.len; i++)
        if (bytes_at(name, i) == '.')
            period = i;
    if (period + 1 < name.len && name.len - period <= 16)
        record_text(record, FILE_EXTENSION, bytes_skip(name, period + 1));
}

struct object *file_begin(struct emitter *emitter, const struct file_start *start, const struct message *message)
{
    struct files *files = files_of(emitter);
    struct object *file = object_open(emitter, &file_object, message);
    if (!file)
        return NULL;
    struct file_state *state = state_of(file);
    struct record *record = &file->record;
    record_name(record, start->name);
    if (start->declared_type.len > 0)
        record_text(record, FILE_DECLARED_TYPE, start->declared_type);
    record_word(record, FILE_DIRECTION, start->direction == FILE_DOWNLOAD ? "download" : "upload");
    if (start->offset > 0)
        record_integer(record, FILE_OFFSET, (int64_t)(start->offset & INT64_MAX));
    record_word(record, FILE_PARENT, start->parent);
    if (start->parent_conversation != 0 && start->parent_conversation != record->conversation->id)
        record_conversation(record, FILE_PARENT_CONVERSATION, start->parent_conversation);
    state->saved.descriptor = -1;
    state->resumed = start->offset > 0;
    if (files && files->wants_hash) {
        state->digest = EVP_MD_CTX_new();
        if (state->digest && EVP_DigestInit_ex(state->digest, EVP_sha256(), NULL) != 1)
            give_digest_up(state);
    }
    if (files && files->folder >= 0)
        state->saving = saved_file_open(files, &state->saved, start->name,
                                        session_number(emitter->session->shared, record->conversation));
    return file;
}

static void touch(struct object *file, const struct message *message)
{
    if (message && message->last.frame >= file->record.last.frame)
        file->record.last = message->last;
}

static void look_at_type(struct file_state *state, struct bytes piece)
{
    struct bytes beginning = piece;
    if (state->beginning_length > 0 || piece.len < FILE_TYPE_BYTES) {
        state->beginning_length += bytes_copy(state->beginning + state->beginning_length,
                                              FILE_TYPE_BYTES - state->beginning_length, piece);
        if (state->beginning_length < FILE_TYPE_BYTES)
            return;
        beginning = bytes_of(state->beginning, FILE_TYPE_BYTES);
    }
    state->type = file_type(bytes_first(beginning, FILE_TYPE_BYTES));
    state->type_known = true;
}

void file_piece(struct emitter *emitter, struct object *file, struct bytes piece, const struct message *message)
{
    if (!file || piece.len == 0 || state_of(file)->broken)
        return;
    struct file_state *state = state_of(file);
    if (!state->type_known)
        look_at_type(state, piece);
    state->size += piece.len;
    if (state->digest && EVP_DigestUpdate(state->digest, piece.at, piece.len) != 1)
        give_digest_up(state);
    if (state->saving)
        saved_file_add(files_of(emitter), &state->saved, piece);
    touch(file, message);
}

/* What is seen of the beginning up to here is all that tells the type. */
static void settle_type(struct file_state *state)
{
    if (state->type_known)
        return;
    state->type = file_type(bytes_of(state->beginning, state->beginning_length));
    state->type_known = true;
}

void file_gap(struct emitter *emitter, struct object *file, uint64_t length)
{
    if (!file)
        return;
    struct file_state *state = state_of(file);
    settle_type(state);
    state->missing += length;
    give_digest_up(state);
    if (state->saving)
        saved_file_skip(files_of(emitter), &state->saved, length);
}

void file_break(struct emitter *emitter, struct object *file, uint64_t keep)
{
    (void)emitter;
    if (!file)
        return;
    struct file_state *state = state_of(file);
    settle_type(state);
    give_digest_up(state);
    state->broken = true;
    if (state->size > keep)
        state->size = keep;
}

void file_skip(struct emitter *emitter, struct object *file, uint64_t length)
{
    (void)emitter;
    if (!file)
        return;
    settle_type(state_of(file));
    state_of(file)->size += length;
}

static void finish_digest(struct file_state *state, struct file_result *result)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!state->digest)
        return;
    if (EVP_DigestFinal_ex(state->digest, digest, &length) == 1 && length == 32) {
        for (size_t i = 0; i < length; i++) {
            result->sha256[2 * i] = digits[digest[i] >> 4];
            result->sha256[2 * i + 1] = digits[digest[i] & 15];
        }
        result->has_hash = true;
    }
    give_digest_up(state);
}

/* A type, and how long it is. */
#define TYPE(literal)                                                                                                  \
    {                                                                                                                  \
        (const uint8_t *)(literal), sizeof(literal) - 1                                                                \
    }

static bool is_any(struct bytes type, const struct bytes *types, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (type.len == types[i].len && bytes_equal_nocase(type, types[i]))
            return true;
    return false;
}

/* What runs when it is opened. */
static bool is_program(struct bytes found)
{
    static const struct bytes programs[] = {
        TYPE("application/vnd.microsoft.portable-executable"),
        TYPE("application/x-dosexec"),
        TYPE("application/x-elf"),
        TYPE("application/x-mach-binary"),
        TYPE("application/x-ms-shortcut"),
        TYPE("application/java-archive"),
        TYPE("application/vnd.android.package-archive"),
    };
    return is_any(found, programs, sizeof programs / sizeof *programs);
}

/* What a program is declared as by those who mean no harm; nothing declared says nothing. */
static bool may_be_program(struct bytes declared)
{
    static const struct bytes plain[] = {
        TYPE(""),
        TYPE("application/octet-stream"),
        TYPE("binary/octet-stream"),
        TYPE("application/zip"),
        TYPE("application/exe"),
        TYPE("application/x-exe"),
        TYPE("application/download"),
        TYPE("application/x-download"),
        TYPE("application/force-download"),
        TYPE("application/x-msdownload"),
        TYPE("application/x-msdos-program"),
        TYPE("application/x-executable"),
        TYPE("application/x-sharedlib"),
        TYPE("application/x-java-archive"),
    };
    return is_any(declared, plain, sizeof plain / sizeof *plain) || is_program(declared);
}

enum kind { KIND_OTHER, KIND_TEXT, KIND_IMAGE, KIND_AUDIO, KIND_VIDEO };

static enum kind kind_of(struct bytes type)
{
    switch (byte_lower(bytes_at(type, 0))) {
    case 't':
        return bytes_begin_nocase(type, "text/") ? KIND_TEXT : KIND_OTHER;
    case 'i':
        return bytes_begin_nocase(type, "image/") ? KIND_IMAGE : KIND_OTHER;
    case 'a':
        return bytes_begin_nocase(type, "audio/") ? KIND_AUDIO : KIND_OTHER;
    case 'v':
        return bytes_begin_nocase(type, "video/") ? KIND_VIDEO : KIND_OTHER;
    default:
        return KIND_OTHER;
    }
}

/* A program that calls itself something else; or declared as text, a picture, sound or a film, and something else by
 * content. Vague declarations are left alone, and so is text, which may be anything. */
static bool is_disguised(struct bytes declared, struct bytes found)
{
    const enum kind says = kind_of(declared), is = kind_of(found);
    if (is == KIND_OTHER && is_program(found))
        return !may_be_program(declared);
    const bool moves = says == KIND_AUDIO || says == KIND_VIDEO;
    if (says == KIND_OTHER || is == says || is == KIND_TEXT || (moves && (is == KIND_AUDIO || is == KIND_VIDEO)))
        return false;
    return !bytes_begin_nocase(found, "application/octet-stream") && !bytes_begin_nocase(found, "application/xml");
}

static void record_type(struct record *record, const char *type)
{
    struct bytes declared = record_find_text(record, FILE_DECLARED_TYPE);
    const struct argument argument = {.name = "declared", .kind = ARGUMENT_TEXT, .text = declared};
    record_word(record, FILE_MIME_TYPE, type);
    if (!is_disguised(declared, bytes_text(type)))
        return;
    record_observe(record, RECORD_LAST, "file.disguised", &argument, 1);
    record_boolean(record, FILE_DISGUISED, true);
}

static void record_path(struct files *files, const struct file_state *state, struct record *record)
{
    size_t length = strlen(files->path);
    record_append(record, FILE_PATH, bytes_of(files->path, length), LIMIT_TEXT_BYTES);
    if (length == 0 || files->path[length - 1] != '/')
        record_append(record, FILE_PATH, bytes_text("/"), LIMIT_TEXT_BYTES);
    record_append(record, FILE_PATH, bytes_text(state->saved.name), LIMIT_TEXT_BYTES);
}

void file_end(struct emitter *emitter, struct object *file, const struct message *message, bool incomplete,
              struct file_result *ret_result)
{
    struct file_result result = {0};
    if (file) {
        struct file_state *state = state_of(file);
        struct files *files = files_of(emitter);
        struct record *record = &file->record;
        settle_type(state);
        result.size = state->size;
        result.mime_type = state->type;
        bool broken = incomplete || state->broken || state->missing > 0;
        if (broken)
            give_digest_up(state);
        finish_digest(state, &result);
        record->incomplete |= broken;
        record_integer(record, FILE_SIZE, (int64_t)(state->size & INT64_MAX));
        if (state->type)
            record_type(record, state->type);
        if (result.has_hash)
            record_text(record, FILE_SHA256, bytes_text(result.sha256));
        if (state->missing > 0)
            record_integer(record, FILE_MISSING, (int64_t)(state->missing & INT64_MAX));
        if (state->saving) {
            saved_file_close(files, &state->saved, broken || state->resumed);
            record_path(files, state, record);
        }
        if (files)
            files->seen++;
        touch(file, message);
        object_close(emitter, file);
    }
    if (ret_result)
        *ret_result = result;
}

void file_drop(struct emitter *emitter, struct object *file)
{
    if (!file)
        return;
    struct file_state *state = state_of(file);
    give_digest_up(state);
    if (state->saving)
        saved_file_remove(files_of(emitter), &state->saved);
    object_drop(emitter, file);
}

bool file_wants_all(const struct emitter *emitter)
{
    const struct files *files = files_of(emitter);
    return files && (files->wants_hash || files->folder >= 0);
}
