using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// Structs and arrays.
internal ref partial struct FunctionWalker<TConsumer>
{
    private void CheckStruct()
    {
        var index = instruction.Index;
        var fields = Type(index, CompositeKind.Struct, "a struct").Fields;
        switch (instruction.Opcode)
        {
            case Opcode.StructNew:
                for (var at = fields.Length - 1; at >= 0 && !(polymorphic && height == floor); at--)
                    Pop(ValueCode.Of(fields[at].Unpacked));
                Push(ValueCode.Ref(index, nullable: false));
                break;
            case Opcode.StructNewDefault:
                foreach (var each in fields)
                    CheckDefaultable(each);
                Push(ValueCode.Ref(index, nullable: false));
                break;
            case Opcode.StructSet:
                var target = Field(fields);
                if (!target.Mutable)
                    throw Invalid("immutable field", $"field {instruction.Index2} of type {index} cannot be set");
                instruction.Type = target.Unpacked;
                Pop(ValueCode.Of(target.Unpacked));
                Pop(ValueCode.Ref(index, nullable: true));
                break;
            default:
                var field = Field(fields);
                CheckPacking(field, isPlain: instruction.Opcode == Opcode.StructGet);
                instruction.Type = field.Unpacked;
                Pop(ValueCode.Ref(index, nullable: true));
                Push(ValueCode.Of(field.Unpacked));
                break;
        }
    }

    private readonly FieldType Field(FieldType[] fields)
    {
        var index = instruction.Index2;
        return (uint)index < (uint)fields.Length ? fields[index] : throw Unknown("field", index, fields.Length);
    }

    private readonly void CheckDefaultable(FieldType field)
    {
        if (!field.Storage.IsDefaultable)
            throw Invalid("type mismatch", $"{Name} requires default values but {Show(field.Storage)} has none");
    }

    /// <summary>Packed fields are read with an extension, others without.</summary>
    private readonly void CheckPacking(FieldType field, bool isPlain)
    {
        if (field.Storage.IsPacked == isPlain)
            throw Invalid("type mismatch", $"{Name} does not read a field of type {Show(field.Storage)}");
    }

    private void CheckArray()
    {
        var index = instruction.Index;
        var element = Type(index, CompositeKind.Array, "an array").Fields[0];
        var value = ValueCode.Of(element.Unpacked);
        var array = ValueCode.Ref(index, nullable: true);
        instruction.Type = element.Unpacked;
        switch (instruction.Opcode)
        {
            case Opcode.ArrayNew:
                Pop(ValueCode.I32);
                Pop(value);
                Push(ValueCode.Ref(index, nullable: false));
                break;
            case Opcode.ArrayNewDefault:
                CheckDefaultable(element);
                Pop(ValueCode.I32);
                Push(ValueCode.Ref(index, nullable: false));
                break;
            case Opcode.ArrayNewFixed:
                // The count may be anything; what bounds the loop is the stack.
                for (var left = (uint)instruction.Index2; left > 0 && !(polymorphic && height == floor); left--)
                    Pop(value);
                Push(ValueCode.Ref(index, nullable: false));
                break;
            case Opcode.ArrayNewData or Opcode.ArrayNewElem:
                CheckArraySegment(element);
                Pop(ValueCode.I32);
                Pop(ValueCode.I32);
                Push(ValueCode.Ref(index, nullable: false));
                break;
            case Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU:
                CheckPacking(element, isPlain: instruction.Opcode == Opcode.ArrayGet);
                Pop(ValueCode.I32);
                Pop(array);
                Push(value);
                break;
            case Opcode.ArraySet:
                CheckMutable(element, index);
                Pop(value);
                Pop(ValueCode.I32);
                Pop(array);
                break;
            case Opcode.ArrayFill:
                CheckMutable(element, index);
                Pop(ValueCode.I32);
                Pop(value);
                Pop(ValueCode.I32);
                Pop(array);
                break;
            case Opcode.ArrayCopy:
                CheckArrayCopy(element);
                break;
            case Opcode.ArrayInitData or Opcode.ArrayInitElem:
                CheckMutable(element, index);
                CheckArraySegment(element);
                Pop(ValueCode.I32);
                Pop(ValueCode.I32);
                Pop(ValueCode.I32);
                Pop(array);
                break;
            default:
                throw new InvalidOperationException($"no rule for {instruction.Opcode}");
        }
    }

    private readonly void CheckMutable(FieldType element, int index)
    {
        if (!element.Mutable)
            throw Invalid("immutable array", $"the elements of type {index} cannot be set");
    }

    /// <summary>The segment must hold what the array does: bytes for numbers and vectors, references of a subtype for references.</summary>
    private readonly void CheckArraySegment(FieldType element)
    {
        if (instruction.Opcode is Opcode.ArrayNewData or Opcode.ArrayInitData)
        {
            if (element.Storage.IsReference)
                throw Invalid("array type is not numeric or vector", $"its elements are {Show(element.Storage)}");
            CheckData(instruction.Index2);
            return;
        }
        var segment = CheckElement(instruction.Index2);
        if (!Matching.Matches(types, segment.Type, element.Storage))
            throw Invalid("type mismatch", $"segment {instruction.Index2} holds {Show(segment.Type)}, the array {Show(element.Storage)}");
    }

    private void CheckArrayCopy(FieldType destination)
    {
        var source = Type(instruction.Index2, CompositeKind.Array, "an array").Fields[0];
        CheckMutable(destination, instruction.Index);
        if (!Matching.Matches(types, source.Storage, destination.Storage))
            throw Invalid("array types do not match", $"{Show(source.Storage)} does not fit {Show(destination.Storage)}");
        Pop(ValueCode.I32);
        Pop(ValueCode.I32);
        Pop(ValueCode.Ref(instruction.Index2, nullable: true));
        Pop(ValueCode.I32);
        Pop(ValueCode.Ref(instruction.Index, nullable: true));
    }
}
