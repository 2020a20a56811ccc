using Waxwing.AssemblyScript;
using Waxwing.Emscripten;
using Waxwing.Wasi;

namespace Waxwing.Cli.Running;

/// <summary>What the guest of <c>waxwing run</c> sees of this machine: its standard streams, clocks and random numbers, and what the command line grants.</summary>
internal static class GuestEnvironment
{
    public static WasiOptions Wasi(RunRequest request, TextWriter error)
    {
        var options = new WasiOptions
        {
            Args = [request.File == "-" ? "module" : Path.GetFileName(request.File), .. request.Arguments],
            Environment = [.. Variables(request)],
        };
        options = options.WithStandardStreams().WithSystemClock().WithSystemRandom();
        foreach (var grant in request.Directories)
            options = grant.AddTo(options);
        foreach (var endpoint in request.Listeners)
        {
            var listener = endpoint.Listen();
            if (endpoint.Port == 0)
                error.WriteLine($"waxwing: listening on {listener.LocalEndPoint}");
            options = options.AddListener(listener);
        }
        foreach (var endpoint in request.Connections)
            options = options.AddConnection(endpoint.Connect());
        return options;
    }

    public static WasmHostTrace? Trace(RunRequest request, TextWriter error)
    {
        try
        {
            return request.Trace is { } filter ? new(error, filter) : null;
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"`--trace-host={request.Trace}`: {problem.Message}");
        }
    }

    public static EmscriptenOptions Emscripten(RunRequest request, WasiOptions wasi) => new()
    {
        Wasi = wasi,
        TimeZone = TimeZoneInfo.Local,
        MaximumThreads = request.MaximumThreads,
        UnknownImports = request.TrapUnknownImports ? EmscriptenUnknownImports.Trap : EmscriptenUnknownImports.Refuse,
        // Side modules lie beside the main one, as its author's linker left them; nothing else of that folder is granted.
        LibraryResolver = name => Path.Combine(Path.GetDirectoryName(request.File) ?? "", Path.GetFileName(name)) is var path && Path.GetExtension(path) is ".wasm" or ".so" && File.Exists(path)
            ? WasmModule.Load(path, request.ModuleOptions) : null,
    };

    public static AssemblyScriptOptions AssemblyScript(TextWriter output, TextWriter error) => new()
    {
        Output = output, Error = error, Trace = error, TimeProvider = TimeProvider.System, RandomSource = System.Security.Cryptography.RandomNumberGenerator.Fill,
    };

    private static IEnumerable<KeyValuePair<string, string>> Variables(RunRequest request)
    {
        var named = request.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value));
        if (!request.InheritEnvironment)
            return named;
        var inherited = new WasiOptions().WithHostEnvironment().Environment;
        return inherited.Where(variable => !request.Variables.Any(given => given.Name == variable.Key)).Concat(named);
    }
}
