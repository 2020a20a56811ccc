using System.Diagnostics.CodeAnalysis;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>The metadata of one unit of code: tokens for what its bodies refer to, each made once. Used by one thread.</summary>
internal sealed class IlTokens
{
    private readonly MetadataBuilder metadata;
    private readonly CodeUnits units;
    private readonly int unit;
    private readonly Dictionary<Assembly, EntityHandle> assemblies = [];
    private readonly Dictionary<Type, EntityHandle> types = [];
    private readonly Dictionary<MemberInfo, int> members = [];
    private readonly Dictionary<int, int> functions = [];
    private readonly Dictionary<int, EntityHandle> otherUnits = [];
    private readonly Dictionary<IlSignature, int> signatures = [];
    private readonly Dictionary<string, StandaloneSignatureHandle> locals = [];

    public IlTokens(MetadataBuilder metadata, CodeUnits units, int unit)
    {
        (this.metadata, this.units, this.unit) = (metadata, units, unit);
    }

    /// <summary>Token of a guest function, in this unit or another.</summary>
    public int Function(int function)
    {
        if (functions.TryGetValue(function, out var token))
            return token;
        var home = units.UnitOf(function);
        if (home == unit)
            token = MetadataTokens.GetToken(MetadataTokens.MethodDefinitionHandle(units.RowOf(function)));
        else
            token = MetadataTokens.GetToken(metadata.AddMemberReference(UnitType(home), metadata.GetOrAddString(CodeUnits.MethodName(function)), FunctionSignature(units.TypeOf(function))));
        functions.Add(function, token);
        return token;
    }

    /// <summary>The signature blob of a guest function: its parameters, then the context; its first result.</summary>
    public BlobHandle FunctionSignature(SubType type)
    {
        var blob = new BlobBuilder();
        var parameters = type.Parameters;
        new BlobEncoder(blob).MethodSignature().Parameters(parameters.Length + 1, out var result, out var encoder);
        Encode(result, type.Results.Length == 0 ? IlType.Void : IlTypes.Of(type.Results[0]));
        foreach (var parameter in parameters)
            Encode(encoder.AddParameter().Type(), IlTypes.Of(parameter));
        Encode(encoder.AddParameter().Type(), IlType.Context);
        return metadata.GetOrAddBlob(blob);
    }

    /// <summary>Token of a further method of this unit, behind those of its functions.</summary>
    public int Part(int part)
    {
        var (first, end) = units.Functions(unit);
        return MetadataTokens.GetToken(MetadataTokens.MethodDefinitionHandle(end - first + 1 + part));
    }

    /// <summary>The signature blob of a further method.</summary>
    public BlobHandle PartSignature(MethodDraft part)
    {
        var blob = new BlobBuilder();
        new BlobEncoder(blob).MethodSignature().Parameters(part.Parameters.Length, out var result, out var encoder);
        Encode(result, part.Result);
        foreach (var parameter in part.Parameters)
            Encode(encoder.AddParameter().Type(parameter.IsByReference), parameter.Type);
        return metadata.GetOrAddBlob(blob);
    }

    /// <summary>The signature blob of a static method.</summary>
    public BlobHandle MethodSignature(ReadOnlySpan<Type> parameters, Type result)
    {
        var blob = new BlobBuilder();
        new BlobEncoder(blob).MethodSignature().Parameters(parameters.Length, out var returned, out var encoder);
        Encode(returned, result);
        foreach (var parameter in parameters)
            Encode(encoder.AddParameter().Type(), parameter);
        return metadata.GetOrAddBlob(blob);
    }

    public BlobHandle StubSignature(IlSignature signature, Type target) => StubSignature(signature.Parameters, signature.Result, target);

    /// <summary>The signature blob of a way out: parameters, then what leads there.</summary>
    /// <param name="parameters">The function's parameters.</param>
    /// <param name="result">Its first result.</param>
    /// <param name="target">The last argument's type, as exactly as it is known: the JIT believes it, whatever the caller's signature says.</param>
    public BlobHandle StubSignature(ReadOnlySpan<IlType> parameters, IlType result, Type target)
    {
        var blob = new BlobBuilder();
        new BlobEncoder(blob).MethodSignature().Parameters(parameters.Length + 1, out var returned, out var encoder);
        Encode(returned, result);
        foreach (var parameter in parameters)
            Encode(encoder.AddParameter().Type(), parameter);
        Encode(encoder.AddParameter().Type(), target);
        return metadata.GetOrAddBlob(blob);
    }

