/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The words of IMAP: commands, kinds of untagged responses, response codes, flags, attributes of mailboxes.
 */
#include "imap.h"

#include <assert.h>

static const struct imap_command_row commands[IMAP_COMMAND_COUNT] = {
    [IMAP_COMMAND_OTHER] = {.optional = true},
    [IMAP_COMMAND_APPEND] = {"APPEND", NULL, 2, true, 1},
    [IMAP_COMMAND_AUTHENTICATE] = {"AUTHENTICATE", NULL, 1, true, 0},
    [IMAP_COMMAND_CAPABILITY] = {"CAPABILITY", NULL, 0, false, 0},
    [IMAP_COMMAND_CHECK] = {"CHECK", NULL, 0, false, 0},
    [IMAP_COMMAND_CLOSE] = {"CLOSE", NULL, 0, false, 0},
    [IMAP_COMMAND_COMPRESS] = {"COMPRESS", NULL, 1, true, 0},
    [IMAP_COMMAND_COPY] = {"COPY", "UID COPY", 2, true, 2},
    [IMAP_COMMAND_CREATE] = {"CREATE", NULL, 1, true, 1},
    [IMAP_COMMAND_DELETE] = {"DELETE", NULL, 1, true, 1},
    [IMAP_COMMAND_DELETEACL] = {"DELETEACL", NULL, 2, true, 1},
    [IMAP_COMMAND_ENABLE] = {"ENABLE", NULL, 1, true, 0},
    [IMAP_COMMAND_EXAMINE] = {"EXAMINE", NULL, 1, true, 1},
    [IMAP_COMMAND_EXPUNGE] = {"EXPUNGE", "UID EXPUNGE", 0, true, 0},
    [IMAP_COMMAND_FETCH] = {"FETCH", "UID FETCH", 2, true, 0},
    [IMAP_COMMAND_GETACL] = {"GETACL", NULL, 1, true, 1},
    [IMAP_COMMAND_GETMETADATA] = {"GETMETADATA", NULL, 2, true, 0},
    [IMAP_COMMAND_GETQUOTA] = {"GETQUOTA", NULL, 1, true, 0},
    [IMAP_COMMAND_GETQUOTAROOT] = {"GETQUOTAROOT", NULL, 1, true, 1},
    [IMAP_COMMAND_ID] = {"ID", NULL, 1, true, 0},
    [IMAP_COMMAND_IDLE] = {"IDLE", NULL, 0, false, 0},
    [IMAP_COMMAND_LIST] = {"LIST", NULL, 2, true, 0},
    [IMAP_COMMAND_LISTRIGHTS] = {"LISTRIGHTS", NULL, 2, true, 1},
    [IMAP_COMMAND_LOGIN] = {"LOGIN", NULL, 2, true, 0},
    [IMAP_COMMAND_LOGOUT] = {"LOGOUT", NULL, 0, false, 0},
    [IMAP_COMMAND_LSUB] = {"LSUB", NULL, 2, true, 0},
    [IMAP_COMMAND_MOVE] = {"MOVE", "UID MOVE", 2, true, 2},
    [IMAP_COMMAND_MYRIGHTS] = {"MYRIGHTS", NULL, 1, true, 1},
    [IMAP_COMMAND_NAMESPACE] = {"NAMESPACE", NULL, 0, false, 0},
    [IMAP_COMMAND_NOOP] = {"NOOP", NULL, 0, false, 0},
    [IMAP_COMMAND_NOTIFY] = {"NOTIFY", NULL, 1, true, 0},
    [IMAP_COMMAND_RENAME] = {"RENAME", NULL, 2, true, 1},
    [IMAP_COMMAND_REPLACE] = {"REPLACE", "UID REPLACE", 3, true, 2},
    [IMAP_COMMAND_SEARCH] = {"SEARCH", "UID SEARCH", 1, true, 0},
    [IMAP_COMMAND_SELECT] = {"SELECT", NULL, 1, true, 1},
    [IMAP_COMMAND_SETACL] = {"SETACL", NULL, 3, true, 1},
    [IMAP_COMMAND_SETMETADATA] = {"SETMETADATA", NULL, 2, true, 1},
    [IMAP_COMMAND_SETQUOTA] = {"SETQUOTA", NULL, 2, true, 0},
    [IMAP_COMMAND_SORT] = {"SORT", "UID SORT", 3, true, 0},
    [IMAP_COMMAND_STARTTLS] = {"STARTTLS", NULL, 0, false, 0},
    [IMAP_COMMAND_STATUS] = {"STATUS", NULL, 2, true, 1},
    [IMAP_COMMAND_STORE] = {"STORE", "UID STORE", 3, true, 0},
    [IMAP_COMMAND_SUBSCRIBE] = {"SUBSCRIBE", NULL, 1, true, 1},
    [IMAP_COMMAND_THREAD] = {"THREAD", "UID THREAD", 3, true, 0},
    [IMAP_COMMAND_UNAUTHENTICATE] = {"UNAUTHENTICATE", NULL, 0, false, 0},
    [IMAP_COMMAND_UNSELECT] = {"UNSELECT", NULL, 0, false, 0},
    [IMAP_COMMAND_UNSUBSCRIBE] = {"UNSUBSCRIBE", NULL, 1, true, 1},
    [IMAP_COMMAND_XLIST] = {"XLIST", NULL, 2, true, 0},
};

