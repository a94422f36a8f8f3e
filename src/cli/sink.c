/* SPDX-License-Identifier: BSD-3-Clause */
#include "sink.h"

#include "filter/display_filter.h"
#include "ranking.h"
#include "run_threads.h"
#include "save.h"

void sink_init(struct sink *sink, const struct options *options)
{
    *sink = (struct sink){.only = options->only_some ? options->only : NULL, .conversation = options->conversation};
    size_t count = dataset_list(sink->datasets, OPTIONS_DATASETS);
    sink->dataset_count = count < OPTIONS_DATASETS ? count : OPTIONS_DATASETS;
}

/* Of whose conversations --only wants something, -w saves. */
static void tell_save(struct sink *sink, const struct record *record, bool wanted)
{
    if (!sink->save || !record->conversation)
        return;
    if (wanted)
        save_wanted(sink->save, record->conversation->id);
    if (strcmp(record->dataset->name, "flow") == 0)
        save_ended(sink->save, record->conversation->id);
}

/* False where --only leaves this dataset out. */
static bool count_record(struct sink *sink, const struct record *record)
{
    for (size_t i = 0; i < sink->dataset_count; i++)
        if (sink->datasets[i] == record->dataset) {
            sink->records[i]++;
            return !sink->only || sink->only[i];
        }
    return !sink->only;
}

/* --conversation, -Y */
static bool passes(const struct sink *sink, const struct record *record)
{
    if (sink->conversation != 0 && (!record->conversation || record->conversation->id != sink->conversation))
        return false;
    return !sink->display_filter || display_filter_matches(sink->display_filter, record);
}

static void pass(struct sink *sink, const struct record *record)
{
    sink->passed++;
    if (sink->output)
        output_record(sink->output, record);
}

void sink_write(void *context, const struct record *record)
{
    struct sink *sink = context;
    if (sink->skipped > 0) {
        sink->skipped--;
        return;
    }
    bool wanted = count_record(sink, record);
    tell_save(sink, record, wanted);
    wanted = wanted && passes(sink, record);
    if (sink->threads)
        run_threads_record(sink->threads, record, wanted);
    else if (sink->ranking)
        ranking_record(sink->ranking, record);
    if (wanted)
        pass(sink, record);
}

void sink_pause(void *context)
{
    struct sink *sink = context;
    if (sink->threads)
        run_threads_pause(sink->threads);
}

void sink_write_always(void *context, const struct record *record)
{
    struct sink *sink = context;
    count_record(sink, record);
    pass(sink, record);
}
