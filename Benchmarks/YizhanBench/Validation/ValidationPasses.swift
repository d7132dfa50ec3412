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
    private let schemas: [(kind: [UInt8], schema: Schema)]

    /// - Parameter path: an NDJSON file.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "make it with `yizhan-bench records`")
        }
        file = [UInt8](data)
        lines = file.split(separator: 0x0A).map { $0.startIndex..<$0.endIndex }
        guard !lines.isEmpty else { throw GatewayError(.file, "\(path) has no lines", remedy: "make it again") }
        schemas = Kind.allCases.compactMap { kind in
            KindSchemas.standard.schema(of: kind).map { (Array(kind.rawValue.utf8), $0) }
        }
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
            for line in lines {
                let found = violations(UnsafeRawBufferPointer(rebasing: file[line]))
                if found == 0 { outcome.accepted += 1 } else { outcome.refused += 1 }
                outcome.violations += found
            }
        }
        return outcome
    }

    private func violations(_ line: UnsafeRawBufferPointer) -> Int {
        do {
            return try parser.parse(line) { root in
                guard let index = schema(of: root) else { return 1 }
                return schemas[index].schema.isValid(root) ? 0 : schemas[index].schema.violations(of: root).count
            }
        } catch {
            return 1
        }
    }

    private func schema(of root: JSONView) -> Int? {
        guard let kind = root["kind"] else { return nil }
        for index in schemas.indices {
            let isFound = schemas[index].kind.withUnsafeBytes { kind.stringEquals($0) }
            if isFound { return index }
        }
        return nil
    }
}
