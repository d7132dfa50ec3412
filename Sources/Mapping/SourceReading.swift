import Intake
import Yams

extension MappingNotes {
    mutating func source(_ node: Node?) -> SourceDescription {
        var source = SourceDescription()
        let keys = ["format", "encoding", "header", "skipRowsWhere", "system"]
        let members = members(of: node, in: "source", allowed: keys)
        readFormat(members["format"] ?? node, isThere: members["format"] != nil)
        if let node = members["encoding"], let name = text(node, "source.encoding") {
            if let encoding = SourceEncoding(rawValue: name) {
                source.encoding = encoding
            } else {
                note(
                    "source.encoding \(name) is not known", at: node,
                    remedy: "Use one of \(SourceEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        if let node = members["header"] {
            if let line = text(node, "source.header").flatMap({ Int($0) }), (1...1000).contains(line) {
                source.header = line
            } else {
                note("source.header must be a line number from 1 to 1000", at: node, remedy: "Write header: 1")
            }
        }
        source.skip = skip(members["skipRowsWhere"])
        if let node = members["system"], let name = text(node, "source.system") {
            if (1...64).contains(name.utf8.count) {
                source.system = name
            } else {
                note("source.system must have 1 to 64 bytes", at: node, remedy: "Give the system a short name")
            }
        }
        return source
    }

    private mutating func readFormat(_ node: Node?, isThere: Bool) {
        guard isThere else {
            note("source.format is missing", at: node, remedy: "Write format: csv")
            return
        }
        guard let name = text(node, "source.format") else { return }
        guard let format = SourceDescription.Format(rawValue: name) else {
            let known = SourceDescription.Format.allCases.map(\.rawValue).joined(separator: ", ")
            note("source.format \(name) is not known", at: node, remedy: "Use one of \(known)")
            return
        }
        if format != .csv {
            note("source.format \(name) is not in this version", at: node, remedy: "Export the source as CSV")
        }
    }

    private mutating func skip(_ node: Node?) -> (column: String, pattern: RowPattern)? {
        guard let node else { return nil }
        let members = members(of: node, in: "source.skipRowsWhere", allowed: ["column", "matches"])
        guard let column = text(members["column"], "source.skipRowsWhere.column"),
            let pattern = text(members["matches"], "source.skipRowsWhere.matches")
        else {
            note(
                "source.skipRowsWhere needs column and matches", at: node,
                remedy: "Write { column: …, matches: \"^合计\" }")
            return nil
        }
        do throws(RowPattern.Mistake) {
            return (column, try RowPattern(pattern))
        } catch {
            note("the pattern cannot be read: \(error.message)", at: members["matches"], remedy: "Correct the pattern")
            return nil
        }
    }
}
