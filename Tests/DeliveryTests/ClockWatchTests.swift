import Delivery
import Interchange
import Testing

@Suite struct ClockWatchTests {
    private let noon = Instant(seconds: 1_782_806_400)

    @Test func aFirstReadingIsNeverSetBack() {
        #expect(!ClockWatch().isSetBack(noon))
    }

    @Test func aClockThatGoesOnIsNotSetBack() {
        var watch = ClockWatch()
        watch.saw(noon)
        #expect(!watch.isSetBack(noon))
        #expect(!watch.isSetBack(noon.adding(seconds: 86_400)))
    }

    @Test func smallCorrectionsAreNotNoticed() {
        var watch = ClockWatch()
        watch.saw(noon)
        #expect(!watch.isSetBack(noon.adding(seconds: -2)))
        #expect(watch.isSetBack(noon.adding(milliseconds: -2_001)))
    }

    @Test func aSettingIsNoticedOnce() {
        var watch = ClockWatch()
        watch.saw(noon)
        let earlier = noon.adding(seconds: -3_600)
        #expect(watch.isSetBack(earlier))
        watch.saw(earlier)
        #expect(!watch.isSetBack(earlier.adding(seconds: 1)))
    }
}
