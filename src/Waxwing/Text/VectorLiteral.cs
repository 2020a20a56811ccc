namespace Waxwing.Text;

/// <summary>How a vector literal divides its 128 bits.</summary>
internal enum VectorShape : byte { I8x16, I16x8, I32x4, I64x2, F32x4, F64x2 }

/// <summary>A vector literal: 16 bytes in memory order.</summary>
internal readonly record struct VectorLiteral(VectorShape Shape, byte[] Bits)
{
    public static int Lanes(VectorShape shape) => shape switch
    {
        VectorShape.I8x16 => 16,
        VectorShape.I16x8 => 8,
        VectorShape.I32x4 or VectorShape.F32x4 => 4,
        _ => 2,
    };
}

/// <summary>What a script allows where a float's number would stand: any NaN with the canonical payload, or with at least its quiet bit.</summary>
internal enum NanPattern : byte { None, Canonical, Arithmetic }
