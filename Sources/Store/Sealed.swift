import CZstd
import Crypto
import GRDB
import Interchange
import Synchronization

/// Bytes about to be stored: zstd, then AES-256-GCM under a data key of their own.
struct Sealed: Sendable {
    private let key: WrappedKey
    /// nonce ‖ ciphertext ‖ tag.
    let body: [UInt8]

    /// - Parameter identity: what the bytes are; authenticated, so that a row moved to another place does not open.
    init(_ plain: [UInt8], as identity: String, keys: StoreKeys) throws(StoreError) {
        let packed: [UInt8]
        do { packed = try Zstd.compress(plain) } catch { throw Self.failure }
        try self.init(packed: packed, as: identity, keys: keys)
    }

    /// - Parameter packed: one or more frames of zstd.
    init(packed: [UInt8], as identity: String, keys: StoreKeys) throws(StoreError) {
        let key = SymmetricKey(size: .bits256)
        do {
            let box = try AES.GCM.seal(packed, using: key, authenticating: Array(identity.utf8))
            guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
            body = Array(combined)
        } catch {
            throw Self.failure
        }
        self.key = try WrappedKey(key, keys: keys)
    }

    private static var failure: StoreError {
        StoreError(.corrupt, "a payload could not be encrypted", remedy: "report this as a defect")
    }

    /// Stores the data key, in the transaction that stores the body.
    /// - Returns: the key's number, for the body's `data_key`.
    func keep(in database: Database, at now: Instant) throws -> Int64 { try key.insert(in: database, at: now) }
}

/// A body as it lies in its table, with the number of its data key.
struct StoredBody: Sendable {
    var key: Int64
    var body: [UInt8]

    /// Nil when it does not open.
    /// - Throws: what the database says, and nothing about the content.
    func content(as identity: String, keys: StoreKeys, in database: Database) throws -> [UInt8]? {
        do { return try open(as: identity, keys: keys, in: database) } catch let error as StoreError
            where error.code == .corrupt
        {
            return nil
        }
    }

    func open(as identity: String, keys: StoreKeys, in database: Database) throws -> [UInt8] {
        let packed = try packed(as: identity, keys: keys, in: database)
        do { return try Zstd.decompress(packed, limit: Zstd.limit) } catch { throw Self.failure(identity) }
    }

    /// The frames of zstd that were encrypted.
    func packed(as identity: String, keys: StoreKeys, in database: Database) throws -> [UInt8] {
        do {
            let key = try WrappedKey.find(key, in: database).unwrap(keys)
            let box = try AES.GCM.SealedBox(combined: body)
            return Array(try AES.GCM.open(box, using: key, authenticating: Array(identity.utf8)))
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw Self.failure(identity)
        }
    }

    private static func failure(_ identity: String) -> StoreError {
        StoreError(
            .corrupt, "a stored payload does not open (\(identity))",
            remedy: "check that the wrapping key file belongs to this store; if it does, restore from backup")
    }
}

/// libzstd at level 1, for what is stored. What came from outside was decoded before within the limits for that.
enum Zstd {
    /// No stored payload is larger, in bytes.
    static let limit = 64 << 20

    struct Failure: Error {}

    static func compress(_ plain: [UInt8]) throws(Failure) -> [UInt8] {
        var failed = false
        guard let context = ZstdContext.take() else { throw Failure() }
        defer { ZstdContext.give(context) }
        let out = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(plain.count)) { buffer, count in
            let written = ZSTD_compressCCtx(
                context.handle, buffer.baseAddress, buffer.count, plain, plain.count, 1)
            failed = ZSTD_isError(written) != 0
            count = failed ? 0 : written
        }
        guard !failed else { throw Failure() }
        return out
    }

    static func decompress(_ packed: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        let size = contentSize(packed)
        guard size <= UInt64(limit) else { throw Failure() }
        var failed = false
        let out = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            let written = ZSTD_decompress(buffer.baseAddress, buffer.count, packed, packed.count)
            failed = ZSTD_isError(written) != 0 || written != Int(size)
            count = failed ? 0 : written
        }
        guard !failed else { throw Failure() }
        return out
    }

    /// Whether frames that were decoded before, to so many bytes, can be stored as they are: ``decompress(_:limit:)`` needs their
    /// sizes in them, and they are not much larger than they would be if they were made here.
    static func isPacked(_ frames: [UInt8], bytes: Int) -> Bool {
        frames.count <= bytes / 2 && contentSize(frames) == UInt64(bytes)
    }

    /// How many bytes one frame holds; nil when there is another than one frame.
    static func bytes(ofOne frame: [UInt8]) -> Int? {
        let length = frame.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
        let size = contentSize(frame)
        return length == frame.count && size <= UInt64(limit) ? Int(size) : nil
    }

    /// Of all frames together. What has no size or cannot be read as frames has one above every limit.
    private static func contentSize(_ packed: [UInt8]) -> UInt64 {
        packed.withUnsafeBytes { bytes in
            var (size, start): (UInt64, Int) = (0, 0)
            while start < bytes.count, let base = bytes.baseAddress {
                let content = ZSTD_getFrameContentSize(base + start, bytes.count - start)
                let length = ZSTD_findFrameCompressedSize(base + start, bytes.count - start)
                guard content <= UInt64(Self.limit), ZSTD_isError(length) == 0 else { return .max }
                size += content
                start += length
            }
            return size
        }
    }
}

/// The memory that compressing works in: half a megabyte, which each call would ask the system for.
///
/// Sendable because it is in one hand at a time.
private final class ZstdContext: @unchecked Sendable {
    let handle: OpaquePointer

    private init?() {
        guard let handle = ZSTD_createCCtx() else { return nil }
        self.handle = handle
    }

    deinit { ZSTD_freeCCtx(handle) }

    /// As many as may lie idle.
    private static let most = 2
    private static let idle = Mutex<[ZstdContext]>([])

    /// - Returns: nil when there is no memory.
    static func take() -> ZstdContext? { idle.withLock { $0.popLast() } ?? ZstdContext() }

    static func give(_ context: ZstdContext) {
        idle.withLock { if $0.count < most { $0.append(context) } }
    }
}
