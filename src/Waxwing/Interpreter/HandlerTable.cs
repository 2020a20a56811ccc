using Waxwing.Instructions;
using Waxwing.Numerics;

namespace Waxwing.Interpreter;

/// <summary>
/// What an instruction of slot code does: a WebAssembly opcode, or one of the translator's own (<see cref="Micro"/>), with the variant that says where operands come
/// from and where the result goes.
/// </summary>
internal static unsafe partial class HandlerTable
{
    private const int Operations = 1024;
    private const int Variants = 256;

    private static readonly nint[]?[] Cache = new nint[]?[Operations];

    /// <summary>The handler's code address. Made (compiled, under a JIT) on first use; thread-safe, since making one twice does no harm.</summary>
    public static nint Resolve(int operation, int variant)
    {
        var page = Volatile.Read(ref Cache[operation]);
        if (page is null)
            page = Interlocked.CompareExchange(ref Cache[operation], page = new nint[Variants], null) ?? page;
        var handler = Volatile.Read(ref page[variant]);
        if (handler == 0)
        {
            handler = operation >= (int)Micro.Nop ? Own((Micro)operation, variant) : Make((Opcode)operation, variant);
            if (handler == 0)
                throw new InvalidOperationException($"no handler for {(operation >= (int)Micro.Nop ? ((Micro)operation).ToString() : ((Opcode)operation).ToString())} variant {variant}");
            Volatile.Write(ref page[variant], handler);
        }
        return handler;
    }

    /// <summary>What a handler's code address stands for; a search, for listings.</summary>
    public static bool TryFind(nint handler, out int operation, out int variant)
    {
        for (operation = 0; operation < Operations; operation++)
        {
            variant = Cache[operation] is { } page ? Array.IndexOf(page, handler) : -1;
            if (variant >= 0)
                return true;
        }
        variant = -1;
        return false;
    }

    private static nint Make(Opcode opcode, int variant)
    {
        var special = Special(opcode, variant);
        if (special != 0)
            return special;
        var info = InstructionTable.Info(opcode);
        var name = info.Name;
        return info.Prefix switch
        {
            0xFD when info.Operands!.StartsWith('A') => VectorMemory(opcode, variant),
            0xFD => name[..4] switch
            {
                "i8x1" => VectorI8X16(opcode, variant),
                "i16x" => VectorI16X8(opcode, variant),
                "i32x" => VectorI32X4(opcode, variant),
                "i64x" => VectorI64X2(opcode, variant),
                "f32x" => VectorF32X4(opcode, variant),
                "f64x" => VectorF64X2(opcode, variant),
                _ => VectorV128(opcode, variant),
            },
            0xFE => Atomic(opcode, variant),
            _ when info.Operands?.StartsWith('A') == true => Memory(opcode, variant),
            _ => name[..3] switch
            {
                "i32" => I32(opcode, variant),
                "i64" => I64(opcode, variant),
                "f32" => F32(opcode, variant),
                "f64" => F64(opcode, variant),
                _ => 0,
            },
        };
    }

    private static nint Of<THandler>()
        where THandler : struct, IHandler => Handler.Of<THandler>();

    private static nint Binary<TOp, T, TResult>(int variant)
        where TOp : struct, IBinary<T, TResult>
        where T : unmanaged
        where TResult : unmanaged => variant switch
        {
            Variant.SlotSlot => Of<Binary<TOp, T, TResult, SlotB, SlotC, ToSlot>>(),
            Variant.SlotConstant => Of<Binary<TOp, T, TResult, SlotB, Constant, ToSlot>>(),
            Variant.SlotLast => Of<Binary<TOp, T, TResult, SlotB, Last, ToSlot>>(),
            Variant.LastSlot => Of<Binary<TOp, T, TResult, Last, SlotC, ToSlot>>(),
            Variant.LastConstant => Of<Binary<TOp, T, TResult, Last, Constant, ToSlot>>(),
            Variant.ToRegister | Variant.SlotSlot => Of<Binary<TOp, T, TResult, SlotB, SlotC, ToRegister>>(),
            Variant.ToRegister | Variant.SlotConstant => Of<Binary<TOp, T, TResult, SlotB, Constant, ToRegister>>(),
            Variant.ToRegister | Variant.SlotLast => Of<Binary<TOp, T, TResult, SlotB, Last, ToRegister>>(),
            Variant.ToRegister | Variant.LastSlot => Of<Binary<TOp, T, TResult, Last, SlotC, ToRegister>>(),
            Variant.ToRegister | Variant.LastConstant => Of<Binary<TOp, T, TResult, Last, Constant, ToRegister>>(),
            _ => 0,
        };

