using System.Reflection.Metadata;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>
/// Keeps functions of any size optimised. RyuJIT counts the method that it compiles, not what it inlines (see <see cref="MethodSize"/>), so a function beyond its limits becomes a small method that
/// calls its body, which is to be inlined: <see cref="BodyInliner"/>. What is larger still, that one method would take too long to compile, is cut into several such parts: <see cref="FunctionCutter"/>.
/// </summary>
internal static class GiantFunction
{
    /// <summary>Variables that RyuJIT is not to follow in a body that is inlined.</summary>
    private const int MostInFrame = 32;

    /// <summary>Whether a function is to be divided.</summary>
    public static bool Is(IlBuffer il, SubType type, GiantThresholds thresholds) => !MethodSize.Of(il, type.Parameters.Length + 1).IsWithin(thresholds.Whole);

    /// <summary>Divides a function.</summary>
    /// <param name="function">Its index.</param>
    /// <param name="type">Its type, as it is compiled.</param>
    /// <param name="il">Its body, emitted frugally.</param>
    /// <param name="emitter">What emits it again, otherwise.</param>
    /// <param name="typeOf">The types of the module's functions.</param>
    /// <param name="thresholds">How large parts are.</param>
    /// <param name="parts">Further methods of the unit; the new ones are added.</param>
    /// <returns>The body of the function's own method.</returns>
    public static IlBuffer Divide(int function, SubType type, IlBuffer il, FunctionEmitter emitter, Func<int, SubType> typeOf, GiantThresholds thresholds, List<MethodDraft> parts)
    {
        // What RyuJIT is not to follow costs it temporaries, most of all in regions.
        var isCut = !MethodSize.Of(il, type.Parameters.Length + 1).IsInlinable(thresholds)
            || VariableBudget.Excess(il, type.Parameters.Length).Count > (il.RegionCount > 0 ? 0 : MostInFrame);
        // Regions cannot be cut, but for the one that tries share.
        if (isCut && il is { RegionCount: > 0, Shared: null })
            il = emitter.EmitOrReport(function, isFrugal: true, sharesRegion: true);
        var parameters = new IlParameter[type.Parameters.Length + 1];
        for (var i = 0; i < type.Parameters.Length; i++)
            parameters[i] = new(IlTypes.Of(type.Parameters[i]));
        parameters[^1] = new(IlType.Context);
        var result = type.Results.Length == 0 ? IlType.Void : IlTypes.Of(type.Results[0]);
        var method = new MethodDraft(function, CodeUnits.MethodName(function), parameters, result, il, MethodDraft.Separate);
        return isCut ? FunctionCutter.Cut(method, typeOf, thresholds, parts) : BodyInliner.Wrap(method, typeOf, parts);
    }

    /// <summary>Adds a part, itself divided in two if it is beyond the limits.</summary>
    /// <returns>Its number among the parts.</returns>
    public static int AddPart(MethodDraft part, Func<int, SubType> typeOf, GiantThresholds thresholds, List<MethodDraft> parts)
    {
        if (!MethodSize.Of(part.Body, part.Parameters.Length).IsWithin(thresholds.Whole))
            part = part with { Body = BodyInliner.Wrap(part, typeOf, parts) };
        else
            VariableBudget.Expose(part.Body, part.Parameters.Length - 1);
        // After its own body: the number is in the name.
        parts.Add(part with { Name = CodeUnits.PartName(part.Function, parts.Count) });
        return parts.Count - 1;
    }
}
