using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>What the bodies of one unit of code refer to: tokens, each made once, and signatures (ECMA-335, II.23.2). Used by one thread.</summary>
internal sealed class IlTokens(UnitMetadata metadata, CodePlacement? placement)
{
    // The kinds of signature.
    private const byte GenericMethod = 0x10, InstanceMethod = 0x20, Field = 0x06, LocalVariables = 0x07, MethodArguments = 0x0A;

    private readonly Dictionary<Assembly, int> assemblies = [];
    private readonly Dictionary<Type, int> types = [];
    private readonly Dictionary<MemberInfo, int> members = [];
    private readonly Dictionary<int, int> functions = [];
    private readonly Dictionary<string, int> others = [];
    private readonly Dictionary<IlSignature, int> signatures = [];
    private readonly Dictionary<string, int> locals = [];
    private readonly ByteWriter blob = new();

    private CodePlacement Placement => placement ?? throw new InvalidOperationException("this code calls no guest functions by name");

    /// <summary>Token of a guest function, in this unit or another.</summary>
    public int Function(int function)
    {
        if (functions.TryGetValue(function, out var token))
            return token;
        token = Placement.RowOf(function) is var row and > 0
            ? UnitMetadata.Method(row)
            : metadata.AddMemberReference(OtherType(Placement.AssemblyOf(function)), CodeUnits.MethodName(function), FunctionSignature(Placement.TypeOf(function)));
        functions.Add(function, token);
        return token;
    }

    /// <summary>The signature of a guest function: its parameters, then the context; its first result.</summary>
    public int FunctionSignature(SubType type)
    {
        var parameters = type.Parameters;
        BeginMethod(parameters.Length + 1);
        Add(type.Results.Length == 0 ? IlType.Void : IlTypes.Of(type.Results[0]));
        foreach (var parameter in parameters)
            Add(IlTypes.Of(parameter));
        Add(IlType.Context);
        return End();
    }

    /// <summary>Token of a further method of this unit, behind those of its functions.</summary>
    public int Part(int part) => UnitMetadata.Method((placement?.Functions.Count ?? 0) + 1 + part);

    /// <summary>The signature of a further method.</summary>
    public int PartSignature(MethodDraft part)
    {
        BeginMethod(part.Parameters.Length);
        Add(part.Result);
        foreach (var parameter in part.Parameters)
            Add(parameter.IsByReference ? parameter.Type.Runtime().MakeByRefType() : parameter.Type.Runtime());
        return End();
    }

    /// <summary>The signature of a static method.</summary>
    public int MethodSignature(ReadOnlySpan<Type> parameters, Type result)
    {
        BeginMethod(parameters.Length);
        Add(result);
        foreach (var parameter in parameters)
            Add(parameter);
        return End();
    }

    public int StubSignature(IlSignature signature, Type target) => StubSignature(signature.Parameters, signature.Result, target);

    /// <summary>The signature of a way out: parameters, then what leads there.</summary>
    /// <param name="parameters">The function's parameters.</param>
    /// <param name="result">Its first result.</param>
    /// <param name="target">The last argument's type, as exactly as it is known: the JIT believes it, whatever the caller's signature says.</param>
    public int StubSignature(ReadOnlySpan<IlType> parameters, IlType result, Type target)
    {
        BeginMethod(parameters.Length + 1);
        Add(result);
        foreach (var parameter in parameters)
            Add(parameter);
        Add(target);
        return End();
    }

    /// <summary>The signature of a way into compiled code: code, slots, references, context.</summary>
    public int EntrySignature() => MethodSignature([typeof(nint), typeof(nint), typeof(object).MakeByRefType(), typeof(GuestContext)], typeof(void));

    /// <summary>Token of a signature to call an address with.</summary>
    public int Signature(IlSignature signature)
    {
        if (!signatures.TryGetValue(signature, out var token))
            signatures.Add(signature, token = metadata.AddStandaloneSignature(StubSignature(signature, typeof(GuestContext))));
        return token;
    }

    public int String(string value) => metadata.Literal(value);

