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
/* clang-format on */

static inline char *put_octet(char *at, uint8_t octet)
{
    memcpy(at, octet_texts[octet], 4);
    return at + 2 + (octet >= 10) + (octet >= 100);
}

/* Four octets; a byte behind the text is written too. */
static inline char *put_dotted(char *at, const uint8_t octets[4])
{
    at = put_octet(at, octets[0]);
    at = put_octet(at, octets[1]);
    at = put_octet(at, octets[2]);
    return put_octet(at, octets[3]) - 1;
}

/* Without leading zeros; the digits behind are written over. */
static char *put_word(char *at, uint16_t word)
{
    static const char digits[] = "0123456789abcdef";
    unsigned count = 1u + (word >= 0x10) + (word >= 0x100) + (word >= 0x1000);
    unsigned left = (unsigned)word << 4 * (4 - count);
    at[0] = digits[left >> 12 & 0xf];
    at[1] = digits[left >> 8 & 0xf];
    at[2] = digits[left >> 4 & 0xf];
    at[3] = digits[left & 0xf];
    return at + count;
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
