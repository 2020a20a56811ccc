using System.Runtime.CompilerServices;

namespace Waxwing.Validation;

// The operand stack.
internal ref partial struct FunctionWalker<TConsumer>
{
    /// <summary>
    /// A body can push a thousand values with a call of two bytes, so the stack has a bound of its own: more than a body of the largest size needs that pushes
    /// one value a byte.
    /// </summary>
    private const int MaximumHeight = 8_000_000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(int type)
    {
        var at = height;
        if ((uint)at >= (uint)operands.Length)
            Grow(1);
        operands[at] = type;
        height = at + 1;
    }

    private void PushAll(scoped ReadOnlySpan<int> pushed)
    {
        if (pushed.Length > operands.Length - height)
            Grow(pushed.Length);
        pushed.CopyTo(operands[height..]);
        height += pushed.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        if (height + count > MaximumHeight)
            throw Invalid("operand stack too high", $"{Name} makes it exceed {MaximumHeight} values");
        Array.Resize(ref buffers.Operands, Math.Max(height + count, operands.Length * 2));
        operands = buffers.Operands;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pop(int expected)
    {
        var top = height - 1;
        if (top >= floor && operands[top] == expected)
            height = top;
        else
            PopSlowly(expected);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PopSlowly(int expected)
    {
        if (height > floor)
        {
            if (!Matching.Matches(types, operands[height - 1], expected))
                throw Mismatch(expected);
            height--;
        }
        else if (!polymorphic)
        {
            throw Mismatch(expected);
        }
    }

    /// <summary>Pops a value of any type; bottom from the polymorphic stack.</summary>
    private int PopAny()
    {
        if (height > floor)
            return operands[--height];
        return polymorphic ? ValueCode.Bottom : throw Mismatch("any value");
    }

    /// <summary>Pops a reference of any type; <see cref="ValueCode.BottomReference"/> from the polymorphic stack.</summary>
    private int PopReference()
    {
        if (height == floor)
            return polymorphic ? ValueCode.BottomReference : throw Mismatch("a reference");
        var type = operands[height - 1];
        if (type == ValueCode.Bottom)
            type = ValueCode.BottomReference;
        else if (!ValueCode.IsReference(type))
            throw Mismatch("a reference");
        height--;
        return type;
    }

    /// <summary>Pops values of these types, the last one first.</summary>
    private void PopAll(scoped ReadOnlySpan<int> expected)
    {
        CheckTop(expected);
        height = Math.Max(height - expected.Length, floor);
    }

    /// <summary>Checks that values of these types are on top of the stack, without popping them.</summary>
    private readonly void CheckTop(scoped ReadOnlySpan<int> expected)
    {
        var available = height - floor;
        if (available >= expected.Length)
        {
            if (expected.SequenceEqual(operands.Slice(height - expected.Length, expected.Length)))
                return;
        }
        else if (!polymorphic)
        {
            // A value of the right type may be missing its neighbours only: report what is absent unless a present one is wrong.
            CheckEach(expected[^available..], available);
            throw Mismatch(expected);
        }
        CheckEach(expected, Math.Min(available, expected.Length));
    }

    private readonly void CheckEach(scoped ReadOnlySpan<int> expected, int count)
    {
        for (var below = 1; below <= count; below++)
        {
            if (!Matching.Matches(types, operands[height - below], expected[^below]))
                throw Mismatch(expected);
        }
    }

    /// <summary>Replaces the values on top of the stack, known to match, by their expected types.</summary>
    private void Retype(scoped ReadOnlySpan<int> replacement)
    {
        height = Math.Max(height - replacement.Length, floor);
        PushAll(replacement);
    }
}
