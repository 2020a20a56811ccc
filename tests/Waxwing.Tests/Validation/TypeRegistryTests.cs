using System.Runtime.CompilerServices;
using Waxwing.Syntax;
using Waxwing.Types;
using static Waxwing.Tests.Validation.ModuleBuilder;

namespace Waxwing.Tests.Validation;

public sealed class TypeRegistryTests
{
    private static ValType RefTo(int index, bool nullable = true) => ValType.Ref(new(index), nullable);

    private static SubType[] Canonical(params SubType[][] groups)
    {
        var module = new ModuleBuilder().Types(groups).Module;
        TypeRegistry.Canonicalize(module);
        return [.. module.Types];
    }

    [Fact]
    public void Equal_types_of_different_modules_are_one_object()
    {
        var first = Canonical([Func([ValType.I32, ValType.V128], [ValType.F64])]);
        var second = Canonical([Func([], [])], [Func([ValType.I32, ValType.V128], [ValType.F64])]);
        Assert.Same(first[0].Canonical, second[1].Canonical);
        Assert.NotSame(first[0].Canonical, second[0].Canonical);
        Assert.Equal((3, 1), (first[0].Canonical!.ParameterSlots, first[0].Canonical!.ResultSlots));
        Assert.Equal([ValueType.I32, ValueType.V128], first[0].Canonical!.Parameters);
    }

    [Fact]
    public void Types_of_the_host_and_of_modules_are_one_object()
    {
        var module = Canonical([Func([RefTo(0)], [])], [Func([ValType.FuncRef, ValType.I64], [RefTo(0, nullable: false)])]);
        var self = module[0].Canonical!;
        Assert.Same(module[1].Canonical, TypeRegistry.Function([ValueType.FuncRef, ValueType.I64], [ValueType.Ref(HeapType.Of(self), nullable: false)]));
        // A host type cannot refer to itself, and one that refers to the recursive type is a different one.
        Assert.NotSame(self, TypeRegistry.Function([ValueType.Ref(HeapType.Of(self))], []));
    }

    [Fact]
    public void Recursion_groups_are_equal_as_wholes_only()
    {
        SubType[] Pair() => [Struct([new(RefTo(1), true)]), Struct([new(RefTo(0), true)])];
        var first = Canonical(Pair());
        var second = Canonical(Pair());
        Assert.Same(first[0].Canonical, second[0].Canonical);
        Assert.Same(first[1].Canonical, second[1].Canonical);
        // The members look alike from outside, but identity is by group and position.
        Assert.NotSame(first[0].Canonical, first[1].Canonical);
        var longer = Canonical([.. Pair(), Func([], [])]);
        Assert.NotSame(first[0].Canonical, longer[0].Canonical);
    }

    [Fact]
    public void Position_in_the_module_does_not_matter_to_inner_references()
    {
        var first = Canonical([Struct([new(RefTo(0), false)])]);
        var second = Canonical([Func([], [])], [Struct([new(RefTo(1), false)])]);
        var other = Canonical([Func([], [])], [Struct([new(RefTo(0), false)])]);
        Assert.Same(first[0].Canonical, second[1].Canonical);
        Assert.NotSame(first[0].Canonical, other[1].Canonical);
    }

