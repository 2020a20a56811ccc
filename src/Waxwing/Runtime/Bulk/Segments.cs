namespace Waxwing.Runtime;

/// <summary>The segments of an instance; a dropped one is empty.</summary>
internal static class Segments
{
    public static ReadOnlySpan<byte> Data(WasmInstance instance, int index)
    {
        if (Volatile.Read(ref instance.DroppedData[index]))
            return default;
        var module = instance.Module.Context.Module;
        return module.Slice(module.Data[index].Content);
    }

    public static object?[] Elements(WasmInstance instance, int index) => Volatile.Read(ref instance.Elements[index]) ?? [];

    public static void DropData(WasmInstance instance, int index) => Volatile.Write(ref instance.DroppedData[index], true);

    /// <summary>The collector takes what only the segment referred to.</summary>
    public static void DropElements(WasmInstance instance, int index) => Volatile.Write(ref instance.Elements[index], null);
}
