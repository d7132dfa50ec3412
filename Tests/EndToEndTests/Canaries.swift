import Foundation
import Seeding

/// Persons who do not exist, made from a seed, and every form in which one of them could stand where no person may.
struct Canaries {
    /// How a value may have been written.
    enum Form: String, CaseIterable {
        case plain, fullWidth, base64, percent, jsonEscaped, utf16, hexadecimal
    }

    struct Found: Hashable, CustomStringConvertible {
        /// The canary's place, not the canary: this is printed.
        var canary: String
        var form: Form
        var place: String
        var description: String { "\(canary) as \(form.rawValue) in \(place)" }
    }

    struct Person {
        var name, number, birthDate: String
    }

    let persons: [Person]
    private let needles: [(canary: String, form: Form, bytes: [UInt8])]
    /// Which of them begin with two bytes.
    private let byStart: [[Int]]

    /// - Parameter seed: the same makes the same persons.
    init(seed: UInt64, count: Int) {
        var generator = SplitMix64(seed: seed)
        let persons = (0..<count).map { Self.person($0, &generator) }
        self.persons = persons
        let needles = persons.enumerated().flatMap { place, person in
            Self.needles("name \(place)", person.name) + Self.needles("number \(place)", person.number)
        }
        self.needles = needles
        byStart = needles.indices.reduce(into: Array(repeating: [], count: 65_536)) { table, place in
            table[Int(needles[place].bytes[0]) << 8 | Int(needles[place].bytes[1])].append(place)
        }
    }

    private static func person(_ place: Int, _ generator: inout SplitMix64) -> Person {
        // Three characters that no other text here has side by side.
        let rare = Array("鸑鷟鹓鶵鹔鹴鸀鳿鶢鶋鵷鶼鹣鸓鷧鷫")
        let name = String((0..<3).map { _ in rare[Int(generator.next() % UInt64(rare.count))] })
        let date = (
            year: 1_950 + Int(generator.next() % 50), month: 1 + Int(generator.next() % 12),
            day: 1 + Int(generator.next() % 28)
        )
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let body = "411303\(date.year)\(two(date.month))\(two(date.day))\(100 + place)"
        return Person(
            name: name, number: body + Register.checkDigit(of: body),
            birthDate: "\(date.year)-\(two(date.month))-\(two(date.day))")
    }

    // MARK: Forms

    static func written(_ text: String, as form: Form) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        switch form {
        case .plain: return [bytes]
        case .fullWidth: return [Array(String(String.UnicodeScalarView(text.unicodeScalars.map(widened))).utf8)]
        case .base64: return (0..<3).map { Self.base64(bytes, after: $0) }
        case .percent:
            let whole = bytes.map { String(format: "%%%02X", $0) }.joined()
            return [whole, whole.lowercased()].map { Array($0.utf8) }
        case .jsonEscaped:
            let whole = text.utf16.map { String(format: "\\u%04x", $0) }.joined()
            return [whole, whole.uppercased().replacing("\\U", with: "\\u")].map { Array($0.utf8) }
        case .utf16:
            return [text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }]
        case .hexadecimal:
            let whole = bytes.map { String(format: "%02x", $0) }.joined()
            return [whole, whole.uppercased()].map { Array($0.utf8) }
        }
    }

    private static func widened(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        (0x21...0x7E).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
    }

    /// Of the text inside a longer one: what its neighbours share characters with is left out at both ends.
    private static func base64(_ bytes: [UInt8], after offset: Int) -> [UInt8] {
        let whole = Array(Data([UInt8](repeating: 0, count: offset) + bytes).base64EncodedString().utf8)
        let first = (offset * 8 + 5) / 6
        let last = (offset + bytes.count) * 8 / 6
        return Array(whole[first..<last])
    }

    private static func needles(_ canary: String, _ text: String) -> [(canary: String, form: Form, bytes: [UInt8])] {
        Form.allCases.flatMap { form in written(text, as: form).map { (canary, form, $0) } }
    }

    // MARK: Search

    func search(_ bytes: some Collection<UInt8>, in place: String) -> Set<Found> {
        var found: Set<Found> = []
        Array(bytes).withUnsafeBytes { haystack in
            guard let start = haystack.baseAddress, haystack.count > 1 else { return }
            for offset in 0..<haystack.count - 1 {
                for needle in byStart[Int(haystack[offset]) << 8 | Int(haystack[offset + 1])] {
                    let (canary, form, wanted) = needles[needle]
                    if haystack.count - offset >= wanted.count, memcmp(start + offset, wanted, wanted.count) == 0 {
                        found.insert(Found(canary: canary, form: form, place: place))
                    }
                }
            }
        }
        return found
    }

    /// Every file below a folder, and its name.
    func search(folder: String) throws -> (files: Int, found: Set<Found>) {
        var (files, found) = (0, Set<Found>())
        for name in FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? [] {
            found.formUnion(search(name.utf8, in: "the name of a file"))
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
                let content = FileManager.default.contents(atPath: path)
            else { continue }
            files += 1
            found.formUnion(search(content, in: name))
        }
        return (files, found)
    }
}
