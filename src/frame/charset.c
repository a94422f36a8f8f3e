/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Character sets of mail, by tables of ours where a byte is a character, else by iconv. A name from the wire only
 * chooses a row of our own list: iconv loads modules by name, and some of its rarer ones have a history of overruns and
 * hangs.
 */
#include "charset.h"

#include "overhear/analyzer.h"

#include "charset_tables.h"
#include "session_state.h"

#include "util/budget.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

/* What mail uses, with the aliases that senders write. */
struct charset {
    const char *name;
    const char *iconv;     /* its name there; NULL: it is UTF-8 already */
    const uint16_t *table; /* NULL: none, iconv does it */
};

static const struct charset known[] = {
    {"utf-8", NULL, NULL},
    {"utf8", NULL, NULL},
    {"us-ascii", NULL, NULL},
    {"ascii", NULL, NULL},
    {"iso-8859-1", "WINDOWS-1252", charset_windows_1252}, /* what senders who say so really use */
    {"latin1", "WINDOWS-1252", charset_windows_1252},
    {"iso-8859-2", "ISO-8859-2", charset_iso_8859_2},
    {"latin2", "ISO-8859-2", charset_iso_8859_2},
    {"iso-8859-3", "ISO-8859-3", charset_iso_8859_3},
    {"iso-8859-4", "ISO-8859-4", charset_iso_8859_4},
    {"iso-8859-5", "ISO-8859-5", charset_iso_8859_5},
    {"iso-8859-6", "ISO-8859-6", charset_iso_8859_6},
    {"iso-8859-7", "ISO-8859-7", charset_iso_8859_7},
    {"iso-8859-8", "ISO-8859-8", charset_iso_8859_8},
    {"iso-8859-8-i", "ISO-8859-8", charset_iso_8859_8},
    {"iso-8859-9", "ISO-8859-9", charset_iso_8859_9},
    {"iso-8859-10", "ISO-8859-10", charset_iso_8859_10},
    {"iso-8859-11", "ISO-8859-11", charset_iso_8859_11},
    {"iso-8859-13", "ISO-8859-13", charset_iso_8859_13},
    {"iso-8859-14", "ISO-8859-14", charset_iso_8859_14},
    {"iso-8859-15", "ISO-8859-15", charset_iso_8859_15},
    {"latin-9", "ISO-8859-15", charset_iso_8859_15},
    {"iso-8859-16", "ISO-8859-16", charset_iso_8859_16},
    {"windows-1250", "WINDOWS-1250", charset_windows_1250},
    {"cp1250", "WINDOWS-1250", charset_windows_1250},
    {"windows-1251", "WINDOWS-1251", charset_windows_1251},
    {"cp1251", "WINDOWS-1251", charset_windows_1251},
    {"windows-1252", "WINDOWS-1252", charset_windows_1252},
    {"cp1252", "WINDOWS-1252", charset_windows_1252},
    {"windows-1253", "WINDOWS-1253", charset_windows_1253},
    {"windows-1254", "WINDOWS-1254", charset_windows_1254},
    {"windows-1255", "WINDOWS-1255", NULL},
    {"windows-1256", "WINDOWS-1256", charset_windows_1256},
    {"windows-1257", "WINDOWS-1257", charset_windows_1257},
    {"windows-1258", "WINDOWS-1258", NULL},
    {"windows-874", "CP874", charset_cp874},
    {"tis-620", "TIS-620", charset_tis_620},
    {"koi8-r", "KOI8-R", charset_koi8_r},
    {"koi8-u", "KOI8-U", charset_koi8_u},
    {"macintosh", "MACINTOSH", charset_macintosh},
    {"iso-2022-jp", "ISO-2022-JP", NULL},
    {"shift_jis", "CP932", NULL},
    {"shift-jis", "CP932", NULL},
    {"sjis", "CP932", NULL},
    {"windows-31j", "CP932", NULL},
    {"euc-jp", "EUC-JP", NULL},
    {"iso-2022-kr", "ISO-2022-KR", NULL},
    {"euc-kr", "CP949", NULL},
    {"ks_c_5601-1987", "CP949", NULL},
    {"cp949", "CP949", NULL},
    {"gb2312", "GB18030", NULL},
    {"gbk", "GB18030", NULL},
    {"gb18030", "GB18030", NULL},
    {"big5", "CP950", NULL},
    {"big5-hkscs", "BIG5-HKSCS", NULL},
    {"utf-7", "UTF-7", NULL},
    {"utf-16", "UTF-16", NULL},
    {"utf-16le", "UTF-16LE", NULL},
    {"utf-16be", "UTF-16BE", NULL},
    {"utf-32", "UTF-32", NULL},
};

enum { KNOWN = sizeof known / sizeof *known };

