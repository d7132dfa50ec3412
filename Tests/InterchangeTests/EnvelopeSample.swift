import Interchange

/// A valid arrival and departure, and what a check says about them after some text was replaced.
enum EnvelopeSample {
    static let arrival = #"""
        {"interchange":"1.0","id":"01890a5d-ac96-774b-bcce-b302099a8057","kind":"arrival","from":"44","to":"45",\#
        "record":"45-44-0123456789ABCDEFGHJKMNPQRS","version":1,"issuedAt":"2026-06-30T08:00:00Z",\#
        "retainUntil":"2029-06-29","salt":"AAAAAAAAAAAAAAAAAAAAAA","purpose":"residenceRegistration",\#
        "legalBasis":"居住证暂行条例 第7条","person":{"idType":"residentId","idNumber":"450123198012316804",\#
        "name":"夏建雪","sex":"2","birthDate":"1980-12-31","hukouDivision":"450123"},\#
        "content":{"residenceDivision":"441823","arrivalDate":"2019-10-06","registeredOn":"2019-10-16","reason":"99"}}
        """#

    static let departure = arrival.replacing("arrival\",", with: "departure\",").replacing(
        #""residenceDivision":"441823","arrivalDate":"2019-10-06","registeredOn":"2019-10-16","reason":"99""#,
        with: #""arrivalRecord":"45-44-0123456789ABCDEFGHJKMNPQRS","departureDate":"2026-05-01","cause":"left""#)

    /// 2026-06-30T08:00:00Z.
    static let now = Instant(seconds: 1_782_806_400)

    static func check(
        _ line: String, side: EnvelopeChecker.Side = .sender, now: Instant = now, stricter: Set<ViolationCode> = [],
        retentionCaps: [Purpose: Int] = [:]
    ) -> Judgement {
        let checker = EnvelopeChecker(retentionCaps: retentionCaps, stricter: stricter)
        return Array(line.utf8).withUnsafeBytes { checker.check($0, side: side, now: now) }
    }

    /// Codes and places found in the arrival once each text was replaced by the other.
    static func findings(_ replacements: (String, String)...) -> [String] {
        var line = arrival
        for (old, new) in replacements { line = line.replacing(old, with: new) }
        return findings(in: check(line))
    }

    static func findings(in judgement: Judgement) -> [String] {
        judgement.violations.map { "\($0.code.rawValue) \($0.pointer) \($0.severity.rawValue)" }
    }
}

extension String {
    func replacing(_ old: String, with new: String) -> String {
        guard let start = firstRange(of: old) else { return self }
        return String(self[..<start.lowerBound]) + new + String(self[start.upperBound...])
    }

    private func firstRange(of text: String) -> Range<Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) {
                return index..<self.index(index, offsetBy: text.count)
            }
            index = self.index(after: index)
        }
        return nil
    }
}
