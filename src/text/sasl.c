/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a client's SASL responses say: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), DIGEST-MD5 (RFC 2831), SCRAM
 * (RFC 5802), XOAUTH2, OAUTHBEARER (RFC 7628), NTLM, EXTERNAL (RFC 4422), ANONYMOUS (RFC 4505). GSSAPI is recognised;
 * nothing in it can be read.
 *
 * A response is decoded into the text of struct sasl_said, and taken apart there. What does not look like its
 * mechanism is a secret as a whole: when in doubt, more is hidden than less.
 */
#include "overhear/sasl.h"

static const char *const mechanism_names[] = {"PLAIN", "LOGIN",  "CRAM-MD5",   "DIGEST-MD5", "XOAUTH2",   "OAUTHBEARER",
                                              "NTLM",  "GSSAPI", "GSS-SPNEGO", "EXTERNAL",   "ANONYMOUS", NULL};
static const uint8_t mechanisms[] = {SASL_PLAIN,   SASL_LOGIN,       SASL_CRAM_MD5, SASL_DIGEST_MD5,
                                     SASL_XOAUTH2, SASL_OAUTHBEARER, SASL_NTLM,     SASL_GSSAPI,
                                     SASL_GSSAPI,  SASL_EXTERNAL,    SASL_ANONYMOUS};

static const char ntlm_signature[] = "NTLMSSP";

void sasl_begin(struct sasl *sasl, struct bytes name)
{
    *sasl = (struct sasl){.active = true, .joined = name.len == 0};
    int known = text_find_word(mechanism_names, name);
    if (known >= 0)
        sasl->mechanism = mechanisms[known];
    else if (bytes_begin_nocase(name, "SCRAM-"))
        sasl->mechanism = SASL_SCRAM;
}

/* The first of the parts that `separator` divides `rest` into; `rest` moves behind it. False: no more. */
static bool part_next(struct bytes *rest, uint8_t separator, struct bytes *ret_part)
{
    if (!rest->at)
        return false;
    size_t end = bytes_find(*rest, separator, 0);
    *ret_part = bytes_first(*rest, end);
    *rest = end < rest->len ? bytes_skip(*rest, end + 1) : (struct bytes){0};
    return true;
}

static void acts_for(struct sasl_said *said, struct bytes identity)
{
    if (!bytes_equal(identity, said->user))
        said->acts_for = identity;
}

/* [authorization] NUL authentication NUL password */
static void said_plain(struct sasl_said *said, struct bytes text)
{
    struct bytes rest = text, first, second;
    bool has_first = part_next(&rest, 0, &first);
    bool has_second = has_first && part_next(&rest, 0, &second);
    if (!has_second) {
        said->secret = text;
    } else if (!rest.at) { /* one NUL only: user and password */
        said->user = first;
        said->secret = second;
    } else {
        said->user = second;
        acts_for(said, first);
        said->secret = rest;
    }
    said->credential = said->secret.len > 0;
}

static void said_login(struct sasl_said *said, struct bytes text, unsigned number)
{
    if (number == 0) {
        said->user = text;
        return;
    }
    said->secret = text;
    said->credential = text.len > 0;
}

/* user SP digest: the user name may have spaces */
static void said_cram(struct sasl_said *said, struct bytes text)
{
    size_t space = text.len;
    while (space > 0 && bytes_at(text, space - 1) != ' ')
        space--;
    if (space > 0)
        said->user = bytes_first(text, space - 1);
    said->secret = bytes_skip(text, space);
    said->guessable = said->secret.len > 0;
}

/* One of the directives name=value, name="value", divided by commas. False: no more. */
static bool directive_next(struct bytes *rest, struct bytes *ret_name, struct bytes *ret_value)
{
    while (bytes_at(*rest, 0) == ',' || bytes_at(*rest, 0) == ' ')
        *rest = bytes_skip(*rest, 1);
    if (rest->len == 0)
        return false;
    size_t equals = bytes_find(*rest, '=', 0);
    *ret_name = bytes_trim(bytes_first(*rest, equals));
    struct bytes value = bytes_skip(*rest, equals + 1);
    size_t from = bytes_at(value, 0) == '"' ? 1 : 0, end = from;
    while (end < value.len && bytes_at(value, end) != (from ? '"' : ','))
        end += from && bytes_at(value, end) == '\\' ? 2 : 1;
    if (end > value.len)
        end = value.len;
    *ret_value = bytes_slice(value, from, end - from);
    *rest = bytes_skip(value, end + from);
    return true;
}

static void said_digest(struct sasl_said *said, struct bytes text)
{
    struct bytes rest = text, name, value, identity = {0};
    while (directive_next(&rest, &name, &value)) {
        if (bytes_is_nocase(name, "username"))
            said->user = value;
        else if (bytes_is_nocase(name, "authzid"))
            identity = value;
        else if (bytes_is_nocase(name, "response"))
            said->secret = value;
    }
    acts_for(said, identity);
    said->guessable = said->secret.len > 0;
}