    private static nint Compare<TOp, T>(int variant)
        where TOp : struct, IBinary<T, bool>
        where T : unmanaged => (variant & (Variant.Branch | Variant.WhenFalse | Variant.Backward)) switch
        {
            0 => Binary<TOp, T, bool>(variant),
            Variant.Branch => CompareBranch<TOp, T, WhenTrue, Forward>(variant),
            Variant.Branch | Variant.WhenFalse => CompareBranch<TOp, T, WhenFalse, Forward>(variant),
            Variant.Branch | Variant.Backward => CompareBranch<TOp, T, WhenTrue, Backward>(variant),
            _ => CompareBranch<TOp, T, WhenFalse, Backward>(variant),
        };

    private static nint CompareBranch<TOp, T, TSense, TTarget>(int variant)
        where TOp : struct, IBinary<T, bool>
        where T : unmanaged
        where TSense : struct, ISense
        where TTarget : struct, ITarget => (variant & 7) switch
        {
            Variant.SlotSlot => Of<CompareBranch<TOp, T, SlotA, SlotB, TSense, TTarget>>(),
            Variant.SlotConstant => Of<CompareBranch<TOp, T, SlotA, ConstantB, TSense, TTarget>>(),
            Variant.SlotLast => Of<CompareBranch<TOp, T, SlotA, Last, TSense, TTarget>>(),
            Variant.LastSlot => Of<CompareBranch<TOp, T, Last, SlotB, TSense, TTarget>>(),
            Variant.LastConstant => Of<CompareBranch<TOp, T, Last, ConstantB, TSense, TTarget>>(),
            _ => 0,
        };

    private static nint TrappingBinary<TOp, T>(int variant)
        where TOp : struct, ITrappingBinary<T, T>
        where T : unmanaged => variant switch
        {
            Variant.SlotSlot => Of<TrappingBinary<TOp, T, SlotB, SlotC>>(),
            Variant.SlotConstant => Of<TrappingBinary<TOp, T, SlotB, Constant>>(),
            Variant.SlotLast => Of<TrappingBinary<TOp, T, SlotB, Last>>(),
            Variant.LastSlot => Of<TrappingBinary<TOp, T, Last, SlotC>>(),
            Variant.LastConstant => Of<TrappingBinary<TOp, T, Last, Constant>>(),
            _ => 0,
        };

    private static nint Unary<TOp, T, TResult>(int variant)
        where TOp : struct, IUnary<T, TResult>
        where T : unmanaged
        where TResult : unmanaged => variant switch
        {
            Variant.Slot => Of<Unary<TOp, T, TResult, SlotB, ToSlot>>(),
            Variant.Last => Of<Unary<TOp, T, TResult, Last, ToSlot>>(),
            Variant.ToRegister | Variant.Slot => Of<Unary<TOp, T, TResult, SlotB, ToRegister>>(),
            Variant.ToRegister | Variant.Last => Of<Unary<TOp, T, TResult, Last, ToRegister>>(),
            _ => 0,
        };

    private static nint TrappingUnary<TOp, T, TResult>(int variant)
        where TOp : struct, ITrappingUnary<T, TResult>
        where T : unmanaged
        where TResult : unmanaged => variant switch
        {
            Variant.Slot => Of<TrappingUnary<TOp, T, TResult, SlotB>>(),
            Variant.Last => Of<TrappingUnary<TOp, T, TResult, Last>>(),
            _ => 0,
        };

    private static nint Load<TStored, TValue, TLoad>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged
        where TLoad : struct, ILoad<TStored, TValue> => (variant & Variant.ToRegister) == 0
            ? Load<TStored, TValue, TLoad, ToSlot>(variant)
            : Load<TStored, TValue, TLoad, ToRegister>(variant & ~Variant.ToRegister);

