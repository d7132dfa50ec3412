import AuditLog
import Interchange
import Store
import Testing

@Suite struct ApprovalConformance {
    private let one = AuditActor(organisation: "urn:yizhan:operator:41:op1")
    private let two = AuditActor(organisation: "urn:yizhan:operator:41:op2")

    private func policy(_ text: String) -> Approvable { Approvable(.policy, form: text, content: Array(text.utf8)) }

    private func entry(_ subject: ChangeSubject, _ change: String = "changed") -> ChangeEntry {
        ChangeEntry(.policyChanged, change, of: subject)
    }

    @Test(arguments: Engine.all)
    func theFirstConfigurationNeedsNobodyAndOnlyOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        #expect(try await bench.store.approvals().isEmpty)
        #expect(try await bench.store.approveFirst([policy("a")], entries: [entry(.policy, "first")], at: noon))
        #expect(try await !bench.store.approveFirst([policy("b")], entries: [entry(.policy, "first")], at: noon))
        let held = try await bench.store.approvals()
        #expect(held.map(\.approved) == [policy("a")])
        #expect(held[0].proposer == nil && held[0].approver == nil)
        #expect(try await bench.entries().map(\.event) == [.policyChanged])
    }

    @Test(arguments: Engine.all)
    func aChangeComesIntoForceByTwoPersonsWithAnEntryEach(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.store.approveFirst([policy("a")], entries: [], at: noon)
        #expect(try await bench.store.approve(policy("b"), as: entry(.policy), by: one, at: noon) == .proposed)
        #expect(try await bench.store.approvals().map(\.approved) == [policy("a")])
        #expect(try await bench.store.proposals().map(\.proposer) == [one.organisation])
        let step = try await bench.store.approve(policy("b"), as: entry(.policy), by: two, at: noon)
        #expect(step == .inForce(proposer: one.organisation))
        let held = try await bench.store.approvals()
        #expect(held.map(\.approved) == [policy("b")])
        #expect(held[0].proposer == one.organisation && held[0].approver == two.organisation)
        #expect(try await bench.store.proposals().isEmpty)
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.changeProposed, .changeApproved, .policyChanged])
        #expect(entries.map(\.actor) == [one, two, two])
        #expect(entries[1].details[.proposer] == one.organisation)
        // The SHA-256 of "b".
        #expect(entries[2].details[.policy] == "PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0=")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func onePersonTwiceIsNotTwo(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.store.approveFirst([policy("a")], entries: [], at: noon)
        _ = try await bench.store.approve(policy("b"), as: entry(.policy), by: one, at: noon)
        let refused = await code {
            _ = try await bench.store.approve(policy("b"), as: entry(.policy), by: one, at: noon)
        }
        #expect(refused == .invalid)
        #expect(try await bench.store.approvals().map(\.approved) == [policy("a")])
        #expect(try await bench.entries().map(\.event) == [.changeProposed])
    }

    @Test(arguments: Engine.all)
    func approvalsOfTwoDigestsDoNotAddUp(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.store.approveFirst([policy("a")], entries: [], at: noon)
        #expect(try await bench.store.approve(policy("b"), as: entry(.policy), by: one, at: noon) == .proposed)
        #expect(try await bench.store.approve(policy("c"), as: entry(.policy), by: two, at: noon) == .proposed)
        #expect(try await bench.store.approvals().map(\.approved) == [policy("a")])
    }

    @Test(arguments: Engine.all)
    func onePersonClosesAPeerAndWhatItAnnouncedIsForgotten(engine: Engine) async throws {
        var bench = try Bench(engine)
        let peer = ChangeSubject.peer(bench.provinces.peer)
        let trust = Approvable(peer, form: "peer", content: [])
        _ = try await bench.store.approveFirst([trust, policy("a")], entries: [], at: noon)
        #expect(try await bench.store.noteKey(announced(bench, 1)))
        try await bench.store.noteKnownKeys(["ours"], of: bench.provinces.peer, at: noon)
        try await bench.store.narrow(
            [Narrowing(left: nil, entry: ChangeEntry(.peerChanged, "closed", of: peer))], by: one, at: noon)
        bench = try await bench.reopened()
        #expect(try await bench.store.approvals().map(\.approved) == [policy("a")])
        #expect(try await bench.store.noticedKeys().isEmpty)
        #expect(try await bench.store.knownKeys().isEmpty)
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.peerChanged])
        #expect(entries[0].details[.item] == "peer:51")
    }

    @Test(arguments: Engine.all)
    func anAnnouncedKeyWaitsOnceUntilItIsApproved(engine: Engine) async throws {
        let bench = try Bench(engine)
        let key = announced(bench, 1)
        #expect(try await bench.store.noteKey(key))
        #expect(try await !bench.store.noteKey(key))
        #expect(try await bench.store.noticedKeys() == [key])
        let subject = ChangeSubject.key(bench.provinces.peer, id: key.id)
        let approvable = Approvable(subject, form: "key", content: [])
        let entry = ChangeEntry(.keyChanged, "announced", of: subject)
        _ = try await bench.store.approve(approvable, as: entry, by: one, at: noon)
        _ = try await bench.store.approve(approvable, as: entry, by: two, at: noon)
        #expect(try await bench.store.noticedKeys().isEmpty)
        #expect(try await bench.store.approvals().map(\.approved) == [approvable])
        #expect(try await bench.entries().last?.details[.keyId] == key.id)
    }

    @Test(arguments: Engine.all)
    func aPeerCannotFillTheStoreWithKeys(engine: Engine) async throws {
        let bench = try Bench(engine)
        for number in 1...40 { _ = try await bench.store.noteKey(announced(bench, number)) }
        let kept = try await bench.store.noticedKeys()
        #expect(kept.count == 16)
        #expect(kept.first?.id == "key-25")
        #expect(kept.last?.id == "key-40")
    }

    @Test(arguments: Engine.all)
    func whatAPeerListsReplacesWhatItListed(engine: Engine) async throws {
        let bench = try Bench(engine)
        #expect(try await bench.store.knownKeys().isEmpty)
        try await bench.store.noteKnownKeys(["a", "b"], of: bench.provinces.peer, at: noon)
        try await bench.store.noteKnownKeys(["b", "c"], of: bench.provinces.peer, at: noon.adding(seconds: 1))
        let known = try await bench.store.knownKeys()
        #expect(known.map(\.ids) == [["b", "c"]])
        #expect(known.map(\.at) == [noon.adding(seconds: 1)])
    }

    private func announced(_ bench: Bench, _ number: Int) -> NoticedKey {
        NoticedKey(
            peer: bench.provinces.peer, id: "key-\(number)", jwk: "{}", from: noon,
            seenAt: noon.adding(seconds: Int64(number)))
    }
}

@Suite struct ChangeSubjectTests {
    @Test(arguments: ["peer:41", "key:41:3yFvK0mKuXFk5Tr8oUQd2Nq1s9", "policy"])
    func itsTextIsReadBack(text: String) {
        #expect(ChangeSubject(text)?.description == text)
    }

    @Test(arguments: ["", "peer", "peer:99", "peer:41:x", "key:41", "key:41:", "policy:44", "bureau:44"])
    func anotherTextIsNone(text: String) {
        #expect(ChangeSubject(text) == nil)
    }
}
