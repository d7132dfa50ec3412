import ArgumentParser
import Gateway
import Interchange

/// An act on the queue: one action that an operator has done, and one sentence of what came of it.
protocol QueueAct: AsyncParsableCommand {
    associatedtype Action: OperatorAction
    var operating: OperatorOptions { get }
    /// - Throws: `ValidationError` when it is not clear what is meant.
    func action() throws -> Action
    /// What came of it, for a person.
    func sentence(_ answer: Action.Answer) -> String
}

extension QueueAct {
    fileprivate func act() async throws {
        let answer = try await operating.perform(try action())
        if operating.json { return try Terminal.say(json: answer) }
        Terminal.say(sentence(answer))
    }
}

extension Queue {
    struct Retry: QueueAct {
        static let configuration = CommandConfiguration(
            abstract: "Makes waiting deliveries due now, and opens the peer's lane again after repeated failure.",
            discussion: """
                Give ids, or a peer for all that waits for it.
                Example: yizhan queue retry --peer 41 --config gateway.yaml
                """)

        @OptionGroup var operating: OperatorOptions
        @OptionGroup var chosen: ChosenDeliveries

        func run() async throws { try await act() }

        func action() throws -> RetryDeliveries {
            try chosen.check()
            return RetryDeliveries(ids: chosen.ids, peer: chosen.peer?.description)
        }

        func sentence(_ answer: RetryDeliveries.Answer) -> String { "\(answer.due) are due now." }
    }

    struct Replay: QueueAct {
        static let configuration = CommandConfiguration(
            abstract: "Sets dead letters going again as they are: the same ids, the same bytes.",
            discussion: """
                For when the cause was not in the envelopes. Give ids, or --all with a peer.
                Example: yizhan queue replay --all --peer 41 --config gateway.yaml
                """)

        @OptionGroup var operating: OperatorOptions
        @OptionGroup var chosen: ChosenDeliveries
        @Flag(help: "Every dead letter of --peer.") var all = false

        func run() async throws { try await act() }

        func action() throws -> ReplayDeliveries {
            try chosen.check()
            guard all == (chosen.peer != nil) else {
                throw ValidationError("Give ids, or --all and --peer for every dead letter of a province.")
            }
            return ReplayDeliveries(ids: chosen.ids, peer: chosen.peer?.description)
        }

        func sentence(_ answer: ReplayDeliveries.Answer) -> String { "\(answer.replayed) go again." }
    }

    struct Repair: QueueAct {
        static let configuration = CommandConfiguration(
            abstract: "Issues a dead-lettered envelope again with values that you change.",
            discussion: """
                It is judged by the rules of intake first; when it breaks one, nothing is changed and the rules are printed. The
                new envelope has a new id and the next version; the old one is superseded. Mend the source as well, else its next
                export says the old value again. An empty value takes the member away.
                Example: yizhan queue repair 01980000-0000-7000-8000-000000000001 --set /content/arrivalDate=2026-05-01
                """)

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "The id of a dead-lettered envelope.") var id: String
        @Option(name: .customLong("set"), help: "POINTER=VALUE; may be given several times.")
        var changes: [String] = []

        func run() async throws { try await act() }

        func action() throws -> RepairDelivery {
            var values: [String: String] = [:]
            for change in changes {
                let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0].hasPrefix("/") else {
                    throw ValidationError("--set takes POINTER=VALUE.")
                }
                values[String(parts[0])] = String(parts[1])
            }
            guard !values.isEmpty else { throw ValidationError("Say what to change: --set POINTER=VALUE.") }
            return RepairDelivery(id: id, values: values)
        }

        func sentence(_ answer: RepairDelivery.Answer) -> String { "Issued as \(answer.envelope)." }
    }

    struct Cancel: QueueAct {
        static let configuration = CommandConfiguration(
            abstract: "Withdraws a batch or an envelope that is not delivered.",
            discussion: """
                Of a batch of which one envelope is withdrawn the others go out in new batches. What a receipt settled before
                cannot be withdrawn: retract the record instead.
                Example: yizhan queue cancel 01980000-0000-7000-8000-000000000001 --config gateway.yaml
                """)

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "The id of a batch or an envelope.") var id: String

        func run() async throws { try await act() }

        func action() throws -> CancelDelivery { CancelDelivery(id: id) }

        func sentence(_ answer: CancelDelivery.Answer) -> String { "\(answer.cancelled) withdrawn." }
    }

    struct Discard: QueueAct {
        static let configuration = CommandConfiguration(
            abstract: "Gives dead letters up; the audit log keeps the reason.",
            discussion: """
                Example: yizhan queue discard 01980000-0000-7000-8000-000000000001 --reason sentAnew --config gateway.yaml
                """)

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "Ids of dead-lettered batches or envelopes.") var ids: [String]
        @Option(help: "Why, in one word without personal data.") var reason: String

        func run() async throws { try await act() }

        func action() throws -> DiscardDeliveries {
            guard !ids.isEmpty else { throw ValidationError("Give the ids of dead letters.") }
            return DiscardDeliveries(ids: ids, reason: reason)
        }

        func sentence(_ answer: DiscardDeliveries.Answer) -> String { "\(answer.discarded) given up." }
    }
}

/// Deliveries by their ids, or all of a peer.
struct ChosenDeliveries: ParsableArguments {
    @Argument(help: "Ids of batches or envelopes.") var ids: [String] = []
    @Option(help: "All of this province.") var peer: Province?

    func check() throws {
        guard ids.isEmpty != (peer == nil) else { throw ValidationError("Give ids, or --peer.") }
    }
}
