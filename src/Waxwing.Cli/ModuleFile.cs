using Waxwing.Binary;
using Waxwing.Syntax;
using Waxwing.Text;

namespace Waxwing.Cli;

/// <summary>A module named on the command line: a file, or standard input for <c>-</c>, in the binary or the text format.</summary>
internal static class ModuleFile
{
    /// <summary>The file's bytes.</summary>
    /// <exception cref="LoadException">It cannot be read.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            if (path != "-")
                return File.ReadAllBytes(path);
            using var input = Console.OpenStandardInput();
            using var copy = new MemoryStream();
            input.CopyTo(copy);
            return copy.ToArray();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LoadException(path, problem is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : problem.Message);
        }
    }

    /// <summary>Loads and validates a module; errors name the file.</summary>
    /// <exception cref="LoadException">It cannot be read, or is not a valid module.</exception>
    public static WasmModule Load(string path, WasmModuleOptions options) => Naming(path, () => WasmModule.Load(Read(path), options));

    /// <summary>The module's syntax, not validated.</summary>
    /// <exception cref="LoadException">It cannot be read, or is malformed.</exception>
    public static Module ReadSyntax(string path, WasmFeatures features) => Naming(path, () => Decode(Read(path), features));

    public static Module Decode(ReadOnlyMemory<byte> bytes, WasmFeatures features) => IsText(bytes.Span)
        ? Parser.Parse(bytes, features, WasmLimits.Default)
        : Decoder.Decode(bytes, features, WasmLimits.Default);

    /// <summary>A binary begins with NUL, which no text contains.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && bytes[0] != 0;

    private static T Naming<T>(string path, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (WasmException problem) when (problem is WasmFormatException or WasmValidationException)
        {
            throw new LoadException(path, problem.Message);
        }
    }
}

/// <summary>A file that is no valid module.</summary>
internal sealed class LoadException(string path, string message) : IOException($"{(path == "-" ? "standard input" : path)}: {message}");
