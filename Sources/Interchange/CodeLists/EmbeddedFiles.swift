import EmbeddedData

/// The files of `schemas/`, as they were when the binary was built.
public enum EmbeddedFiles {
    /// The content of the file of this name, a path below `schemas`; nil when there is none.
    public static func content(of name: String) -> [UInt8]? {
        embedded_file_named(name).map { Array(bytes(of: $0.pointee)) }
    }

    /// Paths of all files below `schemas`, in order.
    public static var names: [String] {
        var names: [String] = []
        while let file = embedded_file_at(names.count) { names.append(String(cString: file.pointee.name)) }
        return names
    }

    static func bytes(of file: EmbeddedFile) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: file.bytes, count: file.count)
    }
}
