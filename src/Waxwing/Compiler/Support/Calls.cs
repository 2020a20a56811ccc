using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/// <summary>
/// How emitted code finds what it calls: an address to be called with the arguments and the caller's context. Functions of the same instance are called directly; for all others (of other
/// instances, of the host) the address is a stub's, which takes the function from the context.
/// </summary>
internal static unsafe class Calls
{
    /// <summary>An entry of a table, if it is a function of the type and of this instance whose code is ready: a bounds check, a type check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint FindIndirect(ulong index, long key, int table, int type, GuestContext context)
    {
        var entries = context.Tables[table].Entries;
        if (index < (uint)entries.Length)
        {
            var function = Unsafe.As<WasmFunction>(entries[(int)index]);
            if (function is not null && function.CodeKey == key && ReferenceEquals(function.Instance, context.Instance))
                return function.Code;
        }
        return FindIndirectElsewhere(index, table, type, context, polled: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint FindIndirectPolled(ulong index, long key, int table, int type, GuestContext context)
    {
        var entries = context.Tables[table].Entries;
        if (index < (uint)entries.Length)
        {
            var function = Unsafe.As<WasmFunction>(entries[(int)index]);
            if (function is not null && function.PolledCodeKey == key && ReferenceEquals(function.Instance, context.Instance))
                return function.PolledCode;
        }
        return FindIndirectElsewhere(index, table, type, context, polled: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint FindReference(object? reference, int type, GuestContext context)
    {
        var function = Unsafe.As<WasmFunction>(reference);
        return function is not null && function.CodeKey != 0 && ReferenceEquals(function.Instance, context.Instance)
            ? function.Code
            : FindReferenceElsewhere(function, type, context, polled: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint FindReferencePolled(object? reference, int type, GuestContext context)
    {
        var function = Unsafe.As<WasmFunction>(reference);
        return function is not null && function.PolledCodeKey != 0 && ReferenceEquals(function.Instance, context.Instance)
            ? function.PolledCode
            : FindReferenceElsewhere(function, type, context, polled: true);
    }

    /// <summary>The address for an import, to be called with its <see cref="ImportTarget"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint FindImport(GuestContext context, int index)
    {
        var address = context.ImportCodes[index];
        return address != 0 ? address : Bind(index, context, polled: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint FindImportPolled(GuestContext context, int index)
    {
        var address = context.PolledImportCodes[index];
        return address != 0 ? address : Bind(index, context, polled: true);
    }

    /// <summary>Decides how an import is called: a delegate of the host, compiled code of another instance, or in slots.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Bind(int index, GuestContext context, bool polled)
    {
        var (codes, targets) = polled ? (context.PolledImportCodes, context.PolledImportTargets) : (context.ImportCodes, context.ImportTargets);
        var function = context.Instance.GetFunctionRecord(index);
        if (FindForeign(function, context, polled) is var address and not 0)
        {
            context.Bind(ref targets[index], ((CompiledInstance)function.Instance!.Code).Context);
            return codes[index] = address;
        }
        targets[index] ??= new ImportTarget(context, function);
        if (HostStubs.Find(function) is var direct and not 0)
            return codes[index] = direct;
        var exit = context.Code.Module.Stubs.Exit(context.TypeOfFunction(index));
        // It is looked for again as long as it may come to be compiled.
        if (function.Instance?.Code is not CompiledInstance { Module.IsTiered: true })
            codes[index] = exit;
        return exit;
    }

    /// <summary>The address of another instance's compiled function; 0 if it cannot be called directly.</summary>
    private static nint FindForeign(WasmFunction function, GuestContext context, bool polled) =>
        function.Instance?.Code is CompiledInstance { Module.IsMetered: false } other && !context.Code.Module.IsMetered ? other.Resolve(function, polled) : 0;

    /// <summary>The context of the caller of a stub, from the stub's last argument.</summary>
    public static GuestContext ContextOf(object target) => target is ImportTarget import ? import.Context : (GuestContext)target;

    public static WasmCaller CallerOf(ImportTarget target) => new(target.Context.Instance, target.Context.Thread.Cancellation);

    /// <summary>The same if it was found lately, and is of another instance. (A method of its own, without a frame: what follows is long.)</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint FindIndirectElsewhere(ulong index, int table, int type, GuestContext context, bool polled)
    {
        var entries = context.Tables[table].Entries;
        if (index < (uint)entries.Length && context.TryCross(Unsafe.As<WasmFunction>(entries[(int)index]), type, polled) is var known and not 0)
            return known;
        return FindIndirectSlowly(index, table, type, context, polled);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint FindIndirectSlowly(ulong index, int tableIndex, int type, GuestContext context, bool polled)
    {
        var table = context.Tables[tableIndex];
        var count = Volatile.Read(ref table.Count);
        var entries = table.Entries;
        if (index >= (ulong)count || index >= (ulong)entries.Length)
            Traps.Throw(TrapCode.UndefinedElement);
        var function = (WasmFunction?)entries[index];
        if (function is null)
            Traps.Throw(TrapCode.UninitializedElement);
        if (!function!.DefinedType.IsSubtypeOf(context.Types[type]))
            Traps.Throw(TrapCode.IndirectCallTypeMismatch);
        return Find(function, type, context, polled);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint FindReferenceElsewhere(WasmFunction? function, int type, GuestContext context, bool polled) =>
        context.TryCross(function, type, polled) is var known and not 0 ? known : FindReferenceSlowly(function, type, context, polled);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint FindReferenceSlowly(WasmFunction? function, int type, GuestContext context, bool polled)
    {
        if (function is null)
            Traps.Throw(TrapCode.NullFunctionReference);
        return Find(function!, type, context, polled);
    }

    /// <summary>The address for a function of a known type (an index of the caller's module).</summary>
    private static nint Find(WasmFunction function, int type, GuestContext context, bool polled)
    {
        var stubs = context.Code.Module.Stubs;
        if (ReferenceEquals(function.Instance, context.Instance))
        {
            if (context.Code.Resolve(function, polled) is var own and not 0)
                return own;
        }
        else if (FindForeign(function, context, polled) is var foreign and not 0 && context.FindOther((CompiledInstance)function.Instance!.Code) is { } other)
            return context.Cross(new(function, type, polled, other, foreign, stubs.Cross(type)));
        (context.CalleeIndex, context.Callee) = (-1, function);
        return stubs.Exit(type);
    }

    /// <summary>What an invalid function (of a module that was not validated as a whole) does when it is called.</summary>
    public static void ReportInvalid(GuestContext context, int function)
    {
        var module = context.Instance.Module.Context;
        var nobody = default(NoConsumer);
        FunctionValidator.Walk(module, function - module.ImportedFunctions, ref nobody);
    }

    /// <summary>Runs a function that could not be compiled in the interpreter, on the same instance.</summary>
    public static void Interpret(GuestContext context, ulong* slots, ref object? references, int count, int index)
    {
        var function = context.Instance.GetFunctionRecord(index);
        var objects = function.UsesReferences ? MemoryMarshal.CreateSpan(ref references, count) : default;
        context.Code.Interpreter.Attach(function);
        context.Code.Interpreter.Invoke(function, new Span<ulong>(slots, count), objects, context.Thread.Cancellation);
    }

    /// <summary>Leaves the instance, on behalf of an exit stub: arguments in slots, results into the same.</summary>
    public static void Leave(object target, ulong* slots, ref object? references, int count, int hasReferences)
    {
        GuestContext context;
        WasmFunction function;
        if (target is ImportTarget import)
        {
            (context, function) = (import.Context, import.Function);
        }
        else
        {
            context = (GuestContext)target;
            function = context.CalleeIndex >= 0 ? context.Instance.GetFunctionRecord(context.CalleeIndex) : context.Callee!;
            context.Callee = null;
        }
        var values = new Span<ulong>(slots, count);
        var objects = hasReferences != 0 ? MemoryMarshal.CreateSpan(ref references, count) : default;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            Traps.StackExhausted(context);
        var cancellation = context.Thread.Cancellation;
        if (function.Host is { } host)
        {
            host.Invoke(new WasmCaller(context.Instance, cancellation), values, objects);
            // Cancellation may have ended a wait there: the guest is not to take that for an answer.
            Traps.Poll(context);
        }
        else
        {
            CompiledInstance.InvokeFromGuest(function, values, objects, context.Thread);
        }
    }

    public static object? TakeResult(GuestContext context, int index)
    {
        var result = context.ResultReferences[index];
        context.ResultReferences[index] = null;
        return result;
    }

    public static void SetResult(object? value, GuestContext context, int index) => context.ResultReferences[index] = value;
}
