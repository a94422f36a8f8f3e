/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Observations: what is worth saying about a command or reply beyond what each word in it means. The sentences are in
 * notes.json, under the keys named here.
 */
#include "ftp.h"

enum { LOW_PORTS = 1024 };

static const int64_t second_ns = 1000000000, least_ns = 10000000; /* a shorter transfer has no speed worth telling */

static void observe(struct record *record, int field, const char *key)
{
    record_observe(record, field, key, NULL, 0);
}

static void observe_text(struct record *record, int field, const char *key, const char *name, struct bytes text)
{
    const struct argument argument = {.name = name, .kind = ARGUMENT_TEXT, .text = text};
    record_observe(record, field, key, &argument, 1);
}

static void observe_number(struct record *record, int field, const char *key, const char *name, enum argument_kind kind,
                           int64_t number)
{
    const struct argument argument = {.name = name, .kind = kind, .integer = number};
    record_observe(record, field, key, &argument, 1);
}

struct letter_note {
    uint8_t letter;
    const char *key;
};

/* In place of what the catalog says about the command in general. */
static void tell_instead(struct record *record, const char *key)
{
    record_unexplained(record, FTP_COMMAND);
    observe(record, FTP_COMMAND, key);
}

static void explain_letter(struct record *record, const struct letter_note *notes, uint8_t letter)
{
    for (; notes->letter; notes++)
        if (notes->letter == byte_upper(letter))
            tell_instead(record, notes->key);
}

/* A word and the sentence about it; ended by NULL. */
struct word_note {
    const char *word, *key;
};

static bool explain_word(struct record *record, const struct word_note *notes, struct bytes word)
{
    for (; notes->word; notes++)
        if (bytes_is_nocase(word, notes->word)) {
            tell_instead(record, notes->key);
            return true;
        }
    return false;
}

static void explain_setting(struct record *record, enum ftp_kind kind, struct bytes argument)
{
    static const struct letter_note types[] = {
        {'A', "ftp.type_ascii"}, {'I', "ftp.type_image"}, {'E', "ftp.type_ebcdic"}, {'L', "ftp.type_local"}, {0, NULL}};
    static const struct letter_note structures[] = {
        {'F', "ftp.structure_file"}, {'R', "ftp.structure_record"}, {'P', "ftp.structure_page"}, {0, NULL}};
    static const struct letter_note modes[] = {{'S', "ftp.mode_stream"},
                                               {'B', "ftp.mode_block"},
                                               {'C', "ftp.mode_compressed"},
                                               {'Z', "ftp.mode_deflate"},
                                               {0, NULL}};
    static const struct letter_note levels[] = {{'C', "ftp.prot_clear"},
                                                {'S', "ftp.prot_safe"},
                                                {'E', "ftp.prot_confidential"},
                                                {'P', "ftp.prot_private"},
                                                {0, NULL}};
    uint8_t letter = bytes_at(argument, 0);
    if (kind == FTP_TYPE)
        explain_letter(record, types, letter);
    else if (kind == FTP_STRU)
        explain_letter(record, structures, letter);
    else if (kind == FTP_MODE)
        explain_letter(record, modes, letter);
    else
        explain_letter(record, levels, letter);
}

static void explain_auth(struct record *record, struct bytes argument)
{
    static const struct word_note mechanisms[] = {{"TLS", "ftp.auth_tls"},
                                                  {"TLS-C", "ftp.auth_tls"},
                                                  {"SSL", "ftp.auth_ssl"},
                                                  {"TLS-P", "ftp.auth_ssl"},
                                                  {"GSSAPI", "ftp.auth_gssapi"},
                                                  {"KERBEROS_V4", "ftp.auth_kerberos"},
                                                  {NULL, NULL}};
    explain_word(record, mechanisms, bytes_trim(argument));
}

