import Intake
import Testing

private let xml = SourceFormat.xml(row: "人员")

private func text(_ rows: String, root: String = "登记") -> [UInt8] {
    Array("<?xml version=\"1.0\" encoding=\"GB2312\"?>\n<\(root)>\n\(rows)\n</\(root)>\n".utf8)
}

@Suite struct XMLTests {
    @Test func childElementsAndAttributesAreColumns() throws {
        let file = try ReadFile(
            text("<人员 编号='7'><XM>夏建雪</XM><XB/></人员><人员 编号=\"8\"><XM 别名=\"a\">任琪洋</XM><XB>女</XB></人员>"), xml)
        #expect(file.columns == ["@编号", "XM", "XM/@别名", "XB"])
        #expect(file.rows == [["7", "夏建雪", "", ""], ["8", "任琪洋", "a", "女"]])
    }

    @Test func elementsInsideElementsAreNamedByTheirPath() throws {
        let rows = "<人员><证件><号码>1</号码><类型 代码='01'>x</类型></证件></人员>"
        let file = try ReadFile(text(rows), xml)
        #expect(file.columns == ["证件/号码", "证件/类型/@代码", "证件/类型"])
        #expect(file.rows == [["1", "01", "x"]])
        let whole = try ReadFile(text(rows), xml, used: ["证件"])
        #expect(whole.columns == ["证件"])
        #expect(whole.rows == [["1x"]])
    }

    @Test func whatIsSaidOfTheEncodingDoesNoHarm() throws {
        let head = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?><r><row><XM>".utf8)
        let bytes = head + xia + [0x95, 0x34, 0xB2, 0x35, 0xFE, 0x9F] + Array("</XM></row></r>".utf8)
        let format = SourceFormat.xml(row: "row")
        #expect(try ReadFile(bytes, format, encoding: .gb18030).rows == [["夏建雪𠮷䶮"]])
        #expect(try ReadFile(bytes, format).rows == [["夏建雪𠮷䶮"]])
        let utf8 = Array("<?xml version=\"1.0\" encoding=\"no-such\"?><r><row><XM>夏建雪</XM></row></r>".utf8)
        #expect(try ReadFile(utf8, format).rows == [["夏建雪"]])
        #expect(try ReadFile([0xEF, 0xBB, 0xBF] + utf8, format).rows == [["夏建雪"]])
        #expect(refusal(bytes, format, encoding: .utf8)?.code == .encoding)
        #expect(refusal(bytes, format, encoding: .utf8)?.byteOffset == head.count)
    }

    @Test func tagsInAnotherEncodingAreToldFromBrokenTags() {
        let utf8 = Array("<登记 省='浙江'><人员><XM>夏</XM></人员></登记>".utf8)
        #expect(refusal(utf8, xml, encoding: .gb18030)?.code == .encoding)
        #expect(refusal(Array("<登记 省=浙江><人员><XM>夏</XM></人员></登记>".utf8), xml)?.code == .form)
    }

    @Test func referencesAreCharacters() throws {
        let file = try ReadFile(
            text("<人员><A>&#x20BB7;&#134071;&lt;&amp;&gt;&quot;&apos;</A><B x='&#x2022;&amp;'>买&#xB7;买</B></人员>"), xml)
        #expect(file.rows == [["𠮷𠮷<&>\"'", "•&", "买·买"]])
        #expect(file.damaged == [[]])
    }

    @Test(arguments: [
        "&#0;", "&#x1;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&nbsp;", "&", "&#;", "&#x;", "&#-5;", "&;", "&amp",
        "&#xFFFFFFFFFFFFFFFFFF;",
    ])
    func aReferenceThatNamesNoCharacterDamagesItsCell(reference: String) throws {
        let file = try ReadFile(text("<人员><A>x\(reference)y</A></人员><人员><A>z</A></人员>"), xml)
        #expect(file.damaged == [["A"], []])
        #expect(file.rows[0][0].hasPrefix("x\u{FFFD}"))
        #expect(file.rows[1] == ["z"])
    }

    @Test func commentsSectionsAndInstructionsAreNoText() throws {
        let rows =
            "<!-- <人员> --><人员><A>夏<!-- > & < -->建<?p <x> ?><![CDATA[<&]]雪]]></A><!-- a - b --></人员><?q?><![CDATA[]]>"
        #expect(try ReadFile(text(rows), xml).rows == [["夏建<&]]雪"]])
    }

    @Test func aBracketThatIsHalfACharacterEndsNoSection() throws {
        // 慮 is 91 5D: the second byte is a bracket.
        let bytes =
            Array("<r><row><A><![CDATA[".utf8) + [0x91, 0x5D, 0x5D] + Array(">x]]></A></row></r>".utf8)
        #expect(try ReadFile(bytes, .xml(row: "row"), encoding: .gb18030).rows == [["慮]>x"]])
    }

