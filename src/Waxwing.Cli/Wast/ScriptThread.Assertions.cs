using Waxwing.Text;

namespace Waxwing.Cli.Wast;

internal sealed partial class ScriptThread
{
    private void Assert(ScriptCommand command, CancellationToken stop)
    {
        switch (command)
        {
            case AssertReturnCommand assertion:
                ResultMatching.Check(Perform(assertion.Action, stop), assertion.Expected);
                break;
            case AssertTrapCommand { Module: { } module } assertion:
                AssertTrap(() => scope.Runtime.Instantiate(Load(module, assertion.Line), cancellation: stop), assertion.Phrase);
                break;
            case AssertTrapCommand assertion:
                AssertTrap(() => Perform(assertion.Action!, stop), assertion.Phrase);
                break;
            case AssertExhaustionCommand assertion:
                AssertTrap(() => Perform(assertion.Action, stop), assertion.Phrase);
                break;
            case AssertExceptionCommand assertion:
                Expect<WasmThrownException>(() => Perform(assertion.Action, stop), "an exception");
                break;
            case AssertSuspensionCommand assertion:
                Perform(assertion.Action, stop);
                throw new MismatchException($"expected suspension \"{assertion.Phrase}\"");
            case AssertMalformedCommand assertion:
                Reject(assertion, assertion.Phrase, Expect<WasmFormatException>(() => Load(assertion.Module, assertion.Line), "a malformed module"));
                break;
            case AssertInvalidCommand { IsCustom: true } assertion:
                // Custom sections are checked where they are read, by decoder and parser.
                Reject(assertion, assertion.Phrase, Expect<WasmFormatException>(() => Load(assertion.Module, assertion.Line), "an invalid custom section"));
                break;
            case AssertInvalidCommand assertion:
                Reject(assertion, assertion.Phrase, Expect<WasmValidationException>(() => Load(assertion.Module, assertion.Line), "an invalid module"));
                break;
            case AssertUnlinkableCommand assertion:
                Expect<WasmLinkException>(() => scope.Runtime.Instantiate(Load(assertion.Module, assertion.Line), cancellation: stop), $"a link error, \"{assertion.Phrase}\"");
                break;
            default:
                throw new MismatchException("the command is not known");
        }
    }

    private void Reject(ScriptCommand command, string phrase, WasmException problem) => report.Reject(command.Line, Keyword(command), phrase, problem.Message);

    /// <summary>
    /// The message must begin with the expected phrase; where the script is more precise ("uninitialized element 2"), the phrase must begin with what the trap says.
    /// </summary>
    private static void AssertTrap(Func<object> action, string phrase)
    {
        var trap = Expect<WasmTrapException>(action, $"trap \"{phrase}\"");
        if (!trap.Message.StartsWith(phrase, StringComparison.Ordinal) && !phrase.StartsWith(trap.Code.Phrase() + " ", StringComparison.Ordinal))
            throw new MismatchException($"expected trap \"{phrase}\", got trap \"{FirstLine(trap.Message)}\"");
    }

    private static T Expect<T>(Func<object> action, string expected) where T : WasmException
    {
        object outcome;
        try
        {
            outcome = action();
        }
        catch (T problem)
        {
            return problem;
        }
        catch (WasmException problem)
        {
            throw new MismatchException($"expected {expected}, got {problem.GetType().Name}: {FirstLine(problem.Message)}");
        }
        throw new MismatchException($"expected {expected}, but {(outcome is WasmValue[] values ? $"got ({string.Join(", ", values)})" : "nothing was wrong")}");
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0];
}
