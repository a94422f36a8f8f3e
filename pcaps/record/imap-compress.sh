#!/usr/bin/env bash
# IMAP compressed: COMPRESS DEFLATE, then everything in raw deflate in both directions, with one stream of it for the whole
# session; a fetch and an APPEND inside. Then a second COMPRESS, which is refused.
# needs: dovecot-core dovecot-imapd dovecot-lmtpd tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
dovecot_start mail 'protocol imap {
  mail_plugins = imap_zlib
}'
letters mail alice "$scratch"/letter.{1..4}
python3 "$record_dir/blobs.py" pdf 'Harbour dues' >"$scratch/dues.pdf"
seq -f 'Berth %03.0f: paid until the end of the year' 1 500 >"$scratch/berths.txt"
python3 "$record_dir/letter.py" 'Harbour dues' '<dues-1@harbour.example>' 'text:The list and the invoice.' \
    'plain:application/pdf:dues.pdf:'"$scratch/dues.pdf" 'plain:text/plain:berths.txt:'"$scratch/berths.txt" |
    sed 's/$/\r/' >"$scratch/dues"
crossed dues.pdf "$scratch/dues.pdf"
crossed berths.txt "$scratch/berths.txt"
crossed tides.csv "$scratch/tides.csv"

printf salt-marsh-heron >"$scratch/password"
imap() { on client python3 "$record_dir/imap-client.py" 10.9.0.25 >>"$scratch/clients.log" 2>&1; }

record client
imap <<LINES
LOGIN alice kelp-and-lantern
deflate
SELECT INBOX
FETCH 1:* (UID FLAGS RFC822.SIZE)
FETCH 3 BODY[]
APPEND Sent (\\Seen) {} < $scratch/dues
& SELECT Sent
& FETCH 1 (BODY.PEEK[])
STATUS INBOX (MESSAGES)
COMPRESS DEFLATE
= 0.5
LOGOUT
LINES
imap <<LINES
& LOGIN bob {+} < $scratch/password
deflate
SELECT INBOX
close
LINES
finish
deliver
