import ArgumentParser
import Exchange
import Foundation
import Gateway
import Interchange
import Store

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Signing keys, ours and our peers': lists them, makes new ones, takes old ones out of use.",
        subcommands: [List.self, New.self, Rotate.self, End.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every key with its thumbprint, its time, and what it is used for now.",
            discussion: "Example: yizhan keys list --config gateway.yaml --json")

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Print a JSON array.") var json = false

        func run() async throws {
            let keys = KeyState.all(try await configuration.changes(), at: Instant.now())
            if json { return try Terminal.say(json: keys) }
            for key in keys {
                let listed = key.listedBy.isEmpty ? "" : "  listed by \(key.listedBy.joined(separator: ", "))"
                Terminal.say(
                    "\(key.province)\(key.isOwn ? " (own)" : "")  \(key.id)  \(key.state.rawValue)  "
                        + "from \(key.from) until \(key.until ?? "-")\(listed)")
            }
        }
    }

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the next signing key, to be used from a time that is yet to come.",
            discussion: """
                It is the first person's approval; a second person approves it with `yizhan change approve`.
                Example: yizhan keys new --config gateway.yaml --from 2026-12-01T00:00:00Z
                """)

        @OptionGroup var configuration: ConfigurationOption
        @OptionGroup var making: KeyMaking
        @Option(help: "When it begins to sign, RFC 3339 in UTC.") var from: String

        func run() async throws {
            guard let from = Instant(from) else {
                throw ValidationError("'\(from)' is no instant such as 2026-12-01T00:00:00Z.")
            }
            try await making.make(from: from, try configuration.load())
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a signing key that takes over as each peer comes to list it, without a gap.",
            discussion: """
                It is the first person's approval; a second person approves it with `yizhan change approve`. Then it is
                announced in capabilities, two persons of each peer approve it there, and messages to a peer that lists it
                are signed with it. The old key goes on until then, and verifies after it. `yizhan keys list` shows how far
                it is; `yizhan keys end` takes the old one out of use.
                Example: yizhan keys rotate --config gateway.yaml
                """)

        @OptionGroup var configuration: ConfigurationOption
        @OptionGroup var making: KeyMaking
        @Flag(help: "Replaces the key that wraps the store's data keys instead; one person is enough.")
        var wrapping = false

        func run() async throws {
            let configuration = try configuration.load()
            if wrapping {
                let channel = OperatorChannel(configuration, identity: making.identity)
                return try await WrappingReplacement(channel: channel, json: making.json).run()
            }
            // A whole second, so that what was signed within this one is not before its key.
            try await making.make(from: Instant(seconds: Instant.now().seconds), configuration)
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes one of our signing keys out of use; one person is enough.",
            discussion: """
                What it signed verifies for another 24 hours as a message and for ever as evidence. A stolen key must be ended
                at each peer, too: tell their operators at once.
                A thumbprint that begins with "-" comes last, after "--".
                Example: yizhan keys end THUMBPRINT --config gateway.yaml
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Argument(help: "The key's thumbprint, as `yizhan keys list` prints it.") var id: String
        @Option(help: "When it ends, RFC 3339 in UTC. Default: now.") var at: String?

        func run() async throws {
            let end = try at.map { text in
                guard let end = Instant(text) else {
                    throw ValidationError("'\(text)' is no instant such as 2026-12-01T00:00:00Z.")
                }
                return end
            }
            let keys = try SigningKeys(try configuration.load().keys)
            guard var file = keys[id] else {
                throw GatewayError(.mistakes, "no key of ours has this thumbprint", remedy: "see `yizhan keys list`")
            }
            let until = end ?? Instant.now()
            let others = keys.files.filter { $0.key.keyID != id }
            guard others.contains(where: { $0.validity.allowsSigning(at: until) }) else {
                throw GatewayError(
                    .mistakes, "no other key signs then", remedy: "make one first with `yizhan keys rotate`")
            }
            file.validity.until = until
            try Files.replace(Data(file.text.utf8), at: file.path)
            Terminal.say("\(id) ends at \(until); the running gateway takes notice within 5 s.")
        }
    }
}

/// What `keys new` and `keys rotate` share.
struct KeyMaking: ParsableArguments {
    @Option(help: "ed25519 or ecdsa-p256-sha256.") var algorithm = SignatureAlgorithm.ed25519
    @Option(help: "The operator's certificate and key, without .pem and .key. Default: tls/operator-op1.")
    var identity: String?
    @Flag(help: "Print a JSON object.") var json = false

    /// Writes the key's file, then approves it as the first person if the gateway runs.
    func make(from: Instant, _ configuration: GatewayConfiguration) async throws {
        let key = SigningKey.generate(algorithm)
        let folder = configuration.keys.signingFolder
        let time = from.description.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
        let file = SigningKeyFile(
            path: "\(folder)/\(time)-\(key.keyID.prefix(8)).pem", key: key, validity: KeyValidity(from: from))
        try Files.makeFolder(folder)
        try Files.write(Data(file.text.utf8), to: file.path)
        let terms = KeyTrust(owner: configuration.province, key: key.verificationKey, validity: file.validity)
        let digest = terms.digest.base64
        let isProposed = try await propose(digest, configuration)
        if json {
            return try Terminal.say(
                json: MadeKey(id: key.keyID, publicKey: key.verificationKey.jwk, digest: digest, isProposed: isProposed)
            )
        }
        Terminal.say("\(key.keyID)  from \(from)")
        Terminal.say("  public key  \(key.verificationKey.jwk)")
        Terminal.say(
            isProposed
                ? "  approved by one person; another one: yizhan change approve \(digest) --identity OPERATOR"
                : "  start the gateway; two persons: yizhan change approve \(digest) --identity OPERATOR")
    }

    /// - Returns: false when no gateway runs.
    private func propose(_ digest: String, _ configuration: GatewayConfiguration) async throws -> Bool {
        do {
            _ = try await OperatorChannel(configuration, identity: identity).perform(ApproveChange(digest: digest))
            return true
        } catch let error as GatewayError where error.code == .unreachable {
            return false
        }
    }
}

/// A new key, as printed.
private struct MadeKey: Encodable {
    var id, publicKey, digest: String
    var isProposed: Bool
}

extension SignatureAlgorithm: ExpressibleByArgument {}
