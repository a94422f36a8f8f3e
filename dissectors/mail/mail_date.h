/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dates of header fields (RFC 5322 section 3.3, with its obsolete forms).
 *
 *   Sun, 22 Nov 2026 14:02:05 +0100 (CET)
 *
 * Also read: no day of the week, no seconds, fractions of a second, years of two and three digits, zones by name
 * (unknown ones count as UTC), hyphens between day, month and year, the order of asctime (Nov 22 14:02:05 2026), a
 * colon in the zone.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_DATE_H
#define OVERHEAR_DISSECTORS_MAIL_DATE_H

#include "mail_scan.h"

/* Nanoseconds since 1970 UTC. False: it is no date, or lies outside the years 1900 to 2261. */
bool mail_date(struct bytes text, int64_t *ret_time_ns);

#endif
