# What every recording needs: hosts on a switch of their own, servers, one tcpdump, and a broom.
#
# A script sources this file, makes hosts, calls `introduce`, starts servers, then `record`, then its clients, then `finish`.
# Everything lives in network namespaces that have no way out, and in one temporary folder; `sweep` removes all of
# it whatever happens. Nothing from the machine gets into a capture: addresses, MACs, host names and resolver
# settings are those given here.
# shellcheck shell=bash disable=SC2013,SC2016,SC2119

set -euo pipefail
export LC_ALL=C TZ=UTC
PATH=$PATH:/usr/sbin:/sbin

record_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
capture_name=$(basename "$0" .sh)
output=${1:-$record_dir/../$capture_name.pcap}
patience=20 # seconds that any one client, or any wait, may take

tag=oh$$
scratch=
declare -a pids=() namespaces=() host_names=()
declare -A host_mac=() host_addresses=()
capture_pid=

fail() {
    echo "$capture_name: $*" >&2
    exit 1
}

# --- what must be installed -------------------------------------------------------------------------------------------

# The commands that tell whether a Debian package is there.
commands_of() {
    case $1 in
    bind9) echo named ;;
    bind9-dnsutils) echo dig nsupdate ;;
    bind9-utils) echo dnssec-keygen dnssec-signzone dnssec-dsfromkey ;;
    iproute2) echo ip bridge ss ;;
    netcat-openbsd) echo nc ;;
    nftables) echo nft ;;
    wireshark-common) echo editcap ;;
    postfix) echo postfix postconf ;;
    dovecot-core) echo dovecot doveadm ;;
    dovecot-imapd) echo /usr/lib/dovecot/imap ;;
    dovecot-pop3d) echo /usr/lib/dovecot/pop3 ;;
    dovecot-lmtpd) echo /usr/lib/dovecot/lmtp ;;
    proftpd-core) echo proftpd ftpasswd ;;
    proftpd-mod-crypto) echo /usr/lib/proftpd/mod_tls.so ;;
    opendkim-tools) echo opendkim-genkey ;;
    inetutils-inetd | inetutils-ftp | inetutils-telnet) echo "$1" ;;
    inetutils-telnetd) echo telnetd ;;
    *) echo "$1" ;;
    esac
}

# Reads the script's own line `# needs: PACKAGE ...`.
check_needs() {
    local package command missing=
    for package in $(sed -n 's/^# needs: //p' "$0"); do
        for command in $(commands_of "$package"); do
            command -v "$command" >/dev/null || [ -e "$command" ] || missing="$missing $package"
        done
    done
    [ -z "$missing" ] || fail "not installed:$missing (apt-get install$missing)"
    [ "$(id -u)" = 0 ] || fail "network namespaces need root"
}

# --- waiting and sweeping ---------------------------------------------------------------------------------------------

# await WHAT COMMAND...: polls until the command succeeds.
await() {
    local what=$1 deadline=$((SECONDS + patience))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || fail "waited in vain for $what"
        sleep 0.02
    done
}

ours() { jobs -pr | grep -qx "$1"; } # still running, and started by this script

# Ends one of our processes, kindly at first.
end_process() {
    local pid=$1 tries=100
    ours "$pid" || return 0
    kill "${2:--TERM}" "$pid" 2>/dev/null || true
    while ours "$pid" && [ $((tries -= 1)) -gt 0 ]; do sleep 0.03; done
    ! ours "$pid" || kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

sweep() {
    local status=$? pid namespace log
    trap - EXIT
    trap '' INT TERM HUP
    if [ "$status" -ne 0 ] && [ -n "$scratch" ]; then
        for log in "$scratch"/*.log; do
            [ -s "$log" ] && { echo "--- ${log##*/}"; tail -n 12 "$log"; } >&2
        done
    fi
    for pid in "${pids[@]}"; do end_process "$pid"; done
    for namespace in "${namespaces[@]}"; do ip netns del "$namespace" 2>/dev/null || true; done
    [ -z "$scratch" ] || rm -rf "$scratch"
    exit "$status"
}

# --- hosts ------------------------------------------------------------------------------------------------------------

set_in() { # NAMESPACE KEY=VALUE...: what sysctl would do
    local namespace=$1 pair
    shift
    for pair in "$@"; do
        ip netns exec "$namespace" sh -c "echo ${pair#*=} >/proc/sys/net/${pair%%=*}"
    done
}

