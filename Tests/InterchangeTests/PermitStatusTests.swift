import Interchange
import Testing

@Suite struct PermitStatusTests {
    /// The arrows of the interchange, written out.
    private static let arrows = """
        applied>issued issued>endorsed endorsed>endorsed endorsed>suspended suspended>restored restored>endorsed
        restored>suspended issued>addressChanged endorsed>addressChanged restored>addressChanged addressChanged>endorsed
        issued>cancelled endorsed>cancelled suspended>cancelled restored>cancelled addressChanged>cancelled
        """

    @Test func theArrowsAreThoseOfTheInterchange() {
        let written = Set(Self.arrows.split { $0 == " " || $0 == "\n" }.map(String.init))
        let found = PermitStatus.allCases.flatMap { from in from.next.map { "\(from.rawValue)>\($0.rawValue)" } }
        #expect(Set(found) == written)
    }

    @Test(
        arguments: [
            (.applied, .endorsed, 1, false), (.applied, .endorsed, 2, true), (.applied, .cancelled, 1, false),
            (.applied, .cancelled, 2, true), (.cancelled, .issued, 9, false), (.cancelled, .cancelled, 1, true),
            (.issued, .applied, 9, false), (.suspended, .endorsed, 1, false), (.suspended, .endorsed, 2, true),
            (.issued, .issued, 0, true), (.issued, .endorsed, 0, false), (.applied, .restored, 9_000, true),
        ] as [(PermitStatus, PermitStatus, Int, Bool)])
    func stepsInBetweenMayBeOnTheirWay(from: PermitStatus, to: PermitStatus, moves: Int, isReached: Bool) {
        #expect(from.leads(to: to, within: moves) == isReached)
    }
}
