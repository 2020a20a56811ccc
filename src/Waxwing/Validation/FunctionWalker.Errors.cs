using System.Text;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// Errors. The words are those of the reference interpreter, which the suites expect.
internal ref partial struct FunctionWalker<TConsumer>
{
    private const int ShownTypes = 8;

    private readonly string Name => InstructionTable.Info(instruction.Opcode).Name;

    private readonly WasmValidationException Invalid(string phrase, string? detail = null) => new(phrase, instruction.Offset, detail, function);

    /// <summary>
    /// Code that stops with blocks open. The reference interpreter reads on into what follows, and the suites expect the error that it then meets.
    /// </summary>
    private readonly WasmFormatException MissingEnd()
    {
        const byte End = 0x0B;
        var at = reader.Position;
        var module = context.Module.Bytes.Span;
        var phrase = at >= module.Length ? "unexpected end of section or function" : module[at] == End ? "section size mismatch" : "END opcode expected";
        return new(phrase, at, $"{depth} blocks are open at the end of the body");
    }

    private readonly WasmValidationException Unknown(string space, int index, int count) =>
        new($"unknown {space} {(uint)index}", instruction.Offset, count == 0 ? $"there is no {space}" : $"{count} exist", function);

    private readonly WasmValidationException Mismatch(int expected) => Mismatch([expected]);

    private readonly WasmValidationException Mismatch(scoped ReadOnlySpan<int> expected) =>
        Invalid("type mismatch", $"instruction requires [{List(expected)}] but stack has [{List(Top(expected.Length))}] at {Name}");

    private readonly WasmValidationException Mismatch(string expected) =>
        Invalid("type mismatch", $"{Name} requires {expected} but stack has [{List(Top(1))}]");

    private readonly ReadOnlySpan<int> Top(int count)
    {
        var shown = Math.Min(height - floor, count);
        return operands.Slice(height - shown, shown);
    }

    private readonly string List(scoped ReadOnlySpan<int> list)
    {
        var text = new StringBuilder();
        // The top of the stack is what matters, so the front is what a long list loses.
        if (list.Length > ShownTypes)
            text.Append("... ");
        foreach (var type in list[Math.Max(0, list.Length - ShownTypes)..])
            text.Append(text.Length == 0 || text[^1] == ' ' ? "" : " ").Append(Show(type));
        return text.ToString();
    }

    private readonly string Show(int type) => type switch
    {
        ValueCode.Bottom => "bot",
        ValueCode.BottomReference => "(ref bot)",
        _ => TypeNames.Write(ValueCode.Type(type)),
    };

    private readonly string Show(ValType type) => Show(ValueCode.Of(type));
}
