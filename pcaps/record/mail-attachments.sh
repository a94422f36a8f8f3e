#!/usr/bin/env bash
# The same letter, with its attachments, fetched by POP3 and by IMAP: whole, its header only, and one part alone.
# needs: dovecot-core dovecot-imapd dovecot-pop3d dovecot-lmtpd curl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
dovecot_start mail
blob() { python3 "$record_dir/blobs.py" "$@"; }
cd "$scratch"
blob png 64 survey >survey.png
blob zip 'log.txt=All quiet. ' 'crew.txt=Anna, Bob. ' >log.zip
blob random 30000 sounding >sounding.dat
printf 'Tiefe\tOrt\n12\tHafeneinfahrt\n9\tÖstliche Mole\n' >tiefen.tsv
letters_write
python3 "$record_dir/letter.py" 'Soundings, 20 November' '<soundings-1@lighthouse.example>' \
    'html:The survey, the log and the soundings.' 'inline:image/png:survey.png:survey.png' \
    '2231:application/zip:Logbuch 2026.zip:log.zip' '2047:application/octet-stream:Lotung №7.dat:sounding.dat' \
    'qpfile:text/tab-separated-values; charset=utf-8:tiefen.tsv:tiefen.tsv' 'attached-letter:news.eml:letter.4' >soundings.eml
crossed survey.png survey.png
crossed 'Logbuch 2026.zip' log.zip
crossed 'Lotung №7.dat' sounding.dat
crossed tiefen.tsv "$(in_network_form tiefen.tsv)"
letters mail alice "$scratch/soundings.eml"
cd /

record client
fetch() { ask client curl -s --max-time 10 -u alice:kelp-and-lantern "$@"; }
fetch pop3://10.9.0.25/1
fetch 'imap://10.9.0.25/INBOX;UID=1'
fetch 'imap://10.9.0.25/INBOX;UID=1;SECTION=HEADER' 'imap://10.9.0.25/INBOX;UID=1;SECTION=3'
fetch 'imap://10.9.0.25/INBOX?SUBJECT%20soundings'
finish
deliver
