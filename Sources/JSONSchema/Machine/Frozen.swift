/// An array whose address never changes, so that it can be read without reference counting and bounds checks.
final class Frozen<Element: BitwiseCopyable & Sendable>: Sendable {
    // Safe: the memory is this object's own, written in `init`, freed in `deinit`, and only read between them.
    nonisolated(unsafe) let start: UnsafePointer<Element>

    init(_ elements: [Element]) {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        for (place, element) in elements.enumerated() { (memory + place).initialize(to: element) }
        start = UnsafePointer(memory)
    }

    deinit { start.deallocate() }
}
