/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Character sets of mail, by iconv. A name from the wire only chooses a row of our own list: iconv loads modules by
 * name, and some of its rarer ones have a history of overruns and hangs.
 */
#include "charset.h"

#include "session_state.h"

#include "util/budget.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

/* What mail uses, with the aliases that senders write. `iconv`: NULL: it is UTF-8 already. */
struct charset {
    const char *name;
    const char *iconv;
};

static const struct charset known[] = {
    {"utf-8", NULL},
    {"utf8", NULL},
    {"us-ascii", NULL},
    {"ascii", NULL},
    {"iso-8859-1", "WINDOWS-1252"}, /* what senders who say so really use */
    {"latin1", "WINDOWS-1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "ISO-8859-9"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "ISO-8859-11"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"latin-9", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "WINDOWS-1250"},
    {"cp1250", "WINDOWS-1250"},
    {"windows-1251", "WINDOWS-1251"},
    {"cp1251", "WINDOWS-1251"},
    {"windows-1252", "WINDOWS-1252"},
    {"cp1252", "WINDOWS-1252"},
    {"windows-1253", "WINDOWS-1253"},
    {"windows-1254", "WINDOWS-1254"},
    {"windows-1255", "WINDOWS-1255"},
    {"windows-1256", "WINDOWS-1256"},
    {"windows-1257", "WINDOWS-1257"},
    {"windows-1258", "WINDOWS-1258"},
    {"windows-874", "CP874"},
    {"tis-620", "TIS-620"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"cp949", "CP949"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "CP950"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"utf-7", "UTF-7"},
    {"utf-16", "UTF-16"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"utf-32", "UTF-32"},
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
    for (size_t first = 0; first < row; first++)
        if (known[first].iconv && strcmp(known[first].iconv, known[row].iconv) == 0)
            return first;
    return row;
}

static bool open_row(struct charsets *charsets, size_t row)
{
    if (!charsets->is_open[row]) {
        charsets->converters[row] = iconv_open("UTF-8", known[row].iconv);
        charsets->is_open[row] = charsets->converters[row] != (iconv_t)-1; /* NOLINT: iconv's own way to say so */
    }
    return charsets->is_open[row];
}

struct charsets *charsets_load(void)
{
    struct charsets *charsets = calloc(1, sizeof *charsets);
    for (size_t i = 0; charsets && i < KNOWN; i++)
        if (find_row(bytes_text(known[i].name)) == i)
            (void)open_row(charsets, i); /* what the system does not have is not needed later either */
    return charsets;
}

/* NULL where iconv or memory refuses, or none is needed. */
static iconv_t *converter_for(struct session_shared *shared, struct bytes charset)
{
    size_t row = find_row(charset);
    if (row == KNOWN)
        return NULL;
    if (!shared->charsets) {
        shared->charsets = budget_take(shared->budget, sizeof *shared->charsets);
        if (!shared->charsets)
            return NULL;
        shared->charsets->budget = shared->budget;
    }
    return open_row(shared->charsets, row) ? &shared->charsets->converters[row] : NULL;
}

size_t emit_utf8(struct emitter *emitter, struct bytes charset, struct bytes text, void *ret_text, size_t room)
{
    iconv_t *converter = text.len > 0 ? converter_for(emitter->session->shared, charset) : NULL;
    if (!converter)
        return bytes_copy(ret_text, room, text);
    /* iconv takes a pointer that it does not write through. */
    char *in = (char *)(uintptr_t)text.at;
    char *out = ret_text;
    size_t in_left = text.len, out_left = room;
    iconv(*converter, NULL, NULL, NULL, NULL);
    while (in_left > 0 && iconv(*converter, &in, &in_left, &out, &out_left) == (size_t)-1) {
        if (errno == E2BIG || out_left == 0)
            break;
        /* A byte that means nothing here stays as it is. */
        *out++ = *in++;
        in_left--;
        out_left--;
    }
    if (in_left == 0)
        iconv(*converter, NULL, NULL, &out, &out_left);
    return room - out_left;
}
