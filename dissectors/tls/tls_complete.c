/* SPDX-License-Identifier: BSD-3-Clause
 *
 * When is a handshake over, and what is then known of it? Nothing here depends on which side was heard first.
 */
#include "tls.h"

/* A record of TLS 1.3 that holds an alert and no padding: two bytes, the kind of content, and a tag of 16. */
enum { ALERT_RECORD = 2 + 1 + 16 };

/* TLS 1.3: where Finished is expected, an alert came. */
static bool is_alert_instead(const struct tls_transaction *handshake, enum side side)
{
    return tls_version_plain(handshake->version) == 0x0304 && !handshake->offers_early_data &&
           handshake->halves[side].application_records > 0 && handshake->halves[side].first_application == ALERT_RECORD;
}

static bool is_over_13(const struct tls_transaction *handshake, const struct tls_half *half, bool is_client)
{
    if (is_client && handshake->offers_early_data)
        return half->early_finished || half->early_over;
    return half->hello && half->application_records > 0;
}

bool tls_half_is_over(const struct tls_state *state, const struct tls_transaction *handshake, enum side side)
{
    const struct tls_half *half = &handshake->halves[side];
    bool is_client = tls_is_client(state, side);
    switch (tls_version_plain(handshake->version)) {
    case 0:
        return false;
    case 0x0002:
        return half->old_records >= (is_client && !handshake->resumed_by_key ? 2u : 1u);
    case 0x0304:
        return is_over_13(handshake, half, is_client);
    default:
        return half->finished || half->application_records > 0;
    }
}

bool tls_is_complete(const struct tls_state *state, const struct tls_transaction *handshake)
{
    return tls_half_is_over(state, handshake, SIDE_CLIENT) && tls_half_is_over(state, handshake, SIDE_SERVER);
}

static bool has_fatal_alert(const struct tls_half *half)
{
    enum { FATAL = 2 };
    for (unsigned i = 0; i < half->alert_count; i++)
        if (half->alerts[i].level == FATAL && !half->alerts[i].late)
            return true;
    return false;
}

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* Only one side was captured: what it sends tells that it was content with the other. */
static enum answer established_by_one(const struct tls_transaction *handshake, const struct tls_half *half,
                                      bool is_client)
{
    unsigned version = tls_version_plain(handshake->version);
    if (half->application_records > 1 && (is_client || (version > 0 && version < 0x0304)))
        return ANSWER_YES;
    if (!is_client && half->finished && half->hello_done)
        return ANSWER_YES;
    return ANSWER_UNKNOWN;
}

static bool has_gap(const struct tls_state *state, const struct tls_transaction *handshake)
{
    for (int side = 0; side < 2; side++)
        if (handshake->halves[side].gap || state->sides[side].lost_beginning)
            return true;
    return false;
}

static enum answer is_established(const struct tls_state *state, const struct tls_transaction *handshake, bool complete)
{
    const struct tls_half *client = &handshake->halves[state->reversed ? SIDE_SERVER : SIDE_CLIENT];
    const struct tls_half *server = &handshake->halves[state->reversed ? SIDE_CLIENT : SIDE_SERVER];
    if (is_alert_instead(handshake, SIDE_CLIENT) || is_alert_instead(handshake, SIDE_SERVER))
        return ANSWER_NO;
    if (complete)
        return ANSWER_YES;
    if (has_fatal_alert(client) || has_fatal_alert(server) || state->sides[SIDE_CLIENT].body == TLS_BODY_PLAIN ||
        state->sides[SIDE_SERVER].body == TLS_BODY_PLAIN)
        return ANSWER_NO;
    if (!server->any)
        return established_by_one(handshake, client, true);
    if (!client->any)
        return established_by_one(handshake, server, false);
    return has_gap(state, handshake) ? ANSWER_UNKNOWN : ANSWER_NO;
}

static bool is_same_session(const struct tls_transaction *handshake)
{
    struct bytes client = bytes_of(handshake->client_session, handshake->client_session_length);
    struct bytes server = bytes_of(handshake->server_session, handshake->server_session_length);
    return client.len > 0 && bytes_equal(client, server);
}

