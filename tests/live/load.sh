#!/usr/bin/env bash
# curl and dig in loops, with overhear beside them and no other listener. LOAD_SECONDS: how long; LOAD_PAUSE: seconds between two
# rounds of each loop, none for as fast as it goes; LISTENER and LISTENER_LOG as ever. What the interface itself counted meanwhile, in
# both directions, is written to OUTPUT: frames, bytes.
# needs: bind9 bind9-dnsutils nginx curl iproute2 ethtool
# shellcheck source=../../pcaps/record/lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/../../pcaps/record/lib.sh"

host client 2 10.9.0.2
host names 53 10.9.0.53
host web 80 10.9.0.80
introduce
names_start names 'www.harbour=A 10.9.0.80' 'ns1=A 10.9.0.53'
site_start web
ask_at client 10.9.0.53
patience=$((LOAD_SECONDS + 60))

for _ in $(seq 200); do echo 'www.harbour.example A'; done >"$scratch/questions"
cat >"$scratch/fetch" <<SCRIPT
#!/bin/sh
end=\$((\$(date +%s) + $LOAD_SECONDS))
while [ "\$(date +%s)" -lt "\$end" ]; do
    curl -4 -s -o /dev/null "http://10.9.0.80/?[1-100]"
    ${LOAD_PAUSE:+sleep $LOAD_PAUSE}
done
SCRIPT
cat >"$scratch/resolve" <<SCRIPT
#!/bin/sh
end=\$((\$(date +%s) + $LOAD_SECONDS))
while [ "\$(date +%s)" -lt "\$end" ]; do
    dig @10.9.0.53 +nocookie +tries=1 -f "$scratch/questions" >/dev/null
    ${LOAD_PAUSE:+sleep $LOAD_PAUSE}
done
SCRIPT
chmod +x "$scratch/fetch" "$scratch/resolve"

counted() { # frames and bytes on the client's interface, both directions
    ip -n "$tag-client" -s -j link show eth0 | python3 -c '
import json, sys
stats = json.load(sys.stdin)[0]["stats64"]
print(stats["rx"]["packets"] + stats["tx"]["packets"], stats["rx"]["bytes"] + stats["tx"]["bytes"])'
}

listen client eth0
sleep 0.3
before=$(counted)
(on client "$scratch/fetch") >>"$scratch/clients.log" 2>&1 </dev/null &
fetcher=$!
(on client "$scratch/resolve") >>"$scratch/clients.log" 2>&1 </dev/null &
resolver=$!
pids+=("$fetcher" "$resolver")
wait "$fetcher" "$resolver"
# Until the wire is silent.
last=
until [ "$(counted)" = "$last" ]; do
    last=$(counted)
    sleep 0.3
done
end_process "$listener_pid" -INT
read -r frames_before bytes_before <<<"$before"
read -r frames_after bytes_after <<<"$last"
echo "$((frames_after - frames_before)) $((bytes_after - bytes_before))" >"$output"
