import Foundation
import Gateway
import Interchange
import JSONSchema
import JSONTape

/// The product's way from a line's bytes to a verdict: parsed into a tape, held against the schema of its kind, and, when
/// it is refused, every violation told.
final class ValidationPasses {
    /// What one pass over all lines came to.
    struct Outcome: Equatable {
        var accepted = 0
        var refused = 0
        var violations = 0
    }

    private let file: [UInt8]
    private let lines: [Range<Int>]
    private let parser = JSONParser(maximumDepth: 16, maximumNodes: 4096)
    private let kinds: [[UInt8]]
    /// In the order of ``kinds``.
    private let schemas: [Schema]

    /// - Parameter path: an NDJSON file.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "make it with `yizhan-bench records`")
        }
        file = [UInt8](data)
        lines = file.split(separator: 0x0A).map { $0.startIndex..<$0.endIndex }
        guard !lines.isEmpty else { throw GatewayError(.file, "\(path) has no lines", remedy: "make it again") }
        kinds = Kind.allCases.map { Array($0.rawValue.utf8) }
        schemas = Kind.allCases.compactMap { KindSchemas.standard.schema(of: $0) }
    }

    /// Seconds of processor time that the passes took, and what the last one came to.
    func run(_ passes: Int) -> (seconds: Double, outcome: Outcome) {
        var outcome = Outcome()
        let start = Self.processorSeconds
        for _ in 0..<passes { outcome = pass() }
        return (Self.processorSeconds - start, outcome)
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func pass() -> Outcome {
        var outcome = Outcome()
        file.withUnsafeBytes { file in
            for (place, line) in lines.enumerated() {
                let ahead = place + 1 < lines.count ? UnsafeRawBufferPointer(rebasing: file[lines[place + 1]]) : nil
                let found = violations(UnsafeRawBufferPointer(rebasing: file[line]), ahead: ahead)
                if found == 0 { outcome.accepted += 1 } else { outcome.refused += 1 }
                outcome.violations += found
            }
        }
        return outcome
    }

    private func violations(_ line: UnsafeRawBufferPointer, ahead: UnsafeRawBufferPointer?) -> Int {
        do {
            return try parser.parse(line, ahead: ahead) { root in
                guard let index = schema(of: root) else { return 1 }
                return schemas.withUnsafeBufferPointer { schemas in
                    schemas[index].isValid(root) ? 0 : schemas[index].violations(of: root).count
                }
            }
        } catch {
            return 1
        }
    }

    private func schema(of root: JSONView) -> Int? {
        guard let kind = root["kind"] else { return nil }
        return kinds.withUnsafeBufferPointer { kinds in
            kinds.indices.first { index in kinds[index].withUnsafeBytes { kind.stringEquals($0) } }
        }
    }
}
