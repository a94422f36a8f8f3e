/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fuzz_seeds FOLDER CAPTURE...: writes seeds for the fuzz targets, each in the form of its target, to FOLDER/TARGET/.
 * What a seed has no room for becomes a gap, so that what follows is still understood.
 */
#include "seeds.h"

#include "harness.h"
#include "play.h"

#include "capture/capture.h"
#include "overhear/engine.h"
#include "overhear/mail.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    EVENTS_MAX = 100000,
    TALKS_MAX = 4096,
    FRAMES_MAX = 20000,
    PIECE_MAX = 1200, /* of one piece of a stream */
    PIECE_MIN = 16,
    SIDES_MAX = 100, /* steps of one seed */
};

struct event {
    uint64_t conversation;
    unsigned how;
    uint64_t length;
    uint8_t *data;
    size_t captured;
};

struct talk {
    struct conversation conversation; /* as it was at its end */
    const struct dissector *row;      /* NULL: of nobody */
};

struct theatre {
    struct event *events;
    size_t event_count;
    struct talk *talks;
    size_t talk_count;
};

static const char *seed_folder;
static const char *seed_source;
static unsigned seed_number;

bool seed_add(struct seed *seed, struct bytes bytes)
{
    seed->full = seed->full || bytes.len > SEED_BYTES - seed->length;
    if (!seed->full)
        seed->length += bytes_copy(seed->at + seed->length, bytes.len, bytes);
    return !seed->full;
}

bool seed_add_number(struct seed *seed, uint64_t value, size_t octets)
{
    uint8_t at[8];
    for (size_t i = 0; i < octets; i++)
        at[i] = (uint8_t)(value >> 8 * (octets - 1 - i));
    return seed_add(seed, bytes_of(at, octets));
}

void seed_write(const char *target, const struct seed *seed)
{
    char path[1024];
    if (seed->length == 0)
        return;
    (void)snprintf(path, sizeof path, "%s/%s", seed_folder, target);
    demand(mkdir(path, 0777) == 0 || errno == EEXIST);
    (void)snprintf(path, sizeof path, "%s/%s/%s-%u", seed_folder, target, seed_source, seed_number++);
    FILE *file = fopen(path, "wb");
    demand(file && fwrite(seed->at, 1, seed->length, file) == seed->length);
    demand(fclose(file) == 0);
}

static void add_event(struct theatre *theatre, const struct conversation *conversation, unsigned how, uint64_t length,
                      struct bytes data)
{
    if (theatre->event_count == EVENTS_MAX)
        return;
    theatre->events[theatre->event_count++] = (struct event){conversation->id, how, length, fuzz_copy(data), data.len};
}

static void hear_data(void *context, const struct conversation *conversation, enum side side, struct bytes data,
                      struct moment moment)
{
    (void)moment;
    if (data.len > 0)
        add_event(context, conversation, (unsigned)side, data.len, data);
}

static void hear_gap(void *context, const struct conversation *conversation, enum side side, uint64_t length)
{
    add_event(context, conversation, (unsigned)side | PLAY_GAP << 2, length, bytes_of(NULL, 0));
}

static void hear_swap(void *context, const struct conversation *conversation)
{
    struct theatre *theatre = context;
    for (size_t i = 0; i < theatre->event_count; i++)
        theatre->events[i].how ^= theatre->events[i].conversation == conversation->id;
}

static const struct dissector *row_of(const struct conversation *conversation)
{
    for (size_t i = 0; dissector_registry[i]; i++)
        for (const struct port *p = dissector_registry[i]->ports; p && p->transport; p++)
            if (p->transport == conversation->transport && p->port == conversation->destination.port)
                return dissector_registry[i];
    return conversation->protocol ? dissector_find(conversation->protocol) : NULL;
}

static void hear_end(void *context, const struct conversation *conversation, enum end_reason reason)
{
    struct theatre *theatre = context;
    if (theatre->talk_count == TALKS_MAX)
        return;
    if (conversation->transport == TRANSPORT_TCP && reason == END_FIN)
        for (unsigned side = 0; side < 2; side++)
            add_event(theatre, conversation, side | PLAY_END << 2, 0, bytes_of(NULL, 0));
    theatre->talks[theatre->talk_count++] = (struct talk){*conversation, row_of(conversation)};
}