/* SCRAM writes `=2C` for a comma and `=3D` for an equals sign in names. It becomes shorter, so it is done in place. */
static struct bytes unescape_name(struct sasl_said *said, struct bytes name)
{
    if (bytes_find(name, '=', 0) == name.len)
        return name;
    size_t at = bytes_offset(bytes_of(said->text, sizeof said->text), name), length = 0;
    for (size_t i = 0; i < name.len; i++) {
        struct bytes escape = bytes_slice(name, i, 3);
        bool comma = bytes_is_nocase(escape, "=2c"), equals = bytes_is_nocase(escape, "=3d");
        said->text[at + length++] = comma ? ',' : equals ? '=' : bytes_at(name, i);
        if (comma || equals)
            i += 2;
    }
    return bytes_of(said->text + at, length);
}

/* First `n,a=identity,n=user,r=nonce`, then `c=binding,r=nonce,p=proof`. */
static void said_scram(struct sasl_said *said, struct bytes text)
{
    struct bytes rest = text, part, identity = {0};
    bool is_final = bytes_begin(text, "c=");
    while (part_next(&rest, ',', &part)) {
        struct bytes value = bytes_skip(part, 2);
        if (is_final && bytes_begin(part, "p="))
            said->secret = value;
        else if (!is_final && bytes_begin(part, "n="))
            said->user = unescape_name(said, value);
        else if (!is_final && bytes_begin(part, "a="))
            identity = unescape_name(said, value);
    }
    acts_for(said, identity);
    said->guessable = said->secret.len > 0;
}

/* Parts divided by ^A: `user=name` (XOAUTH2) or `n,a=name,` (OAUTHBEARER), and `auth=Bearer token`. */
static void said_oauth(struct sasl_said *said, struct bytes text)
{
    struct bytes rest = text, part;
    while (part_next(&rest, 1, &part)) {
        if (bytes_begin_nocase(part, "user=")) {
            said->user = bytes_skip(part, 5);
        } else if (bytes_begin_nocase(part, "auth=")) {
            struct bytes token = bytes_skip(part, 5);
            size_t space = bytes_find(token, ' ', 0);
            said->secret = space < token.len ? bytes_trim(bytes_skip(token, space)) : token;
        } else if (bytes_begin_nocase(part, "n,a=")) {
            struct bytes name = bytes_skip(part, 4);
            said->user = unescape_name(said, bytes_first(name, bytes_find(name, ',', 0)));
        }
    }
    said->credential = said->secret.len > 0;
}

/* UTF-16LE to UTF-8, as much as fits. */
static struct bytes from_utf16(struct sasl_said *said, struct bytes name)
{
    struct reader r = reader_of(name);
    size_t length = 0;
    while (reader_left(&r) >= 2 && length + 4 <= sizeof said->text) {
        uint32_t c = reader_u16le(&r);
        if (c >= 0xd800 && c < 0xdc00 && reader_left(&r) >= 2)
            c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)(reader_u16le(&r) - 0xdc00) & 0x3ff);
        if (c < 0x80) {
            said->text[length++] = (uint8_t)c;
            continue;
        }
        if (c >= 0x10000) {
            said->text[length++] = (uint8_t)(0xf0 | c >> 18);
            said->text[length++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
        } else if (c >= 0x800) {
            said->text[length++] = (uint8_t)(0xe0 | c >> 12);
        }
        said->text[length++] = c >= 0x800 ? (uint8_t)(0x80 | (c >> 6 & 0x3f)) : (uint8_t)(0xc0 | c >> 6);
        said->text[length++] = (uint8_t)(0x80 | (c & 0x3f));
    }
    return bytes_of(said->text, length);
}

/* The message that authenticates (number 3) has, from byte 12 on, six fields of length, room and offset: the LM and
 * the NT response, domain, user, workstation, session key; then 32 flags, of which the lowest means UTF-16. */
static void said_ntlm(struct sasl_said *said, struct bytes line)
{
    enum { AUTHENTICATE = 3, NT_RESPONSE = 20, USER = 36, FLAGS = 60, UNICODE = 1 };
    uint8_t decoded[SASL_TEXT_BYTES];
    struct bytes text = bytes_of(decoded, base64_decode(line, decoded, sizeof decoded));
    struct reader r = reader_of(text);
    reader_skip(&r, sizeof ntlm_signature);
    if (reader_u32le(&r) != AUTHENTICATE)
        return;
    r = reader_of(bytes_skip(text, NT_RESPONSE));
    uint16_t response_length = reader_u16le(&r);
    r = reader_of(bytes_skip(text, USER));
    uint16_t length = reader_u16le(&r);
    reader_skip(&r, 2);
    uint32_t offset = reader_u32le(&r);
    r = reader_of(bytes_skip(text, FLAGS));
    uint32_t flags = reader_u32le(&r);
    struct bytes name = bytes_slice(text, offset, length);
    if (flags & UNICODE)
        said->user = from_utf16(said, name);
    else
        said->user = bytes_of(said->text, bytes_copy(said->text, sizeof said->text, name));
    if (response_length == 0) /* nobody in particular */
        return;
    size_t used = said->user.len;
    said->secret = bytes_of(said->text + used, bytes_copy(said->text + used, sizeof said->text - used, line));
    said->guessable = true;
}

