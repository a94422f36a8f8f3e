/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/engine.h"
#include "engine_budget.h"
#include "engine_part.h"
#include "stats.h"

#include "decode/decode.h"
#include "file/save.h"
#include "flow/flow.h"
#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session.h"
#include "util/budget.h"
#include "util/siphash.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = FLOW_AHEAD }; /* frames decoded ahead */

struct engine {
    struct budget budget;
    struct session_shared shared;
    struct files files;
    struct decoder *decoder;
    struct flow_table *flows;
    bool has_conversation; /* the last frame may have one */
    bool is_fragment;      /* it was a piece of a datagram */
    uint64_t frames, bytes;
    int64_t first_ns, last_ns;
    uint64_t overheard_stops[DECODE_STOP_COUNT]; /* of frames that another part counts */
    uint64_t overheard_checksums;
    struct packet batch[BATCH];
};

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    flow_table_free(engine->flows);
    decoder_free(engine->decoder);
    session_shared_done(&engine->shared);
    files_close(&engine->files);
    names_free(engine->shared.names);
    port_map_free(engine->shared.ports);
    free(engine);
}

static bool wire(struct engine *engine, const struct engine_options *options, const struct engine_part *part)
{
    struct session_shared *shared = &engine->shared;
    shared->exit = part->exit;
    shared->turn = SESSION_TURN_FRAME;
    shared->part = part->part;
    shared->other_parts = part->other_parts;
    shared->budget = &engine->budget;
    shared->sink = options->sink;
    shared->wants_notes = !options->no_notes;
    shared->ends_all = options->ends_all;
    shared->tap = options->tap;
    shared->ports = port_map_new();
    shared->files = &engine->files;
    if (files_open(&engine->files, options->hash_files, options->extract_folder, options->extract_descriptor,
                   options->extract_limit ? options->extract_limit : LIMIT_EXTRACT_BYTES) != 0)
        return false;
    shared->host_key = siphash_key_random();
    shared->names = options->no_names || part->exit ? NULL : names_new(&engine->budget);
    engine->decoder = decoder_new(&engine->budget, options->strict_checksums);
    engine->flows = flow_table_new(shared);
    shared->stack = options->stack;
    if (engine->decoder)
        decoder_set_stack(engine->decoder, options->stack);
    return shared->ports && (shared->names || options->no_names || part->exit) && engine->decoder && engine->flows;
}

struct engine *engine_new(const struct engine_options *options)
{
    static const struct engine_part whole = {.exit = NULL};
    return engine_new_part(options, &whole);
}

struct engine *engine_new_part(const struct engine_options *options, const struct engine_part *part)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return NULL;
    engine->files.folder = -1;
    budget_init(&engine->budget, options->memory_limit ? options->memory_limit : (size_t)LIMIT_MEMORY_MIB << 20);
    if (!wire(engine, options, part)) {
        engine_free(engine);
        return NULL;
    }
    for (size_t i = 0; i < options->port_count; i++)
        port_map_set(engine->shared.ports, options->ports[i].port, options->ports[i].dissector);
    return engine;
}

/* Anomalies of a packet that belongs to no conversation. */
static void report(struct engine *engine, const struct packet *packet)
{
    for (unsigned i = 0; i < packet->anomaly_count; i++)
        session_anomaly(&engine->shared, NULL, packet->anomalies[i].name, packet->anomalies[i].a,
                        packet->anomalies[i].b);
}

static inline void count_frame(struct engine *engine, const struct frame *frame)
{
    if (engine->frames == 0 || frame->moment.time_ns < engine->first_ns)
        engine->first_ns = frame->moment.time_ns;
    if (engine->frames == 0 || frame->moment.time_ns > engine->last_ns)
        engine->last_ns = frame->moment.time_ns;
    engine->frames++;
    engine->bytes += frame->wire_length;
}

void engine_frame(struct engine *engine, const struct frame *frame)
{
    struct packet packet;
    enum decode_stop stop = decode_frame(engine->decoder, frame, &packet);
    count_frame(engine, frame);
    engine->is_fragment = stop == DECODE_FRAGMENT_WAITING || stop == DECODE_FRAGMENT_DROPPED;
    engine->has_conversation = stop == DECODE_PACKET || (stop == DECODE_ICMP && packet.icmp.present);
    if (engine->has_conversation) {
        flow_packet(engine->flows, &packet);
        return;
    }
    flow_pass(engine->flows, frame->moment);
    report(engine, &packet);
}

