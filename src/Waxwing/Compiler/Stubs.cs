using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/// <summary>
/// Between the slot layout, in which engines and the host call one another, and the signatures of compiled functions: for each function type of a module one way in and one out, in units
/// of their own. Thread-safe.
/// </summary>
internal sealed class Stubs
{
    private const int TypesPerUnit = 32;

    private readonly ModuleContext context;
    private readonly CodeLoader loader;
    private readonly nint[] entries;
    private readonly nint[] exits;
    private readonly nint[] crossings;

    public Stubs(WasmModule module)
    {
        context = module.Context;
        loader = new($"{module.Name ?? "module"} stubs", isCollectible: true, (context.Module.Types.Count + TypesPerUnit - 1) / TypesPerUnit, Emit);
        entries = new nint[context.Module.Types.Count];
        exits = new nint[context.Module.Types.Count];
        crossings = new nint[context.Module.Types.Count];
    }

    public int Units => loader.Units;

    /// <summary>Whether the stubs can be loaded.</summary>
    public bool TryOpen() => loader.TryOpen();

    /// <summary>A <c>delegate*&lt;nint code, ulong* slots, ref object? references, GuestContext, void&gt;</c>.</summary>
    public nint Entry(int type) => Volatile.Read(ref entries[type]) is var address and not 0 ? address : Find(entries, type, 0);

    /// <summary>An address to be called like a function of the type, which calls the context's <see cref="GuestContext.Callee"/>.</summary>
    public nint Exit(int type) => Volatile.Read(ref exits[type]) is var address and not 0 ? address : Find(exits, type, 1);

    /// <summary>An address to be called like a function of the type, which calls the context's <see cref="GuestContext.CalleeAddress"/>: compiled code of another instance.</summary>
    public nint Cross(int type) => Volatile.Read(ref crossings[type]) is var address and not 0 ? address : Find(crossings, type, 2);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    private nint Find(nint[] addresses, int type, int which)
    {
        var unit = loader.LoadUnit(type / TypesPerUnit);
        var method = unit.ManifestModule.ResolveMethod(0x06000000 | (3 * (type % TypesPerUnit) + which + 1))!;
        return addresses[type] = method.MethodHandle.GetFunctionPointer();
    }

    internal byte[] Emit(int unit)
    {
        var writer = new UnitWriter(CodeUnits.AssemblyName(unit));
        var body = new IlBuffer();
        var offsets = new List<(int, int)>();
        for (var type = unit * TypesPerUnit; type < Math.Min(entries.Length, (unit + 1) * TypesPerUnit); type++)
        {
            var syntax = context.Module.Types[type];
            body.Clear();
            EmitEntry(body, syntax);
            writer.AddMethod($"enter{type}", writer.Tokens.EntrySignature(), body, 0, offsets);
            body.Clear();
            EmitExit(body, syntax, Support.LeaveGuest, -1);
            writer.AddMethod($"leave{type}", writer.Tokens.StubSignature(FunctionEmitter.SignatureOf(syntax.Parameters, syntax.Results), typeof(object)), body, 0, offsets);
            body.Clear();
            EmitCrossing(body, syntax);
            writer.AddMethod($"cross{type}", writer.Tokens.FunctionSignature(syntax), body, 0, offsets);
        }
        return writer.Finish();
    }

    /// <summary>A function's way in: takes arguments from slots, and leaves results there.</summary>
    internal static void EmitEntry(IlBuffer il, SubType type)
    {
        const int Code = 0, Slots = 1, References = 2, Context = 3;
        il.MaximumStack = type.Parameters.Length + 8;
        var slot = 0;
        foreach (var parameter in type.Parameters)
        {
            LoadSlot(il, parameter, slot, () => il.LoadArgument(Slots), () => il.LoadArgument(References));
            slot += parameter.Slots;
        }
        il.LoadArgument(Context);
        il.LoadArgument(Code);
        il.CallIndirect(FunctionEmitter.SignatureOf(type.Parameters, type.Results));
        slot = 0;
        for (var i = 0; i < type.Results.Length; i++)
        {
            var result = type.Results[i];
            if (i > 0)
                FunctionEmitter.LoadFurtherResult(il, Context, i, result);
            var local = il.NewLocal(IlTypes.Of(result));
            il.StoreLocal(local);
            StoreSlot(il, result, slot, () => il.LoadArgument(Slots), () => il.LoadArgument(References), () => il.LoadLocal(local));
            slot += result.Slots;
        }
        il.Emit(ILOpCode.Ret);
    }

