using System.Security.Cryptography;
using Waxwing.Tests;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>Programs for the command line, run by it: what they write is bit for bit what they write under V8.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("waxwing-command-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Flite_speaks_a_sentence_into_a_file()
    {
        var run = ProcessRun.Waxwing("run", "--dir", $"{folder}::/", Corpus.PathOf("flite/flite.wasm"), "-t", "Waxwing speaks.", "-o", "/a.wav");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal("6b039ec1f630a4ff65ed90ec316bed17a19dc37dd326085c4df3cdce1f86fb5c", Sum("a.wav"));
    }

    [Fact]
    public void Yosys_synthesises_a_counter()
    {
        var yosys = Corpus.PathOf("yosys/yosys.core.wasm");
        var run = ProcessRun.Waxwing("run", yosys, "-V");
        Assert.Equal((0, "Yosys 0.55 (git sha1 60f126cd0, ccache clang 18.1.3 -O3 -flto -flto)\n", ""), (run.ExitCode, run.Output, run.Error));
        File.Copy(Repository.PathOf("tests", "corpora", "counter.v"), Path.Combine(folder, "counter.v"));
        run = ProcessRun.Waxwing("run", "--dir", $"{folder}::/src", yosys, "-Q", "-q", "-p",
            "read_verilog /src/counter.v; prep -top counter; simplemap; opt -full; write_blif /src/counter.blif");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal("88334c29ed93a354468b9a6dd267ea14ab0811f948856534cf748c3aa3e2ba67", Sum("counter.blif"));
    }

    private string Sum(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name))));
}
