/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of files, and what they hide. Mail programs choose by the extension what opens a file, and people by what they
 * see of the name.
 */
#include "mail_header.h"

#include "overhear/text.h"

enum { EXTENSION_BYTES = 16 }; /* with the period before it, as in a file record */

struct bytes mail_name_extension(struct bytes name)
{
    for (size_t i = name.len; i-- > 1;)
        if (bytes_at(name, i) == '.')
            return bytes_skip(name, name.len - i <= EXTENSION_BYTES ? i + 1 : name.len);
    return bytes_first(name, 0);
}

static bool is_among(struct bytes extension, const char *const *list)
{
    return text_find_word(list, bytes_trim(extension)) >= 0;
}

/* A program of Windows behind a document: many programs do not show the last extension. */
static bool has_two_extensions(struct bytes name)
{
    static const char *const programs[] = {"BAT", "CMD", "COM", "CPL", "EXE", "HTA", "JAR", "JS",  "JSE", "LNK",
                                           "MSI", "PIF", "PS1", "SCR", "VBE", "VBS", "WSF", "WSH", NULL};
    static const char *const documents[] = {"CSV", "DOC", "DOCX", "GIF", "HTM", "HTML", "JPEG", "JPG", "ODT", "PDF",
                                            "PNG", "PPT", "PPTX", "RTF", "TXT", "XLS",  "XLSX", "ZIP", NULL};
    struct bytes last = mail_name_extension(name);
    if (last.len == 0 || !is_among(last, programs))
        return false;
    struct bytes before = bytes_first(name, name.len - last.len - 1);
    return is_among(mail_name_extension(bytes_trim(before)), documents);
}

/* Bidirectional controls (Unicode standard annex 9) and characters of no width: the end of three bytes of UTF-8. */
static bool is_invisible(uint8_t second, uint8_t third)
{
    if (second == 0x80)
        return (third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae);
    return second == 0x81 && third >= 0xa6 && third <= 0xa9;
}

static bool has_invisible(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = bytes_at(name, i);
        bool is_control = (c < ' ' && c != '\t') || c == 0x7f;
        if (is_control || (c == 0xe2 && is_invisible(bytes_at(name, i + 1), bytes_at(name, i + 2))))
            return true;
    }
    return false;
}

bool mail_name_deceives(struct bytes name)
{
    return has_invisible(name) || has_two_extensions(name);
}
