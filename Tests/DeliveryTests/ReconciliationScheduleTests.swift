import Delivery
import Interchange
import Testing

@Suite struct ReconciliationScheduleTests {
    private let schedule = ReconciliationSchedule(started: noon, jitter: 0.5)

    @Test func theFirstComesSoonAfterTheStart() {
        #expect(schedule.due(last: nil, isDemanded: false) == noon.adding(seconds: 2_400))
        let late = ReconciliationSchedule(started: noon, jitter: 7)
        #expect(late.due(last: nil, isDemanded: false) == noon.adding(seconds: 4_200))
    }

    @Test func theNextComesADayLater() {
        let last = noon.adding(seconds: -80_000)
        #expect(schedule.due(last: last, isDemanded: false) == last.adding(seconds: 86_400 + 1_800))
    }

    @Test func aDemandIsDueAtOnce() {
        #expect(schedule.due(last: noon, isDemanded: true) == noon)
    }

    @Test func oneThatFailedIsTriedAgainSoonAndADemandSooner() {
        var schedule = schedule
        schedule.failedAt = noon.adding(seconds: 5_000)
        let last = noon.adding(seconds: -100_000)
        #expect(schedule.due(last: last, isDemanded: false) == noon.adding(seconds: 5_900))
        #expect(schedule.due(last: last, isDemanded: true) == noon.adding(seconds: 5_030))
        #expect(schedule.due(last: noon, isDemanded: false) == noon.adding(seconds: 88_200))
    }
}
