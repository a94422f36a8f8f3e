#!/usr/bin/env bash
# A form with a file, announced with "Expect: 100-continue"; then an upload in chunks, one that is too large, and one that
# the server forbids before it is sent.
# needs: nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
mkdir -p "$scratch/web/www/incoming"
site_more='client_max_body_size 20k; client_body_buffer_size 32k;
    location /incoming/ { dav_methods PUT DELETE; }
    location /form { proxy_pass http://127.0.0.1:81; }
    location /forbidden { deny all; }
} server { listen 127.0.0.1:81; location / { return 200 "thank you\n"; }' site_start web
seq -f 'line %05.0f of the log book' 1 400 >"$scratch/logbook.txt"
seq -f 'line %05.0f of the long log book' 1 2000 >"$scratch/long.txt"

record client
put() { ask client curl -s --max-time 10 "$@"; }
put -H 'Expect: 100-continue' -F name=Anna -F "book=@$scratch/logbook.txt;type=text/plain" http://10.9.0.80/form
put -T "$scratch/logbook.txt" http://10.9.0.80/incoming/logbook.txt
put -T "$scratch/logbook.txt" -H 'Transfer-Encoding: chunked' http://10.9.0.80/incoming/again.txt
put -H 'Expect: 100-continue' --data-binary "@$scratch/long.txt" http://10.9.0.80/form
put -H 'Expect: 100-continue' --data-binary "@$scratch/logbook.txt" http://10.9.0.80/forbidden
finish
deliver
