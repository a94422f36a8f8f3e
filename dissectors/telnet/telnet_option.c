/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Commands and options. What one side says in a row becomes one record.
 */
#include "telnet.h"

enum option {
    OPTION_ECHO = 1,
    OPTION_TERMINAL_TYPE = 24,
    OPTION_WINDOW_SIZE = 31,
    OPTION_TERMINAL_SPEED = 32,
    OPTION_LINEMODE = 34,
    OPTION_X_DISPLAY = 35,
    OPTION_OLD_ENVIRON = 36,
    OPTION_AUTHENTICATION = 37,
    OPTION_ENCRYPT = 38,
    OPTION_NEW_ENVIRON = 39,
    OPTION_CHARSET = 42,
    OPTION_START_TLS = 46,
    OPTION_COMPRESS = 85,
    OPTION_COMPRESS2 = 86,
};

struct option_name {
    uint8_t number;
    const char *name;
};

/* IANA's registry, and what games use. */
static const struct option_name option_names[] = {
    {0, "BINARY"},
    {1, "ECHO"},
    {2, "RECONNECTION"},
    {3, "SUPPRESS-GO-AHEAD"},
    {4, "MESSAGE-SIZE"},
    {5, "STATUS"},
    {6, "TIMING-MARK"},
    {7, "RCTE"},
    {8, "LINE-WIDTH"},
    {9, "PAGE-SIZE"},
    {10, "NAOCRD"},
    {11, "NAOHTS"},
    {12, "NAOHTD"},
    {13, "NAOFFD"},
    {14, "NAOVTS"},
    {15, "NAOVTD"},
    {16, "NAOLFD"},
    {17, "EXTENDED-ASCII"},
    {18, "LOGOUT"},
    {19, "BYTE-MACRO"},
    {20, "DATA-ENTRY-TERMINAL"},
    {21, "SUPDUP"},
    {22, "SUPDUP-OUTPUT"},
    {23, "SEND-LOCATION"},
    {24, "TERMINAL-TYPE"},
    {25, "END-OF-RECORD"},
    {26, "TACACS-UID"},
    {27, "OUTPUT-MARKING"},
    {28, "TERMINAL-LOCATION"},
    {29, "3270-REGIME"},
    {30, "X.3-PAD"},
    {31, "WINDOW-SIZE"},
    {32, "TERMINAL-SPEED"},
    {33, "REMOTE-FLOW-CONTROL"},
    {34, "LINEMODE"},
    {35, "X-DISPLAY-LOCATION"},
    {36, "ENVIRON"},
    {37, "AUTHENTICATION"},
    {38, "ENCRYPT"},
    {39, "NEW-ENVIRON"},
    {40, "TN3270E"},
    {41, "XAUTH"},
    {42, "CHARSET"},
    {43, "REMOTE-SERIAL-PORT"},
    {44, "COM-PORT"},
    {45, "SUPPRESS-LOCAL-ECHO"},
    {46, "START-TLS"},
    {47, "KERMIT"},
    {48, "SEND-URL"},
    {49, "FORWARD-X"},
    {69, "MSDP"},
    {70, "MSSP"},
    {85, "COMPRESS"},
    {86, "COMPRESS2"},
    {90, "MSP"},
    {91, "MXP"},
    {93, "ZMP"},
    {138, "PRAGMA-LOGON"},
    {139, "SSPI-LOGON"},
    {140, "PRAGMA-HEARTBEAT"},
    {200, "ATCP"},
    {201, "GMCP"},
    {255, "EXTENDED-OPTIONS-LIST"},
};

static const char *const command_names[] = {"EOR", "SE", "NOP", "DM", "BRK",  "IP",   "AO", "AYT",
                                            "EC",  "EL", "GA",  "SB", "WILL", "WONT", "DO", "DONT"};

/* A small text that is put together; what does not fit is left out. */
struct words {
    size_t length;
    size_t secret_at, secret_end; /* from the first byte that nobody may read to the last; 0: none */
    uint8_t text[512];
};

static void add_text(struct words *words, struct bytes text)
{
    words->length += bytes_copy(words->text + words->length, sizeof words->text - words->length, text);
}

