extension ViolationCode {
    /// What concerns the fact, its provinces and its time.
    static let recordTexts: [ViolationCode: ViolationText] = [
        .dateOrder: ViolationText(
            message: Bilingual(
                "The dates are not in an order that can be, or one is in the future.", "日期先后次序不合理，或日期在未来。"),
            remedy: Bilingual(
                "Compare the dates with the registration form and correct the wrong one.", "请与登记表核对，更正有误的日期。")),
        .divisionUnknown: ViolationText(
            message: Bilingual("The division code is not in the code list.", "区划代码不在代码表中。"),
            remedy: Bilingual(
                "Correct the code; if it is new and right, add it to divisions.extra.tsv.",
                "请更正代码；如为新设且无误，请补入 divisions.extra.tsv。")),
        .divisionNotCurrent: ViolationText(
            message: Bilingual("The division code was not valid on the date that goes with it.", "区划代码在相应日期无效。"),
            remedy: Bilingual("Use the present code when the record is next changed.", "下次变更记录时请改用现行代码。")),
        .sameProvince: ViolationText(
            message: Bilingual(
                "Home and register province are one: this is not a record between provinces.", "户籍省与登记省相同，不属于跨省记录。"),
            remedy: Bilingual("Correct the division that is wrong, or leave the record out.", "请更正有误的区划代码，或不提交该记录。")),
        .wrongProvince: ViolationText(
            message: Bilingual(
                "The provinces of the envelope do not fit the record, its sender or its receiver.",
                "信封中的省份与记录、发送方或接收方不符。"),
            remedy: Bilingual(
                "Correct the divisions, or submit through the register that owns the record.", "请更正区划代码，或由记录所属的登记省提交。")),
        .purposeForbids: ViolationText(
            message: Bilingual("The purpose does not allow this field.", "该用途不允许此字段。"),
            remedy: Bilingual("Leave the field out, or state the purpose that it is for.", "请去除该字段，或填写与之相应的用途。")),
        .retentionTooLong: ViolationText(
            message: Bilingual("The record would be kept longer than its purpose allows.", "保留期限超过该用途的上限。"),
            remedy: Bilingual("Set retainUntil within the cap of the purpose.", "请将保留期限设在该用途的上限之内。")),
        .referenceMissing: ViolationText(
            message: Bilingual("The record that this one refers to did not come within 30 days.", "所引用的记录未在 30 日内到达。"),
            remedy: Bilingual("Send the record that is referred to, then this one again.", "请先发送被引用的记录，再重新发送本记录。")),
        .retracted: ViolationText(
            message: Bilingual("The record was retracted; no later version is taken.", "记录已撤回，不再接收后续版本。"),
            remedy: Bilingual("Make a new record if the fact holds again.", "如事实重新成立，请建立新记录。")),
        .issuedInFuture: ViolationText(
            message: Bilingual("The envelope was issued in the future by the receiver's clock.", "按接收方时钟，签发时间在未来。"),
            remedy: Bilingual("Set the sender's clock by a time server and send again.", "请将发送方时钟与时间服务器同步后重新发送。")),
        .permitTransition: ViolationText(
            message: Bilingual("The permit cannot come to this status from the one before.", "证件不能由前一状态变为该状态。"),
            remedy: Bilingual("Send the step that is missing, or correct the status.", "请补发缺少的环节，或更正状态。")),
    ]
}
