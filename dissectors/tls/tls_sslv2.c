/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hellos of SSL 2.0 (draft-hickman-netscape-ssl-00), of which the client's was long used to begin TLS as well
 * (RFC 5246 appendix E.2). All in one record with a two-byte header whose first bit is set:
 *
 *     client:  1  version(2)  cipher-bytes(2)  session-bytes(2)  challenge-bytes(2)  ciphers  session  challenge
 *     server:  4  hit(1)  certificate-kind(1)  version(2)  certificate-bytes(2)  cipher-bytes(2)  connection-bytes(2) …
 */
#include "tls.h"

enum { CLIENT_HELLO = 1, MASTER_KEY = 2, SERVER_HELLO = 4, FIXED_CLIENT = 9, FIXED_SERVER = 11 };

static enum probe probe_client(struct bytes first, size_t length)
{
    struct reader r = reader_of(bytes_skip(first, 3));
    unsigned version = reader_u16(&r);
    size_t ciphers = reader_u16(&r), session = reader_u16(&r), challenge = reader_u16(&r);
    if (!reader_ok(&r))
        return version >> 8 == 0 || version >> 8 == 3 ? PROBE_MORE : PROBE_NO;
    bool known = version == 2 || (version >= 0x0300 && version <= 0x0304);
    bool sized = ciphers > 0 && ciphers % 3 == 0 && session % 16 == 0 && session <= 32 && challenge >= 16 &&
                 challenge <= 32;
    return known && sized && FIXED_CLIENT + ciphers + session + challenge == length ? PROBE_CLIENT : PROBE_NO;
}

static enum probe probe_server(struct bytes first, size_t length)
{
    struct reader r = reader_of(bytes_skip(first, 3));
    unsigned hit = reader_u8(&r), kind = reader_u8(&r), version = reader_u16(&r);
    size_t certificate = reader_u16(&r), ciphers = reader_u16(&r), connection = reader_u16(&r);
    if (!reader_ok(&r))
        return PROBE_MORE;
    bool right = hit <= 1 && kind <= 1 && version == 2 && ciphers % 3 == 0 && connection >= 16 && connection <= 32 &&
                 FIXED_SERVER + certificate + ciphers + connection == length;
    return right ? PROBE_SERVER : PROBE_NO;
}

enum probe tls_probe_sslv2(struct bytes first)
{
    if (bytes_at(first, 0) < 0x80)
        return PROBE_NO;
    if (first.len < 3)
        return PROBE_MORE;
    size_t length = (bytes_at(first, 0) & 0x7fu) << 8 | bytes_at(first, 1);
    if (bytes_at(first, 2) == CLIENT_HELLO)
        return probe_client(first, length);
    if (bytes_at(first, 2) == SERVER_HELLO)
        return probe_server(first, length);
    return PROBE_NO;
}

static void take_ciphers(struct record *record, struct bytes list)
{
    struct reader r = reader_of(list);
    for (unsigned i = 0; reader_left(&r) >= 3 && i < TLS_LIST_VALUES; i++)
        tls_record_name(record, TLS_CLIENT_CIPHERS, tls_old_suite_name, reader_u24(&r), 6);
}

bool tls_sslv2_client_hello(struct tls_input *input, struct bytes bytes)
{
    struct reader r = reader_of(bytes_skip(bytes, 2));
    if (reader_u8(&r) != CLIENT_HELLO)
        return false;
    unsigned version = reader_u16(&r);
    size_t ciphers = reader_u16(&r);
    reader_skip(&r, 4);
    struct record *record = &input->transaction->record;
    struct bytes list = reader_take(&r, ciphers);
    if (!reader_ok(&r))
        return false;
    tls_half_of(input)->hello = true;
    tls_record_name(record, TLS_CLIENT_VERSIONS, tls_version_name, version, 4);
    record_observe(record, RECORD_LAST, version == 2 ? "tls.sslv2_hello" : "tls.sslv2_hello_for_tls", NULL, 0);
    take_ciphers(record, list);
    input->state->sides[input->side].phase = version == 2 ? TLS_PHASE_SSLV2 : TLS_PHASE_RECORDS;
    return true;
}

bool tls_sslv2_server_hello(struct tls_input *input, struct bytes bytes)
{
    struct reader r = reader_of(bytes_skip(bytes, 2));
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    if (reader_u8(&r) != SERVER_HELLO)
        return false;
    handshake->resumed_by_key = reader_u8(&r) != 0;
    reader_skip(&r, 1);
    unsigned version = reader_u16(&r);
    size_t certificate = reader_u16(&r);
    reader_skip(&r, 4);
    struct bytes der = reader_take(&r, certificate);
    if (!reader_ok(&r))
        return false;
    tls_half_of(input)->hello = true;
    tls_take_version(input, version);
    if (der.len > 0)
        tls_certificate_alone(input, der);
    input->state->sides[input->side].phase = TLS_PHASE_SSLV2;
    return true;
}
