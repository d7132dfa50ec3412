#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The memos of a DBF: a `.dbt` of dBASE III or IV, or a `.fpt` of FoxPro.
final class MemoFile: Sendable {
    private enum Form { case dBase3, dBase4, foxPro }

    private let descriptor: Int32
    private let form: Form
    private let blockBytes: Int
    private let limit: Int

    /// Nil when there is no such file beside the table.
    ///
    /// - Parameter path: the table's.
    init?(beside path: String, of dialect: DBFHeader.Dialect, limits: IntakeLimits) throws(IntakeError) {
        guard let (descriptor, isFox) = Self.open(beside: path) else { return nil }
        self.descriptor = descriptor
        form = isFox ? .foxPro : dialect == .dBase3 ? .dBase3 : .dBase4
        limit = limits.cellBytes
        let head = Self.read(descriptor, at: 0, count: 22)
        guard head.count == 22 else {
            blockBytes = 512
            return
        }
        switch form {
        case .dBase3: blockBytes = 512
        case .dBase4: blockBytes = max(1, Int(head[20]) | Int(head[21]) << 8)
        case .foxPro: blockBytes = max(1, Int(head[6]) << 8 | Int(head[7]))
        }
    }

    deinit { close(descriptor) }

    /// The memo that begins at this block; nil when the file has none there, or a longer one than a cell may be.
    func text(block: Int) -> [UInt8]? {
        guard block > 0, block <= Int(UInt32.max) else { return nil }
        let offset = block * blockBytes
        switch form {
        case .dBase3:
            let bytes = Self.read(descriptor, at: offset, count: limit)
            return bytes.firstIndex(of: 0x1A).map { Array(bytes[..<$0]) }
        case .dBase4, .foxPro:
            let head = Self.read(descriptor, at: offset, count: 8)
            guard head.count == 8, let length = length(head), length <= limit else { return nil }
            let bytes = Self.read(descriptor, at: offset + 8, count: length)
            return bytes.count == length ? bytes : nil
        }
    }

    private func length(_ head: [UInt8]) -> Int? {
        if form == .foxPro { return head[4...].reduce(0) { $0 << 8 | Int($1) } }
        guard head.starts(with: [0xFF, 0xFF, 0x08, 0x00]) else { return nil }
        let length = head[4...].reversed().reduce(0) { $0 << 8 | Int($1) } - 8
        return length >= 0 ? length : nil
    }

    private static func open(beside path: String) -> (descriptor: Int32, isFox: Bool)? {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
        for (suffix, isFox) in [("fpt", true), ("FPT", true), ("dbt", false), ("DBT", false)] {
            #if canImport(Glibc)
                let descriptor = Glibc.open("\(path[..<dot]).\(suffix)", O_RDONLY | O_CLOEXEC)
            #else
                let descriptor = Darwin.open("\(path[..<dot]).\(suffix)", O_RDONLY | O_CLOEXEC)
            #endif
            if descriptor >= 0 { return (descriptor, isFox) }
        }
        return nil
    }

    /// As many bytes as there are, at most `count`.
    private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got <= 0 { return }
                filled += got
            }
        }
    }
}

extension RecordLayout {
    /// Appends the memo that the cell names. False when it cannot be read.
    func appendMemo(_ cell: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) -> Bool {
        guard let block = Self.block(cell) else { return true }
        guard let text = memo?.text(block: block) else { return false }
        return text.withUnsafeBufferPointer { encoding.decodeReplacing(FieldForm.trimmed($0), into: &out) }
    }

    /// Ten digits, or 32 bits of Visual FoxPro; nil when there is no memo.
    private static func block(_ cell: UnsafeBufferPointer<UInt8>) -> Int? {
        if let bits = FieldForm.bits(cell, 4) { return bits == 0 ? nil : Int(bits) }
        let digits = FieldForm.trimmed(cell)
        guard !digits.isEmpty else { return nil }
        var block = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit), block < 1 << 40 else { return -1 }
            block = block * 10 + Int(digit - 0x30)
        }
        return block == 0 ? nil : block
    }
}
