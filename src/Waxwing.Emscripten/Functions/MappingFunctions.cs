using Waxwing.Wasi;

namespace Waxwing.Emscripten.Functions;

/// <summary>Files as memory.</summary>
internal static class MappingFunctions
{
    public static EmscriptenFunction[] All { get; } =
    [
        new("_mmap_js", "length protection flags fd:fd offset:64 allocated address", static (in c) => Map(c)),
        new("_munmap_js", "address length protection flags fd:fd offset:64", static (in c) => Unmap(c)),
        new("_msync_js", "address length protection flags fd:fd offset:64", static (in c) => Unmap(c)),
        new("__syscall_madvise", "address length advice", static (in c) => 0),
        new("__syscall_mprotect", "address length protection", static (in c) => 0),
    ];

    /// <summary>A mapping is a copy in the heap; changes to a shared one are written back when it is synchronised or ends.</summary>
    private static WasmValue Map(in EmscriptenCall call)
    {
        const uint PageSize = 65536;
        var (length, descriptor, offset) = (call.U32(0), call.U32(3), call.I64(4));
        if (call.Thread.Find("emscripten_builtin_memalign") is null)
            return FileFunctions.Negative(WasiErrno.Nosys);
        var address = call.Thread.Call(call.Token, "emscripten_builtin_memalign", [PageSize, length]);
        if (address == 0)
            return FileFunctions.Negative(WasiErrno.Nomem);
        for (var cleared = 0L; cleared < length;)
        {
            var piece = (int)Math.Min(length - cleared, 1 << 30);
            call.Memory.AsSpan(address + cleared, piece).Clear();
            cleared += piece;
        }
        var error = Transfer(call, "fd_pread", descriptor, address, length, offset);
        if (error != WasiErrno.Success)
        {
            call.Thread.CallIfExported(call.Token, "free", [address]);
            return FileFunctions.Negative(error);
        }
        call.Memory.Write(call.U32(5), 1);
        call.Memory.Write(call.U32(6), address);
        return 0;
    }

    private static WasmValue Unmap(in EmscriptenCall call)
    {
        const int Write = 2, Shared = 1;
        return (call.I32(2) & Write) == 0 || (call.I32(3) & Shared) == 0 ? 0 : FileFunctions.Negative(Transfer(call, "fd_pwrite", call.U32(4), call.U32(0), call.U32(1), call.I64(5)));
    }

    /// <summary>Reads or writes a range of the guest's memory through a list of one buffer on the guest's stack.</summary>
    private static WasiErrno Transfer(in EmscriptenCall call, string function, uint descriptor, uint address, uint length, long offset)
    {
        var stack = call.Thread.SaveStack(call.Token);
        var list = call.Thread.AllocateStack(16, call.Token);
        try
        {
            while (length > 0)
            {
                call.Memory.Write(list, address);
                call.Memory.Write(list + 4L, length);
                var error = call.System.Call(function, call.Memory, call.Token, [descriptor, list, 1, offset, list + 8]);
                var count = call.Memory.Read<uint>(list + 8L);
                if (error != WasiErrno.Success || count == 0)
                    return error;
                count = Math.Min(count, length);
                (address, length, offset) = (address + count, length - count, offset + count);
            }
            return WasiErrno.Success;
        }
        finally
        {
            call.Thread.RestoreStack(stack, call.Token);
        }
    }
}
