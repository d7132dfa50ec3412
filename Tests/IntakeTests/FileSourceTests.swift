import Foundation
import Intake
import Testing

@Suite struct FileSourceTests {
    private func names(_ source: any ByteSource) throws -> [String] {
        var reader = try CSVReader(input: source, encoding: .auto)
        reader.follow(ReadingPlan(decoded: [true], withheld: [false]))
        try reader.verify()
        var row = RowBuffer()
        var names: [String] = []
        while try reader.next(into: &row) { names.append(String(decoding: row.bytes, as: UTF8.self)) }
        return names
    }

    /// A pipe whose writing end is closed: by name, so that no child that another test starts at this moment keeps it open.
    private func pipe(holding text: String) throws -> FileHandle {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pipe-\(UUID().uuidString)").path
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let reading = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let writing = FileHandle(fileDescriptor: open(path, O_WRONLY | O_CLOEXEC), closeOnDealloc: true)
        try writing.write(contentsOf: Data(text.utf8))
        try writing.close()
        return FileHandle(fileDescriptor: reading, closeOnDealloc: true)
    }

    @Test func aPipeIsKeptSoThatItCanBeReadTwice() throws {
        let pipe = try pipe(holding: "姓名\n夏建雪\n任琪洋\n")
        let source = FileSource(descriptor: pipe.fileDescriptor)
        #expect(try names(source) == ["夏建雪", "任琪洋"])
    }

    @Test func aPipeThatIsTooLongIsRefused() throws {
        let pipe = try pipe(holding: "姓名\n夏建雪\n任琪洋\n")
        let source = FileSource(descriptor: pipe.fileDescriptor, pipeBytes: 10)
        let error = #expect(throws: IntakeError.self) { try names(source) }
        #expect(error?.code == .limit)
        #expect(error?.byteOffset == 10)
    }

    @Test func aFileIsReadThroughItsName() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("intake-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.csv").path
        try Data([0xD0, 0xD5, 0xC3, 0xFB, 0x0A, 0xCF, 0xC4, 0x0A]).write(to: URL(fileURLWithPath: path))
        #expect(try names(try FileSource(path: path)) == ["夏"])
    }
}
