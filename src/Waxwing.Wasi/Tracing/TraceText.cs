using System.Globalization;
using System.Text;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi.Tracing;

/// <summary>Arguments and results as text. Nothing a guest passes makes this fail, long, or unsafe to print.</summary>
internal static class TraceText
{
    private const int LongestText = 200, MostBuffers = 1024, MostSubscriptions = 8;

    public static IReadOnlyList<KeyValuePair<string, string>> Arguments(WasiFunction function, in WasiCall call, DescriptorTable descriptors) => Decode(function, call, descriptors, results: false);

    public static IReadOnlyList<KeyValuePair<string, string>> Results(WasiFunction function, in WasiCall call, DescriptorTable descriptors) => Decode(function, call, descriptors, results: true);

    private static List<KeyValuePair<string, string>> Decode(WasiFunction function, in WasiCall call, DescriptorTable descriptors, bool results)
    {
        var decoded = new List<KeyValuePair<string, string>>();
        for (var i = 0; i < function.Parameters.Length; i++)
        {
            var parameter = function.Parameters[i];
            if (parameter.IsResult != results || parameter.Kind is WasiParameterKind.Length or WasiParameterKind.Pointer)
                continue;
            string text;
            try
            {
                text = results ? Result(parameter.Kind, call.Memory, call.U32(i), descriptors, call.IsUnstable) : Argument(parameter.Kind, call, i, descriptors);
            }
            catch (GuestFaultException)
            {
                text = $"bad address 0x{call.U32(i):x}";
            }
            decoded.Add(new(parameter.Name, text));
        }
        return decoded;
    }

    private static string Argument(WasiParameterKind kind, in WasiCall call, int index, DescriptorTable descriptors) => kind switch
    {
        WasiParameterKind.U64 or WasiParameterKind.Time => call.U64(index).ToString(CultureInfo.InvariantCulture),
        WasiParameterKind.S64 => ((long)call.U64(index)).ToString(CultureInfo.InvariantCulture),
        WasiParameterKind.Fd => Fd(call.U32(index), descriptors),
        WasiParameterKind.Path => $"\"{Escape(call.Memory, call.U32(index), call.U32(index + 1))}\"",
        WasiParameterKind.Memory => Count(call.U32(index + 1), "byte"),
        WasiParameterKind.Buffers => Buffers(call.Memory, call.U32(index), call.U32(index + 1)),
        WasiParameterKind.Subscriptions => Subscriptions(call, call.U32(index), call.U32(index + 2), descriptors),
        WasiParameterKind.Clock => Name((WasiClock)call.U32(index)),
        WasiParameterKind.Whence => Name((WasiWhence)(call.U32(index) > 2 ? 255 : call.IsUnstable ? (call.U32(index) + 1) % 3 : call.U32(index))),
        WasiParameterKind.Advice => call.U32(index) > byte.MaxValue ? Number(call.U32(index)) : Name((WasiAdvice)call.U32(index)),
        WasiParameterKind.LookupFlags => Flags(call.U32(index), "follow"),
        WasiParameterKind.OpenFlags => Flags(call.U32(index), "create", "directory", "exclusive", "truncate"),
        WasiParameterKind.FileFlags => Flags(call.U32(index), "append", "dsync", "nonblock", "rsync", "sync"),
        WasiParameterKind.TimeFlags => Flags(call.U32(index), "atim", "atim_now", "mtim", "mtim_now"),
        WasiParameterKind.ReceiveFlags => Flags(call.U32(index), "peek", "waitall"),
        WasiParameterKind.ShutdownFlags => Flags(call.U32(index), "receive", "send"),
        WasiParameterKind.Rights => Rights(call.U64(index)),
        _ => Number(call.U32(index)),
    };

    private static string Result(WasiParameterKind kind, GuestMemory memory, uint address, DescriptorTable descriptors, bool isUnstable)
    {
        switch (kind)
        {
            case WasiParameterKind.U64:
                return memory.ReadUInt64(address).ToString(CultureInfo.InvariantCulture);
            case WasiParameterKind.Fd:
                return Fd(memory.ReadUInt32(address), descriptors);
            case WasiParameterKind.Filestat:
                return $"{Name((WasiFileType)memory.ReadByte(address + 16))}, {Count(memory.ReadUInt64(address + (isUnstable ? 24u : 32u)), "byte")}";
            case WasiParameterKind.Fdstat:
                return $"{Name((WasiFileType)memory.ReadByte(address))}, flags {Flags(memory.ReadUInt16(address + 2), "append", "dsync", "nonblock", "rsync", "sync")}, rights {Rights(memory.ReadUInt64(address + 8))}";
            case WasiParameterKind.Prestat:
                return $"directory, name of {Count(memory.ReadUInt32(address + 4), "byte")}";
            default:
                return Number(memory.ReadUInt32(address));
        }
    }

