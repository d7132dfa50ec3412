/// The step `number`: spreadsheets and databases write whole numbers as `1,234` and `441823.00`.
enum NumberStep {
    static func apply(to value: inout [UInt8]) -> Step.Outcome {
        if !value.isEmpty, value.allSatisfy(isDigit) { return .same }
        _ = TextSteps.halfWidth(&value)
        _ = TextSteps.trim(&value)
        var whole = value[...]
        if let point = whole.firstIndex(of: 0x2E) {
            let decimals = whole[(point + 1)...]
            guard !decimals.isEmpty, decimals.allSatisfy({ $0 == 0x30 }) else { return .failed }
            whole = whole[..<point]
        }
        guard let digits = withoutCommas(whole) else { return .failed }
        value = digits
        return .changed
    }

    /// Commas stand before groups of three digits, or nowhere.
    private static func withoutCommas(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let groups = text.split(separator: 0x2C, omittingEmptySubsequences: false)
        guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }), groups[0].count <= 3 || groups.count == 1,
            groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return Array(groups.joined())
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
