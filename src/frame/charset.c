/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Character sets of mail, by iconv. A name from the wire only chooses a row of our own list: iconv loads modules by
 * name, and some of its rarer ones have a history of overruns and hangs.
 */
#include "session_state.h"

#include "util/budget.h"

#include <errno.h>
#include <iconv.h>

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

struct converter {
    const char *name; /* as iconv calls it; NULL: free */
    iconv_t iconv;
};

struct charsets {
    struct budget *budget;
    struct converter converters[LIMIT_CHARSETS]; /* the one used last comes first */
};

void charsets_free(struct charsets *charsets)
{
    if (!charsets)
        return;
    for (size_t i = 0; i < LIMIT_CHARSETS; i++)
        if (charsets->converters[i].name)
            iconv_close(charsets->converters[i].iconv);
    budget_give(charsets->budget, charsets, sizeof *charsets);
}

static const char *iconv_name(struct bytes charset)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_is_nocase(charset, known[i].name))
            return known[i].iconv;
    return NULL;
}

/* NULL where iconv or memory refuses. */
static const struct converter *converter_for(struct session_shared *shared, const char *name)
{
    if (!shared->charsets) {
        shared->charsets = budget_take(shared->budget, sizeof *shared->charsets);
        if (!shared->charsets)
            return NULL;
        shared->charsets->budget = shared->budget;
    }
    struct converter *converters = shared->charsets->converters;
    size_t at = 0;
    while (at < LIMIT_CHARSETS && converters[at].name && strcmp(converters[at].name, name) != 0)
        at++;
    struct converter found;
    if (at < LIMIT_CHARSETS && converters[at].name) {
        found = converters[at];
    } else {
        found = (struct converter){name, iconv_open("UTF-8", name)};
        if (found.iconv == (iconv_t)-1) /* NOLINT: iconv's own way to say so */
            return NULL;
        if (at == LIMIT_CHARSETS)
            iconv_close(converters[--at].iconv);
    }
    memmove(converters + 1, converters, at * sizeof *converters);
    converters[0] = found;
    return &converters[0];
}

size_t emit_utf8(struct emitter *emitter, struct bytes charset, struct bytes text, void *ret_text, size_t room)
{
    const char *name = iconv_name(charset);
    const struct converter *converter = name ? converter_for(emitter->session->shared, name) : NULL;
    if (!converter || text.len == 0)
        return bytes_copy(ret_text, room, text);
    /* iconv takes a pointer that it does not write through. */
    char *in = (char *)(uintptr_t)text.at;
    char *out = ret_text;
    size_t in_left = text.len, out_left = room;
    iconv(converter->iconv, NULL, NULL, NULL, NULL);
    while (in_left > 0 && iconv(converter->iconv, &in, &in_left, &out, &out_left) == (size_t)-1) {
        if (errno == E2BIG || out_left == 0)
            break;
        /* A byte that means nothing here stays as it is. */
        *out++ = *in++;
        in_left--;
        out_left--;
    }
    if (in_left == 0)
        iconv(converter->iconv, NULL, NULL, &out, &out_left);
    return room - out_left;
}
