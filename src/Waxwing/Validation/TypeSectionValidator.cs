using System.Runtime.InteropServices;
using Waxwing.Syntax;
using Waxwing.Types;

namespace Waxwing.Validation;

/// <summary>The type section (3.2 Types, 3.3.10 Defined types): what may be referred to, then, on the canonical types, what may be a subtype of what.</summary>
internal static class TypeSectionValidator
{
    /// <summary>Validates and canonicalises the types of a module. Cost: linear in the size of the type section.</summary>
    public static void Validate(Module module, WasmFeatures features, WasmLimits limits)
    {
        var types = CollectionsMarshal.AsSpan(module.Types);
        var depths = new byte[types.Length];
        var depthLimit = Math.Min(limits.SubtypeDepth, byte.MaxValue - 1);
        foreach (var group in module.RecursionGroups)
        {
            if (group.Count > 1)
                FeatureGate.Require(features, WasmFeatures.GC, "a recursion group");
            for (var index = group.First; index < group.First + group.Count; index++)
            {
                CheckReferences(types[index], index, group.First + group.Count, features);
                CheckSupertype(types, index, group.First + group.Count, depths, depthLimit);
            }
        }
        TypeRegistry.Canonicalize(module);
        for (var index = 0; index < types.Length; index++)
        {
            var supertype = types[index].Supertype;
            if (supertype >= 0 && !Matches(types, types[index], types[supertype]))
                throw NoSubtype(index, supertype, "its parameters, results or fields do not match");
        }
    }

    private static void CheckReferences(SubType type, int index, int visible, WasmFeatures features)
    {
        foreach (var parameter in type.Parameters)
            CheckReference(parameter, index, visible, features);
        foreach (var result in type.Results)
            CheckReference(result, index, visible, features);
        foreach (var field in type.Fields)
            CheckReference(field.Storage, index, visible, features);
        if (type.Results.Length > 1)
            FeatureGate.Require(features, WasmFeatures.MultiValue, "a function type with several results");
        if (type.Kind != CompositeKind.Func || !type.Final || type.Supertype >= 0)
            FeatureGate.Require(features, WasmFeatures.GC, "a struct type, array type or declared subtyping");
    }

    private static void CheckReference(ValType type, int index, int visible, WasmFeatures features)
    {
        FeatureGate.Require(features, type, 0);
        if (type.IsReference && type.Heap.Code >= visible)
            throw new WasmValidationException($"unknown type {type.Heap.Code}", 0, $"type {index} refers to it, but only types before {visible} are visible to its recursion group");
    }

    private static void CheckSupertype(ReadOnlySpan<SubType> types, int index, int visible, byte[] depths, int depthLimit)
    {
        var supertype = types[index].Supertype;
        // Decoded indices above two billion are negative, and -1 alone means that there is none.
        if (supertype == -1)
            return;
        if ((uint)supertype >= (uint)visible)
            throw new WasmValidationException($"unknown type {(uint)supertype}", 0, $"declared as the supertype of type {index}");
        if (supertype >= index)
            throw new WasmValidationException($"forward use of type {supertype} in sub type definition", 0, $"of type {index}");
        if (types[supertype].Final)
            throw NoSubtype(index, supertype, "the super type is final");
        if (types[supertype].Kind != types[index].Kind)
            throw NoSubtype(index, supertype, "one is not of the other's kind");
        if (depths[supertype] >= depthLimit)
            throw NoSubtype(index, supertype, $"the chain of super types is longer than {depthLimit}");
        depths[index] = (byte)(depths[supertype] + 1);
    }

    private static bool Matches(ReadOnlySpan<SubType> types, SubType sub, SubType super)
    {
        if (sub.Kind == CompositeKind.Func)
            return Matching.Matches(types, super.Parameters, sub.Parameters) && Matching.Matches(types, sub.Results, super.Results);
        // A struct may add fields behind those of its supertype; arrays have one each.
        if (sub.Fields.Length < super.Fields.Length)
            return false;
        for (var index = 0; index < super.Fields.Length; index++)
        {
            if (!Matching.Matches(types, sub.Fields[index], super.Fields[index]))
                return false;
        }
        return true;
    }

    private static WasmValidationException NoSubtype(int sub, int super, string detail) =>
        new($"sub type {sub} does not match super type {super}", 0, detail);
}
