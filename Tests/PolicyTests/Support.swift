import Policy
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The policy that comes with the product.
func defaultPolicy(file: String = #filePath) throws -> StatusPolicy {
    let root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path = root.appendingPathComponent("config/policies/default.yaml")
    return try StatusPolicy(yaml: String(contentsOf: path, encoding: .utf8), file: "default.yaml")
}
