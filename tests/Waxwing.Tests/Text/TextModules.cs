using System.Text;
using Waxwing.Binary;
using Encoder = Waxwing.Binary.Encoder;
using Waxwing.Syntax;
using Waxwing.Text;

namespace Waxwing.Tests.Text;

/// <summary>Shorthands for text in and out.</summary>
internal static class TextModules
{
    public static Module Parse(string text, WasmFeatures features = WasmFeatures.All, WasmLimits? limits = null) =>
        Parser.Parse(text.AsMemory(), features, limits ?? WasmLimits.Default);

    public static string Print(Module module)
    {
        var writer = new StringWriter();
        Printer.Print(module, writer);
        return writer.ToString();
    }

    public static byte[] Encode(string text) => Encoder.Encode(Parse(text));

    /// <summary>The error of a malformed text as `phrase[: detail] (at line:column)`.</summary>
    public static string Error(string text, WasmFeatures features = WasmFeatures.All, WasmLimits? limits = null) =>
        Assert.Throws<WasmFormatException>(() => Parse(text, features, limits)).Message;

    /// <summary>The code of the first function, locals included, in hexadecimal.</summary>
    public static string Body(string text)
    {
        var module = Parse(text);
        return Convert.ToHexString(module.Slice(module.Code[0].Range));
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Repeat(string part, int count) => new StringBuilder(part.Length * count).Insert(0, part, count).ToString();
}
