import ArgumentParser
import Foundation
import Gateway
import Interchange

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a province's folder: configuration, keys, certificates of a development CA.",
        discussion: "Example: yizhan init --province 44 --dir /var/lib/yizhan --ca ./ca")

    @Option(help: "The province's two digits (GB/T 2260).") var province: Province
    @Option(help: "The folder to make.") var dir: String
    @Option(help: "The folder of the development CA: ca.pem and ca.key, made when missing. Default: DIR/ca.") var ca:
        String?
    @Option(help: "The first of the four ports: exchange, status, local, operations.") var port = 8443

    func run() throws {
        let folder = ProvinceFolder(province: province, folder: dir)
        let key = try folder.write(ca: ca ?? "\(dir)/ca", firstPort: port)
        let entry = "peers:\n" + folder.peerEntry(port: port, ca: "tls/ca.pem", key: key)
        try Files.write(Data(entry.utf8), to: "\(dir)/peer-\(province).yaml", mode: 0o644)
        Terminal.say("Province \(province) is set up in \(dir).")
        Terminal.say("  start it             yizhan serve --config \(dir)/gateway.yaml")
        Terminal.say(
            "  for other provinces  \(dir)/peer-\(province).yaml: the entry under `peers` that names this gateway")
    }
}

extension Province: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