namespace_new() { # NAME: silent until told otherwise
    namespaces+=("$tag-$1")
    ip netns add "$tag-$1"
    set_in "$tag-$1" ipv6/conf/all/disable_ipv6=1 ipv6/conf/default/disable_ipv6=1
    ip -n "$tag-$1" link set lo up
}

# Off: checksums left to hardware that is not there, and segments larger than the wire allows.
offload_off() { # NAMESPACE INTERFACE; unless $offload asks for it
    [ -z "${offload:-}" ] || return 0
    ip netns exec "$1" ethtool -K "$2" tx off rx off tso off gso off gro off sg off >/dev/null 2>&1
}

plug() { # NAMESPACE INTERFACE MAC NAMESPACE INTERFACE MAC [MTU]: a cable between two of them
    ip -n "$1" link add name "$2" mtu "${7:-1500}" address "$3" \
        type veth peer name "$5" mtu "${7:-1500}" address "$6" netns "$4"
    offload_off "$1" "$2"
    offload_off "$4" "$5"
}

# A cable that something can be done to: its two halves meet in a namespace of their own, called HOST-cable, as near and
# far, and `wire` joins them. It carries somewhat more than 1500 bytes, so that a tunnel fits.
cable() { # HOST NUMBER MAC
    local middle=$1-cable half
    namespace_new "$middle"
    plug "$tag-$1" eth0 "$3" "$tag-$middle" near "$(printf '02:00:00:00:02:%02x' "$2")" "${mtu:-1500}"
    plug "$tag-$middle" far "$(printf '02:00:00:00:03:%02x' "$2")" "$tag-switch" "port$2" \
        "$(printf '02:00:00:00:01:%02x' "$2")" 1700
    for half in near far; do
        ip -n "$tag-$middle" link set "$half" promisc on
        ip -n "$tag-$middle" link set "$half" up
    done
}

# wire HOST MODE: joins the halves of its cable, or does so anew in another way (see wire.py)
declare -A wire_pid=()
wire() {
    local log=$scratch/wire-$1.log
    [ -z "${wire_pid[$1]:-}" ] || end_process "${wire_pid[$1]}"
    : >"$log"
    (exec ip netns exec "$tag-$1-cable" python3 "$record_dir/wire.py" near far "$2") >"$log" 2>&1 </dev/null &
    wire_pid[$1]=$!
    pids+=("$!")
    await "the wire of $1" grep -q joined "$log"
}

# host NAME NUMBER ADDRESS...: a machine with eth0 on the switch, MAC 02:00:00:00:00:NUMBER
# $mtu: of its interface; $wired: its cable is one for `wire`
host() {
    local name=$1 number=$2 mac
    shift 2
    mac=$(printf '02:00:00:00:00:%02x' "$number")
    namespace_new "$name"
    if [ -n "${wired:-}" ]; then
        cable "$name" "$number" "$mac"
    else
        plug "$tag-$name" eth0 "$mac" "$tag-switch" "port$number" \
            "$(printf '02:00:00:00:01:%02x' "$number")" "${mtu:-1500}"
    fi
    ip -n "$tag-switch" link set "port$number" master switch
    ip -n "$tag-switch" link set "port$number" up
    # A switch that has always known where everybody is: nothing is flooded to the wrong ear.
    bridge -n "$tag-switch" link set dev "port$number" learning off flood off
    bridge -n "$tag-switch" fdb replace "$mac" dev "port$number" master static
    settle_in "$name" "$mac" "$@"
}

# Gives eth0 its addresses, brings it up, and remembers them for `introduce`.
settle_in() { # NAME MAC ADDRESS...
    local name=$1 mac=$2 address length namespace=$tag-$1
    shift 2
    host_names+=("$name")
    host_mac[$name]=$mac
    host_addresses[$name]=$*
    case $* in
    *:*)
        set_in "$namespace" ipv6/conf/eth0/accept_dad=0 ipv6/conf/eth0/router_solicitations=0 \
            ipv6/conf/eth0/accept_ra=0 ipv6/conf/eth0/addr_gen_mode=1 \
            ipv6/conf/eth0/mldv2_unsolicited_report_interval=1 ipv6/conf/eth0/disable_ipv6=0
        ;;
    esac
    ip -n "$namespace" link set eth0 up
    for address in "$@"; do
        length=32
        case $address in *:*) length=128 ;; esac
        ip -n "$namespace" addr add "$address/$length" dev eth0
    done
    # Everybody is a neighbour, whatever their address.
    case $* in *.*) ip -n "$namespace" route add default dev eth0 ;; esac
    case $* in *:*) ip -n "$namespace" -6 route add default dev eth0 ;; esac
    printf 'nameserver 127.0.0.1\nsearch .\n' >"$scratch/$name.resolv"
}

