using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The custom section of branch hints: function, offset in its body, likely or not.</summary>
internal static class BranchHints
{
    public const string SectionName = "metadata.code.branch_hint";

    public static byte[] Write(Dictionary<int, List<(int Offset, byte Likely)>> hints)
    {
        var section = new ByteWriter();
        section.Index(hints.Count);
        foreach (var (function, entries) in hints)
        {
            section.Index(function);
            section.Index(entries.Count);
            foreach (var (offset, likely) in entries)
            {
                section.Index(offset);
                section.Byte(1);
                section.Byte(likely);
            }
        }
        return section.ToArray();
    }

    /// <summary>The hints of a module by function and offset; null if the section is malformed or there is none.</summary>
    public static Dictionary<(int Function, int Offset), byte>? TryRead(CustomSection section)
    {
        var hints = new Dictionary<(int, int), byte>();
        try
        {
            var reader = new ByteReader(section.Content.Span);
            for (var functions = reader.ReadLength(); functions > 0; functions--)
            {
                var function = (int)reader.ReadU32();
                for (var count = reader.ReadLength(); count > 0; count--)
                {
                    var offset = (int)reader.ReadU32();
                    if (reader.ReadU32() != 1 || reader.PeekByte() > 1 || !hints.TryAdd((function, offset), reader.ReadByte()))
                        return null;
                }
            }
            return reader.IsAtEnd ? hints : null;
        }
        catch (WasmFormatException)
        {
            return null;
        }
    }
}
