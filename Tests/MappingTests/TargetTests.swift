import Foundation
import Interchange
import Mapping
import Testing

@Suite struct TargetTests {
    /// A JSON object of the schema of a kind, or below one.
    private typealias Object = [String: Any]

    private func schema(_ name: String) throws -> Object {
        let data = Data(try Fixtures.bytes("schemas/\(name).json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? Object)
    }

    @Test(arguments: [Kind.arrival, .departure, .relocation, .permit, .employment])
    func targetsAreThoseOfTheSchema(kind: Kind) throws {
        let targets = try #require(Target.all(of: kind))
        let properties = try #require(try schema(kind.rawValue)["properties"] as? Object)
        let content = try #require(properties["content"] as? Object)
        let members = try #require(content["properties"] as? Object)
        let required = try #require(content["required"] as? [String])
        let contentTargets = targets.filter { $0.path.hasPrefix("content.") }
        #expect(Set(contentTargets.map(\.path)) == Set(members.keys.map { "content.\($0)" }))
        #expect(Set(contentTargets.filter(\.isRequired).map(\.path)) == Set(required.map { "content.\($0)" }))
        for target in contentTargets {
            guard case .word(let words) = target.form else { continue }
            let member = try #require(members[String(target.path.dropFirst(8))] as? Object)
            #expect(Set(member["enum"] as? [String] ?? []) == Set(words), "\(target.path)")
        }
    }

    @Test func targetsOfAPersonAreThoseOfTheSchema() throws {
        let members = try #require(try schema("person")["properties"] as? Object)
        let targets = try #require(Target.all(of: .permit)).filter { $0.path.hasPrefix("person.") }
        #expect(Set(targets.map(\.path)) == Set(members.keys.map { "person.\($0)" }))
    }

    @Test(arguments: [Kind.verificationRequest, .verificationResponse, .correction, .retraction, .accessNotice])
    func noSourceSubmitsTheOtherKinds(kind: Kind) {
        #expect(Target.all(of: kind) == nil)
    }
}
