/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what is asked for, and what the dates mean on the day of the capture.
 */
#include "whois.h"

static const char *kind_of(struct bytes query)
{
    struct bytes rest = query, word, last = {0};
    while (text_word_next(&rest, &word))
        last = word;
    uint64_t number;
    bool dots = bytes_find(last, '.', 0) < last.len;
    bool digits = last.len > 0;
    for (size_t i = 0; i < last.len; i++) {
        uint8_t c = bytes_at(last, i);
        digits = digits && ((c >= '0' && c <= '9') || c == '.' || c == '/');
    }
    if (last.len == 0)
        return "whois.asks_nothing";
    if ((dots && digits) || bytes_find(last, ':', 0) < last.len)
        return "whois.asks_address";
    if (bytes_begin_nocase(last, "as") && text_number(bytes_skip(last, 2), &number))
        return "whois.asks_network";
    return dots ? "whois.asks_domain" : "whois.asks_name";
}

void whois_explain_query(struct record *record, struct bytes query)
{
    record_observe(record, WHOIS_QUERY, kind_of(query), NULL, 0);
}

static unsigned number_at(struct bytes text, size_t at, size_t digits)
{
    uint64_t number;
    return text_number(bytes_slice(text, at, digits), &number) ? (unsigned)number : 0;
}

/* 1 to 12; 0: none */
static unsigned month_named(struct bytes name)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                         "aug", "sep", "oct", "nov", "dec", NULL};
    return (unsigned)(text_find_word(months, name) + 1);
}

/* 2026-11-22…, 2026/11/22, 2026.11.22, 20261122, 22-Nov-2026; days since 1970. False: another form. */
static bool days_of(struct bytes text, int64_t *ret_days)
{
    unsigned year = number_at(text, 0, 4), month, day;
    uint8_t separator = bytes_at(text, 4);
    if (year > 0 && (separator == '-' || separator == '/' || separator == '.')) {
        month = number_at(text, 5, 2);
        day = number_at(text, 8, 2);
    } else if (year > 0) {
        month = number_at(text, 4, 2);
        day = number_at(text, 6, 2);
    } else {
        day = number_at(text, 0, 2);
        month = month_named(bytes_slice(text, 3, 3));
        year = number_at(text, 7, 4);
    }
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    /* Years that begin in March have their odd day at the end. */
    int64_t from_march = month > 2 ? year : year - 1;
    int64_t month_days = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5;
    *ret_days = from_march * 365 + from_march / 4 - from_march / 100 + from_march / 400 + month_days + day - 1 - 719468;
    return true;
}

static void observe_age(struct record *record, enum whois_field field, const char *past, const char *future)
{
    const int64_t day_ns = 86400LL * 1000000000, centuries = INT64_C(2) * 36525; /* what an argument can hold */
    int64_t days;
    if (!days_of(record_find_text(record, field), &days) || record->first.frame == 0)
        return;
    int64_t ahead = days - record->first.time_ns / day_ns;
    const char *observation = ahead < 0 ? past : future;
    if (!observation || ahead == 0 || ahead < -centuries || ahead > centuries)
        return;
    int64_t between = ahead < 0 ? -ahead : ahead;
    if (between >= INT64_C(2) * 366) /* years, none of them rounded up */
        between = between * 100 / 36525 * 36525 / 100 + 1;
    struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = between * day_ns};
    record_observe(record, (int)field, observation, &time, 1);
}

void whois_explain_answer(const struct whois_reading *reading, struct record *record)
{
    record_observe(record, WHOIS_REFERRAL, "whois.referral", NULL, 0);
    if (whois_is_no(reading)) {
        bool refused = reading->refused && !reading->vacant;
        record_observe(record, WHOIS_BYTES, refused ? "whois.refused" : "whois.missing", NULL, 0);
    }
    observe_age(record, WHOIS_CREATED, "whois.created", NULL);
    observe_age(record, WHOIS_EXPIRES, "whois.expired", "whois.expires");
}
