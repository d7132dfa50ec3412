import Interchange

/// One invented envelope as its members, so that a defect can be planted before it is written.
struct MadeRecord {
    typealias Member = (name: String, value: String)

    var top: [Member]
    var person: [Member]
    var content: [Member]

    /// What is wrong with a planted record. Every validator that is compared must refuse each of them.
    enum Defect: CaseIterable {
        case versionZero, noSalt, sexAsNumber, noSuchMonth, shortDivision, unknownMember, unknownPersonMember
        case unknownContentMember, noNumber, purposeUnknown, interchangeForm, basisEmpty, idNotVersion7, cutShort
    }

    /// The envelope as one line, without the newline.
    func line(_ defect: Defect?) -> String {
        var record = self
        switch defect {
        case .versionZero: record.top.set("version", "0")
        case .noSalt: record.top.removeAll { $0.name == "salt" }
        case .sexAsNumber: record.person.set("sex", "1")
        case .noSuchMonth: record.person.set("birthDate", #""1980-13-01""#)
        case .shortDivision: record.person.set("hukouDivision", #""45012""#)
        case .unknownMember: record.top.append(("note", #""x""#))
        case .unknownPersonMember: record.person.append(("phone", #""13800000000""#))
        case .unknownContentMember: record.content.append(("remark", #""x""#))
        case .noNumber: record.person.removeAll { $0.name == "idNumber" }
        case .purposeUnknown: record.top.set("purpose", #""curiosity""#)
        case .interchangeForm: record.top.set("interchange", #""1""#)
        case .basisEmpty: record.top.set("legalBasis", #""""#)
        case .idNotVersion7: record.top.set("id", #""01890a5d-ac96-474b-bcce-b302099a8057""#)
        case .cutShort: return String(record.text.dropLast())
        case nil: break
        }
        return record.text
    }

    private var text: String {
        let inner = [("person", Self.object(person)), ("content", Self.object(content))]
        return Self.object(top + inner)
    }

    static func object(_ members: [Member]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

extension [MadeRecord.Member] {
    fileprivate mutating func set(_ name: String, _ value: String) {
        for index in indices where self[index].name == name { self[index].value = value }
    }
}
