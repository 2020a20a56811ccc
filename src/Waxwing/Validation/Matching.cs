using System.Runtime.CompilerServices;
using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>Subtyping inside one module whose types are canonical (3.3 Matching).</summary>
internal static class Matching
{
    /// <summary>Whether a value of type <paramref name="sub"/> may stand where <paramref name="super"/> is expected.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(ReadOnlySpan<SubType> types, int sub, int super) => sub == super || sub == ValueCode.Bottom || MatchesReference(types, sub, super);

    public static bool Matches(ReadOnlySpan<SubType> types, ValType sub, ValType super) => Matches(types, ValueCode.Of(sub), ValueCode.Of(super));

    public static bool Matches(ReadOnlySpan<SubType> types, FieldType sub, FieldType super) =>
        sub.Mutable == super.Mutable && Matches(types, sub.Storage, super.Storage) && (!sub.Mutable || Matches(types, super.Storage, sub.Storage));

    public static bool Matches(ReadOnlySpan<SubType> types, ReadOnlySpan<ValType> sub, ReadOnlySpan<ValType> super)
    {
        if (sub.Length != super.Length)
            return false;
        for (var index = 0; index < sub.Length; index++)
        {
            if (!Matches(types, sub[index], super[index]))
                return false;
        }
        return true;
    }

    private static bool MatchesReference(ReadOnlySpan<SubType> types, int sub, int super) =>
        ValueCode.IsReference(sub) && ValueCode.IsReference(super) && (ValueCode.IsNullable(super) || !ValueCode.IsNullable(sub))
        && MatchesHeap(types, ValueCode.Heap(sub), ValueCode.Heap(super));

    private static bool MatchesHeap(ReadOnlySpan<SubType> types, int sub, int super)
    {
        if (sub == super || sub == ValueCode.BottomHeap)
            return true;
        if (sub >= 0)
        {
            var definition = types[sub].Canonical!;
            return super >= 0 ? definition.IsSubtypeOf(types[super].Canonical!) : super switch
            {
                ValueCode.Func => definition.IsFunction,
                ValueCode.Struct => definition.IsStruct,
                ValueCode.Array => definition.IsArray,
                ValueCode.Eq or ValueCode.Any => !definition.IsFunction,
                _ => false,
            };
        }
        if (super >= 0)
            return sub == (types[super].Kind == CompositeKind.Func ? ValueCode.NoFunc : ValueCode.None);
        return super switch
        {
            ValueCode.Func => sub == ValueCode.NoFunc,
            ValueCode.Extern => sub == ValueCode.NoExtern,
            ValueCode.Exn => sub == ValueCode.NoExn,
            ValueCode.Any => sub is ValueCode.Eq or ValueCode.I31Heap or ValueCode.Struct or ValueCode.Array or ValueCode.None,
            ValueCode.Eq => sub is ValueCode.I31Heap or ValueCode.Struct or ValueCode.Array or ValueCode.None,
            ValueCode.I31Heap or ValueCode.Struct or ValueCode.Array => sub == ValueCode.None,
            _ => false,
        };
    }

    /// <summary>The top of the hierarchy that a heap type belongs to.</summary>
    public static int Top(ReadOnlySpan<SubType> types, int heap) => heap switch
    {
        >= 0 => types[heap].Kind == CompositeKind.Func ? ValueCode.Func : ValueCode.Any,
        ValueCode.Func or ValueCode.NoFunc => ValueCode.Func,
        ValueCode.Extern or ValueCode.NoExtern => ValueCode.Extern,
        ValueCode.Exn or ValueCode.NoExn => ValueCode.Exn,
        _ => ValueCode.Any,
    };
}
