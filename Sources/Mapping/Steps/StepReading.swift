import Yams

extension MappingNotes {
    /// A step and where the mapping names it.
    typealias PlacedStep = (step: Step, place: Place)

    /// The steps of a `with`: names, or one-member mappings from a name to its argument.
    mutating func steps(_ node: Node?) -> [PlacedStep] {
        guard let node else { return [] }
        guard let sequence = node.sequence else {
            note("with must be a list of steps", at: node, remedy: "Write with: [trim]")
            return []
        }
        if sequence.count > Self.mostSteps {
            note("a rule has at most \(Self.mostSteps) steps", at: node, remedy: "Leave out steps that do nothing")
            return []
        }
        return sequence.compactMap { item in
            if let name = item.scalar?.string {
                return step(name, argument: nil, at: item).map { ($0, Place(item)) }
            }
            guard let mapping = item.mapping, mapping.count == 1, let (key, value) = mapping.first,
                let name = key.string
            else {
                note(
                    "a step is a name, or a name with its argument", at: item, remedy: "Write trim or { default: text }"
                )
                return nil
            }
            return step(name, argument: value, at: key).map { ($0, Place(key)) }
        }
    }

    static let mostSteps = 16

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
        return plain(name) ?? withArgument(name, argument, at: node)
    }

    private func plain(_ name: String) -> Step? {
        switch name {
        case "trim": .trim
        case "halfWidth": .halfWidth
        case "upperCase": .upperCase
        case "lowerCase": .lowerCase
        case "nfc": .nfc
        case "idNumber": .idNumber
        case "personName": .personName
        case "division": .division
        case "number": .number
        case "digits": .digits
        case "instant": .instant
        case "firstOf": .firstOf
        default: nil
        }
    }

    private mutating func withArgument(_ name: String, _ argument: Node?, at node: Node) -> Step? {
        switch name {
        case "date": date(argument)
        case "split": split(argument, at: node)
        case "slice": slice(argument, at: node)
        case "replace": replace(argument, at: node)
        case "pad": pad(argument, at: node)
        case "prefix": bytes(argument, "prefix", at: node).map(Step.prefix)
        case "suffix": bytes(argument, "suffix", at: node).map(Step.suffix)
        case "concat": .concat(separator: Array((text(argument, "concat") ?? "").utf8))
        case "emptyWhen": emptyWhen(argument, at: node)
        default: bytes(argument, "default", at: node).map(Step.fallback)
        }
    }

    /// The text that a step cannot do without.
    private mutating func bytes(_ argument: Node?, _ name: String, at node: Node) -> [UInt8]? {
        guard let value = text(argument, name), !value.isEmpty else {
            note("\(name) needs a text", at: node, remedy: "Write { \(name): text }")
            return nil
        }
        return Array(value.utf8)
    }
}

extension MappingNotes {
    private mutating func date(_ argument: Node?) -> Step? {
        guard let argument else { return .date(.common) }
        let members = members(of: argument, in: "date", allowed: ["formats"])
        let written = texts(members["formats"], "date.formats")
        let forms = written.compactMap { form, node in
            if let form = DateForm(form) { return form }
            note(
                "\(form) is no date format", at: node,
                remedy:
                    "Use YYYY (or R, years of the Republic), MM or M, DD or D once each, as in YYYY/M/D; M and D want a "
                    + "separator after them; or serial1900")
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
            let part = number(members["part"], "split.part", 1...100)
        else {
            note(
                "split needs a separator and a part from 1 to 100", at: node,
                remedy: "Write { split: { separator: \"-\", part: 1 } }")
            return nil
        }
        return .split(separator: Array(separator.utf8), part: part)
    }

    private mutating func slice(_ argument: Node?, at node: Node) -> Step? {
        let members = members(of: argument, in: "slice", allowed: ["from", "count"])
        let from = number(members["from"], "slice.from", 1...10_000)
        let count = number(members["count"], "slice.count", 1...10_000)
        guard let from, members["count"] == nil || count != nil else {
            note(
                "slice needs from, and count or nothing, each from 1 to 10000", at: node,
                remedy: "Write { slice: { from: 1, count: 6 } }")
            return nil
        }
        return .slice(from: from, count: count)
    }

    private mutating func replace(_ argument: Node?, at node: Node) -> Step? {
        let members = members(of: argument, in: "replace", allowed: ["find", "by"])
        guard let find = text(members["find"], "replace.find"), !find.isEmpty,
            let by = text(members["by"], "replace.by")
        else {
            note(
                "replace needs find and by", at: node, remedy: "Write { replace: { find: \"号\", by: \"\" } }")
            return nil
        }
        return .replace(find: Array(find.utf8), by: Array(by.utf8))
    }

    private mutating func pad(_ argument: Node?, at node: Node) -> Step? {
        let members = members(of: argument, in: "pad", allowed: ["length", "with", "side"])
        let side = text(members["side"], "pad.side") ?? "left"
        guard let length = number(members["length"], "pad.length", 1...Padding.mostLength),
            let filler = text(members["with"], "pad.with"), filler.utf8.count == 1, let byte = filler.utf8.first,
            byte > 0x20, byte < 0x7F, side == "left" || side == "right"
        else {
            note(
                "pad needs a length from 1 to \(Padding.mostLength), one ASCII character, and a side: left or right",
                at: node, remedy: "Write { pad: { length: 6, with: \"0\", side: left } }")
            return nil
        }
        return .pad(Padding(filler: byte, length: length, isLeading: side == "left"))
    }

    private mutating func emptyWhen(_ argument: Node?, at node: Node) -> Step? {
        let words = texts(argument, "emptyWhen").map(\.text)
        guard !words.isEmpty, !words.contains("") else {
            note(
                "emptyWhen needs the texts that mean nothing", at: node, remedy: "Write { emptyWhen: [无, NULL] }")
            return nil
        }
        return .emptyWhen(words.map { Array($0.utf8) })
    }

    private mutating func number(_ node: Node?, _ place: String, _ range: ClosedRange<Int>) -> Int? {
        text(node, place).flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
    }
}
