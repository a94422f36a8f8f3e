/* SPDX-License-Identifier: BSD-3-Clause */
#include "follow_files.h"

#include "follow_text.h"
#include "output/text.h"
#include "util/budget.h"
#include "util/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_BUCKETS = 256, INDEX_BUFFER = 64 * 1024 };

static const char index_name[] = "index.tsv";

/* What one endpoint said to the other. */
struct told {
    uint64_t saved, lost; /* bytes in the file; bytes that are not, because nobody saw them or they were not written */
    int descriptor;       /* -1: not open */
    bool made, failed;    /* failed: nothing more is written, so that what is there is a beginning without a hole */
    struct told *older, *newer; /* of those that are open, by when they were last written to */
};

struct entry {
    uint64_t conversation;
    struct entry *chain; /* of its bucket */
    bool swapped;        /* the client of the conversation is now who was the server when `told` began */
    struct told told[2];
};

struct follow_files {
    struct budget budget;
    int folder, index;
    const char *path;
    struct entry **buckets;
    size_t bucket_count, entry_count;
    struct told *oldest, *newest;
    size_t open_count;
    struct text_buffer rows; /* of the index, not yet written */
    int error;
    char place[FOLLOW_PLACE_SIZE];
    uint64_t conversations, unwritten;
};

static void remember_error(struct follow_files *files, int error, const char *name)
{
    if (files->error != 0)
        return;
    files->error = error;
    snprintf(files->place, sizeof files->place, "%.300s/%s", files->path, name);
}

void follow_files_flush(struct follow_files *files)
{
    size_t written;
    if (files->rows.failed)
        remember_error(files, ENOMEM, index_name);
    if (files->index >= 0 && !write_all(files->index, bytes_of(files->rows.at, files->rows.length), &written)) {
        remember_error(files, errno, index_name);
        close(files->index); /* its last line may be half a one: nothing may follow that */
        files->index = -1;
    }
    files->rows.length = 0;
}

