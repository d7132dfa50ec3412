import Children
import Foundation
import Gateway

/// RabbitMQ as Debian has it: one node on loopback, in a folder of its own, that speaks AMQP over mutual TLS 1.3 only, with a
/// gateway's certificates.
final class Broker {
    private static let tools = "/usr/lib/rabbitmq/bin"

    private let folder: String
    private let gateway: GatewayProcess
    /// The port mapper's, the node's own, and AMQP's.
    private let ports: (mapper: Int, node: Int, messages: Int)
    private var processes: [Child] = []
    private var log: String { "\(folder)/output" }

    init(_ gateway: GatewayProcess, in scratch: Scratch) async throws {
        self.gateway = gateway
        folder = "\(scratch.path)/rabbitmq"
        let first = try FreePorts.find(3)
        ports = (first, first + 1, first + 2)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("[rabbitmq_shovel].\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/plugins"))
        try configuration.write(toFile: "\(folder)/rabbitmq.conf", atomically: true, encoding: .utf8)
        do { try await start() } catch {
            stop()
            throw error
        }
    }

    /// SIGKILL.
    func stop() {
        for process in processes.reversed() { process.end() }
        processes = []
    }

    private func start() async throws {
        processes.append(
            try Program(path: "/usr/bin/epmd").launch(
                ["-port", "\(ports.mapper)", "-address", "127.0.0.1"], log: log))
        let server = try tool("rabbitmq-server").launch([], log: log)
        processes.append(server)
        let port = ports.messages
        try await Poll.until("RabbitMQ listens", seconds: 120, every: .milliseconds(100)) {
            guard server.isRunning else { throw Program.failure("RabbitMQ ended", log: log) }
            return FreePorts.isListenedOn(port)
        }
    }

    private func tool(_ name: String) -> Program {
        Program(
            path: "\(Self.tools)/\(name)",
            environment: [
                "HOME": folder, "ERL_EPMD_PORT": "\(ports.mapper)", "ERL_EPMD_ADDRESS": "127.0.0.1",
                "RABBITMQ_NODENAME": "bench@localhost", "RABBITMQ_DIST_PORT": "\(ports.node)",
                // The script becomes the node instead of waiting for it, so that what is killed is the node.
                "RABBITMQ_ALLOW_INPUT": "1",
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noshell -kernel inet_dist_use_interface {127,0,0,1}",
                "RABBITMQ_MNESIA_BASE": "\(folder)/mnesia", "RABBITMQ_LOG_BASE": "\(folder)/log",
                "RABBITMQ_CONFIG_FILE": "\(folder)/rabbitmq.conf", "RABBITMQ_CONF_ENV_FILE": "/dev/null",
                "RABBITMQ_ENABLED_PLUGINS_FILE": "\(folder)/plugins", "RABBITMQ_PID_FILE": "\(folder)/pid",
            ])
    }

    private var configuration: String {
        """
        listeners.tcp = none
        listeners.ssl.1 = 127.0.0.1:\(ports.messages)
        ssl_options.cacertfile = \(gateway.authorities)
        ssl_options.certfile = \(gateway.identity).pem
        ssl_options.keyfile = \(gateway.identity).key
        ssl_options.verify = verify_peer
        ssl_options.fail_if_no_peer_cert = true
        ssl_options.versions.1 = tlsv1.3
        log.console.level = error

        """
    }
}

extension Broker {
    /// Two quorum queues; persistent messages, one for each line of the file, in the first.
    func fill(from lines: String) throws {
        _ = try evaluate(
            """
            [{new, _} = rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, Name), true, false,
                [{<<"x-queue-type">>, longstr, <<"quorum">>}], none, <<"bench">>)
                || Name <- [<<"source">>, <<"target">>]], 0.
            """)
        try Program(path: "/usr/bin/amqp-publish").run(
            [
                "--url=amqps://guest:guest@localhost:\(ports.messages)/%2f", "--cacert=\(gateway.authorities)",
                "--cert=\(gateway.identity).pem", "--key=\(gateway.identity).key", "--routing-key=source",
                "--persistent", "--line-buffered",
            ], input: lines, log: log)
    }

    /// Has a shovel move the messages, which acknowledges each when the other queue has confirmed it. The clock runs in the
    /// node: from the shovel's declaration until the other queue holds all.
    /// - Returns: seconds.
    func shovel(_ count: Int) throws -> Double {
        let milliseconds = try evaluate(
            """
            Held = fun(Name) ->
                {ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, Name)),
                {ok, Messages, _} = rabbit_amqqueue:stat(Queue), Messages end,
            Await = fun Await(Name, Left) -> case Held(Name) of
                \(count) -> ok;
                _ when Left > 0 -> timer:sleep(10), Await(Name, Left - 1) end end,
            Await(<<"source">>, 6000),
            Start = erlang:monotonic_time(millisecond),
            ok = rabbit_runtime_parameters:set_any(<<"/">>, <<"shovel">>, <<"bench">>, [
                {<<"src-uri">>, <<"\(address)">>}, {<<"src-queue">>, <<"source">>},
                {<<"dest-uri">>, <<"\(address)">>}, {<<"dest-queue">>, <<"target">>},
                {<<"ack-mode">>, <<"on-confirm">>}], none),
            Await(<<"target">>, 60000),
            erlang:monotonic_time(millisecond) - Start.
            """)
        return Double(milliseconds) / 1_000
    }

    private var address: String {
        "amqps://guest:guest@localhost:\(ports.messages)/%2f?cacertfile=\(gateway.authorities)"
            + "&certfile=\(gateway.identity).pem&keyfile=\(gateway.identity).key&verify=verify_peer"
            + "&server_name_indication=localhost"
    }

    /// Has the node evaluate an expression whose value is a number.
    private func evaluate(_ expression: String) throws -> Int {
        let answer = "\(folder)/answer"
        try? FileManager.default.removeItem(atPath: answer)
        try tool("rabbitmqctl").run(["--timeout", "600", "eval", expression], log: answer)
        let text = try String(contentsOfFile: answer, encoding: .utf8)
        guard let value = text.split(separator: "\n").last.flatMap({ Int($0) }) else {
            throw Program.failure("RabbitMQ did not answer with a number", log: answer)
        }
        return value
    }
}
