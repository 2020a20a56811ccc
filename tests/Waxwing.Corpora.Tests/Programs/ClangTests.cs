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

        Succeed([.. run, .. ClangCommands.Compile]);
        Succeed([.. run, .. ClangCommands.Link]);
        Assert.Equal(ClangCommands.ObjectSum, Sum("hello.o"));
        Assert.Equal(ClangCommands.ProgramSum, Sum("hello.wasm"));

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
