using Waxwing.Wasi;

namespace Waxwing.Emscripten.Functions;

/// <summary>System calls about the process and the system. What neither has says so by ENOSYS, or by the error that a system without it gives.</summary>
internal static class ProcessFunctions
{
    public static EmscriptenFunction[] All { get; } =
    [
        new("__syscall_mknod", "path:text mode device", static (in c) => FileFunctions.Negative(WasiErrno.Perm)),
        new("__syscall_mknodat", "directory:at path:text mode device", static (in c) => FileFunctions.Negative(WasiErrno.Perm)),
        new("__syscall_statfs64", "path:text size buffer", static (in c) => NotHere),
        new("__syscall_fstatfs64", "fd:fd size buffer", static (in c) => NotHere),
        new("__syscall_wait4", "process status options usage", static (in c) => FileFunctions.Negative(WasiErrno.Child)),
        new("__syscall_umask", "mask", static (in c) => 0x12),
        new("__syscall_getpid", "", static (in c) => 42),
        new("__syscall_getppid", "", static (in c) => 1),
        new("__syscall_getuid32", "", static (in c) => 0),
        new("__syscall_getegid32", "", static (in c) => 0),
        new("__syscall_getrusage", "who usage", static (in c) => Clear(c, c.U32(1), 72)),
        new("__syscall_uname", "names", static (in c) => SystemName(c)),
        new("__syscall_prlimit64", "process resource newLimit oldLimit", static (in c) => NotHere),
    ];

    private static int NotHere => FileFunctions.Negative(WasiErrno.Nosys);

    private static WasmValue SystemName(in EmscriptenCall call)
    {
        const int FieldSize = 65;
        Clear(call, call.U32(0), 6 * FieldSize);
        foreach (var (index, text) in ((string[])["Emscripten", "emscripten", "1.0", "#1", "wasm32"]).Index())
            call.Memory.WriteCString(call.U32(0) + (long)index * FieldSize, text);
        return 0;
    }

    private static WasmValue Clear(in EmscriptenCall call, uint address, int size)
    {
        call.Memory.AsSpan(address, size).Clear();
        return 0;
    }
}
