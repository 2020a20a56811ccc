namespace Waxwing.Wasi.Functions;

/// <summary>A row of the table of functions.</summary>
internal sealed class WasiFunction
{
    /// <summary>A function.</summary>
    /// <param name="name">Its name in the specification.</param>
    /// <param name="parameters">The names of its parameters, separated by spaces; with ":64" those that are i64, the others are i32.</param>
    /// <param name="handler">What implements it.</param>
    /// <param name="hasResult">Whether it returns an error number.</param>
    public WasiFunction(string name, string parameters, WasiHandler handler, bool hasResult = true)
    {
        Name = name;
        Handler = handler;
        HasResult = hasResult;
        var parts = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ParameterNames = [.. parts.Select(part => part.Split(':')[0])];
        ParameterTypes = [.. parts.Select(part => part.EndsWith(":64", StringComparison.Ordinal) ? ValueType.I64 : ValueType.I32)];
    }

    public string Name { get; }

    public IReadOnlyList<string> ParameterNames { get; }

    public ValueType[] ParameterTypes { get; }

    public bool HasResult { get; }

    public WasiHandler Handler { get; }
}
