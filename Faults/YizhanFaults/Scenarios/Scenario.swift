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
    /// Says how far it is.
    var progress: @Sendable (String) -> Void

    /// Every scenario, in the order in which they run.
    static let scenarios: [any Scenario.Type] = [
        SimulationScenario.self, KillScenario.self, DiskScenario.self, ConnectionScenario.self, FullDiskScenario.self,
        ClockScenario.self,
        CertificateScenario.self,
    ]
}
