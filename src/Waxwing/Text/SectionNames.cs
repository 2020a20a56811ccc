namespace Waxwing.Text;

/// <summary>Names and order of the sections, for `(@custom "..." (before ...))`.</summary>
internal static class SectionNames
{
    // In the order of a binary module; the tag section (13) and the data count (12) came later than their place.
    private static readonly (string Name, byte Id)[] Sections =
    [
        ("first", 0), ("type", 1), ("import", 2), ("func", 3), ("table", 4), ("memory", 5), ("tag", 13), ("global", 6), ("export", 7), ("start", 8), ("elem", 9),
        ("datacount", 12), ("code", 10), ("data", 11), ("last", 11),
    ];

    public const byte Last = 11;

    /// <summary>The id of the section behind which a custom section stands that is placed before or after the section <paramref name="name"/>; -1 for an unknown one.</summary>
    public static int Place(string name, bool before)
    {
        var position = Array.FindIndex(Sections, section => section.Name == name);
        if (position < 0)
            return -1;
        if (name is "first" or "last" || !before)
            return Sections[position].Id;
        return Sections[position - 1].Id;
    }

    /// <summary>The text format's name of a section; "first" for none.</summary>
    public static string Name(byte id) => Array.Find(Sections, section => section.Id == id).Name;
}
