/// Tries a list of faults on several stages at once, on each a part of the list: most of a fault's time is waiting.
struct Sweep {
    let name: String
    let run: Run
    private let jobs: Int

    /// - Parameter jobs: parts that are tried at once; default: as many as the run says.
    init(name: String, run: Run, jobs: Int? = nil) { (self.name, self.run, self.jobs) = (name, run, jobs ?? run.jobs) }

    /// - Parameter part: tries faults on a stage of its own, and says what came of it.
    func tried<Fault: Sendable>(
        _ faults: [Fault], part: @Sendable @escaping (Run, [Fault]) async throws -> Account
    ) async throws -> Account {
        let parts = max(1, min(jobs, faults.count))
        return try await withThrowingTaskGroup(of: Account.self) { group in
            for number in 0..<parts {
                var own = run
                own.folder = "\(run.folder)/part-\(number)"
                let faults = stride(from: number, to: faults.count, by: parts).map { faults[$0] }
                group.addTask { [own] in try await part(own, faults) }
            }
            return try await group.reduce(into: Account(scenario: name, seed: run.seed)) { $0.add($1) }
        }
    }
}
