import Foundation
import JSONTape
import Logging

/// One JSON object a line on standard error: static messages with metadata, never a person's data.
public struct JSONLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level = .info
    private let label: String

    public init(label: String) { self.label = label }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = Array("{\"time\":\"".utf8)
        line.append(contentsOf: Date().formatted(.iso8601.time(includingFractionalSeconds: true)).utf8)
        line.append(contentsOf: "\",\"level\":\"\(event.level)\",\"label\":".utf8)
        line.append(jsonString: label)
        line.append(contentsOf: ",\"message\":".utf8)
        line.append(jsonString: event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line.append(0x2C)
            line.append(jsonString: key)
            line.append(0x3A)
            line.append(jsonString: value.description)
        }
        line.append(contentsOf: "}\n".utf8)
        // One write, so that lines of several threads never interleave.
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
