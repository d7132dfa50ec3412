import AuditLog
import Interchange
import Store

extension World {
    /// Everything that comes from outside: rows, deaths, partitions, wrong clocks. What follows from it is not planned.
    mutating func planHistory() {
        let end = Self.faultySeconds * 1_000
        func time() -> Int64 { Int64.random(in: 0..<end, using: &random) }
        for _ in 0..<Int.random(in: 10...60, using: &random) { plan(.intake(anyone()), afterMilliseconds: time()) }
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let (place, at) = (anyone(), time())
            plan(.crash(place), afterMilliseconds: at)
            plan(.restart(place), afterMilliseconds: at + Int64.random(in: 1...600_000, using: &random))
        }
        for _ in 0..<Int.random(in: 0...10, using: &random) {
            let (one, other, at) = (anyone(), anyone(), time())
            plan(.cut(one, other), afterMilliseconds: at)
            plan(.join(one, other), afterMilliseconds: at + Int64.random(in: 1...1_800_000, using: &random))
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let (place, at) = (anyone(), time())
            let jump = [3_600_000, -3_600_000, 86_400_000, -86_400_000, 30_000].randomElement(using: &random) ?? 0
            plan(.setClock(place, offset: Int64(jump)), afterMilliseconds: at)
            plan(.setClock(place, offset: 0), afterMilliseconds: at + Int64.random(in: 1...900_000, using: &random))
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) { plan(.reload(anyone()), afterMilliseconds: time()) }
        plan(.heal, afterMilliseconds: end)
    }

    /// Few provinces do most of it, so that histories of one pair become long.
    private mutating func anyone() -> Int {
        random.once(in: 3) ? Int.random(in: 0..<provinces.count, using: &random) : Int.random(in: 0..<4, using: &random)
    }

    /// A register hands rows over; a province that is dead takes them when it is back.
    mutating func takeIn(_ place: Int) async throws {
        guard provinces[place].isAlive else { return plan(.intake(place), afterMilliseconds: 5_000) }
        var drafts: [Draft] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            var peer = anyone()
            if peer == place { peer = (place + 1) % provinces.count }
            let number = UInt64.random(in: 1...4, using: &random)
            drafts.append(draft(number, from: place, to: peer, ends: random.once(in: 4)))
        }
        try await accept(drafts, at: place)
        // A register that heard no answer hands the same over again.
        if random.once(in: 5) { try await accept(drafts, at: place) }
    }

    private mutating func accept(_ drafts: [Draft], at place: Int) async throws {
        let (store, at) = (provinces[place].store, provinces[place].clock(now))
        let actor = AuditActor(organisation: "urn:yizhan:source:\(provinces[place].province):register")
        let run = try await store.openRun(RunDescription(mapping: "simulation", actor: actor, startedAt: at))
        let acceptance = try await store.accept(
            IntakeChunk(run: run, actor: actor, drafts: drafts, refused: [], at: at))
        observer.accepted += acceptance.new
        for draft in drafts {
            sentRecords.insert(draft.record)
            if let arrival = draft.reference { references.insert(arrival) }
            if let peer = provinces.firstIndex(where: { $0.province == draft.to }) { planTurn(place, peer, at: now) }
        }
    }

    /// Arrivals that a departure refers to and that were never handed over, in an order of their own.
    private var unmet: [(place: Int, peer: Int, number: UInt64)] {
        references.subtracting(sentRecords).compactMap { arrival in
            let place = provinces.firstIndex { $0.province == arrival.register }
            let peer = provinces.firstIndex { $0.province == arrival.home }
            guard let place, let peer else { return nil }
            return (place, peer, arrival.low)
        }.sorted { $0 < $1 }
    }

    private mutating func draft(_ number: UInt64, from: Int, to: Int, ends: Bool) -> Draft {
        let (own, peer) = (provinces[from].province, provinces[to].province)
        let arrival = RecordID(home: peer, register: own, high: 0, low: number)
        let said = Int.random(in: 1...1_000, using: &random)
        return Draft(
            kind: ends ? .departure : .arrival, from: own, to: peer,
            record: ends ? RecordID(home: peer, register: own, high: 1, low: number) : arrival,
            purpose: .residenceRegistration, issuedAt: provinces[from].clock(now),
            retainUntil: CivilDate(daysSince1970: 21_000), flags: [], subject: nil, reference: ends ? arrival : nil,
            fixed: Array(#""purpose":"residenceRegistration","content":{"said":\#(said)}"#.utf8))
    }

    /// Everything works again.
    mutating func heal() async throws {
        isHealed = true
        partitions = []
        for place in provinces.indices {
            provinces[place].offset = 0
            if !provinces[place].isAlive { try await restart(place) }
            for peer in provinces.indices where peer != place {
                let waits = try await provinces[place].store.nextDue(for: provinces[peer].province) != nil
                if waits { planTurn(place, peer, at: now) }
            }
        }
        // A register that was refused until now hands over in these seconds what it has.
        plan(.complete, afterMilliseconds: 60_000)
    }

    /// What departures refer to is sent if it never was.
    mutating func complete() async throws {
        for (place, peer, number) in unmet {
            try await accept([draft(number, from: place, to: peer, ends: false)], at: place)
        }
    }
}
