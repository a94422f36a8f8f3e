/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A datagram keeps its bytes in one buffer that grows, and beside it the ranges that are there: sorted, without common
 * bytes, so that it is whole when they add up to its length. What is one range depends on the stack, because what
 * becomes of a piece that overlaps others does. Datagrams hang in a hash table by their key and in a queue by the time
 * when they began.
 */
#include "fragments.h"

#include "util/budget.h"
#include "util/siphash.h"

#include <assert.h>

enum {
    BUCKETS = 2048,
    SMALLEST_BUFFER = 2048,
    FIRST_RANGES = 4,
};

struct key {
    uint8_t source[16], destination[16];
    uint64_t inside;
    uint32_t identification;
    uint8_t protocol, family, zero[2];
};

/* A piece, as far as no other took its place; with Linux pieces that came one behind the other are one. */
struct range {
    uint32_t start, end;
};

/* What becomes of a piece that has bytes in common with others. */
enum overlap_rule {
    OVERLAP_RUNS,  /* within one range: not needed. Anything else: the datagram is discarded (Linux, since 4.20) */
    OVERLAP_EXACT, /* the same range again: not needed. Anything else: the datagram is discarded (RFC 8200, RFC 5722) */
    OVERLAP_TRIMS, /* begins within a range: that one stays. What begins later gives way (4.2BSD and those after it) */
};

struct datagram {
    struct key key;
    struct datagram *chain; /* in its bucket, or of the completed */
    struct datagram **chained_from;
    struct datagram *older, *younger;
    int64_t began_ns;
    uint8_t *buffer;
    uint32_t capacity;
    uint32_t length;       /* known once has_length */
    uint32_t captured_end; /* no byte from here on can be relied on: a piece was cut */
    struct range *ranges;
    uint32_t range_count, range_capacity;
    uint32_t present; /* bytes of all ranges */
    uint32_t pieces;
    bool has_length;
    uint8_t next_header;
};

struct fragments {
    struct budget *budget;
    enum host_stack stack;
    struct siphash_key hash_key;
    int64_t now_ns;
    struct datagram *oldest, *youngest;
    struct datagram *completed; /* their bytes are still looked at */
    size_t datagrams, bytes;
    struct fragments_statistics statistics;
    struct datagram *buckets[BUCKETS];
};

struct fragments *fragments_new(struct budget *budget)
{
    struct fragments *fragments = budget_take(budget, sizeof *fragments);
    if (!fragments)
        return NULL;
    fragments->budget = budget;
    fragments->hash_key = siphash_key_random();
    fragments->now_ns = INT64_MIN;
    return fragments;
}

void fragments_set_stack(struct fragments *fragments, enum host_stack stack)
{
    fragments->stack = stack;
}

static size_t ranges_size(uint32_t count)
{
    return count * sizeof(struct range);
}

static size_t datagram_size(const struct datagram *datagram)
{
    return sizeof *datagram + datagram->capacity + ranges_size(datagram->range_capacity);
}

/* Out of the table and the queue. Its bytes stay. */
static void unlink_datagram(struct fragments *fragments, struct datagram *datagram)
{
    *datagram->chained_from = datagram->chain;
    if (datagram->chain)
        datagram->chain->chained_from = datagram->chained_from;
    *(datagram->older ? &datagram->older->younger : &fragments->oldest) = datagram->younger;
    *(datagram->younger ? &datagram->younger->older : &fragments->youngest) = datagram->older;
    fragments->datagrams--;
    fragments->statistics.waiting -= datagram->pieces;
}

static void free_datagram(struct fragments *fragments, struct datagram *datagram)
{
    fragments->bytes -= datagram_size(datagram);
    budget_give(fragments->budget, datagram->buffer, datagram->capacity);
    budget_give(fragments->budget, datagram->ranges, ranges_size(datagram->range_capacity));
    budget_give(fragments->budget, datagram, sizeof *datagram);
}

static void give_up(struct fragments *fragments, struct datagram *datagram)
{
    unlink_datagram(fragments, datagram);
    free_datagram(fragments, datagram);
    fragments->statistics.given_up++;
}

static void free_completed(struct fragments *fragments)
{
    while (fragments->completed) {
        struct datagram *datagram = fragments->completed;
        fragments->completed = datagram->chain;
        free_datagram(fragments, datagram);
    }
}

