/* SPDX-License-Identifier: BSD-3-Clause */
#include "save.h"

#include "capture/capture.h"
#include "save_files.h"
#include "save_queue.h"

#include <pthread.h>
#include <stdlib.h>

struct save {
    pthread_mutex_t lock;
    const struct options *options;
    struct save_files *files;
    struct save_queue *queue;                       /* NULL: nothing has to wait */
    const struct dataset *wanted[OPTIONS_DATASETS]; /* of --only */
    size_t wanted_count;
    bool wants_all; /* --only flow: every conversation ends with such a record */
    bool failed;
    uint64_t not_kept;  /* frames that should have waited: memory was out */
    int64_t flushed_ns; /* the time of the frame after which the file was last flushed */
};

static void choose(struct save *save)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    const size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count && i < OPTIONS_DATASETS; i++)
        if (save->options->only[i]) {
            save->wanted[save->wanted_count++] = datasets[i];
            save->wants_all = save->wants_all || strcmp(datasets[i]->name, "flow") == 0;
        }
}

struct save *save_open(const struct options *options, char ret_error[SAVE_ERROR_SIZE])
{
    struct save *save = calloc(1, sizeof *save);
    snprintf(ret_error, SAVE_ERROR_SIZE, "out of memory");
    if (!save)
        return NULL;
    save->options = options;
    if (options->only_some)
        choose(save);
    if ((options->only_some && !(save->queue = save_queue_new(LIMIT_SAVE_WAITING_BYTES))) ||
        !(save->files = save_files_open(options, ret_error, SAVE_ERROR_SIZE))) {
        save_queue_free(save->queue);
        free(save);
        return NULL;
    }
    pthread_mutex_init(&save->lock, NULL);
    return save;
}

int save_descriptor(const struct save *save)
{
    return save_files_descriptor(save->files);
}

static bool wants_dataset(const struct save *save, const struct dataset *dataset)
{
    for (size_t i = 0; i < save->wanted_count; i++)
        if (save->wanted[i] == dataset)
            return true;
    return false;
}

static bool speaks(const struct dissector *dissector, const char *protocol)
{
    bool found = strcmp(dissector->name, protocol) == 0;
    for (const struct port *port = dissector->ports; !found && port && port->transport != 0; port++)
        found = port->protocol && strcmp(port->protocol, protocol) == 0;
    return found;
}

static bool wants_protocol(const struct save *save, const char *protocol)
{
    for (size_t i = 0; protocol && dissector_registry[i]; i++)
        if (speaks(dissector_registry[i], protocol))
            return wants_dataset(save, dissector_registry[i]->dataset);
    return false;
}

/* 0, 1 or -1 as save_frame. */
static int answer(struct save *save, enum save_files_result result, bool *ret_failed)
{
    if (result == SAVE_FILES_DONE || result == SAVE_FILES_END)
        return (int)result;
    save->failed = save->failed || result == SAVE_FILES_FAILED;
    *ret_failed = save->failed;
    return -1;
}

/* What stands wanted at the front of the queue goes to the file. A frame that is refused does not hold up the others;
 * the message is that of the first. */
static int drain(struct save *save, bool *ret_failed, char ret_error[SAVE_ERROR_SIZE])
{
    struct frame frame;
    char error[SAVE_ERROR_SIZE] = "";
    int worst = 0;
    while (save->queue && save_queue_front(save->queue, &frame)) {
        const int result = answer(save, save_files_add(save->files, &frame, error, sizeof error), ret_failed);
        save_queue_pop(save->queue);
        if (result < 0 && worst == 0)
            memcpy(ret_error, error, sizeof error);
        if (worst == 0 || result > 0)
            worst = result;
    }
    return worst;
}

/* So that what is in the file is never older than a second where frames come from an interface; with -l at once. */
static int flush_if_due(struct save *save, int64_t time_ns, bool *ret_failed, char ret_error[SAVE_ERROR_SIZE])
{
    const int64_t second_ns = 1000000000;
    const bool is_live = save->options->interface_count > 0;
    if (!save->options->line_buffered && !is_live)
        return 0;
    if (!save->options->line_buffered && time_ns - save->flushed_ns < second_ns && time_ns >= save->flushed_ns)
        return 0;
    save->flushed_ns = time_ns;
    return answer(save, save_files_flush(save->files, ret_error, SAVE_ERROR_SIZE), ret_failed);
}

/* Frames that waited too long are decided by what is known now. */
static void expire(struct save *save, int64_t now_ns)
{
    const int64_t second_ns = 1000000000;
    if (now_ns > INT64_MIN + LIMIT_SAVE_WAITING_SECONDS * second_ns)
        save_queue_expire(save->queue, now_ns - LIMIT_SAVE_WAITING_SECONDS * second_ns);
}

