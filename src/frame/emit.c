/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a dissector may ask of the core during a hook, and how records and anomalies leave.
 */
#include "inflate.h"
#include "names.h"
#include "session_state.h"

#include "util/budget.h"

#include <stdio.h>

enum anomaly_field { ANOMALY_FIELD_NAME, ANOMALY_FIELD_DETAIL, ANOMALY_FIELD_COUNT };

static const struct field anomaly_fields[ANOMALY_FIELD_COUNT] = {
    [ANOMALY_FIELD_NAME] = {.name = "overhear.anomaly.name",
                            .type = FIELD_TEXT,
                            .meaning = "what should not be, as layer.what",
                            .catalog = "anomaly"},
    [ANOMALY_FIELD_DETAIL] = {.name = "overhear.anomaly.detail",
                              .type = FIELD_TEXT,
                              .meaning = "a sentence with the figures of this case"},
};

static const struct line anomaly_lines[] = {
    {SPEAKER_SAME, DETAIL_ALL, LINE_ONCE, "{!overhear.anomaly.name}  {overhear.anomaly.detail}", NULL},
};

const struct dataset anomaly_dataset = {
    .name = "anomaly",
    .title = "Anomaly",
    .fields = anomaly_fields,
    .field_count = ANOMALY_FIELD_COUNT,
    .lines = anomaly_lines,
    .line_count = sizeof anomaly_lines / sizeof *anomaly_lines,
};

void session_write(struct session_shared *shared, struct record *record)
{
    shared->records++;
    if (shared->broken_off.len > 0)
        record_mark_cut(record, shared->broken_off);
    if (shared->exit) {
        shared->exit->record(shared->exit->context, shared, record);
        return;
    }
    names_label(shared->names, record, NULL, NULL);
    if (shared->sink.write)
        shared->sink.write(shared->sink.context, record);
}

bool emit_broken_off(const struct emitter *emitter)
{
    return emitter->session->shared->broken_off.len > 0;
}

void session_opened(struct session_shared *shared, const struct conversation *conversation)
{
    if (shared->exit)
        shared->exit->opened(shared->exit->context, shared, conversation);
}

uint64_t session_number(struct session_shared *shared, const struct conversation *conversation)
{
    return shared->exit ? shared->exit->number(shared->exit->context, shared, conversation) : conversation->id;
}

void session_crossing(struct session_shared *shared, const struct crossing *crossing)
{
    if (shared->exit && shared->exit->crossing)
        shared->exit->crossing(shared->exit->context, shared, crossing);
}

/* The sentence with its figures. Returns its length. */
static size_t fill_detail(enum anomaly anomaly, uint64_t a, uint64_t b, char *ret_text, size_t size)
{
    size_t length = 0;
    for (const char *at = anomaly_detail(anomaly); *at && length + 24 < size;) {
        if (at[0] == '{' && (at[1] == 'a' || at[1] == 'b') && at[2] == '}') {
            int n = snprintf(ret_text + length, size - length, "%llu", (unsigned long long)(at[1] == 'a' ? a : b));
            length += n > 0 ? (size_t)n : 0;
            at += 3;
        } else {
            ret_text[length++] = *at++;
        }
    }
    return length;
}

static void write_anomaly(struct session_shared *shared, struct conversation *conversation, enum anomaly anomaly,
                          uint64_t a, uint64_t b)
{
    struct record *record = &shared->blank;
    char detail[256];
    if (record->budget)
        record_reuse(record, &anomaly_dataset);
    else
        record_init(record, &anomaly_dataset, shared->budget);
    record->conversation = conversation;
    record->wants_notes = shared->wants_notes;
    record->first = record->last = session_heard(shared);
    record_word(record, ANOMALY_FIELD_NAME, anomaly_name(anomaly));
    record_text(record, ANOMALY_FIELD_DETAIL, bytes_of(detail, fill_detail(anomaly, a, b, detail, sizeof detail)));
    session_write(shared, record);
}

enum anomaly session_anomaly_of(const struct record *record)
{
    struct bytes name = record_find_text(record, ANOMALY_FIELD_NAME);
    unsigned anomaly = 0;
    while (anomaly < ANOMALY_COUNT && !bytes_is(name, anomaly_name((enum anomaly)anomaly)))
        anomaly++;
    return (enum anomaly)anomaly;
}

void session_anomaly(struct session_shared *shared, struct conversation *conversation, enum anomaly anomaly, uint64_t a,
                     uint64_t b)
{
    shared->anomalies++;
    shared->anomaly_counts[anomaly]++;
    uint64_t before = conversation ? conversation->anomaly_records++ : shared->loose_anomalies[anomaly]++;
    if (before < LIMIT_ANOMALIES)
        write_anomaly(shared, conversation, anomaly, a, b);
    else if (conversation)
        conversation->anomaly_records = LIMIT_ANOMALIES;
}

void emit_anomaly(struct emitter *emitter, enum anomaly anomaly, uint64_t a, uint64_t b)
{
    emitter->session->state->spoke = true;
    session_anomaly(emitter->session->shared, emitter->session->conversation, anomaly, a, b);
}

const struct conversation *emit_conversation(const struct emitter *emitter)
{
    return emitter->session->conversation;
}

struct moment emit_now(const struct emitter *emitter)
{
    return emitter->session->shared->moment;
}

bool emit_wants_notes(const struct emitter *emitter)
{
    return emitter->session->shared->wants_notes;
}

void emit_name(struct emitter *emitter, enum name_kind kind, const struct address *asker, const struct address *address,
               struct bytes name, uint32_t ttl_s)
{
    const struct session_shared *shared = emitter->session->shared;
    if (shared->exit)
        shared->exit->lesson(shared->exit->context, shared, kind, asker, address, name, ttl_s);
    else if (shared->names)
        names_learn(shared->names, kind, asker, address, name, shared->moment.time_ns, ttl_s);
}