static void add_word(struct words *words, const char *text)
{
    add_text(words, bytes_text(text));
}

static void add_number(struct words *words, unsigned number)
{
    for (unsigned divisor = 10000; divisor > 0; divisor /= 10)
        if (number >= divisor || divisor == 1) {
            uint8_t digit = (uint8_t)('0' + number / divisor % 10);
            add_text(words, bytes_of(&digit, 1));
        }
}

static struct bytes text_of(const struct words *words)
{
    return bytes_of(words->text, words->length);
}

static void record_option_name(struct record *record, uint8_t number)
{
    for (size_t i = 0; i < sizeof option_names / sizeof *option_names; i++)
        if (option_names[i].number == number) {
            record_word(record, TELNET_OPTION_NAME, option_names[i].name);
            return;
        }
    struct words words = {0};
    add_word(&words, "OPTION-");
    add_number(&words, number);
    record_text(record, TELNET_OPTION_NAME, text_of(&words));
}

/* IS or SEND, and a text (RFC 1091, 1079, 1096). */
static void read_text(struct reader *reader, struct words *words)
{
    uint8_t kind = reader_u8(reader);
    if (kind == 1)
        add_word(words, "send yours");
    else
        add_text(words, reader_rest(reader));
}

/* RFC 1073 */
static void read_window_size(struct reader *reader, struct words *words)
{
    unsigned columns = reader_u16(reader), rows = reader_u16(reader);
    if (!reader_ok(reader))
        return;
    add_number(words, columns);
    add_word(words, " columns, ");
    add_number(words, rows);
    add_word(words, " rows");
}

enum environ_mark { ENVIRON_VAR, ENVIRON_VALUE, ENVIRON_ESCAPE, ENVIRON_USERVAR };

struct environ {
    struct words name; /* of the variable in hand */
    bool in_value, hidden;
};

static bool is_password(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (bytes_begin_nocase(bytes_skip(name, i), "pass"))
            return true;
    return false;
}

static void begin_variable(struct environ *environ, struct words *words)
{
    if (environ->name.length > 0)
        add_word(words, ", ");
    *environ = (struct environ){.name = {.length = 0}};
}

static void begin_value(struct environ *environ, struct words *words)
{
    environ->in_value = true;
    environ->hidden = is_password(text_of(&environ->name));
    add_word(words, "=");
    if (environ->hidden && words->secret_at == 0)
        words->secret_at = words->length;
}

/* RFC 1572: IS, SEND or INFO, then VAR or USERVAR name [VALUE value] …; ESC protects a byte. A user's name is given
 * out, the value of what calls itself a password is not. */
static void read_environ(struct reader *reader, struct words *words, struct words *ret_user)
{
    struct environ environ = {.name = {.length = 0}};
    if (reader_u8(reader) == 1)
        add_word(words, reader_left(reader) > 1 ? "send " : "send yours");
    while (reader_left(reader) > 0) {
        uint8_t byte = reader_u8(reader);
        if (byte == ENVIRON_VAR || byte == ENVIRON_USERVAR) {
            begin_variable(&environ, words);
            continue;
        }
        if (byte == ENVIRON_VALUE) {
            begin_value(&environ, words);
            continue;
        }
        if (byte == ENVIRON_ESCAPE)
            byte = reader_u8(reader);
        struct bytes one = bytes_of(&byte, 1);
        if (!environ.in_value)
            add_text(&environ.name, one);
        else if (bytes_is_nocase(text_of(&environ.name), "USER"))
            add_text(ret_user, one);
        add_text(words, one);
        if (environ.in_value && environ.hidden)
            words->secret_end = words->length;
    }
}

/* RFC 1184 */
static void read_linemode(struct reader *reader, struct words *words)
{
    static const char *const bits[] = {"edit", "trap signals", "acknowledged", "soft tab", "literal echo"};
    uint8_t kind = reader_u8(reader);
    if (kind == 3) {
        add_word(words, "special characters");
        return;
    }
    uint8_t mode = reader_u8(reader);
    if (!reader_ok(reader))
        return; /* it broke off */
    if (kind != 1) {
        add_word(words, "forward mask");
        return;
    }
    add_word(words, mode & 0x1f ? "" : "plain");
    for (unsigned bit = 0; bit < 5; bit++)
        if (mode & 1u << bit) {
            add_word(words, words->length > 0 ? ", " : "");
            add_word(words, bits[bit]);
        }
}

