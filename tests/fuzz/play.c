/* SPDX-License-Identifier: BSD-3-Clause */
#include "play.h"

#include "harness.h"

#include "file/save.h"
#include "frame/inflate.h"
#include "frame/names.h"
#include "frame/ports.h"
#include "frame/session_state.h"
#include "util/budget.h"

enum {
    MEMORY = 48 << 20,
    FAIL_MARK = 0xc0,
    FIRST_CLIENT_PORT = 50000,
    CONVERSATIONS = 2,
    MILLISECOND = 1000000,
};

struct talk {
    struct conversation conversation;
    struct session session;
    bool swapped; /* roles turned out to be the other way round */
    bool ended[2];
    bool over;
    bool tried_again; /* in mid-stream: with the next piece, since nobody wanted this one */
};

struct stage {
    const struct play *play;
    struct session_shared shared;
    struct budget budget;
    struct files files;
    struct talk talks[CONVERSATIONS];
    uint64_t bytes;
};

/* What is dear to make and the same for every input is made once: the map of ports, the chunks that blocks lie in, and
 * names as long as none was learned. */
static struct names *names;
static struct budget names_budget;
static bool names_were_learned;

void __real_names_learn(struct names *to, enum name_kind kind, const struct address *asker,
                        const struct address *address, struct bytes name, int64_t now_ns, uint32_t ttl_s);
void __wrap_names_learn(struct names *to, enum name_kind kind, const struct address *asker,
                        const struct address *address, struct bytes name, int64_t now_ns, uint32_t ttl_s);

void __wrap_names_learn(struct names *to, enum name_kind kind, const struct address *asker,
                        const struct address *address, struct bytes name, int64_t now_ns, uint32_t ttl_s)
{
    names_were_learned = true;
    __real_names_learn(to, kind, asker, address, name, now_ns, ttl_s);
}

/* How far libisal comes in a stream that is bad depends a little on the pieces that it is given. */
static bool stream_was_bad;

enum inflate_result __real_inflater_take(struct inflater *inflater, struct bytes piece, const struct byte_sink *sink);
enum inflate_result __wrap_inflater_take(struct inflater *inflater, struct bytes piece, const struct byte_sink *sink);

enum inflate_result __wrap_inflater_take(struct inflater *inflater, struct bytes piece, const struct byte_sink *sink)
{
    enum inflate_result result = __real_inflater_take(inflater, piece, sink);
    stream_was_bad = stream_was_bad || result == INFLATE_BAD;
    return result;
}

static struct names *fresh_names(void)
{
    if (names_were_learned) {
        names_free(names);
        names = NULL;
        demand(names_budget.used == 0 && names_budget.peak <= MEMORY);
    }
    if (!names) {
        budget_init(&names_budget, MEMORY);
        names = names_new(&names_budget);
        names_were_learned = false;
    }
    return names;
}

/* All is forgotten but the chunks, of which nothing is charged while they hold no block. */
static void forget(struct stage *stage)
{
    struct session_shared kept = {.budget = NULL};
    struct slab_region *regions = stage->budget.regions;
    memcpy(kept.sessions, stage->shared.sessions, sizeof kept.sessions);
    memcpy(kept.states, stage->shared.states, sizeof kept.states);
    memset(stage, 0, sizeof *stage);
    memcpy(stage->shared.sessions, kept.sessions, sizeof kept.sessions);
    memcpy(stage->shared.states, kept.states, sizeof kept.states);
    budget_init(&stage->budget, MEMORY);
    stage->budget.regions = regions;
}

/* As session_shared_done, but for the blocks. */
static void give_back(struct session_shared *shared)
{
    expectations_free(shared->expectations);
    charsets_free(shared->charsets);
    transactions_shared_done(shared);
    objects_shared_done(shared);
    if (shared->blank.budget)
        record_done(&shared->blank);
    inflaters_shared_done(shared);
    budget_give(shared->budget, shared->scratch, shared->scratch_size);
}

static struct address address_of(struct bytes octets)
{
    struct address address = {.family = 4};
    bytes_copy(address.octets, 4, octets);
    return address;
}

