/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which command an untagged response belongs to. IMAP does not say it; what is sent between a command and its tagged
 * response is mostly its doing, and of several commands in flight the oldest that can have caused such a response did.
 */
#include "imap.h"

static bool is_open(const struct transaction *transaction)
{
    return transaction->key != IMAP_KEY_ALONE;
}

enum uids { UIDS_ANY, UIDS_THERE, UIDS_ABSENT };

/* The oldest command among `causes` (bits), those first whose answer cannot be lost already. */
static struct transaction *oldest(struct emitter *emitter, uint64_t causes, enum uids uids)
{
    struct transaction *stale = NULL;
    for (struct transaction *at = transaction_oldest(emitter); at; at = transaction_younger(emitter, at)) {
        const struct imap_transaction *own = imap_of(at);
        if (!is_open(at) || !(causes >> own->command & 1) || (uids != UIDS_ANY && own->uids != (uids == UIDS_THERE)))
            continue;
        if (!own->stale)
            return at;
        stale = stale ? stale : at;
    }
    return stale;
}

/* * ESEARCH (TAG "a5") …: the one kind of response that says it. */
static struct transaction *by_correlator(struct emitter *emitter, struct bytes text)
{
    uint8_t tag[IMAP_TAG_BYTES];
    struct imap_token token;
    if (!imap_token_next(&text, &token) || token.kind != IMAP_TOKEN_OPEN || !imap_token_next(&text, &token) ||
        !bytes_is_nocase(token.value, "TAG") || !imap_token_next(&text, &token))
        return NULL;
    return imap_find_tag(emitter, bytes_of(tag, imap_token_text(&token, tag, sizeof tag)));
}

/* (UID 7 FLAGS (\Seen)): a command that names UIDs gets them in every answer, another one seldom. */
static struct transaction *by_uids(struct emitter *emitter, uint64_t causes, struct bytes text)
{
    struct bytes word;
    text = bytes_first(text, bytes_find(text, '"', 0));
    bool has_uid = bytes_begin_nocase(text, "(UID ");
    while (!has_uid && text_word_next(&text, &word))
        has_uid = bytes_is_nocase(word, "UID");
    return oldest(emitter, causes, has_uid ? UIDS_THERE : UIDS_ABSENT);
}

struct transaction *imap_cause(struct emitter *emitter, enum imap_kind kind, struct bytes text)
{
    const struct imap_kind_row *row = imap_kind_row(kind);
    uint64_t causes = row->causes;
    struct transaction *transaction = kind == IMAP_KIND_ESEARCH ? by_correlator(emitter, text) : NULL;
    if (transaction)
        return transaction;
    if (imap_kind_is_status(kind)) {
        struct imap_status status;
        imap_status_parse(text, &status);
        int code = imap_code_find(status.code);
        causes |= code >= 0 ? imap_code_causes(code) : 0;
    }
    if (kind == IMAP_KIND_FETCH)
        transaction = by_uids(emitter, causes, text);
    if (!transaction)
        transaction = oldest(emitter, causes, UIDS_ANY);
    return transaction || row->strict ? transaction : oldest(emitter, UINT64_MAX, UIDS_ANY);
}
