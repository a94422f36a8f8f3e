#!/usr/bin/env bash
# A small body that inflates a thousand times, and others whose compression is not what it seems.
# needs: nginx curl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
mkdir -p "$scratch/web/www"
python3 - "$scratch/web/www" <<'MAKE'
import gzip, os, sys, zlib

def put(name, data):
    with open(os.path.join(sys.argv[1], name), "wb") as file:
        file.write(data)

text = b"".join(b"High water %04d\n" % number for number in range(200))
packed = gzip.compress(text, 9, mtime=0)
put("bomb", gzip.compress(bytes(20_000_000), 9, mtime=0))
put("twice", gzip.compress(gzip.compress(bytes(20_000_000), 9, mtime=0), 9, mtime=0))
put("cut", packed[:-100])
put("spoiled", packed[:100] + b"\xff" * 20 + packed[120:])
put("two-members", packed + gzip.compress(b"The end.\n", 9, mtime=0))
put("trailing", packed + b"something else")
put("plain", text)
put("zlib", zlib.compress(text, 9))
raw = zlib.compressobj(9, zlib.DEFLATED, -15)
put("raw", raw.compress(text) + raw.flush())
MAKE
site_more='default_type text/plain;
    location ~ ^/(bomb|cut|spoiled|two-members|trailing|plain)$ { add_header Content-Encoding gzip; }
    location = /twice { add_header Content-Encoding "gzip, gzip"; }
    location ~ ^/(zlib|raw)$ { add_header Content-Encoding deflate; }' site_start web

record client
for name in bomb twice cut spoiled two-members trailing plain zlib raw; do
    ask client curl -s --max-time 10 -H 'Accept-Encoding: gzip, deflate' -o /dev/null "http://10.9.0.80/$name"
done
finish
deliver
