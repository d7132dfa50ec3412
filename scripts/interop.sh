#!/usr/bin/env bash
# Holds audit logs that the demonstration made against implementations that are not ours: a verifier of RFC 9162 and C2SP in
# Python's standard library, and the PyPI package pymerkle where it can be installed. Exit status 1 when they disagree.
set -euo pipefail
cd "$(dirname "$0")/.."
configuration=${CONFIGURATION:-release}
binary=.build/$configuration/yizhan
[ -x "$binary" ] || "${SWIFT:-swift}" build -c "$configuration" --product yizhan >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$binary" demo --exit --dir "$folder/demo" >&2

python=python3
venv=.build/interop-venv
[ -d "$venv" ] || python3 -m venv "$venv" 2>/dev/null || true
if "$venv/bin/pip" install -q 'pymerkle==7.0.0' 2>/dev/null; then python=$venv/bin/python; fi
status=0
for province in 44 41; do
    "$python" scripts/interop.py "$binary" "$folder/demo/$province/gateway.yaml" || status=1
done
exit $status
