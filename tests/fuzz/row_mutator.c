/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changes what is said in the conversations of play.h without losing where each piece ends.
 */
#include "mutator.h"
#include "play.h"

enum { PLAIN_IN = 8 /* one in so many is changed as mere bytes */ };

static size_t write_parts(const struct mutator *m, struct bytes header, uint8_t *data, size_t max_size)
{
    size_t size = bytes_copy(data, max_size, header);
    for (size_t i = 0; i < m->count; i++) {
        struct bytes body = mutator_body(m, i);
        const uint8_t *head = m->parts[i].head;
        bool has_body = play_kind_of(head[0]) <= PLAY_CUT;
        size_t length = has_body ? body.len : (size_t)(head[1] << 8 | head[2]);
        if (max_size - size < PLAY_STEP + (has_body ? length : 0))
            break;
        data[size++] = head[0];
        data[size++] = (uint8_t)(length >> 8);
        data[size++] = (uint8_t)length;
        if (has_body)
            size += bytes_copy(data + size, max_size - size, body);
    }
    return size;
}

/* A part becomes two of the same kind. */
static void split(struct mutator *m, size_t part)
{
    struct bytes body = mutator_body(m, part);
    size_t at = mutator_below(m, body.len + 1);
    if (m->count == MUTATOR_PARTS)
        return;
    mutator_copy(m, part, part + 1);
    mutator_set_body(m, part, bytes_first(body, at));
    mutator_set_body(m, part + 1, bytes_skip(body, at));
}

/* Something happens in the middle of what is said. */
static void interrupt(struct mutator *m, size_t part)
{
    static const uint8_t kinds[] = {PLAY_GAP, PLAY_GAP, PLAY_END, PLAY_TIME, PLAY_LEAP};
    split(m, part);
    if (m->count == MUTATOR_PARTS)
        return;
    mutator_copy(m, part, part + 1);
    uint8_t *head = m->parts[part + 1].head;
    head[0] = (uint8_t)(kinds[mutator_below(m, sizeof kinds)] << 2 | (head[0] & 3));
    head[1] = mutator_below(m, 4) ? 0 : (uint8_t)mutator_below(m, 256);
    head[2] = (uint8_t)mutator_below(m, 256);
}

static void change(struct mutator *m, size_t most)
{
    size_t part = mutator_below(m, m->count), other = mutator_below(m, m->count);
    switch (mutator_below(m, 16)) {
    case 0:
        mutator_copy(m, part, other);
        break;
    case 1:
        mutator_remove(m, part);
        break;
    case 2:
        mutator_swap(m, part, other);
        break;
    case 3:
        split(m, part);
        break;
    case 4:
        interrupt(m, part);
        break;
    case 5: /* another side, conversation or kind */
        m->parts[part].head[0] ^= (uint8_t)(1u << mutator_below(m, 5));
        break;
    case 6:
        m->parts[part].head[2] = (uint8_t)mutator_below(m, 256);
        break;
    default:
        mutator_change_body(m, part, 0, mutator_body(m, part).len + most);
        break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct mutator *m = mutator_begin(seed);
    if (size < PLAY_HEADER + PLAY_STEP || mutator_below(m, PLAIN_IN) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    uint8_t header[PLAY_HEADER];
    bytes_copy(header, sizeof header, bytes_of(data, size));
    if (mutator_below(m, 32) == 0)
        (void)LLVMFuzzerMutate(header, sizeof header, sizeof header);
    struct reader r = reader_of(bytes_skip(bytes_of(data, size), PLAY_HEADER));
    struct play_step step;
    while (play_next_step(&r, &step)) {
        const uint8_t head[PLAY_STEP] = {(uint8_t)step.how, (uint8_t)(step.length >> 8), (uint8_t)step.length};
        if (!mutator_add(m, bytes_of(head, sizeof head), step.data))
            break;
    }
    for (size_t i = mutator_below(m, 3) + 1; i > 0 && m->count > 0; i--)
        change(m, max_size > size ? max_size - size : 0);
    return write_parts(m, bytes_of(header, sizeof header), data, max_size);
}
