namespace Waxwing.Wasi.Functions;

/// <summary>What a WASI function is about; the names are those of trace filters.</summary>
internal enum WasiScope
{
    /// <summary>Arguments and environment variables.</summary>
    Environment,
    Clock,
    /// <summary>Descriptors, files and directories.</summary>
    File,
    Poll,
    Process,
    Random,
    Socket,
}

/// <summary>What a function may wait for.</summary>
internal enum WasiWait
{
    /// <summary>Nothing: it returns soon.</summary>
    None,
    /// <summary>Until its descriptor, argument 0, can be read.</summary>
    Read,
    /// <summary>Until its descriptor, argument 0, can be written.</summary>
    Write,
    /// <summary>For what its arguments list.</summary>
    Poll,
}

/// <summary>A row of the table of functions.</summary>
internal sealed class WasiFunction
{
    /// <summary>A function.</summary>
    /// <param name="name">Its name in the specification.</param>
    /// <param name="scope">What it is about.</param>
    /// <param name="parameters">Its parameters, separated by spaces, as <see cref="WasiParameter.Parse"/> reads them.</param>
    /// <param name="summary">What it does, in a sentence.</param>
    /// <param name="handler">What implements it.</param>
    /// <param name="wait">What it may wait for.</param>
    public WasiFunction(string name, WasiScope scope, string parameters, string summary, WasiHandler handler, WasiWait wait = WasiWait.None)
    {
        (Name, Scope, Summary, Handler, Wait) = (name, scope, summary, handler, wait);
        Parameters = [.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(WasiParameter.Parse)];
        ParameterTypes = [.. Parameters.Select(parameter => parameter.Type)];
    }

    public string Name { get; }

    public WasiScope Scope { get; }

    public string Summary { get; }

    public WasiParameter[] Parameters { get; }

    public ValueType[] ParameterTypes { get; }

    /// <summary>Whether it returns an error number; the only one that does not, does not return at all.</summary>
    public bool HasResult => Name != "proc_exit";

    public WasiHandler Handler { get; }

    public WasiWait Wait { get; }
}
