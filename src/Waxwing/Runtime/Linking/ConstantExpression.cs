using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Runtime;

/// <summary>
/// Evaluates the constant expressions of an instance under construction: 3.4.14 of the specification. They are valid, so operands have the types that instructions expect; they may be
/// long, so the operands are on a stack of its own. Used by one thread.
/// </summary>
internal sealed class ConstantExpression(WasmInstance instance)
{
    private readonly ModuleContext context = instance.Module.Context;
    private readonly InstructionBuffers buffers = new();
    private WasmValue[] stack = new WasmValue[4];
    private int height;

    /// <exception cref="WasmTrapException">An object could not be allocated.</exception>
    public WasmValue Evaluate(CodeRange range)
    {
        height = 0;
        var reader = new ByteReader(context.Module.Bytes.Span, range.Offset, range.End);
        var instruction = default(InstructionEvent);
        while (true)
        {
            InstructionReader.Read(ref reader, context.Features, buffers, ref instruction);
            if (instruction.Opcode == Opcode.End)
                return stack[height - 1];
            Execute(in instruction);
        }
    }

    private void Execute(in InstructionEvent instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.I32Const:
                Push(WasmValue.FromInt32((int)instruction.Immediate));
                break;
            case Opcode.I64Const:
                Push(WasmValue.FromInt64((long)instruction.Immediate));
                break;
            case Opcode.F32Const:
                Push(new(ValueKind.F32, (uint)instruction.Immediate, 0, null));
                break;
            case Opcode.F64Const:
                Push(new(ValueKind.F64, instruction.Immediate, 0, null));
                break;
            case Opcode.V128Const:
                Push(new(ValueKind.V128, instruction.Immediate, instruction.Immediate2, null));
                break;
            case Opcode.GlobalGet:
                Push(instance.Globals[instruction.Index].Value);
                break;
            case Opcode.RefNull:
                Push(WasmValue.Null);
                break;
            case Opcode.RefFunc:
                Push(WasmValue.FromReference(instance.GetFunctionRecord(instruction.Index)));
                break;
            case Opcode.RefI31:
                Push(WasmValue.FromReference(I31.Of(Pop().AsInt32())));
                break;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                break;
            case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                Arithmetic(instruction.Opcode);
                break;
            default:
                Allocate(in instruction);
                break;
        }
    }

    private void Arithmetic(Opcode opcode)
    {
        var right = Pop().Low;
        var left = Pop().Low;
        Push(opcode switch
        {
            Opcode.I32Add => (int)(left + right),
            Opcode.I32Sub => (int)(left - right),
            Opcode.I32Mul => (int)(left * right),
            Opcode.I64Add => (long)(left + right),
            Opcode.I64Sub => (long)(left - right),
            _ => WasmValue.FromInt64((long)(left * right)),
        });
    }

    private void Allocate(in InstructionEvent instruction)
    {
        var type = instance.Types[instruction.Index];
        switch (instruction.Opcode)
        {
            case Opcode.StructNew:
                var fields = type.FieldTypes.Length;
                height -= fields;
                Push(WasmValue.FromReference(WasmStruct.CreateUnchecked(type, stack.AsSpan(height, fields))));
                break;
            case Opcode.StructNewDefault:
                Push(WasmValue.FromReference(ObjectLayout.Of(type).NewStruct()));
                break;
            case Opcode.ArrayNew:
                var count = (uint)Pop().Low;
                var initial = Pop();
                Push(NewArray(type, count, in initial));
                break;
            case Opcode.ArrayNewDefault:
                Push(WasmValue.FromReference(ObjectLayout.Of(type).NewArray((uint)Pop().Low, instance.Runtime.Options.Limits.ArrayBytes)));
                break;
            case Opcode.ArrayNewFixed:
                var elements = ObjectLayout.Of(type).NewArray((uint)instruction.Index2, instance.Runtime.Options.Limits.ArrayBytes);
                height -= instruction.Index2;
                for (var i = 0; i < instruction.Index2; i++)
                    elements.Store(i, stack[height + i]);
                Push(WasmValue.FromReference(elements));
                break;
            default:
                throw new InvalidOperationException($"{instruction.Opcode} is not a constant instruction");
        }
    }

    private WasmValue NewArray(DefinedType type, uint count, in WasmValue initial)
    {
        var made = ObjectLayout.Of(type).NewArray(count, instance.Runtime.Options.Limits.ArrayBytes);
        for (var i = 0; i < (int)count; i++)
            made.Store(i, initial);
        return WasmValue.FromReference(made);
    }

    private void Push(WasmValue value)
    {
        if (height == stack.Length)
            Array.Resize(ref stack, 2 * height);
        stack[height++] = value;
    }

    private WasmValue Pop() => stack[--height];
}
