/* SPDX-License-Identifier: BSD-3-Clause
 *
 * overhear.1 with the macros of man(7), which every man understands.
 */
#include "manual.h"

#include "manual_text.h"
#include "options_table.h"

#include <ctype.h>

/* One character as roff is to print it: a minus that can be copied, quotes that stay straight. */
static void put_character(FILE *to, char character)
{
    switch (character) {
    case '\\':
        fputs("\\e", to);
        break;
    case '-':
        fputs("\\-", to);
        break;
    case '\'':
        fputs("\\(aq", to);
        break;
    case '"':
        fputs("\\(dq", to);
        break;
    case '`':
        fputs("\\(ga", to);
        break;
    case '^':
        fputs("\\(ha", to);
        break;
    case '~':
        fputs("\\(ti", to);
        break;
    default:
        fputc(character, to);
    }
}

/* All of it as it is, in a font: R, B or I. */
static void put_in(FILE *to, char font, const char *text)
{
    fprintf(to, "\\f%c", font);
    for (; *text != '\0'; text++)
        put_character(to, *text);
    fputs("\\fR", to);
}

/* Outside of backticks: <NAME> is in italics, a sentence ends its line so that roff knows where, and a hyphen in a word
 * is no minus. Returns how many characters that took; `before` is the character before them. */
static size_t put_prose(FILE *to, const char *at, char before)
{
    const bool after_letter = isalpha((unsigned char)before);
    if (*at == '<' && isupper((unsigned char)at[1]))
        fputs("\\fI", to);
    else if (*at == '>' && after_letter)
        fputs("\\fR", to);
    else if (*at == '-' && after_letter)
        fputc('-', to);
    else if (strncmp(at, ". ", 2) == 0)
        fputs(".\n", to);
    else
        put_character(to, *at);
    return strncmp(at, ". ", 2) == 0 ? 2 : 1;
}

/* A text with its marks; it may be the middle of a line. */
static void put_marked(FILE *to, const char *text)
{
    bool literal = false;
    char before = '\0';
    while (*text != '\0') {
        size_t length = 1;
        if (*text == '`') {
            literal = !literal;
            fputs(literal ? "\\fB" : "\\fR", to);
        } else if (literal) {
            put_character(to, *text);
        } else {
            length = put_prose(to, text, before);
        }
        before = text[length - 1];
        text += length;
    }
}

/* The same, at the beginning of a line, where a period or a quote would be a request: and with the line's end. */
static void put_text(FILE *to, const char *text)
{
    if (text[0] == '.' || text[0] == '\'')
        fputs("\\&", to);
    put_marked(to, text);
    fputc('\n', to);
}

/* A sentence out of a help line: it begins with a capital and ends with a period. */
static void put_sentence(FILE *to, const char *text)
{
    const char last = text[strlen(text) - 1];
    if (isalpha((unsigned char)text[0]))
        fputc(toupper((unsigned char)text[0]), to);
    else
        put_character(to, text[0]);
    put_marked(to, text + 1);
    fputs(last == '.' || last == '?' ? "\n" : ".\n", to);
}

static void put_label(FILE *to, const char *label)
{
    fputs(".TP\n", to);
    put_in(to, 'B', label);
    fputc('\n', to);
}

static void put_title(FILE *to, const char *request, const char *title, bool capitals)
{
    fprintf(to, ".%s \"", request);
    for (; *title != '\0'; title++)
        fputc(capitals ? toupper((unsigned char)*title) : *title, to);
    fputs("\"\n", to);
}

static void put_blocks(FILE *to, const struct manual_section *section)
{
    for (size_t i = 0; i < section->block_count; i++) {
        const struct manual_block *block = &section->blocks[i];
        if (block->label)
            put_label(to, block->label);
        else if (i > 0)
            fputs(".PP\n", to);
        put_text(to, block->text);
    }
}

