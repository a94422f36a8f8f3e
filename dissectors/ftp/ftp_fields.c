/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tables: what an ftp record holds, and how it reads.
 */
#include "ftp.h"

static const struct field preliminary_members[] = {
    [FTP_PRELIMINARY_CODE] = {.name = "code",
                              .type = FIELD_INTEGER,
                              .meaning = "three digits, the first of them 1",
                              .catalog = "ftp.reply.code"},
    [FTP_PRELIMINARY_TEXT] = {.name = "text", .type = FIELD_TEXT, .meaning = "what the server wrote behind it"},
};

static const struct field feature_members[] = {
    [FTP_FEATURE_NAME] = {.name = "name",
                          .type = FIELD_TEXT,
                          .meaning = "what the server can do",
                          .catalog = "ftp.feature"},
    [FTP_FEATURE_PARAMETERS] = {.name = "parameters", .type = FIELD_TEXT, .meaning = "what stands behind the name"},
};

static const struct field listing_members[] = {
    [FTP_ENTRY_TYPE] = {.name = "type", .type = FIELD_TEXT, .meaning = "file, directory, link or other"},
    [FTP_ENTRY_PERMISSIONS] = {.name = "permissions",
                               .type = FIELD_TEXT,
                               .meaning = "as the server writes them: `-rw-r--r--`, 0644, or the letters of MLSD"},
    [FTP_ENTRY_OWNER] = {.name = "owner", .type = FIELD_TEXT, .meaning = "whose it is"},
    [FTP_ENTRY_SIZE] = {.name = "size", .type = FIELD_INTEGER, .meaning = "bytes"},
    [FTP_ENTRY_MODIFIED] = {.name = "modified",
                            .type = FIELD_TEXT,
                            .meaning = "when it was changed: of MLSD in UTC, else as the server writes it"},
    [FTP_ENTRY_NAME] = {.name = "name", .type = FIELD_TEXT, .meaning = "its name"},
    [FTP_ENTRY_TARGET] = {.name = "target", .type = FIELD_TEXT, .meaning = "where a link leads"},
    [FTP_ENTRY_TEXT] = {.name = "text", .type = FIELD_TEXT, .meaning = "a line that is in no form known here"},
};

static const struct field fields[FTP_FIELD_COUNT] = {
    [FTP_COMMAND] = {.name = "ftp.command",
                     .type = FIELD_TEXT,
                     .meaning = "in upper case; of a listing, the command that asked for it",
                     .catalog = "ftp.command"},
    [FTP_ARGUMENT] = {.name = "ftp.argument", .type = FIELD_TEXT, .meaning = "what follows the command"},
    [FTP_PATH] = {.name = "ftp.path",
                  .type = FIELD_TEXT,
                  .meaning = "the file or directory meant, in full; without a slash in front: seen from where the "
                             "session began"},
    [FTP_USER_NAME] = {.name = "user.name", .type = FIELD_TEXT, .meaning = "who logs in, or has"},
    [FTP_USER_PASSWORD] = {.name = "user.password",
                           .type = FIELD_TEXT,
                           .flags = FIELD_SECRET,
                           .meaning = "the password or account"},
    [FTP_PRELIMINARY] = {.name = "ftp.preliminary",
                         .type = FIELD_GROUP,
                         .flags = FIELD_LIST,
                         .meaning = "replies that came before the one that counts",
                         .members = preliminary_members,
                         .member_count = sizeof preliminary_members / sizeof preliminary_members[0]},
    [FTP_REPLY_CODE] = {.name = "ftp.reply.code",
                        .type = FIELD_INTEGER,
                        .meaning = "what came of the command",
                        .catalog = "ftp.reply.code"},
    [FTP_REPLY_TEXT] = {.name = "ftp.reply.text",
                        .type = FIELD_TEXT,
                        .meaning = "the same in words; several lines are joined by newlines"},
    [FTP_FEATURES] = {.name = "ftp.features",
                      .type = FIELD_GROUP,
                      .flags = FIELD_LIST,
                      .meaning = "what the answer to FEAT lists",
                      .members = feature_members,
                      .member_count = sizeof feature_members / sizeof feature_members[0]},
    [FTP_DATA_MODE] = {.name = "ftp.data.mode",
                       .type = FIELD_TEXT,
                       .meaning = "active: the server will connect to the client; passive: the client to the server"},
    [FTP_DATA_IP] = {.name = "ftp.data.ip", .type = FIELD_ADDRESS, .meaning = "where the connection is awaited"},
    [FTP_DATA_PORT] = {.name = "ftp.data.port", .type = FIELD_INTEGER, .meaning = "the port there"},
    [FTP_DATA_BYTES] = {.name = "ftp.data.bytes", .type = FIELD_INTEGER, .meaning = "bytes of a listing"},
    [FTP_LISTING_COUNT] = {.name = "ftp.listing_count", .type = FIELD_INTEGER, .meaning = "entries of a listing"},
    [FTP_PARENT_CONVERSATION] = {.name = "overhear.parent_conversation",
                                 .type = FIELD_INTEGER,
                                 .meaning = "of a listing: the conversation that ordered it"},
    [FTP_LISTING] = {.name = "ftp.listing",
                     .type = FIELD_GROUP,
                     .flags = FIELD_LIST,
                     .meaning = "the first 256 of them",
                     .members = listing_members,
                     .member_count = sizeof listing_members / sizeof listing_members[0]},
};

