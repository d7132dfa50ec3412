import Foundation
import Intake
import Interchange
import Mapping

/// Files of the repository, found from this file.
enum Fixtures {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(path)))
    }

    static func mapping(_ name: String) throws -> CompiledMapping {
        let file = "config/mappings/\(name).yaml"
        return try CompiledMapping.compile(yaml: String(decoding: try bytes(file), as: UTF8.self), file: file)
    }

    /// 2026-06-30T08:00:00Z, when the samples were made.
    static let noon = Instant(seconds: 1_782_806_400)

    static func context(gateway: String? = nil) -> TransformContext {
        TransformContext(
            gateway: gateway.flatMap { Province($0) }, recordKey: TransformContext.publishedTestKey, clock: { noon })
    }

    /// Every row of a text in UTF-8.
    static func rows(
        _ text: String, _ mapping: CompiledMapping, gateway: String? = nil
    ) throws -> (rows: [TransformedRow], counts: RunCounts) {
        let stream = try Transformer(mapping, context: context(gateway: gateway)).open(MemorySource(Array(text.utf8)))
        var rows: [TransformedRow] = []
        while let row = try stream.next() { rows.append(row) }
        return (rows, stream.counts)
    }
}

/// The header and one good row of an arrivals export.
enum Arrivals {
    static let header =
        "序号,姓名,性别,民族,出生日期,证件类型,证件号码,户籍地区划,户籍地址,现居住地区划,现居住地址,来本地日期,登记日期,流入原因,"
        + "联系电话,工作单位,统一社会信用代码,婚姻状况,子女数,避孕措施\r\n"

    static func row(
        name: String = "夏建雪", sex: String = "女", birth: String = "1980-12-31", number: String = "450123198012316804",
        hukou: String = "450123", residence: String = "441823", arrived: String = "2019-10-06",
        registered: String = "2019-10-16", reason: String = "其他"
    ) -> String {
        "1,\(name),\(sex),汉族,\(birth),居民身份证,\(number),\(hukou),某地,\(residence),某地,\(arrived),\(registered),\(reason),"
            + "17207539937,某厂,917853757LRCD62DEC,已婚,0,无\r\n"
    }
}
