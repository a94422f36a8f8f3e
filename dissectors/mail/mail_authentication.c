/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where does it really come from? Signatures of domains (DKIM-Signature), and what servers found when they checked
 * (Authentication-Results, Received-SPF). Nothing is verified here: whoever writes a header can write anything.
 */
#include "mail_authentication.h"

#include "mail_headers.h"
#include "mail_tags.h"

enum { SECOND_NS = 1000000000 };

/* Names between colons. */
static int64_t count_names(struct bytes list)
{
    struct bytes name;
    int64_t count = 0;
    while (mail_split(&list, ':', &name))
        count += name.len > 0;
    return count;
}

static void add_time(struct record *record, unsigned member, struct bytes digits)
{
    int64_t seconds;
    if (mail_number(digits, &seconds) && seconds < INT64_MAX / SECOND_NS)
        record_integer(record, member, seconds * SECOND_NS);
}

static void observe_expiry(const struct mail_take *take, struct bytes digits)
{
    int64_t seconds, seen_ns = mail_seen_ns(take->emitter, take->record);
    if (!mail_number(digits, &seconds) || seconds >= seen_ns / SECOND_NS)
        return;
    struct argument time = {.name = "time", .kind = ARGUMENT_DURATION, .integer = seen_ns - seconds * SECOND_NS};
    record_observe(take->record, RECORD_LAST, "mail.dkim_expired", &time, 1);
}

static void observe_length(struct record *record, struct bytes digits)
{
    struct argument size = {.name = "size", .kind = ARGUMENT_SIZE};
    if (mail_number(digits, &size.integer))
        record_observe(record, RECORD_LAST, "mail.dkim_length", &size, 1);
}

void mail_take_dkim(const struct mail_take *take)
{
    enum { DOMAIN, SELECTOR, ALGORITHM, HEADERS, SIGNED, EXPIRES, LENGTH, TAGS };
    static const char *const names[TAGS] = {"d", "s", "a", "h", "t", "x", "l"};
    struct bytes tags[TAGS];
    struct record *record = take->record;
    if (!mail_tags(take->value, names, TAGS, tags))
        return;
    record_group_begin(record, MAIL_DKIM);
    mail_member(record, MAIL_DKIM_DOMAIN, tags[DOMAIN], false);
    mail_member(record, MAIL_DKIM_SELECTOR, tags[SELECTOR], false);
    mail_member(record, MAIL_DKIM_ALGORITHM, tags[ALGORITHM], true);
    if (tags[HEADERS].len > 0)
        record_integer(record, MAIL_DKIM_HEADERS, count_names(tags[HEADERS]));
    observe_length(record, tags[LENGTH]);
    add_time(record, MAIL_DKIM_SIGNED, tags[SIGNED]);
    add_time(record, MAIL_DKIM_EXPIRES, tags[EXPIRES]);
    observe_expiry(take, tags[EXPIRES]);
    record_group_end(record);
}

/* What a result means depends on the method: sentences of their own for those that everybody uses. */
static const struct {
    const char *method, *result, *observation;
} meanings[] = {
    {"spf", "pass", "mail.spf_pass"},
    {"spf", "fail", "mail.spf_fail"},
    {"spf", "softfail", "mail.spf_softfail"},
    {"spf", "neutral", "mail.spf_neutral"},
    {"spf", "none", "mail.spf_none"},
    {"spf", "temperror", "mail.spf_temperror"},
    {"spf", "permerror", "mail.spf_permerror"},
    {"dkim", "pass", "mail.dkim_pass"},
    {"dkim", "fail", "mail.dkim_fail"},
    {"dkim", "neutral", "mail.dkim_neutral"},
    {"dkim", "policy", "mail.dkim_policy"},
    {"dkim", "none", "mail.dkim_none"},
    {"dkim", "temperror", "mail.dkim_temperror"},
    {"dkim", "permerror", "mail.dkim_permerror"},
    {"dmarc", "pass", "mail.dmarc_pass"},
    {"dmarc", "fail", "mail.dmarc_fail"},
    {"dmarc", "none", "mail.dmarc_none"},
    {"dmarc", "bestguesspass", "mail.dmarc_bestguesspass"},
    {"dmarc", "temperror", "mail.dmarc_temperror"},
    {"dmarc", "permerror", "mail.dmarc_permerror"},
    {"arc", "pass", "mail.arc_pass"},
    {"arc", "fail", "mail.arc_fail"},
    {"arc", "none", "mail.arc_none"},
};

