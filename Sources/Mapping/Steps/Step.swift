import Interchange

/// A named, pure conversion of one value. The set is closed: a mapping names steps and cannot make any.
enum Step: Sendable, Hashable {
    case trim, halfWidth, upperCase, lowerCase, nfc, idNumber, personName, division, number, digits, instant
    case date(DateForms)
    case split(separator: [UInt8], part: Int)
    case slice(from: Int, count: Int?)
    case replace(find: [UInt8], by: [UInt8])
    case pad(Padding)
    case prefix([UInt8])
    case suffix([UInt8])
    case concat(separator: [UInt8])
    case firstOf
    case emptyWhen([[UInt8]])
    case fallback([UInt8])

    enum Outcome {
        case same, changed
        /// The value is not what the step reads; nothing is filled.
        case failed
    }

    /// Its place in ``StepDescription/all``.
    var name: String {
        switch self {
        case .trim: "trim"
        case .halfWidth: "halfWidth"
        case .upperCase: "upperCase"
        case .lowerCase: "lowerCase"
        case .nfc: "nfc"
        case .idNumber: "idNumber"
        case .personName: "personName"
        case .division: "division"
        case .number: "number"
        case .digits: "digits"
        case .instant: "instant"
        case .date: "date"
        case .split: "split"
        case .slice: "slice"
        case .replace: "replace"
        case .pad: "pad"
        case .prefix: "prefix"
        case .suffix: "suffix"
        case .concat: "concat"
        case .firstOf: "firstOf"
        case .emptyWhen: "emptyWhen"
        case .fallback: "default"
        }
    }

    /// - Parameter value: UTF-8, converted in place. Not empty, but for `default`.
    func apply(to value: inout [UInt8]) -> Outcome {
        switch self {
        case .trim: TextSteps.trim(&value)
        case .halfWidth: TextSteps.halfWidth(&value)
        case .upperCase: TextSteps.upperCase(&value)
        case .lowerCase: TextSteps.lowerCase(&value)
        case .nfc: TextSteps.nfc(&value)
        case .idNumber: TextSteps.idNumber(&value)
        case .personName: NameStep.apply(to: &value)
        case .division: TextSteps.division(&value)
        case .number: NumberStep.apply(to: &value)
        case .digits: TextSteps.digits(&value)
        case .instant: InstantStep.apply(to: &value)
        case .date(let forms): forms.apply(to: &value)
        case .split(let separator, let part): PartSteps.split(&value, separator, part)
        case .slice(let from, let count): PartSteps.slice(&value, from, count)
        case .replace(let find, let by): PartSteps.replace(&value, find, by)
        case .pad(let padding): padding.apply(to: &value)
        case .prefix(let text): PartSteps.prefix(&value, text)
        case .suffix(let text): PartSteps.suffix(&value, text)
        case .concat, .firstOf: .same
        case .emptyWhen(let words): PartSteps.emptyWhen(&value, words)
        case .fallback(let text): TextSteps.fallback(&value, text)
        }
    }

    /// Whether the step may leave nothing, or makes something of nothing.
    var dealsWithEmpty: Bool {
        switch self {
        case .emptyWhen, .fallback: true
        default: false
        }
    }
}

extension Step {
    /// Whether what comes out of the step can be what a target of this form takes. True where any text may come out.
    func canFill(_ form: Target.Form) -> Bool {
        switch self {
        case .idNumber: form == .idNumber || form == .text
        case .personName: form == .personName || form == .text
        case .date: form == .date || form == .text
        case .division: form == .division || form == .text
        case .instant: form == .instant || form == .text
        case .number, .digits: form.canBeDigits
        default: true
        }
    }

    /// Whether the step puts something in that the source did not write. A person's number is marked or refused, never
    /// repaired; `interchange.md`, section Normalisation.
    var isRepair: Bool {
        switch self {
        case .number, .digits, .replace, .pad, .prefix, .suffix, .fallback: true
        default: false
        }
    }
}

extension Target.Form {
    /// Whether some text of digits alone fits.
    fileprivate var canBeDigits: Bool {
        switch self {
        case .text, .idNumber, .division, .province, .integer: true
        case .code, .word, .list: words?.contains { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } } ?? true
        case .personName, .date, .instant, .record: false
        }
    }
}
