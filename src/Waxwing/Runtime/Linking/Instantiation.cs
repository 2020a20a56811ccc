using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Runtime;

/// <summary>
/// Makes an instance: 4.5.5 of the specification. Imports were resolved before; what fails from here on (memory refused, a segment that does not fit, a trap in the start function) leaves
/// no name behind, but what was written to imported memories and tables stays, as the specification says.
/// </summary>
internal readonly struct Instantiation
{
    private readonly WasmInstance instance;
    private readonly ModuleContext context;
    private readonly ConstantExpression constants;

    private Instantiation(WasmInstance instance)
    {
        this.instance = instance;
        context = instance.Module.Context;
        constants = new(instance);
    }

    public static WasmInstance Run(WasmModule module, WasmRuntime runtime, string? name, object[] imports, CancellationToken cancellation)
    {
        var instance = new WasmInstance(module, runtime) { Name = name, FuelLeft = runtime.Options.Fuel ?? long.MaxValue };
        var instantiation = new Instantiation(instance);
        var isComplete = false;
        try
        {
            instantiation.Allocate(imports);
            instantiation.Initialise();
            instantiation.Start(cancellation);
            isComplete = true;
            return instance;
        }
        finally
        {
            // Not a catch that rethrows: each of those keeps its part of the stack until the last has run, and instantiations nest (in start functions that call the host), so that the
            // exception which ends such a recursion would overflow the stack. A function that was put into a shared table, or given to the host by the start function, must stay usable:
            // then the collector decides when the memories go.
            if (!isComplete && !instance.HasFunctionRecords)
                instance.ReleaseMemories();
        }
    }

    /// <summary>The index spaces: imports, then own definitions, allocated but not initialised.</summary>
    private void Allocate(object[] imports)
    {
        var module = instance.Module;
        instance.Types = module.CanonicalTypes;
        instance.Functions = context.FunctionTypes.Length == 0 ? [] : new WasmFunction?[context.FunctionTypes.Length];
        instance.Memories = context.Memories.Length == 0 ? [] : new WasmMemory[context.Memories.Length];
        instance.Tables = context.Tables.Length == 0 ? [] : new WasmTable[context.Tables.Length];
        instance.Globals = context.Globals.Length == 0 ? [] : new WasmGlobal[context.Globals.Length];
        instance.Tags = context.Tags.Length == 0 ? [] : new WasmTag[context.Tags.Length];
        AddImports(imports);
        var runtime = instance.Runtime;
        for (var i = context.ImportedMemories; i < context.Memories.Length; i++)
            instance.Memories[i] = new(WasmModule.Describe(context.Memories[i]), runtime.MemorySettings);
        for (var i = context.ImportedTables; i < context.Tables.Length; i++)
            instance.Tables[i] = new(module.Describe(context.Tables[i]), runtime.Options.Limits, runtime.TableBudget);
        for (var i = context.ImportedGlobals; i < context.Globals.Length; i++)
            instance.Globals[i] = new(module.Describe(context.Globals[i]));
        for (var i = context.ImportedTags; i < context.Tags.Length; i++)
            instance.Tags[i] = new(module.CanonicalType(context.Tags[i]));
        instance.Code = module.GetCode(runtime.Engine, runtime.Metered).Bind(instance);
    }

    private void AddImports(object[] imports)
    {
        int functions = 0, memories = 0, tables = 0, globals = 0, tags = 0;
        foreach (var import in imports)
        {
            switch (import)
            {
                case WasmFunction function:
                    instance.Functions[functions++] = function;
                    break;
                case WasmMemory memory:
                    if (!memory.TryAddUser())
                        throw new WasmLinkException("incompatible import type: an imported memory was disposed");
                    instance.Memories[memories++] = memory;
                    break;
                case WasmTable table:
                    instance.Tables[tables++] = table;
                    break;
                case WasmGlobal global:
                    instance.Globals[globals++] = global;
                    break;
                case WasmTag tag:
                    instance.Tags[tags++] = tag;
                    break;
            }
        }
    }

    /// <summary>Globals, then tables, then element segments, each in order; then the active segments are copied, elements before data.</summary>
    private void Initialise()
    {
        var module = context.Module;
        for (var i = 0; i < module.Globals.Count; i++)
            instance.Globals[context.ImportedGlobals + i].Store(constants.Evaluate(module.Globals[i].Initializer));
        for (var i = 0; i < module.Tables.Count; i++)
        {
            if (module.Tables[i].Initializer.Length > 0 && constants.Evaluate(module.Tables[i].Initializer).ReferenceUnchecked is { } initial)
                instance.Tables[context.ImportedTables + i].Entries.AsSpan().Fill(initial);
        }
        if (module.Elements.Count > 0)
            CopyElements();
        if (module.Data.Count > 0)
            CopyData();
    }

    private void CopyElements()
    {
        var segments = context.Module.Elements;
        var values = new object?[]?[segments.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (segments[i].Mode != SegmentMode.Declarative)
                values[i] = Evaluate(segments[i]);
        }
        instance.Elements = values;
        for (var i = 0; i < values.Length; i++)
        {
            if (segments[i].Mode != SegmentMode.Active)
                continue;
            var table = instance.Tables[segments[i].Table];
            var offset = constants.Evaluate(segments[i].TableOffset).Low;
            var items = values[i]!;
            if (offset > (ulong)table.Length || (ulong)items.Length > (ulong)table.Length - offset)
                throw new WasmTrapException(TrapCode.TableOutOfBounds, $"element segment {i} puts {items.Length} entries at {offset} of a table with {table.Length}");
            items.CopyTo(table.Entries.AsSpan((int)offset));
            values[i] = null;
        }
    }

    private object?[] Evaluate(ElementSegment segment)
    {
        var items = segment.Count == 0 ? [] : new object?[segment.Count];
        if (segment.FunctionIndices is { } functions)
        {
            for (var i = 0; i < items.Length; i++)
                items[i] = instance.GetFunctionRecord(functions[i]);
        }
        else
        {
            for (var i = 0; i < items.Length; i++)
                items[i] = constants.Evaluate(segment.Expressions![i]).ReferenceUnchecked;
        }
        return items;
    }

    private void CopyData()
    {
        var segments = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(context.Module.Data);
        var dropped = new bool[segments.Length];
        instance.DroppedData = dropped;
        for (var i = 0; i < segments.Length; i++)
        {
            ref readonly var segment = ref segments[i];
            if (segment.Mode != SegmentMode.Active)
                continue;
            var memory = instance.Memories[segment.Memory];
            var offset = constants.Evaluate(segment.MemoryOffset).Low;
            var length = (ulong)memory.ByteLength;
            if (offset > length || (ulong)segment.Content.Length > length - offset)
                throw new WasmTrapException(TrapCode.MemoryOutOfBounds, $"data segment {i} puts {segment.Content.Length} bytes at {offset} of a memory with {length}");
            context.Module.Slice(segment.Content).CopyTo(memory.AsSpan((long)offset, segment.Content.Length));
            dropped[i] = true;
        }
    }

    private void Start(CancellationToken cancellation)
    {
        if (context.Module.Start < 0)
            return;
        var function = instance.GetFunctionForStart(context.Module.Start);
        if (function.Host is { } host)
            host.Invoke(new(instance, cancellation), [], []);
        else
            function.InvokeSlots([], [], cancellation);
    }
}
