using System.Reflection;

namespace Waxwing.Compiler;

/// <summary>A parameter of an emitted method.</summary>
internal readonly record struct IlParameter(IlType Type, bool IsByReference = false);

/// <summary>A method of a unit beyond those of its functions: a part of a giant one. Immutable, but for its body.</summary>
/// <param name="Function">The function it is a part of.</param>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters, the context the last.</param>
/// <param name="Result">What it returns.</param>
/// <param name="Body">Its instructions.</param>
/// <param name="Options">How RyuJIT is to treat it.</param>
internal sealed record MethodDraft(int Function, string Name, IlParameter[] Parameters, IlType Result, IlBuffer Body, MethodImplAttributes Options)
{
    /// <summary>For what is called, but must be optimised whatever it costs.</summary>
    public const MethodImplAttributes Separate = MethodImplAttributes.AggressiveOptimization | MethodImplAttributes.NoInlining;
}
