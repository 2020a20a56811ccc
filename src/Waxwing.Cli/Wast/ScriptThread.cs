using Waxwing.Text;

namespace Waxwing.Cli.Wast;

/// <summary>Runs commands one after the other: the main thread of a script, or one that the script starts.</summary>
internal sealed partial class ScriptThread(ScriptScope scope, ScriptReport report, CommandClock clock)
{
    private readonly WasmModuleOptions moduleOptions = WasmModuleOptions.Default with { Features = scope.Options.Features, IsCollectible = !scope.Options.KeepCode };

    public void Execute(IReadOnlyList<ScriptCommand> commands)
    {
        foreach (var command in commands)
        {
            var stop = clock.Start(command.Line);
            try
            {
                Execute(command, stop);
                if (Keyword(command).StartsWith("assert_", StringComparison.Ordinal))
                    report.Pass();
            }
            catch (MismatchException mismatch)
            {
                report.Fail(command.Line, Keyword(command), mismatch.Message);
            }
            catch (Exception problem)
            {
                report.Fail(command.Line, Keyword(command), Describe(problem));
            }
        }
    }

    private void Execute(ScriptCommand command, CancellationToken stop)
    {
        switch (command)
        {
            case ModuleCommand { IsDefinition: true } definition:
                scope.Define(definition.Name, Load(definition.Module, definition.Line));
                break;
            case ModuleCommand module:
                scope.ForgetLatest();
                var loaded = Load(module.Module, module.Line);
                scope.Define(module.Name, loaded);
                scope.Add(module.Name, scope.Runtime.Instantiate(loaded, cancellation: stop));
                break;
            case InstanceCommand instance:
                scope.Add(instance.Name, scope.Runtime.Instantiate(scope.Definition(instance.Module), cancellation: stop));
                break;
            case RegisterCommand register:
                scope.Runtime.Define(register.As, scope.Instance(register.Module));
                break;
            case ActionCommand action:
                Perform(action.Action, stop);
                break;
            case ThreadCommand thread:
                Start(thread);
                break;
            case WaitCommand wait:
                Wait(wait);
                break;
            case MalformedCommand malformed:
                throw new MismatchException($"the command cannot be read: {malformed.Error.Message}");
            default:
                Assert(command, stop);
                break;
        }
    }

    private WasmModule Load(ScriptModule module, int line)
    {
        var syntax = module.Load(moduleOptions.Features, moduleOptions.Limits);
        var loaded = WasmModule.Validate(syntax, moduleOptions);
        if (scope.Options.RoundTrip)
            CheckRoundTrip(module, line);
        scope.Options.Prepare?.Invoke(loaded, scope.Runtime);
        return loaded;
    }

    /// <summary>A round trip is a check of its own: when it fails, the module is used all the same.</summary>
    private void CheckRoundTrip(ScriptModule module, int line)
    {
        if (RoundTrip.Check(module, moduleOptions) is { } problem)
            report.Fail(line, "round trip", problem);
        else
            report.PassRoundTrip();
    }

    private WasmValue[] Perform(ScriptAction action, CancellationToken stop)
    {
        var instance = scope.Instance(action.Module);
        switch (action)
        {
            case InvokeAction invoke:
                return instance.TryGetFunction(invoke.Export, out var function)
                    ? function.Invoke(stop, [.. invoke.Arguments.Select(ScriptValues.ToValue)])
                    : throw new MismatchException($"no function \"{invoke.Export}\" is exported");
            default:
                return instance.GetExport(action.Export) is WasmGlobal global ? [global.Value] : throw new MismatchException($"no global \"{action.Export}\" is exported");
        }
    }

    private void Start(ThreadCommand command)
    {
        var inner = scope.Fork(command.Shared);
        var innerClock = new CommandClock(clock.Timeout);
        var thread = new Thread(() =>
        {
            using (inner)
                new ScriptThread(inner, report, innerClock).Execute(command.Commands);
        })
        {
            IsBackground = true,
            Name = command.Name,
        };
        if (command.Name is { } name)
            scope.Threads[name] = thread;
        thread.Start();
    }

    private void Wait(WaitCommand command)
    {
        if (command.Thread is null || !scope.Threads.Remove(command.Thread, out var thread))
            throw new MismatchException($"there is no thread {command.Thread}");
        if (!thread.Join(clock.Timeout))
            throw new MismatchException($"thread {command.Thread} does not end");
    }

    private static string Keyword(ScriptCommand command) => command switch
    {
        ModuleCommand => "module",
        InstanceCommand => "module instance",
        RegisterCommand => "register",
        ActionCommand { Action: GetAction } => "get",
        ActionCommand => "invoke",
        AssertReturnCommand => "assert_return",
        AssertTrapCommand => "assert_trap",
        AssertExhaustionCommand => "assert_exhaustion",
        AssertExceptionCommand => "assert_exception",
        AssertSuspensionCommand => "assert_suspension",
        AssertMalformedCommand { IsCustom: true } => "assert_malformed_custom",
        AssertMalformedCommand => "assert_malformed",
        AssertInvalidCommand { IsCustom: true } => "assert_invalid_custom",
        AssertInvalidCommand => "assert_invalid",
        AssertUnlinkableCommand => "assert_unlinkable",
        ThreadCommand => "thread",
        WaitCommand => "wait",
        _ => "command",
    };

    /// <summary>What went wrong; for what should never happen, also where.</summary>
    private static string Describe(Exception problem)
    {
        var message = $"{problem.GetType().Name}: {problem.Message.ReplaceLineEndings(" | ")}";
        return problem is WasmException ? message : $"{message} {problem.StackTrace?.Split('\n', 3)[0].Trim()}";
    }
}
