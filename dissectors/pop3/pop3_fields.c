/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is recorded of POP3, and how it reads.
 */
#include "pop3.h"

const char *const pop3_commands[POP3_COMMAND_COUNT + 1] = {
    "USER", "PASS", "APOP", "AUTH", "STAT", "LIST", "RETR", "DELE", "NOOP", "RSET", "QUIT",
    "TOP",  "UIDL", "CAPA", "STLS", "UTF8", "LANG", "LAST", "RPOP", "XTND", "HELP", NULL,
};

static const struct field capability_fields[POP3_CAPABILITY_FIELD_COUNT] = {
    [POP3_CAPABILITY_NAME] = {.name = "name",
                              .type = FIELD_TEXT,
                              .meaning = "the capability",
                              .catalog = "pop3.capability"},
    [POP3_CAPABILITY_PARAMETERS] = {.name = "parameters", .type = FIELD_TEXT, .meaning = "what stands behind it"},
};

static const struct field pop3_fields[POP3_FIELD_COUNT] = {
    [POP3_COMMAND] = {.name = "pop3.command",
                      .type = FIELD_TEXT,
                      .meaning = "what the client asks for, in upper case; absent: the server spoke first",
                      .catalog = "pop3.command"},
    [POP3_ARGUMENT] = {.name = "pop3.argument",
                       .type = FIELD_TEXT,
                       .meaning = "what stands behind the command; passwords in it are hidden"},
    [POP3_UNRECOGNISED] = {.name = "pop3.unrecognised",
                           .type = FIELD_TEXT,
                           .flags = FIELD_SECRET,
                           .meaning = "a line of the client that is no command; it could be a password"},
    [POP3_STATUS] = {.name = "pop3.response.status",
                     .type = FIELD_TEXT,
                     .meaning = "+OK or -ERR",
                     .catalog = "pop3.response.status"},
    [POP3_CODE] = {.name = "pop3.response.code",
                   .type = FIELD_TEXT,
                   .meaning = "the code in brackets before the text",
                   .catalog = "pop3.response.code"},
    [POP3_TEXT] = {.name = "pop3.response.text",
                   .type = FIELD_TEXT,
                   .meaning = "what stands behind the status, and the lines of a list, at most 4 KiB; never a mail"},
    [POP3_BYTES] = {.name = "pop3.response.bytes",
                    .type = FIELD_INTEGER,
                    .meaning = "the whole response as sent, with the list or mail in it"},
    [POP3_USER] = {.name = "user.name", .type = FIELD_TEXT, .meaning = "who logs in, or is logged in"},
    [POP3_PASSWORD] = {.name = "user.password",
                       .type = FIELD_TEXT,
                       .flags = FIELD_SECRET,
                       .meaning = "the password or token, decoded"},
    [POP3_ACTS_FOR] = {.name = "user.effective.name",
                       .type = FIELD_TEXT,
                       .meaning = "on whose behalf the user logs in, where that is somebody else"},
    [POP3_MECHANISM] = {.name = "pop3.auth.mechanism",
                        .type = FIELD_TEXT,
                        .meaning = "the way to log in that the client chose",
                        .catalog = "pop3.auth.mechanism"},
    [POP3_CHALLENGES] = {.name = "pop3.auth.challenges",
                         .type = FIELD_TEXT,
                         .flags = FIELD_LIST,
                         .meaning = "what the server asked while logging in, decoded where it can be read"},
    [POP3_RESPONSES] = {.name = "pop3.auth.responses",
                        .type = FIELD_TEXT,
                        .flags = FIELD_LIST | FIELD_SECRET,
                        .meaning = "what the client answered, as sent"},
    [POP3_MESSAGES] = {.name = "pop3.mailbox.messages",
                       .type = FIELD_INTEGER,
                       .meaning = "messages in the mailbox, as STAT says"},
    [POP3_MAILBOX_BYTES] = {.name = "pop3.mailbox.bytes",
                            .type = FIELD_INTEGER,
                            .meaning = "size of all messages together, as STAT says"},
    [POP3_CAPABILITIES] = {.name = "pop3.capabilities",
                           .type = FIELD_GROUP,
                           .flags = FIELD_LIST,
                           .meaning = "what the server can do, as CAPA lists it",
                           .members = capability_fields,
                           .member_count = POP3_CAPABILITY_FIELD_COUNT},
};

static const struct line pop3_lines[] = {
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!pop3.command}[ {pop3.argument}]", NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "{!pop3.unrecognised}", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "asks: {pop3.auth.challenges}", NULL},
    {SPEAKER_CLIENT, DETAIL_FULL, LINE_ONCE, "answers: {pop3.auth.responses}", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE,
     "{pop3.auth.mechanism}  user {user.name}[  for {user.effective.name}][  password {user.password}]", NULL},
    {SPEAKER_SERVER, DETAIL_FULL, LINE_ONCE, "{!pop3.response.status}[ {pop3.response.code}][ {pop3.response.text}]",
     NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, POP3_CAPABILITIES, "{name}  [{parameters}]", NULL},
    {SPEAKER_SAME, DETAIL_VERBOSE, LINE_ONCE, "{pop3.response.bytes:size}[  in {event.duration:duration}]", NULL},
    {SPEAKER_CLIENT, DETAIL_BRIEF, LINE_ONCE, "{!pop3.command}[ {pop3.argument}]", NULL},
    {SPEAKER_CLIENT, DETAIL_BRIEF, LINE_ONCE, "{pop3.unrecognised}", NULL},
    {SPEAKER_SERVER, DETAIL_BRIEF, LINE_ONCE,
     "→ {!pop3.response.status}[ {pop3.response.code}][  {pop3.response.bytes:size}]", NULL},
};

const struct dataset pop3_dataset = {
    .name = "pop3",
    .title = "POP3",
    .fields = pop3_fields,
    .field_count = POP3_FIELD_COUNT,
    .lines = pop3_lines,
    .line_count = sizeof pop3_lines / sizeof *pop3_lines,
};
