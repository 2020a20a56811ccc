using Wasmtime;

namespace Waxwing;

/// <summary>A guest of Wasmtime.</summary>
internal sealed class WasmInstance(Instance instance, WasmRuntime runtime)
{
    public WasmMemory Memory => runtime.Memory;

    /// <summary>The package's own typed delegates, which are its fastest way to call.</summary>
    public TDelegate GetFunction<TDelegate>(string name) where TDelegate : Delegate
    {
        var types = typeof(TDelegate).IsGenericType ? typeof(TDelegate).GetGenericArguments() : [];
        var getter = typeof(TDelegate).Name.StartsWith("Func", StringComparison.Ordinal) ? nameof(Instance.GetFunction) : nameof(Instance.GetAction);
        var method = typeof(Instance).GetMethods().Single(method =>
            method.Name == getter && method.GetParameters().Length == 1 && method.GetGenericArguments().Length == types.Length && (types.Length > 0 || getter == nameof(Instance.GetAction)));
        return (TDelegate?)(types.Length > 0 ? method.MakeGenericMethod(types) : method).Invoke(instance, [name]) ?? throw new ArgumentException($"there is no export \"{name}\" of type {typeof(TDelegate)}");
    }

    public WasmValue[] Invoke(string name, params ReadOnlySpan<WasmValue> arguments)
    {
        var function = instance.GetFunction(name) ?? throw new ArgumentException($"there is no export \"{name}\"");
        var values = new ValueBox[arguments.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = Values.To(arguments[i]);
        return function.Invoke(values) switch
        {
            null => [],
            object[] several => [.. several.Select(Values.From)],
            var one => [Values.From(one)],
        };
    }
}

/// <summary>A memory of Wasmtime.</summary>
internal sealed class WasmMemory(Memory memory)
{
    public long ByteLength => memory.GetLength();

    public long Grow(long pages)
    {
        try
        {
            return memory.Grow(pages);
        }
        catch (WasmtimeException)
        {
            return -1;
        }
    }

    public Span<byte> AsSpan(long address, int length) => memory.GetSpan(address, length);

    public Span<T> AsSpan<T>(long address, int count) where T : unmanaged => memory.GetSpan<T>(address, count);

    public T Read<T>(long address) where T : unmanaged => memory.Read<T>(address);

    public void Write<T>(long address, T value) where T : unmanaged => memory.Write(address, value);

    public int WriteUtf8(long address, ReadOnlySpan<char> text) =>
        System.Text.Encoding.UTF8.GetBytes(text, memory.GetSpan(address, System.Text.Encoding.UTF8.GetByteCount(text)));

    public int WriteCString(long address, ReadOnlySpan<char> text)
    {
        var length = WriteUtf8(address, text);
        memory.WriteByte(address + length, 0);
        return length + 1;
    }

    public string ReadCString(long address) => memory.ReadNullTerminatedString(address);
}
