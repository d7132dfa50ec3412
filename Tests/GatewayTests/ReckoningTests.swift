import AuditLog
import Exchange
import Gateway
import Interchange
import Store
import Testing

/// What is in force, of what is configured and what was approved.
@Suite struct ReckoningTests {
    private let fixture: TrustFixture

    init() throws { fixture = try TrustFixture() }

    /// Reckons after the configuration was approved as a store's first.
    private func reckon(
        _ configured: ConfiguredTrust, approved: ConfiguredTrust, announced approvedKeys: [KeyTrust] = [],
        noticed: [NoticedKey] = [], proposals: [Proposal] = []
    ) -> Reckoning {
        let subjects = approved.all + approvedKeys.map(\.approvable)
        return Reckoning(
            configured,
            Reckoning.Record(subjects.map { Approval($0, at: TrustFixture.noon) }, proposals, noticed))
    }

    @Test func theFirstConfigurationIsInForceWhole() throws {
        let configured = fixture.configured
        let reckoning = Reckoning(configured, Reckoning.Record([], [], []))
        #expect(reckoning.peers == configured.peers)
        #expect(reckoning.ownKeys == configured.ownKeys)
        #expect(reckoning.pending.isEmpty && reckoning.narrowings.isEmpty)
    }

    @Test func whatIsApprovedIsInForceAndNothingWaits() throws {
        let reckoning = reckon(fixture.configured, approved: fixture.configured)
        #expect(reckoning.peers == fixture.configured.peers)
        #expect(reckoning.ownKeys == fixture.configured.ownKeys)
        #expect(reckoning.pending.isEmpty && reckoning.narrowings.isEmpty)
    }

    @Test func aNewPeerWaits() throws {
        var approved = fixture.configured
        approved.peers = []
        let reckoning = reckon(fixture.configured, approved: approved)
        #expect(reckoning.peers.isEmpty)
        #expect(reckoning.pending.map(\.entry.subject) == [.peer(fixture.peer)])
        #expect(reckoning.pending.map(\.entry.change) == ["added"])
    }

