/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text that ends with a line that is only a period (RFC 5321 section 4.5.2, RFC 1939 section 3). The sender doubles
 * the period of every line that begins with one; here it is taken off again.
 *
 * The text is given out in pieces that end where the next one has to be looked at: before a line that begins with a
 * period, and before a CR at the end of what is there, so that a CRLF is never in two pieces. A line that begins
 * behind a bare LF is one only where the sender's lines end so: a strict reader takes nothing off it and does not stop
 * at it.
 */
#include "overhear/text.h"

/* How a line that is only a period ends; 0: it is more than that; -1: not known yet. */
enum { LONE_UNKNOWN = -1, LONE_NOT = 0, LONE_LF = 2, LONE_CRLF = 3 };

static int lone_period(struct bytes pending)
{
    if (pending.len < LONE_LF)
        return LONE_UNKNOWN;
    if (bytes_at(pending, 1) == '\n')
        return LONE_LF;
    if (bytes_at(pending, 1) != '\r')
        return LONE_NOT;
    if (pending.len < LONE_CRLF)
        return LONE_UNKNOWN;
    return bytes_at(pending, 2) == '\n' ? LONE_CRLF : LONE_NOT;
}

/* Up to the next line that begins with a period. */
static size_t piece_length(struct bytes pending)
{
    size_t end = bytes_find_pair(pending, '\n', '.', 0);
    if (end < pending.len)
        return end + 1;
    return bytes_at(pending, pending.len - 1) == '\r' ? pending.len - 1 : pending.len;
}

struct framing framing_dot(struct dot *dot, struct bytes pending)
{
    if (!dot->inside_line && bytes_at(pending, 0) == '.') {
        int lone = lone_period(pending);
        if (lone == LONE_UNKNOWN)
            return (struct framing){FRAMING_MORE, 0};
        if (lone != LONE_NOT) {
            bool bare_before = dot->after_bare, bare_after = lone == LONE_LF;
            if (dot->accepts_bare ? bare_before != bare_after : bare_before || bare_after)
                dot->ambiguous = true;
            if (dot->accepts_bare || (!bare_before && !bare_after))
                return (struct framing){FRAMING_MESSAGE, (uint64_t)lone};
        }
    }
    size_t length = pending.len > 0 ? piece_length(pending) : 0;
    if (length == 0)
        return (struct framing){FRAMING_MORE, 0};
    return (struct framing){FRAMING_PIECE, length};
}

/* CR period CR: some readers end a line with CR alone. The CR that waits for what follows it is in no piece
 * yet, so one before a period is in the same piece as that. */
static bool has_lone_returns(struct dot *dot, struct bytes piece)
{
    bool found = dot->lone_return && bytes_at(piece, 0) == '\r';
    size_t at = bytes_find_pair(piece, '\r', '.', 0);
    for (; at < piece.len && !found; at = bytes_find_pair(piece, '\r', '.', at + 1))
        found = bytes_at(piece, at + 2) == '\r';
    dot->lone_return = piece.len >= 2 && bytes_at(piece, piece.len - 1) == '.' &&
                       bytes_at(piece, piece.len - 2) == '\r';
    return found;
}

struct bytes dot_unstuff(struct dot *dot, struct bytes piece)
{
    if (piece.len == 0)
        return piece;
    dot->ambiguous = dot->ambiguous || has_lone_returns(dot, piece);
    bool doubled = !dot->inside_line && bytes_at(piece, 0) == '.' && (dot->accepts_bare || !dot->after_bare);
    dot->inside_line = bytes_at(piece, piece.len - 1) != '\n';
    bool bare = piece.len < 2 || bytes_at(piece, piece.len - 2) != '\r';
    if (piece.len == 1 && dot->torn) /* its CR is among what is lost, unless this sender sends none */
        bare = dot->accepts_bare;
    dot->after_bare = !dot->inside_line && bare;
    dot->torn = false;
    return doubled ? bytes_skip(piece, 1) : piece;
}

void dot_lose(struct dot *dot)
{
    dot->inside_line = dot->torn = true;
    dot->lone_return = false;
}
