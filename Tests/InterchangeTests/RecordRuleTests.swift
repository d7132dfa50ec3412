import Interchange
import Testing

@Suite struct RecordRuleTests {
    private typealias Sample = EnvelopeSample

    @Test(arguments: ["=夏", "+夏", "-夏", "@夏", "夏1", "夏?", "夏\u{FFFD}", "夏\\u0007", "夏\u{E000}", "夏\u{85}", "夏１"])
    func namesHaveNoSuchCharacters(name: String) {
        #expect(Sample.findings(("夏建雪", name)) == ["NAME_INVALID /person/name quarantine"])
    }

    @Test(arguments: ["阿依古丽·吐尔逊", "𠮷田", "Anne-Marie O'Neil", "夏\\u5efa雪", "㛃"])
    func namesKeepEveryOtherCharacter(name: String) {
        #expect(Sample.findings(("夏建雪", name)) == [])
    }

    @Test func datesFollowOneAnother() {
        #expect(Sample.findings(("2019-10-16", "2019-10-05")) == ["DATE_ORDER /content/registeredOn quarantine"])
        #expect(Sample.findings(("2019-10-06", "1980-12-30")) == ["DATE_ORDER /content/arrivalDate quarantine"])
        #expect(Sample.findings(("2019-10-16", "2026-07-01")) == ["DATE_ORDER /content/registeredOn quarantine"])
        #expect(Sample.findings(("2019-10-06", "2019-10-16")) == [])
    }

    @Test func todayIsTheDayInShanghai() {
        let line = Sample.arrival.replacing("2019-10-16", with: "2026-07-01").replacing(
            "2026-06-30T08:00:00Z", with: "2026-06-30T16:00:00Z")
        #expect(Sample.check(line, now: Instant(seconds: 1_782_835_200)).isAccepted)
        #expect(!Sample.check(line, now: Instant(seconds: 1_782_835_199)).isAccepted)
    }

    @Test func divisionsAreHeldAgainstTheirDates() {
        #expect(Sample.findings(("441823", "449999")) == ["DIVISION_UNKNOWN /content/residenceDivision quarantine"])
        let hangzhou = Sample.findings(
            (#""from":"44""#, #""from":"33""#), ("45-44-", "45-33-"), ("441823", "330103"),
            ("2019-10-06", "2024-10-06"),
            ("2019-10-16", "2024-10-16"))
        #expect(hangzhou == ["DIVISION_NOT_CURRENT /content/residenceDivision flag"])
        let stated = Sample.findings((#""hukouDivision":"450123""#, #""hukouDivision":"510222""#), ("45-44-", "51-44-"))
        #expect(stated.contains("DIVISION_NOT_CURRENT /person/hukouDivision flag"))
        let dated = Sample.findings(
            (#""to":"45""#, #""to":"51""#), ("45-44-", "51-44-"),
            (#""hukouDivision":"450123""#, #""hukouDivision":"510222","hukouAsOf":"1990-01-01""#))
        #expect(dated == [])
    }

    @Test func theSuccessorIsNamed() {
        let line = Sample.arrival.replacing(#""hukouDivision":"450123""#, with: #""hukouDivision":"510222""#)
        let violation = Sample.check(line).violations.first { $0.code == .divisionNotCurrent }
        #expect(violation?.text.message.english.hasSuffix("It became 500113 巴南区.") == true)
        #expect(violation?.text.message.chinese.hasSuffix("现为500113 巴南区。") == true)
    }

    @Test func oneProvinceIsNoInterchange() {
        let same = Sample.findings(
            (#""to":"45""#, #""to":"44""#), ("45-44-", "44-44-"),
            (#""hukouDivision":"450123""#, #""hukouDivision":"440103""#))
        #expect(same == ["SAME_PROVINCE /to quarantine"])
    }

    @Test func provincesMustFitTheRecord() {
        #expect(
            Sample.findings((#""to":"45""#, #""to":"51""#)) == [
                "WRONG_PROVINCE /to quarantine", "WRONG_PROVINCE /record quarantine",
            ])
        #expect(Sample.findings(("45-44-", "45-31-")) == ["WRONG_PROVINCE /record quarantine"])
        #expect(
            Sample.findings(("441823", "310105"))
                == ["WRONG_PROVINCE /content/residenceDivision quarantine"].map {
                    $0.replacing("/content/residenceDivision", with: "/from")
                })
    }

    @Test func aReceiverKnowsItselfAndItsPeer() throws {
        let home = try #require(Province("45"))
        let register = try #require(Province("44"))
        #expect(Sample.check(Sample.arrival, side: .receiver(as: home, from: register)).violations == [])
        let other = Sample.check(Sample.arrival, side: .receiver(as: register, from: home))
        #expect(
            Sample.findings(in: other) == ["WRONG_PROVINCE /from quarantine", "WRONG_PROVINCE /to quarantine"])
    }

    @Test func ethnicityIsForPermitsOnly() {
        #expect(
            Sample.findings((#""sex":"2""#, #""sex":"2","ethnicity":"01""#)) == [
                "PURPOSE_FORBIDS /person/ethnicity quarantine"
            ])
    }

    @Test func retentionEndsWithItsPurpose() {
        #expect(Sample.findings(("2029-06-29", "2029-06-30")) == ["RETENTION_TOO_LONG /retainUntil quarantine"])
        let shorter = Sample.check(Sample.arrival, retentionCaps: [.residenceRegistration: 365])
        #expect(Sample.findings(in: shorter) == ["RETENTION_TOO_LONG /retainUntil quarantine"])
        let longer = Sample.check(
            Sample.arrival.replacing("2029-06-29", with: "2029-06-30"), retentionCaps: [.residenceRegistration: 4_000])
        #expect(!longer.isAccepted)
    }

    @Test func theClockMayLagFiveMinutes() {
        #expect(Sample.check(Sample.arrival, now: Sample.now.adding(seconds: -300)).isAccepted)
        let early = Sample.check(Sample.arrival, now: Sample.now.adding(seconds: -301))
        #expect(Sample.findings(in: early) == ["ISSUED_IN_FUTURE /issuedAt quarantine"])
    }

    @Test func anotherMajorVersionIsRefusedAndNothingElseIsTold() {
        let judgement = Sample.check(Sample.arrival.replacing("\"1.0\"", with: "\"2.0\"").replacing("夏建雪", with: ""))
        #expect(Sample.findings(in: judgement) == ["VERSION_UNSUPPORTED /interchange quarantine"])
        #expect(judgement.id?.description == "01890a5d-ac96-774b-bcce-b302099a8057")
        #expect(Sample.findings(("\"1.0\"", "\"1.7\"")) == [])
    }

    @Test func aStricterGatewayQuarantinesAFlag() {
        let line = Sample.arrival.replacing("450123198012316804", with: "450123198012316805")
        let judgement = Sample.check(line, stricter: [.idChecksum])
        #expect(!judgement.isAccepted)
        #expect(judgement.flags == [])
    }
}