ports_forward() { ! bridge -n "$tag-switch" link | grep -v 'state forwarding'; }

# Waits for the switch, and tells every host where every other one is, so that no ARP comes between.
introduce() {
    await "the switch" ports_forward
    local one other address
    for one in "${host_names[@]}"; do
        for other in "${host_names[@]}"; do
            [ "$one" != "$other" ] || continue
            for address in ${host_addresses[$other]}; do
                case ${host_addresses[$one]}/$address in
                *:*/*:* | *.*/*.*)
                    ip -n "$tag-$one" neigh replace "$address" lladdr "${host_mac[$other]}" dev eth0 nud permanent
                    ;;
                esac
            done
        done
    done
}

ask_at() { # HOST ADDRESS: this host's programs resolve names there
    printf 'nameserver %s\nsearch .\noptions timeout:2 attempts:2\n' "$2" >"$scratch/$1.resolv"
}

# --- programs ---------------------------------------------------------------------------------------------------------

write_enter() {
    cat >"$scratch/enter" <<'SCRIPT'
#!/bin/sh
# HOST FOLDER COMMAND...: within the namespaces that belong to this process alone
hostname "$1"
mount --bind "$2/$1.resolv" /etc/resolv.conf
mount --bind "$2/hosts" /etc/hosts
mount --bind "$2/nsswitch" /etc/nsswitch.conf
folder=$2
shift 2
exec env -i PATH="$PATH" HOME="$folder/home" LC_ALL=C TZ=UTC "$@"
SCRIPT
    chmod +x "$scratch/enter"
    mkdir "$scratch/home"
    printf '127.0.0.1 localhost\n' >"$scratch/hosts"
    printf 'hosts: files dns\n' >"$scratch/nsswitch"
}

# on HOST COMMAND...: runs a client there, to its end
on() {
    local name=$1
    shift
    timeout --foreground -k 2 "$patience" \
        ip netns exec "$tag-$name" unshare --uts "$scratch/enter" "$name" "$scratch" "$@"
}

# ask HOST COMMAND...: a client whose output and whose refusal do not matter; it must only not hang
ask() {
    local status=0
    on "$@" >>"$scratch/clients.log" 2>&1 </dev/null || status=$?
    [ "$status" -ne 124 ] || fail "hung: $*"
    [ "$status" -ne 127 ] || fail "not found: $*"
}

# talk HOST tcp|udp ADDRESS PORT [SOURCE-PORT]: says what standard input tells it to (see talk.py)
talk() {
    local name=$1
    shift
    on "$name" python3 "$record_dir/talk.py" "$@" >>"$scratch/clients.log" 2>&1
}

# answer HOST ADDRESS PORT: serves there what standard input tells it to (see talk.py)
answer() {
    local steps=$scratch/answer-$1-$3
    cat >"$steps"
    (exec ip netns exec "$tag-$1" unshare --uts "$scratch/enter" "$1" "$scratch" \
        python3 "$record_dir/talk.py" serve "$2" "$3") >"$steps.log" 2>&1 <"$steps" &
    pids+=("$!")
    await "port $3 on $1" listening "$1" tcp "$3"
}

# start HOST LOG COMMAND...: a server there, until the end; its pid is then in $started
start() {
    local name=$1 log=$scratch/$2.log
    shift 2
    (exec ip netns exec "$tag-$name" unshare --uts "$scratch/enter" "$name" "$scratch" "$@") >"$log" 2>&1 </dev/null &
    started=$!
    pids+=("$started")
}

listening() { # HOST tcp|udp PORT
    local kind=-lnt
    [ "$2" = tcp ] || kind=-lnu
    [ -n "$(ip netns exec "$tag-$1" ss -H $kind "sport = :$3")" ]
}

# --- servers ----------------------------------------------------------------------------------------------------------

