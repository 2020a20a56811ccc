using Waxwing.Instructions;

namespace Waxwing.Validation;

/// <summary>Short ways through the walk for the most frequent instructions.</summary>
internal enum HotPath : byte { None, Local, Constant, Plain }

/// <summary>An entry for each one-byte code, made from the instruction table.</summary>
internal readonly record struct HotInstruction(Opcode Opcode, HotPath Path);

internal static class HotInstructions
{
    public static readonly HotInstruction[] All = ClassifyAll();

    private static HotInstruction[] ClassifyAll()
    {
        var all = new HotInstruction[256];
        for (var code = 0; code < all.Length; code++)
            all[code] = Classify(code);
        return all;
    }

    private static HotInstruction Classify(int code)
    {
        var opcode = code is >= 0xFB and <= 0xFE ? InstructionTable.Unknown : InstructionTable.Find(0, (uint)code);
        if (opcode == InstructionTable.Unknown)
            return default;
        var row = InstructionTable.Info((Opcode)opcode);
        return new(row.Opcode, row switch
        {
            { Opcode: Opcode.LocalGet } => HotPath.Local,
            { Opcode: Opcode.I32Const } => HotPath.Constant,
            // Of 1.0, so that no proposal need be looked at.
            { Features: WasmFeatures.Wasm1, Immediates: ImmediateKind.None, Operands.Length: 1 or 2, Results.Length: 1 } => HotPath.Plain,
            _ => HotPath.None,
        });
    }
}
