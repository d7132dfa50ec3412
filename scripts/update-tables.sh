#!/usr/bin/env bash
# Writes docs/reference/*.md from the code; with --check only says whether they are up to date.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=.build/release/yizhan
tables=(rules steps events)
status=0
mkdir -p docs/reference
for table in "${tables[@]}"; do
    made=$("$binary" tables "$table")
    file=docs/reference/$table.md
    if [ "${1:-}" = --check ]; then
        if [ "$(cat "$file" 2>/dev/null)" != "$made" ]; then
            echo "$file is not what the code says: run scripts/update-tables.sh" >&2
            status=1
        fi
    else
        printf '%s\n' "$made" >"$file"
    fi
done
exit $status
