import Interchange
import Synthesis
import Testing

@Suite struct PersonTests {
    @Test func everyNumberIsMarkedAndRight() throws {
        for truth in try Made(rows: 1_000, defects: "0").truths() {
            let number = PersonNumber(try #require(truth.idNumber))
            #expect(number.form(as: .residentId) == .eighteen)
            #expect(number.hasRightCheckCharacter)
            #expect(number.birthDateOfEighteen?.description == truth.birthDate)
            #expect(number[14] == 0x39 && number[15] == 0x39 && (0x36...0x39).contains(number[16]))
            #expect((number[16] & 1 == 1) == (truth.sex == "1"))
        }
    }

    /// 26 of 29.6 million in the model: from Hunan, Guangxi, Jiangxi, Henan and others; none from Guangdong itself.
    @Test func personsComeFromWhereTheModelSays() throws {
        let homes = try Made(like: "guangdong-arrivals", rows: 5_000, defects: "0").truths().compactMap {
            $0.hukou?.prefix(2)
        }
        let counts = Dictionary(grouping: homes, by: \.self).mapValues(\.count)
        #expect(homes.count == 5_000)
        #expect(counts["44"] == nil)
        #expect(counts.keys.count > 20)
    }

    @Test func divisionsAreValidOnTheirDays() throws {
        let lists = CodeLists.standard
        for truth in try Made(like: "guangdong-arrivals", rows: 1_000, defects: "0").truths() {
            let day = try #require(truth.arrivalDate.flatMap { CivilDate($0) })
            let home = try #require(truth.hukou.flatMap { DivisionCode($0) })
            let residence = try #require(truth.residence.flatMap { DivisionCode($0) })
            let number = try #require(truth.idNumber.flatMap { DivisionCode(String($0.prefix(6))) })
            let birth = try #require(truth.birthDate.flatMap { CivilDate($0) })
            #expect(lists.standing(of: home, on: day) == .valid)
            #expect(lists.standing(of: residence, on: day) == .valid)
            #expect(lists.isValid(number, since: max(birth.year, 1980)))
        }
    }

    @Test func manyNumbersHaveCodesThatWereAbolishedSince() throws {
        let today = try #require(CivilDate("2026-06-30"))
        let truths = try Made(rows: 1_000, defects: "0").truths()
        let old = truths.compactMap { $0.idNumber.flatMap { DivisionCode(String($0.prefix(6))) } }
            .count { CodeLists.standard.standing(of: $0, on: today) == .notCurrent }
        #expect((100...600).contains(old))
    }

    @Test func namesHaveRareCharactersAndMiddleDots() throws {
        let names = try Made(like: "guangdong-arrivals", rows: 5_000, defects: "0").truths().compactMap(\.name)
        #expect(names.contains { $0.unicodeScalars.contains { $0.value > 0xFFFF } })
        #expect(names.contains { $0.contains("\u{B7}") })
        #expect((300...500).contains(names.count { $0.hasPrefix("王") }))
    }

    @Test func theSameNumberHasTheSameName() throws {
        var names: [String: String] = [:]
        var again = 0
        for truth in try Made(like: "guangdong-arrivals", seed: 1, rows: 20_000, defects: "0").truths() {
            let number = try #require(truth.idNumber)
            if let before = names.updateValue(try #require(truth.name), forKey: number) {
                again += 1
                #expect(before == truth.name)
            }
        }
        #expect(again > 0)
    }

    @Test func everyRowSaysThatItIsSynthetic() throws {
        for row in try Made(rows: 200).rows {
            #expect(row.count == 20)
            #expect(row[10].contains("虚构路"))
            #expect(row[14].hasPrefix("000") && row[14].utf8.count == 11)
            #expect(row[15].hasPrefix("合成数据"))
            #expect(row[16].hasPrefix("91000000"))
        }
    }
}
