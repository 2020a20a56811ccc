using Waxwing.Binary;

namespace Waxwing.Text;

/// <summary>Encodes the content of a name section, appendix "Custom Sections" of the specification with the subsections of its extension.</summary>
internal static class NameSectionWriter
{
    /// <summary>The content, empty if there are no names.</summary>
    public static byte[] Write(NameSectionContent names)
    {
        var section = new ByteWriter();
        var subsection = new ByteWriter();
        if (names.Module is not null)
        {
            subsection.Vector(names.Module);
            Finish(0);
        }
        Direct(1, names.Functions);
        Indirect(2, names.Locals);
        Indirect(3, names.Labels);
        Direct(4, names.Types);
        Direct(5, names.Tables);
        Direct(6, names.Memories);
        Direct(7, names.Globals);
        Direct(8, names.Elements);
        Direct(9, names.Data);
        Indirect(10, names.Fields);
        Direct(11, names.Tags);
        return section.ToArray();

        void Direct(byte id, List<IndexedName> entries)
        {
            if (entries.Count == 0)
                return;
            Map(entries);
            Finish(id);
        }

        void Indirect(byte id, List<IndexedNames> groups)
        {
            if (groups.Count == 0)
                return;
            subsection.Index(groups.Count);
            foreach (var group in groups)
            {
                subsection.Index(group.Index);
                Map(group.Names);
            }
            Finish(id);
        }

        void Map(List<IndexedName> entries)
        {
            subsection.Index(entries.Count);
            foreach (var entry in entries)
            {
                subsection.Index(entry.Index);
                subsection.Vector(entry.Name);
            }
        }

        void Finish(byte id)
        {
            section.Section(id, subsection.Written);
            subsection.Truncate(0);
        }
    }
}
