/* SPDX-License-Identifier: BSD-3-Clause
 *
 * WHOIS has no format. These are the layouts in use, read line by line:
 *
 *     Registrar: Example Inc.          gTLDs, RIPE, IANA, most others; also `registrar.....: Example`
 *
 *     Registrar:                       .uk, .nl, .eu and, without the colon, .it: a heading, and values below it
 *         Example Ltd.                 that stand further to the right
 *
 *     [Name Server]   ns.example       .jp, sometimes with `p. ` before it
 *
 * A key that is in the table goes into its field; the first value stays. Lines that begin with `%`, `#` or `>` are
 * remarks of the server.
 */
#include "whois.h"

static const struct {
    const char *key;
    uint8_t field; /* enum whois_field */
} keys[] = {
    {"domain name", WHOIS_DOMAIN},
    {"domain", WHOIS_DOMAIN},
    {"registrar", WHOIS_REGISTRAR},
    {"sponsoring registrar", WHOIS_REGISTRAR},
    {"registrar name", WHOIS_REGISTRAR},
    {"current registrar", WHOIS_REGISTRAR},
    {"creation date", WHOIS_CREATED},
    {"created", WHOIS_CREATED},
    {"created on", WHOIS_CREATED},
    {"created date", WHOIS_CREATED},
    {"registered", WHOIS_CREATED},
    {"registered on", WHOIS_CREATED},
    {"registered date", WHOIS_CREATED},
    {"registration date", WHOIS_CREATED},
    {"registration time", WHOIS_CREATED},
    {"domain name commencement date", WHOIS_CREATED},
    {"regdate", WHOIS_CREATED},
    {"updated date", WHOIS_UPDATED},
    {"updated", WHOIS_UPDATED},
    {"last updated", WHOIS_UPDATED},
    {"last updated on", WHOIS_UPDATED},
    {"last updated date", WHOIS_UPDATED},
    {"last update", WHOIS_UPDATED},
    {"last-update", WHOIS_UPDATED},
    {"last modified", WHOIS_UPDATED},
    {"last-modified", WHOIS_UPDATED},
    {"modified", WHOIS_UPDATED},
    {"changed", WHOIS_UPDATED},
    {"registry expiry date", WHOIS_EXPIRES},
    {"registrar registration expiration date", WHOIS_EXPIRES},
    {"expiration date", WHOIS_EXPIRES},
    {"expiration time", WHOIS_EXPIRES},
    {"expiry date", WHOIS_EXPIRES},
    {"expire date", WHOIS_EXPIRES},
    {"expires", WHOIS_EXPIRES},
    {"expires on", WHOIS_EXPIRES},
    {"expire", WHOIS_EXPIRES},
    {"paid-till", WHOIS_EXPIRES},
    {"renewal date", WHOIS_EXPIRES},
    {"valid until", WHOIS_EXPIRES},
    {"name server", WHOIS_NAME_SERVERS},
    {"name servers", WHOIS_NAME_SERVERS},
    {"nameserver", WHOIS_NAME_SERVERS},
    {"nameservers", WHOIS_NAME_SERVERS},
    {"nserver", WHOIS_NAME_SERVERS},
    {"host name", WHOIS_NAME_SERVERS},
    {"domain nameservers", WHOIS_NAME_SERVERS},
    {"domain servers in listed order", WHOIS_NAME_SERVERS},
    {"domain status", WHOIS_STATUS},
    {"status", WHOIS_STATUS},
    {"state", WHOIS_STATUS},
    {"eppstatus", WHOIS_STATUS},
    {"registration status", WHOIS_STATUS},
    {"refer", WHOIS_REFERRAL},
    {"whois", WHOIS_REFERRAL},
    {"whois server", WHOIS_REFERRAL},
    {"registrar whois server", WHOIS_REFERRAL},
    {"referralserver", WHOIS_REFERRAL},
    {"netrange", WHOIS_NETWORK},
    {"inetnum", WHOIS_NETWORK},
    {"inet6num", WHOIS_NETWORK},
    {"aut-num", WHOIS_NETWORK},
    {"asnumber", WHOIS_NETWORK},
    {"route", WHOIS_NETWORK},
    {"route6", WHOIS_NETWORK},
    {"netname", WHOIS_NETWORK_NAME},
    {"as-name", WHOIS_NETWORK_NAME},
    {"asname", WHOIS_NETWORK_NAME},
    {"orgname", WHOIS_ORGANIZATION},
    {"org-name", WHOIS_ORGANIZATION},
    {"organisation", WHOIS_ORGANIZATION},
    {"organization", WHOIS_ORGANIZATION},
    {"registrant organization", WHOIS_ORGANIZATION},
    {"registrant", WHOIS_ORGANIZATION},
    {"owner", WHOIS_ORGANIZATION},
    {"holder", WHOIS_ORGANIZATION},
    {"country", WHOIS_COUNTRY},
    {"registrant country", WHOIS_COUNTRY},
    {"abuse-mailbox", WHOIS_ABUSE},
    {"orgabuseemail", WHOIS_ABUSE},
    {"registrar abuse contact email", WHOIS_ABUSE},
};

