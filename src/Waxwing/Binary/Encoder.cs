using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>The binary format: <see cref="Module"/> to bytes.</summary>
internal static class Encoder
{
    public static byte[] Encode(Module module) => throw new NotImplementedException();
}
