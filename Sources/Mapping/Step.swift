import Interchange

/// A named, pure conversion of one value. The set is closed: a mapping names steps and cannot make any.
enum Step: Sendable, Hashable {
    case trim, halfWidth, upperCase, nfc, idNumber, personName, division, digits
    case date(DateForms)
    case split(separator: [UInt8], part: Int)
    case concat(separator: [UInt8])
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
        case .nfc: "nfc"
        case .idNumber: "idNumber"
        case .personName: "personName"
        case .division: "division"
        case .digits: "digits"
        case .date: "date"
        case .split: "split"
        case .concat: "concat"
        case .fallback: "default"
        }
    }

    /// What the value is after this step, where that decides which targets it fits; nil when any text may come out.
    var output: Target.Form? {
        switch self {
        case .idNumber: .idNumber
        case .personName: .personName
        case .date: .date
        case .division: .division
        default: nil
        }
    }

    /// - Parameter value: UTF-8, converted in place. Not empty, but for `default`.
    func apply(to value: inout [UInt8]) -> Outcome {
        switch self {
        case .trim: TextSteps.trim(&value)
        case .halfWidth: TextSteps.halfWidth(&value)
        case .upperCase: TextSteps.upperCase(&value)
        case .nfc: TextSteps.nfc(&value)
        case .idNumber: TextSteps.idNumber(&value)
        case .personName: NameStep.apply(to: &value)
        case .division: TextSteps.division(&value)
        case .digits: TextSteps.digits(&value)
        case .date(let forms): forms.apply(to: &value)
        case .split(let separator, let part): TextSteps.split(&value, separator, part)
        case .concat: .same
        case .fallback(let text): TextSteps.fallback(&value, text)
        }
    }
}
