#!/usr/bin/env bash
# A short tour: a root server that knows who to ask, a name misspelt, a question that had to be asked twice, a name behind
# another name, a redirect, a compressed page, a cookie, a password in clear, a page that is not there.
# needs: bind9 bind9-dnsutils nginx curl nftables tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host root 4 198.41.0.4
host names 53 10.9.0.53
host web 80 10.9.0.80
introduce
mkdir "$scratch/root"
cat >"$scratch/root/zone" <<'ZONE'
$TTL 518400
.                    86400 IN SOA a.root-servers.net. nstld.verisign-grs.com. 2026112200 1800 900 604800 86400
.                          IN NS  a.root-servers.net.
a.root-servers.net.        IN A   198.41.0.4
example.            172800 IN NS  ns1.example.
ns1.example.        172800 IN A   10.9.0.53
ZONE
echo 'zone "." { type primary; file "zone"; };' >"$scratch/root/zones.conf"
bind_start root
names_start names 'ns1=A 10.9.0.53' 'www.harbour=CNAME web.harbour' 'web.harbour=A 10.9.0.80'
ask_at client 10.9.0.53

mkdir -p "$scratch/web/www/members"
{
    echo '<!doctype html><title>The harbour</title><h1>Ships in port</h1><ul>'
    for ship in Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima; do
        echo "<li>The <em>$ship</em> lies at her berth and waits for the tide.</li>"
    done
    echo '</ul>'
} >"$scratch/web/ships.html"
echo '<p>Only members read this.</p>' >"$scratch/web/www/members/index.html"
echo 'alice:{PLAIN}correct-horse' >"$scratch/web/passwords"
site_more='server_name www.harbour.example;
    gzip on;
    gzip_min_length 300;
    location = / { add_header Set-Cookie "visitor=7f3a; Path=/"; return 301 http://www.harbour.example/ships.html; }
    location /members/ { auth_basic "Members of the harbour"; auth_basic_user_file passwords; }' site_start web
mv "$scratch/web/ships.html" "$scratch/web/www/"
touch -d '2026-11-01 08:00:00' "$scratch/web/www/ships.html"

record client
ask client dig @198.41.0.4 +norecurse +nocookie www.harbour.example A
ask client dig @10.9.0.53 +nocookie wwww.harbour.example A
settle
# The first question of each source port falls on deaf ears from here on.
ip netns exec "$tag-names" nft 'add table ip ear; add set ip ear heard { type inet_service; flags dynamic; };
    add chain ip ear input { type filter hook input priority 0; };
    add rule ip ear input udp dport 53 udp sport != @heard add @heard { udp sport } drop'
site=http://www.harbour.example
ask client curl -4 -s --max-time 10 -b '' -L --compressed $site/ \
    --next -4 -s --anyauth -u alice:correct-horse $site/members/ \
    --next -4 -s $site/no-such-page
finish
deliver
