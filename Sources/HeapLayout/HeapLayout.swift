import CMalloc

/// How the process's heap is laid out.
public enum HeapLayout {
    /// One arena for each of two threads that allocate at a time.
    private static let mostArenas: Int32 = 2
    /// What is at least this large, in bytes, is mapped for itself and goes back to the system when it is freed.
    private static let mappedBytes: Int32 = 1 << 20
    /// What an arena keeps at its end when it is freed, in bytes, and how much it grows by. With glibc's own 128 KB every batch gave the
    /// system back what the next one asks for: a fifth of a receiver's page faults.
    private static let (keptBytes, grownBytes): (Int32, Int32) = (8 << 20, 1 << 20)

    /// Holds glibc to what the daemon needs. To be called before there are threads.
    ///
    /// By itself glibc gives threads up to eight arenas a core, and what one has freed no other can use: of 437 MB in fourteen
    /// arenas a daemon with two million records waiting used 129 (`malloc_stats`). And it takes the size of the largest block
    /// that was ever freed, up to 32 MB, for the least that is mapped for itself: buffers of some megabytes then lie among small
    /// blocks, and the heap grows around them.
    public static func set() {
        mallopt(M_ARENA_MAX, mostArenas)
        mallopt(M_MMAP_THRESHOLD, mappedBytes)
        mallopt(M_TRIM_THRESHOLD, keptBytes)
        mallopt(M_TOP_PAD, grownBytes)
    }
}
