using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>Validation of all but function bodies (3.4 Modules); canonicalises the types.</summary>
internal sealed partial class ModuleValidator
{
    private readonly Module module;
    private readonly WasmFeatures features;
    private readonly WasmLimits limits;
    private readonly ModuleContext context;

    private ModuleValidator(Module module, WasmFeatures features, WasmLimits limits)
    {
        (this.module, this.features, this.limits) = (module, features, limits);
        context = IndexSpaces.Lay(module, features, limits);
    }

    /// <summary>Validates everything but bodies, which <see cref="FunctionValidator.Walk"/> does.</summary>
    /// <exception cref="WasmFormatException">A constant expression is malformed, or a definition uses a proposal that is off.</exception>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    public static ModuleContext Validate(Module module, WasmFeatures features, WasmLimits limits)
    {
        TypeSectionValidator.Validate(module, features, limits);
        var validator = new ModuleValidator(module, features, limits);
        validator.CheckDeclarations();
        validator.CheckTables();
        validator.CheckGlobals();
        validator.CheckExports();
        validator.CheckStart();
        validator.CheckElements();
        validator.CheckData();
        return validator.context;
    }

    /// <summary>Types of imports and definitions, apart from initialisers.</summary>
    private void CheckDeclarations()
    {
        foreach (var import in module.Imports)
            CheckImport(import);
        foreach (var type in module.Functions)
            FunctionType(type, 0, "a function");
        foreach (var table in module.Tables)
            CheckTable(table.Type, table.Offset);
        foreach (var memory in module.Memories)
            CheckMemory(memory, 0);
        foreach (var tag in module.Tags)
            CheckTag(tag, 0);
        foreach (var global in module.Globals)
            CheckValueType(global.Type.Type, global.Initializer.Offset);
        if (context.Memories.Length > 1 && (features & WasmFeatures.MultiMemory) == 0)
            throw new WasmValidationException("multiple memories", 0, $"{context.Memories.Length}; more than one needs WasmFeatures.MultiMemory, which is off");
        if (context.Tables.Length > 1 && (features & WasmFeatures.ReferenceTypes) == 0)
            throw new WasmValidationException("multiple tables", 0, $"{context.Tables.Length}; more than one needs WasmFeatures.ReferenceTypes, which is off");
    }

    private void CheckImport(Import import)
    {
        switch (import.Kind)
        {
            case ExternKind.Function:
                FunctionType(import.TypeIndex, import.Offset, $"import \"{import.Module}\" \"{import.Name}\"");
                break;
            case ExternKind.Table:
                CheckTable(import.Table, import.Offset);
                break;
            case ExternKind.Memory:
                CheckMemory(import.Memory, import.Offset);
                break;
            case ExternKind.Global:
                CheckValueType(import.Global.Type, import.Offset);
                break;
            default:
                CheckTag(import.TypeIndex, import.Offset);
                break;
        }
    }

    private SubType FunctionType(int index, long offset, string user)
    {
        if ((uint)index >= (uint)module.Types.Count)
            throw new WasmValidationException($"unknown type {(uint)index}", offset, $"the type of {user}; {module.Types.Count} exist");
        var type = module.Types[index];
        return type.Kind == CompositeKind.Func ? type : throw new WasmValidationException("type mismatch", offset, $"type {index} of {user} is not a function type");
    }

    private void CheckTag(int type, long offset)
    {
        if ((features & (WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions)) == 0)
            throw FeatureGate.Off(WasmFeatures.Exceptions, "a tag", offset);
        if (FunctionType(type, offset, "a tag").Results.Length > 0)
            throw new WasmValidationException("non-empty tag result type", offset, $"type {type} has results");
    }

    private void CheckValueType(ValType type, long offset)
    {
        if (type.IsReference && type.Heap.Code >= module.Types.Count)
            throw new WasmValidationException($"unknown type {type.Heap.Code}", offset, $"{module.Types.Count} exist");
        FeatureGate.Require(features, type, offset);
    }

    private void CheckTable(TableSyntax table, long offset)
    {
        if (table.Element != ValType.FuncRef)
            CheckValueType(table.Element, offset);
        var size = table.Limits;
        if (size.Is64)
            FeatureGate.Require(features, WasmFeatures.Memory64, "a table with 64-bit indices", offset);
        if (!size.Is64 && Math.Max(size.Minimum, size.Maximum ?? 0) > uint.MaxValue)
            throw new WasmValidationException("table size must be at most 2^32-1", offset, $"{size.Minimum}..{size.Maximum}");
        CheckOrder(size, offset);
    }

    private static void CheckOrder(Limits size, long offset)
    {
        if (size.Minimum > size.Maximum)
            throw new WasmValidationException("size minimum must not be greater than maximum", offset, $"{size.Minimum}..{size.Maximum}");
    }

