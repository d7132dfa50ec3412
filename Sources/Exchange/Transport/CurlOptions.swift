import CCurl

/// Everything that is set on an easy handle before it starts.
struct CurlOptions {
    /// Measured: a quarter faster than libcurl's 64 KiB for bodies of 1 MiB.
    static let uploadBufferBytes = 512 << 10
    /// A pooled connection that was idle for longer is not used again, in seconds: shorter than a server's own patience.
    static let idleSeconds = 50

    let easy: UnsafeMutableRawPointer
    private(set) var failed: CURLcode = CURLE_OK

    init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

    /// - Returns: false when an option was refused; nothing may be sent then.
    mutating func apply(_ transfer: CurlTransfer, _ credentials: TransportCredentials) -> Bool {
        let request = transfer.request
        check(ccurl_set_text(easy, CURLOPT_URL, request.url))
        check(ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method))
        set(CURLOPT_NOBODY, request.method == "HEAD" ? 1 : 0)
        applyConfinement()
        applyBounds(request.limits)
        apply(credentials)
        if !request.content.isEmpty || request.method == "POST" || request.method == "PUT" {
            check(ccurl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.content.count)))
            check(ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, transfer.payload.baseAddress))
        }
        applyHeaders(transfer)
        applyCallbacks(transfer)
        return failed == CURLE_OK
    }

    /// Only https, only to the host that was named, only HTTP/1.1.
    private mutating func applyConfinement() {
        check(ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "https"))
        check(ccurl_set_text(easy, CURLOPT_PROXY, ""))  // Else the environment's proxy is used.
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_HTTP_VERSION, CCURL_HTTP_1_1)
        set(CURLOPT_UPLOAD_BUFFERSIZE, Self.uploadBufferBytes)
        set(CURLOPT_MAXAGE_CONN, Self.idleSeconds)
    }

    private mutating func applyBounds(_ limits: TransportLimits) {
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.wholeMilliseconds)
        set(CURLOPT_TIMEOUT_MS, limits.total.wholeMilliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, max(1, limits.stall.wholeMilliseconds / 1000))
    }

    private mutating func apply(_ credentials: TransportCredentials) {
        set(CURLOPT_SSLVERSION, CCURL_TLS_1_3)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        check(ccurl_set_text(easy, CURLOPT_CAPATH, nil))  // Else the system's CAs are trusted beside the pinned one.
        check(ccurl_set_blob(easy, CURLOPT_CAINFO_BLOB, credentials.authorities, credentials.authorities.count))
        // Without a certificate: for what may be asked without one.
        guard !credentials.certificate.isEmpty else { return }
        check(ccurl_set_blob(easy, CURLOPT_SSLCERT_BLOB, credentials.certificate, credentials.certificate.count))
        check(ccurl_set_blob(easy, CURLOPT_SSLKEY_BLOB, credentials.privateKey, credentials.privateKey.count))
    }

    private mutating func applyHeaders(_ transfer: CurlTransfer) {
        var lines = transfer.request.fields.lines.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Without a value it takes the header away: a server that does not answer it costs a second.
        lines.append("Expect:")
        if !transfer.request.fields.contains("content-type") { lines.append("Content-Type:") }
        for line in lines {
            guard let list = curl_slist_append(transfer.headerList, line) else {
                failed = CURLE_OUT_OF_MEMORY
                return
            }
            transfer.headerList = list
        }
        check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, transfer.headerList))
    }

    private mutating func applyCallbacks(_ transfer: CurlTransfer) {
        // Unretained: the loop's table keeps the transfer alive while libcurl has its handle.
        let address = Unmanaged.passUnretained(transfer).toOpaque()
        check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, transfer.errorText))
        check(ccurl_set_pointer(easy, CURLOPT_WRITEDATA, address))
        check(ccurl_set_pointer(easy, CURLOPT_HEADERDATA, address))
        check(
            ccurl_set_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, raw in
                guard let raw else { return 0 }
                let transfer = Unmanaged<CurlTransfer>.fromOpaque(raw).takeUnretainedValue()
                let content = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return transfer.receive(content: content) ? size * count : 0
            })
        check(
            ccurl_set_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, raw in
                guard let raw else { return 0 }
                let transfer = Unmanaged<CurlTransfer>.fromOpaque(raw).takeUnretainedValue()
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return transfer.receive(line: line) ? size * count : 0
            })
    }

    private mutating func set(_ option: CURLoption, _ value: Int) { check(ccurl_set_long(easy, option, value)) }

    private mutating func check(_ code: CURLcode) { if code != CURLE_OK, failed == CURLE_OK { failed = code } }
}

extension Duration {
    /// Rounded down; at least 1, since libcurl takes 0 for no limit.
    var wholeMilliseconds: Int {
        max(1, Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
