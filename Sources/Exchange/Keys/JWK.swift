import Crypto
import JSONTape

/// A JSON Web Key (RFC 7517, RFC 8037) of the two kinds that gateways use.
struct JWK {
    var kty = "", crv = ""
    var x: [UInt8] = [], y: [UInt8] = []
    var d: [UInt8]?

    init(_ text: String) throws(KeyError) {
        let parser = JSONParser(maximumDepth: 8, maximumNodes: 256)
        guard let jwk = try? parser.parse(Array(text.utf8), { JWK($0) }) else { throw .unreadable }
        self = jwk
    }

    /// Nil when a member that is needed is missing or is not base64url.
    init?(_ object: JSONView) {
        guard object.kind == .object, let kty = object["kty"]?.string, let crv = object["crv"]?.string,
            let x = object["x"]?.string.flatMap({ Base64.decodeURL($0) })
        else { return nil }
        (self.kty, self.crv, self.x) = (kty, crv, x)
        if let y = object["y"] {
            guard let bytes = y.string.flatMap({ Base64.decodeURL($0) }) else { return nil }
            self.y = bytes
        }
        if let d = object["d"] {
            guard let bytes = d.string.flatMap({ Base64.decodeURL($0) }) else { return nil }
            self.d = bytes
        }
    }

    func publicKey() throws(KeyError) -> VerificationKey.Material {
        switch (kty, crv) {
        case ("OKP", "Ed25519"): return try KeyText.ed25519(x)
        case ("EC", "P-256"):
            guard x.count == 32, y.count == 32 else { throw .invalid }
            do { return .p256(try P256.Signing.PublicKey(rawRepresentation: x + y)) } catch { throw .invalid }
        default: throw .unsupported
        }
    }

    /// - Throws: `invalid` when the private half does not belong to the public one.
    func privateKey() throws(KeyError) -> SigningKey.Material {
        guard let d else { throw .needsPrivate }
        let stated = VerificationKey(try publicKey())
        let material: SigningKey.Material
        do {
            material =
                switch stated.algorithm {
                case .ed25519: .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: d))
                case .ecdsaP256SHA256: .p256(try P256.Signing.PrivateKey(rawRepresentation: d))
                }
        } catch {
            throw .invalid
        }
        guard SigningKey(material).verificationKey == stated else { throw .invalid }
        return material
    }

    /// The required members in lexicographic order without space (RFC 7638 section 3): what the thumbprint hashes.
    static func canonical(_ material: VerificationKey.Material) -> String {
        switch material {
        case .ed25519(let key):
            return #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64.encodeURL(key.rawRepresentation))"}"#
        case .p256(let key):
            let point = key.rawRepresentation
            let (x, y) = (Base64.encodeURL(point.prefix(32)), Base64.encodeURL(point.suffix(32)))
            return #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        }
    }
}
