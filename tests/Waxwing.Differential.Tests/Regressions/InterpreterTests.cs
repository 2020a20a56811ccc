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

    // The results' copies belong to the path that returns.
    [Theory]
    [InlineData("(local.get 0) (i32.const 0) (br_if 0 (local.get 1)) (drop)")]
    [InlineData("(local.get 0) (local.get 0) (br_if 0 (local.get 1)) (drop) (local.set 1) (local.get 1)")]
    [InlineData("(local.get 0) (i32.const 0) (i32.const 0) (br_if 0) (drop) (local.set 1) (local.get 1) (i32.const 0) (local.set 1)")]
    [InlineData("(local.get 0) (i32.const 8) (block (param i32 i32) (result i32 i32) (br_table 0 1 (i32.const 0))) (drop)")]
    public void Results_returned_on_one_path_stay_operands_on_the_other(string body) => Assert.Equal("17", TextModule.Call(
        $"(module (func $g (param i32 i32) (result i32 i32) (i32.add (local.get 0) (i32.const 65520)) (drop) {body} (i32.const 0)) (func (export \"f\") (param i32) (result i32) (call $g (local.get 0) (i32.const 0)) (drop)))", "i", 'i', 17));
}
