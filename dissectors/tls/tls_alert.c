/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Alerts (RFC 8446 section 6): level(1) description(1), encrypted once the handshake has come so far.
 */
#include "tls.h"

enum { ALERT_BYTES = 2 };

static void keep(struct tls_half *half, struct tls_alert alert)
{
    if (half->alert_count < TLS_ALERTS)
        half->alerts[half->alert_count++] = alert;
}

/* Encrypted ones are longer; several in one record are not. */
void tls_alert(struct tls_input *input, struct bytes content, size_t record_length)
{
    struct tls_half *half = tls_half_of(input);
    bool late = half->finished || half->application_records > 0;
    half->any = true;
    if (record_length > (size_t)2 * ALERT_BYTES || record_length % ALERT_BYTES != 0) {
        keep(half, (struct tls_alert){.encrypted = true, .late = late});
        return;
    }
    struct reader r = reader_of(content);
    while (reader_left(&r) >= ALERT_BYTES) {
        uint8_t level = reader_u8(&r);
        keep(half, (struct tls_alert){.level = level, .description = reader_u8(&r), .late = late});
    }
}
