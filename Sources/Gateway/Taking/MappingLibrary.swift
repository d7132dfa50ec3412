import Foundation
import Mapping

/// The mappings of a gateway, compiled. One that does not pass the static check keeps the gateway from starting.
public struct MappingLibrary: Sendable {
    private let mappings: [String: CompiledMapping]

    /// - Parameter folder: every `.yaml` file in it is a mapping; its `mapping` names it.
    /// - Throws: ``GatewayError``, and `MappingMistakes` with the file, line and column of each.
    public init(folder: String) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw GatewayError(.file, "the folder of mappings \(folder) cannot be read", remedy: "set `mappings`")
        }
        var compiled: [String: CompiledMapping] = [:]
        for name in names.sorted() where name.hasSuffix(".yaml") {
            let mapping = try Self.compile(file: "\(folder)/\(name)")
            guard compiled.updateValue(mapping, forKey: mapping.name) == nil else {
                throw GatewayError(
                    .mistakes, "two files of \(folder) define the mapping \(mapping.name)", remedy: "remove one")
            }
        }
        mappings = compiled
    }

    /// - Throws: ``GatewayError`` when the file cannot be read; `MappingMistakes`.
    public static func compile(file: String) throws -> CompiledMapping {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw GatewayError(.file, "the mapping \(file) cannot be read", remedy: "check the path")
        }
        return try CompiledMapping.compile(yaml: String(decoding: data, as: UTF8.self), file: file)
    }

    public subscript(_ name: String) -> CompiledMapping? { mappings[name] }
    public var names: [String] { mappings.keys.sorted() }
}
