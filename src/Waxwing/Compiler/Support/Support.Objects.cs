using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Waxwing.Instructions;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

// Members for tables, references, objects and atomics. Those that are generic are made for numbers, vectors and questions: a few dozen in all.
internal static partial class Support
{
    // Tables.
    public static readonly MethodInfo TableGet = Method(typeof(TableAccess), nameof(TableAccess.Get));
    public static readonly MethodInfo TableSet = Method(typeof(TableAccess), nameof(TableAccess.Set));
    public static readonly MethodInfo TableSize = Method(typeof(TableAccess), nameof(TableAccess.Size));
    public static readonly MethodInfo TableGrow = Method(typeof(TableAccess), nameof(TableAccess.Grow));
    public static readonly MethodInfo TableFill = Method(typeof(TableAccess), nameof(TableAccess.Fill));
    public static readonly MethodInfo TableCopy = Method(typeof(TableAccess), nameof(TableAccess.Copy));
    public static readonly MethodInfo TableInit = Method(typeof(TableAccess), nameof(TableAccess.Init));
    public static readonly MethodInfo ElementDrop = Method(typeof(TableAccess), nameof(TableAccess.DropElements));

    // References.
    public static readonly MethodInfo ReferenceFunction = Method(typeof(ReferenceAccess), nameof(ReferenceAccess.Function));
    public static readonly MethodInfo ReferenceEqual = Method(typeof(ReferenceAccess), nameof(ReferenceAccess.AreEqual));
    public static readonly MethodInfo ReferenceAsNonNull = Method(typeof(ReferenceAccess), nameof(ReferenceAccess.NonNull));
    public static readonly MethodInfo I31Of = Method(typeof(ReferenceAccess), nameof(ReferenceAccess.I31Of));
    public static readonly MethodInfo I31Signed = Method(typeof(ReferenceAccess), nameof(ReferenceAccess.I31Signed));
    public static readonly MethodInfo I31Unsigned = Method(typeof(ReferenceAccess), nameof(ReferenceAccess.I31Unsigned));

    // Structs.
    public static readonly MethodInfo StructNew = Method(typeof(StructAccess), nameof(StructAccess.New));
    public static readonly MethodInfo StructGetReference = Method(typeof(StructAccess), nameof(StructAccess.GetReference));
    public static readonly MethodInfo StructSetReference = Method(typeof(StructAccess), nameof(StructAccess.SetReference));
    public static readonly MethodInfo StructGetReferenceAt = Method(typeof(StructAccess), nameof(StructAccess.GetReferenceAt));
    public static readonly MethodInfo StructSetReferenceAt = Method(typeof(StructAccess), nameof(StructAccess.SetReferenceAt));

    // Arrays.
    public static readonly MethodInfo ArrayLength = Method(typeof(ArrayAccess), nameof(ArrayAccess.Length));
    public static readonly MethodInfo ArrayNewDefault = Method(typeof(ArrayAccess), nameof(ArrayAccess.NewDefault));
    public static readonly MethodInfo ArrayNewFixed = Method(typeof(ArrayAccess), nameof(ArrayAccess.NewFixed));
    public static readonly MethodInfo ArrayNewData = Method(typeof(ArrayAccess), nameof(ArrayAccess.NewData));
    public static readonly MethodInfo ArrayNewElement = Method(typeof(ArrayAccess), nameof(ArrayAccess.NewElements));
    public static readonly MethodInfo ArrayCopy = Method(typeof(ArrayAccess), nameof(ArrayAccess.Copy));
    public static readonly MethodInfo ArrayInitData = Method(typeof(ArrayAccess), nameof(ArrayAccess.InitData));
    public static readonly MethodInfo ArrayInitElement = Method(typeof(ArrayAccess), nameof(ArrayAccess.InitElements));

    public static readonly MethodInfo MemoryBarrier = Method(typeof(Interlocked), nameof(Interlocked.MemoryBarrier));

    public static MethodInfo StructGet(FieldStorage storage, bool isSigned) => OfStruct(nameof(StructAccess.Get), Stored(storage, isSigned));

    public static MethodInfo StructSet(FieldStorage storage) => OfStruct(nameof(StructAccess.Set), Stored(storage));

    /// <summary>Initialises a field of a new struct.</summary>
    public static MethodInfo StructPut(FieldStorage storage, bool isInlined) => storage == FieldStorage.Reference
        ? Method(typeof(StructAccess), isInlined ? nameof(StructAccess.PutReference) : nameof(StructAccess.PutOneReferenceOfMany))
        : OfStruct(isInlined ? nameof(StructAccess.Put) : nameof(StructAccess.PutOneOfMany), Stored(storage));

    public static MethodInfo ArrayGet(FieldStorage storage, bool isSigned) =>
        storage == FieldStorage.Reference ? Method(typeof(ArrayAccess), nameof(ArrayAccess.GetReference)) : OfArray(nameof(ArrayAccess.Get), Stored(storage, isSigned));

    public static MethodInfo ArraySet(FieldStorage storage) =>
        storage == FieldStorage.Reference ? Method(typeof(ArrayAccess), nameof(ArrayAccess.SetReference)) : OfArray(nameof(ArrayAccess.Set), Stored(storage));

