using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Compiler;

/// <summary>Numeric helpers of emitted code; all inlined.</summary>
internal static class Numbers
{
    [MethodImpl(AggressiveInlining)]
    public static int Remainder32(int left, int right) => right == -1 ? 0 : left % right;

    [MethodImpl(AggressiveInlining)]
    public static long Remainder64(long left, long right) => right == -1 ? 0 : left % right;

    // The NaN passes through a register of integers, or the JIT would make it a constant, and quiet it.
    [MethodImpl(NoInlining)]
    public static float Float32FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);

    [MethodImpl(NoInlining)]
    public static double Float64FromBits(long bits) => BitConverter.Int64BitsToDouble(bits);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<byte> VectorFromHalves(long low, long high) => Vector128.Create(low, high).AsByte();

    // Integers without a branch: compilers emit select where they expect a conditional move, and RyuJIT makes none within loops.

    [MethodImpl(AggressiveInlining)]
    public static int SelectInt32(int first, int second, int condition) => ChooseInt32(first, second, condition != 0 ? 1 : 0);

    [MethodImpl(AggressiveInlining)]
    public static long SelectInt64(long first, long second, int condition) => ChooseInt64(first, second, condition != 0 ? 1 : 0);

    [MethodImpl(AggressiveInlining)]
    public static int ChooseInt32(int first, int second, int flag) => second ^ ((first ^ second) & -flag);

    [MethodImpl(AggressiveInlining)]
    public static long ChooseInt64(long first, long second, int flag) => second ^ ((first ^ second) & -(long)(uint)flag);

    [MethodImpl(AggressiveInlining)]
    public static float SelectFloat32(float first, float second, int condition) => condition != 0 ? first : second;

    [MethodImpl(AggressiveInlining)]
    public static double SelectFloat64(double first, double second, int condition) => condition != 0 ? first : second;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<byte> SelectVector(Vector128<byte> first, Vector128<byte> second, int condition) => condition != 0 ? first : second;

    [MethodImpl(AggressiveInlining)]
    public static object? SelectObject(object? first, object? second, int condition) => condition != 0 ? first : second;
}
