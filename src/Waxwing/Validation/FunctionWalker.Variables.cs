using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// Locals, globals, drop and select.
internal ref partial struct FunctionWalker<TConsumer>
{
    private void ReadLocals(ValType[] parameters)
    {
        parameterCount = localCount = parameters.Length;
        expandedCount = Math.Min(parameters.Length, WalkerBuffers.ExpandedLocals);
        ValueCode.Of(parameters)[..expandedCount].CopyTo(buffers.Locals);
        AddGroup(0, parameters.Length);
        // The last parameter's group is a placeholder: parameters beyond the expanded ones are looked up in the type.
        var hasUninitialized = false;
        for (var groups = reader.ReadLength(); groups > 0; groups--)
        {
            var at = reader.Position;
            var count = reader.ReadU32();
            var type = TypeReader.ReadValueType(ref reader, features);
            if (localCount + (long)count > context.Limits.Locals)
                throw new WasmFormatException("too many locals", at, $"{localCount + (long)count}, the limit is {context.Limits.Locals}");
            if (type.IsReference && type.Heap.Code >= types.Length)
                throw new WasmValidationException($"unknown type {type.Heap.Code}", at, "in the declaration of locals", function);
            if (count == 0)
                continue;
            hasUninitialized |= !type.IsDefaultable;
            localCount += (int)count;
            AddGroup(ValueCode.Of(type), localCount);
            if (expandedCount < WalkerBuffers.ExpandedLocals)
            {
                var expanded = Math.Min(localCount, WalkerBuffers.ExpandedLocals);
                buffers.Locals.AsSpan(expandedCount..expanded).Fill(ValueCode.Of(type));
                expandedCount = expanded;
            }
        }
        if (hasUninitialized)
        {
            var words = (localCount + 63) / 64;
            if (buffers.Initialized.Length < words)
                buffers.Initialized = new ulong[words];
            buffers.Initialized.AsSpan(0, words).Clear();
        }
    }

    private void AddGroup(int type, int end)
    {
        if (groupCount == buffers.GroupEnds.Length)
        {
            Array.Resize(ref buffers.GroupEnds, groupCount * 2);
            Array.Resize(ref buffers.GroupTypes, groupCount * 2);
        }
        buffers.GroupEnds[groupCount] = end;
        buffers.GroupTypes[groupCount++] = type;
    }

    private readonly int Local(int index)
    {
        if ((uint)index < (uint)expandedCount)
            return buffers.Locals[index];
        if ((uint)index >= (uint)localCount)
            throw Unknown("local", index, localCount);
        if (index < parameterCount)
            return ValueCode.Of(types[context.FunctionTypes[function]].Parameters[index]);
        var group = Array.BinarySearch(buffers.GroupEnds, 0, groupCount, index + 1);
        return buffers.GroupTypes[group >= 0 ? group : ~group];
    }

    private void CheckLocalGet()
    {
        var index = instruction.Index;
        var type = Local(index);
        instruction.Type = ValueCode.Type(type);
        if ((type & 0xFF) == ValueCode.Reference && index >= parameterCount && !IsInitialized(index))
            throw Invalid("uninitialized local", $"local {index} of type {Show(type)} is read before it is set");
        Push(type);
    }

    private void CheckLocalSet()
    {
        var type = Local(instruction.Index);
        instruction.Type = ValueCode.Type(type);
        Pop(type);
        if ((type & 0xFF) == ValueCode.Reference)
            MarkInitialized(instruction.Index);
    }

    private void CheckLocalTee()
    {
        CheckLocalSet();
        Push(ValueCode.Of(instruction.Type));
    }

    private readonly bool IsInitialized(int local) => (buffers.Initialized[local >> 6] >> local & 1) != 0;

    private void MarkInitialized(int local)
    {
        if (local < parameterCount || IsInitialized(local))
            return;
        buffers.Initialized[local >> 6] |= 1UL << local;
        if (initializedCount == buffers.InitializedLog.Length)
            Array.Resize(ref buffers.InitializedLog, initializedCount * 2);
        buffers.InitializedLog[initializedCount++] = local;
    }

    /// <summary>What a block initialised is uninitialised again behind it.</summary>
    private void ForgetInitialized(int count)
    {
        while (initializedCount > count)
        {
            var local = buffers.InitializedLog[--initializedCount];
            buffers.Initialized[local >> 6] &= ~(1UL << local);
        }
    }

    private void CheckGlobalGet()
    {
        var global = Global(instruction.Index);
        if (function < 0)
        {
            if (instruction.Index >= visibleGlobals)
                throw Invalid($"unknown global {instruction.Index}", "a constant expression reads earlier globals only");
            if (global.Mutable)
                throw Invalid("constant expression required", $"global {instruction.Index} is mutable");
        }
        instruction.Type = global.Type;
        Push(ValueCode.Of(global.Type));
    }

    private void CheckGlobalSet()
    {
        var global = Global(instruction.Index);
        if (!global.Mutable)
            throw Invalid("immutable global", $"global {instruction.Index} cannot be set");
        instruction.Type = global.Type;
        Pop(ValueCode.Of(global.Type));
    }

    private readonly GlobalSyntax Global(int index)
    {
        var globals = context.Globals;
        return (uint)index < (uint)globals.Length ? globals[index] : throw Unknown("global", index, globals.Length);
    }

    private void CheckSelect()
    {
        Pop(ValueCode.I32);
        var second = PopAny();
        var first = PopAny();
        if (!ValueCode.IsNumericOrVector(first) || !ValueCode.IsNumericOrVector(second))
            throw Invalid("type mismatch", $"select without a type requires numbers or vectors but stack has [{Show(first)} {Show(second)}]");
        if (first != second && first != ValueCode.Bottom && second != ValueCode.Bottom)
            throw Invalid("type mismatch", $"select requires operands of one type but stack has [{Show(first)} {Show(second)}]");
        var type = first == ValueCode.Bottom ? second : first;
        instruction.Type = ValueCode.Type(type);
        Push(type);
    }

    private void CheckTypedSelect()
    {
        if (instruction.Results.Length != 1)
            throw Invalid("invalid result arity", $"select has {instruction.Results.Length} types instead of one");
        var type = instruction.Results[0];
        CheckType(type);
        instruction.Type = type;
        Pop(ValueCode.I32);
        Pop(ValueCode.Of(type));
        Pop(ValueCode.Of(type));
        Push(ValueCode.Of(type));
    }
}
