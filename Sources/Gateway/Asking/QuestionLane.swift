import Exchange
import HTTPTypes
import Interchange
import NIOCore
import NIOHTTPTypes
import NIOSSL
import Policy
import Store
import Synchronization

/// What the lanes of open connections answer by, as it is in force.
final class CurrentQuestions: Sendable {
    private final class Held: Sendable {
        let route: StatusRoute
        init(_ route: StatusRoute) { self.route = route }
    }

    private let held = Mutex<Held?>(nil)

    /// For questions from now on.
    func use(_ route: StatusRoute) { held.withLock { $0 = Held(route) } }

    var route: StatusRoute? { held.withLock { $0 }?.route }
}

/// Answers questions about what this province holds on the connection's own event loop: from the request's last byte to the
/// store's queue of questions, and back when the answer is durable and the floor is over.
///
/// Whatever is not such a question, and whatever is wrong with one, goes on to the routes, so that they alone say what is refused.
/// Requests of one connection are answered in the order in which they came.
final class QuestionLane: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Parts of later requests that are kept while one is answered; then nothing more is read.
    private static let mostHeld = 16

    private enum State {
        case idle
        /// A request that may be a question, as far as it came.
        case reading(HTTPRequest, ByteBuffer)
        /// The store has it.
        case answering
        /// So many requests are with the routes.
        case passing(Int)
    }

    private let questions: CurrentQuestions
    private let clock: WallClock
    private var state = State.idle
    private var held = CircularBuffer<HTTPRequestPart>()
    private var isReadHeld = false
    /// What was wrong with the bytes after a request that is still being answered.
    private var heldError: (any Error)?
    /// Whether the routes were given something that they were not told the end of.
    private var hasPassed = false
    private var identity: CertificateIdentity??
    private var date = HTTPDate()
    private var random = BlockRandom()

    init(_ questions: CurrentQuestions, clock: @escaping WallClock) {
        self.questions = questions
        self.clock = clock
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { take(unwrapInboundIn(data), context) }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if held.count < Self.mostHeld { context.read() } else { isReadHeld = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isAnswering { heldError = error } else { context.fireErrorCaught(error) }
    }

    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.answering, _): held.append(part)
        case (.idle, .head(let head)):
            if Self.mayBeQuestion(head) {
                state = .reading(head, ByteBuffer())
            } else {
                pass(part, context)
            }
        case (.reading(let head, var body), .body(var bytes)):
            guard body.readableBytes + bytes.readableBytes <= StatusQuestion.longestBody else {
                return give(head, body, then: part, context)
            }
            if body.readableBytes == 0 { body = bytes } else { body.writeBuffer(&bytes) }
            state = .reading(head, body)
        case (.reading(let head, let body), .end):
            if !ask(head, body, context) { give(head, body, then: part, context) }
        case (.reading(let head, let body), .head): give(head, body, then: part, context)
        case (.passing, _), (.idle, _): pass(part, context)
        }
    }

    /// The path and nothing out of the ordinary about how it is asked.
    private static func mayBeQuestion(_ head: HTTPRequest) -> Bool {
        guard head.method == .post, head.path == StatusRoute.path else { return false }
        // One by one: looking a field up by its name joins all that have it.
        return head.headerFields.allSatisfy {
            $0.name != .expect && ($0.name != .connection || $0.value.lowercased() == "keep-alive")
        }
    }

    private func pass(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        if case .head = part {
            if case .passing(let count) = state { state = .passing(count + 1) } else { state = .passing(1) }
        }
        hasPassed = true
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Gives a request to the routes that was kept from them so far.
    private func give(
        _ head: HTTPRequest, _ body: ByteBuffer, then part: HTTPRequestPart, _ context: ChannelHandlerContext
    ) {
        state = .idle
        pass(.head(head), context)
        if body.readableBytes > 0 { pass(.body(body), context) }
        pass(part, context)
    }

    // MARK: Answers

    /// - Returns: false when the request is not for the lane.
    private func ask(_ head: HTTPRequest, _ body: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        guard let route = questions.route, let bureau = route.bureau(identity(context)),
            let question = try? StatusQuestion(body: Array(body.readableBytesView)),
            let decided = try? route.decide(question, bureau, using: &random), decided.other == nil
        else { return false }
        state = .answering
        let (started, loop) = (NIODeadline.now(), context.eventLoop)
        let floor = TimeAmount.nanoseconds(route.desk.floor.nanoseconds)
        let keepsAlive = head.headerFields.contains(.connection)
        let bound = NIOLoopBound((self, context), eventLoop: loop)
        route.desk.store.answer(decided.inquiry) { result in
            // Not sooner than the floor, whatever the answer is; a refusal looks nobody up.
            let isLookedUp = (try? result.get().answer != .refused) ?? false
            let due = isLookedUp ? started + floor : started
            @Sendable func answer() {
                let (lane, context) = bound.value
                lane.answer(result, to: decided.asking, by: route, keepsAlive: keepsAlive, context)
            }
            if due > .now() {
                loop.scheduleTask(deadline: due) { answer() }
            } else {
                loop.execute { answer() }
            }
        }
        return true
    }

    /// Who the client is: on this listener whoever its certificate names.
    private func identity(_ context: ChannelHandlerContext) -> CertificateIdentity? {
        if let identity { return identity }
        let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
        let found = certificate.flatMap { CertificateIdentity($0) }
        identity = .some(found)
        return found
    }

    private func answer(
        _ result: Result<InquiryResult, StoreError>, to asking: QuestionDesk.Asking, by route: StatusRoute,
        keepsAlive: Bool, _ context: ChannelHandlerContext
    ) {
        switch result {
        case .success(let result):
            route.desk.alert(result.exceeded, asking)
            write(StatusReply(result, to: asking).encoded, .ok, "application/json", keepsAlive, context)
        case .failure(let error):
            let problem = route.busy(error)
            write(
                problem.encoded(), .serviceUnavailable, ProblemDetails.contentType, keepsAlive, context)
        }
        goOn(context)
    }

    private func write(
        _ content: [UInt8], _ status: HTTPResponse.Status, _ type: String, _ keepsAlive: Bool,
        _ context: ChannelHandlerContext
    ) {
        var fields: HTTPFields = [
            .contentType: type, .contentLength: "\(content.count)", .date: date.text(at: clock()),
        ]
        if keepsAlive { fields.append(HTTPField(name: .connection, value: "keep-alive")) }
        context.write(wrapOutboundOut(.head(HTTPResponse(status: status, headerFields: fields))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: content))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Takes what came meanwhile.
    private func goOn(_ context: ChannelHandlerContext) {
        state = .idle
        while !isAnswering, let part = held.popFirst() { take(part, context) }
        channelReadComplete(context: context)
        if !isAnswering, let error = heldError {
            heldError = nil
            context.fireErrorCaught(error)
        }
        guard isReadHeld, held.count < Self.mostHeld else { return }
        isReadHeld = false
        context.read()
    }

    private var isAnswering: Bool { if case .answering = state { true } else { false } }

    /// Answers of the routes.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), case .passing(let count) = state {
            state = count > 1 ? .passing(count - 1) : .idle
        }
        context.write(data, promise: promise)
    }
}
