import NIOCore
import NIOHTTP1

/// Where all requests and answers of a connection pass: closes one on which a request takes too long to come, be it dripped in
/// bytes, one on which nothing comes for the idle time, one of HTTP/1.0 that did not ask to stay open, and one whose last answer
/// is written when the daemon shuts down.
///
/// One timer runs for a connection, not one for each request: when it ends, it waits on for what is under way by then.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limit: TimeAmount
    private let idle: TimeAmount
    private var timer: (end: NIODeadline, task: Scheduled<Void>)?
    /// By when the request that is being read must have been; nil between requests.
    private var deadline: NIODeadline?
    /// When something of a request last came, or the last answer was written.
    private var lastActive = NIODeadline.uptimeNanoseconds(0)
    /// Requests whose answers are not written yet.
    private var unanswered = 0
    private var isLast = false

    /// - Parameters:
    ///   - limit: from a request's head to the end of its body, whatever the pace.
    ///   - idle: between requests, in the header phase, and while a body stalls.
    init(_ limit: TimeAmount, idle: TimeAmount) {
        self.limit = limit
        self.idle = idle
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        lastActive = context.eventLoop.now
        wait(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        timer?.task.cancel()
        timer = nil
    }

    // MARK: What passes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActive = context.eventLoop.now
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            // RFC 9112, 9.3; `Connection: close` of HTTP/1.1 is the routes' to see.
            if head.version.major == 1, head.version.minor == 0, !head.isKeepAlive { isLast = true }
            deadline = lastActive + limit
            wait(context)
        case .end: deadline = nil
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        if isLastAnswer(at: context.eventLoop.now) {
            context.writeAndFlush(data, promise: promise)
            context.close(promise: nil)
        } else {
            context.write(data, promise: promise)
        }
    }

    /// An answer is about to be written to its end, through this handler or past it.
    /// - Returns: whether the connection is to be closed after it.
    func isLastAnswer(at now: NIODeadline) -> Bool {
        unanswered -= 1
        lastActive = now
        return isLast && unanswered == 0
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        if unanswered > 0 { isLast = true } else { context.close(promise: nil) }
    }

    // MARK: Time

    /// Whether it is the client that keeps the connection waiting.
    private var isClientsTurn: Bool { deadline != nil || unanswered == 0 }

    /// When to look again: at the first time at which the connection may have to be closed.
    private func end(at now: NIODeadline) -> NIODeadline {
        let whenIdle = (isClientsTurn ? lastActive : now) + idle
        return deadline.map { min($0, whenIdle) } ?? whenIdle
    }

    private func wait(_ context: ChannelHandlerContext) {
        let end = end(at: context.eventLoop.now)
        if let timer {
            guard end < timer.end else { return }
            timer.task.cancel()
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: end) {
            let (watch, context) = bound.value
            watch.timeIsUp(context)
        }
        timer = (end, task)
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        timer = nil
        let now = context.eventLoop.now
        if end(at: now) <= now { context.close(promise: nil) } else { wait(context) }
    }
}
