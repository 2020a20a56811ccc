namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// The steps from <c>/src/hello.c</c> to <c>/src/hello.wasm</c>, with clang's resources at <c>/usr</c>. The driver would start a process for each step; without it the steps are ours to name.
/// </summary>
internal static class ClangCommands
{
    /// <summary>SHA-256 of the object and the program: what V8 makes of the same commands.</summary>
    public const string ObjectSum = "61890171acce3d7c6866fe46e2a3bebd6bb516dcadd52a51c196b1c58c3d11e9", ProgramSum = "289ad70038d605de82d3c30d584c4b8e9d2bc6e726b5cef6dc62d7d4981abae9";

    public static string[] Compile { get; } =
    [
        "clang", "-cc1", "-triple", "wasm32-unknown-wasip1", "-O2", "-emit-obj", "-main-file-name", "hello.c", "-mrelocation-model", "static",
        "-mframe-pointer=none", "-target-cpu", "generic", "-fvisibility=hidden", "-resource-dir", "/usr", "-isysroot", "/usr", "-internal-isystem", "/usr/include",
        "-internal-isystem", "/usr/include/wasm32-wasip1", "-fgnuc-version=4.2.1", "-vectorize-loops", "-vectorize-slp", "-o", "/src/hello.o", "-x", "c", "/src/hello.c",
    ];

    public static string[] Link { get; } =
    [
        "wasm-ld", "-m", "wasm32", "-L/usr/lib/wasm32-unknown-wasip1", "-L/usr/lib/wasm32-wasip1", "/usr/lib/wasm32-wasip1/crt1-command.o", "/src/hello.o", "-lc",
        "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a", "-o", "/src/hello.wasm",
    ];
}
