/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The buffer that outputs write into, and our own words, numbers and times in it.
 */
#include "text.h"

#include <stdlib.h>

enum {
    FIRST_CAPACITY = 256,
    NUMBER_DIGITS = 20, /* of the largest 64-bit number */
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

void text_add_unsigned(struct text_buffer *buffer, uint64_t value)
{
    char digits[NUMBER_DIGITS];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_add(buffer, digits + at, sizeof digits - at);
}

void text_add_signed(struct text_buffer *buffer, int64_t value)
{
    if (value < 0)
        text_add(buffer, "-", 1);
    text_add_unsigned(buffer, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void put_digits(char *to, size_t count, uint32_t value)
{
    for (size_t i = count; i > 0; i--) {
        to[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
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
    int64_t year = (int64_t)year_of_era + era * 400 + (month <= 2);
    put_digits(to, 4, (uint32_t)year);
    to[4] = '-';
    put_digits(to + 5, 2, month);
    to[7] = '-';
    put_digits(to + 8, 2, day_of_year - (153 * march_month + 2) / 5 + 1);
}

void text_add_time(struct text_buffer *buffer, int64_t time_ns, unsigned digits)
{
    enum { SECOND_NS = 1000000000, DAY_SECONDS = 86400, LONGEST = 30 };
    int64_t seconds = time_ns / SECOND_NS;
    int64_t rest_ns = time_ns % SECOND_NS;
    if (rest_ns < 0) {
        rest_ns += SECOND_NS;
        seconds--;
    }
    int64_t days = seconds / DAY_SECONDS;
    int64_t second = seconds % DAY_SECONDS;
    if (second < 0) {
        second += DAY_SECONDS;
        days--;
    }
    char *to = text_reserve(buffer, LONGEST);
    if (!to)
        return;
    put_date(to, days);
    to[10] = 'T';
    put_digits(to + 11, 2, (uint32_t)(second / 3600));
    to[13] = ':';
    put_digits(to + 14, 2, (uint32_t)(second / 60 % 60));
    to[16] = ':';
    put_digits(to + 17, 2, (uint32_t)(second % 60));
    to[19] = '.';
    unsigned shown = digits == 9 ? 9 : 6;
    put_digits(to + 20, shown, (uint32_t)(shown == 9 ? rest_ns : rest_ns / 1000));
    to[20 + shown] = 'Z';
    buffer->length += 21 + shown;
}
