using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Exceptions;

/// <summary>
/// C++ exceptions as builds with <c>-fexceptions</c> have them: the guest asks the host to throw, and at each landing pad which of the handlers is meant. One for each thread of the guest.
/// The header before a thrown object is libc++abi's for Emscripten.
/// </summary>
internal sealed class CxxExceptions(GuestThread thread)
{
    private const uint HeaderSize = 24, Type = 4, Destructor = 8, Caught = 12, Rethrown = 13, AdjustedPointer = 16;

    // A guest that catches without ever leaving its handlers would fill the host's memory.
    private const int MaximumCaught = 100_000;

    private readonly Stack<uint> caught = new();
    private uint last;

    private WasmMemory Memory => thread.Memory;

    /// <summary>Exceptions thrown and not caught yet.</summary>
    public int Uncaught { get; private set; }

    public uint Allocate(uint size, CancellationToken token) => thread.Allocate(size + HeaderSize, token) is not 0 and var block ? block + HeaderSize : 0;

    public void Free(uint pointer, CancellationToken token) => thread.Call(token, "free", [pointer - HeaderSize]);

    public Exception Throw(uint pointer, uint type, uint destructor)
    {
        var header = pointer - HeaderSize;
        Memory.AsSpan(header, (int)HeaderSize).Clear();
        Memory.Write(header + Type, type);
        Memory.Write(header + Destructor, destructor);
        last = pointer;
        Uncaught++;
        return new CxxThrow(pointer);
    }

    public Exception Rethrow()
    {
        if (!caught.TryPop(out var pointer))
            return new WasmTrapException(TrapCode.Unreachable, "the guest rethrows an exception while it handles none");
        var header = pointer - HeaderSize;
        if (Memory.Read<byte>(header + Rethrown) == 0)
        {
            // The handler that is being left pops it again, without destroying it.
            caught.Push(pointer);
            Memory.Write<byte>(header + Rethrown, 1);
            Memory.Write<byte>(header + Caught, 0);
            Uncaught++;
        }
        last = pointer;
        return new CxxThrow(pointer);
    }

    public Exception Resume(uint pointer)
    {
        if (last == 0)
            last = pointer;
        return new CxxThrow(last);
    }

    /// <summary>Which of the types of a landing pad catches the exception on its way: the object, and in the temporary result the type.</summary>
    public uint FindCatch(ReadOnlySpan<uint> types, CancellationToken token)
    {
        if (last == 0)
        {
            thread.SetTemporaryResult(0, token);
            return 0;
        }
        var header = last - HeaderSize;
        Memory.Write(header + AdjustedPointer, last);
        var thrownType = Memory.Read<uint>(header + Type);
        if (thrownType == 0)
        {
            // Thrown by something that is not C++.
            thread.SetTemporaryResult(0, token);
            return last;
        }
        foreach (var type in types)
        {
            if (type == 0 || type == thrownType)
                break;
            if (thread.Call(token, "__cxa_can_catch", [type, thrownType, header + AdjustedPointer]) != 0)
            {
                thread.SetTemporaryResult((int)type, token);
                return last;
            }
        }
        thread.SetTemporaryResult((int)thrownType, token);
        return last;
    }

    public uint BeginCatch(uint pointer, CancellationToken token)
    {
        var header = pointer - HeaderSize;
        if (Memory.Read<byte>(header + Caught) == 0)
        {
            Memory.Write<byte>(header + Caught, 1);
            Uncaught--;
        }
        Memory.Write<byte>(header + Rethrown, 0);
        if (caught.Count == MaximumCaught)
            throw new WasmTrapException(TrapCode.AllocationRefused, $"the guest handles {MaximumCaught} exceptions at once");
        caught.Push(pointer);
        AddReference(pointer, 1);
        return ExceptionPointer(pointer, token);
    }

    public void EndCatch(CancellationToken token)
    {
        thread.SetThrew(0, token);
        if (!caught.TryPop(out var pointer))
            return;
        last = 0;
        if (AddReference(pointer, -1) == 0 && Memory.Read<byte>(pointer - HeaderSize + Rethrown) == 0)
            Destroy(pointer, token);
    }

    /// <summary>Where the handler finds its object: of a pointer, the pointer; of a class, the base class it catches.</summary>
    public uint ExceptionPointer(uint pointer, CancellationToken token)
    {
        var header = pointer - HeaderSize;
        if (thread.Call(token, "__cxa_is_pointer_type", [Memory.Read<uint>(header + Type)]) != 0)
            return Memory.Read<uint>(pointer);
        return Memory.Read<uint>(header + AdjustedPointer) is not 0 and var adjusted ? adjusted : pointer;
    }

    /// <summary>std::current_exception: the exception handled now, with a reference more; 0 if there is none.</summary>
    public uint CurrentPrimary()
    {
        if (!caught.TryPeek(out var pointer))
            return 0;
        AddReference(pointer, 1);
        return pointer;
    }

    /// <summary>std::rethrow_exception.</summary>
    public Exception RethrowPrimary(uint pointer)
    {
        caught.Push(pointer);
        Memory.Write<byte>(pointer - HeaderSize + Rethrown, 1);
        AddReference(pointer, 1);
        return Rethrow();
    }

    public void AddReference(uint pointer)
    {
        if (pointer != 0)
            AddReference(pointer, 1);
    }

    public void RemoveReference(uint pointer, CancellationToken token)
    {
        if (pointer != 0 && AddReference(pointer, -1) == 0)
            Destroy(pointer, token);
    }

    /// <summary>For whoever runs the guest: the type's name as the compiler mangled it, if it can be found.</summary>
    public string Describe(uint pointer)
    {
        const uint TypeName = 4;
        try
        {
            var type = Memory.Read<uint>(pointer - HeaderSize + Type);
            return $"uncaught exception: the guest threw a C++ object of type {Memory.ReadCString(Memory.Read<uint>(type + TypeName), 256)} (as mangled)";
        }
        catch (ArgumentOutOfRangeException)
        {
            return "uncaught exception: the guest threw a C++ object";
        }
    }

    /// <summary>Atomically: exception pointers may be shared between threads.</summary>
    private int AddReference(uint pointer, int count) => Memory.AtomicAdd32(pointer - HeaderSize, count) + count;

    private void Destroy(uint pointer, CancellationToken token)
    {
        if (Memory.Read<uint>(pointer - HeaderSize + Destructor) is not 0 and var destructor)
            thread.CallTable(token, destructor, [pointer]);
        Free(pointer, token);
    }
}
