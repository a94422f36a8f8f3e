/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fingerprints of hellos: programs differ in what they offer and in which order.
 *
 * JA3 is the MD5 of `version,suites,extensions,groups,point formats`, decimal numbers joined with dashes; JA3S that of
 * the server's `version,suite,extensions`. JA4 is readable in its first part and independent of order in the two
 * others, truncated SHA-256 of sorted lists: `t13d1516h2_8daaf6152771_b186095e22b6`. GREASE is passed over in all of
 * them.
 */
#include "tls.h"

#include "overhear/digest.h"

enum { JA4_DIGITS = 12 };

static inline void add_byte(struct tls_scratch *scratch, unsigned c)
{
    if (scratch->length < sizeof scratch->text)
        scratch->text[scratch->length++] = (uint8_t)c;
}

enum { DECIMAL_DIGITS = 5, HEXADECIMAL_DIGITS = 4 };

/* Where so much may be written; the text was made to have room for the longest lists. NULL: it has not. */
static inline uint8_t *room_for(struct tls_scratch *scratch, size_t size)
{
    return sizeof scratch->text - scratch->length >= size ? scratch->text + scratch->length : NULL;
}

/* Of 16 bits. */
static inline void add_decimal(struct tls_scratch *scratch, unsigned number)
{
    uint8_t *to = room_for(scratch, DECIMAL_DIGITS);
    if (!to)
        return;
    const unsigned count = 1u + (number >= 10) + (number >= 100) + (number >= 1000) + (number >= 10000);
    for (unsigned i = count; i-- > 0; number /= 10)
        to[i] = (uint8_t)('0' + number % 10);
    scratch->length += count;
}

static inline void add_hexadecimal(struct tls_scratch *scratch, unsigned number)
{
    static const uint8_t digits[] = "0123456789abcdef";
    uint8_t *to = room_for(scratch, HEXADECIMAL_DIGITS);
    if (!to)
        return;
    to[0] = digits[number >> 12 & 15];
    to[1] = digits[number >> 8 & 15];
    to[2] = digits[number >> 4 & 15];
    to[3] = digits[number & 15];
    scratch->length += HEXADECIMAL_DIGITS;
}

static struct bytes text_of(const struct tls_scratch *scratch)
{
    return bytes_of(scratch->text, scratch->length);
}

/* --- JA3 --- */

struct dashes {
    struct tls_scratch *scratch;
    bool begun;
};

static inline void add_dashed(struct dashes *dashes, unsigned number)
{
    if (dashes->begun)
        add_byte(dashes->scratch, '-');
    dashes->begun = true;
    add_decimal(dashes->scratch, number);
}

static void add_dashed_list(struct tls_scratch *scratch, struct bytes list)
{
    struct dashes dashes = {scratch, false};
    struct reader r = reader_of(list);
    while (reader_left(&r) >= 2) {
        unsigned number = reader_u16(&r);
        if (!tls_is_grease(number))
            add_dashed(&dashes, number);
    }
}

static void add_dashed_extensions(struct tls_scratch *scratch, struct bytes extensions)
{
    struct dashes dashes = {scratch, false};
    struct reader r = reader_of(extensions);
    unsigned type;
    struct bytes body;
    while (tls_extension_next(&r, &type, &body))
        if (!tls_is_grease(type))
            add_dashed(&dashes, type);
}

static bool is_short(const struct tls_hello *hello)
{
    const size_t most = (size_t)2 * TLS_LIST_VALUES;
    return hello->ciphers.len <= most && hello->groups.len <= most && hello->signatures.len <= most &&
           hello->extension_count < TLS_LIST_VALUES;
}

bool tls_ja3(struct tls_scratch *scratch, const struct tls_hello *hello, char ret_hex[33])
{
    if (!is_short(hello))
        return false;
    scratch->length = 0;
    add_decimal(scratch, hello->version);
    add_byte(scratch, ',');
    add_dashed_list(scratch, hello->ciphers);
    add_byte(scratch, ',');
    add_dashed_extensions(scratch, hello->extensions);
    add_byte(scratch, ',');
    add_dashed_list(scratch, hello->groups);
    add_byte(scratch, ',');
    struct dashes dashes = {scratch, false};
    struct reader r = reader_of(hello->point_formats);
    while (reader_left(&r) > 0)
        add_dashed(&dashes, reader_u8(&r));
    digest_md5(text_of(scratch), ret_hex);
    return ret_hex[0] != 0;
}

bool tls_ja3s(struct tls_scratch *scratch, const struct tls_hello *hello, char ret_hex[33])
{
    if (hello->extension_count >= TLS_LIST_VALUES)
        return false;
    scratch->length = 0;
    add_decimal(scratch, hello->version);
    add_byte(scratch, ',');
    add_decimal(scratch, hello->cipher);
    add_byte(scratch, ',');
    add_dashed_extensions(scratch, hello->extensions);
    digest_md5(text_of(scratch), ret_hex);
    return ret_hex[0] != 0;
}

/* --- JA4 --- */

