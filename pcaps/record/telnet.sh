#!/usr/bin/env bash
# Telnet, key by key: a login with a typing error put right and a wrong password first, commands, a window that changes its size; a
# user name that travels as an environment variable, an interrupt and other Telnet commands; then both sides scripted: line by
# line, options that the others lack, sequences cut into pieces.
# needs: inetutils-inetd inetutils-telnetd inetutils-telnet tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host office 23 10.9.0.23
introduce
printf '10.9.0.2 client.example\n10.9.0.23 office.harbour.example\n' >>"$scratch/hosts"
mkdir "$scratch/office"
cp "$record_dir/telnet-login.py" "$scratch/office/login"
: >"$scratch/office/log"
echo "10.9.0.23:telnet stream tcp nowait root /usr/sbin/telnetd telnetd -h --accept-env=USER --accept-env=LANG -E $scratch/office/login" >"$scratch/office/inetd.conf"
# Who logs in here is not to be written into the books of this machine.
start office office-inetd sh -c "for book in /var/log/wtmp /var/log/btmp /run/utmp; do
    [ ! -e \$book ] || mount --bind '$scratch/office/log' \$book; done
    exec inetutils-inetd -d -p '$scratch/office/pid' '$scratch/office/inetd.conf'"
await inetd listening office tcp 23
typist() { on client python3 "$record_dir/typist.py" "$@" >>"$scratch/clients.log" 2>&1; }

record client
typist 80 24 inetutils-telnet 10.9.0.23 <<'STEPS'
until login: 
pause 0.4
type alixe\x7f\x7fce\r
until Password: 
pause 0.3
type fog-horn-1913\r
until login: 
pause 0.3
type alice\r
until Password: 
type fog-horn-191\x7f12\r
until $ 
pause 0.3
type ls\r
until $ 
type cat tydes.txt\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7fides.txt\r
until $ 
size 132 43
pause 0.3
type stty\r
until $ 
type passwd\r
until password: 
type fog-horn-1912\r
until password: 
type keel-over-1\r
until $ 
type exit\r
rest
STEPS
typist 100 30 inetutils-telnet -l bob 10.9.0.23 <<'STEPS'
until Password: 
pause 0.2
paste two-bells-past\r
until $ 
type sleep 9\r
pause 0.3
type \x03
until $ 
type \x1d
until telnet>
paste send ayt\r
until [Yes]
type \x1d
until telnet>
paste send nop\r
pause 0.2
type \x1d
until telnet>
paste send brk\r
pause 0.2
paste \r
until $ 
type \x1d
until telnet>
paste toggle binary\r
pause 0.3
type ls\r
pause 0.3
type \x1d
until telnet>
paste quit\r
rest
STEPS

# Line by line, as a terminal without options would; a prompt in another language; data bytes of 255; options cut in two.
answer office 10.9.0.23 2323 <<'STEPS'
accept
send \xff\xfd\x18\xff
pause 0.1
send \xfd\x1f\xff\xfb\x03\xff\xfd\x27\xff\xfd\x2a\xff\xfd\x25\xff\xfd\x26\xff\xfb\x46
until \xff\xf0
send \xff\xfa\x18\x01\xff\xf0\xff\xfa\x2a\x01;UTF-8;ISO-8859-1\xff\xf0
until \xff\xf0
send \xff\xfa\x46\x01NAME\x02The Harbour\x01PORT\x022323\xff\xf0
send H\xc3\xa9\xff\xffl\xc3\xb6!\r\nBenutzer: 
until \n
send Kennwort: \xff\xfb\x01
until \n
send \r\n\xff\xfc\x01Willkommen!\r\n> 
until \n
send Die Flut kommt um 07:12.\r\x00Die Flut kommt um 07:13.\r\n> \xff\xf9
until \n
send \xff\xfe\x1f\xff\xfd\x06
pause 0.1
close
STEPS
talk client tcp 10.9.0.23 2323 <<'STEPS'
until \xfb\x46
send \xff\xfb\x18\xff\xfb\x1f\xff\xfd\x03\xff\xfc\x27\xff\xfb\x2a\xff\xfc\x25\xff\xfc\x26\xff\xfd\x46\xff\xfa\x1f\x00\x50\x00\xff\xff\xff\xf0
until \xff\xf0
send \xff\xfa\x18\x00VT
pause 0.1
send 220\xff
pause 0.1
send \xf0\xff\xfa\x2a\x02UTF-8\xff\xf0
until Benutzer: 
send dora\r\n
until Kennwort: 
pause 0.2
send Seemannsgarn\xff\xfd\x01
pause 0.2
send -7\r\x00\r\n
until > 
send fl
pause 0.2
send \xff\xf1ut\r\n
until \xff\xf9
send \xff\xf6\xff\xf5\xff\xf7x\xff\xf8ende\r\n
rest
STEPS
finish
deliver