static void explain_site(struct record *record, struct bytes argument)
{
    static const struct word_note subcommands[] = {
        {"CHMOD", "ftp.site_chmod"}, {"UMASK", "ftp.site_umask"}, {"IDLE", "ftp.site_idle"},
        {"HELP", "ftp.site_help"},   {"EXEC", "ftp.site_exec"},   {"UTIME", "ftp.site_utime"},
        {"CPFR", "ftp.site_copy"},   {"CPTO", "ftp.site_copy"},   {NULL, NULL}};
    struct bytes word;
    if (text_word_next(&argument, &word) && !explain_word(record, subcommands, word) && argument.len > 0 &&
        ftp_is_secret_site(record_find_text(record, FTP_ARGUMENT)))
        observe(record, FTP_ARGUMENT, "ftp.site_hidden");
}

/* TYPE A, or none where the beginning was seen: under TLS, and before the capture, it may have been another. */
static bool is_text(const struct ftp_state *state, uint8_t type)
{
    return type == 0 ? state->from_start : type != 'I' && type != 'L';
}

void ftp_explain_beginning(const struct ftp_state *state, struct record *record, const struct ftp_exchange *exchange)
{
    if (exchange->offset > 0)
        observe_number(record, FTP_COMMAND, "ftp.resumes", "offset", ARGUMENT_INTEGER, (int64_t)exchange->offset);
    if (!ftp_is_listing(exchange->kind) && is_text(state, exchange->type))
        observe(record, FTP_COMMAND, "ftp.ascii_transfer");
    if (state->mode != 0 && state->mode != 'S')
        observe(record, FTP_COMMAND, "ftp.not_decoded");
    if (state->data.by_default)
        observe(record, FTP_COMMAND, "ftp.default_port");
    if (state->private_data)
        observe(record, FTP_COMMAND, "ftp.private_transfer");
}

static void explain_password(const struct ftp_state *state, struct record *record, struct bytes password)
{
    if (password.len > 0)
        observe(record, FTP_ARGUMENT, state->anonymous ? "ftp.anonymous_password" : "ftp.password_in_clear");
}

void ftp_explain_command(const struct ftp_state *state, struct record *record, const struct ftp_exchange *exchange,
                         struct bytes argument)
{
    enum ftp_kind kind = exchange->kind;
    switch (kind) {
    case FTP_USER:
        if (state->anonymous)
            observe(record, FTP_ARGUMENT, "ftp.anonymous");
        break;
    case FTP_PASS:
    case FTP_ACCT:
        explain_password(state, record, argument);
        break;
    case FTP_TYPE:
    case FTP_STRU:
    case FTP_MODE:
    case FTP_PROT:
        explain_setting(record, kind, argument);
        break;
    case FTP_AUTH:
        explain_auth(record, argument);
        break;
    case FTP_SITE:
        explain_site(record, argument);
        break;
    case FTP_EPSV:
        if (bytes_is_nocase(bytes_trim(argument), "ALL"))
            observe(record, FTP_ARGUMENT, "ftp.epsv_all");
        break;
    case FTP_SIZE:
        if (is_text(state, state->type))
            observe(record, FTP_COMMAND, "ftp.ascii_size");
        break;
    default:
        break;
    }
}

/* --- addresses --- */

static void explain_other_address(struct emitter *emitter, struct record *record, enum ftp_data_mode mode,
                                  const struct endpoint *named)
{
    const struct conversation *conversation = emit_conversation(emitter);
    bool active = mode == FTP_DATA_ACTIVE;
    const struct address *peer = active ? &conversation->source.ip : &conversation->destination.ip;
    enum ftp_scope scope = ftp_scope_of(&named->ip), peer_scope = ftp_scope_of(peer);
    char text[ADDRESS_TEXT_SIZE];
    struct bytes used = bytes_of(text, address_text(peer, text));
    if (scope == FTP_SCOPE_NONE) {
        observe_text(record, FTP_DATA_IP, "ftp.no_address", "peer", used);
    } else if (scope == FTP_SCOPE_PRIVATE && peer_scope != FTP_SCOPE_PRIVATE) {
        observe_text(record, FTP_DATA_IP, active ? "ftp.nat_client" : "ftp.nat_server", "peer", used);
    } else if (scope == FTP_SCOPE_PUBLIC && peer_scope != FTP_SCOPE_PUBLIC) {
        observe_text(record, FTP_DATA_IP, "ftp.outside_address", "peer", used);
    } else {
        observe_text(record, FTP_DATA_IP, active ? "ftp.third_party" : "ftp.other_host", "peer", used);
        if (active)
            emit_anomaly(emitter, ANOMALY_FTP_THIRD_PARTY, named->port, 0);
    }
}

