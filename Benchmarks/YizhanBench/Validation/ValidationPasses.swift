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
    /// The names of all kinds, one after the other, and where each is.
    private let kindNames: [UInt8]
    private let kinds: [Range<Int>]
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
        var (names, places): ([UInt8], [Range<Int>]) = ([], [])
        for kind in Kind.allCases {
            names += kind.rawValue.utf8
            places.append(names.count - kind.rawValue.utf8.count..<names.count)
        }
        (kindNames, kinds) = (names, places)
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
        kindNames.withUnsafeBytes { names in
            schemas.withUnsafeBufferPointer { schemas in
                lines.withUnsafeBufferPointer { lines in
                    file.withUnsafeBytes { file in
                        Pass(parser: parser, file: file, lines: lines, names: names, kinds: kinds, schemas: schemas)
                            .run()
                    }
                }
            }
        }
    }
}

/// One pass, with everything that it reads lent for its time.
private struct Pass {
    let parser: JSONParser
    let file: UnsafeRawBufferPointer
    let lines: UnsafeBufferPointer<Range<Int>>
    let names: UnsafeRawBufferPointer
    /// Where in ``names`` each kind's is.
    let kinds: [Range<Int>]
    let schemas: UnsafeBufferPointer<Schema>

    func run() -> ValidationPasses.Outcome {
        var outcome = ValidationPasses.Outcome()
        for place in lines.indices {
            let found = violations(text(place), ahead: place + 1 < lines.count ? text(place + 1) : nil)
            if found == 0 { outcome.accepted += 1 } else { outcome.refused += 1 }
            outcome.violations += found
        }
        return outcome
    }

    private func text(_ place: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file[lines[place]]) }

    private func violations(_ line: UnsafeRawBufferPointer, ahead: UnsafeRawBufferPointer?) -> Int {
        do {
            return try parser.parse(line, ahead: ahead) { root in
                guard let index = schema(of: root) else { return 1 }
                return schemas[index].isValid(root) ? 0 : schemas[index].violations(of: root).count
            }
        } catch {
            return 1
        }
    }

    private func schema(of root: JSONView) -> Int? {
        guard let kind = root["kind"] else { return nil }
        for index in kinds.indices
        where kind.stringEquals(UnsafeRawBufferPointer(rebasing: names[kinds[index]])) { return index }
        return nil
    }
}