    /// <summary>Calls in place of itself, so that nothing is between caller and callee, and tail calls stay flat.</summary>
    private static void EmitCrossing(IlBuffer il, SubType type)
    {
        var context = type.Parameters.Length;
        il.MaximumStack = context + 2;
        for (var i = 0; i < context; i++)
            il.LoadArgument(i);
        foreach (var getter in (MethodInfo[])[Support.CalleeContext, Support.CalleeAddress])
        {
            il.LoadArgument(context);
            il.Call(getter);
        }
        il.Emit(ILOpCode.Tail);
        il.CallIndirect(FunctionEmitter.SignatureOf(type.Parameters, type.Results));
        il.Emit(ILOpCode.Ret);
    }

    /// <summary>A function that packs its arguments into slots and hands them to a method of <see cref="Calls"/>.</summary>
    internal static void EmitExit(IlBuffer il, SubType type, MethodInfo leave, int function)
    {
        var context = type.Parameters.Length;
        var count = Math.Max(CountSlots(type.Parameters), CountSlots(type.Results));
        var hasReferences = Array.Exists(type.Parameters, parameter => parameter.IsReference) || Array.Exists(type.Results, result => result.IsReference);
        var slots = il.NewLocal(IlType.Address);
        var references = il.NewLocal(IlType.Object);
        il.MaximumStack = type.Results.Length + 12;
        il.Constant(Math.Max(count, 1) * 8);
        il.Emit(ILOpCode.Conv_u);
        il.Emit(ILOpCode.Localloc);
        il.StoreLocal(slots);
        if (hasReferences)
        {
            il.Constant(count);
            il.Emit(ILOpCode.Newarr, typeof(object));
            il.StoreLocal(references);
        }
        void LoadContext()
        {
            il.LoadArgument(context);
            il.Call(Support.ContextOf);
        }
        void LoadReferences() => FirstReference(il, hasReferences ? references : -1);
        var slot = 0;
        for (var i = 0; i < type.Parameters.Length; i++)
        {
            var argument = i;
            StoreSlot(il, type.Parameters[i], slot, () => il.LoadLocal(slots), LoadReferences, () => il.LoadArgument(argument));
            slot += type.Parameters[i].Slots;
        }
        il.LoadArgument(context);
        il.LoadLocal(slots);
        LoadReferences();
        il.Constant(count);
        il.Constant(function >= 0 ? function : hasReferences ? 1 : 0);
        il.Call(leave);
        slot = 0;
        for (var i = 0; i < type.Results.Length; i++)
        {
            var (result, position) = (type.Results[i], slot);
            if (i > 0)
                FunctionEmitter.StoreFurtherResult(il, LoadContext, i, result, () => LoadSlot(il, result, position, () => il.LoadLocal(slots), LoadReferences));
            slot += type.Results[i].Slots;
        }
        if (type.Results.Length > 0)
            LoadSlot(il, type.Results[0], 0, () => il.LoadLocal(slots), LoadReferences);
        il.Emit(ILOpCode.Ret);
    }

    private static void FirstReference(IlBuffer il, int local)
    {
        if (local < 0)
        {
            il.Constant(0);
            il.Emit(ILOpCode.Conv_u);
            return;
        }
        il.LoadLocal(local);
        il.Constant(0);
        il.Emit(ILOpCode.Ldelema, typeof(object));
    }

    private static int CountSlots(ValType[] types)
    {
        var slots = 0;
        foreach (var type in types)
            slots += type.Slots;
        return slots;
    }

    private static void LoadSlot(IlBuffer il, ValType type, int slot, Action loadSlots, Action loadReferences)
    {
        if (type.IsReference)
            loadReferences();
        else
            loadSlots();
        il.Constant(slot * 8);
        il.Emit(ILOpCode.Add);
        if (type.IsReference)
            il.Emit(ILOpCode.Ldind_ref);
        else
            FunctionEmitter.Indirection(il, type, isStore: false);
    }

    private static void StoreSlot(IlBuffer il, ValType type, int slot, Action loadSlots, Action loadReferences, Action loadValue)
    {
        if (type.IsReference)
            loadReferences();
        else
            loadSlots();
        il.Constant(slot * 8);
        il.Emit(ILOpCode.Add);
        loadValue();
        if (type.IsReference)
            il.Emit(ILOpCode.Stind_ref);
        else
            FunctionEmitter.Indirection(il, type, isStore: true);
    }
}