    @Test func prefixesOfNamespacesAreLeftOut() throws {
        let rows = "<n:人员 xmlns:n='urn:a' xmlns='urn:b' xsi:type='t'><n:XM xml:lang='zh'>夏</n:XM></n:人员>"
        let file = try ReadFile(text(rows), xml)
        #expect(file.columns == ["XM"])
        #expect(file.rows == [["夏"]])
        #expect(try ReadFile(text(rows), .xml(row: "n:人员")).rows == [["夏"]])
    }

    @Test func aColumnThatNoRowHasIsEmpty() throws {
        let file = try ReadFile(text("<人员><XM>夏</XM></人员>"), xml, used: ["LRYY", "XM"])
        #expect(file.columns == ["XM", "LRYY"])
        #expect(file.rows == [["夏", ""]])
    }

    @Test func rowsWithNoneOfTheColumnsAreAnotherFiles() {
        let error = refusal(text("<人员><XM>夏</XM></人员>"), xml, used: ["姓名"])
        #expect(error?.code == .columnMissing)
        #expect(error?.byteOffset == 49)
    }

    @Test func aDocumentWithoutTheRowsElementIsRefused() throws {
        #expect(refusal(text("<person><XM>夏</XM></person>"), xml)?.code == .form)
        #expect(refusal(text("<person><XM>夏</XM></person>"), xml)?.byteOffset == 49)
        #expect(try ReadFile(text(""), xml, used: ["XM"]).rows == [])
        #expect(try ReadFile(Array("<人员><XM>夏</XM></人员>".utf8), xml).rows == [["夏"]])
    }

    @Test func blankRowsAreSkipped() throws {
        let file = try ReadFile(text("<人员/><人员></人员><人员><XM></XM><XB/></人员><人员><XM>夏</XM></人员>"), xml)
        #expect(file.rows == [["夏", ""]])
        #expect(file.skipped == 3)
    }

    @Test(arguments: [
        "<人员><XM>夏</XB></人员>", "<人员><XM>夏</人员>", "<人员><XM a=1>夏</XM></人员>", "<人员><XM a='1'b='2'>夏</XM></人员>",
        "<人员><XM a='<'>夏</XM></人员>", "<人员><1>夏</1></人员>", "<人员><XM>3 < 4</XM></人员>",
        "<人员><XM>夏</XM><!-- a -- b --></人员>",
        "<人员><XM>夏</XM></XM></人员>", "<人员><!ENTITY a 'b'></人员>",
    ])
    func aRowThatIsNotWellFormedSpoilsItselfOnly(row: String) throws {
        let file = try ReadFile(text("<人员><XM>一</XM></人员>\(row)<人员><XM>二</XM></人员>"), xml)
        #expect(file.rows == [["一"], ["notWellFormed"], ["二"]])
        #expect(file.raw[1].isEmpty)
    }

    @Test func aRowWithoutItsEndSpoilsItselfOnly() throws {
        let rows = "<人员><XM>一</XM><人员><XM>二</XM></人员><人员><XM>三</XM></人员><人员><XM>四</XM>"
        #expect(try ReadFile(text(rows), xml).rows == [["notWellFormed"], ["二"], ["三"], ["notWellFormed"]])
    }

    @Test func mostRowsBrokenMeansAnotherFile() {
        let error = refusal(text("<人员><XM>一</人员><人员><XM>二</人员><人员><XM>三</XM></人员>"), xml)
        #expect(error?.code == .form)
        #expect(error?.byteOffset == 49)
    }

