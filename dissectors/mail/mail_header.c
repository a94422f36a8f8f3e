/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The fields of a message's header, by name: who reads which.
 */
#include "mail_header.h"

#include "mail_address.h"
#include "mail_date.h"
#include "mail_headers.h"
#include "mail_parameters.h"
#include "mail_words.h"

const size_t mail_headers_size = sizeof(struct mail_headers);

#include <assert.h>

enum { TEXT_BYTES = 1024 };

int64_t mail_seen_ns(const struct emitter *emitter, const struct record *record)
{
    return record->first.frame ? record->first.time_ns : emit_now(emitter).time_ns;
}

static void take_addresses(const struct mail_take *take)
{
    const unsigned count = mail_addresses_record(take->emitter, take->record, take->field, take->value);
    if (take->field == MAIL_FROM_ADDRESS && take->headers->authors == 0)
        take->headers->authors = count;
}

/* Text with encoded words. Of a second one nothing is taken. */
static void take_text(const struct mail_take *take)
{
    struct mail_words words;
    struct bytes piece;
    if (record_has(take->record, take->field))
        return;
    record_text(take->record, take->field, bytes_of(NULL, 0));
    mail_words_begin(&words, take->emitter, take->value);
    bool hides_line = false;
    while (mail_words_next(&words, &piece)) {
        record_append(take->record, take->field, piece, MAIL_WORDS_UTF8 + MAIL_FIELD_BYTES);
        hides_line = hides_line || (words.count > 0 && mail_has_line_end(piece));
    }
    if (words.count == 0)
        return;
    if (hides_line && take->field == MAIL_SUBJECT)
        emit_anomaly(take->emitter, ANOMALY_MAIL_HIDDEN_LINE, 0, 0);
    struct argument charset = {.name = "charset", .kind = ARGUMENT_TEXT, .text = words.charset};
    record_observe(take->record, (int)take->field, "mail.encoded_words", &charset, 1);
}

/* One value with white space and comments taken off, in lower case: auto-replied, bulk. */
static void take_token(const struct mail_take *take)
{
    uint8_t buffer[TEXT_BYTES];
    struct mail_text text = mail_text_in(buffer, sizeof buffer);
    mail_value_token(take->value, &text);
    if (text.length > 0)
        record_text(take->record, take->field, mail_text_bytes(&text));
    if (text.cut)
        mail_mark_cut(take->record, take->field);
}

static void take_date(const struct mail_take *take)
{
    int64_t time_ns;
    struct bytes text = mail_trim(take->value);
    if (mail_date(text, &time_ns)) {
        record_integer(take->record, MAIL_ORIGINATION_TIMESTAMP, time_ns);
        take->headers->date_ns = take->headers->has_date ? take->headers->date_ns : time_ns;
        take->headers->has_date = true;
    }
    if (text.len > 0)
        record_text(take->record, MAIL_DATE, text);
}

/* What stands in angle brackets, each by itself; without any, the whole. */
static void take_bracketed(const struct mail_take *take)
{
    struct bytes rest = take->value, inside;
    bool any = false;
    for (size_t open = bytes_find(rest, '<', 0); open < rest.len; open = bytes_find(rest, '<', 0)) {
        rest = bytes_skip(rest, open + 1);
        size_t close = bytes_find(rest, '>', 0);
        uint8_t buffer[TEXT_BYTES];
        struct mail_text text = mail_text_in(buffer, sizeof buffer);
        mail_text_add_solid(&text, bytes_first(rest, close));
        if (text.length > 0 && !text.cut)
            record_text(take->record, take->field, mail_text_bytes(&text));
        else if (text.cut)
            mail_mark_cut(take->record, take->field);
        rest = bytes_skip(rest, close + 1);
        any = true;
    }
    inside = mail_trim(take->value);
    if (!any && inside.len > 0)
        record_text(take->record, take->field, inside);
}

