import Foundation
import Gateway
import JSONSchema

/// A folder of schemas: each stands under its `$id` and under `http://localhost:1234/` and its path in the folder.
struct SchemaFolder {
    private(set) var registry = SchemaRegistry()
    private let path: String
    private var passedOver: [String] = []

    /// - Throws: ``GatewayError`` when there is no such folder.
    init(path: String) throws {
        self.path = Self.resolved(path)
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
            throw GatewayError(.file, "the folder \(path) cannot be read", remedy: "check the path of --registry")
        }
        for name in names.sorted() where name.hasSuffix(".json") {
            guard let text = FileManager.default.contents(atPath: "\(path)/\(name)") else { continue }
            do {
                try registry.add([UInt8](text), at: Self.uri(of: name))
            } catch {
                // A folder may hold documents of other drafts: only a reference to one of them is a mistake.
                passedOver.append("\(name): \(error)")
            }
        }
    }

    /// The URI of a file that stands in the folder; nil for others.
    func uri(ofFile file: String) -> String? {
        let file = Self.resolved(file)
        return file.hasPrefix(path + "/") ? Self.uri(of: String(file.dropFirst(path.count + 1))) : nil
    }

    /// What was passed over; nil when nothing was.
    var note: String? {
        guard let first = passedOver.first else { return nil }
        return
            "note: \(passedOver.count) files of \(path) are no schemas of draft 2020-12 and are passed over: \(first)"
            + (passedOver.count > 1 ? ", and others" : "")
    }

    private static func uri(of name: String) -> String {
        "http://localhost:1234/" + (name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? name)
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardized.path
    }
}
