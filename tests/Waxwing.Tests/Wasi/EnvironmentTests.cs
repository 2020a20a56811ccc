using System.Security.Cryptography;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>Arguments, environment, clocks, random numbers, exit, standard streams; attack rows 14 and 16 to 18.</summary>
public sealed class EnvironmentTests
{
    private static List<string> Strings(Guest guest, string function)
    {
        var (count, size) = (guest.Allocate(4), guest.Allocate(4));
        guest.Do(function.Replace("_get", "_sizes_get", StringComparison.Ordinal), count, size);
        var (pointers, buffer) = (guest.Allocate((int)guest.U32(count) * 4), guest.Allocate((int)guest.U32(size) + 1));
        guest.Memory.Write<byte>(buffer + guest.U32(size), 0xEE);
        guest.Do(function, pointers, buffer);
        Assert.Equal(0xEE, guest.Memory.Read<byte>(buffer + guest.U32(size)));
        return [.. Enumerable.Range(0, (int)guest.U32(count)).Select(i => guest.Memory.ReadCString(guest.U32(pointers + (uint)i * 4)))];
    }

    [Fact]
    public void Arguments_and_environment_arrive_as_UTF8()
    {
        using var guest = new Guest(new WasiOptions { Args = ["app", "", "grüße 🌍", "\ud800lone"], Environment = new Dictionary<string, string> { ["A"] = "1", ["B"] = "x=y" } }.AddEnvironment("C", ""));
        Assert.Equal(["app", "", "grüße 🌍", "\ufffdlone"], Strings(guest, "args_get"));
        Assert.Equal(["A=1", "B=x=y", "C="], Strings(guest, "environ_get"));
    }

    [Fact]
    public void The_default_is_hermetic()
    {
        Environment.SetEnvironmentVariable("WAXWING_TEST", "visible");
        using var guest = new Guest();
        Assert.Empty(Strings(guest, "args_get"));
        Assert.Empty(Strings(guest, "environ_get"));
        Assert.Equal("", guest.Read(0));
        guest.Write(1, "discarded");
        guest.Write(2, "discarded");
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_prestat_get", 3u, 8u));
        using var other = new Guest();
        var (one, two) = (guest.Allocate(64), other.Allocate(64));
        guest.Do("random_get", one, 64u);
        other.Do("random_get", two, 64u);
        Assert.Equal(guest.Memory.AsSpan(one, 64), other.Memory.AsSpan(two, 64));
        using var open = new Guest(new WasiOptions().WithHostEnvironment());
        Assert.Contains("WAXWING_TEST=visible", Strings(open, "environ_get"));
    }

    [Theory]
    [InlineData("", "x"), InlineData("a=b", "x"), InlineData("a\0", "x"), InlineData("a", "\0")]
    public void Variables_that_cannot_be_are_the_embedders_error(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new Guest(new WasiOptions().AddEnvironment(name, value)));

    [Fact]
    public void A_large_environment_faults_where_it_does_not_fit()
    {
        using var guest = new Guest(new WasiOptions { Args = [.. Enumerable.Repeat(new string('x', 1000), 1000)] });
        var (count, size) = (guest.Allocate(4), guest.Allocate(4));
        guest.Do("args_sizes_get", count, size);
        Assert.Equal((1000u, 1_001_000u), (guest.U32(count), guest.U32(size)));
        Assert.Equal(WasiErrno.Fault, guest.Call("args_get", 1024u, 8192u));
    }

    [Fact]
    public void Clocks_tell_the_time_and_never_go_back()
    {
        using var guest = new Guest(new WasiOptions().WithSystemClock());
        var time = guest.Allocate(8);
        guest.Do("clock_time_get", 0u, 0UL, time);
        Assert.InRange(guest.U64(time) / 1_000_000_000, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 5, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 5);
        var before = 0UL;
        for (var i = 0; i < 1000; i++)
        {
            guest.Do("clock_time_get", 1u, ulong.MaxValue, time);
            Assert.True(guest.U64(time) >= before);
            before = guest.U64(time);
        }
        Assert.True(before > 0);
        for (var i = 0; i < 1_000_000; i++)
            before += (ulong)i;
        foreach (var clock in (uint[])[2, 3])
        {
            guest.Do("clock_time_get", clock, 0UL, time);
            Assert.InRange(guest.U64(time), 1UL, 1_000_000_000_000_000UL);
        }
        foreach (var clock in (uint[])[0, 1, 2, 3])
        {
            guest.Do("clock_res_get", clock, time);
            Assert.InRange(guest.U64(time), 1UL, 1_000_000_000UL);
        }
        foreach (var clock in (uint[])[4, uint.MaxValue])
        {
            Assert.Equal(WasiErrno.Inval, guest.Call("clock_time_get", clock, 0UL, time));
            Assert.Equal(WasiErrno.Inval, guest.Call("clock_res_get", clock, time));
        }
    }

