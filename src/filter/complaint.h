/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is wrong with an expression, said so that a person sees the place:
 *
 *     -Y: unknown field 'http.response.statuscode'
 *       http.response.statuscode >= 400
 *       ^~~~~~~~~~~~~~~~~~~~~~~~
 *       did you mean http.response.status_code?
 */
#ifndef OVERHEAR_FILTER_COMPLAINT_H
#define OVERHEAR_FILTER_COMPLAINT_H

#include "overhear/bytes.h"

struct span {
    size_t at, length;
};

/* The expression, and where complaints about it go (DISPLAY_FILTER_ERROR_SIZE bytes). */
struct source {
    struct bytes text;
    char *ret_error;
};

/* Always false. `hint` is a last line; NULL: none. */
__attribute__((format(printf, 4, 5))) bool complain(const struct source *source, struct span span, const char *hint,
                                                    const char *format, ...);

enum { QUOTE_SIZE = 64 };

/* A piece of the expression, made safe and short enough for a complaint. */
const char *complaint_quote(const struct source *source, struct span span, char ret_quote[QUOTE_SIZE]);

#endif