    /// <summary>Token of a body's local variables.</summary>
    public int Locals(List<IlType> list)
    {
        var key = string.Create(list.Count, list, static (span, list) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = (char)('a' + (int)list[i]);
        });
        if (locals.TryGetValue(key, out var token))
            return token;
        Begin(LocalVariables);
        AddLength(list.Count);
        foreach (var type in list)
            Add(type);
        token = metadata.AddStandaloneSignature(End());
        locals.Add(key, token);
        return token;
    }

    /// <summary>Token of a type, field or method of this library or the base library.</summary>
    public int Member(MemberInfo member)
    {
        if (members.TryGetValue(member, out var token))
            return token;
        token = member switch
        {
            Type type => TypeToken(type),
            FieldInfo field => FieldReference(field),
            MethodBase method => MethodReference(method),
            _ => throw new NotSupportedException(member.ToString()),
        };
        members.Add(member, token);
        return token;
    }

    private int FieldReference(FieldInfo field)
    {
        var type = TypeToken(field.DeclaringType!);
        Begin(Field);
        Add(field.FieldType);
        return metadata.AddMemberReference(type, field.Name, End());
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The token was just read from the module it is looked up in.")]
    private int MethodReference(MethodBase method)
    {
        var definition = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
        // A member of a generic type is named by its signature in the definition, and the type it is called on.
        if (definition.DeclaringType!.IsConstructedGenericType)
            definition = definition.Module.ResolveMethod(definition.MetadataToken)!;
        var type = TypeToken(method.DeclaringType!);
        var parameters = definition.GetParameters();
        Begin((byte)((definition.IsStatic ? 0 : InstanceMethod) | (definition.IsGenericMethod ? GenericMethod : 0)));
        if (definition.IsGenericMethod)
            AddLength(definition.GetGenericArguments().Length);
        AddLength(parameters.Length);
        Add(definition is MethodInfo info ? info.ReturnType : typeof(void));
        foreach (var parameter in parameters)
            Add(parameter.ParameterType);
        var reference = metadata.AddMemberReference(type, definition.Name, End());
        if (!definition.IsGenericMethod)
            return reference;
        var arguments = method.GetGenericArguments();
        Begin(MethodArguments);
        AddLength(arguments.Length);
        foreach (var argument in arguments)
            Add(argument);
        return metadata.AddMethodSpecification(reference, End());
    }

    // One signature is written at a time: tokens that need signatures of their own are made before.
    private void Begin(byte kind)
    {
        blob.Truncate(0);
        blob.Byte(kind);
    }

    private void BeginMethod(int parameters)
    {
        Begin(0);
        AddLength(parameters);
    }

    private int End() => metadata.Blob(blob.Written);

    private void AddLength(int length) => BlobHeap.WriteLength(blob, length);

    private void Add(IlType type) => Add(type.Runtime());

    private void Add(Type type)
    {
        const byte Pointer = 0x0F, Reference = 0x10, ValueType = 0x11, Class = 0x12, TypeParameter = 0x13, Instantiation = 0x15, Array = 0x1D, MethodTypeParameter = 0x1E;
        var code = Primitive(type);
        if (code != 0)
        {
            blob.Byte(code);
        }
        else if (type.IsGenericParameter)
        {
            blob.Byte(type.IsGenericMethodParameter ? MethodTypeParameter : TypeParameter);
            AddLength(type.GenericParameterPosition);
        }
        else if (type.HasElementType)
        {
            blob.Byte(type.IsByRef ? Reference : type.IsPointer ? Pointer : Array);
            Add(type.GetElementType()!);
        }
        else if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            blob.Byte(Instantiation);
            blob.Byte(type.IsValueType ? ValueType : Class);
            AddToken(TypeToken(type.GetGenericTypeDefinition()));
            AddLength(arguments.Length);
            foreach (var argument in arguments)
                Add(argument);
        }
        else
        {
            blob.Byte(type.IsValueType ? ValueType : Class);
            AddToken(TypeToken(type));
        }
    }

    private void AddToken(int token) => AddLength((int)MetadataTable.EncodeType(token));

    /// <summary>The code of a type that has one (II.23.1.16), or 0.</summary>
    private static byte Primitive(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => 0,
        TypeCode.Boolean => 0x02,
        TypeCode.Char => 0x03,
        TypeCode.SByte => 0x04,
        TypeCode.Byte => 0x05,
        TypeCode.Int16 => 0x06,
        TypeCode.UInt16 => 0x07,
        TypeCode.Int32 => 0x08,
        TypeCode.UInt32 => 0x09,
        TypeCode.Int64 => 0x0A,
        TypeCode.UInt64 => 0x0B,
        TypeCode.Single => 0x0C,
        TypeCode.Double => 0x0D,
        TypeCode.String => 0x0E,
        _ when type == typeof(void) => 0x01,
        _ when type == typeof(nint) => 0x18,
        _ when type == typeof(nuint) => 0x19,
        _ when type == typeof(object) => 0x1C,
        _ => 0,
    };

    private int TypeToken(Type type)
    {
        if (types.TryGetValue(type, out var token))
            return token;
        if (type.IsConstructedGenericType || type.HasElementType)
        {
            blob.Truncate(0);
            Add(type);
            token = metadata.AddTypeSpecification(End());
        }
        else
        {
            var scope = type.DeclaringType is { } outer ? TypeToken(outer) : AssemblyToken(type.Assembly);
            token = metadata.AddTypeReference(scope, type.IsNested ? "" : type.Namespace ?? "", type.Name);
        }
        types.Add(type, token);
        return token;
    }

    private int AssemblyToken(Assembly assembly)
    {
        if (!assemblies.TryGetValue(assembly, out var token))
        {
            var name = assembly.GetName();
            token = metadata.AddAssemblyReference(name.Name!, name.Version ?? new Version(), name.GetPublicKeyToken());
            assemblies.Add(assembly, token);
        }
        return token;
    }

    private int OtherType(string other)
    {
        if (!others.TryGetValue(other, out var token))
        {
            token = metadata.AddTypeReference(metadata.AddAssemblyReference(other, new Version(), default), "", CodeUnits.TypeName);
            others.Add(other, token);
        }
        return token;
    }
}
