import Interchange

/// Where a batch stands on its way to a peer. Every change is made by ``applying(_:at:limits:)`` and nowhere else.
public enum DeliveryState: Sendable, Hashable {
    /// Nobody holds it; it may be sent at once.
    case available
    /// A sender holds it until `until`; then it lapses back to `available`.
    case leased(until: Instant)
    /// It failed and is not sent before `notBefore`.
    case retryable(notBefore: Instant, blockedOn: BlockedOn)
    /// A verified receipt settled every envelope.
    case delivered
    /// An operator must look: final refusal, or too old.
    case deadLettered(DeadLetterReason)
    /// An operator withdrew it before it was delivered.
    case cancelled
    /// An operator gave up on a dead letter, with a reason.
    case discarded
}

/// What a waiting delivery waits for.
public enum BlockedOn: String, Sendable, Hashable, CaseIterable {
    case backoff, peerDown, peerBusy, circuitOpen, parkedReference, noPeer, `operator`
    /// Only its turn; it is being sent; the peer's next fetch.
    case ready, inFlight, pulledByPeer
    /// The peer's capabilities name no version of the interchange that this gateway writes.
    case noCommonVersion

    /// What a person can do about it.
    public var advice: Bilingual {
        switch self {
        case .backoff:
            Bilingual("nothing: it is tried again at the time shown", "无需处理：到所示时间自动重试")
        case .peerDown:
            Bilingual(
                "check the peer's address, the network and the peer's gateway; sending resumes by itself",
                "检查对端地址、网络和对端网关；恢复后自动发送")
        case .peerBusy:
            Bilingual(
                "the peer asked to wait; if it lasts, ask its operator about disk and backlog",
                "对端要求等待；若持续，请联系对端运维检查磁盘与积压")
        case .circuitOpen:
            Bilingual(
                "sending was paused after repeated failure and is probed by itself; see the last error",
                "多次失败后已暂停，系统会自动试探；请查看最近一次错误")
        case .parkedReference:
            Bilingual(
                "send the arrival that it refers to; it is offered again daily for 30 days",
                "请先发送其引用的来本地登记；30 天内每日重试")
        case .noPeer:
            Bilingual("add the province to `peers` in the configuration", "在配置的 peers 中加入该省")
        case .operator:
            Bilingual(
                "the peer refuses our identity or signature: compare certificates and keys with its operator",
                "对端不认可本端身份或签名：请与对端运维核对证书与密钥")
        case .ready:
            Bilingual("nothing: it is sent as soon as the lane gets to it", "无需处理：轮到时即发送")
        case .inFlight:
            Bilingual("nothing: it is being sent", "无需处理：正在发送")
        case .pulledByPeer:
            Bilingual(
                "the peer fetches it; if it does not come, ask its operator whether its gateway runs",
                "由对端自行拉取；若一直未取，请联系对端运维确认其网关是否运行")
        case .noCommonVersion:
            Bilingual(
                "the peer takes no version of the interchange that this gateway writes: upgrade one of the two; the peer is asked again by itself",
                "对端不接受本网关所用的交换规范版本：请升级其中一方；系统会自动再次询问")
        }
    }
}

/// Why a delivery was set aside for an operator.
public enum DeadLetterReason: String, Sendable, Hashable {
    /// The peer's signed receipt refused the envelope.
    case rejected
    /// The peer holds another envelope under this id, or under this record and version.
    case conflict
    /// No verified receipt came within the maximum age.
    case tooOld
    /// The peer cannot read a batch that holds this envelope alone.
    case unreadable

    /// What a person can do about it.
    public var advice: Bilingual {
        switch self {
        case .rejected:
            Bilingual(
                "see what the peer found with `yizhan queue show`, then repair or discard it",
                "用 yizhan queue show 查看对端给出的问题，然后修复或放弃")
        case .conflict:
            Bilingual(
                "the peer holds another envelope in its place: agree with its operator which is right, then repair or discard it",
                "对端已有另一信封：请与对端运维核对何者为准，然后修复或放弃")
        case .tooOld:
            Bilingual(
                "find out why the peer could not be reached, then replay it", "查明对端长期不可达的原因，然后重放")
        case .unreadable:
            Bilingual(
                "see the last error with `yizhan queue show`, then repair, replay or discard it",
                "用 yizhan queue show 查看最近一次错误，然后修复、重放或放弃")
        }
    }
}

/// What happened to a delivery.
public enum DeliveryEvent: Sendable, Hashable {
    case leased(until: Instant)
    case leaseLapsed
    case settled
    /// - Parameter jitter: a random number in 0..<1 that spreads the retries.
    case failed(AttemptFailure, attempts: Int, acceptedAt: Instant, jitter: Double)
    case deadLettered(DeadLetterReason)
    case retriedByOperator
    case cancelled
    case discarded
}

/// How an attempt failed, as far as it decides what follows.
public enum AttemptFailure: Sendable, Hashable {
    /// No connection, a timeout, or a connection that broke.
    case unreachable
    /// 429 or 5xx, with what `Retry-After` asked for.
    case busy(retryAfterSeconds: Int?)
    /// An answer without a signature that verifies: it settles nothing.
    case unverified
    /// 401 or 403: the peer refuses our identity.
    case refused
    /// Not sent: the peer said that it takes no version of the interchange that we write.
    case noCommonVersion

    public var blockedOn: BlockedOn {
        switch self {
        case .unreachable: .peerDown
        case .busy: .peerBusy
        case .unverified: .backoff
        case .refused: .operator
        case .noCommonVersion: .noCommonVersion
        }
    }
}

extension DeliveryState {
    /// The state after the event. A pure function: no clock, no randomness, no I/O.
    ///
    /// - Returns: nil when the event cannot happen in this state; the caller then changes nothing (a receipt that comes for
    ///   a batch already delivered, for example).
    public func applying(_ event: DeliveryEvent, at now: Instant, limits: RetryLimits) -> DeliveryState? {
        switch (self, event) {
        case (.available, .leased(let until)), (.retryable, .leased(let until)):
            return .leased(until: until)
        case (.leased, .leaseLapsed):
            return .available
        // A verified receipt settles whoever holds the lease.
        case (.available, .settled), (.leased, .settled), (.retryable, .settled), (.deadLettered, .settled):
            return .delivered
        case (.leased, .failed(let failure, let attempts, let acceptedAt, let jitter)):
            guard now.milliseconds - acceptedAt.milliseconds < limits.maximumAge.milliseconds else {
                return .deadLettered(.tooOld)
            }
            let wait = limits.wait(after: failure, attempts: attempts, jitter: jitter)
            return .retryable(notBefore: now.adding(milliseconds: wait), blockedOn: failure.blockedOn)
        case (.available, .deadLettered(let reason)), (.leased, .deadLettered(let reason)),
            (.retryable, .deadLettered(let reason)):
            return .deadLettered(reason)
        case (.deadLettered, .retriedByOperator), (.retryable, .retriedByOperator):
            return .available
        case (.deadLettered, .discarded):
            return .discarded
        case (.available, .cancelled), (.retryable, .cancelled):
            return .cancelled
        default:
            return nil
        }
    }
}
