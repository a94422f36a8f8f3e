# proftpd with a configuration of its own. A script sources this after lib.sh.
# shellcheck shell=bash disable=SC2016,SC2119,SC2154

chmod 711 "$scratch"

# proftpd_start HOST [DIRECTIVES]: alice and bob see $scratch/HOST/files, and so does an anonymous visitor, its folder pub
proftpd_start() {
    local name=$1 folder=$scratch/$1 user hash
    mkdir -p "$folder/files/pub/incoming" "$folder/state"
    : >"$folder/users"
    for user in alice:gull-feather-7 bob:rope-and-tar; do
        hash=$(openssl passwd -6 -salt harbour "${user#*:}")
        printf '%s:%s:65534:65534::%s:/bin/sh\n' "${user%%:*}" "$hash" "$folder/files" >>"$folder/users"
    done
    printf 'ftp:*:65534:65534::%s:/bin/sh\n' "$folder/files/pub" >>"$folder/users"
    printf 'crew:x:65534:alice,bob\n' >"$folder/groups"
    chmod 600 "$folder/users" "$folder/groups"
    find "$folder/files" -exec touch -d '2026-11-01 08:00:00' {} +
    chown -R nobody:nogroup "$folder/files"
    cat >"$folder/proftpd.conf" <<CONF
ServerType standalone
ServerName "The harbour"
ServerAdmin harbourmaster@harbour.example
ServerIdent on "ftp.harbour.example FTP server ready"
Port 21
DefaultAddress ${host_addresses[$name]}
UseIPv6 ${use_ipv6:-off}
UseReverseDNS off
WtmpLog off
DelayEngine off
User nobody
Group nogroup
AuthOrder mod_auth_file.c
AuthUserFile $folder/users
AuthGroupFile $folder/groups
AuthPAM off
RequireValidShell off
DefaultRoot ~
PidFile $folder/state/pid
ScoreboardFile $folder/state/scoreboard
SystemLog $folder/system.log
TransferLog none
TimesGMT on
AllowOverwrite on
AllowRetrieveRestart on
AllowStoreRestart on
PassivePorts ${passive_ports:-50000 50999}
MaxLoginAttempts 3
ListOptions ""
${2:-}
<Anonymous $folder/files/pub>
    User ftp
    Group nogroup
    UserAlias anonymous ftp
    AnonRequirePassword off
    <Directory incoming>
        <Limit STOR STOU MKD>
            AllowAll
        </Limit>
    </Directory>
    <Limit WRITE>
        DenyAll
    </Limit>
</Anonymous>
CONF
    start "$name" "$name-proftpd" proftpd -n -c "$folder/proftpd.conf"
    await "proftpd on $name" listening "$name" tcp 21
}

# ftp_talk HOST ADDRESS PORT: talks FTP as standard input tells it to (see ftp-talk.py)
ftp_talk() {
    local name=$1
    shift
    on "$name" python3 "$record_dir/ftp-talk.py" tcp "$@" >>"$scratch/clients.log" 2>&1
}
