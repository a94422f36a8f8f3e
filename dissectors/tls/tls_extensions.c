/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extensions of the hellos: type(2) length(2) body, one after the other (RFC 8446 4.2, and the registry at IANA).
 */
#include "tls.h"

enum extension {
    SERVER_NAME = 0,
    SUPPORTED_GROUPS = 10,
    POINT_FORMATS = 11,
    SIGNATURES = 13,
    PROTOCOLS = 16, /* ALPN */
    STATUS_REQUEST = 5,
    TIMESTAMPS = 18,
    SESSION_TICKET = 35,
    OLD_KEY_SHARE = 40,
    PRE_SHARED_KEY = 41,
    EARLY_DATA = 42,
    VERSIONS = 43,
    KEY_SHARE = 51,
    ENCRYPTED_SERVER_NAME = 0xffce,
    ENCRYPTED_HELLO = 0xfe0d,
};

bool tls_extension_next(struct reader *extensions, unsigned *ret_type, struct bytes *ret_body)
{
    if (reader_left(extensions) < 4)
        return false;
    *ret_type = reader_u16(extensions);
    *ret_body = reader_take(extensions, reader_u16(extensions));
    return reader_ok(extensions);
}

/* A list with its length in front, of one or two bytes; as much of it as there is. */
static struct bytes counted8(struct bytes body)
{
    return bytes_slice(body, 1, bytes_at(body, 0));
}

static struct bytes counted16(struct bytes body)
{
    return bytes_slice(body, 2, (size_t)bytes_at(body, 0) << 8 | bytes_at(body, 1));
}

bool tls_protocol_next(struct reader *protocols, struct bytes *ret_name)
{
    if (reader_left(protocols) == 0)
        return false;
    *ret_name = reader_take(protocols, reader_u8(protocols));
    return reader_ok(protocols);
}

static void take_protocols(struct tls_input *input, unsigned field, struct bytes list)
{
    struct reader r = reader_of(list);
    struct bytes name;
    for (unsigned i = 0; i < TLS_LIST_VALUES && tls_protocol_next(&r, &name); i++) {
        bool grease = name.len == 2 && tls_is_grease((unsigned)bytes_at(name, 0) << 8 | bytes_at(name, 1));
        if (grease)
            record_word(&input->transaction->record, field, "GREASE");
        else
            record_text(&input->transaction->record, field, name);
    }
}

/* RFC 6066 section 3: the first name of kind 0. */
static void take_server_name(struct tls_input *input, struct tls_hello *hello, struct bytes body)
{
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    const struct bytes name = tls_server_name(body);
    if (name.len == 0 || hello->server_name.len > 0)
        return;
    hello->server_name = name;
    handshake->names_server = true;
    handshake->server_name_hash = tls_name_hash(name);
    record_text(&input->transaction->record, TLS_CLIENT_SERVER_NAME, name);
}

/* Each share: group(2) length(2) key. */
static void take_key_shares(struct tls_input *input, struct bytes body)
{
    struct reader r = reader_of(counted16(body));
    for (unsigned i = 0; i < TLS_LIST_VALUES && reader_left(&r) >= 4; i++) {
        unsigned group = reader_u16(&r);
        reader_skip(&r, reader_u16(&r));
        tls_record_name(&input->transaction->record, TLS_CLIENT_KEY_SHARES, tls_group_name, group, 4);
    }
}

static void take_client_versions(struct tls_input *input, struct tls_hello *hello, struct bytes body)
{
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    hello->versions = counted8(body);
    tls_record_list(input, TLS_CLIENT_VERSIONS, tls_version_name, hello->versions);
    struct reader r = reader_of(hello->versions);
    while (reader_left(&r) >= 2)
        if (tls_version_plain(reader_u16(&r)) == 0x0304)
            handshake->offers_13 = true;
}

