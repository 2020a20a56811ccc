using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Compiler;
using Waxwing.Verification;

namespace Waxwing.Tests.Compiler.Verification;

/// <summary>The verifier finds what it is there to find: each of these bodies is wrong in one way.</summary>
public sealed class UnitVerifierTests
{
    private static readonly Dictionary<VerifierCode, Action<IlBuffer>[]> Wrong = new()
    {
        [VerifierCode.StackUnderflow] = [il => Emit(il, ILOpCode.Pop, ILOpCode.Ldnull, ILOpCode.Pop), il => { il.LoadArgument(0); Emit(il, ILOpCode.Add, ILOpCode.Pop); }],
        [VerifierCode.StackOverflow] = [il => { for (var i = 0; i < 9; i++) il.LoadArgument(0); for (var i = 0; i < 9; i++) il.Emit(ILOpCode.Pop); }],
        [VerifierCode.WrongType] =
        [
            il => { il.LoadArgument(0); il.LoadArgument(1); Emit(il, ILOpCode.Add, ILOpCode.Pop); },
            il => { il.Float32(0); il.Float64(0); Emit(il, ILOpCode.Mul, ILOpCode.Pop); },
            il => { il.Float32(0); il.Float32(0); Emit(il, ILOpCode.And, ILOpCode.Pop); },
            il => { il.LoadArgument(1); il.StoreLocal(il.NewLocal(IlType.Int32)); },
            il => { il.LoadArgument(0); il.Call(Support.Float64FromBits); il.Emit(ILOpCode.Pop); },
            il => { il.LoadArgument(0); il.LoadArgument(1); Emit(il, ILOpCode.Ceq, ILOpCode.Pop); },
            il => { il.Emit(ILOpCode.Ldnull); il.LoadArgument(0); Emit(il, ILOpCode.Shl, ILOpCode.Pop); },
            il => { var label = il.NewLabel(); il.Float64(0); il.Branch(ILOpCode.Brtrue, label); il.Mark(label); },
        ],
        [VerifierCode.WrongReturn] = [il => il.LoadArgument(0)],
        [VerifierCode.EndOfMethod] = [il => il.Emit(ILOpCode.Nop)],
        [VerifierCode.StackDepthDiffers] = [il => { var label = il.NewLabel(); il.LoadArgument(0); il.LoadArgument(0); il.Branch(ILOpCode.Brtrue, label); il.Emit(ILOpCode.Pop); il.Mark(label); }],
        [VerifierCode.StackTypesDiffer] = [il =>
        {
            var (other, end) = (il.NewLabel(), il.NewLabel());
            il.LoadArgument(0);
            il.Branch(ILOpCode.Brtrue, other);
            il.LoadArgument(0);
            il.Branch(ILOpCode.Br, end);
            il.Mark(other);
            il.LoadArgument(1);
            il.Mark(end);
            il.Emit(ILOpCode.Pop);
        }],
        [VerifierCode.Uninitialized] =
        [
            il => { il.InitLocals = false; il.LoadLocal(il.NewLocal(IlType.Int32)); il.Emit(ILOpCode.Pop); },
            il =>
            {
                il.InitLocals = false;
                var (local, label) = (il.NewLocal(IlType.Int64), il.NewLabel());
                il.LoadArgument(0);
                il.Branch(ILOpCode.Brtrue, label);
                il.LoadArgument(1);
                il.StoreLocal(local);
                il.Mark(label);
                il.LoadLocal(local);
                il.Emit(ILOpCode.Pop);
            },
        ],
        [VerifierCode.BranchAcrossRegion] =
        [
            il => { var label = il.NewLabel(); il.LoadArgument(0); il.Branch(ILOpCode.Brtrue, label); Try(il, () => { il.Emit(ILOpCode.Nop); il.Mark(label); }); },
            il => { var label = il.NewLabel(); Try(il, () => { il.LoadArgument(0); il.Branch(ILOpCode.Brtrue, label); }); il.Mark(label); },
        ],
        [VerifierCode.ReturnFromRegion] = [il => Try(il, () => { il.LoadArgument(0); var label = il.NewLabel(); il.Branch(ILOpCode.Brtrue, label); il.Emit(ILOpCode.Ret); il.Mark(label); })],
        [VerifierCode.NotEmpty] = [il => { il.LoadArgument(0); Try(il, () => il.Emit(ILOpCode.Nop)); }],
        [VerifierCode.FallThroughRegion] = [il => Try(il, () => il.Emit(ILOpCode.Nop), leaves: false)],
        [VerifierCode.BadRethrow] = [il => il.Emit(ILOpCode.Rethrow)],
        [VerifierCode.BadFinally] = [il => il.Emit(ILOpCode.Endfinally)],
        [VerifierCode.BadTail] = [il => { il.Emit(ILOpCode.Ldnull); il.Emit(ILOpCode.Tail); il.Call(typeof(GC).GetMethod(nameof(GC.Collect), [])!); il.Emit(ILOpCode.Pop); }],
        [VerifierCode.BadPrefix] = [il => Emit(il, ILOpCode.Tail, ILOpCode.Nop)],
        [VerifierCode.RawAddress] = [il => { il.LoadArgument(1); Emit(il, ILOpCode.Conv_u, ILOpCode.Ldind_i4, ILOpCode.Pop); }],
        [VerifierCode.Internal] = [il => { il.Emit(ILOpCode.Ldsfld, Opaque.Zero); il.Emit(ILOpCode.Pop); }],
    };