/* Known by name only. */
static const char *const other_commands[] = {
    "BBOARD",     "CANCELUPDATE",  "COMPARATOR", "CONVERSIONS",   "CONVERT",    "ESEARCH",  "FIND",
    "GENURLAUTH", "GETANNOTATION", "GETBADURLS", "GETJMAPACCESS", "LANGUAGE",   "PARTIAL",  "RESETKEY",
    "RLIST",      "RLSUB",         "SCAN",       "SETANNOTATION", "UIDBATCHES", "URLFETCH", "XAPPLEPUSHSERVICE",
    "X-NETSCAPE", "NETSCAPE",      NULL,
};

const struct imap_command_row *imap_command_row(enum imap_command command)
{
    return &commands[command < IMAP_COMMAND_COUNT ? command : IMAP_COMMAND_OTHER];
}

enum imap_command imap_command_find(struct bytes word, const char **ret_other)
{
    *ret_other = NULL;
    for (unsigned i = 1; i < IMAP_COMMAND_COUNT; i++)
        if (bytes_is_nocase(word, commands[i].name))
            return (enum imap_command)i;
    int other = text_find_word(other_commands, word);
    if (other >= 0)
        *ret_other = other_commands[other];
    return IMAP_COMMAND_OTHER;
}

static const struct imap_kind_row kinds[IMAP_KIND_COUNT] = {
    [IMAP_KIND_OTHER] = {.strict = false},
    [IMAP_KIND_OK] = {"OK", NULL, 0, false, false},
    [IMAP_KIND_NO] = {"NO", NULL, 0, false, false},
    [IMAP_KIND_BAD] = {"BAD", NULL, 0, false, false},
    [IMAP_KIND_BYE] = {"BYE", NULL, UINT64_C(1) << IMAP_COMMAND_LOGOUT, false, true},
    [IMAP_KIND_PREAUTH] = {"PREAUTH", NULL, 0, false, true},
    [IMAP_KIND_ACL] = {"ACL", "imap.acl", UINT64_C(1) << IMAP_COMMAND_GETACL, false, true},
    [IMAP_KIND_CAPABILITY] = {"CAPABILITY", "imap.capability",
                              UINT64_C(1) << IMAP_COMMAND_CAPABILITY | UINT64_C(1) << IMAP_COMMAND_LOGIN |
                                  UINT64_C(1) << IMAP_COMMAND_AUTHENTICATE | UINT64_C(1) << IMAP_COMMAND_ENABLE,
                              false, false},
    [IMAP_KIND_ENABLED] = {"ENABLED", "imap.enabled",
                           UINT64_C(1) << IMAP_COMMAND_ENABLE | UINT64_C(1) << IMAP_COMMAND_SELECT |
                               UINT64_C(1) << IMAP_COMMAND_EXAMINE,
                           false, false},
    [IMAP_KIND_ESEARCH] = {"ESEARCH", NULL, UINT64_C(1) << IMAP_COMMAND_SEARCH | UINT64_C(1) << IMAP_COMMAND_SORT,
                           false, true},
    [IMAP_KIND_EXISTS] = {"EXISTS", NULL, UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE,
                          true, false},
    [IMAP_KIND_EXPUNGE] = {"EXPUNGE", NULL, UINT64_C(1) << IMAP_COMMAND_EXPUNGE | UINT64_C(1) << IMAP_COMMAND_MOVE,
                           true, false},
    [IMAP_KIND_FETCH] = {"FETCH", NULL, UINT64_C(1) << IMAP_COMMAND_FETCH | UINT64_C(1) << IMAP_COMMAND_STORE, true,
                         false},
    [IMAP_KIND_FLAGS] = {"FLAGS", "imap.flags",
                         UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE, false, false},
    [IMAP_KIND_ID] = {"ID", "imap.id", UINT64_C(1) << IMAP_COMMAND_ID, false, true},
    [IMAP_KIND_LIST] = {"LIST", NULL,
                        UINT64_C(1) << IMAP_COMMAND_LIST | UINT64_C(1) << IMAP_COMMAND_XLIST |
                            UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE,
                        false, false},
    [IMAP_KIND_LISTRIGHTS] = {"LISTRIGHTS", "imap.listrights", UINT64_C(1) << IMAP_COMMAND_LISTRIGHTS, false, true},
    [IMAP_KIND_LSUB] = {"LSUB", NULL, UINT64_C(1) << IMAP_COMMAND_LSUB, false, true},
    [IMAP_KIND_METADATA] = {"METADATA", "imap.metadata", UINT64_C(1) << IMAP_COMMAND_GETMETADATA, false, false},
    [IMAP_KIND_MYRIGHTS] = {"MYRIGHTS", "imap.myrights",
                            UINT64_C(1) << IMAP_COMMAND_MYRIGHTS | UINT64_C(1) << IMAP_COMMAND_LIST, false, true},
    [IMAP_KIND_NAMESPACE] = {"NAMESPACE", "imap.namespace", UINT64_C(1) << IMAP_COMMAND_NAMESPACE, false, true},
    [IMAP_KIND_QUOTA] = {"QUOTA", "imap.quota",
                         UINT64_C(1) << IMAP_COMMAND_GETQUOTA | UINT64_C(1) << IMAP_COMMAND_GETQUOTAROOT |
                             UINT64_C(1) << IMAP_COMMAND_SETQUOTA,
                         false, true},
    [IMAP_KIND_QUOTAROOT] = {"QUOTAROOT", "imap.quotaroot", UINT64_C(1) << IMAP_COMMAND_GETQUOTAROOT, false, true},
    [IMAP_KIND_RECENT] = {"RECENT", NULL, UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE,
                          true, false},
    [IMAP_KIND_SEARCH] = {"SEARCH", NULL, UINT64_C(1) << IMAP_COMMAND_SEARCH, false, true},
    [IMAP_KIND_SORT] = {"SORT", NULL, UINT64_C(1) << IMAP_COMMAND_SORT, false, true},
    [IMAP_KIND_STATUS] = {"STATUS", NULL, UINT64_C(1) << IMAP_COMMAND_STATUS | UINT64_C(1) << IMAP_COMMAND_LIST, false,
                          false},
    [IMAP_KIND_THREAD] = {"THREAD", "imap.thread", UINT64_C(1) << IMAP_COMMAND_THREAD, false, true},
    [IMAP_KIND_VANISHED] = {"VANISHED", "imap.vanished",
                            UINT64_C(1) << IMAP_COMMAND_EXPUNGE | UINT64_C(1) << IMAP_COMMAND_MOVE |
                                UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE |
                                UINT64_C(1) << IMAP_COMMAND_FETCH,
                            false, false},
    [IMAP_KIND_XLIST] = {"XLIST", NULL, UINT64_C(1) << IMAP_COMMAND_XLIST | UINT64_C(1) << IMAP_COMMAND_LIST, false,
                         true},
};

