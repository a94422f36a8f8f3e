#!/usr/bin/env bash
# A capture that began too late: a download is half done, another connection is between two requests, and a DNS
# question over TCP has already been asked.
# needs: bind9 tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host names 53 10.9.0.53
host web 80 10.9.0.80
introduce
names_start names 'ns1=A 10.9.0.53' 'www.harbour=A 10.9.0.80'
for port in 80 8080; do
    answer web 10.9.0.80 "$port" <<'STEPS'
accept
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6000\r\n\r\n
fill 3000 The tide comes in.\n
until GO
fill 3000 The tide goes out.\n
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nSea\n
until \r\n\r\n
send HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n
close
STEPS
done

# Each talk waits at a pipe for what it has to do next.
begin() { # TALK tcp ADDRESS PORT
    talk=$1
    shift
    mkfifo "$scratch/pipe.$talk"
    (exec ip netns exec "$tag-client" python3 "$record_dir/talk.py" "$@") <"$scratch/pipe.$talk" \
        >"$scratch/said.$talk" 2>"$scratch/talk-$talk.log" &
    pids+=("$!")
}
said() { [ "$(stat -c %s "$scratch/said.$1")" -ge "$2" ]; }

begin body tcp 10.9.0.80 80
exec {body}>"$scratch/pipe.body"
begin between tcp 10.9.0.80 8080
exec {between}>"$scratch/pipe.between"
begin names tcp 10.9.0.53 53
exec {names}>"$scratch/pipe.names"
tell() { # TO STEP...
    local to=$1
    shift
    printf '%s\n' "$@" >&"$to"
}
tell "$body" 'send GET /tides HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n' 'until \r\n\r\n' 'read 3000'
tell "$between" 'send GET /tides HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n' 'until \r\n\r\n' 'read 3000' 'send GO' \
    'read 3000'
tell "$names" 'question 4097 www.harbour.example 1' 'read 2'
await "half a body" said body 3000
await "a whole body" said between 6000
await "an answer" said names 40
sleep 0.3 # for the last acknowledgements

record client
sea='send GET /sea HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n'
gone='send GET /gone HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n'
tell "$body" 'send GO' 'read 3000' "$sea" 'until Sea' "$gone" rest close
exec {body}>&-
settle
tell "$between" "$sea" 'until Sea' "$gone" rest close
exec {between}>&-
settle
tell "$names" 'question 4098 ns1.harbour.example 1' 'question 4099 www.harbour.example 16' shut rest close
exec {names}>&-
finish
deliver
