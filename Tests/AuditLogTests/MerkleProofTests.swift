import AuditLog
import Testing

@Suite struct MerkleProofTests {
    private let log = StoredLog(leaves: Reference.leaves)

    private func path(_ nodes: [Digest256]) -> [String] { nodes.map(\.description) }

    @Test func inclusionProofsAreThoseOfTheReference() throws {
        #expect(
            path(try MerkleProof.inclusion(of: 0, size: 8, in: log.reader)) == [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ])
        #expect(
            path(try MerkleProof.inclusion(of: 7, size: 8, in: log.reader)) == [
                "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ])
        #expect(path(try MerkleProof.inclusion(of: 2, size: 3, in: log.reader)) == [Reference.roots[2]])
        #expect(try MerkleProof.inclusion(of: 0, size: 1, in: log.reader).isEmpty)
    }

    @Test func consistencyProofsAreThoseOfTheReference() throws {
        #expect(
            path(try MerkleProof.consistency(from: 6, to: 8, in: log.reader)) == [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ])
        #expect(
            path(try MerkleProof.consistency(from: 2, to: 5, in: log.reader)) == [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ])
    }

    @Test(arguments: 1...70)
    func everyInclusionProofVerifiesOnlyForItsLeafAndPlace(size: Int) throws {
        let log = StoredLog(leaves: (0..<size).map { Array("leaf \($0)".utf8) })
        let leaves = log.entries.map { Digest256.leaf($0) }
        let root = Reference.root(leaves[...])
        for index in 0..<size {
            let path = try MerkleProof.inclusion(of: UInt64(index), size: UInt64(size), in: log.reader)
            let judge = { (leaf: Digest256, place: Int, of: Int, path: [Digest256], root: Digest256) in
                (try? MerkleProof.verifyInclusion(
                    of: leaf, at: UInt64(place), size: UInt64(of), root: root, path: path)) != nil
            }
            #expect(judge(leaves[index], index, size, path, root))
            #expect(!judge(.emptyRoot, index, size, path, root))
            #expect(!judge(leaves[index], index, size, path, .emptyRoot))
            #expect(!judge(leaves[index], index, size, path + [root], root))
            #expect(!judge(leaves[index], size, size, path, root))
            for other in 0..<size where other != index { #expect(!judge(leaves[index], other, size, path, root)) }
            guard !path.isEmpty else { continue }
            #expect(!judge(leaves[index], index, size, Array(path.dropLast()), root))
            for place in path.indices {
                var changed = path
                changed[place] = .emptyRoot
                #expect(!judge(leaves[index], index, size, changed, root))
            }
        }
    }

    @Test(arguments: 1...70)
    func everyConsistencyProofVerifiesOnlyForItsTrees(size: Int) throws {
        let log = StoredLog(leaves: (0..<size).map { Array("leaf \($0)".utf8) })
        let leaves = log.entries.map { Digest256.leaf($0) }
        let root = Reference.root(leaves[...])
        for old in 1...size {
            let oldRoot = Reference.root(leaves.prefix(old))
            let path = try MerkleProof.consistency(from: UInt64(old), to: UInt64(size), in: log.reader)
            let judge = { (from: Int, oldRoot: Digest256, to: Int, root: Digest256, path: [Digest256]) in
                (try? MerkleProof.verifyConsistency(from: UInt64(from), oldRoot, to: UInt64(to), root, path: path))
                    != nil
            }
            #expect(judge(old, oldRoot, size, root, path))
            #expect(!judge(old, .emptyRoot, size, root, path))
            #expect(!judge(old, oldRoot, size, .emptyRoot, path))
            #expect(!judge(old, oldRoot, size, root, path + [root]))
            for place in path.indices {
                var changed = path
                changed[place] = .emptyRoot
                #expect(!judge(old, oldRoot, size, root, changed))
                changed = path
                changed.remove(at: place)
                #expect(!judge(old, oldRoot, size, root, changed))
            }
        }
    }

    @Test func everyTreeContinuesTheEmptyOne() throws {
        let root = try #require(Digest256(hexadecimal: Reference.roots[8]))
        try MerkleProof.verifyConsistency(from: 0, .emptyRoot, to: 8, root, path: [])
        #expect(throws: AuditError.self) {
            try MerkleProof.verifyConsistency(from: 0, root, to: 8, root, path: [])
        }
        #expect(throws: AuditError.self) {
            try MerkleProof.verifyConsistency(from: 8, root, to: 6, root, path: [])
        }
    }

    @Test func proofsAreRefusedOutsideTheTree() {
        #expect(throws: AuditError.self) { try MerkleProof.inclusion(of: 8, size: 8, in: log.reader) }
        #expect(throws: AuditError.self) { try MerkleProof.inclusion(of: 3, size: 9, in: log.reader) }
        #expect(throws: AuditError.self) { try MerkleProof.consistency(from: 0, to: 8, in: log.reader) }
        #expect(throws: AuditError.self) { try MerkleProof.consistency(from: 5, to: 4, in: log.reader) }
    }

    @Test func proofsOfATreeThatSpansTilesVerify() throws {
        let log = StoredLog(leaves: (0..<70_000).map { Array("\($0)".utf8) })
        let root = try MerkleProof.root(size: 70_000, in: log.reader)
        #expect(root == Reference.root(log.entries.map { .leaf($0) }[...]))
        for index: UInt64 in [0, 255, 256, 65_535, 65_536, 69_999] {
            let path = try MerkleProof.inclusion(of: index, size: 70_000, in: log.reader)
            try MerkleProof.verifyInclusion(
                of: .leaf(log.entries[Int(index)]), at: index, size: 70_000, root: root, path: path)
        }
        for old: UInt64 in [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_888, 70_000] {
            let path = try MerkleProof.consistency(from: old, to: 70_000, in: log.reader)
            let oldRoot = try MerkleProof.root(size: old, in: log.reader)
            try MerkleProof.verifyConsistency(from: old, oldRoot, to: 70_000, root, path: path)
        }
    }
}
