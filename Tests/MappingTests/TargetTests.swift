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
        let targets = Target.all(of: kind)
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
        let targets = Target.all(of: .permit).filter { $0.path.hasPrefix("person.") }
        #expect(Set(targets.map(\.path)) == Set(members.keys.map { "person.\($0)" }))
    }

    @Test(arguments: [Kind.verificationRequest, .verificationResponse, .correction, .retraction, .accessNotice])
    func targetsBelowContentAreThoseOfTheSchema(kind: Kind) throws {
        let properties = try #require(try schema(kind.rawValue)["properties"] as? Object)
        let content = try #require((properties["content"] as? Object)?["properties"] as? Object)
        let targets = Target.all(of: kind).map(\.path).filter { $0.hasPrefix("content.") }
        #expect(Set(targets.map { $0.split(separator: ".")[1] }) == Set(content.keys.map { $0[...] }))
        if let results = (content["results"] as? Object)?["properties"] as? Object {
            let answers = targets.filter { $0.hasPrefix("content.results.") }
            #expect(Set(answers) == Set(results.keys.map { "content.results.\($0)" }))
        }
    }

    @Test(arguments: Kind.allCases)
    func everyKindIsFilled(kind: Kind) {
        let paths = Target.all(of: kind).map(\.path)
        #expect(Set(paths).count == paths.count)
        #expect(paths.contains("purpose"))
        #expect(paths.contains("person.name"))
    }
}
