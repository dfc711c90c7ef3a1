#!/usr/bin/env bash
# Makes what compose.yaml needs, once: secrets in secrets/, and .env with the address. The name of the server is its
# argument; with "local" as the second, the proxy makes a certificate of its own. What is there already stays.
set -euo pipefail
domain=${1:?give the name of the server, such as flow.example.org}
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
# The containers run as users of their own and read the files themselves, so these are open; the folder around them is not.
secret() { # NAME VALUE
  [ -e "secrets/$1" ] || { printf '%s' "$2" >"secrets/$1.new" && chmod 0444 "secrets/$1.new" && mv "secrets/$1.new" "secrets/$1"; }
}
word() { openssl rand -hex 24; }
secret master_key "$(openssl rand -base64 32)"
secret postgres_password "$(word)"
secret postgres_url "postgres://analytix:$(cat secrets/postgres_password)@postgres:5432/analytix?sslmode=disable"
secret nats_password "$(word)"
secret nats_url "$(for i in 1 2 3; do printf '%snats://analytix:%s@nats-%s:4222' "${comma:-}" "$(cat secrets/nats_password)" $i; comma=,; done)"
secret nats_cluster_password "$(word)"
routes=$(for i in 1 2 3; do printf '"nats://cluster:%s@nats-%s:6222", ' "$(cat secrets/nats_cluster_password)" $i; done)
secret nats_auth "authorization { user: analytix, password: \"$(cat secrets/nats_password)\" }
cluster {
  name: analytix
  listen: 0.0.0.0:6222
  authorization { user: cluster, password: \"$(cat secrets/nats_cluster_password)\" }
  routes: [ ${routes%, } ]
}"
secret storage_secret "$(word)"
secret storage_env "ROOT_ACCESS_KEY_ID=analytix
ROOT_SECRET_ACCESS_KEY=$(cat secrets/storage_secret)
"
secret storage_credentials "[default]
aws_access_key_id = analytix
aws_secret_access_key = $(cat secrets/storage_secret)
"
secret grafana_password "$(word)"
if [ ! -e .env ]; then
  {
    echo "ANALYTIX_DOMAIN=$domain"
    echo "ANALYTIX_ORIGIN=https://$domain"
    [ "${2:-}" != local ] || echo "ANALYTIX_TLS=tls internal"
  } >.env
fi
echo "secrets are in $PWD/secrets: keep a copy of master_key elsewhere, for nothing can be read without it"
