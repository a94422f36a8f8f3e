/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame/session_state.h"

#include "util/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

const struct dissector *const dissector_registry[] = {NULL};

struct fixture {
    struct budget budget;
    struct session_shared shared;
    struct session session;
    struct emitter emitter;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    budget_init(&f->budget, 0);
    f->shared.budget = &f->budget;
    f->session.shared = &f->shared;
    f->session.state = calloc(1, sizeof *f->session.state);
    f->emitter.session = &f->session;
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    emit_inflate_end(&f->emitter, SIDE_SERVER);
    session_shared_done(&f->shared);
    assert_int_equal(f->budget.used, 0);
    free(f->session.state);
    free(f);
    return 0;
}

static uint8_t packed[8 * 1024 * 1024];
static uint8_t plain[65536];

/* window: 31 gzip, 15 zlib, -15 bare. `times` copies of the plain buffer. */
static size_t pack(int window, size_t length, unsigned times)
{
    z_stream s = {0};
    assert_int_equal(deflateInit2(&s, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
    s.next_out = packed;
    s.avail_out = sizeof packed;
    for (unsigned i = 0; i < times; i++) {
        s.next_in = plain;
        s.avail_in = (unsigned)length;
        assert_int_equal(deflate(&s, i + 1 == times ? Z_FINISH : Z_NO_FLUSH), i + 1 == times ? Z_STREAM_END : Z_OK);
    }
    size_t size = s.total_out;
    deflateEnd(&s);
    return size;
}

static void measures(struct fixture *f, enum inflate_format format, size_t size, size_t step, uint64_t expected)
{
    uint64_t decoded = 0;
    assert_true(emit_inflate_begin(&f->emitter, SIDE_SERVER, format));
    for (size_t at = 0; at < size; at += step) {
        struct bytes piece = bytes_slice(bytes_of(packed, size), at, step);
        assert_int_equal(emit_inflate(&f->emitter, SIDE_SERVER, piece, &decoded, NULL), INFLATE_OK);
    }
    assert_int_equal(decoded, expected);
    emit_inflate_end(&f->emitter, SIDE_SERVER);
}

static void measures_every_format_in_any_pieces(void **state)
{
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * i >> 7);
    const struct {
        int window;
        enum inflate_format format;
    } cases[] = {{31, INFLATE_GZIP}, {15, INFLATE_DEFLATE}, {-15, INFLATE_DEFLATE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = pack(cases[i].window, 5000, 1);
        measures(*state, cases[i].format, size, 1, 5000);
        measures(*state, cases[i].format, size, 7, 5000);
        measures(*state, cases[i].format, size, size, 5000);
    }
}

static void counts_several_gzip_members(void **state)
{
    size_t size = pack(31, 100, 1);
    memmove(packed + size, packed, size);
    measures(*state, INFLATE_GZIP, 2 * size, 2 * size, 200);
    measures(*state, INFLATE_GZIP, 2 * size, 1, 200);
    measures(*state, INFLATE_GZIP, 2 * size, size, 200);
}

static void ignores_padding_after_the_end(void **state)
{
    size_t size = pack(31, 100, 1);
    memset(packed + size, 0, 20);
    measures(*state, INFLATE_GZIP, size + 20, size + 20, 100);
    measures(*state, INFLATE_GZIP, size + 20, 1, 100);
}

/* Nothing behind padding counts, nor a second stream in zlib's format, however it was cut. */
static void ends_once(void **state)
{
    size_t size = pack(31, 100, 1);
    memset(packed + size, 0, 20);
    memmove(packed + size + 20, packed, size);
    for (size_t step = 1; step < 2 * size + 20; step++)
        measures(*state, INFLATE_GZIP, 2 * size + 20, step, 100);
    size = pack(15, 100, 1);
    const size_t gzip_size = sizeof "\x1f\x8b\x08 a member";
    memcpy(packed + size, "\x1f\x8b\x08 a member", gzip_size);
    for (size_t step = 1; step <= size + gzip_size; step++)
        measures(*state, INFLATE_DEFLATE, size + gzip_size, step, 100);
}

static void says_what_is_not_packed(void **state)
{
    struct fixture *f = *state;
    uint64_t decoded = 0;
    assert_true(emit_inflate_begin(&f->emitter, SIDE_SERVER, INFLATE_GZIP));
    assert_int_equal(emit_inflate(&f->emitter, SIDE_SERVER, bytes_text("<html>"), &decoded, NULL), INFLATE_BAD);
    assert_int_equal(emit_inflate(&f->emitter, SIDE_SERVER, bytes_text("<html>"), &decoded, NULL), INFLATE_BAD);
    assert_int_equal(decoded, 0);
}

/* A copy from before the beginning: libisal counts it before it refuses it, and what stands there are bytes of whatever
 * was inflated before. */
static void gives_nothing_out_for_a_copy_that_is_refused(void **state)
{
    static const uint8_t bad[] = {0x42, 0xd4, 0x0a, 0xb6, 0x42, 0xd4, 0xb6, 0x42,
                                  0x42, 0xd4, 0x0a, 0xb6, 0x42, 0xd4, 0xb6, 0x42};
    struct fixture *f = *state;
    for (size_t step = 1; step <= sizeof bad; step++) {
        uint64_t decoded = 0;
        enum inflate_result result = INFLATE_OK;
        assert_true(emit_inflate_begin(&f->emitter, SIDE_SERVER, INFLATE_DEFLATE));
        for (size_t at = 0; at < sizeof bad && result == INFLATE_OK; at += step)
            result = emit_inflate(&f->emitter, SIDE_SERVER, bytes_slice(bytes_of(bad, sizeof bad), at, step), &decoded,
                                  NULL);
        assert_int_equal(result, INFLATE_BAD);
        assert_int_equal(decoded, 0);
        emit_inflate_end(&f->emitter, SIDE_SERVER);
    }
}

static void stops_a_bomb(void **state)
{
    struct fixture *f = *state;
    memset(plain, 0, sizeof plain);
    size_t size = pack(31, sizeof plain, 1024);
    uint64_t decoded = 0;
    assert_true(emit_inflate_begin(&f->emitter, SIDE_SERVER, INFLATE_GZIP));
    assert_int_equal(emit_inflate(&f->emitter, SIDE_SERVER, bytes_of(packed, size), &decoded, NULL), INFLATE_BOMB);
    assert_in_range(decoded, LIMIT_INFLATE_FREE_BYTES, LIMIT_INFLATE_FREE_BYTES + 32 * 1024);
}

static void needs_memory(void **state)
{
    struct fixture *f = *state;
    for (uint64_t n = 1; n <= 3; n++) {
        f->budget.fail_at = n;
        bool begun = emit_inflate_begin(&f->emitter, SIDE_SERVER, INFLATE_GZIP);
        uint64_t decoded = 0;
        size_t size = pack(31, 100, 1);
        enum inflate_result result = emit_inflate(&f->emitter, SIDE_SERVER, bytes_of(packed, size), &decoded, NULL);
        assert_int_equal(result, begun && decoded == 100 ? INFLATE_OK : INFLATE_BAD);
        emit_inflate_end(&f->emitter, SIDE_SERVER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(measures_every_format_in_any_pieces, begin, end),
        cmocka_unit_test_setup_teardown(counts_several_gzip_members, begin, end),
        cmocka_unit_test_setup_teardown(ends_once, begin, end),
        cmocka_unit_test_setup_teardown(ignores_padding_after_the_end, begin, end),
        cmocka_unit_test_setup_teardown(says_what_is_not_packed, begin, end),
        cmocka_unit_test_setup_teardown(gives_nothing_out_for_a_copy_that_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(stops_a_bomb, begin, end),
        cmocka_unit_test_setup_teardown(needs_memory, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
