/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a dns record consists of, and how the transcript tells it.
 */
#include "dns_fields.h"

static const struct field record_members[DNS_MEMBER_COUNT] = {
    [DNS_MEMBER_NAME] = {"name", FIELD_TEXT, 0, "whom the record is about", "host", NULL, 0},
    [DNS_MEMBER_TYPE] = {"type", FIELD_TEXT, 0, "what kind of record", "dns.answers.type", NULL, 0},
    [DNS_MEMBER_CLASS] = {"class", FIELD_TEXT, 0, "class, nearly always IN", "dns.class", NULL, 0},
    [DNS_MEMBER_TTL] = {"ttl", FIELD_INTEGER, 0, "seconds for which it may be kept", NULL, NULL, 0},
    [DNS_MEMBER_DATA] = {"data", FIELD_TEXT, 0, "its content in presentation format", "host", NULL, 0},
    [DNS_MEMBER_CACHE_FLUSH] = {"cache_flush", FIELD_BOOLEAN, 0, "mDNS: replaces what was known before", NULL, NULL, 0},
};

static const struct field question_members[DNS_QUESTION_MEMBER_COUNT] = {
    [DNS_MEMBER_NAME] = {"name", FIELD_TEXT, 0, "the name asked for", "host", NULL, 0},
    [DNS_MEMBER_TYPE] = {"type", FIELD_TEXT, 0, "the type asked for", "dns.question.type", NULL, 0},
    [DNS_MEMBER_CLASS] = {"class", FIELD_TEXT, 0, "the class asked for", "dns.class", NULL, 0},
};

static const struct field option_members[DNS_OPTION_MEMBER_COUNT] = {
    [DNS_OPTION_NAME] = {"name", FIELD_TEXT, 0, "which EDNS option", "dns.opt.options", NULL, 0},
    [DNS_OPTION_DATA] = {"data", FIELD_TEXT, 0, "its content", NULL, NULL, 0},
};

static const struct field fields[DNS_FIELD_COUNT] = {
    [DNS_FIELD_TYPE] = {"dns.type", FIELD_TEXT, 0, "query: no answer was seen; answer", NULL, NULL, 0},
    [DNS_FIELD_ID] = {"dns.id", FIELD_INTEGER, 0, "the number that ties an answer to its query", NULL, NULL, 0},
    [DNS_FIELD_OP_CODE] = {"dns.op_code", FIELD_TEXT, 0, "what is to be done", "dns.op_code", NULL, 0},
    [DNS_FIELD_HEADER_FLAGS] = {"dns.header_flags", FIELD_TEXT, FIELD_LIST, "flags, of the answer if there is one",
                                "dns.header_flags", NULL, 0},
    [DNS_FIELD_RESPONSE_CODE] = {"dns.response_code", FIELD_TEXT, 0, "how it went, extended codes included",
                                 "dns.response_code", NULL, 0},
    [DNS_FIELD_QUESTION_NAME] = {"dns.question.name", FIELD_TEXT, 0, "the name asked for; of an UPDATE the zone",
                                 "host", NULL, 0},
    [DNS_FIELD_QUESTION_TYPE] = {"dns.question.type", FIELD_TEXT, 0, "the type asked for", "dns.question.type", NULL,
                                 0},
    [DNS_FIELD_QUESTION_CLASS] = {"dns.question.class", FIELD_TEXT, 0, "the class asked for", "dns.class", NULL, 0},
    [DNS_FIELD_QUESTION_UNICAST] = {"dns.question.unicast_response", FIELD_BOOLEAN, 0,
                                    "mDNS: the answer may come to the asker alone", NULL, NULL, 0},
    [DNS_FIELD_QUESTIONS_COUNT] = {"dns.questions_count", FIELD_INTEGER, 0, "questions the header claims, unless one",
                                   NULL, NULL, 0},
    [DNS_FIELD_OTHER_QUESTIONS] = {"dns.other_questions", FIELD_GROUP, FIELD_LIST, "questions after the first", NULL,
                                   question_members, DNS_QUESTION_MEMBER_COUNT},
    [DNS_FIELD_ANSWERS] = {"dns.answers", FIELD_GROUP, FIELD_LIST, "what answers the question", NULL, record_members,
                           DNS_MEMBER_COUNT},
    [DNS_FIELD_AUTHORITIES] = {"dns.authorities", FIELD_GROUP, FIELD_LIST, "who is responsible", NULL, record_members,
                               DNS_MEMBER_COUNT},
    [DNS_FIELD_ADDITIONALS] = {"dns.additionals", FIELD_GROUP, FIELD_LIST, "what may be of use besides", NULL,
                               record_members, DNS_MEMBER_COUNT},
    [DNS_FIELD_UPDATE_PREREQUISITES] = {"dns.update.prerequisites", FIELD_GROUP, FIELD_LIST,
                                        "what must hold for an UPDATE to be done", NULL, record_members,
                                        DNS_MEMBER_COUNT},
    [DNS_FIELD_UPDATE_CHANGES] = {"dns.update.changes", FIELD_GROUP, FIELD_LIST, "what an UPDATE adds and removes",
                                  NULL, record_members, DNS_MEMBER_COUNT},
    [DNS_FIELD_RESOLVED_IP] = {"dns.resolved_ip", FIELD_ADDRESS, FIELD_LIST, "addresses among the answers", "host",
                               NULL, 0},
    [DNS_FIELD_REFERRAL_ZONE] = {"dns.referral.zone", FIELD_TEXT, 0, "a referral: the zone others know more of", "host",
                                 NULL, 0},
    [DNS_FIELD_REFERRAL_SERVERS] = {"dns.referral.servers", FIELD_TEXT, FIELD_LIST, "a referral: whom to ask", "host",
                                    NULL, 0},
    [DNS_FIELD_RETRANSMISSIONS] = {"dns.retransmissions", FIELD_INTEGER, 0, "how often the query was sent again", NULL,
                                   NULL, 0},
    [DNS_FIELD_OPT_VERSION] = {"dns.opt.version", FIELD_INTEGER, 0, "version of EDNS", NULL, NULL, 0},
    [DNS_FIELD_OPT_UDP_SIZE] = {"dns.opt.udp_size", FIELD_INTEGER, 0, "the longest datagram its sender takes, bytes",
                                NULL, NULL, 0},
    [DNS_FIELD_OPT_DO] = {"dns.opt.do", FIELD_BOOLEAN, 0, "signatures are wanted", NULL, NULL, 0},
    [DNS_FIELD_OPT_EXT_RCODE] = {"dns.opt.ext_rcode", FIELD_INTEGER, 0, "upper eight bits of the response code", NULL,
                                 NULL, 0},
    [DNS_FIELD_OPT_OPTIONS] = {"dns.opt.options", FIELD_GROUP, FIELD_LIST, "EDNS options", NULL, option_members,
                               DNS_OPTION_MEMBER_COUNT},
    [DNS_FIELD_EXTENDED_ERROR_CODE] = {"dns.opt.extended_error.code", FIELD_INTEGER, 0, "why it went wrong", NULL, NULL,
                                       0},
    [DNS_FIELD_EXTENDED_ERROR_NAME] = {"dns.opt.extended_error.name", FIELD_TEXT, 0, "the registered name of that code",
                                       "dns.opt.extended_error", NULL, 0},
    [DNS_FIELD_EXTENDED_ERROR_TEXT] = {"dns.opt.extended_error.text", FIELD_TEXT, 0, "what the server says about it",
                                       NULL, NULL, 0},
};

