import ArgumentParser
import AuditLog
import Children
import Foundation
import Gateway
import Intake
import Mapping
import Policy
import Store

/// 驿站. The one executable; a file for each subcommand.
@main
struct Yizhan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yizhan",
        abstract: "The relay station between provincial migrant-population registers.",
        discussion: """
            Takes local exports, validates them, carries them to the province they concern, and proves what happened.
            Begin with `yizhan demo`, or with `yizhan init --province 44 --dir /var/lib/yizhan`.

            Exit status: 0 done; 1 rows, files or signatures failed; 2 wrong arguments, or a mapping, policy or
            configuration with mistakes; 3 peer, daemon or store not reachable.
            """,
        version: "0.1.0",
        subcommands: [
            Demo.self, Init.self, Serve.self,
            Validate.self, Transform.self, Submit.self, Export.self, MappingCommand.self,
            Queue.self, Quarantine.self, Reconcile.self, Peer.self, Audit.self, Status.self,
            PolicyCommand.self,
            Codes.self, Synthesize.self, Tables.self,
            Change.self, Keys.self, Doctor.self, Migrate.self, Completion.self,
            Backup.self, Restore.self,
        ])

    /// Ends with the exit statuses of the design: the argument parser's own 64 becomes 2.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            end(0)
        } catch {
            Leftovers.waitIfInterrupted()
            let status = exitStatus(of: error)
            let text = Self.fullMessage(for: error)
            if status == 0 || error is CleanExit { Self.exit(withError: error) }
            if !text.isEmpty { Terminal.complain(message(for: error, text)) }
            end(status)
        }
    }

    /// When all is printed, and without more ado: on its way out a process takes down the locks of OpenSSL, which the thread of libcurl
    /// may still be about to let go of.
    private static func end(_ status: Int32) -> Never {
        Leftovers.waitIfInterrupted()
        fflush(nil)
        _exit(status)
    }

    private static func message(for error: any Error, _ text: String) -> String {
        switch error {
        case let error as GatewayError: error.description
        case let error as StoreError: error.description
        case let error as IntakeError: error.description
        case let error as MappingMistakes: error.description
        case let error as PolicyMistakes: error.description
        case let error as ConfigurationMistakes: error.description
        case let error as RefusedByGateway: error.description
        case let error as AuditError: "\(error.message) \(error.remedy)"
        default: text
        }
    }

    private static func exitStatus(of error: any Error) -> Int32 {
        switch error {
        case let code as ExitCode: code == .validationFailure ? 2 : code.rawValue
        case let error as GatewayError where error.code == .logBehind || error.code == .damaged: 1
        case let error as GatewayError: error.code == .unreachable || error.code == .inUse ? 3 : 2
        // As through the daemon, which answers 404 or 422.
        case let error as StoreError: error.code == .notFound || error.code == .invalid ? 1 : 3
        case is IntakeError, is AuditError: 1
        case let error as RefusedByGateway: error.status >= 500 ? 3 : 1
        case is MappingMistakes, is PolicyMistakes, is ConfigurationMistakes: 2
        default: Self.exitCode(for: error) == .validationFailure ? 2 : Self.exitCode(for: error).rawValue
        }
    }
}
