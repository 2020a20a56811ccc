using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Programs;

internal sealed partial class FunctionGenerator
{
    private ValType ReferenceType()
    {
        if (program.Objects is { } objects && choices.Next(3) != 0)
            return choices.Of(objects.Base, ValType.AnyRef, objects.Derived, objects.Bytes, objects.Longs, objects.References);
        return choices.Of(ValType.FuncRef, ValType.ExternRef, ValType.ExnRef);
    }

    /// <summary>An expression of a reference type; a null where there must be none traps.</summary>
    private void Reference(ValType type, int depth)
    {
        if (!type.IsNullable)
        {
            Reference(type.AsNullable(), depth);
            code.Op(Opcode.RefAsNonNull);
            return;
        }
        if (Ends(depth))
        {
            code.Heap(Opcode.RefNull, type.Heap);
            return;
        }
        switch (choices.Next(8))
        {
            case 1 or 2 when LocalToRead(type) is >= 0 and var local:
                code.Get(local);
                break;
            case 3:
                Select(type, depth);
                break;
            case 4:
                Block([type], depth);
                break;
            case 5 when program.Globals.Where(global => global.Type == type).ToArray() is { Length: > 0 } globals:
                code.Op(Opcode.GlobalGet, choices.Of(globals).Index);
                break;
            case > 4:
                NewReference(type, depth);
                break;
            default:
                code.Heap(Opcode.RefNull, type.Heap);
                break;
        }
    }

    private void NewReference(ValType type, int depth)
    {
        if (type == ValType.FuncRef)
        {
            if (program.Referable.Count > 0 && choices.Next(2) == 0)
            {
                code.Op(Opcode.RefFunc, choices.Of<FunctionPlan>([.. program.Referable]).Index);
                return;
            }
            var table = program.HasWideTable ? choices.Next(2) : 0;
            TableIndex(table);
            code.Op(Opcode.TableGet, table);
            return;
        }
        if (program.Objects is not { } objects || type == ValType.ExnRef)
        {
            code.Heap(Opcode.RefNull, type.Heap);
            return;
        }
        if (type == ValType.ExternRef)
        {
            Reference(ValType.AnyRef, depth + 1);
            code.Op(Opcode.ExternConvertAny);
        }
        else if (type == ValType.AnyRef)
        {
            NewAny(objects, depth);
        }
        else if (type == objects.Base && choices.Next(3) == 0)
        {
            NewObject(objects, objects.Derived, depth);
        }
        else if (choices.Next(4) == 0)
        {
            Reference(ValType.AnyRef, depth + 1);
            // Traps where the object is another, mostly.
            code.Heap(Opcode.RefCastNull, type.Heap);
        }
        else
        {
            NewObject(objects, type, depth);
        }
    }

    private void NewAny(ObjectTypes objects, int depth)
    {
        switch (choices.Next(3))
        {
            case 0:
                Expression(ValType.I32, depth + 1);
                code.Op(Opcode.RefI31);
                break;
            case 1:
                Reference(ValType.ExternRef, depth + 1);
                code.Op(Opcode.AnyConvertExtern);
                break;
            default:
                NewObject(objects, choices.Of(objects.Base, objects.Derived, objects.Bytes, objects.Longs, objects.References), depth);
                break;
        }
    }

    private void NewObject(ObjectTypes objects, ValType type, int depth)
    {
        Spend(30);
        var index = type.Heap.Code;
        if (type == objects.Base || type == objects.Derived)
        {
            if (choices.Next(2) == 0)
            {
                code.Op(Opcode.StructNewDefault, index);
                return;
            }
            Expressions([ValType.I32, ValType.I32, ValType.F64, ValType.AnyRef], depth + 1);
            if (type == objects.Derived)
                Expressions([ValType.I64, ValType.V128], depth + 1);
            code.Op(Opcode.StructNew, index);
            return;
        }
        var element = type == objects.Bytes ? ValType.I32 : type == objects.Longs ? ValType.I64 : objects.Base;
        switch (choices.Next(4))
        {
            case 0:
                code.I32(choices.Next(12)).Op(Opcode.ArrayNewDefault, index);
                break;
            case 1:
                Expression(element, depth + 1);
                Expression(ValType.I32, depth + 1);
                code.I32(15).Op(Opcode.I32And).Op(Opcode.ArrayNew, index);
                break;
            case 2 when !element.IsReference:
                code.I32(choices.Next(20)).I32(choices.Next(4)).Op(Opcode.ArrayNewData, index, program.Draft.Module.Data.Count - 1);
                break;
            default:
                var count = choices.Next(4);
                for (var i = 0; i < count; i++)
                    Expression(element, depth + 1);
                code.Op(Opcode.ArrayNewFixed, index, count);
                break;
        }
    }

