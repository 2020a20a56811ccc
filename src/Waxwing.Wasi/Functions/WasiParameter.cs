namespace Waxwing.Wasi.Functions;

/// <summary>What a parameter of a WASI function means.</summary>
internal enum WasiParameterKind
{
    /// <summary>A number of 32 bits.</summary>
    U32,
    /// <summary>A number of 64 bits.</summary>
    U64,
    /// <summary>A number of 64 bits with a sign.</summary>
    S64,
    /// <summary>A descriptor.</summary>
    Fd,
    /// <summary>A string: the address; the parameter behind it is its length.</summary>
    Path,
    /// <summary>A range of memory: the address; the parameter behind it is its length.</summary>
    Memory,
    /// <summary>A list of buffers: the address; the parameter behind it is their number.</summary>
    Buffers,
    /// <summary>What belongs to the parameter before it, or is a count of something known from elsewhere.</summary>
    Length,
    /// <summary>What poll_oneoff waits for.</summary>
    Subscriptions,
    /// <summary>An address that is not worth showing.</summary>
    Pointer,
    Clock,
    Time,
    Whence,
    Advice,
    LookupFlags,
    OpenFlags,
    FileFlags,
    TimeFlags,
    Rights,
    ReceiveFlags,
    ShutdownFlags,
    Signal,
    /// <summary>Where the attributes of a file go.</summary>
    Filestat,
    /// <summary>Where the state of a descriptor goes.</summary>
    Fdstat,
    /// <summary>Where the description of a granted directory goes.</summary>
    Prestat,
}

/// <summary>A parameter of a WASI function.</summary>
/// <param name="Name">Its name in the specification.</param>
/// <param name="Kind">What it means.</param>
/// <param name="IsResult">Whether it is the address where a result of this kind goes.</param>
internal readonly record struct WasiParameter(string Name, WasiParameterKind Kind, bool IsResult)
{
    /// <summary>From the form <c>name:kind</c>, or <c>name>kind</c> for a result.</summary>
    public static WasiParameter Parse(string text)
    {
        var separator = text.AsSpan().IndexOfAny(':', '>');
        return new(text[..separator], Enum.Parse<WasiParameterKind>(text[(separator + 1)..], ignoreCase: true), text[separator] == '>');
    }

    public ValueType Type => !IsResult && Kind is (WasiParameterKind.U64 or WasiParameterKind.S64 or WasiParameterKind.Time or WasiParameterKind.Rights) ? ValueType.I64 : ValueType.I32;
}
