/* SPDX-License-Identifier: BSD-3-Clause */
#include "literal.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char integer_expected[] = "expected a number: 404, -1, 0x1f, 10K";
static const char duration_expected[] = "expected a duration with its unit (ns us ms s m h d): 100ms, 1.5s, 1m30s";
static const char number_too_large[] = "expected a number that fits into 64 bits";
static const char time_expected[] = "expected a time: 2026-11-22, 2026-11-22T10:30, 2026-11-22T10:30:05.25Z, ...+01:00";
static const char address_expected[] = "expected an address or a network: 192.0.2.1, 2001:db8::1, 192.0.2.0/24";

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Digits of base 10 or 16 at *at, at least one; false: none, or too many (*ret_large). */
static bool take_number(struct bytes text, size_t *at, int base, uint64_t *ret_value, bool *ret_large)
{
    size_t start = *at;
    *ret_value = 0;
    for (; *at < text.len; (*at)++) {
        uint8_t c = byte_lower(bytes_at(text, *at));
        int digit = is_digit(c) ? c - '0' : base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            break;
        if (__builtin_mul_overflow(*ret_value, (uint64_t)base, ret_value) ||
            __builtin_add_overflow(*ret_value, (uint64_t)digit, ret_value)) {
            *ret_large = true;
            return false;
        }
    }
    return *at > start;
}

static bool with_sign(uint64_t value, bool negative, int64_t *ret_value)
{
    if (value > (uint64_t)INT64_MAX)
        return false;
    *ret_value = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool take_sign(struct bytes text, size_t *at)
{
    bool negative = bytes_at(text, 0) == '-';
    *at = negative || bytes_at(text, 0) == '+' ? 1 : 0;
    return negative;
}

const char *literal_integer(struct bytes text, int64_t *ret_value)
{
    static const char suffixes[] = "kmg";
    size_t at;
    bool large = false;
    uint64_t value;
    bool negative = take_sign(text, &at);
    int base = bytes_at(text, at) == '0' && byte_lower(bytes_at(text, at + 1)) == 'x' ? 16 : 10;
    at += base == 16 ? 2 : 0;
    if (!take_number(text, &at, base, &value, &large))
        return large ? number_too_large : integer_expected;
    const char *suffix = at + 1 == text.len ? strchr(suffixes, byte_lower(bytes_at(text, at))) : NULL;
    if (suffix && base == 10) {
        if (__builtin_mul_overflow(value, (uint64_t)1 << 10 * (suffix - suffixes + 1), &value))
            return number_too_large;
        at++;
    }
    if (at != text.len)
        return integer_expected;
    return with_sign(value, negative, ret_value) ? NULL : number_too_large;
}

struct unit {
    const char *name;
    uint64_t nanoseconds;
};

/* Longer names first where one begins another. */
static const struct unit units[] = {
    {"ns", 1},           {"us", 1000},         {"\xc2\xb5s", 1000}, /* the micro sign, and the Greek letter */
    {"\xce\xbcs", 1000}, {"ms", 1000000},      {"s", 1000000000},
    {"m", 60000000000},  {"h", 3600000000000}, {"d", 86400000000000},
};

static const struct unit *take_unit(struct bytes text, size_t *at)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (bytes_begin(bytes_skip(text, *at), units[i].name)) {
            *at += strlen(units[i].name);
            return &units[i];
        }
    return NULL;
}

/* `1.5s` at *at, added to *sum. */
static const char *take_duration(struct bytes text, size_t *at, uint64_t *sum)
{
    uint64_t whole;
    bool large = false;
    if (!take_number(text, at, 10, &whole, &large))
        return large ? number_too_large : duration_expected;
    struct bytes fraction = {NULL, 0};
    if (bytes_at(text, *at) == '.') {
        size_t start = ++*at;
        while (is_digit(bytes_at(text, *at)))
            (*at)++;
        fraction = bytes_slice(text, start, *at - start);
        if (fraction.len == 0)
            return duration_expected;
    }
    const struct unit *unit = take_unit(text, at);
    if (!unit)
        return duration_expected;
    if (__builtin_mul_overflow(whole, unit->nanoseconds, &whole) || __builtin_add_overflow(*sum, whole, sum))
        return number_too_large;
    uint64_t place = unit->nanoseconds;
    for (size_t i = 0; i < fraction.len && place >= 10; i++) {
        place /= 10;
        *sum += place * (uint64_t)(bytes_at(fraction, i) - '0');
    }
    return NULL;
}

const char *literal_duration(struct bytes text, int64_t *ret_value)
{
    size_t at;
    uint64_t sum = 0;
    bool negative = take_sign(text, &at);
    if (bytes_is(bytes_skip(text, at), "0")) {
        *ret_value = 0;
        return NULL;
    }
    do {
        const char *wrong = take_duration(text, &at, &sum);
        if (wrong)
            return wrong;
    } while (at < text.len);
    return with_sign(sum, negative, ret_value) ? NULL : number_too_large;
}

/* Exactly `count` digits at *at, of a number from `low` to `high`. */
static bool take_digits(struct bytes text, size_t *at, unsigned count, int64_t low, int64_t high, int64_t *ret_value)
{
    *ret_value = 0;
    for (unsigned i = 0; i < count; i++, (*at)++) {
        if (!is_digit(bytes_at(text, *at)))
            return false;
        *ret_value = *ret_value * 10 + (bytes_at(text, *at) - '0');
    }
    return *ret_value >= low && *ret_value <= high;
}

