using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>Writes one unit of code as an assembly with a single class of static methods, one for each function in order. Used by one thread.</summary>
internal sealed class UnitWriter
{
    private readonly UnitMetadata metadata;
    private readonly ByteWriter bodies = new(4096);
    private readonly IlAssembler assembler = new();

    /// <param name="placement">Which assembly this is.</param>
    public UnitWriter(CodePlacement placement) : this(placement.Name, placement) { }

    /// <summary>For code that calls no guest functions by name.</summary>
    /// <param name="assemblyName">The assembly's name.</param>
    public UnitWriter(string assemblyName) : this(assemblyName, null) { }

    private UnitWriter(string assemblyName, CodePlacement? placement)
    {
        metadata = new(assemblyName);
        Tokens = new(metadata, placement);
        metadata.AddType(CodeUnits.TypeName, TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed, Tokens.Member(typeof(object)));
        AddAttribute();
    }

    public IlTokens Tokens { get; }

    /// <summary>Adds the next method.</summary>
    /// <param name="methodName">Its name.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="body">Its instructions.</param>
    /// <param name="options">How RyuJIT is to treat it.</param>
    /// <param name="offsets">Receives pairs of IL offset and module offset.</param>
    public void AddMethod(string methodName, int signature, IlBuffer body, MethodImplAttributes options, List<(int Il, int Module)> offsets)
    {
        var place = assembler.Assemble(body, Tokens, bodies, offsets);
        metadata.AddMethod(methodName, signature, UnitImage.BodiesAddress + place, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig, MethodImplAttributes.IL | options);
    }

    /// <summary>The assembly's bytes.</summary>
    public byte[] Finish() => UnitImage.Write(bodies, metadata);

    /// <summary>Emitted code uses internals of this library.</summary>
    private void AddAttribute()
    {
        var constructor = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
        var name = Encoding.UTF8.GetBytes(typeof(UnitWriter).Assembly.GetName().Name!);
        // II.23.3: a prolog, the argument, no named ones.
        var value = new ByteWriter();
        value.Bytes([1, 0]);
        BlobHeap.WriteLength(value, name.Length);
        value.Bytes(name);
        value.Bytes([0, 0]);
        metadata.AddAttribute(UnitMetadata.Assembly, Tokens.Member(constructor), metadata.Blob(value.Written));
    }
}
