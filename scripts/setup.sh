#!/usr/bin/env bash
# Installs, by name, the Debian packages that are missing: those that the build needs, or those that are named, without starting
# the services in them. Does nothing when none is missing.
#
# Example: scripts/setup.sh nginx apache2-utils
set -euo pipefail

packages=("$@")
[ $# -gt 0 ] || packages=(gcc openssl libcurl4-openssl-dev libsqlite3-dev libzstd-dev zlib1g-dev pkg-config)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${missing[*]}"
run=()
[ "$(id -u)" -eq 0 ] || run=(sudo)
# Debian asks this file whether a service may be started (101: it may not). One that is there already stays as it is.
policy=/usr/sbin/policy-rc.d
if [ $# -gt 0 ] && [ ! -e $policy ]; then
    trap '"${run[@]}" rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee $policy >/dev/null
    "${run[@]}" chmod +x $policy
fi
"${run[@]}" apt-get update -qq
"${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
