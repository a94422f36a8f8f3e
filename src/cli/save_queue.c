/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A list of frames, a table of conversations. A conversation is in the table as long as it is wanted, or has frames
 * that wait. Those with waiting frames also stand in one of 64 lists, by the binary logarithm of the bytes that wait:
 * so the one with most is found without a search, but for a factor of two.
 *
 * What wanted conversations take in the table counts, too. When nothing waits any more and it is still too much, the
 * one that was wanted first is forgotten: should frames of it come, they wait for another reason to want them.
 */
#include "save_queue.h"

#include <stdlib.h>

enum { CLASSES = 64, FIRST_BUCKETS = 256 };

struct talk;

struct waiting {
    struct waiting *next, *previous; /* in the order of all frames */
    struct waiting *next_of_talk;
    struct talk *talk; /* NULL: wanted */
    struct frame frame;
    uint8_t bytes[];
};

struct talk {
    struct talk *next_in_bucket;
    struct talk *next, *previous; /* in its class, or among the wanted */
    uint64_t conversation;
    bool wanted;
    size_t bytes; /* that its waiting frames take */
    struct waiting *first, *last;
};

struct talk_list {
    struct talk *first, *last;
};

struct save_queue {
    size_t limit, used;
    size_t ready; /* of used: wanted frames */
    uint64_t overflowed;
    struct waiting *first, *last;
    struct talk **buckets; /* a power of two of them */
    size_t bucket_count, talk_count;
    struct talk_list classes[CLASSES], wanted;
};

struct save_queue *save_queue_new(size_t limit_bytes)
{
    struct save_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->limit = limit_bytes;
    queue->bucket_count = FIRST_BUCKETS;
    queue->buckets = calloc(queue->bucket_count, sizeof *queue->buckets);
    if (queue->buckets)
        return queue;
    free(queue);
    return NULL;
}

/* Conversations are numbered by us, one after the other: no hash is needed. */
static struct talk **bucket_of(const struct save_queue *queue, uint64_t conversation)
{
    return &queue->buckets[conversation & (queue->bucket_count - 1)];
}

static struct talk *find(const struct save_queue *queue, uint64_t conversation)
{
    struct talk *talk = *bucket_of(queue, conversation);
    while (talk && talk->conversation != conversation)
        talk = talk->next_in_bucket;
    return talk;
}

static struct talk_list *list_of(struct save_queue *queue, const struct talk *talk)
{
    if (talk->wanted)
        return &queue->wanted;
    return &queue->classes[63 - __builtin_clzll((unsigned long long)talk->bytes | 1)];
}

static void link_talk(struct save_queue *queue, struct talk *talk)
{
    struct talk_list *list = list_of(queue, talk);
    talk->next = NULL;
    talk->previous = list->last;
    *(list->last ? &list->last->next : &list->first) = talk;
    list->last = talk;
}

static void unlink_talk(struct save_queue *queue, struct talk *talk)
{
    struct talk_list *list = list_of(queue, talk);
    *(talk->previous ? &talk->previous->next : &list->first) = talk->next;
    *(talk->next ? &talk->next->previous : &list->last) = talk->previous;
}

/* Twice the buckets; where memory is out the old ones go on serving. */
static void grow(struct save_queue *queue)
{
    const size_t count = queue->bucket_count * 2;
    struct talk **buckets = calloc(count, sizeof *buckets);
    if (!buckets)
        return;
    for (size_t i = 0; i < queue->bucket_count; i++)
        for (struct talk *talk = queue->buckets[i], *next; talk; talk = next) {
            next = talk->next_in_bucket;
            struct talk **bucket = &buckets[talk->conversation & (count - 1)];
            talk->next_in_bucket = *bucket;
            *bucket = talk;
        }
    free(queue->buckets);
    queue->buckets = buckets;
    queue->bucket_count = count;
}

static struct talk *find_or_make(struct save_queue *queue, uint64_t conversation)
{
    struct talk *talk = find(queue, conversation);
    if (talk || !(talk = calloc(1, sizeof *talk)))
        return talk;
    if (++queue->talk_count > queue->bucket_count)
        grow(queue);
    struct talk **bucket = bucket_of(queue, conversation);
    talk->conversation = conversation;
    talk->next_in_bucket = *bucket;
    *bucket = talk;
    queue->used += sizeof *talk;
    link_talk(queue, talk);
    return talk;
}

static void forget(struct save_queue *queue, struct talk *talk)
{
    struct talk **at = bucket_of(queue, talk->conversation);
    while (*at != talk)
        at = &(*at)->next_in_bucket;
    *at = talk->next_in_bucket;
    unlink_talk(queue, talk);
    queue->talk_count--;
    queue->used -= sizeof *talk;
    free(talk);
}

static size_t cost_of(const struct frame *frame)
{
    return sizeof(struct waiting) + frame->data.len;
}

static void remove_frame(struct save_queue *queue, struct waiting *waiting)
{
    *(waiting->previous ? &waiting->previous->next : &queue->first) = waiting->next;
    *(waiting->next ? &waiting->next->previous : &queue->last) = waiting->previous;
    queue->used -= cost_of(&waiting->frame);
    queue->ready -= waiting->talk ? 0 : cost_of(&waiting->frame);
    free(waiting);
}

