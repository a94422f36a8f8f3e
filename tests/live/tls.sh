#!/usr/bin/env bash
# A site that speaks TLS 1.3: asked in HTTP/2, then by a client that does not look at certificates, in HTTP/1.1; one that knows
# only TLS 1.2 and so is shown the certificate in clear; and one that trusts another authority only.
# needs: nginx curl openssl tcpdump iproute2 ethtool python3
# shellcheck source=../../pcaps/record/lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/../../pcaps/record/lib.sh"
# shellcheck source=../../pcaps/record/lib-tls.sh
source "$record_dir/lib-tls.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
authority_make
key='ec -pkeyopt ec_paramgen_curve:P-256' certificate www '/O=The Harbour/CN=www.harbour.example' \
    DNS:www.harbour.example,DNS:harbour.example 20260101000000Z 20360101000000Z
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/another.key" -out "$tls/another.pem" -subj '/CN=Another Authority' -days 3650 \
    -config /dev/null 2>>"$scratch/openssl.log"
mkdir -p "$scratch/web/www"
echo '<!doctype html><title>The harbour</title><p>All ships are in.</p>' >"$scratch/web/www/index.html"
cat >"$scratch/web/site.conf" <<CONF
server {
    listen 443 ssl http2;
    server_name www.harbour.example;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate $tls/www.pem;
    ssl_certificate_key $tls/www.key;
    root www;
}
CONF
nginx_start web 443

record client
visit() { on client curl -sS --max-time 10 --connect-to ::10.9.0.80: -o /dev/null -w '%{http_code} %{http_version}\n' "$@" \
    >>"$scratch/clients.log"; }
visit --cacert "$tls/ca.pem" --tlsv1.3 https://www.harbour.example/
visit --insecure --http1.1 --tlsv1.3 https://harbour.example/
visit --cacert "$tls/ca.pem" --http1.1 --tls-max 1.2 https://www.harbour.example/
ask client curl -sS --max-time 10 --connect-to ::10.9.0.80: --cacert "$tls/another.pem" --tls-max 1.2 https://www.harbour.example/
finish
deliver