    /// <summary>The signature blob of a way into compiled code: code, slots, references, context.</summary>
    public BlobHandle EntrySignature()
    {
        var blob = new BlobBuilder();
        new BlobEncoder(blob).MethodSignature().Parameters(4, out var result, out var encoder);
        result.Void();
        encoder.AddParameter().Type().IntPtr();
        encoder.AddParameter().Type().IntPtr();
        encoder.AddParameter().Type(isByRef: true).Object();
        Encode(encoder.AddParameter().Type(), IlType.Context);
        return metadata.GetOrAddBlob(blob);
    }

    public int Signature(IlSignature signature)
    {
        if (signatures.TryGetValue(signature, out var token))
            return token;
        var blob = new BlobBuilder();
        new BlobEncoder(blob).MethodSignature().Parameters(signature.Parameters.Length + 1, out var result, out var encoder);
        Encode(result, signature.Result);
        foreach (var parameter in signature.Parameters)
            Encode(encoder.AddParameter().Type(), parameter);
        Encode(encoder.AddParameter().Type(), IlType.Context);
        token = MetadataTokens.GetToken(metadata.AddStandaloneSignature(metadata.GetOrAddBlob(blob)));
        signatures.Add(signature, token);
        return token;
    }

    public int String(string value) => MetadataTokens.GetToken(metadata.GetOrAddUserString(value));

