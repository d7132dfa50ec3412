#!/usr/bin/env bash
# Runs the official JSON Schema test suite, draft 2020-12, and prints passed and failed for each of its files. Exit status 1
# when a case fails that must pass, 2 when there is no suite. An argument names a folder with the suite's tests/ and
# remotes/; without one the suite is taken from the source distribution of the PyPI package jsonschema, fetched once.
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.26.0
digest=0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326
url=https://files.pythonhosted.org/packages/b3/fc/e067678238fa451312d4c62bf6e6cf5ec56375422aee02f9cb5f909b3047/jsonschema-$version.tar.gz
folder=.build/conformance
archive=$folder/jsonschema-$version.tar.gz
swift=${SWIFT:-swift}

is_whole() { echo "$digest  $archive" | sha256sum --check --status 2>/dev/null; }

fetch() {
    mkdir -p "$folder"
    rm -f "$archive"
    curl -sSfL --connect-timeout 15 --max-time 120 -o "$archive" "$url" && is_whole && return
    # A mirror that pip knows of may serve where the address above cannot be reached.
    python3 -m pip download -q --no-deps --no-binary jsonschema -d "$folder" "jsonschema==$version" && is_whole && return
    rm -f "$archive"
    echo "conformance: jsonschema $version could not be fetched from PyPI, or its SHA-256 is not $digest." >&2
    echo "Connect to the network, or name a copy of the suite: scripts/conformance.sh FOLDER (with tests/ and remotes/)." >&2
    exit 2
}

suite=${1:-}
if [ -z "$suite" ]; then
    is_whole || fetch
    suite=$folder/jsonschema-$version/json
    [ -d "$suite/tests/draft2020-12" ] || tar -xzf "$archive" -C "$folder" "jsonschema-$version/json"
fi
"$swift" build -c "${CONFIGURATION:-release}" --product yizhan-conformance >&2
exec ".build/${CONFIGURATION:-release}/yizhan-conformance" "$suite"
