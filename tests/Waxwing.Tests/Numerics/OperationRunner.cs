using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Waxwing.Instructions;
using Waxwing.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>Calls an operation the way an engine does: inlined into an optimised generic method, with operands that are not constants.</summary>
internal sealed class OperationRunner
{
    private const MethodImplOptions Optimised = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    private readonly MethodInfo apply;
    private readonly MethodInfo? check;

    private OperationRunner(MethodInfo apply, MethodInfo? check) => (this.apply, this.check) = (apply, check);

    public static Type OperationType(Opcode opcode) => typeof(I32Add).Assembly.GetType($"Waxwing.Numerics.{opcode}")
        ?? throw new InvalidOperationException($"No operation is named {opcode}.");

    public static OperationRunner Create(Opcode opcode, Type expected)
    {
        var operation = OperationType(opcode);
        Assert.True(operation.IsValueType);
        Assert.True(operation.IsAssignableTo(expected), $"{opcode} must implement {expected}.");
        var name = expected.Name.Split('`')[0][1..];
        var kind = name.Replace("Trapping", "", StringComparison.Ordinal);
        return new(Runner(kind, operation, expected), name == kind ? null : Runner("Check" + kind, operation, expected));
    }

    public TrapCode Check(UInt128[] operands) => check is null ? 0 : (TrapCode)check.Invoke(null, Convert(check, operands))!;

    public UInt128 Apply(params UInt128[] operands) => FromObject(apply.Invoke(null, Convert(apply, operands))!);

    private static MethodInfo Runner(string name, Type operation, Type contract) =>
        typeof(OperationRunner).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod([operation, .. contract.GetGenericArguments()]);

    private static object[] Convert(MethodInfo method, UInt128[] operands) =>
        [.. method.GetParameters().Zip(operands, (parameter, operand) => ToObject(operand, parameter.ParameterType))];

    public static object ToObject(UInt128 bits, Type type) =>
        type == typeof(int) ? (int)bits
        : type == typeof(uint) ? (uint)bits
        : type == typeof(long) ? (long)bits
        : type == typeof(ulong) ? (ulong)bits
        : type == typeof(byte) ? (byte)bits
        : type == typeof(ushort) ? (ushort)bits
        : type == typeof(float) ? BitConverter.UInt32BitsToSingle((uint)bits)
        : type == typeof(double) ? BitConverter.UInt64BitsToDouble((ulong)bits)
        : type == typeof(Vector128<byte>) ? Vector128.Create((ulong)bits, (ulong)(bits >> 64)).AsByte()
        : throw new NotSupportedException(type.ToString());

    public static UInt128 FromObject(object value) => value switch
    {
        bool b => b ? 1u : 0u,
        int i => (uint)i,
        long l => (ulong)l,
        float f => BitConverter.SingleToUInt32Bits(f),
        double d => BitConverter.DoubleToUInt64Bits(d),
        Vector128<byte> v => new(v.AsUInt64()[1], v.AsUInt64()[0]),
        UInt128 wide => wide,
        _ => throw new NotSupportedException(value.GetType().ToString()),
    };

    [MethodImpl(Optimised)]
    private static TOut Unary<TOperation, TIn, TOut>(TIn value) where TOperation : IUnary<TIn, TOut> => TOperation.Apply(value);

    [MethodImpl(Optimised)]
    private static TOut Binary<TOperation, TIn, TOut>(TIn left, TIn right) where TOperation : IBinary<TIn, TOut> => TOperation.Apply(left, right);

    [MethodImpl(Optimised)]
    private static T Ternary<TOperation, T>(T first, T second, T third) where TOperation : ITernary<T> => TOperation.Apply(first, second, third);

    [MethodImpl(Optimised)]
    private static Vector128<byte> Shift<TOperation>(Vector128<byte> value, int count) where TOperation : IShift => TOperation.Apply(value, count);

    [MethodImpl(Optimised)]
    private static T Extract<TOperation, T>(Vector128<byte> value, int lane) where TOperation : IExtract<T> => TOperation.Apply(value, lane);

    [MethodImpl(Optimised)]
    private static Vector128<byte> Replace<TOperation, T>(Vector128<byte> value, T scalar, int lane) where TOperation : IReplace<T> =>
        TOperation.Apply(value, scalar, lane);

    [MethodImpl(Optimised)]
    private static TrapCode CheckUnary<TOperation, TIn, TOut>(TIn value) where TOperation : ITrappingUnary<TIn, TOut> => TOperation.Check(value);

    [MethodImpl(Optimised)]
    private static TrapCode CheckBinary<TOperation, TIn, TOut>(TIn left, TIn right) where TOperation : ITrappingBinary<TIn, TOut> =>
        TOperation.Check(left, right);

    [MethodImpl(Optimised)]
    private static UInt128 WideSum<TOperation>(long leftLow, long leftHigh, long rightLow, long rightHigh) where TOperation : IWideSum
    {
        TOperation.Apply(leftLow, leftHigh, rightLow, rightHigh, out var low, out var high);
        return new((ulong)high, (ulong)low);
    }

    [MethodImpl(Optimised)]
    private static UInt128 WideProduct<TOperation>(long left, long right) where TOperation : IWideProduct
    {
        TOperation.Apply(left, right, out var low, out var high);
        return new((ulong)high, (ulong)low);
    }

    [MethodImpl(Optimised)]
    private static TValue AtomicLoad<TOperation, TCell, TValue>(ref TCell location) where TOperation : IAtomicLoad<TCell, TValue> => TOperation.Apply(ref location);

    [MethodImpl(Optimised)]
    private static void AtomicStore<TOperation, TCell, TValue>(ref TCell location, TValue value) where TOperation : IAtomicStore<TCell, TValue> =>
        TOperation.Apply(ref location, value);

    [MethodImpl(Optimised)]
    private static TValue AtomicRmw<TOperation, TCell, TValue>(ref TCell location, TValue operand) where TOperation : IAtomicRmw<TCell, TValue> =>
        TOperation.Apply(ref location, operand);

    [MethodImpl(Optimised)]
    private static TValue AtomicCmpxchg<TOperation, TCell, TValue>(ref TCell location, TValue expected, TValue replacement)
        where TOperation : IAtomicCmpxchg<TCell, TValue> => TOperation.Apply(ref location, expected, replacement);

    /// <summary>Runs an atomic operation on a cell; gives its result (0 for a store) and what the cell holds then.</summary>
    public (UInt128 Result, object Cell) ApplyTo(object cell, params UInt128[] operands)
    {
        var parameters = apply.GetParameters();
        object?[] arguments = [cell, .. operands.Select((operand, i) => ToObject(operand, parameters[i + 1].ParameterType))];
        var result = apply.Invoke(null, arguments);
        return (result is null ? 0 : FromObject(result), arguments[0]!);
    }
}
