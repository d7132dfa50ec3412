/// Batches that are not over.
enum OpenBatches {
    /// In SQL, of a row of `batch`. It names the states that there are, so that the index of states serves it.
    static let condition = "state IN ('leased', 'retryable', 'deadLettered')"
}
