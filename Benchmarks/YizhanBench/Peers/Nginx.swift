import Children
import Foundation
import Gateway

/// nginx as Debian has it, with a gateway's certificates and TLS 1.3 only: serves a static answer, and takes bodies by `PUT`,
/// each written to a file.
final class Nginx {
    private static let executable = Program(path: "/usr/sbin/nginx")

    let port: Int
    private let folder: String
    private let process: Child

    /// - Parameter answer: what `GET /answer.json` gives.
    init(_ gateway: GatewayProcess, answer: [UInt8], in scratch: Scratch) async throws {
        let (folder, port) = ("\(scratch.path)/nginx", try FreePorts.find(1))
        for part in ["www", "put/v1/batches"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
        try Data(answer).write(to: URL(fileURLWithPath: "\(folder)/www/answer.json"))
        let file = "\(folder)/nginx.conf"
        try Self.configuration(gateway, folder, port).write(toFile: file, atomically: true, encoding: .utf8)
        let log = "\(folder)/log"
        let process = try Self.executable.launch(["-c", file, "-e", "\(folder)/errors", "-g", "daemon off;"], log: log)
        (self.folder, self.port, self.process) = (folder, port, process)
        try await Poll.until("nginx listens", seconds: 30, every: .milliseconds(20)) {
            guard process.isRunning else { throw Program.failure("nginx ended", log: log) }
            return FreePorts.isListenedOn(port)
        }
    }

    /// SIGTERM, which ends its workers too; SIGKILL would leave them.
    func stop() {
        process.stop(seconds: 5)
    }

    private static func configuration(_ gateway: GatewayProcess, _ folder: String, _ port: Int) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
        return """
            \(geteuid() == 0 ? "user root;" : "")
            pid \(folder)/pid;
            worker_processes auto;
            events { worker_connections 1024; }
            http {
                access_log off;
                \(temporary)
                server {
                    listen 127.0.0.1:\(port) ssl;
                    ssl_protocols TLSv1.3;
                    ssl_certificate \(gateway.identity).pem;
                    ssl_certificate_key \(gateway.identity).key;
                    ssl_client_certificate \(gateway.authorities);
                    ssl_verify_client on;
                    keepalive_requests 100000000;
                    client_max_body_size 64m;
                    root \(folder)/www;
                    location /v1/batches/ { root \(folder)/put; dav_methods PUT; }
                }
            }
            """
    }
}
