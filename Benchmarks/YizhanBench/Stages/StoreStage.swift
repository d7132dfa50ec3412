import AuditLog
import Gateway
import Interchange
import Store

/// Stage 2: accepting drafts into the store, beside SQLite's own inserts of the same lines in the same folder.
struct StoreStage {
    let sample: Sample
    let rows: Int

    func run() async throws -> [Figure] {
        let drafts = try sample.drafts(of: try sample.distinct(0..<rows))
        let envelopes = MadeEnvelope.make(of: drafts)
        var accepted: [Double] = []
        var inserted: [Double] = []
        for _ in 0..<Figure.runCount {
            let scratch = try Scratch()
            defer { scratch.remove() }
            inserted.append(Double(rows) / (try insert(envelopes, at: "\(scratch.path)/raw.sqlite")))
            accepted.append(Double(rows) / (try await accept(drafts, in: scratch)))
        }
        return [
            Figure(2, "rows a second, accepted into the store", .perSecond, accepted),
            Figure(2, "rows a second, bare SQLite inserts of the same lines", .perSecond, inserted),
            Figure(2, "store to bare inserts", accepted, to: inserted, owed: .atLeast(1.2)),
        ]
    }

    private func accept(_ drafts: [Draft], in scratch: Scratch) async throws -> Double {
        let store = try MadeStore.open(in: scratch)
        let actor = AuditActor(organisation: "urn:yizhan:source:44:register")
        let run = try await store.openRun(
            RunDescription(mapping: sample.mapping.name, actor: actor, startedAt: Instant.now()))
        // As the mapping hands them over: put together where the rows are read.
        let chunks = MadeEnvelope.groups(of: drafts.count).map { group in
            IntakeChunk(run: run, actor: actor, drafts: Array(drafts[group]), refused: [], at: Instant.now())
        }
        var new = 0
        var line = IntakeLine(store)
        let watch = Stopwatch()
        for chunk in chunks {
            if let acceptance = try await line.add(chunk) { new += acceptance.new }
        }
        while let acceptance = try await line.next() { new += acceptance.new }
        let elapsed = watch.seconds
        await store.close()
        guard new == drafts.count else {
            throw GatewayError(
                .mistakes, "\(new) of \(drafts.count) rows were new", remedy: "report this as a defect")
        }
        return elapsed
    }

    private func insert(_ envelopes: [MadeEnvelope], at path: String) throws -> Double {
        let table = try RawTable(path: path)
        let watch = Stopwatch()
        for group in MadeEnvelope.groups(of: envelopes.count) { try table.insert(envelopes[group]) }
        return watch.seconds
    }
}
