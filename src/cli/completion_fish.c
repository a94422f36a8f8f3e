/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The completion of fish.
 */
#include "completion.h"
#include "manual_text.h"

static const char functions[] =
    "# The words that are neither options nor what belongs to one.\n"
    "function __overhear_names\n"
    "    set -l belongs no\n"
    "    for word in (commandline -opc)[2..-1]\n"
    "        if test $belongs = yes\n"
    "            set belongs no\n"
    "        else if contains -- $word $__overhear_long\n"
    "            or string match -qr -- \"^-[^-$__overhear_short]*[$__overhear_short]\\$\" $word\n"
    "            set belongs yes\n"
    "        else if not string match -q -- '-?*' $word\n"
    "            echo $word\n"
    "        end\n"
    "    end\n"
    "end\n"
    "\n"
    "function __overhear_listens\n"
    "    __fish_contains_opt -s i interface\n"
    "end\n"
    "\n"
    "function __overhear_needs_verb\n"
    "    not __overhear_listens; and not __overhear_needs_folder; and not __fish_contains_opt -s r read\n"
    "    and test -z \"$(__overhear_names)\"\n"
    "end\n"
    "\n"
    "function __overhear_verb_is\n"
    "    set -l names (__overhear_names)\n"
    "    test \"$names[1]\" = $argv[1]\n"
    "end\n"
    "\n"
    "function __overhear_needs_capture\n"
    "    __overhear_listens; and return 1\n"
    "    __overhear_needs_folder; and return 1\n"
    "    set -l names (__overhear_names)\n"
    "    not contains -- \"$names[1]\" $__overhear_verbs\n"
    "end\n"
    "\n"
    "# after --follow all\n"
    "function __overhear_needs_folder\n"
    "    set -l words (commandline -opc)\n"
    "    test \"$words[-2..-1]\" = '--follow all'\n"
    "end\n"
    "\n"
    "function __overhear_interfaces\n"
    "    set -l lines\n"
    "    command -q overhear; and set lines (overhear -D 2>/dev/null | string replace -r '^(\\S+)\\s+' '$1\\t')\n"
    "    test -n \"$lines\"; or set lines (string replace -r '.*/' '' /sys/class/net/*) any\n"
    "    printf '%s\\n' $lines\n"
    "end\n"
    "\n"
    "# The current word, without the option and the quote that it may begin with.\n"
    "function __overhear_value\n"
    "    commandline -ct | string replace -r '^--[^=]*=' '' | string replace -r '^[\\'\"]' ''\n"
    "end\n"
    "\n"
    "# Several with commas, none twice.\n"
    "function __overhear_list\n"
    "    set -l before (__overhear_value | string match -r '^.*,')\n"
    "    for word in $argv\n"
    "        string match -q \"*,$word,*\" \",$before\"; or echo \"$before\"$word\n"
    "    end\n"
    "end\n"
    "\n"
    "# What may come next in an expression of the display filter.\n"
    "function __overhear_expression\n"
    "    set -l before (__overhear_value | string match -r '^.*[ ({,!]')\n"
    "    set -l last (string trim -- \"$before\" | string match -r '[^ ({,!]*$')\n"
    "    set -l next $__overhear_fields not\n"
    "    if contains -- \"$last\" $__overhear_fields\n"
    "        set next $__overhear_comparisons\n"
    "    else if test \"$last\" != exists; and contains -- \"$last\" $__overhear_comparisons\n"
    "        return\n"
    "    else if test -n \"$last\"; and not contains -- \"$last\" and or not\n"
    "        set next and or\n"
    "    end\n"
    "    for word in $next\n"
    "        echo \"$before\"$word\n"
    "    end\n"
    "end\n"
    "\n";

static void put_quoted(FILE *to, const char *text)
{
    fputc('\'', to);
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', to);
        fputc(*text, to);
    }
    fputc('\'', to);
}

/* The words of a list, each in quotes. */
static void put_words(FILE *to, const char *words)
{
    while (*words != '\0') {
        int length = (int)strcspn(words, " ");
        fprintf(to, " '%.*s'", length, words);
        words += length + (words[length] == ' ');
    }
}

