import AuditLog
import Exchange
import Foundation
import Interchange
import Policy

/// Everything that a gateway reads from files, read together: whole, or not at all.
public struct Loaded: Sendable {
    public var configuration: GatewayConfiguration
    public var keys: KeyMaterial
    public var mappings: MappingLibrary
    public var policy: StatusPolicy
    /// The policy's YAML.
    public var policyText: [UInt8]
    public var codeLists: CodeLists
    /// Of the configuration and of each mapping's file, by path.
    public var digests: [String: Digest256]

    /// - Throws: ``GatewayError``, `MappingMistakes`, `PolicyMistakes`: each with file and line where it has one.
    public init(_ configuration: GatewayConfiguration) throws {
        self.configuration = try configuration.withAuthorities()
        keys = try KeyMaterial(configuration)
        mappings = try MappingLibrary(folder: configuration.mappings)
        guard let text = FileManager.default.contents(atPath: configuration.policy) else {
            throw GatewayError(.file, "the policy \(configuration.policy) cannot be read", remedy: "set `policy`")
        }
        policyText = [UInt8](text)
        policy = try StatusPolicy(yaml: String(decoding: text, as: UTF8.self), file: configuration.policy)
        codeLists = try CodeLists.standard(adding: configuration.divisionsExtra)
        digests = Dictionary(
            ([configuration.file] + Self.yamlFiles(in: configuration.mappings)).compactMap { path in
                FileManager.default.contents(atPath: path).map { (path, Digest256(hashing: [UInt8]($0))) }
            }, uniquingKeysWith: { $1 })
    }

    static func yamlFiles(in folder: String) -> [String] { files(in: folder, ending: ".yaml") }

    static func files(in folder: String, ending: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
    }

    /// Every file whose change is a reason to read all of them again; folders for the files that come and go.
    var watchedFiles: [String] {
        let certificates = configuration.listeners.flatMap {
            [$0.certificate, $0.key, $0.clientCA].compactMap(\.self)
        }
        let own = [configuration.file, configuration.policy, configuration.mappings, configuration.keys.signing]
        let folders = [configuration.keys.signingFolder]
        return own + folders + certificates + configuration.peers.map(\.ca) + Self.yamlFiles(in: configuration.mappings)
            + Self.files(in: configuration.keys.signingFolder, ending: ".pem")
            + [configuration.divisionsExtra].compactMap(\.self)
    }

    /// The same with peers, own keys and policy as they are approved.
    /// - Throws: `PolicyMistakes` when the approved policy can no longer be read.
    func limited(to reckoning: Reckoning) throws -> Loaded {
        var limited = self
        limited.configuration.peers = configuration.peers.compactMap { peer in
            reckoning.peers.first { $0.province == peer.province }.map { peer.limited(to: $0) }
        }
        let own = reckoning.ownKeys
        let files = keys.signingKeys.files.compactMap { file in
            own.first { $0.key == file.key.verificationKey }.map {
                SigningKeyFile(path: file.path, key: file.key, validity: $0.validity)
            }
        }
        limited.keys.signingKeys = SigningKeys(files) ?? keys.signingKeys
        if reckoning.policy.content != policyText {
            limited.policyText = reckoning.policy.content
            limited.policy = try StatusPolicy(
                yaml: String(decoding: reckoning.policy.content, as: UTF8.self), file: configuration.policy)
        }
        return limited
    }
}

extension GatewayConfiguration {
    /// With the content of the peers' authorities, so that a file that changes later changes nothing before it is loaded.
    fileprivate func withAuthorities() throws -> GatewayConfiguration {
        var read = self
        for place in peers.indices where peers[place].authorities == nil {
            let path = peers[place].ca
            guard let data = FileManager.default.contents(atPath: path) else {
                throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path in the configuration")
            }
            read.peers[place].authorities = [UInt8](data)
        }
        return read
    }
}

extension GatewayConfiguration.Peer {
    fileprivate func limited(to terms: PeerTrust) -> GatewayConfiguration.Peer {
        var limited = self
        limited.address = terms.address
        limited.authorities = terms.authorities
        limited.audit = terms.audit
        limited.keys = KeyRing(owner: province, terms.keys.map { KeyRing.Entry($0.key, $0.validity) })
        return limited
    }
}
