import Logging
import NIOCore
import NIOTLS
import Synchronization

/// How many connections a listener holds at once; one more is closed at once, before its handshake.
final class ConnectionLimit: Sendable {
    private let maximum: Int
    private let open = Atomic<Int>(0)

    init(_ maximum: Int) { self.maximum = maximum }

    func enter() -> Bool {
        if open.add(1, ordering: .relaxed).newValue <= maximum { return true }
        leave()
        return false
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}

/// Before TLS, for the life of a connection: counts it, and closes it when the handshake is not done in time or when the
/// daemon shuts down during it.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    private let deadline: TimeAmount
    private let limit: ConnectionLimit
    private let logger: Logger
    private var timer: Scheduled<Void>?
    private var isCounted = false

    init(_ deadline: TimeAmount, limit: ConnectionLimit, logger: Logger) {
        self.deadline = deadline
        self.limit = limit
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard limit.enter() else {
            logger.warning("connection refused: the limit of open connections is reached")
            return context.close(promise: nil)
        }
        isCounted = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: deadline) { bound.value.close(promise: nil) }
    }

    /// Called by ``HandshakeWatch``.
    func handshakeCompleted() {
        timer?.cancel()
        timer = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, timer != nil { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    private func release() {
        timer?.cancel()
        timer = nil
        if isCounted { limit.leave() }
        isCounted = false
    }
}

/// Behind TLS: tells the guard that the handshake is done, and logs one that was refused.
final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    private let logger: Logger
    private var isDone = false

    init(logger: Logger) { self.logger = logger }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            isDone = true
            try? context.pipeline.syncOperations.handler(type: ConnectionGuard.self).handshakeCompleted()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return context.fireErrorCaught(error) }
        logger.notice("TLS handshake refused", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }
}
