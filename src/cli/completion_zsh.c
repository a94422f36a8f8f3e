/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The completion of zsh: for a folder of fpath, or to be read with `source <(overhear completion zsh)`.
 */
#include "completion.h"
#include "manual_text.h"

static const char functions[] =
    "_overhear_interfaces() {\n"
    "    local -a names\n"
    "    local line\n"
    "    for line in ${(f)\"$(_call_program interfaces overhear -D 2>/dev/null)\"}; do\n"
    "        names+=(\"${${line%% *}//:/\\\\:}:${${line#* }## #}\")\n"
    "    done\n"
    "    (( $#names )) || names=(/sys/class/net/*(N:t) any)\n"
    "    _describe -t interfaces interface names\n"
    "}\n"
    "\n"
    "_overhear_verbs() {\n"
    "    _describe -t verbs verb overhear_verbs\n"
    "}\n"
    "\n"
    "_overhear_protocols() {\n"
    "    if compset -P '*:'; then\n"
    "        _message port\n"
    "    else\n"
    "        compadd -S : -- $overhear_protocols\n"
    "    fi\n"
    "}\n"
    "\n"
    "# What may come next in an expression of the display filter.\n"
    "_overhear_expression() {\n"
    "    local before=${PREFIX%${PREFIX##*[ (\\{,!]}} last\n"
    "    last=${before%% #}\n"
    "    last=${last##*[ (\\{,!]}\n"
    "    compset -P '*[ (\\{,!]'\n"
    "    if [[ -n $last ]] && (( $overhear_fields[(Ie)$last] )); then\n"
    "        compadd -S '' -- $overhear_comparisons\n"
    "    elif [[ $last != exists ]] && (( $overhear_comparisons[(Ie)$last] )); then\n"
    "        _message value\n"
    "    elif [[ -n $last && $last != (and|or|not) ]]; then\n"
    "        compadd -S '' -- and or\n"
    "    else\n"
    "        compadd -S '' -- $overhear_fields not\n"
    "    fi\n"
    "}\n"
    "\n"
    "_overhear_name() {\n"
    "    if [[ $words[CURRENT-1] == all && $words[CURRENT-2] == --follow ]]; then\n"
    "        _files -/\n"
    "    elif (( ${+opt_args[-i]} || ${+opt_args[--interface]} )); then\n"
    "        _message 'BPF expression'\n"
    "    elif [[ $argv[-1] == first ]] && (( ! ${+opt_args[-r]} && ! ${+opt_args[--read]} )); then\n"
    "        _alternative 'verbs:verb:_overhear_verbs' \"captures:capture:$overhear_captures\"\n"
    "    elif [[ $argv[-1] == first ]]; then\n"
    "        _alternative \"captures:capture:$overhear_captures\"\n"
    "    else\n"
    "        case $line[1] in\n";

static const char after_functions[] = "            *) _alternative \"captures:capture:$overhear_captures\" ;;\n"
                                      "        esac\n"
                                      "    fi\n"
                                      "}\n"
                                      "\n";

/* In single quotes of the shell, and with a backslash before what _arguments would take for its own. */
static void put_escaped(FILE *to, const char *text, const char *special)
{
    for (; *text != '\0'; text++)
        if (*text == '\'') {
            fputs("'\\''", to);
        } else {
            if (strchr(special, *text))
                fputc('\\', to);
            fputc(*text, to);
        }
}

static void put_action(FILE *to, const struct completion *completion)
{
    switch (completion->kind) {
    case COMPLETES_NOTHING:
        fputs(": ", to);
        break;
    case COMPLETES_WORDS:
        if (strchr(completion->words, ':')) {
            fputs(":{compadd -S \"\" -- ", to);
            put_escaped(to, completion->words, ":");
            fputc('}', to);
        } else {
            fprintf(to, ":(%s)", completion->words);
        }
        break;
    case COMPLETES_CAPTURES:
        fputs(":'$overhear_captures", to); /* outside of the quotes: what is in there has quotes of its own */
        break;
    case COMPLETES_FILES:
        fputs(":_files", to);
        break;
    case COMPLETES_FOLDERS:
        fputs(":_files -/", to);
        break;
    case COMPLETES_INTERFACES:
        fputs(":_overhear_interfaces", to);
        break;
    case COMPLETES_DATASETS:
        fputs(":_values -s , dataset $overhear_datasets", to);
        break;
    case COMPLETES_PROTOCOLS:
        fputs(":_overhear_protocols", to);
        break;
    case COMPLETES_EXPRESSION:
        fputs(":_overhear_expression", to);
        break;
    case COMPLETES_USERS:
        fputs(":_users", to);
        break;
    }
    if (completion->kind != COMPLETES_CAPTURES)
        fputc('\'', to);
}