# bind_start HOST: $scratch/HOST/ holds the zones, and zones.conf with the statements that are its own
bind_start() {
    local name=$1 folder=$scratch/$1 four='' six=''
    local address
    for address in ${host_addresses[$name]}; do
        case $address in *:*) six="$six $address;" ;; *) four="$four $address;" ;; esac
    done
    cat >"$folder/named.conf" <<CONF
options {
    directory "$folder";
    pid-file none;
    session-keyfile none;
    listen-on { ${four:-none;} };
    listen-on-v6 { ${six:-none;} };
    interface-interval 0;
    automatic-interface-scan no;
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    minimal-responses no;
    rrset-order { order none; };
    version "9.18";
    hostname "$name.example";
    server-id "$name.example";
    ${bind_options:-recursion no;}
};
controls { };
include "$folder/zones.conf";
CONF
    start "$name" "$name-named" named -g -n 1 -X none -c "$folder/named.conf"
    await "named on $name" grep -q ' running$' "$scratch/$name-named.log"
    await "port 53 on $name" listening "$name" udp 53
}

# sign HOST ZONE FILE [OPTION...]: makes FILE.signed, with keys in the host's folder; DS records go to $scratch.
# $signing: more options for the key-signing key
sign() {
    local folder=$scratch/$1 zone=$2 file=$3
    shift 3
    # shellcheck disable=SC2086  # options, not one word
    dnssec-keygen -q -a ECDSAP256SHA256 -f KSK ${signing:-} -K "$folder" "$zone" >/dev/null 2>&1
    dnssec-keygen -q -a ECDSAP256SHA256 -K "$folder" "$zone" >/dev/null 2>&1
    dnssec-signzone -q -S -K "$folder" -d "$scratch" -o "$zone" -f "$folder/$file.signed" "$@" "$folder/$file" \
        >"$scratch/sign.log" 2>&1 || fail "could not sign $zone"
}

# nginx_start HOST: $scratch/HOST/site.conf holds what belongs into http { }
nginx_start() {
    local name=$1 folder=$scratch/$1
    mkdir -p "$folder/state"
    cat >"$folder/nginx.conf" <<CONF
daemon off;
master_process off;
pid $folder/nginx.pid;
error_log stderr warn;
events { }
http {
    access_log off;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path $folder/state/body;
    proxy_temp_path $folder/state/proxy;
    fastcgi_temp_path $folder/state/fastcgi;
    uwsgi_temp_path $folder/state/uwsgi;
    scgi_temp_path $folder/state/scgi;
    include $folder/site.conf;
}
CONF
    start "$name" "$name-nginx" nginx -p "$folder" -c "$folder/nginx.conf"
    await "nginx on $name" listening "$name" tcp "${2:-80}"
}

# site_start HOST [PORT]: one small site, with more statements for its server { } in $site_more
site_start() {
    local name=$1 port=${2:-80}
    mkdir -p "$scratch/$name/www"
    echo '<!doctype html><title>The harbour</title><p>All ships are in.</p>' >"$scratch/$name/www/index.html"
    echo 'User-agent: *' >"$scratch/$name/www/robots.txt"
    find "$scratch/$name/www" -exec touch -d '2026-11-01 08:00:00' {} +
    cat >"$scratch/$name/site.conf" <<CONF
server {
    listen $port;
    listen [::]:$port ipv6only=on;
    root www;
    ${site_more:-}
}
CONF
    nginx_start "$name" "$port"
}

# names_start HOST "NAME=TYPE DATA"...: a name server for example., where programs can look up web sites
names_start() {
    local name=$1 pair
    mkdir -p "$scratch/$name"
    shift
    {
        printf '$TTL 3600\n@ SOA ns1.example. hostmaster.example. 1 7200 900 1209600 300\n NS ns1.example.\n'
        for pair in "$@"; do
            printf '%s %s\n' "${pair%%=*}" "${pair#*=}"
        done
    } >"$scratch/$name/zone"
    echo 'zone "example" { type primary; file "zone"; };' >"$scratch/$name/zones.conf"
    bind_start "$name"
}

# --- the capture ------------------------------------------------------------------------------------------------------

