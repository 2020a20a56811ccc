using System.Numerics;
using System.Text;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// The few functions of Node-API that a module of hash functions calls, over .NET objects: strings, numbers, bytes and functions. A value is the index of an object; 0 is the status of success.
/// </summary>
internal sealed class NodeApiHost
{
    private const int Success = 0, StringExpected = 3, Undefined = 0, Number = 3, Text = 4, Function = 7, Object = 6, BigIntType = 9;

    private readonly List<object?> values = [null];
    private object?[] arguments = [];

    /// <summary>What the module exported: functions as table indices with their data.</summary>
    public Dictionary<string, (int Function, int Data)> Functions { get; } = [];

    public int Add(object? value)
    {
        values.Add(value);
        return values.Count - 1;
    }

    public object? Call(WasmInstance instance, string name, params object?[] arguments)
    {
        this.arguments = arguments;
        var table = instance.GetTable("__indirect_function_table");
        var (function, data) = Functions[name];
        return values[table.GetFunction(function)!.Invoke(1, data)[0].AsInt32()];
    }

    public void DefineIn(WasmRuntime runtime)
    {
        runtime.Define("env", "napi_create_function", (WasmCaller caller, int env, int name, int length, int callback, int data, int result) =>
            Return(caller, result, (callback, data)));
        runtime.Define("env", "napi_set_named_property", (WasmCaller caller, int env, int target, int name, int value) =>
        {
            if (values[value] is ValueTuple<int, int> function)
                Functions[caller.Memory.ReadCString(name)] = function;
            return Success;
        });
        runtime.Define("env", "napi_get_cb_info", (WasmCaller caller, int env, int info, int count, int target, int self, int data) =>
        {
            var room = caller.Memory.Read<int>(count);
            for (var i = 0; i < room; i++)
                caller.Memory.Write(target + 4 * i, Add(i < arguments.Length ? arguments[i] : null));
            caller.Memory.Write(count, arguments.Length);
            if (self != 0)
                caller.Memory.Write(self, 0);
            if (data != 0)
                caller.Memory.Write(data, info);
            return Success;
        });
        runtime.Define("env", "napi_typeof", (WasmCaller caller, int env, int value, int result) => Write(caller, result, values[value] switch
        {
            null => Undefined,
            uint => Number,
            string => Text,
            BigInteger => BigIntType,
            ValueTuple<int, int> => Function,
            _ => Object,
        }));
        runtime.Define("env", "napi_get_value_string_utf8", (WasmCaller caller, int env, int value, int buffer, int size, int result) =>
        {
            if (values[value] is not string text)
                return StringExpected;
            var bytes = Encoding.UTF8.GetBytes(text);
            if (buffer == 0)
                return Write(caller, result, bytes.Length);
            var count = Math.Min(bytes.Length, size - 1);
            bytes.AsSpan(0, count).CopyTo(caller.Memory.AsSpan(buffer, count));
            caller.Memory.Write<byte>(buffer + count, 0);
            return result == 0 ? Success : Write(caller, result, count);
        });
        runtime.Define("env", "napi_get_value_uint32", (WasmCaller caller, int env, int value, int result) =>
            values[value] is uint number ? Write(caller, result, (int)number) : StringExpected);
        runtime.Define("env", "napi_get_value_bigint_words", (WasmCaller caller, int env, int value, int sign, int count, int words) =>
        {
            if (values[value] is not BigInteger number)
                return StringExpected;
            caller.Memory.Write(sign, 0);
            caller.Memory.Write(count, 1);
            caller.Memory.Write(words, (ulong)(number & ulong.MaxValue));
            return Success;
        });
        runtime.Define("env", "napi_create_uint32", (WasmCaller caller, int env, int value, int result) => Return(caller, result, (uint)value));
        runtime.Define("env", "napi_create_bigint_uint64", (WasmCaller caller, int env, long value, int result) => Return(caller, result, (BigInteger)(ulong)value));
        runtime.Define("env", "napi_create_bigint_words", (WasmCaller caller, int env, int sign, int count, int words, int result) =>
        {
            var number = BigInteger.Zero;
            for (var i = count - 1; i >= 0; i--)
                number = (number << 64) + caller.Memory.Read<ulong>(words + 8 * i);
            return Return(caller, result, number);
        });
        runtime.Define("env", "napi_throw", new Func<int, int, int>((env, value) => throw new InvalidOperationException($"the guest threw {values[value]}")));
        runtime.Define("env", "napi_create_string_utf8", (WasmCaller caller, int env, int text, int length, int result) =>
            Return(caller, result, length < 0 ? caller.Memory.ReadCString(text) : caller.Memory.ReadUtf8(text, length)));
        runtime.Define("env", "napi_create_error", (WasmCaller caller, int env, int code, int message, int result) => Return(caller, result, new Exception(values[message] as string)));
        runtime.Define("env", "napi_define_class", (WasmCaller caller, int env, int name, int length, int constructor, int data, int count, int properties, int result) =>
            Return(caller, result, new object()));
        runtime.Define("env", "napi_create_object", (WasmCaller caller, int env, int result) => Return(caller, result, new object()));
        runtime.Define("env", "napi_get_undefined", (WasmCaller caller, int env, int result) => Return(caller, result, null));
        runtime.Define("env", "napi_create_reference", (WasmCaller caller, int env, int value, int count, int result) => Write(caller, result, value));
        runtime.Define("env", "napi_is_typedarray", (WasmCaller caller, int env, int value, int result) =>
        {
            caller.Memory.Write(result, (byte)(values[value] is byte[] ? 1 : 0));
            return Success;
        });
        // A copy in the guest's heap, where the JavaScript of these packages has one too.
        runtime.Define("env", "napi_get_typedarray_info", (WasmCaller caller, int env, int value, int type, int length, int data, int buffer, int offset) =>
        {
            var bytes = (byte[])values[value]!;
            var address = caller.GetFunction("malloc").Invoke(bytes.Length)[0].AsInt32();
            bytes.CopyTo(caller.Memory.AsSpan(address, bytes.Length));
            foreach (var (place, number) in ((int, int)[])[(type, 1), (length, bytes.Length), (data, address), (buffer, 0), (offset, 0)])
            {
                if (place != 0)
                    caller.Memory.Write(place, number);
            }
            return Success;
        });
    }

    private int Return(WasmCaller caller, int result, object? value) => Write(caller, result, Add(value));

    private static int Write(WasmCaller caller, int address, int value)
    {
        caller.Memory.Write(address, value);
        return Success;
    }
}