    /// <summary>A reference that is not null, mostly.</summary>
    private void Object(ObjectTypes objects, ValType type, int depth)
    {
        if (choices.Next(5) == 0 || Ends(depth))
            Reference(type, depth + 1);
        else
            NewObject(objects, type == objects.Base && choices.Next(3) == 0 ? objects.Derived : type, depth + 1);
    }

    /// <summary>A number that comes out of a reference.</summary>
    private void FromReference(ValType type, int depth)
    {
        if (program.Objects is { } objects && choices.Next(4) != 0)
        {
            switch (Letter(type))
            {
                case 'i':
                    FromObject(objects, depth);
                    return;
                case 'l' when choices.Next(2) == 0:
                    Object(objects, objects.Derived, depth);
                    code.Op(Opcode.StructGet, objects.DerivedIndex, 4);
                    return;
                case 'l':
                    Object(objects, objects.Longs, depth);
                    code.I32(choices.Next(5)).Op(Opcode.ArrayGet, objects.LongsIndex);
                    return;
                case 'd':
                    Object(objects, objects.Base, depth);
                    code.Op(Opcode.StructGet, objects.BaseIndex, 2);
                    return;
                case 'v':
                    Object(objects, objects.Derived, depth);
                    code.Op(Opcode.StructGet, objects.DerivedIndex, 5);
                    return;
            }
        }
        if (type != ValType.I32)
        {
            Leaf(type);
            return;
        }
        if (choices.OneIn(4))
        {
            code.Op(Opcode.TableSize, 0);
            return;
        }
        Reference(ReferenceType(), depth + 1);
        code.Op(Opcode.RefIsNull);
    }

    private void FromObject(ObjectTypes objects, int depth)
    {
        switch (choices.Next(9))
        {
            case 0:
                Object(objects, objects.Base, depth);
                code.Op(Opcode.StructGet, objects.BaseIndex, 0);
                break;
            case 1:
                Object(objects, objects.Base, depth);
                code.Op(choices.Of(Opcode.StructGetS, Opcode.StructGetU), objects.BaseIndex, 1);
                break;
            case 2:
                Object(objects, objects.Bytes, depth);
                Expression(ValType.I32, depth + 1);
                code.I32(7).Op(Opcode.I32And).Op(choices.Of(Opcode.ArrayGetS, Opcode.ArrayGetU), objects.BytesIndex);
                break;
            case 3:
                Object(objects, choices.Of(objects.Bytes, objects.Longs, objects.References), depth);
                code.Op(Opcode.ArrayLen);
                break;
            case 4:
                Object(objects, objects.Base, depth);
                Reference(choices.Of(objects.Base, objects.Derived, objects.Bytes), depth + 1);
                code.Op(Opcode.RefEq);
                break;
            case 5:
                Reference(ValType.AnyRef, depth + 1);
                code.Heap(choices.Of(Opcode.RefTest, Opcode.RefTestNull), choices.Of(objects.Base, objects.Derived, objects.Bytes, ValType.I31Ref, ValType.StructRef, ValType.ArrayRef, ValType.EqRef).Heap);
                break;
            case 6:
                Reference(ValType.AnyRef, depth + 1);
                code.Heap(Opcode.RefCastNull, HeapTypeCode.I31).Op(choices.Of(Opcode.I31GetS, Opcode.I31GetU));
                break;
            case 7:
                BranchOnCast(objects, depth);
                break;
            default:
                // A reference that is null leaves the block.
                code.Block(Opcode.Block, ValType.I32);
                Inside(new([ValType.I32]), () =>
                {
                    code.Block(Opcode.Block);
                    Inside(new([]), () =>
                    {
                        Object(objects, objects.Base, depth);
                        code.Op(Opcode.BrOnNull, 0).Op(Opcode.StructGet, objects.BaseIndex, 0).Op(Opcode.Br, 1);
                    });
                    Expression(ValType.I32, depth + 1);
                });
                break;
        }
    }

