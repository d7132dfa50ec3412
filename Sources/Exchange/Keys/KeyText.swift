import Crypto

/// Reads keys from the forms that people have them in.
enum KeyText {
    /// RFC 8410: everything of an Ed25519 `SubjectPublicKeyInfo` before the 32 bytes of the key.
    static let ed25519PublicPrefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    /// RFC 8410: everything of an Ed25519 `OneAsymmetricKey` of version 0 before the 32 bytes of the key.
    static let ed25519PrivatePrefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let maximumBytes = 16 << 10

    static func publicKey(_ text: String) throws(KeyError) -> VerificationKey.Material {
        switch try form(of: text) {
        case .jwk(let jwk):
            guard jwk.d == nil else { throw .needsPublic }
            return try jwk.publicKey()
        case .pem("PUBLIC KEY", let der): return try publicKey(der: der)
        case .pem(let label, _): throw label.hasSuffix("PRIVATE KEY") ? .needsPublic : .unreadable
        case .raw(let bytes): return try ed25519(bytes)
        }
    }

    static func privateKey(_ text: String) throws(KeyError) -> SigningKey.Material {
        switch try form(of: text) {
        case .jwk(let jwk): return try jwk.privateKey()
        case .pem("PRIVATE KEY", let der): return try privateKey(der: der)
        case .pem("EC PRIVATE KEY", let der):
            do { return .p256(try P256.Signing.PrivateKey(derRepresentation: der)) } catch { throw .unsupported }
        case .pem(let label, _): throw label == "PUBLIC KEY" ? .needsPrivate : .unreadable
        case .raw(let bytes):
            do { return .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)) } catch { throw .invalid }
        }
    }

    static func ed25519(_ bytes: [UInt8]) throws(KeyError) -> VerificationKey.Material {
        guard bytes.count == 32 else { throw .invalid }
        do { return .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: bytes)) } catch { throw .invalid }
    }

    static func pem(_ label: String, _ der: [UInt8]) -> String {
        "-----BEGIN \(label)-----\n\(Base64.encode(der))\n-----END \(label)-----\n"
    }

    private enum Form {
        case jwk(JWK)
        case pem(String, [UInt8])
        case raw([UInt8])
    }

    private static func form(of text: String) throws(KeyError) -> Form {
        guard text.utf8.count <= maximumBytes else { throw .unreadable }
        let trimmed = text.trimmingASCIIWhitespace()
        if trimmed.hasPrefix("{") { return .jwk(try JWK(trimmed)) }
        if let block = block(in: trimmed) { return .pem(block.label, block.der) }
        if let bytes = Base64.decode(trimmed) ?? Base64.decodeURL(trimmed), bytes.count == 32 { return .raw(bytes) }
        throw .unreadable
    }

    /// The one PEM block of the text; nil when there is none, or something after it.
    private static func block(in text: String) -> (label: String, der: [UInt8])? {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmingASCIIWhitespace() }
        guard lines.count >= 3, let first = lines.first, first.hasPrefix("-----BEGIN "), first.hasSuffix("-----") else {
            return nil
        }
        let label = String(first.dropFirst(11).dropLast(5))
        guard lines.last == "-----END \(label)-----", let der = Base64.decode(lines.dropFirst().dropLast().joined())
        else { return nil }
        return (label, der)
    }

    private static func publicKey(der: [UInt8]) throws(KeyError) -> VerificationKey.Material {
        if der.starts(with: ed25519PublicPrefix) { return try ed25519(Array(der.dropFirst(ed25519PublicPrefix.count))) }
        do { return .p256(try P256.Signing.PublicKey(derRepresentation: der)) } catch { throw .unsupported }
    }

    /// Ed25519 in version 0, and in version 1 with attributes or the public key after the private one.
    private static func privateKey(der: [UInt8]) throws(KeyError) -> SigningKey.Material {
        let prefix = ed25519PrivatePrefix
        if der.count >= 48, der[0] == 0x30, der[2...3] == prefix[2...3], der[4] <= 1, der[5..<16] == prefix[5..<16] {
            guard Int(der[1]) == der.count - 2, der[4] == 1 || der.count == 48 else { throw .invalid }
            do { return .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: der[16..<48])) } catch {
                throw .invalid
            }
        }
        do { return .p256(try P256.Signing.PrivateKey(derRepresentation: der)) } catch { throw .unsupported }
    }
}

extension String {
    func trimmingASCIIWhitespace() -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first...last])
    }
}
