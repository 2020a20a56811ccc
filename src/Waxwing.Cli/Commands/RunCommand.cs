using System.CommandLine;
using Waxwing.Cli.Running;

namespace Waxwing.Cli.Commands;

/// <summary><c>waxwing run [options] FILE [ARGS...]</c></summary>
internal static class RunCommand
{
    private const string Lesson =
        """
        Options come before FILE; everything after FILE belongs to the guest.
        The guest sees only what it is given: no folder without --dir, no variable without --env.

        Examples:
          waxwing run hello.wasm                                a WASI program
          waxwing run --dir data::/data,ro app.wasm /data/x     a folder, for reading only, and an argument
          waxwing run --dir stdlib.zip::/lib --dir .,overlay app.wasm   an archive, and a folder that is not really written
          waxwing run --invoke add add.wat 2 3                  prints 5; arguments are parsed as the signature says
          waxwing run --preload env=memory.wat main.wasm        instantiate memory.wat as "env" first: it provides what main imports
          waxwing run --provide-memory --invoke f main.wasm     or create the memories that nobody provides
          waxwing run --listen 127.0.0.1:8080 server.wasm       descriptor 3 is the listener (sockets come after the folders)
          waxwing run --trace-host=file,-fd_write app.wasm      what does it do with files?
          waxwing run --trace-host=guest --preload lib=lib.wat main.wat   what do modules call of one another?
          waxwing run --dir . program.wasm                      a C or C++ program of Emscripten's: memory, threads, exceptions, side modules are seen to
          waxwing run --timeout 5s --max-memory 256MiB untrusted.wasm

        Arguments of --invoke: integers in decimal (-1) or hexadecimal (0xff), floats (1.5, inf, nan), vectors as 0x and 32 hexadecimal digits, null;
        for an externref any text. Results are printed one per line.

        Exit codes: the guest's own; 1 the module cannot be loaded, validated or linked; 2 usage; 124 timeout; 134 trap.
        """;

    public static Command Create()
    {
        var file = Options.File();
        var arguments = new Argument<string[]>("ARGS") { Description = "Arguments for the guest.", Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string?>("--invoke") { Description = "Call this export instead of running a program, and print its results.", HelpName = "NAME" };
        var preload = Repeatable("--preload", "NAME=FILE", "Instantiate FILE under NAME first, so that other modules can import from it. Repeatable, in order.");
        var provide = new Option<bool>("--provide-memory") { Description = "Create the memories that are imported and nobody provides, of the size asked for." };
        var directories = Repeatable("--dir", "HOST[::GUEST][,ro]", "Give the guest a folder or a .zip file, as GUEST; ,ro for reading only, ,overlay to keep what it writes in memory. Repeatable.");
        var variables = Repeatable("--env", "K=V", "Set an environment variable for the guest. Repeatable.");
        var inherit = new Option<bool>("--inherit-env") { Description = "Give the guest all environment variables of this process." };
        var listen = Repeatable("--listen", "HOST:PORT", "Listen for TCP connections that the guest can accept; port 0 is a free one, which is printed. Repeatable.");
        var connect = Repeatable("--connect", "HOST:PORT", "Connect, and give the guest the connection; it cannot connect to anything else. Repeatable.");
        var trace = new Option<string?>("--trace-host")
        {
            Description = "Print each call of a host function, by whichever toolchain, to standard error. A filter chooses: scopes (environment, clock, file, poll, process, random, socket, thread, ...), "
                + "names (path_*, __syscall_*), module and name (env.*), guest for calls between modules; with - in front to leave out.",
            HelpName = "=FILTER",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var timeout = new Option<string?>("--timeout") { Description = "Stop the guest after this time, with exit code 124: 250ms, 5s, 2m, 1h.", HelpName = "TIME" };
        var fuel = new Option<long?>("--fuel") { Description = "Let each instance execute about N instructions, then trap.", HelpName = "N" };
        var memory = new Option<string?>("--max-memory") { Description = "Bound the linear memories, each and together: 256MiB, 2GiB.", HelpName = "SIZE" };
        var threads = new Option<int>("--threads")
        {
            Description = "The most threads that the guest may have besides its main one; default 64.", HelpName = "N", DefaultValueFactory = _ => 64,
        };
        threads.Validators.Add(parsed =>
        {
            if (parsed.GetValue(threads) is < 0 or > 10_000)
                parsed.AddError("--threads takes a number from 0 to 10000");
        });
        var host = new Option<HostKind>("--host")
        {
            Description = "Whose imports to supply besides WASI's: auto (as the module looks, the default), emscripten, assemblyscript or none.",
            HelpName = "HOST", DefaultValueFactory = _ => HostKind.Auto,
            CustomParser = parsed =>
            {
                var word = parsed.Tokens[0].Value;
                if (word.All(char.IsAsciiLetter) && Enum.TryParse<HostKind>(word, ignoreCase: true, out var kind))
                    return kind;
                parsed.AddError($"there is no host `{word}`: choose auto, emscripten, assemblyscript or none");
                return default;
            },
        };
        var trapUnknown = new Option<bool>("--trap-unknown-imports") { Description = "Let functions that nobody provides trap when an Emscripten program calls them, rather than refuse the program." };
        var stats = new Option<bool>("--stats") { Description = "Print times and sizes to standard error at the end." };
        var engine = Options.Engine();
        var keepCode = Options.KeepCode();
        var features = Options.Features();

        var command = new TaughtCommand("run", "Runs a program, or calls one of its exports.", Lesson)
        {
            file, arguments, invoke, preload, provide, directories, variables, inherit, listen, connect, trace, timeout, fuel, memory, threads, host, trapUnknown, engine, keepCode, features, stats,
        };
        command.SetAction(parsed =>
        {
            var request = new RunRequest
            {
                File = parsed.GetRequiredValue(file),
                Arguments = parsed.GetValue(arguments) ?? [],
                Invoke = parsed.GetValue(invoke),
                Preloads = [.. parsed.GetValue(preload)!.Select(text => Pair.Parse(text, "--preload"))],
                ProvideMemory = parsed.GetValue(provide),
                Directories = [.. parsed.GetValue(directories)!.Select(DirectoryGrant.Parse)],
                Variables = [.. parsed.GetValue(variables)!.Select(text => Pair.Parse(text, "--env"))],
                InheritEnvironment = parsed.GetValue(inherit),
                Listeners = [.. parsed.GetValue(listen)!.Select(text => Endpoint.Parse(text, "--listen"))],
                Connections = [.. parsed.GetValue(connect)!.Select(text => Endpoint.Parse(text, "--connect"))],
                Trace = parsed.GetResult(trace) is null ? null : parsed.GetValue(trace) ?? "",
                Timeout = parsed.GetValue(timeout) is { } time ? Duration.Parse(time) : null,
                Fuel = parsed.GetValue(fuel),
                MaximumMemory = parsed.GetValue(memory) is { } size ? ByteSize.Parse(size) : null,
                MaximumThreads = parsed.GetValue(threads),
                Host = parsed.GetValue(host),
                TrapUnknownImports = parsed.GetValue(trapUnknown),
                Engine = parsed.GetValue(engine),
                KeepCode = parsed.GetValue(keepCode),
                Features = Options.ParseFeatures(parsed.GetValue(features)),
                Statistics = parsed.GetValue(stats),
            };
            return new GuestRun(request, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error).Execute();
        });
        return command;
    }

    private static Option<string[]> Repeatable(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => [] };
}
