/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A file that travels inside a conversation: an HTTP body, an FTP transfer, an attachment. Whoever carries it hands on
 * its bytes as they come; here they are counted, their type is recognised by content, with --hash they are hashed, with
 * --extract saved, and at the end there is a `file` record.
 *
 * All functions do nothing where `file` is NULL. What nobody asked for costs nothing: without --hash and --extract only
 * the first bytes are looked at.
 */
#ifndef OVERHEAR_FILE_H
#define OVERHEAR_FILE_H

#include "overhear/dissector.h"

enum file_direction { FILE_DOWNLOAD /* to the client of the service */, FILE_UPLOAD };

struct file_start {
    const char *parent;         /* overhear.parent: "http", "ftp", "mail" */
    struct bytes name;          /* as declared, UTF-8 where it can be, a path may stand before it; no bytes: unknown */
    struct bytes declared_type; /* media type; no bytes: unknown */
    enum file_direction direction;
    uint64_t parent_conversation; /* the conversation that ordered it; 0: this one */
    uint64_t offset;              /* the first byte is this one of the whole (REST, Content-Range) */
};

struct file_result {
    uint64_t size;         /* bytes seen */
    const char *mime_type; /* by content; static text; NULL: not told (empty, or the beginning was lost) */
    bool has_hash;         /* with --hash, and every byte was seen */
    char sha256[65];       /* lower-case hexadecimal */
};

/* NULL where memory is out or LIMIT_OBJECTS are open. `message` gives the moment. */
struct object *file_begin(struct emitter *emitter, const struct file_start *start, const struct message *message);

/* The next bytes, any transfer encoding taken off. */
void file_piece(struct emitter *emitter, struct object *file, struct bytes piece, const struct message *message);

/* The same for bytes that were lost or cannot be decoded: the hash is given up, the saved file is marked as partial. */
void file_gap(struct emitter *emitter, struct object *file, uint64_t length);

/* What follows cannot be decoded, and nobody knows how much it is: the file is incomplete, and at most its first `keep`
 * bytes count. */
void file_break(struct emitter *emitter, struct object *file, uint64_t keep);

/* The end: the record is written, the pointer is gone. `incomplete`: it was broken off. `message` (may be NULL): where
 * it ended. *ret_result (may be NULL) tells what was found; zeroed where `file` is NULL. */
void file_end(struct emitter *emitter, struct object *file, const struct message *message, bool incomplete,
              struct file_result *ret_result);

/* As if it had never begun: no record, nothing saved. */
void file_drop(struct emitter *emitter, struct object *file);

/* True where every byte is wanted (--hash, --extract). False: only the first FILE_TYPE_BYTES and the count matter; then
 * a carrier may count the rest with file_skip instead of decoding it. */
bool file_wants_all(const struct emitter *emitter);
enum { FILE_TYPE_BYTES = 1024 };
void file_skip(struct emitter *emitter, struct object *file, uint64_t length);

#endif
