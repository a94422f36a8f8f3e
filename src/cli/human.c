/* SPDX-License-Identifier: BSD-3-Clause */
#include "human.h"

#include <stdio.h>
#include <string.h>

const char *human_count(uint64_t count, char ret_text[HUMAN_SIZE])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    size_t out = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && length > 4)
            ret_text[out++] = ' ';
        ret_text[out++] = digits[i];
    }
    ret_text[out] = '\0';
    return ret_text;
}

const char *human_bytes(double bytes, char ret_text[HUMAN_SIZE])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1000;
        unit++;
    }
    snprintf(ret_text, HUMAN_SIZE, "%.*f %s", unit > 0 && bytes < 99.95 ? 1 : 0, bytes, units[unit]);
    return ret_text;
}

const char *human_duration(int64_t duration_ns, char ret_text[HUMAN_SIZE])
{
    double seconds = (double)duration_ns / 1e9;
    long long whole = duration_ns / 1000000000;
    if (duration_ns < 0)
        snprintf(ret_text, HUMAN_SIZE, "%.3f s", seconds);
    else if (seconds < 0.001)
        snprintf(ret_text, HUMAN_SIZE, "%.0f µs", seconds * 1e6);
    else if (seconds < 1)
        snprintf(ret_text, HUMAN_SIZE, "%.0f ms", seconds * 1e3);
    else if (seconds < 60)
        snprintf(ret_text, HUMAN_SIZE, "%.1f s", seconds);
    else if (whole < 3600)
        snprintf(ret_text, HUMAN_SIZE, "%lld min %lld s", whole / 60, whole % 60);
    else if (whole < 86400)
        snprintf(ret_text, HUMAN_SIZE, "%lld h %lld min", whole / 3600, whole % 3600 / 60);
    else
        snprintf(ret_text, HUMAN_SIZE, "%lld d %lld h", whole / 86400, whole % 86400 / 3600);
    return ret_text;
}
