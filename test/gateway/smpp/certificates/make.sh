#!/bin/sh
# Makes the certificates of the TLS tests anew: run it in this folder. They are valid from 2020 to 2120, except those whose
# name says otherwise; the keys protect nothing.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index"

cat > "$work/config" <<END
[ca]
default_ca = here
[here]
database = $work/index
new_certs_dir = $work
default_md = sha256
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
[server]
subjectAltName = DNS:carrier.example,DNS:localhost,IP:127.0.0.1
[other]
subjectAltName = DNS:other.example,IP:192.0.2.1
[client]
extendedKeyUsage = clientAuth
END

# name, common name, key, extensions, first and last year, then the signing authority or -selfsign
certificate() {
  name=$1 subject=$2 key=$3 extensions=$4 from=$5 until=$6
  shift 6
  openssl req -new -key "$key" -subj "/CN=$subject" -out "$work/request"
  openssl ca -batch -notext -config "$work/config" -extensions "$extensions" -in "$work/request" -out "$name.pem" \
    -startdate "${from}0101000000Z" -enddate "${until}0101000000Z" "$@" 2> /dev/null
}

for key in authority foreign-authority key; do
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$work/$key.key"
done
mv "$work/key.key" key.pem

certificate authority "Test authority" "$work/authority.key" authority 2020 2120 -selfsign -keyfile "$work/authority.key"
certificate foreign-authority "Other authority" "$work/foreign-authority.key" authority 2020 2120 \
  -selfsign -keyfile "$work/foreign-authority.key"
ours="-cert authority.pem -keyfile $work/authority.key"
certificate good carrier.example key.pem server 2020 2120 $ours
certificate expired carrier.example key.pem server 2020 2021 $ours
certificate not-yet carrier.example key.pem server 2119 2120 $ours
certificate wrong-name other.example key.pem other 2020 2120 $ours
certificate client seinpost key.pem client 2020 2120 $ours
certificate foreign carrier.example key.pem server 2020 2120 -cert foreign-authority.pem -keyfile "$work/foreign-authority.key"
certificate self-signed carrier.example key.pem server 2020 2120 -selfsign -keyfile key.pem