static bool take_character(struct bytes text, size_t *at, const char *allowed)
{
    uint8_t c = bytes_at(text, *at);
    if (c == 0 || !strchr(allowed, c))
        return false;
    (*at)++;
    return true;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar, year 1 and later. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t years = year - 1;
    int64_t days = years * 365 + years / 4 - years / 100 + years / 400;
    return days + before[month - 1] + (month > 2 && is_leap(year)) + day - 1 - 719162;
}

static bool take_date(struct bytes text, size_t *at, int64_t *ret_seconds)
{
    static const int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year, month, day;
    /* what nanoseconds in 64 bits can hold */
    if (!take_digits(text, at, 4, 1678, 2261, &year) || !take_character(text, at, "-") ||
        !take_digits(text, at, 2, 1, 12, &month) || !take_character(text, at, "-") ||
        !take_digits(text, at, 2, 1, longest[month - 1], &day) || (month == 2 && day == 29 && !is_leap(year)))
        return false;
    *ret_seconds = days_of(year, month, day) * 86400;
    return true;
}

/* `10:30`, `10:30:05`, `10:30:05.25`: seconds and nanoseconds, and how many nanoseconds the words leave open. */
static bool take_clock(struct bytes text, size_t *at, int64_t *seconds, int64_t *ret_fraction, int64_t *ret_open)
{
    int64_t hour, minute, second = 0;
    *ret_open = 60000000000;
    if (!take_digits(text, at, 2, 0, 23, &hour) || !take_character(text, at, ":") ||
        !take_digits(text, at, 2, 0, 59, &minute))
        return false;
    if (take_character(text, at, ":")) {
        *ret_open = 1000000000;
        if (!take_digits(text, at, 2, 0, 60, &second))
            return false;
        if (take_character(text, at, ".")) {
            size_t start = *at;
            for (; is_digit(bytes_at(text, *at)) && *ret_open > 1; (*at)++) {
                *ret_open /= 10;
                *ret_fraction += *ret_open * (bytes_at(text, *at) - '0');
            }
            if (*at == start)
                return false;
        }
    }
    *seconds += hour * 3600 + minute * 60 + second;
    return true;
}

static bool take_zone(struct bytes text, size_t *at, int64_t *seconds)
{
    int64_t hours, minutes;
    if (*at == text.len || take_character(text, at, "Zz"))
        return true;
    int64_t sign = bytes_at(text, *at) == '-' ? 1 : -1;
    if (!take_character(text, at, "+-") || !take_digits(text, at, 2, 0, 23, &hours) || !take_character(text, at, ":") ||
        !take_digits(text, at, 2, 0, 59, &minutes))
        return false;
    *seconds += sign * (hours * 3600 + minutes * 60);
    return true;
}

const char *literal_time(struct bytes text, int64_t *ret_first, int64_t *ret_last)
{
    size_t at = 0;
    int64_t seconds, fraction = 0, open = 86400000000000;
    if (!take_date(text, &at, &seconds))
        return time_expected;
    if (at < text.len && (!take_character(text, &at, "Tt ") || !take_clock(text, &at, &seconds, &fraction, &open) ||
                          !take_zone(text, &at, &seconds)))
        return time_expected;
    if (at != text.len)
        return time_expected;
    *ret_first = seconds * 1000000000 + fraction;
    *ret_last = *ret_first + open - 1;
    return NULL;
}

const char *literal_boolean(struct bytes text, int64_t *ret_value)
{
    *ret_value = bytes_is(text, "true");
    return *ret_value || bytes_is(text, "false") ? NULL : "expected true or false";
}

static bool parse_address(struct bytes text, struct address *ret_address)
{
    char copy[ADDRESS_TEXT_SIZE];
    *ret_address = (struct address){0};
    if (text.len >= sizeof copy || bytes_find(text, 0, 0) != text.len)
        return false;
    copy[bytes_copy(copy, sizeof copy - 1, text)] = '\0';
    if (inet_pton(AF_INET, copy, ret_address->octets) == 1)
        ret_address->family = 4;
    else if (inet_pton(AF_INET6, copy, ret_address->octets) == 1)
        ret_address->family = 6;
    return ret_address->family != 0;
}

/* Clears the bits behind the first `prefix`; returns whether one was set. */
static bool clear_host(struct address *address, unsigned prefix)
{
    bool any = false;
    for (unsigned i = 0; i < sizeof address->octets; i++) {
        unsigned kept = prefix > 8 * i ? prefix - 8 * i : 0;
        uint8_t mask = (uint8_t)(kept >= 8 ? 0 : 0xff >> kept);
        any = any || (address->octets[i] & mask);
        address->octets[i] &= (uint8_t)~mask;
    }
    return any;
}

const char *literal_address(struct bytes text, struct address *ret_address, unsigned *ret_prefix,
                            char ret_why[LITERAL_WHY_SIZE])
{
    size_t slash = bytes_find(text, '/', 0);
    if (!parse_address(bytes_first(text, slash), ret_address))
        return address_expected;
    unsigned bits = ret_address->family == 4 ? 32 : 128;
    *ret_prefix = bits;
    if (slash == text.len)
        return NULL;
    size_t at = slash + 1;
    uint64_t prefix;
    bool large = false;
    if (!take_number(text, &at, 10, &prefix, &large) || at != text.len || at - slash > 4 || prefix > bits)
        return bits == 32 ? "expected a prefix length from 0 to 32 behind the slash"
                          : "expected a prefix length from 0 to 128 behind the slash";
    *ret_prefix = (unsigned)prefix;
    if (clear_host(ret_address, *ret_prefix)) {
        char network[ADDRESS_TEXT_SIZE];
        (void)address_text(ret_address, network);
        (void)snprintf(ret_why, LITERAL_WHY_SIZE, "there are bits behind the prefix; did you mean %s/%u?", network,
                       *ret_prefix);
        return ret_why;
    }
    return NULL;
}