struct follow_files *follow_files_new(int folder, const char *path, size_t memory)
{
    struct follow_files *files = calloc(1, sizeof *files);
    if (!files)
        return NULL;
    files->folder = folder;
    files->path = path;
    budget_init(&files->budget, memory);
    files->bucket_count = FIRST_BUCKETS;
    files->buckets = budget_take(&files->budget, FIRST_BUCKETS * sizeof *files->buckets);
    if (!files->buckets) {
        free(files);
        return NULL;
    }
    files->index = openat(folder, index_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (files->index < 0)
        remember_error(files, errno, index_name);
    text_add_string(&files->rows, "conversation\ttransport\tprotocol\tclient\tserver\tstart\tend\treason\t"
                                  "client_bytes\tclient_lost\tclient_file\tserver_bytes\tserver_lost\tserver_file\n");
    follow_files_flush(files);
    return files;
}

/* Addresses as they are written, but for the colons of IPv6, which are trouble in file names. */
static void name_endpoint(char *name, const struct endpoint *endpoint)
{
    char address[ADDRESS_TEXT_SIZE];
    size_t used = strlen(name);
    address_text(&endpoint->ip, address);
    for (char *at = address; *at; at++)
        if (*at == ':')
            *at = '_';
    snprintf(name + used, FOLLOW_NAME_SIZE - used, "%s.%u", address, endpoint->port);
}

static void make_name(const struct conversation *conversation, enum side side, char ret_name[FOLLOW_NAME_SIZE])
{
    const struct endpoint *client = &conversation->source, *server = &conversation->destination;
    snprintf(ret_name, FOLLOW_NAME_SIZE, "%06llu-", (unsigned long long)conversation->id);
    name_endpoint(ret_name, side == SIDE_CLIENT ? client : server);
    strncat(ret_name, "-to-", FOLLOW_NAME_SIZE - strlen(ret_name) - 1);
    name_endpoint(ret_name, side == SIDE_CLIENT ? server : client);
}

static void list_take(struct follow_files *files, struct told *told)
{
    *(told->older ? &told->older->newer : &files->oldest) = told->newer;
    *(told->newer ? &told->newer->older : &files->newest) = told->older;
    files->open_count--;
}

static void list_append(struct follow_files *files, struct told *told)
{
    told->newer = NULL;
    told->older = files->newest;
    *(files->newest ? &files->newest->newer : &files->oldest) = told;
    files->newest = told;
    files->open_count++;
}

/* Some file systems say only now that there was no room. */
static void close_file(struct follow_files *files, struct told *told, const char *name)
{
    if (told->descriptor < 0)
        return;
    list_take(files, told);
    if (close(told->descriptor) != 0 && errno != EINTR) {
        remember_error(files, errno, name);
        told->failed = true;
    }
    told->descriptor = -1;
}

/* Opened for the first time, or again. False: it cannot be. */
static bool open_file(struct follow_files *files, struct told *told, const char *name)
{
    const int first = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const int again = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
    while (files->open_count >= LIMIT_FOLLOW_FILES)
        close_file(files, files->oldest, "a file");
    told->descriptor = openat(files->folder, name, told->made ? again : first, 0600);
    while (told->descriptor < 0 && (errno == EMFILE || errno == ENFILE) && files->oldest) {
        close_file(files, files->oldest, "a file");
        told->descriptor = openat(files->folder, name, told->made ? again : first, 0600);
    }
    if (told->descriptor < 0)
        return false;
    told->made = true;
    list_append(files, told);
    return true;
}

static struct entry **bucket_of(const struct follow_files *files, uint64_t conversation)
{
    return &files->buckets[conversation & (files->bucket_count - 1)];
}

/* Numbers come one after the other, so they need no hash. */
static struct entry *find(const struct follow_files *files, uint64_t conversation)
{
    struct entry *entry = *bucket_of(files, conversation);
    while (entry && entry->conversation != conversation)
        entry = entry->chain;
    return entry;
}

static void grow(struct follow_files *files)
{
    size_t count = files->bucket_count * 2, old = files->bucket_count;
    struct entry **buckets = budget_take(&files->budget, count * sizeof *buckets);
    if (!buckets)
        return;
    for (size_t i = 0; i < old; i++) {
        for (struct entry *entry = files->buckets[i], *next; entry; entry = next) {
            next = entry->chain;
            entry->chain = buckets[entry->conversation & (count - 1)];
            buckets[entry->conversation & (count - 1)] = entry;
        }
    }
    budget_give(&files->budget, files->buckets, old * sizeof *buckets);
    files->buckets = buckets;
    files->bucket_count = count;
}

/* The conversation's entry, made where it has none. NULL where memory is out: nothing of it is written. */
static struct entry *entry_of(struct follow_files *files, const struct conversation *conversation)
{
    struct entry *entry = find(files, conversation->id);
    if (entry)
        return entry;
    if (files->entry_count >= files->bucket_count)
        grow(files);
    entry = budget_take(&files->budget, sizeof *entry);
    if (!entry)
        return NULL;
    struct entry **bucket = bucket_of(files, conversation->id);
    entry->conversation = conversation->id;
    entry->told[0].descriptor = entry->told[1].descriptor = -1;
    entry->chain = *bucket;
    *bucket = entry;
    files->entry_count++;
    files->conversations++;
    return entry;
}

static struct told *told_by(struct entry *entry, enum side side)
{
    return &entry->told[entry->swapped ? side_other(side) : side];
}

static void write_told(struct follow_files *files, struct told *told, const char *name, struct bytes data)
{
    size_t written = 0;
    bool good = !told->failed && (told->descriptor >= 0 || open_file(files, told, name));
    if (good) {
        list_take(files, told);
        list_append(files, told);
        good = write_all(told->descriptor, data, &written);
    }
    told->saved += written;
    if (good)
        return;
    if (!told->failed)
        remember_error(files, errno, name);
    told->failed = true;
    close_file(files, told, name);
    told->lost += data.len - written;
    files->unwritten += data.len - written;
}

void follow_files_data(struct follow_files *files, const struct conversation *conversation, enum side side,
                       struct bytes data)
{
    char name[FOLLOW_NAME_SIZE];
    struct entry *entry = entry_of(files, conversation);
    make_name(conversation, side, name);
    if (entry) {
        write_told(files, told_by(entry, side), name, data);
        return;
    }
    remember_error(files, ENOMEM, name);
    files->unwritten += data.len;
}

void follow_files_gap(struct follow_files *files, const struct conversation *conversation, enum side side,
                      uint64_t length)
{
    struct entry *entry = entry_of(files, conversation);
    if (entry)
        told_by(entry, side)->lost += length;
}

void follow_files_swap(struct follow_files *files, const struct conversation *conversation)
{
    struct entry *entry = find(files, conversation->id);
    if (entry)
        entry->swapped = !entry->swapped;
}

static void add_row_told(struct text_buffer *row, const struct told *told, const char *name)
{
    text_add_string(row, "\t");
    text_add_unsigned(row, told->saved);
    text_add_string(row, "\t");
    text_add_unsigned(row, told->lost);
    text_add_string(row, "\t");
    text_add_string(row, told->made ? name : "");
}

static void add_row(struct follow_files *files, const struct conversation *conversation, struct entry *entry,
                    enum end_reason reason)
{
    static const char *const reasons[] = {"fin", "rst", "timeout", "evicted", "end_of_capture"};
    struct text_buffer *row = &files->rows;
    char name[FOLLOW_NAME_SIZE];
    text_add_unsigned(row, conversation->id);
    text_add_string(row, conversation->transport == TRANSPORT_TCP ? "\ttcp\t" : "\tudp\t");
    text_add_string(row, conversation->protocol ? conversation->protocol : "");
    text_add_string(row, "\t");
    follow_add_endpoint(row, &conversation->source);
    text_add_string(row, "\t");
    follow_add_endpoint(row, &conversation->destination);
    text_add_string(row, "\t");
    text_add_time(row, conversation->first.time_ns, conversation->time_digits);
    text_add_string(row, "\t");
    text_add_time(row, conversation->last.time_ns, conversation->time_digits);
    text_add_string(row, "\t");
    text_add_string(row, reasons[reason]);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        make_name(conversation, side, name);
        close_file(files, told_by(entry, side), name);
        add_row_told(row, told_by(entry, side), name);
    }
    text_add_string(row, "\n");
    if (row->length >= INDEX_BUFFER)
        follow_files_flush(files);
}

