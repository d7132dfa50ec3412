import GRDB
import Interchange

/// All that is held about one person, read in one look-up of one index.
struct HeldFacts {
    private struct Held {
        var home: UInt8
        var register: UInt8
        var entry: RegistrationEntry

        func isTied(as tie: PersonTie, to own: Province) -> Bool {
            switch tie {
            case .held: true
            case .registration: entry.fact == .registration
            case .permit: entry.fact == .permit
            case .employment: entry.fact == .employment
            case .comesFromHere: home == own.number
            case .livesHere: entry.isStandingRegistration && entry.province == own.number
            }
        }
    }

    private(set) var isProtected = false
    private var held: [Held] = []

    /// - Parameter lookup: the person's look-up hash.
    init(of lookup: ShortHash, in transaction: borrowing Transaction) throws {
        var (held, isProtected) = ([Held](), false)
        try transaction.indexes.registrations.forEach(group: lookup, in: transaction.database) { key, entry in
            if entry.fact == .protection { return isProtected = true }
            held.append(Held(home: key[16], register: key[17], entry: entry))
        }
        (self.held, self.isProtected) = (held, isProtected)
    }

    /// How the person is tied to this gateway's province.
    func ties(to own: Province) -> [PersonTie] {
        PersonTie.allCases.filter { tie in held.contains { $0.isTied(as: tie, to: own) } }
    }

    /// What the held records say, whoever asks. `no` is only said from a held record.
    /// - Parameter today: the day of the question.
    func answer(_ question: HashedQuestion, today: CivilDate) -> InquiryAnswer {
        let answers = held.compactMap { $0.entry.answer(question, today: today.daysSince1970) }
        return answers.contains(.yes) ? .yes : answers.contains(.no) ? .no : .unknown
    }
}

/// A question whose personal parts are hashed.
enum HashedQuestion {
    case currentRegistration(UInt8)
    case validPermit(UInt8, on: Int32)
    case registeredInDivision(DivisionCode)
    case employerReported(UInt64)
    case identityMatches(UInt64)
    case notHeld

    init(_ question: Inquiry.Question, of lookup: ShortHash, keys: StoreKeys) {
        self =
            switch question {
            case .currentRegistration(let province): .currentRegistration(province.number)
            case .validPermit(let province, let day): .validPermit(province.number, on: day.daysSince1970)
            case .registeredInDivision(let division): .registeredInDivision(division)
            case .employerReported(let code): .employerReported(HashedFacts.employer(code, of: lookup, keys: keys))
            case .identityMatches(let identity):
                .identityMatches(HashedFacts.identity(identity, of: lookup, keys: keys))
            case .notHeld: .notHeld
            }
    }
}

extension RegistrationEntry {
    var isStandingRegistration: Bool { fact == .registration && until == nil }

    /// What this one record says; nil when it says nothing about the question.
    fileprivate func answer(_ question: HashedQuestion, today: Int32) -> InquiryAnswer? {
        switch question {
        case .currentRegistration(let province):
            guard fact == .registration, self.province == province else { return nil }
            return until == nil ? .yes : .no
        case .validPermit(let province, let day):
            guard fact == .permit, self.province == province else { return nil }
            return permitIsValid(on: day, today: today)
        case .registeredInDivision(let asked):
            guard fact == .registration, UInt32(province) == asked.number / 10_000 else { return nil }
            guard until == nil else { return .no }
            return division.map { asked.contains($0) ? .yes : .no }
        case .employerReported(let asked):
            guard fact == .employment, employer != 0 else { return nil }
            return employer == asked ? .yes : .no
        case .identityMatches(let asked):
            guard identity != 0 else { return nil }
            return identity == asked ? .yes : .no
        case .notHeld: return nil
        }
    }

    /// Without an endorsement a permit holds for a year from its issue. Of a day before today only the newest state is
    /// known: what no longer holds may have held then.
    private func permitIsValid(on day: Int32, today: Int32) -> InquiryAnswer? {
        guard let status else { return nil }
        guard StatusFacts.Permit.isInForce(status) else { return day >= today ? .no : nil }
        if let since, day < since { return .no }
        guard let last = until ?? since.map({ $0 + 365 }) else { return nil }
        return day <= last ? .yes : .no
    }
}

extension DivisionCode {
    /// Whether a division is this one or lies in it: a code that ends with zeros names a prefecture or a province.
    fileprivate func contains(_ division: UInt32) -> Bool {
        let width: UInt32 = number % 10_000 == 0 ? 10_000 : number % 100 == 0 ? 100 : 1
        return division / width == number / width
    }
}
