/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A line of a listing. Only MLSD's form is a standard; LIST sends what the server's system prints, in the end one of
 * these:
 *
 *     type=file;size=12;modify=20261122140205;perm=r; name      MLSD, RFC 3659 section 7
 *     -rw-r--r--   1 root  wheel   12 Nov 22 14:02 name         ls -l
 *     11-22-26  02:02PM                 12 name                 DIR
 *     +i8388621.48594,m825718503,r,s280,\tname                  EPLF
 */
#include "ftp.h"

enum { TIME_BYTES = 32 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static void begin_entry(struct record *record, const char *type)
{
    record_group_begin(record, FTP_LISTING);
    if (type)
        record_word(record, FTP_ENTRY_TYPE, type);
}

static void record_size(struct record *record, struct bytes digits)
{
    uint64_t size;
    if (text_number(digits, &size))
        record_integer(record, FTP_ENTRY_SIZE, (int64_t)size);
}

static void record_not_empty(struct record *record, unsigned field, struct bytes text)
{
    if (text.len > 0)
        record_text(record, field, text);
}

/* --- MLSD --- */

/* The value of a fact; no bytes: it is not there. */
static struct bytes fact(struct bytes facts, const char *name)
{
    while (facts.len > 0) {
        size_t end = bytes_find(facts, ';', 0);
        struct bytes one = bytes_first(facts, end);
        size_t equals = bytes_find(one, '=', 0);
        if (bytes_is_nocase(bytes_first(one, equals), name))
            return bytes_skip(one, equals + 1);
        facts = bytes_skip(facts, end + 1);
    }
    return bytes_of(NULL, 0);
}

static const char *mlsd_type(struct bytes type)
{
    if (bytes_is_nocase(type, "file"))
        return "file";
    if (bytes_is_nocase(type, "dir") || bytes_is_nocase(type, "cdir") || bytes_is_nocase(type, "pdir"))
        return "directory";
    if (bytes_begin_nocase(type, "OS.unix=slink") || bytes_begin_nocase(type, "OS.unix=symlink"))
        return "link";
    return type.len > 0 ? "other" : NULL;
}

/* 20261122140205 as 2026-11-22T14:02:05Z. */
static void record_mlsd_time(struct record *record, struct bytes time)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    uint8_t text[TIME_BYTES];
    size_t from = 0;
    int64_t ns;
    if (!ftp_parse_time(time, &ns)) {
        record_not_empty(record, FTP_ENTRY_MODIFIED, time);
        return;
    }
    for (size_t i = 0; i < sizeof form - 1; i++)
        text[i] = form[i] == 'd' ? bytes_at(time, from++) : (uint8_t)form[i];
    record_text(record, FTP_ENTRY_MODIFIED, bytes_of(text, sizeof form - 1));
}

static bool take_mlsd(struct record *record, struct bytes line)
{
    size_t space = bytes_find(line, ' ', 0);
    struct bytes facts = bytes_first(line, space), name = bytes_skip(line, space + 1);
    if (name.len == 0 || (facts.len > 0 && bytes_find(facts, '=', 0) == facts.len))
        return false;
    if (!record)
        return true;
    struct bytes permissions = fact(facts, "UNIX.mode"), size = fact(facts, "size");
    begin_entry(record, mlsd_type(fact(facts, "type")));
    record_not_empty(record, FTP_ENTRY_PERMISSIONS, permissions.len > 0 ? permissions : fact(facts, "perm"));
    record_not_empty(record, FTP_ENTRY_OWNER, fact(facts, "UNIX.owner"));
    record_size(record, size.len > 0 ? size : fact(facts, "sizd"));
    record_mlsd_time(record, fact(facts, "modify"));
    record_text(record, FTP_ENTRY_NAME, name);
    record_group_end(record);
    return true;
}

/* --- ls -l --- */

static bool is_month(struct bytes word)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                         "Aug", "Sep", "Oct", "Nov", "Dec", NULL};
    return text_find_word(months, word) >= 0;
}

static bool is_number(struct bytes word)
{
    uint64_t number;
    return text_number(word, &number);
}

/* 14:02 or 2026 */
static bool is_clock(struct bytes word)
{
    size_t colon = bytes_find(word, ':', 0);
    if (colon == word.len)
        return word.len == 4 && is_number(word);
    return is_number(bytes_first(word, colon)) && is_number(bytes_slice(word, colon + 1, 2));
}

/* 2026-11-22 */
static bool is_date(struct bytes word)
{
    return word.len == 10 && bytes_at(word, 4) == '-' && bytes_at(word, 7) == '-' && is_number(bytes_first(word, 4));
}

/* `Nov 22 14:02`, `22 Nov 2026`, `2026-11-22 14:02` at the beginning: how long it is; 0: it is no time. */
static size_t time_length(struct bytes text)
{
    struct bytes rest = text, a, b, c;
    if (!text_word_next(&rest, &a) || !text_word_next(&rest, &b))
        return 0;
    if (is_date(a) && is_clock(bytes_first(b, 5)))
        return bytes_offset(text, b) + b.len;
    if (!text_word_next(&rest, &c) || !is_clock(c))
        return 0;
    if ((is_month(a) && is_number(b)) || (is_number(a) && is_month(b)))
        return bytes_offset(text, c) + c.len;
    return 0;
}

static const char *ls_type(uint8_t c)
{
    switch (c) {
    case '-':
        return "file";
    case 'd':
        return "directory";
    case 'l':
        return "link";
    default:
        return "other";
    }
}

