using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.AssemblyScript;

/// <summary>
/// Strings, buffers and arrays of an instance compiled by AssemblyScript, by their pointers: an exported function that takes or returns an object takes or returns one. To make objects, the
/// module must be compiled with <c>--exportRuntime</c>; reading needs nothing. A new object lives until the guest's collector runs, which may be in any call of the guest and any creation of
/// another object: pin what must live longer. As thread-safe as the guest is. Numbers are little-endian, as the guest has them, on little-endian machines.
/// </summary>
public sealed class AssemblyScriptObjects
{
    // Before each object: class and size in bytes.
    private const int ClassOffset = 8, SizeOffset = 4;

    private const int ArrayBufferClass = 1, StringClass = 2;

    // A view, and the start of an array: buffer, first byte, bytes; an array has its length in addition.
    private const int ViewSize = 12, ArraySize = 16;

    private readonly WasmInstance instance;
    private WasmFunction? create;

    /// <summary>The objects of an instance.</summary>
    /// <param name="instance">An instance of a module compiled by AssemblyScript.</param>
    public AssemblyScriptObjects(WasmInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        this.instance = instance;
        Memory = instance.Memory;
    }

    /// <summary>The guest's memory.</summary>
    public WasmMemory Memory { get; }

    /// <summary>Reads a string; null for a null pointer. Lone surrogates stay as they are.</summary>
    /// <param name="pointer">A pointer to a string.</param>
    /// <exception cref="ArgumentOutOfRangeException">It points to no string within the memory.</exception>
    public string? ReadString(int pointer) => ReadString(Memory, pointer);

