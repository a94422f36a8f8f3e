# SPDX-License-Identifier: BSD-3-Clause
#
# The servers of tests/bench/build, each on a host of its own. A script sources this after pcaps/record/lib.sh and its lib-*.sh.
# shellcheck shell=bash disable=SC2016,SC2119,SC2154

# 192.0.2.0/24, 198.51.100.0/24 and 2001:db8::/32 are for documentation: they are nobody's (RFC 5737, RFC 3849).
hosts_make() {
    local number clients=() sites=()
    for number in $(seq 10 60); do
        clients+=("198.51.100.$number" "2001:db8:c::$(printf %x "$number")")
    done
    for number in $(seq 10 17); do
        sites+=("192.0.2.$number" "2001:db8:5::$number")
    done
    host client 2 "${clients[@]}"
    host web 80 "${sites[@]}"
    host names 53 192.0.2.53 2001:db8:5::53
    host zones 54 192.0.2.54 2001:db8:5::54
    host mail 25 192.0.2.25 2001:db8:5::25
    host files 21 192.0.2.21 2001:db8:5::21
    await "the switch" ports_forward
    # More connections than a desk has: more ports, used again at once.
    set_in "$tag-client" 'ipv4/ip_local_port_range=10000 65000' ipv4/tcp_tw_reuse=1
    set_in "$tag-web" core/somaxconn=4096
}

certificates_make() {
    authority_make
    certificate www '/O=Bench/CN=www.corp.test' 'DNS:www.corp.test,DNS:*.corp.test' 20260101000000Z 20360101000000Z
    key='ec -pkeyopt ec_paramgen_curve:P-256' certificate ec '/O=Bench/CN=www.corp.test' 'DNS:www.corp.test,DNS:*.corp.test' \
        20260101000000Z 20360101000000Z
    certificate mail '/O=Bench/CN=mail.corp.test' DNS:mail.corp.test 20260101000000Z 20360101000000Z
    certificate visitor '/O=Bench/CN=A visitor' email:visitor@corp.test 20260101000000Z 20360101000000Z
}

web_start() {
    mkdir -p "$scratch/web"
    cat >"$scratch/web/site.conf" <<CONF
sendfile on;
tcp_nopush on;
keepalive_requests 300;
if_modified_since before;
client_max_body_size 1g;
gzip_types text/plain text/css application/json application/javascript text/csv;
gzip_min_length 300;
ssl_certificate $tls/ec.pem;
ssl_certificate_key $tls/ec.key;
ssl_certificate $tls/www.pem;
ssl_certificate_key $tls/www.key;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:all:5m;
server {
    listen 80 backlog=2048;
    listen [::]:80 ipv6only=on;
    listen 443 ssl http2 backlog=2048;
    listen 8443 ssl;
    root $content/www;
    gzip on;
    location /small/ {
        add_header Cache-Control "public, max-age=60";
        add_header X-Request-Id \$request_id;
    }
    location /large/ { gzip off; }
    location /packed/ {
        alias $content/www/large/;
        gzip_comp_level 1;
    }
    location = /api/post {
        default_type application/json;
        add_header Set-Cookie "t=\$request_id; Path=/; HttpOnly";
        return 201 '{"ok":true,"id":"\$request_id"}';
    }
    location = /api/echo {
        default_type application/json;
        return 200 '{"arguments":"\$args","agent":"\$http_user_agent"}';
    }
    location = /form { return 303 /small/style.css; }
    location /old/ { return 301 http://www.corp.test/small/style.css; }
    location /upload { return 204; }
    location /secret { return 401; }
}
server {
    listen 4433 ssl;
    ssl_verify_client optional;
    ssl_client_certificate $tls/ca.pem;
    root $content/www;
}
CONF
    nginx_start web
}

# BIND on one host, NSD on the other, with the same zones.
names_start_both() {
    local zone folder=$scratch/zones
    python3 "$bench/corpus/zones.py" "$scratch/names"
    sign names signed.test signed.test.zone -3 - -H 0
    mkdir -p "$folder"
    printf 'server:\n ip-address: %s\n ip-address: %s\n server-count: 1\n rrl-ratelimit: 0\n rrl-whitelist-ratelimit: 0\n' \
        "${host_addresses[zones]% *}" "${host_addresses[zones]#* }" >"$folder/nsd.conf"
    printf ' zonesdir: "%s"\n database: ""\n username: ""\n' "$scratch/names" >>"$folder/nsd.conf"
    printf ' pidfile: "%s/pid"\n xfrdfile: "%s/xfrd"\n xfrdir: "%s"\n zonelistfile: "%s/list"\n' \
        "$folder" "$folder" "$folder" "$folder" >>"$folder/nsd.conf"
    printf 'remote-control:\n control-enable: no\n' >>"$folder/nsd.conf"
    for zone in corp.test shop.test signed.test 2.0.192.in-addr.arpa; do
        local file=$zone.zone
        [ "$zone" != signed.test ] || file=$file.signed
        printf 'zone "%s" { type primary; file "%s"; };\n' "$zone" "$file" >>"$scratch/names/zones.conf"
        printf 'zone:\n name: %s\n zonefile: %s\n' "$zone" "$file" >>"$folder/nsd.conf"
    done
    bind_options='recursion no; allow-transfer { any; }; tcp-clients 500;' bind_start names
    start zones zones-nsd nsd -d -c "$folder/nsd.conf"
    await "nsd" listening zones udp 53
}

mail_start() {
    local number users=
    for number in $(seq -w 20); do users="$users u$number=1,"; done
    mkdir -p "$scratch/mail"
    postfix_start mail corp.test 'inet_protocols = all' 'smtpd_sasl_auth_enable = yes' 'smtpd_sasl_type = dovecot' \
        'smtpd_sasl_path = private/auth' 'local_transport = lmtp:inet:127.0.0.1:24' "local_recipient_maps = inline:{${users%,} }" \
        "smtpd_tls_cert_file = $tls/mail.pem" "smtpd_tls_key_file = $tls/mail.key" 'smtpd_tls_security_level = may' \
        'smtpd_client_connection_count_limit = 0' 'message_size_limit = 60000000' 'mailbox_size_limit = 0'
    dovecot_start mail "ssl = yes
ssl_cert = <$tls/mail.pem
ssl_key = <$tls/mail.key
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = 500
passdb {
  driver = static
  args = password=secret
}
service auth {
  unix_listener $scratch/mail/postfix/spool/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}"
}

files_start() {
    mkdir -p "$scratch/files/files"
    cp -r "$content/files/pub" "$scratch/files/files/"
    use_ipv6=on proftpd_start files 'MaxInstances 100'
}
