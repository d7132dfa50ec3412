import Simulation
import Testing

/// The long run is `make faults`; these hold that the simulation finds nothing, and that it is one.
@Suite struct WorldTests {
    @Test(arguments: 1...20)
    func aHistoryLosesAndRepeatsNothing(seed: UInt64) async throws {
        let ending = try await World.play(seed: seed)
        #expect(ending.findings == [])
        #expect(ending.envelopes > 0)
    }

    @Test func aSeedReplaysToTheLetter() async throws {
        let (first, second) = (try await World.play(seed: 7), try await World.play(seed: 7))
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.steps == second.steps)
        #expect(first.fingerprint != (try await World.play(seed: 8)).fingerprint)
    }

    @Test func faultsDoHappen() async throws {
        var faults = 0
        for seed: UInt64 in 1...5 { faults += try await World.play(seed: seed).faults }
        #expect(faults > 50)
    }

    @Test func whatIsSampledIsInOrderAndWithinBounds() {
        var random = Seeded(3)
        let chosen = random.sample(1...100, 10)
        #expect(chosen.count == 10)
        #expect(chosen == chosen.sorted())
        #expect(chosen.allSatisfy { (1...100).contains($0) })
        #expect(random.sample(1...3, 10) == [1, 2, 3])
    }
}