void ftp_explain_address(struct emitter *emitter, struct record *record, enum ftp_data_mode mode,
                         const struct endpoint *named)
{
    const struct conversation *conversation = emit_conversation(emitter);
    bool active = mode == FTP_DATA_ACTIVE;
    const struct address *peer = active ? &conversation->source.ip : &conversation->destination.ip;
    observe(record, FTP_DATA_MODE, active ? "ftp.active" : "ftp.passive");
    if (!ftp_same_address(&named->ip, peer))
        explain_other_address(emitter, record, mode, named);
    if (named->port < LOW_PORTS)
        observe(record, FTP_DATA_PORT, "ftp.low_port");
}

/* --- replies --- */

/* Codes with a sentence of their own in notes.json. */
static bool is_explained(unsigned code)
{
    static const uint16_t codes[] = {110, 120, 125, 150, 200, 202, 211, 212, 213, 214, 215, 220, 221, 225,
                                     226, 227, 228, 229, 230, 231, 232, 234, 235, 250, 251, 252, 253, 257,
                                     331, 332, 334, 335, 336, 350, 354, 421, 425, 426, 430, 431, 434, 450,
                                     451, 452, 500, 501, 502, 503, 504, 521, 522, 530, 532, 533, 534, 535,
                                     536, 537, 550, 551, 552, 553, 554, 555, 556, 557, 631, 632, 633};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] == code)
            return true;
    return false;
}

void ftp_explain_code(struct record *record, unsigned code)
{
    static const char *const firsts[] = {[1] = "ftp.code_1", [2] = "ftp.code_2", [3] = "ftp.code_3",
                                         [4] = "ftp.code_4", [5] = "ftp.code_5", [6] = "ftp.code_6"};
    static const char *const seconds[] = {"ftp.code_x0", "ftp.code_x1", "ftp.code_x2",
                                          "ftp.code_x3", "ftp.code_x4", "ftp.code_x5"};
    unsigned first = code / 100, second = code / 10 % 10;
    if (is_explained(code) || first < 1 || first > 6)
        return;
    observe(record, RECORD_LAST, firsts[first]);
    if (second <= 5)
        observe(record, RECORD_LAST, seconds[second]);
}

