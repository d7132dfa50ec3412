import Foundation
import Interchange
import Store

/// What a reconciliation came to, for a person and for the console.
public struct ReconciliationStatement: Codable, Sendable, Hashable {
    public struct Difference: Codable, Sendable, Hashable {
        /// A ``Standing``, or a word of a later version.
        public var state: String
        public var envelopes: Int
        /// Some of them.
        public var ids: [String]
        public var meaning, meaningChinese: String
    }

    public struct Direction: Codable, Sendable, Hashable {
        public var from, to: String
        /// Envelopes with a final outcome that were compared.
        public var envelopes: Int
        public var accounted: Bool
        public var text, textChinese: String
        public var differences: [Difference]
    }

    public var peer: String
    /// Which side began it.
    public var startedBy: String
    public var at, until: String
    /// Whether both directions are.
    public var accounted: Bool
    public var directions: [Direction]

    private var instants: (at: Instant, until: Instant) {
        (Instant(at) ?? Instant(seconds: 0), Instant(until) ?? Instant(seconds: 0))
    }

    init(
        own: Province, peer: Province, startedBy: Province, at: Instant, until: Instant,
        directions: [DirectionFindings]
    ) {
        self.peer = peer.description
        self.startedBy = startedBy.description
        (self.at, self.until) = (at.description, until.description)
        self.directions = directions.map { Direction($0, own: own, peer: peer, until: until) }
        accounted = self.directions.allSatisfy(\.accounted)
    }

    func kept(with peer: Province) throws -> KeptStatement {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return KeptStatement(
            peer: peer, at: instants.at, until: instants.until, isEqual: accounted,
            missing: directions.reduce(0) { $0 + $1.missing }, content: Array(try encoder.encode(self)))
    }

    /// - Throws: `DecodingError` when another version wrote it in another form.
    public init(_ kept: KeptStatement) throws {
        self = try JSONDecoder().decode(ReconciliationStatement.self, from: Data(kept.content))
    }
}

extension ReconciliationStatement.Direction {
    /// Envelopes that are not accounted for.
    var missing: Int {
        differences.reduce(0) { Standing(rawValue: $1.state)?.isSettled == true ? $0 : $0 + $1.envelopes }
    }

    fileprivate init(_ findings: DirectionFindings, own: Province, peer: Province, until: Instant) {
        from = findings.sender.description
        to = (findings.sender == own ? peer : own).description
        envelopes = findings.envelopes
        differences = findings.counts.sorted { $0.key < $1.key }.map { state, envelopes in
            let words = Standing(rawValue: state)?.words
            return ReconciliationStatement.Difference(
                state: state, envelopes: envelopes, ids: (findings.ids[state] ?? []).sorted().map(\.description),
                meaning: words?.english ?? "", meaningChinese: words?.chinese ?? "")
        }
        (accounted, text, textChinese) = (true, "", "")
        let missing = missing
        accounted = missing == 0
        let isSent = findings.sender == own
        let (way, chinese) = isSent ? ("to \(peer)", "发往\(peer)") : ("from \(peer)", "来自\(peer)")
        if accounted {
            text = "all records \(way) issued up to \(until) accounted for"
            textChinese = "\(until) 前签发、\(chinese)的记录全部核对无误"
        } else {
            text = "of the records \(way) issued up to \(until), \(missing) not accounted for"
            textChinese = "\(until) 前签发、\(chinese)的记录中有 \(missing) 条未核清"
        }
    }
}

extension Standing {
    /// What the state means to a person, and what follows.
    public var words: (english: String, chinese: String) {
        switch self {
        case .resent: ("the receiver lacked it; it is sent again", "接收方缺失，已重新排队发送")
        case .waiting: ("on its way", "等待发送")
        case .parked: ("what it refers to has not come to the receiver", "所引用的记录尚未到达接收方")
        case .dead: ("set aside: see `yizhan queue list`", "已搁置，见 yizhan queue list")
        case .cancelled: ("an operator gave it up", "操作员已放弃")
        case .expired: ("the receiver lacks it and its payload is erased by retention", "接收方缺失，载荷已按保存期限删除")
        case .entered: ("the receiver held it and the sender's books did not: entered", "接收方已有而发送方无记载，已补记")
        case .raised: ("entered, and the version counter of its record raised", "已补记，并提高了记录的版本号")
        case .disputed: ("the two hold different content under one id: a person must look", "同一标识下内容不同，需人工核查")
        }
    }
}