    private void BranchOnCast(ObjectTypes objects, int depth)
    {
        var target = choices.Of(objects.Derived, objects.Base).AsNonNull();
        code.Block(Opcode.Block, ValType.I32);
        Inside(new([ValType.I32]), () =>
        {
            code.Block(Opcode.Block, target);
            Inside(new([target]), () =>
            {
                Reference(ValType.AnyRef, depth + 1);
                code.BranchOnCast(Opcode.BrOnCast, 0, ValType.AnyRef, target).Op(Opcode.Drop);
                Expression(ValType.I32, depth + 1);
                code.Op(Opcode.Br, 1);
            });
            code.Op(Opcode.StructGet, target.Heap.Code, 0);
        });
    }

    private void ObjectStatement(int depth)
    {
        if (program.Objects is not { } objects)
            return;
        Spend(20);
        switch (choices.Next(7))
        {
            case 0:
                Object(objects, objects.Base, depth);
                Expression(ValType.I32, depth + 1);
                code.Op(Opcode.StructSet, objects.BaseIndex, choices.Next(2));
                break;
            case 1:
                Object(objects, objects.Derived, depth);
                Expression(ValType.V128, depth + 1);
                code.Op(Opcode.StructSet, objects.DerivedIndex, 5);
                break;
            case 2:
                Object(objects, objects.Base, depth);
                Reference(ValType.AnyRef, depth + 1);
                code.Op(Opcode.StructSet, objects.BaseIndex, 3);
                break;
            case 3:
                Object(objects, objects.Bytes, depth);
                Expression(ValType.I32, depth + 1);
                code.I32(7).Op(Opcode.I32And);
                Expression(ValType.I32, depth + 1);
                code.Op(Opcode.ArraySet, objects.BytesIndex);
                break;
            case 4:
                Object(objects, objects.Longs, depth);
                code.I32(choices.Next(4));
                Expression(ValType.I64, depth + 1);
                code.I32(choices.Next(6)).Op(Opcode.ArrayFill, objects.LongsIndex);
                break;
            case 5:
                // Never null: Wasmtime looks at the target's bounds before it looks at the source, the specification at both references first.
                Reference(objects.Bytes.AsNonNull(), depth + 1);
                code.I32(choices.Next(4));
                Reference(objects.Bytes.AsNonNull(), depth + 1);
                code.I32(choices.Next(4)).I32(choices.Next(6)).Op(Opcode.ArrayCopy, objects.BytesIndex, objects.BytesIndex);
                break;
            default:
                Object(objects, objects.References, depth);
                code.I32(choices.Next(4));
                Object(objects, objects.Base, depth);
                code.Op(Opcode.ArraySet, objects.ReferencesIndex);
                break;
        }
    }

    private void TableIndex(int table)
    {
        var index = choices.OneIn(12) ? choices.Of(-1, 100, 12) : choices.Next(9);
        _ = table == 1 ? code.I64(index) : code.I32(index);
    }

    private void TableStatement(int depth)
    {
        if (!ProgramGenerator.CallsIndirectly(plan) && choices.Next(2) == 0)
            return;
        var table = program.HasWideTable ? choices.Next(2) : 0;
        var other = program.HasWideTable ? choices.Next(2) : 0;
        Spend(20);
        switch (choices.Next(5))
        {
            case 0:
                TableIndex(table);
                Reference(ValType.FuncRef, depth + 1);
                code.Op(Opcode.TableSet, table);
                break;
            case 1:
                TableIndex(table);
                Reference(ValType.FuncRef, depth + 1);
                Length(table == 1);
                code.Op(Opcode.TableFill, table);
                break;
            case 2:
                TableIndex(table);
                TableIndex(other);
                Length(table == 1 && other == 1);
                code.Op(Opcode.TableCopy, table, other);
                break;
            case 3:
                TableIndex(table);
                code.I32(choices.Next(5));
                Length(false);
                code.Op(Opcode.TableInit, program.Draft.Module.Elements.Count - 1, table);
                break;
            default:
                Reference(ValType.FuncRef, depth + 1);
                Length(table == 1);
                code.Op(Opcode.TableGrow, table);
                Consume(table == 1 ? ValType.I64 : ValType.I32);
                break;
        }

        void Length(bool wide) => _ = wide ? code.I64(choices.Next(4)) : code.I32(choices.Next(4));
    }
}
