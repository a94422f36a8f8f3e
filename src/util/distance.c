/* SPDX-License-Identifier: BSD-3-Clause */
#include "distance.h"

static uint8_t fold(uint8_t letter)
{
    return letter == '-' ? '_' : byte_lower(letter);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t word_distance(struct bytes a, struct bytes b)
{
    size_t row[DISTANCE_WORD_MAX + 1];
    if (a.len > DISTANCE_WORD_MAX || b.len > DISTANCE_WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = corner + (fold(bytes_at(a, i - 1)) != fold(bytes_at(b, j - 1)));
            corner = row[j];
            row[j] = smaller(changed, 1 + smaller(row[j], row[j - 1]));
        }
    }
    return row[b.len];
}
