using System.IO.Compression;
using Waxwing.Cli;

namespace Waxwing.Tests.Cli;

/// <summary>What the command line gives a guest of this machine.</summary>
public sealed class GrantTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waxwing-");

    public void Dispose() => folder.Delete(recursive: true);

    // Opens "file" in the first granted directory, creating it, and exits with the error number.
    private const string Creator = """
        (module
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 8) "file")
          (func (export "_start")
            (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))))
        """;

    [Fact]
    public void Folders_are_given_to_be_written_read_or_overlaid()
    {
        const int readOnly = 69; // rofs
        var file = Path.Join(folder.FullName, "file");
        Assert.Equal(readOnly, Run("--dir", $"{folder.FullName}::/,ro").Code);
        Assert.False(File.Exists(file));
        Assert.Equal(0, Run("--dir", $"{folder.FullName}::/,overlay").Code);
        Assert.False(File.Exists(file));
        Assert.Equal(0, Run("--dir", $"{folder.FullName}::/").Code);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public void Archives_are_folders_too()
    {
        const int readOnly = 69;
        var archive = Path.Join(folder.FullName, "a.zip");
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Create))
            zip.CreateEntry("x");
        Assert.Equal(readOnly, Run("--dir", $"{archive}::/").Code);
        Assert.Equal(0, Run("--dir", $"{archive}::/,overlay").Code);
        File.WriteAllText(archive, "not an archive");
        Assert.Equal(ExitCode.Failure, Run("--dir", $"{archive}::/").Code);
    }

    private (int Code, string Output, string Error) Run(params string[] options)
    {
        var module = Path.Join(folder.FullName, "creator.wat");
        File.WriteAllText(module, Creator);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(["run", .. options, module], output, error), output.ToString(), error.ToString());
    }
}
