/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dates. The parts are told apart by their form, not by their place: a month is a name, a time has a colon, a year
 * follows the month.
 */
#include "mail_date.h"

#include "overhear/text.h"

struct date {
    int64_t day, month, year, seconds, nanoseconds, zone_minutes;
    bool has_day, has_month, has_year, has_time, has_zone;
};

static const char *const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                     "AUG", "SEP", "OCT", "NOV", "DEC", NULL};

static const struct {
    const char *name;
    int minutes;
} zones[] = {
    {"UT", 0},     {"GMT", 0},    {"UTC", 0},    {"Z", 0},      {"EST", -300}, {"EDT", -240},
    {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420},
    {"CET", 60},   {"CEST", 120}, {"MEZ", 60},   {"MESZ", 120}, {"BST", 60},   {"JST", 540},
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Days since 1970 of a date of the Gregorian calendar. Counted from March, a leap day is the last of its year. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t from_march = month > 2 ? month - 3 : month + 9;
    int64_t y = month > 2 ? year : year - 1;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static bool day_exists(const struct date *date)
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (date->year % 4 == 0 && date->year % 100 != 0) || date->year % 400 == 0;
    if (date->day < 1 || date->day > lengths[date->month - 1])
        return false;
    return date->month != 2 || date->day < 29 || leap;
}

/* hh:mm, hh:mm:ss, hh:mm:ss.fraction */
static bool read_time(struct bytes word, struct date *date)
{
    int64_t parts[3] = {0, 0, 0}, fraction = 0;
    size_t dot = bytes_find(word, '.', 0), count = 0;
    struct bytes digits, rest = bytes_first(word, dot);
    while (count < 3 && mail_split(&rest, ':', &digits))
        if (digits.len > 2 || !mail_number(digits, &parts[count++]))
            return false;
    if (rest.len > 0 || count < 2 || parts[0] > 23 || parts[1] > 59 || parts[2] > 60)
        return false;
    digits = bytes_first(bytes_skip(word, dot + 1), 9);
    if (digits.len > 0 && mail_number(digits, &fraction))
        for (size_t i = digits.len; i < 9; i++)
            fraction *= 10;
    date->seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
    date->nanoseconds = fraction;
    date->has_time = true;
    return true;
}

/* +hhmm, -hh:mm */
static bool read_offset(struct bytes word, struct date *date)
{
    int64_t hours, minutes;
    struct bytes digits = bytes_skip(word, 1);
    size_t colon = bytes_at(digits, 2) == ':' ? 1 : 0;
    if (digits.len != 4 + colon || !mail_number(bytes_first(digits, 2), &hours) ||
        !mail_number(bytes_skip(digits, 2 + colon), &minutes) || minutes > 59)
        return false;
    date->zone_minutes = (hours * 60 + minutes) * (bytes_at(word, 0) == '-' ? -1 : 1);
    date->has_zone = true;
    return true;
}

static void read_zone_name(struct bytes word, struct date *date)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (!bytes_is_nocase(word, zones[i].name))
            continue;
        date->zone_minutes = zones[i].minutes;
        date->has_zone = true;
    }
}

/* Two digits: this century below 50. Three count from 1900. */
static bool read_year(struct bytes word, struct date *date)
{
    if (word.len < 2 || word.len > 4 || !mail_number(word, &date->year))
        return false;
    if (word.len == 2)
        date->year += date->year < 50 ? 2000 : 1900;
    else if (word.len == 3)
        date->year += 1900;
    date->has_year = true;
    return true;
}

static bool read_number(struct bytes word, struct date *date)
{
    if (!date->has_day && word.len <= 2) {
        date->has_day = mail_number(word, &date->day);
        return date->has_day;
    }
    return date->has_month && !date->has_year && read_year(word, date);
}

/* False: this word can stand in no date. */
static bool read_word(struct bytes word, struct date *date)
{
    uint8_t first = bytes_at(word, 0);
    bool has_colon = bytes_find(word, ':', 0) < word.len;
    if (date->has_time && !date->has_zone && (first == '+' || first == '-'))
        return read_offset(word, date);
    if (is_digit(first) && has_colon)
        return !date->has_time && read_time(word, date);
    if (is_digit(first))
        return read_number(word, date);
    int month = text_find_word(months, bytes_first(word, 3));
    if (!date->has_month && month >= 0) {
        date->month = month + 1;
        date->has_month = true;
    } else if (date->has_time && !date->has_zone) {
        read_zone_name(word, date);
    }
    return true;
}

/* Between white space, commas and comments; a hyphen parts day, month and year. */
static bool next_word(struct bytes *rest, const struct date *date, struct bytes *ret_word)
{
    size_t start = mail_skip_blank(*rest, 0), end;
    while (bytes_at(*rest, start) == ',' || (bytes_at(*rest, start) == '-' && !date->has_time))
        start = mail_skip_blank(*rest, start + 1);
    for (end = start; end < rest->len; end++) {
        uint8_t c = bytes_at(*rest, end);
        if (mail_is_space(c) || c == ',' || c == '(' || (c == '-' && !date->has_time && end > start))
            break;
    }
    *ret_word = bytes_slice(*rest, start, end - start);
    *rest = bytes_skip(*rest, end);
    return ret_word->len > 0;
}

bool mail_date(struct bytes text, int64_t *ret_time_ns)
{
    enum { WORDS_MOST = 12, FIRST_YEAR = 1900, LAST_YEAR = 2261 };
    struct date date = {0};
    struct bytes word, rest = text;
    for (int i = 0; i < WORDS_MOST && next_word(&rest, &date, &word); i++)
        if (!read_word(word, &date))
            break; /* what follows a whole date does not matter */
    if (!date.has_day || !date.has_month || !date.has_year || !date.has_time)
        return false;
    if (date.year < FIRST_YEAR || date.year > LAST_YEAR || !day_exists(&date))
        return false;
    int64_t seconds = days_of(date.year, date.month, date.day) * 86400 + date.seconds - date.zone_minutes * 60;
    *ret_time_ns = seconds * 1000000000 + date.nanoseconds;
    return true;
}