static enum answer is_resumed(const struct tls_state *state, const struct tls_transaction *handshake)
{
    const struct tls_half *server = &handshake->halves[state->reversed ? SIDE_CLIENT : SIDE_SERVER];
    unsigned version = tls_version_plain(handshake->version);
    if (version == 0 || !server->hello)
        return ANSWER_UNKNOWN;
    if (version == 0x0304 || version == 0x0002)
        return handshake->resumed_by_key ? ANSWER_YES : handshake->server_broken_off ? ANSWER_UNKNOWN : ANSWER_NO;
    if (server->hello_done || server->certificate)
        return ANSWER_NO;
    if (!server->gap && server->change_cipher)
        return ANSWER_YES;
    return is_same_session(handshake) ? ANSWER_YES : ANSWER_UNKNOWN;
}

static void add_alert(struct record *record, bool is_client, const struct tls_alert *alert)
{
    const char *name = tls_alert_name(alert->description);
    char number[TLS_NUMBER_SIZE];
    record_group_begin(record, TLS_ALERT_LIST);
    record_word(record, ALERT_SIDE, is_client ? "client" : "server");
    if (alert->encrypted) {
        record_boolean(record, ALERT_ENCRYPTED, true);
    } else {
        record_word(record, ALERT_LEVEL, alert->level == 1 ? "warning" : "fatal");
        if (name)
            record_word(record, ALERT_DESCRIPTION, name);
        else
            record_text(record, ALERT_DESCRIPTION, bytes_text(tls_number_text(alert->description, 2, number)));
    }
    record_group_end(record);
}

/* The client's first. */
static void add_alerts(const struct tls_state *state, struct record *record, const struct tls_transaction *handshake,
                       bool complete)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        bool is_client = turn == 0;
        enum side side = is_client == state->reversed ? SIDE_SERVER : SIDE_CLIENT;
        const struct tls_half *half = &handshake->halves[side];
        for (unsigned i = 0; i < half->alert_count; i++)
            if (!complete || !half->alerts[i].late)
                add_alert(record, is_client, &half->alerts[i]);
        if (is_alert_instead(handshake, side))
            add_alert(record, is_client, &(struct tls_alert){.encrypted = true});
    }
}

static void explain_cipher(struct record *record, const struct tls_transaction *handshake)
{
    if (!handshake->cipher)
        return;
    struct tls_suite suite = tls_suite_of(handshake->cipher);
    const char *strength = suite.null         ? "tls.cipher_null"
                           : suite.export     ? "tls.cipher_export"
                           : suite.rc4        ? "tls.cipher_rc4"
                           : suite.triple_des ? "tls.cipher_3des"
                           : suite.des        ? "tls.cipher_des"
                           : suite.old        ? "tls.cipher_old"
                           : suite.aead       ? "tls.cipher_aead"
                           : suite.cbc        ? "tls.cipher_cbc"
                                              : NULL;
    if (strength)
        record_observe(record, TLS_CIPHER, strength, NULL, 0);
    if (suite.anonymous)
        record_observe(record, TLS_CIPHER, "tls.cipher_anonymous", NULL, 0);
    record_observe(record, TLS_CIPHER,
                   suite.forward_secrecy ? "tls.cipher_forward_secrecy"
                   : suite.psk           ? "tls.cipher_psk"
                                         : "tls.cipher_no_forward_secrecy",
                   NULL, 0);
}

/* What a listener learns all the same. */
static void explain_onlooker(struct record *record, const struct tls_transaction *handshake, bool resumed)
{
    const char *words = "tls.onlooker_no_name";
    if (handshake->offers_ech)
        words = "tls.onlooker_ech";
    else if (tls_version_plain(handshake->version) != 0x0304 && !resumed && handshake->server.present)
        words = "tls.onlooker_certificate";
    else if (handshake->names_server)
        words = "tls.onlooker_name";
    record_observe(record, TLS_ESTABLISHED, words, NULL, 0);
}

