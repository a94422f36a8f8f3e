/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A datagram keeps its bytes in one buffer that grows, and beside it the ranges that are there: sorted, apart from each
 * other, so that it is whole when there is one range from 0 to its length. Datagrams hang in a hash table by their key
 * and in a queue by the time when they began.
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

struct range {
    uint32_t start, end;
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
    uint32_t pieces;
    bool has_length;
    uint8_t next_header;
};

struct fragments {
    struct budget *budget;
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

static struct datagram *find_or_begin(struct fragments *fragments, const struct fragment *fragment)
{
    static_assert(sizeof(struct key) == 48, "no padding: the key is hashed and compared as bytes");
    struct key key = key_of(fragment);
    struct datagram **bucket = &fragments->buckets[siphash(&fragments->hash_key, &key, sizeof key) % BUCKETS];
    for (struct datagram *datagram = *bucket; datagram; datagram = datagram->chain)
        if (memcmp(&datagram->key, &key, sizeof key) == 0)
            return datagram;
    return begin_datagram(fragments, &key, bucket);
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

/* Counts the bytes that differ from what was there before; *ret_first is the first of them. */
static uint32_t compare_part(const struct datagram *datagram, const struct fragment *fragment, uint32_t start,
                             uint32_t end, uint32_t *ret_first)
{
    if (end > datagram->captured_end)
        end = datagram->captured_end;
    if (end <= start)
        return 0;
    struct bytes part = bytes_slice(fragment->data, start - fragment->offset, end - start);
    if (part.len == 0 || memcmp(datagram->buffer + start, part.at, part.len) == 0)
        return 0;
    uint32_t differing = 0;
    for (uint32_t i = 0; i < part.len; i++) {
        if (datagram->buffer[start + i] == bytes_at(part, i))
            continue;
        if (differing++ == 0)
            *ret_first = start + i;
    }
    return differing;
}

/* The ranges from `first` up to `behind` and the new one become one. */
static void merge_ranges(struct datagram *datagram, uint32_t first, uint32_t behind, struct range merged)
{
    uint32_t tail = datagram->range_count - behind;
    memmove(&datagram->ranges[first + 1], &datagram->ranges[behind], ranges_size(tail));
    datagram->ranges[first] = merged;
    datagram->range_count = first + 1 + tail;
}

struct outcome_of_insert {
    uint32_t added, differing, first_differing;
};

/* What is new of the piece goes into the buffer; what is not is compared. */
static struct outcome_of_insert insert(struct datagram *datagram, const struct fragment *fragment)
{
    struct outcome_of_insert outcome = {0};
    uint32_t at = fragment->offset, end = fragment->offset + fragment->length;
    struct range merged = {at, end};
    uint32_t first = 0;
    while (first < datagram->range_count && datagram->ranges[first].end < at)
        first++;
    uint32_t i = first;
    for (; i < datagram->range_count && datagram->ranges[i].start <= end; i++) {
        struct range old = datagram->ranges[i];
        if (at < old.start) {
            copy_part(datagram, fragment, at, old.start);
            outcome.added += old.start - at;
            at = old.start;
        }
        uint32_t old_end = old.end < end ? old.end : end;
        if (at < old_end) {
            uint32_t differs_at = 0;
            uint32_t differing = compare_part(datagram, fragment, at, old_end, &differs_at);
            if (differing > 0 && outcome.differing == 0)
                outcome.first_differing = differs_at;
            outcome.differing += differing;
            at = old_end;
        }
        merged.start = old.start < merged.start ? old.start : merged.start;
        merged.end = old.end > merged.end ? old.end : merged.end;
    }
    if (at < end) {
        copy_part(datagram, fragment, at, end);
        outcome.added += end - at;
    }
    merge_ranges(datagram, first, i, merged);
    return outcome;
}

static void note(struct fragment_result *result, enum anomaly name, uint64_t a, uint64_t b)
{
    result->anomaly = (struct packet_anomaly){name, a, b};
}

/* Does the piece agree with what is known of the datagram's length? */
static bool fits(const struct datagram *datagram, const struct fragment *fragment, struct fragment_result *result)
{
    uint32_t end = fragment->offset + fragment->length;
    uint32_t reached = datagram->range_count > 0 ? datagram->ranges[datagram->range_count - 1].end : 0;
    if (datagram->has_length && (end > datagram->length || (!fragment->more && end < datagram->length))) {
        note(result, ANOMALY_IP_FRAGMENT_TOO_LONG, end > datagram->length ? end : datagram->length,
             end > datagram->length ? datagram->length : end);
        return false;
    }
    if (!fragment->more && end < reached) {
        note(result, ANOMALY_IP_FRAGMENT_TOO_LONG, reached, end);
        return false;
    }
    return true;
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
    return datagram->has_length && datagram->range_count == 1 && datagram->ranges[0].start == 0 &&
           datagram->ranges[0].end == datagram->length;
}

/* The bytes go in; true where the piece told something new. */
static bool take_piece(struct datagram *datagram, const struct fragment *fragment, struct fragment_result *result)
{
    struct outcome_of_insert outcome = insert(datagram, fragment);
    if (outcome.differing > 0)
        note(result, ANOMALY_IP_FRAGMENT_OVERLAP, outcome.first_differing, outcome.differing);
    if (fragment->offset == 0 && outcome.added > 0)
        datagram->next_header = fragment->next_header;
    bool ends_it = !fragment->more && !datagram->has_length;
    if (ends_it) {
        datagram->has_length = true;
        datagram->length = fragment->offset + fragment->length;
    }
    return ends_it || outcome.added > 0;
}

static enum fragment_verdict add_piece(struct fragments *fragments, struct datagram *datagram,
                                       const struct fragment *fragment, struct fragment_result *result)
{
    if (!fits(datagram, fragment, result))
        return FRAGMENT_DROPPED;
    if (!grow_buffer(fragments, datagram, fragment->offset + fragment->length) || !grow_ranges(fragments, datagram)) {
        give_up(fragments, datagram);
        return FRAGMENT_DROPPED;
    }
    if (!take_piece(datagram, fragment, result))
        return result->anomaly.name == ANOMALY_COUNT ? FRAGMENT_WAITING : FRAGMENT_DROPPED;
    datagram->pieces++;
    fragments->statistics.waiting++;
    if (is_whole(datagram)) {
        complete(fragments, datagram, result);
        return FRAGMENT_COMPLETE;
    }
    if (datagram->pieces < LIMIT_FRAGMENTS)
        return FRAGMENT_WAITING;
    note(result, ANOMALY_IP_FRAGMENTS_LIMIT, LIMIT_FRAGMENTS, 0);
    give_up(fragments, datagram);
    return FRAGMENT_DROPPED;
}

enum fragment_verdict fragments_add(struct fragments *fragments, const struct fragment *fragment,
                                    struct fragment_result *ret_result)
{
    enum { UNIT = 8 }; /* offsets count in eights, so all pieces but the last are whole ones */
    *ret_result = (struct fragment_result){.anomaly = {.name = ANOMALY_COUNT}};
    struct fragment piece = *fragment;
    if (piece.more) {
        piece.length -= piece.length % UNIT;
        piece.data = bytes_first(piece.data, piece.length);
    }
    uint32_t end = piece.offset + piece.length;
    if (end > piece.room) {
        note(ret_result, ANOMALY_IP_FRAGMENT_TOO_LONG, end, piece.room);
        return FRAGMENT_DROPPED;
    }
    if (piece.length == 0)
        return FRAGMENT_DROPPED;
    struct datagram *datagram = find_or_begin(fragments, &piece);
    return datagram ? add_piece(fragments, datagram, &piece, ret_result) : FRAGMENT_DROPPED;
}
