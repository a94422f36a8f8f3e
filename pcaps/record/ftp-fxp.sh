#!/usr/bin/env bash
# From server to server: a client tells one of them to listen and the other to connect to it, and the file goes from the one to
# the other without passing the client. Recorded at the switch, as each frame enters it. Then a server that refuses that.
# needs: proftpd-core openssl lftp tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-ftp.sh
source "$record_dir/lib-ftp.sh"

host client 2 10.9.0.2
host north 21 10.9.0.21
host south 22 10.9.0.22
host strict 23 10.9.0.23
introduce
mkdir -p "$scratch"/{north,south,strict}/files
python3 "$record_dir/blobs.py" png 48 north >"$scratch/north/files/chart.png"
seq -f 'Buoy %03.0f: red' 1 90 >"$scratch/south/files/buoys.txt"
cp "$scratch/north/files/chart.png" "$scratch/strict/files/"
crossed chart.png "$scratch/north/files/chart.png"
crossed buoys.txt "$scratch/south/files/buoys.txt"
proftpd_start north 'AllowForeignAddress on'
proftpd_start south 'AllowForeignAddress on'
proftpd_start strict

record switch any -Q in -B 16384
copy() { ask client lftp -c "set net:timeout 5; set net:max-retries 1; set ftp:use-fxp yes; set ftp:fxp-force yes; $*"; }
from=ftp://alice:gull-feather-7@10.9.0.21
to=ftp://bob:rope-and-tar@10.9.0.22
copy "get $from/chart.png -o $to/chart.png"
copy "set ftp:fxp-passive-source yes; get $to/buoys.txt -o $from/from-south.txt"
copy "get ftp://bob:rope-and-tar@10.9.0.23/chart.png -o $to/chart-again.png"
finish
deliver
