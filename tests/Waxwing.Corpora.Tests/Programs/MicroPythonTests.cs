using System.Text;
using Waxwing.Emscripten;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>MicroPython from Emscripten: exceptions by setjmp and longjmp through the host, system calls on files. The answers are those of any Python.</summary>
public sealed class MicroPythonTests : IDisposable
{
    private const int Exception = -1;

    private readonly WasmRuntime runtime = new();
    private readonly MemoryStream output = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waxwing-python-");
    private readonly EmscriptenHost host;

    public MicroPythonTests()
    {
        // Objects of JavaScript: there are none here.
        host = new(runtime, new()
        {
            UnknownImports = EmscriptenUnknownImports.Trap,
            Wasi = new Waxwing.Wasi.WasiOptions { Stdout = output }.AddDirectory(folder.FullName, "/desk"),
            WorkingDirectory = "/desk",
        });
        host.Imports.Define("env", "mp_js_ticks_ms", () => 0);
        host.Imports.Define("env", "mp_js_random_u32", () => 4);
        host.Instantiate(Corpus.Load("micropython/micropython.wasm"));
        host.Invoke("mp_js_init", 2048, 1 << 20);
        host.Invoke("proxy_c_init");
    }

    public void Dispose()
    {
        host.Dispose();
        runtime.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("print(2 ** 100, 7 // -2, 7 % -2, 0.1 + 0.2)", "1267650600228229401496703205376 -4 -1 0.30000000000000004\n")]
    [InlineData("print(sorted({x * x % 7 for x in range(20)}), {k: v for k, v in zip('abc', range(3))}['b'])", "[0, 1, 2, 4] 1\n")]
    [InlineData("def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(18))", "2584\n")]
    [InlineData("try:\n    [][1]\nexcept IndexError as e:\n    print('caught', type(e).__name__)\nfinally:\n    print('finally')", "caught IndexError\nfinally\n")]
    [InlineData("def g():\n    try:\n        yield from (i * i for i in range(3))\n    finally:\n        print('closed')\nprint(list(g()))", "closed\n[0, 1, 4]\n")]
    [InlineData("import json\nprint(json.dumps(json.loads('{\"a\": [1, 2.5, null, true]}')))", "{\"a\": [1, 2.5, null, true]}\n")]
    [InlineData("import re\nprint(re.match('(\\\\d+)-(\\\\d+)', '12-34').group(2))", "34\n")]
    [InlineData("class A:\n    def __init__(self, x): self.x = x\n    def __add__(self, o): return A(self.x + o.x)\n    def __repr__(self): return 'A(%d)' % self.x\nprint(A(1) + A(2))", "A(3)\n")]
    [InlineData("import gc\nfor i in range(20000):\n    s = 'x' * 100\ngc.collect()\nprint(len(s))", "100\n")]
    public void Prints(string script, string expected)
    {
        Assert.NotEqual(Exception, Execute(script));
        Assert.Equal(expected, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Ten_thousand_exceptions_are_thrown_and_caught()
    {
        Execute("n = 0\nfor i in range(10000):\n    try:\n        raise ValueError(i)\n    except ValueError as e:\n        n += e.args[0]\nprint(n)");
        Assert.Equal("49995000\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Reads_and_writes_files_of_the_granted_folder_only()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "in.txt"), "one\ntwo\n");
        Assert.NotEqual(Exception, Execute("""
            import os
            with open('in.txt') as f:
                lines = f.read().split()
            os.mkdir('sub')
            with open('/desk/sub/out.txt', 'w') as f:
                f.write(' '.join(reversed(lines)))
            print(os.getcwd(), sorted(os.listdir('.')), os.stat('sub/out.txt')[6])
            try:
                open('/desk/../etc/passwd')
            except OSError as e:
                print('refused', e.args[0])
            """));
        Assert.Equal("/desk ['in.txt', 'sub'] 7\nrefused 44\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal("two one", File.ReadAllText(Path.Combine(folder.FullName, "sub", "out.txt")));
    }

    [Fact]
    public void An_exception_that_is_not_caught_is_the_result() => Assert.Equal(Exception, Execute("1 / 0"));

    /// <summary>Executes a script; the kind of its result.</summary>
    private int Execute(string script)
    {
        var length = Encoding.UTF8.GetByteCount(script);
        var text = host.Invoke("malloc", length + 1)[0].AsInt32();
        var result = host.Invoke("malloc", 12)[0].AsInt32();
        host.Memory.WriteCString(text, script);
        host.Invoke("mp_js_do_exec", text, length, result);
        var kind = host.Memory.Read<int>(result);
        host.Invoke("fflush", 0);
        return kind;
    }
}
