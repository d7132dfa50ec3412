#!/usr/bin/env bash
# Builds what is shipped and the benchmark beside it, then measures and prints, each figure beside what is owed of it.
#
#   --stage 1..7     only that stage: 1 mapping, 2 the store, 3 between gateways, 4 validators, 5 the audit log, 6 status
#                    questions, 7 a large backlog
#   --rows N         rows of stages 1, 2, 3 and 5
#   --questions N    questions of each run of stage 6
#   --backlog N      records of the backlog of stage 7
#   --json           one JSON document
#
# Stores are made in $TMPDIR (default /tmp): name a folder on the disk that matters. Stages 3 and 6 compare with RabbitMQ and
# nginx, which are installed from Debian's packages when they are missing; stage 4 with validators from PyPI, which are
# installed into .build/bench-venv. All of them listen on loopback only, and are stopped in the end.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}

arguments=("$@")
only=
json=
while [ $# -gt 0 ]; do
    case $1 in
    --stage) only=${2:-} && shift ;;
    --stage=*) only=${1#*=} ;;
    --json) json=--json ;;
    esac
    shift
done

case $only in
'') scripts/setup.sh rabbitmq-server amqp-tools nginx apache2-utils >&2 ;;
3) scripts/setup.sh rabbitmq-server amqp-tools nginx >&2 ;;
6) scripts/setup.sh nginx apache2-utils >&2 ;;
esac
"$swift" build -c release --product yizhan >&2
"$swift" build -c release --product yizhan-bench >&2

case $only in
'')
    others=$(mktemp)
    trap 'rm -f "$others"' EXIT
    .build/release/yizhan-bench "${arguments[@]}" | tee "$others" | if [ -n "$json" ]; then cat >/dev/null; else cat; fi
    scripts/bench-peers.py $json --after "$others"
    ;;
4) exec scripts/bench-peers.py $json ;;
*) exec .build/release/yizhan-bench "${arguments[@]}" ;;
esac
