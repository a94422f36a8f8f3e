# A certificate authority of our own, whose certificates are valid from when to when we say. A script sources this after lib.sh.
# shellcheck shell=bash disable=SC2016,SC2119,SC2154

chmod 711 "$scratch"
tls=$scratch/tls

# authority_make: $tls/ca.pem, valid for ten years
authority_make() {
    mkdir -p "$tls"
    : >"$tls/index"
    cat >"$tls/conf" <<CONF
[ca]
default_ca = ours
[ours]
database = $tls/index
new_certs_dir = $tls
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
x509_extensions = leaf
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
[leaf]
basicConstraints = CA:false
keyUsage = digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
CONF
    openssl req -new -newkey rsa:2048 -nodes -keyout "$tls/ca.key" -out "$tls/ca.csr" -subj "/O=The Harbour/CN=Harbour Authority" \
        -config /dev/null 2>"$scratch/openssl.log"
    openssl ca -batch -config "$tls/conf" -selfsign -extensions root -keyfile "$tls/ca.key" -in "$tls/ca.csr" -notext \
        -startdate 20260101000000Z -enddate 20360101000000Z -out "$tls/ca.pem" 2>>"$scratch/openssl.log"
}

# certificate FILE SUBJECT NAMES [FROM UNTIL]: $tls/FILE.pem and FILE.key. NAMES as in DNS:www.example,IP:192.0.2.1
# $key: what kind of key; $selfsigned: by itself, not by the authority
certificate() {
    local file=$tls/$1 by=(-cert "$tls/ca.pem" -keyfile "$tls/ca.key")
    # shellcheck disable=SC2086 # options, not one word
    openssl req -new -newkey ${key:-rsa:2048} -nodes -keyout "$file.key" -out "$file.csr" -subj "$2" -addext "subjectAltName=$3" \
        -config /dev/null 2>>"$scratch/openssl.log"
    [ -z "${selfsigned:-}" ] || by=(-selfsign -keyfile "$file.key")
    openssl ca -batch -config "$tls/conf" "${by[@]}" -in "$file.csr" -notext -startdate "${4:-20261101000000Z}" \
        -enddate "${5:-20271101000000Z}" -out "$file.pem" 2>>"$scratch/openssl.log"
    cat "$tls/ca.pem" >>"$file.pem"
}

# s_client HOST ADDRESS:PORT [OPTION...]: says what standard input says, over TLS, and ends a second after it
s_client() {
    local name=$1 address=$2 status=0
    shift 2
    { cat; sleep 1; } | on "$name" openssl s_client -connect "$address" -CAfile "$tls/ca.pem" "$@" >>"$scratch/clients.log" 2>&1 ||
        status=$?
    [ "$status" -ne 124 ] || fail "hung: s_client $*"
}
