using System.Text;
using Waxwing.Binary;

namespace Waxwing.Text;

/// <summary>Scripts: commands and actions.</summary>
internal sealed partial class Parser
{
    /// <summary>Threads inside threads; the suites need two.</summary>
    private const int ThreadDepth = 16;

    internal static Script ParseScript(TextSource source, WasmLimits limits)
    {
        var parser = new Parser(new Lexer(source), WasmFeatures.All, limits) { scanning = true };
        parser.Restart(0);
        if (parser.StartsWithField())
            return new([new ModuleCommand(1, null, new(ModuleForm.Text, source, 0, source.Bytes.Length, default), false)]);
        var commands = parser.Commands(0);
        return parser.current.Kind == TokenKind.End ? new(commands) : throw parser.Unexpected();
    }

    private bool StartsWithField() => current.Kind == TokenKind.LeftParenthesis && Ahead.Kind == TokenKind.Keyword
        && Encoding.UTF8.GetString(lexer.Span(Ahead)) is "type" or "rec" or "import" or "func" or "table" or "memory" or "global" or "tag" or "export" or "start" or "elem" or "data";

    /// <summary>Commands that may be malformed before the text is not taken for a script any more: to find the line of each error takes time.</summary>
    private const int MostMalformed = 1_000;
    private int malformed;

    private List<ScriptCommand> Commands(int depth)
    {
        var commands = new List<ScriptCommand>();
        while (current.Kind == TokenKind.LeftParenthesis)
        {
            var start = current.Start;
            var line = LineOf(start);
            try
            {
                commands.Add(Command(line, depth));
                Close();
            }
            catch (WasmFormatException error) when (malformed++ < MostMalformed)
            {
                commands.Add(new MalformedCommand(line, error));
                lexer.Position = start + 1;
                lexer.SkipBalanced(1);
                Restart(lexer.Position);
            }
            lexer.ClearAnnotations();
        }
        return commands;
    }

    private int knownLine = 1, knownPosition;

    /// <summary>The line of a position; counts on from the last one asked for.</summary>
    private int LineOf(int position)
    {
        if (position < knownPosition)
            (knownLine, knownPosition) = (1, 0);
        knownLine += source.Bytes.Span[knownPosition..position].Count((byte)'\n');
        knownPosition = position;
        return knownLine;
    }

    /// <summary>A command without its closing parenthesis.</summary>
    private ScriptCommand Command(int line, int depth)
    {
        if (LookingAt("module"u8))
            return ModuleOrInstance(line);
        if (LookingAt("invoke"u8) || LookingAt("get"u8))
            return new ActionCommand(line, OpenAction());
        Advance();
        var keyword = current;
        if (keyword.Kind != TokenKind.Keyword)
            throw Unexpected();
        Advance();
        switch (Encoding.UTF8.GetString(lexer.Span(keyword)))
        {
            case "register":
                var name = Name();
                return new RegisterCommand(line, name, OptionalName());
            case "assert_return":
                return new AssertReturnCommand(line, Action(), Patterns());
            case "assert_trap" when LookingAt("module"u8):
                return new AssertTrapCommand(line, null, ScriptedModule(), Phrase());
            case "assert_trap":
                return new AssertTrapCommand(line, Action(), null, Phrase());
            case "assert_exhaustion":
                return new AssertExhaustionCommand(line, Action(), Phrase());
            case "assert_exception":
                return new AssertExceptionCommand(line, Action());
            case "assert_suspension":
                return new AssertSuspensionCommand(line, Action(), Phrase());
            case "assert_malformed":
                return new AssertMalformedCommand(line, ScriptedModule(), Phrase(), false);
            case "assert_malformed_custom":
                return new AssertMalformedCommand(line, ScriptedModule(), Phrase(), true);
            case "assert_invalid":
                return new AssertInvalidCommand(line, ScriptedModule(), Phrase(), false);
            case "assert_invalid_custom":
                return new AssertInvalidCommand(line, ScriptedModule(), Phrase(), true);
            case "assert_unlinkable":
                return new AssertUnlinkableCommand(line, ScriptedModule(), Phrase());
            case "thread" when depth < ThreadDepth:
                return Thread(line, depth);
            case "wait":
                return new WaitCommand(line, OptionalName());
            default:
                throw Unexpected(keyword);
        }
    }

    private ThreadCommand Thread(int line, int depth)
    {
        var name = OptionalName();
        var shared = new List<string>();
        while (TryOpen("shared"u8))
        {
            if (!TryOpen("module"u8))
                throw Unexpected();
            shared.Add(OptionalName() ?? throw Unexpected());
            Close();
            Close();
        }
        return new(line, name, shared, Commands(depth + 1));
    }

    private ScriptCommand ModuleOrInstance(int line)
    {
        var start = current.Start;
        Advance();
        Advance();
        if (TryKeyword("instance"u8))
        {
            var instance = OptionalName();
            return new InstanceCommand(line, instance, OptionalName());
        }
        var isDefinition = TryKeyword("definition"u8);
        var name = OptionalName();
        return new ModuleCommand(line, name, ModuleBody(start), isDefinition);
    }

    /// <summary>A module inside an assertion, with its closing parenthesis.</summary>
    private ScriptModule ScriptedModule()
    {
        var start = current.Start;
        if (!TryOpen("module"u8))
            throw Unexpected();
        TryKeyword("definition"u8);
        OptionalName();
        var module = ModuleBody(start);
        Close();
        return module;
    }

    /// <summary>From behind the name of the module at <paramref name="start"/> to its closing parenthesis.</summary>
    private ScriptModule ModuleBody(int start)
    {
        var form = IsKeyword("binary"u8) ? ModuleForm.Binary : IsKeyword("quote"u8) ? ModuleForm.Quote : ModuleForm.Text;
        if (form == ModuleForm.Text)
        {
            SkipToClose();
            return new(form, source, start, current.End, default);
        }
        Advance();
        var content = new ByteWriter();
        while (current.Kind == TokenKind.String)
        {
            Lexer.Decode(lexer.Span(current), content);
            Advance();
        }
        return new(form, source, start, current.End, content.WrittenMemory);
    }

    private string? OptionalName()
    {
        if (current.Kind != TokenKind.Identifier)
            return null;
        var name = Encoding.UTF8.GetString(IdentifierBytes(current));
        Advance();
        return name;
    }

    private string Phrase() => Name();

    private ScriptAction Action()
    {
        var action = OpenAction();
        Close();
        return action;
    }

    /// <summary>An action without its closing parenthesis.</summary>
    private ScriptAction OpenAction()
    {
        if (TryOpen("get"u8))
            return new GetAction(OptionalName(), Name());
        if (!TryOpen("invoke"u8))
            throw Unexpected();
        var module = OptionalName();
        var export = Name();
        var arguments = new List<ScriptValue>();
        while (current.Kind == TokenKind.LeftParenthesis)
            arguments.Add(Argument());
        return new InvokeAction(module, export, arguments);
    }
}
