/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The buffer that outputs write into, and our own words, numbers and times in it.
 */
#include "text.h"

#include "put.h"

#include <stdlib.h>

enum {
    FIRST_CAPACITY = 256,
};

void text_buffer_done(struct text_buffer *buffer)
{
    free(buffer->at);
    *buffer = (struct text_buffer){0};
}

static bool grow(struct text_buffer *buffer, size_t size)
{
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    while (capacity - buffer->length < size) {
        if (capacity > SIZE_MAX / 2)
            return false;
        capacity *= 2;
    }
    if (capacity == buffer->capacity)
        return true;
    char *at = realloc(buffer->at, capacity);
    if (!at)
        return false;
    buffer->at = at;
    buffer->capacity = capacity;
    return true;
}

char *text_grow(struct text_buffer *buffer, size_t size)
{
    if (buffer->failed || !grow(buffer, size)) {
        buffer->failed = true;
        return NULL;
    }
    return buffer->at + buffer->length;
}

/* clang-format off */
const char put_pairs[200] =
    "00010203040506070809"
    "10111213141516171819"
    "20212223242526272829"
    "30313233343536373839"
    "40414243444546474849"
    "50515253545556575859"
    "60616263646566676869"
    "70717273747576777879"
    "80818283848586878889"
    "90919293949596979899";
/* clang-format on */

char *put_large(char *to, uint64_t value)
{
    uint64_t high = value / PUT_DIGITS_END;
    if (high >= PUT_DIGITS_END) {
        to = put_small(to, (uint32_t)(high / PUT_DIGITS_END));
        put_eight(to, put_digits((uint32_t)(high % PUT_DIGITS_END)));
        to += PUT_DIGITS;
    } else {
        to = put_small(to, (uint32_t)high);
    }
    put_eight(to, put_digits((uint32_t)(value % PUT_DIGITS_END)));
    return to + PUT_DIGITS;
}

void text_add_unsigned(struct text_buffer *buffer, uint64_t value)
{
    char *to = text_reserve(buffer, PUT_NUMBER + PUT_SLACK);
    if (to)
        buffer->length += (size_t)(put_unsigned(to, value) - to);
}

void text_add_signed(struct text_buffer *buffer, int64_t value)
{
    char *to = text_reserve(buffer, 1 + PUT_NUMBER + PUT_SLACK);
    if (to)
        buffer->length += (size_t)(put_signed(to, value) - to);
}

/* A day of the Gregorian calendar from the days since 1970-01-01, by eras of 400 years that begin in March. */
static void put_date(char *to, int64_t days)
{
    enum { ERA_DAYS = 146097, DAYS_TO_1970 = 719468 };
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = (shifted >= 0 ? shifted : shifted - (ERA_DAYS - 1)) / ERA_DAYS;
    uint32_t day_of_era = (uint32_t)(shifted - era * ERA_DAYS);
    uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t march_month = (5 * day_of_year + 2) / 153;
    uint32_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    uint32_t year = (uint32_t)((int64_t)year_of_era + era * 400 + (month <= 2));
    put_pair(to, year / 100 % 100);
    put_pair(to + 2, year % 100);
    to[4] = '-';
    put_pair(to + 5, month);
    to[7] = '-';
    put_pair(to + 8, day_of_year - (153 * march_month + 2) / 5 + 1);
}

static void learn_second(struct put_second *second, int64_t time_ns)
{
    enum { DAY_SECONDS = 86400 };
    int64_t seconds = time_ns / PUT_SECOND_NS - (time_ns % PUT_SECOND_NS < 0);
    int64_t days = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
    uint32_t of_day = (uint32_t)(seconds - days * DAY_SECONDS);
    char *to = second->text;
    put_date(to, days);
    to[10] = 'T';
    put_pair(to + 11, of_day / 3600);
    to[13] = ':';
    put_pair(to + 14, of_day / 60 % 60);
    to[16] = ':';
    put_pair(to + 17, of_day % 60);
    to[19] = '.';
    /* Of the first second that 64 bits can count in nanoseconds, the beginning cannot be said in them. */
    second->known = seconds > INT64_MIN / PUT_SECOND_NS;
    second->start_ns = second->known ? seconds * PUT_SECOND_NS : 0;
}

char *put_other_time(char *to, struct put_second *second, int64_t time_ns, unsigned digits)
{
    learn_second(second, time_ns);
    memcpy(to, second->text, sizeof second->text);
    return put_fraction(to + sizeof second->text,
                        (uint32_t)(time_ns % PUT_SECOND_NS + (time_ns % PUT_SECOND_NS < 0 ? PUT_SECOND_NS : 0)),
                        digits);
}

void text_add_time(struct text_buffer *buffer, int64_t time_ns, unsigned digits)
{
    struct put_second second = {0};
    char *to = text_reserve(buffer, PUT_TIME + PUT_SLACK);
    if (to)
        buffer->length += (size_t)(put_time(to, &second, time_ns, digits) - to);
}
