/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The two hellos (RFC 8446 4.1.2, 4.1.3; RFC 5246 7.4.1), in which everything is still in clear:
 *
 *     client:  version(2)  random(32)  session(1+n)  cipher suites(2+n)  compressions(1+n)  extensions(2+n)
 *     server:  version(2)  random(32)  session(1+n)  cipher suite(2)     compression(1)     extensions(2+n)
 *
 * Extensions may be missing altogether. Up to draft 21 of TLS 1.3 the server's had neither session nor compression.
 */
#include "tls.h"

/* SHA-256 of "HelloRetryRequest": the random of a ServerHello that is one. */
static const uint8_t retry_random[32] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

void tls_record_name(struct record *record, unsigned field, tls_name_function *name_of, unsigned code, unsigned digits)
{
    const char *name = name_of(code);
    char number[TLS_NUMBER_SIZE];
    if (name)
        record_word(record, field, name);
    else
        record_text(record, field, bytes_text(tls_number_text(code, digits, number)));
}

void tls_record_list(struct tls_input *input, unsigned field, tls_name_function *name_of, struct bytes list)
{
    struct reader r = reader_of(list);
    unsigned count = 0;
    for (; reader_left(&r) >= 2 && count < TLS_LIST_VALUES; count++)
        tls_record_name(&input->transaction->record, field, name_of, reader_u16(&r), 4);
    if (reader_left(&r) >= 2)
        emit_anomaly(input->emitter, ANOMALY_TLS_LIST_TOO_LONG, list.len / 2, TLS_LIST_VALUES);
}

static void read_common(struct reader *r, struct tls_hello *hello)
{
    hello->version = reader_u16(r);
    hello->random = reader_take(r, sizeof retry_random);
}

/* What follows a length, or as much of it as there is. */
static struct bytes take_counted(struct reader *r, size_t length)
{
    size_t n = length < reader_left(r) ? length : reader_left(r);
    struct bytes bytes = reader_take(r, n);
    if (n < length)
        reader_fail(r);
    return bytes;
}

static void read_extensions(struct reader *r, struct tls_hello *hello)
{
    if (reader_left(r) == 0)
        return;
    size_t length = reader_u16(r);
    hello->extensions = take_counted(r, length);
}

static void read_client_hello(struct bytes body, bool whole, struct tls_hello *hello)
{
    struct reader r = reader_of(body);
    read_common(&r, hello);
    hello->session = reader_take(&r, reader_u8(&r));
    hello->ciphers = take_counted(&r, reader_u16(&r));
    hello->compressions = reader_take(&r, reader_u8(&r));
    read_extensions(&r, hello);
    hello->whole = whole && reader_ok(&r) && reader_left(&r) == 0 && hello->ciphers.len % 2 == 0 &&
                   hello->session.len <= 32;
}

static uint8_t keep_session(uint8_t to[32], struct bytes session)
{
    return (uint8_t)bytes_copy(to, 32, session);
}

static void take_compressions(struct record *record, struct bytes list)
{
    struct reader r = reader_of(list);
    while (reader_left(&r) > 0)
        tls_record_name(record, TLS_CLIENT_COMPRESSIONS, tls_compression_name, reader_u8(&r), 2);
}

static void take_fingerprints(struct tls_input *input, const struct tls_hello *hello)
{
    struct record *record = &input->transaction->record;
    char ja3[33], ja4[TLS_JA4_SIZE];
    if (!hello->whole)
        return;
    if (tls_ja3(input->scratch, hello, ja3))
        record_text(record, TLS_CLIENT_JA3, bytes_text(ja3));
    if (tls_ja4(input->scratch, hello, ja4))
        record_text(record, TLS_CLIENT_JA4, bytes_text(ja4));
}

/* After a HelloRetryRequest the client says nearly the same again; what it said first is what is recorded. */
void tls_client_hello(struct tls_input *input, struct bytes body, bool whole)
{
    struct record *record = &input->transaction->record;
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    struct tls_half *half = tls_half_of(input);
    struct tls_hello hello = {0};
    read_client_hello(body, whole, &hello);
    if (half->hello) {
        handshake->client_retried = true;
        tls_tell_other_name(input, &hello);
        return;
    }
    half->hello = true;
    handshake->client_session_length = keep_session(handshake->client_session, hello.session);
    tls_record_list(input, TLS_CLIENT_CIPHERS, tls_suite_name, hello.ciphers);
    take_compressions(record, hello.compressions);
    tls_client_extensions(input, &hello);
    if (hello.versions.len < 2 && hello.random.len == sizeof retry_random && hello.whole)
        tls_record_name(record, TLS_CLIENT_VERSIONS, tls_version_name, hello.version, 4);
    if (whole && !hello.whole)
        tls_malformed(input, TLS_CLIENT_HELLO, body.len);
    take_fingerprints(input, &hello);
    tls_tell_other_host(input, &hello);
}

