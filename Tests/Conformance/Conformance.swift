import Foundation
import JSONSchema
import JSONTape

/// Runs the official JSON Schema test suite, draft 2020-12, and prints passed and failed for each of its files.
///
/// Exit status 0 when all hold that must, 1 when some do not, 2 when there is no suite.
@main
struct Conformance {
    static func main() {
        guard CommandLine.arguments.count == 2 else {
            return end("usage: yizhan-conformance FOLDER, which has the suite's tests/ and remotes/", 2)
        }
        do {
            let suite = try Suite(folder: CommandLine.arguments[1])
            var tally = Tally()
            for file in try suite.files() { tally.add(try suite.run(file)) }
            tally.printSum()
            if tally.holds { return }
            end("cases failed that must pass", 1)
        } catch {
            end("the suite cannot be run: \(error)", 2)
        }
    }

    private static func end(_ message: String, _ status: Int32) {
        FileHandle.standardError.write(Data("\(message)\n".utf8))
        exit(status)
    }
}

/// What is counted as files are run.
struct Tally {
    private var passed: [SuiteFile.Kind: Int] = [:]
    private var failed: [SuiteFile.Kind: Int] = [:]
    private var excused: [SuiteFile.Kind: Int] = [:]

    /// Counts a file's verdicts and prints them.
    mutating func add(_ result: FileResult) {
        let kind = result.file.kind
        passed[kind, default: 0] += result.passed
        failed[kind, default: 0] += result.failures.count
        excused[kind, default: 0] += result.excused
        var line = "\(column(result.passed)) passed \(column(result.failures.count)) failed  \(result.file.name)"
        if let reason = result.file.exception, result.excused > 0 {
            line += "  (\(result.excused) left out: \(reason))"
        }
        print(line)
        for failure in result.failures { print("         failed: \(failure)") }
    }

    func printSum() {
        for kind in SuiteFile.Kind.allCases {
            var line = "\(column(passed[kind, default: 0])) passed \(column(failed[kind, default: 0])) failed  "
            line += "all \(kind.rawValue) cases"
            if let excused = excused[kind], excused > 0 { line += " (\(excused) left out, as said above)" }
            print(line)
        }
    }

    /// Whether nothing failed, and there was something that could have.
    var holds: Bool { passed[.required, default: 0] > 1_000 && failed.values.allSatisfy { $0 == 0 } }

    private func column(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, 5 - digits.count)) + digits
    }
}
