import Interchange
import Synthesis
import Testing

@Suite struct DefectTests {
    @Test func everyKindOfDefectIsPlanted() throws {
        let planted = Set(try Made(rows: 3_000, defects: "0.9").truths().map(\.defect))
        #expect(planted == Set(Defect.allCases.map(\.rawValue)).union([""]))
    }

    /// The kinds that the registers' samples have, with what they owe.
    @Test func defectsOweWhatTheSamplesSay() throws {
        let owed = [
            ("apostrophe", "accept", ""), ("bad_date", "quarantine", "DATE_INVALID"),
            ("birth_mismatch", "quarantine", "BIRTH_DATE_MISMATCH"), ("checksum", "flag", "ID_CHECKSUM"),
            ("date_cn", "accept", ""), ("date_compact", "accept", ""), ("date_short", "accept", ""),
            ("ethnic_short", "accept", ""), ("excel_zeros", "quarantine", "ID_DAMAGED"), ("fullwidth", "accept", ""),
            ("legacy15", "flag", "ID_LEGACY_15"), ("lower_x", "accept", ""), ("middle_dot", "accept", ""),
            ("name_space", "accept", ""), ("no_name", "quarantine", "REQUIRED"),
            ("order", "quarantine", "DATE_ORDER"), ("placeholder", "quarantine", "ID_PLACEHOLDER"),
            ("same_province", "quarantine", "SAME_PROVINCE"), ("sex_code", "accept", ""),
            ("sex_mismatch", "quarantine", "SEX_MISMATCH"), ("sex_word", "accept", ""),
            ("unknown_division", "quarantine", "DIVISION_UNKNOWN"), ("unknown_reason", "quarantine", "CODE_UNKNOWN"),
        ]
        let truths = Dictionary(grouping: try Made(rows: 2_000, defects: "1").truths(), by: \.defect)
        for (name, outcome, code) in owed {
            let rows = truths[name] ?? []
            #expect(rows.count > 30, "\(name)")
            #expect(rows.allSatisfy { $0.outcome == outcome && $0.codes == (code.isEmpty ? [] : [code]) }, "\(name)")
            #expect(rows.allSatisfy { ($0.name == nil) == (outcome == "quarantine") }, "\(name)")
        }
    }

    @Test func sharesAreKept() throws {
        #expect(try Made(rows: 2_000, defects: "0").truths().allSatisfy { $0.defect.isEmpty && $0.outcome == "accept" })
        let truths = try Made(rows: 5_000, defects: "order=0.1,checksum=0.05").truths()
        #expect((430...570).contains(truths.count { $0.defect == "order" }))
        #expect((190...310).contains(truths.count { $0.defect == "checksum" }))
        #expect(truths.count { $0.defect.isEmpty } == truths.count { $0.outcome == "accept" })
    }

    @Test func usualExportsHaveAboutAsManyAsTheSamples() throws {
        let truths = try Made(rows: 5_000).truths()
        #expect((600...850).contains(truths.count { !$0.defect.isEmpty }))
    }

    @Test(arguments: [
        "", "-0.1", "1.5", "0,5", ".5", "order", "order=2", "nothing=0.1", "order=0.6,checksum=0.6", "1.",
    ])
    func whatIsNoShareIsRefused(text: String) {
        #expect(throws: SynthesisError.self) { try DefectRates(text) }
    }
}
