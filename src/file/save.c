/* SPDX-License-Identifier: BSD-3-Clause */
#include "save.h"

#include "util/utf8.h"
#include "util/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_KEPT = 120,     /* bytes of the name that the sender gave */
    EXTENSION_KEPT = 16, /* of them for the extension, where the name is cut */
    NUMBERS = 10000,     /* files of one name in one conversation */
    ATTEMPTS = 16,       /* where somebody else writes into the folder too */
};

static const char partial_mark[] = ".partial";

static void remember_error(struct files *files, const char *what, const char *name, int error)
{
    if (files->error[0] == '\0')
        snprintf(files->error, sizeof files->error, "%s %.60s%s%.120s: %s", what, files->path, *name ? "/" : "", name,
                 strerror(error));
}

int files_open(struct files *files, bool wants_hash, const char *folder, int descriptor, uint64_t limit)
{
    *files = (struct files){.wants_hash = wants_hash, .folder = -1, .path = folder, .limit = limit};
    if (!folder)
        return 0;
    files->folder = descriptor > 0 ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
                                   : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->folder >= 0 && faccessat(files->folder, ".", W_OK | X_OK, AT_EACCESS) == 0)
        return 0;
    remember_error(files, "cannot save files in", "", errno);
    files_close(files);
    return -1;
}

void files_close(struct files *files)
{
    if (files->folder >= 0)
        close(files->folder);
    files->folder = -1;
}