static enum whois_field field_of(struct bytes key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (bytes_is_nocase(key, keys[i].key))
            return (enum whois_field)keys[i].field;
    return WHOIS_NOTHING;
}

static bool contains(struct bytes line, const char *phrase)
{
    struct bytes rest = line;
    for (size_t i = 0; i < line.len; i++, rest = bytes_skip(rest, 1))
        if (bytes_begin_nocase(rest, phrase))
            return true;
    return false;
}

static bool contains_any(struct bytes line, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (contains(line, *phrases))
            return true;
    return false;
}

/* `clientHold https://icann.org/epp#clientHold`, `ok (link)`: the address explains it to people. Several may stand
 * with commas between them. */
static void add_statuses(struct whois_reading *reading, struct record *record, struct bytes value)
{
    while (value.len > 0 && reading->statuses < WHOIS_VALUES) {
        size_t comma = bytes_find(value, ',', 0);
        struct bytes status = bytes_trim(bytes_first(value, comma));
        value = bytes_skip(value, comma + 1);
        size_t space = bytes_find(status, ' ', 0);
        struct bytes behind = bytes_trim(bytes_skip(status, space));
        if (bytes_begin_nocase(behind, "http") || bytes_begin_nocase(behind, "(http"))
            status = bytes_first(status, space);
        if (status.len == 0)
            continue;
        if (bytes_is_nocase(status, "free") || bytes_is_nocase(status, "available"))
            reading->vacant = true;
        else
            reading->found = true;
        record_text(record, WHOIS_STATUS, status);
        reading->statuses++;
    }
}

/* `whois://whois.example:43/` and `whois.example` mean the same. A server that names itself refers to nobody. */
static void add_referral(struct record *record, struct bytes value)
{
    for (size_t i = 0; i + 2 < value.len; i++)
        if (bytes_begin(bytes_skip(value, i), "://")) {
            value = bytes_skip(value, i + 3);
            break;
        }
    value = bytes_first(value, bytes_find(value, '/', 0));
    if (value.len > 0 && !bytes_equal_nocase(value, record_find_text(record, WHOIS_SERVER)))
        record_text_unless_server(record, WHOIS_REFERRAL, value);
}

static void add_value(struct whois_reading *reading, struct record *record, enum whois_field field, struct bytes value)
{
    struct bytes word, rest = value;
    if (!text_word_next(&rest, &word))
        return;
    switch (field) {
    case WHOIS_NAME_SERVERS: /* addresses may stand behind it */
        if (reading->name_servers++ < WHOIS_VALUES)
            record_text(record, field, word);
        else
            reading->name_servers = WHOIS_VALUES;
        break;
    case WHOIS_STATUS:
        add_statuses(reading, record, value);
        return;
    case WHOIS_REFERRAL:
        add_referral(record, word);
        break;
    default:
        record_text(record, field, value);
        break;
    }
    reading->found = true;
}

/* Without what people put there to make it look nice: `p. [Name Server]`, `registrar.....`, tabs */
static struct bytes trim_key(struct bytes key)
{
    key = bytes_trim(key);
    while (key.len > 0 && (bytes_at(key, key.len - 1) == '.' || bytes_at(key, key.len - 1) == ' '))
        key.len--;
    return key;
}

/* [Name Server]   ns.example */
static bool read_brackets(struct whois_reading *reading, struct record *record, struct bytes line)
{
    if (bytes_at(line, 1) == '.' && bytes_at(line, 2) == ' ')
        line = bytes_trim(bytes_skip(line, 2));
    size_t end = bytes_find(line, ']', 0);
    if (bytes_at(line, 0) != '[' || end == line.len)
        return false;
    enum whois_field field = field_of(bytes_trim(bytes_slice(line, 1, end - 1)));
    if (field != WHOIS_NOTHING)
        add_value(reading, record, field, bytes_trim(bytes_skip(line, end + 1)));
    return true;
}

/* `% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@example.net'`: RIPE says it in a remark. */
static void read_abuse_contact(struct record *record, struct bytes line)
{
    if (!bytes_begin(line, "% Abuse contact for '") || bytes_at(line, line.len - 1) != '\'')
        return;
    size_t from = line.len - 1;
    while (from > 0 && bytes_at(line, from - 1) != '\'')
        from--;
    if (from > 0 && from + 1 < line.len)
        record_text(record, WHOIS_ABUSE, bytes_slice(line, from, line.len - 1 - from));
}

