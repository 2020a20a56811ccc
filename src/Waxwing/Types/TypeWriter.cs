namespace Waxwing.Types;

/// <summary>Writes canonical types in the text format, for messages.</summary>
internal static class TypeWriter
{
    public static string Write(DefinedType type) => throw new NotImplementedException();
}