/* Shell's way of sorting, for at most TLS_LIST_VALUES numbers. */
static void sort(uint16_t *values, size_t count)
{
    static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        for (size_t i = gaps[g]; i < count; i++) {
            uint16_t value = values[i];
            size_t j = i;
            for (; j >= gaps[g] && values[j - gaps[g]] > value; j -= gaps[g])
                values[j] = values[j - gaps[g]];
            values[j] = value;
        }
    }
}

static size_t take_values(struct tls_scratch *scratch, struct bytes list)
{
    struct reader r = reader_of(list);
    size_t count = 0;
    while (reader_left(&r) >= 2 && count < TLS_LIST_VALUES) {
        unsigned value = reader_u16(&r);
        if (!tls_is_grease(value))
            scratch->values[count++] = (uint16_t)value;
    }
    return count;
}

/* `ret_all`: how many there are with the server's name and ALPN, which are not in the list. */
static size_t take_extensions(struct tls_scratch *scratch, struct bytes extensions, size_t *ret_all)
{
    struct reader r = reader_of(extensions);
    unsigned type;
    struct bytes body;
    size_t count = 0;
    *ret_all = 0;
    while (*ret_all < TLS_LIST_VALUES && tls_extension_next(&r, &type, &body)) {
        if (tls_is_grease(type))
            continue;
        ++*ret_all;
        if (type != 0 && type != 16)
            scratch->values[count++] = (uint16_t)type;
    }
    return count;
}

static void add_values(struct tls_scratch *scratch, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            add_byte(scratch, ',');
        add_hexadecimal(scratch, scratch->values[i]);
    }
}

static void add_signatures(struct tls_scratch *scratch, struct bytes list)
{
    struct reader r = reader_of(list);
    unsigned separator = '_';
    while (reader_left(&r) >= 2) {
        unsigned number = reader_u16(&r);
        if (tls_is_grease(number))
            continue;
        add_byte(scratch, separator);
        add_hexadecimal(scratch, number);
        separator = ',';
    }
}

/* The text so far becomes the digest that stands in its place in the result; nothing became zeros. */
static size_t put_digest(const struct tls_scratch *scratch, char *to)
{
    char hex[65];
    digest_sha256(text_of(scratch), hex);
    struct bytes digest = scratch->length > 0 ? bytes_text(hex) : bytes_text("000000000000");
    return bytes_copy(to, JA4_DIGITS, digest);
}

static const char *version_word(const struct tls_hello *hello)
{
    unsigned version = 0;
    struct reader r = reader_of(hello->versions);
    while (reader_left(&r) >= 2) {
        unsigned offered = reader_u16(&r);
        if (!tls_is_grease(offered) && offered > version)
            version = offered;
    }
    switch (version ? version : hello->version) {
    case 0x0304:
        return "13";
    case 0x0303:
        return "12";
    case 0x0302:
        return "11";
    case 0x0301:
        return "10";
    case 0x0300:
        return "s3";
    case 0x0002:
        return "s2";
    default:
        return "00";
    }
}

static bool is_alphanumeric(unsigned c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* First and last character of the first protocol; of their hexadecimal form where one is not a letter or digit. */
static void put_protocol(const struct tls_hello *hello, char ret_text[2])
{
    static const char digits[] = "0123456789abcdef";
    struct reader r = reader_of(hello->protocols);
    struct bytes name;
    ret_text[0] = ret_text[1] = '0';
    if (!tls_protocol_next(&r, &name) || name.len == 0)
        return;
    unsigned first = bytes_at(name, 0), last = bytes_at(name, name.len - 1);
    bool readable = is_alphanumeric(first) && is_alphanumeric(last);
    ret_text[0] = readable ? (char)first : digits[first >> 4];
    ret_text[1] = readable ? (char)last : digits[last & 15];
}

static size_t put_count(char *to, size_t count)
{
    if (count > 99)
        count = 99;
    to[0] = (char)('0' + count / 10);
    to[1] = (char)('0' + count % 10);
    return 2;
}

bool tls_ja4(struct tls_scratch *scratch, const struct tls_hello *hello, char ret_text[TLS_JA4_SIZE])
{
    size_t n = 0, all;
    if (!is_short(hello))
        return false;
    size_t count = take_values(scratch, hello->ciphers);
    ret_text[n++] = 't';
    n += bytes_copy(ret_text + n, 2, bytes_text(version_word(hello)));
    ret_text[n++] = hello->has_server_name ? 'd' : 'i';
    n += put_count(ret_text + n, count);
    size_t extensions_at = n;
    n += 2;
    put_protocol(hello, ret_text + n);
    n += 2;
    ret_text[n++] = '_';
    scratch->length = 0;
    sort(scratch->values, count);
    add_values(scratch, count);
    n += put_digest(scratch, ret_text + n);
    ret_text[n++] = '_';
    count = take_extensions(scratch, hello->extensions, &all);
    (void)put_count(ret_text + extensions_at, all);
    scratch->length = 0;
    sort(scratch->values, count);
    add_values(scratch, count);
    if (count > 0)
        add_signatures(scratch, hello->signatures);
    n += put_digest(scratch, ret_text + n);
    ret_text[n] = 0;
    return true;
}