    public StandaloneSignatureHandle Locals(List<IlType> types)
    {
        var key = string.Create(types.Count, types, static (span, list) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = (char)('a' + (int)list[i]);
        });
        if (locals.TryGetValue(key, out var handle))
            return handle;
        var blob = new BlobBuilder();
        var encoder = new BlobEncoder(blob).LocalVariableSignature(types.Count);
        foreach (var type in types)
            Encode(encoder.AddVariable().Type(), type);
        handle = metadata.AddStandaloneSignature(metadata.GetOrAddBlob(blob));
        locals.Add(key, handle);
        return handle;
    }

    /// <summary>Token of a field or method of the runtime or the base library.</summary>
    public int Member(MemberInfo member)
    {
        if (members.TryGetValue(member, out var token))
            return token;
        token = MetadataTokens.GetToken(member switch
        {
            Type type => TypeHandle(type),
            FieldInfo field => metadata.AddMemberReference(TypeHandle(field.DeclaringType!), metadata.GetOrAddString(field.Name), FieldSignature(field)),
            MethodBase method => MethodReference(method),
            _ => throw new NotSupportedException(member.ToString()),
        });
        members.Add(member, token);
        return token;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The token was just read from the module it is looked up in.")]
    private EntityHandle MethodReference(MethodBase method)
    {
        var definition = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
        // A member of a generic type is named by its signature in the definition, and the type it is called on.
        if (definition.DeclaringType!.IsConstructedGenericType)
            definition = definition.Module.ResolveMethod(definition.MetadataToken)!;
        var blob = new BlobBuilder();
        var parameters = definition.GetParameters();
        new BlobEncoder(blob).MethodSignature(genericParameterCount: definition.IsGenericMethod ? definition.GetGenericArguments().Length : 0, isInstanceMethod: !definition.IsStatic)
            .Parameters(parameters.Length, out var result, out var encoder);
        Encode(result, definition is MethodInfo info ? info.ReturnType : typeof(void));
        foreach (var parameter in parameters)
        {
            var type = parameter.ParameterType;
            Encode(encoder.AddParameter().Type(type.IsByRef), type.IsByRef ? type.GetElementType()! : type);
        }
        EntityHandle reference = metadata.AddMemberReference(TypeHandle(method.DeclaringType!), metadata.GetOrAddString(definition.Name), metadata.GetOrAddBlob(blob));
        if (!definition.IsGenericMethod)
            return reference;
        var arguments = method.GetGenericArguments();
        var specification = new BlobBuilder();
        var argumentEncoder = new BlobEncoder(specification).MethodSpecificationSignature(arguments.Length);
        foreach (var argument in arguments)
            Encode(argumentEncoder.AddArgument(), argument);
        return metadata.AddMethodSpecification(reference, metadata.GetOrAddBlob(specification));
    }

    private BlobHandle FieldSignature(FieldInfo field)
    {
        var blob = new BlobBuilder();
        Encode(new BlobEncoder(blob).Field().Type(), field.FieldType);
        return metadata.GetOrAddBlob(blob);
    }

    private void Encode(ReturnTypeEncoder encoder, IlType type)
    {
        if (type == IlType.Void)
            encoder.Void();
        else
            Encode(encoder.Type(), type);
    }

    private void Encode(ReturnTypeEncoder encoder, Type type)
    {
        if (type == typeof(void))
            encoder.Void();
        else
            Encode(encoder.Type(type.IsByRef), type.IsByRef ? type.GetElementType()! : type);
    }

    private void Encode(SignatureTypeEncoder encoder, IlType type) => Encode(encoder, type.Runtime());

    private void Encode(SignatureTypeEncoder encoder, Type type)
    {
        if (type.IsGenericTypeParameter)
            encoder.GenericTypeParameter(type.GenericParameterPosition);
        else if (type.IsGenericMethodParameter)
            encoder.GenericMethodTypeParameter(type.GenericParameterPosition);
        else if (type.IsPointer && type.GetElementType() == typeof(void))
            encoder.VoidPointer();
        else if (type.IsPointer)
            Encode(encoder.Pointer(), type.GetElementType()!);
        else if (type.IsSZArray)
            Encode(encoder.SZArray(), type.GetElementType()!);
        else if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            var inner = encoder.GenericInstantiation(TypeHandle(type.GetGenericTypeDefinition()), arguments.Length, type.IsValueType);
            foreach (var argument in arguments)
                Encode(inner.AddArgument(), argument);
        }
        else if (Primitive(type) is { } code)
            encoder.PrimitiveType(code);
        else if (type == typeof(object))
            encoder.Object();
        else if (type == typeof(string))
            encoder.String();
        else
            encoder.Type(TypeHandle(type), type.IsValueType);
    }

    private static PrimitiveTypeCode? Primitive(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => PrimitiveTypeCode.Boolean,
        TypeCode.SByte => PrimitiveTypeCode.SByte,
        TypeCode.Byte => PrimitiveTypeCode.Byte,
        TypeCode.Int16 => PrimitiveTypeCode.Int16,
        TypeCode.UInt16 => PrimitiveTypeCode.UInt16,
        TypeCode.Int32 => PrimitiveTypeCode.Int32,
        TypeCode.UInt32 => PrimitiveTypeCode.UInt32,
        TypeCode.Int64 => PrimitiveTypeCode.Int64,
        TypeCode.UInt64 => PrimitiveTypeCode.UInt64,
        TypeCode.Single => PrimitiveTypeCode.Single,
        TypeCode.Double => PrimitiveTypeCode.Double,
        _ when type == typeof(nint) => PrimitiveTypeCode.IntPtr,
        _ when type == typeof(nuint) => PrimitiveTypeCode.UIntPtr,
        _ => null,
    };

    private EntityHandle TypeHandle(Type type)
    {
        if (types.TryGetValue(type, out var handle))
            return handle;
        if (type.IsConstructedGenericType)
        {
            var blob = new BlobBuilder();
            Encode(new BlobEncoder(blob).TypeSpecificationSignature(), type);
            handle = metadata.AddTypeSpecification(metadata.GetOrAddBlob(blob));
        }
        else
        {
            var scope = type.DeclaringType is { } outer ? TypeHandle(outer) : AssemblyHandle(type.Assembly);
            handle = metadata.AddTypeReference(scope, type.IsNested ? default : metadata.GetOrAddString(type.Namespace ?? ""), metadata.GetOrAddString(type.Name));
        }
        types.Add(type, handle);
        return handle;
    }

    private EntityHandle AssemblyHandle(Assembly assembly)
    {
        if (!assemblies.TryGetValue(assembly, out var handle))
        {
            var name = assembly.GetName();
            var token = name.GetPublicKeyToken();
            handle = metadata.AddAssemblyReference(metadata.GetOrAddString(name.Name!), name.Version ?? new Version(), default,
                token is { Length: > 0 } ? metadata.GetOrAddBlob(ImmutableArray.Create(token)) : default, default, default);
            assemblies.Add(assembly, handle);
        }
        return handle;
    }

    private EntityHandle UnitType(int other)
    {
        if (!otherUnits.TryGetValue(other, out var handle))
        {
            var assembly = metadata.AddAssemblyReference(metadata.GetOrAddString(CodeUnits.AssemblyName(other)), new Version(), default, default, default, default);
            handle = metadata.AddTypeReference(assembly, default, metadata.GetOrAddString(CodeUnits.TypeName));
            otherUnits.Add(other, handle);
        }
        return handle;
    }
}
