/// One kind of fault, injected again and again under load, then healed.
protocol Scenario: Sendable {
    /// What `--scenario` names it by.
    static var name: String { get }
    init()
    func run(_ run: Run) async throws -> Account
}

/// What every scenario is given.
struct Run: Sendable {
    /// How much is tried.
    struct Extent: Sendable {
        /// SIGKILLs.
        var kills: Int
        /// Of the simulation.
        var histories: Int
        /// Sites of the disk and offsets of a connection that are tried of each kind; nil for every one.
        var sample: Int?
    }

    var folder: String
    var executable: Executable
    /// The folder of the preloaded libraries.
    var preload: String
    var seed: UInt64
    var extent: Extent
    /// Stages that a sweep uses at once.
    var jobs: Int
    /// When no other fault is begun.
    var deadline: ContinuousClock.Instant
    /// Says how far it is.
    var progress: @Sendable (String) -> Void

    /// Every scenario, in the order in which they run: the longest last, so that none is left out should the time be up.
    static let scenarios: [any Scenario.Type] = [
        SimulationScenario.self, CertificateScenario.self, FullDiskScenario.self, ClockScenario.self,
        KillScenario.self, ConnectionScenario.self, DiskScenario.self,
    ]
}
