using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace Waxwing.Verification;

/// <summary>Signatures of an assembly that was not loaded, in the types of this process. Types of other units are <see cref="UnitCode"/>.</summary>
internal sealed class MetadataTypes : ISignatureTypeProvider<Type, MetadataTypes.Generics>
{
    /// <summary>Stands for the class that a unit consists of.</summary>
    public abstract class UnitCode;

    public sealed record Generics(Type[] Type, Type[] Method)
    {
        public static Generics None { get; } = new([], []);
    }

    private readonly Dictionary<TypeReferenceHandle, Type> references = [];

    public Type GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        if (references.TryGetValue(handle, out var type))
            return type;
        var reference = reader.GetTypeReference(handle);
        var name = reader.GetString(reference.Name);
        if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            type = GetTypeFromReference(reader, (TypeReferenceHandle)reference.ResolutionScope, 0).GetNestedType(name, BindingFlags.Public | BindingFlags.NonPublic)
                ?? throw new BadImageFormatException($"no nested type {name}");
        }
        else
        {
            var assembly = reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name);
            var space = reader.GetString(reference.Namespace);
            type = assembly.StartsWith("unit", StringComparison.Ordinal)
                ? typeof(UnitCode)
                : Assembly.Load(assembly).GetType(space.Length == 0 ? name : $"{space}.{name}") ?? throw new BadImageFormatException($"no type {space}.{name} in {assembly}");
        }
        references.Add(handle, type);
        return type;
    }

    public Type GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => typeof(UnitCode);

    public Type GetTypeFromSpecification(MetadataReader reader, Generics context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public Type TypeOf(MetadataReader reader, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => GetTypeFromReference(reader, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeDefinition => typeof(UnitCode),
        HandleKind.TypeSpecification => GetTypeFromSpecification(reader, Generics.None, (TypeSpecificationHandle)handle, 0),
        _ => throw new BadImageFormatException($"{handle.Kind} is no type"),
    };

    public Type GetPrimitiveType(PrimitiveTypeCode code) => code switch
    {
        PrimitiveTypeCode.Void => typeof(void),
        PrimitiveTypeCode.IntPtr => typeof(nint),
        PrimitiveTypeCode.UIntPtr => typeof(nuint),
        _ => Type.GetType($"System.{code}", throwOnError: true)!,
    };

    public Type GetGenericInstantiation(Type genericType, ImmutableArray<Type> typeArguments) => genericType.MakeGenericType([.. typeArguments]);

    public Type GetArrayType(Type elementType, ArrayShape shape) => elementType.MakeArrayType(shape.Rank);

    public Type GetByReferenceType(Type elementType) => elementType.MakeByRefType();

    public Type GetPointerType(Type elementType) => elementType.MakePointerType();

    public Type GetSZArrayType(Type elementType) => elementType.MakeArrayType();

    public Type GetFunctionPointerType(MethodSignature<Type> signature) => typeof(nint);

    public Type GetGenericTypeParameter(Generics context, int index) => context.Type[index];

    public Type GetGenericMethodParameter(Generics context, int index) => context.Method[index];

    public Type GetModifiedType(Type modifier, Type unmodifiedType, bool isRequired) => unmodifiedType;

    public Type GetPinnedType(Type elementType) => elementType;
}
