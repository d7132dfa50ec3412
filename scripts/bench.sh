#!/usr/bin/env bash
# Builds what is shipped and the benchmark beside it, then measures and prints. Arguments are the benchmark's:
# --rows N, --stage 1|2|3, --json. Stores are made in $TMPDIR (default /tmp): name a folder on the disk that matters.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
"$swift" build -c release --product yizhan >&2
"$swift" build -c release --product yizhan-bench >&2
exec .build/release/yizhan-bench "$@"
