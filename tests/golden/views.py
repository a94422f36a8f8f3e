# SPDX-License-Identifier: BSD-3-Clause
"""Which outputs of which captures are kept as golden files."""

# suffix of the golden file -> arguments
EVERYWHERE = {
    ".json": ("--json",),
    ".txt": ("--width", "100", "--color=never"),
}

SOME = {
    "-80.txt": ("--width", "80", "--color=never"),
    "-140.txt": ("--width", "140", "--color=never"),
    "-color.txt": ("--width", "100", "--color=always"),
    "-q.txt": ("-q", "--width", "100", "--color=never"),
    "-v.txt": ("-v", "--width", "100", "--color=never"),
    "-no-notes.json": ("--json", "--no-notes"),
    "-secrets.json": ("--json", "--show-secrets"),
}

# Captures that are looked at in every way, and in some.
IN_EVERY_WAY = {"tour", "dig-trace", "http-vhosts"}
IN_SOME_WAYS = {
    "http-by-hand": ("-80.txt", "-v.txt"),
    "dns-types": ("-80.txt", "-q.txt", "-v.txt"),
    "trouble": ("-q.txt",),
    "smtp-by-hand": ("-80.txt", "-q.txt", "-v.txt"),
    "pop3-by-hand": ("-80.txt", "-secrets.json"),
    "imap-by-hand": ("-80.txt", "-q.txt", "-v.txt"),
    "ftp-by-hand": ("-80.txt", "-q.txt", "-secrets.json"),
    "telnet": ("-80.txt", "-secrets.json"),
    "tls-versions": ("-v.txt",),
    "whois": ("-80.txt",),
}


def views(name):
    """(golden file's name, arguments) for a capture."""
    chosen = SOME if name in IN_EVERY_WAY else {suffix: SOME[suffix] for suffix in IN_SOME_WAYS.get(name, ())}
    return [(name + suffix, arguments) for suffix, arguments in (EVERYWHERE | chosen).items()]