/* One step, or two: what is there no room for is lost. A datagram is whole or not at all. */
static void add_step(struct seed *seed, const struct event *event, unsigned which, bool is_stream)
{
    size_t most = is_stream ? PIECE_MAX : UINT16_MAX;
    struct bytes data = bytes_first(bytes_of(event->data, event->captured), most);
    unsigned how = event->how | which << 1;
    uint64_t lost = event->captured > data.len ? event->captured - data.len : 0;
    bool is_data = play_kind_of(how) <= PLAY_CUT;
    if (is_data && data.len + 2 * PLAY_STEP > SEED_BYTES - seed->length) {
        seed->full = true;
        return;
    }
    seed_add_number(seed, how, 1);
    seed_add_number(seed, is_data ? data.len : (event->length < UINT16_MAX ? event->length : UINT16_MAX), 2);
    seed_add(seed, data);
    if (lost == 0)
        return;
    seed_add_number(seed, (how & 3) | PLAY_GAP << 2, 1);
    seed_add_number(seed, lost < UINT16_MAX ? lost : UINT16_MAX, 2);
}

static unsigned way_of(const struct dissector *row, const struct conversation *conversation)
{
    unsigned way = 0;
    const struct port *port = row->ports;
    for (; port && port->transport; port++, way++)
        if (port->transport == conversation->transport && port->port == conversation->destination.port)
            return way;
    return way + (conversation->transport == TRANSPORT_TCP); /* behind the row's: of nobody, UDP and TCP */
}

/* Port names may have another way in the row that is announced: the ways of all who heed others, one after the other.
 */
static unsigned way_of_announcer(const struct conversation *conversation)
{
    unsigned before = 0;
    for (size_t i = 0; dissector_registry[i]; i++) {
        if (!dissector_registry[i]->heeds_others)
            continue;
        for (const struct port *p = dissector_registry[i]->ports; p && p->transport; p++, before++)
            if (p->transport == conversation->transport && p->port == conversation->destination.port)
                return before;
    }
    return before;
}

static void add_header(struct seed *seed, unsigned way, const struct conversation *a, const struct conversation *b)
{
    bool is_reversed = b && memcmp(&b->source.ip, &a->source.ip, sizeof a->source.ip) != 0;
    unsigned flags = (a->midstream ? PLAY_MIDSTREAM_A : 0u) | (is_reversed ? PLAY_REVERSED_B : 0u);
    seed_add_number(seed, way, 1);
    seed_add_number(seed, flags, 1);
    seed_add_number(seed, 0, 1);
    seed_add_number(seed, b ? b->destination.port : 0, 2);
    seed_add(seed, bytes_of(a->source.ip.octets, 4));
    seed_add(seed, bytes_of(a->destination.ip.octets, 4));
}

/* Two conversations (B may be NULL) as one seed, or as many as it takes. */
static void write_talks(const struct theatre *theatre, const struct dissector *row, unsigned way, const struct talk *a,
                        const struct talk *b)
{
    char target[64];
    struct seed seed = {.length = 0};
    (void)snprintf(target, sizeof target, "%s", row->name);
    for (char *c = target; *c; c++)
        if (*c == '-')
            *c = '_';
    add_header(&seed, way, &a->conversation, b ? &b->conversation : NULL);
    for (size_t i = 0; i < theatre->event_count && !seed.full; i++) {
        const struct event *event = &theatre->events[i];
        if (event->conversation == a->conversation.id)
            add_step(&seed, event, 0, a->conversation.transport == TRANSPORT_TCP);
        else if (b && event->conversation == b->conversation.id)
            add_step(&seed, event, 1, b->conversation.transport == TRANSPORT_TCP);
    }
    if (seed.length > PLAY_HEADER)
        seed_write(target, &seed);
}

static bool are_same_hosts(const struct conversation *a, const struct conversation *b)
{
    const struct address *x = &a->source.ip, *y = &a->destination.ip, *u = &b->source.ip, *v = &b->destination.ip;
    return (memcmp(x, u, sizeof *x) == 0 && memcmp(y, v, sizeof *y) == 0) ||
           (memcmp(x, v, sizeof *x) == 0 && memcmp(y, u, sizeof *y) == 0);
}

