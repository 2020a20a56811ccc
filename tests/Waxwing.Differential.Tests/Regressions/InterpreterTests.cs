using Waxwing.Differential.Tests.Modules;

namespace Waxwing.Differential.Tests.Regressions;

/// <summary>What the interpreter once did differently, on all engines.</summary>
public sealed class InterpreterTests
{
    [Theory]
    [InlineData(65533, nameof(TrapCode.UnalignedAtomic))]
    [InlineData(65536, nameof(TrapCode.MemoryOutOfBounds))]
    [InlineData(-1, nameof(TrapCode.UnalignedAtomic))]
    public void An_atomic_access_is_first_of_all_aligned(int address, string trap) => Assert.Equal(trap, TextModule.Call(
        "(module (memory 1) (func (export \"f\") (param i32) (result i32) (i32.atomic.rmw.add (local.get 0) (i32.const 1))))", "i", 'i', (uint)address));
}