    public static TheoryData<string, int> Bodies => [.. Wrong.SelectMany(pair => pair.Value.Select((_, i) => new TheoryDataRow<string, int>(pair.Key.ToString(), i)))];

    [Theory]
    [MemberData(nameof(Bodies))]
    public void What_is_wrong_is_found(string code, int index) =>
        Assert.Contains(Verify(Wrong[Enum.Parse<VerifierCode>(code)][index], returns: code != nameof(VerifierCode.EndOfMethod)), error => error.Code.ToString() == code);

    [Fact]
    public void Nothing_is_wrong_with_correct_code() => Assert.Empty(Verify(il =>
    {
        var (local, loop) = (il.NewLocal(IlType.Int64), il.NewLabel());
        il.InitLocals = false;
        Try(il, () =>
        {
            il.LoadArgument(1);
            il.StoreLocal(local);
            il.Mark(loop);
            il.LoadArgument(0);
            il.Branch(ILOpCode.Brtrue, loop);
        });
    }));

    // static void f(int, long)
    private static List<VerifierError> Verify(Action<IlBuffer> emit, bool returns = true)
    {
        var writer = new UnitWriter("unit0");
        var il = new IlBuffer { MaximumStack = 8 };
        emit(il);
        if (returns)
            il.Emit(ILOpCode.Ret);
        writer.AddMethod("f", writer.Tokens.MethodSignature([typeof(int), typeof(long)], typeof(void)), il, (MethodImplAttributes)0, []);
        return UnitVerifier.Verify(writer.Finish());
    }

    private static void Emit(IlBuffer il, params ReadOnlySpan<ILOpCode> codes)
    {
        foreach (var code in codes)
            il.Emit(code);
    }

    private static void Try(IlBuffer il, Action body, bool leaves = true)
    {
        var (region, end) = (il.NewRegion(RegionKind.Finally), il.NewLabel());
        il.Region(region, RegionBorder.Try);
        body();
        if (leaves)
            il.Branch(ILOpCode.Leave, end);
        il.Region(region, RegionBorder.TryEnd);
        il.Region(region, RegionBorder.Handler);
        il.Emit(ILOpCode.Endfinally);
        il.Region(region, RegionBorder.End);
        il.Mark(end);
    }
}
