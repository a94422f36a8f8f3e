/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pieces of a few datagrams, in any order, overlapping, cut, late, with memory running out:
 *     for each piece: which 1 | offset / 8 2 | length 2 | how 1
 *
 * What a byte is says where it lies (5 bits) and which version of that place it is (3 bits). A datagram that is put
 * together has at each place a version that was sent for it, whatever the policy; nothing else, and no hole.
 */
#include "harness.h"

#include "decode/fragments.h"
#include "util/budget.h"

enum {
    DATAGRAMS = 4,
    ROOM = 65535,
    PIECE_MAX = 2048,
    PIECE_BYTES = 6,
    MARKS_MAX = 4096,
    PLACE_BITS = 5,
    /* of the waiting datagrams, and one that is looked at */
    MEMORY_BOUND = LIMIT_FRAGMENT_BYTES + (1 << 20),
};

/* Which versions were sent for each place. */
static uint8_t sent[DATAGRAMS][ROOM + PIECE_MAX];

struct mark {
    uint8_t which;
    uint32_t from, length;
};

static uint8_t place_of(size_t position)
{
    return (uint8_t)((position ^ position >> PLACE_BITS) & ((1u << PLACE_BITS) - 1));
}

static struct fragment read_piece(struct reader *r, uint8_t *payload, unsigned *ret_how, unsigned *ret_which)
{
    unsigned which = reader_u8(r), offset = reader_u16(r), length = reader_u16(r), how = reader_u8(r);
    struct fragment fragment = {
        .source = {.family = which & 4 ? 6 : 4, .octets = {10, 0, 0, 1}},
        .destination = {.family = which & 4 ? 6 : 4, .octets = {10, 0, 0, 2}},
        .identification = which & 1,
        .protocol = which & 4 ? 0 : 17,
        .offset = offset % 8192 * 8,
        .more = (how & 1) != 0,
        .length = length % PIECE_MAX,
        .room = ROOM,
        .next_header = 17,
    };
    if (fragment.more && !(how & 2))
        fragment.length &= ~7u;
    size_t captured = how & 4 ? fragment.length / 2 : fragment.length;
    for (size_t i = 0; i < captured; i++)
        payload[i] = (uint8_t)(place_of(fragment.offset + i) | (how >> 5) << PLACE_BITS);
    fragment.data = bytes_of(payload, captured);
    *ret_how = how;
    *ret_which = (which & 1) | (which & 4) >> 1;
    return fragment;
}

static void check_whole(const struct fragment_result *whole, unsigned which)
{
    demand(whole->data.len <= whole->length && whole->length <= ROOM);
    for (size_t i = 0; i < whole->data.len; i++) {
        uint8_t byte = bytes_at(whole->data, i);
        demand((byte & ((1u << PLACE_BITS) - 1)) == place_of(i));
        demand(sent[which][i] >> (byte >> PLACE_BITS) & 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mark marks[MARKS_MAX];
    static uint8_t payload[PIECE_MAX];
    size_t mark_count = 0;
    struct reader r = reader_of(bytes_of(data, size));
    struct budget budget;
    budget_init(&budget, MEMORY_BOUND);
    struct fragments *fragments = fragments_new(&budget);
    int64_t now_ns = 0;
    demand(fragments != NULL);
    while (reader_left(&r) >= PIECE_BYTES && mark_count < MARKS_MAX) {
        unsigned how, which;
        struct fragment fragment = read_piece(&r, payload, &how, &which);
        struct fragment_result result;
        now_ns += how & 8 ? (int64_t)(how >> 5) * 10 * 1000000000 : 1000;
        fragments_clock(fragments, now_ns);
        budget.fail_at = how & 16 && how & 8 ? 1 : 0;
        for (size_t i = 0; i < fragment.data.len; i++)
            sent[which][fragment.offset + i] |= (uint8_t)(1u << (how >> 5));
        marks[mark_count++] = (struct mark){(uint8_t)which, fragment.offset, fragment.length};
        enum fragment_verdict verdict = fragments_add(fragments, &fragment, &result);
        budget.fail_at = 0;
        memset(payload, 0xee, sizeof payload);
        demand(result.anomaly.name <= ANOMALY_COUNT);
        if (verdict == FRAGMENT_COMPLETE)
            check_whole(&result, which);
        demand(budget.used <= MEMORY_BOUND && fragments_statistics(fragments).waiting <= mark_count);
    }
    fragments_free(fragments);
    demand(budget.used == 0);
    while (mark_count-- > 0)
        memset(&sent[marks[mark_count].which][marks[mark_count].from], 0, marks[mark_count].length);
    return 0;
}