# record HOST [INTERFACE [FILTER...]]
record() {
    local name=$1 interface=${2:-eth0}
    shift "$(($# < 2 ? $# : 2))"
    # A listener beside it tells nanoseconds; so should what it is compared with.
    (exec ip netns exec "$tag-$name" tcpdump -n -U -s 0 -Z root --immediate-mode ${LISTENER:+--nano} -i "$interface" \
        -w "$scratch/capture.pcap" "$@") 2>"$scratch/tcpdump.log" </dev/null &
    capture_pid=$!
    pids+=("$capture_pid")
    await tcpdump grep -q 'listening on' "$scratch/tcpdump.log"
    [ -z "${LISTENER:-}" ] || listen "$name" "$interface"
}

# tests/live lets a second program listen beside tcpdump: LISTENER is its command, LISTENER_LOG where it says that it
# is ready. It is ended by SIGINT with the capture.
listener_pid=
listen() {
    # shellcheck disable=SC2086 # a command with its arguments
    (exec ip netns exec "$tag-$1" $LISTENER -i "$2") >"$LISTENER_LOG.out" 2>"$LISTENER_LOG" </dev/null &
    listener_pid=$!
    pids+=("$listener_pid")
    await "the listener" grep -q 'listening on' "$LISTENER_LOG"
}

# Waits until the wire has been silent for half a second.
settle() {
    local before=-1 now
    now=$(stat -c %s "$scratch/capture.pcap")
    while [ "$before" != "$now" ]; do
        before=$now
        sleep 0.5
        now=$(stat -c %s "$scratch/capture.pcap")
    done
}

captured() { [ "$(stat -c %s "$scratch/capture.pcap")" -gt "$1" ]; } # BYTES: more than that

# Ends the capture: its file is then $scratch/capture.pcap.
finish() {
    settle
    end_process "$capture_pid" -INT
    [ -z "$listener_pid" ] || end_process "$listener_pid" -INT
    grep -q '^0 packets dropped by kernel' "$scratch/tcpdump.log" || fail "tcpdump did not see everything"
}

# crossed NAME FILE: this file, or attachment, crosses the wire in the capture, under that name. What its bytes are is
# written down beside the capture, in files.sha256: CAPTURE, NAME, SIZE and SHA-256, with tabs between them.
declare -a crossings=()
crossed() {
    local sum
    sum=$(sha256sum <"$2")
    crossings+=("$(printf '%s\t%s\t%s\t%s' "$capture_name" "$1" "$(stat -c %s "$2")" "${sum%% *}")")
}

# in_network_form FILE: the name of a copy whose lines end with CR LF, as text travels by mail and in FTP's TYPE A
in_network_form() {
    sed 's/$/\r/' "$1" >"$1.sent"
    echo "$1.sent"
}

write_crossings() { # FOLDER
    local list=$1/files.sha256
    [ -e "$list" ] || [ "${#crossings[@]}" -gt 0 ] || return 0
    {
        [ ! -e "$list" ] || grep -v "^$capture_name$(printf '\t')" "$list" || true
        [ "${#crossings[@]}" -eq 0 ] || printf '%s\n' "${crossings[@]}"
    } | sort -u >"$list.part"
    mv "$list.part" "$list"
}

# What clients sent in place of a password is written down in the same way, in digests: CAPTURE and the text as it crossed.
write_digests() { # FOLDER CAPTURE
    local list=$1/digests
    {
        [ ! -e "$list" ] || grep -v "^$capture_name$(printf '\t')" "$list" || true
        python3 "$record_dir/digests.py" "$2" | sed "s/^/$capture_name\t/"
    } | sort >"$list.part"
    if [ -s "$list.part" ]; then mv "$list.part" "$list"; else rm -f "$list.part"; fi
}

# Puts a file, whole, where it was asked for.
deliver() { # [FILE [PATH]]
    local file=${1:-$scratch/capture.pcap} path=${2:-$output}
    cp "$file" "$path.part"
    chmod 644 "$path.part"
    mv "$path.part" "$path"
    write_crossings "$(dirname "$path")"
    write_digests "$(dirname "$path")" "$file"
    echo "$capture_name: $(stat -c %s "$path") bytes in ${path##*/}" >&2
}

# --- here it begins ---------------------------------------------------------------------------------------------------

check_needs
trap sweep EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
scratch=$(mktemp -d)
write_enter
namespace_new switch
ip -n "$tag-switch" link add name switch type bridge stp_state 0 mcast_snooping 0
ip -n "$tag-switch" link set switch up
