using Waxwing.AssemblyScript;

namespace Waxwing.Tests.AssemblyScript;

/// <summary>Strings, buffers and arrays in both directions.</summary>
public sealed class ObjectTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly WasmInstance guest;
    private readonly AssemblyScriptObjects objects;

    public ObjectTests()
    {
        runtime.AddAssemblyScript();
        guest = runtime.Instantiate(HostTests.Program("program"));
        objects = new(guest);
    }

    public void Dispose() => runtime.Dispose();

    private int Call(string name, params ReadOnlySpan<WasmValue> arguments) => guest.Invoke(name, arguments)[0].AsInt32();

    [Fact]
    public void Strings_are_UTF16_and_keep_what_is_not_text()
    {
        Assert.Equal("Hello, Ada 😀! \U0001f44b", objects.ReadString(Call("greet", objects.NewString("Ada 😀"))));
        Assert.Equal("\ud800\0é\ud800\0é", objects.ReadString(Call("repeat", objects.NewString("\ud800\0é"), 2)));
        Assert.Equal("", objects.ReadString(Call("repeat", objects.NewString(""), 5)));
        Assert.Null(objects.ReadString(Call("nothing")));
    }

    [Fact]
    public void Arrays_of_all_kinds_go_in_and_come_out()
    {
        Assert.Equal(6, guest.Invoke("sum", objects.NewTypedArray<int>([1, 2, 3]))[0].AsDouble());
        Assert.Equal(-6, guest.Invoke("sum", objects.NewTypedArray<int>([-1, -2, -3], guest.GetGlobal("int32ArrayId").Value.AsInt32()))[0].AsDouble());
        Assert.Equal([3.5, 2, 1], objects.ReadArray<double>(Call("reverse", objects.NewArray<double>([1, 2, 3.5]))).ToArray());
        Assert.Equal([2, 3], objects.ReadTypedArray<byte>(Call("middle", objects.NewTypedArray<byte>([1, 2, 3, 4]))).ToArray());
        Assert.Equal(long.MaxValue, guest.Invoke("longest", objects.NewStaticArray<long>([1, long.MaxValue, 2]))[0].AsInt64());
        Assert.Equal([0, 1, 4, 9, 16], objects.ReadStaticArray<int>(Call("squares", 5)).ToArray());
        Assert.Equal("ABC"u8.ToArray(), objects.ReadArrayBuffer(Call("shout", objects.NewArrayBuffer("abc"u8))).ToArray());
    }

    [Fact]
    public void Arrays_of_objects_hold_pointers()
    {
        // Each stays alive by its pin while the next is made.
        int[] texts = [.. ((string[])["a", "bc", "def"]).Select(text => objects.Pin(objects.NewString(text)))];
        var separator = objects.Pin(objects.NewString(" | "));
        var list = objects.NewArray<int>(texts, guest.GetGlobal("stringsId").Value.AsInt32());
        Assert.Equal("a | bc | def", objects.ReadString(Call("join", list, separator)));
        Assert.Equal(guest.GetGlobal("stringsId").Value.AsInt32(), objects.ClassOf(list));
        foreach (var text in texts)
            objects.Unpin(text);
        objects.Unpin(separator);
    }

    [Fact]
    public void What_is_pinned_survives_the_collector_and_the_rest_does_not_fill_the_memory()
    {
        var pinned = objects.Pin(objects.NewString("precious"));
        var view = objects.Pin(objects.NewTypedArray<int>(Enumerable.Range(0, 1000).ToArray()));
        Call("garbage", 20_000);
        objects.Collect();
        var pages = objects.Memory.Pages;
        for (var i = 0; i < 20; i++)
        {
            Call("garbage", 20_000);
            _ = objects.NewTypedArray<int>(new int[1000]);
        }
        objects.Collect();
        Assert.Equal("precious", objects.ReadString(pinned));
        Assert.Equal(Enumerable.Range(0, 1000).ToArray(), objects.ReadTypedArray<int>(view).ToArray());
        Assert.InRange(objects.Memory.Pages, pages, 4 * pages);
        objects.Unpin(pinned);
        objects.Unpin(view);
    }

    [Fact]
    public void Views_are_live()
    {
        var items = objects.Pin(objects.NewTypedArray<int>([1, 2, 3]));
        objects.ReadTypedArray<int>(items)[1] = 20;
        Assert.Equal(24, guest.Invoke("sum", items)[0].AsDouble());
    }

    [Fact]
    public void What_cannot_be_is_said()
    {
        Assert.Contains("uses no typed array of Single", Assert.Throws<InvalidOperationException>(() => objects.NewTypedArray<float>([1])).Message, StringComparison.Ordinal);
        var bare = new AssemblyScriptObjects(runtime.Instantiate(HostTests.Program("bare")));
        Assert.Contains("does not export __new: compile it with --exportRuntime", Assert.Throws<InvalidOperationException>(() => bare.NewString("x")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => objects.ReadString(-5));
        Assert.Throws<ArgumentOutOfRangeException>(() => objects.ReadArray<int>(int.MinValue));
    }

    [Fact]
    public void Strings_can_be_read_without_the_runtime()
    {
        var bare = runtime.Instantiate(HostTests.Program("bare"));
        Assert.Equal("bare", new AssemblyScriptObjects(bare).ReadString(bare.Invoke("name")[0].AsInt32()));
    }
}
