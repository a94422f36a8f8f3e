#!/usr/bin/env bash
# A server behind address translation: it is reached at 10.9.0.21, and its PASV names the address 10.9.0.22, from where the data
# connection is led to it. Two clients go where they are told to; another knows better and goes to where its control
# connection goes; EPSV names no address at all.
# needs: proftpd-core openssl curl lftp nftables tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-ftp.sh
source "$record_dir/lib-ftp.sh"

host client 2 10.9.0.2
host files 21 10.9.0.21 10.9.0.22
introduce
mkdir -p "$scratch/files/files"
seq -f 'Buoy %03.0f: green, flashes twice every ten seconds' 1 60 >"$scratch/files/files/buoys.txt"
python3 "$record_dir/blobs.py" pdf 'Tide table' >"$scratch/files/files/tides.pdf"
crossed buoys.txt "$scratch/files/files/buoys.txt"
crossed tides.pdf "$scratch/files/files/tides.pdf"
host_addresses[files]=10.9.0.21
proftpd_start files 'MasqueradeAddress 10.9.0.22'
ip netns exec "$tag-files" nft 'add table ip gate; add chain ip gate in { type nat hook prerouting priority -100; };
    add rule ip gate in ip daddr 10.9.0.22 dnat to 10.9.0.21'

record client
fetch() { ask client curl -s --max-time 10 -u alice:gull-feather-7 "$@"; }
fetch --disable-epsv --no-ftp-skip-pasv-ip ftp://10.9.0.21/buoys.txt
fetch --disable-epsv ftp://10.9.0.21/tides.pdf
fetch ftp://10.9.0.21/tides.pdf
ask client lftp -c 'set net:timeout 5; set net:max-retries 1; set ftp:prefer-epsv no; set ftp:fix-pasv-address no; open -u bob,rope-and-tar 10.9.0.21; ls'
finish
deliver
