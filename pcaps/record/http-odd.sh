#!/usr/bin/env bash
# What the rules allow and few servers do, and what they forbid and some servers do: both sides are scripted.
# needs: tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce

# Chunks with extensions and trailers, interim answers, folded lines, line ends without CR, a body that ends with the
# connection, an upgrade to another protocol.
answer web 10.9.0.80 80 <<'STEPS'
accept
until \r\n\r\n
send HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n
send HTTP/1.1 102 Processing\r\n\r\n
pause 0.05
send HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nContent-Type: text/plain\r\n\r\n
send 5;name=value;other="a;b"\r\nhello\r\n
pause 0.02
send 00007\r\n, world\r\n0\r\nX-Sum: 12\r\n\r\n
until \r\n\r\n
send HTTP/1.1 200 Fine,\tthanks\r\nX-Folded: one\r\n two\r\n\tthree\r\nX-Twice: a\r\nx-twice: b\r\nX-Empty:\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n\r\nyes
until \n\n
send HTTP/1.1 200 OK\nContent-Length: 3\n\nyes
until absolute
until \r\n\r\n
send HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nAll of this,
pause 0.05
send  until the connection ends.
close
accept
until \r\n\r\n
send HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
read 11
send \x81\x05Hello
close
accept
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc
until smuggled
until \r\n\r\n
send HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n
close
accept
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this much
close
accept
until \r\n\r\n
send ICY 200 OK\r\nicy-name: The harbour\r\n\r\n
fill 300 noise 
close
accept
until \r\n\r\n
send HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="harbour", qop="auth", nonce="dcd98b7102dd", opaque="5ccc069c"\r\nContent-Length: 0\r\n\r\n
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Bytes: \xe9\x1b[31m\x00\x7f\r\n\r\nyes
close
STEPS

record client
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /chunks HTTP/1.1\r\nHost: odd.example\r\nTE: trailers\r\n\r\n
until X-Sum: 12\r\n\r\n
send GET /folded HTTP/1.1\r\nHost: odd.example\r\nX-Long: first\r\n  second\r\nCookie: a=1; b="two"\r\nCookie: c=3\r\n\r\n
until yes
send GET /bare-lf HTTP/1.1\nHost: odd.example\n\n
until yes
send \r\n\r\nGET http://odd.example:80/absolute?x=1&y=%20#part HTTP/1.1\r\nHost: other.example\r\n\r\n
until \r\n\r\n
send GET /until-the-end HTTP/1.1\r\nHost: odd.example\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /socket HTTP/1.1\r\nHost: odd.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
until \r\n\r\n
send \x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /both HTTP/1.1\r\nHost: odd.example\r\n\r\n
until 0\r\n\r\n
send GET /two-lengths HTTP/1.1\r\nHost: odd.example\r\n\r\n
until abcd
send GET /same-length-twice HTTP/1.1\r\nHost: odd.example\r\n\r\n
until abc
send POST /smuggle HTTP/1.1\r\nHost: odd.example\r\nContent-Length: 66\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: inside.example\r\nX: smuggled\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /short HTTP/1.1\r\nHost: odd.example\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /stream HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /digest HTTP/1.1\r\nHost: odd.example\r\n\r\n
until \r\n\r\n
send GET /digest HTTP/1.1\r\nHost: odd.example\r\nAuthorization: Digest username="alice", realm="harbour", nonce="dcd98b7102dd", uri="/digest", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c"\r\n\r\n
until yes
send GET /\xff\x1b[2Jbytes\x01 HTTP/1.1\r\nHost: odd.example\r\nUser-Agent: caf\xe9 \xe2\x80\xae \xf0\x9f\x9a\xa2\r\n\r\n
rest
STEPS
finish
deliver
