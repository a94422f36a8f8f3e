/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conversations of HTTP are played as those of all protocols of lines are.
 */
#ifndef OVERHEAR_TESTS_HTTP_PLAY_H
#define OVERHEAR_TESTS_HTTP_PLAY_H

#include "http/http.h"
#include "text/play.h"

const struct dissector *const dissector_registry[] = {&http_dissector, NULL};

/* The same, whatever the cut. */
static inline void http_play_expect(const struct step *steps, const char *expected)
{
    play_expect(80, false, steps, expected);
}

#endif
