import Foundation

/// How what was approved is kept: JSON with sorted members, so that the same is the same bytes.
enum ApprovedContent {
    static func encode(_ content: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers always encode.
        return (try? encoder.encode(content)).map { [UInt8]($0) } ?? []
    }
}
