extension ViolationCode {
    /// What concerns the record's form.
    static let shapeTexts: [ViolationCode: ViolationText] = [
        .required: ViolationText(
            message: Bilingual("A required field is missing.", "缺少必填字段。"),
            remedy: Bilingual("Fill in the field at the source and submit the record again.", "请在来源系统中补全该字段后重新提交。")),
        .type: ViolationText(
            message: Bilingual("The value is not of the type that the field has.", "值的类型不符合字段要求。"),
            remedy: Bilingual("Correct the mapping or the system that writes the field.", "请更正映射或写入该字段的系统。")),
        .format: ViolationText(
            message: Bilingual("The value does not have the form that the field requires.", "值的格式不符合字段要求。"),
            remedy: Bilingual("Correct the value at the source.", "请在来源系统中更正该值。")),
        .length: ViolationText(
            message: Bilingual("The value is shorter or longer than the field allows.", "值的长度超出字段允许的范围。"),
            remedy: Bilingual("Correct the value at the source.", "请在来源系统中更正该值。")),
        .unknownField: ViolationText(
            message: Bilingual("The interchange has no such field here.", "交换规范在此处没有该字段。"),
            remedy: Bilingual(
                "Remove the field from the mapping or from the system that writes it.", "请从映射或写入系统中去除该字段。")),
        .schema: ViolationText(
            message: Bilingual("The record does not keep the schema of its kind.", "记录不符合其种类的结构规范。"),
            remedy: Bilingual("Correct the record so that it keeps the published schema.", "请按照公布的结构规范更正记录。")),
        .codeUnknown: ViolationText(
            message: Bilingual("The value is in no code list that the field allows.", "值不在该字段允许的代码表中。"),
            remedy: Bilingual(
                "Use a code of the list, or complete the mapping's table of codes.", "请使用代码表中的代码，或补全映射的代码对照表。")),
        .dateInvalid: ViolationText(
            message: Bilingual("The value is not a date of the calendar.", "该值不是有效的日历日期。"),
            remedy: Bilingual("Correct the date at the source.", "请在来源系统中更正日期。")),
        .versionUnsupported: ViolationText(
            message: Bilingual("The envelope has another major version of the interchange.", "信封的交换规范主版本不受支持。"),
            remedy: Bilingual("Send in version 1, or update the gateway that refuses.", "请按第 1 版发送，或升级拒收的网关。")),
        .forbiddenContent: ViolationText(
            message: Bilingual(
                "The source column tells what the interchange never carries; it was dropped.", "来源列含交换规范禁止传输的内容，已舍弃。"),
            remedy: Bilingual("Leave the column out of the export.", "请从导出中去除该列。")),
    ]
}
