import Children
import AuditLog
import Exchange
import Foundation
import Gateway
import Testing

/// Two gateways that witness each other, and one that is set back.
@Suite(.serialized) struct WitnessedStartTests {
    private let scratch: Scratch
    private let ports: [String: Int]

    init() throws {
        scratch = try Scratch()
        ports = ["41": try FreePorts.find(4), "44": try FreePorts.find(4)]
        for province in ["41", "44"] {
            let made = try Executable.run([
                "init", "--province", province, "--dir", folder(province), "--ca", "\(scratch.path)/ca", "--port",
                "\(ports[province] ?? 0)",
            ])
            try #require(made.status == 0, "\(made.errors)")
        }
        for (own, other) in [("41", "44"), ("44", "41")] {
            let file = "\(folder(own))/gateway.yaml"
            let entry = try String(contentsOfFile: "\(folder(other))/peer-\(other).yaml", encoding: .utf8)
            let text = try String(contentsOfFile: file, encoding: .utf8).replacing("peers: []", with: entry)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    private func folder(_ province: String) -> String { "\(scratch.path)/\(province)" }
    private var store: String { "\(folder("41"))/state/yizhan.sqlite" }

    /// Starts the gateway and waits until it listens or has ended.
    private func started(_ province: String) throws -> Child {
        let process = try Executable.serve(folder(province))
        for _ in 0..<1_500 where process.isRunning && !log(province).contains("\"operations\"") { usleep(20_000) }
        return process
    }

    private func log(_ province: String) -> String {
        (try? String(contentsOfFile: "\(folder(province))/log", encoding: .utf8)) ?? ""
    }

    @Test func aGatewayThatIsBehindWhatAPeerHoldsDoesNotStart() throws {
        try started("41").stop()
        let old = try Data(contentsOf: URL(fileURLWithPath: store))
        let witness = try started("44")
        defer { witness.stop() }
        // Witnessed at each start: the second tells of what the first entered after its own.
        for _ in 0..<2 {
            let later = try started("41")
            #expect(later.isRunning, "\(log("41"))")
            later.stop()
        }
        #expect(log("41").contains("\"peer\":\"44\"") == false || !log("41").contains("not cosigned"))
        let verified = try Executable.run(["audit", "verify", "--config", "\(folder("41"))/gateway.yaml"])
        #expect(verified.status == 0, "\(verified.output)")

        try old.write(to: URL(fileURLWithPath: store))
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        let back = try Executable.serve(folder("41"))
        back.waitForEnd(seconds: 60)
        try #require(!back.isRunning, "\(log("41"))")
        #expect(back.status == 1)
        #expect(log("41").contains("entries were lost, or an old copy was restored"), "\(log("41"))")
        let kept = try Data(contentsOf: URL(fileURLWithPath: store + ".held-by-44.txt"))
        #expect(try SignedNote(parsing: Array(kept)).signatures.count == 1)
        let found = try Executable.run([
            "audit", "list", "--config", "\(folder("44"))/gateway.yaml", "--event", "log.diverged",
        ])
        #expect(found.output.contains("reason=rewound"), "\(found.output)\(found.errors)")
    }
}
