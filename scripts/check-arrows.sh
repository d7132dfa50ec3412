#!/usr/bin/env bash
# Fails when a target imports a module that it must not, or a test reaches past public API; prints file:line of each.
# The compiler does not check this: a module that some other target built can be imported without being depended on.
set -euo pipefail
cd "${1:-"$(dirname "$0")/.."}"

# What each target may import: `target: our targets | other modules`. A target may name only targets of rows above its own,
# so arrows point one way. The pure ones have no NIO, Hummingbird, GRDB or Foundation in their rows.
arrows='
Seeding:       |
Children:      CSpawn | Dispatch Foundation Synchronization
Hashing:       | CCryptoBoringSSL
HeapLayout:    CMalloc |
JSONTape:      CPrefetch |
JSONSchema:    JSONTape | Synchronization
Interchange:   JSONTape JSONSchema EmbeddedData | Crypto
Intake:        JSONTape |
Mapping:       Hashing Interchange Intake JSONTape | Foundation Yams
Synthesis:     Seeding Interchange Intake SynthesisData |
AuditLog:      Hashing | Crypto
Policy:        Interchange JSONTape | Crypto Synchronization Yams
Delivery:      Interchange |
SortedRuns:    CPrefetch |
Store:         Hashing Interchange AuditLog SortedRuns CZstd | Crypto Dispatch Foundation GRDB GRDBSQLite Synchronization
Exchange:      Interchange JSONTape CCurl CZlib CZstd | Crypto Foundation RawStructuredFieldValues StructuredFieldValues Synchronization
Conformance:   Interchange JSONTape Exchange |
Gateway:       JSONTape Interchange Intake Mapping AuditLog Policy Delivery Store Exchange | Crypto Foundation HTTPTypes Hummingbird HummingbirdCore Logging NIOCore NIOHTTP1 NIOHTTPTypesHTTP1 NIOPosix NIOSSL NIOTLS ServiceLifecycle SwiftASN1 Synchronization UnixSignals X509 Yams
YizhanCommand: Children JSONTape JSONSchema Interchange Intake Mapping AuditLog Policy Delivery Store Exchange Conformance Gateway Synthesis DefaultFiles HeapLayout | ArgumentParser Crypto Dispatch Foundation Logging SwiftASN1 Synchronization UnixSignals X509
'
# C targets: no Swift, and importable only where a row says so.
leaves=' CCurl CMalloc CPrefetch CSpawn CZlib CZstd DefaultFiles EmbeddedData SynthesisData '
# The C library, under its name on each platform, and what is in every Swift program.
everywhere=' Glibc Musl Darwin Swift FoundationEssentials '

offences=0
offence() {
    echo "$1" >&2
    offences=$((offences + 1))
}

declare -A allowed
while IFS=: read -r target row; do
    [ -n "$target" ] || continue
    for below in ${row%%|*}; do
        [[ -n ${allowed[$below]:-} || $leaves == *" $below "* ]] ||
            offence "scripts/check-arrows.sh: $target may not point to $below, which is not above it in the table"
    done
    allowed[$target]="$everywhere$target ${row//|/ } "
done <<<"$arrows"

for folder in Sources/*/; do
    target=$(basename "$folder")
    [[ -n ${allowed[$target]:-} || $leaves == *" $target "* ]] ||
        offence "$folder: the target has no row in scripts/check-arrows.sh"
done

attribute='@[A-Za-z_]+(\([^)]*\))?[[:space:]]+'
access='(public|package|internal|fileprivate|private)[[:space:]]+'
kind='(typealias|struct|class|enum|actor|protocol|let|var|func)[[:space:]]+'
import="(^|;)[[:space:]]*($attribute)*($access)?($attribute)*import[[:space:]]+($kind)?\`?[A-Za-z_][A-Za-z0-9_]*"
while IFS=: read -r file line found; do
    module=${found##*[!A-Za-z0-9_]}
    target=${file#Sources/}
    target=${target%%/*}
    [[ ${allowed[$target]:-} == *[[:space:]]"$module"[[:space:]]* ]] ||
        offence "$file:$line: $target must not import $module"
done < <(grep -rnoE --include='*.swift' "$import" Sources || true)

while IFS= read -r found; do
    offence "${found%%:@testable*}: tests are built in release and use public API: no @testable"
done < <(grep -rnoE --include='*.swift' '@testable\b' Sources Tests || true)

if [ "$offences" -gt 0 ]; then
    echo "arrows: $offences offences" >&2
    exit 1
fi
