/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what is worth saying about one exchange beyond what each word in it means. The sentences are in
 * notes.json, under the keys named here.
 */
#include "smtp.h"

static const int64_t slow_ns = 2000000000;

static struct argument size_argument(const char *name, uint64_t size)
{
    int64_t integer = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    return (struct argument){.name = name, .kind = ARGUMENT_SIZE, .integer = integer};
}

void smtp_explain_path(struct record *record, enum smtp_verb verb, struct bytes address)
{
    if (verb == SMTP_VERB_MAIL && address.len == 0)
        record_observe(record, SMTP_ARGUMENT, "smtp.null_sender", NULL, 0);
    else if (verb == SMTP_VERB_RCPT && bytes_begin_nocase(address, "postmaster"))
        record_observe(record, SMTP_ARGUMENT, "smtp.postmaster", NULL, 0);
}

void smtp_explain_parameter(struct record *record, struct bytes name, struct bytes value)
{
    uint64_t number;
    if (bytes_is_nocase(name, "AUTH") && bytes_is(value, "<>")) {
        record_observe(record, RECORD_LAST, "smtp.auth_unknown", NULL, 0);
    } else if (bytes_is_nocase(name, "SIZE") && text_number(value, &number)) {
        struct argument size = size_argument("size", number);
        record_observe(record, RECORD_LAST, "smtp.size_declared", &size, 1);
    }
}

void smtp_explain_extension(struct record *record, struct bytes name, struct bytes value)
{
    uint64_t number;
    if (bytes_begin(name, "XXX"))
        record_observe(record, RECORD_LAST, "smtp.masked_extension", NULL, 0);
    if (!bytes_is_nocase(name, "SIZE") || !text_number(value, &number))
        return;
    struct argument size = size_argument("size", number);
    record_observe(record, RECORD_LAST, number > 0 ? "smtp.size_limit" : "smtp.size_unlimited", &size, number > 0);
}

/* What a code means as the answer to this command. */
struct meaning {
    enum smtp_verb verb;
    unsigned code;
    const char *observation;
};

static const struct meaning meanings[] = {
    {SMTP_VERB_HELO, 250, "smtp.hello_accepted"},
    {SMTP_VERB_EHLO, 250, "smtp.extensions_follow"},
    {SMTP_VERB_LHLO, 250, "smtp.extensions_follow"},
    {SMTP_VERB_MAIL, 250, "smtp.sender_accepted"},
    {SMTP_VERB_RCPT, 250, "smtp.recipient_accepted"},
    {SMTP_VERB_END, 250, "smtp.message_accepted"},
    {SMTP_VERB_RSET, 250, "smtp.forgotten"},
    {SMTP_VERB_NOOP, 250, "smtp.still_there"},
    {SMTP_VERB_STARTTLS, 220, "smtp.tls_begins"},
    {SMTP_VERB_XCLIENT, 220, "smtp.posed"},
    {SMTP_VERB_VRFY, 250, "smtp.user_exists"},
    {SMTP_VERB_EXPN, 250, "smtp.list_shown"},
    {SMTP_VERB_TURN, 250, "smtp.turned"},
    {SMTP_VERB_ETRN, 250, "smtp.queue_started"},
};

static const char *meaning_of(const struct smtp_exchange *exchange, unsigned code)
{
    if (exchange->verb == SMTP_VERB_BDAT && code == 250)
        return exchange->ends_message ? "smtp.message_accepted" : "smtp.chunk_accepted";
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].verb == exchange->verb && meanings[i].code == code)
            return meanings[i].observation;
    return NULL;
}

/* Why a recipient or message was refused, where the words give it away. */
static const char *refusal_of(unsigned code, struct bytes text)
{
    struct bytes enhanced = smtp_enhanced(text);
    if (smtp_mentions(text, "greylist") || smtp_mentions(text, "graylist") || smtp_mentions(text, "grey-list"))
        return "smtp.greylisted";
    if (code >= 500 && smtp_mentions(text, "relay"))
        return "smtp.relay_denied";
    if (smtp_mentions(text, "spamhaus") || smtp_mentions(text, "blocked using") || smtp_mentions(text, "dnsbl") ||
        smtp_mentions(text, "blacklist") || smtp_mentions(text, "blocklist"))
        return "smtp.blocklisted";
    if ((code == 450 || code == 451) && bytes_is(enhanced, "4.7.1"))
        return "smtp.perhaps_greylisted";
    return NULL;
}

