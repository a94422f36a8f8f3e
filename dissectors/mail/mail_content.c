/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Content-… fields of a part (RFC 2045, 2046, 2183): what it is, how it is packed, what it is called.
 */
#include "mail_header.h"
#include "mail_parameters.h"

/* The names may be written differently for old and new readers; what they end with is one thing. */
static void compare_names(struct mail_content *content, struct bytes other)
{
    struct bytes own = mail_name_extension(bytes_of(content->name, content->name_length));
    if (other.len > 0 && !bytes_equal_nocase(own, mail_name_extension(other)))
        content->two_names = true;
}

static void take_type(struct emitter *emitter, struct mail_content *content, struct bytes value)
{
    struct mail_text type = mail_text_in(content->type, sizeof content->type - 1);
    struct mail_text boundary = mail_text_in(content->boundary, sizeof content->boundary);
    struct mail_text name = mail_text_in(content->name, sizeof content->name);
    mail_value_token(value, &type);
    content->type[type.length] = '\0';
    if (mail_parameter(emitter, value, "boundary", &boundary) && !boundary.cut)
        content->boundary_length = (uint8_t)boundary.length;
    if (content->name_length > 0) {
        char other[MAIL_NAME_BYTES];
        name = mail_text_in(other, sizeof other);
        if (mail_parameter(emitter, value, "name", &name))
            compare_names(content, mail_text_bytes(&name));
    } else if (mail_parameter(emitter, value, "name", &name)) {
        content->name_length = (uint16_t)name.length;
    }
}

static void take_disposition(struct emitter *emitter, struct mail_content *content, struct bytes value)
{
    char word[32], file[MAIL_NAME_BYTES];
    struct mail_text kind = mail_text_in(word, sizeof word);
    struct mail_text name = mail_text_in(file, sizeof file);
    mail_value_token(value, &kind);
    content->is_inline = bytes_is(mail_text_bytes(&kind), "inline");
    content->is_attachment = kind.length > 0 && !content->is_inline; /* RFC 2183: an unknown one is an attachment */
    if (!mail_parameter(emitter, value, "filename", &name) || name.length == 0)
        return;
    if (content->name_length > 0)
        compare_names(content, mail_text_bytes(&name));
    content->name_length = (uint16_t)bytes_copy(content->name, sizeof content->name, mail_text_bytes(&name));
    content->name_from_disposition = true;
}

static enum mail_encoding encoding_of(struct bytes value)
{
    static const struct {
        const char *name;
        enum mail_encoding encoding;
    } encodings[] = {
        {"7bit", MAIL_PLAIN},
        {"8bit", MAIL_PLAIN},
        {"binary", MAIL_PLAIN},
        {"base64", MAIL_BASE64},
        {"quoted-printable", MAIL_QUOTED_PRINTABLE},
        {"x-uuencode", MAIL_UUENCODE},
        {"x-uue", MAIL_UUENCODE},
        {"uuencode", MAIL_UUENCODE},
        {"uue", MAIL_UUENCODE},
        {"", MAIL_PLAIN},
    };
    char word[32];
    struct mail_text name = mail_text_in(word, sizeof word);
    mail_value_token(value, &name);
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (bytes_is(mail_text_bytes(&name), encodings[i].name))
            return encodings[i].encoding;
    return MAIL_UNKNOWN_ENCODING;
}

void mail_content_take(struct emitter *emitter, struct mail_content *content, struct bytes name, struct bytes value)
{
    if (!bytes_begin_nocase(name, "content-"))
        return;
    bool again = (content->saw_type && bytes_is_nocase(name, "content-type")) ||
                 (content->saw_disposition && bytes_is_nocase(name, "content-disposition")) ||
                 (content->saw_encoding && bytes_is_nocase(name, "content-transfer-encoding"));
    content->repeated = (uint8_t)(content->repeated + (again && content->repeated < UINT8_MAX));
    if (bytes_is_nocase(name, "content-type") && !content->saw_type) {
        content->saw_type = true;
        take_type(emitter, content, value);
    } else if (bytes_is_nocase(name, "content-disposition") && !content->saw_disposition) {
        content->saw_disposition = true;
        take_disposition(emitter, content, value);
    } else if (bytes_is_nocase(name, "content-transfer-encoding") && !content->saw_encoding) {
        content->saw_encoding = true;
        content->encoding = encoding_of(value);
    }
}
