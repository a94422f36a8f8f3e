#!/usr/bin/env bash
# Files of many types downloaded from a web site: with a type declared, without one, with a wrong one; with a name in
# Content-Disposition; the same picture compressed on the way, in chunks, and broken off in the middle.
# needs: nginx curl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
blob() { python3 "$record_dir/blobs.py" "$@"; }
mkdir -p "$scratch/web/www"
cd "$scratch/web/www"
blob png 48 map >map.png
blob pdf 'Price list' >prices.pdf
blob zip 'log.txt=All quiet. ' >log.zip
blob wav 1 >horn.wav
blob random 20000 noise >noise.bin
blob png 32 disguise >disguised.txt
seq -f 'Berth %03.0f: paid' 1 400 >berths.txt
gzip -9nk berths.txt
cp log.zip download
site_more='gzip on; gzip_types text/plain;
    location = /download { add_header Content-Disposition "attachment; filename=fallback.zip; filename*=UTF-8'"''"'Logbuch%20der%20M%C3%B6we.zip"; }
    location = /berths.txt.gz { gzip off; }
    location = /wrong { default_type image/jpeg; try_files /prices.pdf =404; types { } }' site_start web
crossed map.png map.png
crossed prices.pdf prices.pdf
crossed log.zip log.zip
crossed horn.wav horn.wav
crossed noise.bin noise.bin
crossed disguised.txt disguised.txt
crossed berths.txt berths.txt
crossed berths.txt.gz berths.txt.gz
crossed 'Logbuch der Möwe.zip' download
crossed wrong prices.pdf
crossed '../evil name.pdf' prices.pdf
answer web 10.9.0.80 8080 <<STEPS
accept
until \\r\\n\\r\\n
send HTTP/1.1 200 OK\\r\\nContent-Length: $(stat -c %s map.png)\\r\\nContent-Type: image/png\\r\\n\\r\\n\\x89PNG\\r\\n\\x1a\\n
fill 500 broken
close
accept
until \\r\\n\\r\\n
send HTTP/1.1 200 OK\\r\\nContent-Length: $(stat -c %s prices.pdf)\\r\\nContent-Disposition: attachment; filename="../evil name.pdf"\\r\\n\\r\\n
send $(python3 -c 'import sys; print(repr(open(sys.argv[1], "rb").read())[2:-1].replace("\\x27", "\\\\x27"))' prices.pdf)
close
STEPS
cd /

record client
site=http://10.9.0.80
ask client curl -s --max-time 10 $site/map.png $site/prices.pdf $site/log.zip $site/horn.wav $site/noise.bin $site/disguised.txt \
    $site/download $site/wrong
ask client curl -s --max-time 10 $site/berths.txt $site/berths.txt.gz --next -s --compressed $site/berths.txt
ask client curl -s --max-time 10 $site:8080/half.png
ask client curl -s --max-time 10 $site:8080/prices
finish
deliver