    @Test func anotherAddressWaitsAndTheOldOneStays() throws {
        var configured = fixture.configured
        configured.peers[0].address = try #require(PeerAddress("https://elsewhere.example:8443"))
        let reckoning = reckon(configured, approved: fixture.configured)
        #expect(reckoning.peers == fixture.configured.peers)
        #expect(reckoning.pending.map(\.entry.event) == [.peerChanged])
        #expect(
            reckoning.pending[0].difference
                == ["- url https://peer.example:8443", "+ url https://elsewhere.example:8443"])
    }

    @Test func aPeersAuditLogIsAddedAndDroppedByTwoPersons() throws {
        let log = try NoteVerifierKey(parsing: TrustFixture.auditLog)
        var configured = fixture.configured
        configured.peers[0].audit = log
        let added = reckon(configured, approved: fixture.configured)
        #expect(added.peers == fixture.configured.peers)
        #expect(added.pending.map(\.entry.event) == [.peerChanged])
        #expect(added.pending.first?.difference == ["+ audit \(TrustFixture.auditLog)"])
        // One person cannot stop the witnessing either.
        let dropped = reckon(fixture.configured, approved: configured)
        #expect(dropped.peers == configured.peers)
        #expect(dropped.pending.first?.difference == ["- audit \(TrustFixture.auditLog)"])
        #expect(dropped.narrowings.isEmpty)
        #expect(reckon(configured, approved: configured).pending.isEmpty)
    }

    @Test func anotherAuditLogOfAPeerWaitsAndTheOldOneIsWitnessedMeanwhile() throws {
        let keys = try ["peer.example/44", "peer.example/44/2"].map {
            try NoteSigner(name: $0, seed: [UInt8](repeating: 4, count: 32)).verifierKey
        }
        var (approved, configured) = (fixture.configured, fixture.configured)
        (approved.peers[0].audit, configured.peers[0].audit) = (keys[0], keys[1])
        let reckoning = reckon(configured, approved: approved)
        #expect(reckoning.peers.map(\.audit) == [keys[0]])
        #expect(reckoning.pending.map(\.entry.event) == [.peerChanged])
        #expect(reckoning.pending[0].difference == ["- audit \(keys[0])", "+ audit \(keys[1])"])
        // Nor does one person end the witnessing.
        configured.peers[0].audit = nil
        #expect(reckon(configured, approved: approved).peers.map(\.audit) == [keys[0]])
    }

    @Test func aNewKeyWaitsAndTheOldOneVerifiesMeanwhile() throws {
        var configured = fixture.configured
        configured.peers[0].keys.append(try fixture.key(2))
        let reckoning = reckon(configured, approved: fixture.configured)
        #expect(reckoning.peers[0].keys == fixture.configured.peers[0].keys)
        #expect(reckoning.pending.map(\.entry.event) == [.keyChanged])
        #expect(reckoning.narrowings.isEmpty)
    }

    @Test func onePersonRevokesAKeyByTakingItOut() throws {
        var approved = fixture.configured
        approved.peers[0].keys.append(try fixture.key(2))
        let reckoning = reckon(fixture.configured, approved: approved)
        #expect(reckoning.peers[0].keys == fixture.configured.peers[0].keys)
        #expect(reckoning.pending.isEmpty)
        #expect(reckoning.narrowings.map(\.entry.event) == [.keyChanged])
        #expect(reckoning.narrowings[0].left == fixture.configured.peers[0].approvable)
    }

    @Test func onePersonEndsAKeyEarlierButNotLater() throws {
        var configured = fixture.configured
        configured.peers[0].keys[0].validity.until = TrustFixture.noon
        let earlier = reckon(configured, approved: fixture.configured)
        #expect(earlier.peers[0].keys[0].validity.until == TrustFixture.noon)
        #expect(earlier.pending.isEmpty && earlier.narrowings.count == 1)
        let later = reckon(fixture.configured, approved: configured)
        #expect(later.peers[0].keys[0].validity.until == TrustFixture.noon)
        #expect(later.pending.count == 1)
        #expect(later.narrowings.isEmpty)
    }

    @Test func aKeyIsRevokedEvenWhileSomethingElseWaits() throws {
        var approved = fixture.configured
        approved.peers[0].keys.append(try fixture.key(2))
        var configured = fixture.configured
        configured.peers[0].address = try #require(PeerAddress("https://elsewhere.example:8443"))
        let reckoning = reckon(configured, approved: approved)
        #expect(reckoning.peers[0].keys == fixture.configured.peers[0].keys)
        #expect(reckoning.peers[0].address == fixture.configured.peers[0].address)
        #expect(reckoning.pending.count == 1 && reckoning.narrowings.count == 1)
    }

    @Test func onePersonClosesAPeer() throws {
        var configured = fixture.configured
        configured.peers = []
        let reckoning = reckon(configured, approved: fixture.configured, announced: [try fixture.key(2)])
        #expect(reckoning.peers.isEmpty && reckoning.pending.isEmpty)
        #expect(Set(reckoning.narrowings.map(\.entry.change)) == ["closed"])
        #expect(reckoning.narrowings.count == 2)
        #expect(reckoning.narrowings.allSatisfy { $0.left == nil })
    }

    @Test func anAnnouncedKeyWaitsAndThenVerifiesBesideTheConfigured() throws {
        let key = try fixture.key(2)
        let notice = NoticedKey(
            peer: fixture.peer, id: key.key.keyID, jwk: key.key.jwk, from: key.validity.from, seenAt: TrustFixture.noon)
        let before = reckon(fixture.configured, approved: fixture.configured, noticed: [notice])
        #expect(before.peers == fixture.configured.peers)
        #expect(before.pending.map(\.approvable) == [key.approvable])
        let after = reckon(fixture.configured, approved: fixture.configured, announced: [key], noticed: [notice])
        #expect(after.peers[0].keys == fixture.configured.peers[0].keys + [key])
        #expect(after.pending.isEmpty && after.narrowings.isEmpty)
    }

    @Test func anApprovedAnnouncementThatIsConfiguredIsThePeersOwnFromThen() throws {
        let key = try fixture.key(2)
        var configured = fixture.configured
        configured.peers[0].keys.append(key)
        let reckoning = reckon(configured, approved: fixture.configured, announced: [key])
        #expect(reckoning.peers[0].keys == configured.peers[0].keys)
        #expect(reckoning.pending.isEmpty)
        #expect(reckoning.narrowings.map(\.left) == [configured.peers[0].approvable, nil])
    }

    @Test func ourOwnNewKeyWaitsAndTheOldOneSigns() throws {
        var configured = fixture.configured
        configured.ownKeys.append(try fixture.ownKey(9))
        let reckoning = reckon(configured, approved: fixture.configured)
        #expect(reckoning.ownKeys == fixture.configured.ownKeys)
        #expect(reckoning.pending.map(\.entry.subject) == [configured.ownKeys[1].subject])
    }

    @Test func whenEveryApprovedKeyIsLostWhatIsThereSigns() throws {
        var configured = fixture.configured
        configured.ownKeys = [try fixture.ownKey(9)]
        let reckoning = reckon(configured, approved: fixture.configured)
        #expect(reckoning.ownKeys == configured.ownKeys)
        #expect(reckoning.pending.count == 1)
        #expect(reckoning.narrowings.map(\.entry.change) == ["revoked"])
    }

    @Test func anotherPolicyWaitsAndSaysWhoApprovedItFirst() throws {
        var configured = fixture.configured
        configured.policy = Approvable(.policy, form: "other", content: Array("other".utf8))
        let proposal = Proposal(
            digest: configured.policy.digest, subject: .policy, proposer: "urn:yizhan:operator:41:op1",
            at: TrustFixture.noon)
        let reckoning = reckon(configured, approved: fixture.configured, proposals: [proposal])
        #expect(reckoning.policy == fixture.configured.policy)
        #expect(reckoning.pending.map(\.proposer) == ["urn:yizhan:operator:41:op1"])
    }
}
