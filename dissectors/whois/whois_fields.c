/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is recorded of a look-up, and how it reads.
 */
#include "whois.h"

static const struct field whois_fields[WHOIS_FIELD_COUNT] = {
    [WHOIS_QUERY] = {.name = "whois.query", .type = FIELD_TEXT, .meaning = "the line that the client sent"},
    [WHOIS_SERVER] = {.name = "whois.server",
                      .type = FIELD_TEXT,
                      .meaning = "who was asked: the name by which the client knows the server, else its address"},
    [WHOIS_BYTES] = {.name = "whois.response.bytes", .type = FIELD_INTEGER, .meaning = "bytes of the answer"},
    [WHOIS_TEXT] = {.name = "whois.response.text", .type = FIELD_TEXT, .meaning = "the answer, at most 4 KiB of it"},
    [WHOIS_REFERRAL] = {.name = "whois.referral", .type = FIELD_TEXT, .meaning = "the server that knows more"},
    [WHOIS_DOMAIN] = {.name = "whois.domain", .type = FIELD_TEXT, .meaning = "the domain that the answer is about"},
    [WHOIS_REGISTRAR] = {.name = "whois.registrar",
                         .type = FIELD_TEXT,
                         .meaning = "through whom the domain was registered"},
    [WHOIS_CREATED] = {.name = "whois.created", .type = FIELD_TEXT, .meaning = "since when it is registered, as sent"},
    [WHOIS_UPDATED] = {.name = "whois.updated", .type = FIELD_TEXT, .meaning = "when the entry changed last, as sent"},
    [WHOIS_EXPIRES] = {.name = "whois.expires", .type = FIELD_TEXT, .meaning = "until when it is registered, as sent"},
    [WHOIS_NAME_SERVERS] = {.name = "whois.name_servers",
                            .type = FIELD_TEXT,
                            .flags = FIELD_LIST,
                            .meaning = "the domain's name servers, at most 32"},
    [WHOIS_STATUS] = {.name = "whois.status",
                      .type = FIELD_TEXT,
                      .flags = FIELD_LIST,
                      .meaning = "what may and may not be done with the entry, at most 32",
                      .catalog = "whois.status"},
    [WHOIS_NETWORK] = {.name = "whois.network",
                       .type = FIELD_TEXT,
                       .meaning = "the range of addresses, or the autonomous system, that the answer is about"},
    [WHOIS_NETWORK_NAME] = {.name = "whois.network_name", .type = FIELD_TEXT, .meaning = "how it is called"},
    [WHOIS_ORGANIZATION] = {.name = "whois.organization", .type = FIELD_TEXT, .meaning = "who holds the entry"},
    [WHOIS_COUNTRY] = {.name = "whois.country", .type = FIELD_TEXT, .meaning = "the country of the holder, as sent"},
    [WHOIS_ABUSE] = {.name = "whois.abuse_contact", .type = FIELD_TEXT, .meaning = "where to complain"},
};

static const struct line whois_lines[] = {
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!whois.query}", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{whois.response.bytes:size}[ from {whois.server}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "{^whois.response.bytes}(no answer was seen)", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "ask also: {whois.referral}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "domain: {whois.domain}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "network: {whois.network}[  {whois.network_name}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "registrar: {whois.registrar}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "held by: {whois.organization}[  {whois.country}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "{^whois.organization}country: {whois.country}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "created: {whois.created}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "updated: {whois.updated}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "expires: {whois.expires}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "name servers: {whois.name_servers}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "status: {whois.status}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "complain to: {whois.abuse_contact}", NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, LINE_ONCE, "{^whois.domain}{^whois.network}{^whois.referral}{whois.response.text}",
     NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE, "{whois.response.text}", NULL},
    {SPEAKER_CLIENT, DETAIL_BRIEF, LINE_ONCE,
     "{!whois.query}[ → {whois.response.bytes:size}][  ask also {whois.referral}]", NULL},
};

static const struct tally tallies[] = {
    {TALLY_SERVERS, 0, "servers", "servers", ""},
    {TALLY_VALUES, TALLY_HEADLINE, "names", "asked for", "{whois.query:lower}"},
    {TALLY_VALUES, TALLY_FAILURE | TALLY_BRIEF, "failures", "failed", "{whois.query:lower}"},
    {TALLY_VALUES, TALLY_UNKNOWN | TALLY_BRIEF, "unanswered", "no answer",
     "{^whois.response.bytes}{whois.query:lower}"},
    {TALLY_ANSWERS, TALLY_BRIEF, "answers", "answered in", "{whois.query:lower} at {destination}"},
};

const struct dataset whois_dataset = {
    .name = "whois",
    .title = "WHOIS",
    .fields = whois_fields,
    .field_count = WHOIS_FIELD_COUNT,
    .lines = whois_lines,
    .line_count = sizeof whois_lines / sizeof *whois_lines,
    .tallies = tallies,
    .tally_count = sizeof tallies / sizeof *tallies,
};
