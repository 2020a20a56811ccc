namespace Waxwing.Emscripten.Functions;

/// <summary>longjmp, and C++ exceptions through the host. Those of WebAssembly itself need nothing from here but tags.</summary>
internal static class ExceptionFunctions
{
    /// <summary>The rest of the name is how many types the landing pad has, and two.</summary>
    public const string FindCatchPrefix = "__cxa_find_matching_catch_";

    private const int MaximumTypes = 64;

    public static EmscriptenFunction[] All { get; } =
    [
        new("_emscripten_throw_longjmp", "", static (in c) => throw new LongJump()),
        new("emscripten_longjmp", "buffer value", static (in c) => LongJumpWith(c)),
        new("emscripten_longjmp_jmpbuf", "buffer value", static (in c) => LongJumpWith(c)),
        new("longjmp", "buffer value", static (in c) => LongJumpWith(c)),
        new("__cxa_allocate_exception", "size", static (in c) => (int)c.Thread.Exceptions.Allocate(c.U32(0), c.Token)),
        new("__cxa_free_exception", "object", static (in c) => Free(c)),
        new("__cxa_throw", "object type destructor", static (in c) => throw c.Thread.Exceptions.Throw(c.U32(0), c.U32(1), c.U32(2))),
        new("__cxa_rethrow", "", static (in c) => throw c.Thread.Exceptions.Rethrow()),
        new("__resumeException", "object", static (in c) => throw c.Thread.Exceptions.Resume(c.U32(0))),
        new("__cxa_begin_catch", "object", static (in c) => (int)c.Thread.Exceptions.BeginCatch(c.U32(0), c.Token)),
        new("__cxa_end_catch", "", static (in c) => EndCatch(c)),
        new("__cxa_get_exception_ptr", "object", static (in c) => (int)c.Thread.Exceptions.ExceptionPointer(c.U32(0), c.Token)),
        new("__cxa_uncaught_exceptions", "", static (in c) => c.Thread.Exceptions.Uncaught),
        new("__cxa_uncaught_exception", "", static (in c) => c.Thread.Exceptions.Uncaught > 0 ? 1 : 0),
        new("__cxa_current_primary_exception", "", static (in c) => (int)c.Thread.Exceptions.CurrentPrimary()),
        new("__cxa_rethrow_primary_exception", "object", static (in c) => throw c.Thread.Exceptions.RethrowPrimary(c.U32(0))),
        new("__cxa_increment_exception_refcount", "object", static (in c) => AddReference(c)),
        new("__cxa_decrement_exception_refcount", "object", static (in c) => RemoveReference(c)),
        new("__cxa_call_unexpected", "object", static (in c) => throw new WasmTrapException(TrapCode.Unreachable, "an exception that the guest's function says it does not throw")),
        new("llvm_eh_typeid_for", "type", static (in c) => c.I32(0)),
        new("emscripten_return_address", "level", static (in c) => 0),
    ];

    /// <summary><c>__cxa_find_matching_catch_N</c>, for any N.</summary>
    public static WasmFunction? BindFindCatch(DefinedType declared, EmscriptenHost host)
    {
        if (declared.Parameters.Count > MaximumTypes || declared.Parameters.Any(parameter => parameter.Kind != ValueKind.I32) || declared.Results is not [{ Kind: ValueKind.I32 }])
            return null;
        return WasmFunction.FromRaw([.. declared.Parameters], [ValueType.I32], (caller, arguments, results) =>
        {
            Span<uint> types = stackalloc uint[arguments.Length];
            for (var i = 0; i < types.Length; i++)
                types[i] = (uint)arguments[i];
            try
            {
                results[0] = host.Pthreads.Of(caller).Exceptions.FindCatch(types, caller.CancellationToken);
            }
            catch (ArgumentException outside)
            {
                throw new WasmTrapException(TrapCode.MemoryOutOfBounds, $"{FindCatchPrefix}*: {outside.Message}");
            }
        }).WithFormat(new ValuesCallFormat("exception"));
    }

    private static WasmValue LongJumpWith(in EmscriptenCall call)
    {
        call.Thread.Call(call.Token, "setThrew", [call.U32(0), call.U32(1) == 0 ? 1 : call.U32(1)]);
        throw new LongJump();
    }

    private static WasmValue Free(in EmscriptenCall call)
    {
        call.Thread.Exceptions.Free(call.U32(0), call.Token);
        return 0;
    }

    private static WasmValue EndCatch(in EmscriptenCall call)
    {
        call.Thread.Exceptions.EndCatch(call.Token);
        return 0;
    }

    private static WasmValue AddReference(in EmscriptenCall call)
    {
        call.Thread.Exceptions.AddReference(call.U32(0));
        return 0;
    }

    private static WasmValue RemoveReference(in EmscriptenCall call)
    {
        call.Thread.Exceptions.RemoveReference(call.U32(0), call.Token);
        return 0;
    }
}
