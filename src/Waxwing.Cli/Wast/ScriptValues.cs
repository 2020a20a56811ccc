using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using Waxwing.Text;

namespace Waxwing.Cli.Wast;

/// <summary>Values of scripts as arguments.</summary>
internal static class ScriptValues
{
    private static readonly ConcurrentDictionary<ulong, HostObject> HostObjects = new();

    public static WasmValue ToValue(ScriptValue value) => value.Kind switch
    {
        ScriptValueKind.I32 => WasmValue.FromInt32((int)(uint)value.Bits),
        ScriptValueKind.I64 => WasmValue.FromInt64((long)value.Bits),
        ScriptValueKind.F32 => WasmValue.FromSingle(BitConverter.UInt32BitsToSingle((uint)value.Bits)),
        ScriptValueKind.F64 => WasmValue.FromDouble(BitConverter.UInt64BitsToDouble(value.Bits)),
        ScriptValueKind.V128 => WasmValue.FromVector128(Vector128.Create<byte>(value.Vector!)),
        ScriptValueKind.NullReference => WasmValue.Null,
        _ => WasmValue.FromReference(HostObjectOf(value.Bits)),
    };

    /// <summary>The object that `ref.extern N` and `ref.host N` mean: one for each number.</summary>
    public static object HostObjectOf(ulong number) => HostObjects.GetOrAdd(number, static number => new(number));

    private sealed class HostObject(ulong number)
    {
        public override string ToString() => $"(ref.extern {number})";
    }
}
