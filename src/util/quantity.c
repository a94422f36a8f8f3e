/* SPDX-License-Identifier: BSD-3-Clause */
#include "quantity.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MICROSECOND UINT64_C(1000)
#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

enum {
    MINUTE_SECONDS = 60,
    HOUR_SECONDS = 3600,
    DAY_SECONDS = 86400,
    YEAR_SECONDS = 365 * DAY_SECONDS,
};

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Sign and digits; returns the length. No printf: notes are filled in on the hot path. */
static size_t put_number(char *to, bool negative, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    size_t length = 0;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (negative)
        to[length++] = '-';
    memcpy(to + length, digits + at, sizeof digits - at);
    length += sizeof digits - at;
    to[length] = '\0';
    return length;
}

/* `value` in units of `unit` (a thousand at least), rounded, with one decimal below ten. */
static struct quantity scaled(uint64_t value, uint64_t unit, const char *name, bool negative)
{
    struct quantity quantity = {.unit = name};
    uint64_t tenths = value / (unit / 10) + (value % (unit / 10) >= unit / 20);
    uint64_t whole = value / unit + (value % unit >= unit / 2);
    if (tenths < 100 && tenths % 10 != 0) {
        size_t length = put_number(quantity.number, negative, tenths / 10);
        quantity.number[length] = '.';
        put_number(quantity.number + length + 1, false, tenths % 10);
    } else {
        put_number(quantity.number, negative, whole);
    }
    return quantity;
}

static struct quantity counted(uint64_t count, const char *one, const char *many, bool negative)
{
    struct quantity quantity = {.unit = count == 1 ? one : many};
    put_number(quantity.number, negative, count);
    return quantity;
}

size_t quantity_integer(int64_t value, char ret_text[QUANTITY_SIZE])
{
    return put_number(ret_text, value < 0, magnitude(value));
}

struct quantity quantity_duration(int64_t duration_ns)
{
    static const struct {
        uint32_t seconds;
        const char *one, *many;
    } units[] = {{YEAR_SECONDS, "year", "years"},
                 {DAY_SECONDS, "day", "days"},
                 {HOUR_SECONDS, "hour", "hours"},
                 {MINUTE_SECONDS, "minute", "minutes"}};
    bool negative = duration_ns < 0;
    uint64_t ns = magnitude(duration_ns);
    if (ns == 0)
        return counted(0, "s", "s", false);
    if (ns < MICROSECOND)
        return counted(ns, "ns", "ns", negative);
    if (ns < MILLISECOND - MICROSECOND / 2)
        return scaled(ns, MICROSECOND, "µs", negative);
    if (ns < SECOND - MILLISECOND / 2)
        return scaled(ns, MILLISECOND, "ms", negative);
    uint64_t seconds = (ns + SECOND / 2) / SECOND;
    /* A unit is right from two of it on, and where it comes out even. */
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (seconds >= 2 * (uint64_t)units[i].seconds ||
            (seconds >= units[i].seconds && seconds % units[i].seconds == 0))
            return counted((seconds + units[i].seconds / 2) / units[i].seconds, units[i].one, units[i].many, negative);
    return scaled(ns, SECOND, "s", negative);
}

struct quantity quantity_size(uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000)
        return counted(bytes, "byte", "bytes", false);
    uint64_t unit = 1000;
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof units[0] && bytes >= unit * 1000 - unit / 2) {
        unit *= 1000;
        i++;
    }
    return scaled(bytes, unit, units[i], false);
}

size_t quantity_text(struct quantity quantity, char ret_text[QUANTITY_SIZE])
{
    int length = snprintf(ret_text, QUANTITY_SIZE, "%s%s%s", quantity.number, *quantity.unit ? " " : "", quantity.unit);
    return (size_t)length;
}

/* `12 min`; most lines about an answer have one, so that it is worth to do without snprintf. */
static char *put_count(char *to, uint64_t count, const char *unit)
{
    char digits[20];
    size_t from = sizeof digits;
    do {
        digits[--from] = (char)('0' + count % 10);
        count /= 10;
    } while (count > 0);
    memcpy(to, digits + from, sizeof digits - from);
    to += sizeof digits - from;
    *to++ = ' ';
    while (*unit)
        *to++ = *unit++;
    *to = '\0';
    return to;
}