static void read_remark(struct whois_reading *reading, struct record *record, struct bytes line)
{
    enum { REMARKS = 60 };
    static const char *const missing[] = {
        "no match",      "not found",      "no entries found", "no data found",  "no object found",
        "nothing found", "does not exist", "no record",        "not registered", NULL};
    static const char *const refused[] = {
        "limit exceeded", "quota exceeded", "access denied", "too many", "rate limit", "query rate", NULL};
    read_abuse_contact(record, line);
    if (reading->found || reading->lines > REMARKS)
        return;
    reading->missing |= contains_any(line, missing);
    reading->refused |= contains_any(line, refused);
}

static uint8_t depth_of(struct bytes line)
{
    uint8_t depth = 0;
    while (depth < UINT8_MAX && (bytes_at(line, depth) == ' ' || bytes_at(line, depth) == '\t'))
        depth++;
    return depth;
}

/* What stands below a heading and has no key of its own. */
static bool read_below(struct whois_reading *reading, struct record *record, struct bytes text)
{
    size_t colon = bytes_find(text, ':', 0);
    bool labelled = colon < text.len && bytes_at(text, colon + 1) == ' '; /* not the colon of an address */
    struct bytes value = labelled ? bytes_trim(bytes_skip(text, colon + 1)) : text;
    struct bytes key = trim_key(bytes_first(text, colon));
    bool names = bytes_is_nocase(key, "name") || bytes_is_nocase(key, "organization");
    switch (reading->section) {
    case WHOIS_NAME_SERVERS:
        break;
    case WHOIS_REGISTRAR:
        if (colon < text.len && !names)
            return false;
        break;
    default:
        if (colon < text.len)
            return false;
    }
    add_value(reading, record, (enum whois_field)reading->section, value);
    return true;
}

static void read_entry(struct whois_reading *reading, struct record *record, struct bytes line)
{
    uint8_t depth = depth_of(line);
    bool below = reading->section != WHOIS_NOTHING && depth > reading->section_depth;
    struct bytes text = bytes_trim(line);
    if (below && read_below(reading, record, text))
        return;
    size_t colon = bytes_find(text, ':', 0);
    struct bytes value = bytes_trim(bytes_skip(text, colon + 1));
    enum whois_field field = field_of(trim_key(bytes_first(text, colon)));
    if (field != WHOIS_NOTHING && value.len > 0) {
        add_value(reading, record, field, value);
    } else if (!below || field != WHOIS_NOTHING) { /* another heading */
        reading->section = (uint8_t)field;
        reading->section_depth = depth;
    }
}

static void read_line(struct whois_reading *reading, struct record *record, struct bytes line)
{
    struct bytes text = bytes_trim(line);
    uint8_t first = bytes_at(text, 0);
    if (reading->lines < UINT16_MAX)
        reading->lines++;
    if (reading->lines == 1)
        reading->section = WHOIS_NOTHING;
    if (text.len == 0) {
        reading->section = WHOIS_NOTHING;
        return;
    }
    read_remark(reading, record, text);
    if (first == '%' || first == '#' || first == '>' || read_brackets(reading, record, text))
        return;
    read_entry(reading, record, line);
}

static void end_line(struct whois_reading *reading, struct record *record)
{
    if (!reading->passing)
        read_line(reading, record, bytes_of(reading->line, reading->length));
    reading->length = 0;
    reading->passing = reading->held_return = false;
}

static void keep_text(const struct whois_reading *reading, struct record *record, struct bytes text)
{
    if (!reading->torn)
        record_append(record, WHOIS_TEXT, text, LIMIT_TEXT_BYTES);
}

static void add_text(struct whois_reading *reading, struct record *record, struct bytes text)
{
    keep_text(reading, record, text);
    size_t room = sizeof reading->line - reading->length;
    reading->length = (uint16_t)(reading->length + bytes_copy(reading->line + reading->length, room, text));
}

void whois_read(struct whois_reading *reading, struct record *record, struct bytes piece)
{
    while (piece.len > 0) {
        size_t end = bytes_find(piece, '\n', 0);
        struct bytes text = bytes_first(piece, end);
        if (reading->held_return && (text.len > 0 || end == piece.len))
            add_text(reading, record, bytes_text("\r"));
        if (text.len > 0)
            reading->held_return = bytes_at(text, text.len - 1) == '\r';
        if (reading->held_return && text.len > 0)
            text.len--;
        add_text(reading, record, text);
        if (end < piece.len) {
            end_line(reading, record);
            keep_text(reading, record, bytes_text("\n"));
        }
        piece = bytes_skip(piece, end + 1);
    }
}

void whois_read_end(struct whois_reading *reading, struct record *record)
{
    if (reading->length > 0)
        end_line(reading, record);
}

bool whois_is_no(const struct whois_reading *reading)
{
    return reading->vacant || (!reading->found && (reading->missing || reading->refused));
}
