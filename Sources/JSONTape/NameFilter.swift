/// What is known of an open object's member names: enough to say at once that a name is new.
struct NameFilter {
    /// One bit for each name's hash.
    var seen: UInt64 = 0
    /// A name has escapes, so that its bytes say nothing of its text.
    var hasEscapes = false

    /// Above this many members the names are sorted when the object closes, which no choice of names makes slow.
    static let scanBound = 32
}

extension TapeBuilder {
    /// Refuses the name at a node when an earlier member has it; the check of escaped or many names is deferred.
    @inline(__always)
    mutating func checkName(at index: Int) throws(JSONSyntaxError) {
        let name = nodes[index]
        if name.flags.contains(.escapes) { frame.names.hasEscapes = true }
        guard frame.count < NameFilter.scanBound else { return }
        let bit = (1 as UInt64) &<< (nameHash(name) &>> 58)
        if frame.names.seen & bit != 0 { try compareWithEarlier(name) }
        frame.names.seen |= bit
    }

    @inline(__always)
    private func nameHash(_ name: TapeNode) -> UInt64 {
        let start = text.bytes + Int(name.offset)
        let length = UInt64(name.length)
        var word = loadWord(start)
        if length < 8 {
            word &= ((1 as UInt64) &<< (length &* 8)) &- 1
        } else {
            word ^= loadWord(start + Int(length) - 8) &* 0x9E37_79B9_7F4A_7C15
        }
        return (word ^ length) &* 0xD6E8_FEB8_6659_FD93
    }

    private func compareWithEarlier(_ name: TapeNode) throws(JSONSyntaxError) {
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
    func checkDeferredNames() throws(JSONSyntaxError) {
        if frame.names.hasEscapes || frame.count > NameFilter.scanBound { try sortAndCompareNames() }
    }

    @inline(never)
    private func sortAndCompareNames() throws(JSONSyntaxError) {
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