static unsigned two_digits(struct bytes text, size_t at)
{
    uint64_t number = 0;
    text_number(bytes_slice(text, at, 2), &number);
    return (unsigned)number;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_to(int64_t year, unsigned month, unsigned day)
{
    static const uint16_t before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int64_t before = year - 1;
    int64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;
    return days + before_month[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
}

bool ftp_parse_time(struct bytes text, int64_t *ret_ns)
{
    enum { DIGITS = 14, LAST_YEAR = 2200 };
    uint64_t all, year;
    if (!text_number(bytes_first(text, DIGITS), &all) || text.len < DIGITS ||
        (text.len > DIGITS && bytes_at(text, DIGITS) != '.') || !text_number(bytes_first(text, 4), &year))
        return false;
    unsigned month = two_digits(text, 4), day = two_digits(text, 6), hour = two_digits(text, 8);
    unsigned minute = two_digits(text, 10), second = two_digits(text, 12);
    if (year < 1900 || year > LAST_YEAR || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    int64_t seconds = days_to((int64_t)year, month, day) * 86400 + (int64_t)hour * 3600 + minute * INT64_C(60) + second;
    *ret_ns = seconds * second_ns;
    return true;
}

static void explain_number(struct record *record, enum ftp_kind kind, struct bytes text)
{
    uint64_t size;
    int64_t time_ns;
    struct bytes word;
    if (!text_word_next(&text, &word))
        return;
    if (kind == FTP_SIZE && text_number(word, &size)) {
        record_unexplained(record, FTP_REPLY_CODE);
        observe_number(record, FTP_REPLY_CODE, "ftp.size", "size", ARGUMENT_SIZE, (int64_t)size);
    } else if (kind == FTP_MDTM && ftp_parse_time(word, &time_ns)) {
        record_unexplained(record, FTP_REPLY_CODE);
        observe_number(record, FTP_REPLY_CODE, "ftp.modified", "time", ARGUMENT_TIME, time_ns);
    }
}

/* In place of the catalog's sentence, where this command makes it clearer. */
static void replace(struct record *record, const char *key)
{
    record_unexplained(record, FTP_REPLY_CODE);
    observe(record, FTP_REPLY_CODE, key);
}

static void explain_login(struct record *record, const struct ftp_exchange *exchange, unsigned code)
{
    if (code == 530 && (exchange->kind == FTP_PASS || exchange->kind == FTP_USER))
        replace(record, "ftp.login_refused");
    else if (code == 230 && exchange->kind == FTP_USER)
        replace(record, "ftp.no_password");
}

static void explain_waiting(struct record *record, const struct ftp_exchange *exchange)
{
    int64_t waited = record->response.time_ns - record->request.time_ns;
    if (exchange->commanded && record->request.frame > 0 && record->response.frame > 0 && waited >= second_ns)
        observe_number(record, FTP_REPLY_CODE, "ftp.slow", "time", ARGUMENT_DURATION, waited);
}

void ftp_explain_reply(const struct ftp_state *state, struct record *record, const struct ftp_exchange *exchange,
                       unsigned code, struct bytes text)
{
    bool refused = code >= 400;
    (void)state;
    explain_login(record, exchange, code);
    if (code == 213)
        explain_number(record, exchange->kind, text);
    if (exchange->kind == FTP_REST && code == 350)
        replace(record, "ftp.restart_accepted");
    if (exchange->kind == FTP_AUTH && refused)
        observe(record, FTP_REPLY_CODE, "ftp.auth_refused");
    if (ftp_is_transfer(exchange->kind) && refused && exchange->preliminary)
        observe(record, FTP_REPLY_CODE, "ftp.broken_off");
    if (exchange->kind == FTP_ABOR && code == 226)
        replace(record, "ftp.aborted");
    explain_waiting(record, exchange);
}

/* --- what the data connection told --- */

/* Where the argument does not say it all. */
void ftp_explain_path(struct record *record, const struct ftp_path *path)
{
    struct bytes text = ftp_path_bytes(path);
    if (bytes_at(text, 0) == '/' && !bytes_equal(text, record_find_text(record, FTP_ARGUMENT)))
        observe_text(record, FTP_COMMAND, "ftp.full_path", "path", text);
}

void ftp_explain_transfer(struct record *record, const struct ftp_exchange *exchange,
                          const struct ftp_transfer *transfer)
{
    int field = record_has(record, FTP_REPLY_CODE) ? FTP_REPLY_CODE : FTP_COMMAND;
    int64_t took_ns = transfer->last_ns - transfer->first_ns;
    (void)exchange;
    if (transfer->began && transfer->elsewhere)
        observe(record, FTP_COMMAND, "ftp.server_to_server");
    if (transfer->sealed)
        observe(record, FTP_COMMAND, "ftp.sealed_transfer");
    if (!transfer->finished || transfer->bytes == 0 || took_ns < least_ns)
        return;
    double rate = (double)transfer->bytes * (double)second_ns / (double)took_ns;
    const struct argument arguments[] = {
        {.name = "size", .kind = ARGUMENT_SIZE, .integer = (int64_t)transfer->bytes},
        {.name = "time", .kind = ARGUMENT_DURATION, .integer = took_ns},
        {.name = "rate", .kind = ARGUMENT_SIZE, .integer = (int64_t)rate},
    };
    record_observe(record, field, "ftp.transferred", arguments, 3);
}
