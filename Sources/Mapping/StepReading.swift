import Yams

extension MappingNotes {
    /// The steps of a `with`: names, or one-member mappings from a name to its argument.
    mutating func steps(_ node: Node?) -> [Step] {
        guard let node else { return [] }
        guard let sequence = node.sequence else {
            note("with must be a list of steps", at: node, remedy: "Write with: [trim]")
            return []
        }
        return sequence.compactMap { item in
            if let name = item.scalar?.string { return step(name, argument: nil, at: item) }
            guard let mapping = item.mapping, mapping.count == 1, let (key, value) = mapping.first,
                let name = key.string
            else {
                note(
                    "a step is a name, or a name with its argument", at: item, remedy: "Write trim or { default: text }"
                )
                return nil
            }
            return step(name, argument: value, at: key)
        }
    }

    private mutating func step(_ name: String, argument: Node?, at node: Node) -> Step? {
        guard let description = StepDescription.all.first(where: { $0.name == name }) else {
            let known = StepDescription.all.map(\.name).joined(separator: ", ")
            note("there is no step \(name)", at: node, remedy: "Use one of \(known)")
            return nil
        }
        if argument != nil, description.argument == nil {
            note("the step \(name) takes no argument", at: node, remedy: "Write \(name) alone")
            return nil
        }
        switch name {
        case "trim": return .trim
        case "halfWidth": return .halfWidth
        case "upperCase": return .upperCase
        case "nfc": return .nfc
        case "idNumber": return .idNumber
        case "personName": return .personName
        case "division": return .division
        case "digits": return .digits
        case "date": return date(argument)
        case "split": return split(argument, at: node)
        case "concat": return .concat(separator: Array((text(argument, "concat") ?? "").utf8))
        default: return fallback(argument, at: node)
        }
    }

    private mutating func date(_ argument: Node?) -> Step? {
        guard let argument else { return .date(.common) }
        let members = members(of: argument, in: "date", allowed: ["formats"])
        let written = texts(members["formats"], "date.formats")
        let forms = written.compactMap { form, node in
            if let parts = DateForms.parts(of: form) { return parts }
            note(
                "\(form) is no date format", at: node, remedy: "Use YYYY, MM or M, DD or D once each, as in YYYY/M/D")
            return nil
        }
        if written.isEmpty {
            note("date.formats names no format", at: argument, remedy: "Write formats: [YYYY/M/D], or date alone")
        }
        return forms.isEmpty ? nil : .date(DateForms(forms: forms))
    }

    private mutating func split(_ argument: Node?, at node: Node) -> Step? {
        let members = members(of: argument, in: "split", allowed: ["separator", "part"])
        guard let separator = text(members["separator"], "split.separator"), !separator.isEmpty,
            let part = text(members["part"], "split.part").flatMap({ Int($0) }), (1...100).contains(part)
        else {
            note(
                "split needs a separator and a part from 1 to 100", at: node,
                remedy: "Write { split: { separator: \"-\", part: 1 } }")
            return nil
        }
        return .split(separator: Array(separator.utf8), part: part)
    }

    private mutating func fallback(_ argument: Node?, at node: Node) -> Step? {
        guard let value = text(argument, "default"), !value.isEmpty else {
            note("default needs the text to fill in", at: node, remedy: "Write { default: text }")
            return nil
        }
        return .fallback(Array(value.utf8))
    }
}
