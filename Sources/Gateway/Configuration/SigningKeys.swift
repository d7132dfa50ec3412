import Exchange
import Foundation
import Interchange

/// This gateway's own signing keys, oldest first: several while one takes another's place. Never empty.
public struct SigningKeys: SigningKeySource {
    public private(set) var files: [SigningKeyFile]

    /// Nil without a file.
    public init?(_ files: [SigningKeyFile]) {
        guard !files.isEmpty else { return nil }
        self.files = files.sorted { ($0.validity.from, $0.path) < ($1.validity.from, $1.path) }
    }

    /// Reads the file `keys.signing`, and every `.pem` file of the folder `keys.signingFolder` if that is there.
    /// - Throws: ``GatewayError`` `file`; `mistakes` when two files hold one key.
    public init(_ paths: GatewayConfiguration.KeyFiles) throws {
        let more = (try? FileManager.default.contentsOfDirectory(atPath: paths.signingFolder)) ?? []
        let names = more.filter { $0.hasSuffix(".pem") }.sorted().map { "\(paths.signingFolder)/\($0)" }
        let found = try ([paths.signing] + names).map { try SigningKeyFile(path: $0) }
        if let twice = Dictionary(grouping: found, by: \.key.keyID).values.first(where: { $0.count > 1 }) {
            throw GatewayError(
                .mistakes, "two files hold one signing key: \(twice.map(\.path).joined(separator: " and "))",
                remedy: "remove one")
        }
        files = found.sorted { ($0.validity.from, $0.path) < ($1.validity.from, $1.path) }
    }

    /// The key to sign with for a peer: the newest that may sign now and that the peer lists. A peer that never said what it
    /// lists, or lists none of them, gets the oldest that may sign: the one that it was told of first.
    /// - Parameter knownKeys: thumbprints of the peer's `knownKeys`; nil when it never said.
    public func key(knownKeys: Set<String>?, at now: Instant) -> SigningKey {
        let able = files.filter { $0.validity.allowsSigning(at: now) }
        let taken = able.last { knownKeys?.contains($0.key.keyID) ?? false }
        // With none that may sign the newest is as good as any: the peer will say why it refuses.
        return (taken ?? able.first ?? files[files.endIndex - 1]).key
    }

    /// The public halves with their validity, for capabilities: those that sign or verify now, and those whose time will come.
    public func published(at now: Instant) -> [KeyRing.Entry] {
        files.filter { now < $0.validity.from || $0.validity.covers(now) }.map {
            KeyRing.Entry($0.key.verificationKey, $0.validity)
        }
    }

    public subscript(_ id: String) -> SigningKeyFile? { files.first { $0.key.keyID == id } }
}
