namespace Waxwing.Verification;

internal enum StackKind : byte { Int32, Int64, Native, Float32, Float64, Object, Reference, Value }

/// <summary>
/// What the evaluation stack can hold. Stricter than the CLR's own view: the two sizes of floating point are told apart.
/// </summary>
/// <param name="Kind">The kind.</param>
/// <param name="Type">The class of an object (null for the null reference), what a managed reference refers to, or the type of a structure.</param>
internal readonly record struct StackType(StackKind Kind, Type? Type = null)
{
    public static readonly StackType Int32 = new(StackKind.Int32);
    public static readonly StackType Int64 = new(StackKind.Int64);
    public static readonly StackType Native = new(StackKind.Native);
    public static readonly StackType Float32 = new(StackKind.Float32);
    public static readonly StackType Float64 = new(StackKind.Float64);
    public static readonly StackType Null = new(StackKind.Object);
    public static readonly StackType Object = new(StackKind.Object, typeof(object));

    public bool IsFloat => Kind is StackKind.Float32 or StackKind.Float64;

    public bool IsInteger => Kind is StackKind.Int32 or StackKind.Int64 or StackKind.Native;

    /// <summary>How a value of a declared type lies on the evaluation stack.</summary>
    public static StackType Of(Type type) => type switch
    {
        { IsByRef: true } => new(StackKind.Reference, type.GetElementType()),
        { IsPointer: true } or { IsFunctionPointer: true } => Native,
        { IsEnum: true } => Of(Enum.GetUnderlyingType(type)),
        _ when type == typeof(nint) || type == typeof(nuint) => Native,
        _ => Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean or TypeCode.Char or TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 => Int32,
            TypeCode.Int64 or TypeCode.UInt64 => Int64,
            TypeCode.Single => Float32,
            TypeCode.Double => Float64,
            _ => new(type.IsValueType ? StackKind.Value : StackKind.Object, type),
        },
    };

    /// <summary>What two paths that meet agree on, or null.</summary>
    public static StackType? Merge(StackType one, StackType other)
    {
        if (one == other)
            return one;
        if (one.Kind != StackKind.Object || other.Kind != StackKind.Object)
            return null;
        if (one.Type is null || other.Type is null)
            return one.Type is null ? other : one;
        for (var type = one.Type; type is not null; type = type.BaseType)
        {
            if (type.IsAssignableFrom(other.Type))
                return new(StackKind.Object, type);
        }
        return Object;
    }

    /// <summary>Why a value cannot be used where a type is wanted, or null; a code of <see cref="UnverifiablePatterns"/> where only a verifier would not know that it can.</summary>
    public static VerifierCode? Check(StackType value, StackType wanted)
    {
        if (value == wanted || (value.Kind == StackKind.Int32 && wanted.Kind == StackKind.Native))
            return null;
        if (value.Kind == StackKind.Reference && wanted.Kind == StackKind.Native)
            return VerifierCode.ReferenceAsAddress;
        if (value.Kind == StackKind.Native && wanted.Kind == StackKind.Reference)
            return VerifierCode.RawAddress;
        if (value.Kind != StackKind.Object || wanted.Kind != StackKind.Object)
            return VerifierCode.WrongType;
        if (value.Type is null || wanted.Type!.IsAssignableFrom(value.Type))
            return null;
        // A class that the value may be of, if it is not known better.
        return value.Type.IsAssignableFrom(wanted.Type) || wanted.Type.IsInterface ? VerifierCode.DeclaredType : VerifierCode.WrongType;
    }

    public override string ToString() => Type is null ? Kind.ToString() : $"{Kind} {Type.Name}";
}