void fragments_free(struct fragments *fragments)
{
    if (!fragments)
        return;
    free_completed(fragments);
    while (fragments->oldest)
        give_up(fragments, fragments->oldest);
    budget_give(fragments->budget, fragments, sizeof *fragments);
}

void fragments_clock(struct fragments *fragments, int64_t time_ns)
{
    const uint64_t patience_ns = (uint64_t)LIMIT_FRAGMENT_SECONDS * 1000000000;
    free_completed(fragments);
    if (time_ns > fragments->now_ns)
        fragments->now_ns = time_ns;
    while (fragments->oldest && (uint64_t)fragments->now_ns - (uint64_t)fragments->oldest->began_ns > patience_ns)
        give_up(fragments, fragments->oldest);
}

bool fragments_are_idle(const struct fragments *fragments)
{
    return !fragments->oldest && !fragments->completed;
}

struct fragments_statistics fragments_statistics(const struct fragments *fragments)
{
    return fragments->statistics;
}

/* Room for `size` bytes more, at the cost of the oldest; `keep` is the datagram in hand. */
static bool make_room(struct fragments *fragments, size_t size, const struct datagram *keep)
{
    const size_t most = budget_share(fragments->budget, LIMIT_FRAGMENT_BYTES);
    while (fragments->bytes + size > most) {
        if (!fragments->oldest || fragments->oldest == keep)
            return false;
        give_up(fragments, fragments->oldest);
    }
    return true;
}

/* budget_resize, with the bounds and the oldest as the price. `memory` may be NULL. */
static void *resize(struct fragments *fragments, void *memory, size_t old_size, size_t new_size,
                    const struct datagram *keep)
{
    if (!make_room(fragments, new_size - old_size, keep))
        return NULL;
    void *resized = budget_resize(fragments->budget, memory, old_size, new_size);
    while (!resized && fragments->oldest && fragments->oldest != keep) {
        give_up(fragments, fragments->oldest);
        resized = budget_resize(fragments->budget, memory, old_size, new_size);
    }
    if (resized)
        fragments->bytes += new_size - old_size;
    return resized;
}

static struct key key_of(const struct fragment *fragment)
{
    struct key key = {
        .inside = fragment->inside,
        .identification = fragment->identification,
        .protocol = fragment->protocol,
        .family = fragment->source.family,
    };
    memcpy(key.source, fragment->source.octets, sizeof key.source);
    memcpy(key.destination, fragment->destination.octets, sizeof key.destination);
    return key;
}

static struct datagram *begin_datagram(struct fragments *fragments, const struct key *key, struct datagram **bucket)
{
    if (fragments->datagrams == LIMIT_FRAGMENT_DATAGRAMS)
        give_up(fragments, fragments->oldest);
    struct datagram *datagram = resize(fragments, NULL, 0, sizeof *datagram, NULL);
    if (!datagram)
        return NULL;
    *datagram = (struct datagram){
        .key = *key,
        .chain = *bucket,
        .chained_from = bucket,
        .older = fragments->youngest,
        .began_ns = fragments->now_ns,
        .captured_end = UINT32_MAX,
    };
    if (*bucket)
        (*bucket)->chained_from = &datagram->chain;
    *bucket = datagram;
    *(fragments->youngest ? &fragments->youngest->younger : &fragments->oldest) = datagram;
    fragments->youngest = datagram;
    fragments->datagrams++;
    return datagram;
}

/* NULL: there is none; then *ret_bucket is where it would hang. */
static struct datagram *find_datagram(struct fragments *fragments, const struct key *key, struct datagram ***ret_bucket)
{
    static_assert(sizeof *key == 48, "no padding: the key is hashed and compared as bytes");
    *ret_bucket = &fragments->buckets[siphash(&fragments->hash_key, key, sizeof *key) % BUCKETS];
    for (struct datagram *datagram = **ret_bucket; datagram; datagram = datagram->chain)
        if (memcmp(&datagram->key, key, sizeof *key) == 0)
            return datagram;
    return NULL;
}