/* Names from the wire come with any bytes. What a shell, a terminal or a file manager could trip over is replaced. */
static bool is_harmless(uint32_t character)
{
    if (character < 0x20 || (character >= 0x7f && character < 0xa0))
        return false;
    if (character < 0x80)
        return !strchr("/\\:*?\"<>|", (int)character);
    bool turns_text = (character >= 0x200b && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
                      (character >= 0x2060 && character <= 0x2069) || character == 0xfeff || character == 0x061c;
    return !turns_text;
}

static struct bytes last_part(struct bytes name)
{
    for (size_t i = name.len; i > 0; i--)
        if (bytes_at(name, i - 1) == '/' || bytes_at(name, i - 1) == '\\')
            return bytes_skip(name, i);
    return name;
}

/* Returns the length; `room` bytes at most, whole characters. */
static size_t copy_harmless(struct bytes name, char *to, size_t room)
{
    size_t length = 0;
    while (name.len > 0) {
        uint32_t character;
        size_t size = utf8_character(name, 0, &character);
        bool keep = size > 0 && is_harmless(character);
        size_t step = size > 0 ? size : 1;
        if (length + (keep ? step : 1) > room)
            break;
        if (keep)
            length += bytes_copy(to + length, room - length, bytes_first(name, step));
        else
            to[length++] = '_';
        name = bytes_skip(name, step);
    }
    return length;
}

/* The extension with its period, where it is short enough to be one. */
static struct bytes extension_of(struct bytes name)
{
    for (size_t back = 1; back <= EXTENSION_KEPT && back < name.len; back++)
        if (bytes_at(name, name.len - back) == '.')
            return bytes_skip(name, name.len - back);
    return (struct bytes){NULL, 0};
}

void safe_file_name(struct bytes name, char ret_name[SAVE_NAME_BYTES])
{
    struct bytes last = last_part(name);
    size_t length = copy_harmless(last, ret_name, NAME_KEPT);
    if (length < last.len && last.len > NAME_KEPT) {
        struct bytes extension = extension_of(last);
        length = copy_harmless(last, ret_name, NAME_KEPT - extension.len);
        length += copy_harmless(extension, ret_name + length, NAME_KEPT - length);
    }
    for (size_t i = 0; i < length && (ret_name[i] == '.' || ret_name[i] == ' ' || ret_name[i] == '-'); i++)
        ret_name[i] = '_';
    for (size_t i = length; i > 0 && (ret_name[i - 1] == '.' || ret_name[i - 1] == ' '); i--)
        ret_name[i - 1] = '_';
    if (length == 0)
        length = bytes_copy(ret_name, NAME_KEPT, bytes_text("unnamed"));
    ret_name[length] = '\0';
}

/* Where the number goes: before the extension. */
static void number_name(const char *safe, uint64_t conversation, unsigned number, char ret_name[SAVE_NAME_BYTES])
{
    struct bytes name = bytes_text(safe), extension = extension_of(name);
    int stem = (int)(name.len - extension.len);
    if (number == 0)
        snprintf(ret_name, SAVE_NAME_BYTES, "%llu-%.160s", (unsigned long long)conversation, safe);
    else
        snprintf(ret_name, SAVE_NAME_BYTES, "%llu-%.*s-%u%.20s", (unsigned long long)conversation, stem, safe, number,
                 safe + stem);
}

static void partial_name(const char *name, char ret_name[SAVE_NAME_BYTES])
{
    snprintf(ret_name, SAVE_NAME_BYTES, "%.240s%s", name, partial_mark);
}

/* By a file, or by what is left of one. */
static bool is_taken(const struct files *files, const char *name)
{
    char partial[SAVE_NAME_BYTES];
    struct stat status;
    partial_name(name, partial);
    return fstatat(files->folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ||
           fstatat(files->folder, partial, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The lowest number that is free, where those before it are taken, as they are when nobody else writes here: found in a
 * few steps, however many there are. NUMBERS: none. */
static unsigned free_number(const struct files *files, const char *safe, uint64_t conversation)
{
    unsigned taken = 0, free = NUMBERS, number = 1;
    while (free - taken > 1) {
        char name[SAVE_NAME_BYTES];
        number_name(safe, conversation, number, name);
        if (is_taken(files, name))
            taken = number;
        else
            free = number;
        number = free < NUMBERS || taken * 2 >= NUMBERS ? taken + (free - taken) / 2 : taken * 2;
    }
    return free;
}

bool saved_file_open(struct files *files, struct saved_file *file, struct bytes name, uint64_t conversation)
{
    char safe[SAVE_NAME_BYTES];
    *file = (struct saved_file){.descriptor = -1};
    if (files->folder < 0)
        return false;
    safe_file_name(name, safe);
    int error = EEXIST;
    unsigned number = 0;
    for (unsigned attempt = 0; attempt < ATTEMPTS && number < NUMBERS && error == EEXIST; attempt++) {
        number_name(safe, conversation, number, file->name);
        if (is_taken(files, file->name))
            errno = EEXIST;
        else
            file->descriptor = openat(files->folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                      0600);
        if (file->descriptor >= 0)
            return true;
        error = errno;
        if (error == EEXIST)
            number = free_number(files, safe, conversation);
    }
    remember_error(files, "cannot save", file->name, error);
    files->not_saved++;
    file->name[0] = '\0';
    return false;
}

void saved_file_add(struct files *files, struct saved_file *file, struct bytes piece)
{
    if (file->descriptor < 0 || file->cut)
        return;
    uint64_t room = files->limit - file->written;
    if (piece.len > room) {
        piece = bytes_first(piece, (size_t)room);
        file->cut = true;
    }
    size_t written;
    if (!write_all(file->descriptor, piece, &written)) {
        remember_error(files, "cannot write", file->name, errno);
        file->cut = true;
        files->not_saved++;
    }
    file->written += written;
}

void saved_file_skip(struct files *files, struct saved_file *file, uint64_t length)
{
    if (file->descriptor < 0 || file->cut)
        return;
    if (length > files->limit - file->written || lseek(file->descriptor, (off_t)length, SEEK_CUR) < 0)
        file->cut = true;
    else
        file->written += length;
}

void saved_file_close(struct files *files, struct saved_file *file, bool partial)
{
    if (file->descriptor < 0)
        return;
    bool failed = close(file->descriptor) != 0;
    file->descriptor = -1;
    if (failed) {
        remember_error(files, "cannot write", file->name, errno);
        files->not_saved++;
    }
    files->saved++;
    if (!partial && !file->cut && !failed)
        return;
    char name[SAVE_NAME_BYTES];
    partial_name(file->name, name);
    /* A name that is taken is not taken away from its file: then the mark is missing, and the record has it. */
    if (linkat(files->folder, file->name, files->folder, name, 0) == 0 && unlinkat(files->folder, file->name, 0) == 0)
        memcpy(file->name, name, sizeof name);
}

void saved_file_remove(struct files *files, struct saved_file *file)
{
    if (file->descriptor < 0)
        return;
    close(file->descriptor);
    file->descriptor = -1;
    unlinkat(files->folder, file->name, 0);
}
