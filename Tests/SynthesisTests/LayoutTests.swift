import Interchange
import Synthesis
import Testing

@Suite struct LayoutTests {
    @Test func csvOfGuangdongIsGB18030WithATotal() throws {
        let bytes = try Made(like: "guangdong-arrivals", rows: 3).export
        // 序号,姓名 and 合计,3,
        #expect(bytes.starts(with: [0xD0, 0xF2, 0xBA, 0xC5, 0x2C, 0xD0, 0xD5, 0xC3, 0xFB, 0x2C]))
        let lines = bytes.split(separator: 0x0A)
        #expect(lines.count == 5)
        #expect(lines.allSatisfy { $0.last == 0x0D })
        #expect(lines[4].starts(with: [0xBA, 0xCF, 0xBC, 0xC6, 0x2C, 0x33, 0x2C]))
        #expect(lines.allSatisfy { $0.count { $0 == 0x2C } == 19 })
    }

    @Test func csvOfShanghaiHasAByteOrderMark() throws {
        let made = try Made(like: "shanghai-arrivals", rows: 1)
        #expect(made.export.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(made.text.dropFirst().hasPrefix("序号,姓名,性别,民族,出生日期,证件类型,证件号码,户籍地区划,户籍地址,现居住地区划,"))
    }

    @Test func xmlOfZhejiangDeclaresGB2312AndRefersToWhatGBKLacks() throws {
        let made = try Made(like: "zhejiang-arrivals", rows: 200, defects: "middle_dot=1")
        let text = String(decoding: made.export, as: Unicode.ASCII.self)
        #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"GB2312\"?>\n<"))
        for reference in ["&#x30FB;", "&#x2022;", "&#x2027;"] { #expect(text.contains(reference)) }
        #expect(text.contains("<XH>200</XH><XM>"))
    }

    @Test func dbfOfLiaoningHasDriver0AndADeletedRecord() throws {
        let bytes = try Made(like: "liaoning-arrivals", rows: 2).export
        // dBASE III, 2026-06-30, 3 records, header of 673 bytes, records of 409.
        #expect(bytes.starts(with: [0x03, 0x7E, 0x06, 0x1E, 3, 0, 0, 0, 0xA1, 0x02, 0x99, 0x01]))
        #expect(bytes[29] == 0)
        #expect(bytes.count == 673 + 3 * 409 + 1)
        #expect(bytes[672] == 0x0D && bytes[673] == 0x20 && bytes[673 + 2 * 409] == 0x2A && bytes.last == 0x1A)
        #expect(Array(bytes[64..<75]) == [0x58, 0x4D, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func fixedWidthOfHeilongjiangHas408BytesALine() throws {
        let bytes = try Made(like: "heilongjiang-arrivals", rows: 500).export
        #expect(bytes.count == 500 * 410 + 1)
        #expect(bytes.last == 0x1A)
        #expect((0..<500).allSatisfy { bytes[$0 * 410 + 408] == 0x0D && bytes[$0 * 410 + 409] == 0x0A })
    }

    @Test func jsonIsWrittenInUTF8Only() throws {
        let layout = ExportLayout(province: try #require(Province("44")), format: .json, encoding: .gb18030)
        #expect(throws: SynthesisError.self) { try Synthesizer(SynthesisPlan(layout: layout, seed: 1, rows: 1)) }
    }

    @Test func aProvinceOutsideTheModelIsRefused() throws {
        let layout = ExportLayout(province: try #require(Province("71")), format: .csv, encoding: .utf8)
        #expect(throws: SynthesisError.self) { try Synthesizer(SynthesisPlan(layout: layout, seed: 1, rows: 1)) }
    }

    @Test(arguments: ["2015-01-01", "2026-06-30"])
    func everyProvinceOfTheMainlandHasMigrants(day: String) throws {
        let last = try #require(CivilDate(day))
        for province in Province.all where province.number < 70 {
            let layout = ExportLayout(province: province, format: .csv, encoding: .utf8)
            let made = try Made(SynthesisPlan(layout: layout, seed: 1, rows: 30, defects: .none, lastDay: last))
            #expect(try made.truths().allSatisfy { $0.residence?.hasPrefix("\(province)") == true })
        }
    }

    @Test func aDayOutsideTheYearsOfTheListsIsRefused() throws {
        let layout = try Made.layout(like: "shanghai-arrivals")
        for text in ["2014-12-31", "2041-01-01"] {
            let day = try #require(CivilDate(text))
            #expect(throws: SynthesisError.self) {
                try Synthesizer(SynthesisPlan(layout: layout, seed: 1, rows: 1, lastDay: day))
            }
        }
    }

    @Test(arguments: ["2016-06-30", "2036-01-01"])
    func nobodyIsRegisteredAfterTheLastDay(day: String) throws {
        let last = try #require(CivilDate(day))
        let layout = try Made.layout(like: "shanghai-arrivals")
        let made = try Made(SynthesisPlan(layout: layout, seed: 1, rows: 500, defects: .none, lastDay: last))
        let registered = try made.truths().compactMap(\.registeredOn)
        #expect(registered.count == 500)
        #expect(registered.allSatisfy { $0 <= day })
    }
}
