#!/usr/bin/env bash
# TLS from 1.0 to 1.3, with curl and openssl against nginx: names and protocols asked for (SNI, ALPN), sessions resumed in every way,
# HelloRetryRequest, early data, client certificates, RSA and ECDSA; certificates that are expired, not yet valid,
# self-signed, for another name; and what the alerts say: unknown CA, expired, handshake failure, protocol version, unrecognised name.
# Also hellos of several records and segments, those of SSL 2 and SSL 3, plain HTTP to TLS and TLS to plain HTTP.
#
# The certificates are valid around November 2026: recorded at another time, other alerts would appear.
# needs: nginx curl openssl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-tls.sh
source "$record_dir/lib-tls.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
authority_make
certificate www '/C=NL/O=The Harbour/CN=www.harbour.example' DNS:www.harbour.example,DNS:harbour.example
key='ec -pkeyopt ec_paramgen_curve:P-256' certificate shop '/O=The Harbour/CN=shop.harbour.example' \
    DNS:shop.harbour.example,DNS:*.shop.harbour.example,IP:10.9.0.80
certificate expired '/CN=expired.harbour.example' DNS:expired.harbour.example 20250101000000Z 20260101000000Z
certificate early '/CN=early.harbour.example' DNS:early.harbour.example 20270101000000Z 20280101000000Z
selfsigned=yes certificate self '/CN=self.harbour.example' DNS:self.harbour.example
certificate wrong '/CN=other.example' DNS:other.example
certificate alice '/O=The Harbour/OU=Crew/CN=Alice' email:alice@harbour.example

mkdir -p "$scratch/web/www"
echo '<!doctype html><title>The harbour</title><p>All ships are in.</p>' >"$scratch/web/www/index.html"
site() { # PORT NAME CERTIFICATE STATEMENTS
    printf 'server { listen %s ssl%s; server_name %s; ssl_certificate %s.pem; ssl_certificate_key %s.key; root www; %s }\n' "$1" \
        "${http2:-}" "$2" "$tls/$3" "$tls/$3" "${4:-}"
}
{
    echo 'ssl_session_cache shared:all:1m; ssl_prefer_server_ciphers off; ssl_protocols TLSv1.2 TLSv1.3; ssl_early_data on;'
    echo 'server { listen 80; root www; }'
    echo 'server { listen 443 ssl http2 default_server; ssl_reject_handshake on; }'
    for name in www shop expired early self wrong; do http2=' http2' site 443 $name.harbour.example $name; done
    site 8443 www.harbour.example www "ssl_protocols TLSv1.2; ssl_verify_client on; ssl_client_certificate $tls/ca.pem;"
    site 8444 www.harbour.example www 'ssl_protocols TLSv1.3; ssl_ecdh_curve secp384r1;'
    site 8445 www.harbour.example www 'ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0; ssl_session_tickets off;'
    site 8446 www.harbour.example www 'ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;'
} >"$scratch/web/site.conf"
nginx_start web 443

record client
visit() { ask client curl -s --max-time 10 --cacert "$tls/ca.pem" --connect-to ::10.9.0.80: "$@"; }
ask_www() { printf 'GET / HTTP/1.1\r\nHost: www.harbour.example\r\nConnection: close\r\n\r\n'; }
open() { local port=$1; shift; ask_www | s_client client "10.9.0.80:$port" -servername www.harbour.example -quiet "$@"; }

# Versions and certificates.
visit https://www.harbour.example/ https://shop.harbour.example/
visit --http1.1 --tls-max 1.2 https://www.harbour.example/
visit --no-alpn --tls-max 1.2 https://shop.harbour.example/
open 8446 -tls1_2 -status
open 8445 -tls1_1 -cipher ALL:@SECLEVEL=0
open 8445 -tls1 -cipher AES128-SHA:@SECLEVEL=0
# Resumed: by ticket and by number in 1.2, by ticket in 1.3, there also with early data.
open 443 -tls1_2 -sess_out "$scratch/ticket12"
open 443 -tls1_2 -sess_in "$scratch/ticket12"
open 8445 -tls1_2 -no_ticket -sess_out "$scratch/number"
open 8445 -tls1_2 -no_ticket -sess_in "$scratch/number"
open 443 -tls1_3 -sess_out "$scratch/ticket13"
ask_www >"$scratch/early"
open 443 -tls1_3 -sess_in "$scratch/ticket13" -sess_out "$scratch/ticket13" </dev/null
open 443 -tls1_3 -sess_in "$scratch/ticket13" -early_data "$scratch/early"
# Another group than the one guessed; a client with a certificate, and one without.
open 8444 -groups X25519:P-384
open 8443 -cert "$tls/alice.pem" -key "$tls/alice.key"
open 8443
# Certificates that curl does not accept; one that it is told to accept.
for name in expired early self wrong; do visit --tls-max 1.2 "https://$name.harbour.example/"; done
ask client curl -s --max-time 10 --tls-max 1.2 --connect-to ::10.9.0.80: https://www.harbour.example/
visit -k --tls-max 1.2 https://self.harbour.example/
ask client curl -s --max-time 10 --connect-to ::10.9.0.80: https://www.harbour.example/
# No common ground: cipher, version, name.
open 8446 -cipher ECDHE-RSA-AES128-GCM-SHA256 -tls1_2
open 8446 -tls1_3
open 443 -tls1_1 -cipher ALL:@SECLEVEL=0
visit https://unknown.harbour.example/
visit https://10.9.0.80/
# A hello that takes several segments, and one that takes several records.
names=$(for number in $(seq 150); do printf 'protocol-%03.0f,' "$number"; done)
ask client openssl s_client -connect 10.9.0.80:443 -servername www.harbour.example -alpn "${names}http/1.1" -tls1_2
ask client openssl s_client -connect 10.9.0.80:443 -servername shop.harbour.example -max_send_frag 512 -alpn "${names}http/1.1"
# Misunderstandings.
ask client curl -s --max-time 5 http://10.9.0.80:443/
open 80
talk client tcp 10.9.0.80 8445 <<'STEPS'
send \x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10\x01\x00\x80\x03\x00\x80\x07\x00\xc0\x00\x00\x2f\x00\x00\x35\x00\x00\x0a0123456789abcdef
pause 0.2
close
STEPS
talk client tcp 10.9.0.80 8445 <<'STEPS'
send \x16\x03\x00\x00\x31\x01\x00\x00\x2d\x03\x000123456789abcdef0123456789abcdef\x00\x00\x06\x00\x2f\x00\x35\x00\xff\x01\x00
rest
STEPS
talk client tcp 10.9.0.80 443 <<'STEPS' || true # it breaks off
send \x16\x03\x01\x00\x05\x01\x00\x00
pause 0.2
send \x01\x03\x15\x03\x01\x00\x02\x01\x00
rest
STEPS
finish
deliver
