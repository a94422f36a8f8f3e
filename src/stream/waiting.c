/* SPDX-License-Identifier: BSD-3-Clause */
#include "waiting.h"

#include "util/budget.h"

struct piece *waiting_after(const struct waiting *waiting, uint64_t position)
{
    struct piece *found = NULL;
    for (struct piece *at = waiting->root; at;) {
        if (piece_end(at) > position) {
            found = at;
            at = at->left;
        } else {
            at = at->right;
        }
    }
    return found;
}

/* Where a piece lies in memory is not for the sender to know, so it cannot choose priorities that unbalance. */
static uint32_t priority_of(const struct piece *piece)
{
    uint64_t x = (uint64_t)(uintptr_t)piece ^ piece->start << 17;
    x = (x ^ x >> 31) * 0x9e3779b97f4a7c15;
    x = (x ^ x >> 29) * 0xd6e8feb86659fd93;
    return (uint32_t)(x >> 32);
}

/* Splits the tree below `at` into what starts before `start` and what does not. */
static void split(struct piece *at, uint64_t start, struct piece **ret_before, struct piece **ret_after)
{
    while (at) {
        if (at->start < start) {
            *ret_before = at;
            ret_before = &at->right;
            at = at->right;
        } else {
            *ret_after = at;
            ret_after = &at->left;
            at = at->left;
        }
    }
    *ret_before = NULL;
    *ret_after = NULL;
}

static struct piece *merge(struct piece *before, struct piece *after)
{
    struct piece *root = NULL;
    struct piece **link = &root;
    while (before && after) {
        if (before->priority > after->priority) {
            *link = before;
            link = &before->right;
            before = before->right;
        } else {
            *link = after;
            link = &after->left;
            after = after->left;
        }
    }
    *link = before ? before : after;
    return root;
}

struct piece *waiting_add(struct waiting *waiting, struct budget *budget, uint64_t start, struct bytes data,
                          uint32_t lost, const struct utterance *said, struct standing standing)
{
    struct piece *piece = budget_take(budget, sizeof *piece + data.len);
    if (!piece)
        return NULL;
    piece->start = start;
    piece->lost = data.len == 0;
    piece->length = piece->lost ? lost : (uint32_t)data.len;
    piece->capacity = (uint32_t)data.len;
    piece->said = *said;
    piece->standing = standing;
    if (data.len > 0)
        memcpy(piece->storage, data.at, data.len);
    piece->priority = priority_of(piece);

    struct piece **link = &waiting->root;
    while (*link && (*link)->priority >= piece->priority)
        link = start < (*link)->start ? &(*link)->left : &(*link)->right;
    split(*link, start, &piece->left, &piece->right);
    *link = piece;
    waiting->bytes += (uint32_t)data.len;
    waiting->count++;
    return piece;
}

void waiting_remove(struct waiting *waiting, struct piece *piece)
{
    struct piece **link = &waiting->root;
    while (*link != piece)
        link = piece->start < (*link)->start ? &(*link)->left : &(*link)->right;
    *link = merge(piece->left, piece->right);
    piece->left = piece->right = NULL;
    waiting->bytes -= piece->lost ? 0 : piece->length;
    waiting->count--;
}

void piece_free(struct piece *piece, struct budget *budget)
{
    if (piece)
        budget_give(budget, piece, sizeof *piece + piece->capacity);
}

struct bytes piece_data(const struct piece *piece)
{
    if (piece->lost)
        return (struct bytes){NULL, 0};
    return bytes_slice(bytes_of(piece->storage, piece->capacity), piece->offset, piece->length);
}

void waiting_trim(struct waiting *waiting, struct piece *piece, uint32_t bytes)
{
    piece->start += bytes;
    piece->offset += bytes;
    piece->length -= bytes;
    waiting->bytes -= piece->lost ? 0 : bytes;
}

void waiting_shorten(struct waiting *waiting, struct piece *piece, uint32_t bytes)
{
    piece->length -= bytes;
    waiting->bytes -= piece->lost ? 0 : bytes;
}

uint32_t waiting_cut_before(struct waiting *waiting, struct budget *budget, uint64_t position)
{
    uint32_t before = waiting->bytes;
    struct piece *first;
    while ((first = waiting_first(waiting)) && piece_end(first) <= position) {
        waiting_remove(waiting, first);
        piece_free(first, budget);
    }
    if (first && first->start < position)
        waiting_trim(waiting, first, (uint32_t)(position - first->start));
    return before - waiting->bytes;
}

void waiting_clear(struct waiting *waiting, struct budget *budget)
{
    waiting_cut_before(waiting, budget, UINT64_MAX);
}
