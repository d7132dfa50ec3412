import Crypto
import Foundation
import Interchange

/// A key that wraps data keys (AES-256, RFC 3394).
public struct WrappingKey: Sendable {
    /// From 1 on; each later key has the next number.
    public let id: Int64
    /// To the second.
    public let madeAt: Instant
    /// When the next key took its place; nil of the current one.
    public internal(set) var replacedAt: Instant?
    let secret: SymmetricKey
}

/// The wrapping keys of a store: the current one, and former ones that older backups still need.
///
/// Their file is the 32 bytes of one key, as `yizhan init` writes it, or from the first replacement on a line for each key:
///
/// ```
/// yizhan wrapping keys 1
/// 2 2026-07-30T19:00:00Z - q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=
/// 1 2026-06-30T08:00:00Z 2026-07-30T19:00:00Z AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=
/// ```
public struct WrappingKeys: Sendable {
    /// Former keys that a file may hold beside the current one.
    public static let mostFormer = 240

    /// Newest first; the first is the current one.
    public private(set) var keys: [WrappingKey]

    public var current: WrappingKey { keys[0] }

    /// - Parameters:
    ///   - file: the file's content.
    ///   - madeAt: of a file that does not say it.
    public init(file: [UInt8], madeAt: Instant = Instant(milliseconds: 0)) throws(StoreError) {
        if file.count == 32 {
            keys = [WrappingKey(id: 1, madeAt: madeAt, secret: SymmetricKey(data: file))]
            return
        }
        var lines = String(decoding: file, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Self.head, lines.popLast()?.isEmpty == true else { throw Self.malformed }
        var keys: [WrappingKey] = []
        for line in lines.dropFirst() {
            guard let key = WrappingKey(line: line), key.id < keys.last?.id ?? .max,
                (key.replacedAt == nil) == keys.isEmpty
            else { throw Self.malformed }
            keys.append(key)
        }
        guard !keys.isEmpty, keys.count <= Self.mostFormer + 1 else { throw Self.malformed }
        self.keys = keys
    }

    private static let head: Substring = "yizhan wrapping keys 1"

    private static var malformed: StoreError {
        StoreError(
            .invalid, "the wrapping key file has neither 32 bytes nor the form of a list of keys",
            remedy: "restore the key files from their own backup")
    }

    /// The file's content.
    public var file: [UInt8] {
        var out = Array("\(Self.head)\n".utf8)
        for key in keys { out += key.line.utf8 }
        return out
    }

    /// The same keys with a new one in force.
    public func replaced(at now: Instant) -> WrappingKeys {
        var next = self
        next.keys[0].replacedAt = now
        let made = Instant(seconds: now.seconds)
        next.keys.insert(WrappingKey(id: current.id + 1, madeAt: made, secret: SymmetricKey(size: .bits256)), at: 0)
        return next
    }

    /// The same keys without the former one of this number.
    public func without(_ id: Int64) -> WrappingKeys {
        var next = self
        next.keys.removeAll { $0.id == id && $0.replacedAt != nil }
        return next
    }

    subscript(_ id: Int64) -> SymmetricKey? { keys.first { $0.id == id }?.secret }
}

extension WrappingKey {
    fileprivate init?(line: Substring) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, let id = Int64(parts[0]), id >= 1, let made = Instant(parts[1]),
            let secret = Data(base64Encoded: String(parts[3])), secret.count == 32
        else { return nil }
        let replaced = Instant(parts[2])
        guard replaced != nil || parts[2] == "-" else { return nil }
        self.init(id: id, madeAt: made, replacedAt: replaced, secret: SymmetricKey(data: secret))
    }

    fileprivate var line: String {
        let text = secret.withUnsafeBytes { Data($0).base64EncodedString() }
        return "\(id) \(madeAt) \(replacedAt.map(\.description) ?? "-") \(text)\n"
    }
}
