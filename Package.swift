// swift-tools-version: 6.2
import PackageDescription

// MARK: - House rules for every Swift target

let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
  // Faults that the tests plant to test their judge (Platform/Defect.swift); a release has none.
  .define("DEFECTS", .when(configuration: .debug)),
]

/// A module of the house: `name` uses the modules in `uses`, all of which stand below it.
func room(_ name: String, uses: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: uses, swiftSettings: house)
}

/// The tests of one module, with the helpers that all tests share.
func tests(_ module: String, uses: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.byName(name: module), "TestSupport"] + uses, swiftSettings: house)
}

// MARK: - C libraries, each seen by exactly one module

let libraries: [Target] = [
  .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
  .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
  .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
  .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
  .systemLibrary(name: "CWorkbook", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
  .systemLibrary(name: "CHints"),
  .systemLibrary(name: "CSystem"),
  // C++ behind C functions: toml++ (header only), RapidJSON (header only), libphonenumber.
  .target(name: "CTOML"),
  .target(name: "CJSON"),
  .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),
]

// MARK: - The rooms, from the ground up

let rooms: [Target] = [
  // Bytes, digests, files that survive a crash, clocks, bounds.
  room("Platform", uses: ["CCrypto", "CSystem"]),
  // JSON texts as they come from gateways: numbers keep their digits.
  room("JSON", uses: ["Platform", "CJSON"]),
  // TOML with the place of every key, for errors that point.
  room("TOML", uses: ["Platform", "CTOML"]),
  // The words and pure rules of the trade: numbers, segments, states, money, findings.
  room("Messaging", uses: ["Platform", "CPhoneNumber"]),
  // Templates: compiled once, merged by appending bytes.
  room("Mustache", uses: ["Platform", "JSON"]),
  // Bytes to records (CSV, XML, encodings, gzip) and records to CSV.
  room("Tables", uses: ["Platform", "CXML2", "CZlib"]),
  // SQLite made Swift; knows no message.
  room("Database", uses: ["Platform", "CSQLite"]),
  // An HTTP client that never repeats a request, and a small server.
  room("HTTP", uses: ["Platform", "CCurl", "CMicroHTTPD"]),
  // The seam to the gateways and one folder a gateway: pure, no sockets.
  room("Gateways", uses: ["Platform", "Messaging", "JSON", "Tables"]),
  // qunfa.toml and campaign.toml, judged with file, line and column.
  room("Configuration", uses: ["Platform", "Messaging", "TOML", "Gateways"]),
  // A campaign's ledger and what is kept between campaigns.
  room("Ledger", uses: ["Platform", "JSON", "Messaging", "Database"]),
  // What became of messages: spool into report store, replies and opt-outs, the join in memory, the roll-up of parts.
  room("Delivery", uses: ["Platform", "Messaging", "Tables", "Gateways", "Configuration", "Ledger"]),
  // The main job: audience, planner, pacer, sender, result files.
  room(
    "Campaigns",
    uses: [
      "Platform", "JSON", "Messaging", "Mustache", "Tables", "HTTP", "Gateways", "Configuration", "Ledger", "Delivery",
      "CHints",
    ]),
  // What comes back: polls, pushes, imported files, all into the spool.
  room(
    "Receiving",
    uses: [
      "Platform", "JSON", "Messaging", "Tables", "HTTP", "Gateways", "Configuration", "Ledger", "Delivery", "Campaigns",
    ]),
  // The books: roll-up, billing, bills, exports, the report page.
  room(
    "Reconciliation",
    uses: [
      "Platform", "JSON", "Messaging", "Tables", "Gateways", "Configuration", "Ledger", "Delivery", "Campaigns",
      "CWorkbook",
    ]),
  // All five gateways on loopback, written from the documents; shares no code with Gateways.
  room("Sandbox", uses: ["Platform", "JSON", "TOML", "HTTP"]),
  // One file a command: options in, exit code out.
  room(
    "Commands",
    uses: [
      "Platform", "JSON", "Messaging", "Mustache", "Tables", "HTTP", "Gateways", "Configuration", "Ledger", "Delivery",
      "Campaigns", "Receiving", "Reconciliation", "Sandbox",
    ]),
  .executableTarget(name: "qunfa", dependencies: ["Commands"], swiftSettings: house),
]

// MARK: - Tests

let testing: [Target] = [
  .target(name: "TestSupport", dependencies: ["Platform", "JSON"], path: "Tests/TestSupport", swiftSettings: house),
  // MARK: Trials: kills, faults, long runs. Never shipped.
  // Compares the gateways' own record with ledger, store and files.
  .target(
    name: "Judge", dependencies: ["Platform", "JSON", "Database", "TestSupport"], path: "Tests/Judge",
    swiftSettings: house),
  // Lets the tool run into trouble and asks the judge.
  .target(
    name: "Trials", dependencies: ["Platform", "JSON", "Judge", "TestSupport"], path: "Tests/Trials",
    swiftSettings: house),
  // `make chaos`, `make faults`, `make soak`.
  .executableTarget(
    name: "chaos", dependencies: ["Platform", "Judge", "Trials", "TestSupport"], path: "Tests/Chaos",
    swiftSettings: house),
  tests("Platform"),
  tests("JSON"),
  tests("TOML"),
  tests("Messaging", uses: ["JSON"]),
  tests("Mustache", uses: ["JSON"]),
  tests("Tables", uses: ["JSON"]),
  tests("Database"),
  tests("HTTP"),
  tests("Gateways", uses: ["Messaging"]),
  tests("Configuration", uses: ["Gateways"]),
  tests("Ledger", uses: ["Messaging", "Database"]),
  tests("Delivery", uses: ["Configuration", "Database", "Gateways", "Ledger", "Messaging"]),
  tests("Receiving", uses: ["Campaigns", "Configuration", "Delivery", "Gateways", "HTTP", "Ledger", "Messaging"]),
  tests(
    "Reconciliation",
    uses: [
      "Campaigns", "Configuration", "Database", "Delivery", "Gateways", "Ledger", "Messaging", "Tables",
    ]),
  tests("Campaigns", uses: ["Configuration", "Database", "Gateways", "Ledger", "Messaging"]),
  tests("Sandbox", uses: ["JSON"]),
  tests("Commands", uses: ["Campaigns", "Gateways", "Ledger", "Messaging"]),
  .testTarget(
    name: "EndToEndTests",
    dependencies: ["TestSupport", "Platform", "JSON", "HTTP", "Judge", "Trials", "qunfa"],
    exclude: ["cases"], swiftSettings: house),
  .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: house),
  // What the fuzzer tries; the tests run its seeds and findings through the same functions.
  .target(
    name: "FuzzTargets",
    dependencies: [
      "Platform", "JSON", "Messaging", "Mustache", "Tables", "Gateways", "Configuration", "Ledger", "Delivery",
      "Campaigns", "Reconciliation", "TestSupport",
    ],
    path: "Tests/Fuzz/Targets", swiftSettings: house),
  .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: house),
]

/// The fuzzer's program, which gets its main function from libFuzzer: only `make fuzz` can link it.
let fuzzer: [Target] =
  Context.environment["QUNFA_FUZZ"] == nil
  ? []
  : [.executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver", swiftSettings: house)]

let package = Package(
  name: "qunfa",
  products: [.executable(name: "qunfa", targets: ["qunfa"])],
  targets: libraries + rooms + testing + fuzzer,
  cxxLanguageStandard: .cxx17
)
