/* SPDX-License-Identifier: BSD-3-Clause */
#include "mutator.h"

struct mutator *mutator_begin(unsigned seed)
{
    static struct mutator mutator;
    mutator.state = seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
    if (mutator.state == 0)
        mutator.state = 1;
    mutator.count = mutator.used = 0;
    return &mutator;
}

static bool put_body(struct mutator *m, struct mutator_part *part, struct bytes body)
{
    if (body.len > MUTATOR_ROOM - m->used)
        return false;
    part->offset = m->used;
    part->length = body.len;
    if (body.len > 0)
        memmove(m->bodies + m->used, body.at, body.len);
    m->used += body.len;
    return true;
}

bool mutator_add(struct mutator *m, struct bytes head, struct bytes body)
{
    if (m->count == MUTATOR_PARTS)
        return false;
    struct mutator_part *part = &m->parts[m->count];
    memset(part->head, 0, sizeof part->head);
    bytes_copy(part->head, sizeof part->head, head);
    if (!put_body(m, part, body))
        return false;
    m->count++;
    return true;
}

struct bytes mutator_body(const struct mutator *m, size_t part)
{
    return bytes_of(m->bodies + m->parts[part].offset, m->parts[part].length);
}

void mutator_set_body(struct mutator *m, size_t part, struct bytes body)
{
    (void)put_body(m, &m->parts[part], body);
}

void mutator_change_body(struct mutator *m, size_t part, size_t from, size_t most)
{
    static uint8_t work[MUTATOR_BODY];
    struct bytes body = mutator_body(m, part);
    if (from > body.len || body.len > sizeof work)
        return;
    if (most > sizeof work)
        most = sizeof work;
    if (most < body.len)
        most = body.len;
    bytes_copy(work, sizeof work, body);
    size_t length = most > from ? LLVMFuzzerMutate(work + from, body.len - from, most - from) : 0;
    mutator_set_body(m, part, bytes_of(work, from + length));
}

void mutator_copy(struct mutator *m, size_t part, size_t to)
{
    if (m->count == MUTATOR_PARTS)
        return;
    const struct mutator_part copy = m->parts[part];
    memmove(&m->parts[to + 1], &m->parts[to], (m->count - to) * sizeof copy);
    m->parts[to] = copy;
    m->count++;
}

void mutator_remove(struct mutator *m, size_t part)
{
    m->count--;
    memmove(&m->parts[part], &m->parts[part + 1], (m->count - part) * sizeof m->parts[0]);
}

void mutator_swap(struct mutator *m, size_t a, size_t b)
{
    const struct mutator_part kept = m->parts[a];
    m->parts[a] = m->parts[b];
    m->parts[b] = kept;
}
