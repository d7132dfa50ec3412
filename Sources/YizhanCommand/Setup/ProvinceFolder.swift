import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange

/// A province's folder as `yizhan init` lays it out: configuration, keys, certificates, mappings, policy, state.
struct ProvinceFolder {
    let province: Province
    let folder: String

    /// Writes everything. Ports are `firstPort` to `firstPort + 3`.
    /// - Returns: the gateway's public signing key, which peers need.
    func write(ca caFolder: String, firstPort: Int, peers: String = "peers: []\n") throws -> String {
        for name in ["tls", "keys", "state", "mappings", "policies"] { try Files.makeFolder("\(folder)/\(name)") }
        let ca = try DevelopmentCA(folder: caFolder)
        try Files.write(try ca.pem, to: "\(folder)/tls/ca.pem", mode: 0o644)
        try ca.issue("urn:yizhan:province:\(province)", to: "\(folder)/tls/gateway", hosts: ["localhost"])
        try ca.issue("urn:yizhan:source:\(province):register", to: "\(folder)/tls/source-register")
        for bureau in ["police-1", "commerce-1"] {
            try ca.issue("urn:yizhan:bureau:\(province):\(bureau)", to: "\(folder)/tls/bureau-\(bureau)")
        }
        for person in ["op1", "op2"] {
            try ca.issue("urn:yizhan:operator:\(province):\(person)", to: "\(folder)/tls/operator-\(person)")
        }
        try ca.issue("urn:yizhan:auditor:\(province):au1", to: "\(folder)/tls/auditor-au1")
        try ca.issue("urn:yizhan:portal:\(province)", to: "\(folder)/tls/portal")
        try ca.issue("urn:yizhan:supervisor:\(province):sv1", to: "\(folder)/tls/supervisor-sv1")
        let signing = SigningKey.generate()
        try Files.write(Data(signing.pem.utf8), to: "\(folder)/keys/signing.pem")
        for name in ["audit", "record", "lookup", "log", "wrapping"] {
            try Files.write(Self.secret(), to: "\(folder)/keys/\(name).key")
        }
        for file in Files.embedded(below: "mappings/") + Files.embedded(below: "policies/") {
            try Files.write(file.content, to: "\(folder)/\(file.path)", mode: 0o644)
        }
        let text = configuration(firstPort: firstPort, peers: peers)
        try Files.write(Data(text.utf8), to: "\(folder)/gateway.yaml", mode: 0o644)
        return signing.verificationKey.jwk
    }

    private static func secret() -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private func configuration(firstPort: Int, peers: String) -> String {
        """
        # Gateway of province \(province). Paths are relative to this file; every key: config/gateway.example.yaml.
        province: "\(province)"
        store: { path: state/yizhan.sqlite }
        listeners:
          exchange: { address: 127.0.0.1, port: \(firstPort) }
          status: { address: 127.0.0.1, port: \(firstPort + 1) }
          local: { address: 127.0.0.1, port: \(firstPort + 2) }
          operations: { address: 127.0.0.1, port: \(firstPort + 3), clientCA: tls/ca.pem }
        bureaus:
          - { id: police-1, kind: police }
          - { id: commerce-1, kind: commerce }
        \(peers)
        """
    }

    /// The entry under `peers` by which another province knows this gateway.
    func peerEntry(port: Int, ca: String, key: String) -> String {
        """
          - province: "\(province)"
            url: https://localhost:\(port)
            ca: \(ca)
            mode: push
            keys:
              - publicKey: '\(key)'
                from: 2026-01-01T00:00:00Z
        \(auditEntry)
        """
    }

    /// Origin and key of this gateway's audit log, by which the other province witnesses it; empty when the key is not here.
    private var auditEntry: String {
        guard let seed = FileManager.default.contents(atPath: "\(folder)/keys/audit.key"),
            let signer = try? NoteSigner(name: "yizhan.example/\(province)", seed: seed)
        else { return "" }
        return """
                audit: { origin: '\(signer.name)', key: '\(signer.verifierKey)' }

            """
    }
}
