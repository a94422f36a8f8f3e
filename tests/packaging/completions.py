# SPDX-License-Identifier: BSD-3-Clause
"""Asks real shells what they would offer after a line, with the completions that the program prints.

They run in a folder with known files, and find a program called overhear that knows only -D.
"""

import os
import pty
import re
import select
import subprocess
import time

INTERFACES = """eth0             up     192.0.2.2, 2001:db8::2
any              up     (Pseudo-device that captures on all interfaces)
lo               up     127.0.0.1, ::1
"""
PATIENCE = 40  # seconds for a shell that has to start

# What bash takes for the end of a word.
BASH_BREAKS = ' \t\n"\'><=;|&(:'
BASH_WORDS = re.compile(r"""[=:]+|(?:'[^']*(?:'|$)|"[^"]*(?:"|$)|\\.|[^\s=:'"\\])+|(?<=\s)$""")

BASH_SCRIPT = r"""
source "$1"
COMP_WORDBREAKS=$2
while IFS= read -r count; do
    COMP_WORDS=()
    for ((n = 0; n < count; n++)); do
        IFS= read -r word
        COMP_WORDS+=("$word")
    done
    IFS= read -r COMP_LINE
    COMP_CWORD=$((count - 1)) COMP_POINT=${#COMP_LINE}
    _overhear
    for word in "${COMPREPLY[@]}"; do
        printf '%s\n' "$word"
    done
    printf '\001\n'
done
"""

# compadd is asked for what it would add; the words are put together as they would stand in the line.
ZSH_SCRIPT = r"""
PS1=
unsetopt zle_bracketed_paste prompt_cr 2>/dev/null
zstyle ':completion:*' menu no
autoload -Uz compinit && compinit -D -u
source $COMPLETION
compadd() {
    local argument
    for argument in "$@"; do
        [[ $argument == (-|--) ]] && break
        [[ $argument == -[DOA] ]] && { builtin compadd "$@"; return }
    done
    local -a hits
    local n suffix= hidden=
    builtin compadd -A hits "$@"
    for ((n = 1; n <= $#; n++)); do
        case ${@[n]} in
            -p) hidden=${@[n+1]} ;;
            -S) suffix=${@[n+1]} ;;
            -qS?*) suffix=${${@[n]}#-qS} ;;
            -|--) break ;;
        esac
    done
    for argument in $hits; print -r -- "$IPREFIX$hidden$argument${suffix## #}" >>$RESULTS
    builtin compadd "$@"
}
ask() { zle complete-word; BUFFER=; print $'\001' >>$RESULTS }
zle -N ask
bindkey '^T' ask
print $'\001' >>$RESULTS
"""


def groups(text):
    """Between the marks: sorted words, each once."""
    return [sorted(set(group.split("\n")) - {""}) for group in text.split("\001\n")[:-1]]


def make_place(folder):
    """The folder to ask in, and the environment."""
    place = folder / "place"
    (place / "dir").mkdir(parents=True)
    for name in ("a.pcap", "b.txt", "c d.pcap"):
        (place / name).touch()
    programs = folder / "programs"
    programs.mkdir()
    program = programs / "overhear"
    program.write_text(f"#!/bin/sh\n[ \"$*\" = -D ] && cat <<'END'\n{INTERFACES}END\n")
    program.chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(place), "LC_ALL": "C.UTF-8", "TERM": "dumb",
                   "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    return place, environment


def bash(script, lines, folder):
    place, environment = folder
    asked = ""
    for line in lines:
        words = BASH_WORDS.findall(line)
        asked += "\n".join([str(len(words)), *words, line]) + "\n"
    result = subprocess.run(["bash", "--norc", "-c", BASH_SCRIPT, "bash", str(script), BASH_BREAKS], input=asked, text=True,
                            capture_output=True, cwd=place, env=environment, timeout=PATIENCE, check=False)
    return groups(result.stdout), result.stderr


def fish(script, lines, folder):
    """Candidates with their descriptions cut off."""
    place, environment = folder
    command = "source $argv[1]\nfor line in $argv[2..-1]\ncomplete -C $line\nprintf '\\001\\n'\nend"
    result = subprocess.run(["fish", "--no-config", "-c", command, str(script), *lines], text=True, capture_output=True,
                            cwd=place, env=environment, timeout=PATIENCE, check=False)
    return groups(re.sub(r"\t.*", "", result.stdout)), result.stderr


def zsh(script, lines, folder):
    """A shell at a terminal of its own, with one key that asks and empties the line."""
    place, environment = folder
    results = script.parent / "zsh-results"
    setup = script.parent / "zsh-setup"
    setup.write_text(ZSH_SCRIPT)
    results.write_text("")
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(place)
        os.execvpe("zsh", ["zsh", "-f", "-i"], environment | {"COMPLETION": str(script), "RESULTS": str(results)})
    said = b""
    deadline = time.monotonic() + PATIENCE
    try:
        for number, keys in enumerate([f"source {setup}\n", *(line + "\x14" for line in lines)]):
            os.write(terminal, keys.encode())
            while results.read_text().count("\001") <= number and time.monotonic() < deadline:
                if select.select([terminal], [], [], 0.01)[0]:
                    said += os.read(terminal, 65536)
    except OSError:
        pass
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(terminal)
    return groups(results.read_text())[1:], said.decode(errors="replace")


SHELLS = {"bash": bash, "zsh": zsh, "fish": fish}
