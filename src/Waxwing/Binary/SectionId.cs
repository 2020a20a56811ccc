using Waxwing.Instructions;

namespace Waxwing.Binary;

/// <summary>Ids of the sections: 5.5.2 of the specification.</summary>
internal enum SectionId : byte
{
    Custom = 0, Type = 1, Import = 2, Function = 3, Table = 4, Memory = 5, Global = 6, Export = 7, Start = 8, Element = 9, Code = 10, Data = 11, DataCount = 12,
    Tag = 13,
}

internal static class SectionOrder
{
    /// <summary>All sections but custom ones, in the order they have in a module.</summary>
    public static ReadOnlySpan<SectionId> All =>
    [
        SectionId.Type, SectionId.Import, SectionId.Function, SectionId.Table, SectionId.Memory, SectionId.Tag, SectionId.Global, SectionId.Export,
        SectionId.Start, SectionId.Element, SectionId.DataCount, SectionId.Code, SectionId.Data,
    ];

    /// <summary>Place in the order, from 1; 0 for a custom section.</summary>
    public static int Order(this SectionId id) => All.IndexOf(id) + 1;

    /// <summary>Whether an instruction is matched by a later <c>end</c> or <c>delegate</c>.</summary>
    public static bool OpensBlock(this Opcode opcode) => opcode is Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable;

    public static bool ClosesBlock(this Opcode opcode) => opcode is Opcode.End or Opcode.Delegate;
}