    public static TheoryData<string> Differences => ["final", "super", "kind", "mutable", "packed", "nullable", "boundary"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void Every_part_of_a_type_counts(string difference)
    {
        var field = new FieldType(ValType.I8, true);
        var (first, second) = difference switch
        {
            "final" => (Struct([field]), Struct([field], final: false)),
            "super" => (Struct([field], final: false), Struct([field], super: 0, final: false)),
            "kind" => (Struct([field]), Array(field)),
            "mutable" => (Struct([field]), Struct([field with { Mutable = false }])),
            "packed" => (Struct([field]), Struct([field with { Storage = ValType.I16 }])),
            "nullable" => (Struct([new(ValType.AnyRef, true)]), Struct([new(ValType.AnyRef.AsNonNull(), true)])),
            _ => (Func([ValType.I32, ValType.I64], []), Func([ValType.I32], [ValType.I64])),
        };
        var super = Struct([], final: false);
        Assert.NotSame(Canonical([super], [first])[1].Canonical, Canonical([super], [second])[1].Canonical);
        Assert.Same(Canonical([super], [first])[1].Canonical, Canonical([super], [first])[1].Canonical);
    }

    [Fact]
    public void Subtyping_follows_the_declared_chain()
    {
        var types = Canonical([Struct([], final: false)], [Struct([], super: 0, final: false)], [Struct([], super: 1)], [Struct([], super: 0)]);
        bool Is(int sub, int super) => types[sub].Canonical!.IsSubtypeOf(types[super].Canonical!);
        Assert.True(Is(2, 2) && Is(2, 1) && Is(2, 0) && Is(3, 0));
        Assert.False(Is(0, 2) || Is(3, 1) || Is(2, 3) || Is(1, 2));
        Assert.Equal(2, types[2].Canonical!.Depth);
        Assert.Equal(new DefinedType[] { types[0].Canonical!, types[1].Canonical!, types[2].Canonical! }, types[2].Canonical!.Display);
    }

    [Fact]
    public void A_type_dies_with_its_last_user()
    {
        var weak = Make();
        for (var round = 0; round < 10 && weak.IsAlive; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(weak.IsAlive);
        TypeRegistry.Sweep();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Make() => new(Canonical([Func([.. Enumerable.Repeat(ValType.F32, 731)], [])])[0].Canonical);
    }

    [Fact]
    public void One_member_keeps_its_group_alive()
    {
        var (kept, weak) = Make();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(weak.IsAlive);
        Assert.Same(kept.FieldTypes[0].Type.Heap.Definition, weak.Target);
        GC.KeepAlive(kept);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (DefinedType, WeakReference) Make()
        {
            var types = Canonical([Struct([new(RefTo(1), true), new(ValType.F32, true)]), Struct([new(ValType.F64, true)])]);
            return (types[0].Canonical!, new(types[1].Canonical));
        }
    }

    [Fact]
    public void Threads_that_race_get_the_same_types()
    {
        for (var round = 0; round < 200; round++)
        {
            var results = new DefinedType[8];
            var barrier = new Barrier(results.Length);
            var seed = round;
            var threads = Enumerable.Range(0, results.Length).Select(index => new Thread(() =>
            {
                var parameters = Enumerable.Range(0, 20).Select(bit => (seed >> bit & 1) != 0 ? ValType.I64 : ValType.F32).ToArray();
                barrier.SignalAndWait();
                results[index] = Canonical([Func(parameters, [RefTo(0)])])[0].Canonical!;
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.All(results, each => Assert.Same(results[0], each));
        }
    }

    [Fact]
    public void A_group_of_a_million_types_is_linear()
    {
        const int Count = 1_000_000;
        SubType[] Group() => [.. Enumerable.Range(0, Count).Select(index => Func([RefTo((index + 1) % Count)], []))];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var first = Canonical(Group());
        var second = Canonical(Group());
        Assert.Same(first[Count - 1].Canonical, second[Count - 1].Canonical);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
        Assert.True(first[0].Canonical!.ToString().Length < 1000);
    }

    [Fact]
    public void Many_groups_survive_the_growth_of_the_table()
    {
        var kept = Enumerable.Range(0, 20_000).Select(number => TypeRegistry.Function(Pattern(number), [])).ToArray();
        Assert.Equal(kept.Length, kept.Distinct().Count());
        for (var number = 0; number < kept.Length; number++)
            Assert.Same(kept[number], TypeRegistry.Function(Pattern(number), []));

        static ValueType[] Pattern(int number) => [.. Enumerable.Range(0, 15).Select(bit => (number >> bit & 1) != 0 ? ValueType.I32 : ValueType.F64)];
    }

    [Fact]
    public void Types_are_written_with_bounds()
    {
        var types = Canonical(
            [Func([ValType.I32, ValType.FuncRef], [RefTo(0, nullable: false)])],
            [Struct([new(ValType.I8, true), new(RefTo(1), false)], final: false)],
            [Struct([new(ValType.I8, true), new(RefTo(1), false)], super: 1)],
            [Func([.. Enumerable.Repeat(ValType.I32, 1000)], [])]);
        Assert.Equal("(func (param i32 funcref) (result (ref (func (param i32 funcref) (result (ref (func ...)))))))", types[0].Canonical!.ToString());
        Assert.Equal("(sub (struct (field (mut i8)) (field (ref null (sub (struct (field (mut i8)) (field (ref null (struct ...)))))))))", types[1].Canonical!.ToString());
        Assert.StartsWith("(sub final (struct ...) (struct (field (mut i8))", types[2].Canonical!.ToString(), StringComparison.Ordinal);
        Assert.InRange(types[3].Canonical!.ToString().Length, 100, 500);
    }
}
