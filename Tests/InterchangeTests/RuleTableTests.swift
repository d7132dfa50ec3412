import Interchange
import Testing

@Suite struct RuleTableTests {
    @Test func rulesAreInTheOrderOfTheCodes() {
        let order = ViolationCode.allCases
        let codes = RuleTable.rules.map { $0.code }
        #expect(Set(codes).count == codes.count)
        let places = codes.dropLast().compactMap { order.firstIndex(of: $0) }
        #expect(places == places.sorted())
    }

    @Test(arguments: ViolationCode.allCases)
    func everyCodeHasWordsInBothLanguages(code: ViolationCode) {
        for words in [code.text.message, code.text.remedy, RuleTable.holdsWhen(code)] {
            #expect(words.english.count > 10)
            #expect(words.chinese.count > 5)
        }
    }

    @Test func onlyFourCodesAreFlags() {
        let flags = ViolationCode.allCases.filter(\.canBeStricter)
        #expect(flags == [.idChecksum, .idLegacy15, .idDivision, .divisionNotCurrent])
    }

    @Test func theTableHasARowForEachCode() {
        let rows = RuleTable.markdown.split(separator: "\n")
        #expect(rows.count == 34)
        #expect(rows[0] == "| code | severity | holds when | remedy |")
        #expect(RuleTable.markdown.contains("| `ID_DIVISION` | quarantine or flag | "))
    }
}
