/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The completion of bash. It stands alone; where the helpers of bash-completion are loaded, they find the files.
 */
#include "completion.h"
#include "manual_text.h"

/* The words up to the cursor, as the program will see them: bash cuts at each = and :. */
static const char words_function[] = "_overhear_split()\n"
                                     "{\n"
                                     "    local rest=${COMP_LINE:0:COMP_POINT} bare word\n"
                                     "    local -i i\n"
                                     "    words=()\n"
                                     "    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
                                     "        bare=${rest#\"${rest%%[![:space:]]*}\"}\n"
                                     "        word=${COMP_WORDS[i]}\n"
                                     "        ((i == COMP_CWORD)) && word=$bare\n"
                                     "        if ((i > 0)) && [[ $bare == \"$rest\" ]]; then\n"
                                     "            words[${#words[@]} - 1]+=$word\n"
                                     "        else\n"
                                     "            words+=(\"$word\")\n"
                                     "        fi\n"
                                     "        rest=${bare#\"$word\"}\n"
                                     "    done\n"
                                     "}\n"
                                     "\n";

static const char helper_functions[] =
    "# Those of the words in $1 that begin like $value, behind what stands before it ($2).\n"
    "_overhear_words()\n"
    "{\n"
    "    local word\n"
    "    for word in $1; do\n"
    "        [[ $word == \"${value#\"$2\"}\"* ]] && COMPREPLY+=(\"$2$word\")\n"
    "    done\n"
    "}\n"
    "\n"
    "# $1: -d for folders alone; else the ends that the names of files should have, if any have.\n"
    "_overhear_files()\n"
    "{\n"
    "    local cur=$value found\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    if declare -F _filedir >/dev/null; then\n"
    "        if [[ -z $1 || $1 == -d ]]; then\n"
    "            _filedir ${1:+\"$1\"}\n"
    "        else\n"
    "            _filedir \"@(${1// /|})\"\n"
    "            ((${#COMPREPLY[@]} > 0)) || _filedir\n"
    "        fi\n"
    "        return\n"
    "    fi\n"
    "    while IFS= read -r found; do\n"
    "        if [[ -d $found || -z $1 ]] || [[ $1 != -d && \" $1 \" == *\" ${found##*.} \"* ]]; then\n"
    "            COMPREPLY+=(\"$found\")\n"
    "        fi\n"
    "    done < <(compgen -f -- \"$cur\")\n"
    "    if ((${#COMPREPLY[@]} == 0)) && [[ -n $1 && $1 != -d ]]; then\n"
    "        _overhear_files\n"
    "    fi\n"
    "}\n"
    "\n"
    "_overhear_interfaces()\n"
    "{\n"
    "    local names name rest\n"
    "    while read -r name rest; do\n"
    "        names+=\" $name\"\n"
    "    done < <(overhear -D 2>/dev/null)\n"
    "    if [[ -z $names ]]; then\n"
    "        for name in /sys/class/net/*; do\n"
    "            names+=\" ${name##*/}\"\n"
    "        done\n"
    "        names+=' any'\n"
    "    fi\n"
    "    _overhear_words \"$names\"\n"
    "}\n"
    "\n"
    "# Several of $1 with commas; none twice.\n"
    "_overhear_list()\n"
    "{\n"
    "    local before='' word left=''\n"
    "    [[ $value == *,* ]] && before=${value%,*},\n"
    "    for word in $1; do\n"
    "        [[ ,$before == *,\"$word\",* ]] || left+=\" $word\"\n"
    "    done\n"
    "    _overhear_words \"$left\" \"$before\"\n"
    "    compopt -o nospace 2>/dev/null\n"
    "}\n"
    "\n"
    "# What may come next in an expression of the display filter.\n"
    "_overhear_expression()\n"
    "{\n"
    "    local before last next=\"$fields not\"\n"
    "    [[ $value == [\\'\\\"]* ]] && quoted=yes\n"
    "    value=${value#[\\'\\\"]}\n"
    "    before=${value%\"${value##*[ (\\{,!]}\"}\n"
    "    last=${before%\"${before##*[! ]}\"}\n"
    "    last=${last##*[ (\\{,!]}\n"
    "    if [[ -n $last && \" $fields \" == *\" $last \"* ]]; then\n"
    "        next=$comparisons\n"
    "    elif [[ -n $last && \" $comparisons \" == *\" $last \"* && $last != exists ]]; then\n"
    "        next=''\n"
    "    elif [[ -n $last && $last != and && $last != or && $last != not ]]; then\n"
    "        next='and or'\n"
    "    fi\n"
    "    _overhear_words \"$next\" \"$before\"\n"
    "}\n"
    "\n";