    /// <summary>Makes a string.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>A pointer to it.</returns>
    /// <exception cref="InvalidOperationException">The module does not export its runtime.</exception>
    public int NewString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pointer = New(checked(2 * text.Length), StringClass);
        MemoryMarshal.AsBytes(text.AsSpan()).CopyTo(Memory.AsSpan((uint)pointer, 2 * text.Length));
        return pointer;
    }

    /// <summary>The bytes of an ArrayBuffer: a live view, valid as long as the object.</summary>
    /// <param name="pointer">A pointer to an ArrayBuffer.</param>
    /// <exception cref="ArgumentOutOfRangeException">It points to nothing such within the memory.</exception>
    public Span<byte> ReadArrayBuffer(int pointer) => Memory.AsSpan((uint)pointer, Size(Memory, pointer));

    /// <summary>Makes an ArrayBuffer.</summary>
    /// <param name="bytes">Its content.</param>
    /// <returns>A pointer to it.</returns>
    /// <exception cref="InvalidOperationException">The module does not export its runtime.</exception>
    public int NewArrayBuffer(ReadOnlySpan<byte> bytes)
    {
        var pointer = New(bytes.Length, ArrayBufferClass);
        bytes.CopyTo(Memory.AsSpan((uint)pointer, bytes.Length));
        return pointer;
    }

    /// <summary>The items of a typed array such as Int32Array: a live view, valid as long as the object.</summary>
    /// <typeparam name="T">A number type of the item's size.</typeparam>
    /// <param name="pointer">A pointer to a typed array.</param>
    /// <exception cref="ArgumentOutOfRangeException">It points to nothing such within the memory.</exception>
    public Span<T> ReadTypedArray<T>(int pointer) where T : unmanaged
    {
        var bytes = Memory.Read<int>((uint)pointer + 8L);
        return Memory.AsSpan<T>(Memory.Read<uint>((uint)pointer + 4L), NonNegative(bytes, pointer) / Unsafe.SizeOf<T>());
    }

    /// <summary>The items of an array such as Array&lt;f64&gt;: a live view, valid until the guest changes its length. Items that are objects are their pointers, as <c>int</c>.</summary>
    /// <typeparam name="T">A number type of the item's size.</typeparam>
    /// <param name="pointer">A pointer to an array.</param>
    /// <exception cref="ArgumentOutOfRangeException">It points to nothing such within the memory.</exception>
    public Span<T> ReadArray<T>(int pointer) where T : unmanaged =>
        Memory.AsSpan<T>(Memory.Read<uint>((uint)pointer + 4L), NonNegative(Memory.Read<int>((uint)pointer + 12L), pointer));

    /// <summary>The items of a StaticArray: a live view, valid as long as the object.</summary>
    /// <typeparam name="T">A number type of the item's size.</typeparam>
    /// <param name="pointer">A pointer to a static array.</param>
    /// <exception cref="ArgumentOutOfRangeException">It points to nothing such within the memory.</exception>
    public Span<T> ReadStaticArray<T>(int pointer) where T : unmanaged => Memory.AsSpan<T>((uint)pointer, Size(Memory, pointer) / Unsafe.SizeOf<T>());

    /// <summary>Makes a typed array such as Int32Array.</summary>
    /// <typeparam name="T">The item's number type.</typeparam>
    /// <param name="items">Its items.</param>
    /// <param name="classId">Its class, <c>idof</c> in the guest; 0 to find it by the item's type (a byte is Uint8Array's).</param>
    /// <returns>A pointer to it.</returns>
    /// <exception cref="InvalidOperationException">The module does not export its runtime, or does not use such a class.</exception>
    public int NewTypedArray<T>(ReadOnlySpan<T> items, int classId = 0) where T : unmanaged =>
        NewView(items, classId != 0 ? classId : FindClass<T>(ClassFlags.ArrayBufferView, "typed array"), ViewSize);

    /// <summary>Makes an array such as Array&lt;f64&gt;.</summary>
    /// <typeparam name="T">The item's number type.</typeparam>
    /// <param name="items">Its items.</param>
    /// <param name="classId">Its class, <c>idof</c> in the guest; 0 to find it by the item's type. Needed for arrays of objects, whose items are pointers.</param>
    /// <returns>A pointer to it.</returns>
    /// <exception cref="InvalidOperationException">The module does not export its runtime, or does not use such a class.</exception>
    public int NewArray<T>(ReadOnlySpan<T> items, int classId = 0) where T : unmanaged
    {
        var pointer = NewView(items, classId != 0 ? classId : FindClass<T>(ClassFlags.Array, "array"), ArraySize);
        Memory.Write((uint)pointer + 12L, items.Length);
        return pointer;
    }

    /// <summary>Makes a StaticArray.</summary>
    /// <typeparam name="T">The item's number type.</typeparam>
    /// <param name="items">Its items.</param>
    /// <param name="classId">Its class, <c>idof</c> in the guest; 0 to find it by the item's type.</param>
    /// <returns>A pointer to it.</returns>
    /// <exception cref="InvalidOperationException">The module does not export its runtime, or does not use such a class.</exception>
    public int NewStaticArray<T>(ReadOnlySpan<T> items, int classId = 0) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(items);
        var pointer = New(bytes.Length, classId != 0 ? classId : FindClass<T>(ClassFlags.StaticArray, "static array"));
        bytes.CopyTo(Memory.AsSpan((uint)pointer, bytes.Length));
        return pointer;
    }

    /// <summary>The class of an object, <c>idof</c> in the guest.</summary>
    /// <param name="pointer">A pointer to an object.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the memory.</exception>
    public int ClassOf(int pointer) => Memory.Read<int>((uint)pointer - (long)ClassOffset);

    /// <summary>Keeps an object alive until <see cref="Unpin"/>; may be called again and again.</summary>
    /// <param name="pointer">A pointer to an object.</param>
    /// <returns>The pointer.</returns>
    /// <exception cref="InvalidOperationException">The module does not export its runtime.</exception>
    public int Pin(int pointer) => Runtime("__pin").Invoke(pointer)[0].AsInt32();

    /// <summary>Undoes one <see cref="Pin"/>.</summary>
    /// <param name="pointer">A pinned object.</param>
    /// <exception cref="InvalidOperationException">The module does not export its runtime.</exception>
    public void Unpin(int pointer) => Runtime("__unpin").Invoke(pointer);

    /// <summary>Runs the guest's collector.</summary>
    /// <exception cref="InvalidOperationException">The module does not export its runtime.</exception>
    public void Collect() => Runtime("__collect").Invoke();

    internal static string? ReadString(WasmMemory memory, int pointer)
    {
        if (pointer == 0)
            return null;
        var units = memory.AsSpan<char>((uint)pointer, Size(memory, pointer) / 2);
        return new(units);
    }

    private static int Size(WasmMemory memory, int pointer) => NonNegative(memory.Read<int>((uint)pointer - (long)SizeOffset), pointer);

    private static int NonNegative(int size, int pointer) =>
        size >= 0 ? size : throw new ArgumentOutOfRangeException(nameof(pointer), pointer, "There is no object of AssemblyScript's at this address: its size would be negative.");

    private int New(int size, int classId)
    {
        create ??= Runtime("__new");
        return create.Invoke(size, classId)[0].AsInt32();
    }

    private int NewView<T>(ReadOnlySpan<T> items, int classId, int size) where T : unmanaged
    {
        // The second allocation may run the collector, which does not know of the first object yet.
        var buffer = Pin(NewArrayBuffer(MemoryMarshal.AsBytes(items)));
        try
        {
            var pointer = New(size, classId);
            Memory.Write((uint)pointer, buffer);
            Memory.Write((uint)pointer + 4L, buffer);
            Memory.Write((uint)pointer + 8L, items.Length * Unsafe.SizeOf<T>());
            if (instance.TryGetFunction("__link", out var link))
                link.Invoke(pointer, buffer, 0);
            return pointer;
        }
        finally
        {
            Unpin(buffer);
        }
    }

    /// <summary>The first class whose flags say that it holds such numbers.</summary>
    private int FindClass<T>(ClassFlags kind, string description) where T : unmanaged
    {
        const ClassFlags Compared = ClassFlags.ArrayBufferView | ClassFlags.Array | ClassFlags.StaticArray | ClassFlags.Values | ClassFlags.Signed | ClassFlags.Float | ClassFlags.Managed;
        var wanted = kind | (ClassFlags)((uint)ClassFlags.OneByte << int.Log2(Unsafe.SizeOf<T>()));
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
            wanted |= ClassFlags.Float | ClassFlags.Signed;
        else if (typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long))
            wanted |= ClassFlags.Signed;
        var table = (uint)(instance.GetExport("__rtti_base") as WasmGlobal ?? throw NoRuntime("__rtti_base")).Value;
        var count = Memory.Read<uint>(table);
        for (var id = 0u; id < count && id < int.MaxValue; id++)
        {
            if (((ClassFlags)Memory.Read<uint>(table + 4L + 4L * id) & Compared) == wanted)
                return (int)id;
        }
        throw new InvalidOperationException($"The module uses no {description} of {typeof(T).Name}: pass the class's number, idof in the guest.");
    }

    private WasmFunction Runtime(string name) => instance.TryGetFunction(name, out var function) ? function : throw NoRuntime(name);

    private InvalidOperationException NoRuntime(string name) => new($"{instance} does not export {name}: compile it with --exportRuntime.");

    /// <summary>What the compiler says of a class in its table.</summary>
    [Flags]
    private enum ClassFlags : uint
    {
        ArrayBufferView = 1,
        Array = 2,
        StaticArray = 4,
        OneByte = 64,
        Values = 0x7C0,
        Signed = 0x800,
        Float = 0x1000,
        Managed = 0x4000,
    }
}