static void take_client_extension(struct tls_input *input, struct tls_hello *hello, unsigned type, struct bytes body)
{
    struct record *record = &input->transaction->record;
    switch (type) {
    case SERVER_NAME:
        hello->has_server_name = true;
        take_server_name(input, hello, body);
        break;
    case SUPPORTED_GROUPS:
        hello->groups = counted16(body);
        tls_record_list(input, TLS_CLIENT_GROUPS, tls_group_name, hello->groups);
        break;
    case POINT_FORMATS:
        hello->point_formats = counted8(body);
        break;
    case SIGNATURES:
        hello->signatures = counted16(body);
        tls_record_list(input, TLS_CLIENT_SIGNATURES, tls_signature_name, hello->signatures);
        break;
    case PROTOCOLS:
        hello->protocols = counted16(body);
        take_protocols(input, TLS_CLIENT_ALPN, hello->protocols);
        break;
    case VERSIONS:
        take_client_versions(input, hello, body);
        break;
    case OLD_KEY_SHARE:
    case KEY_SHARE:
        take_key_shares(input, body);
        break;
    case SESSION_TICKET:
        if (body.len > 0)
            record_boolean(record, TLS_CLIENT_SESSION_TICKET, true);
        break;
    case PRE_SHARED_KEY:
        record_boolean(record, TLS_CLIENT_SESSION_TICKET, true);
        break;
    case EARLY_DATA:
        hello->has_early_data = true;
        break;
    case ENCRYPTED_SERVER_NAME:
    case ENCRYPTED_HELLO:
        hello->has_ech = true;
        break;
    default:
        break;
    }
}

void tls_client_extensions(struct tls_input *input, struct tls_hello *hello)
{
    struct record *record = &input->transaction->record;
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    struct reader r = reader_of(hello->extensions);
    unsigned type;
    struct bytes body;
    while (hello->extension_count < TLS_LIST_VALUES && tls_extension_next(&r, &type, &body)) {
        hello->extension_count++;
        tls_record_name(record, TLS_CLIENT_EXTENSIONS, tls_extension_name, type, 4);
        take_client_extension(input, hello, type, body);
    }
    if (reader_left(&r) > 0 || !reader_ok(&r))
        hello->whole = false;
    handshake->offers_ech = hello->has_ech;
    if (hello->whole)
        tls_tell_odd_hello(input, hello);
    handshake->offers_early_data = hello->has_early_data;
    if (hello->has_early_data)
        record_boolean(record, TLS_CLIENT_EARLY_DATA, true);
    if (hello->has_ech)
        record_boolean(record, TLS_CLIENT_ECH, true);
}

static void take_server_extension(struct tls_input *input, struct tls_hello *hello, unsigned type, struct bytes body)
{
    struct record *record = &input->transaction->record;
    struct reader r = reader_of(body);
    switch (type) {
    case VERSIONS:
        hello->selected_version = reader_u16(&r);
        break;
    case OLD_KEY_SHARE:
    case KEY_SHARE:
        tls_record_name(record, TLS_CURVE, tls_group_name, reader_u16(&r), 4);
        break;
    case PRE_SHARED_KEY:
        hello->has_key = true;
        break;
    case PROTOCOLS:
        r = reader_of(counted16(body));
        if (tls_protocol_next(&r, &body))
            record_text(record, TLS_NEXT_PROTOCOL, body);
        break;
    case TIMESTAMPS: {
        int64_t count = 0;
        r = reader_of(counted16(body));
        while (reader_left(&r) >= 2) {
            reader_skip(&r, reader_u16(&r));
            count++;
        }
        record_integer(record, TLS_SERVER_SCTS, count);
        break;
    }
    default:
        break;
    }
}

/* `retry`: of a HelloRetryRequest, whose choices are not final. */
void tls_server_extensions(struct tls_input *input, struct tls_hello *hello, bool retry)
{
    struct reader r = reader_of(hello->extensions);
    unsigned type;
    struct bytes body;
    while (hello->extension_count < TLS_LIST_VALUES && tls_extension_next(&r, &type, &body)) {
        hello->extension_count++;
        if (retry)
            continue;
        tls_record_name(&input->transaction->record, TLS_SERVER_EXTENSIONS, tls_extension_name, type, 4);
        take_server_extension(input, hello, type, body);
    }
    if (reader_left(&r) > 0 || !reader_ok(&r))
        hello->whole = false;
}
