/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Addresses as text: dotted decimals, and RFC 5952 for IPv6. Like the resolver tools people compare with, it writes the
 * last 32 bits of IPv4-mapped and IPv4-compatible addresses as IPv4.
 */
#include "overhear/packet.h"

enum { WORDS = 8 };

static char *put_decimal(char *at, uint8_t value)
{
    if (value >= 100)
        *at++ = (char)('0' + value / 100);
    if (value >= 10)
        *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

static char *put_dotted(char *at, const uint8_t octets[4])
{
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            *at++ = '.';
        at = put_decimal(at, octets[i]);
    }
    return at;
}

static char *put_word(char *at, uint16_t word)
{
    static const char digits[] = "0123456789abcdef";
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = word >> shift & 0xf;
        begun = begun || digit != 0 || shift == 0;
        if (begun)
            *at++ = digits[digit];
    }
    return at;
}

struct run {
    int start, count;
};

/* The longest run of zero words, the first of equals; one word alone is not shortened. */
static struct run longest_zeros(const uint16_t words[WORDS])
{
    struct run best = {WORDS, 1}, now = {0, 0};
    for (int i = 0; i < WORDS; i++) {
        if (words[i] != 0) {
            now = (struct run){i + 1, 0};
            continue;
        }
        now.count++;
        if (now.count > best.count)
            best = now;
    }
    return best;
}

static char *put_ipv6(char *at, const uint8_t octets[16])
{
    uint16_t words[WORDS];
    for (int i = 0; i < WORDS; i++)
        words[i] = (uint16_t)(octets[2 * i] << 8 | octets[2 * i + 1]);
    struct run zeros = longest_zeros(words);
    bool ends_dotted = zeros.start == 0 && (zeros.count == 6 || (zeros.count == 5 && words[5] == 0xffff));
    int end = ends_dotted ? WORDS - 2 : WORDS;
    for (int i = 0; i < end; i++) {
        if (i == zeros.start) {
            *at++ = ':';
            *at++ = ':';
            i += zeros.count - 1;
            continue;
        }
        if (i > 0 && i != zeros.start + zeros.count)
            *at++ = ':';
        at = put_word(at, words[i]);
    }
    if (!ends_dotted)
        return at;
    if (zeros.count < 6)
        *at++ = ':';
    return put_dotted(at, octets + 12);
}

size_t address_text(const struct address *address, char ret_text[ADDRESS_TEXT_SIZE])
{
    char *end = ret_text;
    if (address->family == 4)
        end = put_dotted(end, address->octets);
    else if (address->family == 6)
        end = put_ipv6(end, address->octets);
    *end = '\0';
    return (size_t)(end - ret_text);
}
