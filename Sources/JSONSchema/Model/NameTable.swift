import JSONTape

/// Numbers the names of an object schema, compared byte for byte.
struct NameTable: Sendable {
    /// The names, each at its number.
    let names: [String]
    /// UTF-8 of the names, one after the other.
    private let bytes: [UInt8]
    private let starts: [Int]
    /// Open addressing: the number of a name plus one, zero where there is none.
    private let slots: [Int32]

    init(_ names: [String]) {
        var (unique, bytes, starts): ([String], [UInt8], [Int]) = ([], [], [0])
        var capacity = 8
        while capacity < names.count * 2 { capacity *= 2 }
        var slots = [Int32](repeating: 0, count: capacity)
        for name in names {
            let text = Array(name.utf8)
            let found = text.withUnsafeBytes { Self.slot(of: $0, in: slots, bytes, starts) }
            guard slots[found] == 0 else { continue }
            unique.append(name)
            bytes += text
            starts.append(bytes.count)
            slots[found] = Int32(unique.count)
        }
        (self.names, self.bytes, self.starts, self.slots) = (unique, bytes, starts, slots)
    }

    /// A string's number, or nil when it is none of the names.
    func find(_ view: JSONView) -> Int? {
        view.withUTF8 { find($0) } ?? nil
    }

    func find(_ text: UnsafeRawBufferPointer) -> Int? {
        let number = slots[Self.slot(of: text, in: slots, bytes, starts)]
        return number == 0 ? nil : Int(number) - 1
    }

    /// The slot that holds the text, or the empty one where it would stand.
    private static func slot(of text: UnsafeRawBufferPointer, in slots: [Int32], _ bytes: [UInt8], _ starts: [Int])
        -> Int
    {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
        while slots[slot] != 0 {
            let name = Int(slots[slot]) - 1
            if bytes[starts[name]..<starts[name + 1]].elementsEqual(text) { return slot }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }
}
