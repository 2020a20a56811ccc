using System.Runtime.Intrinsics;
using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>Linear memories as the host has them, under each storage policy.</summary>
public sealed unsafe class MemoryTests
{
    public static TheoryData<WasmMemoryPolicy> Policies => VirtualMemory.IsSupported ? [WasmMemoryPolicy.Reserved, WasmMemoryPolicy.Portable] : [WasmMemoryPolicy.Portable];

    [Theory, MemberData(nameof(Policies))]
    public void A_new_memory_is_zero_and_grows_with_zeros(WasmMemoryPolicy policy)
    {
        using var memory = new WasmMemory(new MemoryType(1, 5), policy);
        Assert.Equal((65536, 1), (memory.ByteLength, memory.Pages));
        Assert.False(memory.AsSpan().ContainsAnyExcept((byte)0));
        memory.AsSpan().Fill(0xFF);
        Assert.Equal(1, memory.Grow(3));
        Assert.Equal(4, memory.Pages);
        Assert.False(memory.AsSpan(0, 65536).ContainsAnyExcept((byte)0xFF));
        Assert.False(memory.AsSpan(65536).ContainsAnyExcept((byte)0));
        Assert.Equal(4, memory.Grow(0));
        Assert.Equal(-1, memory.Grow(2));
        Assert.Equal(4, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Grow(-1));
        Assert.Equal(new MemoryType(5, 5), memory.Type);
    }

    [Theory, MemberData(nameof(Policies))]
    public void A_span_survives_growth(WasmMemoryPolicy policy)
    {
        using var memory = new WasmMemory(new MemoryType(1, 2000), policy);
        var span = memory.AsSpan(0, 65536);
        memory.Write(100, 42);
        for (var i = 0; i < 100; i++)
        {
            Assert.NotEqual(-1, memory.Grow(17));
            span[(i * 600) + 8] = (byte)i; // never a fault, whatever became of the base
        }
        Assert.Equal(42, memory.Read<int>(100));
        if (policy == WasmMemoryPolicy.Reserved)
            Assert.Equal(99, memory.Read<byte>((99 * 600) + 8));
    }

    [Theory, MemberData(nameof(Policies))]
    public void A_shared_memory_never_moves(WasmMemoryPolicy policy)
    {
        using var memory = new WasmMemory(new MemoryType(1, 500, Shared: true), policy);
        var start = (nint)memory.Base;
        while (memory.Grow(50) >= 0)
            memory.Write(memory.ByteLength - 8, 1L);
        Assert.Equal(start, (nint)memory.Base);
        Assert.Equal(451, memory.Pages);
    }

    [Fact]
    public void A_reserved_memory_never_moves()
    {
        Assert.SkipUnless(VirtualMemory.IsSupported, "no reservations on this platform");
        using var memory = new WasmMemory(new MemoryType(0), WasmMemoryPolicy.Reserved);
        var start = (nint)memory.Base;
        Assert.Equal(0, memory.Grow(65536));
        Assert.Equal((start, 4L << 30), ((nint)memory.Base, memory.ByteLength));
        memory.Write(memory.ByteLength - 16, Vector128.Create(7));
        Assert.Equal(Vector128.Create(7), memory.Read<Vector128<int>>(memory.ByteLength - 16));
        Assert.Equal(-1, memory.Grow(1));
    }