/* <a@example.org>, or <> for nobody */
static void take_path(const struct mail_take *take)
{
    struct mail_addresses addresses;
    struct mail_mailbox mailbox;
    mail_addresses_begin(&addresses, take->emitter, take->value);
    if (mail_addresses_next(&addresses, &mailbox) && mailbox.has_address)
        record_text(take->record, take->field, mailbox.address);
}

/* A description and then <name.example.org>; the description is for people and left out. */
static void take_list_id(const struct mail_take *take)
{
    struct bytes inside = mail_in_brackets(take->value);
    if (inside.len > 0)
        record_text(take->record, take->field, inside);
}

static void take_ip(const struct mail_take *take)
{
    struct bytes text = mail_in_brackets(take->value);
    if (bytes_at(text, 0) == '[')
        text = bytes_first(bytes_skip(text, 1), bytes_find(text, ']', 0) - 1);
    if (text.len > 0)
        record_text(take->record, take->field, text);
}

/* Importance, Priority, X-MSMail-Priority by words; X-Priority from 1 to 5. */
static void take_priority(const struct mail_take *take)
{
    static const struct {
        const char *word, *meaning;
    } priorities[] = {
        {"1", "high"},        {"2", "high"},    {"3", "normal"},    {"4", "low"},
        {"5", "low"},         {"high", "high"}, {"urgent", "high"}, {"highest", "high"},
        {"normal", "normal"}, {"low", "low"},   {"lowest", "low"},  {"non-urgent", "low"},
    };
    struct bytes word, rest = take->value;
    if (!mail_word_next(&rest, &word))
        return;
    for (size_t i = 0; i < sizeof priorities / sizeof *priorities; i++)
        if (bytes_is_nocase(word, priorities[i].word))
            record_word(take->record, MAIL_PRIORITY, priorities[i].meaning);
}

static const struct {
    const char *name;
    void (*take)(const struct mail_take *take);
    unsigned field;
    bool once; /* RFC 5322 section 3.6, RFC 2045: at most one of it may stand in a header */
} rows[] = {
    {"From", take_addresses, MAIL_FROM_ADDRESS, true},
    {"Sender", take_addresses, MAIL_SENDER_ADDRESS, true},
    {"Reply-To", take_addresses, MAIL_REPLY_TO_ADDRESS, true},
    {"To", take_addresses, MAIL_TO_ADDRESS, true},
    {"Cc", take_addresses, MAIL_CC_ADDRESS, true},
    {"Bcc", take_addresses, MAIL_BCC_ADDRESS, true},
    {"Subject", take_text, MAIL_SUBJECT, true},
    {"Date", take_date, MAIL_DATE, true},
    {"Message-ID", take_bracketed, MAIL_MESSAGE_ID, true},
    {"In-Reply-To", take_bracketed, MAIL_IN_REPLY_TO, true},
    {"References", take_bracketed, MAIL_REFERENCES, true},
    {"MIME-Version", take_token, MAIL_MIME_VERSION, true},
    {"Content-Type", take_token, MAIL_CONTENT_TYPE, true},
    {"Resent-From", take_addresses, MAIL_RESENT_FROM_ADDRESS, false},
    {"Resent-To", take_addresses, MAIL_RESENT_TO_ADDRESS, false},
    {"Disposition-Notification-To", take_addresses, MAIL_RECEIPT_TO_ADDRESS, false},
    {"X-Mailer", take_text, MAIL_X_MAILER, false},
    {"User-Agent", take_text, MAIL_X_MAILER, false},
    {"X-Originating-IP", take_ip, MAIL_X_ORIGINATING_IP, false},
    {"Importance", take_priority, MAIL_PRIORITY, false},
    {"X-Priority", take_priority, MAIL_PRIORITY, false},
    {"Priority", take_priority, MAIL_PRIORITY, false},
    {"X-MSMail-Priority", take_priority, MAIL_PRIORITY, false},
    {"Auto-Submitted", take_token, MAIL_AUTO_SUBMITTED, false},
    {"Precedence", take_token, MAIL_PRECEDENCE, false},
    {"Return-Path", take_path, MAIL_RETURN_PATH, false},
    {"Delivered-To", take_path, MAIL_DELIVERED_TO, false},
    {"X-Delivered-To", take_path, MAIL_DELIVERED_TO, false},
    {"X-Original-To", take_path, MAIL_DELIVERED_TO, false},
    {"Envelope-To", take_path, MAIL_DELIVERED_TO, false},
    {"List-Id", take_list_id, MAIL_LIST_ID, false},
    {"List-Unsubscribe", take_bracketed, MAIL_LIST_UNSUBSCRIBE, false},
    {"List-Post", take_bracketed, MAIL_LIST_POST, false},
    {"List-Help", take_bracketed, MAIL_LIST_HELP, false},
    {"List-Subscribe", take_bracketed, MAIL_LIST_SUBSCRIBE, false},
    {"List-Owner", take_bracketed, MAIL_LIST_OWNER, false},
    {"List-Archive", take_bracketed, MAIL_LIST_ARCHIVE, false},
    {"Received", mail_take_received, MAIL_RECEIVED, false},
    {"DKIM-Signature", mail_take_dkim, MAIL_DKIM, false},
    {"Authentication-Results", mail_take_authentication, MAIL_AUTHENTICATION, false},
    {"Received-SPF", mail_take_received_spf, MAIL_AUTHENTICATION, false},
    {"ARC-Seal", mail_take_arc_seal, MAIL_ARC, false},
    {"ARC-Authentication-Results", mail_take_arc_authentication, MAIL_AUTHENTICATION, false},
};

