#!/usr/bin/env bash
# Builds what is shipped and the benchmark beside it, then measures and prints. Arguments are the benchmark's:
# --rows N, --stage 1|2|3|4, --json. Stores are made in $TMPDIR (default /tmp): name a folder on the disk that matters.
# Stage 4 compares with validators from PyPI, which it installs into .build/bench-venv.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
"$swift" build -c release --product yizhan >&2
"$swift" build -c release --product yizhan-bench >&2

arguments=("$@")
only=
peers=()
while [ $# -gt 0 ]; do
    case $1 in
    --stage) only=${2:-} && shift ;;
    --stage=*) only=${1#*=} ;;
    --json) peers+=(--json) ;;
    esac
    shift
done
[ "$only" = 4 ] || .build/release/yizhan-bench "${arguments[@]}"
case $only in '' | 4) exec scripts/bench-peers.py "${peers[@]}" ;; esac
