/// Codes of GB 32100-2015 with a right check character that no organisation has: the office that registers is in the
/// division 000000, which is none.
enum EmployerCode {
    private static let characters = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    private static let head = [9, 1, 0, 0, 0, 0, 0, 0]

    static func append(_ random: inout SyntheticRandom, to out: inout [UInt8]) {
        var sum = 0
        var weight = 1
        for place in 0..<17 {
            let value = place < head.count ? head[place] : random.below(31)
            out.append(characters[value])
            sum += value * weight
            weight = weight * 3 % 31
        }
        out.append(characters[(31 - sum % 31) % 31])
    }
}
