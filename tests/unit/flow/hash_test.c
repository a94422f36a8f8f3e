/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keys that were made to collide in hashes of common use do not in ours: a million of each kind lie as well in the
 * table as any others. The function is drawn anew in each run.
 */
#include "flow/table.h"

#include "../../adversarial/generate/colliding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    KEYS = 1000000,
    HOMES = 1 << 20,
    SLOTS = 1 << 21,     /* what the table has for so many */
    HOME_MAX = 16,       /* keys with the same home; by chance alone 8 to 10 */
    SEARCH_MAX = 16 * 8, /* slots that a search passes: 16 cache lines; by chance alone some 60 slots */
};

static uint32_t hash_of(const struct flow_hash_key *key, enum colliding kind, uint32_t number, bool wide)
{
    const struct colliding_key made = colliding_make(kind, number);
    struct endpoint ends[2] = {{.ip.family = 4, .port = (uint16_t)(made.ports >> 16)},
                               {.ip.family = 4, .port = (uint16_t)made.ports}};
    const uint32_t words[2] = {made.source, made.destination};
    for (size_t i = 0; i < 2; i++) {
        size_t at = 0;
        if (wide) {
            static const uint8_t prefix[12] = {0x20, 0x01, 0x0d, 0xb8};
            memcpy(ends[i].ip.octets, prefix, sizeof prefix);
            ends[i].ip.family = 6;
            at = sizeof prefix;
        }
        for (unsigned byte = 0; byte < 4; byte++)
            ends[i].ip.octets[at + byte] = (uint8_t)(words[i] >> (24 - 8 * byte));
    }
    return flow_hash(key, &ends[0], &ends[1], TRANSPORT_TCP, 0);
}

/* How many have the same home at most; and how far the longest search goes, where each is put into the next free slot.
 */
static void check_kind(enum colliding kind, bool wide)
{
    const struct flow_hash_key key = flow_hash_key_random();
    uint8_t *homes = calloc(HOMES, 1), *taken = calloc(SLOTS, 1);
    unsigned most = 0, longest = 0;
    assert_non_null(homes);
    assert_non_null(taken);
    for (uint32_t i = 0; i < KEYS; i++) {
        const uint32_t hash = hash_of(&key, kind, i, wide);
        unsigned searched = 1;
        uint8_t *home = &homes[hash & (HOMES - 1)];
        assert_true(*home < HOME_MAX);
        ++*home;
        most = *home > most ? *home : most;
        size_t at = hash & (SLOTS - 1);
        for (; taken[at]; at = (at + 1) & (SLOTS - 1))
            searched++;
        taken[at] = 1;
        longest = searched > longest ? searched : longest;
    }
    print_message("kind %d, IPv%d: %u with the same home, %u slots searched\n", (int)kind, wide ? 6 : 4, most, longest);
    assert_true(longest <= SEARCH_MAX);
    free(homes);
    free(taken);
}

static void test_colliding_keys(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < COLLIDING_KINDS; kind++) {
        check_kind((enum colliding)kind, false);
        check_kind((enum colliding)kind, true);
    }
}

/* They are what they claim to be. */
static void test_they_collide(void **state)
{
    (void)state;
    const struct colliding_key xor = colliding_make(COLLIDING_XOR, 0), sum = colliding_make(COLLIDING_SUM, 0);
    for (uint32_t i = 1; i < 1000; i++) {
        const uint32_t number = i * 997;
        struct colliding_key made = colliding_make(COLLIDING_XOR, number);
        assert_int_equal(made.source ^ made.destination ^ made.ports >> 16 ^ (made.ports & 0xffff),
                         xor.source ^ xor.destination ^ xor.ports >> 16 ^ (xor.ports & 0xffff));
        made = colliding_make(COLLIDING_SUM, number);
        assert_int_equal(made.source + made.destination, sum.source + sum.destination);
        made = colliding_make(COLLIDING_LOW_BITS, number);
        assert_int_equal((made.source & 0xffff) << 16 | (made.destination & 0xffff), 0x0a0b5050);
        made = colliding_make(COLLIDING_FNV, number);
        assert_int_equal(colliding_fnv(&made, 12) & 0xffff, 0x5eed);
        made = colliding_make(COLLIDING_CRC32, number);
        assert_int_equal(colliding_crc32(&made), 0x5eed);
        made = colliding_make(COLLIDING_LOOKUP3, number);
        assert_int_equal(colliding_lookup3(&made), 0x5eed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_they_collide), cmocka_unit_test(test_colliding_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
