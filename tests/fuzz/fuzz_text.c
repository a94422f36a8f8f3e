/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Wire bytes become text: what comes out is checked, not only that nothing breaks. The first byte chooses the limit.
 */
#include "harness.h"

#include "output/layout.h"
#include "output/text.h"
#include "util/utf8.h"

/* Valid UTF-8 without control characters; for JSON also without a bare quote. */
static void check_text(struct bytes text, bool is_json)
{
    bool escaped = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t character = 0;
        size_t length = utf8_character(text, at, &character);
        demand(length > 0);
        demand(character >= 0x20 && !(character >= 0x7f && character <= 0x9f));
        demand(!is_json || escaped || character != '"');
        escaped = is_json && !escaped && character == '\\';
        at += length;
    }
    demand(!escaped);
}

/* Back to the wire: `text` is what the terminal was given. */
static size_t undo(struct bytes text, uint8_t *wire)
{
    size_t length = 0;
    for (size_t at = 0; at < text.len;) {
        char digits[3] = {(char)bytes_at(text, at + 2), (char)bytes_at(text, at + 3), '\0'};
        char *end = digits;
        unsigned long byte = strtoul(digits, &end, 16);
        bool is_escape = bytes_at(text, at) == '\\' && bytes_at(text, at + 1) == 'x' && end == digits + 2 &&
                         !strpbrk(digits, " +-xX\t\n\v\f\r");
        wire[length++] = is_escape ? (uint8_t)byte : bytes_at(text, at);
        at += is_escape ? 4 : 1;
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_buffer text = {0};
    struct bytes wire = bytes_skip(bytes_of(data, size), 1);
    size_t limit = bytes_at(bytes_of(data, size), 0) & 1 ? SIZE_MAX : bytes_at(bytes_of(data, size), 0);

    bool whole = text_add_json(&text, wire, limit);
    demand(whole == (wire.len <= limit));
    check_text(bytes_of(text.at, text.length), true);

    text.length = 0;
    text_add_terminal(&text, wire, limit);
    check_text(bytes_of(text.at, text.length), false);
    uint8_t *back = malloc(text.length + 1);
    demand(back != NULL);
    size_t length = undo(bytes_of(text.at, text.length), back);
    demand(bytes_equal(bytes_of(back, length), bytes_first(wire, length)));
    demand(length <= limit && length + 3 >= (wire.len < limit ? wire.len : limit));
    free(back);

    /* Laid out, nothing is wider than the page. */
    struct text_buffer page = {0};
    struct pen pen = {.page = &page, .right = 40, .indent = 4};
    pen_write(&pen, text.at, text.length);
    demand(pen.widest <= 40);
    text_buffer_done(&page);
    text_buffer_done(&text);
    return 0;
}
