/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ARC (RFC 8617): a forwarder keeps what it found when the message came in, and seals it, as changing a message breaks
 * its signatures. The sets are numbered from 1.
 */
#include "mail_authentication.h"
#include "mail_headers.h"
#include "mail_tags.h"

void mail_take_arc_seal(const struct mail_take *take)
{
    enum { INSTANCE, CHAIN, DOMAIN, SELECTOR, ALGORITHM, TAGS };
    static const char *const names[TAGS] = {"i", "cv", "d", "s", "a"};
    struct bytes tags[TAGS];
    struct record *record = take->record;
    int64_t instance;
    if (!mail_tags(take->value, names, TAGS, tags))
        return;
    record_group_begin(record, MAIL_ARC);
    if (mail_number(tags[INSTANCE], &instance))
        record_integer(record, MAIL_ARC_INSTANCE, instance);
    mail_member(record, MAIL_ARC_CV, tags[CHAIN], true);
    mail_member(record, MAIL_ARC_DOMAIN, tags[DOMAIN], false);
    mail_member(record, MAIL_ARC_SELECTOR, tags[SELECTOR], false);
    mail_member(record, MAIL_ARC_ALGORITHM, tags[ALGORITHM], true);
    record_group_end(record);
}

/* i=1; mx.example.org; spf=pass … */
void mail_take_arc_authentication(const struct mail_take *take)
{
    struct bytes number, rest = take->value;
    int64_t instance = 0;
    if (mail_split(&rest, ';', &number) && bytes_begin_nocase(number, "i"))
        mail_number(mail_trim(bytes_skip(number, bytes_find(number, '=', 0) + 1)), &instance);
    mail_authentication_results(take->record, rest, instance);
}
