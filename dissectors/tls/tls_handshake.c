/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Handshake messages, each type(1) length(3) body, as far as they are in clear (RFC 5246 7.4).
 */
#include "tls.h"

void tls_malformed(const struct tls_input *input, unsigned type, size_t length)
{
    bool *said = &input->state->sides[input->side].malformed_said;
    if (!*said)
        emit_anomaly(input->emitter, ANOMALY_TLS_MALFORMED, type, length);
    *said = true;
}

static unsigned bits_of(struct bytes number)
{
    size_t zeros = 0;
    while (zeros < number.len && bytes_at(number, zeros) == 0)
        zeros++;
    unsigned bits = (unsigned)(number.len - zeros) * 8;
    for (unsigned top = bytes_at(number, zeros); bits > 0 && !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

static void take_curve(struct record *record, struct reader *r)
{
    enum { EXPLICIT_PRIME = 1, NAMED = 3 };
    unsigned kind = reader_u8(r);
    if (kind == NAMED) {
        tls_record_name(record, TLS_CURVE, tls_group_name, reader_u16(r), 4);
        reader_skip(r, reader_u8(r));
    } else {
        (void)reader_rest(r);
    }
}

/* How it reads depends on the cipher suite (RFC 5246 7.4.3, RFC 8422 5.4, RFC 4279). */
static void take_server_key(struct tls_input *input, struct bytes body, bool whole)
{
    struct record *record = &input->transaction->record;
    const struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    struct reader r = reader_of(body);
    if (!handshake->cipher)
        return;
    struct tls_suite suite = tls_suite_of(handshake->cipher);
    if (suite.psk)
        reader_skip(&r, reader_u16(&r));
    if (suite.ecdhe) {
        take_curve(record, &r);
    } else if (suite.dhe) {
        struct bytes prime = reader_take(&r, reader_u16(&r));
        reader_skip(&r, reader_u16(&r));
        reader_skip(&r, reader_u16(&r));
        if (reader_ok(&r))
            record_integer(record, TLS_SERVER_DH_BITS, bits_of(prime));
    } else {
        return;
    }
    if (!reader_ok(&r) && whole)
        tls_malformed(input, TLS_SERVER_KEY_EXCHANGE, body.len);
    if (handshake->version == 0x0303 && reader_left(&r) >= 4)
        tls_record_name(record, TLS_SERVER_SIGNATURE, tls_signature_name, reader_u16(&r), 4);
}

static void take_ticket(struct tls_input *input, struct bytes body)
{
    struct record *record = &input->transaction->record;
    struct reader r = reader_of(body);
    uint32_t lifetime = reader_u32(&r);
    record_boolean(record, TLS_SERVER_SESSION_TICKET, true);
    if (reader_ok(&r) && lifetime > 0)
        record_integer(record, TLS_SERVER_TICKET_LIFETIME, lifetime);
}

bool tls_take_handshake(struct tls_input *input, unsigned type, struct bytes body, bool whole)
{
    struct record *record = &input->transaction->record;
    struct tls_half *half = tls_half_of(input);
    half->any = true;
    switch (type) {
    case TLS_CLIENT_HELLO:
        tls_client_hello(input, body, whole);
        break;
    case TLS_SERVER_HELLO:
        tls_server_hello(input, body, whole);
        break;
    case TLS_HELLO_RETRY_REQUEST:
        tls_hello_retry(input, body);
        break;
    case TLS_CERTIFICATE:
        tls_certificate(input, body, whole);
        break;
    case TLS_SERVER_KEY_EXCHANGE:
        take_server_key(input, body, whole);
        break;
    case TLS_NEW_SESSION_TICKET:
        take_ticket(input, body);
        break;
    case TLS_CERTIFICATE_STATUS:
        record_boolean(record, TLS_SERVER_OCSP_STAPLED, true);
        break;
    case TLS_CERTIFICATE_REQUEST:
        tls_transaction_of(input->transaction)->certificate_requested = true;
        record_boolean(record, TLS_SERVER_CERTIFICATE_REQUESTED, true);
        break;
    case TLS_SERVER_HELLO_DONE:
        half->hello_done = true;
        break;
    case TLS_HELLO_REQUEST:
    case TLS_CERTIFICATE_VERIFY:
    case TLS_CLIENT_KEY_EXCHANGE:
    case TLS_FINISHED:
    case TLS_CERTIFICATE_URL:
    case TLS_SUPPLEMENTAL_DATA:
    case TLS_NEXT_PROTOCOL_MESSAGE:
        break;
    default:
        return false;
    }
    return true;
}
