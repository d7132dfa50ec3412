/// An array whose address never changes, so that it can be read without reference counting and bounds checks.
final class Frozen<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Safe to share: written only in `init`, freed only in `deinit`.
    let start: UnsafePointer<Element>

    init(_ elements: [Element]) {
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(elements.count, 1))
        _ = buffer.initialize(from: elements)
        start = UnsafePointer(buffer.baseAddress ?? .allocate(capacity: 1))
    }

    deinit { start.deallocate() }
}
