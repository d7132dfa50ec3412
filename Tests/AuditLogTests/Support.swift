import AuditLog
import Seeding

/// A log held in memory, as a store would hold it.
struct StoredLog {
    struct Place: Hashable {
        var level: Int
        var index: UInt64
    }

    var entries: [[UInt8]] = []
    var tiles: [Place: [UInt8]] = [:]
    var size: UInt64 { UInt64(entries.count) }

    mutating func keep(_ changed: [Tile]) {
        for tile in changed { tiles[Place(level: tile.level, index: tile.index)] = tile.bytes }
    }

    func tile(_ level: Int, _ index: UInt64) -> [UInt8]? { tiles[Place(level: level, index: index)] }

    var reader: TileHashReader { TileHashReader(size: size) { tile($0, $1) } }

    /// A log over arbitrary leaf inputs.
    init(leaves: [[UInt8]]) {
        var appender = TileAppender()
        for leaf in leaves { appender.append(.leaf(leaf)) }
        entries = leaves
        keep(appender.takeChangedTiles())
    }

    /// A log of valid entries.
    init(entries count: Int, seed: UInt64 = 1) throws {
        var generator = SplitMix64(seed: seed)
        var appender = AuditAppender()
        for number in 0..<count {
            entries.append(try appender.append(Self.act(number), using: &generator).bytes)
        }
        keep(appender.tiles.takeChangedTiles())
    }

    static func act(_ number: Int) -> AuditEntry {
        AuditEntry(
            time: 1_782_806_400_000 + Int64(number), event: .intakeAccepted,
            actor: AuditActor(organisation: "register-44"),
            purpose: "residenceRegistration", subject: Digest256(hashing: Array("subject \(number % 7)".utf8)),
            object: Digest256(hashing: Array("object \(number)".utf8)), details: [.mapping: "arrivals", .peer: "51"])
    }
}

func hexadecimal(_ text: String) -> [UInt8] {
    var digits = text[...]
    var bytes: [UInt8] = []
    while let byte = UInt8(digits.prefix(2), radix: 16) {
        bytes.append(byte)
        digits = digits.dropFirst(2)
    }
    return bytes
}
