import Crypto
import Interchange
import Synthesis
import Testing

@Suite struct SeedTests {
    private func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(arguments: ExportLayout.names)
    func theSameSeedGivesTheSameBytes(layout: String) throws {
        let first = try Made(like: layout, seed: 11, rows: 300)
        let second = try Made(like: layout, seed: 11, rows: 300)
        #expect(first.export == second.export)
        #expect(first.truth == second.truth)
    }

    @Test func anotherSeedGivesOtherPersons() throws {
        let first = try Made(seed: 11, rows: 200).truths().map(\.name)
        let second = try Made(seed: 12, rows: 200).truths().map(\.name)
        #expect(zip(first, second).count { $0 == $1 } < 20)
    }

    @Test func moreRowsBeginWithTheSameOnes() throws {
        let few = try Made(seed: 5, rows: 40).rows
        #expect(few.count == 40)
        #expect(Array(try Made(seed: 5, rows: 90).rows.prefix(40)) == few)
    }

    @Test func formatsOfOneSeedHaveTheSamePersons() throws {
        let csv = try Made(rows: 100, defects: "0").truth
        for format in ExportLayout.Format.allCases {
            #expect(try Made(format: format, rows: 100, defects: "0").truth == csv)
        }
    }

    @Test func anExportWithoutRowsIsWhole() throws {
        #expect(try Made(format: .json, rows: 0).text == "[\n]\n")
        #expect(try Made(rows: 0).text.hasSuffix("避孕措施\r\n合计,0,合成数据，所涉人员均为虚构,,,,,,,,,,,,,,,,,\r\n"))
        #expect(try Made(like: "heilongjiang-arrivals", rows: 0).export == [0x1A])
    }
}