    @Test func aFileThatIsCutIsRefusedWhole() {
        let whole = text("<人员><XM>一</XM></人员><人员><XM>二</XM></人员>")
        for length in stride(from: 49, to: whole.count - 1, by: 1) {
            let code = refusal(Array(whole[..<length]), xml, encoding: .gb18030)?.code
            #expect(
                code == .truncated || code == .encoding || code == .form, "\(length) bytes: \(String(describing: code))"
            )
        }
        #expect(refusal(Array("<r><人员><XM>一".utf8), xml)?.byteOffset == 3)
    }

    @Test func documentTypesAreRefused() {
        let bomb =
            "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><r><人员><XM>&b;</XM></人员></r>"
        #expect(refusal(Array(bomb.utf8), xml)?.code == .form)
        #expect(refusal(Array(bomb.utf8), xml)?.byteOffset == 21)
        #expect(refusal(Array(bomb.utf8), xml)?.message.contains("document type") == true)
        let external = "<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r><人员><XM>x</XM></人员></r>"
        #expect(refusal(Array(external.utf8), xml)?.byteOffset == 0)
    }

    @Test func depthTextAndAttributesHaveLimits() throws {
        let limits = IntakeLimits(rowBytes: 400, cells: 4, cellBytes: 20, depth: 3, chunkBytes: 16)
        func row(_ content: String) -> String { "<人员>\(content)</人员>" }
        let good = row("<A>1</A>")
        let deep = row(String(repeating: "<A>", count: 5) + String(repeating: "</A>", count: 5))
        let long = row("<A>\(String(repeating: "y", count: 21))</A>")
        let huge = row("<A>\(String(repeating: "z", count: 2000))</A>")
        let many = row("<A>1</A><A>1</A><A>1</A><A>1</A><A>1</A>")
        let rows = [good, good, deep, good, long, good, huge, many, good].joined()
        let file = try ReadFile(Array("<r>\(rows)</r>".utf8), xml, limits: limits)
        #expect(
            file.rows.map { $0[0] } == [
                "1", "1", "tooDeep(limit: 3)", "1", "cellTooLong(limit: 20)", "1", "rowTooLong(limit: 400)",
                "tooManyCells(limit: 4)", "1",
            ])
        let nested = String(repeating: "<a>", count: 100_000)
        #expect(refusal(Array(nested.utf8), xml)?.code == .limit)
        #expect(refusal(Array("<r>\(row(nested))</r>".utf8), xml) != nil)
        let columns = row((0..<5).map { "<A\($0)>1</A\($0)>" }.joined())
        #expect(refusal(Array("<r>\(good)\(columns)</r>".utf8), xml, limits: limits)?.code == .limit)
        let attribute = "<r a='\(String(repeating: "x", count: 5000))'>\(good)</r>"
        #expect(refusal(Array(attribute.utf8), xml, limits: limits)?.code == .limit)
    }

    @Test func aColumnThatIsReadTwiceSpoilsItsRow() throws {
        let rows = "<人员><A>1</A><A>2</A><B>3</B></人员><人员><A>4</A><B>5</B></人员>"
        #expect(try ReadFile(text(rows), xml).rows == [["columnTwice"], ["4", "5"]])
        #expect(try ReadFile(text(rows), xml, dropped: ["A"]).rows == [["", "3"], ["", "5"]])
    }

    @Test func withheldColumnsAreNotInTheRawBytes() throws {
        let rows = "<人员 婚='secret'><XM>夏</XM><HYZK a='1'>sec<!-- ret -->ret</HYZK><HYZK>secret</HYZK></人员>"
        let file = try ReadFile(text(rows), xml, withheld: ["HYZK", "@婚"])
        #expect(file.texts == ["<人员 婚=''><XM>夏</XM><HYZK a='1'></HYZK><HYZK></HYZK></人员>"])
    }

    @Test func everyChunkSizeGivesTheSameRows() throws {
        let bytes = text(
            "<!-- 注 --><人员 a='一'><XM>夏&#x20BB7;</XM><B><![CDATA[]]]]></B></人员><人员><XM>坏</人员>\r\n<人员><XM>三</XM></人员>")
        let whole = try ReadFile(bytes, xml)
        #expect(whole.rows == [["一", "夏𠮷", "]]"], ["notWellFormed"], ["", "三", ""]])
        for chunk in 16...90 {
            #expect(try ReadFile(bytes, xml, limits: IntakeLimits(chunkBytes: chunk)).rows == whole.rows, "\(chunk)")
        }
    }

    @Test func damagedBytesSpoilTheirRowOnly() throws {
        let bytes =
            Array("<r><人员><A>夏</A></人员><人员><A>".utf8) + xia + Array("</A></人员><人员><A>建</A></人员></r>".utf8)
        let file = try ReadFile(bytes, xml)
        #expect(file.rows.map(\.count) == [1, 1, 1])
        #expect(file.damaged == [[], ["A"], []])
        #expect(file.raw[1] == Array("<人员><A>".utf8) + xia + Array("</A></人员>".utf8))
    }

    @Test func whatIsAroundTheDocumentIsBlank() throws {
        let good = "<r><人员><A>1</A></人员></r>"
        #expect(try ReadFile(Array((good + "\r\n\0\0").utf8) + [0x1A], xml).rows == [["1"]])
        #expect(try ReadFile(Array("\n<?p?><!-- x -->\(good)<!-- y -->".utf8), xml).rows == [["1"]])
        #expect(refusal(Array("x\(good)".utf8), xml)?.byteOffset == 0)
        #expect(refusal(Array("\(good)<a/>".utf8), xml)?.code == .form)
        #expect(refusal(Array("\(good)x".utf8), xml)?.code == .form)
        #expect(refusal(Array("序号,姓名\n".utf8), xml)?.code == .form)
        #expect(refusal([], xml)?.code == .empty)
        #expect(refusal([0xFF, 0xFE, 0x3C, 0x00], xml)?.code == .encoding)
    }
}