/* conversation 0: wanted, whatever it belongs to. */
static int take(struct save *save, const struct frame *frame, uint64_t conversation, bool *ret_failed,
                char ret_error[SAVE_ERROR_SIZE])
{
    struct frame cut = *frame;
    cut.data = bytes_first(frame->data, CAPTURE_WRITER_FRAME_BYTES);
    if (!save->queue ||
        (save_queue_is_empty(save->queue) && (conversation == 0 || save_queue_is_wanted(save->queue, conversation))))
        return answer(save, save_files_add(save->files, frame, ret_error, SAVE_ERROR_SIZE), ret_failed);
    if (!save_queue_add(save->queue, &cut, conversation)) {
        save->not_kept++;
        snprintf(ret_error, SAVE_ERROR_SIZE, "%.200s: out of memory: frame %llu is not saved", save->options->save_path,
                 (unsigned long long)frame->moment.frame);
        return -1;
    }
    expire(save, frame->moment.time_ns);
    return drain(save, ret_failed, ret_error);
}

static int take_and_flush(struct save *save, const struct frame *frame, uint64_t conversation, bool *ret_failed,
                          char ret_error[SAVE_ERROR_SIZE])
{
    const int result = take(save, frame, conversation, ret_failed, ret_error);
    return result != 0 ? result : flush_if_due(save, frame->moment.time_ns, ret_failed, ret_error);
}

int save_frame(struct save *save, const struct frame *frame, const struct conversation *conversation, bool *ret_failed,
               char ret_error[SAVE_ERROR_SIZE])
{
    const struct options *options = save->options;
    int result = 0;
    *ret_failed = false;
    if ((save->queue || options->conversation != 0) && !conversation)
        return 0;
    if (options->conversation != 0 && conversation->id != options->conversation)
        return 0;
    pthread_mutex_lock(&save->lock);
    if (save->queue && (save->wants_all || wants_protocol(save, conversation->protocol)))
        (void)save_queue_want(save->queue, conversation->id); /* where memory is out it waits */
    result = take_and_flush(save, frame, save->queue ? conversation->id : 0, ret_failed, ret_error);
    pthread_mutex_unlock(&save->lock);
    return result;
}

int save_fragment(struct save *save, const struct frame *frame, bool *ret_failed, char ret_error[SAVE_ERROR_SIZE])
{
    *ret_failed = false;
    pthread_mutex_lock(&save->lock);
    const int result = take_and_flush(save, frame, 0, ret_failed, ret_error);
    pthread_mutex_unlock(&save->lock);
    return result;
}

void save_wanted(struct save *save, uint64_t conversation)
{
    const uint64_t only = save->options->conversation;
    pthread_mutex_lock(&save->lock);
    if (save->queue && (only == 0 || only == conversation))
        (void)save_queue_want(save->queue, conversation);
    pthread_mutex_unlock(&save->lock);
}

void save_ended(struct save *save, uint64_t conversation)
{
    pthread_mutex_lock(&save->lock);
    if (save->queue)
        save_queue_end(save->queue, conversation);
    pthread_mutex_unlock(&save->lock);
}

int save_flush(struct save *save, int64_t now_ns, bool *ret_failed, char ret_error[SAVE_ERROR_SIZE])
{
    *ret_failed = false;
    pthread_mutex_lock(&save->lock);
    if (save->queue && now_ns != 0)
        expire(save, now_ns);
    int result = drain(save, ret_failed, ret_error);
    if (result == 0)
        result = answer(save, save_files_flush(save->files, ret_error, SAVE_ERROR_SIZE), ret_failed);
    pthread_mutex_unlock(&save->lock);
    return result;
}

int save_finish(struct save *save, char ret_error[SAVE_ERROR_SIZE])
{
    bool failed = false;
    int result = 0;
    char error[SAVE_ERROR_SIZE] = "";
    pthread_mutex_lock(&save->lock);
    if (save->queue)
        save_queue_decide(save->queue);
    if (!save->failed)
        result = drain(save, &failed, ret_error);
    else
        (void)drain(save, &failed, error); /* they are counted */
    if (save_files_finish(save->files, error, sizeof error) == SAVE_FILES_FAILED && !save->failed) {
        memcpy(ret_error, error, sizeof error);
        save->failed = true;
        result = -1;
    }
    pthread_mutex_unlock(&save->lock);
    return result < 0 ? -1 : 0;
}

int save_close(struct save *save, char ret_error[SAVE_ERROR_SIZE])
{
    const int result = save_finish(save, ret_error);
    save_files_free(save->files);
    save_queue_free(save->queue);
    pthread_mutex_destroy(&save->lock);
    free(save);
    return result;
}

uint64_t save_frames(struct save *save)
{
    pthread_mutex_lock(&save->lock);
    const uint64_t frames = save_files_frames(save->files);
    pthread_mutex_unlock(&save->lock);
    return frames;
}

uint64_t save_files(struct save *save)
{
    pthread_mutex_lock(&save->lock);
    const uint64_t files = save_files_count(save->files);
    pthread_mutex_unlock(&save->lock);
    return files;
}

uint64_t save_lost(struct save *save)
{
    pthread_mutex_lock(&save->lock);
    const uint64_t frames = save->not_kept + save_files_lost(save->files);
    pthread_mutex_unlock(&save->lock);
    return frames;
}

uint64_t save_overflowed(struct save *save)
{
    pthread_mutex_lock(&save->lock);
    const uint64_t frames = save->queue ? save_queue_overflowed(save->queue) : 0;
    pthread_mutex_unlock(&save->lock);
    return frames;
}
