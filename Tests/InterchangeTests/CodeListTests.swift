import Interchange
import Testing

@Suite struct CodeListTests {
    let lists = CodeLists.standard

    @Test func everyShortListIsThere() {
        #expect(
            lists.ids == [
                "arrival-reason", "country", "employment-status", "ethnicity", "industry-section", "permit-kind", "sex",
            ])
    }

    @Test func marriageAndTreatmentAreReadAsOther() throws {
        let reasons = try #require(lists.list("arrival-reason"))
        #expect(reasons.codes.keys.sorted() == ["01", "02", "03", "04", "06", "08", "09", "99"])
        #expect(reasons.code(for: "婚嫁") == "99")
        #expect(reasons.code(for: "07") == "99")
        #expect(reasons.code(for: "务工") == "01")
        #expect(reasons.code(for: "打酱油") == nil)
    }

    @Test func ethnicityHas58CodesAndTheOldNames() throws {
        let ethnicity = try #require(lists.list("ethnicity"))
        #expect(ethnicity.codes.count == 58)
        #expect(ethnicity.code(for: "汉") == "01")
        #expect(ethnicity.code(for: "崩龙族") == "46")
    }

    @Test func countriesHaveTheirThreeLettersAndTheRegionsOfChinaTheirNames() throws {
        let countries = try #require(lists.list("country"))
        #expect(countries.codes.count == 249)
        #expect(countries.code(for: "156") == "CHN")
        #expect(countries.code(for: "VN") == "VNM")
        #expect(countries.code(for: "老挝") == "LAO")
        #expect(countries.codes["HKG"] == "中国香港")
        #expect(countries.codes["MAC"] == "中国澳门")
        #expect(countries.codes["TWN"] == "中国台湾")
    }

    @Test func everyListSaysWhereItsValuesComeFrom() {
        for list in lists.ids.compactMap(lists.list) {
            #expect(!list.standard.isEmpty && !list.edition.isEmpty && !list.source.isEmpty, "\(list.id)")
        }
    }

    @Test func industrySectionsRunFromAToT() throws {
        let sections = try #require(lists.list("industry-section"))
        #expect(sections.codes.keys.sorted().joined() == "ABCDEFGHIJKLMNOPQRST")
        #expect(sections.standard.hasPrefix("GB/T 4754"))
    }
}

@Suite struct DivisionTests {
    let lists = CodeLists.standard

    private func standing(_ code: String, _ date: String) throws -> DivisionStanding {
        try lists.standing(of: #require(DivisionCode(code)), on: #require(CivilDate(date)))
    }

    @Test func codesOfSichuanEndedAsChongqingWasSplitOff() throws {
        #expect(try standing("510222", "1990-01-01") == .valid)
        #expect(try standing("510222", "2020-01-01") == .notCurrent)
        #expect(try standing("510221", "1996-01-01") == .valid)
        #expect(try standing("510221", "1998-01-01") == .notCurrent)
        #expect(try standing("500112", "1996-01-01") == .notCurrent)
        #expect(try standing("500112", "1998-01-01") == .valid)
    }

    @Test func hangzhouChangedIn2021() throws {
        #expect(try standing("330113", "2026-01-01") == .valid)
        #expect(try standing("330113", "2019-01-01") == .notCurrent)
        #expect(try standing("330103", "2020-01-01") == .valid)
        #expect(try standing("330103", "2023-01-01") == .notCurrent)
        let gone = try #require(DivisionCode("330103"))
        #expect(lists.successors(of: gone, on: lists.divisionsCoverUntil).map(\.description) == ["330105"])
    }

    @Test func aReusedCodeHasItsNamesByYears() throws {
        let spans = try #require(DivisionCode("469030").flatMap(lists.division))
        #expect(spans.map(\.name).contains("白沙黎族自治县"))
        #expect(spans.last?.name == "琼中黎族苗族自治县")
        #expect(spans.last?.last == nil)
    }

    @Test func bothCodesHoldInTheYearOfAChange() throws {
        #expect(try standing("371202", "2018-06-01") == .valid)
        #expect(try standing("370116", "2018-06-01") == .valid)
        #expect(try standing("371202", "2020-06-01") == .notCurrent)
    }

    @Test func successorsAreFollowedToThePresent() throws {
        let baxian = try #require(DivisionCode("510222"))
        let found = lists.successors(of: baxian, on: lists.divisionsCoverUntil)
        #expect(found.map(\.description) == ["500113"])
    }

    @Test func theListSaysUntilWhenItTells() throws {
        #expect(lists.divisionsCoverUntil.description == "2026-09-11")
        #expect(try standing("449999", "2026-09-11") == .unknown)
        #expect(try standing("449999", "2026-09-12") == .notCurrent)
        #expect(try standing("990101", "2026-09-12") == .unknown)
    }

    @Test func codesOfEveryProvinceAreThere() {
        let provinces = Set(lists.divisionCodes.compactMap(\.province))
        #expect(provinces == Set(Province.all))
        #expect(lists.divisionCodes.allSatisfy { $0.province != nil })
        #expect(lists.divisionCodes.count == 7_257)
    }
}