const struct imap_kind_row *imap_kind_row(enum imap_kind kind)
{
    return &kinds[kind < IMAP_KIND_COUNT ? kind : IMAP_KIND_OTHER];
}

enum imap_kind imap_kind_find(struct bytes word)
{
    for (unsigned i = 1; i < IMAP_KIND_COUNT; i++)
        if (bytes_is_nocase(word, kinds[i].name))
            return (enum imap_kind)i;
    return IMAP_KIND_OTHER;
}

/* A word and the sentence about it in the catalog "observations". */
struct word_row {
    const char *word, *observation;
    uint64_t causes;
};

static const struct word_row codes[] = {
    {"ALERT", "imap.code.alert", 0},
    {"ALREADYEXISTS", "imap.code.alreadyexists", 0},
    {"ANNOTATIONS", "imap.code.annotations", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"APPENDUID", "imap.code.appenduid", UINT64_C(1) << IMAP_COMMAND_APPEND | UINT64_C(1) << IMAP_COMMAND_REPLACE},
    {"AUTHENTICATIONFAILED", "imap.code.authenticationfailed", 0},
    {"AUTHORIZATIONFAILED", "imap.code.authorizationfailed", 0},
    {"BADCHARSET", "imap.code.badcharset", 0},
    {"BADEVENT", "imap.code.badevent", 0},
    {"BADURL", "imap.code.badurl", 0},
    {"CANNOT", "imap.code.cannot", 0},
    {"CAPABILITY", "imap.code.capability", 0},
    {"CLIENTBUG", "imap.code.clientbug", 0},
    {"CLOSED", "imap.code.closed", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"COMPRESSIONACTIVE", "imap.code.compressionactive", 0},
    {"CONTACTADMIN", "imap.code.contactadmin", 0},
    {"COPYUID", "imap.code.copyuid", UINT64_C(1) << IMAP_COMMAND_COPY | UINT64_C(1) << IMAP_COMMAND_MOVE},
    {"CORRUPTION", "imap.code.corruption", 0},
    {"EXPIRED", "imap.code.expired", 0},
    {"EXPUNGEISSUED", "imap.code.expungeissued", 0},
    {"HASCHILDREN", "imap.code.haschildren", 0},
    {"HIGHESTMODSEQ", "imap.code.highestmodseq",
     UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"INPROGRESS", "imap.code.inprogress", 0},
    {"INUSE", "imap.code.inuse", 0},
    {"LIMIT", "imap.code.limit", 0},
    {"MAILBOXID", "imap.code.mailboxid", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"METADATA", "imap.code.metadata", 0},
    {"MODIFIED", "imap.code.modified", UINT64_C(1) << IMAP_COMMAND_STORE},
    {"NEWNAME", "imap.code.newname", 0},
    {"NOMODSEQ", "imap.code.nomodseq", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"NONEXISTENT", "imap.code.nonexistent", 0},
    {"NOPERM", "imap.code.noperm", 0},
    {"NOTIFICATIONOVERFLOW", "imap.code.notificationoverflow", 0},
    {"NOTSAVED", "imap.code.notsaved", 0},
    {"OVERQUOTA", "imap.code.overquota", 0},
    {"PARSE", "imap.code.parse", 0},
    {"PERMANENTFLAGS", "imap.code.permanentflags",
     UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"PRIVACYREQUIRED", "imap.code.privacyrequired", 0},
    {"READ-ONLY", "imap.code.read_only", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"READ-WRITE", "imap.code.read_write", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"REFERRAL", "imap.code.referral", 0},
    {"SERVERBUG", "imap.code.serverbug", 0},
    {"THROTTLED", "imap.code.throttled", 0},
    {"TOOBIG", "imap.code.toobig", 0},
    {"TRYCREATE", "imap.code.trycreate", 0},
    {"UIDNEXT", "imap.code.uidnext", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"UIDNOTSTICKY", "imap.code.uidnotsticky",
     UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"UIDVALIDITY", "imap.code.uidvalidity", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"UNAVAILABLE", "imap.code.unavailable", 0},
    {"UNKNOWN-CTE", "imap.code.unknown_cte", 0},
    {"UNSEEN", "imap.code.unseen", UINT64_C(1) << IMAP_COMMAND_SELECT | UINT64_C(1) << IMAP_COMMAND_EXAMINE},
    {"USEATTR", "imap.code.useattr", 0},
    {"WEBALERT", "imap.code.webalert", 0},
};

