import Exchange
import Foundation
import Testing

/// A register that hands persons who do not exist over to its gateway, new ones each time.
actor Register {
    /// The name of ``mapping``.
    static let mappingName = "test-arrivals"

    private let client: CurlClient
    private let url: String
    private let home, residence: String
    private var persons = 0
    /// Rows that the gateway said it has.
    private(set) var accepted = 0
    private var isStopped = false

    /// - Parameters:
    ///   - url: of the gateway's local listener.
    ///   - home: the division that the persons come from; `residence` where they live now.
    init(_ client: CurlClient, url: String, home: String, residence: String) {
        (self.client, self.url, self.home, self.residence) = (client, url, home, residence)
    }

    /// - Returns: how many were taken.
    @discardableResult
    func handOver(rows: Int) async throws -> Int {
        let text = (persons..<persons + rows).reduce(Self.header) { $0 + row($1) }
        persons += rows
        let taken = try await submit(Array(text.utf8))
        accepted += taken
        return taken
    }

    /// Goes on until it is stopped; each time is waited for.
    func run(rows: Int) async throws {
        while !isStopped { try await handOver(rows: rows) }
    }

    func stop() { isStopped = true }

    @inline(never)
    private func submit(_ export: [UInt8]) async throws -> Int {
        let answer = try await client.send(
            TransportRequest(
                method: "POST", url: "\(url)/v1/records?mapping=\(Self.mappingName)",
                fields: ["content-type": "text/csv"],
                content: export))
        try #require(answer.status == 200, "\(String(decoding: answer.content, as: UTF8.self))")
        return try JSONDecoder().decode(Answer.self, from: Data(answer.content)).accepted
    }

    private struct Answer: Decodable { var accepted: Int }

    private func row(_ person: Int) -> String {
        let day = String(100 + person / 400 % 28 + 1).suffix(2)
        let digits = "\(home)197406\(day)\(String(1_000 + person % 400 * 2 + 1).suffix(3))"
        let id = digits + Self.checkDigit(of: digits)
        return "居民身份证,\(id),熊长凯,男,1974-06-\(day),\(home),\(residence),2026-04-01,2026-04-02,务工\n"
    }

    /// GB 11643: ISO 7064, MOD 11-2.
    static func checkDigit(of digits: String) -> String {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(digits, weights).reduce(0) { $0 + ($1.0.wholeNumberValue ?? 0) * $1.1 }
        return ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum % 11]
    }

    private static let header = "证件类型,证件号码,姓名,性别,出生日期,户籍地区划,现居住地区划,来本地日期,登记日期,流入原因\n"

    static let mapping = """
        mapping: test-arrivals
        kind: arrival
        source: { format: csv, encoding: utf-8, header: 1 }
        constants:
          purpose: residenceRegistration
          legalBasis: 居住证暂行条例 第7条
        fields:
          person.idType: { from: 证件类型, codes: { 居民身份证: residentId } }
          person.idNumber: { from: 证件号码, with: [idNumber] }
          person.name: { from: 姓名, with: [personName] }
          person.sex: { from: 性别, codes: { 男: "1", 女: "2" } }
          person.birthDate: { from: 出生日期, with: [date] }
          person.hukouDivision: { from: 户籍地区划, with: [division] }
          content.residenceDivision: { from: 现居住地区划, with: [division] }
          content.arrivalDate: { from: 来本地日期, with: [date] }
          content.registeredOn: { from: 登记日期, with: [date] }
          content.reason: { from: 流入原因, codes: arrival-reason }
        record: { home: person.hukouDivision, key: [证件号码, 来本地日期] }
        """
}