static_assert(sizeof rows / sizeof *rows <= 64, "struct mail_headers has a bit for each");

static bool has_eight_bit(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (bytes_at(value, i) >= 0x80)
            return true;
    return false;
}

void mail_header_record(struct emitter *emitter, struct mail_headers *headers, struct record *record, struct bytes name,
                        struct bytes value)
{
    if (headers->finished)
        return;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!bytes_is_nocase(name, rows[i].name))
            continue;
        uint64_t bit = (uint64_t)1 << i;
        if (rows[i].once && (headers->seen & bit)) {
            headers->repeated |= bit;
            headers->surplus++;
        }
        headers->seen |= bit;
        if (!headers->has_eight_bit && has_eight_bit(value)) {
            headers->has_eight_bit = true;
            headers->eight_bit_field = rows[i].field;
        }
        rows[i].take(&(struct mail_take){emitter, headers, record, value, rows[i].field});
        return;
    }
}

/* Which fields were repeated is told beside each of them. */
static void report_repeated(struct emitter *emitter, const struct mail_headers *headers, struct record *record)
{
    uint64_t kinds = 0;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!(headers->repeated & (uint64_t)1 << i))
            continue;
        struct argument name = {.name = "name", .kind = ARGUMENT_TEXT, .text = bytes_text(rows[i].name)};
        record_observe(record, (int)rows[i].field, "mail.repeated", &name, 1);
        kinds++;
    }
    /* After lost bytes the field that came twice may be one of another part. */
    if (kinds > 0 && !record->incomplete)
        emit_anomaly(emitter, ANOMALY_MAIL_DUPLICATE_HEADER, headers->surplus, kinds);
}

/* RFC 5322 section 3.6.2 */
static void report_authors(struct emitter *emitter, const struct mail_headers *headers, const struct record *record)
{
    if (headers->authors > 1 && !record_has(record, MAIL_SENDER_ADDRESS) && !record->incomplete)
        emit_anomaly(emitter, ANOMALY_MAIL_SEVERAL_AUTHORS, headers->authors, 0);
}

void mail_headers_finish(struct emitter *emitter, struct mail_headers *headers, struct record *record)
{
    if (headers->finished)
        return;
    headers->finished = true;
    mail_received_finish(headers, record);
    report_authors(emitter, headers, record);
    report_repeated(emitter, headers, record);
    if (record->wants_notes)
        mail_explain(headers, record, mail_seen_ns(emitter, record));
}
