import Interchange
import Testing

struct FoldedTextTests {
    /// Ideographs are taken as they are without asking Unicode about each: that is right as long as all are letters without case,
    /// and none is a digit.
    @Test func anIdeographFoldsToItself() {
        let wrong = (0x4E00...0x9FFF).compactMap { Unicode.Scalar($0) }.filter { scalar in
            let properties = scalar.properties
            return !properties.isAlphabetic || properties.lowercaseMapping != String(Character(scalar))
                || (properties.numericType != nil && properties.numericType != .numeric)
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: [
        "440103199001011236", "４４０１０３１９９００１０１１２３６", "案号 440103-19900101-123X 号", "①440103900101123",
        "٤٤٠١٠٣١٩٩٠٠١٠١١٢٣٦",
    ])
    func aTextThatHoldsANumberMayHoldOne(text: String) {
        #expect(FoldedText(text).holdsIdNumber)
        #expect(FoldedText.mayHoldIdNumber(text))
    }

    @Test(arguments: ["居民身份证法第15条", "A-2026-000123", "p-0001", "", "12345678901234"])
    func aTextWithTooFewDigitsCannot(text: String) { #expect(!FoldedText.mayHoldIdNumber(text)) }

    @Test func aTextIsLongEnoughForWhateverItHolds() {
        for (text, other) in [("ÄÖ", "äö"), ("İx", "İx"), ("４４", "44"), ("张三", "张三")] {
            #expect(FoldedText(text).holds(FoldedText(other)))
            #expect(FoldedText(other).fits(in: text))
        }
    }
}
