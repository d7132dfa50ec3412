import CCurl

extension TransportError {
    static let cancelled = TransportError(.cancelled, "The request was cancelled.")
    static let closed = TransportError(.closed, "The client was shut down.")

    init(_ code: CURLcode, _ message: String) {
        self.init(Self.meaning(of: code, message), message)
    }

    private static func meaning(of code: CURLcode, _ message: String) -> Code {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidRequest
        case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
        case CURLE_COULDNT_CONNECT: .notConnected
        case CURLE_PEER_FAILED_VERIFICATION: .peerNotTrusted
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE: .tlsFailed
        case CURLE_OPERATION_TIMEDOUT: message.contains("too slow") ? .stalled : .timedOut
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: .connectionLost
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .responseMalformed
        case CURLE_FILESIZE_EXCEEDED: .responseTooLarge
        default: .failed
        }
    }
}