    private void CheckMemory(MemorySyntax memory, long offset)
    {
        var size = memory.Limits;
        if (memory.PageSizeLog2 != 16)
        {
            FeatureGate.Require(features, WasmFeatures.CustomPageSizes, "a custom page size", offset);
            if (memory.PageSizeLog2 != 0)
                throw new WasmValidationException("invalid custom page size", offset, $"2^{memory.PageSizeLog2} bytes; it may be 1 or 65536");
        }
        if (size.Is64)
            FeatureGate.Require(features, WasmFeatures.Memory64, "a memory with 64-bit addresses", offset);
        var most = MostPages(size.Is64, memory.PageSizeLog2);
        if (Math.Max(size.Minimum, size.Maximum ?? 0) > most)
            throw new WasmValidationException($"memory size must be at most {most} pages{(most == 65536 ? " (4GiB)" : "")}", offset, $"{size.Minimum}..{size.Maximum}");
        CheckOrder(size, offset);
        if (size.Shared)
        {
            FeatureGate.Require(features, WasmFeatures.Threads, "a shared memory", offset);
            if (size.Maximum is null)
                throw new WasmValidationException("shared memory must have maximum", offset);
        }
    }

    /// <summary>As many pages as addresses reach; with pages of one byte, one less, so that the number of pages itself is an address.</summary>
    private static ulong MostPages(bool is64, int pageSizeLog2) => (is64, pageSizeLog2) switch
    {
        (false, 0) => uint.MaxValue,
        (true, 0) => ulong.MaxValue,
        (false, _) => 1UL << 16,
        _ => 1UL << 48,
    };

    private void CheckTables()
    {
        foreach (var table in module.Tables)
        {
            // Tables come before the globals that the module defines, so they see imported ones only.
            if (table.Initializer.Length > 0)
                CheckConstant(table.Initializer, table.Type.Element, context.ImportedGlobals);
            else if (!table.Type.Element.IsDefaultable)
                throw new WasmValidationException("type mismatch", table.Offset, $"a table of {TypeNames.Write(table.Type.Element)} needs an initialiser");
        }
    }

    private void CheckGlobals()
    {
        var visible = context.ImportedGlobals;
        foreach (var global in module.Globals)
        {
            // Before extended constants an initialiser could read imported globals only.
            CheckConstant(global.Initializer, global.Type.Type, (features & WasmFeatures.ExtendedConst) != 0 ? visible : context.ImportedGlobals);
            visible++;
        }
    }

    private void CheckExports()
    {
        var names = new HashSet<string>(module.Exports.Count, StringComparer.Ordinal);
        foreach (var export in module.Exports)
        {
            var (space, count) = export.Kind switch
            {
                ExternKind.Function => ("function", context.FunctionTypes.Length),
                ExternKind.Table => ("table", context.Tables.Length),
                ExternKind.Memory => ("memory", context.Memories.Length),
                ExternKind.Global => ("global", context.Globals.Length),
                _ => ("tag", context.Tags.Length),
            };
            if ((uint)export.Index >= (uint)count)
                throw new WasmValidationException($"unknown {space} {(uint)export.Index}", export.Offset, $"exported as \"{export.Name}\"; {count} exist");
            if (!names.Add(export.Name))
                throw new WasmValidationException("duplicate export name", export.Offset, $"\"{export.Name}\"");
            if (export.Kind == ExternKind.Function)
                context.DeclaredFunctions.Add(export.Index);
        }
    }

    private void CheckStart()
    {
        if (module.Start == -1)
            return;
        if ((uint)module.Start >= (uint)context.FunctionTypes.Length)
            throw new WasmValidationException($"unknown function {(uint)module.Start}", module.StartOffset, "as the start function");
        var type = context.FunctionType(module.Start);
        if (type.Parameters.Length + type.Results.Length > 0)
            throw new WasmValidationException("start function", module.StartOffset, $"function {module.Start} has parameters or results");
    }

    private void CheckConstant(CodeRange expression, ValType expected, int visibleGlobals)
    {
        if (IsPlainInteger(module.Slice(expression), expected))
            return;
        var collector = new DeclarationCollector(context.DeclaredFunctions);
        FunctionValidator.WalkConstant(context, expression, expected, visibleGlobals, ref collector);
    }

    /// <summary>Whether an expression is a lone `i32.const` or `i64.const` as expected: nearly every offset of 100,000 segments.</summary>
    private static bool IsPlainInteger(ReadOnlySpan<byte> expression, ValType expected)
    {
        const byte I32Const = 0x41, I64Const = 0x42, End = 0x0B;
        if (expression.Length is < 3 or > 6 || expression[^1] != End || expression[^2] >= 0x80)
            return false;
        if (!(expression[0] == I32Const && expected == ValType.I32) && !(expression[0] == I64Const && expected == ValType.I64))
            return false;
        foreach (var part in expression[1..^2])
        {
            if (part < 0x80)
                return false;
        }
        return true;
    }

    private readonly struct DeclarationCollector(HashSet<int> declared) : IFunctionConsumer
    {
        public void Instruction(in InstructionEvent instruction)
        {
            if (instruction.Opcode == Opcode.RefFunc)
                declared.Add(instruction.Index);
        }
    }
}
