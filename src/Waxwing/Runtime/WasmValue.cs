using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Waxwing;

/// <summary>
/// A WebAssembly value of any type; numbers are not boxed. Equality compares bits (so NaNs of one pattern are equal, 0.0 and -0.0 differ) and references by identity.
/// </summary>
public readonly struct WasmValue : IEquatable<WasmValue>
{
    internal readonly ulong Low;
    internal readonly ulong High;
    private readonly object? reference;

    internal WasmValue(ValueKind kind, ulong low, ulong high, object? reference)
    {
        (Kind, Low, High, this.reference) = (kind, low, high, reference);
    }

    /// <summary>The sort of value.</summary>
    public ValueKind Kind { get; }

    /// <summary>An i32.</summary>
    public static WasmValue FromInt32(int value) => new(ValueKind.I32, (uint)value, 0, null);
    /// <summary>An i64.</summary>
    public static WasmValue FromInt64(long value) => new(ValueKind.I64, (ulong)value, 0, null);
    /// <summary>An f32, bit for bit.</summary>
    public static WasmValue FromSingle(float value) => new(ValueKind.F32, BitConverter.SingleToUInt32Bits(value), 0, null);
    /// <summary>An f64, bit for bit.</summary>
    public static WasmValue FromDouble(double value) => new(ValueKind.F64, BitConverter.DoubleToUInt64Bits(value), 0, null);
    /// <summary>A v128, lane 0 of i8x16 first.</summary>
    public static WasmValue FromVector128(Vector128<byte> value) => new(ValueKind.V128, value.AsUInt64()[0], value.AsUInt64()[1], null);
    /// <summary>
    /// A reference: null, a <see cref="WasmFunction"/>, a <see cref="WasmStruct"/>, a <see cref="WasmArray"/>, an <see cref="I31"/>, or any host object as an externref.
    /// </summary>
    public static WasmValue FromReference(object? value) => new(ValueKind.Reference, 0, 0, value);

    /// <summary>The null reference.</summary>
    public static WasmValue Null => FromReference(null);

    /// <summary>The value of an i32.</summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public int AsInt32() => (int)Expect(ValueKind.I32);
    /// <summary>The value of an i64.</summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public long AsInt64() => (long)Expect(ValueKind.I64);
    /// <summary>The value of an f32.</summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public float AsSingle() => BitConverter.UInt32BitsToSingle((uint)Expect(ValueKind.F32));
    /// <summary>The value of an f64.</summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public double AsDouble() => BitConverter.UInt64BitsToDouble(Expect(ValueKind.F64));
    /// <summary>The value of a v128.</summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public Vector128<byte> AsVector128() => Vector128.Create(Expect(ValueKind.V128), High).AsByte();
    /// <summary>The object referred to, or null.</summary>
    /// <exception cref="InvalidOperationException">The value is of another kind.</exception>
    public object? AsReference()
    {
        Expect(ValueKind.Reference);
        return reference;
    }
    /// <summary>The function referred to, or null.</summary>
    /// <exception cref="InvalidOperationException">The value is not a function reference.</exception>
    public WasmFunction? AsFunction() => AsReference() switch
    {
        null => null,
        WasmFunction function => function,
        _ => throw new InvalidOperationException("The value is a reference to something other than a function."),
    };

    /// <summary>An i32.</summary>
    public static implicit operator WasmValue(int value) => FromInt32(value);
    /// <summary>An i32 of the same bits.</summary>
    public static implicit operator WasmValue(uint value) => FromInt32((int)value);
    /// <summary>An i64.</summary>
    public static implicit operator WasmValue(long value) => FromInt64(value);
    /// <summary>An i64 of the same bits.</summary>
    public static implicit operator WasmValue(ulong value) => FromInt64((long)value);
    /// <summary>An f32.</summary>
    public static implicit operator WasmValue(float value) => FromSingle(value);
    /// <summary>An f64.</summary>
    public static implicit operator WasmValue(double value) => FromDouble(value);
    /// <summary>A v128.</summary>
    public static implicit operator WasmValue(Vector128<byte> value) => FromVector128(value);
    /// <summary>A funcref.</summary>
    public static implicit operator WasmValue(WasmFunction? value) => FromReference(value);

    /// <summary>The value of an i32.</summary>
    public static explicit operator int(WasmValue value) => value.AsInt32();
    /// <summary>The bits of an i32.</summary>
    public static explicit operator uint(WasmValue value) => (uint)value.AsInt32();
    /// <summary>The value of an i64.</summary>
    public static explicit operator long(WasmValue value) => value.AsInt64();
    /// <summary>The bits of an i64.</summary>
    public static explicit operator ulong(WasmValue value) => (ulong)value.AsInt64();
    /// <summary>The value of an f32.</summary>
    public static explicit operator float(WasmValue value) => value.AsSingle();
    /// <summary>The value of an f64.</summary>
    public static explicit operator double(WasmValue value) => value.AsDouble();

    /// <inheritdoc/>
    public bool Equals(WasmValue other) => Kind == other.Kind && Low == other.Low && High == other.High && I31.ReferenceEquals(reference, other.reference);
    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WasmValue other && Equals(other);
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Low, High, reference is I31 small ? small.Value : RuntimeHelpers.GetHashCode(reference));
    /// <summary>Whether both are the same value, bit for bit.</summary>
    public static bool operator ==(WasmValue left, WasmValue right) => left.Equals(right);
    /// <summary>Whether the values differ.</summary>
    public static bool operator !=(WasmValue left, WasmValue right) => !left.Equals(right);

    /// <summary>Integers as signed decimals, floats so that they parse back to the same number, vectors as four 32-bit hexadecimal lanes.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.I32 => ((int)Low).ToString(CultureInfo.InvariantCulture),
        ValueKind.I64 => ((long)Low).ToString(CultureInfo.InvariantCulture),
        ValueKind.F32 => AsSingle().ToString("R", CultureInfo.InvariantCulture),
        ValueKind.F64 => AsDouble().ToString("R", CultureInfo.InvariantCulture),
        ValueKind.V128 => $"0x{(uint)Low:x8} 0x{(uint)(Low >> 32):x8} 0x{(uint)High:x8} 0x{(uint)(High >> 32):x8}",
        _ => reference?.ToString() ?? "null",
    };

    internal object? ReferenceUnchecked => reference;

    private ulong Expect(ValueKind kind) => Kind == kind ? Low : throw new InvalidOperationException($"The value is {Name(Kind)}, not {Name(kind)}.");

    private static string Name(ValueKind kind) => kind == ValueKind.Reference ? "a reference" : $"an {kind.ToString().ToLowerInvariant()}";
}
