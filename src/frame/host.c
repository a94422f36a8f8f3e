/* SPDX-License-Identifier: BSD-3-Clause
 *
 * For which host a tunnel is. The protocol that opens it names the host, and so may the one inside: who filters by the
 * one name can be told another than who connects by the other.
 */
#include "session_state.h"

/* Of an address, the last label is a number (so it is where browsers decide), or there is a colon. */
static bool is_address(struct bytes host)
{
    size_t from = host.len;
    if (bytes_find(host, ':', 0) < host.len)
        return true;
    while (from > 0 && bytes_at(host, from - 1) != '.')
        from--;
    const struct bytes last = bytes_skip(host, from);
    const bool is_hex = bytes_begin_nocase(last, "0x");
    for (size_t i = is_hex ? 2 : 0; i < last.len; i++) {
        const uint8_t c = bytes_at(last, i), lower = byte_lower(c);
        if (!(c >= '0' && c <= '9') && !(is_hex && lower >= 'a' && lower <= 'f'))
            return false;
    }
    return last.len > 0;
}

/* Nobody can aim at two names with one number. 0: it is none that could be compared. */
static uint64_t host_number(const struct session_shared *shared, struct bytes host)
{
    enum { LONGEST = 255 };
    uint8_t letters[LONGEST];
    if (host.len > 0 && bytes_at(host, host.len - 1) == '.')
        host = bytes_first(host, host.len - 1);
    if (host.len == 0 || host.len > LONGEST || is_address(host))
        return 0;
    for (size_t i = 0; i < host.len; i++) {
        letters[i] = byte_lower(bytes_at(host, i));
        if (letters[i] >= 0x80)
            return 0;
    }
    return siphash(&shared->host_key, letters, host.len) | 1;
}

void emit_meant_for(struct emitter *emitter, struct bytes host)
{
    emitter->session->state->meant_for = host_number(emitter->session->shared, host);
}

bool emit_may_be_for(const struct emitter *emitter, struct bytes host)
{
    const uint64_t meant_for = emitter->session->state->meant_for;
    if (meant_for == 0)
        return true;
    const uint64_t number = host_number(emitter->session->shared, host);
    return number == 0 || number == meant_for;
}
