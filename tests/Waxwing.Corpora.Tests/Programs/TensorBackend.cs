using System.Runtime.InteropServices;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>The kernels of TensorFlow.js: tensors are registered under numbers, and live in the guest's memory.</summary>
internal sealed class TensorBackend(WasmInstance instance)
{
    private int tensors;

    /// <summary>Instantiates a build, which is to be initialised by <c>init</c> or <c>init_with_threads_count</c>.</summary>
    public static TensorBackend Start(WasmRuntime runtime, WasmModule module)
    {
        runtime.DefineEmscripten(module);
        runtime.Define("env", "abort", (Action)(() => throw new InvalidOperationException("the guest aborted")));
        runtime.Define("env", "emscripten_memcpy_big", (WasmCaller caller, int target, int source, int count) =>
            caller.Memory.AsSpan((uint)source, count).CopyTo(caller.Memory.AsSpan((uint)target, count)));
        var instance = runtime.Instantiate(module);
        instance.Invoke("__wasm_call_ctors");
        return new(instance);
    }

    public void Invoke(string kernel, params ReadOnlySpan<WasmValue> arguments) => instance.Invoke(kernel, arguments);

    /// <summary>A tensor of 32-bit floats.</summary>
    public (int Id, int Address) New(float[] values)
    {
        var address = Allocate(values.Length);
        values.CopyTo(instance.Memory.AsSpan<float>(address, values.Length));
        instance.Invoke("register_tensor", ++tensors, values.Length, address);
        return (tensors, address);
    }

    public float[] Read(int address, int count) => instance.Memory.AsSpan<float>(address, count).ToArray();

    /// <summary>The address of a shape.</summary>
    public int Shape(params ReadOnlySpan<int> dimensions)
    {
        var address = Allocate(dimensions.Length);
        MemoryMarshal.AsBytes(dimensions).CopyTo(instance.Memory.AsSpan(address, 4 * dimensions.Length));
        return address;
    }

    private int Allocate(int words) => instance.Invoke("malloc", 4 * words)[0].AsInt32();
}
