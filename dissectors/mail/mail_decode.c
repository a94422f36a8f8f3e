/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Transfer encodings, undone as they flow by: base64 and quoted-printable (RFC 2045 section 6), uuencode (POSIX).
 *
 * All are read leniently. Base64: whatever is not of its alphabet is passed over, and so is all that follows the
 * padding. Quoted-printable: an escape that is none stands as it is; white space at the end of a line goes, as the RFC
 * wants it, because it may have been added on the way.
 */
#include "mail_stream.h"

enum { OUT_BYTES = 2048 };

/* What was decoded and not yet handed on. */
struct output {
    const struct byte_sink *sink;
    uint64_t count;
    size_t length;
    uint8_t bytes[OUT_BYTES];
};

static void flush(struct output *output)
{
    if (output->sink && output->length > 0)
        output->sink->take(output->sink->context, bytes_of(output->bytes, output->length));
    output->count += output->length;
    output->length = 0;
}

static void put(struct output *output, unsigned byte)
{
    if (output->length == OUT_BYTES)
        flush(output);
    output->bytes[output->length++] = (uint8_t)byte;
}

static void put_bytes(struct output *output, struct bytes bytes)
{
    if (!output->sink) {
        output->count += bytes.len;
        return;
    }
    while (bytes.len > 0) {
        if (output->length == OUT_BYTES)
            flush(output);
        size_t count = bytes_copy(output->bytes + output->length, OUT_BYTES - output->length, bytes);
        output->length += count;
        bytes = bytes_skip(bytes, count);
    }
}

/* --- base64: of RFC 2045, so the two characters of the URL-safe alphabet are passed over like any other that does not
 * belong. A decoder for all kinds of base64 would take them. --- */

enum { PLAIN_BYTES = 1024, UNPLAIN_BYTES = 256 };