static void put_option(FILE *to, const struct option_row *row)
{
    const char short_name[] = {'-', row->short_name, '\0'};
    fputs(".TP\n", to);
    if (row->short_name != 0)
        put_in(to, 'B', short_name);
    if (row->short_name != 0 && row->long_name)
        fputs(", ", to);
    if (row->long_name) {
        put_in(to, 'B', "--");
        put_in(to, 'B', row->long_name);
    }
    if (row->argument_name) {
        if (row->argument == ARGUMENT_ATTACHED)
            put_in(to, 'R', "[=");
        else
            fputc(' ', to);
        put_in(to, 'I', row->argument_name);
        if (row->argument == ARGUMENT_ATTACHED)
            fputc(']', to);
    }
    fputc('\n', to);
    put_sentence(to, row->help);
    for (size_t i = 0; row->long_name && i < manual_option_count; i++)
        if (strcmp(manual_options[i].label, row->long_name) == 0)
            put_text(to, manual_options[i].text);
}

static void put_options(FILE *to)
{
    put_title(to, "SH", "Options", true);
    for (int group = 0; group < GROUP_COUNT; group++) {
        put_title(to, "SS", option_group_titles[group], false);
        for (size_t i = 0; i < option_row_count; i++)
            if ((int)option_rows[i].group == group && option_rows[i].help)
                put_option(to, &option_rows[i]);
    }
}

static void put_verbs(FILE *to)
{
    for (size_t i = 0; i < manual_verb_count; i++) {
        fputs(".TP\n", to);
        put_in(to, 'B', "overhear ");
        put_in(to, 'B', manual_verbs[i].name);
        if (manual_verbs[i].arguments) {
            fputc(' ', to);
            put_in(to, 'I', manual_verbs[i].arguments);
        }
        fputc('\n', to);
        put_sentence(to, manual_verbs[i].help);
    }
}

static void put_synopsis(FILE *to)
{
    put_title(to, "SH", "Synopsis", true);
    fputs("\\fBoverhear\\fR [\\fIOPTIONS\\fR] [\\fIFILE\\fR...] [\\fIBPF EXPRESSION\\fR]\n"
          ".br\n"
          "\\fBoverhear\\fR \\fB\\-i\\fR \\fIIF\\fR [\\fIOPTIONS\\fR] [\\fIBPF EXPRESSION\\fR]\n",
          to);
    for (size_t i = 0; i < manual_verb_count; i++) {
        fputs(".br\n", to);
        fprintf(to, "\\fBoverhear %s\\fR", manual_verbs[i].name);
        if (manual_verbs[i].arguments)
            fprintf(to, " \\fI%s\\fR", manual_verbs[i].arguments);
        fputc('\n', to);
    }
}

static void put_examples(FILE *to)
{
    put_title(to, "SH", "Examples", true);
    for (size_t i = 0; i < manual_example_count; i++) {
        put_label(to, manual_examples[i].command);
        put_sentence(to, manual_examples[i].meaning);
    }
}

void manual_print(FILE *to)
{
    fputs(".\\\" Written by `overhear manual`, from the tables of the program.\n", to);
    fprintf(to, ".TH OVERHEAR 1 \"%s\" \"overhear %s\" \"User Commands\"\n", manual_date, OVERHEAR_VERSION);
    fputs(".nh\n.ad l\n", to); /* words that are typed are not to be cut or stretched */
    put_title(to, "SH", "Name", true);
    fprintf(to, "overhear \\- %s\n", manual_summary);
    put_synopsis(to);
    put_title(to, "SH", "Description", true);
    put_text(to, manual_description);
    for (size_t i = 0; i < manual_section_count; i++) {
        if (i == 1)
            put_options(to);
        put_title(to, "SH", manual_sections[i].title, true);
        put_blocks(to, &manual_sections[i]);
        if (i == 0)
            put_verbs(to);
    }
    put_title(to, "SH", "Exit status", true);
    for (size_t i = 0; i < manual_exit_status_count; i++) {
        put_label(to, manual_exit_status[i].label);
        put_sentence(to, manual_exit_status[i].text);
    }
    put_examples(to);
    put_title(to, "SH", "See also", true);
    fputs("\\fBtcpdump\\fR(8), \\fBtshark\\fR(1), \\fBpcap\\-filter\\fR(7), \\fBjq\\fR(1), \\fBsetcap\\fR(8), "
          "\\fBlandlock\\fR(7), \\fBseccomp\\fR(2)\n"
          ".PP\n"
          "The pages of the project tell more: usage.md about the program,\n"
          "transcript.md about what it prints, and one for each protocol.\n",
          to);
}