/* '(-c --count)'{-c+,--count=}'[stop after N frames]:N: ' */
static void put_option(FILE *to, const struct option_row *row)
{
    const struct completion *completion = completion_of(row);
    const bool takes = completion_takes_word(row), both = row->short_name != 0 && row->long_name;
    const char *tail = row->argument == ARGUMENT_ATTACHED ? "=-" : "";
    if (!row->long_name || !row->help)
        return;
    fputs("        ", to);
    if (completion->repeats)
        fputs("'*'", to);
    else if (both)
        fprintf(to, "'(-%c --%s)'", row->short_name, row->long_name);
    if (both)
        fprintf(to, "{-%c%s,--%s%s}", row->short_name, takes ? "+" : "", row->long_name, takes ? "=" : tail);
    else
        fprintf(to, "--%s%s", row->long_name, takes ? "=" : tail);
    fputs("'[", to);
    put_escaped(to, row->help, "[]\\");
    fputc(']', to);
    if (row->argument_name) {
        fputs(takes ? ":" : "::", to);
        put_escaped(to, row->argument_name, ":\\");
        put_action(to, completion);
    } else {
        fputc('\'', to);
    }
    fputs(" \\\n", to);
}

static void put_verbs(FILE *to)
{
    for (size_t i = 0; i < manual_verb_count; i++) {
        bool datasets;
        const char *words = completion_verb_words(manual_verbs[i].name, &datasets);
        fprintf(to, "            %s) ", manual_verbs[i].name);
        if (datasets || *words != '\0')
            fprintf(to, "%scompadd -- %s%s ;;\n",
                    completion_is_one_word(manual_verbs[i].name) ? "[[ ${#line} -gt 2 ]] || " : "",
                    datasets ? "$overhear_datasets " : "", words);
        else
            fputs("_message 'no more words' ;;\n", to);
    }
}

static void put_lists(FILE *to)
{
    fputs("    local -a overhear_datasets=(", to);
    completion_print_datasets(to, " ");
    fputs(")\n    local -a overhear_protocols=(", to);
    completion_print_protocols(to, " ");
    fputs(")\n    local -a overhear_comparisons=(", to);
    for (const char *word = completion_comparisons; *word != '\0';) {
        int length = (int)strcspn(word, " ");
        fprintf(to, "'%.*s'%s", length, word, word[length] == ' ' ? " " : "");
        word += length + (word[length] == ' ');
    }
    fputs(")\n    local -a overhear_fields=(", to);
    completion_print_fields(to, " ");
    fputs(")\n    local -a overhear_verbs=(\n", to);
    for (size_t i = 0; i < manual_verb_count; i++) {
        fprintf(to, "        '%s:", manual_verbs[i].name);
        put_escaped(to, manual_verbs[i].help, "");
        fputs("'\n", to);
    }
    fputs("    )\n    local overhear_captures='_files -g \"*.(", to);
    for (const char *c = completion_suffixes; *c != '\0'; c++)
        fputc(*c == ' ' ? '|' : *c, to);
    fputs(")(-.)\"'\n", to);
}

void completion_print_zsh(FILE *to)
{
    fputs("#compdef overhear\n# zsh completion for overhear, written by `overhear completion zsh`.\n\n", to);
    fputs(functions, to);
    put_verbs(to);
    fputs(after_functions, to);
    fputs("_overhear() {\n    local curcontext=$curcontext state line\n    typeset -A opt_args\n", to);
    put_lists(to);
    fputs("    _arguments -s -S : \\\n", to);
    for (size_t i = 0; i < option_row_count; i++)
        put_option(to, &option_rows[i]);
    fputs("        '1: :_overhear_name first' \\\n        '*: :_overhear_name next'\n}\n\n"
          "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n    _overhear \"$@\"\nelse\n"
          "    compdef _overhear overhear\nfi\n",
          to);
}