static bool is_white(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void count_character(struct mail_decoder *decoder, uint8_t c, uint64_t *characters)
{
    struct base64 *base64 = &decoder->base64;
    uint8_t lower = byte_lower(c);
    if (c == '=')
        base64->finished = true;
    else if (!base64->finished && ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
        ++*characters;
    else
        base64->odd |= !is_white(c);
}

/* How many bytes come out, without making them. */
static uint64_t count_base64(struct mail_decoder *decoder, struct bytes text)
{
    uint64_t characters = 0;
    while (text.len > 0) {
        size_t plain = decoder->base64.finished ? 0 : bytes_count_base64(text, &characters);
        struct bytes rest = bytes_first(bytes_skip(text, plain), UNPLAIN_BYTES);
        for (size_t i = 0; i < rest.len; i++)
            count_character(decoder, bytes_at(rest, i), &characters);
        text = bytes_skip(text, plain + rest.len);
    }
    uint64_t bits = decoder->base64.held + 6 * characters;
    decoder->base64.held = (uint8_t)(bits % 8);
    return bits / 8;
}

/* At most PLAIN_BYTES of the text, without - and _. Returns how many stand in `plain`. */
static size_t without_url_alphabet(struct mail_decoder *decoder, struct bytes text, uint8_t plain[PLAIN_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = bytes_at(text, i);
        bool is_url = c == '-' || c == '_';
        plain[length] = c;
        length += is_url ? 0 : 1;
        decoder->base64.odd |= is_url;
    }
    return length;
}

static bool has_url_alphabet(struct bytes text)
{
    return bytes_find(text, '-', 0) < text.len || bytes_find(text, '_', 0) < text.len;
}

static uint64_t decode_plain(struct mail_decoder *decoder, struct bytes text, const struct byte_sink *sink)
{
    uint8_t out[PLAIN_BYTES], plain[PLAIN_BYTES];
    if (has_url_alphabet(text))
        text = bytes_of(plain, without_url_alphabet(decoder, text, plain));
    size_t used, length = base64_piece(&decoder->base64, text, out, sizeof out, &used);
    if (length > 0)
        sink->take(sink->context, bytes_of(out, length));
    return length;
}

/* Apart, so that its buffer and that of the others do not stand on the stack together. */
__attribute__((noinline)) static uint64_t decode_base64(struct mail_decoder *decoder, struct bytes text,
                                                        const struct byte_sink *sink)
{
    uint64_t count = 0;
    if (decoder->resync) {
        size_t eol = bytes_find(text, '\n', 0);
        if (eol == text.len)
            return 0;
        decoder->resync = false;
        decoder->base64 = (struct base64){.odd = decoder->base64.odd};
        text = bytes_skip(text, eol);
    }
    if (!sink)
        count = count_base64(decoder, text);
    else
        for (; text.len > 0; text = bytes_skip(text, PLAIN_BYTES))
            count += decode_plain(decoder, bytes_first(text, PLAIN_BYTES), sink);
    decoder->odd |= decoder->base64.odd;
    return count;
}

/* --- quoted-printable: `held` is what may be an escape, or white space before the end of a line --- */

enum qp {
    QP_TEXT,
    QP_SPACE,        /* white space */
    QP_SPACE_RETURN, /* and a carriage return, which is not held */
    QP_EQUALS,       /* = */
    QP_HEX,          /* = and a digit */
    QP_SOFT,         /* = and white space */
    QP_SOFT_RETURN,  /* and a carriage return, which is not held */
};

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    uint8_t lower = byte_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static void qp_hold(struct mail_decoder *decoder, enum qp state, uint8_t c)
{
    decoder->state = (uint8_t)state;
    decoder->held[decoder->length++] = c;
}

/* What is held is text after all. */
static void qp_release(struct mail_decoder *decoder, struct output *output)
{
    put_bytes(output, bytes_of(decoder->held, decoder->length));
    if (decoder->state == QP_SPACE_RETURN || decoder->state == QP_SOFT_RETURN)
        put(output, '\r');
    decoder->odd |= decoder->state >= QP_EQUALS;
    decoder->length = 0;
    decoder->state = QP_TEXT;
}

static void qp_text(struct mail_decoder *decoder, struct output *output, uint8_t c)
{
    if (c == '=')
        qp_hold(decoder, QP_EQUALS, c);
    else if (c == ' ' || c == '\t')
        qp_hold(decoder, QP_SPACE, c);
    else
        put(output, c);
}

/* The end of a line: white space before it goes, and with a soft break the line end goes as well. */
static void qp_eol(struct mail_decoder *decoder, struct output *output)
{
    if (decoder->state == QP_SPACE_RETURN)
        put(output, '\r');
    if (decoder->state == QP_SPACE || decoder->state == QP_SPACE_RETURN)
        put(output, '\n');
    decoder->state = QP_TEXT;
    decoder->length = 0;
}

/* Can this byte still be part of what is held: white space at the end of a line, or of a soft break? */
static bool qp_goes_on(struct mail_decoder *decoder, uint8_t c)
{
    enum qp state = decoder->state;
    bool is_space = state == QP_SPACE;
    if (state != QP_SPACE && state != QP_EQUALS && state != QP_SOFT)
        return false;
    if (c == '\r')
        decoder->state = is_space ? QP_SPACE_RETURN : QP_SOFT_RETURN;
    else if ((c == ' ' || c == '\t') && decoder->length < MAIL_HELD_BYTES)
        qp_hold(decoder, is_space ? QP_SPACE : QP_SOFT, c);
    else
        return false;
    return true;
}

static void qp_byte(struct mail_decoder *decoder, struct output *output, uint8_t c)
{
    if (c == '\n' && decoder->state != QP_HEX) {
        qp_eol(decoder, output);
    } else if (qp_goes_on(decoder, c)) {
        return;
    } else if (decoder->state == QP_EQUALS && hex_digit(c) >= 0) {
        qp_hold(decoder, QP_HEX, c);
    } else if (decoder->state == QP_HEX && hex_digit(c) >= 0) {
        put(output, (unsigned)hex_digit(decoder->held[1]) << 4 | (unsigned)hex_digit(c));
        decoder->state = QP_TEXT;
        decoder->length = 0;
    } else {
        qp_release(decoder, output);
        qp_text(decoder, output, c);
    }
}

/* How much stands for itself: up to an escape, or to white space that may be at the end of a line. */
static size_t qp_plain(struct bytes text)
{
    size_t i = 0;
    for (; i < text.len; i++) {
        uint8_t c = bytes_at(text, i);
        if (c > '=' || (c != '=' && c != ' ' && c != '\t'))
            continue;
        uint8_t next = bytes_at(text, i + 1);
        if (c == '=' || i + 1 == text.len || next == ' ' || next == '\t' || next == '\r' || next == '\n')
            break;
    }
    return i;
}

static void decode_quoted_printable(struct mail_decoder *decoder, struct bytes text, struct output *output)
{
    while (text.len > 0) {
        size_t plain = decoder->state == QP_TEXT ? qp_plain(text) : 0;
        put_bytes(output, bytes_first(text, plain));
        text = bytes_skip(text, plain);
        if (text.len == 0)
            break;
        if (decoder->state == QP_TEXT)
            qp_text(decoder, output, bytes_at(text, 0));
        else
            qp_byte(decoder, output, bytes_at(text, 0));
        text = bytes_skip(text, 1);
    }
}

/* --- uuencode: `begin 644 name`, lines that begin with their length, `end` --- */

enum uu {
    UU_LINE, /* before the beginning: `length` characters of the word were found at the beginning of this line */
    UU_OTHER_LINE,
    UU_BEGIN_LINE,
    UU_LENGTH,
    UU_DATA, /* `length` characters of a group of four are held */
    UU_END,
};

static void uu_group(struct mail_decoder *decoder, struct output *output)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++)
        bits = bits << 6 | (i < decoder->length ? decoder->held[i] : 0u);
    for (unsigned shift = 16; decoder->left > 0; shift -= 8) {
        put(output, bits >> shift & 0xff);
        decoder->left--;
        if (shift == 0)
            break;
    }
    decoder->length = 0;
}

