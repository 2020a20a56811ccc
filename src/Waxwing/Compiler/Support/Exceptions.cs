using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>WebAssembly exceptions in emitted code: made, thrown as .NET exceptions, and looked at by filters.</summary>
internal static class Exceptions
{
    /// <summary>An exception with room for its values, which the caller writes.</summary>
    public static WasmExceptionObject Make(GuestContext context, int tag)
    {
        var thrown = context.Instance.Tags[tag];
        var type = thrown.DefinedType;
        var slots = type.ParameterSlots == 0 ? [] : new ulong[type.ParameterSlots];
        return new(thrown, slots, type.HasReferences ? new object?[slots.Length] : []);
    }

    /// <summary>Where a number among the values is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    // SAFETY: emitted code names slots of the tag's own type, for which the array was made.
    public static ref ulong Slot(WasmExceptionObject exception, int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(exception.Slots), slot);

    public static object? GetReference(WasmExceptionObject exception, int slot) => exception.References[slot];

    public static void SetReference(object? value, WasmExceptionObject exception, int slot) => exception.References[slot] = value;

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Throw(WasmExceptionObject exception) => throw new WasmThrownException(exception);

    /// <summary>What throw_ref throws.</summary>
    public static WasmExceptionObject Known(object? reference)
    {
        if (reference is null)
            Traps.Throw(TrapCode.NullExceptionReference);
        return Unsafe.As<WasmExceptionObject>(reference!);
    }

    // Filters. They run before any frame is left, so that what nobody catches stays as it was thrown. Traps, exits and the host's own exceptions are no guest's business.

    /// <summary>The guest's exception, or null.</summary>
    public static WasmExceptionObject? Thrown(object exception) => (exception as WasmThrownException)?.Thrown;

    /// <summary>The guest's exception, unless a delegate has it pass by regions as deep as this one.</summary>
    /// <param name="exception">Any exception.</param>
    /// <param name="limit">The depth from which on regions are passed by, or 0; the innermost that is not ends that.</param>
    /// <param name="depth">The region's depth, from 1.</param>
    public static WasmExceptionObject? ThrownFor(object exception, ref int limit, int depth)
    {
        if (limit != 0 && depth >= limit)
            return null;
        limit = 0;
        return Thrown(exception);
    }

    /// <summary>The filter of a delegate: catches nothing, but has an exception pass by regions.</summary>
    public static int Delegate(object exception, ref int limit, int depth, int next)
    {
        if (ThrownFor(exception, ref limit, depth) is not null)
            limit = next;
        return 0;
    }

    /// <summary>Whether an exception is of a tag of this instance.</summary>
    public static bool Is(WasmExceptionObject? exception, GuestContext context, int tag) => exception is not null && ReferenceEquals(exception.Tag, context.Instance.Tags[tag]);

    /// <summary>Whether two tags of this instance are the same one.</summary>
    public static bool AreSame(GuestContext context, int first, int second) => ReferenceEquals(context.Instance.Tags[first], context.Instance.Tags[second]);
}
