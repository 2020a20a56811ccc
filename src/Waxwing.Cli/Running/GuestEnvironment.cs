using Waxwing.Wasi;

namespace Waxwing.Cli.Running;

/// <summary>What the guest of <c>waxwing run</c> sees of this machine: its standard streams, clocks and random numbers, and what the command line grants.</summary>
internal static class GuestEnvironment
{
    public static WasiProcess AddWasi(WasmRuntime runtime, RunRequest request, TextWriter error)
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
        if (request.Trace is { } filter)
            options = Trace(options, error, filter);
        return runtime.AddWasi(options);
    }

    private static WasiOptions Trace(WasiOptions options, TextWriter error, string filter)
    {
        try
        {
            return options.WithTrace(error, filter);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"`--trace-host={filter}`: {problem.Message}");
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables(RunRequest request)
    {
        var named = request.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value));
        if (!request.InheritEnvironment)
            return named;
        var inherited = new WasiOptions().WithHostEnvironment().Environment;
        return inherited.Where(variable => !request.Variables.Any(given => given.Name == variable.Key)).Concat(named);
    }
}
