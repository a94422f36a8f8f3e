#!/usr/bin/env bash
# Two web sites on one address, and everything that a browser, a script and a webmaster do there: redirects, cookies,
# conditional and partial requests, compression, chunks, passwords, and every method.
#
# The names come from a name server first, so that a reader of the capture learns them too.
# needs: bind9 nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host names 53 10.9.0.53
host web 80 10.9.0.80
introduce
names_start names 'ns1=A 10.9.0.53' 'www.harbour=A 10.9.0.80' 'shop.harbour=CNAME www.harbour'
ask_at client 10.9.0.53

mkdir -p "$scratch"/web/{www/tides,www/incoming,www/members,www/assembled,shop}
cd "$scratch/web"
{
    echo '<!doctype html><title>The harbour</title><h1>Ships in port</h1><ul>'
    for ship in Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima; do
        echo "<li>The <em>$ship</em> lies at her berth and waits for the tide.</li>"
    done
    echo '</ul>'
} >www/index.html
echo '<p>Only members read this.</p>' >www/members/index.html
echo '<p>The page that you look for has sailed.</p>' >www/gone.html
echo 'User-agent: *' >www/robots.txt
seq -f 'High water %04.0f' 1 120 >www/tides/table.txt
printf '{"harbour":"Rotterdam","berths":[1,2,3],"open":true}' >www/tides/state.json
echo '<!doctype html><title>The shop</title><p>Ropes and lanterns.</p>' >shop/index.html
echo '<p>Assembled <!--# echo var="request_method" --> by the server.</p>' >www/assembled/index.html
echo 'alice:{PLAIN}correct-horse' >passwords
find . -exec touch -d '2026-11-01 08:00:00' {} +
cat >site.conf <<'CONF'
gzip on;
gzip_min_length 300;
if_modified_since before;
gzip_types text/plain application/json;
server {
    listen 80 default_server;
    return 421;
}
server {
    listen 80;
    server_name www.harbour.example;
    root www;
    charset utf-8;
    error_page 404 /gone.html;
    location = / { add_header Set-Cookie "visitor=7f3a; Path=/; HttpOnly"; add_header Set-Cookie "language=en; Max-Age=3600"; try_files /index.html =404; }
    location = /ships { return 301 http://www.harbour.example/; }
    location = /today { return 302 /tides/table.txt; }
    location = /receipt { return 303 /robots.txt; }
    location = /moved-shop { return 307 http://shop.harbour.example/; }
    location = /moved-for-good { return 308 /robots.txt; }
    location /tides/ { gzip on; expires 1h; }
    location /assembled/ { ssi on; }
    location /members/ { auth_basic "Members of the harbour"; auth_basic_user_file passwords; }
    location /incoming/ { dav_methods PUT DELETE MKCOL COPY MOVE; client_body_buffer_size 16k; }
    location = /guestbook { if ($request_method = POST) { return 201 "signed\n"; } return 405; }
    location = /busy { add_header Retry-After 120 always; return 503 "come back later\n"; }
    location = /slow-down { return 429; }
    location = /teapot { return 418 "short and stout\n"; }
    location = /nothing { if ($request_method = OPTIONS) { add_header Allow "GET, HEAD, OPTIONS"; } return 204; }
    location = /broken { return 500; }
    location = /silence { return 444; }
}
server {
    listen 80;
    server_name shop.harbour.example;
    root shop;
}
CONF
nginx_start web

record client
site=http://www.harbour.example
declare -a pages=()
page() { pages+=(${pages:+--next} -4 -s --max-time 10 "$@"); } # for the next visit
visit() { # one run of a browser: one look-up of each name, and connections that are used again
    ask client curl "${pages[@]}"
    pages=()
}

# A first visit, a second one with what was given to us, and the other site at the same address.
page -c "$scratch/cookies" $site/
visit
page -b "$scratch/cookies" -L --compressed -e $site/robots.txt -A 'Mozilla/5.0 (X11; Linux x86_64) harbour/1' $site/ships
page http://shop.harbour.example/
page -L $site/today
page -L -d order=12 $site/receipt
page -L $site/moved-shop
page -L -d 'again=yes' $site/moved-for-good
page $site/no-such-page
page -H 'Host: intranet.example' $site/
visit

# Parts, and what has not changed.
etag=$(stat -c '%Y %s' "$scratch/web/www/tides/state.json" | xargs printf '"%x-%x"')
page -r 0-99 $site/tides/table.txt
page -r 0-19,40-59 $site/tides/table.txt
page -r -16 $site/tides/table.txt
page -r 99999- $site/tides/table.txt
page -z 'Mon, 02 Nov 2026 00:00:00 GMT' $site/tides/table.txt
page -H "If-None-Match: $etag" $site/tides/state.json
page -H 'If-Match: "another"' $site/tides/state.json
visit

# Compressed, in chunks, by the older rules.
page --compressed $site/tides/table.txt
page $site/assembled/
page --http1.0 $site/assembled/
page $site/robots.txt $site/tides/state.json http://www.harbour.example/robots.txt
visit

# Every method.
page -I $site/
page -X OPTIONS $site/nothing
page -X OPTIONS --request-target '*' $site/
page -X TRACE $site/
page --data-urlencode 'name=Anna & Bert' -d comment=hello $site/guestbook
page -H 'Content-Type: application/json' -d '{"name":"Anna"}' $site/guestbook
page -X MKCOL $site/incoming/crates/
page -T www/tides/state.json $site/incoming/crates/one.json
page -X COPY -H "Destination: $site/incoming/crates/two.json" $site/incoming/crates/one.json
page -X MOVE -H "Destination: $site/incoming/three.json" $site/incoming/crates/two.json
page -X DELETE $site/incoming/three.json
page -X DELETE $site/incoming/three.json
page -X PATCH $site/
page -X BREW $site/teapot
visit

# Who is there?
page $site/members/
page -u alice:battery-staple $site/members/
page -u alice:correct-horse $site/members/
page -H 'Authorization: Bearer token-of-the-harbour-master' $site/tides/state.json
visit

# Trouble.
page $site/busy
page $site/slow-down
page $site/broken
page $site/silence
page -H "X-Long: $(printf 'x%.0s' $(seq 1 9000))" $site/
visit
finish
deliver
