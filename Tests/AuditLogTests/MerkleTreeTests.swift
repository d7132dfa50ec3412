import AuditLog
import Testing

/// The reference vectors of Certificate Transparency (transparency-dev/merkle, testonly/constants.go).
enum Reference {
    static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map(hexadecimal)

    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// The Merkle tree hash as RFC 9162, 2.1.1 defines it, by recursion.
    static func root(_ leaves: ArraySlice<Digest256>) -> Digest256 {
        guard leaves.count > 1 else { return leaves.first ?? .emptyRoot }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        return .node(root(leaves.prefix(half)), root(leaves.dropFirst(half)))
    }
}

@Suite struct MerkleTreeTests {
    @Test(arguments: 0...8)
    func rootsAreThoseOfTheReference(size: Int) {
        var frontier = MerkleFrontier()
        for leaf in Reference.leaves.prefix(size) { frontier.append(.leaf(leaf)) }
        #expect(frontier.size == UInt64(size))
        #expect(frontier.root.description == Reference.roots[size])
        #expect(StoredLog(leaves: Array(Reference.leaves.prefix(size))).reader.size == UInt64(size))
    }

    @Test func rootsFollowTheDefinitionUpTo600Leaves() {
        let leaves = (0..<600).map { Digest256.leaf(Array("\($0)".utf8)) }
        var frontier = MerkleFrontier()
        for size in 0..<600 {
            #expect(frontier.root == Reference.root(leaves.prefix(size)), "size \(size)")
            frontier.append(leaves[size])
        }
    }

    @Test func aCopyOfAFrontierIsNotTouchedByAppending() {
        var frontier = MerkleFrontier()
        frontier.append(.leaf(Reference.leaves[0]))
        let copy = frontier
        frontier.append(.leaf(Reference.leaves[1]))
        #expect(copy.root.description == Reference.roots[1])
        #expect(frontier.root.description == Reference.roots[2])
    }

    @Test func aFrontierNeedsOneSubtreeForEachBitOfItsSize() {
        #expect(MerkleFrontier(size: 3, subtrees: [.emptyRoot]) == nil)
        #expect(MerkleFrontier(size: 4, subtrees: [.emptyRoot])?.size == 4)
    }

    @Test func aDigestHasOneFormInEachEncoding() {
        let digest = Digest256.emptyRoot
        #expect(digest.base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        #expect(Digest256(base64: digest.base64) == digest)
        #expect(Digest256(hexadecimal: Reference.roots[0]) == digest)
        #expect(Digest256(base64: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=") == nil)
        #expect(Digest256(base64: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU") == nil)
        #expect(Digest256(hexadecimal: Reference.roots[0].uppercased()) == nil)
        #expect(Digest256([1, 2, 3]) == nil)
    }
}
