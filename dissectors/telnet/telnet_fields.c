/* SPDX-License-Identifier: BSD-3-Clause */
#include "telnet.h"

const struct port telnet_ports[] = {{TRANSPORT_TCP, 23, NULL}, {TRANSPORT_TCP, 2323, NULL}, {0, 0, NULL}};

static const struct field option_members[TELNET_OPTION_MEMBERS] = {
    [TELNET_OPTION_COMMAND] = {.name = "command",
                               .type = FIELD_TEXT,
                               .meaning =
                                   "`WILL`, `WONT`, `DO`, `DONT`, `SB` with a value, or a command without option",
                               .catalog = "telnet.command"},
    [TELNET_OPTION_NAME] = {.name = "option",
                            .type = FIELD_TEXT,
                            .meaning = "what it is about; unknown ones as `OPTION-99`",
                            .catalog = "telnet.option"},
    [TELNET_OPTION_VALUE] = {.name = "value", .type = FIELD_TEXT, .meaning = "what it is set to, in words"},
};

static const struct field telnet_fields[TELNET_FIELD_COUNT] = {
    [TELNET_SIDE] = {.name = "telnet.side", .type = FIELD_TEXT, .meaning = "who spoke: `client` or `server`"},
    [TELNET_TEXT] = {.name = "telnet.text",
                     .type = FIELD_TEXT,
                     .meaning = "one line as it stood on the screen, without control sequences"},
    [TELNET_ECHOED] = {.name = "telnet.echoed",
                       .type = FIELD_BOOLEAN,
                       .meaning = "the server sent the line back as it was typed; its echo is no record of its own"},
    [TELNET_PROMPT] = {.name = "telnet.prompt",
                       .type = FIELD_BOOLEAN,
                       .meaning = "no line end followed: the client was to type behind it"},
    [TELNET_USER_NAME] = {.name = "user.name", .type = FIELD_TEXT, .meaning = "who logs in"},
    [TELNET_USER_PASSWORD] = {.name = "user.password",
                              .type = FIELD_TEXT,
                              .flags = FIELD_SECRET,
                              .meaning = "what was typed at a password prompt"},
    [TELNET_OPTIONS] = {.name = "telnet.options",
                        .type = FIELD_GROUP,
                        .flags = FIELD_LIST,
                        .meaning = "commands that this side sent in a row",
                        .members = option_members,
                        .member_count = TELNET_OPTION_MEMBERS},
};

static const struct line telnet_lines[] = {
    {SPEAKER_CLIENT, DETAIL_FULL | DETAIL_HEARD, LINE_ONCE, "{!telnet.text}", NULL},
    {SPEAKER_SERVER, DETAIL_FULL | DETAIL_HEARD, LINE_ONCE, "{telnet.text}", NULL},
    {SPEAKER_CLIENT, DETAIL_FULL | DETAIL_HEARD, TELNET_OPTIONS, "{command}[ {option}][: {value}]", NULL},
    {SPEAKER_SERVER, DETAIL_FULL | DETAIL_HEARD, TELNET_OPTIONS, "{command}[ {option}][: {value}]", NULL},
    {SPEAKER_SAME, DETAIL_FULL, LINE_ONCE, "user {!user.name}[, password {user.password}]", NULL},
    {SPEAKER_CLIENT, DETAIL_BRIEF | DETAIL_HEARD, LINE_ONCE, "▸ {telnet.text}", NULL},
    {SPEAKER_SERVER, DETAIL_BRIEF | DETAIL_HEARD, LINE_ONCE, "◂ {telnet.text}", NULL},
    {SPEAKER_SAME, DETAIL_BRIEF, TELNET_OPTIONS, "{command}[ {option}][: {value}]", NULL},
};

static const struct tally tallies[] = {
    {TALLY_SERVERS, 0, "servers", "servers", "{?user.name}"},
    {TALLY_VALUES, 0, "users", "users", "{user.name}"},
};

const struct dataset telnet_dataset = {
    .name = "telnet",
    .title = "Telnet",
    .fields = telnet_fields,
    .field_count = TELNET_FIELD_COUNT,
    .lines = telnet_lines,
    .line_count = sizeof telnet_lines / sizeof *telnet_lines,
    .tallies = tallies,
    .tally_count = sizeof tallies / sizeof *tallies,
};
