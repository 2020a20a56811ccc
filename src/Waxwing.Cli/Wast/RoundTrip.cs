using System.Globalization;
using Waxwing.Binary;
using Waxwing.Syntax;
using Waxwing.Text;

namespace Waxwing.Cli.Wast;

/// <summary>Checks that a module survives the way through both formats.</summary>
internal static class RoundTrip
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(ScriptModule module, WasmModuleOptions options)
    {
        try
        {
            // A binary may spell numbers in more bytes than needed; printing and parsing spells them as they are spelt here.
            var given = module.Load(options.Features, options.Limits);
            var binary = Encoder.Encode(given);
            var decoded = Decoder.Decode(binary, options.Features, options.Limits);
            if (!Encoder.Encode(decoded).AsSpan().SequenceEqual(binary))
                return "encode(decode(bytes)) differs from bytes";
            var text = Print(decoded);
            var parsed = Parser.Parse(text.AsMemory(), options.Features, options.Limits);
            var again = Encoder.Encode(parsed);
            if (module.Form != ModuleForm.Binary && !again.AsSpan().SequenceEqual(binary))
                return $"encode(parse(print(m))) differs from encode(m) at {Difference(binary, again)}";
            return Print(Decoder.Decode(again, options.Features, options.Limits)) == text ? null : "print(parse(print(m))) differs from print(m)";
        }
        catch (WasmException problem)
        {
            return problem.Message;
        }
    }

    private static string Print(Module module)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        Printer.Print(module, writer);
        return writer.ToString();
    }

    private static string Difference(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        $"offset 0x{left.CommonPrefixLength(right):x} ({left.Length} and {right.Length} bytes)";
}