static bool grow_buffer(struct fragments *fragments, struct datagram *datagram, uint32_t end)
{
    if (end <= datagram->capacity)
        return true;
    uint32_t capacity = datagram->capacity ? datagram->capacity : SMALLEST_BUFFER;
    while (capacity < end)
        capacity *= 2;
    uint8_t *buffer = resize(fragments, datagram->buffer, datagram->capacity, capacity, datagram);
    if (!buffer)
        return false;
    datagram->buffer = buffer;
    datagram->capacity = capacity;
    return true;
}

/* A piece adds at most one range. */
static bool grow_ranges(struct fragments *fragments, struct datagram *datagram)
{
    if (datagram->range_count < datagram->range_capacity)
        return true;
    uint32_t capacity = datagram->range_capacity ? datagram->range_capacity * 2 : FIRST_RANGES;
    struct range *ranges = resize(fragments, datagram->ranges, ranges_size(datagram->range_capacity),
                                  ranges_size(capacity), datagram);
    if (!ranges)
        return false;
    datagram->ranges = ranges;
    datagram->range_capacity = capacity;
    return true;
}

/* Copies the bytes from `start` to `end` of the datagram out of the piece, as far as they were captured. */
static void copy_part(struct datagram *datagram, const struct fragment *fragment, uint32_t start, uint32_t end)
{
    struct bytes part = bytes_slice(fragment->data, start - fragment->offset, end - start);
    if (part.len > 0)
        memcpy(datagram->buffer + start, part.at, part.len);
    uint32_t captured = start + (uint32_t)part.len;
    if (captured < end && captured < datagram->captured_end)
        datagram->captured_end = captured;
}

struct difference {
    uint32_t first, bytes;
};

/* Counts the bytes of the piece between `start` and `end` that differ from what was there before. */
static void compare_part(const struct datagram *datagram, const struct fragment *fragment, uint32_t start, uint32_t end,
                         struct difference *difference)
{
    if (end > datagram->captured_end)
        end = datagram->captured_end;
    if (end <= start)
        return;
    struct bytes part = bytes_slice(fragment->data, start - fragment->offset, end - start);
    if (part.len == 0 || memcmp(datagram->buffer + start, part.at, part.len) == 0)
        return;
    for (uint32_t i = 0; i < part.len; i++) {
        if (datagram->buffer[start + i] == bytes_at(part, i))
            continue;
        if (difference->bytes++ == 0)
            difference->first = start + i;
    }
}

static uint32_t fragment_end(const struct fragment *fragment)
{
    return fragment->offset + fragment->length;
}

/* The ranges [first, behind) that have bytes in common with the piece. */
struct touched {
    uint32_t first, behind;
};

static struct touched ranges_touched(const struct datagram *datagram, const struct fragment *fragment,
                                     struct difference *difference)
{
    struct touched touched = {0, 0};
    while (touched.first < datagram->range_count && datagram->ranges[touched.first].end <= fragment->offset)
        touched.first++;
    for (touched.behind = touched.first; touched.behind < datagram->range_count; touched.behind++) {
        const struct range *range = &datagram->ranges[touched.behind];
        if (range->start >= fragment_end(fragment))
            break;
        compare_part(datagram, fragment, range->start > fragment->offset ? range->start : fragment->offset,
                     range->end < fragment_end(fragment) ? range->end : fragment_end(fragment), difference);
    }
    return touched;
}

/* [start, end) of the piece goes into the buffer, and takes the place of the ranges [first, behind). */
static void put_range(struct datagram *datagram, const struct fragment *fragment, uint32_t start, uint32_t first,
                      uint32_t behind)
{
    const uint32_t tail = datagram->range_count - behind;
    for (uint32_t i = first; i < behind; i++)
        datagram->present -= datagram->ranges[i].end - datagram->ranges[i].start;
    copy_part(datagram, fragment, start, fragment_end(fragment));
    memmove(&datagram->ranges[first + 1], &datagram->ranges[behind], ranges_size(tail));
    datagram->ranges[first] = (struct range){start, fragment_end(fragment)};
    datagram->range_count = first + 1 + tail;
    datagram->present += fragment_end(fragment) - start;
}

