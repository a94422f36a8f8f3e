/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what is worth saying about a message when its whole header is known. The sentences are in notes.json,
 * under the keys named here.
 */
#include "mail_headers.h"

enum { DOMAIN_BYTES = 256 };

static const int64_t minute_ns = (int64_t)60 * 1000000000;
static const int64_t day_ns = (int64_t)86400 * 1000000000;

static struct argument text_argument(const char *name, struct bytes text)
{
    return (struct argument){.name = name, .kind = ARGUMENT_TEXT, .text = text};
}

static struct argument duration_argument(const char *name, int64_t duration_ns)
{
    return (struct argument){.name = name, .kind = ARGUMENT_DURATION, .integer = duration_ns};
}

static void observe(struct record *record, unsigned field, const char *observation)
{
    record_observe(record, (int)field, observation, NULL, 0);
}

/* Where something is said about a field that is not there. */
static unsigned some_field(const struct record *record)
{
    static const unsigned candidates[] = {MAIL_SUBJECT,       MAIL_FROM_ADDRESS, MAIL_TO_ADDRESS,
                                          MAIL_DATE,          MAIL_MESSAGE_ID,   MAIL_CONTENT_TYPE,
                                          MAIL_ENVELOPE_FROM, MAIL_JOURNEY_HOPS, MAIL_DELIVERED_TO};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (record_has(record, candidates[i]))
            return candidates[i];
    return MAIL_BYTES;
}

static void explain_missing(struct record *record)
{
    bool has_from = record_has(record, MAIL_FROM_ADDRESS), has_date = record_has(record, MAIL_DATE);
    if (record->incomplete || record_has(record, MAIL_PARTIAL))
        return;
    if (!has_from && !has_date)
        observe(record, some_field(record), "mail.no_from_no_date");
    else if (!has_from)
        observe(record, some_field(record), "mail.no_from");
    else if (!has_date)
        observe(record, some_field(record), "mail.no_date");
}

static bool same_domain(struct bytes a, struct bytes b)
{
    return bytes_equal_nocase(mail_domain(a), mail_domain(b));
}

void mail_explain_envelope(struct record *record)
{
    struct bytes envelope = record_find_text(record, MAIL_ENVELOPE_FROM);
    struct bytes from = record_find_text(record, MAIL_FROM_ADDRESS);
    struct bytes sender = record_find_text(record, MAIL_SENDER_ADDRESS);
    bool by_sender = sender.len > 0 && bytes_equal_nocase(envelope, sender);
    if (!record_has(record, MAIL_ENVELOPE_FROM))
        return;
    if (envelope.len == 0)
        observe(record, MAIL_ENVELOPE_FROM, "mail.null_sender");
    else if (from.len > 0 && !same_domain(envelope, from) && !by_sender)
        observe(record, MAIL_ENVELOPE_FROM, "mail.envelope_elsewhere");
    else if (from.len > 0 && !bytes_equal_nocase(envelope, from) && !by_sender)
        observe(record, MAIL_ENVELOPE_FROM, "mail.envelope_differs");
}

/* Where an answer goes, and what the name beside the sender's address pretends to be. */
static void explain_from(struct record *record)
{
    struct bytes from = record_find_text(record, MAIL_FROM_ADDRESS);
    struct bytes name = record_find_text(record, MAIL_FROM_NAME);
    struct bytes reply_to = record_find_text(record, MAIL_REPLY_TO_ADDRESS);
    struct bytes return_path = record_find_text(record, MAIL_RETURN_PATH);
    /* All is compared before the first sentence, as an observation may move the record's texts. */
    bool elsewhere = from.len > 0 && reply_to.len > 0 && !same_domain(from, reply_to);
    bool pretends = bytes_find(name, '@', 0) < name.len && !bytes_equal_nocase(name, from);
    bool returns_nowhere = record_has(record, MAIL_RETURN_PATH) && return_path.len == 0;
    uint8_t domain[DOMAIN_BYTES];
    size_t length = bytes_copy(domain, sizeof domain, mail_domain(reply_to));
    struct argument argument = text_argument("domain", bytes_of(domain, length));
    if (elsewhere)
        record_observe(record, MAIL_REPLY_TO_ADDRESS, "mail.reply_elsewhere", &argument, 1);
    if (pretends)
        observe(record, MAIL_FROM_NAME, "mail.name_is_address");
    if (returns_nowhere)
        observe(record, MAIL_RETURN_PATH, "mail.null_sender");
}