/* Those of other parts up to `end`. */
static inline void pass_others(struct engine *engine, struct engine_others *others, size_t end)
{
    int64_t latest_ns = INT64_MIN;
    if (others->next >= end)
        return;
    for (; others->next < end; others->next++) {
        const struct moment moment = others->moments[others->next];
        latest_ns = moment.time_ns > latest_ns ? moment.time_ns : latest_ns;
        flow_pass(engine->flows, moment);
    }
    decode_pass(engine->decoder, latest_ns);
    engine->has_conversation = false;
}

/* All that are plain up to `count`; what is decoded ahead of its turn changes nothing that another frame could see. */
static size_t take_plain(struct engine *engine, const struct frame *frames, size_t count, struct engine_others *others,
                         const uint16_t *places)
{
    size_t decoded = decode_ahead(engine->decoder, frames, count < BATCH ? count : BATCH, engine->batch);
    flow_prefetch(engine->flows, engine->batch, decoded);
    for (size_t i = 0; i < decoded; i++) {
        if (others) {
            pass_others(engine, others, places[i]);
            others->next++;
        }
        count_frame(engine, &frames[i]);
        flow_packet_ahead(engine->flows, &engine->batch[i], i);
    }
    if (decoded > 0) {
        engine->is_fragment = false;
        engine->has_conversation = true;
    }
    return decoded;
}

void engine_frames(struct engine *engine, const struct frame *frames, size_t count)
{
    for (size_t done = 0; done < count;) {
        size_t plain = take_plain(engine, frames + done, count - done, NULL, NULL);
        done += plain;
        if (plain == 0)
            engine_frame(engine, &frames[done++]);
    }
}

void engine_frames_among(struct engine *engine, const struct frame *frames, const uint16_t *places, size_t count,
                         struct engine_others *others)
{
    for (size_t done = 0; done < count;) {
        size_t plain = take_plain(engine, frames + done, count - done, others, places + done);
        done += plain;
        if (plain > 0)
            continue;
        pass_others(engine, others, places[done]);
        others->next++;
        engine_frame(engine, &frames[done++]);
    }
}

void engine_pass_others(struct engine *engine, struct engine_others *others, size_t end)
{
    pass_others(engine, others, end);
}

void engine_overhear(struct engine *engine, const struct frame *frame)
{
    struct packet packet;
    enum decode_stop stop = decode_frame(engine->decoder, frame, &packet);
    engine->overheard_stops[stop]++;
    engine->overheard_checksums += packet.bad_checksum;
    engine->has_conversation = false;
    flow_pass(engine->flows, frame->moment);
}

void engine_pass(struct engine *engine, struct moment moment)
{
    engine->has_conversation = false;
    decode_pass(engine->decoder, moment.time_ns);
    flow_pass(engine->flows, moment);
}

const struct conversation *engine_conversation(const struct engine *engine)
{
    return engine->has_conversation ? flow_current(engine->flows) : NULL;
}

bool engine_is_fragment(const struct engine *engine)
{
    return engine->is_fragment;
}

void engine_idle(struct engine *engine, int64_t time_ns)
{
    flow_idle(engine->flows, time_ns);
}

void engine_finish(struct engine *engine)
{
    flow_table_finish(engine->flows);
}

struct budget *engine_budget(struct engine *engine)
{
    return &engine->budget;
}

static void fill_flows(const struct engine *engine, struct engine_statistics *s)
{
    const struct flow_statistics *flows = flow_table_statistics(engine->flows);
    s->conversations = flows->opened;
    s->untracked = flows->untracked;
    for (size_t i = 0; i < sizeof s->ended / sizeof *s->ended; i++) {
        s->ended[i] = flows->ended[i];
        s->conversations_ended += flows->ended[i];
    }
    s->seen_bytes = flows->seen_bytes;
    s->delivered_bytes = flows->delivered_bytes;
    s->gap_bytes = flows->gap_bytes;
    s->duplicate_bytes = flows->duplicate_bytes;
    s->over_limit_bytes = flows->over_limit_bytes;
}

size_t engine_unknown_ports(const struct engine *engine, struct flow_unknown_port *ret_rows, size_t capacity)
{
    return flow_unknown_ports(engine->flows, ret_rows, capacity);
}

void engine_add_unknown(const struct engine *engine, struct flow_unknown_port *sums)
{
    flow_add_unknown(engine->flows, sums);
}

void engine_show_unknown(const struct flow_unknown_port *rows, size_t count, struct engine_statistics *ret_statistics)
{
    ret_statistics->unknown_count = count;
    for (size_t i = 0; i < count; i++)
        ret_statistics->unknown[i] = (struct engine_unknown){rows[i].transport == TRANSPORT_TCP ? "tcp" : "udp",
                                                             rows[i].port, rows[i].conversations, rows[i].bytes};
}

