/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SASL (RFC 4422) as SMTP, POP3 and IMAP carry it: base64 in lines that go to and fro. Who logs in is shown, the rest
 * is a secret: a dissector hides every response line whole and shows what is read from it here.
 */
#ifndef OVERHEAR_SASL_H
#define OVERHEAR_SASL_H

#include "overhear/text.h"

enum sasl_mechanism {
    SASL_OTHER,
    SASL_PLAIN,       /* RFC 4616 */
    SASL_LOGIN,       /* draft-murchison-sasl-login */
    SASL_CRAM_MD5,    /* RFC 2195 */
    SASL_DIGEST_MD5,  /* RFC 2831 */
    SASL_SCRAM,       /* RFC 5802, all its hashes, with and without -PLUS */
    SASL_XOAUTH2,     /* Google's and Microsoft's */
    SASL_OAUTHBEARER, /* RFC 7628 */
    SASL_NTLM,
    SASL_GSSAPI, /* RFC 4752; also GSS-SPNEGO */
    SASL_EXTERNAL,
    SASL_ANONYMOUS,
};

/* Zeroed where no exchange is under way. */
struct sasl {
    bool active;
    uint8_t mechanism; /* enum sasl_mechanism */
    uint8_t responses; /* so far; stays at 255 */
    bool joined;       /* midway: the mechanism is not known */
    bool lost;         /* see sasl_lose */
};

enum { SASL_TEXT_BYTES = 2048 };

/* What one response says. Texts are cut to fit. */
struct sasl_said {
    bool cancelled;  /* the client sent `*` */
    bool credential; /* with this line, what logs in crossed the wire so that an onlooker can use it: a password, a
                        token */
    bool guessable;  /* no password in it, but enough to try guesses against (CRAM-MD5, DIGEST-MD5, NTLM, SCRAM's proof)
                      */
    struct bytes user;     /* authentication identity; no bytes: not in this line */
    struct bytes acts_for; /* authorization identity where it is another; no bytes: none */
    struct bytes secret;   /* the password or token, decoded; or what proves it, as sent; no bytes: none in this line */
    uint8_t text[SASL_TEXT_BYTES];
};

/* An exchange begins. `name`: the mechanism as the client named it; no bytes: joined midway. */
void sasl_begin(struct sasl *sasl, struct bytes name);

/* A line of the client, base64, without its end: the initial response (`=` means an empty one) or an answer to a
 * challenge. */
void sasl_response(struct sasl *sasl, struct bytes line, struct sasl_said *ret_said);

/* Bytes of the client are lost: the next line may be the rest of one, or a later one than it seems. Of an exchange that
 * is under way nothing is read any more but that it is cancelled, or a password could be taken for a user. */
void sasl_lose(struct sasl *sasl);

/* The server's challenge in words a person can read, where it is readable: `Password:`. Returns its length, 0: it is
 * not. */
size_t sasl_challenge(struct bytes line, void *to, size_t room);

#endif
