/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Quantities as people say them: `16 ms`, `3 days`, `1.2 MB`, `1 d 12 h`. The same number gives the same text on
 * every machine: no floating point, no locale.
 */
#ifndef OVERHEAR_UTIL_QUANTITY_H
#define OVERHEAR_UTIL_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

enum { QUANTITY_SIZE = 48 };

/* A number and its unit, apart so that the unit can be translated. */
struct quantity {
    char number[24];
    const char *unit; /* static: `ms`, `day`, `days` …; empty: the number is all */
};

/* Nanoseconds: two digits that count below ten seconds, then whole seconds, minutes, hours, days, years. */
struct quantity quantity_duration(int64_t duration_ns);

/* Bytes, in powers of a thousand. */
struct quantity quantity_size(uint64_t bytes);

/* Number and unit with a space between; returns the length. */
size_t quantity_text(struct quantity quantity, char ret_text[QUANTITY_SIZE]);

/* As it is, in decimal; returns the length. */
size_t quantity_integer(int64_t value, char ret_text[QUANTITY_SIZE]);

/* Seconds in the two largest units that count: `59 s`, `1 d`, `1 d 12 h`. */
size_t quantity_ttl(int64_t seconds, char ret_text[QUANTITY_SIZE]);

/* `2026-11-22 14:02:05`, UTC. */
size_t quantity_time(int64_t time_ns, char ret_text[QUANTITY_SIZE]);

/* The time on the transcript's margin: `16.4 ms`, `1.20 s`, `2 m 05 s`, `3 h 20 m`, `4 d 02 h`; at most 9 columns
 * up to 99 days. */
size_t quantity_offset(int64_t offset_ns, char ret_text[QUANTITY_SIZE]);

#endif
