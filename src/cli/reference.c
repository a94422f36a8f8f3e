/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference.h"

#include "manual_text.h"
#include "options_table.h"
#include "record/common_fields.h"

#include <json-c/json_c_version.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <zlib.h>

enum { NAME_COLUMN = 36, TYPE_COLUMN = 14, PROTOCOL_COLUMN = 10 };

/* --help: a page of 80 columns, which end before the last one. */
enum { HELP_WIDTH = 79, OPTION_COLUMN = 30, VERB_COLUMN = 32, EXAMPLE_COLUMN = 38, STATUS_COLUMN = 6 };

static const char *type_name(const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        return "text";
    case FIELD_INTEGER:
        return "integer";
    case FIELD_BOOLEAN:
        return "boolean";
    case FIELD_ADDRESS:
        return "address";
    case FIELD_TIME:
        return "time";
    case FIELD_DURATION:
        return "duration, ns";
    case FIELD_GROUP:
        return "object";
    case FIELD_MAP:
        return "map";
    }
    return "?";
}

/* `group` is the field that this one is a member of, or NULL. */
static void print_field(FILE *to, const struct field *group, const struct field *field)
{
    int width = fprintf(to, "  %s%s%s%s%s", group ? group->name : "", group && group->flags & FIELD_LIST ? "[]" : "",
                        group ? "." : "", field->name, field->flags & FIELD_LIST ? "[]" : "");
    int padding = width < NAME_COLUMN + 2 ? NAME_COLUMN + 2 - width : 0;
    fprintf(to, "%*s %-*s %s%s\n", padding, "", TYPE_COLUMN, type_name(field), field->meaning ? field->meaning : "",
            field->flags & FIELD_SECRET ? " (secret)" : "");
}

static void print_table(FILE *to, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        print_field(to, NULL, &fields[i]);
        for (size_t j = 0; j < fields[i].member_count; j++)
            print_field(to, &fields[i], &fields[i].members[j]);
    }
}

static bool is_wanted(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

int reference_print_fields(FILE *to, const char *const *names, size_t count, const char **ret_unknown)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t dataset_count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count; i++) {
        bool known = strcmp(names[i], "record") == 0;
        for (size_t j = 0; j < dataset_count && j < OPTIONS_DATASETS; j++)
            known = known || strcmp(names[i], datasets[j]->name) == 0;
        if (!known) {
            *ret_unknown = names[i];
            return -1;
        }
    }
    if (is_wanted("record", names, count)) {
        fprintf(to, "record: in every line\n");
        print_table(to, common_fields, common_field_count);
    }
    for (size_t i = 0; i < dataset_count && i < OPTIONS_DATASETS; i++) {
        if (!is_wanted(datasets[i]->name, names, count))
            continue;
        fprintf(to, "%s%s: %s\n", i > 0 || count == 0 ? "\n" : "", datasets[i]->name, datasets[i]->title);
        print_table(to, datasets[i]->fields, datasets[i]->field_count);
    }
    return 0;
}

/* "tcp 53, udp 5353 (mdns)": the name in brackets where a port has another network.protocol. */
static void print_ports(FILE *to, const struct dissector *dissector)
{
    const char *separator = "";
    for (const struct port *port = dissector->ports; port && port->transport != 0; port++) {
        fprintf(to, "%s%s %u", separator, port->transport == TRANSPORT_TCP ? "tcp" : "udp", port->port);
        if (port->protocol && strcmp(port->protocol, dissector->name) != 0)
            fprintf(to, " (%s)", port->protocol);
        separator = ", ";
    }
    if (separator[0] == '\0')
        fputs("no port of its own", to);
}

void reference_print_protocols(FILE *to)
{
    for (size_t i = 0; dissector_registry[i]; i++) {
        const struct dissector *dissector = dissector_registry[i];
        fprintf(to, "%-*s %s\n%-*s ", PROTOCOL_COLUMN, dissector->name, dissector->meaning ? dissector->meaning : "",
                PROTOCOL_COLUMN, "");
        print_ports(to, dissector);
        fputc('\n', to);
    }
}

/* `text` in lines of at most HELP_WIDTH columns; `column` is where the cursor stands, and where the later lines begin.
 */
static void print_wrapped(FILE *to, int column, const char *text)
{
    int used = column;
    for (const char *word = text; *word != '\0';) {
        int length = (int)strcspn(word, " ");
        if (used > column && used + 1 + length > HELP_WIDTH) {
            fprintf(to, "\n%*s", column, "");
            used = column;
        }
        used += fprintf(to, "%s%.*s", used > column ? " " : "", length, word);
        word += length + (word[length] == ' ');
    }
    fputc('\n', to);
}

/* A row of two columns. What is too long for the first stands in a line of its own. */
static void print_row(FILE *to, int column, const char *name, const char *meaning)
{
    int length = fprintf(to, "  %s", name);
    if (length + 1 < column)
        fprintf(to, "%*s", column - length, "");
    else
        fprintf(to, "\n%*s", column, "");
    print_wrapped(to, column, meaning);
}

static void print_option(FILE *to, const struct option_row *row)
{
    char name[64];
    int length = 0;
    if (row->short_name != 0)
        length = snprintf(name, sizeof name, "-%c%s", row->short_name, row->long_name ? ", " : "");
    else
        length = snprintf(name, sizeof name, "    ");
    if (row->long_name)
        length += snprintf(name + length, sizeof name - (size_t)length, "--%s", row->long_name);
    if (row->argument_name)
        snprintf(name + length, sizeof name - (size_t)length, row->argument == ARGUMENT_ATTACHED ? "[=%s]" : " %s",
                 row->argument_name);
    print_row(to, OPTION_COLUMN, name, row->help);
}

void reference_print_help(FILE *to)
{
    print_wrapped(to, fprintf(to, "overhear: "), manual_summary);
    fputs("\n  overhear [OPTIONS] [FILE...] [BPF EXPRESSION]\n", to);
    for (size_t i = 0; i < manual_verb_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "overhear %s%s%s", manual_verbs[i].name, manual_verbs[i].arguments ? " " : "",
                 manual_verbs[i].arguments ? manual_verbs[i].arguments : "");
        print_row(to, VERB_COLUMN, name, manual_verbs[i].help);
    }
    fputc('\n', to);
    for (size_t i = 0; i < manual_short_example_count; i++)
        print_row(to, EXAMPLE_COLUMN, manual_examples[i].command, manual_examples[i].meaning);
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(to, "\n%s\n", option_group_titles[group]);
        for (size_t i = 0; i < option_row_count; i++)
            if ((int)option_rows[i].group == group && option_rows[i].help)
                print_option(to, &option_rows[i]);
    }
    fputs("\nExit status\n", to);
    for (size_t i = 0; i < manual_exit_status_count; i++)
        print_row(to, STATUS_COLUMN, manual_exit_status[i].label, manual_exit_status[i].text);
}

void reference_print_version(FILE *to)
{
    fprintf(to, "overhear %s\n%s\njson-c %s, zlib %s, %s\n", OVERHEAR_VERSION, pcap_lib_version(), json_c_version(),
            zlibVersion(), OpenSSL_version(OPENSSL_VERSION));
}