void tls_take_version(struct tls_input *input, unsigned version)
{
    struct record *record = &input->transaction->record;
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    const char *name = tls_version_name(version);
    char number[TLS_NUMBER_SIZE];
    handshake->version = tls_version_plain(version) ? version : 0;
    if (tls_version_plain(version) == 0x0304)
        input->state->tls13 = true;
    record_word(record, TLS_VERSION_PROTOCOL, version <= 0x0300 ? "ssl" : "tls");
    /* A draft is the version that it became. */
    if (name)
        record_word(record, TLS_VERSION, tls_version_plain(version) == 0x0304 ? "1.3" : name);
    else
        record_text(record, TLS_VERSION, bytes_text(tls_number_text(version, 4, number)));
    if (name && version > 0x0304) {
        struct argument draft = {"version", ARGUMENT_TEXT, bytes_text(name), 0};
        record_observe(record, RECORD_LAST, "tls.draft", &draft, 1);
    }
}

void tls_take_cipher(struct tls_input *input, unsigned code, unsigned digits)
{
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    handshake->cipher_code = code;
    handshake->cipher = tls_suite_name(code);
    tls_record_name(&input->transaction->record, TLS_CIPHER, tls_suite_name, code, digits);
}

/* RFC 8446 4.1.3: a server that could do better says so in its random, and the client notices who talked it down. */
static void check_downgrade(struct record *record, const struct tls_hello *hello)
{
    static const uint8_t mark[7] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};
    struct bytes end = bytes_skip(hello->random, 24);
    if (!bytes_equal(bytes_first(end, sizeof mark), bytes_of(mark, sizeof mark)) || bytes_at(end, 7) > 1)
        return;
    record_boolean(record, TLS_SERVER_DOWNGRADE, true);
}

static void read_server_hello(struct bytes body, bool whole, struct tls_hello *hello)
{
    struct reader r = reader_of(body);
    read_common(&r, hello);
    if (tls_version_is_early_draft(hello->version)) {
        hello->cipher = reader_u16(&r);
    } else {
        hello->session = reader_take(&r, reader_u8(&r));
        hello->cipher = reader_u16(&r);
        hello->compression = reader_u8(&r);
    }
    bool fixed = reader_ok(&r);
    read_extensions(&r, hello);
    hello->whole = fixed && whole && reader_ok(&r) && reader_left(&r) == 0;
    if (!fixed)
        hello->random = (struct bytes){NULL, 0};
}

static void take_server_choice(struct tls_input *input, struct tls_hello *hello)
{
    struct record *record = &input->transaction->record;
    struct tls_transaction *handshake = tls_transaction_of(input->transaction);
    /* What is lost of a hello may say that it is a newer version than the one it pretends to be. */
    if (hello->selected_version || hello->whole || hello->version != 0x0303)
        tls_take_version(input, hello->selected_version ? hello->selected_version : hello->version);
    tls_take_cipher(input, hello->cipher, 4);
    if (hello->compression > 0) {
        tls_record_name(record, TLS_SERVER_COMPRESSION, tls_compression_name, hello->compression, 2);
        record_observe(record, RECORD_LAST, "tls.compression", NULL, 0);
    }
    if (tls_version_plain(handshake->version) < 0x0304)
        check_downgrade(record, hello);
    handshake->resumed_by_key = hello->has_key;
    handshake->server_session_length = keep_session(handshake->server_session, hello->session);
}

void tls_server_hello(struct tls_input *input, struct bytes body, bool whole)
{
    struct record *record = &input->transaction->record;
    struct tls_half *half = tls_half_of(input);
    struct tls_hello hello = {0};
    char ja3s[33];
    if (half->hello)
        return;
    read_server_hello(body, whole, &hello);
    if (hello.random.len == 0) {
        if (whole)
            tls_malformed(input, TLS_SERVER_HELLO, body.len);
        return;
    }
    bool retry = bytes_equal(hello.random, bytes_of(retry_random, sizeof retry_random));
    tls_server_extensions(input, &hello, retry);
    if (retry) {
        record_boolean(record, TLS_HELLO_RETRY, true);
        return;
    }
    half->hello = true;
    tls_transaction_of(input->transaction)->server_broken_off = !whole;
    take_server_choice(input, &hello);
    if (whole && !hello.whole)
        tls_malformed(input, TLS_SERVER_HELLO, body.len);
    if (hello.whole && tls_ja3s(input->scratch, &hello, ja3s))
        record_text(record, TLS_SERVER_JA3S, bytes_text(ja3s));
}

/* Of the drafts up to 21: version, in later ones of them a cipher suite, and extensions. */
void tls_hello_retry(struct tls_input *input, struct bytes body)
{
    (void)body;
    record_boolean(&input->transaction->record, TLS_HELLO_RETRY, true);
}
