using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>The host of a Go program built for GOOS=js: its clock, its standard output, and <c>syscall/js</c>, the way it sees a JavaScript world, over <see cref="ScriptObject"/>s.</summary>
internal sealed class GoHost
{
    // How Go keeps a value in 8 bytes: a number is itself; anything else is a NaN whose low half is an id, and whose high half ends in what kind of thing it is.
    private const uint NanHead = 0x7ff80000;
    private const uint ObjectFlag = 1, StringFlag = 2, FunctionFlag = 4;

    private readonly List<object?> values;
    private readonly Dictionary<object, uint> ids = new(ReferenceEqualityComparer.Instance);
    private readonly ScriptObject go = new();
    private readonly StringBuilder output = new();
    private WasmInstance instance = null!;
    private WasmMemory memory = null!;

    public GoHost()
    {
        Global = new ScriptObject();
        values = [double.NaN, 0d, null, true, false, Global, go];
        (ids[Global], ids[go]) = (5, 6);
        go["_pendingEvent"] = null;
        go["_makeFuncWrapper"] = new ScriptFunction((_, arguments) => MakeWrapper((double)arguments[0]!));
        Global["Object"] = new ScriptFunction((_, _) => new ScriptObject());
        Global["Array"] = new ScriptFunction((_, _) => new ScriptArray([]));
        Global["Error"] = new ScriptFunction((_, arguments) => new ScriptObject { ["message"] = arguments[0] });
        Global["Uint8Array"] = new ScriptFunction((_, arguments) => new byte[(int)(double)arguments[0]!]);
        Global["Promise"] = new ScriptFunction((_, arguments) => ScriptPromise.Run((ScriptFunction)arguments[0]!));
        Global["fs"] = new ScriptObject { ["constants"] = new ScriptObject { Missing = -1d } };
        Global["process"] = new ScriptObject();
    }

    public ScriptObject Global { get; }

    public string Output => output.ToString();

    /// <summary>Starts the program; it returns when every goroutine waits.</summary>
    public void Run(WasmRuntime runtime, WasmModule module)
    {
        Define(runtime);
        instance = runtime.Instantiate(module);
        memory = instance.GetMemory("mem");
        const int Arguments = 4096;
        memory.WriteCString(Arguments, "js");
        memory.Write(Arguments + 8, (long)Arguments);
        memory.Write(Arguments + 16, 0L);
        memory.Write(Arguments + 24, 0L);
        instance.Invoke("run", 1, Arguments + 8);
    }