/* The server's mark means an attack only where the client had offered better. */
static void explain_downgrade(struct record *record, const struct tls_transaction *handshake, bool has_client)
{
    struct bytes offered = record_find_text(record, TLS_CLIENT_VERSIONS);
    bool to_12 = tls_version_plain(handshake->version) == 0x0303;
    bool better = handshake->offers_13 || (!to_12 && bytes_is(offered, "1.2"));
    if (record_has(record, TLS_SERVER_DOWNGRADE))
        record_observe(record, TLS_SERVER_DOWNGRADE,
                       !has_client ? "tls.could_newer"
                       : better    ? "tls.downgraded"
                       : to_12     ? "tls.could_13"
                                   : "tls.could_12",
                       NULL, 0);
}

static void explain(const struct tls_state *state, struct record *record, const struct tls_transaction *handshake,
                    bool established, bool resumed)
{
    const struct tls_half *client = &handshake->halves[state->reversed ? SIDE_SERVER : SIDE_CLIENT];
    int64_t bits;
    explain_cipher(record, handshake);
    explain_downgrade(record, handshake, client->hello);
    if (tls_version_plain(handshake->version) == 0x0304)
        record_observe(record, TLS_CURVE, "tls.key_share", NULL, 0);
    if (record_find_integer(record, TLS_SERVER_DH_BITS, &bits) && bits < 2048)
        record_observe(record, TLS_SERVER_DH_BITS, "tls.dh_weak", NULL, 0);
    if (established)
        explain_onlooker(record, handshake, resumed);
    if (resumed)
        record_observe(record, TLS_RESUMED, "tls.resumed", NULL, 0);
    if (client->early_bytes > 0)
        record_observe(record, TLS_CLIENT_EARLY_DATA_BYTES, "tls.early_data", NULL, 0);
    tls_explain_certificate(record, handshake);
}

/* One side's beginning was not seen, or its hello: it goes on as who has said one. */
static bool is_beginning_lost(const struct tls_state *state, const struct tls_transaction *handshake)
{
    for (int side = 0; side < 2; side++) {
        const struct tls_half *half = &handshake->halves[side];
        const bool went_on = half->change_cipher || half->finished || half->application_records > 0;
        if (half->any && (state->sides[side].lost_beginning || (went_on && !half->hello)))
            return true;
    }
    return false;
}

void tls_fill(const struct tls_state *state, struct transaction *transaction, bool complete)
{
    struct record *record = &transaction->record;
    const struct tls_transaction *handshake = tls_transaction_of(transaction);
    const struct tls_half *client = &handshake->halves[state->reversed ? SIDE_SERVER : SIDE_CLIENT];
    enum answer established = is_established(state, handshake, complete);
    enum answer resumed = is_resumed(state, handshake);
    if (is_beginning_lost(state, handshake))
        record->incomplete = true;
    if (established != ANSWER_UNKNOWN)
        record_boolean(record, TLS_ESTABLISHED, established == ANSWER_YES);
    if (resumed != ANSWER_UNKNOWN)
        record_boolean(record, TLS_RESUMED, resumed == ANSWER_YES);
    if ((handshake->certificate_requested && !client->gap) || client->has_certificate)
        record_boolean(record, TLS_CLIENT_CERTIFICATE_SENT, client->has_certificate);
    if (handshake->offers_early_data && client->early_bytes > 0)
        record_integer(record, TLS_CLIENT_EARLY_DATA_BYTES, (int64_t)client->early_bytes);
    if (state->handshakes > 1)
        record_boolean(record, TLS_RENEGOTIATION, true);
    add_alerts(state, record, handshake, complete);
    explain(state, record, handshake, established == ANSWER_YES, resumed == ANSWER_YES);
    record->outcome = established == ANSWER_YES  ? OUTCOME_SUCCESS
                      : established == ANSWER_NO ? OUTCOME_FAILURE
                                                 : OUTCOME_UNKNOWN;
}
