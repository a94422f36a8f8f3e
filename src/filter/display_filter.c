/* SPDX-License-Identifier: BSD-3-Clause */
#include "display_filter.h"

#include <stdio.h>

struct display_filter *display_filter_new(const char *expression, bool show_secrets,
                                          char ret_error[DISPLAY_FILTER_ERROR_SIZE])
{
    (void)show_secrets;
    snprintf(ret_error, DISPLAY_FILTER_ERROR_SIZE, "-Y '%s': not there yet", expression);
    return NULL;
}

void display_filter_free(struct display_filter *filter)
{
    (void)filter;
}

bool display_filter_matches(struct display_filter *filter, const struct record *record)
{
    (void)filter;
    (void)record;
    return true;
}