    private static nint Load<TStored, TValue, TLoad, TTo>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged
        where TLoad : struct, ILoad<TStored, TValue>
        where TTo : struct, IDestination => variant switch
        {
            Variant.Index => Of<Load<TStored, TValue, TLoad, Indexed<SlotB>, TTo>>(),
            Variant.IndexLast => Of<Load<TStored, TValue, TLoad, Indexed<Last>, TTo>>(),
            Variant.Sum => Of<Load<TStored, TValue, TLoad, IndexedSum<SlotB>, TTo>>(),
            Variant.SumLast => Of<Load<TStored, TValue, TLoad, IndexedSum<Last>, TTo>>(),
            Variant.Displaced => Of<Load<TStored, TValue, TLoad, IndexedConstant<SlotB>, TTo>>(),
            Variant.DisplacedLast => Of<Load<TStored, TValue, TLoad, IndexedConstant<Last>, TTo>>(),
            Variant.Absolute => Of<Load<TStored, TValue, TLoad, Absolute, TTo>>(),
            Variant.Index64 => Of<Load<TStored, TValue, TLoad, Indexed64<SlotB>, TTo>>(),
            _ => 0,
        };

    private static nint Store<TStored, TValue>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged => (variant & (Variant.FromLast | Variant.FromConstant)) switch
        {
            0 => Store<TStored, TValue, SlotA>(variant),
            Variant.FromLast when typeof(TValue) != typeof(V) => Store<TStored, TValue, Last>(variant & ~Variant.FromLast),
            Variant.FromConstant when typeof(TValue) != typeof(V) => Store<TStored, TValue, ConstantA>(variant & ~Variant.FromConstant),
            _ => 0,
        };

    private static nint Store<TStored, TValue, TFrom>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged
        where TFrom : struct, IOperand => variant switch
        {
            Variant.Index => Of<Store<TStored, TValue, Indexed<SlotB>, TFrom>>(),
            Variant.IndexLast => Of<Store<TStored, TValue, Indexed<Last>, TFrom>>(),
            Variant.Sum => Of<Store<TStored, TValue, IndexedSum<SlotB>, TFrom>>(),
            Variant.SumLast => Of<Store<TStored, TValue, IndexedSum<Last>, TFrom>>(),
            Variant.Displaced => Of<Store<TStored, TValue, IndexedConstant<SlotB>, TFrom>>(),
            Variant.DisplacedLast => Of<Store<TStored, TValue, IndexedConstant<Last>, TFrom>>(),
            Variant.Absolute => Of<Store<TStored, TValue, Absolute, TFrom>>(),
            Variant.Index64 => Of<Store<TStored, TValue, Indexed64<SlotB>, TFrom>>(),
            _ => 0,
        };

    private static nint LoadLane<TOp, TScalar, TStored>(int variant)
        where TOp : struct, IReplace<TScalar>
        where TScalar : unmanaged
        where TStored : unmanaged => variant switch
        {
            Variant.Index => Of<LoadLane<TOp, TScalar, TStored, Indexed<SlotB>>>(),
            Variant.Index64 => Of<LoadLane<TOp, TScalar, TStored, Indexed64<SlotB>>>(),
            _ => 0,
        };

    private static nint StoreLane<TOp, TScalar, TStored>(int variant)
        where TOp : struct, IExtract<TScalar>
        where TScalar : unmanaged
        where TStored : unmanaged => variant switch
        {
            Variant.Index => Of<StoreLane<TOp, TScalar, TStored, Indexed<SlotB>>>(),
            Variant.Index64 => Of<StoreLane<TOp, TScalar, TStored, Indexed64<SlotB>>>(),
            _ => 0,
        };
}

/// <summary>The bits of a variant. Which apply depends on the operation's family.</summary>
internal static class Variant
{
    // Two operands (arithmetic, comparison).
    public const int SlotSlot = 0, SlotConstant = 1, SlotLast = 2, LastSlot = 3, LastConstant = 4;

    // One operand.
    public const int Slot = 0, Constant = 1, Last = 2;

    // Memory addresses.
    public const int Index = 0, IndexLast = 1, Sum = 2, SumLast = 3, Displaced = 4, DisplacedLast = 5, Absolute = 6, Index64 = 7;

    /// <summary>The result goes to its register only.</summary>
    public const int ToRegister = 8;

    /// <summary>A comparison fused with a branch.</summary>
    public const int Branch = 16;
    public const int WhenFalse = 32;
    public const int Backward = 64;

    // The value of a store.
    public const int FromLast = 16, FromConstant = 32;

    // The value's class, for copies, selects, globals and returns.
    public const int Float = 128;
}
