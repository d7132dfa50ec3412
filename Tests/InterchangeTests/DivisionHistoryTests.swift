import Interchange
import Testing

/// Changes that everybody knows of, as the State Council and the provinces decided them.
@Suite struct DivisionHistoryTests {
    let lists = CodeLists.standard

    private func history(_ code: String, _ date: String) throws -> DivisionHistory {
        let code = try #require(DivisionCode(code))
        let day = try #require(CivilDate(date))
        return try #require(lists.history(of: code, on: day))
    }

    @Test(
        arguments: [
            ("510222", "1990-01-01", "巴县", ["500113 巴南区"]),
            ("510221", "1990-01-01", "长寿县", ["500115 长寿区"]),
            ("510200", "1990-01-01", "重庆市", ["500000 重庆市"]),
            ("110103", "2009-12-31", "崇文区", ["110101 东城区"]),
            ("110104", "2009-12-31", "宣武区", ["110102 西城区"]),
            ("320503", "2011-12-31", "平江区", ["320508 姑苏区"]),
            ("320584", "2011-12-31", "吴江市", ["320509 吴江区"]),
            ("330184", "2000-12-31", "余杭市", ["330110 余杭区"]),
            ("330103", "2020-12-31", "下城区", ["330105 拱墅区"]),
            ("330104", "2020-12-31", "江干区", ["330102 上城区"]),
            ("310102", "1999-12-31", "南市区", ["310101 黄浦区"]),
            ("310103", "2010-12-31", "卢湾区", ["310101 黄浦区"]),
            ("310108", "2014-12-31", "闸北区", ["310106 静安区"]),
            ("310230", "2015-12-31", "崇明县", ["310151 崇明区"]),
            ("371202", "2017-12-31", "莱城区", ["370116 莱芜区"]),
            ("120107", "2008-12-31", "塘沽区", ["120116 滨海新区"]),
            ("440102", "2004-12-31", "东山区", ["440104 越秀区"]),
            ("441000", "1987-12-31", "海口市", ["460100 海口市"]),
            ("442502", "1987-12-31", "东莞市", ["441900 东莞市"]),
            ("513022", "1998-12-31", "宣汉县", ["511722 宣汉县"]),
            ("522401", "2010-12-31", "毕节市", ["520502 七星关区"]),
            ("542100", "2013-12-31", "昌都地区", ["540300 昌都市"]),
            ("210282", "2014-12-31", "普兰店市", ["210214 普兰店区"]),
            ("320283", "1999-12-31", "锡山市", ["320205 锡山区", "320206 惠山区"]),
        ])
    func tellsWhatBecameOfIt(code: String, date: String, name: String, today: [String]) throws {
        let history = try history(code, date)
        #expect(history.isValid)
        #expect(history.meant.map(\.name) == [name])
        #expect(Set(history.today.map { "\($0.code) \($0.span.name)" }) == Set(today))
    }

    @Test(
        arguments: [
            ("110103", 2010), ("310230", 2016), ("320503", 2012), ("330184", 2001), ("442502", 1988), ("510222", 1994),
            ("310103", 2011), ("120107", 2009), ("522401", 2011), ("440102", 2005),
        ])
    func endsInTheYearOfTheChange(code: String, year: Int) throws {
        #expect(try history(code, "\(year)-01-01").isValid)
        #expect(try !history(code, "\(year + 1)-01-01").isValid)
    }

    @Test func goesThroughEveryStep() throws {
        let history = try history("510222", "1996-01-01")
        #expect(!history.isValid)
        #expect(history.meant.map(\.name) == ["巴县"])
        #expect(history.successors.map { "\($0.code)" } == ["510219", "500113"])
        let first = try #require(history.successors.first)
        #expect(lists.names(of: first, in: 1995) == ["四川省", "重庆市", "巴南区"])
        #expect(lists.names(of: try #require(history.today.first), in: 2020) == ["重庆市", "巴南区"])
    }

    @Test func tellsWhatACodeMeantBeforeItWasUsedAgain() throws {
        let before = try history("419001", "1990-01-01")
        #expect(before.meant.map(\.name) == ["义马市"])
        #expect(before.today.map { "\($0.code)" } == ["411281"])
        let now = try history("419001", "2020-01-01")
        #expect(now.meant.map(\.name) == ["济源市"])
        #expect(now.spans.map(\.name) == ["义马市", "济源市", "济源市"])
    }

    @Test func followsANewNameUnderTheSameCode() throws {
        let history = try history("510202", "1990-01-01")
        #expect(history.meant.map(\.name) == ["市中区"])
        #expect(history.successors.map { "\($0.code) \($0.span.name)" } == ["510202 渝中区", "500103 渝中区"])
    }

    @Test func tellsWhereADivisionComesFrom() throws {
        let gusu = try history("320508", "2020-01-01")
        #expect(gusu.predecessors.map(\.span.name).sorted() == ["平江区", "沧浪区", "金阊区"].sorted())
        let rongcheng = try history("130629", "2020-01-01")
        #expect(rongcheng.predecessors.map { "\($0.code) \($0.span.name)" } == ["132435 容城县"])
    }

    @Test func knowsACodeBeforeItCame() throws {
        let history = try history("330113", "2015-01-01")
        #expect(!history.isValid)
        #expect(history.meant.map(\.name) == ["临平区"])
    }

    @Test func noDivisionBecomesItself() {
        var wrong: [DivisionCode] = []
        for code in lists.divisionCodes {
            for successor in (lists.division(code) ?? []).flatMap(\.successors)
            where successor == code || !lists.contains(successor) { wrong.append(code) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func suggestsCodesThatASlipOfTheHandExplains() throws {
        let near = lists.neighbours(of: try #require(DivisionCode("510299"))).map(\.description)
        #expect(near == ["510219", "510229"])
        #expect(lists.divisions(named: "巴县").map(\.description) == ["510222"])
    }
}
