# Mail servers with configurations of their own, and messages to send. A script sources this after lib.sh.
# shellcheck shell=bash disable=SC2016,SC2119,SC2154

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
    } | awk '{ last[$1] = $0 } END { for (name in last) print last[name] }' >"$folder/main.cf" # each only once
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

# letters_write: $scratch/letter.1 to letter.4, as their senders wrote them, and tides.csv, which the third brings
letters_write() {
    printf 'day,high,low\nMonday,07:12,13:24\nTuesday,08:01,14:13\nWednesday,08:50,15:02\n' >"$scratch/tides.csv"
    cat >"$scratch/letter.1" <<'LETTER'
From: Anna <anna@lighthouse.example>
To: Alice <alice@harbour.example>
Subject: Fog tonight
Date: Sat, 21 Nov 2026 17:15:00 +0100
Message-ID: <fog-1@lighthouse.example>

Dear Alice,

the fog horn will sound tonight, once a minute.
.
A line of its own with a dot, and one that begins with two:
..
Anna
LETTER
    cat >"$scratch/letter.2" <<'LETTER'
From: =?ISO-8859-1?Q?J=F6rg_M=FCller?= <joerg@werft.example>
To: "Dora, at the gate" <dora@harbour.example>,
 crew: alice@harbour.example, Bob <bob@harbour.example>;
Cc: =?UTF-8?B?0JDQvdC90LA=?= <anna@lighthouse.example>
Subject: =?ISO-8859-1?Q?F=FCr_die_=DCberfahrt_nach_?=
 =?UTF-8?Q?Aarhus_=E2=80=93_n=C3=A4chste_Woche?=
Date: Sat, 21 Nov 2026 18:02:10 +0100 (CET)
Message-ID: <20261121170210.4@werft.example>
In-Reply-To: <fog-1@lighthouse.example>
References: <fog-1@lighthouse.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe aus der Werft! Die "Seem=F6we" ist fertig, und am Montag l=E4uft s=
ie aus.

J=F6rg
LETTER
    cat >"$scratch/letter.3" <<'LETTER'
From: Bob <bob@harbour.example>
To: alice@harbour.example
Subject: Tides for the week
Date: Sun, 22 Nov 2026 06:30:00 +0000
Message-ID: <tides.47@harbour.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=-tide-47"

Readers without MIME see this line.
--=-tide-47
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

The table is attached. High water is at 07:12 – mind the sill.

--=-tide-47
Content-Type: text/csv; name=tides.csv
Content-Disposition: attachment; filename=tides.csv
Content-Transfer-Encoding: base64

ZGF5LGhpZ2gsbG93Ck1vbmRheSwwNzoxMiwxMzoyNApUdWVzZGF5LDA4OjAxLDE0OjEzCldlZG5l
c2RheSwwODo1MCwxNTowMgo=
--=-tide-47--
LETTER
    cat >"$scratch/letter.4" <<'LETTER'
Return-Path: <list-bounces@news.example>
From: The Harbour News <news@news.example>
Sender: list-bounces@news.example
Reply-To: editors@news.example
To: readers@news.example
Subject: =?utf-8?q?No=2E_47=3A_dredging=2C_a_new_crane=2C_and_a_very_long_?=
 =?utf-8?q?headline_that_goes_on_and_on_so_that_it_has_to_be_folded_?=
 =?utf-8?q?twice?=
Date: Sun, 22 Nov 2026 07:00:00 +0000
Message-ID: <no47@news.example>
List-Id: The Harbour News <readers.news.example>
List-Unsubscribe: <mailto:leave@news.example>, <http://news.example/leave>
List-Post: NO
Precedence: bulk
X-Mailer: Hand press 1.0
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=two

--two
Content-Type: text/plain; charset=us-ascii

Dredging begins on Monday.

--two
Content-Type: text/html; charset=us-ascii

<p>Dredging begins on <b>Monday</b>.</p>

--two--
LETTER
}

# letters HOST USER FILE...: puts them into a mailbox, without being heard on eth0
letters() {
    local name=$1 user=$2
    shift 2
    [ -e "$scratch/letter.1" ] || letters_write
    on "$name" python3 "$record_dir/mail-client.py" lmtp 127.0.0.1 "$user@harbour.example" "$@" >>"$scratch/clients.log" 2>&1
}