    [Theory, MemberData(nameof(Policies))]
    public void Ranges_are_checked(WasmMemoryPolicy policy)
    {
        using var memory = new WasmMemory(new MemoryType(1), policy);
        memory.Write(65532, 0x01020304);
        Assert.Equal(4, memory.Read<byte>(65532));
        Assert.Equal(0x0102, memory.Read<ushort>(65534));
        Assert.Equal(0, memory.AsSpan(65536, 0).Length);
        foreach (var address in new long[] { 65533, 65536, -1, -4, long.MaxValue, long.MinValue, uint.MaxValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read<int>(address));
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write(address, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => { memory.AsSpan(address, 4); });
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => { memory.AsSpan(0, -1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { memory.AsSpan<long>(0, int.MaxValue); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { memory.AsSpan(65537); });
        Assert.Equal("4 bytes from 65533 are not within the memory's 65536 bytes. (Parameter 'address')\nActual value was 65533.",
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read<int>(65533)).Message.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Text_goes_in_and_out()
    {
        using var memory = new WasmMemory(new MemoryType(1));
        Assert.Equal(7, memory.WriteUtf8(10, "aé€!"));
        Assert.Equal("aé€!", memory.ReadUtf8(10, 7));
        Assert.Equal(6, memory.WriteCString(100, "hello"));
        Assert.Equal("hello", memory.ReadCString(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadCString(100, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.WriteUtf8(65534, "abc"));
        Assert.Equal(0, memory.Read<byte>(65534));
        memory.AsSpan(65500).Fill((byte)'x');
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.ReadCString(65500));
        memory.Write<byte>(50, 0xFF);
        Assert.Equal("\uFFFD", memory.ReadUtf8(50, 1));
    }

    [Fact]
    public void A_slice_follows_the_memory()
    {
        using var memory = new WasmMemory(new MemoryType(1, 10), WasmMemoryPolicy.Portable);
        var slice = memory.Slice(16, 8);
        memory.Grow(9);
        slice.Span[0] = 9;
        Assert.Equal(9, memory.Read<byte>(16));
        using (var pin = slice[4..].Pin())
            *(byte*)pin.Pointer = 5;
        Assert.Equal(5, memory.Read<byte>(20));
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => slice.Span[0]);
    }

    [Fact]
    public void Limits_hold_for_each_memory_and_all_together()
    {
        var limits = WasmLimits.Default with { MemoryBytes = 10 * 65536, TotalMemoryBytes = 15 * 65536 };
        using var runtime = Modules.NewRuntime(limits);
        var a = runtime.Instantiate("(module (memory (export \"memory\") 1))");
        Assert.Equal(1, a.GetMemory().Grow(9));
        Assert.Equal(-1, a.GetMemory().Grow(1));
        Assert.StartsWith("memory too large: 11.. pages is 704 KiB, the limit for a memory is 640 KiB",
            Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (memory 11))")).Message);
        Assert.StartsWith("memory too large: 6.. pages is 384 KiB, and 640 KiB of the 960 KiB allowed to the runtime are in use",
            Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (memory 6))")).Message);
        var b = runtime.Instantiate("(module (memory (export \"memory\") 4))");
        Assert.Equal(-1, b.GetMemory().Grow(2));
        Assert.Equal(4, b.GetMemory().Grow(1));
        Assert.Equal(15 * 65536, runtime.MemoryBytes);
        Assert.Throws<WasmLinkException>(() => runtime.Define("env", "memory", new WasmMemory(new MemoryType(1))));
        a.Dispose();
        Assert.Equal(5 * 65536, runtime.MemoryBytes);
        Assert.Equal(5, b.GetMemory().Grow(1));
    }

    [Theory, MemberData(nameof(Policies))]
    public void Huge_memories_are_refused_and_the_process_lives(WasmMemoryPolicy policy)
    {
        var limits = WasmLimits.Default with { MemoryBytes = long.MaxValue };
        using var runtime = Modules.NewRuntime(limits, policy);
        Assert.StartsWith("memory ", Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (memory i64 0x1000000000))")).Message);
        Assert.StartsWith("memory ", Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (memory i64 0x1000000000000))")).Message);
        var app = runtime.Instantiate("(module (memory (export \"memory\") i64 1) (func (export \"grow\") (param i64) (result i64) (memory.grow (local.get 0))))");
        Assert.Equal(-1L, app.Invoke("grow", 0xFFFF_FFFF_FFFFL)[0]);
        Assert.Equal(-1L, app.Invoke("grow", -1L)[0]);
        Assert.Equal(-1L, app.Invoke("grow", 1L << 40)[0]);
        Assert.Equal(1L, app.Invoke("grow", 1L)[0]);
    }

    [Fact]
    public void A_memory_that_outgrows_its_reservation_moves_and_leaves_the_old_bytes_readable()
    {
        Assert.SkipUnless(VirtualMemory.IsSupported, "no reservations on this platform");
        var storage = ReservedStorage.TryCreate(65536, 65536, 1 << 20, StoragePlan.WithGuard(65536))!;
        var old = storage.Base;
        old[100] = 42;
        Assert.False(storage.CanGrowInPlace(65537));
        Assert.True(storage.TryGrow(3 * 65536));
        Assert.NotEqual((nint)old, (nint)storage.Base);
        Assert.Equal((42, 42, 0), (storage.Base[100], old[100], storage.Base[(3 * 65536) - 1]));
        Assert.True(storage.TryGrow(16 * 65536));
        Assert.Equal(42, storage.Base[100]);
        storage.Release();
    }

    [Fact]
    public void Pages_may_be_bytes()
    {
        using var memory = new WasmMemory(new MemoryType(3, 100, PageSizeLog2: 0));
        Assert.Equal((3, 3), (memory.ByteLength, memory.Pages));
        Assert.Equal(3, memory.Grow(2));
        memory.Write<byte>(4, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Write<byte>(5, 1));
        Assert.Equal(-1, memory.Grow(96));
    }

    [Theory]
    [InlineData(-1, null, false, false, 16)]
    [InlineData(2, 1L, false, false, 16)]
    [InlineData(1, null, true, false, 16)]
    [InlineData(65537, null, false, false, 16)]
    [InlineData(0, 65537L, false, false, 16)]
    [InlineData(0, (1L << 48) + 1, false, true, 16)]
    [InlineData(0, 1L << 32, false, false, 0)]
    [InlineData(0, 1L, false, false, 12)]
    public void Types_are_checked(long minimum, long? maximum, bool shared, bool is64, int pageSizeLog2) =>
        Assert.Throws<ArgumentException>(() => new WasmMemory(new MemoryType(minimum, maximum, shared, is64, pageSizeLog2)));
}
