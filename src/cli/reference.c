/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference.h"

#include "options_table.h"
#include "record/common_fields.h"

#include <json-c/json_c_version.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <zlib.h>

enum { NAME_COLUMN = 36, TYPE_COLUMN = 14, OPTION_COLUMN = 30, PROTOCOL_COLUMN = 10 };

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
        snprintf(name + length, sizeof name - (size_t)length, "%s%s", row->argument == ARGUMENT_ATTACHED ? "=" : " ",
                 row->argument_name);
    fprintf(to, "  %-*s %s\n", OPTION_COLUMN, name, row->help);
}

void reference_print_help(FILE *to)
{
    fputs("overhear shows what two machines said to each other in a packet capture, and what it means.\n"
          "\n"
          "  overhear [OPTIONS] [FILE...] [BPF EXPRESSION]\n"
          "  overhear fields [DATASET...] | schema | protocols | help\n"
          "\n"
          "  overhear cap.pcap                       what was said in this capture\n"
          "  overhear cap.pcap host 10.0.0.1         only with this machine (a filter as for tcpdump)\n"
          "  overhear --json cap.pcap | jq .         one JSON object a line\n"
          "  tcpdump -w - | overhear -               from standard input\n"
          "  overhear -i eth0 port 53                listen, until Ctrl-C\n",
          to);
    for (int group = 0; group < GROUP_COUNT; group++) {
        fprintf(to, "\n%s\n", option_group_titles[group]);
        for (size_t i = 0; i < option_row_count; i++)
            if ((int)option_rows[i].group == group && option_rows[i].help)
                print_option(to, &option_rows[i]);
    }
    fputs("\nExit status: 0 done; 1 a capture could not be read to its end, or something could not be written;\n"
          "2 the command line is wrong.\n",
          to);
}

void reference_print_version(FILE *to)
{
    fprintf(to, "overhear %s\n%s\njson-c %s, zlib %s, %s\n", OVERHEAR_VERSION, pcap_lib_version(), json_c_version(),
            zlibVersion(), OpenSSL_version(OPENSSL_VERSION));
}
