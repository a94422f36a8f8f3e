/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Certificate messages up to TLS 1.2 (RFC 5246 7.4.2): a list of certificates, each with its length in three bytes, the
 * sender's own first. From TLS 1.3 on they are encrypted.
 */
#include "tls.h"

#include "overhear/certificate.h"

static const int64_t day_ns = (int64_t)86400 * 1000000000;

enum {
    SOON_DAYS = 14,
    RSA_BITS = 2048, /* what is asked for since 2014 */
    EC_BITS = 224,
};

struct names_taker {
    struct record *record;
    unsigned field;
};

static void take_name(void *context, struct bytes name)
{
    const struct names_taker *taker = context;
    record_text(taker->record, taker->field, name);
}

static void add_text(struct record *record, unsigned field, const char *text)
{
    if (text[0])
        record_text(record, field, bytes_text(text));
}

static bool is_weak_signature(const char *name)
{
    static const char *const weak[] = {"sha1", "SHA1", "md5", "MD5", "md2", "MD2", "md4", "MD4"};
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        if (strstr(name, weak[i]))
            return true;
    return false;
}

static void keep_facts(struct tls_input *input, const struct certificate *certificate)
{
    struct tls_certificate_facts *facts = &tls_transaction_of(input->transaction)->server;
    *facts = (struct tls_certificate_facts){
        .present = true,
        .seen_ns = input->message->first.time_ns,
        .not_before_ns = certificate->not_before_ns,
        .not_after_ns = certificate->not_after_ns,
        .key_bits = certificate->key_bits,
        .name_count = certificate->name_count,
        .is_ec = bytes_begin(bytes_text(certificate->key), "E"),
        .weak_signature = is_weak_signature(certificate->signature),
        .self_signed = certificate->self_signed,
        .self_issued = certificate->self_issued,
    };
    bytes_copy(facts->common_name, sizeof facts->common_name - 1, bytes_text(certificate->common_name));
}

/* "RSA 2048", "EC P-256", "Ed25519" in the words of ECS. */
static void add_key(struct record *record, unsigned field, const struct certificate *certificate)
{
    struct bytes key = bytes_text(certificate->key);
    size_t space = bytes_find(key, ' ', 0);
    if (key.len == 0)
        return;
    record_text(record, field + CERTIFICATE_KEY_ALGORITHM, bytes_first(key, space));
    if (certificate->key_bits > 0)
        record_integer(record, field + CERTIFICATE_KEY_SIZE, certificate->key_bits);
    if (bytes_begin(key, "EC "))
        record_text(record, field + CERTIFICATE_KEY_CURVE, bytes_skip(key, space + 1));
}

static bool add_own(struct tls_input *input, unsigned field, struct bytes der)
{
    struct record *record = &input->transaction->record;
    struct names_taker taker = {record, field + CERTIFICATE_ALTERNATIVE_NAMES};
    struct certificate certificate;
    if (!certificate_parse(der, &certificate, take_name, &taker))
        return false;
    add_text(record, field + CERTIFICATE_SUBJECT, certificate.subject);
    add_text(record, field + CERTIFICATE_ISSUER, certificate.issuer);
    record_integer(record, field + CERTIFICATE_NOT_BEFORE, certificate.not_before_ns);
    record_integer(record, field + CERTIFICATE_NOT_AFTER, certificate.not_after_ns);
    add_text(record, field + CERTIFICATE_SHA256, certificate.sha256);
    add_text(record, field + CERTIFICATE_SERIAL, certificate.serial);
    add_key(record, field, &certificate);
    add_text(record, field + CERTIFICATE_SIGNATURE, certificate.signature);
    record_boolean(record, field + CERTIFICATE_SELF_SIGNED, certificate.self_signed);
    if (field == TLS_SERVER_CERTIFICATE)
        keep_facts(input, &certificate);
    return true;
}

static bool add_issuer(struct tls_input *input, unsigned field, struct bytes der)
{
    struct record *record = &input->transaction->record;
    struct certificate certificate;
    if (!certificate_parse(der, &certificate, NULL, NULL))
        return false;
    record_group_begin(record, field + CERTIFICATE_CHAIN);
    record_text(record, CHAIN_SUBJECT, bytes_text(certificate.subject));
    record_text(record, CHAIN_ISSUER, bytes_text(certificate.issuer));
    record_integer(record, CHAIN_NOT_BEFORE, certificate.not_before_ns);
    record_integer(record, CHAIN_NOT_AFTER, certificate.not_after_ns);
    record_text(record, CHAIN_SHA256, bytes_text(certificate.sha256));
    record_text(record, CHAIN_KEY, bytes_text(certificate.key));
    record_group_end(record);
    return true;
}

static unsigned field_of(const struct tls_input *input)
{
    return tls_is_client(input->state, input->side) ? TLS_CLIENT_CERTIFICATE : TLS_SERVER_CERTIFICATE;
}

