/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mail message (RFC 5322, MIME RFC 2045 to 2049) that travels inside a conversation: SMTP DATA, POP3 RETR, IMAP
 * FETCH. Whoever carries it hands on its bytes as they come; here they become one `mail` record, and a `file` record
 * for each attachment. The message is never held as a whole. Implemented in dissectors/mail/.
 *
 * All functions do nothing where `mail` is NULL.
 */
#ifndef OVERHEAR_MAIL_H
#define OVERHEAR_MAIL_H

#include "overhear/file.h"

struct mail_start {
    enum file_direction direction; /* of the attachments: FILE_UPLOAD for SMTP and APPEND */
    bool partial;                  /* only a part was asked for (POP3 TOP, headers alone): its end is no loss */
    bool doubtful;                 /* after lost bytes it is not certain what was asked for: perhaps no whole mail */
};

/* A message begins with the bytes after this one. NULL where memory is out or LIMIT_OBJECTS are open. */
struct object *mail_begin(struct emitter *emitter, const struct mail_start *start, const struct message *message);

/* SMTP's envelope: email.envelope.from and email.envelope.to[]. Addresses without angle brackets; the empty reverse
 * path is an empty text. */
void mail_envelope_from(struct object *mail, struct bytes address);
void mail_envelope_to(struct object *mail, struct bytes address);

/* The next bytes of the message, with the transparency of the protocol (doubled periods) already taken off. Cut
 * anywhere. `message`: the piece they came in, for its moments. */
void mail_piece(struct emitter *emitter, struct object *mail, struct bytes piece, const struct message *message);

/* `length` bytes are lost here. */
void mail_gap(struct emitter *emitter, struct object *mail, uint64_t length);

/* The message is over: attachments in hand are closed. `incomplete`: it was broken off. The record waits for
 * mail_close. */
void mail_end(struct emitter *emitter, struct object *mail, const struct message *message, bool incomplete);

/* Write the record (ends the message where mail_end was not called: then it is incomplete). The outcome is what the
 * carrier's protocol says of it. The pointer is then gone. */
void mail_close(struct emitter *emitter, struct object *mail, enum outcome outcome);

/* Forget it: no record. For a transfer that turned out not to be one (rejected before any byte of it). */
void mail_drop(struct emitter *emitter, struct object *mail);

/* For `more_datasets` of a dissector that carries mail. */
extern const struct dataset *const mail_datasets[];

#endif