bool smtp_explain_reply(struct record *record, const struct smtp_exchange *exchange, unsigned code, bool greeting,
                        struct bytes text)
{
    const char *meaning = meaning_of(exchange, code);
    if (greeting && (code == 220 || code == 554))
        meaning = code == 220 ? "smtp.greeting" : "smtp.no_service";
    const char *refusal = code >= 400 ? refusal_of(code, text) : NULL;
    if (meaning) {
        record_unexplained(record, RECORD_LAST);
        record_observe(record, RECORD_LAST, meaning, NULL, 0);
    }
    if (refusal)
        record_observe(record, RECORD_LAST, refusal, NULL, 0);
    if (exchange->answers_blank)
        record_observe(record, RECORD_LAST, "smtp.blank_line", NULL, 0);
    if (exchange->verb == SMTP_VERB_REPLY && exchange->flowing)
        record_observe(record, RECORD_LAST, "smtp.early_reply", NULL, 0);
    return refusal != NULL;
}

/* The codes that the catalog has: for each subject the last detail that IANA's registry lists. */
static bool is_registered(struct bytes enhanced)
{
    static const unsigned last_details[] = {0, 10, 4, 6, 7, 7, 10, 30};
    static const char *const successes[] = {"2.0.0", "2.1.0", "2.1.5", "2.2.0", "2.3.0", "2.3.3",
                                            "2.4.0", "2.5.0", "2.6.0", "2.6.4", "2.7.0", NULL};
    if (bytes_at(enhanced, 0) == '2')
        return text_find_word(successes, enhanced) >= 0;
    unsigned subject = (unsigned)(bytes_at(enhanced, 2) - '0');
    if (bytes_at(enhanced, 3) != '.' || subject >= sizeof last_details / sizeof last_details[0])
        return false;
    uint64_t detail;
    return text_number(bytes_skip(enhanced, 4), &detail) && detail <= last_details[subject];
}

void smtp_explain_enhanced(struct record *record, struct bytes enhanced)
{
    static const char *const subjects[] = {"smtp.subject_0", "smtp.subject_1", "smtp.subject_2", "smtp.subject_3",
                                           "smtp.subject_4", "smtp.subject_5", "smtp.subject_6", "smtp.subject_7"};
    uint8_t class = bytes_at(enhanced, 0);
    unsigned subject = (unsigned)(bytes_at(enhanced, 2) - '0');
    if (is_registered(enhanced))
        return;
    record_observe(record, RECORD_LAST,
                   class == '2'   ? "smtp.class_2"
                   : class == '4' ? "smtp.class_4"
                                  : "smtp.class_5",
                   NULL, 0);
    if (bytes_at(enhanced, 3) == '.' && subject < sizeof subjects / sizeof subjects[0])
        record_observe(record, RECORD_LAST, subjects[subject], NULL, 0);
}

void smtp_explain_message(struct record *record, const struct smtp_exchange *exchange)
{
    struct argument arguments[2] = {size_argument("declared", exchange->declared),
                                    size_argument("seen", exchange->text_bytes)};
    arguments[0].kind = arguments[1].kind = ARGUMENT_INTEGER; /* rounded they may look the same */
    struct argument chunks = {.name = "count", .kind = ARGUMENT_INTEGER, .integer = exchange->chunks};
    if (exchange->chunks > 1)
        record_observe(record, SMTP_MESSAGE_BYTES, "smtp.chunks", &chunks, 1);
    if (exchange->declared > 0 && exchange->declared == exchange->text_bytes)
        record_observe(record, SMTP_MESSAGE_BYTES, "smtp.size_as_declared", NULL, 0);
    else if (exchange->declared > 0 && !record->incomplete)
        record_observe(record, SMTP_MESSAGE_BYTES,
                       exchange->text_bytes > exchange->declared ? "smtp.size_more" : "smtp.size_less", arguments, 2);
}

void smtp_explain_waiting(struct record *record, const struct smtp_exchange *exchange, const struct message *reply)
{
    int64_t waited = reply->first.time_ns - exchange->sent_ns;
    struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = waited};
    if (waited >= slow_ns && exchange->verb != SMTP_VERB_REPLY)
        record_observe(record, SMTP_REPLY_CODE, "smtp.slow", &time, 1);
}
