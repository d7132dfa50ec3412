import Exchange
import Foundation
import Interchange
import NIOSSL

/// Something that ends on a day, and stops the gateway or a part of it then: a certificate, or the last key of somebody.
public struct Expiry: Sendable, Hashable {
    /// The file, or whose keys.
    public var name: String
    public var ends: Instant

    public init(name: String, ends: Instant) {
        self.name = name
        self.ends = ends
    }

    /// Whole days that are left; 0 on the last day and after the end.
    public func daysLeft(at now: Instant) -> Int { Int(max(0, (ends.milliseconds - now.milliseconds) / 86_400_000)) }

    /// Certificates of the listeners and their clients' authorities, authorities of peers, and signing keys, ours and peers'.
    public static func all(_ loaded: Loaded) -> [Expiry] {
        let configuration = loaded.configuration
        let files = Set(configuration.listeners.flatMap { [$0.certificate, $0.clientCA].compactMap(\.self) }).sorted()
        let own = files.compactMap { path in
            FileManager.default.contents(atPath: path).flatMap { ends([UInt8]($0)) }.map {
                Expiry(name: path, ends: $0)
            }
        }
        let authorities = configuration.peers.compactMap { peer in
            let pem = peer.authorities ?? FileManager.default.contents(atPath: peer.ca).map { [UInt8]($0) } ?? []
            return ends(pem).map { Expiry(name: "authority of \(peer.province)", ends: $0) }
        }
        let keys =
            [(configuration.province, loaded.keys.signingKeys.files.map(\.validity))]
            + configuration.peers.map { ($0.province, $0.keys.entries.map(\.validity)) }
        return own + authorities
            + keys.compactMap { owner, validities in
                last(validities).map { Expiry(name: "signing keys of \(owner)", ends: $0) }
            }
    }

    /// When the first certificate of a PEM file ends.
    private static func ends(_ pem: [UInt8]) -> Instant? {
        (try? NIOSSLCertificate.fromPEMBytes(pem))?.map { Instant(seconds: Int64($0.notValidAfter)) }.min()
    }

    /// When nothing is left to sign with; nil when one of the keys has no end.
    private static func last(_ validities: [KeyValidity]) -> Instant? {
        let ends = validities.map(\.until)
        return ends.contains(nil) ? nil : ends.compactMap(\.self).max()
    }
}

/// Says once for each threshold that something is about to end.
public struct ExpiryWatch: Sendable {
    /// Days left at which a warning is due.
    public static let thresholds = [30, 7, 1, 0]

    private var warned: [Expiry: Int] = [:]

    public init() {}

    /// - Returns: what has come under a threshold since the last call, with its days left.
    public mutating func due(_ expiries: [Expiry], at now: Instant) -> [(expiry: Expiry, days: Int)] {
        var due: [(expiry: Expiry, days: Int)] = []
        for expiry in expiries {
            let days = expiry.daysLeft(at: now)
            guard let threshold = Self.thresholds.last(where: { days <= $0 }), threshold < warned[expiry] ?? .max else {
                continue
            }
            warned[expiry] = threshold
            due.append((expiry, days))
        }
        warned = warned.filter { expiries.contains($0.key) }
        return due
    }
}
