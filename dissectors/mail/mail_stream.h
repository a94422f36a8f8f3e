/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A mail as it flows by: what the files that read the stream share.
 *
 *   mail.c             the object, and the functions of overhear/mail.h
 *   mail_lines.c       where lines begin, and which of them are delimiters of a multipart
 *   mail_parts.c       the tree of parts: header sections, levels, what each part is
 *   mail_attachment.c  what is inside a leaf: counted, and given to overhear/file.h where it is an attachment
 *   mail_decode.c      transfer encodings
 *
 * What the header fields say stands behind mail_header.h.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_STREAM_H
#define OVERHEAR_DISSECTORS_MAIL_STREAM_H

#include "mail_fields.h"
#include "mail_header.h"

#include "overhear/text.h"

/* --- transfer encodings (RFC 2045 section 6) --- */

enum { MAIL_HELD_BYTES = 128 };

struct mail_decoder {
    enum mail_encoding encoding;
    struct base64 base64;
    bool odd;    /* something was there that the encoding does not know */
    bool resync; /* after a gap: up to the next line */
    uint8_t state;
    uint8_t left;   /* uuencode: bytes that the line in hand still has */
    uint8_t length; /* of held: what may turn out to be the end of a line, or an escape */
    uint8_t held[MAIL_HELD_BYTES];
};

/* Decodes the next piece, cut anywhere; the sink gets what comes out, NULL: it is only counted. Returns how many bytes
 * came out. Begin with a zeroed decoder but for `encoding`. */
uint64_t mail_decode(struct mail_decoder *decoder, struct bytes text, const struct byte_sink *sink);

/* The same for what the last bytes left undecided. */
uint64_t mail_decode_end(struct mail_decoder *decoder, const struct byte_sink *sink);

/* Bytes are lost here. Returns about how many `length` bytes decode to. */
uint64_t mail_decode_gap(struct mail_decoder *decoder, uint64_t length);

/* --- the stream --- */

enum { MAIL_HOLD_BYTES = 256 };

/* A multipart that is open, or a message inside the message. */
struct mail_level {
    bool is_message;
    bool is_digest; /* the parts are messages unless they say otherwise */
    uint8_t boundary_length;
    uint8_t boundary[MAIL_BOUNDARY_BYTES];
};

enum mail_leaf_kind {
    MAIL_LEAF_NONE, /* preamble, epilogue */
    MAIL_LEAF_TEXT,
    MAIL_LEAF_ATTACHMENT,
};

struct mail_leaf {
    enum mail_leaf_kind kind;
    bool is_listed; /* an attachment below the limit */
    bool has_gap;
    struct object *file; /* NULL: nobody takes it */
    uint64_t size;       /* decoded */
    struct mail_decoder decoder;
};

struct mail_stream {
    enum file_direction direction;
    bool partial, ended, begun;
    bool lost;        /* a gap: what is missing may be our own fault */
    bool header_lost; /* in the header section in hand, or the last one */
    uint32_t told;    /* anomalies that were reported: each once in a mail */
    uint64_t bytes;
    uint32_t nested, nested_identifiers, attachments, parts;

    /* lines: `hold` has the end of the last line, then the beginning of this one, until it is known what it is */
    bool at_start;   /* of a line */
    bool line_blank; /* the line whose end is held is empty */
    bool space_seen; /* behind a field's name */
    bool in_header;
    uint8_t eol_length;
    uint16_t hold_length;
    uint16_t scanned; /* bytes of this line's beginning that can stand in a field's name */
    uint8_t hold[MAIL_HOLD_BYTES];

    /* the header section in hand */
    bool top_header;  /* the message's own */
    bool first_line;  /* no line of it has been seen */
    bool field_open;  /* there is one in `field` */
    bool field_cut;   /* it is longer than that */
    bool skip_line;   /* not a field, or beyond the limit */
    bool header_full; /* the limit is reached */
    uint32_t header_bytes;
    uint16_t header_fields;
    uint16_t name_length;
    uint16_t field_length;
    struct mail_content content;

    /* the tree */
    uint8_t depth;
    struct mail_level levels[LIMIT_MAIL_DEPTH];
    struct mail_leaf leaf;

    /* the outermost message inside the message is a file too */
    bool has_nested;
    uint8_t nested_level;
    struct mail_content nested_content;
    struct mail_leaf nested_leaf;

    uint8_t field[MAIL_FIELD_BYTES];
    uint64_t headers[MAIL_HEADERS_BYTES / sizeof(uint64_t)]; /* struct mail_headers */
};

/* What the functions hand on to each other during one hook. */
struct mail_walk {
    struct emitter *emitter;
    struct object *mail;
    struct mail_stream *stream;
    const struct message *message; /* may be NULL */
};

/* Report an anomaly, once in a mail. */
void mail_tell(const struct mail_walk *walk, enum anomaly anomaly, uint64_t a, uint64_t b);

/* --- mail_ambiguity.c --- */

/* Tell what two readers take for two things in a field, as it stands: its name up to the colon, and its value. */
void mail_look_at_field(const struct mail_walk *walk, struct bytes name, struct bytes value);

/* --- mail_comments.c --- */

/* Tell of a comment in Content-Type or Content-Disposition that changes what it says. */
void mail_look_at_comments(const struct mail_walk *walk, struct bytes value);

/* --- mail_lines.c --- */

void mail_lines_begin(struct mail_stream *stream);
void mail_lines_piece(const struct mail_walk *walk, struct bytes piece);
void mail_lines_gap(const struct mail_walk *walk);
void mail_lines_end(const struct mail_walk *walk, bool incomplete);

/* --- mail_parts.c --- */

/* A line of the header begins: a field, or the continuation of one. */
enum mail_header_line { MAIL_LINE_FIELD, MAIL_LINE_FOLDED, MAIL_LINE_OTHER };
void mail_header_line(const struct mail_walk *walk, enum mail_header_line kind);
/* Bytes of the line; its end comes alone. */
void mail_header_text(const struct mail_walk *walk, struct bytes text);
/* The header section is over: what follows is the body, or the header of a message inside. */
void mail_header_over(const struct mail_walk *walk);
void mail_header_begin(struct mail_stream *stream);
void mail_header_gap(const struct mail_walk *walk);
/* A delimiter of that level: the part is over. `close`: it was the last. */
void mail_delimiter(const struct mail_walk *walk, unsigned level, bool close, struct bytes line);
void mail_parts_end(const struct mail_walk *walk, bool incomplete);

/* --- mail_attachment.c --- */

void mail_leaf_begin(const struct mail_walk *walk);
void mail_leaf_text(const struct mail_walk *walk, struct bytes text);
void mail_leaf_gap(const struct mail_walk *walk, uint64_t length);
void mail_leaf_end(const struct mail_walk *walk, bool incomplete);

/* The same for a message inside, which takes its bytes as they stand, the parts' delimiters and all. */
void mail_nested_begin(const struct mail_walk *walk);
void mail_nested_text(const struct mail_walk *walk, struct bytes text);
void mail_nested_end(const struct mail_walk *walk, bool incomplete);

void mail_files_drop(const struct mail_walk *walk);

#endif