    [Theory]
    [InlineData(-1, WasiErrno.Overflow)]
    [InlineData(0, WasiErrno.Success)]
    [InlineData(9_300_000_000, WasiErrno.Success)] // 2264: beyond 2^63 ns
    [InlineData(20_000_000_000, WasiErrno.Overflow)] // 2603: beyond 2^64 ns
    public void Times_that_64_bits_cannot_hold_are_an_error(long seconds, WasiErrno expected)
    {
        using var guest = new Guest(new WasiOptions { TimeProvider = new FixedTime(DateTimeOffset.UnixEpoch.AddSeconds(seconds)) });
        Assert.Equal(expected, guest.Call("clock_time_get", 0u, 0UL, 1024u));
        if (expected == WasiErrno.Success)
            Assert.Equal((ulong)seconds * 1_000_000_000, guest.U64(1024));
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public void Random_numbers_come_from_the_source_given()
    {
        using var guest = new Guest(new WasiOptions { RandomSource = buffer => buffer.Fill(7) });
        guest.Do("random_get", 1024u, 100u);
        Assert.True(guest.Memory.AsSpan(1024, 100).IndexOfAnyExcept((byte)7) < 0);
        Assert.Equal(0, guest.Memory.Read<byte>(1124));
        guest.Do("random_get", 1024u, 0u);
        using var real = new Guest(new WasiOptions { RandomSource = RandomNumberGenerator.Fill });
        real.Do("random_get", 1024u, 100u);
        Assert.True(real.Memory.AsSpan(1024, 100).IndexOfAnyExcept((byte)0) >= 0);
        // A sequence goes on; another seed is another sequence.
        using var one = new Guest();
        using var two = new Guest(new WasiOptions { RandomSeed = 43 });
        one.Do("random_get", 1024u, 32u);
        one.Do("random_get", 1056u, 32u);
        two.Do("random_get", 1024u, 32u);
        Assert.NotEqual(one.Memory.AsSpan(1024, 32).ToArray(), one.Memory.AsSpan(1056, 32).ToArray());
        Assert.NotEqual(one.Memory.AsSpan(1024, 32).ToArray(), two.Memory.AsSpan(1024, 32).ToArray());
    }

    [Theory]
    [InlineData(0u, 0), InlineData(1u, 1), InlineData(255u, 255), InlineData(256u, 256), InlineData(uint.MaxValue, -1)]
    public void Exiting_ends_the_guest_with_its_code(uint code, int expected)
    {
        using var guest = new Guest();
        Assert.Equal(expected, Assert.Throws<WasmExitException>(() => guest.Call("proc_exit", code)).ExitCode);
    }

    [Fact]
    public void Raising_does_what_a_signal_does_by_default()
    {
        using var guest = new Guest();
        Assert.Equal(134, Assert.Throws<WasmExitException>(() => guest.Call("proc_raise", 6u)).ExitCode);
        foreach (var ignored in (uint[])[0, 16, 22])
            Assert.Equal(WasiErrno.Success, guest.Call("proc_raise", ignored));
        Assert.Equal(WasiErrno.Notsup, guest.Call("proc_raise", 18u));
        Assert.Equal(WasiErrno.Inval, guest.Call("proc_raise", 31u));
        Assert.Equal(WasiErrno.Success, guest.Call("sched_yield"));
    }

    [Fact]
    public void Standard_streams_are_the_streams_given()
    {
        var (output, errors) = (new MemoryStream(), new MemoryStream());
        using var guest = new Guest(new WasiOptions { Stdin = new MemoryStream("some input"u8.ToArray()), Stdout = output, Stderr = errors });
        Assert.Equal("some", guest.Read(0, 4));
        Assert.Equal(" input", guest.Read(0, 100));
        Assert.Equal("", guest.Read(0));
        guest.Write(1, "out");
        guest.Do("fd_write", 1u, guest.Buffers(guest.Text("put"), guest.Text("!")), 2u, guest.Allocate(4));
        guest.Write(2, "error");
        Assert.Equal("output!"u8, output.ToArray());
        Assert.Equal("error"u8, errors.ToArray());
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(0, "x"));
        Assert.Equal(WasiErrno.Badf, guest.TryRead(1, 1, out _));
        Assert.Equal(WasiErrno.Spipe, guest.Call("fd_seek", 1u, 0L, 0u, 1024u));
        Assert.Equal(WasiErrno.Success, guest.Call("fd_sync", 1u));
        // Not a terminal: neither a character device nor seekable.
        guest.Do("fd_fdstat_get", 1u, 1024u);
        Assert.Equal((byte)WasiFileType.Unknown, guest.Memory.Read<byte>(1024));
        guest.Do("fd_close", 1u);
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(1, "x"));
        Assert.True(output.CanWrite);
    }

    [Fact]
    public void A_stream_that_fails_is_an_error_number()
    {
        using var guest = new Guest(new WasiOptions { Stdin = new FailingStream(), Stdout = new FailingStream() });
        Assert.Equal(WasiErrno.Io, guest.TryRead(0, 10, out _));
        Assert.Equal(WasiErrno.Io, guest.TryRead(0, 10, out _));
        Assert.Equal(WasiErrno.Io, guest.TryWrite(1, "x"));
    }

    private sealed class FailingStream : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("broken");
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("broken");
    }
}
