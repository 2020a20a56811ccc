using System.Formats.Tar;
using System.Security.Cryptography;
using Waxwing.Tests;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>clang and lld (75 MB, 133,398 functions) from the command line. A compiler is a strict test: one wrong bit anywhere, and its output differs from that on other engines.</summary>
public sealed class ClangTests : IDisposable
{
    private readonly string compiler = Corpus.PathOf("clang/llvm.core.wasm");
    private readonly string folder = Directory.CreateTempSubdirectory("waxwing-clang-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Prints_its_version()
    {
        var run = ProcessRun.Waxwing("run", compiler, "clang", "--version");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("clang version 22.1.0 (https://codeberg.org/YoWASP/llvm-project 9560ae0f2cc440e4fc891fddbc119da6f56daa59)\nTarget: wasm32-unknown-wasip1\n", run.Output);
    }

    [Fact]
    public void Compiles_and_links_a_program_which_then_runs()
    {
        var resources = Path.Combine(folder, "usr");
        Directory.CreateDirectory(resources);
        TarFile.ExtractToDirectory(Corpus.PathOf("clang/llvm-resources.tar"), resources, overwriteFiles: false);
        var work = Path.Combine(folder, "work");
        Directory.CreateDirectory(work);
        File.Copy(Repository.PathOf("tests", "corpora", "hello.c"), Path.Combine(work, "hello.c"));
        string[] run = ["run", "--dir", $"{resources}::/usr,ro", "--dir", $"{work}::/src", compiler];

        // The driver would start a process for each step; without it the steps are ours to name.
        Succeed([.. run, "clang", "-cc1", "-triple", "wasm32-unknown-wasip1", "-O2", "-emit-obj", "-main-file-name", "hello.c", "-mrelocation-model", "static",
            "-mframe-pointer=none", "-target-cpu", "generic", "-fvisibility=hidden", "-resource-dir", "/usr", "-isysroot", "/usr", "-internal-isystem", "/usr/include",
            "-internal-isystem", "/usr/include/wasm32-wasip1", "-fgnuc-version=4.2.1", "-vectorize-loops", "-vectorize-slp", "-o", "/src/hello.o", "-x", "c", "/src/hello.c"]);
        Succeed([.. run, "wasm-ld", "-m", "wasm32", "-L/usr/lib/wasm32-unknown-wasip1", "-L/usr/lib/wasm32-wasip1", "/usr/lib/wasm32-wasip1/crt1-command.o", "/src/hello.o", "-lc",
            "/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a", "-o", "/src/hello.wasm"]);

        // The sums of what V8 makes of the same commands.
        Assert.Equal("61890171acce3d7c6866fe46e2a3bebd6bb516dcadd52a51c196b1c58c3d11e9", Sum("hello.o"));
        Assert.Equal("289ad70038d605de82d3c30d584c4b8e9d2bc6e726b5cef6dc62d7d4981abae9", Sum("hello.wasm"));

        var hello = ProcessRun.Waxwing("run", Path.Combine(work, "hello.wasm"), "pear", "apple", "fig");
        Assert.Equal((4, "20! = 2432902008176640000, pi = 3.141592653589793\napple\nfig\npear\n", ""), (hello.ExitCode, hello.Output, hello.Error));

        string Sum(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(work, name))));
    }

    private static void Succeed(string[] arguments)
    {
        var run = ProcessRun.Waxwing(arguments);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }
}