/* RFC 2066 */
static void read_charset(struct reader *reader, struct words *words)
{
    static const char *const kinds[] = {"?", "offers ", "accepted ", "rejected", "table ", "table rejected"};
    uint8_t kind = reader_u8(reader);
    if (!reader_ok(reader))
        return;
    add_word(words, kind < 6 ? kinds[kind] : "?");
    if (kind == 1)
        reader_skip(reader, 1); /* the separator */
    if (kind == 1 || kind == 2)
        add_text(words, reader_rest(reader));
}

/* RFC 2941 and 2946: which way is told, the proof itself is a secret and left out. */
static void read_pairs(struct reader *reader, struct words *words, const char *const *kinds, size_t kind_count,
                       const char *const *types, size_t type_count)
{
    if (reader_left(reader) == 0)
        return;
    uint8_t kind = reader_u8(reader), type = reader_u8(reader);
    add_word(words, kind < kind_count ? kinds[kind] : "?");
    if (!reader_ok(reader))
        return;
    add_word(words, " ");
    add_word(words, type < type_count && types[type] ? types[type] : "other");
}

static void read_value(uint8_t option, struct reader *reader, struct words *words, struct words *ret_user)
{
    static const char *const authentication[] = {"IS", "SEND", "REPLY", "NAME"};
    static const char *const methods[] = {"NULL",   "KERBEROS-V4",  "KERBEROS-V5", "SPX", "MINK", "SRP",
                                          "RSA",    "SSL",          NULL,          NULL,  "LOKI", "SSA",
                                          "KEA-SJ", "KEA-SJ-INTEG", "DSS",         "NTLM"};
    static const char *const encryption[] = {"IS",          "SUPPORT",   "REPLY",    "START", "END", "REQUEST-START",
                                             "REQUEST-END", "ENC-KEYID", "DEC-KEYID"};
    static const char *const ciphers[] = {
        "NULL", "DES-CFB64", "DES-OFB64",      "DES3-CFB64",     "DES3-OFB64",    NULL,
        NULL,   NULL,        "CAST5-40-CFB64", "CAST5-40-OFB64", "CAST128-CFB64", "CAST128-OFB64"};
    switch (option) {
    case OPTION_TERMINAL_TYPE:
    case OPTION_TERMINAL_SPEED:
    case OPTION_X_DISPLAY:
        read_text(reader, words);
        break;
    case OPTION_WINDOW_SIZE:
        read_window_size(reader, words);
        break;
    case OPTION_OLD_ENVIRON:
    case OPTION_NEW_ENVIRON:
        read_environ(reader, words, ret_user);
        break;
    case OPTION_LINEMODE:
        read_linemode(reader, words);
        break;
    case OPTION_CHARSET:
        read_charset(reader, words);
        break;
    case OPTION_AUTHENTICATION:
        read_pairs(reader, words, authentication, sizeof authentication / sizeof *authentication, methods,
                   sizeof methods / sizeof *methods);
        break;
    case OPTION_ENCRYPT:
        read_pairs(reader, words, encryption, sizeof encryption / sizeof *encryption, ciphers,
                   sizeof ciphers / sizeof *ciphers);
        break;
    default:
        break;
    }
}

/* What stands between IAC SB option and IAC SE, with doubled IACs made one. Longer than this needs no showing. */
static struct bytes unescape(struct bytes value, uint8_t *to, size_t room)
{
    size_t length = 0;
    while (value.len > 0 && length < room) {
        bool escaped = bytes_at(value, 0) == TELNET_IAC && bytes_at(value, 1) == TELNET_IAC;
        length += bytes_copy(to + length, room - length, bytes_first(value, 1));
        value = bytes_skip(value, escaped ? 2 : 1);
    }
    return bytes_of(to, length);
}

