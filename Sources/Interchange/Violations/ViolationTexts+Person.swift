extension ViolationCode {
    /// What concerns the person and the numbers.
    static let personTexts: [ViolationCode: ViolationText] = [
        .idDamaged: ViolationText(
            message: Bilingual("A spreadsheet destroyed the number.", "号码已被电子表格破坏。"),
            remedy: Bilingual(
                "Export again with the column as text, or enter the number from the document.",
                "请将该列设为文本后重新导出，或按证件重新录入号码。")),
        .idPlaceholder: ViolationText(
            message: Bilingual("The number is a placeholder, not a person's number.", "号码为占位号码，不是个人号码。"),
            remedy: Bilingual(
                "Enter the number from the document; for a person without one use the id type none.",
                "请按证件录入号码；确无证件的，证件类型填 none。")),
        .idFormat: ViolationText(
            message: Bilingual("The number does not have the form of its id type.", "号码不符合其证件类型的格式。"),
            remedy: Bilingual("Compare the number and the id type with the document.", "请与证件核对号码和证件类型。")),
        .idChecksum: ViolationText(
            message: Bilingual("The number's check character is wrong.", "号码的校验码不符。"),
            remedy: Bilingual(
                "Compare with the document; if it shows the same number, leave it as it is.", "请与证件核对；如证件确为该号码，保持不变。")),
        .idLegacy15: ViolationText(
            message: Bilingual("The number is an old one of 15 digits.", "号码为 15 位旧号码。"),
            remedy: Bilingual("Enter the 18-digit number when the person next shows a document.", "下次核验证件时请录入 18 位号码。")),
        .idDivision: ViolationText(
            message: Bilingual("The number's first six digits are no division that they can be.", "号码前六位不是相应的行政区划代码。"),
            remedy: Bilingual("Compare the number with the document.", "请与证件核对号码。")),
        .birthDateMismatch: ViolationText(
            message: Bilingual("The birth date is not the one in the number.", "出生日期与号码中的出生日期不一致。"),
            remedy: Bilingual("Compare both with the document and correct the wrong one.", "请与证件核对，更正有误的一项。")),
        .sexMismatch: ViolationText(
            message: Bilingual("The sex is not the one in the number.", "性别与号码所示性别不一致。"),
            remedy: Bilingual("Compare both with the document and correct the wrong one.", "请与证件核对，更正有误的一项。")),
        .nameInvalid: ViolationText(
            message: Bilingual("The name has characters that no name has.", "姓名含有不应出现的字符。"),
            remedy: Bilingual(
                "Enter the name from the document; if characters were lost, export with the right encoding.",
                "请按证件录入姓名；如字符丢失，请用正确的编码重新导出。")),
        .minorEmployment: ViolationText(
            message: Bilingual("Employment of a person under 16.", "就业人员未满 16 周岁。"),
            remedy: Bilingual(
                "Compare birth date and employment with the documents; tell the labour inspection if both are right.",
                "请核对出生日期和就业信息；确属未满 16 周岁的，告知劳动监察。")),
        .usccChecksum: ViolationText(
            message: Bilingual("The employer's code has a wrong check character.", "用人单位统一社会信用代码校验码不符。"),
            remedy: Bilingual("Compare the code with the business licence.", "请与营业执照核对该代码。")),
    ]
}
