using Decoder = Waxwing.Binary.Decoder;
using Waxwing.Syntax;
using Waxwing.Text;
using Waxwing.Runtime;
using Waxwing.Validation;

namespace Waxwing;

public sealed partial class WasmModule
{
    private static ReadOnlySpan<byte> Magic => "\0asm"u8;

    /// <summary>Loads a module from a file, binary or text (sniffed by the first bytes).</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Features and limits; null for the defaults.</param>
    /// <exception cref="WasmFormatException">The file is not a well-formed module.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WasmModule Load(string path, WasmModuleOptions? options = null)
    {
        using var file = File.OpenRead(path);
        return Load(file, options);
    }

    /// <summary>Loads a module from bytes, binary or UTF-8 text (sniffed). The bytes of a binary are kept, not copied: do not change them.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="options">Features and limits; null for the defaults.</param>
    /// <exception cref="WasmFormatException">The bytes are not a well-formed module.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    public static WasmModule Load(ReadOnlyMemory<byte> bytes, WasmModuleOptions? options = null)
    {
        options ??= WasmModuleOptions.Default;
        if (bytes.Length > options.Limits.ModuleSize)
            throw new WasmFormatException("module size limit exceeded", 0, $"{bytes.Length} bytes, the limit is {options.Limits.ModuleSize}");
        return Validate(
            IsText(bytes.Span) ? Parser.Parse(bytes, options.Features, options.Limits) : Decoder.Decode(bytes, options.Features, options.Limits), options);
    }

    /// <summary>Loads a module from a stream, binary or UTF-8 text (sniffed), read to its end.</summary>
    /// <param name="stream">The stream; stays open.</param>
    /// <param name="options">Features and limits; null for the defaults.</param>
    /// <exception cref="WasmFormatException">The bytes are not a well-formed module.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    public static WasmModule Load(Stream stream, WasmModuleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(ReadAll(stream, (options ?? WasmModuleOptions.Default).Limits.ModuleSize), options);
    }

    /// <summary>Loads a module from the text format.</summary>
    /// <param name="text">The module; the enclosing <c>(module ...)</c> may be left out.</param>
    /// <param name="options">Features and limits; null for the defaults.</param>
    /// <exception cref="WasmFormatException">The text is not a well-formed module.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    public static WasmModule Parse(string text, WasmModuleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= WasmModuleOptions.Default;
        return Validate(Parser.Parse(text.AsMemory(), options.Features, options.Limits), options);
    }

    /// <summary>Checks whether bytes are a valid module.</summary>
    /// <param name="bytes">The module, binary or text.</param>
    /// <param name="options">Features and limits; null for the defaults.</param>
    /// <returns>Null if it is, else the first error found.</returns>
    public static WasmException? Validate(ReadOnlyMemory<byte> bytes, WasmModuleOptions? options = null)
    {
        try
        {
            Load(bytes, (options ?? WasmModuleOptions.Default) with { LazyValidation = false });
            return null;
        }
        catch (WasmException error)
        {
            return error;
        }
    }

    /// <summary>Validates decoded or parsed syntax; the last step of every way to load.</summary>
    internal static WasmModule Validate(Module syntax, WasmModuleOptions options)
    {
        try
        {
            var context = ModuleValidator.Validate(syntax, options.Features, options.Limits);
            return new(context, options.LazyValidation ? null : BodyValidation.Run(context), options.IsCollectible);
        }
        catch (WasmValidationException error) when (syntax.Locate is not null)
        {
            throw syntax.Locate(error);
        }
    }

    /// <summary>A binary begins with NUL; text cannot contain one. Anything whose first byte is not printable or white space is left to the decoder to reject.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes) =>
        !bytes.IsEmpty && (bytes[0] is (byte)'(' or (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' || bytes.StartsWith("\uFEFF"u8));

    private static byte[] ReadAll(Stream stream, int limit)
    {
        // A length, where there is one, is trusted only as a hint, and only up to 16 MiB; beyond that the buffer grows as bytes arrive.
        var buffer = new byte[stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position + 1, 256, 16 << 20) : 64 << 10];
        for (var length = 0; ;)
        {
            var read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                Array.Resize(ref buffer, length);
                return buffer;
            }
            length += read;
            if (length > limit)
                throw new WasmFormatException("module size limit exceeded", length, $"the limit is {limit} bytes");
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(Array.MaxLength, 2L * length));
        }
    }
}
