using System.Runtime.InteropServices;
using Waxwing.Syntax;

namespace Waxwing.Types;

/// <summary>Writes the key of a recursion group: for each type a header, its supertype, and its parameters and results or fields.</summary>
internal ref struct TypeKey(List<ulong> words)
{
    private const ulong Inside = 1 << 8, Outside = 2 << 8, Mutable = 1 << 10;
    private const int IndexShift = 11;

    /// <summary>The key of a group of a module whose earlier groups are canonical.</summary>
    public readonly void Write(ReadOnlySpan<SubType> types, RecursionGroup group)
    {
        words.Clear();
        foreach (var type in types.Slice(group.First, group.Count))
        {
            var isFunction = type.Kind == CompositeKind.Func;
            WriteHeader(type.Kind, type.Final, type.Supertype >= 0, isFunction ? type.Parameters.Length : type.Fields.Length, type.Results.Length);
            if (type.Supertype >= 0)
                words.Add(Reference(types, group, type.Supertype));
            foreach (var parameter in type.Parameters)
                words.Add(Value(types, group, parameter));
            foreach (var result in type.Results)
                words.Add(Value(types, group, result));
            foreach (var field in type.Fields)
                words.Add(Value(types, group, field.Storage) | (field.Mutable ? Mutable : 0));
        }
    }

    /// <summary>The key of a lone function type that is final and has no supertype.</summary>
    public readonly void Write(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results)
    {
        words.Clear();
        WriteHeader(CompositeKind.Func, final: true, hasSupertype: false, parameters.Length, results.Length);
        foreach (var parameter in parameters)
            words.Add(Value(parameter));
        foreach (var result in results)
            words.Add(Value(result));
    }

    /// <summary>Seeded at random for each process, so that no module can be made to collide with others.</summary>
    public readonly int Hash()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(words)));
        return hash.ToHashCode();
    }

    private readonly void WriteHeader(CompositeKind kind, bool final, bool hasSupertype, int first, int second) =>
        words.Add((ulong)kind | (final ? 4UL : 0) | (hasSupertype ? 8UL : 0) | (ulong)first << 8 | (ulong)second << 36);

    private static ulong Value(ReadOnlySpan<SubType> types, RecursionGroup group, ValType type)
    {
        if (!type.IsReference)
            return type.Kind;
        return type.Kind | (type.Heap.IsIndex ? Reference(types, group, type.Heap.Code) : (ulong)-type.Heap.Code << IndexShift);
    }

    private static ulong Reference(ReadOnlySpan<SubType> types, RecursionGroup group, int index) => index >= group.First
        ? Inside | (ulong)(index - group.First) << IndexShift
        : Outside | (ulong)types[index].Canonical!.Id << IndexShift;

    private static ulong Value(ValueType type)
    {
        if (!type.IsReference)
            return CanonicalTypes.Code(type.Kind).Kind;
        var kind = ValType.Ref(HeapTypeCode.Any, type.IsNullable).Kind;
        return kind | (type.Heap.Definition is { } definition
            ? Outside | (ulong)definition.Id << IndexShift
            : (ulong)-CanonicalTypes.Code(type.Heap.Kind).Code << IndexShift);
    }
}
