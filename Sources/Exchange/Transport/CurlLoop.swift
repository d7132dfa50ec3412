import CCurl

/// Owns the multi handle and every easy handle, on one thread.
final class CurlLoop {
    /// Easy handles that are kept for the next request.
    private static let maximumIdleHandles = 32
    /// Connections that are kept open over all peers.
    private static let maximumConnections = 64
    /// The longest sleep when nothing happens, in milliseconds; a command ends it.
    private static let maximumSleep: Int32 = 10_000

    private let queue: CurlCommandQueue
    private var credentials: TransportCredentials
    private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private var idle: [UnsafeMutableRawPointer] = []

    init(queue: CurlCommandQueue, credentials: TransportCredentials, connectionsPerHost: Int) {
        self.queue = queue
        self.credentials = credentials
        ccurl_multi_set_long(queue.multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        ccurl_multi_set_long(queue.multi, CURLMOPT_MAXCONNECTS, Self.maximumConnections)
    }

    /// Returns when it was told to stop and everything is freed.
    func run() {
        while takeCommands() {
            var running: Int32 = 0
            curl_multi_perform(queue.multi, &running)
            reap()
            curl_multi_poll(queue.multi, nil, 0, Self.maximumSleep, nil)
        }
        shutDown()
    }

    /// False to stop.
    private func takeCommands() -> Bool {
        for command in queue.take() {
            switch command {
            case .start(let transfer): start(transfer)
            case .cancel(let transfer):
                transfer.isCancelled = true  // It may come before the start.
                end(transfer, .failure(.cancelled))
            case .credentials(let new): credentials = new
            case .stop: return false
            }
        }
        return true
    }

    private func reap() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(queue.multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = active[easy]
            else { continue }
            end(transfer, result(of: transfer, ccurl_result(message)))
        }
    }

    private func shutDown() {
        for transfer in active.values { end(transfer, .failure(.closed)) }
        for case .start(let transfer) in queue.close() { transfer.finish(.failure(.closed)) }
        for easy in idle { curl_easy_cleanup(easy) }
        curl_multi_cleanup(queue.multi)
    }

    private func start(_ transfer: CurlTransfer) {
        guard !transfer.isCancelled else { return transfer.finish(.failure(.cancelled)) }
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            return transfer.finish(.failure(TransportError(.failed, "libcurl gave no handle.")))
        }
        transfer.easy = easy
        active[easy] = transfer
        var options = CurlOptions(easy)
        guard options.apply(transfer, credentials) else {
            let text = String(cString: curl_easy_strerror(options.failed))
            return end(transfer, .failure(TransportError(.invalidRequest, "libcurl refused an option: \(text).")))
        }
        guard curl_multi_add_handle(queue.multi, easy) == CURLM_OK else {
            return end(transfer, .failure(TransportError(.failed, "libcurl did not take the request.")))
        }
    }

    /// Gives the handle back and resumes the caller; nothing when the transfer is not active.
    private func end(_ transfer: CurlTransfer, _ result: Result<TransportResponse, TransportError>) {
        guard let easy = transfer.easy else { return }
        transfer.easy = nil
        active[easy] = nil
        curl_multi_remove_handle(queue.multi, easy)
        curl_easy_reset(easy)
        curl_slist_free_all(transfer.headerList)
        transfer.headerList = nil
        if idle.count < Self.maximumIdleHandles { idle.append(easy) } else { curl_easy_cleanup(easy) }
        transfer.finish(result)
    }

    private func result(
        of transfer: CurlTransfer, _ code: CURLcode
    ) -> Result<TransportResponse, TransportError> {
        if let refusal = transfer.refusal { return .failure(refusal) }
        guard code == CURLE_OK else {
            let text = String(cString: transfer.errorText)
            return .failure(TransportError(code, text.isEmpty ? String(cString: curl_easy_strerror(code)) : text))
        }
        var status = 0
        var connections = 0
        ccurl_get_long(transfer.easy, CURLINFO_RESPONSE_CODE, &status)
        ccurl_get_long(transfer.easy, CURLINFO_NUM_CONNECTS, &connections)
        return .success(
            TransportResponse(
                status: status, fields: transfer.fields, content: transfer.content, reusedConnection: connections == 0))
    }
}
