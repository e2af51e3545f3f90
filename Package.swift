// swift-tools-version: 6.2
import PackageDescription

// Release builds specialise generics across modules: a public generic over 20 M values costs
// 253 ms without this and 6 ms with it.
let fast: [SwiftSetting] = [
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
]

// Kernels fuse multiply-adds by name (`fma`), never by the compiler's choice, and are optimised in
// debug builds too: an unoptimised model is 60 times slower than an optimised one.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]

let argumentParser: Target.Dependency =
  .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")

// The layout, from the bottom up; imports point down only.
let package = Package(
  name: "dossier",
  products: [.executable(name: "dossier", targets: ["dossier"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // Level 0: nothing of ours below.
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .target(name: "CKernels", cSettings: kernelFlags, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Diagnostics", swiftSettings: fast),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "CCLD2", linkerSettings: [.linkedLibrary("cld2")]),
    .target(name: "CLibedit", linkerSettings: [.linkedLibrary("edit")]),

    .systemLibrary(name: "CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .target(name: "CXML2", dependencies: ["CLibxml2"]),
    .target(
      name: "CMail",
      linkerSettings: [
        .linkedLibrary("gmime-3.0"), .linkedLibrary("gobject-2.0"), .linkedLibrary("glib-2.0"),
      ]),
    .systemLibrary(
      name: "CCmark", providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .target(name: "CLexicons", exclude: ["lists"]),
    .target(name: "CQueries", exclude: ["functions", "pages"]),

    // Level 1.
    .target(name: "Columnar", dependencies: ["Diagnostics", "CKernels", collections], swiftSettings: fast),
    .target(name: "Linguistics", dependencies: ["Diagnostics", "CCLD2"], swiftSettings: fast),
    .target(name: "LineEditing", dependencies: ["Diagnostics", "CLibedit"]),

    // Level 2.
    .target(
      name: "SpacyRuntime", dependencies: ["Linguistics", "Diagnostics", "CKernels", "CPCRE2"],
      swiftSettings: fast),
    .target(
      name: "Facts", dependencies: ["Columnar", "Linguistics", "CKernels", collections], swiftSettings: fast),

    .target(
      name: "Importers",
      dependencies: [
        "Facts", "Linguistics", "Columnar", "Diagnostics", "CKernels", "CXML2", "CMail", "CCmark", "CArchive",
        subprocess, yams, collections,
      ],
      swiftSettings: fast),

    .target(name: "KQLSyntax", dependencies: ["Diagnostics"], swiftSettings: fast),

    .target(name: "Presentation", dependencies: ["Columnar", "Diagnostics"], swiftSettings: fast),

    // Level 3.
    .target(
      name: "KQLEngine", dependencies: ["KQLSyntax", "Columnar", "CRE2", "CKernels"], swiftSettings: fast),

    .target(name: "Annotation", dependencies: ["Facts", "CLexicons", collections], swiftSettings: fast),
    .target(
      name: "Store", dependencies: ["Facts", "Linguistics", "Columnar", "CKernels", grdb, collections],
      swiftSettings: fast),

    // Level 4.
    .target(
      name: "KQLLibrary", dependencies: ["KQLEngine", "Columnar", "CRE2", "CQueries", collections],
      swiftSettings: fast),

    .target(
      name: "Loading", dependencies: ["Importers", "Store", "Facts", "Columnar", "Diagnostics", "CKernels"],
      swiftSettings: fast),

    // Level 5.
    .target(
      name: "Sessions", dependencies: ["KQLLibrary", "KQLEngine", "Columnar", "Facts", "Store", "CQueries"],
      swiftSettings: fast),

    .target(
      name: "Translation", dependencies: ["KQLLibrary", "KQLEngine", "KQLSyntax", "Columnar", "Diagnostics"],
      swiftSettings: fast),

    // Level 6.
    .target(
      name: "Notebooks",
      dependencies: [
        "Sessions", "Store", "Presentation", "KQLSyntax", "Columnar", "CCmark", yams, collections,
      ],
      swiftSettings: fast),

    // Level 7.
    .target(
      name: "Shell",
      dependencies: [
        "Sessions", "LineEditing", "Presentation", "KQLLibrary", "KQLEngine", "KQLSyntax", "Facts", "Store",
        "Columnar",
      ], swiftSettings: fast),

    // Level 8.
    .executableTarget(
      name: "dossier",
      dependencies: [
        "Shell", "Sessions", "Translation", "Notebooks", "Loading", "Importers", "Store", "Presentation",
        "Annotation",
        "SpacyRuntime", "CKernels",
        "LineEditing", argumentParser,
      ], swiftSettings: fast),

    .executableTarget(
      name: "DossierBench",
      dependencies: [
        "KQLLibrary", "KQLEngine", "Annotation", "Store", "Facts", "Columnar", "Presentation", "Linguistics",
        "SpacyRuntime", "CKernels", argumentParser,
      ],
      swiftSettings: fast),

    // Tests mirror the targets.
    .target(
      name: "TestSupport", dependencies: ["Diagnostics", "Linguistics"], path: "Tests/TestSupport"),
    .target(name: "RandomQueries", dependencies: ["Columnar", "KQLSyntax"], path: "Tests/RandomQueries"),
    .executableTarget(
      name: "QueryFuzzer",
      dependencies: ["RandomQueries", "KQLLibrary", "KQLEngine", "KQLSyntax", "Columnar", "Diagnostics"],
      path: "Tests/QueryFuzzer"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .executableTarget(
      name: "LineEditingProbe", dependencies: ["LineEditing"], path: "Tests/LineEditingProbe"),
    .testTarget(
      name: "LineEditingTests", dependencies: ["LineEditing", "LineEditingProbe", "TestSupport"]),
    .testTarget(name: "ColumnarTests", dependencies: ["Columnar"]),
    .testTarget(name: "PresentationTests", dependencies: ["Presentation"]),
    .testTarget(
      name: "SpacyRuntimeTests", dependencies: ["SpacyRuntime", "CKernels", "Linguistics", "TestSupport"]),
    .testTarget(name: "FactsTests", dependencies: ["Facts", "Linguistics"]),
    .testTarget(name: "KQLSyntaxTests", dependencies: ["KQLSyntax"]),
    .testTarget(name: "AnnotationTests", dependencies: ["Annotation", "TestSupport"]),
    .testTarget(name: "ImportersTests", dependencies: ["Importers", "Facts", "Columnar"]),
    .executableTarget(
      name: "LoadProbe", dependencies: ["Loading", "Store", "Facts", "Diagnostics"], path: "Tests/LoadProbe"),
    .testTarget(
      name: "LoadingTests",
      dependencies: ["Loading", "LoadProbe", "Store", "Facts", "Columnar", "TestSupport", grdb]),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Facts", "Columnar", grdb]),
    .target(
      name: "CaseFiles", dependencies: ["KQLEngine", "Sessions", "Columnar", "Diagnostics"],
      path: "Tests/CaseFiles"),
    .executableTarget(
      name: "CaseProbe", dependencies: ["CaseFiles", "KQLLibrary", "KQLEngine", "Diagnostics"],
      path: "Tests/CaseProbe"),
    .testTarget(
      name: "QueryTests",
      dependencies: [
        "CaseFiles", "CaseProbe", "KQLLibrary", "KQLSyntax", "Columnar", "RandomQueries", "Sessions",
        "TestSupport",
      ],
      exclude: ["Cases"]),
    .testTarget(
      name: "TranslationTests",
      dependencies: ["Translation", "KQLLibrary", "Columnar", "TestSupport", "dossier", "QueryFuzzer"]),
    .testTarget(
      name: "DossierTests",
      dependencies: ["dossier", "TestSupport", "Columnar", "KQLEngine", "KQLLibrary"]),
    .testTarget(
      name: "KQLLibraryTests", dependencies: ["KQLLibrary", "KQLEngine", "Columnar", "Diagnostics"]),
    .testTarget(
      name: "ShellTests",
      dependencies: ["Shell", "Sessions", "Store", "Facts", "Linguistics", "TestSupport", "dossier"]),
    .testTarget(name: "NotebooksTests", dependencies: ["Notebooks", "CCmark", "KQLSyntax", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
