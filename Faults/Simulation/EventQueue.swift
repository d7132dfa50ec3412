import Interchange

/// What happens next, by the simulation's clock. Of two things at one time the one that was planned first comes first.
struct EventQueue<Event> {
    private var heap: [(time: Int64, order: Int, slot: Int)] = []
    /// Events are large, and stay where they are while the heap is ordered.
    private var slots: [Event?] = []
    private var empty: [Int] = []
    private var planned = 0

    mutating func plan(_ event: Event, at time: Instant) {
        let slot = empty.popLast() ?? slots.count
        if slot == slots.count { slots.append(event) } else { slots[slot] = event }
        heap.append((time.milliseconds, planned, slot))
        planned += 1
        var place = heap.count - 1
        while place > 0, comes(place, before: (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func next() -> (time: Instant, event: Event)? {
        guard let first = heap.first, let event = slots[first.slot] else { return nil }
        slots[first.slot] = nil
        empty.append(first.slot)
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (Instant(milliseconds: first.time), event)
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && comes(child, before: least) {
                least = child
            }
            if least == place { return }
            heap.swapAt(place, least)
            place = least
        }
    }

    private func comes(_ left: Int, before right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }
}