/* Where a value broke off behind an IAC that is not the second of a pair, that is no byte of it. */
static struct bytes without_half_escape(struct bytes value)
{
    size_t end = value.len;
    while (end > 0 && bytes_at(value, end - 1) == TELNET_IAC)
        end--;
    return (value.len - end) % 2 ? bytes_first(value, value.len - 1) : value;
}

void telnet_end_negotiation(struct telnet_state *state, struct emitter *emitter)
{
    if (state->negotiation)
        transaction_close(emitter, state->negotiation);
    state->negotiation = NULL;
}

static struct record *negotiation_of(struct telnet_state *state, struct emitter *emitter, const struct message *message)
{
    if (state->negotiation && state->negotiator != message->side)
        telnet_end_negotiation(state, emitter);
    if (state->negotiation) {
        transaction_touch(state->negotiation, message);
    } else {
        state->negotiation = transaction_open(emitter, 0, message);
        if (state->negotiation)
            record_word(&state->negotiation->record, TELNET_SIDE, message->side == SIDE_CLIENT ? "client" : "server");
    }
    state->negotiator = message->side;
    return state->negotiation ? &state->negotiation->record : NULL;
}

/* What changes how the rest is to be read. */
static enum verdict follow(struct telnet_state *state, struct emitter *emitter, const struct message *message,
                           uint8_t command, uint8_t option, struct bytes value)
{
    if (option == OPTION_ECHO && message->side == SIDE_SERVER && (command == TELNET_WILL || command == TELNET_WONT))
        state->server_echoes = command == TELNET_WILL;
    if (command != TELNET_SB)
        return VERDICT_OK;
    if (option == OPTION_ENCRYPT && bytes_at(value, 0) == 3)
        state->sides[message->side].unreadable = true;
    if (message->side == SIDE_SERVER && (option == OPTION_COMPRESS || option == OPTION_COMPRESS2))
        state->sides[SIDE_SERVER].unreadable = true;
    /* Both sides say FOLLOWS; the client's hello comes behind its own, which is the last. */
    if (option == OPTION_START_TLS && bytes_at(value, 0) == 1 && message->side == SIDE_CLIENT) {
        telnet_end_negotiation(state, emitter);
        telnet_flush(state, emitter);
        emit_hand_over(emitter, "tls");
        return VERDICT_HAND_OVER;
    }
    return VERDICT_OK;
}

enum verdict telnet_take_command(struct telnet_state *state, struct emitter *emitter, const struct message *message)
{
    uint8_t command = bytes_at(message->bytes, 1), option = bytes_at(message->bytes, 2), unescaped[512];
    bool has_option = command >= TELNET_SB && command <= TELNET_DONT;
    struct bytes value = bytes_skip(message->bytes, 3);
    if (bytes_at(value, value.len - 1) == TELNET_SE && bytes_at(value, value.len - 2) == TELNET_IAC)
        value = bytes_first(value, value.len - 2);
    else if (message->kind == MESSAGE_REST)
        value = without_half_escape(value);
    struct words words = {0}, user = {0};
    if (command == TELNET_NOP || command == TELNET_GA || command <= TELNET_EOR || command > TELNET_DONT)
        return VERDICT_OK; /* keeps the line alive or gives the turn over: nothing is said by it */
    struct record *record = negotiation_of(state, emitter, message);
    if (!record)
        return VERDICT_OK;
    value = unescape(value, unescaped, sizeof unescaped);
    record_group_begin(record, TELNET_OPTIONS);
    record_word(record, TELNET_OPTION_COMMAND, command_names[command - TELNET_EOR]);
    if (has_option)
        record_option_name(record, option);
    if (command == TELNET_SB) {
        struct reader reader = reader_of(value);
        read_value(option, &reader, &words, &user);
        if (words.length > 0)
            record_text_secret(record, TELNET_OPTION_VALUE, text_of(&words), words.secret_at,
                               words.secret_end > words.secret_at ? words.secret_end - words.secret_at : 0);
    }
    record_group_end(record);
    if (user.length > 0)
        record_text(record, TELNET_USER_NAME, text_of(&user));
    return follow(state, emitter, message, command, option, value);
}
