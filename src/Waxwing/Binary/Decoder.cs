using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>The binary format, 5 of the specification: bytes to <see cref="Module"/>.</summary>
internal static class Decoder
{
    public static Module Decode(ReadOnlyMemory<byte> bytes, WasmFeatures features, WasmLimits limits) => throw new NotImplementedException();
}
