import CMalloc

/// Where the process's heap lies.
enum MemoryArenas {
    /// One for each of two threads that allocate at a time.
    private static let most: Int32 = 2

    /// Bounds the arenas of glibc, which gives threads up to eight a core, so that what one has freed no other can use: of
    /// 437 MB in fourteen arenas a daemon with two million records waiting used 129 (`malloc_stats`). To be called before there
    /// are threads.
    static func bound() { mallopt(M_ARENA_MAX, most) }
}
