import NIOCore
import Store
import Synchronization

/// What the lanes of open connections answer by, as it is in force.
final class CurrentQuestions: Sendable {
    /// A class, so that a question takes it along without copying it.
    final class InForce: Sendable {
        let route: StatusRoute
        /// The route's.
        let floor: TimeAmount

        fileprivate init(_ route: StatusRoute) {
            self.route = route
            floor = .nanoseconds(route.desk.floor.nanoseconds)
        }
    }

    private let held = Mutex<InForce?>(nil)
    private let loops = Mutex<[ObjectIdentifier: LoopAnswers]>([:])

    /// For questions from now on.
    func use(_ route: StatusRoute) { held.withLock { $0 = InForce(route) } }

    var inForce: InForce? { held.withLock { $0 } }

    /// Where answers for the loop's connections are handed over.
    func answers(on loop: any EventLoop) -> LoopAnswers {
        loops.withLock { loops in
            if let known = loops[ObjectIdentifier(loop)] { return known }
            let answers = LoopAnswers(loop)
            loops[ObjectIdentifier(loop)] = answers
            return answers
        }
    }
}

/// A question that the store has, with what its answer needs.
final class OpenQuestion: Sendable {
    let asking: QuestionDesk.Asking
    let inForce: CurrentQuestions.InForce
    /// Whether the client wants to be told that the connection stays open.
    let keepsAlive: Bool
    private let lane: NIOLoopBound<QuestionLane>
    private let context: NIOLoopBound<ChannelHandlerContext>

    init(
        asking: QuestionDesk.Asking, inForce: CurrentQuestions.InForce, keepsAlive: Bool,
        lane: NIOLoopBound<QuestionLane>, context: NIOLoopBound<ChannelHandlerContext>
    ) {
        (self.asking, self.inForce, self.keepsAlive) = (asking, inForce, keepsAlive)
        (self.lane, self.context) = (lane, context)
    }

    /// On the connection's loop.
    func answer(_ result: Result<InquiryResult, StoreError>) { lane.value.answer(result, to: self, context.value) }
}
