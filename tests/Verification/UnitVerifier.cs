using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Waxwing.Verification;

/// <summary>
/// Verifies the CIL of an assembly that the compiler emitted, from its bytes: everything that ECMA-335 (III.1.7, III.1.8) demands of correct code, and that each value is of the type it is used as. Nothing
/// is shared with the emitter. Used by one thread.
/// </summary>
internal sealed class UnitVerifier
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly PEReader image;
    private readonly MetadataReader metadata;
    private readonly MetadataTypes types = new();
    private readonly Dictionary<int, CallTarget> calls = [];
    private readonly Dictionary<int, FieldInfo> fields = [];
    private readonly List<VerifierError> errors = [];

    private UnitVerifier(PEReader image)
    {
        this.image = image;
        metadata = image.GetMetadataReader();
    }

    /// <summary>Methods of other units that are called, with their signatures.</summary>
    public Dictionary<string, string> Imports { get; } = [];

    /// <summary>Verifies all methods.</summary>
    /// <param name="assembly">The assembly's bytes.</param>
    /// <param name="exports">Receives the methods with their signatures.</param>
    /// <param name="imports">Receives the methods of other units that are called, with their signatures.</param>
    public static List<VerifierError> Verify(byte[] assembly, Dictionary<string, string>? exports = null, Dictionary<string, string>? imports = null)
    {
        using var image = new PEReader(new MemoryStream(assembly));
        var verifier = new UnitVerifier(image);
        foreach (var handle in verifier.metadata.MethodDefinitions)
        {
            var method = verifier.metadata.GetMethodDefinition(handle);
            var name = verifier.metadata.GetString(method.Name);
            var signature = method.DecodeSignature(verifier.types, MetadataTypes.Generics.None);
            exports?.Add(name, Show(signature));
            new MethodVerifier(verifier, name, signature, image.GetMethodBody(method.RelativeVirtualAddress), verifier.errors).Verify();
        }
        foreach (var (name, signature) in verifier.Imports)
            imports?.TryAdd(name, signature);
        return verifier.errors;
    }

    public Type[] Locals(StandaloneSignatureHandle handle) =>
        handle.IsNil ? [] : [.. metadata.GetStandaloneSignature(handle).DecodeLocalSignature(types, MetadataTypes.Generics.None)];

    public Type TypeOf(int token) => types.TypeOf(metadata, MetadataTokens.EntityHandle(token));

    public MethodSignature<Type> Signature(int token) =>
        metadata.GetStandaloneSignature((StandaloneSignatureHandle)MetadataTokens.EntityHandle(token)).DecodeMethodSignature(types, MetadataTypes.Generics.None);

    /// <summary>The field that a token means.</summary>
    /// <exception cref="MissingFieldException">There is none of that name and type.</exception>
    public FieldInfo Field(int token)
    {
        if (fields.TryGetValue(token, out var field))
            return field;
        var reference = metadata.GetMemberReference((MemberReferenceHandle)MetadataTokens.EntityHandle(token));
        var owner = types.TypeOf(metadata, reference.Parent);
        var name = metadata.GetString(reference.Name);
        field = owner.GetField(name, Any);
        if (field is null || field.FieldType != reference.DecodeFieldSignature(types, new(owner.GetGenericArguments(), [])))
            throw new MissingFieldException(owner.Name, name);
        fields.Add(token, field);
        return field;
    }

    /// <summary>The method that a token means.</summary>
    /// <exception cref="MissingMethodException">There is none of that name and signature.</exception>
    public CallTarget Method(int token)
    {
        if (!calls.TryGetValue(token, out var target))
            calls.Add(token, target = Find(MetadataTokens.EntityHandle(token)));
        return target;
    }

    private CallTarget Find(EntityHandle handle)
    {
        Type[] arguments = [];
        if (handle.Kind == HandleKind.MethodSpecification)
        {
            var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
            arguments = [.. specification.DecodeSignature(types, MetadataTypes.Generics.None)];
            handle = specification.Method;
        }
        if (handle.Kind == HandleKind.MethodDefinition)
        {
            var definition = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
            return CallTarget.Of(metadata.GetString(definition.Name), definition.DecodeSignature(types, MetadataTypes.Generics.None), null);
        }
        var reference = metadata.GetMemberReference((MemberReferenceHandle)handle);
        var owner = types.TypeOf(metadata, reference.Parent);
        var name = metadata.GetString(reference.Name);
        var signature = reference.DecodeMethodSignature(types, new MetadataTypes.Generics(owner.GetGenericArguments(), arguments));
        if (owner == typeof(MetadataTypes.UnitCode))
        {
            Imports[name] = Show(signature);
            return CallTarget.Of(name, signature, null);
        }
        foreach (var member in owner.GetMember(name, MemberTypes.Method | MemberTypes.Constructor, Any))
        {
            var method = (MethodBase)member;
            if (method.IsGenericMethod && method.GetGenericArguments().Length == arguments.Length)
                method = ((MethodInfo)method).MakeGenericMethod(arguments);
            var returned = method is MethodInfo info ? info.ReturnType : typeof(void);
            if (method.ContainsGenericParameters || method.IsStatic == signature.Header.IsInstance || returned != signature.ReturnType
                || !method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(signature.ParameterTypes))
                continue;
            return CallTarget.Of($"{owner.Name}::{name}", signature, method);
        }
        throw new MissingMethodException(owner.Name, name);
    }

    private static string Show(MethodSignature<Type> signature) => $"{signature.ReturnType} ({string.Join(", ", signature.ParameterTypes)})";
}

/// <summary>What a call takes and gives.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Parameters">With the object in front, if it takes one.</param>
/// <param name="Result">The result, or null.</param>
/// <param name="Method">The method, if it is not of a unit.</param>
internal sealed record CallTarget(string Name, StackType[] Parameters, StackType? Result, MethodBase? Method)
{
    public static CallTarget Of(string name, MethodSignature<Type> signature, MethodBase? method)
    {
        StackType[] parameters = [.. signature.ParameterTypes.Select(StackType.Of)];
        if (signature.Header.IsInstance)
            parameters = [method!.DeclaringType!.IsValueType ? new(StackKind.Reference, method.DeclaringType) : StackType.Of(method.DeclaringType), .. parameters];
        return new(name, parameters, signature.ReturnType == typeof(void) ? null : StackType.Of(signature.ReturnType), method);
    }
}