static const struct line lines[] = {
    {SPEAKER_SAME, DETAIL_BRIEF, LINE_ONCE,
     "[{!dns.question.name}  {dns.question.type}]  [→ {dns.response_code}]  [{dns.resolved_ip:list}]  "
     "[ask {dns.referral.servers:list}]",
     NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!dns.question.name}  {dns.question.type} ?", NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, DNS_FIELD_OTHER_QUESTIONS, "{!name}  {type} ?", NULL},
    {SPEAKER_SAME, DETAIL_FULL, DNS_FIELD_UPDATE_PREREQUISITES, "only if  {name}  {class}  {type}  [{data}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, DNS_FIELD_UPDATE_CHANGES, "change  {name}  {class}  {type}  [{!data}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "sent again: {dns.retransmissions}", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE, "{dns.op_code}  id {dns.id}  [class {dns.question.class}]", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{!dns.response_code}", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE, "flags {dns.header_flags:list}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE,
     "{dns.opt.extended_error.code}  [{dns.opt.extended_error.name}]  [{dns.opt.extended_error.text}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, DNS_FIELD_ANSWERS, "{name}  {ttl:ttl}  {type}  [{!data}]", NULL},
    {SPEAKER_SAME, DETAIL_NORMAL, LINE_ONCE, "ask  {!dns.referral.servers:list}", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, DNS_FIELD_AUTHORITIES, "authority  {name}  {ttl:ttl}  {type}  [{!data}]", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, DNS_FIELD_ADDITIONALS, "additional  {name}  {ttl:ttl}  {type}  [{!data}]", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE,
     "EDNS {dns.opt.version}  datagrams up to {dns.opt.udp_size} bytes  signatures {dns.opt.do}", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, DNS_FIELD_OPT_OPTIONS, "option  {name}  [{data}]", NULL},
};

static const struct tally tallies[] = {
    {TALLY_SERVERS, 0, "servers", "servers", ""},
    {TALLY_VALUES, 0, "names", "asked for", "{dns.question.name:lower}"},
    {TALLY_VALUES, 0, "types", "types", "{dns.question.type}"},
    {TALLY_VALUES, TALLY_HEADLINE, "codes", "codes", "{dns.response_code}"},
    {TALLY_VALUES, TALLY_FAILURE | TALLY_BRIEF, "failures", "failed",
     "{dns.response_code} {dns.question.name:lower} [{dns.question.type}]"},
    {TALLY_VALUES, TALLY_UNKNOWN | TALLY_BRIEF, "unanswered", "no answer",
     "{?dns.type=query}{?network.protocol=dns}{dns.question.name:lower} [{dns.question.type}]"},
    {TALLY_ANSWERS, TALLY_BRIEF, "answers", "answered in", "{dns.question.name:lower} [{dns.question.type}]"},
};

const struct dataset dns_dataset = {
    .name = "dns",
    .title = "DNS",
    .fields = fields,
    .field_count = DNS_FIELD_COUNT,
    .lines = lines,
    .line_count = sizeof lines / sizeof *lines,
    .tallies = tallies,
    .tally_count = sizeof tallies / sizeof *tallies,
};
