// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]
let server: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
let x509: [Target.Dependency] = [
    .product(name: "X509", package: "swift-certificates"), .product(name: "SwiftASN1", package: "swift-asn1"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func clibrary(_ name: String, pkgConfig: String, apt package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

// Dependencies point one way: scripts/check-arrows.sh fails the build of a target that imports what is not below it.
let package = Package(
    name: "yizhan",
    products: [
        .executable(name: "yizhan", targets: ["YizhanCommand"]),
        .executable(name: "yizhan-bench", targets: ["YizhanBench"]),
        .executable(name: "yizhan-faults", targets: ["YizhanFaults"]),
        .executable(name: "yizhan-conformance", targets: ["YizhanConformance"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        clibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CPrefetch"),
        .systemLibrary(name: "CSpawn"),
        clibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        clibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        .target(name: "EmbeddedData"),
        .target(name: "DefaultFiles"),
        .target(name: "SynthesisData"),

        library("Hashing", [crypto]),
        library("HeapLayout", ["CMalloc"]),
        library("Seeding"),
        library("Children", ["CSpawn"]),
        library("JSONTape", ["CPrefetch"]),
        library("JSONSchema", ["JSONTape"]),
        library("Interchange", ["JSONTape", "JSONSchema", "EmbeddedData", crypto]),
        library("Intake", ["JSONTape"]),
        library("Mapping", ["Hashing", "Interchange", "Intake", "JSONTape", yams]),
        library("Synthesis", ["Seeding", "Interchange", "Intake", "SynthesisData"]),
        library("AuditLog", ["Hashing", crypto]),
        library("Policy", ["Interchange", "JSONTape", crypto, yams]),
        library("Delivery", ["Interchange"]),
        library("SortedRuns", ["CPrefetch"]),
        library("Store", ["Hashing", "Interchange", "AuditLog", "SortedRuns", "CZstd", crypto] + grdb),
        library(
            "Exchange",
            [
                "Interchange", "JSONTape", "CCurl", "CZlib", "CZstd", crypto,
                .product(name: "RawStructuredFieldValues", package: "swift-http-structured-headers"),
                .product(name: "StructuredFieldValues", package: "swift-http-structured-headers"),
            ]),
        library("Conformance", ["Exchange", "Interchange", "JSONTape"]),
        library(
            "Gateway",
            ["Intake", "Mapping", "Delivery", "Exchange", "Store", "Policy", "AuditLog", "Interchange", "JSONTape"]
                + [crypto, logging, yams] + server + x509),
        .executableTarget(
            name: "YizhanCommand",
            dependencies: [
                "HeapLayout", "Children", "Gateway", "Conformance", "DefaultFiles", "Intake", "Mapping", "Synthesis",
                "Delivery", "Exchange", "Store", "Policy", "AuditLog", "Interchange", "JSONSchema", "JSONTape",
                argumentParser, crypto, logging,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ] + x509, swiftSettings: strict),

        .executableTarget(
            name: "YizhanBench",
            dependencies: [
                "HeapLayout", "Children", "Seeding", "Gateway", "Mapping", "Intake", "Exchange", "Store", "AuditLog",
                "Interchange", "JSONSchema", "JSONTape", argumentParser,
            ] + grdb,
            path: "Benchmarks/YizhanBench", swiftSettings: strict),

        .target(
            name: "Simulation", dependencies: ["Seeding", "Delivery", "Store", "AuditLog", "Interchange"],
            path: "Faults/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "YizhanFaults",
            dependencies: [
                "Children", "Simulation", "Gateway", "Exchange", "Store", "AuditLog", "Interchange", argumentParser,
            ], path: "Faults/YizhanFaults", swiftSettings: strict),

        .executableTarget(
            name: "YizhanConformance", dependencies: ["JSONSchema", "JSONTape"], path: "Tests/Conformance",
            swiftSettings: strict),

        tests("HashingTests", ["Hashing", crypto]),
        tests("JSONTapeTests", ["JSONTape"]),
        tests("JSONSchemaTests", ["JSONSchema", "JSONTape"]),
        tests("InterchangeTests", ["Interchange", "JSONTape"]),
        tests("IntakeTests", ["Seeding", "Intake"]),
        tests("MappingTests", ["Seeding", "Mapping", "Intake", "Interchange", "JSONTape"]),
        tests("SynthesisTests", ["Synthesis", "Mapping", "Intake", "Interchange", crypto]),
        tests("AuditLogTests", ["Seeding", "AuditLog", crypto]),
        tests("PolicyTests", ["Policy", "Interchange"]),
        tests("DeliveryTests", ["Seeding", "Delivery", "Interchange"]),
        tests("SimulationTests", ["Simulation"]),
        tests("SortedRunsTests", ["Seeding", "SortedRuns"]),
        .target(name: "TimeSamples", path: "Tests/TimeSamples", swiftSettings: strict),
        tests("StoreTests", ["Seeding", "TimeSamples", "Store", "AuditLog", "Interchange"] + grdb),
        tests("ExchangeTests", ["Seeding", "Exchange", "Interchange", "JSONTape"]),
        tests("KeepingTests", ["Gateway", "Store", "AuditLog", "Exchange", "Interchange"]),
        tests("GatewayTests", ["Gateway", "Store", "Mapping", "Exchange", "AuditLog", "Interchange"]),
        tests(
            "EndToEndTests",
            [
                "Children", "Seeding", "TimeSamples", "YizhanCommand", "Gateway", "Store", "AuditLog", "Exchange",
                "Interchange",
            ] + grdb),
    ]
)
