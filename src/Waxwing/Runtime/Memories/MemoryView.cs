using System.Buffers;

namespace Waxwing.Runtime;

/// <summary>A range of a linear memory as <see cref="Memory{T}"/>: each use looks the range up again, so that it follows growth and throws after release.</summary>
internal sealed unsafe class MemoryView(WasmMemory memory, long address, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => memory.AsSpan(address, length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
        var span = memory.AsSpan(address, length);
        // SAFETY: native memory does not move under the garbage collector; the handle keeps this object and so the memory alive.
        return new(System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(span[elementIndex..])), default, this);
    }

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