/* The current word is $value; what stands before it in the same word is $lead. */
static const char main_begin[] =
    "_overhear()\n"
    "{\n"
    "    local -a words names=()\n"
    "    local option='' value lead='' word rest cut options_end='' quoted=''\n"
    "    local -i i\n"
    "    COMPREPLY=()\n"
    "    _overhear_split\n"
    "    for ((i = 1; i < ${#words[@]} - 1; i++)); do\n"
    "        word=${words[i]}\n"
    "        if [[ -n $option ]]; then\n"
    "            if [[ $option == --follow && $word == all ]]; then\n"
    "                option=--follow-all\n"
    "            else\n"
    "                option=''\n"
    "            fi\n"
    "        elif [[ -n $options_end || $word != -?* ]]; then\n"
    "            names+=(\"$word\")\n"
    "        elif [[ $word == -- ]]; then\n"
    "            options_end=yes\n"
    "        elif [[ $word == --* ]]; then\n"
    "            [[ \" $long_with_word \" == *\" $word \"* ]] && option=$word\n"
    "            [[ $word == --follow=all ]] && option=--follow-all\n"
    "            [[ $word == --interface=* ]] && names+=(-)\n"
    "            [[ $word == --read=* ]] && names+=('')\n"
    "        else\n"
    "            rest=${word#-}\n"
    "            while [[ -n $rest && $short_with_word != *\"${rest:0:1}\"* ]]; do\n"
    "                rest=${rest:1}\n"
    "            done\n"
    "            [[ ${#rest} -eq 1 ]] && option=-$rest\n"
    "            [[ $rest == i?* ]] && names+=(-)\n"
    "            [[ $rest == r?* ]] && names+=('')\n"
    "        fi\n"
    "        # after them the first word is no verb; with -i no word is a file\n"
    "        [[ $option == -i || $option == --interface ]] && names+=(-)\n"
    "        [[ $option == -r || $option == --read ]] && names+=('')\n"
    "    done\n"
    "    value=${words[${#words[@]} - 1]}\n"
    "    if [[ -z $option && -z $options_end ]]; then\n"
    "        case $value in\n"
    "        --*=*)\n"
    "            option=${value%%=*}\n"
    "            lead=$option=\n"
    "            value=${value#*=}\n"
    "            ;;\n"
    "        --* | -) option=options ;;\n"
    "        -*)\n"
    "            rest=${value#-}\n"
    "            while [[ -n $rest && $short_with_word != *\"${rest:0:1}\"* ]]; do\n"
    "                rest=${rest:1}\n"
    "            done\n"
    "            if [[ -n $rest ]]; then\n"
    "                option=-${rest:0:1}\n"
    "                lead=${value%\"${rest:1}\"}\n"
    "                value=${rest:1}\n"
    "            fi\n"
    "            ;;\n"
    "        esac\n"
    "    fi\n"
    "    case $option in\n"
    "    options)\n"
    "        _overhear_words \"$options\"\n"
    "        [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
    "        ;;\n";

static const char main_end[] =
    "    esac\n"
    "    # bash puts in what follows the last = or :, where it cuts there\n"
    "    cut=''\n"
    "    for word in = :; do\n"
    "        if [[ $COMP_WORDBREAKS == *$word* && $lead$value == *$word* && -z $quoted ]]; then\n"
    "            rest=$lead$value\n"
    "            rest=${rest%\"${rest##*\"$word\"}\"}\n"
    "            ((${#rest} > ${#cut})) && cut=$rest\n"
    "        fi\n"
    "    done\n"
    "    for i in \"${!COMPREPLY[@]}\"; do\n"
    "        word=$lead${COMPREPLY[i]}\n"
    "        COMPREPLY[i]=${word#\"$cut\"}\n"
    "    done\n"
    "}\n"
    "\n"
    "complete -F _overhear overhear\n";

static void put_long_options(FILE *to, bool with_word)
{
    const char *separator = "";
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].long_name && (!with_word || completion_takes_word(&option_rows[i]))) {
            fprintf(to, "%s--%s", separator, option_rows[i].long_name);
            separator = " ";
            if (!with_word && option_rows[i].argument == ARGUMENT_ATTACHED)
                fprintf(to, " --%s=", option_rows[i].long_name);
        }
}

