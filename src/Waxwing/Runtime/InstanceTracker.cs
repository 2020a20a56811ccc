using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>The instances of a runtime, held weakly: so that disposing the runtime reaches those without a name too, and dropped ones can be collected. Thread-safe.</summary>
internal sealed class InstanceTracker
{
    private readonly Lock gate = new();
    private readonly Stack<int> free = [];
    private WeakGCHandle<WasmInstance>[] handles = new WeakGCHandle<WasmInstance>[8];
    private int used;

    ~InstanceTracker()
    {
        foreach (var handle in handles)
        {
            if (handle.IsAllocated)
                handle.Dispose();
        }
    }

    public void Add(WasmInstance instance)
    {
        lock (gate)
        {
            if (free.Count == 0 && used == handles.Length)
                MakeRoom();
            var slot = free.Count > 0 ? free.Pop() : used++;
            handles[slot] = new(instance);
            instance.TrackingSlot = slot;
        }
    }

    public void Remove(WasmInstance instance)
    {
        lock (gate)
        {
            if (instance.TrackingSlot < 0)
                return;
            Free(instance.TrackingSlot);
            instance.TrackingSlot = -1;
        }
    }

    public List<WasmInstance> Live()
    {
        List<WasmInstance> live = [];
        lock (gate)
        {
            for (var slot = 0; slot < used; slot++)
            {
                if (handles[slot].IsAllocated && handles[slot].TryGetTarget(out var instance))
                    live.Add(instance);
            }
        }
        return live;
    }

    private void Free(int slot)
    {
        handles[slot].Dispose();
        handles[slot] = default;
        free.Push(slot);
    }

    /// <summary>Reuses the places of collected instances, and grows only if few were.</summary>
    private void MakeRoom()
    {
        for (var slot = 0; slot < used; slot++)
        {
            if (handles[slot].IsAllocated && !handles[slot].TryGetTarget(out _))
                Free(slot);
        }
        if (free.Count < used / 2)
            Array.Resize(ref handles, 2 * handles.Length);
    }
}
