import Foundation

/// A gateway's certificate is replaced by one that its peer does not accept, then by a renewed one, under load and without a
/// restart.
struct CertificateScenario: Scenario {
    static let name = "certificate"
    private static let files = ["gateway.pem", "gateway.key"]

    func run(_ run: Run) async throws -> Account {
        let trial = try Trial(Self.name, run)
        let station = trial.stage.guangdong
        let (strange, renewed) = ("\(trial.stage.folder)/strange", "\(trial.stage.folder)/renewed")
        let log = "\(trial.stage.folder)/init.log"
        for (folder, ca) in [(strange, "\(strange)/ca"), (renewed, "\(trial.stage.folder)/ca")] {
            try run.executable.run(["init", "--province", "44", "--dir", folder, "--ca", ca], log: log)
        }
        try await trial.stage.start()
        await trial.press()
        try await replace(station, from: strange)
        try await Task.sleep(for: .seconds(1))
        try await replace(station, from: renewed)
        trial.injected(2)
        try await trial.quiet()
        return try await trial.finish()
    }

    private func replace(_ station: Station, from folder: String) async throws {
        for name in Self.files {
            let content = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/tls/\(name)"))
            try content.write(to: URL(fileURLWithPath: "\(station.folder)/tls/\(name)"), options: .atomic)
        }
        station.hangUp()
    }
}
