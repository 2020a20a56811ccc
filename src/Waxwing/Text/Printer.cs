using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The text format: <see cref="Module"/> to text.</summary>
internal static class Printer
{
    public static void Print(Module module, TextWriter writer) => throw new NotImplementedException();
}