/* Each conversation of the row; with another one between the same hosts that may have to do with it. */
static void write_talk(const struct theatre *theatre, const struct talk *talk)
{
    const bool is_announced = !talk->row->ports || !talk->row->ports->transport;
    if (!is_announced)
        write_talks(theatre, talk->row, way_of(talk->row, &talk->conversation), talk, NULL);
    for (size_t i = 0; i < theatre->talk_count; i++) {
        const struct talk *other = &theatre->talks[i];
        if (other == talk || !other->row || !other->row->heeds_others || !talk->row->heeds_others ||
            other->row == talk->row || !are_same_hosts(&talk->conversation, &other->conversation) || !is_announced)
            continue;
        write_talks(theatre, talk->row, way_of_announcer(&other->conversation), other, talk);
        write_talks(theatre, other->row, way_of(other->row, &other->conversation), other, talk);
    }
}

static void write_bytes(const char *target, const char *before, struct bytes bytes)
{
    struct seed seed = {.length = 0};
    if (seed_add(&seed, bytes_text(before)) && seed_add(&seed, bytes))
        seed_write(target, &seed);
}

/* Things that lie in the bytes of a conversation: certificates, mails, lines of text. */
static void write_things(struct bytes data)
{
    for (size_t at = bytes_find(data, 0x30, 0); at < data.len; at = bytes_find(data, 0x30, at + 1)) {
        size_t length = bytes_u16(data, at + 2) + 4u;
        if (bytes_at(data, at + 1) == 0x82 && bytes_u16(data, at + 4) == 0x3082 && length <= data.len - at &&
            length > 300) {
            write_bytes("certificate", "", bytes_slice(data, at, length));
            at += length - 1;
        }
    }
    size_t received = 0;
    while (received < data.len && !bytes_equal(bytes_slice(data, received, 6), bytes_text("\nFrom:")))
        received = bytes_find(data, '\n', received + 1);
    if (received < data.len) {
        write_bytes("mail", "\1\x14", data);
        write_bytes("mail_header", "", bytes_first(data, bytes_find_empty_line(data, 0)));
    }
    if (bytes_at(data, 0) >= ' ' && bytes_at(data, 0) < 0x7f && data.len >= PIECE_MIN && data.len < 200)
        write_bytes("text", "\1", data);
}

static void write_all(const struct theatre *theatre)
{
    for (size_t i = 0; i < theatre->talk_count; i++)
        if (theatre->talks[i].row)
            write_talk(theatre, &theatre->talks[i]);
    for (size_t i = 0; i < theatre->event_count; i++)
        write_things(bytes_of(theatre->events[i].data, theatre->events[i].captured));
}

static void ignore_record(void *context, const struct record *record)
{
    (void)context;
    (void)record;
}

static void watch(struct capture *capture, struct theatre *theatre)
{
    char error[CAPTURE_ERROR_SIZE];
    const struct stream_tap tap = {theatre, hear_data, hear_gap, hear_swap, hear_end};
    struct engine *engine = engine_new(&(struct engine_options){.sink = {NULL, ignore_record}, .tap = &tap});
    struct seed_frames *frames = seed_frames_new();
    struct frame frame;
    demand(engine != NULL);
    for (unsigned n = 0; n < FRAMES_MAX && capture_next(capture, &frame, error) == CAPTURE_FRAME; n++) {
        engine_frame(engine, &frame);
        const struct conversation *conversation = engine_conversation(engine);
        seed_frames_add(frames, &frame, conversation ? conversation->id : 0);
    }
    engine_finish(engine);
    write_all(theatre);
    seed_frames_write(frames);
    seed_frames_free(frames);
    engine_free(engine);
}

static void take_capture(const char *path)
{
    char error[CAPTURE_ERROR_SIZE], name[256];
    struct theatre theatre = {calloc(EVENTS_MAX, sizeof *theatre.events), 0, calloc(TALKS_MAX, sizeof *theatre.talks),
                              0};
    const char *slash = strrchr(path, '/');
    (void)snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
    name[strcspn(name, ".")] = '\0';
    seed_source = name;
    seed_number = 0;
    demand(theatre.events && theatre.talks);
    struct capture *capture = capture_open_file(path, 1, error);
    if (capture)
        watch(capture, &theatre);
    else
        (void)fprintf(stderr, "fuzz_seeds: %s\n", error);
    capture_close(capture);
    for (size_t i = 0; i < theatre.event_count; i++)
        free(theatre.events[i].data);
    free(theatre.events);
    free(theatre.talks);
}

int main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    seed_folder = arguments[1];
    demand(mkdir(seed_folder, 0777) == 0 || errno == EEXIST);
    for (int i = 2; i < count; i++)
        take_capture(arguments[i]);
    return 0;
}
