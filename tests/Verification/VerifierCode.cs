namespace Waxwing.Verification;

/// <summary>What can be wrong with a method's CIL, and which of it our code does on purpose.</summary>
internal enum VerifierCode
{
    UnknownInstruction, TruncatedInstruction, BadLocal, BadArgument, BadToken, MissingMember, SignatureDiffers, StackUnderflow, StackOverflow, StackDepthDiffers, StackTypesDiffer, WrongType,
    NotEmpty, WrongReturn, EndOfMethod, BadTarget, BranchAcrossRegion, FallThroughRegion, ReturnFromRegion, BadLeave, BadFilter, BadFinally, BadRethrow, BadRegion, BadTail, Uninitialized, BadPrefix,

    RawAddress, ReferenceAsAddress, CallThroughAddress, CallTarget, DeclaredType, Slot, NarrowStore, Internal, StackBlock,
}

/// <summary>
/// The patterns that .NET calls unverifiable and that compiled WebAssembly consists of. Everything else must not occur.
/// </summary>
internal static class UnverifiablePatterns
{
    /// <summary>Each with the reason why it is right.</summary>
    public static IReadOnlyDictionary<VerifierCode, string> Allowed { get; } = new Dictionary<VerifierCode, string>
    {
        [VerifierCode.RawAddress] = "Linear memory, globals and a function's results are at native addresses; validation, guard pages and explicit checks keep accesses within them.",
        [VerifierCode.ReferenceAsAddress] = "A local's address tells how deep the stack is, and a giant function's parts share a block on the stack: neither is used after the frame is left.",
        [VerifierCode.CallThroughAddress] = "call_indirect and call_ref are calli, after the type check that WebAssembly prescribes.",
        [VerifierCode.CallTarget] = "The last argument of such a call is the context, or for a way out what leads there: the stub declares it as what it is, and only its address goes with it.",
        [VerifierCode.Slot] = "An exception's values lie in slots of eight bytes each, whatever number they hold.",
        [VerifierCode.NarrowStore] = "i64.store8, 16 and 32 store the low bytes of an int64 as it is: RyuJIT takes it for a native integer, and a conversion would let it narrow the load the value comes from.",
        [VerifierCode.DeclaredType] = "A reference is declared as object and is what validation, or a cast that was just made, says: casting again would cost time.",
        [VerifierCode.Internal] = "Code uses internals of the library, whose IgnoresAccessChecksTo the CLR knows.",
        [VerifierCode.StackBlock] = "What a giant function's parts share, and results beyond the first, lie in a block of the stack.",
    };
}

/// <summary>A finding.</summary>
internal sealed record VerifierError(string Method, int Offset, VerifierCode Code, string Detail)
{
    public override string ToString() => $"{Method} IL_{Offset:x4}: {Code}: {Detail}";
}
