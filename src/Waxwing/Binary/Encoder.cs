using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>
/// The binary format: <see cref="Module"/> to bytes. Integers outside of code take their shortest form and every construct its shortest encoding;
/// expressions and bodies are copied as they are, custom sections keep their places. Sections without entries are left out.
/// </summary>
internal sealed partial class Encoder
{
    private readonly Module module;
    private readonly ByteWriter output;
    private readonly ByteWriter content = new(4096);

    private Encoder(Module module)
    {
        this.module = module;
        output = new ByteWriter(module.Bytes.Length + 256);
    }

    public static byte[] Encode(Module module)
    {
        var encoder = new Encoder(module);
        encoder.WriteModule();
        return encoder.output.ToArray();
    }

    private void WriteModule()
    {
        output.Bytes("\0asm\x01\0\0\0"u8);
        var custom = 0;
        WriteCustomSections(SectionId.Custom, ref custom);
        foreach (var id in SectionOrder.All)
        {
            WriteSection(id);
            WriteCustomSections(id, ref custom);
        }
        // A module built by hand may list its custom sections out of order: none is lost.
        for (; custom < module.CustomSections.Count; custom++)
            WriteCustomSection(module.CustomSections[custom]);
    }

    private void WriteCustomSections(SectionId after, ref int next)
    {
        for (; next < module.CustomSections.Count && ((SectionId)module.CustomSections[next].After).Order() <= after.Order(); next++)
            WriteCustomSection(module.CustomSections[next]);
    }

    private void WriteCustomSection(CustomSection section)
    {
        content.Name(section.Name);
        content.Bytes(section.Content.Span);
        WriteContent(SectionId.Custom);
    }

    private void WriteSection(SectionId id)
    {
        switch (id)
        {
            case SectionId.Type when module.RecursionGroups.Count > 0:
                WriteTypes();
                break;
            case SectionId.Import when module.Imports.Count > 0:
                WriteImports();
                break;
            case SectionId.Function when module.Functions.Count > 0:
                content.Index(module.Functions.Count);
                foreach (var type in module.Functions)
                    content.Index(type);
                break;
            case SectionId.Table when module.Tables.Count > 0:
                WriteTables();
                break;
            case SectionId.Memory when module.Memories.Count > 0:
                content.Index(module.Memories.Count);
                foreach (var memory in module.Memories)
                    WriteMemoryType(memory);
                break;
            case SectionId.Tag when module.Tags.Count > 0:
                content.Index(module.Tags.Count);
                foreach (var type in module.Tags)
                    WriteTagType(type);
                break;
            case SectionId.Global when module.Globals.Count > 0:
                WriteGlobals();
                break;
            case SectionId.Export when module.Exports.Count > 0:
                WriteExports();
                break;
            case SectionId.Start when module.Start >= 0:
                content.Index(module.Start);
                break;
            case SectionId.Element when module.Elements.Count > 0:
                content.Index(module.Elements.Count);
                foreach (var segment in module.Elements)
                    WriteElementSegment(segment);
                break;
            case SectionId.DataCount when module.DataCount >= 0:
                content.Index(module.DataCount);
                break;
            case SectionId.Code when module.Code.Count > 0:
                content.Index(module.Code.Count);
                foreach (var body in module.Code)
                    content.Vector(module.Slice(body.Range));
                break;
            case SectionId.Data when module.Data.Count > 0:
                content.Index(module.Data.Count);
                foreach (var segment in module.Data)
                    WriteDataSegment(segment);
                break;
            default:
                return;
        }
        WriteContent(id);
    }

    private void WriteContent(SectionId id)
    {
        output.Section((byte)id, content.Written);
        content.Truncate(0);
    }
}
