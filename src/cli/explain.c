/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain.h"

int explain_print(FILE *to, const struct explain_options *options, const char *const *words, size_t count,
                  char *ret_error, size_t error_size)
{
    (void)to;
    (void)options;
    (void)words;
    (void)count;
    snprintf(ret_error, error_size, "explain: not there yet");
    return -1;
}
