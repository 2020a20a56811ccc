using System.Text;

namespace Waxwing.Emscripten.Linking;

/// <summary>The section of a dynamically linked module, "dylink.0" or the older "dylink": what it needs of the memory and the table, and which other modules.</summary>
internal sealed class Dylink
{
    private const int MemoryInformation = 1, Needed = 2, ExportInformation = 3, ImportInformation = 4;

    private const ulong WeakBinding = 1, ThreadLocal = 0x100;

    // An address space has no more; nobody aligns to a whole page and more.
    private const int LargestAlignment = 16;

    private readonly HashSet<string> weak = new(StringComparer.Ordinal);
    private readonly HashSet<string> threadLocal = new(StringComparer.Ordinal);
    private readonly List<string> libraries = [];

    public uint MemorySize { get; private set; }

    /// <summary>As a power of 2.</summary>
    public int MemoryAlignment { get; private set; }

    public uint TableSize { get; private set; }

    /// <summary>Names of the side modules that must be there first.</summary>
    public IReadOnlyList<string> Libraries => libraries;

    /// <summary>Whether a symbol may be missing: its address is 0 then.</summary>
    public bool IsWeak(string symbol) => weak.Contains(symbol);

    /// <summary>Whether an exported variable is one of which each thread has its own.</summary>
    public bool IsThreadLocal(string symbol) => threadLocal.Contains(symbol);

    /// <summary>The section of a module, or null.</summary>
    /// <exception cref="WasmLinkException">It is malformed.</exception>
    public static Dylink? Find(WasmModule module)
    {
        foreach (var section in module.CustomSections)
        {
            if (section.Name is not ("dylink.0" or "dylink"))
                continue;
            var rest = section.Content.Span;
            var dylink = new Dylink();
            if (section.Name == "dylink")
                dylink.ReadOld(ref rest);
            else
                dylink.Read(rest);
            return dylink.MemoryAlignment <= LargestAlignment ? dylink : throw Malformed($"an alignment of 2^{dylink.MemoryAlignment} bytes");
        }
        return null;
    }

    private void ReadOld(ref ReadOnlySpan<byte> rest)
    {
        ReadSizes(ref rest);
        ReadNeeded(ref rest);
    }

    private void Read(ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 0)
        {
            var kind = rest[0];
            rest = rest[1..];
            var content = Take(ref rest, Number(ref rest));
            switch (kind)
            {
                case MemoryInformation:
                    ReadSizes(ref content);
                    break;
                case Needed:
                    ReadNeeded(ref content);
                    break;
                case ExportInformation:
                    for (var count = Number(ref content); count > 0; count--)
                    {
                        var symbol = Name(ref content);
                        if ((Number(ref content) & ThreadLocal) != 0)
                            threadLocal.Add(symbol);
                    }
                    break;
                case ImportInformation:
                    for (var count = Number(ref content); count > 0; count--)
                    {
                        Name(ref content);
                        var symbol = Name(ref content);
                        if ((Number(ref content) & WeakBinding) != 0)
                            weak.Add(symbol);
                    }
                    break;
            }
        }
    }

    private void ReadSizes(ref ReadOnlySpan<byte> rest)
    {
        MemorySize = (uint)Number(ref rest);
        MemoryAlignment = (int)Math.Min(Number(ref rest), int.MaxValue);
        TableSize = (uint)Number(ref rest);
        Number(ref rest); // alignment of the table, which every place has
    }

    private void ReadNeeded(ref ReadOnlySpan<byte> rest)
    {
        for (var count = Number(ref rest); count > 0; count--)
            libraries.Add(Name(ref rest));
    }

    private static string Name(ref ReadOnlySpan<byte> rest) => Encoding.UTF8.GetString(Take(ref rest, Number(ref rest)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, ulong length)
    {
        if (length > (ulong)rest.Length)
            throw Malformed("unexpected end");
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    /// <summary>An unsigned 32-bit LEB128 number.</summary>
    private static ulong Number(ref ReadOnlySpan<byte> rest)
    {
        var value = 0UL;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Take(ref rest, 1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value <= uint.MaxValue ? value : throw Malformed("integer too large");
        }
        throw Malformed("integer representation too long");
    }

    private static WasmLinkException Malformed(string detail) => new($"malformed custom section: the module's section for dynamic linking: {detail}", []);
}
