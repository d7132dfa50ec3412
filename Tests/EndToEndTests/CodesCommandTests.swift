import Foundation
import Testing

/// `yizhan codes show`.
@Suite struct CodesCommandTests {
    @Test func tellsWhatADivisionWasAndWhatBecameOfIt() throws {
        let result = try Executable.run(["codes", "show", "division", "510222", "--on", "1996-01-01"])
        #expect(result.status == 0)
        #expect(
            result.output == """
                510222 on 1996-01-01: not valid any more; the last year was 1994
                  510222  四川省 重庆市 巴县  1980 to 1994
                After it
                  510219  四川省 重庆市 巴南区  1994 to 1997
                  500113  重庆市 巴南区  since 1997

                """)
        let then = try Executable.run(["codes", "show", "division", "510222", "--on", "1990-01-01"])
        #expect(then.output.hasPrefix("510222 on 1990-01-01: valid\n"))
    }

    @Test func printsTheSameAsJSON() throws {
        struct Answer: Decodable {
            struct Division: Decodable {
                var code, name: String
                var first: Int
                var last: Int?
            }
            var valid: Bool
            var meant, successors, today: [Division]
        }
        let result = try Executable.run(["codes", "show", "division", "510222", "--on", "1996-01-01", "--json"])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
        #expect(!answer.valid)
        #expect(answer.meant.map(\.name) == ["巴县"])
        #expect(answer.meant.first?.last == 1994)
        #expect(answer.successors.map(\.code) == ["510219", "500113"])
        #expect(answer.today.map(\.code) == ["500113"])
    }

    @Test(arguments: [["division", "510299"], ["division", "990101"], ["division", "没有县"], ["sex", "5"]])
    func endsWithOneForACodeThatIsInNoList(arguments: [String]) throws {
        #expect(try Executable.run(["codes", "show"] + arguments).status == 1)
    }

    @Test(arguments: [["nope"], ["division", "510222", "--on", "1996-13-01"]])
    func endsWithTwoForWrongArguments(arguments: [String]) throws {
        #expect(try Executable.run(["codes", "show"] + arguments).status == 2)
    }

    @Test func suggestsWhatAnUnknownCodeMayBe() throws {
        let result = try Executable.run(["codes", "show", "division", "510299"])
        #expect(result.output.contains("四川省 重庆市"))
        #expect(result.output.contains("510219"))
    }

    @Test func findsShortCodesByCodeNameAndAlias() throws {
        for word in ["01", "汉族", "汉"] {
            #expect(try Executable.run(["codes", "show", "ethnicity", word]).output.hasPrefix("01\t汉族"))
        }
        let lists = try Executable.run(["codes", "show"])
        #expect(lists.output.split(separator: "\n").count == 8)
        #expect(try Executable.run(["codes", "show", "country"]).output.split(separator: "\n").count == 249)
    }

    @Test func takesALocalListAndTellsItsMistakes() throws {
        let scratch = try Scratch()
        let columns = "code\tname\tfirst\tlast\tsuccessors\n"
        let good = try scratch.write("\(columns)449999\t试验区\t2026\t\t\n", to: "divisions.extra.tsv")
        let shown = try Executable.run(["codes", "show", "division", "449999", "--extra", good])
        #expect(shown.status == 0)
        #expect(shown.output.contains("广东省 试验区"))
        let config = try scratch.write("province: \"44\"\ndivisionsExtra: divisions.extra.tsv\n", to: "gateway.yaml")
        #expect(try Executable.run(["codes", "show", "division", "449999", "--config", config]).status == 0)
        let wrong = try scratch.write("\(columns)44\t试验区\t2026\t\t\n", to: "wrong.tsv")
        let refused = try Executable.run(["codes", "show", "division", "449999", "--extra", wrong])
        #expect(refused.status == 2)
        #expect(refused.errors.contains("wrong.tsv:2: the code is not six digits"))
    }
}
