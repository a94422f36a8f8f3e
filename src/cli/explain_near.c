/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain_near.h"

enum { WORD_MAX = 64, STEP = 2, LOOKS_LIKE = 1 };

static bool look_alike(uint8_t a, uint8_t b)
{
    static const char *const groups[] = {"o0", "il1", "s5", "b8", "z2", "-_ "};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strchr(groups[i], a) && strchr(groups[i], b))
            return true;
    return false;
}

static unsigned cost_of(uint8_t a, uint8_t b)
{
    if (a == b)
        return 0;
    return a != 0 && b != 0 && look_alike(a, b) ? LOOKS_LIKE : STEP;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The table of optimal string alignment, of which three rows are enough. */
unsigned explain_distance(struct bytes a, struct bytes b)
{
    unsigned rows[3][WORD_MAX + 1];
    if (a.len > WORD_MAX || b.len > WORD_MAX)
        return EXPLAIN_FAR;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j * STEP;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i * STEP;
        for (size_t j = 1; j <= b.len; j++) {
            const uint8_t left = byte_lower(bytes_at(a, i - 1));
            const uint8_t right = byte_lower(bytes_at(b, j - 1));
            row[j] = least(least(above[j], row[j - 1]) + STEP, above[j - 1] + cost_of(left, right));
            if (i > 1 && j > 1 && left == byte_lower(bytes_at(b, j - 2)) && right == byte_lower(bytes_at(a, i - 2)))
                row[j] = least(row[j], two_above[j - 2] + STEP);
        }
    }
    return rows[a.len % 3][b.len];
}

unsigned explain_tolerance(struct bytes word)
{
    enum { SHORT = 2, MIDDLE = 5, LONG = 9 };
    if (word.len <= SHORT)
        return LOOKS_LIKE;
    if (word.len <= MIDDLE)
        return STEP;
    return word.len <= LONG ? 2 * STEP : 3 * STEP;
}
