using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>Writes one unit of code as an assembly with a single class of static methods, one for each function in order. Used by one thread.</summary>
internal sealed class UnitWriter
{
    private readonly MetadataBuilder metadata = new();
    private readonly BlobBuilder code = new();
    private readonly MethodBodyStreamEncoder bodies;
    private readonly IlAssembler assembler = new();
    private readonly string name;

    public UnitWriter(CodeUnits units, int unit)
    {
        bodies = new(code);
        name = CodeUnits.AssemblyName(unit);
        Tokens = new(metadata, units, unit);
        metadata.AddModule(0, metadata.GetOrAddString(name), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        var assembly = metadata.AddAssembly(metadata.GetOrAddString(name), new Version(), default, default, 0, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        AddAttribute(assembly);
    }

    public IlTokens Tokens { get; }

    /// <summary>Adds the next method.</summary>
    /// <param name="methodName">Its name.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="body">Its instructions.</param>
    /// <param name="options">How RyuJIT is to treat it.</param>
    /// <param name="offsets">Receives pairs of IL offset and module offset.</param>
    public void AddMethod(string methodName, BlobHandle signature, IlBuffer body, MethodImplAttributes options, List<(int Il, int Module)> offsets)
    {
        var place = assembler.Assemble(body, Tokens, bodies, offsets);
        metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig, MethodImplAttributes.IL | options,
            metadata.GetOrAddString(methodName), signature, place, MetadataTokens.ParameterHandle(1));
    }

    /// <summary>The assembly's bytes.</summary>
    public byte[] Finish()
    {
        metadata.AddTypeDefinition(TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed, default, metadata.GetOrAddString(CodeUnits.TypeName), ObjectType(),
            MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), code).Serialize(image);
        return image.ToArray();
    }

    private EntityHandle ObjectType() => MetadataTokens.EntityHandle(Tokens.Member(typeof(object)));

    /// <summary>Emitted code uses internals of this library.</summary>
    private void AddAttribute(AssemblyDefinitionHandle assembly)
    {
        var constructor = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
        var value = new BlobBuilder();
        new BlobEncoder(value).CustomAttributeSignature(
            fixedArguments => fixedArguments.AddArgument().Scalar().Constant(typeof(UnitWriter).Assembly.GetName().Name!),
            named => named.Count(0));
        metadata.AddCustomAttribute(assembly, MetadataTokens.EntityHandle(Tokens.Member(constructor)), metadata.GetOrAddBlob(value));
    }
}
