import Intake
import Interchange

/// The violations that mapping itself finds, before there is an envelope to check.
enum ViolationWords {
    static func violation(_ code: ViolationCode, _ pointer: String, _ message: Bilingual, _ remedy: Bilingual)
        -> Violation
    {
        Violation(
            code: code, pointer: pointer, severity: .quarantine, text: ViolationText(message: message, remedy: remedy))
    }

    static func codeUnknown(_ pointer: String) -> Violation {
        violation(
            .codeUnknown, pointer, Bilingual("The value is in no code table of the mapping.", "该值不在映射的代码表中。"),
            Bilingual("Correct the value, or add it to the mapping's table.", "请更正该值，或在映射代码表中补充。"))
    }

    static func stepFailed(_ step: Step, _ pointer: String) -> Violation {
        if case .date = step {
            return violation(
                .dateInvalid, pointer, Bilingual("The value is not a date of the calendar.", "该值不是有效的日历日期。"),
                Bilingual("Correct the date at the source.", "请在来源系统中更正日期。"))
        }
        return violation(
            .format, pointer,
            Bilingual("The value is not what the step \(step.name) reads.", "该值不符合转换步骤 \(step.name) 的要求。"),
            Bilingual("Correct the value at the source.", "请在来源系统中更正该值。"))
    }

    static func keyMissing(_ pointer: String) -> Violation {
        violation(
            .required, pointer, Bilingual("A part of the record's key is empty or unreadable.", "记录主键的组成部分为空或无法读取。"),
            Bilingual("Fill in the key columns at the source.", "请在来源系统中补全主键列。"))
    }

    static func provinceMissing(_ pointer: String) -> Violation {
        violation(
            .required, pointer, Bilingual("The province does not follow from the record.", "无法由记录得出省份。"),
            Bilingual("Correct the division code at the source.", "请在来源系统中更正区划代码。"))
    }

    static let notOurs = violation(
        .wrongProvince, "/from",
        Bilingual("The record's register province is not this gateway's.", "记录的登记省份不是本网关所属省份。"),
        Bilingual("Submit the record through its own province.", "请由登记省份提交该记录。"))

    static let damaged = violation(
        .format, "",
        Bilingual(
            "The value cannot be read: bytes that are not of the source's encoding, or a memo that is not there.",
            "该值无法读取：含非来源编码的字节，或备注文件缺失。"),
        Bilingual("Correct the value at the source, or export the file again.", "请在来源系统中更正该值，或重新导出。"))

    static func fault(_ fault: RowFault) -> Violation {
        let (code, message): (ViolationCode, Bilingual) =
            switch fault {
            case .cellCount(let found, let expected):
                (
                    .format,
                    Bilingual(
                        "The row has \(found) cells, the header \(expected).", "该行有 \(found) 列，表头为 \(expected) 列。")
                )
            case .textAfterQuote:
                (.format, Bilingual("Text follows a closing quote.", "结束引号之后还有文字。"))
            case .rowTooLong(let limit):
                (.length, Bilingual("The row is longer than \(limit) bytes.", "该行超过 \(limit) 字节。"))
            case .tooManyCells(let limit):
                (.length, Bilingual("The row has more than \(limit) cells.", "该行超过 \(limit) 列。"))
            case .cellTooLong(let limit):
                (.length, Bilingual("A cell is longer than \(limit) bytes.", "某一列超过 \(limit) 字节。"))
            case .recordLength(let found, let expected):
                (
                    .format,
                    Bilingual(
                        "The row has \(found) bytes, its columns \(expected).", "该行有 \(found) 字节，各列合计 \(expected) 字节。")
                )
            case .notWellFormed: (.format, Bilingual("The row is not well-formed XML.", "该行不是格式正确的 XML。"))
            case .notJSON: (.format, Bilingual("The row is not JSON.", "该行不是正确的 JSON。"))
            case .notAnObject: (.format, Bilingual("The row is no JSON object.", "该行不是 JSON 对象。"))
            case .columnTwice: (.format, Bilingual("The row has a column twice.", "该行有重复的列。"))
            case .tooDeep(let limit):
                (.length, Bilingual("The row is nested deeper than \(limit) levels.", "该行嵌套超过 \(limit) 层。"))
            }
        return violation(code, "", message, Bilingual("Correct the row and submit it again.", "请更正该行后重新提交。"))
    }
}
