using Waxwing.Wasi;
using Waxwing.Wasi.Functions;
using Waxwing.Wasi.FileSystem.Linux;

namespace Waxwing.Tests.Wasi;

public sealed class FunctionTableTests
{
    [Fact]
    public void There_are_46_functions_of_distinct_names()
    {
        Assert.Equal(46, WasiFunctions.All.Length);
        Assert.Equal(46, WasiFunctions.All.DistinctBy(function => function.Name).Count());
        Assert.All(WasiFunctions.All, function => Assert.Equal(function.ParameterTypes.Length, function.Parameters.Length));
        Assert.Equal(["proc_exit"], WasiFunctions.All.Where(function => !function.HasResult).Select(function => function.Name));
    }

    [Theory]
    [InlineData("fd_seek", "i32 i64 i32 i32")]
    [InlineData("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32")]
    [InlineData("path_filestat_set_times", "i32 i32 i32 i32 i64 i64 i32")]
    [InlineData("fd_readdir", "i32 i32 i32 i64 i32")]
    [InlineData("clock_time_get", "i32 i64 i32")]
    [InlineData("sched_yield", "")]
    public void Signatures_are_those_of_the_specification(string name, string signature) =>
        Assert.Equal(signature, string.Join(' ', WasiFunctions.All.Single(function => function.Name == name).ParameterTypes));

    [Fact]
    public void Every_error_number_of_Linux_that_WASI_knows_is_translated()
    {
        Assert.Equal(77, Enum.GetValues<WasiErrno>().Length);
        var reached = Enumerable.Range(0, 200).Select(LinuxErrno.ToWasi).ToHashSet();
        // Not capable is WASI's own.
        Assert.Equal([WasiErrno.Notcapable], Enum.GetValues<WasiErrno>().Where(error => !reached.Contains(error)));
        Assert.Equal(WasiErrno.Noent, LinuxErrno.ToWasi(2));
        Assert.Equal(WasiErrno.Io, LinuxErrno.ToWasi(int.MinValue));
    }
}
