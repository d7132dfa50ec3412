import Exchange
import Foundation
import Interchange

/// A private signing key as it lies on the disk: PEM, and before it, if the key has bounds, the lines `from: INSTANT` and
/// `until: INSTANT` (RFC 7468 allows text there). Without them it is in force from 1970 and without end.
public struct SigningKeyFile: Sendable {
    public let path: String
    public let key: SigningKey
    public var validity: KeyValidity

    public init(path: String, key: SigningKey, validity: KeyValidity) {
        self.path = path
        self.key = key
        self.validity = validity
    }

    /// - Throws: ``GatewayError`` `file`, naming the file, and the line where a bound is no instant.
    public init(path: String) throws {
        let text = String(decoding: try KeyMaterial.read(path), as: UTF8.self)
        let start = text.range(of: "-----BEGIN ")?.lowerBound ?? text.startIndex
        var validity = KeyValidity(from: Instant(milliseconds: 0))
        for (number, line) in text[..<start].split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, ["from", "until"].contains(parts[0]) else { continue }
            guard let instant = Instant(parts[1]) else {
                throw GatewayError(
                    .file, "\(path):\(number + 1): \(parts[0]): an instant such as 2026-12-01T00:00:00Z is expected",
                    remedy: "correct the line, or make the key anew with `yizhan keys new`")
            }
            if parts[0] == "from" { validity.from = instant } else { validity.until = instant }
        }
        do { key = try SigningKey(String(text[start...])) } catch {
            throw GatewayError(
                .file, "the key file \(path) cannot be used: \(error)", remedy: "restore it from the key backup")
        }
        self.path = path
        self.validity = validity
    }

    /// What the file says, for writing it.
    public var text: String {
        let until = validity.until.map { "until: \($0)\n" } ?? ""
        return "from: \(validity.from)\n\(until)\(key.pem)"
    }
}