static bool is_hexadecimal(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = byte_lower(bytes_at(text, i));
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return text.len > 0;
}

static unsigned count_of(struct bytes text, uint8_t c)
{
    unsigned count = 0;
    for (size_t i = bytes_find(text, c, 0); i < text.len; i = bytes_find(text, c, i + 1))
        count++;
    return count;
}

/* Which mechanism a response looks like, where the exchange was joined midway. */
static enum sasl_mechanism recognise(struct bytes text)
{
    enum { CRAM_DIGITS = 32 };
    if (bytes_begin(text, ntlm_signature))
        return SASL_NTLM;
    if (bytes_begin(text, "n,a=") && bytes_find(text, 1, 0) < text.len)
        return SASL_OAUTHBEARER;
    if (bytes_begin(text, "user=") && bytes_find(text, 1, 0) < text.len)
        return SASL_XOAUTH2;
    if (count_of(text, 0) == 2)
        return SASL_PLAIN;
    if (bytes_begin(text, "n,,n=") || bytes_begin(text, "y,,n=") || bytes_begin(text, "c="))
        return SASL_SCRAM;
    if (bytes_begin(text, "username=\"") || bytes_begin(text, "charset=utf-8,"))
        return SASL_DIGEST_MD5;
    if (text.len > CRAM_DIGITS && bytes_at(text, text.len - CRAM_DIGITS - 1) == ' ' &&
        is_hexadecimal(bytes_skip(text, text.len - CRAM_DIGITS)))
        return SASL_CRAM_MD5;
    return SASL_OTHER;
}

static void said_by(enum sasl_mechanism mechanism, struct sasl_said *said, struct bytes text, unsigned number)
{
    switch (mechanism) {
    case SASL_PLAIN:
        said_plain(said, text);
        return;
    case SASL_LOGIN:
        said_login(said, text, number);
        return;
    case SASL_CRAM_MD5:
        said_cram(said, text);
        return;
    case SASL_DIGEST_MD5:
        said_digest(said, text);
        return;
    case SASL_SCRAM:
        said_scram(said, text);
        return;
    case SASL_XOAUTH2:
    case SASL_OAUTHBEARER:
        said_oauth(said, text);
        return;
    case SASL_EXTERNAL:
        acts_for(said, text);
        return;
    case SASL_ANONYMOUS:
        said->user = text;
        return;
    case SASL_GSSAPI:
    case SASL_NTLM:
        return;
    case SASL_OTHER:
        said->secret = text;
        return;
    }
}

void sasl_response(struct sasl *sasl, struct bytes line, struct sasl_said *ret_said)
{
    ret_said->cancelled = ret_said->credential = ret_said->guessable = false;
    ret_said->user = ret_said->acts_for = ret_said->secret = (struct bytes){0};
    unsigned number = sasl->responses;
    if (bytes_is(line, "*")) {
        ret_said->cancelled = true;
        sasl->active = false;
        return;
    }
    if (sasl->responses < UINT8_MAX)
        sasl->responses++;
    if (sasl->lost)
        return;
    struct base64 base64 = {0};
    size_t used;
    struct bytes text = bytes_of(ret_said->text,
                                 base64_piece(&base64, line, ret_said->text, sizeof ret_said->text, &used));
    if (base64.odd) { /* typed as it is, or damaged: nothing in it is known for what it is */
        ret_said->secret = bytes_of(ret_said->text, bytes_copy(ret_said->text, sizeof ret_said->text, line));
        ret_said->credential = sasl->mechanism == SASL_PLAIN || (sasl->mechanism == SASL_LOGIN && number > 0);
        return;
    }
    if (text.len == 0)
        return;
    enum sasl_mechanism mechanism = sasl->joined ? recognise(text) : (enum sasl_mechanism)sasl->mechanism;
    /* Windows sends it also inside GSS-SPNEGO, bare. */
    if (mechanism == SASL_NTLM || (mechanism == SASL_GSSAPI && bytes_begin(text, ntlm_signature)))
        said_ntlm(ret_said, line);
    else
        said_by(mechanism, ret_said, text, number);
}

void sasl_lose(struct sasl *sasl)
{
    sasl->lost = sasl->active;
}

size_t sasl_challenge(struct bytes line, void *to, size_t room)
{
    struct base64 base64 = {0};
    size_t used, length = base64_piece(&base64, line, to, room, &used);
    struct bytes text = bytes_of(to, length);
    for (size_t i = 0; i < length; i++) {
        uint8_t c = bytes_at(text, i);
        if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') || c >= 0x7f)
            return 0;
    }
    if (base64.odd)
        return 0;
    /* The server's own proof that it knows the password is as good for guessing as the client's: only its name is told.
     */
    static const char *const proofs[] = {"v=", "rspauth="};
    for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++)
        if (bytes_begin(text, proofs[i]))
            return strlen(proofs[i]);
    return length;
}