static bool is_mode(struct bytes word)
{
    static const char types[] = "-dlbcpsD", letters[] = "-rwxsStTlL";
    if (word.len < 10 || bytes_find(bytes_text(types), bytes_at(word, 0), 0) == sizeof types - 1)
        return false;
    for (size_t i = 1; i < 10; i++)
        if (bytes_find(bytes_text(letters), bytes_at(word, i), 0) == sizeof letters - 1)
            return false;
    return true;
}

static void record_ls_name(struct record *record, struct bytes name, bool is_link)
{
    size_t arrow = is_link ? ftp_find_text(name, bytes_text(" -> "), 0) : name.len;
    record_text(record, FTP_ENTRY_NAME, bytes_first(name, arrow));
    if (arrow < name.len)
        record_text(record, FTP_ENTRY_TARGET, bytes_skip(name, arrow + 4));
}

enum { LS_COLUMNS = 5 };

/* Of `links owner group size`, where links and group may be missing. */
static struct bytes owner_of(const struct bytes columns[LS_COLUMNS], unsigned count)
{
    unsigned at = count > 0 && is_number(columns[0]) ? 1 : 0;
    return at + 1 < count ? columns[at] : bytes_of(NULL, 0);
}

/* Behind the mode the time is looked for, because a column before it may be missing. */
static bool take_ls(struct record *record, struct bytes line)
{
    struct bytes rest = line, mode, columns[LS_COLUMNS];
    unsigned count = 0;
    size_t length = 0;
    if (!text_word_next(&rest, &mode) || !is_mode(mode))
        return false;
    while (count < LS_COLUMNS && length == 0 && text_word_next(&rest, &columns[count])) {
        count++;
        length = time_length(rest);
    }
    struct bytes time = bytes_trim(bytes_first(rest, length)), name = bytes_skip(rest, length + 1);
    if (length == 0 || name.len == 0)
        return false;
    if (!record)
        return true;
    begin_entry(record, ls_type(bytes_at(mode, 0)));
    record_text(record, FTP_ENTRY_PERMISSIONS, mode);
    record_not_empty(record, FTP_ENTRY_OWNER, owner_of(columns, count));
    record_size(record, columns[count - 1]);
    record_text(record, FTP_ENTRY_MODIFIED, time);
    record_ls_name(record, name, bytes_at(mode, 0) == 'l');
    record_group_end(record);
    return true;
}

/* --- DIR --- */

static bool take_dir(struct record *record, struct bytes line)
{
    struct bytes rest = line, date, clock, size;
    if (!text_word_next(&rest, &date) || !text_word_next(&rest, &clock) || !text_word_next(&rest, &size) ||
        date.len < 8 || !is_digit(bytes_at(date, 0)) || bytes_at(date, 2) != bytes_at(date, 5) ||
        bytes_at(clock, 2) != ':')
        return false;
    bool is_directory = bytes_is_nocase(size, "<DIR>");
    struct bytes name = bytes_trim(rest);
    if (name.len == 0 || (!is_directory && !is_number(size)))
        return false;
    if (!record)
        return true;
    begin_entry(record, is_directory ? "directory" : "file");
    record_size(record, size);
    record_text(record, FTP_ENTRY_MODIFIED, bytes_first(line, bytes_offset(line, clock) + clock.len));
    record_text(record, FTP_ENTRY_NAME, name);
    record_group_end(record);
    return true;
}

/* --- EPLF (https://cr.yp.to/ftp/list/eplf.html) --- */

static bool take_eplf(struct record *record, struct bytes line)
{
    size_t tab = bytes_find(line, '\t', 0);
    struct bytes facts = bytes_slice(line, 1, tab - 1), name = bytes_skip(line, tab + 1), size = {NULL, 0};
    const char *type = NULL;
    if (bytes_at(line, 0) != '+' || name.len == 0)
        return false;
    while (record && facts.len > 0) {
        size_t comma = bytes_find(facts, ',', 0);
        struct bytes one = bytes_first(facts, comma);
        if (bytes_is(one, "/"))
            type = "directory";
        else if (bytes_is(one, "r"))
            type = type ? type : "file";
        else if (bytes_at(one, 0) == 's')
            size = bytes_skip(one, 1);
        facts = bytes_skip(facts, comma + 1);
    }
    if (!record)
        return true;
    begin_entry(record, type);
    record_size(record, size);
    record_text(record, FTP_ENTRY_NAME, name);
    record_group_end(record);
    return true;
}

static void take_text(struct record *record, unsigned field, struct bytes line)
{
    if (!record)
        return;
    begin_entry(record, NULL);
    record_text(record, field, line);
    record_group_end(record);
}

bool ftp_listing_line(struct record *record, enum ftp_kind kind, struct bytes line)
{
    struct bytes rest = line, word;
    if (bytes_trim(line).len == 0)
        return false;
    if (kind == FTP_MLSD && take_mlsd(record, line))
        return true;
    if (kind == FTP_LIST && text_word_next(&rest, &word) && bytes_is_nocase(word, "total") &&
        is_number(bytes_trim(rest)))
        return false;
    if (kind == FTP_LIST && (take_ls(record, line) || take_dir(record, line) || take_eplf(record, line)))
        return true;
    take_text(record, kind == FTP_NLST ? FTP_ENTRY_NAME : FTP_ENTRY_TEXT, line);
    return true;
}
