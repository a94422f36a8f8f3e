#!/usr/bin/env bash
# A proxy: whole addresses in requests, its own password, and CONNECT, with HTTP in the clear inside the tunnel.
#
# Recorded at the proxy, so that each exchange is seen twice: from the client, and on to the web server.
# needs: tinyproxy nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host proxy 31 10.9.0.31
host web 80 10.9.0.80
introduce
site_start web 8080
mkdir "$scratch/proxy"
cat >"$scratch/proxy/tinyproxy.conf" <<'CONF'
Port 8888
Listen 10.9.0.31
Timeout 30
MaxClients 10
Allow 10.9.0.0/24
ViaProxyName "proxy.example"
ConnectPort 8080
BasicAuth bob open-sesame
CONF
start proxy tinyproxy tinyproxy -d -c "$scratch/proxy/tinyproxy.conf"
await tinyproxy listening proxy tcp 8888

record proxy
get() { ask client curl -s --max-time 10 -x http://10.9.0.31:8888 "$@"; }
get http://10.9.0.80:8080/
get -U bob:open-sesame http://10.9.0.80:8080/
get -U bob:open-sesame http://10.9.0.80:8080/no-such-page
get -U bob:open-sesame -p http://10.9.0.80:8080/robots.txt http://10.9.0.80:8080/
get -U bob:open-sesame -p http://10.9.0.80:443/
get -U bob:open-sesame http://10.9.0.80:8081/
finish
deliver
