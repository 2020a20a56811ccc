using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace Waxwing.Compiler;

/// <summary>The members of this library that emitted code refers to. The methods are in the other classes of this folder.</summary>
internal static partial class Support
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Traps.
    public static readonly MethodInfo Unreachable = Method(typeof(Traps), nameof(Traps.Unreachable));
    public static readonly MethodInfo StackExhausted = Method(typeof(Traps), nameof(Traps.StackExhausted));
    public static readonly MethodInfo Trapping = Method(typeof(Traps), nameof(Traps.Apply));
    public static readonly MethodInfo Poll = Method(typeof(Traps), nameof(Traps.Poll));
    public static readonly MethodInfo Charge = Method(typeof(Traps), nameof(Traps.Charge));
    public static readonly MethodInfo Payer = Method(typeof(Traps), nameof(Traps.Payer));
    public static readonly MethodInfo FuelLeft = Method(typeof(Traps), nameof(Traps.FuelLeft));

    // Numbers.
    public static readonly MethodInfo Remainder32 = Method(typeof(Numbers), nameof(Numbers.Remainder32));
    public static readonly MethodInfo Remainder64 = Method(typeof(Numbers), nameof(Numbers.Remainder64));
    public static readonly MethodInfo Float32FromBits = Method(typeof(Numbers), nameof(Numbers.Float32FromBits));
    public static readonly MethodInfo Float64FromBits = Method(typeof(Numbers), nameof(Numbers.Float64FromBits));
    public static readonly MethodInfo VectorFromHalves = Method(typeof(Numbers), nameof(Numbers.VectorFromHalves));
    private static readonly MethodInfo[] Selects =
    [
        Method(typeof(Numbers), nameof(Numbers.SelectInt32)), Method(typeof(Numbers), nameof(Numbers.SelectInt64)), Method(typeof(Numbers), nameof(Numbers.SelectFloat32)),
        Method(typeof(Numbers), nameof(Numbers.SelectFloat64)), Method(typeof(Numbers), nameof(Numbers.SelectVector)), Method(typeof(Numbers), nameof(Numbers.SelectObject)),
    ];

    private static readonly MethodInfo ChooseInt32 = Method(typeof(Numbers), nameof(Numbers.ChooseInt32));
    private static readonly MethodInfo ChooseInt64 = Method(typeof(Numbers), nameof(Numbers.ChooseInt64));

    /// <summary>Selects by a condition that is 0 or 1, or by any.</summary>
    public static MethodInfo Select(IlType type, bool isBoolean) => type switch
    {
        IlType.Int32 when isBoolean => ChooseInt32,
        IlType.Int64 when isBoolean => ChooseInt64,
        _ => Selects[(int)type],
    };

    // Memories.
    public static readonly MethodInfo CheckAddress32 = Method(typeof(Addresses), nameof(Addresses.Check32));
    public static readonly MethodInfo OutOfBounds = Method(typeof(Addresses), nameof(Addresses.OutOfBounds));
    public static readonly MethodInfo CheckAddress64 = Method(typeof(Addresses), nameof(Addresses.Check64));
    public static readonly MethodInfo MemorySize = Method(typeof(BulkMemory), nameof(BulkMemory.Size));
    public static readonly MethodInfo MemoryGrow = Method(typeof(BulkMemory), nameof(BulkMemory.Grow));
    public static readonly MethodInfo MemoryCopy = Method(typeof(BulkMemory), nameof(BulkMemory.Copy));
    public static readonly MethodInfo MemoryFill = Method(typeof(BulkMemory), nameof(BulkMemory.Fill));
    public static readonly MethodInfo MemoryInit = Method(typeof(BulkMemory), nameof(BulkMemory.Init));
    public static readonly MethodInfo DataDrop = Method(typeof(BulkMemory), nameof(BulkMemory.Drop));
    public static readonly FieldInfo MemoryBase = Field(typeof(WasmMemory), nameof(WasmMemory.Base));
    public static readonly FieldInfo MemoryGuardedBase = Field(typeof(WasmMemory), nameof(WasmMemory.GuardedBase));
    public static readonly FieldInfo MemoryLength = Field(typeof(WasmMemory), nameof(WasmMemory.Length));

    // Globals.
    public static readonly MethodInfo GlobalGetReference = Method(typeof(Variables), nameof(Variables.GetGlobal));
    public static readonly MethodInfo GlobalSetReference = Method(typeof(Variables), nameof(Variables.SetGlobal));

    // Calls.
    public static readonly MethodInfo TakeResultReference = Method(typeof(Calls), nameof(Calls.TakeResult));
    public static readonly MethodInfo SetResultReference = Method(typeof(Calls), nameof(Calls.SetResult));
    public static readonly MethodInfo ReportInvalid = Method(typeof(Calls), nameof(Calls.ReportInvalid));
    public static readonly MethodInfo Interpret = Method(typeof(Calls), nameof(Calls.Interpret));
    public static readonly MethodInfo ContextOf = Method(typeof(Calls), nameof(Calls.ContextOf));
    public static readonly MethodInfo CallerOf = Method(typeof(Calls), nameof(Calls.CallerOf));
    public static readonly MethodInfo EntryAtHand = Method(typeof(GuestEntry), nameof(GuestEntry.AtHand));
    public static readonly MethodInfo TryEnterAtOnce = Method(typeof(GuestContext), nameof(GuestContext.TryEnterAtOnce));
    public static readonly MethodInfo EntryTryEnter = Method(typeof(GuestEntry), nameof(GuestEntry.TryEnter));
    public static readonly MethodInfo EndStay = typeof(Runtime.Activation).GetMethod(nameof(Runtime.Activation.End), [typeof(bool)])!;
    public static readonly MethodInfo EntryIsFault = Method(typeof(GuestEntry), nameof(GuestEntry.IsFault));
    public static readonly MethodInfo EntryThrowTrap = Method(typeof(GuestEntry), nameof(GuestEntry.ThrowTrap));
    public static readonly FieldInfo EntryAddress = Field(typeof(GuestEntry), nameof(GuestEntry.Address));
    public static readonly FieldInfo GeneralDelegate = Field(typeof(GuestEntry), nameof(GuestEntry.General));
    public static readonly MethodInfo CalleeContext = Method(typeof(GuestContext), $"get_{nameof(GuestContext.CalleeContext)}");
    public static readonly MethodInfo CalleeAddress = Method(typeof(GuestContext), $"get_{nameof(GuestContext.CalleeAddress)}");
    public static readonly FieldInfo ImportTargets = Field(typeof(GuestContext), nameof(GuestContext.ImportTargets));
    public static readonly FieldInfo PolledImportTargets = Field(typeof(GuestContext), nameof(GuestContext.PolledImportTargets));
    public static readonly MethodInfo LeaveGuest = Method(typeof(Calls), nameof(Calls.Leave));
    private static readonly MethodInfo FindImportPlain = Method(typeof(Calls), nameof(Calls.FindImport));
    private static readonly MethodInfo FindImportPolled = Method(typeof(Calls), nameof(Calls.FindImportPolled));
    private static readonly MethodInfo FindIndirectPlain = Method(typeof(Calls), nameof(Calls.FindIndirect));
    private static readonly MethodInfo FindIndirectPolled = Method(typeof(Calls), nameof(Calls.FindIndirectPolled));
    private static readonly MethodInfo FindReferencePlain = Method(typeof(Calls), nameof(Calls.FindReference));
    private static readonly MethodInfo FindReferencePolled = Method(typeof(Calls), nameof(Calls.FindReferencePolled));

    public static MethodInfo FindImport(CodeVariant variant) => (variant & CodeVariant.Polled) == 0 ? FindImportPlain : FindImportPolled;

    public static FieldInfo CodesOf(CodeVariant variant) => (variant & CodeVariant.Polled) == 0 ? FunctionCodes : PolledFunctionCodes;

    private static readonly FieldInfo FunctionCodes = Field(typeof(GuestContext), nameof(GuestContext.FunctionCodes));
    private static readonly FieldInfo PolledFunctionCodes = Field(typeof(GuestContext), nameof(GuestContext.PolledFunctionCodes));

    public static FieldInfo TargetsOf(CodeVariant variant) => (variant & CodeVariant.Polled) == 0 ? ImportTargets : PolledImportTargets;

    public static MethodInfo FindIndirect(CodeVariant variant) => (variant & CodeVariant.Polled) == 0 ? FindIndirectPlain : FindIndirectPolled;

    public static MethodInfo FindReference(CodeVariant variant) => (variant & CodeVariant.Polled) == 0 ? FindReferencePlain : FindReferencePolled;

    // Exceptions.
    public static readonly MethodInfo MakeException = Method(typeof(Exceptions), nameof(Exceptions.Make));
    public static readonly MethodInfo ExceptionSlot = Method(typeof(Exceptions), nameof(Exceptions.Slot));
    public static readonly MethodInfo GetExceptionReference = Method(typeof(Exceptions), nameof(Exceptions.GetReference));
    public static readonly MethodInfo SetExceptionReference = Method(typeof(Exceptions), nameof(Exceptions.SetReference));
    public static readonly MethodInfo ThrowException = Method(typeof(Exceptions), nameof(Exceptions.Throw));
    public static readonly MethodInfo KnownException = Method(typeof(Exceptions), nameof(Exceptions.Known));
    public static readonly MethodInfo ThrownException = Method(typeof(Exceptions), nameof(Exceptions.Thrown));
    public static readonly MethodInfo ThrownExceptionFor = Method(typeof(Exceptions), nameof(Exceptions.ThrownFor));
    public static readonly MethodInfo DelegateException = Method(typeof(Exceptions), nameof(Exceptions.Delegate));
    public static readonly MethodInfo IsOfTag = Method(typeof(Exceptions), nameof(Exceptions.Is));
    public static readonly MethodInfo Expose = Method(typeof(Variables), nameof(Variables.Expose));
    public static readonly MethodInfo FindTry = Method(typeof(TryTable), nameof(TryTable.Find));
    public static readonly MethodInfo EntryOfTry = Method(typeof(TryTable), nameof(TryTable.EntryOf));
    public static readonly MethodInfo AreSameTag = Method(typeof(Exceptions), nameof(Exceptions.AreSame));

    // The context.
    public static readonly FieldInfo ContextMemoryBase = Field(typeof(GuestContext), nameof(GuestContext.MemoryBase));
    public static readonly FieldInfo ContextMemories = Field(typeof(GuestContext), nameof(GuestContext.Memories));
    public static readonly FieldInfo ContextStackLimit = Field(typeof(GuestContext), nameof(GuestContext.StackLimit));
    public static readonly FieldInfo ContextCalleeIndex = Field(typeof(GuestContext), nameof(GuestContext.CalleeIndex));
    public static readonly FieldInfo ContextGlobalCells = Field(typeof(GuestContext), nameof(GuestContext.GlobalCells));
    public static readonly FieldInfo ContextResults = Field(typeof(GuestContext), nameof(GuestContext.Results));

    private static MethodInfo Method([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods)] Type type, string name) =>
        type.GetMethod(name, Static | BindingFlags.Instance) ?? throw new MissingMethodException(type.Name, name);

    private static FieldInfo Field([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] Type type, string name) =>
        type.GetField(name, Instance) ?? throw new MissingFieldException(type.Name, name);
}

/// <summary>Constants whose value is hidden from RyuJIT.</summary>
internal static class Opaque
{
    // Not readonly: or they were constants to the JIT after all.
    public static float ZeroFloat32;
    public static float NegativeZeroFloat32 = -0f;
    public static float OneFloat32 = 1;
    public static float MinusOneFloat32 = -1;
    public static double ZeroFloat64;
    public static double NegativeZeroFloat64 = -0d;
    public static double OneFloat64 = 1;
    public static double MinusOneFloat64 = -1;

    public static long ZeroInt64;

    public static readonly FieldInfo Zero = typeof(Opaque).GetField(nameof(ZeroInt64))!;

    public static FieldInfo Field(bool is64, long bits)
    {
        var value = is64 ? BitConverter.Int64BitsToDouble(bits) : BitConverter.Int32BitsToSingle((int)bits);
        var name = value switch { 1 => "One", -1 => "MinusOne", _ => double.IsNegative(value) ? "NegativeZero" : "Zero" };
        return typeof(Opaque).GetField(name + (is64 ? "Float64" : "Float32"))!;
    }
}
