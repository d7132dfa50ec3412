/// The fixed texts of an export's cells.
struct CellWords: Sendable {
    let synthetic, company, street, houseNumber, residentCard, permit: Phrases.ID
    let dot, wideSpace: Phrases.ID
    /// What is written for the dot between the parts of a name: U+30FB, U+2022, U+FF0E, U+2027.
    let dots: [Phrases.ID]
    let badDates, marriages, contraceptions: [Phrases.ID]
    /// Full names of the atlas's divisions, in parts.
    let places: [[Phrases.ID]]
    /// A tab, as the format writes it inside a cell.
    let tab: [UInt8]
    private let sexes: [[Phrases.ID]]
    private let wideDigits: [Phrases.ID]
    private let wideX, unknown, yearSign, monthSign, daySign: Phrases.ID
    private let shortEthnicities: [Phrases.ID: Phrases.ID]

    init(_ layout: ExportLayout, _ atlas: DivisionAtlas, _ ethnicities: Ethnicities, _ phrases: inout Phrases) {
        func all(_ texts: [String]) -> [Phrases.ID] { texts.map { phrases.add($0) } }
        synthetic = phrases.add("合成数据")
        company = phrases.add("号有限公司")
        street = phrases.add("虚构路")
        houseNumber = phrases.add("号")
        residentCard = phrases.add("居民身份证")
        permit = phrases.add("居住证")
        dot = phrases.add("\u{B7}")
        wideSpace = phrases.add("\u{3000}")
        dots = all(["\u{30FB}", "\u{2022}", "\u{FF0E}", "\u{2027}"])
        badDates = all(["2022-13-01", "2023-02-29", "20220400", "不详"])
        marriages = all(["未婚", "已婚"])
        contraceptions = all(["无", "其他"])
        places = atlas.entries.map { all($0.fullName) }
        tab = Array((layout.format == .json || layout.format == .ndjson ? "\\t" : "\t").utf8)
        sexes = [all(["男", "1", "男性"]), all(["女", "2", "女性"])]
        wideDigits = all("０１２３４５６７８９".map(String.init))
        wideX = phrases.add("Ｘ")
        unknown = phrases.add("打酱油")
        yearSign = phrases.add("年")
        monthSign = phrases.add("月")
        daySign = phrases.add("日")
        shortEthnicities = ethnicities.short
    }

    /// - Parameter digit: an ASCII digit or X.
    func wide(_ digit: UInt8) -> Phrases.ID { digit == 0x58 ? wideX : wideDigits[Int(digit - 0x30)] }

    func sex(_ facts: Facts) -> Phrases.ID {
        let written = sexes[facts.isMale == (facts.defect != .sexMismatch) ? 0 : 1]
        return facts.defect == .sexCode ? written[1] : facts.defect == .sexWord ? written[2] : written[0]
    }

    func ethnicity(_ facts: Facts) -> Phrases.ID {
        guard facts.defect == .ethnicShort else { return facts.ethnicity }
        return shortEthnicities[facts.ethnicity] ?? facts.ethnicity
    }

    func word(_ column: Column, _ facts: Facts) -> Phrases.ID {
        if facts.defect == .unknownReason { return unknown }
        return column == .reason ? facts.reason.written : facts.state.written
    }

    func form(of column: Column, isFact: Bool, _ defect: Defect?) -> WrittenDate {
        switch defect {
        case .dateChinese where isFact || column == .birthDate || column == .arrivalDate:
            .chinese(year: yearSign, month: monthSign, day: daySign)
        case .dateCompact: .compact
        case .dateShort where isFact || column == .arrivalDate: .short
        default: .iso
        }
    }
}
