#!/usr/bin/env bash
# FTP behind TLS: AUTH TLS, PBSZ, PROT P, so that of both connections only TLS is seen; then PROT C, where the data crosses in clear
# beside a control connection that cannot be read; the same after CCC, which
# gives the control connection back; then AUTH refused, and a password refused in clear.
# needs: proftpd-core proftpd-mod-crypto curl lftp openssl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-ftp.sh
source "$record_dir/lib-ftp.sh"
# shellcheck source=lib-tls.sh
source "$record_dir/lib-tls.sh"

host client 2 10.9.0.2
host files 21 10.9.0.21
introduce
authority_make
certificate files '/O=The Harbour/CN=ftp.harbour.example' DNS:ftp.harbour.example
mkdir -p "$scratch/files/files"
seq -f 'Buoy %03.0f: green, flashes twice every ten seconds' 1 60 >"$scratch/files/files/buoys.txt"
crossed buoys.txt "$scratch/files/files/buoys.txt"
proftpd_start files "LoadModule mod_tls.c
TLSEngine on
TLSRequired auth
TLSProtocol TLSv1.2 TLSv1.3
TLSOptions NoSessionReuseRequired
TLSRSACertificateFile $tls/files.pem
TLSRSACertificateKeyFile $tls/files.key
TLSLog $scratch/files/tls.log"

record client
fetch() { ask client curl -s --max-time 10 --cacert "$tls/ca.pem" --resolve '*:21:10.9.0.21' -u alice:gull-feather-7 -o /dev/null "$@"; }
fetch --ssl-reqd ftp://ftp.harbour.example/buoys.txt
fetch --ssl-reqd --tls-max 1.2 --disable-epsv ftp://ftp.harbour.example/buoys.txt
fetch --ftp-ssl-control ftp://ftp.harbour.example/buoys.txt
fetch --ftp-ssl-control --ftp-ssl-ccc --ftp-ssl-ccc-mode active ftp://ftp.harbour.example/buoys.txt
ask client lftp -c "set ssl:ca-file $tls/ca.pem; set ssl:check-hostname no; set ftp:ssl-force yes; set ftp:ssl-protect-data yes;
    set net:timeout 5; set net:max-retries 1; open -u bob,rope-and-tar 10.9.0.21; ls; put $scratch/clients.log -o log.txt"
ftp_talk client 10.9.0.21 21 <<'STEPS'
until \r\n
send FEAT\r\n
until End\r\n
send AUTH KERBEROS_V4\r\n
until \r\n
send PBSZ 0\r\n
until \r\n
send USER alice\r\n
until \r\n
send PASS gull-feather-7\r\n
until \r\n
send AUTH TLS\r\n
until \r\n
pause 0.3
close
STEPS
finish
deliver