static void set_up_talk(struct stage *stage, unsigned which, struct bytes header, uint64_t id)
{
    struct talk *talk = &stage->talks[which];
    const struct play *play = stage->play;
    unsigned flags = bytes_at(header, 1);
    size_t way = which == 0 ? bytes_at(header, 0) % play->way_count : flags / PLAY_WAY_B;
    struct play_way to = play->ways[which == 0 ? way : (way + play->way_count - 1) % play->way_count];
    struct conversation *own = &talk->conversation;
    if (which == 1 && way == 0)
        to.port = bytes_u16(header, 3);
    *own = (struct conversation){
        .id = id,
        .transport = to.transport,
        .source = {address_of(bytes_slice(header, 5, 4)), (uint16_t)(FIRST_CLIENT_PORT + which)},
        .destination = {address_of(bytes_slice(header, 9, 4)), to.port},
        .midstream = to.transport == TRANSPORT_TCP && (flags & (which == 0 ? PLAY_MIDSTREAM_A : PLAY_MIDSTREAM_B)),
        .time_digits = 6,
    };
    if (which == 1 && (flags & PLAY_REVERSED_B)) {
        const struct address source = own->source.ip;
        own->source.ip = own->destination.ip;
        own->destination.ip = source;
    }
    session_init(&talk->session, &stage->shared, own);
}

static void set_up(struct stage *stage, const struct play *play, struct bytes input, struct record_watch *watch)
{
    static struct port_map *ports; /* always the same */
    struct session_shared *shared = &stage->shared;
    if (!ports)
        ports = port_map_new();
    forget(stage);
    stage->play = play;
    demand(files_open(&stage->files, (bytes_at(input, 1) & PLAY_HASH) != 0, NULL, 0, 0) == 0);
    shared->budget = &stage->budget;
    shared->names = fresh_names();
    shared->ports = ports;
    shared->files = &stage->files;
    shared->sink = (struct record_sink){watch, record_watch_write};
    shared->wants_notes = true;
    shared->now_ns = shared->moment.time_ns = INT64_C(1700000000) * 1000 * MILLISECOND;
    demand(shared->ports && shared->names);
    for (unsigned which = 0; which < CONVERSATIONS; which++)
        set_up_talk(stage, which, input, play->number * CONVERSATIONS + which + 1);
    unsigned fails = bytes_at(input, 2);
    if ((fails & FAIL_MARK) == FAIL_MARK)
        stage->budget.fail_at = fails - FAIL_MARK + 1;
}

static void after_call(struct talk *talk)
{
    const struct session_state *state = talk->session.state;
    if (session_take_swap(&talk->session))
        talk->swapped = !talk->swapped;
    talk->tried_again = talk->tried_again || (talk->conversation.midstream && state && state->attempts > 0);
}

static enum side side_of(const struct talk *talk, unsigned how)
{
    return ((how & 1) != 0) != talk->swapped ? SIDE_SERVER : SIDE_CLIENT;
}

static void see(struct stage *stage, struct talk *talk)
{
    struct conversation *own = &talk->conversation;
    if (own->first.frame == 0) {
        own->first = stage->shared.moment;
        session_opened(&stage->shared, own);
    }
    own->last = stage->shared.moment;
}

static void tell_datagram(struct stage *stage, struct talk *talk, const struct play_step *step)
{
    (void)session_wake(&talk->session);
    see(stage, talk);
    uint8_t *copy = fuzz_copy(step->data);
    bool cut = play_kind_of(step->how) == PLAY_CUT;
    session_datagram(&talk->session, side_of(talk, step->how), bytes_of(copy, step->data.len),
                     step->data.len + (cut ? 10 : 0), stage->shared.moment);
    free(copy);
    after_call(talk);
    if (stage->play->rests)
        (void)session_rest(&talk->session);
}

static void tell_data(struct stage *stage, struct talk *talk, const struct play_step *step)
{
    size_t piece = stage->play->piece ? stage->play->piece : step->data.len;
    see(stage, talk);
    for (struct bytes rest = step->data; rest.len > 0; rest = bytes_skip(rest, piece)) {
        struct bytes now = bytes_first(rest, piece);
        uint8_t *copy = fuzz_copy(now);
        session_data(&talk->session, side_of(talk, step->how), bytes_of(copy, now.len), stage->shared.moment);
        free(copy);
        after_call(talk);
    }
}

