import Interchange

/// What a run needs besides the mapping: who we are, the key of record ids, the time, and how strict the gateway is.
public struct TransformContext: Sendable {
    /// The gateway's own province. Nil outside a gateway: then `from` must follow from the record.
    public var gateway: Province?
    /// The key of the hash in record ids: 32 bytes, used for nothing else, never rotated.
    public var recordKey: [UInt8]
    public var clock: WallClock
    /// Days by purpose where the gateway keeps shorter than ``Purpose/retentionCapInDays``; longer ones are not heeded.
    public var retentionCaps: [Purpose: Int]
    /// Codes of severity `flag` that this gateway quarantines.
    public var stricter: Set<ViolationCode>
    /// The code lists that records are checked against, with the gateway's own additions.
    public var codeLists: CodeLists

    public init(
        gateway: Province?, recordKey: [UInt8], clock: @escaping WallClock, retentionCaps: [Purpose: Int] = [:],
        stricter: Set<ViolationCode> = [], codeLists: CodeLists = .standard
    ) {
        self.gateway = gateway
        self.recordKey = recordKey
        self.clock = clock
        self.retentionCaps = retentionCaps
        self.stricter = stricter
        self.codeLists = codeLists
    }

    /// The key that `yizhan transform` uses without a configuration: the bytes 0 to 31. Everybody knows it, so ids made
    /// with it can be guessed from a person's number; they are for trials only.
    public static let publishedTestKey: [UInt8] = (0..<32).map { UInt8($0) }

    /// How long a record of this purpose is kept, in days from the day it is issued.
    func retentionInDays(_ purpose: Purpose) -> Int {
        min(purpose.retentionCapInDays, max(1, retentionCaps[purpose] ?? Int.max))
    }
}
