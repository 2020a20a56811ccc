using Waxwing.Runtime;

namespace Waxwing;

public sealed partial class WasmModule
{
    private CodeEntry? code;

    /// <summary>The module's code for an engine; made on first use, shared by all instances. Lock-free after the first call.</summary>
    internal ModuleCode GetCode(Engine engine, bool metered)
    {
        for (var entry = Volatile.Read(ref code); entry is not null; entry = entry.Next)
        {
            if (ReferenceEquals(entry.Engine, engine) && entry.Metered == metered)
                return entry.Code;
        }
        var made = engine.Load(this, metered);
        while (true)
        {
            var first = Volatile.Read(ref code);
            for (var entry = first; entry is not null; entry = entry.Next)
            {
                if (ReferenceEquals(entry.Engine, engine) && entry.Metered == metered)
                    return entry.Code;
            }
            if (Interlocked.CompareExchange(ref code, new(engine, metered, made, first), first) == first)
                return made;
        }
    }

    private sealed record CodeEntry(Engine Engine, bool Metered, ModuleCode Code, CodeEntry? Next);
}
