import Exchange
import Interchange
import NIOCore
import NIOHTTP1
import NIOSSL
import Policy
import Store

/// Answers questions about what this province holds on the connection's own event loop: from the request's last byte to the
/// store's queue of questions, and back when the answer is durable and the floor is over.
///
/// Whatever is not such a question, and whatever is wrong with one, goes on to the routes, so that they alone say what is refused.
/// Requests of one connection are answered in the order in which they came.
final class QuestionLane: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Parts of later requests that are kept while one is answered; then nothing more is read.
    private static let mostHeld = 16

    private enum State {
        case idle
        /// A request that may be a question, as far as it came.
        case reading(HTTPRequestHead, ByteBuffer)
        /// The store has it.
        case answering
        /// So many requests are with the routes.
        case passing(Int)
    }

    private let questions: CurrentQuestions
    private let clock: WallClock
    private let watch: RequestWatch
    private var state = State.idle
    private var held = CircularBuffer<HTTPServerRequestPart>()
    private var isReadHeld = false
    /// What was wrong with the bytes after a request that is still being answered.
    private var heldError: (any Error)?
    /// Whether the routes were given something that they were not told the end of.
    private var hasPassed = false
    private var identity: CertificateIdentity??
    private var date = HTTPDate()
    private var random = BlockRandom()

    private var place: Place?
    /// The encoder's, for answers that are whole already.
    private var encoder: ChannelHandlerContext?

    /// What a question takes along to find its way back.
    private struct Place {
        let lane: NIOLoopBound<QuestionLane>
        let context: NIOLoopBound<ChannelHandlerContext>
        let answers: LoopAnswers
    }

    /// - Parameter watch: stands before the lane, and is told of the answers that the lane writes past it.
    init(_ questions: CurrentQuestions, clock: @escaping WallClock, watch: RequestWatch) {
        self.questions = questions
        self.clock = clock
        self.watch = watch
    }

    func handlerAdded(context: ChannelHandlerContext) {
        place = Place(
            lane: NIOLoopBound(self, eventLoop: context.eventLoop),
            context: NIOLoopBound(context, eventLoop: context.eventLoop),
            answers: questions.answers(on: context.eventLoop))
        encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { (place, encoder) = (nil, nil) }

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

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
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
    private static func mayBeQuestion(_ head: HTTPRequestHead) -> Bool {
        guard head.method == .POST, head.uri == StatusRoute.path else { return false }
        return head.headers.allSatisfy { name, value in
            switch name.utf8.count {
            case 6: name.lowercased() != "expect"
            case 10: name.lowercased() != "connection" || value.lowercased() == "keep-alive"
            default: true
            }
        }
    }

    private func pass(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        if case .head = part {
            if case .passing(let count) = state { state = .passing(count + 1) } else { state = .passing(1) }
        }
        hasPassed = true
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Gives a request to the routes that was kept from them so far.
    private func give(
        _ head: HTTPRequestHead, _ body: ByteBuffer, then part: HTTPServerRequestPart, _ context: ChannelHandlerContext
    ) {
        state = .idle
        pass(.head(head), context)
        if body.readableBytes > 0 { pass(.body(body), context) }
        pass(part, context)
    }

    // MARK: Answers

    /// - Returns: false when the request is not for the lane.
    private func ask(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        guard let place, let inForce = questions.inForce, let bureau = inForce.route.bureau(identity(context)),
            let question = try? StatusQuestion(body: Array(body.readableBytesView)),
            let decided = try? inForce.route.decide(question, bureau, using: &random), decided.other == nil
        else { return false }
        state = .answering
        let open = OpenQuestion(
            asking: decided.asking, inForce: inForce, keepsAlive: head.headers.contains(name: "connection"),
            lane: place.lane, context: place.context)
        // Not sooner than the floor, whatever the answer is; a refusal looks nobody up.
        let (started, answers) = (NIODeadline.now(), place.answers)
        inForce.route.desk.store.answer(decided.inquiry) { result in
            let isLookedUp = (try? result.get().answer != .refused) ?? false
            answers.add(
                LoopAnswers.Ready(
                    due: isLookedUp ? started + open.inForce.floor : started, question: open, result: result))
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

    /// Writes the answer, and goes on.
    func answer(
        _ result: Result<InquiryResult, StoreError>, to question: OpenQuestion, _ context: ChannelHandlerContext
    ) {
        let (route, asking) = (question.inForce.route, question.asking)
        switch result {
        case .success(let result):
            route.desk.alert(result.exceeded, asking)
            write(
                StatusReply(result, to: asking).encoded, "200 OK", "application/json", question.keepsAlive, context)
        case .failure(let error):
            write(
                route.busy(error).encoded(), "503 Service Unavailable", ProblemDetails.contentType,
                question.keepsAlive, context)
        }
        goOn(context)
    }

    /// Head and content in one piece, past the encoder: one record of TLS and one packet.
    private func write(
        _ content: [UInt8], _ status: StaticString, _ type: String, _ keepsAlive: Bool,
        _ context: ChannelHandlerContext
    ) {
        var message = context.channel.allocator.buffer(capacity: 192 + content.count)
        message.writeStaticString("HTTP/1.1 ")
        message.writeStaticString(status)
        message.writeStaticString("\r\nContent-Type: ")
        message.writeString(type)
        message.writeStaticString("\r\nContent-Length: ")
        message.writeString(String(content.count))
        message.writeStaticString("\r\nDate: ")
        message.writeString(date.text(at: clock()))
        if keepsAlive { message.writeStaticString("\r\nConnection: keep-alive") }
        message.writeStaticString("\r\n\r\n")
        message.writeBytes(content)
        let isLast = watch.isLastAnswer(at: context.eventLoop.now)
        encoder?.writeAndFlush(NIOAny(message), promise: nil)
        if isLast { context.close(promise: nil) }
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