static void uu_search(struct mail_decoder *decoder, uint8_t c)
{
    struct bytes word = bytes_text("begin ");
    if (c == '\n') {
        decoder->state = decoder->state == UU_BEGIN_LINE ? UU_LENGTH : UU_LINE;
        decoder->length = 0;
    } else if (decoder->state == UU_LINE) {
        if (c != bytes_at(word, decoder->length))
            decoder->state = UU_OTHER_LINE;
        else if (++decoder->length == word.len)
            decoder->state = UU_BEGIN_LINE;
    }
}

static void uu_data(struct mail_decoder *decoder, struct output *output, uint8_t c)
{
    bool is_value = c >= ' ' && c <= '`';
    if (decoder->state == UU_LENGTH) {
        if (c == '\r' || c == '\n')
            return;
        decoder->state = is_value ? UU_DATA : UU_END;
        decoder->odd |= !is_value && c != 'e';
        decoder->left = is_value ? (c - ' ') & 0x3f : 0;
    } else if (c == '\n') {
        while (decoder->left > 0) /* spaces at the end got lost */
            uu_group(decoder, output);
        decoder->state = UU_LENGTH;
        decoder->length = 0;
    } else if (is_value && decoder->left > 0) {
        decoder->held[decoder->length++] = (c - ' ') & 0x3f;
        if (decoder->length == 4)
            uu_group(decoder, output);
    }
}

static void decode_uu(struct mail_decoder *decoder, struct bytes text, struct output *output)
{
    if (decoder->resync) {
        size_t eol = bytes_find(text, '\n', 0);
        if (eol == text.len)
            return;
        decoder->resync = false;
        decoder->length = decoder->left = 0;
        text = bytes_skip(text, eol);
    }
    for (size_t i = 0; i < text.len && decoder->state != UU_END; i++) {
        if (decoder->state < UU_LENGTH)
            uu_search(decoder, bytes_at(text, i));
        else
            uu_data(decoder, output, bytes_at(text, i));
    }
}

/* --- all of them --- */

uint64_t mail_decode(struct mail_decoder *decoder, struct bytes text, const struct byte_sink *sink)
{
    if (text.len == 0)
        return 0;
    if (decoder->encoding == MAIL_BASE64)
        return decode_base64(decoder, text, sink);
    if (decoder->encoding == MAIL_QUOTED_PRINTABLE || decoder->encoding == MAIL_UUENCODE) {
        struct output output;
        output.sink = sink;
        output.count = output.length = 0;
        if (decoder->encoding == MAIL_UUENCODE)
            decode_uu(decoder, text, &output);
        else
            decode_quoted_printable(decoder, text, &output);
        flush(&output);
        return output.count;
    }
    if (sink)
        sink->take(sink->context, text);
    return text.len;
}

uint64_t mail_decode_end(struct mail_decoder *decoder, const struct byte_sink *sink)
{
    struct output output;
    output.sink = sink;
    output.count = output.length = 0;
    if (decoder->encoding == MAIL_QUOTED_PRINTABLE && decoder->state == QP_HEX)
        qp_release(decoder, &output);
    if (decoder->encoding == MAIL_UUENCODE && decoder->state == UU_DATA)
        while (decoder->left > 0)
            uu_group(decoder, &output);
    flush(&output);
    return output.count;
}

/* Of base64 lines are as long as they are wide: 76 characters of 78 count, and four are three bytes. */
uint64_t mail_decode_gap(struct mail_decoder *decoder, uint64_t length)
{
    if (decoder->encoding == MAIL_QUOTED_PRINTABLE) {
        decoder->state = QP_TEXT;
        decoder->length = 0;
    }
    decoder->resync = decoder->encoding == MAIL_BASE64 || (decoder->encoding == MAIL_UUENCODE && decoder->state > 0);
    if (decoder->encoding == MAIL_UUENCODE && decoder->state == UU_DATA)
        decoder->state = UU_LENGTH;
    return decoder->resync ? length / 104 * 76 : length;
}