/* The piece has no bytes in common with others. */
static void put_apart(struct datagram *datagram, const struct fragment *fragment, uint32_t at, enum overlap_rule rule)
{
    struct range *before = at > 0 ? &datagram->ranges[at - 1] : NULL;
    if (rule != OVERLAP_RUNS || at != datagram->range_count || !before || before->end != fragment->offset) {
        put_range(datagram, fragment, fragment->offset, at, at);
        return;
    }
    copy_part(datagram, fragment, fragment->offset, fragment_end(fragment));
    before->end = fragment_end(fragment);
    datagram->present += fragment->length;
}

/* False where nothing of it is used. */
static bool put_trimmed(struct datagram *datagram, const struct fragment *fragment, struct touched touched)
{
    uint32_t start = fragment->offset, first = touched.first, behind = touched.behind;
    if (first < behind && datagram->ranges[first].start <= start) {
        start = datagram->ranges[first].end;
        first++;
    }
    if (start >= fragment_end(fragment))
        return false;
    if (first < behind && datagram->ranges[behind - 1].end > fragment_end(fragment)) {
        struct range *last = &datagram->ranges[--behind];
        datagram->present -= fragment_end(fragment) - last->start;
        last->start = fragment_end(fragment);
    }
    put_range(datagram, fragment, start, first, behind);
    return true;
}

static enum overlap_rule overlap_rule_of(enum host_stack stack, const struct fragment *fragment)
{
    if (stack == STACK_LINUX)
        return OVERLAP_RUNS;
    return stack == STACK_BSD && fragment->source.family == 4 ? OVERLAP_TRIMS : OVERLAP_EXACT;
}

/* Nothing of the piece is new to the stack, and that does no harm. */
static bool is_repeated(const struct datagram *datagram, const struct fragment *fragment, struct touched touched,
                        enum overlap_rule rule)
{
    if (touched.behind != touched.first + 1)
        return false;
    const struct range *range = &datagram->ranges[touched.first];
    if (rule == OVERLAP_EXACT)
        return range->start == fragment->offset && range->end == fragment_end(fragment);
    return range->start <= fragment->offset && range->end >= fragment_end(fragment);
}

static void note(struct fragment_result *result, enum anomaly name, uint64_t a, uint64_t b)
{
    result->anomaly = (struct packet_anomaly){name, a, b};
}

static uint32_t reached(const struct datagram *datagram)
{
    return datagram->range_count > 0 ? datagram->ranges[datagram->range_count - 1].end : 0;
}

/* Does the piece agree with what is known of the datagram's length? */
static bool fits(const struct datagram *datagram, const struct fragment *fragment, struct fragment_result *result)
{
    const uint32_t end = fragment_end(fragment);
    const uint32_t length = datagram->has_length ? datagram->length : reached(datagram);
    const bool too_far = datagram->has_length && end > length, too_early = !fragment->more && end < length;
    if (too_far || too_early)
        note(result, ANOMALY_IP_FRAGMENT_TOO_LONG, too_far ? end : length, too_far ? length : end);
    return !too_far && !too_early;
}

/* Out of the table; the bytes live until the next frame. */
static void complete(struct fragments *fragments, struct datagram *datagram, struct fragment_result *result)
{
    unlink_datagram(fragments, datagram);
    datagram->chain = fragments->completed;
    fragments->completed = datagram;
    fragments->statistics.reassembled++;
    uint32_t captured = datagram->captured_end < datagram->length ? datagram->captured_end : datagram->length;
    result->data = bytes_of(datagram->buffer, captured);
    result->length = datagram->length;
    result->next_header = datagram->next_header;
}

static bool is_whole(const struct datagram *datagram)
{
    return datagram->has_length && datagram->present == datagram->length && reached(datagram) == datagram->length;
}

enum outcome { OUTCOME_PUT, OUTCOME_NOT_NEEDED, OUTCOME_DISCARD };

