namespace Waxwing.Wasi.FileSystem;

/// <summary>
/// Lets text, colours, cursor movement and erasing through to a terminal and leaves out the rest of ECMA-48 and its extensions. What is not known to be harmless is left out. Works
/// on a stream: sequences may be cut anywhere between two calls.
/// </summary>
internal sealed class TerminalFilter
{
    private const byte Escape = 0x1B, Bell = 0x07, Cancel = 0x18, Substitute = 0x1A;
    private const int LongestSequence = 64;

    private enum State
    {
        Text,
        AfterEscape,
        Control,
        Charset,
        String,
        StringEscape,
    }

    private readonly byte[] sequence = new byte[LongestSequence];
    private State state;
    private int length;
    private int continuation;
    private bool afterC2;

    /// <summary>How much a piece of text can become: what was held back from before comes with it.</summary>
    public static int LongestResult(int length) => length + LongestSequence;

    /// <summary>Filters a piece of output.</summary>
    /// <returns>Bytes written to <paramref name="output"/>.</returns>
    public int Filter(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var used = 0;
        foreach (var value in input)
        {
            if (value is Cancel or Substitute)
            {
                state = State.Text; // ends any sequence
                continue;
            }
            switch (state)
            {
                case State.Text:
                    used += Text(value, output[used..]);
                    break;
                case State.AfterEscape:
                    used += FinishOrGoOn(value, output[used..]);
                    break;
                case State.Control:
                    used += Control(value, output[used..]);
                    break;
                case State.Charset:
                    state = State.Text;
                    used += value is (byte)'B' or (byte)'0' ? Release(value, output[used..]) : 0;
                    break;
                case State.String:
                    if (value is Escape or Bell)
                        state = value == Escape ? State.StringEscape : State.Text;
                    break;
                case State.StringEscape:
                    state = value == (byte)'\\' ? State.Text : value == Escape ? State.StringEscape : State.String;
                    break;
            }
        }
        return used;
    }

    private int Text(byte value, Span<byte> output)
    {
        if (value == Escape)
        {
            (state, length, continuation) = (State.AfterEscape, 0, 0);
            Hold(value);
            return 0;
        }
        if (value is < 0x20 and not (Bell or 8 or 9 or 10 or 11 or 12 or 13) or 0x7F)
            return 0; // among them ENQ, which a terminal answers
        if (value < 0x80)
            continuation = 0;
        else if (value >= 0xC0)
        {
            (continuation, afterC2) = (value switch { 0xC2 => 1, < 0xE0 => 1, < 0xF0 => 2, < 0xF8 => 3, _ => 0 }, value == 0xC2);
            if (afterC2)
                return 0; // held back until it is known not to begin one of the controls U+0080 to U+009F
        }
        else if (continuation == 0)
            return value < 0xA0 ? 0 : Put(value, output); // a control in its 8-bit form, or not UTF-8 at all
        else
        {
            continuation--;
            if (afterC2)
            {
                afterC2 = false;
                return value < 0xA0 ? 0 : Put(0xC2, output) + Put(value, output[1..]);
            }
        }
        return Put(value, output);
    }

    private int FinishOrGoOn(byte value, Span<byte> output)
    {
        state = State.Text;
        switch (value)
        {
            case (byte)'[':
                state = State.Control;
                Hold(value);
                return 0;
            case (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_':
                state = State.String;
                return 0;
            case (byte)'(' or (byte)')':
                state = State.Charset;
                Hold(value);
                return 0;
            case Escape:
                state = State.AfterEscape;
                return 0;
            case (byte)'7' or (byte)'8' or (byte)'D' or (byte)'E' or (byte)'M': // save, restore, move by a line
                return Release(value, output);
            default:
                return 0;
        }
    }

    private int Control(byte value, Span<byte> output)
    {
        if (value is >= 0x20 and < 0x40)
        {
            // A sequence too long to hold is left out, to its end.
            if (length < LongestSequence - 1)
                Hold(value);
            else
                length = LongestSequence;
            return 0;
        }
        state = value == Escape ? State.AfterEscape : State.Text;
        var isWhole = length < LongestSequence;
        if (value == Escape)
        {
            (sequence[0], length) = (Escape, 1);
            return 0;
        }
        return isWhole && IsHarmless(sequence.AsSpan(2, length - 2), value) ? Release(value, output) : 0;
    }

    private static bool IsHarmless(ReadOnlySpan<byte> parameters, byte final)
    {
        if (final is (byte)'h' or (byte)'l')
        {
            // Modes of the picture, not of the input: cursor visible, wrapping, the other screen.
            return parameters.SequenceEqual("?25"u8) || parameters.SequenceEqual("?7"u8) || parameters.SequenceEqual("?1049"u8) || parameters.SequenceEqual("?47"u8) || parameters.SequenceEqual("?1047"u8);
        }
        return "@ABCDEFGHIJKLMPSTXZ`abdefmrsu"u8.Contains(final) && !parameters.ContainsAnyExcept("0123456789;:"u8);
    }

    private void Hold(byte value) => sequence[length++] = value;

    private int Release(byte final, Span<byte> output)
    {
        sequence.AsSpan(0, length).CopyTo(output);
        output[length] = final;
        return length + 1;
    }

    private static int Put(byte value, Span<byte> output)
    {
        output[0] = value;
        return 1;
    }
}
