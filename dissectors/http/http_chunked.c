/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The chunked transfer coding (RFC 9112 section 7.1):
 *
 *     size in hex [; extension] CRLF   size bytes of data CRLF   …   0 [; extension] CRLF   [trailers] CRLF
 *
 * The line end behind one chunk's data and the line before the next are taken together.
 */
#include "http.h"

/* The length of the line end that `pending` begins with: 1 or 2; 0: not there; -1: not whole yet. */
static int line_end(struct bytes pending)
{
    if (bytes_at(pending, 0) == '\n')
        return 1;
    if (bytes_at(pending, 0) != '\r')
        return 0;
    if (pending.len < 2)
        return -1;
    return bytes_at(pending, 1) == '\n' ? 2 : 0;
}

static bool is_hex(uint8_t c)
{
    uint8_t lower = byte_lower(c);
    return http_is_digit(c) || (lower >= 'a' && lower <= 'f');
}

struct framing http_chunk_framing(struct bytes pending, size_t seen, bool after_data)
{
    const struct framing more = {FRAMING_MORE, 0}, nonsense = {FRAMING_NONSENSE, 0};
    size_t begin = 0;
    if (after_data) {
        int end = line_end(pending);
        if (end <= 0)
            return end < 0 ? more : nonsense;
        begin = (size_t)end;
    }
    if (begin < pending.len) {
        uint8_t first = bytes_at(pending, begin);
        if (!is_hex(first) && first != ' ' && first != '\t')
            return nonsense;
    }
    size_t from = seen > begin ? seen : begin;
    struct bytes view = bytes_first(pending, HTTP_CHUNK_LINE_BYTES);
    size_t end = bytes_find(view, '\n', from);
    if (end < view.len)
        return (struct framing){FRAMING_MESSAGE, end + 1};
    return view.len < HTTP_CHUNK_LINE_BYTES ? more : nonsense;
}

bool http_chunk_size(struct bytes line, bool after_data, uint64_t *ret_size, bool *ret_bare)
{
    enum { DIGITS = 15 }; /* no chunk of 2^60 bytes was ever sent */
    struct bytes rest = line;
    if (after_data)
        http_take_line(&rest, ret_bare);
    rest = http_take_line(&rest, ret_bare);
    rest = bytes_trim(bytes_first(rest, bytes_find(rest, ';', 0)));
    while (rest.len > 1 && bytes_at(rest, 0) == '0')
        rest = bytes_skip(rest, 1);
    if (rest.len == 0 || rest.len > DIGITS)
        return false;
    uint64_t size = 0;
    for (size_t i = 0; i < rest.len; i++) {
        uint8_t c = byte_lower(bytes_at(rest, i));
        if (!is_hex(c))
            return false;
        size = size << 4 | (uint64_t)(http_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *ret_size = size;
    return true;
}