static const struct line lines[] = {
    {SPEAKER_CLIENT, DETAIL_BRIEF, LINE_ONCE,
     "[{!ftp.command} ][{ftp.argument} ][→ {!ftp.reply.code}][ {ftp.reply.text}][→ {ftp.listing_count} entries]", NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{^ftp.listing_count}{!ftp.command}[ {ftp.argument}]", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, FTP_PRELIMINARY, "{!code}[ {text}]", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{^ftp.features}[{!ftp.reply.code} ]{ftp.reply.text}", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{?ftp.features}{!ftp.reply.code}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, FTP_FEATURES, "{name}[  {parameters}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "{ftp.data.mode}: {ftp.data.ip} port {ftp.data.port}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE,
     "listing[ of {!ftp.path}], {ftp.listing_count} entries[, {ftp.data.bytes:size}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE,
     "{ftp.command}[ {ftp.argument}], ordered by conversation {overhear.parent_conversation}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, FTP_LISTING,
     "[{permissions}]  [{owner}]  [{size:size}]  [{modified}]  [{name}][ → {target}][{text}]", NULL},
};

static const struct tally tallies[] = {
    {TALLY_SERVERS, 0, "servers", "servers", "{?network.protocol=ftp}"},
    {TALLY_VALUES, 0, "users", "users", "{?ftp.command=PASS}{user.name}"},
    {TALLY_VALUES, 0, "commands", "commands", "{ftp.command}"},
    {TALLY_VALUES, TALLY_HEADLINE, "codes", "codes", "{ftp.reply.code}"},
    {TALLY_VALUES, TALLY_FAILURE | TALLY_BRIEF, "failures", "failed", "{ftp.reply.code} [{ftp.command}] [{ftp.path}]"},
    {TALLY_VALUES, TALLY_UNKNOWN | TALLY_BRIEF, "unanswered", "no answer",
     "{^ftp.reply.code}{ftp.command} [{ftp.path}]"},
    {TALLY_VALUES, TALLY_FAILURE, "logins_failed", "logins failed", "{?ftp.command=PASS}{user.name}"},
    {TALLY_ANSWERS, TALLY_BRIEF, "answers", "answered in", "{ftp.command} [{ftp.path}] at {destination}"},
};

const struct dataset ftp_dataset = {
    .name = "ftp",
    .title = "FTP",
    .fields = fields,
    .field_count = FTP_FIELD_COUNT,
    .lines = lines,
    .line_count = sizeof lines / sizeof lines[0],
    .tallies = tallies,
    .tally_count = sizeof tallies / sizeof *tallies,
};
