# Mail servers with configurations of their own, and messages to send. A script sources this after lib.sh.
# shellcheck shell=bash disable=SC2016,SC2119

# The servers' unprivileged halves must get to their files.
chmod 711 "$scratch"

# dovecot_start HOST [SETTINGS]: IMAP, POP3 and LMTP for alice, bob and dora, whose mail is in $scratch/HOST/mail/
dovecot_start() {
    local name=$1 folder=$scratch/$1 port=${await_port:-143}
    mkdir -p "$folder/mail" "$folder/run"
    chown nobody:nogroup "$folder/mail"
    cat >"$folder/passwords" <<'PASSWORDS'
alice:{PLAIN}kelp-and-lantern
bob:{PLAIN}salt-marsh-heron
dora:{PLAIN}tide"table\nine
PASSWORDS
    cat >"$folder/dovecot.conf" <<CONF
base_dir = $folder/run
state_dir = $folder/run
log_path = /dev/stderr
listen = ${host_addresses[$name]// /, }, 127.0.0.1
protocols = imap pop3 lmtp
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 apop
auth_username_format = %n
first_valid_uid = 1
mail_location = maildir:$folder/mail/%u
hostname = mail.harbour.example
postmaster_address = postmaster@harbour.example
lda_mailbox_autocreate = yes
passdb {
  driver = passwd-file
  args = scheme=PLAIN $folder/passwords
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$folder/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = create
    special_use = \Drafts
  }
  mailbox Sent {
    auto = create
    special_use = \Sent
  }
  mailbox Trash {
    auto = create
    special_use = \Trash
  }
}
service lmtp {
  inet_listener lmtp {
    port = 24
  }
}
service anvil {
  chroot =
}
service stats {
  client_limit = 100
}
${2:-}
CONF
    start "$name" "$name-dovecot" dovecot -F -c "$folder/dovecot.conf"
    await "dovecot on $name" listening "$name" tcp "$port"
}

# postfix_start HOST DOMAIN SETTING...: takes mail for everybody at DOMAIN and throws it away, unless told otherwise.
# $master: more lines for master.cf
postfix_start() {
    local name=$1 folder=$scratch/$1/postfix
    mkdir -p "$folder/data" "$folder/spool"
    chmod 755 "$scratch/$1" "$folder"
    chown postfix: "$folder/data"
    {
        printf '%s\n' 'compatibility_level = 3.6' "queue_directory = $folder/spool" "data_directory = $folder/data" \
            'maillog_file = /dev/stdout' 'smtpd_banner = $myhostname ESMTP Postfix' "myhostname = mail.$2" "myorigin = $2" \
            "mydestination = $2" "mynetworks = 127.0.0.0/8" 'inet_protocols = ipv4' 'alias_maps =' \
            'disable_dns_lookups = yes' 'smtp_host_lookup = native' 'local_transport = discard' \
            'local_recipient_maps = inline:{ alice=1, bob=1, carol=1, dora=1, postmaster=1 }' \
            'smtpd_peername_lookup = no' 'smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated reject_unauth_destination'
        shift 2
        printf '%s\n' "$@"
    } >"$folder/main.cf"
    cat >"$folder/master.cf" <<'CONF'
smtp      inet  n - n - -    smtpd
pickup    unix  n - n 60 1   pickup
cleanup   unix  n - n - 0    cleanup
qmgr      unix  n - n 300 1  qmgr
rewrite   unix  - - n - -    trivial-rewrite
bounce    unix  - - n - 0    discard
defer     unix  - - n - 0    bounce
trace     unix  - - n - 0    bounce
verify    unix  - - n - 1    verify
flush     unix  n - n 1000 0 flush
proxymap  unix  - - n - -    proxymap
smtp      unix  - - n - -    smtp
relay     unix  - - n - -    smtp
error     unix  - - n - -    error
discard   unix  - - n - -    discard
lmtp      unix  - - n - -    lmtp
anvil     unix  - - n - 1    anvil
scache    unix  - - n - 1    scache
tlsmgr    unix  - - n 1000 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
CONF
    printf '%s' "${master:-}" >>"$folder/master.cf"
    on "$name" postfix -c "$folder" check >>"$scratch/clients.log" 2>&1
    # A session of its own, so that its children end with it.
    start "$name" "$name-postfix" setsid env MAIL_CONFIG="$folder" "$(postconf -h daemon_directory)/master" -c "$folder" -s
    await "postfix on $name" listening "$name" tcp 25
}
