/* SPDX-License-Identifier: BSD-3-Clause */
#include "completion.h"

#include "manual.h"
#include "record/common_fields.h"

const char completion_comparisons[] = "== != < <= > >= contains matches in exists";
const char completion_suffixes[] = "pcap pcapng cap gz dmp ntar";

static const struct completion completions[] = {
    {"FILE", "read", COMPLETES_CAPTURES, NULL, true},
    {"FILE", NULL, COMPLETES_FILES, NULL, false},
    {"DIR", "notes", COMPLETES_FOLDERS, NULL, true},
    {"DIR", NULL, COMPLETES_FOLDERS, NULL, false},
    {"IF", NULL, COMPLETES_INTERFACES, NULL, true},
    {"NAME,...", NULL, COMPLETES_DATASETS, NULL, false},
    {"PROTO:PORT", NULL, COMPLETES_PROTOCOLS, NULL, true},
    {"EXPR", "display-filter", COMPLETES_EXPRESSION, NULL, false},
    {"EXPR", NULL, COMPLETES_NOTHING, NULL, false},
    {"USER", NULL, COMPLETES_USERS, NULL, false},
    {"FORMAT", NULL, COMPLETES_WORDS, "json text", false},
    {"WHEN", NULL, COMPLETES_WORDS, "auto always never", false},
    {"FORM", NULL, COMPLETES_WORDS, "text json none", false},
    {"HOST", NULL, COMPLETES_WORDS, "linux bsd windows", false},
    {"SIDE", NULL, COMPLETES_WORDS, "client server", false},
    {"N|all DIR", NULL, COMPLETES_WORDS, "all", false},
    {"duration:N", NULL, COMPLETES_WORDS, "duration:", false},
    {NULL, NULL, COMPLETES_NOTHING, NULL, false},
};

const struct completion *completion_of(const struct option_row *row)
{
    const struct completion *found = completions;
    while (found->argument_name &&
           (!row->argument_name || strcmp(found->argument_name, row->argument_name) != 0 ||
            (found->long_name && (!row->long_name || strcmp(found->long_name, row->long_name) != 0))))
        found++;
    return found;
}

bool completion_is_one_word(const char *verb)
{
    return strcmp(verb, "fields") != 0;
}

bool completion_takes_word(const struct option_row *row)
{
    return row->argument == ARGUMENT_REQUIRED || row->argument == ARGUMENT_FOLDER;
}

const char *completion_verb_words(const char *verb, bool *ret_datasets)
{
    *ret_datasets = strcmp(verb, "explain") == 0 || strcmp(verb, "fields") == 0;
    if (strcmp(verb, "fields") == 0)
        return "record";
    return strcmp(verb, "completion") == 0 ? "bash zsh fish" : "";
}

void completion_print_datasets(FILE *to, const char *separator)
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    for (size_t i = 0; i < count && i < OPTIONS_DATASETS; i++)
        fprintf(to, "%s%s", i > 0 ? separator : "", datasets[i]->name);
}

void completion_print_protocols(FILE *to, const char *separator)
{
    for (size_t i = 0; dissector_registry[i]; i++)
        fprintf(to, "%s%s", i > 0 ? separator : "", dissector_registry[i]->name);
}

struct field_table {
    const struct field *fields;
    size_t count;
};

/* Table 0 is what all records have, the others are those of the datasets. */
static size_t list_tables(struct field_table ret_tables[OPTIONS_DATASETS + 1])
{
    const struct dataset *datasets[OPTIONS_DATASETS];
    size_t count = dataset_list(datasets, OPTIONS_DATASETS);
    if (count > OPTIONS_DATASETS)
        count = OPTIONS_DATASETS;
    ret_tables[0] = (struct field_table){common_fields, common_field_count};
    for (size_t i = 0; i < count; i++)
        ret_tables[i + 1] = (struct field_table){datasets[i]->fields, datasets[i]->field_count};
    return count + 1;
}

/* Datasets share names (user.name): only the first of them is printed. */
static bool is_first(const struct field_table *tables, size_t table, size_t index)
{
    const char *name = tables[table].fields[index].name;
    for (size_t i = 0; i < table; i++)
        for (size_t j = 0; j < tables[i].count; j++)
            if (strcmp(tables[i].fields[j].name, name) == 0)
                return false;
    return true;
}

void completion_print_fields(FILE *to, const char *separator)
{
    struct field_table tables[OPTIONS_DATASETS + 1];
    size_t count = list_tables(tables);
    const char *before = "";
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tables[i].count; j++) {
            const struct field *field = &tables[i].fields[j];
            if (!is_first(tables, i, j))
                continue;
            if (field->member_count == 0) {
                fprintf(to, "%s%s", before, field->name);
                before = separator;
            }
            for (size_t k = 0; k < field->member_count; k++) {
                fprintf(to, "%s%s.%s", before, field->name, field->members[k].name);
                before = separator;
            }
        }
}

int completion_print(FILE *to, const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        completion_print_bash(to);
    else if (strcmp(shell, "zsh") == 0)
        completion_print_zsh(to);
    else if (strcmp(shell, "fish") == 0)
        completion_print_fish(to);
    else
        return -1;
    return 0;
}
