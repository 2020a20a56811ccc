using System.Runtime.Intrinsics;
using Waxwing.Cli;

namespace Waxwing.Tests.Cli;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", -1)]
    [InlineData("4294967295", -1)]
    [InlineData("0xffffffff", -1)]
    [InlineData("-0x80000000", int.MinValue)]
    [InlineData("+7", 7)]
    public void An_i32(string text, int value) => Assert.Equal(WasmValue.FromInt32(value), ValueText.Parse(text, ValueType.I32));

    [Theory]
    [InlineData("-1", -1)]
    [InlineData("18446744073709551615", -1)]
    [InlineData("0xffffffffffffffff", -1)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void An_i64(string text, long value) => Assert.Equal(WasmValue.FromInt64(value), ValueText.Parse(text, ValueType.I64));

    [Theory]
    [InlineData("0.1", 0x3DCCCCCDu)]
    [InlineData("-0", 0x80000000u)]
    [InlineData("1e39", 0x7F800000u)]
    [InlineData("inf", 0x7F800000u)]
    [InlineData("-inf", 0xFF800000u)]
    [InlineData("nan", 0x7FC00000u)]
    [InlineData("-nan", 0xFFC00000u)]
    // The nearest single to the text, not to the nearest double: between the two lies a tie.
    [InlineData("1.00000005960464484", 0x3F800001u)]
    public void An_f32(string text, uint bits) => Assert.Equal(bits, BitConverter.SingleToUInt32Bits(ValueText.Parse(text, ValueType.F32).AsSingle()));

    [Theory]
    [InlineData("0.1", 0x3FB999999999999Au)]
    [InlineData("nan", 0x7FF8000000000000u)]
    [InlineData("-inf", 0xFFF0000000000000u)]
    public void An_f64(string text, ulong bits) => Assert.Equal(bits, BitConverter.DoubleToUInt64Bits(ValueText.Parse(text, ValueType.F64).AsDouble()));

    [Fact]
    public void A_v128() => Assert.Equal(
        WasmValue.FromVector128(Vector128.Create(1, 2, 3, 4).AsByte()),
        ValueText.Parse("0x00000004000000030000000200000001", ValueType.V128));

    [Fact]
    public void References()
    {
        Assert.Equal(WasmValue.Null, ValueText.Parse("null", ValueType.FuncRef));
        Assert.Equal("text", ValueText.Parse("text", ValueType.ExternRef).AsReference());
        Assert.Equal(WasmValue.FromReference(I31.Of(-5)), ValueText.Parse("-5", ValueType.Ref(HeapType.I31)));
    }

    [Theory]
    [InlineData("4294967296")]
    [InlineData("-2147483649")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0x")]
    [InlineData("--1")]
    [InlineData("99999999999999999999999999999999999999999")]
    public void Not_an_i32(string text) => Assert.Throws<UsageException>(() => ValueText.Parse(text, ValueType.I32));

    [Fact]
    public void Not_values()
    {
        Assert.Throws<UsageException>(() => ValueText.Parse("18446744073709551616", ValueType.I64));
        Assert.Throws<UsageException>(() => ValueText.Parse("one", ValueType.F64));
        Assert.Throws<UsageException>(() => ValueText.Parse("0x1", ValueType.V128));
        Assert.Throws<UsageException>(() => ValueText.Parse("f", ValueType.FuncRef));
        Assert.Throws<UsageException>(() => ValueText.Parse("null", ValueType.Ref(HeapType.I31, nullable: false)));
    }
}