static const struct word_row flags[] = {
    {"\\Answered", "imap.flag.answered", 0},
    {"\\Deleted", "imap.flag.deleted", 0},
    {"\\Draft", "imap.flag.draft", 0},
    {"\\Flagged", "imap.flag.flagged", 0},
    {"\\Recent", "imap.flag.recent", 0},
    {"\\Seen", "imap.flag.seen", 0},
    {"$Forwarded", "imap.flag.forwarded", 0},
    {"$Important", "imap.flag.important", 0},
    {"$Junk", "imap.flag.junk", 0},
    {"$MDNSent", "imap.flag.mdnsent", 0},
    {"$NotJunk", "imap.flag.notjunk", 0},
    {"$Phishing", "imap.flag.phishing", 0},
    {"$Submitted", "imap.flag.submitted", 0},
    {"$SubmitPending", "imap.flag.submitpending", 0},
    {"Junk", "imap.flag.junk", 0},
    {"NonJunk", "imap.flag.notjunk", 0},
    {"NotJunk", "imap.flag.notjunk", 0},
    {"\\*", "imap.flag.any", 0},
};

static const struct word_row attributes[] = {
    {"\\All", "imap.attribute.all", 0},
    {"\\Archive", "imap.attribute.archive", 0},
    {"\\Drafts", "imap.attribute.drafts", 0},
    {"\\Flagged", "imap.attribute.flagged", 0},
    {"\\HasChildren", "imap.attribute.haschildren", 0},
    {"\\HasNoChildren", "imap.attribute.hasnochildren", 0},
    {"\\Important", "imap.attribute.important", 0},
    {"\\Junk", "imap.attribute.junk", 0},
    {"\\Marked", "imap.attribute.marked", 0},
    {"\\NoInferiors", "imap.attribute.noinferiors", 0},
    {"\\NonExistent", "imap.attribute.nonexistent", 0},
    {"\\Noselect", "imap.attribute.noselect", 0},
    {"\\Remote", "imap.attribute.remote", 0},
    {"\\Sent", "imap.attribute.sent", 0},
    {"\\Subscribed", "imap.attribute.subscribed", 0},
    {"\\Trash", "imap.attribute.trash", 0},
    {"\\Unmarked", "imap.attribute.unmarked", 0},
    {"\\NoAccess", "imap.attribute.noaccess", 0},
    {"\\Inbox", "imap.attribute.inbox", 0},
    {"\\AllMail", "imap.attribute.all", 0},
    {"\\Spam", "imap.attribute.junk", 0},
    {"\\Starred", "imap.attribute.flagged", 0},
    {"\\Memos", "imap.attribute.memos", 0},
    {"\\Scheduled", "imap.attribute.scheduled", 0},
    {"\\Snoozed", "imap.attribute.snoozed", 0},
};

static_assert(sizeof codes / sizeof *codes < 64 && sizeof flags / sizeof *flags < 64, "a bit for each");
static_assert(sizeof attributes / sizeof *attributes < 64 && IMAP_KIND_COUNT < 64, "a bit for each");
static_assert(IMAP_COMMAND_COUNT < 64, "a bit for each");

static int find(const struct word_row *rows, size_t count, struct bytes word)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_is_nocase(word, rows[i].word))
            return (int)i;
    return -1;
}

int imap_code_find(struct bytes name)
{
    return find(codes, sizeof codes / sizeof *codes, name);
}

const char *imap_code_observation(int code)
{
    return codes[code].observation;
}

uint64_t imap_code_causes(int code)
{
    return codes[code].causes;
}

int imap_flag_find(struct bytes flag)
{
    return find(flags, sizeof flags / sizeof *flags, flag);
}

const char *imap_flag_observation(int flag)
{
    return flags[flag].observation;
}

int imap_attribute_find(struct bytes attribute)
{
    return find(attributes, sizeof attributes / sizeof *attributes, attribute);
}

const char *imap_attribute_observation(int attribute)
{
    return attributes[attribute].observation;
}
