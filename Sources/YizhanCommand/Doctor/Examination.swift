import Gateway
import Interchange
import Store

/// What `yizhan doctor` looks at, read once.
struct Examination {
    let loaded: Loaded
    let now: Instant
    /// Nil for a store that cannot be read.
    let reader: SQLiteReader?
    let view: ChangeView?
    /// Why there is no view.
    let storeProblem: StoreError?

    var configuration: GatewayConfiguration { loaded.configuration }
    /// What is in force; what is configured if that is not known.
    var inForce: Loaded { view?.inForce ?? loaded }

    init(_ loaded: Loaded, at now: Instant) async {
        self.loaded = loaded
        self.now = now
        (reader, view, storeProblem) = await Self.read(loaded.configuration)
    }

    private static func read(
        _ configuration: GatewayConfiguration
    ) async -> (reader: SQLiteReader?, view: ChangeView?, problem: StoreError?) {
        do {
            let reader = try SQLiteReader(path: configuration.storePath)
            return (reader, try await ChangeView(configuration, reader: reader), nil)
        } catch {
            return (nil, nil, error as? StoreError)
        }
    }
}