void tls_certificate_alone(struct tls_input *input, struct bytes der)
{
    tls_half_of(input)->has_certificate = true;
    if (!add_own(input, field_of(input), der))
        emit_anomaly(input->emitter, ANOMALY_TLS_BAD_CERTIFICATE, 1, der.len);
}

void tls_certificate(struct tls_input *input, struct bytes body, bool whole)
{
    struct record *record = &input->transaction->record;
    struct tls_half *half = tls_half_of(input);
    unsigned field = field_of(input), count = 0;
    struct reader r = reader_of(body);
    if (half->certificate)
        return;
    half->certificate = true;
    reader_skip(&r, 3);
    while (reader_left(&r) > 3) {
        struct bytes der = reader_take(&r, reader_u24(&r));
        if (!reader_ok(&r))
            break;
        count++;
        bool good = count == 1 ? add_own(input, field, der) : count > TLS_CERTIFICATES || add_issuer(input, field, der);
        if (!good)
            emit_anomaly(input->emitter, ANOMALY_TLS_BAD_CERTIFICATE, count, der.len);
    }
    half->has_certificate = count > 0;
    if (count > 0 && whole)
        record_integer(record, field + CERTIFICATE_CHAIN_LENGTH, count);
}

/* --- against names and clock --- */

bool tls_name_matches(struct bytes pattern, struct bytes host)
{
    if (!bytes_begin(pattern, "*."))
        return bytes_equal_nocase(pattern, host);
    size_t dot = bytes_find(host, '.', 0);
    return dot > 0 && dot < host.len && bytes_equal_nocase(bytes_skip(pattern, 1), bytes_skip(host, dot));
}

enum match { MATCH_YES, MATCH_NO, MATCH_UNKNOWN };

static enum match match_names(const struct record *record, const struct tls_certificate_facts *facts, struct bytes host)
{
    const unsigned field = TLS_SERVER_CERTIFICATE + CERTIFICATE_ALTERNATIVE_NAMES;
    unsigned count = 0;
    for (unsigned index = record_first(record, field); index; index = record->items[index - 1].next) {
        const struct item *item = &record->items[index - 1];
        if (tls_name_matches(bytes_of(record->text + item->offset, item->length), host))
            return MATCH_YES;
        count++;
    }
    if (facts->name_count > count)
        return MATCH_UNKNOWN;
    if (count > 0)
        return MATCH_NO;
    /* Without a list of names, browsers looked at the common name until 2017, and other programs still do. */
    return tls_name_matches(bytes_text(facts->common_name), host) ? MATCH_YES : MATCH_NO;
}

static void explain_validity(struct record *record, const struct tls_certificate_facts *facts)
{
    const int after = TLS_SERVER_CERTIFICATE + CERTIFICATE_NOT_AFTER;
    struct argument argument = {"time", ARGUMENT_DURATION, {NULL, 0}, 0};
    if (facts->seen_ns < facts->not_before_ns) {
        argument.integer = facts->not_before_ns - facts->seen_ns;
        record_observe(record, TLS_SERVER_CERTIFICATE + CERTIFICATE_NOT_BEFORE, "tls.certificate_not_yet", &argument,
                       1);
    } else if (facts->seen_ns > facts->not_after_ns) {
        bool countable = facts->not_after_ns > INT64_MIN + facts->seen_ns;
        argument.integer = countable ? facts->seen_ns - facts->not_after_ns : INT64_MAX;
        record_observe(record, after, "tls.certificate_expired", &argument, 1);
    } else if (facts->not_after_ns - facts->seen_ns < SOON_DAYS * day_ns) {
        argument.integer = facts->not_after_ns - facts->seen_ns;
        record_observe(record, after, "tls.certificate_expires_soon", &argument, 1);
    }
}

void tls_explain_certificate(struct record *record, const struct tls_transaction *handshake)
{
    const struct tls_certificate_facts *facts = &handshake->server;
    const unsigned field = TLS_SERVER_CERTIFICATE;
    struct bytes host = record_find_text(record, TLS_CLIENT_SERVER_NAME);
    if (!facts->present)
        return;
    explain_validity(record, facts);
    if (host.len > 0 && match_names(record, facts, host) == MATCH_NO) {
        struct argument name = {"name", ARGUMENT_TEXT, host, 0};
        record_observe(record, (int)(field + CERTIFICATE_SUBJECT), "tls.certificate_other_name", &name, 1);
    }
    if (facts->self_signed)
        record_observe(record, (int)(field + CERTIFICATE_ISSUER), "tls.certificate_self_signed", NULL, 0);
    unsigned enough = facts->is_ec ? EC_BITS : RSA_BITS;
    if (facts->key_bits > 0 && facts->key_bits < enough)
        record_observe(record, (int)(field + CERTIFICATE_KEY_SIZE), "tls.certificate_weak_key", NULL, 0);
    if (facts->weak_signature && !facts->self_signed)
        record_observe(record, (int)(field + CERTIFICATE_SIGNATURE), "tls.certificate_weak_signature", NULL, 0);
}