    private void Define(WasmRuntime runtime)
    {
        foreach (var (name, function) in new Dictionary<string, Action<int>>
        {
            ["runtime.wasmExit"] = sp => output.Append($"exit {memory.Read<int>(sp + 8)}"),
            ["runtime.wasmWrite"] = sp => output.Append(Encoding.UTF8.GetString(memory.AsSpan(memory.Read<long>(sp + 16), memory.Read<int>(sp + 24)))),
            ["runtime.resetMemoryDataView"] = _ => { },
            ["runtime.nanotime1"] = sp => memory.Write(sp + 8, Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency)),
            ["runtime.walltime"] = sp =>
            {
                var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                memory.Write(sp + 8, now / 1000);
                memory.Write(sp + 16, (int)(now % 1000) * 1_000_000);
            },
            ["runtime.scheduleTimeoutEvent"] = sp => memory.Write(sp + 16, 1),
            ["runtime.clearTimeoutEvent"] = _ => { },
            ["runtime.getRandomData"] = sp => new Random(1).NextBytes(Slice(sp + 8)),
            // Ids are never used again here; a host that runs for long would count references.
            ["syscall/js.finalizeRef"] = _ => { },
            ["syscall/js.stringVal"] = sp => Store(sp + 24, String(sp + 8)),
            ["syscall/js.valueGet"] = sp => Store(sp + 32, Properties(sp + 8)[String(sp + 16)]),
            ["syscall/js.valueSet"] = sp => Properties(sp + 8)[String(sp + 16)] = Load(sp + 32),
            ["syscall/js.valueIndex"] = sp => Store(sp + 24, ((ScriptArray)Load(sp + 8)!).Items[(int)memory.Read<long>(sp + 16)]),
            ["syscall/js.valueSetIndex"] = sp => ((ScriptArray)Load(sp + 8)!).Set((int)memory.Read<long>(sp + 16), Load(sp + 24)),
            ["syscall/js.valueLength"] = sp => memory.Write(sp + 16, Load(sp + 8) switch
            {
                ScriptArray array => array.Items.Count,
                byte[] bytes => bytes.Length,
                string text => (long)text.Length,
                var other => throw new InvalidOperationException($"{other} has no length"),
            }),
            ["syscall/js.valueCall"] = sp =>
            {
                var (target, name, arguments) = (Load(sp + 8), String(sp + 16), Values(sp + 32));
                var properties = Properties(sp + 8);
                var result = properties[name] is ScriptFunction callee ? callee.Call(target, arguments) : throw new InvalidOperationException($"there is no function {name}");
                Complete(56, result);
            },
            ["syscall/js.valueInvoke"] = sp => Complete(40, ((ScriptFunction)Load(sp + 8)!).Call(null, Values(sp + 16))),
            ["syscall/js.valueNew"] = sp => Complete(40, ((ScriptFunction)Load(sp + 8)!).Call(null, Values(sp + 16))),
            ["syscall/js.valuePrepareString"] = sp =>
            {
                var bytes = Encoding.UTF8.GetBytes(ScriptObject.Describe(Load(sp + 8)));
                Store(sp + 16, bytes);
                memory.Write(sp + 24, (long)bytes.Length);
            },
            ["syscall/js.valueLoadString"] = sp => ((byte[])Load(sp + 8)!).CopyTo(Slice(sp + 16)),
            ["syscall/js.copyBytesToGo"] = sp => Copy(sp, (byte[])Load(sp + 32)!, Slice(sp + 8)),
            ["syscall/js.copyBytesToJS"] = sp => Copy(sp, Slice(sp + 16), (byte[])Load(sp + 8)!),
        })
        {
            runtime.Define("gojs", name, function);
        }
    }

    /// <summary>The result of a call, which may have moved the program's stack.</summary>
    private void Complete(int offset, object? result)
    {
        var sp = instance.Invoke("getsp")[0].AsInt32();
        Store(sp + offset, result);
        memory.Write<byte>(sp + offset + 8, 1);
    }

    private void Copy(int sp, ReadOnlySpan<byte> source, Span<byte> target)
    {
        var count = Math.Min(source.Length, target.Length);
        source[..count].CopyTo(target);
        memory.Write(sp + 40, (long)count);
        memory.Write<byte>(sp + 48, 1);
    }

    /// <summary>A Go function as a value: calling it leaves the call where the program looks for events, and resumes it.</summary>
    private ScriptFunction MakeWrapper(double id) => new((self, arguments) =>
    {
        var call = new ScriptObject { ["id"] = id, ["this"] = self, ["args"] = new ScriptArray([.. arguments]) };
        go["_pendingEvent"] = call;
        instance.Invoke("resume");
        return call["result"];
    });

    private ScriptObject Properties(int address) => Load(address) as ScriptObject ?? throw new InvalidOperationException("not an object");

    private object? Load(int address)
    {
        var number = memory.Read<double>(address);
        return number == 0 ? ScriptObject.Undefined : double.IsNaN(number) ? values[memory.Read<int>(address)] : number;
    }

    private void Store(int address, object? value)
    {
        switch (value)
        {
            case double.NaN:
                Write(0, 0);
                break;
            case double and not 0d:
                memory.Write(address, (double)value);
                break;
            case 0d:
                Write(1, 0);
                break;
            case null:
                Write(2, 0);
                break;
            case bool truth:
                Write(truth ? 3u : 4u, 0);
                break;
            case var undefined when undefined == ScriptObject.Undefined:
                memory.Write(address, 0d);
                break;
            default:
                if (!ids.TryGetValue(value, out var id))
                {
                    ids[value] = id = (uint)values.Count;
                    values.Add(value);
                }
                Write(id, value switch { string => StringFlag, ScriptFunction => FunctionFlag, _ => ObjectFlag });
                break;
        }

        void Write(uint id, uint flag)
        {
            memory.Write(address + 4, NanHead | flag);
            memory.Write(address, id);
        }
    }

    private Span<byte> Slice(int address) => memory.AsSpan(memory.Read<long>(address), (int)memory.Read<long>(address + 8));

    private string String(int address) => Encoding.UTF8.GetString(Slice(address));

    private object?[] Values(int address)
    {
        var (start, count) = (memory.Read<long>(address), (int)memory.Read<long>(address + 8));
        return [.. Enumerable.Range(0, count).Select(i => Load((int)start + 8 * i))];
    }
}
