import Intake
import Yams

extension MappingNotes {
    mutating func source(_ node: Node?) -> SourceDescription {
        var source = SourceDescription()
        let keys = ["format", "encoding", "header", "separator", "skipRowsWhere", "system", "labels"]
        let members = members(of: node, in: "source", allowed: keys)
        source.format = format(members["format"], in: node)
        if let node = members["encoding"], let name = text(node, "source.encoding") {
            if let encoding = SourceEncoding(rawValue: name) {
                source.encoding = encoding
            } else {
                note(
                    "source.encoding \(name) is not known", at: node,
                    remedy: "Use one of \(SourceEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        source.layout = layout(source.format, members, in: node)
        source.skip = skip(members["skipRowsWhere"])
        if let node = members["system"], let name = text(node, "source.system") {
            if (1...64).contains(name.utf8.count) {
                source.system = name
            } else {
                note("source.system must have 1 to 64 bytes", at: node, remedy: "Give the system a short name")
            }
        }
        for (key, value) in self.members(of: members["labels"], in: "source.labels") {
            guard let name = text(key, "source.labels"), let label = text(value, "source.labels") else { continue }
            source.labels[name] = label
        }
        return source
    }

    private mutating func format(_ node: Node?, in source: Node?) -> SourceDescription.Format {
        guard let node else {
            note("source.format is missing", at: source, remedy: "Write format: csv")
            return .csv
        }
        guard let name = text(node, "source.format") else { return .csv }
        if let format = SourceDescription.Format(rawValue: name) { return format }
        let known = SourceDescription.Format.allCases.map(\.rawValue).joined(separator: ", ")
        note("source.format \(name) is not known", at: node, remedy: "Use one of \(known)")
        return .csv
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
