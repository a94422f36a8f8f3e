/* SPDX-License-Identifier: BSD-3-Clause */
#include "save.h"

#include "capture/capture.h"

#include <stdlib.h>

struct save {
    struct capture_writer *writer;
    uint64_t frames;
};

struct save *save_open(const struct options *options, char ret_error[SAVE_ERROR_SIZE])
{
    struct save *save = calloc(1, sizeof *save);
    if (save && (save->writer = capture_writer_open(options->save_path, ret_error)))
        return save;
    free(save);
    return NULL;
}

int save_frame(struct save *save, const struct frame *frame, const struct conversation *conversation, bool *ret_failed,
               char ret_error[SAVE_ERROR_SIZE])
{
    (void)conversation;
    int result = capture_writer_add(save->writer, frame, ret_error);
    *ret_failed = result == CAPTURE_WRITER_FAILED;
    save->frames += result == 0;
    return result == 0 ? 0 : -1;
}

int save_close(struct save *save, char ret_error[SAVE_ERROR_SIZE])
{
    int result = capture_writer_close(save->writer, ret_error);
    free(save);
    return result;
}

uint64_t save_frames(const struct save *save)
{
    return save->frames;
}

uint64_t save_files(const struct save *save)
{
    (void)save;
    return 1;
}
