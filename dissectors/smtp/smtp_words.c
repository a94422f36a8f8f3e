/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Commands by name, and which lines can be commands at all.
 */
#include "smtp.h"

/* What may stand behind the word. */
enum shape {
    SHAPE_ALONE,   /* nothing */
    SHAPE_WORD,    /* one word */
    SHAPE_FROM,    /* FROM: and an address */
    SHAPE_TO,      /* TO: and an address */
    SHAPE_NUMBER,  /* a number first */
    SHAPE_WORDS,   /* at least one word */
    SHAPE_ANYTHING /* so that it is never believed where a message may be going on */
};

struct word {
    const char *name;
    enum smtp_verb verb;
    enum shape shape;
};

static const struct word words[] = {
    {"HELO", SMTP_VERB_HELO, SHAPE_WORD},
    {"EHLO", SMTP_VERB_EHLO, SHAPE_WORD},
    {"LHLO", SMTP_VERB_LHLO, SHAPE_WORD},
    {"MAIL", SMTP_VERB_MAIL, SHAPE_FROM},
    {"RCPT", SMTP_VERB_RCPT, SHAPE_TO},
    {"DATA", SMTP_VERB_DATA, SHAPE_ALONE},
    {"BDAT", SMTP_VERB_BDAT, SHAPE_NUMBER},
    {"BURL", SMTP_VERB_BURL, SHAPE_WORDS},
    {"RSET", SMTP_VERB_RSET, SHAPE_ALONE},
    {"NOOP", SMTP_VERB_NOOP, SHAPE_ALONE},
    {"QUIT", SMTP_VERB_QUIT, SHAPE_ALONE},
    {"VRFY", SMTP_VERB_VRFY, SHAPE_WORD},
    {"EXPN", SMTP_VERB_EXPN, SHAPE_WORD},
    {"HELP", SMTP_VERB_HELP, SHAPE_ALONE},
    {"AUTH", SMTP_VERB_AUTH, SHAPE_WORDS},
    {"STARTTLS", SMTP_VERB_STARTTLS, SHAPE_ALONE},
    {"ETRN", SMTP_VERB_ETRN, SHAPE_WORD},
    {"TURN", SMTP_VERB_TURN, SHAPE_ALONE},
    {"ATRN", SMTP_VERB_TURN, SHAPE_ANYTHING},
    {"XCLIENT", SMTP_VERB_XCLIENT, SHAPE_WORDS},
    {"XFORWARD", SMTP_VERB_XFORWARD, SHAPE_WORDS},
    {"X-EXPS", SMTP_VERB_AUTH, SHAPE_WORDS},
    {"XEXCH50", SMTP_VERB_XEXCH50, SHAPE_NUMBER},
    {"SEND", SMTP_VERB_MAIL, SHAPE_FROM},
    {"SOML", SMTP_VERB_MAIL, SHAPE_FROM},
    {"SAML", SMTP_VERB_MAIL, SHAPE_FROM},
    {"VERB", SMTP_VERB_SOLITARY, SHAPE_ANYTHING},
    {"ONEX", SMTP_VERB_SOLITARY, SHAPE_ALONE},
};

static const struct word *find_word(struct bytes name)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (bytes_is_nocase(name, words[i].name))
            return &words[i];
    return NULL;
}

enum smtp_verb smtp_verb_of(struct bytes word)
{
    const struct word *found = find_word(word);
    return found ? found->verb : SMTP_VERB_OTHER;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_word(struct bytes rest)
{
    return rest.len > 0 && bytes_find(rest, ' ', 0) == rest.len;
}

static bool names_address(struct bytes rest, const char *keyword, enum smtp_trust trust)
{
    if (!bytes_begin_nocase(rest, keyword))
        return false;
    rest = bytes_trim(bytes_skip(rest, strlen(keyword)));
    return bytes_at(rest, 0) == '<' || (trust == SMTP_TRUST_WORD && rest.len > 0);
}

static bool fits(const struct word *word, struct bytes rest, enum smtp_trust trust)
{
    switch (word->shape) {
    case SHAPE_ALONE:
        return rest.len == 0;
    case SHAPE_WORD:
        return trust == SMTP_TRUST_WORD || is_one_word(rest);
    case SHAPE_FROM:
        return names_address(rest, "FROM:", trust);
    case SHAPE_TO:
        return names_address(rest, "TO:", trust);
    case SHAPE_NUMBER:
        return is_digit(bytes_at(rest, 0));
    case SHAPE_WORDS:
        return rest.len > 0;
    case SHAPE_ANYTHING:
        break;
    }
    return trust == SMTP_TRUST_WORD;
}

static bool is_one_case(struct bytes word)
{
    size_t lower = 0;
    for (size_t i = 0; i < word.len; i++)
        lower += bytes_at(word, i) >= 'a' && bytes_at(word, i) <= 'z';
    return lower == 0 || lower == word.len;
}

bool smtp_is_command(struct bytes line, enum smtp_trust trust)
{
    struct bytes rest = line, name;
    if (!text_word_next(&rest, &name))
        return false;
    const struct word *word = find_word(name);
    if (!word || !fits(word, bytes_trim(rest), trust))
        return false;
    if (trust == SMTP_TRUST_WORD)
        return true;
    /* A word alone on its line could be anybody's, but nobody shouts it. */
    bool capital = bytes_is(name, word->name);
    return bytes_at(line, 0) == bytes_at(name, 0) && is_one_case(name) && (capital || rest.len > 0);
}

bool smtp_is_period(struct bytes line)
{
    return bytes_is(line, ".");
}

bool smtp_is_code(struct bytes bytes, bool *ret_whole)
{
    *ret_whole = bytes.len >= 3;
    for (size_t i = 0; i < 3 && i < bytes.len; i++)
        if (!is_digit(bytes_at(bytes, i)))
            return false;
    return bytes.len > 0 && bytes_at(bytes, 0) >= '1' && bytes_at(bytes, 0) <= '5';
}

bool smtp_mentions(struct bytes text, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.len; i++)
        if (bytes_begin_nocase(bytes_skip(text, i), part))
            return true;
    return false;
}