void mail_authentication_result(struct record *record, struct bytes method, struct bytes result)
{
    mail_member(record, MAIL_AUTHENTICATION_METHOD, method, true);
    mail_member(record, MAIL_AUTHENTICATION_RESULT, result, true);
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (bytes_is_nocase(method, meanings[i].method) && bytes_is_nocase(result, meanings[i].result)) {
            record_unexplained(record, RECORD_LAST);
            record_observe(record, RECORD_LAST, meanings[i].observation, NULL, 0);
        }
    }
}

/* Which property names the domain that was checked; the first in this order that is there. */
static const char *const domain_properties[] = {
    "header.d", "header.from", "smtp.mailfrom", "smtp.mail", "header.i", "smtp.helo",
};

static void add_domain(struct record *record, struct bytes properties)
{
    struct bytes name, value, found = {NULL, 0};
    size_t best = sizeof domain_properties / sizeof *domain_properties;
    while (mail_pair_next(&properties, &name, &value))
        for (size_t i = 0; i < best; i++)
            if (bytes_is_nocase(name, domain_properties[i])) {
                best = i;
                found = mail_domain(mail_in_brackets(value));
            }
    mail_member(record, MAIL_AUTHENTICATION_DOMAIN, found, false);
}

/* method[/version]=result [(comment)] [reason=…] [ptype.property=value …] */
static void add_check(struct record *record, struct bytes server, int64_t instance, struct bytes check)
{
    struct bytes method, result;
    if (!mail_pair_next(&check, &method, &result) || result.len == 0)
        return;
    method = bytes_first(method, bytes_find(method, '/', 0));
    record_group_begin(record, MAIL_AUTHENTICATION);
    mail_authentication_result(record, method, result);
    add_domain(record, check);
    mail_member(record, MAIL_AUTHENTICATION_SERVER, server, false);
    if (instance > 0)
        record_integer(record, MAIL_AUTHENTICATION_INSTANCE, instance);
    record_group_end(record);
}

void mail_authentication_results(struct record *record, struct bytes value, int64_t instance)
{
    struct bytes piece, word, server = {NULL, 0}, rest = value;
    if (!mail_split(&rest, ';', &piece))
        return;
    /* Some leave out who checked. */
    if (mail_find(piece, '=', 0) < piece.len)
        add_check(record, server, instance, piece);
    else if (mail_word_next(&piece, &word))
        server = word;
    while (mail_split(&rest, ';', &piece))
        add_check(record, server, instance, piece);
}

void mail_take_authentication(const struct mail_take *take)
{
    mail_authentication_results(take->record, take->value, 0);
}

/* pass (comment) client-ip=192.0.2.1; envelope-from=a@example.org; helo=mx.example.org; receiver=mail.example.net; */
void mail_take_received_spf(const struct mail_take *take)
{
    struct record *record = take->record;
    struct bytes result, name, value, sender = {NULL, 0}, helo = {NULL, 0}, receiver = {NULL, 0}, rest = take->value;
    if (!mail_word_next(&rest, &result))
        return;
    rest = bytes_skip(rest, mail_skip_blank(rest, 0));
    while (mail_tag_next(&rest, &name, &value)) {
        struct bytes bare = bytes_at(value, 0) == '"' ? bytes_skip(value, 1) : value;
        bare = bytes_first(bare, bytes_find(bare, '"', 0));
        if (bytes_is_nocase(name, "envelope-from"))
            sender = mail_domain(mail_in_brackets(bare));
        else if (bytes_is_nocase(name, "helo"))
            helo = bare;
        else if (bytes_is_nocase(name, "receiver"))
            receiver = bare;
    }
    record_group_begin(record, MAIL_AUTHENTICATION);
    mail_authentication_result(record, bytes_text("spf"), result);
    mail_member(record, MAIL_AUTHENTICATION_DOMAIN, sender.len > 0 ? sender : helo, false);
    mail_member(record, MAIL_AUTHENTICATION_SERVER, receiver, false);
    record_group_end(record);
}
