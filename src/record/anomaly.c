/* SPDX-License-Identifier: BSD-3-Clause */
#include "overhear/anomaly.h"

const char *anomaly_name(enum anomaly anomaly)
{
    static const char *const names[ANOMALY_COUNT] = {
#define OVERHEAR_ANOMALY(id, name, detail) name,
        OVERHEAR_ANOMALIES(OVERHEAR_ANOMALY)
#undef OVERHEAR_ANOMALY
    };
    return names[anomaly];
}

const char *anomaly_detail(enum anomaly anomaly)
{
    static const char *const details[ANOMALY_COUNT] = {
#define OVERHEAR_ANOMALY(id, name, detail) detail,
        OVERHEAR_ANOMALIES(OVERHEAR_ANOMALY)
#undef OVERHEAR_ANOMALY
    };
    return details[anomaly];
}
