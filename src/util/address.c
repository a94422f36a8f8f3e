/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Addresses as text: dotted decimals, and RFC 5952 for IPv6. Like the resolver tools people compare with, it writes the
 * last 32 bits of IPv4-mapped and IPv4-compatible addresses as IPv4.
 */
#include "overhear/packet.h"

enum { WORDS = 8 };

/* clang-format off */
/* Each octet with the dot behind it: one move of four bytes, of which the length tells how many count. */
static const char octet_texts[256][4] = {
    "0.", "1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9.", "10.", "11.", "12.", "13.", "14.", "15.", "16.",
    "17.", "18.", "19.", "20.", "21.", "22.", "23.", "24.", "25.", "26.", "27.", "28.", "29.", "30.", "31.", "32.",
    "33.", "34.", "35.", "36.", "37.", "38.", "39.", "40.", "41.", "42.", "43.", "44.", "45.", "46.", "47.", "48.",
    "49.", "50.", "51.", "52.", "53.", "54.", "55.", "56.", "57.", "58.", "59.", "60.", "61.", "62.", "63.", "64.",
    "65.", "66.", "67.", "68.", "69.", "70.", "71.", "72.", "73.", "74.", "75.", "76.", "77.", "78.", "79.", "80.",
    "81.", "82.", "83.", "84.", "85.", "86.", "87.", "88.", "89.", "90.", "91.", "92.", "93.", "94.", "95.", "96.",
    "97.", "98.", "99.", "100.", "101.", "102.", "103.", "104.", "105.", "106.", "107.", "108.", "109.", "110.",
    "111.", "112.", "113.", "114.", "115.", "116.", "117.", "118.", "119.", "120.", "121.", "122.", "123.", "124.",
    "125.", "126.", "127.", "128.", "129.", "130.", "131.", "132.", "133.", "134.", "135.", "136.", "137.", "138.",
    "139.", "140.", "141.", "142.", "143.", "144.", "145.", "146.", "147.", "148.", "149.", "150.", "151.", "152.",
    "153.", "154.", "155.", "156.", "157.", "158.", "159.", "160.", "161.", "162.", "163.", "164.", "165.", "166.",
    "167.", "168.", "169.", "170.", "171.", "172.", "173.", "174.", "175.", "176.", "177.", "178.", "179.", "180.",
    "181.", "182.", "183.", "184.", "185.", "186.", "187.", "188.", "189.", "190.", "191.", "192.", "193.", "194.",
    "195.", "196.", "197.", "198.", "199.", "200.", "201.", "202.", "203.", "204.", "205.", "206.", "207.", "208.",
    "209.", "210.", "211.", "212.", "213.", "214.", "215.", "216.", "217.", "218.", "219.", "220.", "221.", "222.",
    "223.", "224.", "225.", "226.", "227.", "228.", "229.", "230.", "231.", "232.", "233.", "234.", "235.", "236.",
    "237.", "238.", "239.", "240.", "241.", "242.", "243.", "244.", "245.", "246.", "247.", "248.", "249.", "250.",
    "251.", "252.", "253.", "254.", "255.",
};

static const uint8_t octet_lengths[256] = {
    2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
};
/* clang-format on */

static inline char *put_octet(char *at, uint8_t octet)
{
    memcpy(at, octet_texts[octet], 4);
    return at + octet_lengths[octet];
}

/* Four octets; a byte behind the text is written too. */
static inline char *put_dotted(char *at, const uint8_t octets[4])
{
    at = put_octet(at, octets[0]);
    at = put_octet(at, octets[1]);
    at = put_octet(at, octets[2]);
    return put_octet(at, octets[3]) - 1;
}

enum { WORD_DIGITS = 4, IPV6_DIGITS = WORDS * WORD_DIGITS };

/* The digits of all words, and a bit for each word that is zero. */
#if defined(__SSE2__)
#include <emmintrin.h>

static inline __m128i digits_of(__m128i nibbles)
{
    const __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9)), _mm_set1_epi8('a' - '0' - 10));
    return _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')), letters);
}

static inline unsigned spread(char digits[IPV6_DIGITS], const uint8_t octets[16])
{
    const __m128i all = _mm_loadu_si128((const __m128i *)(const void *)octets), low = _mm_set1_epi8(15);
    const __m128i first = _mm_and_si128(_mm_srli_epi16(all, 4), low), second = _mm_and_si128(all, low);
    _mm_storeu_si128((__m128i *)(void *)digits, digits_of(_mm_unpacklo_epi8(first, second)));
    _mm_storeu_si128((__m128i *)(void *)(digits + 16), digits_of(_mm_unpackhi_epi8(first, second)));
    const __m128i zeros = _mm_cmpeq_epi16(all, _mm_setzero_si128());
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(zeros, zeros)) & 0xff;
}

#else

static inline unsigned spread(char digits[IPV6_DIGITS], const uint8_t octets[16])
{
    static const char hex[] = "0123456789abcdef";
    unsigned zeros = 0;
    for (unsigned i = 0; i < 2 * WORDS; i++) {
        digits[2 * i] = hex[octets[i] >> 4];
        digits[2 * i + 1] = hex[octets[i] & 15];
        if (i % 2 == 1 && (octets[i - 1] | octets[i]) == 0)
            zeros |= 1u << i / 2;
    }
    return zeros;
}

#endif

struct run {
    unsigned start, count;
};

/* The longest run of zero words, the first of equals; one word alone is not shortened. */
static inline struct run longest_zeros(unsigned zeros)
{
    struct run run = {WORDS, 0};
    if ((zeros & zeros >> 1) == 0)
        return run;
    /* What is left begins a run of so many. */
    for (unsigned left = zeros; left > 0; left &= left >> 1) {
        run.start = (unsigned)__builtin_ctz(left);
        run.count++;
    }
    return run;
}

/* The words from `from` to `to` without leading zeros, with colons between them; the digits behind are written over. */
static inline char *put_words(char *at, const char digits[IPV6_DIGITS], const uint8_t octets[16], unsigned from,
                              unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        const unsigned word = (unsigned)octets[(size_t)2 * i] << 8 | octets[(size_t)2 * i + 1];
        const unsigned count = 1u + (word >= 0x10) + (word >= 0x100) + (word >= 0x1000);
        if (i > from)
            *at++ = ':';
        memcpy(at, digits + (size_t)i * WORD_DIGITS + WORD_DIGITS - count, WORD_DIGITS);
        at += count;
    }
    return at;
}

static char *put_ipv6(char *at, const uint8_t octets[16])
{
    char digits[IPV6_DIGITS + WORD_DIGITS]; /* of the last word more is read than it has */
    const struct run zeros = longest_zeros(spread(digits, octets));
    const bool ends_dotted = zeros.start == 0 &&
                             (zeros.count == 6 || (zeros.count == 5 && (octets[10] & octets[11]) == 0xff));
    const unsigned end = ends_dotted ? WORDS - 2 : WORDS;
    at = put_words(at, digits, octets, 0, zeros.start < end ? zeros.start : end);
    if (zeros.count > 0) {
        *at++ = ':';
        *at++ = ':';
        at = put_words(at, digits, octets, zeros.start + zeros.count, end);
    }
    if (!ends_dotted)
        return at;
    if (zeros.count < 6)
        *at++ = ':';
    return put_dotted(at, octets + 12);
}

size_t address_text_ipv4(const uint8_t octets[4], char ret_text[ADDRESS_TEXT_SIZE])
{
    char *end = put_dotted(ret_text, octets);
    *end = '\0';
    return (size_t)(end - ret_text);
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
