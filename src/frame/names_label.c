/* SPDX-License-Identifier: BSD-3-Clause */
#include "names.h"

#include "record/late.h"

struct labelling {
    struct names *names;
    const struct record *record;
    uint64_t (*conversation_number)(void *context, uint64_t id);
    void *context;
};

static bool is_other_name(void *context, uint64_t hash)
{
    const struct labelling *labelling = context;
    const struct conversation *conversation = labelling->record->conversation;
    int64_t began_ns = labelling->record->request.frame ? labelling->record->request.time_ns
                                                        : conversation->first.time_ns;
    return !names_agree(labelling->names, &conversation->source.ip, &conversation->destination.ip, hash, began_ns);
}

static uint64_t conversation_number(void *context, uint64_t id)
{
    const struct labelling *labelling = context;
    return labelling->conversation_number ? labelling->conversation_number(labelling->context, id) : id;
}

/* A name that held when the two began to talk holds for all that they say. */
void names_label(struct names *names, struct record *record, uint64_t (*number)(void *context, uint64_t id),
                 void *context)
{
    const struct conversation *conversation = record->conversation;
    if (conversation && names) {
        const struct address *client = &conversation->source.ip, *server = &conversation->destination.ip;
        record->source_domain = names_find(names, client, client, conversation->first.time_ns);
        record->destination_domain = names_find(names, client, server, conversation->first.time_ns);
    }
    if (!record->has_late)
        return;
    struct labelling labelling = {names, record, number, context};
    const struct late late = {.server = record->destination_domain,
                              .context = &labelling,
                              .is_other_name = is_other_name,
                              .conversation_number = conversation_number};
    record_settle(record, &late);
}
