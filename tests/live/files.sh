#!/usr/bin/env bash
# Files fetched and stored at ProFTPD: by curl, passive (EPSV and PASV) and active (EPRT and PORT), and by lftp; after a wrong password.
# needs: proftpd-core openssl curl lftp tcpdump iproute2 ethtool python3
# shellcheck source=../../pcaps/record/lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/../../pcaps/record/lib.sh"
# shellcheck source=../../pcaps/record/lib-ftp.sh
source "$record_dir/lib-ftp.sh"

host client 2 10.9.0.2
host files 21 10.9.0.21
introduce
shore=$scratch/files/files
mkdir -p "$shore/charts" "$scratch/ship"
cd "$scratch/ship"
python3 "$record_dir/blobs.py" png 40 chart >"$shore/charts/Seekarte Möwe.png"
python3 "$record_dir/blobs.py" random 400000 big >"$shore/charts/soundings.bin"
seq -f 'Buoy %03.0f: green, flashes twice every ten seconds' 1 60 >"$shore/charts/buoys.txt"
python3 "$record_dir/blobs.py" zip 'log.txt=All quiet. ' >log.zip
python3 "$record_dir/blobs.py" wav 3 >horn.wav
touch -d '2026-11-01 08:00:00' horn.wav
crossed 'Seekarte Möwe.png' "$shore/charts/Seekarte Möwe.png"
crossed soundings.bin "$shore/charts/soundings.bin"
crossed buoys.txt "$shore/charts/buoys.txt"
crossed log.zip log.zip
crossed horn.wav horn.wav
proftpd_start files

record client
fetch() { on client curl -sS --max-time 10 -u alice:gull-feather-7 -o /dev/null "$@" >>"$scratch/clients.log" 2>&1; }
ask client curl -sS --max-time 10 -u alice:gull-feather-8 ftp://10.9.0.21/
fetch ftp://10.9.0.21/charts/Seekarte%20M%C3%B6we.png
fetch --disable-epsv ftp://10.9.0.21/charts/soundings.bin
fetch --ftp-port 10.9.0.2 ftp://10.9.0.21/charts/buoys.txt
fetch --ftp-port 10.9.0.2 --disable-eprt -T log.zip ftp://10.9.0.21/
on client lftp -c "set net:timeout 5; set net:max-retries 1; set ftp:sync-mode on; open -u bob,rope-and-tar 10.9.0.21;
    put $PWD/horn.wav; set ftp:passive-mode off; cd charts; get buoys.txt -o $PWD/buoys.txt" >>"$scratch/clients.log" 2>&1
cd /
finish
deliver
