/// Bounds on what a reader holds in memory. A row beyond the first three spoils itself only.
public struct IntakeLimits: Sendable, Hashable {
    /// Bytes of one row as they stand in the file, its line end included. Default 1 MiB.
    public var rowBytes: Int
    /// Cells of one row. Default 512.
    public var cells: Int
    /// Bytes of one cell as they stand in the file. Default 64 KiB.
    public var cellBytes: Int
    /// Levels of elements, objects and arrays inside one row. Default 32.
    public var depth: Int
    /// Bytes read from the source at a time. Default 256 KiB.
    public var chunkBytes: Int

    public init(
        rowBytes: Int = 1 << 20, cells: Int = 512, cellBytes: Int = 64 << 10, depth: Int = 32,
        chunkBytes: Int = 256 << 10
    ) {
        self.rowBytes = max(1, rowBytes)
        self.cells = max(1, cells)
        self.cellBytes = max(1, cellBytes)
        self.depth = max(1, depth)
        self.chunkBytes = max(16, chunkBytes)
    }

    public static let standard = IntakeLimits()
}
