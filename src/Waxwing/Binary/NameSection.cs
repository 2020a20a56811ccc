using System.Text;
using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>
/// The names that a module's custom section "name" gives to its parts: the specification's appendix A.4, with the subsections of the extended name
/// section. Names stay bytes until asked for: clang has 133,000 functions. Immutable and thread-safe; a look-up is a binary search (inside a
/// function or struct: a scan of its names), and makes a new string each time.
/// </summary>
internal sealed class NameSection
{
    public const string SectionName = "name";

    private enum Subsection : byte { Module, Function, Local, Label, Type, Table, Memory, Global, Element, Data, Field, Tag }

    public static readonly NameSection Empty = new(default);

    private readonly ReadOnlyMemory<byte> content;
    private readonly NameMap?[] maps = new NameMap?[(int)Subsection.Tag + 1];

    private NameSection(ReadOnlyMemory<byte> content) => this.content = content;

    /// <summary>The module's own name, or null.</summary>
    public string? ModuleName { get; private set; }

    public string? Function(int index) => Find(Subsection.Function, index);
    public string? Local(int function, int index) => Find(Subsection.Local, function, index);
    public string? Label(int function, int index) => Find(Subsection.Label, function, index);
    public string? Type(int index) => Find(Subsection.Type, index);
    public string? Field(int type, int index) => Find(Subsection.Field, type, index);
    public string? Table(int index) => Find(Subsection.Table, index);
    public string? Memory(int index) => Find(Subsection.Memory, index);
    public string? Global(int index) => Find(Subsection.Global, index);
    public string? Element(int index) => Find(Subsection.Element, index);
    public string? Data(int index) => Find(Subsection.Data, index);
    public string? Tag(int index) => Find(Subsection.Tag, index);

    /// <summary>All named locals of a function in order, in one pass.</summary>
    public IEnumerable<KeyValuePair<int, string>> Locals(int function) => All(Subsection.Local, function);

    /// <summary>All named labels of a function in order, in one pass.</summary>
    public IEnumerable<KeyValuePair<int, string>> Labels(int function) => All(Subsection.Label, function);

    /// <summary>All named fields of a type in order, in one pass.</summary>
    public IEnumerable<KeyValuePair<int, string>> Fields(int type) => All(Subsection.Field, type);

    /// <summary>The names in a module. Custom sections cannot make a module malformed: of a broken subsection and what follows it, the names are absent.</summary>
    public static NameSection Of(Module module)
    {
        foreach (var section in module.CustomSections)
        {
            if (section.Name != SectionName)
                continue;
            var names = new NameSection(section.Content);
            try
            {
                names.Parse();
            }
            catch (WasmFormatException)
            {
            }
            return names;
        }
        return Empty;
    }

    /// <summary>Reads the section's content and minds every rule.</summary>
    /// <exception cref="WasmFormatException">The section breaks a rule; the offset counts from the beginning of the content.</exception>
    public static NameSection ParseStrictly(ReadOnlyMemory<byte> content)
    {
        var names = new NameSection(content);
        names.Parse();
        return names;
    }

    private void Parse()
    {
        var reader = new ByteReader(content.Span);
        for (var last = -1; !reader.IsAtEnd;)
        {
            var start = reader.Position;
            var id = reader.ReadByte();
            if (id <= last)
                throw new WasmFormatException("malformed name section", start, $"subsection {id} after {last}");
            last = id;
            var size = reader.ReadLength();
            var end = reader.Position + size;
            if (end > reader.End)
                reader.ThrowUnexpectedEnd();
            var subsection = new ByteReader(content.Span, reader.Position, end);
            reader.Skip(size);
            // Unknown subsections are for later versions of the format.
            if (id > (byte)Subsection.Tag)
                continue;
            string? name = null;
            NameMap? map = null;
            if (id == (byte)Subsection.Module)
                name = subsection.ReadName(int.MaxValue);
            else
                map = NameMap.Read(ref subsection, (Subsection)id is Subsection.Local or Subsection.Label or Subsection.Field);
            if (!subsection.IsAtEnd)
                throw new WasmFormatException("section size mismatch", subsection.Position, $"subsection {id}");
            ModuleName ??= name;
            maps[id] = map;
        }
    }

    private string? Find(Subsection subsection, int index) => maps[(int)subsection] is { } map ? String(map.Find(index)) : null;

    private string? Find(Subsection subsection, int outer, int index)
    {
        if (maps[(int)subsection]?.Find(outer) is not (>= 0 and var offset))
            return null;
        return String(NameMap.Scan(new ByteReader(content.Span, offset, content.Length), index));
    }

    private List<KeyValuePair<int, string>> All(Subsection subsection, int outer)
    {
        var names = new List<KeyValuePair<int, string>>();
        if (maps[(int)subsection]?.Find(outer) is not (>= 0 and var offset))
            return names;
        var reader = new ByteReader(content.Span, offset, content.Length);
        for (var count = reader.ReadLength(); count > 0; count--)
            names.Add(new((int)reader.ReadU32(), reader.ReadName(int.MaxValue)));
        return names;
    }

    /// <summary>The name whose length is at an offset, which was checked when the section was parsed.</summary>
    private string? String(int offset)
    {
        if (offset < 0)
            return null;
        var reader = new ByteReader(content.Span, offset, content.Length);
        return Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadLength()));
    }
}
