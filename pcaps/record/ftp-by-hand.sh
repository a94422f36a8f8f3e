#!/usr/bin/env bash
# FTP as one types it into a plain TCP connection: USER, PASS, PWD, CWD, PASV, LIST, RETR, TYPE, STOR, QUIT, with real data
# connections beside it; then a session with typing errors.
# needs: proftpd-core openssl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-ftp.sh
source "$record_dir/lib-ftp.sh"

host client 2 10.9.0.2
host files 21 10.9.0.21
introduce
mkdir -p "$scratch/files/files/charts/north"
seq -f 'Buoy %03.0f: green, flashes twice every ten seconds' 1 60 >"$scratch/files/files/charts/buoys.txt"
python3 "$record_dir/blobs.py" png 48 chart >"$scratch/files/files/charts/north/chart.png"
printf 'Anna was here.\nThe tide was high.\n' >"$scratch/visit.txt"
cp "$scratch/files/files/charts/buoys.txt" "$scratch/buoys.txt"
proftpd_start files
crossed buoys.txt "$(in_network_form "$scratch/buoys.txt")"
crossed chart.png "$scratch/files/files/charts/north/chart.png"
crossed visit.txt "$scratch/visit.txt"

record client
ftp_talk client 10.9.0.21 21 <<STEPS
until \\r\\n
pause 1.1
send USER alice\\r\\n
until \\r\\n
pause 1.3
send PASS gull-feather-7\\r\\n
until \\r\\n
pause 0.9
send PWD\\r\\n
until \\r\\n
pause 0.8
send CWD charts\\r\\n
until \\r\\n
pause 0.6
send PASV\\r\\n
until \\r\\n
pause 0.5
passive
pause 0.4
send LIST\\r\\n
until \\r\\n
get
done
until \\r\\n
pause 0.9
send TYPE A\\r\\n
until \\r\\n
pause 0.4
send PASV\\r\\n
until \\r\\n
passive
send RETR buoys.txt\\r\\n
until \\r\\n
get
done
until \\r\\n
pause 0.7
send TYPE I\\r\\n
until \\r\\n
send CWD north\\r\\n
until \\r\\n
pause 0.4
send PASV\\r\\n
until \\r\\n
passive
send RETR chart.png\\r\\n
until \\r\\n
get
done
until \\r\\n
pause 0.5
send CDUP\\r\\n
until \\r\\n
pause 0.4
port
until \\r\\n
send STOR visit.txt\\r\\n
take
until \\r\\n
put $scratch/visit.txt
done
until \\r\\n
pause 0.6
send SIZE visit.txt\\r\\n
until \\r\\n
pause 0.5
send QUIT\\r\\n
rest
STEPS
# A wrong password, a command before its time, lower case, pieces, a file that is not there, no data connection.
ftp_talk client 10.9.0.21 21 <<'STEPS'
until \r\n
pause 0.4
send LIST\r\n
until \r\n
pause 0.3
send user bob\r\n
until \r\n
pause 0.6
send pass rope-and-tar-\r\n
until \r\n
pause 0.3
send USER bob\r\n
until \r\n
send PAS
pause 0.3
send S rope-and
pause 0.3
send -tar\r\n
until \r\n
pause 0.3
send RETR charts/buoys.txt\r\n
until \r\n
pause 0.3
send PASV\r\n
until \r\n
passive
send RETR charts/no-such-file.txt\r\n
until \r\n
done
pause 0.3
send CWD no-such-folder\r\n
until \r\n
pause 0.3
send RTER charts/buoys.txt\r\n
until \r\n
pause 0.3
send STAT\r\n
until End of status\r\n
pause 0.3
send HELP\r\n
until 214 
until \r\n
send NOOP\r\n
until \r\n
close
STEPS
finish
deliver