    public static MethodInfo ArrayNew(FieldStorage storage) =>
        storage == FieldStorage.Reference ? Method(typeof(ArrayAccess), nameof(ArrayAccess.NewOfReference)) : OfArray(nameof(ArrayAccess.New), Unpacked(storage));

    public static MethodInfo ArrayFill(FieldStorage storage) =>
        storage == FieldStorage.Reference ? Method(typeof(ArrayAccess), nameof(ArrayAccess.FillReference)) : OfArray(nameof(ArrayAccess.Fill), Unpacked(storage));

    /// <summary>Initialises an element of a new array.</summary>
    public static MethodInfo ArrayPut(FieldStorage storage, bool isInlined) => storage == FieldStorage.Reference
        ? Method(typeof(ArrayAccess), isInlined ? nameof(ArrayAccess.PutReference) : nameof(ArrayAccess.PutOneReferenceOfMany))
        : OfArray(isInlined ? nameof(ArrayAccess.Put) : nameof(ArrayAccess.PutOneOfMany), Stored(storage));

    /// <summary>The helper for a <see cref="Runtime.TypeTest"/>.</summary>
    public static MethodInfo TypeTest(int test, bool isFinal, bool isCast) => Made.OfQuestion.GetOrAdd((Question(test, isFinal), isCast), static key => MakeTypeTest(key.Question, key.IsCast));

    /// <summary>The helper for an atomic instruction, or null if it is none.</summary>
    public static MethodInfo? Atomic(Opcode opcode) => Made.OfAtomic.GetOrAdd(opcode, static opcode => MakeAtomic(opcode));

    private static Type Question(int test, bool isFinal) => test switch
    {
        Runtime.TypeTest.Anything => typeof(TypeTests.Anything),
        Runtime.TypeTest.Nothing => typeof(TypeTests.Nothing),
        Runtime.TypeTest.Eq => typeof(TypeTests.Eq),
        Runtime.TypeTest.I31 => typeof(TypeTests.I31),
        Runtime.TypeTest.Struct => typeof(TypeTests.Struct),
        Runtime.TypeTest.Array => typeof(TypeTests.Array),
        Runtime.TypeTest.Object => typeof(TypeTests.Object),
        Runtime.TypeTest.KnownObject => isFinal ? typeof(TypeTests.KnownObjectOfFinal) : typeof(TypeTests.KnownObject),
        _ => typeof(TypeTests.Function),
    };

    private static Type Stored(FieldStorage storage, bool isSigned = false) => storage switch
    {
        FieldStorage.Byte => isSigned ? typeof(sbyte) : typeof(byte),
        FieldStorage.Int16 => isSigned ? typeof(short) : typeof(ushort),
        _ => Unpacked(storage),
    };

    private static Type Unpacked(FieldStorage storage) => storage switch
    {
        FieldStorage.Int64 => typeof(long),
        FieldStorage.Single => typeof(float),
        FieldStorage.Double => typeof(double),
        FieldStorage.Vector => typeof(V),
        _ => typeof(int),
    };

    private static MethodInfo OfStruct(string name, Type argument) => Made.OfStorage.GetOrAdd((name, argument, true), static key => Close(Method(typeof(StructAccess), key.Name), key.Argument));

    private static MethodInfo OfArray(string name, Type argument) => Made.OfStorage.GetOrAdd((name, argument, false), static key => Close(Method(typeof(ArrayAccess), key.Name), key.Argument));

    private static MethodInfo MakeTypeTest(Type question, bool isCast) => Close(Method(typeof(TypeTests), isCast ? nameof(TypeTests.Cast) : nameof(TypeTests.Test)), question);

    private static MethodInfo? MakeAtomic(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemoryAtomicNotify:
                return Method(typeof(AtomicAccess), nameof(AtomicAccess.Notify));
            case Opcode.MemoryAtomicWait32:
                return Method(typeof(AtomicAccess), nameof(AtomicAccess.Wait32));
            case Opcode.MemoryAtomicWait64:
                return Method(typeof(AtomicAccess), nameof(AtomicAccess.Wait64));
        }
        if (InstructionTable.Info(opcode).Prefix != 0xFE || OperationTable.Find(opcode)?.Method is not { } apply)
            return null;
        var parameters = apply.GetParameters();
        var cell = parameters[0].ParameterType.GetElementType()!;
        var (name, value) = parameters.Length switch
        {
            1 => (nameof(AtomicAccess.Load), apply.ReturnType),
            2 when apply.ReturnType == typeof(void) => (nameof(AtomicAccess.Store), parameters[1].ParameterType),
            2 => (nameof(AtomicAccess.Modify), apply.ReturnType),
            _ => (nameof(AtomicAccess.Exchange), apply.ReturnType),
        };
        return Close(Method(typeof(AtomicAccess), name), apply.DeclaringType!, cell, value);
    }

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only reached where code is generated at run time.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The generic methods ask nothing of their arguments.")]
    private static MethodInfo Close(MethodInfo method, params Type[] arguments) => method.MakeGenericMethod(arguments);

    // Apart, because few modules need them.
    private static class Made
    {
        public static readonly ConcurrentDictionary<(string Name, Type Argument, bool OfStruct), MethodInfo> OfStorage = [];
        public static readonly ConcurrentDictionary<(Type Question, bool IsCast), MethodInfo> OfQuestion = [];
        public static readonly ConcurrentDictionary<Opcode, MethodInfo?> OfAtomic = [];
    }
}