static void tell_end(struct stage *stage, struct talk *talk, const struct play_step *step)
{
    enum side side = side_of(talk, step->how);
    if (talk->conversation.transport == TRANSPORT_UDP) {
        if (talk->conversation.first.frame == 0)
            return; /* about nothing that was seen */
        const struct icmp_error error = {.present = true,
                                         .type = (uint8_t)(step->length >> 8),
                                         .code = (uint8_t)step->length,
                                         .transport = TRANSPORT_UDP};
        session_icmp_error(&talk->session, &error, 4);
        return;
    }
    see(stage, talk);
    if (stage->play->rounds > 1)
        return; /* what is over costs nothing any more */
    if (step->length & 1) {
        session_end(&talk->session, END_RST);
        talk->over = true;
        return;
    }
    session_side_end(&talk->session, side, stage->shared.moment);
    talk->ended[side] = true;
    after_call(talk);
}

static void tell_gap(struct stage *stage, struct talk *talk, const struct play_step *step)
{
    uint64_t length = step->length;
    if (talk->conversation.transport == TRANSPORT_UDP)
        return; /* nobody can tell */
    see(stage, talk);
    if (play_kind_of(step->how) == PLAY_LEAP)
        length *= 4096;
    session_gap(&talk->session, side_of(talk, step->how), length);
    after_call(talk);
}

static void tell(struct stage *stage, const struct play_step *step)
{
    struct session_shared *shared = &stage->shared;
    struct talk *talk = &stage->talks[step->how >> 1 & 1];
    enum play_kind kind = play_kind_of(step->how);
    shared->moment.frame++;
    shared->moment.time_ns += MILLISECOND + (kind == PLAY_TIME ? (int64_t)step->length * 1000 * MILLISECOND : 0);
    shared->now_ns = shared->moment.time_ns;
    stage->bytes += step->data.len + PLAY_STEP;
    if (kind == PLAY_TIME) {
        session_tick(&stage->talks[0].session);
        session_tick(&stage->talks[1].session);
        return;
    }
    if (talk->over || (kind <= PLAY_CUT && talk->ended[side_of(talk, step->how)]))
        return;
    if (kind == PLAY_END)
        tell_end(stage, talk, step);
    else if (kind > PLAY_CUT)
        tell_gap(stage, talk, step);
    else if (talk->conversation.transport == TRANSPORT_UDP)
        tell_datagram(stage, talk, step);
    else
        tell_data(stage, talk, step);
    demand(stage->budget.used <= MEMORY);
}

static void finish(struct stage *stage)
{
    for (unsigned which = CONVERSATIONS; which-- > 0;) {
        struct talk *talk = &stage->talks[which];
        if (!talk->over)
            session_end(&talk->session, talk->ended[0] && talk->ended[1] ? END_FIN : END_CAPTURE);
        demand(talk->session.state == NULL);
    }
}

bool play_may_be_cut(const struct play *play, struct bytes input)
{
    unsigned flags = bytes_at(input, 1);
    const size_t nobodys = play->way_count - 2;
    size_t a = bytes_at(input, 0) % play->way_count;
    size_t b = (flags / PLAY_WAY_B + play->way_count - 1) % play->way_count;
    return !((flags & PLAY_MIDSTREAM_A) && a >= nobodys) && !((flags & PLAY_MIDSTREAM_B) && b >= nobodys);
}

struct play_result play_conversations(const struct play *play, struct bytes input, struct record_watch *watch)
{
    static struct stage stage;
    stream_was_bad = false;
    set_up(&stage, play, input, watch);
    unsigned rounds = play->rounds ? play->rounds : 1;
    for (unsigned round = 0; round < rounds; round++) {
        struct reader r = reader_of(bytes_skip(input, PLAY_HEADER));
        struct play_step step;
        while (play_next_step(&r, &step))
            tell(&stage, &step);
    }
    finish(&stage);
    struct play_result result = {
        .sum = watch->sum, .refused = stage.budget.refused > 0, .bad_stream = stream_was_bad, .bytes = stage.bytes};
    result.anomalies = stage.shared.anomalies;
    fuzz_mix(&result.sum, stage.shared.credentials_elsewhere + stage.shared.credential_rows);
    for (unsigned which = 0; which < CONVERSATIONS; which++) {
        result.unrecognised += session_unrecognised_bytes(&stage.talks[which].session);
        result.tried_again = result.tried_again || stage.talks[which].tried_again;
    }
    fuzz_mix(&result.sum, result.anomalies);
    fuzz_mix(&result.sum, result.unrecognised);
    give_back(&stage.shared);
    files_close(&stage.files);
    demand(stage.budget.peak <= MEMORY && stage.budget.used == 0);
    return result;
}
