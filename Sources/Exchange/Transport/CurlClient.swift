import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Carries requests to peers: HTTP/1.1 over pooled TLS 1.3 connections with our certificate, trusting the pinned CAs only.
///
/// libcurl runs on one thread of its own, which owns every handle. Credentials can be replaced while requests are under way:
/// new connections use the new ones. When the client goes away, or is
/// shut down, what is under way fails with `closed`.
public final class CurlClient: HTTPTransport {
    private let queue: CurlCommandQueue

    /// - Parameter connectionsPerHost: the most at a time to one peer; more requests wait.
    /// - Throws: `TransportError` `failed` when libcurl or the system gives no handle or thread.
    public init(_ credentials: TransportCredentials, connectionsPerHost: Int = 8) throws(TransportError) {
        guard Self.isPrepared, let multi = curl_multi_init() else {
            throw TransportError(.failed, "libcurl could not be started.")
        }
        queue = CurlCommandQueue(multi: multi)
        let seed = LoopSeed(queue: queue, credentials: credentials, connectionsPerHost: connectionsPerHost)
        guard seed.startThread() else {
            curl_multi_cleanup(multi)
            throw TransportError(.failed, "The system gave no thread.")
        }
    }

    deinit { shutDown() }

    /// Ends what is under way, and all that comes later, with `closed`.
    public func shutDown() { _ = queue.send(.stop) }

    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        guard request.isSafeToWrite else {
            throw TransportError(.invalidRequest, "The request's method or a header field has a control character.")
        }
        let transfer = CurlTransfer(request)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CurlTransfer.Continuation) in
                transfer.continuation = continuation
                // Refused: the loop has not seen the transfer, so it is still ours.
                if !queue.send(.start(transfer)) { transfer.finish(.failure(.closed)) }
            }
        } onCancel: {
            _ = queue.send(.cancel(transfer))
        }
        return try result.get()
    }

    /// For connections that are opened from now on.
    public func replaceCredentials(_ credentials: TransportCredentials) { _ = queue.send(.credentials(credentials)) }

    /// Once a process, before the first handle. SIGPIPE is ignored because the handles' `NOSIGNAL` leaves it to the process.
    private static let isPrepared: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(CCURL_GLOBAL_DEFAULT) == CURLE_OK
    }()
}

extension TransportRequest {
    /// Whether nothing in the head can end its line and begin another.
    fileprivate var isSafeToWrite: Bool {
        let texts = [method] + fields.lines.flatMap { [$0.name, $0.value] }
        return !method.isEmpty && texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
    }
}

/// What the thread starts from.
private final class LoopSeed: Sendable {
    private let queue: CurlCommandQueue
    private let credentials: TransportCredentials
    private let connectionsPerHost: Int

    init(queue: CurlCommandQueue, credentials: TransportCredentials, connectionsPerHost: Int) {
        self.queue = queue
        self.credentials = credentials
        self.connectionsPerHost = connectionsPerHost
    }

    func startThread() -> Bool {
        let box = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, runLoop, box.toOpaque())
        guard failure == 0 else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    func run() { CurlLoop(queue: queue, credentials: credentials, connectionsPerHost: connectionsPerHost).run() }
}

private func runLoop(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let raw else { return nil }
    Unmanaged<LoopSeed>.fromOpaque(raw).takeRetainedValue().run()
    return nil
}