/* The bytes go in, where the stack would take them. */
static enum outcome put(struct datagram *datagram, const struct fragment *fragment, enum overlap_rule rule,
                        struct fragment_result *result)
{
    struct difference difference = {0, 0};
    const struct touched touched = ranges_touched(datagram, fragment, &difference);
    const bool overlaps = touched.behind > touched.first;
    if (overlaps && rule != OVERLAP_TRIMS && !is_repeated(datagram, fragment, touched, rule)) {
        note(result, ANOMALY_IP_FRAGMENT_DISCARDED, fragment->offset, difference.bytes);
        return OUTCOME_DISCARD;
    }
    if (difference.bytes > 0)
        note(result, ANOMALY_IP_FRAGMENT_OVERLAP, difference.first, difference.bytes);
    if (!overlaps)
        put_apart(datagram, fragment, touched.first, rule);
    else if (rule != OVERLAP_TRIMS || !put_trimmed(datagram, fragment, touched))
        return OUTCOME_NOT_NEEDED;
    if (fragment->offset == 0)
        datagram->next_header = fragment->next_header;
    return OUTCOME_PUT;
}

static enum fragment_verdict discard(struct fragments *fragments, struct datagram *datagram)
{
    give_up(fragments, datagram);
    return FRAGMENT_DROPPED;
}

static enum fragment_verdict add_piece(struct fragments *fragments, struct datagram *datagram,
                                       const struct fragment *fragment, struct fragment_result *result)
{
    const enum overlap_rule rule = overlap_rule_of(fragments->stack, fragment);
    if (!fits(datagram, fragment, result) && fragments->stack != STACK_BSD)
        return discard(fragments, datagram);
    if (!grow_buffer(fragments, datagram, fragment_end(fragment)) || !grow_ranges(fragments, datagram))
        return discard(fragments, datagram);
    const uint32_t before = reached(datagram);
    switch (put(datagram, fragment, rule, result)) {
    case OUTCOME_DISCARD:
        return discard(fragments, datagram);
    case OUTCOME_NOT_NEEDED:
        return result->anomaly.name == ANOMALY_COUNT ? FRAGMENT_WAITING : FRAGMENT_DROPPED;
    case OUTCOME_PUT:
        break;
    }
    if (fragment_end(fragment) >= before) { /* whoever reaches furthest says whether that is the end */
        datagram->has_length = !fragment->more;
        datagram->length = fragment_end(fragment);
    }
    datagram->pieces++;
    fragments->statistics.waiting++;
    if (is_whole(datagram)) {
        complete(fragments, datagram, result);
        return FRAGMENT_COMPLETE;
    }
    if (datagram->pieces < LIMIT_FRAGMENTS)
        return FRAGMENT_WAITING;
    note(result, ANOMALY_IP_FRAGMENTS_LIMIT, LIMIT_FRAGMENTS, 0);
    return discard(fragments, datagram);
}

/* Offsets count in eights, so all pieces but the last are whole ones. False where the stack does not take another. */
static bool trim_to_eights(const struct fragments *fragments, struct fragment *piece, struct fragment_result *result)
{
    enum { UNIT = 8 };
    const uint32_t odd = piece->more ? piece->length % UNIT : 0;
    if (odd == 0)
        return true;
    note(result, ANOMALY_IP_FRAGMENT_ODD_LENGTH, piece->length, 0);
    piece->length -= odd;
    piece->data = bytes_first(piece->data, piece->length);
    return fragments->stack == STACK_LINUX && piece->source.family == 4;
}

enum fragment_verdict fragments_add(struct fragments *fragments, const struct fragment *fragment,
                                    struct fragment_result *ret_result)
{
    *ret_result = (struct fragment_result){.anomaly = {.name = ANOMALY_COUNT}};
    struct fragment piece = *fragment;
    if (!trim_to_eights(fragments, &piece, ret_result))
        return FRAGMENT_DROPPED;
    const uint64_t end = (uint64_t)piece.offset + piece.length; /* a capture may claim 4 GiB of a frame */
    if (end > piece.room) {
        note(ret_result, ANOMALY_IP_FRAGMENT_TOO_LONG, end, piece.room);
        return FRAGMENT_DROPPED;
    }
    const struct key key = key_of(&piece);
    struct datagram **bucket;
    struct datagram *datagram = find_datagram(fragments, &key, &bucket);
    if (piece.length == 0) /* says nothing, and Linux gives up the datagram for it */
        return datagram && fragments->stack == STACK_LINUX ? discard(fragments, datagram) : FRAGMENT_DROPPED;
    if (!datagram)
        datagram = begin_datagram(fragments, &key, bucket);
    return datagram ? add_piece(fragments, datagram, &piece, ret_result) : FRAGMENT_DROPPED;
}