struct charsets {
    struct budget *budget;     /* NULL: it stands on the heap */
    iconv_t converters[KNOWN]; /* of the row; aliases share that of the first of them */
    bool is_open[KNOWN];
};

static void close_all(struct charsets *charsets)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (charsets->is_open[i])
            iconv_close(charsets->converters[i]);
}

void charsets_free(struct charsets *charsets)
{
    if (!charsets)
        return;
    close_all(charsets);
    if (charsets->budget)
        budget_give(charsets->budget, charsets, sizeof *charsets);
    else
        free(charsets);
}

/* KNOWN where it is none of ours, or UTF-8 already. */
static size_t find_row(struct bytes charset)
{
    size_t row = 0;
    while (row < KNOWN && !bytes_is_nocase(charset, known[row].name))
        row++;
    if (row == KNOWN || !known[row].iconv)
        return KNOWN;
    for (size_t first = 0; first < row && !known[row].table; first++)
        if (known[first].iconv && strcmp(known[first].iconv, known[row].iconv) == 0)
            return first;
    return row;
}

/* The descriptor is kept, and closed with the others. */
ANALYZER_IS_WRONG("-Wanalyzer-malloc-leak")
static bool open_row(struct charsets *charsets, size_t row)
{
    if (!charsets->is_open[row]) {
        charsets->converters[row] = iconv_open("UTF-8", known[row].iconv);
        charsets->is_open[row] = charsets->converters[row] != (iconv_t)-1; /* NOLINT: iconv's own way to say so */
    }
    return charsets->is_open[row];
}
ANALYZER_MAY_BE_RIGHT

struct charsets *charsets_load(void)
{
    struct charsets *charsets = calloc(1, sizeof *charsets);
    for (size_t i = 0; charsets && i < KNOWN; i++)
        if (!known[i].table && find_row(bytes_text(known[i].name)) == i)
            (void)open_row(charsets, i); /* what the system does not have is not needed later either */
    return charsets;
}

/* NULL where iconv or memory refuses. */
static iconv_t *converter_for(struct session_shared *shared, size_t row)
{
    if (!shared->charsets) {
        shared->charsets = budget_take(shared->budget, sizeof *shared->charsets);
        if (!shared->charsets)
            return NULL;
        shared->charsets->budget = shared->budget;
    }
    return open_row(shared->charsets, row) ? &shared->charsets->converters[row] : NULL;
}

/* UTF-8 of a character of the first plane; returns its length. */
static size_t encode(uint16_t character, uint8_t ret_bytes[3])
{
    if (character < 0x80) {
        ret_bytes[0] = (uint8_t)character;
        return 1;
    }
    ret_bytes[0] = (uint8_t)(0xc0 | character >> 6);
    if (character < 0x800) {
        ret_bytes[1] = (uint8_t)(0x80 | (character & 0x3f));
        return 2;
    }
    ret_bytes[0] = (uint8_t)(0xe0 | character >> 12);
    ret_bytes[1] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
    ret_bytes[2] = (uint8_t)(0x80 | (character & 0x3f));
    return 3;
}

static size_t convert_by_table(const uint16_t *table, struct bytes text, uint8_t *ret_text, size_t room)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = bytes_at(text, i);
        uint16_t character = byte < CHARSET_TABLE ? byte : table[byte - CHARSET_TABLE];
        uint8_t encoded[3] = {byte}; /* one that means nothing here stays as it is */
        size_t count = character == 0 ? 1 : encode(character, encoded);
        if (room - length < count)
            break;
        memcpy(ret_text + length, encoded, count);
        length += count;
    }
    return length;
}

static size_t convert_by_iconv(iconv_t converter, struct bytes text, char *ret_text, size_t room)
{
    /* iconv takes a pointer that it does not write through. */
    char *in = (char *)(uintptr_t)text.at;
    char *out = ret_text;
    size_t in_left = text.len, out_left = room;
    iconv(converter, NULL, NULL, NULL, NULL);
    while (in_left > 0 && iconv(converter, &in, &in_left, &out, &out_left) == (size_t)-1) {
        if (errno == E2BIG || out_left == 0)
            break;
        /* A byte that means nothing here stays as it is. */
        *out++ = *in++;
        in_left--;
        out_left--;
    }
    if (in_left == 0)
        iconv(converter, NULL, NULL, &out, &out_left);
    return room - out_left;
}

size_t emit_utf8(struct emitter *emitter, struct bytes charset, struct bytes text, void *ret_text, size_t room)
{
    size_t row = text.len > 0 ? find_row(charset) : KNOWN;
    if (row < KNOWN && known[row].table)
        return convert_by_table(known[row].table, text, ret_text, room);
    iconv_t *converter = row < KNOWN ? converter_for(emitter->session->shared, row) : NULL;
    return converter ? convert_by_iconv(*converter, text, ret_text, room) : bytes_copy(ret_text, room, text);
}
