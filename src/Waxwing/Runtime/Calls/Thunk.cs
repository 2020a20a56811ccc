using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>What a typed delegate over a function is bound to: arguments to slots, call, slots to result. The signature was checked when it was made.</summary>
internal abstract class Thunk
{
    private WasmFunction function = null!;

    public abstract Delegate Delegate { get; }

    /// <summary>Slots of the call; at most those of <see cref="SlotBuffer"/>.</summary>
    protected int SlotCount { get; private set; }

    protected bool HasReferences { get; private set; }

    public void Bind(WasmFunction target)
    {
        function = target;
        SlotCount = target.SlotCount;
        HasReferences = target.UsesReferences;
        Debug.Assert(SlotCount <= SlotBuffer.Count, "a delegate's parameters and results fit");
    }

    protected void Call(Span<ulong> slots, Span<object?> references)
    {
        if (HasReferences)
            CheckReferences(references);
        function.InvokeSlots(slots, references, default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected TResult Call<TResult>(Span<ulong> slots, Span<object?> references)
    {
        if (TypedSlot.IsNumber<TResult>())
        {
            Call(slots, references);
            var index = 0;
            return TypedSlot.Read<TResult>(slots, references, ref index);
        }
        return CallShaped<TResult>(slots, references);
    }

    private TResult CallShaped<TResult>(Span<ulong> slots, Span<object?> references)
    {
        var shape = ResultShapeOf<TResult>.Shape;
        if (shape.IsAsync)
        {
            if (HasReferences)
                CheckReferences(references);
            return shape.Start(function, slots.ToArray(), references.ToArray(), default);
        }
        Call(slots, references);
        return shape.Read(slots, references);
    }

    /// <summary>A delegate's parameter may be wider than the function's (object for a struct type): what does not fit must not reach the guest.</summary>
    private void CheckReferences(ReadOnlySpan<object?> references)
    {
        var slot = 0;
        var types = function.DefinedType.ParameterTypes;
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i].IsReference && !ReferenceTypes.IsInstance(references[slot], types[i]))
                throw new ArgumentException($"argument {i} must be {types[i]}, not {ReferenceTypes.Describe(references[slot])}.");
            slot += types[i].Slots;
        }
    }
}

/// <summary>Room for the slots of a typed call: twelve parameters of two slots, or four results.</summary>
[InlineArray(Count)]
internal struct SlotBuffer
{
    public const int Count = 24;
    private ulong first;
}
