/* SPDX-License-Identifier: BSD-3-Clause */
#include "sink.h"

void sink_init(struct sink *sink, struct output *output, const struct options *options)
{
    *sink = (struct sink){.output = output, .only = options->only_some ? options->only : NULL};
    size_t count = dataset_list(sink->datasets, OPTIONS_DATASETS);
    sink->dataset_count = count < OPTIONS_DATASETS ? count : OPTIONS_DATASETS;
}

void sink_write(void *context, const struct record *record)
{
    struct sink *sink = context;
    for (size_t i = 0; i < sink->dataset_count; i++)
        if (sink->datasets[i] == record->dataset) {
            sink->records[i]++;
            if (!sink->only || sink->only[i])
                output_record(sink->output, record);
            return;
        }
    if (!sink->only)
        output_record(sink->output, record);
}
