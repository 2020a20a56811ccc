using System.Text;
using Waxwing.Wasi.Abi;

namespace Waxwing.Wasi;

/// <summary>Arguments or environment as the guest gets them: UTF-8, each with a terminating NUL, one after another.</summary>
internal sealed class WasiStrings
{
    private readonly byte[] bytes;
    private readonly uint[] offsets;

    private WasiStrings(IEnumerable<byte[]> strings)
    {
        var offsets = new List<uint>();
        var bytes = new MemoryStream();
        foreach (var text in strings)
        {
            offsets.Add((uint)bytes.Length);
            bytes.Write(text);
            bytes.WriteByte(0);
        }
        (this.bytes, this.offsets) = (bytes.ToArray(), [.. offsets]);
    }

    public static WasiStrings FromArguments(IEnumerable<string> arguments) => new(arguments.Select(argument => Encode(argument, "An argument")));

    public static WasiStrings FromEnvironment(IEnumerable<KeyValuePair<string, string>> variables) => new(variables.Select(variable =>
        variable.Key.Length > 0 && !variable.Key.Contains('=')
            ? Encode($"{variable.Key}={variable.Value}", "An environment variable")
            : throw new ArgumentException($"The name of an environment variable must not be empty or contain '=': '{variable.Key}'.")));

    public static byte[] Encode(string text, string what) =>
        text.Contains('\0') ? throw new ArgumentException($"{what} must not contain NUL.") : Encoding.UTF8.GetBytes(text);

    public WasiErrno WriteSizes(GuestMemory memory, uint count, uint size)
    {
        memory.Check(size, 4);
        memory.WriteUInt32(count, (uint)offsets.Length);
        memory.WriteUInt32(size, (uint)bytes.Length);
        return WasiErrno.Success;
    }

    public WasiErrno Write(GuestMemory memory, uint pointers, uint buffer)
    {
        memory.Check(pointers, (ulong)offsets.Length * 4);
        bytes.CopyTo(memory.Span(buffer, (uint)bytes.Length));
        for (var i = 0; i < offsets.Length; i++)
            memory.WriteUInt32(pointers + (uint)i * 4, buffer + offsets[i]);
        return WasiErrno.Success;
    }
}