size_t quantity_ttl(int64_t seconds, char ret_text[QUANTITY_SIZE])
{
    static const struct {
        uint32_t seconds;
        const char *name;
    } units[] = {{DAY_SECONDS, "d"}, {HOUR_SECONDS, "h"}, {MINUTE_SECONDS, "min"}, {1, "s"}};
    enum { UNITS = sizeof units / sizeof units[0] };
    uint64_t left = magnitude(seconds);
    size_t i = 0;
    while (i + 1 < UNITS && left < units[i].seconds)
        i++;
    char *to = ret_text;
    if (seconds < 0)
        *to++ = '-';
    to = put_count(to, left / units[i].seconds, units[i].name);
    if (i + 1 < UNITS && left % units[i].seconds / units[i + 1].seconds > 0) {
        *to++ = ' ';
        to = put_count(to, left % units[i].seconds / units[i + 1].seconds, units[i + 1].name);
    }
    return (size_t)(to - ret_text);
}

size_t quantity_time(int64_t time_ns, char ret_text[QUANTITY_SIZE])
{
    int64_t seconds = time_ns / (int64_t)SECOND - (time_ns % (int64_t)SECOND < 0);
    time_t time = (time_t)seconds;
    struct tm parts;
    if (!gmtime_r(&time, &parts)) {
        ret_text[0] = '\0';
        return 0;
    }
    return strftime(ret_text, QUANTITY_SIZE, "%Y-%m-%d %H:%M:%S", &parts);
}

/* `12.3 ms` of so many tenths, at most 9999. Cut, not rounded, so that a later time never reads earlier. Most times of
 * a transcript are such, and snprintf was the dearest part of their lines. */
static size_t put_milliseconds(char ret_text[QUANTITY_SIZE], bool negative, unsigned tenths)
{
    char *to = ret_text;
    if (negative)
        *to++ = '-';
    for (unsigned unit = tenths >= 1000 ? 1000 : tenths >= 100 ? 100 : 10; unit >= 10; unit /= 10)
        *to++ = (char)('0' + tenths / unit % 10);
    *to++ = '.';
    *to++ = (char)('0' + tenths % 10);
    memcpy(to, " ms", sizeof " ms");
    return (size_t)(to - ret_text) + strlen(" ms");
}

size_t quantity_offset(int64_t offset_ns, char ret_text[QUANTITY_SIZE])
{
    const char *sign = offset_ns < 0 ? "-" : "";
    uint64_t ns = magnitude(offset_ns);
    uint64_t seconds = ns / SECOND;
    int length;
    if (ns < SECOND)
        return put_milliseconds(ret_text, offset_ns < 0, (unsigned)(ns / (MILLISECOND / 10)));
    if (seconds < 100)
        length = snprintf(ret_text, QUANTITY_SIZE, "%s%" PRIu64 ".%02" PRIu64 " s", sign, seconds,
                          ns / (SECOND / 100) % 100);
    else if (seconds < HOUR_SECONDS)
        length = snprintf(ret_text, QUANTITY_SIZE, "%s%" PRIu64 " m %02" PRIu64 " s", sign, seconds / MINUTE_SECONDS,
                          seconds % MINUTE_SECONDS);
    else if (seconds < DAY_SECONDS)
        length = snprintf(ret_text, QUANTITY_SIZE, "%s%" PRIu64 " h %02" PRIu64 " m", sign, seconds / HOUR_SECONDS,
                          seconds % HOUR_SECONDS / MINUTE_SECONDS);
    else
        length = snprintf(ret_text, QUANTITY_SIZE, "%s%" PRIu64 " d %02" PRIu64 " h", sign, seconds / DAY_SECONDS,
                          seconds % DAY_SECONDS / HOUR_SECONDS);
    return (size_t)length;
}
