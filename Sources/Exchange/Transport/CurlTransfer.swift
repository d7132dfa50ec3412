import CCurl

/// One request on its way.
///
/// Unchecked: the caller touches it until `.start` is queued, the loop's thread alone afterwards.
final class CurlTransfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<Result<TransportResponse, TransportError>, Never>

    let request: TransportRequest
    var continuation: Continuation?
    var isCancelled = false
    var easy: UnsafeMutableRawPointer?
    var headerList: UnsafeMutablePointer<curl_slist>?
    private(set) var fields = HeaderFields()
    private(set) var content: [UInt8] = []
    /// What a callback stopped the transfer for.
    private(set) var refusal: TransportError?
    private var headBytes = 0
    /// The content at an address that stays: libcurl reads it when it sends, and again when it must send anew.
    let payload: UnsafeMutableRawBufferPointer
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ request: TransportRequest) {
        self.request = request
        payload = .allocate(byteCount: max(1, request.content.count), alignment: 1)
        payload.copyBytes(from: request.content)
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        payload.deallocate()
        errorText.deallocate()
    }

    /// Called once: later calls do nothing.
    func finish(_ result: Result<TransportResponse, TransportError>) {
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// False stops the transfer.
    func receive(content bytes: UnsafeRawBufferPointer) -> Bool {
        guard content.count + bytes.count <= request.limits.responseBytes else {
            refusal = TransportError(
                .responseTooLarge, "The answer is over the limit of \(request.limits.responseBytes) bytes.")
            return false
        }
        content.append(contentsOf: bytes)
        return true
    }

    /// One line of the head. False stops the transfer.
    func receive(line bytes: UnsafeRawBufferPointer) -> Bool {
        headBytes += bytes.count
        guard headBytes <= request.limits.headBytes else {
            refusal = TransportError(
                .responseTooLarge, "The head of the answer is over the limit of \(request.limits.headBytes) bytes.")
            return false
        }
        if bytes.starts(with: "HTTP/".utf8) {
            fields = HeaderFields()  // An informational answer came before this one.
            return true
        }
        guard let colon = bytes.firstIndex(of: 0x3A) else { return true }
        let name = String(decoding: bytes[..<colon], as: UTF8.self)
        fields.append(name, String(decoding: bytes[(colon + 1)...], as: UTF8.self).trimmingASCIIWhitespace())
        return true
    }
}
