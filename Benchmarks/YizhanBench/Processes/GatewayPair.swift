import Foundation
import Gateway

/// Guangdong and Henan as `yizhan init` makes them, under one development CA, each named to the other.
final class GatewayPair {
    let scratch: Scratch
    let guangdong: GatewayProcess
    let henan: GatewayProcess

    init() throws {
        let scratch = try Scratch()
        do {
            let port = try FreePorts.find(8)
            let left = try GatewayProcess("44", in: scratch, port: port)
            let right = try GatewayProcess("41", in: scratch, port: port + 4)
            try left.know(right)
            try right.know(left)
            (self.scratch, guangdong, henan) = (scratch, left, right)
        } catch {
            scratch.remove()
            throw error
        }
    }

    /// SIGKILL for both.
    func stop() {
        guangdong.stop()
        henan.stop()
    }

    func end() {
        stop()
        scratch.remove()
    }
}
