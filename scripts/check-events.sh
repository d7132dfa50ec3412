#!/usr/bin/env bash
# Fails when an event of the audit log's closed list is written by no code of the gateway; prints which.
# It looks for what makes entries: an event at the beginning of an act or of a form of entries, or set into one. What only looks
# for an event, the store in memory and the demonstration do not count.
set -euo pipefail
cd "${1:-"$(dirname "$0")/.."}"

list=Sources/AuditLog/AuditEvent.swift
mapfile -t sources < <(
    find Sources -name '*.swift' -not -path 'Sources/AuditLog/*' -not -path 'Sources/Store/Memory/*' \
        -not -path 'Sources/YizhanCommand/*'
)
mapfile -t events < <(sed -nE 's/^    case ([A-Za-z]+) = ".*/\1/p' "$list")
[ "${#events[@]}" -gt 0 ] || { echo "$list: no events found" >&2; exit 1; }

missing=0
for event in "${events[@]}"; do
    made="\\b(Act|act|ChangeEntry|enter|form|record)\\(\\s*([^(),]*[ ?:])?\\.$event\\b"
    made+="|\\bwithdraw\\(\\w+, \\.$event\\b"
    made+="|\\.event = [^\\n]*\\.$event\\b"
    made+="|case \\.\\w+(\\([^)]*\\))?: \\.$event\\n"
    if ! grep -Pzq "$made" "${sources[@]}"; then
        echo "$list: $event is written nowhere" >&2
        missing=$((missing + 1))
    fi
done
if [ "$missing" -gt 0 ]; then
    echo "events: $missing of ${#events[@]} are not written" >&2
    exit 1
fi
