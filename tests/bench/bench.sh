#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# What reading costs: a million DNS messages and a gigabyte of HTTP downloads, overhear against `tshark -n -T ek` on the
# same files, and instructions a packet. Seconds are those of the processor (user + system); compare them with each
# other, on one machine, and not with those of another.
#
#   tests/bench/bench.sh [DNS MESSAGES] [HTTP BYTES]
#
# OVERHEAR          the program (default: build/release/overhear)
# TSHARK_SECONDS    how long tshark may take for one file (default: 1800)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$here/../..
overhear=${OVERHEAR:-$top/build/release/overhear}
messages=${1:-1000000}
bytes=${2:-1000000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TIMEFORMAT='%U %S'

cc -std=c17 -O2 -o "$folder/multiply" "$here/multiply.c"

# seconds COMMAND...: user + system, and the wish for more where it does not end
seconds() {
    local spent status=0
    spent=$({ time timeout "${TSHARK_SECONDS:-1800}" "$@" >/dev/null 2>"$folder/messages"; } 2>&1) || status=$?
    if [ "$status" -eq 124 ]; then
        echo "more than ${TSHARK_SECONDS:-1800}"
    elif [ "$status" -ne 0 ]; then
        echo "failed: $(tail -n 1 "$folder/messages")"
    else
        awk '{ printf "%.2f", $1 + $2 }' <<<"$spent"
    fi
}

# instructions FILE FRAMES: of the whole run, counted by the processor or else by valgrind
instructions() {
    local count
    count=$(perf stat -x, -e instructions:u -- "$overhear" --json --summary=none -c "$2" "$1" 2>&1 >/dev/null |
        sed -n 's/^\([0-9]\{1,\}\),.*/\1/p') || true
    if [ -z "$count" ]; then
        count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$overhear" --json --summary=none -c "$2" "$1" \
            2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p')
    fi
    echo "$count"
}

measure() {
    local name=$1 file=$2 frames=$3 few many
    cat "$file" >/dev/null
    printf '%s: %s bytes, %s frames\n' "$name" "$(stat -c %s "$file")" "$frames"
    printf '  overhear --json       %s s\n' "$(seconds "$overhear" --json --summary=none "$file")"
    printf '  overhear (transcript) %s s\n' "$(seconds "$overhear" --summary=none "$file")"
    printf '  overhear --memory 64M %s s\n' "$(seconds "$overhear" --json --summary=none --memory 64M "$file")"
    # Two counts: what starting costs falls out of the difference.
    few=$(instructions "$file" 2000)
    many=$(instructions "$file" 22000)
    printf '  instructions a packet %s\n' "$(((many - few) / 20000))"
    if command -v tshark >/dev/null; then
        printf '  tshark -n -T ek       %s s\n' "$(seconds tshark -n -T ek -r "$file")"
    fi
}

frames_of() {
    "$overhear" --json --summary=json "$1" 2>&1 >/dev/null | sed -n 's/.*"frames": *\([0-9]*\).*/\1/p' | head -n 1
}

"$folder/multiply" dns "$top/pcaps/dns-types.pcap" "$folder/dns.pcap" "$messages"
measure "DNS messages" "$folder/dns.pcap" "$(frames_of "$folder/dns.pcap")"
rm "$folder/dns.pcap"
"$folder/multiply" http "$folder/http.pcap" "$bytes"
measure "HTTP downloads" "$folder/http.pcap" "$(frames_of "$folder/http.pcap")"