void follow_files_end(struct follow_files *files, const struct conversation *conversation, enum end_reason reason)
{
    struct entry *entry = find(files, conversation->id);
    if (!entry)
        return;
    add_row(files, conversation, entry, reason);
    struct entry **link = bucket_of(files, conversation->id);
    while (*link != entry)
        link = &(*link)->chain;
    *link = entry->chain;
    files->entry_count--;
    budget_give(&files->budget, entry, sizeof *entry);
}

int follow_files_error(const struct follow_files *files, const char **ret_place)
{
    if (ret_place)
        *ret_place = files->place;
    return files->error;
}

uint64_t follow_files_count(const struct follow_files *files)
{
    return files->conversations;
}

uint64_t follow_files_unwritten(const struct follow_files *files)
{
    return files->unwritten;
}

void follow_files_free(struct follow_files *files)
{
    if (!files)
        return;
    while (files->oldest)
        close_file(files, files->oldest, "a file");
    for (size_t i = 0; i < files->bucket_count; i++) {
        for (struct entry *entry = files->buckets[i], *next; entry; entry = next) {
            next = entry->chain;
            budget_give(&files->budget, entry, sizeof *entry);
        }
    }
    budget_give(&files->budget, files->buckets, files->bucket_count * sizeof *files->buckets);
    text_buffer_done(&files->rows);
    if (files->index >= 0)
        close(files->index);
    free(files);
}
