using System.Runtime.InteropServices;
using Waxwing.Syntax;

namespace Waxwing.Types;

/// <summary>
/// Process-wide, weakly held canonical types. A type lives as long as a module, instance, object or host definition refers to it or to another member of
/// its group; equivalent recursion groups of different modules get the same objects. Thread-safe.
/// </summary>
internal static class TypeRegistry
{
    private static readonly Lock Gate = new();
    private static readonly WeakGroupTable Groups = new();
    private static long lastId;

    [ThreadStatic]
    private static List<ulong>? keyWords;

    /// <summary>Groups known, dead ones included until the table is swept.</summary>
    internal static int Count
    {
        get
        {
            lock (Gate)
                return Groups.Count;
        }
    }

    /// <summary>Forgets groups that have died; otherwise done when the table is full.</summary>
    internal static void Sweep()
    {
        lock (Gate)
            Groups.Sweep();
    }

    /// <summary>
    /// Sets <see cref="SubType.Canonical"/> for every type of a module. Every index must refer to an existing type of the same or an earlier group, every
    /// supertype to an earlier type. Thread-safe. Cost: linear in the size of the type section.
    /// </summary>
    public static void Canonicalize(Module module)
    {
        var types = CollectionsMarshal.AsSpan(module.Types);
        var words = RentWords();
        var key = new TypeKey(words);
        foreach (var group in module.RecursionGroups)
        {
            key.Write(types, group);
            var canonical = Intern(words, key.Hash(), types, group);
            for (var index = 0; index < group.Count; index++)
                types[group.First + index].Canonical = canonical.Types[index];
        }
        ReturnWords(words);
    }

    /// <summary>The canonical function type with these parameters and results (final, without supertype): host functions. Thread-safe.</summary>
    public static DefinedType Function(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results)
    {
        var words = RentWords();
        var key = new TypeKey(words);
        key.Write(parameters, results);
        var hash = key.Hash();
        TypeGroup group;
        lock (Gate)
        {
            if (Groups.Find(hash, CollectionsMarshal.AsSpan(words)) is { } found)
            {
                group = found;
            }
            else
            {
                group = new(hash, [.. words], 1);
                group.Types[0] = new(CompositeKind.Func, final: true, supertype: null) { Id = ++lastId, Group = group };
                SetSignature(group.Types[0], [.. parameters], [.. results]);
                Groups.Add(group);
            }
        }
        ReturnWords(words);
        return group.Types[0];
    }

    /// <summary>A module-local value type as a process-wide one. Only after the types were canonicalised.</summary>
    public static ValueType Resolve(Module module, ValType type) => Resolve(CollectionsMarshal.AsSpan(module.Types), default, null, type);

    /// <summary>A module-local heap type as a process-wide one. Only after the types were canonicalised.</summary>
    public static HeapType Resolve(Module module, HeapTypeCode heap) =>
        heap.IsIndex ? HeapType.Of(module.Types[heap.Code].Canonical!) : CanonicalTypes.Heap(heap);

    private static TypeGroup Intern(List<ulong> words, int hash, ReadOnlySpan<SubType> types, RecursionGroup group)
    {
        // One lock round look-up and making: two threads that load the same module must not end up with two versions of a type.
        lock (Gate)
        {
            if (Groups.Find(hash, CollectionsMarshal.AsSpan(words)) is { } found)
                return found;
            var made = new TypeGroup(hash, [.. words], group.Count);
            for (var index = 0; index < group.Count; index++)
            {
                var type = types[group.First + index];
                var supertype = type.Supertype < 0 ? null : type.Supertype >= group.First ? made.Types[type.Supertype - group.First] : types[type.Supertype].Canonical;
                made.Types[index] = new(type.Kind, type.Final, supertype) { Id = ++lastId, Group = made };
            }
            for (var index = 0; index < group.Count; index++)
                Fill(made.Types[index], types[group.First + index], types, group, made);
            Groups.Add(made);
            return made;
        }
    }

    private static void Fill(DefinedType made, SubType type, ReadOnlySpan<SubType> types, RecursionGroup group, TypeGroup members)
    {
        if (type.Kind == CompositeKind.Func)
        {
            SetSignature(made, Resolve(types, group, members, type.Parameters), Resolve(types, group, members, type.Results));
            return;
        }
        var fields = new StorageType[type.Fields.Length];
        for (var index = 0; index < fields.Length; index++)
        {
            var field = type.Fields[index];
            var packed = field.Storage == ValType.I8 ? 8 : field.Storage == ValType.I16 ? 16 : 0;
            fields[index] = new(Resolve(types, group, members, field.Storage), packed, field.Mutable);
        }
        made.FieldTypes = fields;
    }

    private static ValueType[] Resolve(ReadOnlySpan<SubType> types, RecursionGroup group, TypeGroup members, ValType[] list)
    {
        if (list.Length == 0)
            return [];
        var resolved = new ValueType[list.Length];
        for (var index = 0; index < resolved.Length; index++)
            resolved[index] = Resolve(types, group, members, list[index]);
        return resolved;
    }

    private static ValueType Resolve(ReadOnlySpan<SubType> types, RecursionGroup group, TypeGroup? members, ValType type)
    {
        if (!type.IsReference)
            return CanonicalTypes.Number(type);
        var heap = type.Heap;
        if (!heap.IsIndex)
            return ValueType.Ref(CanonicalTypes.Heap(heap), type.IsNullable);
        var definition = members is not null && heap.Code >= group.First ? members.Types[heap.Code - group.First] : types[heap.Code].Canonical!;
        return ValueType.Ref(HeapType.Of(definition), type.IsNullable);
    }

    private static void SetSignature(DefinedType type, ValueType[] parameters, ValueType[] results)
    {
        type.ParameterTypes = parameters;
        type.ResultTypes = results;
        foreach (var parameter in parameters)
            type.ParameterSlots += parameter.Slots;
        foreach (var result in results)
            type.ResultSlots += result.Slots;
    }

    private static List<ulong> RentWords()
    {
        var words = keyWords ?? [];
        keyWords = null;
        return words;
    }

    private static void ReturnWords(List<ulong> words)
    {
        if (words.Capacity <= 1 << 16)
            keyWords = words;
    }
}
