import Interchange
import Testing

/// `divisions.extra.tsv`.
@Suite struct LocalDivisionTests {
    private let columns = "code\tname\tfirst\tlast\tsuccessors\n"

    private func lists(_ rows: String) throws(CodeListMistakes) -> CodeLists {
        try CodeLists.standard.adding(divisions: Array((columns + rows).utf8))
    }

    private func mistakes(_ text: String) -> [String] {
        do {
            _ = try CodeLists.standard.adding(divisions: Array(text.utf8))
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    @Test func addsADivision() throws {
        let lists = try lists("449999\t试验区\t2026\t\t\n")
        let code = try #require(DivisionCode("449999"))
        #expect(lists.division(code)?.map(\.name) == ["试验区"])
        #expect(DivisionCode("330113").map(lists.contains) == true)
        #expect(lists.divisionCodes.count == CodeLists.standard.divisionCodes.count + 1)
        #expect(lists.ids == CodeLists.standard.ids)
    }

    @Test func endsADivisionAndNamesWhatItBecame() throws {
        let lists = try lists("440305\t南山区\t1990\t2027\t449998\n449998\t新南山区\t2027\n")
        let code = try #require(DivisionCode("440305"))
        let date = try #require(CivilDate("2028-05-01"))
        #expect(lists.division(code)?.count == 1)
        #expect(lists.standing(of: code, on: date) == .notCurrent)
        #expect(lists.successors(of: code, on: date).map(\.description) == ["449998"])
    }

    @Test func movesTheLastDayForwardOnly() throws {
        let later = try CodeLists.standard.adding(divisions: Array("# covers-until: 2027-01-01\n\(columns)".utf8))
        #expect(later.divisionsCoverUntil.description == "2027-01-01")
        let earlier = try CodeLists.standard.adding(divisions: Array("# covers-until: 2020-01-01\n\(columns)".utf8))
        #expect(earlier.divisionsCoverUntil == CodeLists.standard.divisionsCoverUntil)
    }

    @Test func readsWhatSpreadsheetsWrite() throws {
        let text = "\u{FEFF}# note: made by hand\r\n\(columns.dropLast())\r\n449999\t 试验区 \t2026\r\n\r\n"
        let lists = try CodeLists.standard.adding(divisions: Array(text.utf8))
        #expect(try lists.division(#require(DivisionCode("449999")))?.first?.name == "试验区")
    }

    @Test func tellsEveryMistakeWithItsLine() {
        let text =
            columns
            + "44\t甲\t2026\n449999\t\t2026\n449999\t甲\t1979\n449999\t甲\t2026\t2025\n449999\t甲\t2026\t\t44\n"
            + "449999\t甲\t2026\t\t449997\n449999\t甲\n990101\t甲\t2026\n449999\t乙\t2026\n"
        #expect(
            mistakes(text) == [
                "2: the code is not six digits of a known province; write a code of GB/T 2260",
                "3: the name is empty or longer than 50 characters; write the division's name",
                "4: the first year is not from 1980 on; write the year in which the code came",
                "5: the last year is not one from the first on; write the year, or nothing while it is valid",
                "6: a successor is not a code; write codes of six digits with blanks between them",
                "7: the successor 449997 is in neither list; add a row for it",
                "8: the row has 2 cells; write 5 cells with tabs between them",
                "9: the code is not six digits of a known province; write a code of GB/T 2260",
                "10: 449999 has another row of that first year; keep one of them",
            ])
    }

    @Test func refusesAnotherKindOfFile() {
        #expect(mistakes("").count == 1)
        #expect(mistakes("a,b\n").first?.hasPrefix("1: the columns") == true)
        #expect(mistakes("# covers-until: soon\n\(columns)").first?.hasPrefix("1: covers-until") == true)
        #expect(throws: CodeListMistakes.self) { try CodeLists.standard.adding(divisions: [0xB0, 0xCD]) }
    }
}