    /// <summary>A name below another.</summary>
    public static string Join(string parent, string path) => parent is "" or "." ? path : parent.EndsWith('/') ? parent + path : $"{parent}/{path}";

    /// <summary>Text of the guest with everything escaped that is not plainly printable.</summary>
    public static string Escape(GuestMemory memory, uint address, uint length)
    {
        memory.Check(address, length);
        return WasmCallFormat.Escape(Encoding.UTF8.GetString(memory.Span(address, Math.Min(length, LongestText)))) + (length > LongestText ? "..." : "");
    }

    /// <summary>Gives what a successful call opened the name by which later calls show it.</summary>
    public static void Label(WasiFunction function, in WasiCall call, DescriptorTable descriptors)
    {
        var (opened, directory, path) = (-1, -1, -1);
        for (var i = 0; i < function.Parameters.Length; i++)
        {
            var parameter = function.Parameters[i];
            if (parameter is { Kind: WasiParameterKind.Fd, IsResult: true })
                opened = i;
            else if (parameter.Kind == WasiParameterKind.Fd)
                directory = i;
            else if (parameter.Kind == WasiParameterKind.Path)
                path = i;
        }
        if (opened < 0 || descriptors.Find(call.Memory.ReadUInt32(call.U32(opened))) is not { } descriptor)
            return;
        var parent = descriptors.Find(call.U32(directory))?.Label ?? "";
        descriptor.Label = path < 0 ? $"connection of {parent}" : Join(parent, Escape(call.Memory, call.U32(path), call.U32(path + 1)));
    }

    /// <summary>A descriptor's number, and what it stands for.</summary>
    public static string Fd(uint number, DescriptorTable descriptors) => descriptors.Find(number) switch
    {
        null => $"{number} not open",
        { Label: "" } => Number(number),
        var descriptor => $"{number} {descriptor.Label}",
    };

    private static string Buffers(GuestMemory memory, uint list, uint count)
    {
        var total = 0UL;
        for (var i = 0u; i < Math.Min(count, MostBuffers); i++)
            total += memory.ReadUInt32(list + i * GuestLayout.IovecSize + 4);
        return $"{Count(count, "buffer")}, {(count > MostBuffers ? "at least " : "")}{Count(total, "byte")}";
    }

    private static string Subscriptions(in WasiCall call, uint list, uint count, DescriptorTable descriptors)
    {
        var (text, size) = (new StringBuilder(), call.IsUnstable ? 56u : 48u);
        for (var i = 0u; i < Math.Min(count, MostSubscriptions); i++)
        {
            var address = list + i * size;
            var type = call.Memory.ReadByte(address + 8);
            text.Append(i > 0 ? "; " : "");
            if (type != 0)
            {
                text.Append(type == 1 ? "read " : type == 2 ? "write " : "unknown ").Append(Fd(call.Memory.ReadUInt32(address + 16), descriptors));
                continue;
            }
            var clock = address + (call.IsUnstable ? 24u : 16u);
            text.Append(Name((WasiClock)call.Memory.ReadUInt32(clock))).Append((call.Memory.ReadUInt16(clock + 24) & 1) != 0 ? " at " : " in ").Append(call.Memory.ReadUInt64(clock + 8)).Append(" ns");
        }
        return count > MostSubscriptions ? $"{text}; ... {count} in all" : text.ToString();
    }

    private static string Rights(ulong rights) => (WasiRights)rights switch
    {
        WasiRights.None => "none",
        WasiRights.RegularFile => "file",
        WasiRights.Directory => "directory",
        WasiRights.DirectoryInheriting => "directory|file",
        var known when (known & WasiRights.All) == WasiRights.All => "all",
        var some when (some & ~WasiRights.All) == 0 && ulong.PopCount(rights) <= 6 => some.ToString().Replace(", ", "|", StringComparison.Ordinal),
        _ => $"0x{rights:x}",
    };

    private static string Flags(uint value, params ReadOnlySpan<string> names)
    {
        if (value == 0)
            return "none";
        if (value >> names.Length != 0)
            return $"0x{value:x}";
        var text = "";
        for (var i = 0; i < names.Length; i++)
        {
            if ((value & (1u << i)) != 0)
                text += (text.Length > 0 ? "|" : "") + names[i];
        }
        return text;
    }

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Count(ulong number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