/* The writer's clock against the moment in which the message was seen. */
static void explain_date(const struct mail_headers *headers, struct record *record, int64_t seen_ns)
{
    if (!headers->has_date) {
        if (record_has(record, MAIL_DATE))
            observe(record, MAIL_DATE, "mail.bad_date");
        return;
    }
    /* What fits no difference of 64 bits is far enough. */
    bool is_far = headers->date_ns < 0 || seen_ns < 0;
    int64_t age_ns = is_far ? 0 : seen_ns - headers->date_ns;
    struct argument time = duration_argument("time", age_ns < 0 ? -age_ns : age_ns);
    if (age_ns < -5 * minute_ns)
        record_observe(record, MAIL_ORIGINATION_TIMESTAMP, "mail.from_the_future", &time, 1);
    else if (age_ns > 7 * day_ns)
        record_observe(record, MAIL_ORIGINATION_TIMESTAMP, "mail.old", &time, 1);
}

static void explain_journey(const struct mail_headers *headers, struct record *record)
{
    struct bytes server = bytes_of(headers->slowest, headers->slowest_length);
    struct argument slowest[] = {duration_argument("time", headers->slowest_ns), text_argument("server", server)};
    int64_t whole_ns;
    if (!record_find_integer(record, MAIL_JOURNEY_DURATION, &whole_ns))
        return;
    struct argument journey[] = {duration_argument("time", whole_ns),
                                 {.name = "count", .kind = ARGUMENT_INTEGER, .integer = headers->hops}};
    if (whole_ns > 0)
        record_observe(record, MAIL_JOURNEY_HOPS, "mail.journey", journey, 2);
    else
        observe(record, MAIL_JOURNEY_HOPS, "mail.journey_at_once");
    if (headers->hops > 2 && headers->slowest_ns > 0 && server.len > 0)
        record_observe(record, MAIL_JOURNEY_HOPS, "mail.slowest", slowest, 2);
}

void mail_explain(const struct mail_headers *headers, struct record *record, int64_t seen_ns)
{
    explain_missing(record);
    explain_from(record);
    explain_date(headers, record, seen_ns);
    explain_journey(headers, record);
    if (headers->has_eight_bit)
        observe(record, headers->eight_bit_field, "mail.eight_bit");
    if (record_has(record, MAIL_RECEIPT_TO_ADDRESS))
        observe(record, MAIL_RECEIPT_TO_ADDRESS, "mail.receipt");
    if (record_has(record, MAIL_LIST_UNSUBSCRIBE))
        observe(record, MAIL_LIST_UNSUBSCRIBE, "mail.unsubscribe");
}

static bool is_program(const char *type)
{
    static const char *const programs[] = {
        "application/vnd.microsoft.portable-executable",
        "application/x-dosexec",
        "application/x-elf",
        "application/x-mach-binary",
        "application/java-archive",
        "application/x-java-applet",
        "application/vnd.android.package-archive",
        "application/x-ms-shortcut",
        "application/x-mswinurl",
        "application/vnd.ms-htmlhelp",
        "application/javascript",
        "text/x-msdos-batch",
        "text/x-shellscript",
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (bytes_is(bytes_text(type), programs[i]))
            return true;
    return false;
}

/* Pictures, sound, films and PDF have names that everybody agrees on. */
static bool promises_otherwise(struct bytes declared, struct bytes detected)
{
    size_t slash = bytes_find(declared, '/', 0);
    struct bytes kind = bytes_first(declared, slash);
    if (bytes_is(detected, "application/octet-stream"))
        return false;
    if (bytes_is(declared, "application/pdf"))
        return !bytes_equal(declared, detected);
    return (bytes_is(kind, "image") || bytes_is(kind, "audio") || bytes_is(kind, "video")) &&
           !bytes_equal(kind, bytes_first(detected, bytes_find(detected, '/', 0)));
}

void mail_explain_attachment(struct record *record, const char *declared, const char *detected)
{
    if (!detected)
        return;
    struct argument type = text_argument("type", bytes_text(detected));
    if (is_program(detected))
        record_observe(record, RECORD_LAST, "mail.program", &type, 1);
    else if (promises_otherwise(bytes_text(declared), bytes_text(detected)))
        record_observe(record, RECORD_LAST, "mail.other_type", &type, 1);
}