/* The oldest frame that waits for this conversation, and the conversation with its last one. */
static void drop_oldest(struct save_queue *queue, struct talk *talk)
{
    struct waiting *waiting = talk->first;
    unlink_talk(queue, talk);
    talk->first = waiting->next_of_talk;
    talk->bytes -= cost_of(&waiting->frame);
    link_talk(queue, talk);
    remove_frame(queue, waiting);
    if (!talk->first)
        forget(queue, talk);
}

static struct talk *longest(const struct save_queue *queue)
{
    for (int class = CLASSES - 1; class >= 0; class --)
        if (queue->classes[class].first)
            return queue->classes[class].first;
    return NULL;
}

/* Where wanted frames fill most of the queue, what they wait for goes: the caller takes them right after this. Else
 * what waits for the conversation with most. */
static void make_room(struct save_queue *queue, size_t needed)
{
    while (queue->used > 0 && (queue->used > queue->limit || needed > queue->limit - queue->used)) {
        struct talk *talk = longest(queue);
        if (queue->ready > queue->limit / 2) {
            for (; queue->first && queue->first->talk; queue->overflowed++)
                drop_oldest(queue, queue->first->talk);
            return;
        }
        if (talk) {
            queue->overflowed++;
            drop_oldest(queue, talk);
        } else if (queue->wanted.first) {
            forget(queue, queue->wanted.first);
        } else {
            return;
        }
    }
}

bool save_queue_is_wanted(const struct save_queue *queue, uint64_t conversation)
{
    const struct talk *talk = find(queue, conversation);
    return talk && talk->wanted;
}

bool save_queue_want(struct save_queue *queue, uint64_t conversation)
{
    struct talk *talk = find(queue, conversation);
    if (!talk)
        make_room(queue, sizeof *talk);
    talk = find_or_make(queue, conversation);
    if (!talk || talk->wanted)
        return talk;
    for (struct waiting *waiting = talk->first; waiting; waiting = waiting->next_of_talk)
        waiting->talk = NULL;
    queue->ready += talk->bytes;
    unlink_talk(queue, talk);
    talk->wanted = true;
    talk->first = talk->last = NULL;
    talk->bytes = 0;
    link_talk(queue, talk);
    return true;
}

void save_queue_end(struct save_queue *queue, uint64_t conversation)
{
    struct talk *talk = find(queue, conversation);
    if (!talk)
        return;
    for (struct waiting *waiting = talk->first, *next; waiting; waiting = next) {
        next = waiting->next_of_talk;
        remove_frame(queue, waiting);
    }
    forget(queue, talk);
}

bool save_queue_add(struct save_queue *queue, const struct frame *frame, uint64_t conversation)
{
    const bool waits = conversation != 0 && !save_queue_is_wanted(queue, conversation);
    struct waiting *waiting = malloc(sizeof *waiting + frame->data.len);
    if (!waiting)
        return false;
    make_room(queue, cost_of(frame) + (waits ? sizeof(struct talk) : 0));
    struct talk *talk = waits ? find_or_make(queue, conversation) : NULL;
    if (waits && !talk) {
        free(waiting);
        return false;
    }
    waiting->frame = *frame;
    if (frame->data.len > 0)
        memcpy(waiting->bytes, frame->data.at, frame->data.len);
    waiting->frame.data = bytes_of(waiting->bytes, frame->data.len);
    waiting->talk = talk;
    waiting->next = waiting->next_of_talk = NULL;
    waiting->previous = queue->last;
    *(queue->last ? &queue->last->next : &queue->first) = waiting;
    queue->last = waiting;
    queue->used += cost_of(frame);
    queue->ready += talk ? 0 : cost_of(frame);
    if (talk) {
        unlink_talk(queue, talk);
        *(talk->first ? &talk->last->next_of_talk : &talk->first) = waiting;
        talk->last = waiting;
        talk->bytes += cost_of(frame);
        link_talk(queue, talk);
    }
    return true;
}

void save_queue_expire(struct save_queue *queue, int64_t before_ns)
{
    while (queue->first && queue->first->talk && queue->first->frame.moment.time_ns < before_ns)
        drop_oldest(queue, queue->first->talk);
}

void save_queue_decide(struct save_queue *queue)
{
    for (struct talk *talk = longest(queue); talk; talk = longest(queue))
        save_queue_end(queue, talk->conversation);
}

bool save_queue_front(const struct save_queue *queue, struct frame *ret_frame)
{
    if (!queue->first || queue->first->talk)
        return false;
    *ret_frame = queue->first->frame;
    return true;
}

void save_queue_pop(struct save_queue *queue)
{
    remove_frame(queue, queue->first);
}

bool save_queue_is_empty(const struct save_queue *queue)
{
    return !queue->first;
}

size_t save_queue_bytes(const struct save_queue *queue)
{
    return queue->used;
}

uint64_t save_queue_overflowed(const struct save_queue *queue)
{
    return queue->overflowed;
}

void save_queue_free(struct save_queue *queue)
{
    if (!queue)
        return;
    while (queue->first)
        remove_frame(queue, queue->first);
    for (size_t i = 0; i < queue->bucket_count; i++)
        while (queue->buckets[i])
            forget(queue, queue->buckets[i]);
    free(queue->buckets);
    free(queue);
}
