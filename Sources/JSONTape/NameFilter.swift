/// What is known of an open object's member names: enough to say at once that a name is new.
struct NameFilter {
    /// A bit in each for each name's hash: only a name that finds both its bits set can be a second one.
    var seen: UInt64 = 0
    var seenToo: UInt64 = 0
    /// A name has escapes, so that its bytes say nothing of its text.
    var hasEscapes = false

    /// Above this many members the names are sorted when the object closes, which no choice of names makes slow.
    static let scanBound = 32
}

extension NameFilter {
    /// Takes a name in. False when an earlier one may be the same.
    @inline(__always)
    mutating func admit(_ hash: UInt32) -> Bool {
        let bit = (1 as UInt64) &<< UInt64(truncatingIfNeeded: hash &>> 26)
        let bitToo = (1 as UInt64) &<< UInt64(truncatingIfNeeded: hash &>> 20 & 63)
        defer {
            seen |= bit
            seenToo |= bitToo
        }
        return seen & bit == 0 || seenToo & bitToo == 0
    }
}

extension TapeSink {
    /// Refuses a name that an earlier member of the object has.
    @inline(never)
    func compareWithEarlier(_ name: TapeNode, _ frame: TapeBuilder.Frame) throws(JSONSyntaxError) {
        var index = frame.node + 1
        for _ in 0..<frame.count {
            let earlier = nodes[index]
            if earlier.length == name.length,
                sameBytes(text.bytes + Int(earlier.offset), text.bytes + Int(name.offset), Int(name.length))
            {
                throw JSONSyntaxError(offset: Int(name.offset) - 1, reason: .duplicateName)
            }
            index = Int(nodes[index + 1].next)
        }
    }

    /// Sorts the names of the object that closes, when they could not be checked one by one.
    @inline(__always)
    func checkDeferredNames(_ frame: TapeBuilder.Frame) throws(JSONSyntaxError) {
        if frame.names.hasEscapes || frame.count > NameFilter.scanBound { try sortAndCompareNames(frame) }
    }

    @inline(never)
    private func sortAndCompareNames(_ frame: TapeBuilder.Frame) throws(JSONSyntaxError) {
        var names: [TapeNode] = []
        names.reserveCapacity(frame.count)
        var index = frame.node + 1
        for _ in 0..<frame.count {
            names.append(nodes[index])
            index = Int(nodes[index + 1].next)
        }
        names.sort { order($0, $1) < 0 }
        for (left, right) in zip(names, names.dropFirst()) where order(left, right) == 0 {
            throw JSONSyntaxError(
                offset: Int(max(left.offset, right.offset)) - 1, reason: .duplicateName)
        }
    }

    private func order(_ left: TapeNode, _ right: TapeNode) -> Int {
        if left.length != right.length, !left.flags.union(right.flags).contains(.escapes) {
            return left.length < right.length ? -1 : 1
        }
        var (leftText, rightText) = (UnescapedBytes(left, in: text.bytes), UnescapedBytes(right, in: text.bytes))
        while true {
            switch (leftText.next(), rightText.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let leftByte?, let rightByte?):
                if leftByte != rightByte { return leftByte < rightByte ? -1 : 1 }
            }
        }
    }
}
