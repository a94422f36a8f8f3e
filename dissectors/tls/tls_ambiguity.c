/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What two readers of a ClientHello take for two things: names of servers that end early for one of them, extensions
 * that stand there twice, lists whose length is said twice. Filters decide by the name in the hello, in a few lines of
 * their own; servers read the hello with a whole library.
 */
#include "tls.h"

enum { SERVER_NAME = 0, GROUPS = 10, SIGNATURES = 13, PROTOCOLS = 16, VERSIONS = 43 };

static struct bytes counted16(struct bytes body)
{
    return bytes_slice(body, 2, bytes_u16(body, 0));
}

struct bytes tls_server_name(struct bytes body)
{
    struct reader r = reader_of(counted16(body));
    while (reader_left(&r) > 3) {
        const unsigned kind = reader_u8(&r);
        const struct bytes name = reader_take(&r, reader_u16(&r));
        if (kind == 0 && reader_ok(&r))
            return name;
    }
    return bytes_of(NULL, 0);
}

uint64_t tls_name_hash(struct bytes name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ byte_lower(bytes_at(name, i))) * UINT64_C(0x100000001b3);
    return hash;
}

/* Digits and periods alone, or a colon: an address, which may stand in no server_name. */
static bool is_address(struct bytes name)
{
    bool digits = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        const uint8_t c = bytes_at(name, i);
        if (c == ':')
            return true;
        digits = digits && ((c >= '0' && c <= '9') || c == '.');
    }
    return digits;
}

/* The first byte that no name of a host has, a period at its end included; -1: none. */
static int odd_byte(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        const uint8_t c = bytes_at(name, i), lower = byte_lower(c);
        const bool is_usual = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        const bool is_period = c == '.' && i > 0 && i + 1 < name.len && bytes_at(name, i - 1) != '.';
        if (!is_usual && !is_period)
            return c;
    }
    return -1;
}

static void tell_server_names(struct tls_input *input, struct bytes body)
{
    struct reader r = reader_of(counted16(body));
    unsigned names = 0;
    while (reader_left(&r) > 3) {
        const bool is_host = reader_u8(&r) == 0;
        (void)reader_take(&r, reader_u16(&r));
        names += is_host && reader_ok(&r);
    }
    if (names > 1)
        emit_anomaly(input->emitter, ANOMALY_TLS_SEVERAL_SERVER_NAMES, names, 0);
    const struct bytes name = tls_server_name(body);
    const int odd = odd_byte(name);
    if (is_address(name))
        emit_anomaly(input->emitter, ANOMALY_TLS_ADDRESS_AS_NAME, name.len, 0);
    else if (odd >= 0)
        emit_anomaly(input->emitter, ANOMALY_TLS_ODD_SERVER_NAME, (uint64_t)odd, 0);
}

/* What the list inside says is not what is there. Empty ones of servers and of old clients have no list at all. */
static bool is_length_conflict(unsigned type, struct bytes body)
{
    switch (type) {
    case SERVER_NAME: {
        struct reader r = reader_of(bytes_skip(body, 2));
        while (reader_left(&r) > 0) {
            reader_skip(&r, 1);
            reader_skip(&r, reader_u16(&r));
        }
        return body.len > 0 && (bytes_u16(body, 0) != body.len - 2 || !reader_ok(&r));
    }
    case GROUPS:
    case SIGNATURES:
        return body.len < 2 || bytes_u16(body, 0) != body.len - 2 || body.len % 2 != 0;
    case PROTOCOLS: {
        struct reader r = reader_of(bytes_skip(body, 2));
        while (reader_left(&r) > 0)
            reader_skip(&r, reader_u8(&r));
        return body.len < 2 || bytes_u16(body, 0) != body.len - 2 || !reader_ok(&r);
    }
    case VERSIONS:
        return body.len < 1 || bytes_at(body, 0) != body.len - 1u || body.len % 2 == 0;
    default:
        return false;
    }
}

enum { KNOWN_TYPES = 64 };

void tls_tell_odd_hello(struct tls_input *input, const struct tls_hello *hello)
{
    struct reader r = reader_of(hello->extensions);
    uint64_t seen = 0, told = 0; /* types under 64, which are nearly all in use */
    unsigned type;
    struct bytes body;
    bool conflict = false;
    while (tls_extension_next(&r, &type, &body)) {
        const uint64_t bit = type < KNOWN_TYPES ? UINT64_C(1) << type : 0;
        if (seen & bit & ~told)
            emit_anomaly(input->emitter, ANOMALY_TLS_DOUBLED_EXTENSION, type, 0);
        told |= seen & bit;
        seen |= bit;
        if (!conflict && is_length_conflict(type, body)) {
            emit_anomaly(input->emitter, ANOMALY_TLS_LENGTH_CONFLICT, type, 0);
            conflict = true;
        }
        if (type == SERVER_NAME)
            tell_server_names(input, body);
    }
}

/* No name is no contradiction, and neither is that of the server in front where the other one is encrypted. */
void tls_tell_other_host(struct tls_input *input, const struct tls_hello *hello)
{
    if (hello->whole && hello->server_name.len > 0 && !hello->has_ech &&
        !emit_may_be_for(input->emitter, hello->server_name))
        emit_anomaly(input->emitter, ANOMALY_TLS_OTHER_HOST, 0, 0);
}

void tls_tell_other_name(struct tls_input *input, const struct tls_hello *hello)
{
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    struct reader r = reader_of(hello->extensions);
    unsigned type;
    struct bytes body;
    if (!hello->whole || !handshake->names_server || handshake->other_name_said)
        return;
    while (tls_extension_next(&r, &type, &body)) {
        if (type != SERVER_NAME)
            continue;
        const struct bytes name = tls_server_name(body);
        if (name.len == 0 || tls_name_hash(name) == handshake->server_name_hash)
            return;
        handshake->other_name_said = true;
        emit_anomaly(input->emitter, ANOMALY_TLS_OTHER_SERVER_NAME, 0, 0);
        return;
    }
}
