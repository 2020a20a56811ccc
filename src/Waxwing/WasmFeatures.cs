namespace Waxwing;

/// <summary>The WebAssembly proposals a module may use. An instruction or type of a proposal that is off is rejected by name.</summary>
[Flags]
public enum WasmFeatures : long
{
    /// <summary>WebAssembly 1.0 (MVP) with imports and exports of mutable globals. Always on.</summary>
    Wasm1 = 0,
    /// <summary>Sign-extension operators (2.0).</summary>
    SignExtension = 1L << 0,
    /// <summary>Saturating (non-trapping) float-to-int conversions (2.0).</summary>
    SaturatingFloatToInt = 1L << 1,
    /// <summary>Blocks and functions with several results, blocks with parameters (2.0).</summary>
    MultiValue = 1L << 2,
    /// <summary>funcref and externref values, several tables, table instructions (2.0).</summary>
    ReferenceTypes = 1L << 3,
    /// <summary>memory.copy/fill/init, table.copy/init, passive segments (2.0).</summary>
    BulkMemory = 1L << 4,
    /// <summary>128-bit fixed-width SIMD (2.0).</summary>
    Simd = 1L << 5,
    /// <summary>Arithmetic and global.get of any earlier immutable global in constant expressions (3.0).</summary>
    ExtendedConst = 1L << 6,
    /// <summary>return_call and its variants (3.0).</summary>
    TailCalls = 1L << 7,
    /// <summary>Typed function references, call_ref, non-nullable references (3.0).</summary>
    FunctionReferences = 1L << 8,
    /// <summary>Structs, arrays, i31, recursive types, subtyping, casts (3.0).</summary>
    GC = 1L << 9,
    /// <summary>try_table, throw, throw_ref, tags, exnref (3.0).</summary>
    Exceptions = 1L << 10,
    /// <summary>More than one memory in a module (3.0).</summary>
    MultiMemory = 1L << 11,
    /// <summary>64-bit memories and tables (3.0).</summary>
    Memory64 = 1L << 12,
    /// <summary>Relaxed SIMD (3.0).</summary>
    RelaxedSimd = 1L << 13,
    /// <summary>Shared memories, atomic instructions, wait and notify.</summary>
    Threads = 1L << 14,
    /// <summary>i64.add128, sub128, mul_wide_s and mul_wide_u.</summary>
    WideArithmetic = 1L << 15,
    /// <summary>try, catch, catch_all, delegate and rethrow: the exception handling that came before <see cref="Exceptions"/>.</summary>
    LegacyExceptions = 1L << 16,
    /// <summary>Memories with pages of 1 byte instead of 64 KiB.</summary>
    CustomPageSizes = 1L << 17,

    /// <summary>All of WebAssembly 2.0.</summary>
    Wasm2 = SignExtension | SaturatingFloatToInt | MultiValue | ReferenceTypes | BulkMemory | Simd,
    /// <summary>All of WebAssembly 3.0.</summary>
    Wasm3 = Wasm2 | ExtendedConst | TailCalls | FunctionReferences | GC | Exceptions | MultiMemory | Memory64 | RelaxedSimd,
    /// <summary>What is on unless asked otherwise: <see cref="Wasm3"/>.</summary>
    Default = Wasm3,
    /// <summary>Everything this library implements.</summary>
    All = Wasm3 | Threads | WideArithmetic | LegacyExceptions | CustomPageSizes,
}
