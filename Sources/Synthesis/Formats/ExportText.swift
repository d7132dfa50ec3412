import Intake

/// How an export writes its characters.
enum ExportText: Sendable {
    case utf8, gb18030
    /// XML that holds GBK: characters beyond it are written as references.
    case gbkWithReferences

    func append(_ text: String, to out: inout [UInt8]) {
        switch self {
        case .utf8: out.append(contentsOf: text.utf8)
        case .gb18030: GB18030Encoding.standard.append(text.utf8, to: &out)
        case .gbkWithReferences: for scalar in text.unicodeScalars { Self.append(scalar, to: &out) }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        var code: [UInt8] = []
        GB18030Encoding.standard.append(String(scalar).utf8, to: &code)
        if code.count <= 2 {
            out.append(contentsOf: code)
        } else {
            out.append(contentsOf: "&#x\(String(scalar.value, radix: 16, uppercase: true));".utf8)
        }
    }
}
