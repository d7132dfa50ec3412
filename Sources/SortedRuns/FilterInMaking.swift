/// The filter of a run that is being written.
///
/// An object, so that a step of a merge does not copy it: when a step is taken back, what it set here stays. The step is done
/// again with the same entries; a bit too many would make a filter less sharp and never wrong.
final class FilterInMaking {
    private var filter: RunFilter

    init(entries: Int) { filter = RunFilter(entries: entries) }

    var bytes: [UInt8] { filter.bytes }

    func insert(_ hash: UInt64) { filter.insert(hash) }
}
