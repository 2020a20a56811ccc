using System.Text;

namespace Waxwing.Types;

/// <summary>Writes canonical types in the text format, for messages: types inside types only to a small depth, and never more than a few hundred characters.</summary>
internal static class TypeWriter
{
    private const int MaximumDepth = 2;
    private const int MaximumLength = 400;

    public static string Write(DefinedType type)
    {
        var text = new StringBuilder();
        Write(text, type, depth: 0);
        return text.ToString();
    }

    // Recursion ends at MaximumDepth, whatever the types refer to.
    private static void Write(StringBuilder text, DefinedType type, int depth)
    {
        if (depth >= MaximumDepth)
        {
            text.Append(type.IsFunction ? "(func ...)" : type.IsStruct ? "(struct ...)" : "(array ...)");
            return;
        }
        var isPlain = type.IsFinal && type.Supertype is null;
        if (!isPlain)
        {
            text.Append(type.IsFinal ? "(sub final " : "(sub ");
            if (type.Supertype is not null)
            {
                Write(text, type.Supertype, MaximumDepth);
                text.Append(' ');
            }
        }
        if (type.IsFunction)
        {
            text.Append("(func");
            WriteList(text, "param", type.ParameterTypes, depth);
            WriteList(text, "result", type.ResultTypes, depth);
        }
        else
        {
            text.Append(type.IsStruct ? "(struct" : "(array");
            WriteFields(text, type, depth);
        }
        text.Append(isPlain ? ")" : "))");
    }

    private static void WriteList(StringBuilder text, string keyword, ValueType[] types, int depth)
    {
        if (types.Length == 0)
            return;
        text.Append(" (").Append(keyword);
        foreach (var type in types)
        {
            text.Append(' ');
            if (IsFull(text))
                break;
            Write(text, type, depth);
        }
        text.Append(')');
    }

    private static void WriteFields(StringBuilder text, DefinedType type, int depth)
    {
        foreach (var field in type.FieldTypes)
        {
            text.Append(type.IsStruct ? " (field " : " ");
            if (!IsFull(text))
            {
                text.Append(field.IsMutable ? "(mut " : "");
                if (field.PackedBits != 0)
                    text.Append('i').Append(field.PackedBits);
                else
                    Write(text, field.Type, depth);
                text.Append(field.IsMutable ? ")" : "");
            }
            text.Append(type.IsStruct ? ")" : "");
            if (text.Length > MaximumLength)
                break;
        }
    }

    private static void Write(StringBuilder text, ValueType type, int depth)
    {
        if (!type.IsReference || type.Heap.Definition is not { } definition)
        {
            text.Append(type);
            return;
        }
        text.Append(type.IsNullable ? "(ref null " : "(ref ");
        Write(text, definition, depth + 1);
        text.Append(')');
    }

    private static bool IsFull(StringBuilder text)
    {
        if (text.Length <= MaximumLength)
            return false;
        text.Append("...");
        return true;
    }
}
