/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Header fields of a mail and of its parts: what they say. Between those who find the fields in the stream (mail.c,
 * mail_parts.c) and those who read them.
 *
 * A field's `value` begins after the colon; folded lines are still in it, as CRLF or LF and white space. It is at most
 * MAIL_FIELD_BYTES long: of a longer field that is the beginning.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_HEADER_H
#define OVERHEAR_DISSECTORS_MAIL_HEADER_H

#include "overhear/mail.h"

enum {
    MAIL_FIELD_BYTES = 16 * 1024,
    MAIL_TYPE_BYTES = 128,
    MAIL_BOUNDARY_BYTES = 128, /* RFC 2046 allows 70 */
    MAIL_NAME_BYTES = 512,
};

/* What the headers of one message said so far that later ones need (the hop above, in a Received chain). Zeroed at
 * first. */
struct mail_headers;
extern const size_t mail_headers_size;
enum { MAIL_HEADERS_BYTES = 3072 }; /* who reads the stream keeps room for so much; the size may not exceed it */

/* One field of the message's own header, in the order of the message: fills the record. */
void mail_header_record(struct emitter *emitter, struct mail_headers *headers, struct record *record, struct bytes name,
                        struct bytes value);

/* The header is over (or was cut off): whatever waited is written. Idempotent. */
void mail_headers_finish(struct emitter *emitter, struct mail_headers *headers, struct record *record);

enum mail_encoding {
    MAIL_PLAIN, /* 7bit, 8bit, binary, or nothing said */
    MAIL_BASE64,
    MAIL_QUOTED_PRINTABLE,
    MAIL_UUENCODE,
    MAIL_UNKNOWN_ENCODING,
};

/* What the Content-… fields of a part (or of the message) say. Texts are UTF-8 where they can be, cut to fit. Zeroed:
 * no field was seen, which means text/plain. */
struct mail_content {
    char type[MAIL_TYPE_BYTES]; /* lower case, "multipart/mixed"; empty: not said */
    uint8_t boundary[MAIL_BOUNDARY_BYTES];
    uint8_t boundary_length;
    char name[MAIL_NAME_BYTES]; /* of the file: Content-Disposition's before Content-Type's; may have a path in it */
    uint16_t name_length;
    bool name_from_disposition;
    bool is_attachment; /* Content-Disposition: attachment */
    bool is_inline;     /* Content-Disposition: inline */
    enum mail_encoding encoding;
    bool saw_type, saw_disposition, saw_encoding;
    uint8_t repeated; /* of these, those that came again */
    bool two_names;   /* they end differently */
};

/* What follows the last period of a file's name, none at its beginning, where it is short enough. */
struct bytes mail_name_extension(struct bytes name);

/* Does the name hide what opens: a character that turns the direction or is not shown, or the extension of a program
 * behind that of a document? */
bool mail_name_deceives(struct bytes name);

/* Takes Content-Type, Content-Disposition and Content-Transfer-Encoding; passes over all others. The first of each
 * counts. */
void mail_content_take(struct emitter *emitter, struct mail_content *content, struct bytes name, struct bytes value);

/* What is to be said of the envelope beside the header, when both are known. */
void mail_explain_envelope(struct record *record);

/* What is to be said of a file whose content is not what it is declared to be, beside the member added last of its open
 * group. `declared` may be empty, `detected` NULL. */
void mail_explain_attachment(struct record *record, const char *declared, const char *detected);

#endif
