/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames one by one and many at once: the same ones, whichever the form of the file and wherever the buffer ends, also
 * where they are longer than the buffer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/capture.h"

#include <stdlib.h>

enum { FRAMES = 400, FILE_BYTES = 8 * 1024 * 1024, MANY = 64 };

struct form {
    uint32_t magic;
    bool big;       /* byte order */
    unsigned minor; /* 3: the lengths may be the other way round; 2: they are */
    bool modified;
};

struct file {
    uint8_t *at;
    size_t length;
};

static void put_u8(struct file *file, unsigned value)
{
    assert_true(file->length < FILE_BYTES);
    file->at[file->length++] = (uint8_t)value;
}

static void put_u32(struct file *file, bool big, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        put_u8(file, value >> (big ? 24 - 8 * i : 8 * i) & 0xff);
}

static size_t length_of(unsigned frame)
{
    if (frame % 100 == 50)
        return 400001 + frame; /* longer than the buffer */
    return frame % 10 == 9 ? 60000 + frame : frame * 7919 % 1501;
}

static uint8_t octet_of(unsigned frame, size_t i)
{
    return (uint8_t)(frame * 31 + i * 7 + (i >> 8));
}

static void put_file(struct file *file, const struct form *form)
{
    put_u32(file, form->big, form->magic);
    put_u32(file, form->big, form->big ? 2u << 16 | form->minor : form->minor << 16 | 2u);
    for (int i = 0; i < 3; i++)
        put_u32(file, form->big, i == 2 ? 65535 : 0);
    put_u32(file, form->big, 1);
    for (unsigned frame = 0; frame < FRAMES; frame++) {
        uint32_t captured = (uint32_t)length_of(frame), wire = captured + frame % 3;
        put_u32(file, form->big, 1000 + frame);
        put_u32(file, form->big, frame);
        put_u32(file, form->big, form->minor == 2 ? wire : captured);
        put_u32(file, form->big, form->minor == 2 ? captured : wire);
        for (int i = 0; i < 8 && form->modified; i++)
            put_u8(file, 0xee);
        for (size_t i = 0; i < captured; i++)
            put_u8(file, octet_of(frame, i));
    }
}

static void assert_frame(const struct frame *frame, unsigned number, bool nanoseconds)
{
    assert_int_equal(frame->moment.frame, 7 + number);
    assert_true(frame->moment.time_ns == (1000 + (int64_t)number) * 1000000000 + number * (nanoseconds ? 1 : 1000));
    assert_int_equal(frame->time_digits, nanoseconds ? 9 : 6);
    assert_int_equal(frame->link_type, 1);
    assert_int_equal(frame->data.len, length_of(number));
    assert_int_equal(frame->wire_length, length_of(number) + number % 3);
    for (size_t i = 0; i < frame->data.len; i++)
        if (bytes_at(frame->data, i) != octet_of(number, i))
            fail();
}

/* Up to `many` at once; 0: capture_next only. Returns how many came at once. */
static size_t read_all(const struct file *file, size_t many, bool nanoseconds)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct frame frames[MANY];
    struct capture *capture = capture_open_memory(bytes_of(file->at, file->length), 7, error);
    assert_non_null(capture);
    unsigned number = 0;
    size_t at_once = 0;
    for (;;) {
        size_t count = capture_at_hand(capture, frames, many);
        assert_true(count <= many);
        for (size_t i = 0; i < count; i++) /* all of them are valid */
            assert_frame(&frames[i], number + (unsigned)i, nanoseconds);
        number += (unsigned)count;
        at_once += count;
        if (count > 0)
            continue;
        enum capture_result result = capture_next(capture, frames, error);
        if (result == CAPTURE_END)
            break;
        assert_int_equal(result, CAPTURE_FRAME);
        assert_frame(frames, number++, nanoseconds);
    }
    assert_int_equal(number, FRAMES);
    assert_int_equal(capture_frames(capture), FRAMES);
    assert_int_equal(capture_at_hand(capture, frames, MANY), 0);
    capture_close(capture);
    return at_once;
}

static void gives_the_same_frames(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {0xa1b2c3d4, false, 4, false}, {0xa1b23c4d, false, 4, false}, {0xa1b2c3d4, true, 4, false},
        {0xa1b23c4d, true, 4, false},  {0xa1b2cd34, false, 4, true},  {0xa1b2c3d4, false, 3, false},
        {0xa1b2c3d4, true, 2, false},
    };
    struct file file = {.at = malloc(FILE_BYTES)};
    assert_non_null(file.at);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        bool nanoseconds = forms[i].magic == 0xa1b23c4d, usual = forms[i].minor == 4 && !forms[i].modified;
        file.length = 0;
        put_file(&file, &forms[i]);
        assert_int_equal(read_all(&file, 0, nanoseconds), 0);
        for (size_t many = 1; many <= MANY; many *= 4) {
            size_t at_once = read_all(&file, many, nanoseconds);
            assert_true(usual ? at_once > FRAMES * 3 / 4 : at_once == 0);
        }
    }
    free(file.at);
}

/* What does not begin a sound frame is left for capture_next, which says what is wrong with it. */
static void stops_before_damage(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    struct frame frames[MANY];
    struct file file = {.at = malloc(FILE_BYTES)};
    assert_non_null(file.at);
    put_u32(&file, false, 0xa1b2c3d4);
    put_u32(&file, false, 4 << 16 | 2);
    for (int i = 0; i < 4; i++)
        put_u32(&file, false, i == 3 ? 1 : 0);
    for (int i = 0; i < 3; i++) {
        put_u32(&file, false, 1);
        put_u32(&file, false, 0);
        put_u32(&file, false, i == 2 ? 0x7fffffff : 4);
        put_u32(&file, false, 4);
        put_u32(&file, false, 0);
    }
    struct capture *capture = capture_open_memory(bytes_of(file.at, file.length), 1, error);
    assert_non_null(capture);
    assert_int_equal(capture_at_hand(capture, frames, MANY), 2);
    assert_int_equal(capture_at_hand(capture, frames, MANY), 0);
    assert_int_equal(capture_next(capture, frames, error), CAPTURE_BROKEN);
    assert_string_equal(error, "memory: frame 3, at byte 64: at most 16777216 bytes of frame expected, the header "
                               "claims 2147483647");
    assert_int_equal(capture_at_hand(capture, frames, MANY), 0);
    assert_int_equal(capture_next(capture, frames, error), CAPTURE_END);
    capture_close(capture);
    free(file.at);
}

static void leaves_filters_alone(void **state)
{
    (void)state;
    char error[CAPTURE_ERROR_SIZE] = "";
    struct frame frames[MANY];
    struct file file = {.at = malloc(FILE_BYTES)};
    assert_non_null(file.at);
    put_file(&file, &(const struct form){0xa1b2c3d4, false, 4, false});
    struct capture *capture = capture_open_memory(bytes_of(file.at, file.length), 1, error);
    assert_non_null(capture);
    assert_int_equal(capture_filter(capture, "tcp", error), 0);
    assert_int_equal(capture_at_hand(capture, frames, MANY), 0);
    capture_close(capture);
    free(file.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_frames),
        cmocka_unit_test(stops_before_damage),
        cmocka_unit_test(leaves_filters_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
