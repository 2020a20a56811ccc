using System.Runtime.ExceptionServices;
using Waxwing.Instructions;
using Waxwing.Validation;

namespace Waxwing.Runtime;

/// <summary>Validation of all function bodies of a module, in parallel when that pays, collecting the proposals they use.</summary>
internal static class BodyValidation
{
    /// <summary>Below this many bytes of code one thread is as fast as several.</summary>
    private const int ParallelFrom = 256 << 10;

    /// <returns>The features that the module makes use of.</returns>
    public static WasmFeatures Run(ModuleContext context)
    {
        var code = context.Module.Code;
        var used = UsedFeatures.OfDeclarations(context);
        if (code.Count == 0)
            return used;
        var bytes = code[^1].Range.End - code[0].Range.Offset;
        if (bytes < ParallelFrom || Environment.ProcessorCount == 1)
        {
            var collector = new FeatureCollector();
            for (var i = 0; i < code.Count; i++)
                FunctionValidator.Walk(context, i, ref collector);
            return used | collector.Features;
        }
        return used | RunParallel(context, code.Count);
    }

    private static WasmFeatures RunParallel(ModuleContext context, int count)
    {
        // Functions are taken in order by all threads; on errors the one with the lowest index wins, so that the outcome does not depend on timing.
        var used = 0L;
        var next = -1;
        var failedAt = int.MaxValue;
        Exception? failure = null;
        var gate = new Lock();
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            var collector = new FeatureCollector();
            for (var i = Interlocked.Increment(ref next); i < count && i < Volatile.Read(ref failedAt); i = Interlocked.Increment(ref next))
            {
                try
                {
                    FunctionValidator.Walk(context, i, ref collector);
                }
                catch (Exception error)
                {
                    lock (gate)
                    {
                        if (i < failedAt)
                            (failedAt, failure) = (i, error);
                    }
                }
            }
            Interlocked.Or(ref used, (long)collector.Features);
        });
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return (WasmFeatures)used;
    }

    private struct FeatureCollector : IFunctionConsumer
    {
        public WasmFeatures Features;

        public void Instruction(in InstructionEvent instruction) => Features |= InstructionTable.Info(instruction.Opcode).Features;
    }
}