void *emit_scratch(struct emitter *emitter, size_t size)
{
    struct session_shared *shared = emitter->session->shared;
    if (size <= shared->scratch_size)
        return shared->scratch;
    void *scratch = budget_resize(shared->budget, shared->scratch, shared->scratch_size, size);
    if (!scratch) {
        emit_anomaly(emitter, ANOMALY_MEMORY_LIMIT, size, 0);
        return NULL;
    }
    shared->scratch = scratch;
    shared->scratch_size = size;
    return scratch;
}

void session_shared_done(struct session_shared *shared)
{
    expectations_free(shared->expectations);
    charsets_free(shared->charsets);
    transactions_shared_done(shared);
    objects_shared_done(shared);
    if (shared->blank.budget)
        record_done(&shared->blank);
    shared->blank.budget = NULL;
    inflaters_shared_done(shared);
    session_blocks_done(shared);
    shared->expectations = NULL;
    shared->charsets = NULL;
    budget_give(shared->budget, shared->scratch, shared->scratch_size);
    shared->scratch = NULL;
    shared->scratch_size = 0;
}

void emit_remember(struct emitter *emitter, uint64_t what)
{
    struct session_shared *shared = emitter->session->shared;
    const struct conversation *c = emitter->session->conversation;
    shared->recollections[shared->recollection_count++ % LIMIT_RECOLLECTIONS] = (struct recollection){
        c->source.ip, c->destination.ip, what, shared->moment};
    session_crossing(shared, &(struct crossing){.kind = CROSSING_REMEMBERED, .conversation = c, .what = what});
}

static const struct recollection *recall(const struct session_shared *shared, const struct conversation *c,
                                         uint64_t what)
{
    uint64_t kept = shared->recollection_count < LIMIT_RECOLLECTIONS ? shared->recollection_count : LIMIT_RECOLLECTIONS;
    for (uint64_t back = 1; back <= kept; back++) {
        const struct recollection *r =
            &shared->recollections[(shared->recollection_count - back) % LIMIT_RECOLLECTIONS];
        if (r->what == what && memcmp(&r->client, &c->source.ip, sizeof r->client) == 0 &&
            memcmp(&r->server, &c->destination.ip, sizeof r->server) == 0)
            return r;
    }
    return NULL;
}

bool emit_recall(const struct emitter *emitter, uint64_t what, struct moment *ret_moment)
{
    struct session_shared *shared = emitter->session->shared;
    const struct conversation *c = emitter->session->conversation;
    const struct recollection *found = recall(shared, c, what);
    session_crossing(shared, &(struct crossing){.kind = CROSSING_RECALLED,
                                                .conversation = c,
                                                .what = what,
                                                .frame = found ? found->moment.frame : 0});
    if (found)
        *ret_moment = found->moment;
    return found != NULL;
}

void emit_hand_over(struct emitter *emitter, const char *dissector_name)
{
    emitter->next_dissector = dissector_name;
    emitter->session->state->meant_for = 0;
}

void session_credential(struct session_shared *shared, const char *protocol, const struct endpoint *server)
{
    for (size_t i = 0; i < shared->credential_rows; i++) {
        struct credential_row *row = &shared->credentials[i];
        if (row->protocol == protocol && row->server.port == server->port &&
            memcmp(&row->server.ip, &server->ip, sizeof row->server.ip) == 0) {
            row->count++;
            return;
        }
    }
    if (shared->credential_rows < LIMIT_CREDENTIAL_SERVERS)
        shared->credentials[shared->credential_rows++] = (struct credential_row){protocol, *server, 1};
    else
        shared->credentials_elsewhere++;
}

void emit_credential(struct emitter *emitter)
{
    struct session_shared *shared = emitter->session->shared;
    const struct conversation *c = emitter->session->conversation;
    session_credential(shared, c->protocol, &c->destination);
    session_crossing(shared, &(struct crossing){.kind = CROSSING_CREDENTIAL, .conversation = c});
}

bool emit_inflate_begin(struct emitter *emitter, enum side side, enum inflate_format format)
{
    struct inflater **inflater = &emitter->session->state->inflaters[side];
    inflater_free(emitter->session->shared, *inflater);
    *inflater = inflater_new(emitter->session->shared, format == INFLATE_GZIP ? INFLATER_GZIP : INFLATER_DEFLATE);
    return *inflater != NULL;
}

enum inflate_result emit_inflate(struct emitter *emitter, enum side side, struct bytes piece, uint64_t *decoded_bytes,
                                 const struct byte_sink *sink)
{
    struct inflater *inflater = emitter->session->state->inflaters[side];
    if (!inflater)
        return INFLATE_BAD;
    uint64_t before = inflater_out(inflater);
    enum inflate_result result = inflater_take(inflater, piece, sink);
    *decoded_bytes += inflater_out(inflater) - before;
    return result;
}

void emit_inflate_end(struct emitter *emitter, enum side side)
{
    inflater_free(emitter->session->shared, emitter->session->state->inflaters[side]);
    emitter->session->state->inflaters[side] = NULL;
}

void emit_inflate_stream(struct emitter *emitter, enum side side)
{
    struct session_state *state = emitter->session->state;
    if (state->streams[side] || emitter->session->conversation->transport != TRANSPORT_TCP)
        return;
    state->streams[side] = inflater_new(emitter->session->shared, INFLATER_RAW);
    if (!state->streams[side]) {
        emit_anomaly(emitter, ANOMALY_MEMORY_LIMIT, 0, 0);
        state->sides[side].unreadable = true;
    }
    state->sides[side].switched = true;
}
