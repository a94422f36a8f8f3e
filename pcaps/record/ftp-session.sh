#!/usr/bin/env bash
# FTP from programs (curl, lftp, inetutils' ftp): active and passive, over IPv4 and IPv6; both transfer types, upload, append,
# resume, unique names, lists in three formats, names with spaces and umlauts; rename, delete, folders, SITE; wrong passwords, an
# anonymous visitor; transfers broken off by ABOR, by the client, by nobody coming; and what is not allowed.
# needs: proftpd-core openssl curl lftp inetutils-ftp tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-ftp.sh
source "$record_dir/lib-ftp.sh"

host client 2 10.9.0.2 fd00:9::2
host files 21 10.9.0.21 fd00:9::21
introduce
shore=$scratch/files/files
mkdir -p "$shore"/{charts,pub,log} "$scratch/ship"
blob() { python3 "$record_dir/blobs.py" "$@"; }
seq -f 'Buoy %03.0f: green, flashes twice every ten seconds' 1 60 >"$shore/charts/buoys.txt"
blob png 40 chart >"$shore/charts/Seekarte Möwe.png"
blob random 80000 big >"$shore/charts/soundings.bin"
blob pdf 'Welcome' >"$shore/pub/welcome.pdf"
cp "$shore"/charts/* "$scratch/ship/"
cd "$scratch/ship"
head -c 10000 soundings.bin >resumed.bin
blob zip 'log.txt=All quiet. ' >log.zip
printf 'Monday: calm.\n' >log.txt
printf 'Tuesday: a storm.\n' >more.txt
head -c 30000 soundings.bin >upload.bin
head -c 12000 upload.bin >upload-first.bin
tail -c +12001 upload.bin >upload-rest.bin
use_ipv6=on proftpd_start files 'TransferRate RETR 100:20000'
crossed 'Seekarte Möwe.png' 'Seekarte Möwe.png'
crossed buoys.txt buoys.txt
crossed buoys.txt "$(in_network_form buoys.txt)"
crossed welcome.pdf "$shore/pub/welcome.pdf"
crossed log.zip log.zip
crossed log.txt log.txt
crossed log.txt more.txt
crossed unique.txt "$(in_network_form log.txt)"
crossed more.txt more.txt
crossed upload.bin upload-first.bin
crossed upload.bin upload-rest.bin

record client
fetch() { ask client curl -s --max-time 10 -u alice:gull-feather-7 "$@"; }
# curl: EPSV, then PASV, then PORT and EPRT, over both kinds of IP; only a list of names; if newer; the end of a file; the head of it.
fetch ftp://10.9.0.21/charts/Seekarte%20M%C3%B6we.png
fetch --disable-epsv ftp://10.9.0.21/charts/buoys.txt
fetch --ftp-port 10.9.0.2 ftp://10.9.0.21/charts/buoys.txt
fetch --ftp-port 10.9.0.2 --disable-eprt 'ftp://10.9.0.21/charts/buoys.txt;type=a'
fetch 'ftp://[fd00:9::21]/charts/buoys.txt'
fetch --ftp-port - 'ftp://[fd00:9::21]/charts/buoys.txt'
fetch -l ftp://10.9.0.21/charts/ --next -s -u alice:gull-feather-7 -I ftp://10.9.0.21/charts/buoys.txt
fetch -z 'Mon, 02 Nov 2026 00:00:00 GMT' ftp://10.9.0.21/charts/buoys.txt
fetch -r 100-299 ftp://10.9.0.21/charts/soundings.bin
fetch -C - -o "$PWD/resumed.bin" ftp://10.9.0.21/charts/soundings.bin
fetch -T log.zip ftp://10.9.0.21/log/ --ftp-create-dirs -T log.txt ftp://10.9.0.21/log/2026/
fetch -a -T more.txt ftp://10.9.0.21/log/2026/log.txt
fetch -Q 'RNFR log/log.zip' -Q 'RNTO log/old.zip' -Q '-DELE old.zip' -Q 'SITE CHMOD 640 log/2026/log.txt' ftp://10.9.0.21/log/
# Who is this? Nobody; and an anonymous visitor.
ask client curl -s --max-time 20 -u alice:gull-feather-8 ftp://10.9.0.21/
ask client curl -s --max-time 10 -u anonymous:visitor@client.example ftp://10.9.0.21/welcome.pdf \
    --next -s -u anonymous:visitor@client.example -T log.txt ftp://10.9.0.21/incoming/ \
    --next -s -u anonymous:visitor@client.example -Q 'DELE welcome.pdf' ftp://10.9.0.21/
# lftp: MLSD, SIZE and MDTM, continued upload.
ask client lftp -c "set net:timeout 5; set net:max-retries 1; set ftp:use-mlsd on; set ftp:sync-mode off; open -u bob,rope-and-tar 10.9.0.21;
    cd charts; ls; cls -l; mkdir -p ../log/lftp; put $PWD/upload-first.bin -o ../log/lftp/upload.bin; put -c $PWD/upload.bin -o ../log/lftp/upload.bin"
# inetutils: as one used it.
on client inetutils-ftp -n -v -i 10.9.0.21 >>"$scratch/clients.log" 2>&1 <<'COMMANDS'
user bob rope-and-tar
system
pwd
cd log
ascii
put log.txt unique.txt
binary
sunique
put more.txt
sunique
nlist
passive
dir
mkdir empty
rmdir empty
rename unique.txt renamed.txt
modtime renamed.txt
size renamed.txt
delete renamed.txt
quote REIN
quote STAT /log
bye
COMMANDS

# By hand, what no program does by itself.
ftp_talk client 10.9.0.21 21 <<'STEPS'
until \r\n
send HOST ftp.harbour.example\r\n
until \r\n
send USER alice\r\nPASS gull-feather-7\r\nSYST\r\nFEAT\r\n
until 211 End\r\n
send OPTS UTF8 ON\r\n
until \r\n
send OPTS MLST type;size;modify;\r\n
until \r\n
send CLNT by hand\r\n
until \r\n
send MLST charts/buoys.txt\r\n
until 250 End
until \r\n
send MKD log/The "first" year\r\n
until \r\n
send CWD log/The "first" year\r\n
until \r\n
send PWD\r\n
until \r\n
send XCUP\r\n
until \r\n
send RMD The "first" year\r\n
until \r\n
send CWD /charts\r\n
until \r\n
send TYPE L 8\r\n
until \r\n
send STRU F\r\n
until \r\n
send MODE B\r\n
until \r\n
send ALLO 4000\r\n
until \r\n
send MFMT 20261102080000 /log/2026/log.txt\r\n
until \r\n
send SITE HELP\r\n
until 214 
until \r\n
send HELP RETR\r\n
until \r\n
send PASV\r\n
until \r\n
passive
send REST 60000\r\n
until \r\n
send RETR soundings.bin\r\n
until \r\n
get
done
until \r\n
send PASV\r\n
until \r\n
passive
send RETR soundings.bin\r\n
until \r\n
get 16000
pause 0.2
urgent \xff\xf4\xff
send \xf2ABOR\r\n
until 426
until \r\n
done
pause 0.2
send NOOP\r\n
until 200
until \r\n
send EPSV\r\n
until \r\n
passive
send RETR soundings.bin\r\n
until \r\n
get 16000
drop
until 426
until \r\n
eprt
until \r\n
send STOR /log/half.bin\r\n
take
until 150
put upload.bin 20000
pause 0.2
drop
until 426
until \r\n
send PASV\r\n
until \r\n
send NOOP\r\n
until \r\n
send ABOR\r\n
until \r\n
send PORT 10,9,0,99,31,64\r\n
until \r\n
send EPRT |3|10.9.0.2|8000|\r\n
until \r\n
send EPRT |1|10.9.0.2|80\r\n
until \r\n
send EPSV ALL\r\n
until \r\n
send PASV\r\n
until \r\n
send STOU x y\r\n
until \r\n
send ACCT harbour\r\n
until \r\n
send SMNT /\r\n
until \r\n
send QUIT\r\n
rest
STEPS
cd /
finish
deliver
