using System.Text;
using Waxwing;

/// <summary>A JavaScript engine with one global scope; strings go to and from the guest through its own <c>malloc</c>.</summary>
internal sealed class JavaScript : IDisposable
{
    private readonly WasmMemory memory;
    private readonly Func<int, int> malloc;
    private readonly Action<int> free, freeContext, freeRuntime;
    private readonly Action<int, int> freeValue, freeString;
    private readonly Func<int, int, int, int, int, int, int> evaluate;
    private readonly Func<int, int, int> getString, resolveException;
    private readonly int runtime, context;

    public JavaScript(WasmInstance quickJs)
    {
        memory = quickJs.Memory;
        malloc = quickJs.GetFunction<Func<int, int>>("malloc");
        free = quickJs.GetFunction<Action<int>>("free");
        freeContext = quickJs.GetFunction<Action<int>>("QTS_FreeContext");
        freeRuntime = quickJs.GetFunction<Action<int>>("QTS_FreeRuntime");
        freeValue = quickJs.GetFunction<Action<int, int>>("QTS_FreeValuePointer");
        freeString = quickJs.GetFunction<Action<int, int>>("QTS_FreeCString");
        evaluate = quickJs.GetFunction<Func<int, int, int, int, int, int, int>>("QTS_Eval");
        getString = quickJs.GetFunction<Func<int, int, int>>("QTS_GetString");
        resolveException = quickJs.GetFunction<Func<int, int, int>>("QTS_ResolveException");
        runtime = quickJs.GetFunction<Func<int>>("QTS_NewRuntime")();
        const int AllIntrinsics = 0;
        context = quickJs.GetFunction<Func<int, int, int>>("QTS_NewContext")(runtime, AllIntrinsics);
    }

    /// <summary>The value of a script as a string, or the exception it throws.</summary>
    public string Evaluate(string script)
    {
        var length = Encoding.UTF8.GetByteCount(script);
        var source = New(script);
        var fileName = New("script.js");
        const int GlobalScope = 0;
        var value = evaluate(context, source, length, fileName, 0, GlobalScope);
        free(source);
        free(fileName);
        if (resolveException(context, value) is not 0 and var exception)
        {
            freeValue(context, value);
            return Take(exception);
        }
        return Take(value);
    }

    public void Dispose()
    {
        freeContext(context);
        freeRuntime(runtime);
    }

    private int New(string text)
    {
        var address = malloc(Encoding.UTF8.GetByteCount(text) + 1);
        memory.WriteCString((uint)address, text);
        return address;
    }

    private string Take(int value)
    {
        var address = getString(context, value);
        var text = memory.ReadCString((uint)address);
        freeString(context, address);
        freeValue(context, value);
        return text;
    }
}
