/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ready framers for dissectors.
 */
#include "overhear/dissector.h"

struct framing framing_line(struct bytes pending, size_t seen)
{
    size_t end = bytes_find(pending, '\n', seen);
    if (end == pending.len)
        return (struct framing){FRAMING_MORE, 0};
    return (struct framing){FRAMING_MESSAGE, end + 1};
}

struct framing framing_length16(struct bytes pending)
{
    struct reader r = reader_of(pending);
    uint16_t length = reader_u16(&r);
    if (!reader_ok(&r))
        return (struct framing){FRAMING_MORE, 0};
    return (struct framing){FRAMING_MESSAGE, 2u + length};
}