static void put_lists(FILE *to)
{
    fputs("set -g __overhear_long", to);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].long_name && completion_takes_word(&option_rows[i]))
            fprintf(to, " --%s", option_rows[i].long_name);
    fputs("\nset -g __overhear_short ", to);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].short_name != 0 && completion_takes_word(&option_rows[i]))
            fputc(option_rows[i].short_name, to);
    fputs("\nset -g __overhear_verbs", to);
    for (size_t i = 0; i < manual_verb_count; i++)
        fprintf(to, " %s", manual_verbs[i].name);
    fputs("\nset -g __overhear_datasets ", to);
    completion_print_datasets(to, " ");
    fputs("\nset -g __overhear_protocols ", to);
    completion_print_protocols(to, " ");
    fputs("\nset -g __overhear_comparisons", to);
    put_words(to, completion_comparisons);
    fputs("\nset -g __overhear_fields ", to);
    completion_print_fields(to, " ");
    fputs("\n\n", to);
}

static void put_suffixes(FILE *to)
{
    for (const char *c = completion_suffixes; *c != '\0'; c++)
        fprintf(to, "%s%c", c == completion_suffixes || c[-1] == ' ' ? "." : "", *c);
}

/* -x: it needs a word, and no file; -r -F: a file; -f: what may follow its = */
static void put_action(FILE *to, const struct option_row *row)
{
    const struct completion *completion = completion_of(row);
    const char *needs = row->argument == ARGUMENT_ATTACHED ? "-f" : "-x";
    switch (completion->kind) {
    case COMPLETES_NOTHING:
        fprintf(to, " %s", needs);
        break;
    case COMPLETES_WORDS:
        fprintf(to, " %s -k -a '%s'", needs, completion->words);
        break;
    case COMPLETES_CAPTURES:
        fputs(" -x -k -a '(__fish_complete_suffix ", to);
        put_suffixes(to);
        fputs(")'", to);
        break;
    case COMPLETES_FILES:
        fputs(" -r -F", to);
        break;
    case COMPLETES_FOLDERS:
        fputs(" -x -a '(__fish_complete_directories)'", to);
        break;
    case COMPLETES_INTERFACES:
        fputs(" -x -k -a '(__overhear_interfaces)'", to);
        break;
    case COMPLETES_DATASETS:
        fputs(" -x -k -a '(__overhear_list $__overhear_datasets)'", to);
        break;
    case COMPLETES_PROTOCOLS:
        fputs(" -x -k -a '$__overhear_protocols:'", to);
        break;
    case COMPLETES_EXPRESSION:
        fputs(" -x -k -a '(__overhear_expression)'", to);
        break;
    case COMPLETES_USERS:
        fputs(" -x -a '(__fish_complete_users)'", to);
        break;
    }
}

static void put_option(FILE *to, const struct option_row *row)
{
    if (!row->long_name || !row->help)
        return;
    fputs("complete -c overhear", to);
    if (row->short_name != 0)
        fprintf(to, " -s %c", row->short_name);
    fprintf(to, " -l %s", row->long_name);
    if (row->argument != ARGUMENT_NONE)
        put_action(to, row);
    fputs(" -d ", to);
    put_quoted(to, row->help);
    fputc('\n', to);
}

static void put_verb(FILE *to, const struct manual_verb *verb)
{
    bool datasets;
    const char *words = completion_verb_words(verb->name, &datasets);
    fprintf(to, "complete -c overhear -n __overhear_needs_verb -a %s -d ", verb->name);
    put_quoted(to, verb->help);
    fputc('\n', to);
    if (datasets || *words != '\0')
        fprintf(to, "complete -c overhear -n '__overhear_verb_is %s%s' -k -a '%s%s'\n", verb->name,
                completion_is_one_word(verb->name) ? "; and test (count (__overhear_names)) -eq 1" : "",
                datasets ? "$__overhear_datasets " : "", words);
}

void completion_print_fish(FILE *to)
{
    fputs("# fish completion for overhear, written by `overhear completion fish`.\n\n", to);
    put_lists(to);
    fputs(functions, to);
    fputs("complete -c overhear -f\n", to);
    for (size_t i = 0; i < option_row_count; i++)
        put_option(to, &option_rows[i]);
    for (size_t i = 0; i < manual_verb_count; i++)
        put_verb(to, &manual_verbs[i]);
    fputs("complete -c overhear -n __overhear_needs_folder -a '(__fish_complete_directories)'\n"
          "complete -c overhear -n __overhear_needs_capture -k -a '(__fish_complete_suffix ",
          to);
    put_suffixes(to);
    fputs(")'\n", to);
}