static void fill_unknown(const struct engine *engine, struct engine_statistics *s)
{
    struct flow_unknown_port rows[sizeof s->unknown / sizeof *s->unknown];
    engine_show_unknown(rows, flow_unknown_ports(engine->flows, rows, sizeof rows / sizeof *rows), s);
}

static void fill_files(const struct engine *engine, struct engine_statistics *s)
{
    s->files = engine->files.seen;
    s->files_saved = engine->files.saved;
    s->files_not_saved = engine->files.not_saved;
    snprintf(s->extract_error, sizeof s->extract_error, "%s", engine->files.error);
}

/* Most first; there are few, so sorting by insertion will do. */
void engine_credentials_fill(const struct session_shared *shared, struct engine_statistics *s)
{
    for (size_t i = 0; i < shared->credential_rows; i++) {
        const struct credential_row *row = &shared->credentials[i];
        size_t at = s->credential_count++;
        for (; at > 0 && s->credentials[at - 1].count < row->count; at--)
            s->credentials[at] = s->credentials[at - 1];
        s->credentials[at] = (struct engine_credentials){row->protocol, row->server, row->count};
    }
    if (shared->credentials_elsewhere > 0)
        s->credentials[s->credential_count++] = (struct engine_credentials){.count = shared->credentials_elsewhere};
}

void engine_statistics(const struct engine *engine, struct engine_statistics *ret_statistics)
{
    struct engine_statistics *s = ret_statistics;
    const struct decoder_statistics *decoder = decoder_statistics(engine->decoder);
    *s = (struct engine_statistics){
        .frames = engine->frames,
        .bytes = engine->bytes,
        .first_ns = engine->first_ns,
        .last_ns = engine->last_ns,
        .records = engine->shared.records,
        .anomalies = engine->shared.anomalies,
        .bad_checksums = decoder->bad_checksums - engine->overheard_checksums,
        .datagrams_reassembled = decoder->datagrams_reassembled,
        .datagrams_given_up = decoder->datagrams_given_up,
        .memory_used = engine->budget.used,
        .memory_peak = engine->budget.peak,
        .memory_limit = engine->budget.limit,
        .memory_refused = engine->budget.refused,
        .memory_failed = engine->budget.failed,
    };
    static_assert(DECODE_STOP_COUNT <= sizeof s->stops / sizeof *s->stops, "every stop has its row");
    for (int stop = 0; stop < DECODE_STOP_COUNT; stop++)
        s->stops[s->stop_count++] = (struct engine_stop){decode_stop_name((enum decode_stop)stop),
                                                         decoder->stops[stop] - engine->overheard_stops[stop]};
    s->unknown_link_frames = s->stops[DECODE_UNKNOWN_LINK].frames;
    s->unknown_link_first = decoder->unknown_link_frame;
    s->unknown_link_type = decoder->unknown_link_type;
    fill_files(engine, s);
    engine_credentials_fill(&engine->shared, s);
    memcpy(s->anomaly_counts, engine->shared.anomaly_counts, sizeof s->anomaly_counts);
    fill_flows(engine, s);
    fill_unknown(engine, s);
}

const struct dissector *dissector_find(const char *name)
{
    for (const struct dissector *const *d = dissector_registry; *d; d++)
        if (strcmp((*d)->name, name) == 0)
            return *d;
    return NULL;
}

/* Several dissectors may carry the same kind of object. */
static size_t add_dataset(const struct dataset **datasets, size_t count, size_t capacity, const struct dataset *dataset)
{
    for (size_t i = 0; i < count; i++)
        if (datasets[i] == dataset)
            return count;
    if (dataset && count < capacity)
        datasets[count++] = dataset;
    return count;
}

size_t dataset_list(const struct dataset **ret_datasets, size_t capacity)
{
    size_t count = 0;
    for (const struct dissector *const *d = dissector_registry; *d; d++) {
        count = add_dataset(ret_datasets, count, capacity, (*d)->dataset);
        for (const struct dataset *const *more = (*d)->more_datasets; more && *more; more++)
            count = add_dataset(ret_datasets, count, capacity, *more);
    }
    if (count < capacity)
        ret_datasets[count++] = &file_dataset;
    if (count < capacity)
        ret_datasets[count++] = &flow_dataset;
    if (count < capacity)
        ret_datasets[count++] = &anomaly_dataset;
    if (count < capacity)
        ret_datasets[count++] = &stats_dataset;
    return count;
}
