using System.Buffers.Binary;
using Waxwing.Emscripten.Files;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Emscripten.Functions;

/// <summary>WASI's functions as Emscripten declares them: 64-bit numbers may be in halves.</summary>
internal static class WasiImports
{
    public static bool IsWasi(ImportType import) => import.Module is WasiFunctions.Preview1 or WasiFunctions.Unstable && import.Type.Function is not null;

    public static WasmFunction? Bind(ImportType import, DefinedType type, EmscriptenHost host)
    {
        if (SystemCalls.Find(import.Name) is not { } function || type.Results.Count != (function.HasResult ? 1 : 0))
            return null;
        var parameters = string.Join(' ', function.Parameters.Select(parameter => parameter.Type.Kind == ValueKind.I64 ? parameter.Name + ":64" : parameter.Name));
        var isUnstable = import.Module == WasiFunctions.Unstable;
        return new EmscriptenFunction(import.Name, parameters, (in call) => Call(call, function, isUnstable)) { Wasi = function }.In(function.Scope.ToString().ToLowerInvariant()).Bind(type, host);
    }

    /// <summary>A call's arguments with 64-bit numbers whole.</summary>
    public static WasmValue[] Whole(WasiFunction function, ReadOnlySpan<ulong> arguments)
    {
        var whole = new WasmValue[function.ParameterTypes.Length];
        for (var i = 0; i < whole.Length; i++)
            whole[i] = function.ParameterTypes[i].Kind == ValueKind.I64 ? WasmValue.FromInt64((long)arguments[i]) : (int)arguments[i];
        return whole;
    }

    private static WasmValue Call(in EmscriptenCall call, WasiFunction function, bool isUnstable)
    {
        var values = call.Raw.Length == function.ParameterTypes.Length ? call.Raw : Whole(function, call.Arguments);
        var memory = call.Memory;
        var error = call.System.Process.Call(function, new WasiCall(GuestMemory.Of(memory), values, call.Token, isUnstable));
        GC.KeepAlive(memory);
        if (error == WasiErrno.Success && function.Name is "fd_close" or "fd_renumber")
            call.System.Positions.Forget(call.U32(function.Name == "fd_close" ? 0 : 1));
        else if (error != WasiErrno.Success && function.Name == "fd_seek")
            error = SeekDirectory(call, error);
        return (int)error;
    }

    /// <summary>rewinddir and seekdir are seeks in C; in WASI a directory has no position.</summary>
    private static WasiErrno SeekDirectory(in EmscriptenCall call, WasiErrno error)
    {
        const byte directory = 3;
        Span<byte> fdstat = stackalloc byte[24];
        var descriptor = call.U32(0);
        if (call.I32(2) != 0 || call.System.CallForResult("fd_fdstat_get", fdstat, call.Token, descriptor, 0) != WasiErrno.Success || fdstat[0] != directory)
            return error;
        call.System.Positions[descriptor] = (ulong)call.I64(1);
        BinaryPrimitives.WriteInt64LittleEndian(call.Memory.AsSpan(call.U32(3), 8), call.I64(1));
        return WasiErrno.Success;
    }
}
