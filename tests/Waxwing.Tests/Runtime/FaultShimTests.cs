using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>The signal handler's instructions, called as a function with records of our own, and the table that they read.</summary>
[Collection(nameof(ProcessWide))]
public sealed unsafe class FaultShimTests : IDisposable
{
    private const ulong Sentinel = 0xA5A5A5A5_5A5A5A5A;

    private readonly delegate* unmanaged<int, byte*, void*, void> handler;
    private readonly byte* previous;
    private readonly byte* shim;

    public FaultShimTests()
    {
        Assert.SkipUnless(FaultShim.IsAvailable, "no guarded accesses on this platform, or switched off");
        previous = VirtualMemory.Reserve(VirtualMemory.PageSize);
        Assert.True(VirtualMemory.Commit(previous, VirtualMemory.PageSize));
        // The handler before ours returns at once: ret.
        (RuntimeInformation.ProcessArchitecture == Architecture.X64 ? [0xC3] : (ReadOnlySpan<byte>)[0xC0, 0x03, 0x5F, 0xD6]).CopyTo(new(previous, 4));
        Assert.True(VirtualMemory.Seal(previous, VirtualMemory.PageSize));
        shim = FaultShim.Emit((nint)previous);
        Assert.True(shim != null);
        handler = (delegate* unmanaged<int, byte*, void*, void>)shim;
    }

    public void Dispose()
    {
        if (shim != null)
            VirtualMemory.Release(shim, VirtualMemory.PageSize);
        if (previous != null)
            VirtualMemory.Release(previous, VirtualMemory.PageSize);
    }

    [Fact]
    public void Addresses_in_registered_ranges_become_zero_and_no_others()
    {
        // Nobody looks at what is registered but the shim: the address space need not be ours.
        ulong[] starts = [0x10_0000_0000, 0x10_0000_0000 + GuardedRanges.Length, 0x20_FFFF_F000, 0x30_0001_0000, (1UL << 48) - GuardedRanges.Length];
        foreach (var start in starts)
            Assert.True(GuardedRanges.TryRegister((byte*)start));
        try
        {
            foreach (var start in starts)
            {
                foreach (var (address, isIn) in ((ulong, bool)[])[(start, true), (start + 1, true), (start + (4UL << 30), true), (start + (8UL << 30), true), (start + GuardedRanges.Length - 1, true),
                    (start - 1, starts.Contains(start - GuardedRanges.Length)), (start + GuardedRanges.Length, starts.Contains(start + GuardedRanges.Length))])
                {
                    Assert.Equal(isIn, GuardedRanges.Contains(address));
                    Assert.Equal(isIn ? 0 : address, Report(address));
                    // A signal that a process sent has no address there, but who sent it.
                    Assert.Equal(address, Report(address, code: 0));
                    Assert.Equal(address, Report(address, code: -6));
                }
            }
        }
        finally
        {
            foreach (var start in starts)
                GuardedRanges.Unregister((byte*)start);
        }
        foreach (var start in starts)
            Assert.Equal(start, Report(start));
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(4096UL)]
    [InlineData(0xFFFF_FFFFUL)]
    [InlineData(0x1_0000_0000UL)]
    [InlineData(0x2_0000_0000UL)]
    [InlineData(1UL << 47)]
    [InlineData(1UL << 48)]
    [InlineData((1UL << 48) + (16UL << 32))]
    [InlineData(0xFFFF_8000_0000_0000UL)]
    [InlineData(ulong.MaxValue)]
    public void Other_addresses_stay_as_they_are(ulong address) => Assert.Equal(address, Report(address));

    [Fact]
    public void The_table_agrees_with_a_list_of_ranges()
    {
        var random = new Random(4711);
        List<ulong> model = [];
        try
        {
            for (var step = 0; step < 4000; step++)
            {
                if (model.Count > 0 && random.Next(3) == 0)
                {
                    var at = random.Next(model.Count);
                    GuardedRanges.Unregister((byte*)model[at]);
                    model.RemoveAt(at);
                }
                else
                {
                    // Low addresses, where no range of this process is; dense, so that neighbours share blocks.
                    var start = (ulong)random.NextInt64(1, 400L << 20) << 12;
                    if (model.All(other => start >= other + GuardedRanges.Length || other >= start + GuardedRanges.Length))
                    {
                        Assert.True(GuardedRanges.TryRegister((byte*)start));
                        model.Add(start);
                    }
                }
                var address = (ulong)random.NextInt64(1, 440L << 32);
                if (random.Next(2) == 0 && model.Count > 0)
                    address = model[random.Next(model.Count)] + (random.Next(2) == 0 ? 0 : GuardedRanges.Length) + (ulong)random.Next(-2, 3);
                var isIn = model.Any(start => address >= start && address - start < GuardedRanges.Length);
                Assert.Equal(isIn, GuardedRanges.Contains(address));
                Assert.Equal(isIn ? 0 : address, Report(address));
            }
        }
        finally
        {
            foreach (var start in model)
                GuardedRanges.Unregister((byte*)start);
        }
    }

    [Fact]
    public void Every_guarded_reservation_is_registered_as_long_as_it_exists()
    {
        var memory = new WasmMemory(new MemoryType(1));
        var start = (ulong)memory.Base;
        Assert.True(GuardedRanges.Contains(start) && GuardedRanges.Contains(start + GuardedRanges.Length - 1));
        memory.Dispose();
        ReservationPool.Clear();
        Assert.False(GuardedRanges.Contains(start));
        Assert.True(GuardedRanges.Contains((ulong)GuardedRanges.Nowhere));
    }

    /// <summary>Runs the handler on a record of a fault; what it reports to the next one. Nothing else of the record may change.</summary>
    private ulong Report(ulong address, int code = 1)
    {
        Span<ulong> record = stackalloc ulong[16];
        record.Fill(Sentinel);
        (record[0], record[1], record[2]) = (SignalAction.SegmentationFault, Sentinel << 32 | (uint)code, address);
        fixed (ulong* start = record)
            handler(SignalAction.SegmentationFault, (byte*)start, null);
        Assert.Equal((ulong)SignalAction.SegmentationFault, record[0]);
        Assert.Equal(Sentinel << 32 | (uint)code, record[1]);
        Assert.False(record[3..].ContainsAnyExcept(Sentinel));
        return record[2];
    }
}
