using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Intrinsics;

namespace Waxwing.Compiler;

/// <summary>
/// What RyuJIT counts of a method before it decides whether to optimise it. It gives up ("switched MinOpts") beyond 60,000 bytes of CIL, 20,000 instructions, 2,000 basic blocks,
/// 2,000 variables or 8,000 references to variables: its algorithms are not linear. Only the method it was asked for is counted, not what it inlines.
/// </summary>
/// <param name="Bytes">Bytes of CIL, with every branch long.</param>
/// <param name="Instructions">Instructions.</param>
/// <param name="Blocks">Basic blocks, rather too many.</param>
/// <param name="Variables">Arguments and locals.</param>
/// <param name="References">Instructions that name an argument or a local.</param>
/// <param name="Temporaries">Temporaries that RyuJIT makes itself when it reads the method, about. They do not count against its limits, but against what it inlines.</param>
internal readonly record struct MethodSize(int Bytes, int Instructions, int Blocks, int Variables, int References, int Temporaries = 0)
{
    /// <summary>Five in a hundred below RyuJIT's own limits: it counts blocks of its own making too.</summary>
    public static MethodSize OptimizedByRyuJit { get; } = new(57_000, 19_000, 1_900, 1_900, 7_600);

    /// <summary>Whether everything is within limits.</summary>
    public bool IsWithin(MethodSize limits) =>
        Bytes <= limits.Bytes && Instructions <= limits.Instructions && Blocks <= limits.Blocks && Variables <= limits.Variables && References <= limits.References;

    /// <summary>Whether RyuJIT inlines such a body into a small method, in acceptable time.</summary>
    public bool IsInlinable(GiantThresholds thresholds) => Instructions <= thresholds.Instructions && Blocks <= thresholds.Blocks && Temporaries <= thresholds.Temporaries;

    /// <summary>Measures a body.</summary>
    /// <param name="il">The body.</param>
    /// <param name="arguments">Arguments of the method.</param>
    public static MethodSize Of(IlBuffer il, int arguments)
    {
        var (instructions, blocks, references, temporaries) = (0, 1, 0, 0);
        var isBlockStart = false;
        foreach (ref readonly var instruction in il.Instructions)
        {
            temporaries += TemporariesOf(in instruction, il);
            switch (instruction.Operand)
            {
                case IlOperand.Mark or IlOperand.Region:
                    isBlockStart = true;
                    continue;
                case IlOperand.Offset or IlOperand.Boundary:
                    continue;
            }
            instructions++;
            if (isBlockStart)
                blocks++;
            isBlockStart = EndsBlock(in instruction);
            if (instruction.Operand is IlOperand.Local or IlOperand.Argument)
                references++;
        }
        return new(IlAssembler.Measure(il.Instructions, il), instructions, blocks, il.Locals.Count + arguments, references, temporaries);
    }

    /// <summary>A vector that a call returns is put into one; the handlers of a protected region take some.</summary>
    public static int TemporariesOf(in IlInstruction instruction, IlBuffer il) => instruction.Operand switch
    {
        IlOperand.Region when instruction.Value == (long)RegionBorder.Try => 2,
        IlOperand.Member when il.Object(instruction.Index) is MethodInfo method && method.ReturnType == typeof(Vector128<byte>) => 1,
        _ => 0,
    };

    /// <summary>Whether another basic block begins behind an instruction.</summary>
    public static bool EndsBlock(in IlInstruction instruction) =>
        instruction.Operand is IlOperand.Label or IlOperand.Switch || instruction.Code is ILOpCode.Ret or ILOpCode.Throw or ILOpCode.Rethrow or ILOpCode.Endfinally or ILOpCode.Endfilter;

    /// <summary>Whether control never goes on behind an instruction.</summary>
    public static bool EndsPath(in IlInstruction instruction) =>
        instruction.Code is ILOpCode.Br or ILOpCode.Leave or ILOpCode.Ret or ILOpCode.Throw or ILOpCode.Rethrow or ILOpCode.Endfinally or ILOpCode.Endfilter;
}