static void put_lists(FILE *to)
{
    fputs("    local long_with_word='", to);
    put_long_options(to, true);
    fputs("'\n    local short_with_word='", to);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].short_name != 0 && completion_takes_word(&option_rows[i]))
            fputc(option_rows[i].short_name, to);
    fputs("'\n    local options='", to);
    put_long_options(to, false);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].short_name != 0)
            fprintf(to, " -%c", option_rows[i].short_name);
    fprintf(to, "'\n    local comparisons='%s'\n    local datasets='", completion_comparisons);
    completion_print_datasets(to, " ");
    fputs("'\n    local protocols='", to);
    completion_print_protocols(to, " ");
    fputs("'\n    local fields='", to);
    completion_print_fields(to, " ");
    fputs("'\n", to);
}

static void put_action(FILE *to, const struct completion *completion)
{
    switch (completion->kind) {
    case COMPLETES_NOTHING:
        fputs("        :\n", to);
        break;
    case COMPLETES_WORDS:
        fprintf(to, "        _overhear_words '%s'\n", completion->words);
        if (strchr(completion->words, ':'))
            fputs("        compopt -o nospace 2>/dev/null\n", to);
        break;
    case COMPLETES_CAPTURES:
        fprintf(to, "        _overhear_files '%s'\n", completion_suffixes);
        break;
    case COMPLETES_FILES:
        fputs("        _overhear_files\n", to);
        break;
    case COMPLETES_FOLDERS:
        fputs("        _overhear_files -d\n", to);
        break;
    case COMPLETES_INTERFACES:
        fputs("        _overhear_interfaces\n", to);
        break;
    case COMPLETES_DATASETS:
        fputs("        _overhear_list \"$datasets\"\n", to);
        break;
    case COMPLETES_PROTOCOLS:
        fputs("        _overhear_words \"${protocols// /: }:\"\n        compopt -o nospace 2>/dev/null\n", to);
        break;
    case COMPLETES_EXPRESSION:
        fputs("        _overhear_expression\n        compopt -o nospace 2>/dev/null\n", to);
        break;
    case COMPLETES_USERS:
        fputs("        mapfile -t COMPREPLY < <(compgen -u -- \"$value\")\n", to);
        break;
    }
    fputs("        ;;\n", to);
}

static void put_options(FILE *to)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (row->argument == ARGUMENT_NONE || !row->long_name)
            continue;
        fputs("    ", to);
        if (row->short_name != 0)
            fprintf(to, "-%c | ", row->short_name);
        fprintf(to, "--%s)\n", row->long_name);
        put_action(to, completion_of(row));
    }
    fputs("    --follow-all)\n        _overhear_files -d\n        ;;\n", to);
}

static void put_names(FILE *to)
{
    fputs("    '')\n        case ${names[0]-} in\n", to);
    for (size_t i = 0; i < manual_verb_count; i++) {
        bool datasets;
        const char *words = completion_verb_words(manual_verbs[i].name, &datasets);
        fprintf(to, "        %s) %s_overhear_words \"%s%s\" ;;\n", manual_verbs[i].name,
                completion_is_one_word(manual_verbs[i].name) ? "[[ ${#names[@]} -gt 1 ]] || " : "",
                datasets ? "$datasets " : "", words);
    }
    fputs("        -) ;;\n        *)\n            [[ ${#names[@]} -gt 0 ]] || _overhear_words '", to);
    for (size_t i = 0; i < manual_verb_count; i++)
        fprintf(to, "%s%s", i > 0 ? " " : "", manual_verbs[i].name);
    fprintf(to,
            "'\n            local -a verbs=(\"${COMPREPLY[@]}\")\n            COMPREPLY=()\n"
            "            _overhear_files '%s'\n            COMPREPLY+=(\"${verbs[@]}\")\n            ;;\n        esac\n"
            "        ;;\n",
            completion_suffixes);
}

void completion_print_bash(FILE *to)
{
    fputs("# bash completion for overhear, written by `overhear completion bash`.\n# shellcheck shell=bash\n\n", to);
    fputs(words_function, to);
    fputs(helper_functions, to);
    const char *lists = strstr(main_begin, "    local -a words");
    fwrite(main_begin, 1, (size_t)(lists - main_begin), to);
    put_lists(to);
    fputs(lists, to);
    put_options(to);
    put_names(to);
    fputs(main_end, to);
}
