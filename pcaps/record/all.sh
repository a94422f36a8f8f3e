#!/usr/bin/env bash
# Records every capture anew, into the folder $1 (the one above this one). Stops at the first that fails.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/..}
for script in "$here"/*.sh; do
    name=$(basename "$script" .sh)
    case $name in lib | lib-* | all) continue ;; esac
    "$script" "$folder/$name.pcap" >/dev/null
done
